"""The drawing of when waivers end: to the day, in words too, and whatever the days are."""

from __future__ import annotations

import re
from typing import Any

import pytest
import report_runs
from report_builders import waiver

from reports.html.waivers import waivers
from reports.labels import Labels

EN, KO = Labels("en"), Labels("ko")


def drawn(*days: str, lang: Labels = EN, **more: Any) -> str:
    """The section on the first of March."""
    run = report_runs.mixed()
    assert run["run"]["started_local"].startswith("2026-03-01")
    run["waivers"] = [waiver("in force", f"c-{number}", expires=day, **more) for number, day in enumerate(days)]
    return waivers(run, lang)


def ends(page: str) -> list[float]:
    return [float(place) for place in re.findall(r'<circle class="\w+" cx="([\d.]+)"', page)]


def today(page: str) -> float:
    found = re.search(r'class="today" x1="([\d.]+)"', page)
    assert found
    return float(found[1])


def test_nothing_is_drawn_of_no_waivers() -> None:
    assert drawn() == ""


def test_each_ends_where_its_day_is_the_first_to_end_first() -> None:
    page = drawn("2026-05-01", "2026-01-10", "2026-03-01", "2026-12-31")
    places = ends(page)
    assert places == sorted(places) and len(set(places)) == 4
    assert places[0] < today(page) == places[1] < places[2]
    assert re.findall(r"<title>([\d-]+): c-(\d)", page) == [
        ("2026-01-10", "1"),
        ("2026-03-01", "2"),
        ("2026-05-01", "0"),
        ("2026-12-31", "3"),
    ]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("2026-02-28",), "1 ended, 0 end within 30 days, 0 later"),
        (("2026-03-01", "2026-03-31"), "0 ended, 2 end within 30 days, 0 later"),
        (("2026-04-01", "9999-12-31"), "0 ended, 0 end within 30 days, 2 later"),
    ],
)
def test_it_is_said_in_words(days: tuple[str, ...], said: str) -> None:
    page = drawn(*days)
    assert f'aria-label="On 2026-03-01: {said}"' in page
    assert page.count(said) == 2
    assert "만료" in drawn(*days, lang=KO)


def test_a_far_day_leaves_the_near_ones_apart_and_is_at_the_edge() -> None:
    page = drawn("0001-01-01", "2026-03-10", "2026-04-10", "9999-12-31")
    first, near, next_, last = ends(page)
    assert (first, last) == (8.0, 632.0)
    assert next_ - near > 20


def test_what_fails_is_of_another_colour_and_what_is_no_day_is_left_to_the_table() -> None:
    assert 'circle class="some"' in drawn("2026-01-01", fails=True)
    assert 'circle class="some"' not in drawn("2026-06-01")
    page = drawn("2026-99-99", "2026-06-01")
    assert len(ends(page)) == 1 and "2026-99-99" in page
    assert "<svg" not in drawn("2026-99-99")


def test_of_many_the_next_to_end_are_drawn() -> None:
    page = drawn(*(f"2026-{month:02}-{day:02}" for month in range(4, 10) for day in range(1, 21)))
    assert len(ends(page)) == 60 and page.count("<tr>") == 121


def test_hostile_names_stay_text() -> None:
    page = drawn("2026-06-01", resource="</title></svg><script>x</script>\x1b[31m")
    assert "<script" not in page and "\x1b" not in page
