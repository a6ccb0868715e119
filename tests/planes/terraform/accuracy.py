"""How well the evaluator agrees with ``terraform plan`` on the roots: ``python -m tests.planes.terraform.accuracy``.

Everything is counted once a **source attribute**: the file and line of an attribute in its block. What ``for_each`` and
``count`` make of it are copies; a source attribute is equal only if all its copies are that the plan knows. Values that
follow from the provider's configuration (``tags_all``) have no attribute of their own and are counted beside, once a
block. A source attribute whose copies the plan knows only in part counts as known. What is sensitive is compared like
everything else, in a reading that does not redact it; that the ordinary one redacts it is checked beside.

Lines are checked against a scan of the source that shares nothing with the evaluator (:mod:`.source_lines`): every
resource, attribute and nested block, with the calls that lead to it.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audits.model import Origin, Resource, Unknown
from tests.planes.terraform import plans
from tests.planes.terraform.comparison import BAD, Leaf, Outcome, compare_body, sensitive_leaves, worst
from tests.planes.terraform.refinements import contradictions
from tests.planes.terraform.source_lines import Folder, Place, Written, nested_type, scan_folder

DEFAULTS: Mapping[tuple[str, str], Any] = {
    ("aws_lb_listener", "default_action.redirect.host"): "#{host}",
    ("aws_lb_listener", "default_action.redirect.path"): "/#{path}",
    ("aws_lb_target_group", "deregistration_delay"): "300",
    ("aws_lb_target_group", "health_check.interval"): 30,
    ("aws_lb_target_group", "health_check.port"): "traffic-port",
    ("aws_lb_target_group", "target_type"): "instance",
}
"""What the provider plans where the roots say null. Any other value of a null attribute is reported as missed."""

META = frozenset(["count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"])


@dataclass(slots=True)
class Measured:
    """One root's figures: outcomes of source attributes (``configured``, ``derived``), counts, and what is amiss."""

    configured: dict[tuple[str, int, str], Outcome] = field(default_factory=dict)
    derived: dict[tuple[str, int, str], Outcome] = field(default_factory=dict)
    values: int = 0
    addresses: int = 0
    lines: int = 0
    amiss: dict[str, list[str]] = field(default_factory=dict)

    def note(self, what: str, text: str) -> None:
        """Keep something that is not as it must be."""
        self.amiss.setdefault(what, []).append(text)

    def count(self, outcome: Outcome, *, derived: bool = False) -> int:
        """How many source attributes have this outcome."""
        return sum(found is outcome for found in (self.derived if derived else self.configured).values())

    @property
    def known(self) -> int:
        """Configured values that the plan knows."""
        return sum(self.count(outcome) for outcome in (Outcome.EQUAL, Outcome.WRONG, Outcome.MISSED))

    @property
    def share(self) -> float:
        """How much of them is equal, in percent."""
        return 100 * self.count(Outcome.EQUAL) / self.known if self.known else 100.0


