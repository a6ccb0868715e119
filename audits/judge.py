"""Judging: checks and observations in, verdicts and standings out. Pure: nothing here reads anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from audits.kind import Kind
from audits.model import (
    PLANES,
    STATE_ORDER,
    Check,
    Control,
    Observation,
    Plane,
    Standing,
    State,
    Value,
    Verdict,
    worst,
)
from audits.outcome import equal
from audits.relation import Relation
from audits.view import View


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one check came to: its verdicts, and how many resources were examined."""

    check: Check
    verdicts: tuple[Verdict, ...]
    examined: int

    @property
    def state(self) -> State:
        """The verdict that counts."""
        return worst([verdict.state for verdict in self.verdicts])


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was documented, and what each plane has: the three columns."""

    key: str
    path: str
    expected: Value
    standing: Standing
    terraform: Verdict | None
    live: Verdict | None


@dataclass(frozen=True, slots=True)
class Result:
    """A control judged on the planes that were run, paired row by row."""

    control: Control
    judgements: Mapping[Plane, Judgement]
    rows: tuple[Row, ...]
    standing: Standing


def judge(
    check: Check, observation: Observation, kinds: Mapping[str, Kind], relations: Mapping[str, Relation]
) -> Judgement:
    """The verdicts of one check. Observations are in canonical form (:func:`audits.canonical.canonical`)."""
    return judge_in(check, View(observation, kinds, check.control.modules, check.control.scope), relations)


def judge_in(check: Check, view: View, relations: Mapping[str, Relation]) -> Judgement:
    """The verdicts of one check, whose plane and control see the observation as ``view`` shows it."""
    control = check.control
    needed = relations[control.relation].kinds(control.body)
    note = rests_on(view, needed)
    verdicts = tuple(_noted(verdict, note) for verdict in relations[control.relation].judge(control, view))
    if not verdicts:
        # A check that says nothing would count as passed: that is an error of the relation, not of the account.
        raise AssertionError(f"{check.name}: the relation {control.relation} gave no verdict")
    examined = len({verdict.resource for verdict in verdicts if verdict.resource})
    return Judgement(check, verdicts, examined)


def rests_on(view: View, needed: frozenset[str]) -> str:
    """The spec's declaration of modules, where a missing module would hide the needed kinds without it; or nothing."""
    gaps = (*view.observation.gaps, *view.observation.rests)
    if not view.modules or not any(gap.module for gap in gaps):
        return ""
    parts = {part.type for name in needed if name in view.kinds for part in view.kinds[name].parts}
    hidden = set(replace(view, modules={}).gaps(*needed, *parts)) - set(view.gaps(*needed, *parts))
    said = [f"{gap.module} holds only {', '.join(view.declared_in(gap) or ())}" for gap in hidden if gap.module]
    return f"rests on the spec's declaration: {'; '.join(sorted(said))}" if said else ""


def _noted(verdict: Verdict, note: str) -> Verdict:
    """Passes and absences say what they rest on; what deviates, or is undecided, does so without the declaration."""
    if not note or verdict.state not in (State.PASS, State.ABSENT):
        return verdict
    return replace(verdict, cause="; ".join(part for part in (verdict.cause, note) if part))


def combine(control: Control, judgements: Mapping[Plane, Judgement]) -> Result:
    """The planes' verdicts, paired by resource and path, with the standing of each pair and of the whole."""
    columns = {plane: list(judgements[plane].verdicts) for plane in PLANES if plane in judgements}
    if len(columns) == 2:
        columns = {plane: list(found) for plane, found in _pair_unkeyed(columns).items()}
    cells: dict[tuple[str, str], dict[Plane, Verdict]] = {}
    shared = {key for verdicts in columns.values() for key in _shared_keys(verdicts)}
    for plane, verdicts in columns.items():
        for verdict in verdicts:
            unkeyed = verdict.key is None or (verdict.resource is not None and verdict.key in shared)
            key = f"{plane}:{verdict.resource}" if unkeyed else str(verdict.key)
            row = cells.setdefault((key, verdict.path), {})
            # Several verdicts on one thing: the one that counts stands for it.
            row[plane] = min(
                (one for one in (row.get(plane), verdict) if one), key=lambda one: STATE_ORDER.index(one.state)
            )
    wanted = [plane for plane in PLANES if plane in judgements]
    rows = tuple(_row(key, path, found, wanted, columns) for (key, path), found in cells.items())
    return Result(control, dict(judgements), rows, _worst_standing([row.standing for row in rows]))


