"""Mutations of Terraform source: declared in YAML, applied to a copy of the example, judged on that plane alone.

A file holds a list of mappings::

    - id: storage_of_fifty                     # unique
      edits:
        - in: modules/rds/main.tf              # from the folder of its Terraform; ../server/… is the application
          replace: allocated_storage = var.allocated_storage      # must stand there exactly once
          by: allocated_storage = 50
        - in: modules/rds/more.tf
          append: |                            # to the file, which need not exist
            resource …
        - {in: modules/rds/outputs.tf, remove: true}
      turns: {rds-storage: [allocated_storage]}        # see tests.mutation.verdicts; a rewrite has none

An edit that does not apply is an error, and so is source that is no longer read whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from e2e_audit import CONFORMING, REPOSITORY, ROOT, judged, kinds_read, specs

from audits import plan, relations, sources
from audits.model import Observation
from tests.mutation.verdicts import Outcome, Seen, Turns, compare, seen, turned

FOLDER = Path(__file__).parent / "terraform"
TREE = ROOT / "examples/glimpse/terraform"
_KEYS = {"in", "replace", "by", "append", "remove"}


class InapplicableError(ValueError):
    """A mutation whose edit finds nothing, or several places, to change. One line for people."""


@dataclass(frozen=True)
class Mutation:
    """Edits to the example's source, and what they turn: a rewrite turns nothing.

    ``undecided``: what the source alone can no longer tell, and must not say is as documented.
    """

    id: str
    edits: Sequence[Mapping[str, Any]]
    turns: Turns = field(default_factory=dict)
    undecided: Turns = field(default_factory=dict)


def load(path: Path) -> list[Mutation]:
    """The mutations of a file.

    Raises:
        InapplicableError: a declaration has a key that means nothing.
    """
    found = []
    for one in yaml.safe_load(path.read_text(encoding="utf-8")):
        strange = set(one) - {"id", "edits", "turns", "undecided"} | {
            key for edit in one["edits"] for key in set(edit) - _KEYS
        }
        if strange:
            raise InapplicableError(f"{path.name}: {one.get('id')}: unknown keys {sorted(strange)}")
        found.append(Mutation(**one))
    return found


@cache
def mutations() -> Mapping[str, Mutation]:
    """Every mutation and rewrite by its id.

    Raises:
        InapplicableError: two have one id.
    """
    found: dict[str, Mutation] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for one in load(path):
            if found.setdefault(one.id, one) is not one:
                raise InapplicableError(f"{path.name}: {one.id} is there twice")
    return found


def copy(folder: Path) -> Path:
    """A copy of the example's Terraform in the folder, with the application beside it as in the repository."""
    unfinished = shutil.ignore_patterns(".terraform*", "*.tfstate*")
    shutil.copytree(ROOT / REPOSITORY / "server", folder / "server")
    return Path(shutil.copytree(TREE, folder / TREE.name, ignore=unfinished))


def root_of(tree: Path) -> Path:
    """The root module of a copy."""
    return tree / (ROOT / CONFORMING).relative_to(TREE)


def observe(tree: Path) -> Observation:
    """The Terraform plane of a copy."""
    wanted = sources.Sources(terraform=root_of(tree), repository=tree.parent)
    queries = plan.files_needed(plan.checks(specs(), ("terraform",)), relations.registry())
    return sources.read("terraform", wanted, kinds_read("terraform"), queries)


@cache
def conforming() -> Seen:
    """What the specs say of the example as it is."""
    return seen(judged({"terraform": observe(TREE)}).results, "terraform")


@contextmanager
def edited(tree: Path, mutation: Mutation) -> Iterator[None]:
    """The copy with the mutation in it.

    Raises:
        InapplicableError: an edit finds no place, or several.
    """
    before: dict[Path, str | None] = {}
    try:
        for edit in mutation.edits:
            path = tree / edit["in"]
            text = path.read_text(encoding="utf-8") if path.exists() else None
            before.setdefault(path, text)
            after = _after(mutation, edit, text)
            if after is None:
                path.unlink()
            else:
                path.write_text(after, encoding="utf-8")
        yield
    finally:
        for path, text in before.items():
            if text is None:
                path.unlink(missing_ok=True)
            else:
                path.write_text(text, encoding="utf-8")


def _after(mutation: Mutation, edit: Mapping[str, Any], text: str | None) -> str | None:
    if "append" in edit:
        return f"{text or ''}\n{edit['append']}"
    where = f"{mutation.id}: {edit['in']}"
    if text is None:
        raise InapplicableError(f"{where}: there is no such file")
    if edit.get("remove"):
        return None
    if text.count(edit["replace"]) != 1:
        raise InapplicableError(
            f"{where}: {edit['replace']!r} stands there {text.count(edit['replace'])} times, not once"
        )
    return text.replace(edit["replace"], edit["by"])


def run(mutation: Mutation, tree: Path) -> Outcome:
    """Judge the copy with the mutation in it.

    Raises:
        InapplicableError: an edit finds no place, or the source is not read whole any more.
    """
    with edited(tree, mutation):
        observation = observe(tree)
    if observation.gaps or observation.findings:
        said = [f"{one.scope}: {one.cause} {one.detail}" for one in observation.gaps]
        said += [f"{one.title}: {one.detail} ({one.origin})" for one in observation.findings]
        raise InapplicableError(f"{mutation.id}: no longer read whole: {'; '.join(said)}")
    after = seen(judged({"terraform": observation}).results, "terraform")
    wrong = compare(conforming(), after, mutation.turns, mutation.undecided)
    relations = relations_of(mutation.turns)
    return Outcome(mutation.id, "terraform", mutation.turns, turned(after), relations, mutation.undecided, wrong)


def relations_of(turns: Turns) -> frozenset[str]:
    """The relations, other than ``attributes``, of the controls that are turned."""
    found = {control.relation for spec in specs() for control in spec.controls if control.id in turns}
    return frozenset(found - {"attributes"})