@dataclass(slots=True)
class Source:
    """The scanned folders of a root and its modules."""

    root: Path
    folders: dict[str, Folder] = field(default_factory=dict)

    def folder(self, name: str) -> Folder:
        """The scanned module folder of that name (from the root)."""
        if name not in self.folders:
            self.folders[name] = scan_folder(self.root / name, self.root)
        return self.folders[name]

    def of(self, resource: Resource) -> Written | None:
        """The merged block of a resource; None if none starts where the resource says that it does."""
        origin = resource.origin
        if origin.file is None or origin.line is None:
            return None
        written = self.folder(_directory(origin.file)).block_at((origin.file, origin.line))
        wanted = ("resource", resource.kind, _parts(resource.identity)[-1])
        return written if written and (written.type, *written.labels) == wanted else None

    def chain(self, resource: Resource) -> str | None:
        """What is wrong with the calls that a resource says lead to it; None if nothing is."""
        directory, wanted = "", _module_names(resource.identity)
        if len(resource.origin.calls) != len(wanted):
            return f"{len(resource.origin.calls)} calls for {wanted}"
        for call, name in zip(resource.origin.calls, wanted, strict=True):
            place, _, module = call.partition(" module.")
            file, _, line = place.rpartition(":")
            block = self.folder(directory).blocks.get(("module", name))
            if module != name or block is None or block.place != (file, int(line)):
                return f"{call} is no call of {name}"
            directory = self._called(directory, block, wanted)
        found = _directory(resource.origin.file or "")
        return None if found == directory else f"it is in {found!r}, the module in {directory!r}"

    def _called(self, directory: str, block: Written, names: Sequence[str]) -> str:
        source = block.sources["source"].strip('"')
        if source.startswith("."):
            path = os.path.normpath(f"{directory or '.'}/{source}")
            return "" if path == "." else path
        modules = json.loads((self.root / ".terraform/modules/modules.json").read_text(encoding="utf-8"))["Modules"]
        keys = [".".join(names[: at + 1]) for at in range(len(names))]
        found = [one["Dir"] for one in modules if one["Key"] in keys and one["Key"].endswith(block.labels[0])]
        return os.path.normpath(found[-1])


def _parts(address: str) -> list[str]:
    """The parts of an address without indexes (``module``, ``a``, ``aws_vpc``, ``this``)."""
    result, depth, quoted, part, at = [], 0, False, "", 0
    while at < len(address):
        letter = address[at]
        if quoted:
            at += letter == "\\"
            quoted = letter != '"'
        elif letter == '"':
            quoted = True
        elif letter in "[]":
            depth += 1 if letter == "[" else -1
        elif letter == "." and not depth:
            result.append(part)
            part = ""
        elif not depth:
            part += letter
        at += 1
    return [*result, part]


def _module_names(address: str) -> list[str]:
    parts = _parts(address)
    return [parts[at + 1] for at in range(0, len(parts) - 2, 2)]


def _directory(file: str) -> str:
    return file.rpartition("/")[0]


# -- lines ----------------------------------------------------------------------------------------------------------


def _place(origin: Origin) -> Place | None:
    return (origin.file, origin.line) if origin.file is not None and origin.line is not None else None


def check_lines(resource: Resource, written: Written) -> Iterator[tuple[str, str]]:
    """Every path of attributes and nested blocks of a resource, with what is wrong about its place (empty: nothing)."""
    yield "", "" if resource.origin.calls == resource.origin_of("").calls else "calls differ"
    yield from _check_body(resource, "", dict(resource.attributes), written)


def _check_body(
    resource: Resource, prefix: str, body: Mapping[str, Any], written: Written
) -> Iterator[tuple[str, str]]:
    for name, value in body.items():
        path = f"{prefix}{name}"
        if name == "tags_all" and name not in written.attributes:
            continue
        origin = resource.origins.get(path)
        if origin is None:
            yield path, "has no place"
            continue
        if origin.calls != resource.origin.calls:
            yield path, "has other calls than its resource"
        is_block = bool(written.of_type(name)) and _is_blocks(value)
        if is_block:
            yield from _check_blocks(resource, path, value, written)
        else:
            found = _place(origin)
            expected = written.attributes.get(name)
            if isinstance(value, Unknown) and expected is None:
                expected = next((block.place for block in written.blocks if nested_type(block) == name), None)
            yield path, "" if found == expected else f"is at {found}, not {expected}"


