"""Checkovs for tests: the real one where it is, and stand-ins that answer, break off, hang or say too much."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audits.checkov import DEFAULT
from audits.policy_list import version

REAL = DEFAULT
needs_checkov = pytest.mark.skipif(not (REAL.parent / "python").exists(), reason="there is no .venv-checkov")


STORE = ("aws_s3_bucket", "aws_s3_bucket_public_access_block")
BLOCKS = ["aws_db_instance.orders", *(f"module.store.{name}.this" for name in STORE)]
"""What a stand-in loads, unless it says so itself: the resources of the small project."""


def stand_in(folder: Path, script: str) -> Path:
    """The executable ``checkov`` of an environment whose Python is a shell script."""
    places = folder / "bin"
    places.mkdir(parents=True, exist_ok=True)
    for name in ("checkov", "python"):
        (places / name).write_text(f"#!/bin/sh\n{script}\n")
        (places / name).chmod(0o755)
    return places / "checkov"


def result(policy: str, resource: str, state: str = "PASSED", **more: Any) -> dict[str, Any]:
    """One result, as the driver tells it."""
    kind = resource.rpartition(".")[0].rpartition(".")[2]
    plain = {
        "kind": kind,
        "skip": None,
        "rests": [],
        "crashed": False,
        "present": False,
        "keys": [],
        "line": 1,
        "seen": {},
    }
    named = {
        "policy": policy,
        "title": f"Title of {policy}",
        "resource": resource,
        "result": state,
        "file": "/x/main.tf",
    }
    return {**plain, **named, **more}


def answer(*results: dict[str, Any], **more: Any) -> str:
    """A script that tells these results."""
    whole = {
        "version": version(),
        "results": list(results),
        "unparsed": [],
        "refused": 0,
        "blocks": list(BLOCKS),
        **more,
    }
    return f"cat <<'END'\n{json.dumps(whole)}\nEND"
