"""Plans as an oracle: made with the real CLI, reduced, stored beside the configuration, and compared value by value."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audits import provider_schema
from audits.model import Observation, Redacted, Unknown

ROOTS = Path(__file__).with_name("roots")

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


def make_plan(tree: Path, root: str, plugin_dir: Path, arguments: tuple[str, ...] = ()) -> dict[str, Any]:
    """The reduced plan of ``tree/root``, made in a copy of the tree. Raises RuntimeError with what the CLI said."""
    with tempfile.TemporaryDirectory(prefix="tfplane-") as scratch:
        copy = Path(scratch) / "tree"
        shutil.copytree(tree, copy, ignore=shutil.ignore_patterns(".terraform", "*.tfstate*"), symlinks=True)
        folder = copy / root
        text = "".join(path.read_text() for path in folder.glob("*.tf"))
        aliases = sorted(set(re.findall(r'^  alias += "(\w+)"', text, re.MULTILINE)))
        blocks = [PROVIDER_OVERRIDE % alias for alias in ("", *(f'  alias = "{alias}"' for alias in aliases))]
        (folder / "plan_override.tf").write_text("".join(blocks))
        environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            environment.pop(name, None)
        _terraform(folder, environment, "init", "-backend=false", "-input=false", f"-plugin-dir={plugin_dir}")
        _terraform(
            folder, environment, "plan", "-input=false", "-lock=false", "-refresh=false", "-out=plan.bin", *arguments
        )
        return reduce(json.loads(_terraform(folder, environment, "show", "-json", "plan.bin")))


def _terraform(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(["terraform", *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"terraform {arguments[0]} in {folder.name}: {done.stderr}")
    return done.stdout


def reduce(plan: dict[str, Any]) -> dict[str, Any]:
    """What is compared: for every managed resource its values, what is unknown of them and what is sensitive."""
    resources = {}
    for change in plan.get("resource_changes", []):
        if change.get("mode") != "managed" or "create" not in change["change"]["actions"]:
            continue
        body = change["change"]
        resources[change["address"]] = {
            "values": body.get("after") or {},
            "unknown": body.get("after_unknown") or {},
            "sensitive": body.get("after_sensitive") or {},
        }
    return {"resources": resources}


@dataclass
class Comparison:
    """How an observation stands to a plan: paths of every kind of outcome."""

    equal: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    agreed_unknown: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    missing_resources: list[str] = field(default_factory=list)
    extra_resources: list[str] = field(default_factory=list)

    def add(self, other: Comparison) -> None:
        """Take in another comparison."""
        for name in ("equal", "wrong", "invented", "missed", "agreed_unknown", "leaked", "hidden"):
            getattr(self, name).extend(getattr(other, name))

    @property
    def bad(self) -> int:
        """How much contradicts the plan."""
        return len(self.wrong) + len(self.invented)

    def __str__(self) -> str:
        known = len(self.equal) + len(self.wrong) + len(self.missed)
        share = 100 * len(self.equal) / known if known else 100.0
        return (
            f"{share:.2f} % equal ({len(self.equal)} of {known}), wrong {len(self.wrong)}, "
            f"invented {len(self.invented)}, missed {len(self.missed)}, "
            f"both unknown {len(self.agreed_unknown)}, resources missing {len(self.missing_resources)}, "
            f"extra {len(self.extra_resources)}, leaked {len(self.leaked)}, hidden {len(self.hidden)}"
        )


def compare(observation: Observation, plan: dict[str, Any]) -> Comparison:
    """Compare every configured value with the plan's."""
    result = Comparison()
    planned = dict(plan["resources"])
    for resource in observation.resources:
        if resource.kind == "module" or resource.existence is not None:
            continue
        entry = planned.pop(resource.identity, None)
        if entry is None:
            result.extra_resources.append(resource.identity)
            continue
        for name, value in resource.attributes.items():
            path = f"{resource.identity}.{name}"
            unknown = entry["unknown"].get(name, False)
            known = entry["values"].get(name)
            result.add(compare_value(path, value, known, unknown))
            if name not in provider_schema.sensitive_paths(resource.kind):
                _compare_marks(result, path, value, entry["sensitive"].get(name, False))
    result.missing_resources.extend(planned)
    return result


