"""No secret that an account or Terraform source holds is in anything that the suite writes or prints."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import boto3
import pytest
from e2e_audit import ROOT
from e2e_secrets import MARK, plant, source

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
    written = {path: path.read_bytes().decode(errors="replace") for path in tmp_path.rglob("*") if path.is_file()}
    assert len(written) >= len(reports)
    assert _told(said) == [] and {path.name: _told(text) for path, text in written.items() if _told(text)} == {}