def _is_blocks(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _check_blocks(resource: Resource, path: str, value: list[Any], written: Written) -> Iterator[tuple[str, str]]:
    name = path.rpartition(".")[2]
    candidates = written.of_type(name)
    dynamic = any(block.type == "dynamic" and nested_type(block) == name for block in written.blocks)
    last = -1
    for index, one in enumerate(value):
        at = f"{path}[{index}]"
        found = _place(resource.origins.get(at, Origin()))
        place = next((number for number, block in enumerate(candidates) if block.place == found), None)
        if place is None or (place != index if not dynamic else place < last):
            yield at, f"is at {found}, where no such block is: {[block.place for block in candidates]}"
            continue
        last = place
        yield at, ""
        yield from _check_body(resource, f"{at}.", one, candidates[place])


# -- values ---------------------------------------------------------------------------------------------------------


def _names(resource: Resource, written: Written) -> dict[str, Written]:
    """The written blocks of a resource by the path of each."""
    every = {block.place: block for outer in written.walk() for block in (outer,) if outer is not written}
    found = {"": written}
    for path, origin in resource.origins.items():
        block = every.get(_place(origin) or ("", 0))
        if path.endswith("]") and block is not None and block.type in (path.split(".")[-1].split("[")[0], "content"):
            found[path] = block
    return found


def _leaves(resource: Resource, written: Written, entry: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Leaf]:
    blocks = _names(resource, written)

    def names(path: str) -> Sequence[str]:
        block = blocks.get(path)
        return (
            [name for name in (*block.attributes, *map(nested_type, block.blocks)) if name not in META] if block else ()
        )

    leaves = compare_body("", resource.attributes, (entry["values"], entry["unknown"]), schema, names)
    return [leaf for leaf in leaves if not _is_default(resource, leaf.path, entry["values"])]


def _is_default(resource: Resource, path: str, values: Any) -> bool:
    """Whether an attribute is not observed, has its place all the same (so it is null), and is planned by default."""
    key = (resource.kind, re.sub(r"\[\d+\]", "", path))
    if key not in DEFAULTS or path not in resource.origins:
        return False
    ours: Any = resource.attributes
    for part in re.findall(r"[^.\[\]]+", path):
        at = int(part) if part.isdigit() else part
        ours = ours[at] if isinstance(ours, list) else ours.get(at)
        values = values[at] if isinstance(values, list) else values.get(at)
    return ours is None and values == DEFAULTS[key]


def _key(resource: Resource, path: str) -> tuple[str, int, str]:
    origin = resource.origin_of(path)
    return origin.file or "", origin.line or 0, path.rpartition(".")[2].partition("[")[0]


def _merge(table: dict[tuple[str, int, str], Outcome], key: tuple[str, int, str], outcome: Outcome) -> None:
    first = table.get(key)
    table[key] = outcome if first is None else worst([Leaf("", first), Leaf("", outcome)])


def _measure_resource(
    result: Measured, resource: Resource, revealed: Resource, source: Source, plan: Mapping[str, Any], schema: Any
) -> None:
    entry = plan["resources"][resource.identity]
    written = source.of(resource)
    if written is None:
        result.note("lines", f"{resource.identity} does not start at {resource.origin}")
        return
    wrong_chain = source.chain(resource)
    if wrong_chain:
        result.note("lines", f"{resource.identity}: {wrong_chain}")
    for path, problem in check_lines(resource, written):
        result.lines += 1
        if problem:
            result.note("lines", f"{resource.identity}.{path} {problem}")
    for leaf in _leaves(revealed, written, entry, schema[resource.kind]):
        is_derived = leaf.path == "tags_all" and leaf.path not in written.attributes
        table, path = (result.derived, "") if is_derived else (result.configured, leaf.path)
        key = _key(resource, path)
        result.values += leaf.parts
        _merge(table, (*key[:2], leaf.path.rpartition(".")[2].partition("[")[0]), leaf.outcome)
        if leaf.outcome in BAD:
            result.note(leaf.outcome, f"{resource.identity}.{leaf.path}: {leaf.note}")
    for name in _sensitive_names(resource, entry):
        for path, what in sensitive_leaves(name, resource.attributes[name], entry["sensitive"].get(name, False)):
            result.note(what, f"{resource.identity}.{path}")
    for name in plan["configured"].get(".".join(_parts(resource.identity)), []):
        value = entry["values"].get(name)
        empty = value in (None, "", 0, False, [], {}) or _is_default(resource, name, entry["values"])
        if name not in resource.attributes and not empty:
            result.note(Outcome.MISSED, f"{resource.identity}.{name}: configured, and not observed / {value!r}")


def _sensitive_names(resource: Resource, entry: Mapping[str, Any]) -> list[str]:
    """Attributes whose marks come from the configuration; those that the provider marks are removed elsewhere."""
    from audits import provider_schema

    own = {path.partition(".")[0] for path in provider_schema.sensitive_paths(resource.kind)}
    return [name for name in resource.attributes if name not in own]


def measure(root: Path, schema: Mapping[str, Any]) -> Measured:
    """The figures of one root."""
    plan, inputs = plans.stored_plan(root), plans.Inputs.of(root)
    observation = inputs.observe(root)
    revealed = {resource.identity: resource for resource in inputs.observe(root, reveal=True).resources}
    result, source, left = Measured(), Source(root), set(plan["resources"])
    for resource in observation.resources:
        if resource.identity not in left:
            result.note("addresses", f"{resource.identity} is not in the plan")
            continue
        left.remove(resource.identity)
        result.addresses += 1
        shown = revealed[resource.identity]
        _measure_resource(result, resource, shown, source, plan, schema)
        if resource.identity in plan.get("applied", {}):
            for problem in contradictions("input", shown.attributes["input"], plan["applied"][resource.identity]):
                result.note("refinements", f"{resource.identity}.{problem}")
    for identity in sorted(left):
        result.note("addresses", f"{identity} is in the plan only")
    for gap in observation.gaps:
        result.note("gaps", f"{gap.scope}: {gap.detail}")
    for finding in observation.findings:
        result.note("findings", f"{finding.origin}: {finding.detail}")
    return result


# -- the table ------------------------------------------------------------------------------------------------------

_COLUMNS = ("known", "equal %", "wrong", "invented", "missed", "unknown", "partial", "addresses", "lines")


def _row(name: str, measured: Sequence[Measured]) -> str:
    def total(outcome: Outcome) -> int:
        return sum(one.count(outcome) for one in measured)

    def amiss(what: str) -> int:
        return sum(len(one.amiss.get(what, ())) for one in measured)

    known = sum(one.known for one in measured)
    share = 100 * total(Outcome.EQUAL) / known if known else 100.0
    addresses = sum(one.addresses for one in measured)
    lines = sum(one.lines for one in measured)
    cells = [
        str(known),
        f"{share:.2f}",
        *(str(total(outcome)) for outcome in (Outcome.WRONG, Outcome.INVENTED, Outcome.MISSED)),
        *(str(total(outcome)) for outcome in (Outcome.UNKNOWN, Outcome.PARTIAL)),
        f"{addresses}{_off(amiss('addresses'))}",
        f"{lines}{_off(amiss('lines'))}",
    ]
    return f"{name:<18}" + "".join(f"{cell:>11}" for cell in cells)


def _off(number: int) -> str:
    return f" ({number} off)" if number else ""


def main(names: Sequence[str]) -> int:
    """Print the table; 1 if anything is not as it must be."""
    os.environ["AUDIT_CACHE_DIR"] = ""
    schema = plans.load_schema()
    print(f"{'root':<18}" + "".join(f"{name:>11}" for name in _COLUMNS))
    measured = {}
    for root in plans.roots(plans.ROOTS):
        if not names or root.name in names:
            measured[root.name] = measure(root, schema)
            print(_row(root.name, [measured[root.name]]))
    every = list(measured.values())
    print(_row(f"all {len(every)}", every))
    derived = {outcome: sum(one.count(outcome, derived=True) for one in every) for outcome in Outcome}
    print("tags_all: " + ", ".join(f"{count} {outcome}" for outcome, count in derived.items() if count))
    types = plans.types_in(plans.stored_plan(plans.ROOTS / name) for name in measured)
    print(f"{len(types)} types of resources, {sum(one.values for one in every)} single values in all copies")
    for name, one in measured.items():
        for what, notes in one.amiss.items():
            for note in notes:
                print(f"{name}: {what}: {note}")
    return int(any(one.amiss for one in every))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
