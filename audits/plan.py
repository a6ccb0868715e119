"""Planning: from specs to checks, and from checks to the kinds that must be read. No I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audits.kind import Kind
from audits.kinds._bill import BILL
from audits.model import PLANES, Check, Extent, FileQuery, Plane, Portion, Spec
from audits.relation import Relation
from audits.selection import only_values
from audits.spec_comparison import matching


@dataclass(frozen=True, slots=True)
class Shard:
    """The ``number``-th of ``whole`` parts of the controls. Both planes of a control are in one: they are compared."""

    number: int
    whole: int

    def has(self, control: str) -> bool:
        """Whether the control with this id belongs to it; the same on every machine."""
        digest = hashlib.sha256(control.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.whole == self.number - 1


def checks(specs: Iterable[Spec], planes: Sequence[Plane], left_out: frozenset[str] = frozenset()) -> tuple[Check, ...]:
    """One check for each control and plane, in the order of the specs; ``left_out`` are relations not to be judged."""
    return tuple(
        Check(control, plane)
        for spec in specs
        for control in spec.controls
        for plane in control.planes
        if plane in planes and control.relation not in left_out
    )


def kinds_needed(
    planned: Iterable[Check], relations: Mapping[str, Relation], kinds: Mapping[str, Kind]
) -> tuple[Kind, ...]:
    """The kinds that the checks rest on, in order of their names, the account's bill among them if one asks for it."""
    names = {name for check in planned for name in relations[check.control.relation].kinds(check.control.body)}
    known = _known(kinds)
    return tuple(known[name] for name in sorted(names) if name in known)


def _known(kinds: Mapping[str, Kind]) -> Mapping[str, Kind]:
    """The kinds, and the account's bill, which is none of Terraform's."""
    return {**kinds, BILL.type: BILL}


def files_needed(planned: Iterable[Check], relations: Mapping[str, Relation]) -> frozenset[FileQuery]:
    """What the checks need of the repository's files."""
    return frozenset(
        query for check in planned for query in relations[check.control.relation].files(check.control.body)
    )


def extent(planned: Iterable[Check], relations: Mapping[str, Relation], kinds: Mapping[str, Kind]) -> Extent:
    """How much of the kinds that they need the checks can do with.

    A detail that may be left out is asked for of the kinds in whose selectors and expectations one of its attributes
    is named. Where that should miss one, an Unknown stands there: no check can pass or fail by it.
    """
    checks = tuple(planned)
    said: dict[str, set[str]] = {}
    for check in checks:
        needed = relations[check.control.relation].kinds(check.control.body)
        for name in needed:
            said.setdefault(name, set())
        for text, about in _texts(check.control.body, needed, needed):
            for name in about:
                said.setdefault(name, set()).add(text)
    left_out = {name: _unsaid(kinds[name], texts) for name, texts in said.items() if name in kinds}
    return Extent(portions(checks, relations, kinds), left_out)


def _unsaid(kind: Kind, texts: Iterable[str]) -> frozenset[str]:
    text = "\n".join(texts)
    return frozenset(asked for asked, told in kind.details.items() if not any(name in text for name in told))


def _texts(data: Any, about: frozenset[str], needed: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Every text in a part of a body, with the kinds that it may speak of: the kind next to it, else any."""
    if isinstance(data, str):
        # A path may hold conditions on other resources, their kind written out in it.
        yield data, needed if "kind" in data else about
    elif isinstance(data, Mapping):
        kind = data.get("kind")
        within = frozenset({kind}) if isinstance(kind, str) else about
        for pair in data.items():
            for one in pair:
                yield from _texts(one, within, needed)
    elif isinstance(data, list | tuple):
        for element in data:
            yield from _texts(element, about, needed)


def portions(
    planned: Iterable[Check], relations: Mapping[str, Relation], kinds: Mapping[str, Kind]
) -> tuple[Portion, ...]:
    """How much of a kind the checks need, for each kind that can be read in part and of which a part is enough.

    It is enough where every check that needs the kind chooses of it by selectors that each name the values of the
    attribute by which it can be read in part. A single one that does not, needs all.
    """
    wanted: dict[str, set[str] | None] = {}
    for check in planned:
        relation, body = relations[check.control.relation], check.control.body
        for name in relation.kinds(body):
            if name not in kinds or not kinds[name].in_parts_by:
                continue
            found = _values(relation.selectors(body, name), kinds[name].in_parts_by)
            before = wanted.get(name, set())
            wanted[name] = None if found is None or before is None else before | found
    return tuple(
        Portion(name, kinds[name].in_parts_by, tuple(sorted(values)))
        for name, values in sorted(wanted.items())
        if values is not None
    )


def _values(selectors: Sequence[Mapping[str, Any]] | None, attribute: str) -> frozenset[str] | None:
    """The values that the selectors name together; None where that is not said, or is none at all."""
    found: set[str] = set()
    for selector in selectors or ():
        values = only_values(selector, attribute)
        if values is None:
            return None
        found |= values
    return frozenset(found) or None


def kinds_compared(
    specs: Iterable[Spec], relations: Mapping[str, Relation], kinds: Mapping[str, Kind]
) -> tuple[Kind, ...]:
    """The kinds that comparing the planes reads: those of all controls, and those that specs name for it.

    What can be told from source alone asks for nothing in the account.
    """
    found = list(specs)
    both = [one for one in checks(found, PLANES) if "live" in relations[one.control.relation].planes]
    needed = {kind.type for kind in kinds_needed(both, relations, kinds)}
    known = _known(kinds)
    return tuple(known[name] for name in sorted(needed | _named(found, kinds)))


def extent_compared(specs: Iterable[Spec], relations: Mapping[str, Relation], kinds: Mapping[str, Kind]) -> Extent:
    """How much of the kinds comparing the planes reads: every detail, and as many resources as all controls need.

    Of kinds that specs name for it, all.
    """
    found = list(specs)
    named = _named(found, kinds)
    needed = portions(checks(found, ("live",)), relations, kinds)
    return Extent(tuple(one for one in needed if one.kind not in named))


def _named(specs: Sequence[Spec], kinds: Mapping[str, Kind]) -> set[str]:
    """The kinds that specs name for the comparison."""
    rules = [rule for one in specs for rule in (*([one.drift] if one.drift else ()), *one.unmanaged)]
    return {name for rule in rules for pattern in rule.kinds for name in matching(pattern, kinds)}
