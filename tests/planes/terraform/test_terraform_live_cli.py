"""The stored plans are what the real CLI makes of the configurations today."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.planes.terraform import plans

pytestmark = [
    pytest.mark.terraform_cli,
    pytest.mark.skipif(
        shutil.which("terraform") is None or plans.find_plugin_dir() is None,
        reason="needs the terraform CLI, and AUDIT_TF_PLUGIN_DIR with the AWS provider",
    ),
]


SAMPLE = (
    "counts",
    "deferred",
    "dynamic",
    "inputs",
    "json_whole",
    "language",
    "layers",
    "policies",
    "registry",
    "workspace",
)
"""All of them take minutes; ``make plans`` makes them all."""


@pytest.mark.parametrize("root", [plans.ROOTS / name for name in SAMPLE], ids=lambda root: root.name)
def test_stored_plan_is_current(root: Path) -> None:
    plugins = plans.find_plugin_dir()
    assert plugins is not None
    stored = plans.stored_plan(root)
    made = plans.make_plan(root, ".", plugins, plans.Inputs.of(root))
    # What was unknown becomes something else every time it is applied.
    assert made.pop("applied", {}).keys() == stored.pop("applied", {}).keys()
    assert made == stored
