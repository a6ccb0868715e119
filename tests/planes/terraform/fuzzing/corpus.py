"""What inputs are made from: the project's own roots, examples, plans, states and specs."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[3]
PROJECT = TESTS.parent
ROOTS = TESTS / "planes" / "terraform" / "roots"
SAVED = Path(__file__).with_name("corpus")
_TOP = re.compile(r"^(?=[A-Za-z_])", re.MULTILINE)


def _texts(*patterns: str) -> list[str]:
    paths = {path for folder in (ROOTS, PROJECT / "examples") for pattern in patterns for path in folder.rglob(pattern)}
    return [path.read_text(encoding="utf-8") for path in sorted(paths) if ".terraform" not in path.parts]


@cache
def files() -> list[str]:
    """Whole ``.tf`` files."""
    return _texts("*.tf")


@cache
def blocks() -> list[str]:
    """Their top-level blocks, one by one: these are read fast."""
    pieces = [piece for text in files() for piece in _TOP.split(text)]
    return [piece for piece in pieces if piece.strip() and len(piece) < 3_000]


@cache
def values_files() -> list[str]:
    """``.tfvars`` files."""
    return _texts("*.tfvars")


@cache
def json_files() -> list[Any]:
    """``.tf.json`` documents, and their parts that could stand alone."""
    documents = [json.loads(text) for text in _texts("*.tf.json")]
    return documents + [{kind: part} for document in documents for kind, part in document.items()]


@cache
def values_documents() -> list[Any]:
    """``.tfvars.json`` documents."""
    return [json.loads(text) for text in _texts("*.tfvars.json")]


@cache
def plans() -> list[Any]:
    """What ``terraform show -json`` said of plans."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SAVED.glob("plan-*.json"))]


@cache
def states() -> list[Any]:
    """States: as Terraform keeps them, and as it shows them."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SAVED.glob("state*.json"))]


@cache
def specs() -> list[str]:
    """Spec files."""
    return [path.read_text(encoding="utf-8") for path in sorted((PROJECT / "specs").rglob("*.yaml"))]
