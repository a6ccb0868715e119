"""``audits explain`` and ``audits plan``: all that is known of one control, and of what a run would do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_cli import refused, run

from audits.cli import main
from audits.expectations import KEYWORDS
from reports.labels import Labels, every_key
from reports.text import columns
from reports.wording import MATCHERS, body_lines, matcher_text
from tests.project.harness import audit, project

WAIVERS = """\
waivers:
  - control: orders-class
    resource: aws_db_instance.orders
    path: instance_class
    owner: data team
    approver: a.person
    reason: a trial of the larger class
    expires: "{until}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path)


def audited(folder: Path, *more: str, history: bool = True) -> Path:
    saved = folder / "reports" / "out" / "run.json"
    kept = ["--history", "reports/out/history.sqlite"] if history else []
    ran = audit(folder, "specs", "--terraform", "terraform", "--report", f"json={saved}", *kept, *more)
    assert ran.status in (0, 1), ran.text
    return saved


def test_without_a_run_it_says_so(folder: Path) -> None:
    ran = run("explain", "orders-class", folder=folder)
    assert ran.status == 0
    assert "Last run: none at reports/out/run.json (--run FILE names another)" in ran.out
    assert "aws_db_instance where identifier = shop-orders" in ran.out
    assert "instance_class = db.t4g.small" in ran.out
    assert "how many: = 1" in ran.out


def test_the_last_verdicts_and_since_when(folder: Path) -> None:
    audited(folder, "--var", "instance_class=db.t4g.large")
    ran = run("explain", "orders-class", folder=folder)
    lines = ran.out.splitlines()
    assert any(
        "✗ aws_db_instance.orders instance_class: fail; expected db.t4g.small, found db.t4g.large" in one
        for one in lines
    )
    assert any("main.tf:" in one for one in lines)
    assert any(one.strip().startswith("deviates since 20") for one in lines)
    assert "The spec has changed" not in ran.out


def test_what_the_source_cannot_tell_is_no_failure(folder: Path) -> None:
    audited(folder)
    ran = run("explain", "orders-zone", folder=folder)
    assert "? aws_db_instance.orders availability_zone: unknown" in ran.out
    assert "✗" not in ran.out


def test_since_when_is_told_by_the_history_where_the_run_does_not(folder: Path) -> None:
    audited(folder, "--var", "instance_class=db.t4g.large")
    audited(folder, "--var", "instance_class=db.t4g.small")
    ran = run("explain", "orders-class", folder=folder)
    assert "Terraform aws_db_instance.orders instance_class: Fixed (UTC): 20" in ran.out


def test_a_spec_that_changed_since_the_run_is_told(folder: Path) -> None:
    audited(folder)
    spec = folder / "specs" / "shop" / "database.yaml"
    spec.write_text(spec.read_text().replace("db.t4g.small\n    remedy", "db.t4g.large\n    remedy"))
    assert "The spec has changed since this run." in run("explain", "orders-class", folder=folder).out


def test_a_run_that_did_not_judge_it_is_told(folder: Path) -> None:
    audited(folder, "-k", "orders-retention", history=False)
    assert "This run did not judge the control." in run("explain", "orders-class", folder=folder).out


def test_a_run_that_cannot_be_read_is_refused_if_named_and_else_told(folder: Path) -> None:
    saved = folder / "reports" / "out" / "run.json"
    saved.parent.mkdir(parents=True)
    saved.write_text("{")
    assert "run.json:1:" in refused(run("explain", "orders-class", "--run", str(saved), folder=folder))
    ran = run("explain", "orders-class", folder=folder)
    assert (ran.status, "not JSON" in ran.out) == (0, True)
    missing = refused(run("explain", "orders-class", "--run", "none.json", folder=folder))
    assert missing == "none.json: No such file or directory"
    saved.unlink()
    audited(folder, history=False)
    said = refused(run("explain", "orders-class", "--history", "none.sqlite", folder=folder))
    assert said == "none.sqlite: no such history"


@pytest.mark.parametrize(("until", "state"), [("2999-01-01", "in force"), ("2020-01-01", "expired")])
def test_waivers_of_the_control_and_no_others(folder: Path, until: str, state: str) -> None:
    (folder / "specs" / "shop" / "waivers.yaml").write_text(WAIVERS.format(until=until))
    said = run("explain", "orders-class", folder=folder).out
    assert f"Waived ({state}): aws_db_instance.orders, instance_class: a trial of the larger class" in said
    assert f"Until {until}, owner data team, approved by a.person  (specs/shop/waivers.yaml:2)" in said
    assert "Waived" not in run("explain", "orders-retention", folder=folder).out


def test_contradictions_that_concern_it_and_no_others() -> None:
    said = run("explain", "ecs-service-count").out
    assert "Contradiction: desired-count:" in said
    assert "→ Two tasks." in said
    assert "Contradiction" not in run("explain", "rds-storage").out


def test_labels_are_korean_and_what_the_spec_says_stays(folder: Path) -> None:
    said = run("explain", "orders-class", "--lang", "ko", folder=folder).out
    assert "심각도" in said
    assert "The orders database is a small instance" in said
    assert "Severity" not in said


def test_nothing_acts_on_the_terminal(folder: Path) -> None:
    spec = folder / "specs" / "shop" / "database.yaml"
    spec.write_text(spec.read_text().replace("remedy: Set instance_class to", 'remedy: "\\e[31mx\\u202e" # ', 1))
    said = run("explain", "orders-class", folder=folder).out
    assert "\\x1b[31mx\\u202e" in said
    assert "\x1b" not in said


