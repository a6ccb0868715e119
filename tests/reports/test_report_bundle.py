"""The evidence bundle: whole, checkable by others' tools, and of the run it says it is of."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
import report_runs
from test_report_commands import reports

from reports.bundle.frameworks import requirements, unmapped
from reports.bundle.make import make
from reports.evidence import keep
from reports.report import ReportError, dumps, load, write

Run = dict[str, Any]
SPEC = b"spec: demo/database\n"


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run on disk with its observations, spec and waivers."""
    monkeypatch.chdir(tmp_path)
    run = report_runs.mixed()
    run["run"]["specs"] = {"specs/demo/database.yaml": hashlib.sha256(SPEC).hexdigest()}
    write("specs/demo/database.yaml", SPEC)
    write("specs/waivers.yaml", b"waivers: []\n")
    run["run"]["observations"] = {plane: {"started": "x", "finished": "y"} for plane in ("terraform", "live")}
    path = tmp_path / "run.json"
    write(path, dumps(keep(path, run, {"terraform": b"source", "live": b"account"})))
    return path


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_bundle_has_all_that_the_run_names(saved: Path, tmp_path: Path) -> None:
    assert make(saved, tmp_path / "bundle") == []
    found = tree(tmp_path / "bundle")
    assert {one for one in found if not one.startswith("run.observations/")} == {
        *("README.md", "SHA256SUMS", "document.json", "frameworks.csv", "report.html", "run.json"),
        *("specs/demo/database.yaml", "waivers/waivers.yaml"),
    }
    assert sum(one.startswith("run.observations/") for one in found) == 2
    assert load(tmp_path / "bundle/run.json") == load(saved)
    clauses = json.loads((tmp_path / "bundle/document.json").read_text(encoding="utf-8"))["clauses"]
    assert clauses == report_runs.mixed()["document"]


def test_sha256sum_checks_it_and_finds_a_change(saved: Path, tmp_path: Path) -> None:
    make(saved, tmp_path / "bundle")
    command = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(command, cwd=tmp_path / "bundle", check=False).returncode == 0
    listed = {line.split("  ", 1)[1] for line in (tmp_path / "bundle/SHA256SUMS").read_text().splitlines()}
    assert listed == tree(tmp_path / "bundle") - {"SHA256SUMS"}
    (tmp_path / "bundle/specs/demo/database.yaml").write_bytes(b"another")
    assert subprocess.run(command, cwd=tmp_path / "bundle", capture_output=True, check=False).returncode != 0


def test_what_is_another_file_now_is_not_passed_off_as_evidence(saved: Path, tmp_path: Path) -> None:
    write("specs/demo/database.yaml", b"spec: changed since\n")
    observed = next(iter(load(saved)["run"]["observations"].values()))["path"]
    (tmp_path / observed).write_bytes(b"forged")
    missing = make(saved, tmp_path / "bundle")
    assert len(missing) == 2
    assert all("SHA-256 differs" in line for line in missing)
    assert "specs/demo/database.yaml" not in tree(tmp_path / "bundle")
    text = (tmp_path / "bundle/README.md").read_text(encoding="utf-8")
    assert "What is not here" in text
    assert text.count("SHA-256 differs") == 2


def test_what_is_gone_is_said(saved: Path, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "specs")
    shutil.rmtree(tmp_path / "run.observations")
    assert len(make(saved, tmp_path / "bundle")) == 4
    done = reports(tmp_path, "evidence", "run.json", "-o", "again")
    assert done.returncode == 0
    assert done.stderr.count(b"not in the bundle:") == 4


