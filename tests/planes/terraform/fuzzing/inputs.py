"""The inputs by number, each of one kind, and how each kind is read."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from audits import kinds, relations
from audits.planes.terraform import SourceError, read, read_plan, read_state
from audits.spec import SpecError, load_file
from tests.planes.terraform.console import soundness
from tests.planes.terraform.console.expressions import ExpressionMaker
from tests.planes.terraform.fuzzing import corpus, mutation

Files = Mapping[str, bytes]

_HEAD = 'variable "tiers" {}\nvariable "n" { type = number }\nresource "terraform_data" "u" {}\n'
_NAMES = {"n": ["var.n"], "s": ["terraform_data.u.id"], "l": ["var.tiers"], "m": ["var.tiers"], "e": ["var.tiers"]}
_CALL = b'module "m" {\n  source = "registry/x/aws"\n}\nmodule "n" {\n  source = "./sub"\n}\n'
_MODULES = {
    "Modules": [
        {"Key": "", "Source": "", "Dir": "."},
        {
            "Key": "m",
            "Source": "registry.terraform.io/registry/x/aws",
            "Version": "1.0.0",
            "Dir": ".terraform/modules/m",
        },
        {"Key": "n", "Source": "./sub", "Dir": "sub"},
        {"Key": "m.m", "Source": "x", "Dir": "../../../../etc"},
    ]
}


def _hcl(rng: random.Random) -> Files:
    if rng.random() < 0.03:
        return {"main.tf": mutation.text(rng.choice(corpus.files()), rng)}
    texts = [rng.choice(corpus.blocks()) for _ in range(rng.randint(1, 2))]
    return {"main.tf": mutation.text("\n".join(texts), rng)}


def _expressions(rng: random.Random) -> Files:
    """Well-formed, with unknown values among them: all of it is evaluated."""
    maker = ExpressionMaker(rng, _NAMES)
    locals_ = "".join(f"  l{n} = {maker.any(rng.randint(2, 4))}\n" for n in range(2))
    text = f'{_HEAD}locals {{\n{locals_}}}\noutput "o" {{ value = [local.l0, local.l1] }}\n'
    for_each = maker.make(rng.choice("emn"), 2)
    text += (
        f'resource "aws_instance" "x" {{\n  {rng.choice(["count", "for_each"])} = {for_each}\n  ami = local.l0\n}}\n'
    )
    return {"main.tf": text.encode("utf-8", "surrogatepass")}


def _configuration_json(rng: random.Random) -> Files:
    return {"main.tf.json": mutation.document(rng.choice(corpus.json_files()), rng)}


def _values(rng: random.Random) -> Files:
    return {"main.tf": _HEAD.encode(), "terraform.tfvars": mutation.text(rng.choice(corpus.values_files()), rng)}


def _values_json(rng: random.Random) -> Files:
    data = mutation.document({"tiers": {}, "n": "1", **rng.choice(corpus.values_documents())}, rng)
    return {"main.tf": _HEAD.encode(), "a.auto.tfvars.json": data}


def _modules(rng: random.Random) -> Files:
    inner = mutation.text(rng.choice(corpus.blocks()), rng)
    places = (".terraform/modules/m/main.tf", "sub/main.tf")
    listing = mutation.document(_MODULES, rng)
    return {"main.tf": _CALL, ".terraform/modules/modules.json": listing, **dict.fromkeys(places, inner)}


def _plan(rng: random.Random) -> Files:
    return {"input.json": mutation.document(rng.choice(corpus.plans()), rng)}


def _state(rng: random.Random) -> Files:
    return {"input.json": mutation.document(rng.choice(corpus.states()), rng)}


def _spec(rng: random.Random) -> Files:
    lines = rng.choice(corpus.specs()).splitlines(keepends=True)
    start = rng.randrange(max(len(lines) - 40, 1))
    return {"spec.yaml": mutation.text("".join([*lines[:6], *lines[start : start + 40]]), rng)}


def _read_folder(folder: Path) -> str:
    read(folder, environment={})
    return ""


def _read_well_formed(folder: Path) -> str:
    gaps = [gap.detail for gap in read(folder, environment={}).gaps if gap.cause == "syntax error"]
    return f"refused, though it is well-formed: {gaps}" if gaps else ""


def _read_spec(folder: Path) -> str:
    load_file(folder / "spec.yaml", kinds.registry(), relations.registry())
    return ""


def _read_plan(folder: Path) -> str:
    read_plan(folder / "input.json")
    return ""


def _read_state(folder: Path) -> str:
    read_state(folder / "input.json")
    return ""


@dataclass(frozen=True, slots=True)
class Kind:
    """How often inputs are of this kind, how they are made, and how they are read (what is wrong, or "")."""

    weight: int
    make: Callable[[random.Random], Files]
    read: Callable[[Path], str]


KINDS: Mapping[str, Kind] = {
    "hcl": Kind(30, _hcl, _read_folder),
    "expressions": Kind(14, _expressions, _read_well_formed),
    "tf.json": Kind(8, _configuration_json, _read_folder),
    "tfvars": Kind(6, _values, _read_folder),
    "tfvars.json": Kind(5, _values_json, _read_folder),
    "modules.json": Kind(5, _modules, _read_folder),
    "plan": Kind(10, _plan, _read_plan),
    "state": Kind(8, _state, _read_state),
    "spec": Kind(6, _spec, _read_spec),
    "unknowns": Kind(8, lambda rng: {}, lambda folder: ""),
}
"""``unknowns`` are not read but tried: whether a known result holds for every value of what was unknown."""


def kind_of(seed: int, number: int) -> str:
    """The kind of an input."""
    names = list(KINDS)
    return random.Random(f"{seed}/{number}").choices(names, [KINDS[name].weight for name in names])[0]


def make(seed: int, number: int) -> Files:
    """The files of an input."""
    return KINDS[kind_of(seed, number)].make(random.Random(f"{seed}-{number}"))


def run(seed: int, number: int, folder: Path) -> str:
    """Make an input in an empty folder, and read it: what is wrong with the result. Raises what reading raises."""
    kind = kind_of(seed, number)
    if kind == "unknowns":
        found = soundness.check(random.Random(f"{seed}-{number}"), depth=2 + number % 2)
        return str(found) if found else ""
    for name, data in make(seed, number).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    try:
        return KINDS[kind].read(folder)
    except (SourceError, SpecError):
        return ""


def describe(seed: int, number: int) -> str:
    """The input as text, for a report on it."""
    kind = kind_of(seed, number)
    if kind == "unknowns":
        return f"python -m tests.planes.terraform.fuzzing --one {number} --seed {seed}"
    return json.dumps({name: data.decode("utf-8", "replace") for name, data in make(seed, number).items()}, indent=1)
