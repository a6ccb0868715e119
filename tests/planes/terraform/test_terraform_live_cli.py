"""The stored plans are what the real CLI makes of the configurations today."""

from __future__ import annotations

import json
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


@pytest.mark.parametrize("root", list(plans.roots(plans.ROOTS)), ids=lambda root: root.name)
def test_stored_plan_is_current(root: Path) -> None:
    plugins = plans.find_plugin_dir()
    assert plugins is not None
    stored = json.loads((root / "plan.json").read_text(encoding="utf-8"))
    assert plans.make_plan(root, ".", plugins) == stored
