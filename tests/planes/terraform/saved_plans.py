"""Whole plans and states, made by the real CLI and kept (``python -m tests.planes.terraform.saved_plans`` does).

The examples are planned against the demo account, which their data sources ask; the roots need no account.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.planes.terraform import plans

HERE = Path(__file__).with_name("saved")
PROJECT = Path(__file__).parents[3]
EXAMPLES = {"startup-prod": "terraform/environments/startup-prod", "drifted": "drifted"}
ROOTS = ("counts", "dynamic", "layers", "network", "objects", "policies", "sensitive", "unknowns")
_LEFT_OUT = ("relevant_attributes", "output_changes", "timestamp")


def stored(name: str) -> dict[str, Any]:
    """A kept plan."""
    document: dict[str, Any] = json.loads(gzip.decompress((HERE / f"{name}.json.gz").read_bytes()))
    return document


def write(name: str, folder: Path) -> Path:
    """A kept plan as a file in a folder."""
    path = folder / f"{name}.json"
    path.write_bytes(gzip.decompress((HERE / f"{name}.json.gz").read_bytes()))
    return path


def shown(folder: Path, environment: Mapping[str, str], *arguments: str) -> dict[str, Any]:
    """The plan of a root module, as ``terraform show -json`` prints it. Raises RuntimeError with what the CLI said."""
    plugins = plans.find_plugin_dir()
    for command in (
        ["init", "-backend=false", "-input=false", f"-plugin-dir={plugins}"],
        ["plan", "-input=false", "-lock=false", "-refresh=false", "-out=plan.bin", *arguments],
    ):
        _terraform(folder, environment, *command)
    document: dict[str, Any] = json.loads(_terraform(folder, environment, "show", "-json", "plan.bin"))
    return document


def _terraform(folder: Path, environment: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(
        ["terraform", *arguments], cwd=folder, env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"terraform {arguments[0]} in {folder.name}: {done.stderr}")
    return done.stdout


def plan_of_root(root: Path) -> dict[str, Any]:
    """The plan of one of the roots, made in a copy, without an account."""
    with tempfile.TemporaryDirectory(prefix="tfplane-") as scratch:
        folder = Path(scratch) / root.name
        shutil.copytree(root, folder, ignore=shutil.ignore_patterns(".terraform*", "plan.json"), symlinks=True)
        text = "".join(path.read_text() for path in folder.glob("*.tf"))
        aliases = sorted(set(re.findall(r'^  alias += "(\w+)"', text, re.MULTILINE)))
        blocks = [plans.PROVIDER_OVERRIDE % alias for alias in ("", *(f'  alias = "{alias}"' for alias in aliases))]
        (folder / "plan_override.tf").write_text("".join(blocks))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_EC2_METADATA_DISABLED": "true"}
        return shown(folder, {**kept, **keys, "CHECKPOINT_DISABLE": "1"})


def plan_of_example(name: str, endpoint: str) -> dict[str, Any]:
    """The plan of one of the examples, made in a copy, with the account behind the endpoint."""
    from examples.glimpse.account.server import environment

    with tempfile.TemporaryDirectory(prefix="tfplane-") as scratch:
        tree = Path(scratch) / "glimpse"
        unfinished = shutil.ignore_patterns(".terraform*", "*.tfstate*", "__pycache__")
        shutil.copytree(PROJECT / "examples" / "glimpse", tree, ignore=unfinished)
        settings = environment(endpoint) | {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
        return shown(tree / EXAMPLES[name], settings)


def applied_example(endpoint: str) -> dict[str, dict[str, Any]]:
    """The conforming example, applied to the account: its state in both forms, and a plan that would resize."""
    from examples.glimpse.account.server import environment

    with tempfile.TemporaryDirectory(prefix="tfplane-") as scratch:
        tree = Path(scratch) / "glimpse"
        unfinished = shutil.ignore_patterns(".terraform*", "*.tfstate*", "__pycache__")
        shutil.copytree(PROJECT / "examples" / "glimpse", tree, ignore=unfinished)
        folder = tree / EXAMPLES["startup-prod"]
        settings = environment(endpoint) | {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
        _terraform(folder, settings, "init", "-input=false", f"-plugin-dir={plans.find_plugin_dir()}")
        _terraform(folder, settings, "apply", "-auto-approve", "-parallelism=30", "-input=false")
        state = json.loads((folder / "terraform.tfstate").read_text(encoding="utf-8"))
        told = json.loads(_terraform(folder, settings, "show", "-json"))
        resize = "-var=db_instance_class=db.t4g.small"
        _terraform(folder, settings, "plan", "-input=false", "-lock=false", "-out=plan.bin", resize)
        resized = json.loads(_terraform(folder, settings, "show", "-json", "plan.bin"))
    for resource in state["resources"]:
        for instance in resource["instances"]:
            instance.pop("private", None)
    return {"applied-tfstate": state, "applied-state": told, "resized": resized}


def _store(name: str, plan: Mapping[str, Any]) -> None:
    kept = {key: value for key, value in plan.items() if key not in _LEFT_OUT}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    # Whose registry a provider came from says nothing here.
    text = re.sub(r'(\\?")[\w.-]+/hashicorp/aws(\\?")', r"\1hashicorp/aws\2", text)
    HERE.mkdir(exist_ok=True)
    (HERE / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def main() -> None:
    """Make every kept plan anew."""
    from examples.glimpse.account.server import server

    with server() as endpoint:
        for name in EXAMPLES:
            _store(name, plan_of_example(name, endpoint))
        for name, document in applied_example(endpoint).items():
            _store(name, document)
    for name in ROOTS:
        _store(name, plan_of_root(plans.ROOTS / name))


if __name__ == "__main__":
    main()
