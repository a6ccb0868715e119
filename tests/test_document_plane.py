"""The document plane from outside: one item a clause, exit statuses, baselines, workers, and every report."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.project.harness import Ran, audit, audit_apart, project, report

PAGE = """\
# Shop

Next review: 2999-01-01

## Sizes

| part | class |
|---|---|
| orders | db.t4g.small |

## Backups

- orders: kept for 7 days

## Places

- orders in ap-northeast-2a
- orders in two zones

## Files

- receipts: one bucket, closed
"""
NAMES = ["orders-class", "orders-retention", "orders-zone", "orders-replica", "receipts-bucket", "receipts-closed"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = project(tmp_path)
    (folder / "docs").mkdir()
    write(folder, PAGE)
    return folder


def write(folder: Path, text: str) -> None:
    (folder / "docs" / "shop.md").write_text(text, encoding="utf-8")


def run(folder: Path, *more: str) -> Ran:
    return audit(folder, "specs", "--document", "docs/shop.md", "--report", "json=run.json", *more)


def standings(folder: Path) -> dict[str, str]:
    return {one["control"]: one["state"] for one in report(folder / "run.json")["document"]}


def test_where_every_clause_stands_the_status_is_0_with_no_other_plane(shop: Path) -> None:
    ran = run(shop)
    saved = report(shop / "run.json")
    assert (ran.status, standings(shop)) == (0, dict.fromkeys(NAMES, "stands"))
    assert (saved["controls"], saved["findings"], saved["summary"]["exit_status"]) == ([], [], 0)
    assert saved["run"]["document"]["path"] == "docs/shop.md"
    assert len(saved["run"]["document"]["sha256"]) == 64
    assert saved["summary"]["clauses"] == {"stands": 6, "clause-changed": 0, "unreadable": 0}


def test_it_goes_beside_the_other_planes(shop: Path) -> None:
    ran = run(shop, "--terraform", "terraform")
    saved = report(shop / "run.json")
    assert ran.status == 0
    assert [one["id"] for one in saved["controls"]] == NAMES
    assert {tuple(one["planes"]) for one in saved["controls"]} == {("terraform",)}
    assert standings(shop) == dict.fromkeys(NAMES, "stands")


def test_a_changed_clause_is_a_deviation_named_with_the_nearest_text_in_every_report(shop: Path) -> None:
    write(shop, PAGE.replace("7 days", "14 days"))
    formats = ("html=run.html", "markdown=run.md", "junit=run.xml")
    ran = run(shop, "--terraform", "terraform", *(part for one in formats for part in ("--report", one)))
    changed = next(one for one in report(shop / "run.json")["document"] if one["control"] == "orders-retention")
    assert ran.status == 1
    assert (changed["state"], changed["line"], changed["nearest_line"]) == ("clause-changed", None, 13)
    assert changed["nearest"] == "- orders: kept for 14 days"
    assert "changed     orders-retention: the row does not state '7 days' any more" in ran.out
    assert "docs/shop.md:13  - orders: kept for 14 days" in ran.out
    for name in ("run.html", "run.md"):
        text = (shop / name).read_text(encoding="utf-8")
        assert "orders-retention" in text
        assert "docs/shop.md:13" in text
        assert "kept for 14 days" in text
    (suite,) = (one for one in ET.parse(shop / "run.xml").getroot() if one.get("name") == "document")
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("6", "1", "0")
    (failure,) = suite.iter("failure")
    assert failure.get("type") == "clause-changed"


def test_a_clause_that_moved_still_stands_and_its_line_is_told(shop: Path) -> None:
    spec = shop / "specs" / "shop" / "database.yaml"
    spec.write_text(spec.read_text().replace('states: "7 days"', 'states: "7 days", line: 3'))
    ran = run(shop)
    moved = next(one for one in report(shop / "run.json")["document"] if one["moved"])
    assert (ran.status, moved["control"], moved["line"]) == (0, "orders-retention", 13)
    assert "at another line than cited: orders-retention" in ran.out


def test_a_baseline_quiets_what_had_changed_already(shop: Path) -> None:
    write(shop, PAGE.replace("7 days", "14 days"))
    assert run(shop).status == 1
    (shop / "run.json").rename(shop / "old.json")
    write(shop, PAGE.replace("7 days", "14 days"))
    assert run(shop, "--baseline", "old.json").status == 0
    assert [one["control"] for one in report(shop / "run.json")["document"] if one["known"]] == ["orders-retention"]
    write(shop, PAGE.replace("7 days", "14 days").replace("closed", "open"))
    assert run(shop, "--baseline", "old.json").status == 1


def test_severity_and_planned_count_as_for_every_other_deviation(shop: Path) -> None:
    write(shop, PAGE.replace("two zones", "one zone"))
    assert run(shop).status == 0  # orders-replica is planned
    write(shop, PAGE.replace("db.t4g.small", "db.t4g.micro"))
    assert run(shop, "--fail-on", "critical").status == 0
    assert run(shop, "--fail-on", "high").status == 1


def test_damage_makes_clauses_unreadable_never_changed(shop: Path) -> None:
    text = PAGE.replace("## Backups", "## 백업 Backups 정책 개요").replace("## Sizes", "## 크기 Sizes 안내문")
    (shop / "docs" / "shop.md").write_bytes(text.encode().decode("cp1252", "ignore").encode())
    spec = shop / "specs" / "shop" / "database.yaml"
    spec.write_text(
        spec.read_text().replace('"Backups"', '"백업 Backups 정책 개요"').replace('"Sizes"', '"크기 Sizes 안내문"')
    )
    ran = run(shop)
    (finding,) = report(shop / "run.json")["findings"]
    found = standings(shop)
    assert ran.status == 0
    assert (finding["plane"], finding["title"]) == ("document", "the document's encoding is damaged")
    assert "mojibake" in ran.out
    assert "clause-changed" not in found.values()
    assert found["receipts-closed"] == "stands"
    assert "unreadable" in found.values()
    assert run(shop, "--strict").status == 1


def test_an_overdue_review_is_a_finding_and_fails_nothing(shop: Path) -> None:
    write(shop, PAGE.replace("2999-01-01", "2001-01-01"))
    ran = run(shop)
    (finding,) = report(shop / "run.json")["findings"]
    assert (ran.status, finding["title"]) == (0, "the document's review is overdue")
    assert finding["origin"] == {"file": "docs/shop.md", "line": 3}
    assert finding["detail"].startswith("due 2001-01-01, ")


def test_another_document_of_several_decides_nothing(shop: Path) -> None:
    spec = shop / "specs" / "shop" / "storage.yaml"
    spec.write_text(spec.read_text().replace("docs/shop.md", "docs/files.md"))
    assert run(shop).status == 0
    found = standings(shop)
    assert {name for name, state in found.items() if state == "unreadable"} == {"receipts-bucket", "receipts-closed"}


def test_clauses_are_chosen_by_marker_and_name(shop: Path) -> None:
    assert run(shop, "--terraform", "terraform", "-m", "document").status == 0
    saved = report(shop / "run.json")
    assert (saved["controls"], len(saved["document"])) == ([], 6)
    assert run(shop, "--terraform", "terraform", "-m", "terraform").status == 0
    assert report(shop / "run.json")["document"] == []
    assert run(shop, "-k", "receipts-closed").status == 0
    assert list(standings(shop)) == ["receipts-closed"]


def test_workers_find_the_same(shop: Path) -> None:
    write(shop, PAGE.replace("7 days", "14 days"))
    assert run(shop, "--terraform", "terraform").status == 1
    alone = report(shop / "run.json")["document"]
    more = ("--document", "docs/shop.md", "--terraform", "terraform", "--report", "json=run.json", "-n2")
    assert audit_apart(shop, "specs", *more).status == 1
    assert report(shop / "run.json")["document"] == alone


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("docs/none.md", "docs/none.md: cannot be read: No such file or directory"),
        ("docs", "docs: a folder, not a document"),
        ("docs/korean.md", "docs/korean.md:1: not UTF-8; it may be EUC-KR: save it as UTF-8"),
    ],
)
def test_a_document_that_cannot_be_used_is_4(shop: Path, path: str, message: str) -> None:
    (shop / "docs" / "korean.md").write_bytes("가격표\n".encode("cp949"))
    ran = audit(shop, "specs", "--document", path)
    assert (ran.status, ran.errors) == (4, [message])


DECLARED = """\
spec: shop/document
document: docs/shop.md
contradictions:
  - id: zones
    title: One zone, or two
    statements:
      - {section: Places, row: orders, states: "ap-northeast-2a", wins: true}
      - {section: Places, row: orders, states: "two zones"}
    ruling: One.
    why: The other is planned.
    controls: [orders-zone]
