"""What comparing the planes found, as deviations: linked to the controls that speak of them, for waivers and baselines.

Drift and unmanaged resources have no control of their own. A pseudo-control stands for each (``drift``, ``unmanaged``),
so that waivers, baselines and severities mean for them what they mean everywhere. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

from audits.drift.compare import Compared, Drift, compare
from audits.drift.unmanaged import Unmanaged, unmanaged
from audits.judge import Judgement, Result
from audits.kind import Kind
from audits.model import (
    SEVERITIES,
    Check,
    Clause,
    Control,
    Gap,
    Observation,
    Origin,
    Plane,
    Resource,
    Severity,
    Spec,
    Standing,
    State,
    Verdict,
)
from audits.paths import PathError, parse, plain

About: TypeAlias = Literal["drift", "unmanaged"]
PLANE: Mapping[About, Plane] = {"drift": "terraform", "unmanaged": "live"}
"""The side whose resource a deviation names."""
_DIFFER = (Standing.DRIFT, Standing.UNAPPLIED, Standing.ALL_DIFFER)
_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "grants": ("inline_policy", "attached_policies", "groups", "permissions_boundary", "policy"),
    "reach": ("ingress", "egress"),
}
"""What the relations that name no attribute are about."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One deviation. ``controls``: those that say the same already, where their rows deviate, too."""

    about: About
    kind: str
    severity: Severity
    verdict: Verdict
    live: Resource | None
    default: str = ""
    rule: str = ""
    controls: tuple[str, ...] = ()

    @property
    def control(self) -> Control:
        """The pseudo-control that stands for it."""
        return pseudo(self.about, self.severity)


@dataclass(frozen=True)
class Comparison:
    """What became of the comparison. ``entries`` deviate; ``beside`` are resources that do not count as unmanaged."""

    compared: Compared
    beside: tuple[Unmanaged, ...]
    entries: tuple[Entry, ...]
    terraform: Observation
    live: Observation
    rules: int
    _open: tuple[Verdict, ...] = field(default=(), repr=False)

    @property
    def unreadable(self) -> bool:
        """Whether anything that would be compared could not be read: of either plane, also a detail of one resource."""
        return any(map(_of_resources, (*self.terraform.gaps, *self.live.gaps)))

    @property
    def hidden(self) -> bool:
        """Whether a gap, or an unknown count, hides how many resources there are."""
        gaps = (*self.terraform.gaps, *self.live.gaps)
        hides = any(gap.resource is None and _of_resources(gap) for gap in gaps)
        return hides or any(one.existence is not None for one in self.terraform.resources)

    def of(self, about: About) -> tuple[Entry, ...]:
        """The deviations of one sort."""
        return tuple(entry for entry in self.entries if entry.about == about)

    def judgement(self, about: About) -> Judgement:
        """All of one sort as a judgement: what deviates, and what could not be decided."""
        undecided = self._open if about == "drift" else tuple(map(_undecided, self.beside))
        verdicts = (*(entry.verdict for entry in self.of(about)), *(one for one in undecided if one.state.undecided))
        check = Check(pseudo(about, "medium"), PLANE[about])
        return Judgement(check, verdicts, len({verdict.resource for verdict in verdicts}))


def pseudo(about: About, severity: Severity) -> Control:
    """The control that stands for all drift, or for all that is unmanaged."""
    title = "Terraform and the account agree" if about == "drift" else "What the account holds is in Terraform"
    return Control(
        id=about,
        title=title,
        severity=severity,
        basis="rule",
        clause=Clause("", "", "", ""),
        relation=about,
        body={},
        spec="",
        line=0,
        theme="drift",
        planes=(PLANE[about],),
    )


def comparison(
    terraform: Observation, live: Observation, kinds: Mapping[str, Kind], specs: Sequence[Spec]
) -> Comparison:
    """Compare two observations in canonical form, with keys that pair them, as the specs want it."""
    compared = compare(terraform, live, kinds, _modules(specs))
    rules = [rule for one in specs for rule in one.unmanaged]
    found = unmanaged(compared, terraform, live, kinds, rules)
    claims = [one for one in found if one.state == "unmanaged"]
    entries = [
        *(_of_drift(one, _severity(one.terraform.kind, specs)) for one in compared.drift),
        *(_of_unmanaged(one) for one in claims),
    ]
    opened = tuple(
        Verdict(State.UNKNOWN, path, one.identity, cause=reason, key=one.key, origin=one.origin)
        for one, path, reason in compared.open
    )
    beside = tuple(one for one in found if one.state != "unmanaged")
    return Comparison(compared, beside, tuple(entries), terraform, live, len(rules), opened)


