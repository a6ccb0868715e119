"""What a run observed, kept beside its JSON and judged again: the same bytes, or one line that says why not."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audits import evidence
from audits.model import (
    CallRecord,
    Cause,
    Finding,
    Gap,
    Observation,
    Origin,
    Portion,
    Redacted,
    Reference,
    Resource,
    Unknown,
)
from tests.project.harness import Ran, audit, audit_apart, denying_account, project, report, states

ALL = ("specs", "--terraform", "terraform")
AGAIN = ("specs", "--replay", "run.json")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return project(tmp_path)


def saved(shop: Path, *more: str) -> dict[str, Any]:
    audit(shop, *ALL, "--report", "json=run.json", *more)
    return report(shop / "run.json")


def judged(run: dict[str, Any]) -> bytes:
    """Everything a run says of the system, as bytes: what a replay must say again."""
    parts = {name: run[name] for name in ("controls", "gaps", "findings", "drift", "unmanaged", "summary")}
    about = {name: run["run"][name] for name in ("caller", "accounts", "regions", "git", "specs", "planes", "source")}
    return json.dumps({**parts, "run": about}, ensure_ascii=False).encode()


def observed(shop: Path, run: str = "run") -> Path:
    (found,) = (shop / f"{run}.observations").glob("terraform-*.jsonl.gz")
    return found


def refused(ran: Ran) -> str:
    assert ran.status == 4
    (line,) = ran.errors
    return line


# -- The same again ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("retention", ["7", "1"])
def test_a_saved_run_is_judged_again_to_the_byte(shop: Path, retention: str) -> None:
    first = saved(shop, "--var", f"retention={retention}")
    (shop / "terraform" / "main.tf").unlink()
    for workers in ((), ("-n2",)):
        ran = (audit_apart if workers else audit)(shop, *AGAIN, *workers, "--report", "json=again/second.json")
        second = report(shop / "again" / "second.json")
        assert ran.status == first["summary"]["exit_status"] == (retention == "1")
        assert judged(second) == judged(first)
        assert second["run"]["replay"] == {
            "path": "run.json",
            **{name: first["run"][name] for name in ("id", "started", "finished")},
        }
        kept, original = second["run"]["observations"]["terraform"], first["run"]["observations"]["terraform"]
        assert (kept["sha256"], kept["started"]) == (original["sha256"], original["started"])


def test_both_planes_are_kept_with_who_asked_and_every_request(shop: Path) -> None:
    with denying_account() as env:
        audit(shop, *ALL, "--live", "--report", "json=run.json", env=env)
    first = report(shop / "run.json")
    ran = audit(shop, *AGAIN, "--report", "json=second.json")
    second = report(shop / "second.json")
    assert ran.status == 0
    assert judged(second) == judged(first)
    assert second["run"]["caller"] == "arn:aws:iam::123456789012:user/auditor"
    live = evidence.load(evidence.open_run(shop / "run.json"), "live")
    assert {(call.operation, call.outcome, call.request_id) for call in live.calls} >= {
        ("get_caller_identity", "ok", "r"),
        ("describe_db_instances", "access denied", "r"),
    }
    assert all(call.account == "123456789012" and call.region and call.at for call in live.calls)
    assert first["run"]["observations"]["live"]["calls"] == len(live.calls)


def test_a_replay_of_a_replay_says_the_same(shop: Path) -> None:
    first = saved(shop)
    audit(shop, *AGAIN, "--report", "json=second.json")
    audit(shop, "specs", "--replay", "second.json", "--report", "json=third.json")
    assert judged(report(shop / "third.json")) == judged(first)


def test_checks_can_be_chosen_and_a_baseline_given(shop: Path) -> None:
    saved(shop, "--var", "retention=1")
    ran = audit(shop, *AGAIN, "-k", "orders-class", "--report", "json=some.json")
    assert (ran.status, states(report(shop / "some.json"))) == (0, {"orders-class": "pass"})
    assert audit(shop, *AGAIN, "-m", "live").status == 4
    assert audit(shop, *AGAIN).status == 1
    assert audit(shop, *AGAIN, "--baseline", "run.json").status == 0


def test_a_changed_spec_is_tried_against_what_was_seen(shop: Path) -> None:
    saved(shop)
    spec = shop / "specs" / "shop" / "database.yaml"
    text = spec.read_text()
    assert "{minimum: 7}" in text
    spec.write_text(text.replace("{minimum: 7}", "{minimum: 8}"))
    ran = audit(shop, *AGAIN, "--report", "json=second.json")
    assert (ran.status, states(report(shop / "second.json"))["orders-retention"]) == (1, "fail")


def test_a_plane_that_is_asked_for_is_read_anew(shop: Path) -> None:
    with denying_account() as env:
        audit(shop, *ALL, "--live", "--report", "json=run.json", env=env)
    ran = audit(shop, *AGAIN, "--terraform", "terraform", "--var", "retention=1", "--report", "json=second.json")
    second = report(shop / "second.json")
    assert ran.status == 1
    assert states(second)["orders-retention"] == "fail"
    assert set(states(second, "live").values()) == {"unreadable"}


def test_a_kind_that_was_not_read_is_unreadable_and_never_absent(shop: Path) -> None:
    with denying_account() as env:
        audit(shop, *ALL, "--live", "-k", "receipts", "--report", "json=run.json", env=env)
    audit(shop, *AGAIN, "--report", "json=second.json")
    second = report(shop / "second.json")
    assert states(second, "live")["orders-class"] == "unreadable"
    (gap,) = [gap for gap in second["gaps"] if gap["cause"] == "not read in that run"]
    assert (gap["kinds"], gap["mend"]) == (["aws_db_instance"], "read the account anew, with these specs")
    kept = evidence.load(evidence.open_run(shop / "second.json"), "live")
    assert "not read in that run" not in {gap.cause for gap in kept.gaps}, "the evidence is of the account"


# -- Refused in one line -----------------------------------------------------------------------------------------------


def test_what_was_changed_is_refused(shop: Path) -> None:
    saved(shop)
    file = observed(shop)
    lines = gzip.decompress(file.read_bytes()).replace(b'"backup_retention_period":7', b'"backup_retention_period":1')
    file.write_bytes(gzip.compress(lines))
    line = refused(audit(shop, *AGAIN))
    assert line == f"{file.relative_to(shop)}: changed since the run was saved (its sha256 is not the one in run.json)"
    assert refused(audit_apart(shop, *AGAIN, "-n2")) == line


def test_a_changed_run_is_refused(shop: Path) -> None:
    saved(shop)
    text = (shop / "run.json").read_text()
    (shop / "run.json").write_text(text.replace('"minimum": 7', '"minimum": 1'))
    line = refused(audit(shop, *AGAIN))
    assert line == "run.json: changed since it was saved (its sha256 is not the one in run.observations/SHA256SUMS)"


def test_sums_that_speak_of_other_files_are_refused(shop: Path) -> None:
    saved(shop)
    (shop / "run.observations" / "SHA256SUMS").write_text("0  terraform.jsonl.gz\n")
    assert refused(audit(shop, *AGAIN)).startswith("run.observations/SHA256SUMS: does not list")


@pytest.mark.parametrize("name", ["run.json", "SHA256SUMS", "observation"])
def test_what_is_missing_is_named(shop: Path, name: str) -> None:
    saved(shop)
    file = {
        "run.json": shop / "run.json",
        "SHA256SUMS": shop / "run.observations" / "SHA256SUMS",
        "observation": observed(shop),
    }[name]
    file.unlink()
    assert refused(audit(shop, *AGAIN)) == f"{file.relative_to(shop)}: No such file or directory"


def resealed(shop: Path, change: Any) -> None:
    """The saved run as whoever writes the sums anew, too, would leave it."""
    path = shop / "run.json"
    run = json.loads(path.read_text())
    change(run)
    path.write_text(json.dumps(run))
    sums = [(one["sha256"], str(one["path"]).rpartition("/")[2]) for one in run["run"].get("observations", {}).values()]
    sums.append((hashlib.sha256(path.read_bytes()).hexdigest(), "../run.json"))
    (shop / "run.observations" / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for digest, name in sums))


def test_another_version_of_the_run_is_refused(shop: Path) -> None:
    saved(shop)
    resealed(shop, lambda run: run.update(schema="glimpse-audit/run/v2"))
    assert refused(audit(shop, *AGAIN)) == (
        "run.json: a run of 'glimpse-audit/run/v2'; this suite reads glimpse-audit/run/v1"
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (b'{"schema":"glimpse-audit/observation/v2"}\n', "not an observation of glimpse-audit/observation/v1"),
        (b"", "not an observation of glimpse-audit/observation/v1"),
        (b"[]\n", "not an observation of glimpse-audit/observation/v1"),
        (b'{"schema":"glimpse-audit/observation/v1"}\n', "not an observation of this suite"),
        (b'{"schema":"glimpse-audit/observation/v1"}\n{"thing":{}}\n', "not an observation of this suite"),
        (None, "not an observation of this suite"),
    ],
)
def test_what_is_no_observation_of_this_version_is_refused(shop: Path, lines: bytes | None, said: str) -> None:
    saved(shop)
    file = observed(shop)
    file.write_bytes(b"plain" if lines is None else gzip.compress(lines))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    resealed(shop, lambda run: run["run"]["observations"]["terraform"].update(sha256=digest))
    assert refused(audit(shop, *AGAIN)) == f"{file.relative_to(shop)}: {said}"


def test_an_observation_cut_short_is_refused(shop: Path) -> None:
    saved(shop)
    file = observed(shop)
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    file.write_bytes(gzip.compress(b"".join(lines[:-1])))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    resealed(shop, lambda run: run["run"]["observations"]["terraform"].update(sha256=digest))
    assert refused(audit(shop, *AGAIN)) == f"{file.relative_to(shop)}: not whole"


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.observations/terraform-0123456789abcdef.jsonl.gz", "a/b", 7])
def test_a_run_cannot_lead_to_other_files(shop: Path, path: object) -> None:
    saved(shop)
    resealed(shop, lambda run: run["run"]["observations"]["terraform"].update(path=path))
    assert refused(audit(shop, *AGAIN)) == "run.json: run.observations.terraform names no observation of this suite"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema": 1, "run": []}', "[" * 100_000])
def test_what_is_no_run_is_refused(shop: Path, text: str) -> None:
    (shop / "run.json").write_text(text)
    assert refused(audit(shop, *AGAIN)).startswith("run.json: not a saved run of this suite")


def test_a_run_without_observations_is_refused(shop: Path) -> None:
    saved(shop)
    resealed(shop, lambda run: run["run"].pop("observations"))
    assert refused(audit(shop, *AGAIN)).startswith("run.json: no observations were kept with this run")


def test_options_that_say_what_to_read_do_not_go_with_a_replay(shop: Path) -> None:
    saved(shop)
    for option, value in (("--var", "a=b"), ("--var-file", "x"), ("--region", "r"), ("--account-role", "arn:x")):
        line = refused(audit(shop, *AGAIN, option, value))
        assert line == f"{option} says what to read, and --replay reads nothing anew"


def test_the_wrong_account_is_refused_in_a_replay_too(shop: Path) -> None:
    with denying_account() as env:
        audit(shop, *ALL, "--live", "--report", "json=run.json", env=env)
    assert audit(shop, *AGAIN, "--expect-account", "123456789012").status == 0
    line = refused(audit(shop, *AGAIN, "--expect-account", "210987654321"))
    assert line == "wrong account: the saved run read 123456789012, expected 210987654321"


# -- The files ---------------------------------------------------------------------------------------------------------


def test_the_sums_are_those_that_the_usual_tool_checks(shop: Path) -> None:
    saved(shop)
    check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    done = subprocess.run(check, cwd=shop / "run.observations", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": OK") == 2


def test_a_run_that_replaces_another_replaces_its_observations(shop: Path) -> None:
    saved(shop)
    first = observed(shop)
    stranger = shop / "run.observations" / "notes.txt"
    stranger.write_text("mine")
    saved(shop, "--var", "retention=1")
    assert observed(shop) != first, "named by what is in it"
    assert stranger.read_text() == "mine"
    assert audit(shop, *AGAIN).status == 1


def test_each_json_report_has_its_own(shop: Path) -> None:
    audit(shop, *ALL, "--report", "json=a/one.json", "--report", "json=two.json")
    for folder, name in ((shop / "a", "one"), (shop, "two")):
        assert observed(folder, name).is_file()
        assert audit(folder, str(shop / "specs"), "--replay", f"{name}.json").status == 0
    assert not list(shop.glob("**/*.tmp"))


def test_without_a_json_report_nothing_is_kept(shop: Path) -> None:
    audit(shop, *ALL, "--report", "markdown=report.md")
    assert not list(shop.glob("*.observations"))


def test_a_run_is_written_even_where_its_observations_cannot_be(shop: Path) -> None:
    (shop / "run.observations").write_text("in the way")
    ran = audit(shop, *ALL, "--report", "json=run.json")
    assert ran.status == 4
    assert "could not be written: File exists" in ran.out
    assert states(report(shop / "run.json"))["orders-class"] == "pass"
    assert refused(audit(shop, *AGAIN)).startswith("run.json: no observations were kept with this run")


WHOLE = Observation(
    "live",
    (
        Resource(
            "aws_vpc",
            "arn:vpc",
            {"a": [Unknown(Cause.UNREADABLE, (Reference("aws_vpc.a", "id"),))], "b": Redacted(), "c": "\ud800\n é"},
            Origin(arn="arn:vpc"),
            "1",
            "r",
        ),
    ),
    (Gap("live", ("aws_vpc",), "s", "c", account="1", region="r"),),
    (Finding("live", "t"),),
    "2026-01-01T00:00:00.000Z",
    "2026-01-01T00:00:01.000Z",
    "arn:me",
    "aws",
    ("1",),
    ("r",),
    ("aws_vpc",),
    (CallRecord("1", "r", "ec2", "describe_vpcs", "ok", "id", 0.25, "2026-01-01T00:00:00.000Z"),),
    data_sources=(Resource("aws_vpc", "data.aws_vpc.shared", {"id": "vpc-1"}, Origin("main.tf", 3)),),
    portions=(Portion("aws_vpc", "a", ("b",)),),
)


def test_everything_comes_back_and_the_same_is_the_same_bytes(tmp_path: Path) -> None:
    data = evidence.dump(WHOLE)
    assert data == evidence.dump(WHOLE)
    (tmp_path / "live.gz").write_bytes(data)
    held = evidence.Saved(tmp_path / "run.json", {}, {"live": (tmp_path / "live.gz", "")})
    assert evidence.load(held, "live") == WHOLE


def test_an_observation_from_before_data_sources_were_kept_comes_back(tmp_path: Path) -> None:
    older = replace(WHOLE, data_sources=())
    data = evidence.dump(older)
    header = json.loads(gzip.decompress(data).splitlines()[0])
    assert "data_sources" not in header["counts"]
    (tmp_path / "live.gz").write_bytes(data)
    held = evidence.Saved(tmp_path / "run.json", {}, {"live": (tmp_path / "live.gz", "")})
    assert evidence.load(held, "live") == older


def test_an_observation_under_another_planes_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "live.gz").write_bytes(evidence.dump(WHOLE))
    held = evidence.Saved(tmp_path / "run.json", {}, {"terraform": (tmp_path / "live.gz", "")})
    with pytest.raises(evidence.EvidenceError, match="an observation of live, named as one of terraform"):
        evidence.load(held, "terraform")


def test_what_is_nested_too_deeply_is_said(tmp_path: Path) -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(evidence.EvidenceError, match="nested too deeply"):
        evidence.dump(Observation("live", (Resource("a", "b", {"x": deep}),)))


def test_many_resources_take_little_more_memory_than_their_file() -> None:
    text = "a policy of some length " * 200
    many = Observation("live", tuple(Resource("aws_vpc", f"arn:{n}", {"x": [text]}) for n in range(2000)))
    tracemalloc.start()
    data = evidence.dump(many)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(data) < 200_000
    assert peak < 3_000_000, "ten million characters, never all at once as JSON"
