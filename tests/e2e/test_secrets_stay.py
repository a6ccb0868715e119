"""No secret that an account or Terraform source holds is in anything that the suite writes or prints."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import pytest
from e2e_audit import ROOT
from e2e_secrets import MARK, SPEC, VARIABLES, plant, secret, source, state

from examples.glimpse.account.server import environment, server
from reports.formats import formats


@pytest.fixture(scope="module")
def settings() -> Iterator[dict[str, str]]:
    """The environment in which an account with secrets is read; without the shim, which no secret needs."""
    with server(shim=False) as endpoint:
        variables = environment(endpoint)
        session = boto3.session.Session("testing", "testing", region_name=variables["AWS_REGION"])
        plant(lambda service: session.client(service, endpoint_url=endpoint))
        yield variables


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root module with secrets."""
    folder = tmp_path_factory.mktemp("source")
    (folder / "main.tf").write_text(source(), encoding="utf-8")
    return folder


def _run(*arguments: str, settings: Mapping[str, str] | None = None) -> str:
    """What it prints, on either stream."""
    command = [sys.executable, "-m", *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, env=dict(settings or os.environ), cwd=ROOT)
    assert "Traceback" not in ran.stderr
    return ran.stdout + ran.stderr


def _told(text: str) -> list[str]:
    """Every place where a secret is told, with what stands before it."""
    pieces = text.split(MARK)
    return [f"…{piece[-80:]}" for piece in pieces[:-1]]


def _written(folder: Path) -> dict[str, str]:
    """Every file below, by its path, as the text that it holds: unpacked, where it is packed."""
    found: dict[str, str] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        _unpack(str(path.relative_to(folder)), path.read_bytes(), found)
    return found


def _unpack(name: str, data: bytes, found: dict[str, str]) -> None:
    if data.startswith(b"\x1f\x8b"):
        _unpack(f"{name}!", gzip.decompress(data), found)
    elif data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for one in packed.namelist():
                _unpack(f"{name}!{one}", packed.read(one), found)
    else:
        found[name] = data.decode(errors="replace")


def _tells(written: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: _told(text) for name, text in written.items() if _told(text)}


def test_an_account_that_is_observed_tells_none(settings: dict[str, str]) -> None:
    shown = _run("audits", "observe", "live", "--json", settings=settings)
    assert sorted(set(_told(shown))) == []
    for kind in ("aws_lambda_function", "aws_ssm_parameter", "aws_ecs_task_definition", "aws_sns_topic_subscription"):
        assert f'"{kind}"' in shown


def test_source_that_is_observed_tells_none(root: Path) -> None:
    shown = _run("audits", "observe", "terraform", str(root), "--json")
    assert sorted(set(_told(shown))) == []
    assert "aws_codebuild_project" in shown and "module.missing" in shown


def test_a_whole_audit_tells_none_in_any_format(settings: dict[str, str], root: Path, tmp_path: Path) -> None:
    reports = [f"--report={name}={tmp_path / name}" for name in formats()]
    said = _run(
        "pytest", "specs", "-q", "-p", "no:cacheprovider", "--live", f"--terraform={root}", *reports, settings=settings
    )
    written = _written(tmp_path)
    assert len(written) >= len(reports)
    assert _told(said) == [] and _tells(written) == {}