def compare_value(path: str, ours: Any, theirs: Any, unknown: Any) -> Comparison:
    """Compare one value. ``unknown`` is the plan's ``after_unknown`` at this place."""
    result = Comparison()
    if isinstance(ours, Redacted):
        return result
    if isinstance(ours, Unknown):
        bucket = result.agreed_unknown if _any_unknown(unknown) or theirs is None else result.missed
        bucket.append(f"{path}: {ours.describe()} / {theirs!r}"[:300])
        return result
    if unknown is True and has_unknown(ours):
        result.agreed_unknown.append(f"{path}: {ours!r}"[:300])
        return result
    if unknown is True:
        result.invented.append(f"{path}: {ours!r} / unknown"[:300])
        return result
    ours, theirs = _decoded(ours), _decoded(theirs)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            inner = unknown.get(key, False) if isinstance(unknown, dict) else False
            result.add(compare_value(f"{path}.{key}", value, theirs.get(key), inner))
        return result
    if isinstance(ours, list) and (isinstance(theirs, list) or theirs is None):
        return _compare_lists(path, ours, theirs or [], unknown if isinstance(unknown, list) else [])
    if isinstance(ours, list) and isinstance(theirs, dict) and len(ours) == 1:
        return compare_value(path, ours[0], theirs, unknown)
    same = scalar(ours) == scalar(theirs) or (path.endswith(".user_data") and _sha1(ours) == theirs)
    (result.equal if same else result.wrong).append(path if same else f"{path}: {ours!r} / {theirs!r}"[:400])
    return result


def _compare_marks(result: Comparison, path: str, ours: Any, marks: Any) -> None:
    """What the plan marks as sensitive must not be shown, and nothing else hidden."""
    if isinstance(ours, Redacted):
        if not _any_unknown(marks):
            result.hidden.append(path)
    elif marks is True and not isinstance(ours, Unknown):
        result.leaked.append(path)
    elif isinstance(ours, dict):
        for key, value in ours.items():
            _compare_marks(result, f"{path}.{key}", value, marks.get(key, False) if isinstance(marks, dict) else False)
    elif isinstance(ours, list):
        for index, value in enumerate(ours):
            inner = marks[index] if isinstance(marks, list) and index < len(marks) else False
            _compare_marks(result, f"{path}[{index}]", value, inner)


def _compare_lists(path: str, ours: list[Any], theirs: list[Any], unknown: list[Any]) -> Comparison:
    """Lists in order; where that differs, as sets: every element of ours with the best of theirs."""
    if len(ours) != len(theirs) and not _any_unknown(unknown):
        if any(isinstance(element, Unknown) for element in ours):
            return Comparison(missed=[f"{path}: {ours!r} / {theirs!r}"[:300]])
        return Comparison(wrong=[f"{path}: {ours!r} / {theirs!r}"[:400]])
    padded = unknown + [False] * (len(theirs) - len(unknown))
    theirs = theirs + [None] * (len(padded) - len(theirs))
    pairs = list(zip(theirs, padded, strict=True))
    straight = Comparison()
    for index, element in enumerate(ours):
        value, marks = pairs[index] if index < len(pairs) else (None, True)
        straight.add(compare_value(f"{path}[{index}]", element, value, marks))
    if not straight.bad:
        return straight
    mixed = Comparison()
    left = list(pairs)
    for index, element in enumerate(ours):
        options = [compare_value(f"{path}[{index}]", element, value, marks) for value, marks in left]
        if not options:
            return straight
        best = min(range(len(options)), key=lambda at: (options[at].bad, len(options[at].missed)))
        mixed.add(options[best])
        left.pop(best)
    return mixed if mixed.bad < straight.bad else straight


def has_unknown(value: Any) -> bool:
    """Whether an Unknown is in it: a plan calls a whole set unknown if one element is."""
    if isinstance(value, dict):
        return any(has_unknown(element) for element in value.values())
    if isinstance(value, list):
        return any(has_unknown(element) for element in value)
    return isinstance(value, Unknown)


def _any_unknown(marks: Any) -> bool:
    if isinstance(marks, dict):
        return any(_any_unknown(value) for value in marks.values())
    if isinstance(marks, list):
        return any(_any_unknown(value) for value in marks)
    return marks is True


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and value.strip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _sha1(value: Any) -> str:
    """The provider keeps only the hash of ``user_data``."""
    return hashlib.sha1(str(value).encode()).hexdigest()


def scalar(value: Any) -> Any:
    """Numbers, booleans and their texts are the same thing here: the provider's schema converts them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def roots(folder: Path) -> Iterator[Path]:
    """The root modules of the accuracy suite."""
    return (path for path in sorted(folder.iterdir()) if path.is_dir())


def main(names: list[str]) -> int:
    """Make the stored plans of the named roots again (all of them, if none is named)."""
    plugins = find_plugin_dir()
    if plugins is None:
        print("AUDIT_TF_PLUGIN_DIR must name the folder of provider plugins", file=sys.stderr)
        return 4
    for root in roots(ROOTS):
        if not names or root.name in names:
            plan = make_plan(root, ".", plugins)
            (root / "plan.json").write_text(json.dumps(plan, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
            print(f"{root.name}: {len(plan['resources'])} resources")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
