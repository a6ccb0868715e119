"""Waivers from outside: what they quiet, what fails by them, how they are written, and where they are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audits.model import Origin, State, Verdict
from audits.waivers import Waiver, covers
from tests.project.harness import Ran, audit, audit_apart, project, report

ALL = ("specs", "--terraform", "terraform", "--report", "json=run.json")
SMALL = ("--var", "instance_class=db.t3.micro")
TODAY = datetime.now(UTC).date()


def entry(**more: str) -> str:
    fields = {
        "control": "orders-class",
        "resource": "aws_db_instance.orders",
        "owner": "a@example.com",
        "approver": "b@example.com",
        "reason": "waits for the migration",
        "expires": (TODAY + timedelta(days=30)).isoformat(),
    } | more
    return "  - " + "\n    ".join(f'{name}: "{value}"' for name, value in fields.items() if value) + "\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return project(tmp_path)


def waive(shop: Path, *entries: str) -> None:
    (shop / "specs" / "shop" / "waivers.yaml").write_text("waivers:\n" + "".join(entries), encoding="utf-8")


def states(shop: Path) -> list[tuple[str, str, int]]:
    return [(one["control"], one["state"], one["covers"]) for one in report(shop / "run.json")["waivers"]]


def class_verdict(shop: Path) -> dict[str, object]:
    control = next(one for one in report(shop / "run.json")["controls"] if one["id"] == "orders-class")
    return next(one for one in control["planes"]["terraform"]["verdicts"] if one["path"] == "instance_class")


def test_a_waived_deviation_is_shown_and_fails_nothing(shop: Path) -> None:
    assert audit(shop, *ALL, *SMALL).status == 1
    waive(shop, entry())
    formats = ("--report", "html=run.html", "--report", "markdown=run.md", "--report", "junit=run.xml")
    ran = audit(shop, *ALL, *SMALL, *formats)
    assert ran.status == 0
    assert states(shop) == [("orders-class", "in force", 1)]
    verdict = class_verdict(shop)
    assert verdict["state"] == "fail"
    assert str(verdict["waiver"]).startswith("waits for the migration (until ")
    assert "in force    orders-class (aws_db_instance.orders)" in ran.out
    for name in ("run.html", "run.md", "run.xml"):
        assert "waits for the migration" in (shop / name).read_text(encoding="utf-8")


def test_a_waiver_quiets_only_what_it_names(shop: Path) -> None:
    waive(shop, entry())
    both = (*SMALL, "--var", "retention=1")
    assert audit(shop, *ALL, *both).status == 1
    waive(shop, entry(resource="aws_db_instance.other"))
    assert audit(shop, *ALL, *SMALL).status == 1
    waive(shop, entry(path="allocated_*"))
    assert audit(shop, *ALL, *SMALL).status == 1
    waive(shop, entry(path="instance_?lass", resource="*.orders"))
    assert audit(shop, *ALL, *SMALL).status == 0
    waive(shop, entry(plane="live"))
    assert audit(shop, *ALL, *SMALL).status == 1


def test_its_last_day_counts_and_the_day_after_fails_the_run(shop: Path) -> None:
    zone = ("-o", "audit_timezone=UTC")
    waive(shop, entry(expires=TODAY.isoformat()))
    assert audit(shop, *ALL, *SMALL, *zone).status == 0
    waive(shop, entry(expires=(TODAY - timedelta(days=1)).isoformat()))
    ran = audit(shop, *ALL, *SMALL, *zone)
    assert (ran.status, states(shop)) == (1, [("orders-class", "expired", 0)])
    assert class_verdict(shop)["waiver"] is None
    # Also where nothing deviates any more: the list of waivers is to be mended.
    assert audit(shop, *ALL, *zone).status == 1


def test_an_unused_one_fails_the_run_where_all_it_covers_was_decided(shop: Path) -> None:
    waive(shop, entry(plane="terraform"))
    ran = audit(shop, *ALL)
    assert (ran.status, states(shop)) == (1, [("orders-class", "unused", 0)])
    waive(shop, entry())  # both planes, and the account was not read
    assert (audit(shop, *ALL).status, states(shop)) == (0, [("orders-class", "not decided", 0)])
    waive(shop, entry(control="orders-zone", plane="terraform"))  # undecided in source
    assert (audit(shop, *ALL).status, states(shop)) == (0, [("orders-zone", "not decided", 0)])
    waive(shop, entry(plane="terraform"))
    assert audit(shop, *ALL, "-k", "receipts").status == 0  # its checks did not run


@pytest.mark.parametrize("more", [{"resource": ""}, {"resource": "*"}, {"resource": "**?", "path": "*"}])
def test_one_that_could_cover_anything_fails_and_quiets_nothing(shop: Path, more: dict[str, str]) -> None:
    waive(shop, entry(**more))
    assert (audit(shop, *ALL, *SMALL).status, states(shop)) == (1, [("orders-class", "over-broad", 0)])
    assert class_verdict(shop)["waiver"] is None


def test_workers_know_them(shop: Path) -> None:
    waive(shop, entry())
    assert audit_apart(shop, *ALL, *SMALL, "-n2").status == 0
    assert states(shop) == [("orders-class", "in force", 1)]


# -- Comments ----------------------------------------------------------------------------------------------------------


def comment(text: str = "waits for the migration", until: str | None = None) -> str:
    return f"# audit:waive orders-class {text} until={until or (TODAY + timedelta(days=9)).isoformat()}"


def in_source(shop: Path, old: str, new: str) -> None:
    path = shop / "terraform" / "main.tf"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("where", ["beside", "above", "block"])
def test_a_comment_in_terraform_waives_what_it_stands_at(shop: Path, where: str) -> None:
    line = "  instance_class          = var.instance_class"
    if where == "beside":
        in_source(shop, line, f"{line} {comment()}")
    elif where == "above":
        in_source(shop, line, f"  {comment()}\n  # and a word more\n\n{line}")
    else:
        in_source(shop, 'resource "aws_db_instance"', f'{comment()}\nresource "aws_db_instance"')
    ran = audit(shop, *ALL, *SMALL)
    assert (ran.status, states(shop)) == (0, [("orders-class", "in force", 1)])
    assert report(shop / "run.json")["waivers"][0]["inline"] is True


def test_a_comment_elsewhere_waives_nothing(shop: Path) -> None:
    in_source(shop, "  allocated_storage", f"  {comment()}\n  allocated_storage")
    assert audit(shop, *ALL, *SMALL).status == 1


def test_a_comment_in_a_spec_waives_its_control(shop: Path) -> None:
    spec = shop / "specs" / "shop" / "database.yaml"
    spec.write_text(spec.read_text().replace("  - id: orders-class", f"  {comment()}\n  - id: orders-class"))
    assert (audit(shop, *ALL, *SMALL).status, states(shop)) == (0, [("orders-class", "in force", 1)])


def test_a_saved_run_is_judged_again_with_the_comments_it_had(shop: Path) -> None:
    in_source(shop, 'resource "aws_db_instance"', f'{comment()}\nresource "aws_db_instance"')
    assert audit(shop, *ALL, *SMALL).status == 0
    (shop / "terraform" / "main.tf").unlink()
    again = audit(shop, "specs", "--replay", "run.json", "--report", "json=again.json")
    assert again.status == 0
    assert report(shop / "again.json")["waivers"] == report(shop / "run.json")["waivers"]


def verdict_of(state: str, path: str, resource: str, key: str, file: str | None = None, line: int = 0) -> Verdict:
    return Verdict(State(state), path, resource, key=key, origin=Origin(file, line))


def test_an_inline_waiver_covers_the_same_thing_in_the_account() -> None:
    source = verdict_of("fail", "instance_class", "aws_db_instance.orders", key="orders", file="main.tf", line=8)
    live = verdict_of("fail", "instance_class", "arn:aws:rds:x:1:db:orders", key="orders")
    waiver = Waiver("orders-class", "r", TODAY, Origin("main.tf", 7), inline=True, line=8)
    assert covers(waiver, "terraform", source, {})
    assert covers(waiver, "live", live, {}, [source])
    assert not covers(waiver, "live", verdict_of("fail", "engine", "arn", key="orders"), {}, [source])
    assert not covers(waiver, "live", verdict_of("fail", "instance_class", "arn", key="other"), {}, [source])
    assert not covers(waiver, "live", live, {}, [verdict_of("pass", "instance_class", "a", key="orders", line=8)])


# -- Bad input ---------------------------------------------------------------------------------------------------------


def refused(ran: Ran) -> list[str]:
    assert ran.status == 4
    return ran.errors


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"control": "orders-clas"}, "2: no control 'orders-clas'; did you mean 'orders-class'?"),
        ({"aprover": "c@example.com"}, "8: unknown key 'aprover'; did you mean 'approver'?"),
        ({"approver": "A@example.com "}, "5: the approver must be another than the owner"),
        ({"expires": "2026-02-30"}, "7: '2026-02-30' is no date (YYYY-MM-DD)"),
        ({"plane": "lives"}, "8: no plane 'lives'; did you mean 'live'?"),
        ({"owner": ""}, "2: owner is missing"),
        ({"reason": " "}, "6: reason must be text"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_bad_entry_is_named_by_line(shop: Path, more: dict[str, str], message: str) -> None:
    waive(shop, entry(**more))
    assert refused(audit(shop, *ALL)) == [f"specs/shop/waivers.yaml:{message}"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("waiver: []\n", "1: expected one key, 'waivers', with a list"),
        ("- a\n", "1: expected one key, 'waivers', with a list"),
        ("waivers:\n  - text\n", "2: a waiver is a mapping"),
        ("waivers: [\n", "2: "),
        ("waivers:\n  - {control: orders-class, control: x}\n", "2: duplicate key 'control'"),
    ],
)
def test_a_bad_file_is_named_by_line(shop: Path, text: str, message: str) -> None:
    (shop / "specs" / "shop" / "waivers.yaml").write_text(text)
    assert refused(audit(shop, *ALL))[0].startswith(f"specs/shop/waivers.yaml:{message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# audit:waive orders-class soon", "a waiver is written # audit:waive CONTROL reason until=YYYY-MM-DD"),
        ("# audit:waive orders-class r until=tomorrow", "a waiver is written"),
        ("# audit:waive orders-klass r until=2999-01-01", "no control 'orders-klass'; did you mean 'orders-class'?"),
    ],
)
def test_a_bad_comment_is_named_by_line(shop: Path, text: str, message: str) -> None:
    in_source(shop, 'resource "aws_db_instance"', f'{text}\nresource "aws_db_instance"')
    assert refused(audit(shop, *ALL))[0].startswith(f"terraform/main.tf:5: {message}")


def test_an_empty_file_is_none(shop: Path) -> None:
    (shop / "specs" / "shop" / "waivers.yaml").write_text("# nothing is waived\n")
    assert audit(shop, *ALL).status == 0