def _shared_keys(verdicts: Sequence[Verdict]) -> set[str]:
    """Keys that several resources of one plane have: they pair nothing."""
    named: dict[str, set[str | None]] = {}
    for verdict in verdicts:
        if verdict.key is not None and verdict.resource is not None:
            named.setdefault(verdict.key, set()).add(verdict.resource)
    return {key for key, resources in named.items() if len(resources) > 1}


def _pair_unkeyed(columns: Mapping[Plane, Sequence[Verdict]]) -> Mapping[Plane, Sequence[Verdict]]:
    """Where each plane has exactly one resource under the control, they are the same: the control says so."""
    named = {
        plane: {(verdict.resource, verdict.key) for verdict in verdicts if verdict.resource is not None}
        for plane, verdicts in columns.items()
    }
    if any(len({resource for resource, _ in found}) != 1 for found in named.values()):
        return columns
    keys = {key for found in named.values() for _, key in found}
    if None not in keys:
        return columns
    shared = next((key for key in keys if key), "the one")
    return {
        plane: [replace(verdict, key=shared) if verdict.resource is not None else verdict for verdict in verdicts]
        for plane, verdicts in columns.items()
    }


def _row(
    key: str,
    path: str,
    found: Mapping[Plane, Verdict],
    wanted: Sequence[Plane],
    columns: Mapping[Plane, Sequence[Verdict]],
) -> Row:
    cells = dict(found)
    for plane in wanted:
        if plane not in cells:
            stand_in = _absence(columns[plane])
            if stand_in is not None:
                cells[plane] = replace(stand_in, path=path)
    terraform, live = cells.get("terraform"), cells.get("live")
    expected = next(iter(found.values())).expected
    if len(wanted) == 2 and len(cells) == 1:
        return Row(key, path, expected, _one_sided(cells, columns), terraform, live)
    return Row(key, path, expected, standing(terraform, live, len(wanted)), terraform, live)


def _one_sided(cells: Mapping[Plane, Verdict], columns: Mapping[Plane, Sequence[Verdict]]) -> Standing:
    """The standing of what one plane alone shows: the other plane's answer to the whole control stands in for it."""
    ((plane, verdict),) = cells.items()
    other = worst([one.state for name, found in columns.items() if name != plane for one in found])
    if verdict.state.undecided or other is not State.PASS:
        return Standing.UNDECIDED
    if verdict.state is State.PASS:
        return Standing.AGREES
    return Standing.DRIFT if plane == "live" else Standing.UNAPPLIED


def _absence(verdicts: Sequence[Verdict]) -> Verdict | None:
    """What a plane says of a resource that it does not show: absent or undecided, if its count says so."""
    return next((v for v in verdicts if v.path == "count" and (v.state is State.ABSENT or v.state.undecided)), None)


def standing(terraform: Verdict | None, live: Verdict | None, planes: int) -> Standing:
    """How document, Terraform and account stand to each other, from the two verdicts on one thing."""
    if planes < 2:
        return Standing.SINGLE_PLANE
    if terraform is None or live is None:
        return Standing.UNDECIDED
    if terraform.state.undecided or live.state.undecided:
        return Standing.UNDECIDED
    if terraform.state is State.PASS:
        return Standing.AGREES if live.state is State.PASS else Standing.DRIFT
    if live.state is State.PASS:
        return Standing.UNAPPLIED
    if terraform.state is State.ABSENT and live.state is State.ABSENT:
        return Standing.UNBUILT
    if (
        terraform.state is State.FAIL
        and live.state is State.FAIL
        and equal(terraform.actual, live.actual).holds is True
    ):
        return Standing.STALE_DOCUMENT
    return Standing.ALL_DIFFER


def _worst_standing(found: Sequence[Standing]) -> Standing:
    order = list(Standing)
    return min(found, key=order.index, default=Standing.UNDECIDED)
