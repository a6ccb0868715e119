"""Every format: goldens, and what must hold for any run."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable
from html.parser import HTMLParser
from string import Formatter
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import report_builders
import report_runs

from reports import labels
from reports.formats import FormatError, RenderOptions, formats, get
from reports.formats.markdown import LIMIT, code, escape, length
from reports.report import dumps, loads

Golden = Callable[[str, bytes], None]
ACTIVE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
BIG = report_runs.big()
TEXT = set(formats()) - {"xlsx", "pdf"}
"""Formats that a golden file shows; workbooks and PDF have tests of their own."""


def render(name: str, run: dict[str, Any], lang: str = "en") -> str:
    data = get(name).render(run, RenderOptions(lang))
    return data if isinstance(data, str) else data.decode()


class Collector(HTMLParser):
    """The tags, ids and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_formats_there_are() -> None:
    assert list(formats()) == [
        *(
            "annotations",
            "asff",
            "csv",
            "html",
            "json",
            "junit",
            "markdown",
            "ocsf",
            "openmetrics",
            "oscal",
            "pdf",
            "sarif",
            "xlsx",
        )
    ]


def test_a_mistyped_format_names_the_nearest() -> None:
    with pytest.raises(FormatError, match="did you mean 'html'"):
        get("htm")


@pytest.mark.parametrize("name", sorted(TEXT))
def test_golden(case: tuple[str, dict[str, Any]], name: str, golden: Golden) -> None:
    about, run = case
    lang = "ko" if about == "korean" else "en"
    data = render(name, run, lang)
    if name == "html":
        # Style and script have tests of their own; a golden with them would change with every colour.
        data = re.sub(r"(?s)(<style>).*?(</style>)|(<script>).*?(</script>)", r"\1\2\3\4", data)
        data = re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256-…", data).replace("><", ">\n<")
    golden(f"{about}{get(name).suffix}", data.replace("\r\n", "\n").encode())


@pytest.mark.parametrize("name", sorted({*TEXT, "xlsx"}))
@pytest.mark.parametrize("lang", labels.LANGUAGES)
def test_rendering_changes_nothing_and_repeats(name: str, lang: str, case: tuple[str, dict[str, Any]]) -> None:
    run = case[1]
    before = copy.deepcopy(run)
    target = get(name)
    assert target.render(run, RenderOptions(lang)) == target.render(run, RenderOptions(lang))
    assert run == before


@pytest.mark.parametrize("name", ["html", "markdown", "junit"])
def test_nothing_acts_on_a_terminal_or_reorders_text(name: str) -> None:
    assert not ACTIVE.search(render(name, report_runs.hostile()))


def test_every_label_is_there_in_both_languages() -> None:
    texts = [text for pair in labels._TABLE.values() for text in pair]
    numbers = {name: 1 for text in texts for _, name, _, _ in Formatter().parse(text) if name}
    for key in labels.every_key():
        for lang in labels.LANGUAGES:
            assert labels.Labels(lang)(key, **numbers).strip()
    korean = render("html", report_runs.mixed(), "ko")
    assert 'lang="ko"' in korean
    assert "드리프트" in korean


# --- JSON


def test_json_is_canonical(case: tuple[str, dict[str, Any]]) -> None:
    run = case[1]
    data = dumps(run)
    assert loads(data) == run
    assert dumps(loads(data)) == data
    shuffled = _shuffle(run, random.Random(7))
    assert dumps(shuffled) == data
    assert data.endswith(b"}\n")


