"""Files of the repository from the option to the verdict: where they are looked for, kept, and judged again."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.project.harness import audit, audit_apart, project, report, states

SPEC = """
spec: shop/application
document: README.md
controls:
  - id: idle-timeout
    title: Idle connections stay open for a minute
    clause: {section: A, row: b, states: "60"}
    basis: stated
    severity: high
    file:
      path: server/main.ts
      pattern: 'idle\\s*=\\s*(?P<value>[^;\\n]+)'
      comments: slashes
      type: duration
      unit: s
      expect: 60
"""
SOURCE = ("specs/application.yaml", "--terraform", "terraform")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    project(tmp_path)
    (tmp_path / "specs" / "application.yaml").write_text(SPEC)
    (tmp_path / "app" / "server").mkdir(parents=True)
    return tmp_path


def write(shop: Path, text: str) -> None:
    (shop / "app" / "server" / "main.ts").write_text(text)


def state(shop: Path, *arguments: str, status: int) -> str:
    ran = audit(shop, *SOURCE, *arguments, "--report", "json=run.json")
    assert ran.status == status, ran.text
    return states(report(shop / "run.json"))["idle-timeout"]


def test_a_setting_is_judged_in_the_repository_that_is_given(shop: Path) -> None:
    write(shop, "const idle = 60; // idle = 30")
    assert state(shop, "--repository", "app", status=0) == "pass"
    write(shop, "const idle = 30; // idle = 60")
    assert state(shop, "--repository", "app", status=1) == "fail"
    (verdict,) = report(shop / "run.json")["controls"][0]["planes"]["terraform"]["verdicts"]
    assert (verdict["origin"]["file"], verdict["origin"]["line"]) == ("app/server/main.ts", 1)
    assert (verdict["expected"], verdict["actual"]) == (60, 30)


def test_the_same_under_workers(shop: Path) -> None:
    write(shop, "const idle = 30;")
    ran = audit_apart(shop, *SOURCE, "--repository", "app", "-n2", "--report", "json=run.json")
    assert ran.status == 1, ran.text
    assert states(report(shop / "run.json")) == {"idle-timeout": "fail"}


def test_without_one_it_is_the_checkout_that_the_terraform_lies_in(shop: Path) -> None:
    (shop / ".git").mkdir()
    (shop / "server").mkdir()
    (shop / "server" / "main.ts").write_text("const idle = 60;")
    assert state(shop, status=0) == "pass"


def test_a_file_that_is_not_there_is_a_gap_and_neither_pass_nor_fail(shop: Path) -> None:
    assert state(shop, "--repository", "app", status=0) == "unreadable"
    run = report(shop / "run.json")
    (gap,) = [one for one in run["gaps"] if one["scope"] == "server/main.ts"]
    assert (gap["cause"], gap["kinds"]) == ("No such file or directory", ["file"])
    assert state(shop, "--repository", "app", "--strict", status=1) == "unreadable"


def test_a_value_from_the_environment_is_unknown(shop: Path) -> None:
    write(shop, "const idle = Number(process.env.IDLE ?? 60);")
    assert state(shop, "--repository", "app", status=0) == "unknown"


def test_what_was_found_is_kept_without_the_files_text_and_judged_again(shop: Path) -> None:
    write(shop, "const idle = 30;\nconst key = 'b7f3c1';\n")
    assert state(shop, "--repository", "app", status=1) == "fail"
    (kept,) = (shop / "run.observations").glob("terraform-*.jsonl.gz")
    text = gzip.decompress(kept.read_bytes()).decode()
    assert '"kind":"file"' in text
    assert "b7f3c1" not in text
    assert report(shop / "run.json")["run"]["options"]["repository"] == "app"
    write(shop, "const idle = 60;")
    ran = audit(shop, "specs/application.yaml", "--replay", "run.json", "--report", "json=again.json")
    assert ran.status == 1, ran.text
    first, second = (report(shop / name)["controls"] for name in ("run.json", "again.json"))
    assert first == second


def test_another_pattern_on_a_saved_run_is_unreadable(shop: Path) -> None:
    write(shop, "const idle = 30;")
    state(shop, "--repository", "app", status=1)
    (shop / "specs" / "application.yaml").write_text(SPEC.replace("idle\\s", "wait\\s"))
    ran = audit(shop, "specs/application.yaml", "--replay", "run.json", "--report", "json=again.json")
    assert ran.status == 0, ran.text
    assert states(report(shop / "again.json")) == {"idle-timeout": "unreadable"}


def test_a_secret_that_a_pattern_finds_is_in_no_output(shop: Path) -> None:
    spec = SPEC.replace("type: duration\n      unit: s\n      expect: 60", "type: string\n      expect: x")
    (shop / "specs" / "application.yaml").write_text(spec)
    write(shop, "const idle = 'postgres://app:hush-hush@db/app';")
    assert state(shop, "--repository", "app", status=0) == "unknown"
    (kept,) = (shop / "run.observations").glob("terraform-*.jsonl.gz")
    assert "hush" not in (shop / "run.json").read_text() + gzip.decompress(kept.read_bytes()).decode()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--terraform", "terraform", "--repository", "nowhere"), "nowhere: no such folder"),
        (("--live", "--repository", "app"), "--repository says where the source's files are"),
    ],
)
def test_a_repository_that_cannot_be_is_wrong_input(shop: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = audit(shop, "specs/application.yaml", *arguments)
    assert ran.status == 4
    assert said in ran.text


def test_a_control_of_files_on_the_account_is_refused(shop: Path) -> None:
    text = SPEC.replace("    severity: high\n", "    severity: high\n    planes: [terraform, live]\n")
    (shop / "specs" / "application.yaml").write_text(text)
    ran = audit(shop, *SOURCE)
    assert ran.status == 4
    assert "application.yaml:10: idle-timeout: files says nothing of live" in ran.text