def test_a_requirement_leads_to_verdicts_and_evidence(saved: Path, tmp_path: Path) -> None:
    run = load(saved)
    (rds, isms) = requirements(run)
    assert (rds.framework, rds.id, rds.outcome) == ("aws-fsbp", "RDS.11", "fail")
    assert (isms.framework, isms.id) == ("isms-p", "2.9.3")
    assert len(unmapped(run)) == len(run["controls"]) - 1
    make(saved, tmp_path / "bundle")
    text = (tmp_path / "bundle/frameworks.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {(row["plane"], row["path"], row["state"]) for row in rows if row["requirement"] == "RDS.11"} == {
        ("terraform", "instance_class", "pass"),
        ("terraform", "backup_retention_period", "pass"),
        ("live", "instance_class", "fail"),
        ("live", "backup_retention_period", "pass"),
    }
    assert {row["evidence"] for row in rows} <= tree(tmp_path / "bundle")
    assert not [value for row in rows for value in row.values() if value.startswith(("=", "+", "-", "@"))]


def test_a_zip_holds_the_same(saved: Path, tmp_path: Path) -> None:
    make(saved, tmp_path / "bundle")
    make(saved, tmp_path / "bundle.zip")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as packed:
        assert packed.testzip() is None
        names = {name for name in packed.namelist() if not name.endswith("/")}
        assert names == tree(tmp_path / "bundle")
        assert packed.read("SHA256SUMS") == (tmp_path / "bundle/SHA256SUMS").read_bytes()


def test_nothing_is_overwritten_and_nothing_half_is_left(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    make(saved, tmp_path / "bundle")
    for target in ("bundle", "run.json"):
        with pytest.raises(ReportError, match="is there already"):
            make(saved, tmp_path / target)
    before = tree(tmp_path)
    with pytest.raises(ReportError, match=r"gpg|cosign"):
        make(saved, tmp_path / "signed", signer="cosign" if shutil.which("cosign") is None else "gpg")
    assert tree(tmp_path) == before


def test_paths_in_the_run_lead_nowhere_else(saved: Path, tmp_path: Path) -> None:
    run = load(saved)
    write("outside.yaml", SPEC)
    (tmp_path / "deep").mkdir()
    run["run"]["specs"] = {"../outside.yaml": hashlib.sha256(SPEC).hexdigest()}
    write("deep/run.json", dumps(run))
    os.chdir(tmp_path / "deep")
    make(tmp_path / "deep/run.json", tmp_path / "out/bundle")
    assert "specs/outside.yaml" in tree(tmp_path / "out/bundle")
    assert tree(tmp_path / "out") == {f"bundle/{name}" for name in tree(tmp_path / "out/bundle")}


def test_hostile_text_stays_text(saved: Path, tmp_path: Path) -> None:
    run = report_runs.hostile()
    run["run"]["observations"] = {}
    write("hostile.json", dumps(run))
    make(tmp_path / "hostile.json", tmp_path / "bundle")
    text = (tmp_path / "bundle/README.md").read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert "<script" not in text


@pytest.mark.skipif(shutil.which("gpg") is None, reason="no gpg on PATH")
def test_gpg_signs_the_sums(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "keys"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    key = ["gpg", "--batch", "--passphrase", "", "--quick-gen-key", "auditor@example.com", "ed25519", "sign"]
    subprocess.run(key, check=True, capture_output=True)
    try:
        make(saved, tmp_path / "bundle", signer="gpg")
        verify = ["gpg", "--verify", "SHA256SUMS.asc", "SHA256SUMS"]
        assert subprocess.run(verify, cwd=tmp_path / "bundle", capture_output=True, check=False).returncode == 0
        (tmp_path / "bundle/SHA256SUMS").write_text("other")
        assert subprocess.run(verify, cwd=tmp_path / "bundle", capture_output=True, check=False).returncode != 0
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], check=False, capture_output=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.json", "-o", "x"], "none.json: No such file"),
        (["run.json"], "required: -o"),
        (["run.json", "-o", "x", "--sign", "pgp"], "invalid choice"),
        (["run.json", "-o", "run.json/x"], "run.json/x"),
    ],
)
def test_bad_requests_are_one_line(saved: Path, tmp_path: Path, arguments: list[str], said: str) -> None:
    done = reports(tmp_path, "evidence", *arguments)
    assert done.returncode == 4
    assert said in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
