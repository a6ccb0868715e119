"""What the unknown values of a plan stand for, as far as its configuration tells.

A plan says for every argument which objects its expression refers to, and not what the expression does with them:
constants and functions are left out. So an unknown counts as the attribute it refers to only where that is the only
thing that the whole chain of variables, outputs and ``for_each`` leads to, and its argument takes identifiers. Any
other text is made of what it refers to, nobody can say how. A set or list of which no element is known may hold
further elements that are written out: it is open. Locals are not in a plan: what goes through one stays untold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from audits.model import Cause, Reference, Unknown
from audits.planes.terraform.saved.configuration import Block, Module, references_in, setting_of
from audits.planes.terraform.saved.overlay import Path, path_text
from audits.planes.terraform.saved.traversals import (
    ModulePath,
    Traversal,
    longest,
    module_path,
    parse,
    within,
    without_key,
)
from audits.planes.terraform.saved.types import Shape

_HINT = "a plan does not show how it is made: --terraform DIR beside --plan lets the source tell"
_HIDDEN = "a plan does not show what is written out beside it: --terraform DIR beside --plan lets the source tell"
_DYNAMIC = "nothing sets it, or a dynamic block does: a plan does not show those; with --terraform DIR the source does"
_BARE = "the plan carries no configuration of it: --terraform DIR beside --plan lets the source tell"
_DEEPEST = 400
_DOCUMENTS = frozenset(
    ("policy", "assume_role_policy", "policy_document", "source_policy_documents", "override_policy_documents")
)
_FREE = frozenset(("name", "description", "comment", "value", "content", "path", "prefix", "resource_id"))
_WORDS = {"lb": "balancer", "alb": "balancer"}


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What an expression is made of: what is unknown in it, what cannot be followed, and whether anything is known."""

    unknown: tuple[Reference, ...] = ()
    untold: tuple[Reference, ...] = ()
    known: bool = False


_NOTHING = Ingredients()
_KNOWN = Ingredients(known=True)


