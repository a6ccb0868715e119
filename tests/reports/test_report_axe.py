"""What axe-core, the accessibility checker, says of the pages, in light and dark, with every part unfolded: nothing."""

from __future__ import annotations

from importlib import resources
from typing import Any

import pytest
from report_browser import Browser
from report_runs import CASES

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


def test_axe_is_heard(browser: Browser, pages: dict[str, str]) -> None:
    browser.open(pages["mixed"])
    browser.run(
        "document.querySelector('input[type=search]').closest('label').replaceWith(document.createElement('input'))"
    )
    browser.run("document.documentElement.removeAttribute('lang')")
    browser.run(AXE)
    assert {one[0] for one in browser.run(ASK)} >= {"html-has-lang", "label"}
