"""What became of a contradiction: nothing is called mended that only looks different."""

from __future__ import annotations

import pytest

from audits.contradictions import Now, entries, findings, look_up
from audits.document import Page, parse_page
from audits.model import Clause, Contradiction, Statement

PAGE = """\
# Title

Cost: $73 a month

## Tasks

- service: 2 tasks

## Snippet

```hcl
desired_count = 3
```
"""


def clause(section: str, row: str, states: str, line: int | None = None) -> Clause:
    return Clause("README.md", section, row, states, line)


TWO = Statement(clause("Tasks", "service", "2 tasks", 7), wins=True)
THREE = Statement(clause("Snippet", "desired_count", "3", 12))
COUNT = Contradiction("count", "Two or three", (TWO, THREE), "Two.", "Newer.", ("tasks",), "x.yaml", 5)


def page(text: str = PAGE) -> Page:
    return parse_page(text.encode(), "README.md")


def now(text: str, contradiction: Contradiction = COUNT) -> Now | None:
    (one,) = look_up([contradiction], page(text), ["README.md"])
    return one.now


def test_it_stands_where_every_statement_does() -> None:
    assert now(PAGE) is Now.STANDS
    (one,) = look_up([COUNT], page(), ["README.md"])
    assert findings([one], page()) == []


def test_without_a_document_it_is_recorded_and_nothing_is_said_of_its_statements() -> None:
    (one,) = look_up([COUNT], None, [])
    (entry,) = entries([one])
    assert (one.now, one.citations, entry["state"]) == (None, (), None)
    assert [side["state"] for side in entry["statements"]] == [None, None]
    assert [side["wins"] for side in entry["statements"]] == [True, False]


@pytest.mark.parametrize(
    ("old", "new", "became"),
    [
        ("desired_count = 3", "desired_count = 2", Now.MENDED),
        ("desired_count = 3", "desired_count = 4", Now.CHANGED),
        ("desired_count = 3", "desired_count = 20", Now.CHANGED),
        ("desired_count = 3", "other = 1", Now.VANISHED),
        ("2 tasks", "3 tasks", Now.CHANGED),
        ("- service: 2 tasks", "- other", Now.CHANGED),
        # The heading alone changed: the row still states 3, and so the page still contradicts itself.
        ("## Snippet", "## Other", Now.CHANGED),
    ],
)
def test_it_is_mended_only_where_what_lost_says_what_won(old: str, new: str, became: Now) -> None:
    text = PAGE.replace(old, new)
    assert now(text) is became
    (one,) = look_up([COUNT], page(text), ["README.md"])
    (finding,) = findings([one], page(text))
    assert finding["detail"].startswith("count: ")
    assert finding["detail"].endswith("review the ruling, and its record in the spec")
    assert finding["plane"] == "document"


@pytest.mark.parametrize(
    ("became", "state"),
    [("two zones", Now.STANDS), ("several zones", Now.CHANGED), ("2 zones", Now.CHANGED), ("ap-2a", Now.MENDED)],
)
def test_the_row_of_what_won_does_not_speak_for_what_lost(became: str, state: Now) -> None:
    first = Statement(clause("Places", "orders", "ap-2a", 5), wins=True)
    second = Statement(clause("Places", "orders", "two zones", 6))
    zones = Contradiction("zones", "t", (first, second), "r", "w", (), "x.yaml", 1)
    assert now(f"# T\n\n## Places\n\n- orders in ap-2a\n- orders: {became}\n", zones) is state


def test_where_none_won_a_change_is_only_a_change() -> None:
    open_ = Contradiction("open", "t", (Statement(TWO.clause), THREE), "None.", "w", (), "x.yaml", 1)
    assert now(PAGE, open_) is Now.STANDS
    assert now(PAGE.replace("desired_count = 3", "desired_count = 2"), open_) is Now.CHANGED
    assert now(PAGE.replace("desired_count = 3", "other"), open_) is Now.CHANGED


def test_damage_decides_nothing() -> None:
    text = PAGE.replace("desired_count = 3", "desired_count = \ufffd")
    assert now(text) is Now.UNREADABLE
    (one,) = look_up([COUNT], page(text), ["README.md"])
    assert findings([one], page(text)) == []


def test_a_page_that_is_another_document_decides_nothing() -> None:
    (one,) = look_up([COUNT], page(), ["README.md", "OTHER.md"])
    assert one.now is Now.STANDS
    other = parse_page(PAGE.encode(), "OTHER.md")
    (one,) = look_up([COUNT], other, ["README.md", "OTHER.md"])
    assert one.now is Now.UNREADABLE


def test_what_stands_before_the_first_heading_is_cited_by_the_title() -> None:
    cost = Contradiction(
        "cost", "t", (Statement(clause("Title", "Cost", "$73", 3), wins=True), THREE), "r", "w", (), "x.yaml", 1
    )
    assert now(PAGE, cost) is Now.STANDS


def test_the_entry_tells_where_each_statement_stands_now() -> None:
    text = PAGE.replace("- service", "\n\n- service").replace("desired_count = 3", "desired_count = 4")
    (entry,) = entries(look_up([COUNT], page(text), ["README.md"]))
    two, three = entry["statements"]
    assert (two["state"], two["now"], two["moved"]) == ("stands", 9, True)
    assert (three["state"], three["now"], three["nearest"]) == ("clause-changed", None, "desired_count = 4")
    assert entry["controls"] == ["tasks"]