def test_colour_and_width_where_they_are_asked_for(folder: Path) -> None:
    audited(folder, "--var", "instance_class=db.t4g.large")
    said = run("explain", "orders-class", folder=folder, env={"FORCE_COLOR": "1", "COLUMNS": "60"}).out
    assert "\x1b[31m✗\x1b[0m fail" in said
    plain = run("explain", "orders-class", folder=folder, env={"COLUMNS": "60"}).out
    assert all(columns(line) <= 60 or " " not in line.strip() for line in plain.splitlines())
    assert "\x1b" not in plain


def test_as_json(folder: Path) -> None:
    data = json.loads(run("explain", "orders-class", "--json", folder=folder).out)
    assert data["clause"] == {
        "document": "docs/shop.md",
        "section": "Sizes",
        "row": "orders",
        "states": "db.t4g.small",
        "line": None,
    }
    assert (data["planes"], data["left_out"], data["kinds"]) == (["terraform", "live"], [], ["aws_db_instance"])


def test_every_matcher_has_words_in_both_languages() -> None:
    assert set(MATCHERS) == set(KEYWORDS) | {"refers_to", "absent"}
    assert {f"says.{name}" for name in MATCHERS} <= set(every_key())


@pytest.mark.parametrize(
    ("matcher", "said"),
    [
        (7, "= 7"),
        ("a b", "= a b"),
        (None, "= null"),
        ({"minimum": 7}, "at least 7"),
        ({"minimum": 7, "maximum": 9}, "at least 7 and at most 9"),
        ({"enum": ["a", "b"]}, "one of a, b"),
        ({"not": {"pattern": "^x"}}, "not (matches /^x/)"),
        ({"contains": {"properties": {"port": 443}}}, "some element with port = 443"),
        ({"anyOf": [{"const": 1}, {"absent": True}]}, "any of: = 1 · absent"),
        ({"absent": False}, "present"),
        ({"refers_to": {"kind": "aws_lb", "select": {"internal": False}}}, "refers to aws_lb where internal = false"),
        ({"enum": ["a"], "tag": "x"}, "= {enum: [a], tag: x}"),
    ],
)
def test_matchers_in_words(matcher: object, said: str) -> None:
    assert matcher_text(matcher, Labels("en")) == said


def test_bodies_of_relations_keep_all_that_they_hold() -> None:
    body = {
        "spot": {"of": {"kind": "aws_ecs_service", "select": {"name": "api"}}, "share": {"minimum": 90}, "tasks": 2}
    }
    assert list(body_lines(body, Labels("en"))) == [
        "spot:",
        "  of: aws_ecs_service where name = api",
        "  share: at least 90",
        "  tasks: 2",
    ]


def test_every_control_of_the_example_can_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    from audits import kinds, relations, spec

    specs = spec.load_all([Path("specs")], kinds.registry(), relations.registry())
    for control in (one for found in specs for one in found.controls):
        for lang in ("en", "ko"):
            assert list(body_lines(control.body, Labels(lang)))
    assert main(["explain", "port-chain"]) == 0
    assert "443/tcp" in capsys.readouterr().out


# -- plan --------------------------------------------------------------------------------------------------------------


def test_plan_says_what_would_be_read_planned_and_left_out(folder: Path) -> None:
    said = run("plan", "specs", folder=folder).out
    data = json.loads(run("plan", "specs", "--json", folder=folder).out)
    policy = json.loads(run("policy", "specs", folder=folder).out)
    granted = {action for one in policy["Statement"] for action in one["Action"]}
    assert set(data["actions"]) == granted
    assert f"IAM actions: {len(granted)} " in said
    assert data["calls"]["last"] is None
    assert data["planned"]
    assert all(f"  {name}: {text}" in said for name, text in data["planned"].items())
    (left,) = data["left_out"]
    assert f"  [live] the spec leaves it out: {left['id']}" in said


def test_plan_tells_why_a_relation_leaves_a_plane_out() -> None:
    data = json.loads(run("plan", "--json").out)
    why = {(one["id"], one["plane"]): one["why"] for one in data["left_out"]}
    assert why[("prisma-connection-limit", "live")] == "the relation files cannot tell it there"


def test_plan_of_source_alone_asks_for_nothing_in_the_account(folder: Path) -> None:
    spec = folder / "only.yaml"
    spec.write_text(
        "spec: only\ndocument: d.md\ncontrols:\n  - id: one\n    title: t\n    basis: stated\n    severity: low\n"
        "    clause: {section: S, row: r, states: x}\n"
        "    file: {path: a.txt, pattern: 'x=(?P<value>.)', comments: none, type: number, expect: 1}\n"
    )
    data = json.loads(run("plan", "only.yaml", "--json", folder=folder).out)
    assert (data["actions"], data["calls"]["operations"], data["kinds"]) == ([], 0, {})
    assert data["checks"][0]["reads"] == ["a.txt"]


def test_plan_counts_the_calls_of_a_saved_run_and_refuses_what_is_none(folder: Path) -> None:
    saved = folder / "run.json"
    saved.write_text('{"run": {"observations": {"live": {"calls": 94}}}}')
    assert "the last run made 94" in run("plan", "specs", "--run", "run.json", folder=folder).out
    saved.write_text("[]")
    assert refused(run("plan", "specs", "--run", "run.json", folder=folder)) == "run.json: no saved run"
    assert refused(run("plan", "specs", "--run", "no.json", folder=folder)) == "no.json: No such file or directory"
