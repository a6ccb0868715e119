"""The pytest plugin from outside: items, exit statuses, baselines, workers, and what never appears in any output."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import pytest

from audits.gathering import one_line
from audits.items import sentence
from audits.model import State, Verdict
from tests.project.harness import PROJECT, ROOT, audit, audit_apart, denying_account, project, report, states

ALL = ("specs", "--terraform", "terraform")
IDS = [
    "specs/shop/database.yaml::orders-class[terraform]",
    "specs/shop/database.yaml::orders-retention[terraform]",
    "specs/shop/database.yaml::orders-zone[terraform]",
    "specs/shop/database.yaml::orders-replica[terraform]",
    "specs/shop/storage.yaml::receipts-bucket[terraform]",
    "specs/shop/storage.yaml::receipts-closed[terraform]",
]
AS_DOCUMENTED = {
    "orders-class": "pass",
    "orders-retention": "pass",
    "orders-zone": "unknown",
    "orders-replica": "fail",
    "receipts-bucket": "pass",
    "receipts-closed": "pass",
}
NOTHING_CHOSEN = "no check is left to run: -k, -m or the names given choose none"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return project(tmp_path)


def with_retention(days: int) -> tuple[str, ...]:
    return (*ALL, "--var", f"retention={days}")


# -- Exit statuses -----------------------------------------------------------------------------------------------------


def test_status_is_0_where_all_is_as_documented_and_the_report_says_the_same(shop: Path) -> None:
    ran = audit(shop, *ALL, "--report", "json=run.json")
    run = report(shop / "run.json")
    assert (ran.status, run["summary"]["exit_status"], states(run)) == (0, 0, AS_DOCUMENTED)
    assert run["run"]["options"] == {"terraform": "terraform", "fail_on": "info"}


def test_a_deviation_is_1_unless_too_slight_and_a_planned_control_never_fails(shop: Path) -> None:
    assert audit(shop, *with_retention(1)).status == 1
    assert audit(shop, *ALL, "--var", "instance_class=db.t3.micro").status == 1
    assert audit(shop, *ALL, "--var", "instance_class=db.t3.micro", "--fail-on", "critical").status == 0
    assert audit(shop, *ALL, "--var", "instance_class=db.t3.micro", "--fail-on", "high").status == 1
    assert audit(shop, *ALL, "-k", "orders-replica", "--strict").status == 0
    assert audit(shop, *ALL, "--fail-on", "grave").status == 4


def test_strict_fails_what_no_plane_decides(shop: Path) -> None:
    assert audit(shop, *ALL, "-k", "orders-zone").status == 0
    assert audit(shop, *ALL, "-k", "orders-zone", "--strict").status == 1
    assert audit(shop, *ALL, "-k", "orders-zone", "--strict", "--fail-on", "high").status == 0


@pytest.mark.parametrize("only", ["", "orders-class"])
def test_an_error_of_the_engine_is_3_and_is_named_in_the_report(shop: Path, only: str) -> None:
    broken = ("-p", "tests.project.broken", "--report", "json=run.json")
    ran = audit_apart(shop, *ALL, *broken, env={"AUDIT_BREAK_ONLY": only})
    run = report(shop / "run.json")
    assert (ran.status, run["summary"]["exit_status"]) == (3, 3)
    gap = next(gap for gap in run["gaps"] if gap["scope"] == "orders-class[terraform]")
    assert gap["cause"] == "internal error: LookupError: broken on purpose"
    assert "orders-class[terraform]: internal error: LookupError: broken on purpose" in ran.out
    assert set(states(run)) == (set(AS_DOCUMENTED) - {only} if only else set())


@pytest.mark.parametrize("how", ["raise", "exit"])
def test_a_worker_that_errs_or_dies_is_3(shop: Path, how: str) -> None:
    env = {"AUDIT_BREAK": how, "AUDIT_BREAK_ONLY": "orders-class"}
    ran = audit_apart(shop, *ALL, "-p", "tests.project.broken", "-n2", env=env)
    assert ran.status == 3
    assert "orders-class[terraform]: internal error" in ran.out


def test_an_error_while_the_run_is_put_together_is_3(shop: Path) -> None:
    ran = audit_apart(shop, *ALL, "-p", "tests.project.broken", env={"AUDIT_BREAK": "assemble"})
    assert ran.status == 3
    assert "LookupError: broken at the end" in ran.text


def test_an_interrupt_stays_2(shop: Path) -> None:
    env = {"AUDIT_BREAK": "interrupt", "AUDIT_BREAK_ONLY": "orders-zone"}
    ran = audit_apart(shop, *ALL, "-p", "tests.project.broken", "--report", "json=run.json", env=env)
    assert ran.status == 2
    assert report(shop / "run.json")["summary"]["exit_status"] == 2


def test_a_test_that_fails_beside_the_checks_is_not_hidden(shop: Path) -> None:
    (shop / "test_beside.py").write_text("def test_beside():\n    assert False\n")
    assert audit(shop, *ALL, "test_beside.py").status == 1


def test_nothing_chosen_is_4_and_reads_nothing(shop: Path) -> None:
    for chooser in (("-k", "nothing"), ("-m", "live")):
        ran = audit(shop, "specs", "--terraform", "nowhere", *chooser)
        assert (ran.status, ran.errors) == (4, [NOTHING_CHOSEN])


def test_nothing_chosen_is_4_under_workers(shop: Path) -> None:
    for named in (("-k", "nothing"), ("-m", "live")):
        ran = audit_apart(shop, "specs", "--terraform", "nowhere", "-n2", *named)
        assert (ran.status, ran.errors) == (4, [NOTHING_CHOSEN])


def test_a_name_that_is_not_there_is_4_under_workers(shop: Path) -> None:
    (spec,) = [path for path in (shop / "specs").rglob("*.yaml") if "spec: " in path.read_text()][:1]
    named = f"{spec.relative_to(shop)}::nothing[terraform]"
    ran = audit_apart(shop, named, "--terraform", "nowhere", "-n2")
    assert ran.status == 4
    assert ran.errors[0].startswith("not found: ") and "::nothing" in ran.errors[0]


def test_what_the_controller_collects_is_not_counted(shop: Path) -> None:
    for chooser in ((), ("-k", "orders")):
        alone, spread = audit_apart(shop, *ALL, *chooser), audit_apart(shop, *ALL, *chooser, "-n2")
        assert (alone.status, spread.status) == (0, 0)
        passed = [re.search(r"(\d+) passed", ran.out) for ran in (alone, spread)]
        assert all(passed) and passed[0][1] == passed[1][1]  # type: ignore[index]


def test_a_file_that_cannot_be_collected_fails_under_workers_too(shop: Path) -> None:
    (shop / "test_broken.py").write_text("import nothing_of_this_name\n")
    for workers in ((), ("-n2",)):
        ran = audit_apart(shop, *ALL, "test_broken.py", *workers)
        assert ran.status not in (0, 4), workers
        assert re.search(r"1 error|2 errors", ran.text), workers


def test_no_plane_and_no_spec_are_4(shop: Path) -> None:
    ran = audit(shop, "specs")
    assert (ran.status, ran.errors) == (
        4,
        ["no plane to audit: give --terraform DIR, --plan FILE or --state FILE, --live, or both"],
    )
    (shop / "bare").mkdir()
    ran = audit(shop, "bare", "--terraform", "terraform")
    assert (ran.status, ran.errors) == (4, ["no spec (*.yaml) in bare: name a folder with specs, as in: pytest specs"])


def test_a_bare_pytest_audits_nothing(shop: Path) -> None:
    (shop / "tests").mkdir()
    shutil.move(shop / "specs", shop / "tests" / "specs")
    (shop / "tests" / "test_own.py").write_text("def test_own():\n    pass\n")
    (shop / "pytest.ini").write_text("[pytest]\ntestpaths = tests\n")
    ran = audit(shop)
    assert ran.status == 0
    assert "1 passed" in ran.out
    assert "audit" not in ran.out


def test_other_yaml_is_no_spec(shop: Path) -> None:
    (shop / "data").mkdir()
    (shop / "data" / "notes.yaml").write_text("not: a spec\n")
    (shop / "data" / "test_data.py").write_text("def test_data():\n    pass\n")
    ran = audit(shop, "data")
    assert (ran.status, "1 passed" in ran.out) == (0, True)
    ran = audit(shop, ".", "--terraform", "terraform", "--report", "json=run.json")
    assert (ran.status, states(report(shop / "run.json"))) == (0, AS_DOCUMENTED)


def test_the_projects_own_configuration_is_strict_and_still_not_the_option_strict(tmp_path: Path) -> None:
    folder = ["tests/project/specs", "--terraform", "tests/project/terraform"]
    ran = audit_apart(ROOT, *folder, "--report", f"json={tmp_path / 'run.json'}")
    run = report(tmp_path / "run.json")
    assert (ran.status, states(run)) == (0, AS_DOCUMENTED)
    assert (run["run"]["timezone"], "strict" in run["run"]["options"]) == ("Asia/Seoul", False)


# -- Items -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n2")])
def test_collecting_reads_nothing_and_names_every_check(shop: Path, workers: Sequence[str]) -> None:
    ran = audit(shop, "specs", "--terraform", "nowhere", "--collect-only", *workers)
    assert ran.status == 0
    assert [line for line in ran.out.splitlines() if "::" in line] == IDS


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ("terraform and critical", ["orders-retention", "receipts-closed"]),
        ("theme(name='sizes')", ["orders-class"]),
        ("theme(name='database') and not high", ["orders-retention", "orders-zone"]),
        ("theme(name='exposure') or low", ["receipts-bucket", "receipts-closed"]),
        ("live", ["orders-class", "orders-retention", "orders-zone", "orders-replica", "receipts-bucket"]),
    ],
)
def test_markers_choose_by_plane_severity_and_theme(shop: Path, expression: str, chosen: list[str]) -> None:
    ran = audit(shop, *ALL, "--live", "--collect-only", "-m", expression, "--strict-markers")
    found = [line.rpartition("::")[2].partition("[")[0] for line in ran.out.splitlines() if "::" in line]
    assert list(dict.fromkeys(found)) == chosen


def test_a_failure_and_a_skip_point_at_the_control(shop: Path) -> None:
    ran = audit(
        shop, *with_retention(1), "-rs", "-v", "--tb=line", "--junitxml", "junit.xml", "-o", "junit_family=xunit1"
    )
    line = dict(enumerate((shop / "specs/shop/database.yaml").read_text().splitlines(), 1))
    cases = {case.get("name"): case for case in ET.parse(shop / "junit.xml").iter("testcase")}
    case = cases["orders-retention[terraform]"]
    assert line[int(case.get("line", "0")) + 1].strip() == "- id: orders-retention"
    assert case.get("file") == "specs/shop/database.yaml"
    failure = case.find("failure")
    assert failure is not None
    assert "backup_retention_period" in failure.get("message", "")
    skipped = next(text for text in ran.out.splitlines() if text.startswith("SKIPPED") and "orders" in text)
    assert line[int(skipped.split(":")[1])].strip() == "- id: orders-zone"
    assert "planned (next quarter): fail" in ran.out


def test_a_folder_of_any_name_and_a_single_file_can_be_audited(shop: Path) -> None:
    shutil.move(shop / "specs", shop / "controls")
    (shop / "controls" / ".hidden").mkdir()
    (shop / "controls" / ".hidden" / "note.yaml").write_text("not: a spec\n")
    ran = audit(shop, "controls", "--terraform", "terraform", "--report", "json=run.json")
    assert (ran.status, states(report(shop / "run.json"))) == (0, AS_DOCUMENTED)
    ran = audit(shop, "controls/shop/storage.yaml", "--terraform", "terraform", "--report", "json=run.json")
    assert (ran.status, set(states(report(shop / "run.json")))) == (0, {"receipts-bucket", "receipts-closed"})


def test_one_check_can_be_named(shop: Path) -> None:
    ran = audit(shop, IDS[1], "--terraform", "terraform", "--report", "json=run.json")
    assert (ran.status, states(report(shop / "run.json"))) == (0, {"orders-retention": "pass"})
    assert audit(shop, "specs/shop/database.yaml::nothing", "--terraform", "terraform").status == 4


# -- Baselines ---------------------------------------------------------------------------------------------------------


def test_with_a_baseline_only_new_deviations_fail_and_a_worse_one_is_new(shop: Path) -> None:
    assert audit(shop, *with_retention(3), "--report", "json=first.json").status == 1
    again = audit(shop, *with_retention(3), "--baseline", "first.json", "--report", "json=second.json")
    run = report(shop / "second.json")
    assert (again.status, run["summary"]["new_deviations"]) == (0, 0)
    assert {one["id"]: one["baseline"] for one in run["controls"] if one["baseline"]}["orders-retention"] == "known"
    assert states(run)["orders-retention"] == "fail"
    assert audit(shop, *with_retention(1), "--baseline", "first.json").status == 1
    more = ("--var", "instance_class=db.t3.micro")
    assert audit(shop, *with_retention(3), *more, "--baseline", "first.json").status == 1


def test_a_baseline_knows_a_deviation_under_another_address(shop: Path) -> None:
    audit(shop, *with_retention(3), "--report", "json=first.json")
    main = shop / "terraform" / "main.tf"
    main.write_text(main.read_text().replace('"aws_db_instance" "orders"', '"aws_db_instance" "renamed"'))
    assert audit(shop, *with_retention(3), "--baseline", "first.json").status == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "No such file or directory"),
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "not a saved run of this suite"),
        ("[]", "not a saved run of this suite"),
        ("{}", "not a saved run of this suite"),
        ('{"schema": "another/v2", "controls": []}', "not a saved run of this suite"),
        ('{"schema": "glimpse-audit/run/v1", "controls": [{}]}', "not a saved run of this suite"),
        ('{"schema": "glimpse-audit/run/v1", "controls": 7}', "not a saved run of this suite"),
    ],
)
def test_a_bad_baseline_is_4(shop: Path, text: str | None, said: str) -> None:
    if text is not None:
        (shop / "base.json").write_text(text)
    ran = audit(shop, *ALL, "--baseline", "base.json")
    assert ran.status == 4
    assert len(ran.errors) == 1
    assert ran.errors[0].startswith("base.json")
    assert said in ran.errors[0]


# -- Workers, hostile text and secrets ---------------------------------------------------------------------------------

SECRETS = ("s3cret-of", "s3cret-from")
FILES = {"json": "run.json", "html": "page.html", "markdown": "page.md", "junit": "cases.xml"}
REPORTS = tuple(f"--report={name}=out/{file}" for name, file in FILES.items())


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT / "hostile", tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_workers_judge_as_one_process_does_and_no_secret_or_escape_gets_out(hostile: Path) -> None:
    given = ("--var", "undeclared=s3cret-from-the-line", "-rA", "--tb=long", "--junitxml=out/pytest.xml")
    runs = []
    for workers in ((), ("-n2",)):
        ran = audit_apart(hostile, *ALL, *REPORTS, *given, *workers)
        assert ran.status == 1, ran.text
        texts = {"terminal": ran.text} | {file.name: file.read_text() for file in (hostile / "out").glob("*.*ml")}
        texts |= {name: (hostile / "out" / name).read_text() for name in FILES.values()}
        (kept,) = (hostile / "out" / "run.observations").glob("*.gz")
        texts["observation"] = gzip.decompress(kept.read_bytes()).decode()
        assert set(texts) == {"terminal", "pytest.xml", "observation", *FILES.values()}
        assert not [(name, word) for name, text in texts.items() for word in SECRETS if word in text]
        assert not [name for name, text in texts.items() if "\x1b" in text]
        assert not [name for name, text in texts.items() if "\u202e" in text and name != FILES["json"]]
        assert "<script>alert(1)" not in texts["page.html"]
        runs.append(report(hostile / "out" / "run.json"))
    alone, shared = runs
    assert alone["controls"] == shared["controls"]
    assert alone["summary"] == shared["summary"]
    assert states(alone) == {
        "names": "fail",
        "secrets": "unknown",
        "selected": "unknown",
        "unknowns": "unknown",
        "documents": "unknown",
    }
    found = {(one["path"], json.dumps(one["actual"], sort_keys=True)) for one in verdicts(alone, "names")}
    assert any(path == "tags" and "__literal__" in actual for path, actual in found)


def verdicts(run: dict, control: str) -> list[dict]:
    return next(one for one in run["controls"] if one["id"] == control)["planes"]["terraform"]["verdicts"]


def test_what_an_item_says_acts_on_no_terminal() -> None:
    assert sentence(Verdict(State.FAIL, "path", "a\x1b[2J", cause="is \u202e서울")) == "a\\x1b[2J: path is \\u202e서울"
    assert one_line("first\n  second\x07") == "first second\\x07"


def test_a_secret_in_a_faulty_assignment_is_not_repeated(hostile: Path) -> None:
    for text in ("=s3cret-of-nobody", "s3cret-of-nobody"):
        ran = audit(hostile, *ALL, "--var", "a=b", "--var", text)
        assert (ran.status, ran.errors) == (4, ["--var wants NAME=VALUE (see number 2 of those given)"])


def test_workers_get_what_was_read_once_and_nothing_stays_behind(shop: Path) -> None:
    handed = shop / "tmp"
    handed.mkdir()
    with denying_account() as env:
        ran = audit_apart(shop, *ALL, "--live", "-n2", "--report", "json=run.json", env={**env, "TMPDIR": str(handed)})
    run = report(shop / "run.json")
    assert ran.status == 0
    assert set(states(run, "live").values()) == {"unreadable"}
    assert states(run) == AS_DOCUMENTED
    assert not list(handed.glob("audit-*"))


@pytest.mark.parametrize("workers", [(), ("-n2",)])
def test_only_kinds_that_chosen_checks_of_the_account_need_are_read(shop: Path, workers: tuple[str, ...]) -> None:
    chosen = "receipts-bucket or (orders-class and terraform)"
    run_audit = audit_apart if workers else audit
    with denying_account() as env:
        run_audit(shop, *ALL, "--live", "-k", chosen, *workers, "--report", "json=run.json", env=env)
    run = report(shop / "run.json")
    assert (set(states(run)), set(states(run, "live"))) == ({"receipts-bucket", "orders-class"}, {"receipts-bucket"})
    assert run["run"]["observations"]["live"]["kinds"] == ["aws_s3_bucket"]


def test_a_role_is_not_given_for_nothing(shop: Path) -> None:
    ran = audit(shop, *ALL, "--account-role", "arn:aws:iam::123456789012:role/audit")
    assert (ran.status, ran.errors) == (
        4,
        ["--account-role says how the account is read: give --live or --profile, too"],
    )