def linked(found: Comparison, results: Iterable[Result]) -> Comparison:
    """The same, each deviation with the controls of which a deviating row says it already."""
    judged = [one for one in results if one.control.planned is None]
    entries = tuple(
        replace(one, controls=tuple(result.control.id for result in judged if _speaks(result, one)))
        for one in found.entries
    )
    return replace(found, entries=entries)


def with_verdicts(found: Comparison, judged: Mapping[About, Judgement]) -> Comparison:
    """The same with other verdicts of the same deviations, as waivers leave them."""
    verdicts = {about: iter(judgement.verdicts) for about, judgement in judged.items()}
    entries = tuple(replace(one, verdict=next(verdicts[one.about])) for one in found.entries)
    return replace(found, entries=entries)


def _of_resources(gap: Gap) -> bool:
    """Whether a gap is over resources, not over files, bills or what another tool says."""
    return gap.kinds is None or any(kind.startswith("aws_") for kind in gap.kinds)


def _modules(specs: Sequence[Spec]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in specs:
        for name, patterns in one.modules.items():
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *patterns)))
    return found


def _severity(kind: str, specs: Sequence[Spec]) -> Severity:
    """The worst that a spec gives the kind; specs that name kinds speak of these only."""
    rules = [one.drift for one in specs if one.drift is not None]
    said = [rule.severity for rule in rules if not rule.kinds or any(fnmatchcase(kind, one) for one in rule.kinds)]
    return min(said, key=SEVERITIES.index, default="medium")


def _of_drift(one: Drift, severity: Severity) -> Entry:
    source, live = one.terraform, one.live
    place = source.origin_of(one.difference.place or one.path)
    verdict = Verdict(
        State.ABSENT if live is None else State.FAIL,
        path=one.path,
        resource=source.identity,
        expected=one.difference.terraform,
        actual=one.difference.live,
        origin=replace(place, arn=live.identity if live is not None else place.arn),
        cause="is not in the account" if live is None else "differs in the account",
        key=live.key if live is not None else source.key,
        account=live.account if live is not None else source.account,
        region=live.region if live is not None else source.region,
    )
    return Entry("drift", source.kind, severity, verdict, live, one.default)


def _of_unmanaged(one: Unmanaged) -> Entry:
    resource = one.resource
    verdict = Verdict(
        State.FAIL,
        resource=resource.identity,
        origin=Origin(arn=resource.identity),
        cause="is not in Terraform",
        key=resource.key,
        account=resource.account,
        region=resource.region,
    )
    return Entry("unmanaged", resource.kind, one.rule.severity, verdict, resource, rule=one.rule.place)


def _undecided(one: Unmanaged) -> Verdict:
    state = State.UNKNOWN if one.state == "undecided" else State.PASS
    return Verdict(state, resource=one.resource.identity, cause=one.reason, key=one.resource.key)


def _speaks(result: Result, entry: Entry) -> bool:
    """Whether a deviating row of the control is about the very thing that the deviation is about."""
    verdict, control = entry.verdict, result.control
    there = entry.live.identity if entry.live is not None else None
    if entry.about == "unmanaged":
        live = result.judgements.get("live")
        return live is not None and any(one.state.deviates and one.resource == there for one in live.verdicts)
    if entry.live is None:
        return _absent(result, verdict.resource)
    for row in result.rows:
        if row.standing not in _DIFFER:
            continue
        named = [
            (row.terraform, verdict.resource),
            (row.live, there),
        ]
        if any(one is not None and one.state.deviates and one.resource == own for one, own in named):
            if control.relation in _ATTRIBUTES:
                if _top(verdict.path) in _ATTRIBUTES[control.relation]:
                    return True
            elif _one_path(str(control.body.get(control.relation, {}).get("path", row.path)), verdict.path):
                return True
    return False


def _absent(result: Result, address: str | None) -> bool:
    terraform, live = result.judgements.get("terraform"), result.judgements.get("live")
    if terraform is None or live is None:
        return False
    ours = any(one.resource == address for one in terraform.verdicts)
    return ours and any(one.state is State.ABSENT for one in live.verdicts)


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _one_path(one: str, other: str) -> bool:
    """Whether two paths lead to the same, or one into the other, whatever elements they name."""
    first, second = _steps(one), _steps(other)
    shorter = min(len(first), len(second))
    return bool(shorter) and first[:shorter] == second[:shorter]


def _steps(path: str) -> list[str]:
    try:
        return [one for one in plain(parse(path)).split(".") if one]
    except PathError:
        return [path]
