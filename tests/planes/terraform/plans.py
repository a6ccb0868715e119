"""Plans as an oracle: made with the real CLI, reduced to what is compared, and stored beside the configuration.

``python -m tests.planes.terraform.plans [ROOT…]`` (``make plans``) makes them again. It needs the CLI on ``PATH`` and
``AUDIT_TF_PLUGIN_DIR``. Beside ``plan.json``, ``schema.json`` holds the provider's types of the resources in all roots.

A root may have an ``inputs.json``: ``{"var_files": […], "variables": [[name, value]…], "environment": {…},
"workspace": …}``, which the CLI and the evaluator are given alike.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from audits.model import Observation
from audits.planes.terraform import bodies, read, reading, values
from tests.planes.terraform.comparison import Outcome, compare_body
from tests.planes.terraform.source_lines import scan_folder

ROOTS = Path(__file__).with_name("roots")
SCHEMA = Path(__file__).with_name("schema.json")

PROVIDER_OVERRIDE = """
provider "aws" {
%s
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}
"""


def find_plugin_dir() -> Path | None:
    """The folder of provider plugins: ``AUDIT_TF_PLUGIN_DIR``; None if it is not set or not there."""
    given = os.environ.get("AUDIT_TF_PLUGIN_DIR")
    return Path(given) if given and Path(given).is_dir() else None


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a root is given from outside."""

    var_files: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    workspace: str | None = None

    @classmethod
    def of(cls, root: Path) -> Inputs:
        """Those in the root's ``inputs.json``, if it has one."""
        try:
            given = json.loads((root / "inputs.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls()
        pairs = tuple((name, value) for name, value in given.get("variables", []))
        environment, workspace = given.get("environment", {}), given.get("workspace")
        return cls(tuple(given.get("var_files", [])), pairs, environment, workspace)

    def arguments(self) -> tuple[str, ...]:
        """As arguments of ``terraform plan``."""
        files = (f"-var-file={name}" for name in self.var_files)
        return (*files, *(f"-var={name}={value}" for name, value in self.variables))

    def observe(self, root: Path, *, reveal: bool = False) -> Observation:
        """What the evaluator makes of the root with them; ``reveal`` shows what is sensitive, for comparing it."""
        if reveal:
            with mock.patch.object(bodies, "to_model", _revealed), mock.patch.object(reading, "to_model", _revealed):
                return self.observe(root)
        return read(
            root,
            var_files=[root / name for name in self.var_files],
            variables=self.variables,
            environment=self.environment,
            workspace=self.workspace,
        )


def _revealed(value: Any) -> Any:
    return values.to_model(values.unmark_deep(value)[0])


def make_plan(tree: Path, root: str, plugin_dir: Path, inputs: Inputs | None = None) -> dict[str, Any]:
    """The reduced plan of ``tree/root``, made in a copy of the tree. Raises RuntimeError with what the CLI said."""
    inputs = inputs or Inputs()
    with tempfile.TemporaryDirectory(prefix="tfplane-") as scratch:
        copy = Path(scratch) / "tree"
        shutil.copytree(tree, copy, ignore=_ignored, symlinks=True)
        folder = copy / root
        names = names_in(folder)
        _add_provider_settings(folder)
        environment = _environment(inputs)
        # Modules that are installed already are not looked for in a registry.
        installed = ("-get=false",) if (folder / ".terraform").exists() else ()
        _terraform(
            folder, environment, "init", "-backend=false", "-input=false", f"-plugin-dir={plugin_dir}", *installed
        )
        if inputs.workspace:
            _terraform(folder, environment, "workspace", "new", inputs.workspace)
        _terraform(
            folder,
            environment,
            *("plan", "-input=false", "-lock=false", "-refresh=false", "-out=plan.bin"),
            *inputs.arguments(),
        )
        plan = json.loads(_terraform(folder, environment, "show", "-json", "plan.bin"))
        reduced = reduce(plan, names)
        if all(entry["type"] == "terraform_data" for entry in reduced["resources"].values()):
            _terraform(folder, environment, "apply", "-input=false", "-lock=false", "plan.bin")
            state = json.loads(_terraform(folder, environment, "show", "-json"))
            reduced["applied"] = dict(_applied(state["values"]["root_module"], reduced["resources"]))
        return reduced


def _ignored(folder: str, names: list[str]) -> list[str]:
    """What is no part of the configuration: states, and providers. Installed modules are a part of it."""
    return [name for name in names if ".tfstate" in name or (name == "providers" and folder.endswith(".terraform"))]


def _environment(inputs: Inputs) -> dict[str, str]:
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        **inputs.environment,
    }
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        environment.pop(name, None)
    return environment


def _add_provider_settings(folder: Path) -> None:
    """Let the provider plan without an account, also the aliased ones."""
    text = "".join(path.read_text(encoding="utf-8") for path in (*folder.glob("*.tf"), *folder.glob("*.tf.json")))
    found = re.findall(r'^ *"?alias"?\s*[=:]\s*"(\w+)"', text, re.MULTILINE)
    blocks = [PROVIDER_OVERRIDE % line for line in ("", *(f'  alias = "{alias}"' for alias in sorted(set(found))))]
    if re.search(r'"aws[_"]', text):
        (folder / "zz_plan_override.tf").write_text("".join(blocks), encoding="utf-8")


def _terraform(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(["terraform", *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"terraform {arguments[0]} in {folder.name}: {done.stderr}")
    return done.stdout


def names_in(folder: Path) -> frozenset[str]:
    """Every name of an attribute or nested block that is written anywhere in a tree."""
    names: set[str] = set()
    for below in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        for block in scan_folder(below, folder).blocks.values():
            for inner in block.walk():
                names.update((*inner.attributes, inner.type, *(inner.labels if inner.type == "dynamic" else ())))
    return frozenset(names)


def reduce(plan: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """What is compared: of every managed resource the attributes whose names are written somewhere, and its tags.

    ``configured`` holds the names of what the CLI itself found configured, by resource (without indexes).
    """
    kept = {*names, "tags_all"}
    resources = {}
    for change in plan.get("resource_changes", []):
        if change.get("mode") != "managed" or "create" not in change["change"]["actions"]:
            continue
        body = change["change"]
        parts = {
            "values": body.get("after"),
            "unknown": body.get("after_unknown"),
            "sensitive": body.get("after_sensitive"),
        }
        resources[change["address"]] = {
            "type": change["type"],
            **{part: {k: v for k, v in (value or {}).items() if k in kept} for part, value in parts.items()},
        }
    configured = dict(_configured(plan.get("configuration", {}).get("root_module", {}), ""))
    return {"resources": resources, "configured": configured}


def _configured(module: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, list[str]]]:
    for resource in module.get("resources", []):
        if resource["mode"] == "managed":
            yield prefix + resource["address"], sorted(resource.get("expressions", {}))
    for name, call in module.get("module_calls", {}).items():
        yield from _configured(call.get("module", {}), f"{prefix}module.{name}.")


def _applied(module: Mapping[str, Any], planned: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What the values with something unknown in them became."""
    for resource in module.get("resources", []):
        if resource["mode"] == "managed" and planned[resource["address"]]["unknown"].get("input"):
            yield resource["address"], resource["values"]["input"]
    for child in module.get("child_modules", []):
        yield from _applied(child, planned)


def types_in(plans: Iterable[Mapping[str, Any]]) -> set[str]:
    """The types of all resources in reduced plans."""
    return {entry["type"] for plan in plans for entry in plan["resources"].values()}


def make_schema(plugin_dir: Path, types: Iterable[str]) -> dict[str, Any]:
    """The schema of resource types: of every attribute its type, of every block its nesting."""
    with tempfile.TemporaryDirectory(prefix="tfplane-") as scratch:
        folder = Path(scratch)
        (folder / "main.tf").write_text('provider "aws" {}\nresource "terraform_data" "this" {}\n', encoding="utf-8")
        environment = _environment(Inputs())
        _terraform(folder, environment, "init", "-backend=false", "-input=false", f"-plugin-dir={plugin_dir}")
        schemas = json.loads(_terraform(folder, environment, "providers", "schema", "-json"))["provider_schemas"]
    every = {name: body for one in schemas.values() for name, body in one.get("resource_schemas", {}).items()}
    return {name: _schema_of(every[name]["block"]) for name in sorted(types)}


def _schema_of(block: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "attributes": {name: body["type"] for name, body in sorted(block.get("attributes", {}).items())},
        "blocks": {
            name: {"nesting": body["nesting_mode"], "block": _schema_of(body["block"])}
            for name, body in sorted(block.get("block_types", {}).items())
        },
    }


def load_schema() -> dict[str, Any]:
    """The stored schema."""
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return schema


def stored_plan(root: Path) -> dict[str, Any]:
    """The stored plan of a root."""
    plan: dict[str, Any] = json.loads((root / "plan.json").read_text(encoding="utf-8"))
    return plan


@dataclass(slots=True)
class Comparison:
    """How an observation stands to a plan, attribute by attribute of every copy; see :mod:`.accuracy` for counting."""

    notes: dict[Outcome, list[str]] = field(default_factory=lambda: {outcome: [] for outcome in Outcome})
    missing_resources: list[str] = field(default_factory=list)
    extra_resources: list[str] = field(default_factory=list)


def compare(observation: Observation, plan: Mapping[str, Any], schema: Mapping[str, Any]) -> Comparison:
    """Compare every configured value of every resource with the plan's."""
    result = Comparison()
    planned = dict(plan["resources"])
    for resource in observation.resources:
        if resource.kind == "module" or resource.existence is not None:
            continue
        entry = planned.pop(resource.identity, None)
        if entry is None:
            result.extra_resources.append(resource.identity)
            continue
        body = (entry["values"], entry["unknown"])
        for leaf in compare_body("", resource.attributes, body, schema[resource.kind], lambda path: ()):
            result.notes[leaf.outcome].append(f"{resource.identity}.{leaf.path}: {leaf.note}")
    result.missing_resources.extend(planned)
    return result


def roots(folder: Path) -> Iterator[Path]:
    """The root modules of the accuracy suite."""
    return (path for path in sorted(folder.iterdir()) if path.is_dir())


def _one_a_line(mapping: Mapping[str, Any]) -> str:
    lines = (
        f"{json.dumps(key)}:{json.dumps(mapping[key], sort_keys=True, ensure_ascii=False, separators=(',', ':'))}"
        for key in sorted(mapping)
    )
    return "{\n" + ",\n".join(lines) + "\n}"


def text_of(plan: Mapping[str, Any]) -> str:
    """A reduced plan as it is stored, one resource a line."""
    parts = (f"{json.dumps(key)}:{_one_a_line(plan[key])}" for key in sorted(plan))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main(names: list[str]) -> int:
    """Make the stored plans of the named roots again (all of them, if none is named), and the schema."""
    plugins = find_plugin_dir()
    if plugins is None:
        print("AUDIT_TF_PLUGIN_DIR must name the folder of provider plugins", file=sys.stderr)
        return 4
    status = 0
    for root in roots(ROOTS):
        if not names or root.name in names:
            try:
                plan = make_plan(root, ".", plugins, Inputs.of(root))
            except RuntimeError as error:
                print(f"{root.name}: {error}", file=sys.stderr)
                status = 1
                continue
            (root / "plan.json").write_text(text_of(plan), encoding="utf-8")
            print(f"{root.name}: {len(plan['resources'])} resources", flush=True)
    every = types_in(stored_plan(root) for root in roots(ROOTS) if (root / "plan.json").exists())
    SCHEMA.write_text(_one_a_line(make_schema(plugins, every)) + "\n", encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