def _shuffle(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        items = [(key, _shuffle(item, chance)) for key, item in value.items()]
        chance.shuffle(items)
        return dict(items)
    return [_shuffle(item, chance) for item in value] if isinstance(value, list) else value


# --- HTML


@pytest.mark.parametrize("make", [report_runs.mixed, report_runs.hostile, lambda: BIG])
def test_html_has_every_control(make: Callable[[], dict[str, Any]]) -> None:
    run = make()
    page = Collector(render("html", run))
    sections = [name for name in page.ids if name.startswith("c-")]
    assert len(set(page.ids)) == len(page.ids)
    assert len(sections) == len(run["controls"])
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert not {"img", "iframe", "object", "link", "base"} & set(page.tags)
    if make is report_runs.mixed:
        words = " ".join(page.words)
        assert set(sections) == {f"c-{control['id']}" for control in run["controls"]}
        for control in run["controls"]:
            assert control["title"] in words
            for plane in control["planes"].values():
                assert all(verdict["path"] in words for verdict in plane["verdicts"])
                assert all(verdict["mend"] in words for verdict in plane["verdicts"])


def test_html_is_self_contained() -> None:
    page = render("html", report_runs.mixed())
    assert "default-src 'none'" in page
    assert not re.search(r"""(?:src|href|action)=["'](?!#)|url\((?!"data:)|@import""", page)
    style, script = (re.search(rf"(?s)<{tag}>(.*?)</{tag}>", page) for tag in ("style", "script"))
    assert style is not None
    assert script is not None
    assert "innerHTML" not in script[1]
    assert "eval(" not in script[1]


# --- Markdown


def test_markdown_fits_a_comment_and_says_what_it_left_out() -> None:
    many = report_runs.big(2000, 10)
    for lang in labels.LANGUAGES:
        text = render("markdown", many, lang)
        assert length(text) <= LIMIT
    text = render("markdown", many)
    left = re.search(r"_(\d+) more are left out", text)
    assert left is not None
    assert int(left[1]) + text.count("**Demo of") == 2000


def test_markdown_fits_whatever_is_long() -> None:
    run = report_runs.mixed()
    for control in run["controls"]:
        control["title"] = "😀" * 70_000
        control["remedy"] = "@<|" * 70_000
    run["gaps"] = [{**run["gaps"][0], "scope": f"g{number}" * 50} for number in range(3000)]
    text = render("markdown", run)
    assert length(text) <= LIMIT
    assert "more are left out" in text


def test_markdown_is_most_severe_first() -> None:
    text = render("markdown", report_runs.mixed())
    deviating = text.partition("### Gaps")[0]
    found = re.findall(r"\*\* · (critical|high|medium|low|info) ·", deviating)
    assert found == sorted(found, key=["critical", "high", "medium", "low", "info"].index)


def test_markdown_text_stays_text() -> None:
    parser = pytest.importorskip("markdown_it", reason="markdown-it-py is not installed")
    page = parser.MarkdownIt("gfm-like", {"linkify": False}).render(render("markdown", report_runs.hostile()))
    tags = set(Collector(page).tags)
    assert tags <= {
        "h2",
        "h3",
        "p",
        "strong",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "code",
        "br",
        "ul",
        "li",
        "hr",
        "em",
    }
    costs = 3
    assert (page.count("<th>") - costs) % 4 == 7 % 4, "no cell of hostile text opened a column"
    assert "@octocat" not in re.sub(r"<code>.*?</code>", "", page)


@pytest.mark.parametrize("text", ["a|b", "`", "``x", "<b>", "\\|", "@me", "a\nb", "**x**", "&amp;"])
def test_markdown_code_and_text_survive(text: str) -> None:
    parser = pytest.importorskip("markdown_it", reason="markdown-it-py is not installed").MarkdownIt(
        "gfm-like", {"linkify": False}
    )
    wanted = text.replace("\n", "\\n")
    for written in (code(text), escape(text)):
        table = parser.render(f"| a | b |\n| --- | --- |\n| x {written} | y |")
        page = Collector(table)
        assert page.tags.count("td") == 2
        assert wanted in "".join(page.words).replace("\u200b", "")


# --- JUnit


@pytest.mark.parametrize("make", [*report_runs.CASES.values(), lambda: BIG])
def test_junit_parses_and_counts_agree(make: Callable[[], dict[str, Any]]) -> None:
    run = make()
    root = ET.fromstring(render("junit", run))
    compared = ["drift"] if run.get("drift_coverage") else []
    document = ["document"] if run["document"] else []
    assert [suite.get("name") for suite in root] == [*run["run"]["planes"], *document, *compared]
    for suite in root:
        cases = suite.findall("testcase")
        plane = suite.get("name")
        clauses = {"document": len(run["document"]), "drift": 2}.get(str(plane), 0)
        assert len(cases) == sum(plane in control["planes"] for control in run["controls"]) + clauses
        for attribute, tag in (("failures", "failure"), ("skipped", "skipped"), ("errors", "error")):
            assert int(suite.get(attribute, "0")) == len(suite.findall(f"testcase/{tag}"))
        assert int(suite.get("tests", "0")) == len(cases)
    for total in ("tests", "failures"):
        assert int(root.get(total, "0")) == sum(int(suite.get(total, "0")) for suite in root)


def test_junit_shows_nothing_undecided_as_passed() -> None:
    root = ET.fromstring(render("junit", report_runs.mixed()))
    cases = {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}
    assert cases["rds-size[terraform]"] == []
    assert cases["rds-size[live]"] == ["failure"]
    assert cases["nat-volume[terraform]"] == cases["nat-volume[live]"] == ["skipped"]
    assert cases["cdn-cache[terraform]"] == ["failure"]
    assert cases["cdn-cache[live]"] == ["skipped"], "waived"
    assert cases["second-zone[live]"] == ["skipped"], "planned"
    assert cases["backup-retention[terraform]"] == ["skipped"], "known in the baseline"
    reasons = [case.get("message") or "" for case in root.iter("skipped")]
    assert all(reasons)
    assert any("waived: W-7" in reason for reason in reasons)


def test_sizes_stay_in_proportion() -> None:
    assert len(json.dumps(BIG)) > len(render("html", BIG)) / 2


# --- port chains


def chained(**closed: Any) -> dict[str, Any]:
    """A chain internet → web → db, with these verdicts on what else leads into db."""
    hops = [
        {"from": "internet", "to": "web", "ports": "443/tcp", "required": True, "row": "internet → web: 443/tcp"},
        {"from": "web", "to": "db", "ports": "5432/tcp", "required": False, "row": "web → db: 5432/tcp"},
    ]
    rest = "into db: nothing else"
    sides = {
        side: [report_builders.verdict("pass", hop["row"], "open", "open", key=hop["row"]) for hop in hops]
        for side in ("terraform", "live")
    }
    for side in sides:
        state, actual = closed.get(side, ("pass", "nothing else"))
        sides[side].append(report_builders.verdict(state, rest, "web only", actual, key=rest))
    states = [state for state, _ in closed.values()]
    entry = report_builders.control("port-chain", "drift", "fail" if "fail" in states else "pass", sides)
    chain = {"tiers": ["internet", "web", "db"], "hops": hops, "closed": {"db": rest}}
    return report_builders.run([{**entry, "chain": chain}, {**entry, "id": "second", "chain": chain}])


def pictures(page: str) -> list[str]:
    return re.findall(r"(?s)<svg[^>]*class=\"chain\".*?</svg>", page)


def test_a_port_chain_is_drawn_with_every_other_way_in() -> None:
    found = pictures(render("html", chained(live=("fail", ["10.0.0.0/16 → 5432/tcp", "<b>"]))))
    assert len(found) == 2
    assert all(f">{tier}</text>" in found[0] for tier in ("internet", "web", "db"))
    assert "✗ 10.0.0.0/16 → 5432/tcp · Live account" in found[0]
    assert "&lt;b&gt;" in found[0]
    assert "<b>" not in found[0]
    assert '<g class="tier fail">' in found[0]
    assert found[0].count('<g class="hop pass') == 2
    assert "10.0.0.0/16 → 5432/tcp (Live account)" in found[0].partition(">")[0], "in words, too"


def test_a_port_chain_that_holds_shows_no_other_way() -> None:
    (picture, _) = pictures(render("html", chained()))
    assert "✗" not in picture
    assert '<g class="tier fail">' not in picture


def test_what_could_not_be_told_of_a_chain_is_not_drawn_as_open_or_closed() -> None:
    (picture, _) = pictures(render("html", chained(live=("unreadable", None))))
    assert "✗" not in picture
    assert '<g class="tier unreadable">' in picture


def test_pictures_share_no_id() -> None:
    page = Collector(render("html", chained()))
    assert len(set(page.ids)) == len(page.ids)
    assert not pictures(render("html", report_runs.mixed()))
