"""The HTML report in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import report_runs
from report_browser import Browser

from reports.formats import RenderOptions, get
from reports.report import write

pytestmark = pytest.mark.browser

VISIBLE = "[...document.querySelectorAll('tr[data-for]')].filter(r => !r.hidden).map(r => r.dataset.for)"
SETTLED = "new Promise(done => setTimeout(() => requestAnimationFrame(done), 150))"
# Contrast as WCAG 2 counts it, for every text that is laid out, against the nearest background that is painted.
CONTRAST = """(() => {
  const rgb = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length > 3 && n[3] === 0 ? null : n; };
  const bright = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = (c) => { const [r, g, b] = c.slice(0, 3).map(bright);
    return .2126 * r + .7152 * g + .0722 * b; };
  const bad = new Set();
  for (const details of document.querySelectorAll('details')) details.open = true;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), at = walker.currentNode.parentElement;
    if (!text || at.closest('script, .unseen') || !at.getClientRects().length) continue;
    let ground = at, back = null;
    while (ground && !(back = rgb(getComputedStyle(ground).backgroundColor))) ground = ground.parentElement;
    const [a, b] = [light(rgb(getComputedStyle(at).color)), light(back ?? [255, 255, 255])].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) bad.add(`${at.tagName}.${at.className} ${ratio.toFixed(2)} ${text.slice(0, 30)}`);
  }
  return [...bad];
})()"""
CONTROLS = len(report_runs.mixed()["controls"])


def quiet(browser: Browser, url: str) -> None:
    assert browser.complaints() == []
    # The marks are drawings inside the style sheet; the browser counts reading them as requests.
    asked = {address.partition("#")[0] for address in browser.requests() if not address.startswith("data:")}
    assert asked <= {url.partition("#")[0]}


@pytest.mark.parametrize("name", sorted(report_runs.CASES))
def test_loads_without_complaint_or_request(browser: Browser, pages: dict[str, str], name: str) -> None:
    browser.open(pages[name])
    browser.run(SETTLED)
    quiet(browser, pages[name])
    assert browser.run("document.querySelectorAll('h1').length") == 1


@pytest.mark.parametrize(
    ("hash_", "expected"),
    [
        ("standing=drift", ["c-rds-size"]),
        ("terraform=absent&live=pass", ["c-db-absent"]),
        ("severity=critical&theme=network", ["c-port-chain"]),
        ("standing=unbuilt,drift", ["c-rds-size", "c-alarm-memory", "c-second-zone"]),
        ("q=freeablememory", ["c-alarm-memory"]),
        ("baseline=known", ["c-backup-retention"]),
        ("q=no-such-thing", []),
    ],
)
def test_the_hash_filters(browser: Browser, pages: dict[str, str], hash_: str, expected: list[str]) -> None:
    browser.open(f"{pages['mixed']}#{hash_}")
    assert browser.run(VISIBLE) == expected
    shown = (
        "[...document.querySelectorAll('details.control')].filter(r => !r.hidden).map(r => r.querySelector('.body').id)"
    )
    assert browser.run(shown) == expected
    assert browser.run("document.querySelector('output').textContent").startswith(f"{len(expected)} of {CONTROLS}")


def test_choosing_writes_the_hash_and_clearing_empties_it(browser: Browser, pages: dict[str, str]) -> None:
    browser.open(pages["mixed"])
    change = "f => f.dispatchEvent(new Event('input', {bubbles: true}))"
    browser.run(f"(f => {{ f.value = 'fail'; ({change})(f); }})(document.querySelector('[name=live]'))")
    browser.run(f"(f => {{ f.value = 'micro backups'; ({change})(f); }})(document.querySelector('[name=q]'))")
    browser.run(SETTLED)
    assert browser.run("location.hash") == "#q=micro%20backups&live=fail"
    assert browser.run(VISIBLE) == ["c-rds-size"]
    browser.run("document.querySelector('[type=reset]').click()")
    browser.run(SETTLED)
    assert browser.run("location.hash") == ""
    assert len(browser.run(VISIBLE)) == CONTROLS
    browser.run("document.querySelector('.legend a[href=\"#standing=stale%20document\"]').click()")
    browser.run(SETTLED)
    assert browser.run(VISIBLE) == ["c-cdn-cache"]
    quiet(browser, pages["mixed"])


def test_following_a_control_opens_it_and_keeps_the_filter(browser: Browser, pages: dict[str, str]) -> None:
    browser.open(f"{pages['mixed']}#live=fail")
    browser.run("document.querySelector('a[href=\"#c-bucket-policy\"]').click()")
    assert browser.run("location.hash") == "#live=fail&at=c-bucket-policy"
    browser.open(f"{pages['mixed']}#live=fail&at=c-bucket-policy")
    browser.run(SETTLED)
    place = "document.querySelector('details[open] > summary').getBoundingClientRect().top"
    assert browser.run("document.querySelectorAll('details.control[open]').length") == 1
    assert 0 <= browser.run(place) < 400
    browser.open(f"{pages['mixed']}#c-redis-token")
    assert browser.run("document.getElementById('c-redis-token').closest('details').open")
    assert len(browser.run(VISIBLE)) == CONTROLS


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["mixed", "korean"])
def test_text_stands_out(browser: Browser, pages: dict[str, str], name: str, scheme: str) -> None:
    browser.open(pages[name], scheme=scheme)
    ground = browser.run("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (max(ground) < 60) is (scheme == "dark")
    assert browser.run(CONTRAST) == []


@pytest.mark.parametrize("width", [340, 800, 1280, 1900])
@pytest.mark.parametrize("name", sorted(report_runs.CASES))
def test_nothing_is_wider_than_the_window(browser: Browser, pages: dict[str, str], name: str, width: int) -> None:
    browser.open(pages[name], width=width)
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert browser.run("document.scrollingElement.scrollWidth") <= width


def test_hostile_text_stays_text(browser: Browser, pages: dict[str, str]) -> None:
    browser.open(pages["hostile"])
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    browser.run(SETTLED)
    assert browser.run("typeof window.hacked") == "undefined"
    counts = browser.run("['script', 'img', 'iframe', 'style'].map(t => document.getElementsByTagName(t).length)")
    assert counts == [1, 0, 0, 1]
    assert browser.run(
        "[...document.querySelectorAll('*')].every(e => [...e.attributes].every(a => !/^on/i.test(a.name)))"
    )
    assert browser.run("[...document.links].every(a => a.getAttribute('href').startsWith('#'))")
    quiet(browser, pages["hostile"])


def test_structure_can_be_navigated(browser: Browser, pages: dict[str, str]) -> None:
    browser.open(pages["mixed"])
    assert browser.run("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size") == browser.run(
        "document.querySelectorAll('[id]').length"
    )
    assert browser.run("[...document.querySelectorAll('th')].every(th => th.scope)")
    assert browser.run("[...document.querySelectorAll('table')].every(t => t.caption)")
    assert browser.run("[...document.querySelectorAll('input, select')].every(f => f.labels.length === 1)")
    jumps = """(() => { let last = 0, bad = []; for (const h of document.querySelectorAll('h1,h2,h3,h4')) {
      const level = +h.tagName[1]; if (level > last + 1) bad.push(h.textContent); last = level; } return bad; })()"""
    assert browser.run(jumps) == []
    targets = "[...document.links].map(a => decodeURIComponent(a.hash.slice(1))).filter(h => !h.includes('='))"
    assert browser.run(f"{targets}.filter(h => !document.getElementById(h))") == []


def test_printing_shows_what_is_folded(browser: Browser, pages: dict[str, str]) -> None:
    browser.open(pages["mixed"], media="print")
    heights = browser.run(
        "[...document.querySelectorAll('details.control .body')].map(b => b.getBoundingClientRect().height)"
    )
    assert len(heights) == CONTROLS
    assert min(heights) > 20
    assert browser.pdf().startswith(b"%PDF")


def test_the_content_is_there_without_the_script(browser: Browser, pages: dict[str, str]) -> None:
    browser.open("about:blank")
    browser.send("Emulation.setScriptExecutionDisabled", value=True)
    browser.events = []
    browser.send("Page.navigate", url=f"{pages['mixed']}#c-redis-token")
    while not any(event.get("method") == "Page.loadEventFired" for event in browser.events):
        browser.send("Runtime.enable")
    root: dict[str, Any] = browser.send("DOM.getDocument", depth=1)["root"]

    def count(selector: str) -> int:
        return len(browser.send("DOM.querySelectorAll", nodeId=root["nodeId"], selector=selector)["nodeIds"])

    assert count("details.control") == count("tr[data-for]") == CONTROLS
    assert count("#filters[hidden]") == 1
    assert count("details.control[open]") == 1, "the browser itself opens what a link points into"


def test_twenty_thousand_rows_are_filtered(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "big.html"
    write(path, get("html").render(report_runs.big(20, 1000), RenderOptions()))
    browser.open(path.as_uri())
    # How long that takes is the bench's business; here it has to come to an end, and right.
    browser.run(
        "(async () => { location.hash = 'q=large-999'; "
        "await new Promise(d => setTimeout(() => requestAnimationFrame(d), 0)); })()"
    )
    assert browser.run("document.querySelectorAll('.evidence tbody tr').length") == 20_000
    assert len(browser.run(VISIBLE)) == 20


def test_screenshots_can_be_taken(browser: Browser, pages: dict[str, str], tmp_path: Path) -> None:
    browser.open(pages["korean"], width=420)
    browser.screenshot(tmp_path / "shot.png")
    assert (tmp_path / "shot.png").stat().st_size > 10_000
