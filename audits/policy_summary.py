"""All that Checkov says of a source, policy by policy, with what the specs decide about each: the run's ``policies``.

What nobody decided about is here only: it is information, in the report and failing nothing. It is judged all the same,
so that what Checkov cannot have known is unknown here, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from audits.codec import encode_origin
from audits.judge import judge_in
from audits.kind import Kind
from audits.model import (
    CATALOGUE,
    Check,
    Clause,
    Control,
    Observation,
    Plane,
    PolicyScan,
    Spec,
    Verdict,
)
from audits.relation import Relation
from audits.views import Views

RELATION = "policy"
NO_SOURCE = "Checkov was not run: it reads Terraform source, and there is a plan or a state only"
GIVE_SOURCE = "give the source, too: --terraform DIR"
_PLANE: Plane = "terraform"


def only_informs(specs: Iterable[Spec]) -> bool:
    """Whether specs have a ``checkov`` part, and none of them makes a control of a policy."""
    found = list(specs)
    decided = any(control.relation == RELATION for spec in found for control in spec.controls)
    return not decided and any(spec.decisions is not None for spec in found)


def summary(
    observation: Observation,
    specs: Sequence[Spec],
    kinds: Mapping[str, Kind],
    relations: Mapping[str, Relation],
) -> dict[str, Any]:
    """The run's ``policies``: which Checkov it was, why it came to nothing if so, and an entry for each policy."""
    scan = observation.policies or PolicyScan()
    titles = {result.policy: result.title for result in scan.results}
    decided = {
        control.body["policy"]: control for spec in specs for control in spec.controls if control.relation == RELATION
    }
    decisions = [one for spec in specs for one in spec.decisions or ()]
    entries = []
    views = Views(kinds)

    def said(control: Control) -> Sequence[Verdict]:
        return judge_in(Check(control, _PLANE), views.of(observation, control), relations).verdicts

    for policy, title in sorted(titles.items()):
        control = decided.get(policy)
        if control is not None:
            # Judged here too: what was chosen of a session, and who waives what, is not a matter of the source.
            verdicts = said(control)
            entries.append(_entry(policy, title, "required", control.id, verdicts, ()))
            continue
        found = said(_stand_in(policy, title))
        why = next((one for one in decisions if fnmatchcase(policy, one.pattern)), None)
        told = [one for one in found if one.state != "pass" and (why is None or why.decision == "accepted")]
        decision, about = (why.decision, f"{why.reason} ({why.spec}:{why.line})") if why else ("information", "")
        entries.append(_entry(policy, title, decision, about, found, told))
    return {
        "tool": "checkov",
        "version": scan.version,
        "failed": scan.failed,
        "mend": scan.mend,
        "unparsed": list(scan.unparsed),
        "entries": entries,
    }


def _entry(
    policy: str, title: str, decision: str, about: str, verdicts: Sequence[Verdict], told: Iterable[Verdict]
) -> dict[str, Any]:
    counts = Counter(str(one.state) for one in verdicts)
    return {
        "id": policy,
        "title": title,
        "decision": decision,
        "about": about,
        "states": dict(sorted(counts.items())),
        "quiet": sum(one.waiver is not None for one in verdicts),
        "places": [
            {
                "state": str(one.state),
                "resource": one.resource,
                "origin": encode_origin(one.origin),
                "cause": one.waiver or ("" if one.state == "fail" else one.cause),
            }
            for one in told
        ],
    }


def _stand_in(policy: str, title: str) -> Control:
    """A control for a policy that no spec speaks of."""
    clause = Clause(CATALOGUE, "", title, policy)
    return Control(policy, title, "info", "rule", clause, RELATION, {"policy": policy}, "", 0, "")