@dataclass(slots=True)
class Instances:
    """The instances that a plan lists: what is unknown of each (``after_unknown``, or True for all of it).

    ``marks`` by address, ``by_base`` the addresses by the address without index, ``modules`` the module instances.
    """

    marks: Mapping[str, Any]
    by_base: dict[str, list[str]] = field(default_factory=dict)
    modules: dict[tuple[ModulePath, str], set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for address in self.marks:
            base = without_key(address)
            self.by_base.setdefault(base, []).append(address)
            steps = base.split(".")
            path = module_path(".".join(steps[: -3 if steps[-3:-2] == ["data"] else -2]))
            for at, (name, key) in enumerate(path):
                self.modules.setdefault((path[:at], name), set()).add(key)


@dataclass(slots=True)
class Resolver:
    """Follows references through a plan's configuration. Every reference is followed once."""

    root: Module
    instances: Instances
    documents: Mapping[str, Unknown] = field(default_factory=dict)
    _done: dict[tuple[ModulePath, str, str], Ingredients] = field(default_factory=dict)
    _active: set[tuple[ModulePath, str, str]] = field(default_factory=set)

    def unknown(
        self, address: str, module: ModulePath, name: str, path: Path, *, shape: Shape, length: Callable[[Path], int]
    ) -> Unknown:
        """What an unknown value at a path of a resource is; ``name`` is the resource's in its module.

        ``length``: how many elements the planned list at a path has.
        """
        block = self._block(module, name)
        if block is None:
            return Unknown(Cause.UNSUPPORTED, (), _BARE)
        setting = setting_of(block.expressions, path, length)
        if setting.hidden and not (len(path) > 1 and shape.of_argument):
            return Unknown(Cause.UNSUPPORTED, (), _DYNAMIC)
        if setting.node is None:
            # Nothing sets it, so the provider will say; but of dynamic blocks the configuration says nothing at all.
            return Unknown(Cause.COMPUTED, (Reference(address, path_text(path)),), _DYNAMIC if shape.blocks else "")
        made_of = self._all(references_in(setting.node), module, name)
        return self._valued(made_of, path, shape.collection, setting.alone)

    def _valued(self, made_of: Ingredients, path: Path, collection: bool, single: bool) -> Unknown:
        found = (*made_of.unknown, *made_of.untold)
        holder = next((step for step in reversed(path) if isinstance(step, str)), "")
        alone = single and len(made_of.unknown) == 1 and not made_of.untold and not made_of.known
        if alone and takes(holder, found[0]):
            reference = found[0]
            document = (
                self.documents.get(reference.address) if reference.attribute in ("json", "minified_json") else None
            )
            if document is not None:
                return document
            plain = Unknown(Cause.COMPUTED, (reference,))
            if not collection:
                return plain
            return Unknown(Cause.COMPUTED, (reference,), _HIDDEN, partial=[plain], open=True)
        if collection:
            return Unknown(Cause.UNSUPPORTED, found, _HINT, partial=[], open=True)
        # Not "computed": one reference alone would then pass for the value itself.
        return Unknown(Cause.UNSUPPORTED, found, _HINT)

    def _block(self, module: ModulePath, name: str) -> Block | None:
        found = self.root.at(module)
        return found.resources.get(name) if found else None

    # -- following ----------------------------------------------------------------------------------------------

    def _all(self, references: Iterable[str], module: ModulePath, owner: str) -> Ingredients:
        return _joined(self._one(text, module, owner) for text in longest(references))

    def _one(self, text: str, module: ModulePath, owner: str) -> Ingredients:
        key = (module, owner if text.startswith(("each.", "count.")) else "", text)
        if key in self._done:
            return self._done[key]
        if key in self._active or len(self._active) > _DEEPEST:
            return Ingredients(untold=(Reference(within(module, text)),))
        self._active.add(key)
        try:
            found = self._follow(text, module, owner)
        finally:
            self._active.discard(key)
        self._done[key] = found
        return found

    def _follow(self, text: str, module: ModulePath, owner: str) -> Ingredients:
        traversal = parse(text)
        untold = Ingredients(untold=(Reference(within(module, text)),))
        if traversal is None:
            return untold
        if traversal.head in ("path", "terraform"):
            return _KNOWN
        if traversal.head in ("count", "each"):
            return self._each(traversal, module, owner)
        if traversal.head == "var":
            return self._variable(traversal, module, untold)
        if traversal.head == "module":
            return self._output(traversal, module, untold)
        if traversal.head in ("resource", "data"):
            return self._resource(traversal, module, untold)
        return untold

    def _each(self, traversal: Traversal, module: ModulePath, owner: str) -> Ingredients:
        """Keys are always known; a value is one of those that ``for_each`` goes over."""
        if traversal.name != "value":
            return _NOTHING
        if owner.startswith("module."):
            found = self.root.at(module)
            block = found.calls.get(owner.removeprefix("module.")) if found else None
        else:
            block = self._block(module, owner)
        if block is None or block.repetition is None:
            return Ingredients(untold=(Reference(within(module, "each.value")),))
        made_of = self._all(references_in(block.repetition), module, "")
        return Ingredients(made_of.unknown, made_of.untold)

    def _variable(self, traversal: Traversal, module: ModulePath, untold: Ingredients) -> Ingredients:
        found = self.root.at(module)
        if found is None or traversal.name not in found.variables:
            return untold
        if not module:
            return _KNOWN  # A plan is made only when every variable of the root has a value.
        parent, (name, _) = module[:-1], module[-1]
        above = self.root.at(parent)
        call = above.calls.get(name) if above else None
        if call is None:
            return untold
        expression = call.expressions.get(traversal.name)
        if expression is None:
            return _KNOWN  # Its default, which is a constant.
        made_of = self._all(references_in(expression), parent, f"module.{name}")
        return made_of if made_of != _NOTHING else _KNOWN

    def _output(self, traversal: Traversal, module: ModulePath, untold: Ingredients) -> Ingredients:
        found = self.root.at(module)
        inner = found.modules.get(traversal.name) if found else None
        output = traversal.rest.partition(".")[0].partition("[")[0]
        if inner is None or output not in inner.outputs:
            return untold
        keys = self.instances.modules.get((module, traversal.name), {""})
        if traversal.key:
            keys = {traversal.key}
        if len(keys) != 1:
            return untold
        return self._all(references_in(inner.outputs[output]), (*module, (traversal.name, next(iter(keys)))), "")

    def _resource(self, traversal: Traversal, module: ModulePath, untold: Ingredients) -> Ingredients:
        found = self.root.at(module)
        if found is None or traversal.name not in found.resources:
            return untold
        base = within(module, traversal.name)
        addresses = [f"{base}{traversal.key}"] if traversal.key else self.instances.by_base.get(base, [])
        known = [address for address in addresses if address in self.instances.marks]
        if not known:
            return untold
        if all(self._is_known(address, traversal.rest) for address in known):
            return _KNOWN
        address = known[0] if len(known) == 1 else f"{base}[*]"
        return Ingredients((Reference(address, traversal.rest),))

    def _is_known(self, address: str, rest: str) -> bool:
        marks = self.instances.marks[address]
        name = rest.partition(".")[0].partition("[")[0]
        if isinstance(marks, dict) and name:
            return not _marked(marks.get(name))
        return not _marked(marks)


def _joined(found: Iterable[Ingredients]) -> Ingredients:
    unknown: dict[Reference, None] = {}
    untold: dict[Reference, None] = {}
    known = False
    for one in found:
        unknown.update(dict.fromkeys(one.unknown))
        untold.update(dict.fromkeys(one.untold))
        known |= one.known
    return Ingredients(tuple(unknown), tuple(untold), known)


def _marked(marks: Any) -> bool:
    if isinstance(marks, dict):
        return any(map(_marked, marks.values()))
    if isinstance(marks, list):
        return any(map(_marked, marks))
    return marks is True


def takes(holder: str, reference: Reference) -> bool:
    """Whether an argument of this name takes the attribute that is referred to, as it is.

    ``vpc_id`` takes an id, ``task_role_arn`` an ARN, ``role`` what a role is called, ``policy`` the text of a document.
    Free texts (``name``, ``user_data``) and composed ones (``resource_id``: ``service/…/…``) take anything.
    """
    attribute = reference.attribute
    if "[*]" in reference.address:
        return False
    if attribute in ("json", "minified_json"):
        return holder in _DOCUMENTS
    last = _last_word(_type_of(reference.address))
    base = holder.removesuffix("s")
    if base in _FREE:
        return False
    named = any(base == end or base.endswith(f"_{end}") for end in (last, attribute) if end)
    if attribute == "arn":
        return base in ("arn", "identifier") or base.endswith(("_arn", "_action")) or named
    if attribute in ("id", ""):
        return base in ("id", "group", "subnet") or base.endswith(("_id", "_group", "_identifier")) or named
    return named or (bool(base) and attribute.endswith(f"_{base}"))


def _type_of(address: str) -> str:
    parts = without_key(address).split(".")
    return parts[-2] if len(parts) > 1 else ""


def _last_word(type_: str) -> str:
    word = type_.rpartition("_")[2]
    return _WORDS.get(word, word)
