"""One audit in this process: specs → observations → verdicts, as the plugin does it, without pytest in between."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

from audits import kinds, plan, relations, sources, spec
from audits.judge import Result, combine, judge
from audits.kind import Kind
from audits.model import Observation, Plane, Spec, Verdict
from examples.glimpse.account.server import environment

ROOT = Path(__file__).resolve().parents[2]
CONFORMING = "examples/glimpse/terraform/environments/startup-prod"
DRIFTED = "examples/glimpse/drifted"
REPOSITORY = "examples/glimpse"
UNTOLD = frozenset(
    {"cost-ecs", "cost-rds", "cost-redis", "cost-cloudfront", "cost-alb", "cost-other", "cost-other-goal"}
)
"""Controls that neither plane of the conforming example decides: costs by use, by scaling, and at bounds of prices."""


@dataclass(frozen=True)
class Audited:
    """What one audit came to."""

    results: Mapping[str, Result]
    observations: Mapping[Plane, Observation]

    def verdicts(self, plane: Plane = "live") -> Iterator[tuple[str, Verdict]]:
        """Every verdict of a plane, with its control."""
        for name, result in self.results.items():
            if plane in result.judgements:
                yield from ((name, verdict) for verdict in result.judgements[plane].verdicts)

    def deviating(self) -> list[tuple[str, Verdict]]:
        """What is not as documented in the account. What is not due yet cannot deviate."""
        return [
            (name, verdict)
            for name, verdict in self.verdicts()
            if verdict.state.deviates and self.results[name].control.planned is None
        ]

    def undecided(self) -> list[str]:
        """What could not be decided in the account, in words, but for what never is."""
        return [
            f"{name} {v.path}: {v.state}: {v.cause}"
            for name, v in self.verdicts()
            if v.state.undecided and name not in UNTOLD
        ]

    def states(self) -> dict[tuple[str, str, str | None], str]:
        """The state of everything that was judged in the account, by control, path and resource."""
        return {(name, verdict.path, verdict.resource): str(verdict.state) for name, verdict in self.verdicts()}


@cache
def specs() -> tuple[Spec, ...]:
    """The owner's specs."""
    files = [path for path in sorted((ROOT / "specs").rglob("*.yaml")) if spec.is_spec(path)]
    return spec.load_all(files, kinds.registry(), relations.registry())


@cache
def kinds_read(plane: Plane = "live") -> tuple[Kind, ...]:
    """The kinds that the specs need."""
    return plan.kinds_needed(plan.checks(specs(), (plane,)), relations.registry(), kinds.registry())


@cache
def _source(folder: str) -> Observation:
    wanted = sources.Sources(terraform=Path(folder), repository=Path(REPOSITORY))
    queries = plan.files_needed(plan.checks(specs(), ("terraform",)), relations.registry())
    return sources.read("terraform", wanted, kinds_read("terraform"), queries)


def observe(endpoint: str) -> Observation:
    """Read the account at the endpoint, with nothing of the caller's own AWS settings."""
    with mock.patch.dict(os.environ, environment(endpoint), clear=True):
        return sources.read("live", sources.Sources(live=True), kinds_read())


def audit(endpoint: str, terraform: str | None = None) -> Audited:
    """Audit the account at the endpoint, and the Terraform in the folder if one is given."""
    observations: dict[Plane, Observation] = {"live": observe(endpoint)}
    if terraform is not None:
        observations["terraform"] = _source(terraform)
    return judged(observations)


def judged(observations: Mapping[Plane, Observation]) -> Audited:
    """What the specs say of these observations."""
    results: dict[str, Result] = {}
    for one in specs():
        for control in one.controls:
            # Checkov is not asked here.
            every = plan.checks([one], tuple(observations), frozenset({"policy"}))
            wanted = [check for check in every if check.control is control]
            found = {c.plane: judge(c, observations[c.plane], kinds.registry(), relations.registry()) for c in wanted}
            results[control.id] = combine(control, found)
    return Audited(results, observations)


DECIDED = {"pass", "fail", "absent"}

Key = tuple[str, str, str | None]


def newly_decided(before: dict[Key, str], after: dict[Key, str]) -> dict[Key, str]:
    """What passes or fails now, and did not say the same before: of this resource, or of the whole if it has none."""
    whole = {(control, path, None): state for (control, path, _), state in before.items()}
    return {key: state for key, state in after.items() if state in DECIDED and (whole | before).get(key) != state}
