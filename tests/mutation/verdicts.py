"""What a change turned, and whether that is exactly what was declared. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from audits.judge import Result
from audits.model import Plane, State, worst

Turns = Mapping[str, Collection[str]]
"""Control → the paths at which it must deviate. ``beginning…``: the one path that begins so; ``*``: each."""
Said = tuple[tuple[str, State], ...]
Seen = Mapping[str, Said]
"""Control → each path it judged, with the state; resources are left out, as a change may rename them."""


def seen(results: Mapping[str, Result], plane: Plane) -> Seen:
    """What each control says on a plane."""
    return {
        name: tuple((verdict.path, verdict.state) for verdict in result.judgements[plane].verdicts)
        for name, result in results.items()
        if plane in result.judgements
    }


@dataclass(frozen=True)
class Outcome:
    """What came of one change. ``wrong`` holds, line by line, what differs from its declaration."""

    name: str
    plane: Plane
    declared: Turns
    turned: Turns
    relations: frozenset[str] = frozenset()
    """The relations, other than ``attributes``, of the controls that are turned."""
    undecided: Turns = field(default_factory=dict)
    wrong: tuple[str, ...] = ()
    automatic: bool = False

    @property
    def is_rewrite(self) -> bool:
        """Whether nothing was to change."""
        return not (self.declared or self.undecided)


def turned(after: Seen) -> dict[str, list[str]]:
    """The controls that deviate, with the paths at which they do."""
    found = {name: sorted({path for path, state in said if state.deviates}) for name, said in after.items()}
    return {name: paths for name, paths in found.items() if paths}


def compare(before: Seen, after: Seen, declared: Turns, undecided: Turns = MappingProxyType({})) -> tuple[str, ...]:
    """What is not as declared: a miss, a false alarm, another state of a control that should keep its own.

    A declared control must deviate at exactly the declared paths, and be newly undecided at exactly those declared as
    ``undecided``. Every other control must say of every path what it said before. Where nothing is declared, the
    change is a rewrite: a control may then speak of other paths (another kind of resource is the same thing) as long
    as it comes to the same. What deviated before (a control that is not due yet) may
    come to be as documented.
    """
    rewrite = not (declared or undecided)
    wrong = [f"there is no control {name}" for name in (*declared, *undecided) if name not in before]
    for name, said in after.items():
        if name in declared or name in undecided:
            wrong += _declared(name, said, before[name], declared.get(name, ()), undecided.get(name, ()))
        else:
            wrong += _kept(name, said, before[name], rewrite)
    return tuple(wrong)


def _declared(name: str, said: Said, was: Said, deviating: Collection[str], undecided: Collection[str]) -> list[str]:
    known = {path for path, _ in (said if "*" in deviating else [*said, *was])}
    wanted, wrong = _paths(name, deviating, known)
    found = {path for path, state in said if state.deviates}
    wrong += [f"missed: {name} {path}" for path in sorted(wanted - found)]
    wrong += [f"beyond the declaration: {name} {path}" for path in sorted(found - wanted)]
    wanted, strange = _paths(name, undecided, known)
    found = {path for path, state in said if state.undecided} - {path for path, state in was if state.undecided}
    wrong += [*strange, *(f"not undecided: {name} {path}" for path in sorted(wanted - found))]
    return wrong + [f"newly undecided: {name} {path}" for path in sorted(found - wanted)]


def _paths(name: str, declared: Collection[str], known: Collection[str]) -> tuple[set[str], list[str]]:
    """The paths that are meant, and what is wrong with how they are declared."""
    paths, wrong = set[str](), []
    for want in declared:
        if want == "*":
            paths |= known
            continue
        fitting = sorted(path for path in known if path == want or (want[-1:] == "…" and path.startswith(want[:-1])))
        if len(fitting) != 1:
            wrong.append(f"{name}: {want!r} names {fitting or 'none'} of its paths: {sorted(known)}")
        paths.update(fitting)
    return paths, wrong


def _kept(name: str, said: Said, was: Said, rewrite: bool) -> list[str]:
    # What deviates already (a control that is planned) may come to be as documented.
    reached = {path for path, state in was if state.deviates}
    appeared = [
        (path, state)
        for path, state in sorted(set(said) - set(was))
        if state is not State.PASS or not (rewrite or path in reached)
    ]
    wrong = [f"false alarm: {name} {path}: {state}" for path, state in appeared]
    if not rewrite:
        gone = [(path, state) for path, state in sorted(set(was) - set(said)) if path not in reached]
        return wrong + [f"gone: {name} {path}: {state}" for path, state in gone]
    came, come = (worst([state for _, state in one]) for one in (was, said))
    return (
        wrong
        if come in (came, *([State.PASS] if reached else []))
        else [*wrong, f"false alarm: {name} is {come}, not {came}"]
    )
