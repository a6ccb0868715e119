"""What axe-core, the accessibility checker, says of the pages, in light and dark, with every part unfolded: nothing."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import report_runs
from report_browser import Browser
from report_runs import CASES

from reports.formats import RenderOptions, get
from reports.history.trend import past_of, trend
from reports.report import write

pytestmark = pytest.mark.browser

AXE = resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
OPEN = "document.querySelectorAll('details').forEach(one => { one.open = true; })"
ASK = """axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(one =>
  [one.id, one.impact, one.nodes.length, one.nodes.slice(0, 3).map(node => node.html.slice(0, 160))]))"""


def violations(browser: Browser, url: str, scheme: str) -> list[Any]:
    browser.open(url, scheme=scheme)
    browser.run(OPEN)
    browser.run(AXE)
    found: list[Any] = browser.run(ASK)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_axe_finds_no_violation(browser: Browser, pages: dict[str, str], name: str, scheme: str) -> None:
    assert violations(browser, pages[name], scheme) == []


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_axe_finds_none_in_a_run_with_a_history(browser: Browser, tmp_path: Path, lang: str) -> None:
    run, earlier = report_runs.mixed(), report_runs.mixed()
    earlier["run"] |= {"id": "0" * 32, "started": "2026-02-01T02:15:00.000Z"}
    run["history"] = trend([past_of(earlier)], run)
    path = tmp_path / "history.html"
    write(path, get("html").render(run, RenderOptions(lang)))
    for scheme in ("light", "dark"):
        assert violations(browser, path.as_uri(), scheme) == []
    assert browser.run("document.querySelectorAll('.trend, .ends, .since').length") > 2


def test_axe_is_heard(browser: Browser, pages: dict[str, str]) -> None:
    browser.open(pages["mixed"])
    browser.run(
        "document.querySelector('input[type=search]').closest('label').replaceWith(document.createElement('input'))"
    )
    browser.run("document.documentElement.removeAttribute('lang')")
    browser.run(AXE)
    assert {one[0] for one in browser.run(ASK)} >= {"html-has-lang", "label"}