@contextmanager
def _listener(heard: list[bytes]) -> Iterator[str]:
    """A server on this machine that keeps what it is sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], list[bytes]]:
    """What all jobs write, print and send of a repository with secrets in source, variables, state, options and
    environment: each format, the history, the evidence, what is sent, and what only a change touches.
    """
    work, out = tmp_path_factory.mktemp("repository"), tmp_path_factory.mktemp("out")
    root, spec = work / "root", work / "specs" / "secrets.yaml"
    root.mkdir()
    spec.parent.mkdir()
    spec.write_text(SPEC, encoding="utf-8")
    (root / "main.tf").write_text(source(), encoding="utf-8")
    (root / "more.tf").write_text(VARIABLES, encoding="utf-8")
    (root / "terraform.tfvars").write_text(f'tuned = "{secret()}"\n', encoding="utf-8")
    (work / "prod.tfvars").write_text(f'given_password = "{secret()}"\n', encoding="utf-8")
    (work / "terraform.tfstate").write_text(json.dumps(state()), encoding="utf-8")
    who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    for words in (("init", "-q"), ("add", "-A"), (*who, "commit", "-qm", "before")):
        subprocess.run(["git", *words], cwd=work, check=True, capture_output=True)
    (root / "main.tf").write_text(source(), encoding="utf-8")
    checkov = ROOT / ".venv-checkov/bin/checkov"
    audit = (
        *("pytest", str(spec), "-q", "-c", str(ROOT / "pyproject.toml"), "-p", "audits.plugin", "-p", "reports.plugin"),
        *("-p", "no:cacheprovider", f"--terraform={root}", f"--repository={work}"),
        *(f"--var-file={work / 'prod.tfvars'}", f"--var=flagged_token={secret()}"),
        f"--history={out / 'history.sqlite'}",
    )
    beside, off = f"--checkov={checkov if checkov.exists() else 'off'}", "--checkov=off"
    settings = {**os.environ, "AWS_SECRET_ACCESS_KEY": secret(), "TF_VAR_from_environment": secret()}
    reports = [f"--report={name}={out / 'first' / f'run.{name}'}" for name in formats()]
    known = (f"--state={work / 'terraform.tfstate'}",)
    places = {"json": "second.json", "annotations": "since.annotations", "sarif": "since.sarif"}
    touched = [f"--report={name}={out / file}" for name, file in places.items()]
    said = {
        "audit": _run(*audit, beside, *reports, settings=settings),
        "state": _run(*audit, off, *known, f"--report=json={out / 'state.json'}", settings=settings),
        "since": _run(*audit, off, "--changed-since=HEAD", *touched, settings=settings),
    }
    first, second = str(out / "first" / "run.json"), str(out / "second.json")
    said["diff"] = _run("reports", "diff", first, second)
    said["history"] = _run("reports", "history", "--db", str(out / "history.sqlite"))
    said["merge"] = _run("reports", "merge", first, second, "-o", str(out / "merged.json"))
    said["evidence"] = _run("reports", "evidence", first, "--output", str(out / "bundle.zip"))
    heard: list[bytes] = []
    with _listener(heard) as here:
        ways = {
            "AUDIT_SLACK_WEBHOOK": f"{here}/services/T0/B0/{secret()}",
            "AUDIT_WEBHOOK": f"http://127.0.0.1:9/{secret()}?token={secret()}",
            "AUDIT_WEBHOOK_SECRET": secret(),
        }
        said["notify"] = _run("reports", "notify", second, "--always", settings={**settings, **ways})
    return out, said, heard


def test_no_job_writes_one(jobs: tuple[Path, dict[str, str], list[bytes]]) -> None:
    written = _written(jobs[0])
    assert _tells(written) == {}
    wanted = {*(f"first/run.{name}" for name in formats()), "history.sqlite", "since.annotations", "merged.json"}
    assert wanted <= set(written) | {name.partition("!")[0] for name in written}
    assert any(name.startswith("bundle.zip!") and name.endswith(".gz!") for name in written)
    assert "aws_launch_template" in written["first/run.json"], "what is judged holds secrets"
    asked = json.loads(written["first/run.json"])["policies"]
    assert asked is None or any(one["id"] == "CKV_AWS_46" and one["states"] for one in asked["entries"])


def test_no_job_prints_one(jobs: tuple[Path, dict[str, str], list[bytes]]) -> None:
    assert _tells(jobs[1]) == {}
    assert "json report" in jobs[1]["audit"] and "127.0.0.1" in jobs[1]["notify"]


def test_no_message_tells_one(jobs: tuple[Path, dict[str, str], list[bytes]]) -> None:
    sent = b"".join(jobs[2]).decode()
    assert _told(sent) == []
    assert "Deviating" in sent