not_audited:
  - {section: Shop, reason: Looked at on its own.}
"""


def declare(folder: Path, text: str = DECLARED) -> None:
    (folder / "specs" / "shop" / "document.yaml").write_text(text)


def test_contradictions_and_coverage_are_in_every_report_and_fail_nothing(shop: Path) -> None:
    declare(shop)
    write(shop, PAGE.replace("## Files", "## Files\n\n- 3 copies\n").replace("two zones", "several zones"))
    formats = ("html=run.html", "markdown=run.md", "junit=run.xml")
    ran = run(shop, "--terraform", "terraform", *(part for one in formats for part in ("--report", one)))
    saved = report(shop / "run.json")
    (zones,) = saved["contradictions"]
    assert zones["state"] == "changed"
    assert [one["text"] for one in saved["coverage"]["uncited"]] == ["- 3 copies"]
    assert [one["title"] for one in saved["findings"]] == ["a contradiction of the document has changed"]
    assert "contradictions recorded: 1, of which 1 changed" in ran.out
    assert "- 3 copies" in ran.out
    for name in ("run.html", "run.md"):
        text = (shop / name).read_text(encoding="utf-8")
        assert "One zone, or two" in text
        assert "3 copies" in text
    notes = "".join(ET.parse(shop / "run.xml").getroot().itertext())
    assert "contradiction: zones: One zone, or two" in notes
    # The clause of the planned control changed as well, and what is planned cannot fail a run.
    assert standings(shop)["orders-replica"] == "clause-changed"
    assert ran.status == 0


def test_without_a_document_contradictions_are_told_and_none_is_said_to_stand(shop: Path) -> None:
    declare(shop)
    ran = audit(shop, "specs", "--terraform", "terraform", "--report", "json=run.json")
    saved = report(shop / "run.json")
    assert [one["state"] for one in saved["contradictions"]] == [None]
    assert saved["coverage"]["uncited"] is None
    assert "contradictions recorded: 1\n" in ran.out
    assert "Document: not looked at" in ran.out


def test_a_stale_declaration_fails_the_run_and_is_named(shop: Path) -> None:
    declare(shop)
    here = str(Path(__file__).parents[1] / "audits" / "test_coverage.py")
    assert run(shop, here).status == 0
    declare(shop, DECLARED + '  - {section: Files, row: receipts, states: "closed", reason: r}\n')
    ran = run(shop, here)
    (said,) = report(shop / "run.json")["coverage"]["stale"]
    assert said.startswith("specs/shop/document.yaml:14: 'receipts' 'closed' is declared not audited")
    assert said in ran.out
    assert ran.status == 1


def test_what_is_planned_counts_neither_as_a_deviation_nor_as_undecided(shop: Path) -> None:
    run(shop, "--terraform", "terraform")
    saved = report(shop / "run.json")
    replica = next(one for one in saved["controls"] if one["id"] == "orders-replica")
    assert (replica["planned"], replica["reached_early"]) == ("next quarter", False)
    assert saved["summary"]["planned"] == {"controls": 1, "reached_early": 0}
    due = [one for one in saved["controls"] if one["planned"] is None]
    assert saved["summary"]["deviations"] == sum(one["outcome"] == "fail" for one in due)
    assert saved["summary"]["undecided"] == sum(one["outcome"] == "undecided" for one in due)


def test_what_is_planned_and_passes_was_reached_early(shop: Path) -> None:
    spec = shop / "specs" / "shop" / "database.yaml"
    spec.write_text(
        spec.read_text().replace("    severity: critical\n", "    severity: critical\n    planned: soon\n", 1)
    )
    ran = run(shop, "--terraform", "terraform")
    found = {one["id"]: one for one in report(shop / "run.json")["controls"]}
    reached = [name for name, one in found.items() if one["reached_early"]]
    assert reached == ["orders-retention"]
    assert "orders-retention: Terraform pass, reached early (soon)" in ran.out
