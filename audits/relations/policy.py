"""A policy of Checkov: what a community that never saw the document would say of the Terraform source.

Checkov runs as a process of its own (:mod:`audits.checkov`); here only its results are judged, and only as far as they
carry. A pass or a fail stands where Checkov saw the values it rests on: where one of the attributes that the policy
looked at is a name that Checkov did not resolve, or is unknown to this suite's own evaluation, the verdict is
``unknown``. That something is set is known, also where only the provider will know its value. A resource that the
policy is about and that Checkov says nothing of is ``unknown`` too: it passes over in silence what it cannot decide.

``accepted``: deviations that the spec answers for, with the reason; a ``checkov:skip`` comment is shown likewise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from audits.kind import Kind
from audits.model import Cause, Control, PolicyResult, PolicyScan, Resource, State, Unknown, Value, Verdict
from audits.policy_list import Policy, block_of, policies
from audits.relation import BodyError, Relation, first_origin, gap_text, mends
from audits.relations._schema_check import nearest
from audits.view import View

PASSES = "passes"
NOT_ASKED = "Checkov was not run"
_STEP = re.compile(r"[^/.\[\]]+")


def judge(control: Control, view: View) -> Sequence[Verdict]:
    """A verdict on each resource that Checkov judged by the policy, or that it should have."""
    name = control.body["policy"]
    scan = view.observation.policies or PolicyScan(failed=NOT_ASKED, mend="give --terraform: Checkov reads source")
    if scan.failed:
        return [_whole(control, State.UNREADABLE, scan.failed, scan.mend)]
    accepted = control.body.get("accepted", ())
    known = policies().get(name)
    results = [result for result in scan.results if result.policy == name]
    blocks = _blocks(view, {result.kind for result in results})
    verdicts = [_accepted(_verdict(result, _instances(result, blocks), view), result, accepted) for result in results]
    judged = {block_of(result.resource) for result in results}
    if known is not None and known.each:
        verdicts += [_passed_over(resource, name) for resource in _missing(known, view, judged)]
    verdicts += _unseen(control, known, scan, view)
    if not verdicts:
        cause = "Checkov found nothing that this policy is about"
        return [_whole(control, State.UNKNOWN, cause, "ignore the policy, or leave it out")]
    return verdicts


def _whole(control: Control, state: State, cause: str, mend: str) -> Verdict:
    return Verdict(state, path=control.body["policy"], expected=PASSES, cause=cause, mend=mend)


def _blocks(view: View, kinds: set[str]) -> Mapping[tuple[str, str], list[Resource]]:
    """The resources of some kinds by kind and block."""
    found: dict[tuple[str, str], list[Resource]] = {}
    for kind in kinds:
        for resource in view.resources(kind):
            found.setdefault((kind, block_of(resource.identity)), []).append(resource)
    return found


def _instances(result: PolicyResult, blocks: Mapping[tuple[str, str], list[Resource]]) -> list[Resource]:
    """The resources that a result is about: one, or all of a block."""
    own = blocks.get((result.kind, block_of(result.resource)), [])
    return [one for one in own if one.identity == result.resource] or own


def _verdict(result: PolicyResult, instances: Sequence[Resource], view: View) -> Verdict:
    state, cause = result.state, result.cause
    doubt = _doubt(result, instances, view) if state is not State.UNKNOWN else ""
    if doubt:
        state, cause = State.UNKNOWN, f"Checkov says {_word(result.state)}, and {doubt}"
    said = result.title if state is State.FAIL else cause
    return Verdict(
        state,
        path=result.policy,
        resource=result.resource,
        expected=PASSES,
        actual=Unknown(Cause.UNRESOLVED, detail=cause) if state is State.UNKNOWN else _word(state),
        origin=result.origin,
        cause=said,
        account=instances[0].account if instances else None,
        region=instances[0].region if instances else None,
    )


def _word(state: State) -> str:
    return PASSES if state is State.PASS else "fails"


def _doubt(result: PolicyResult, instances: Sequence[Resource], view: View) -> str:
    """Why what Checkov says of a resource cannot be taken for certain."""
    if result.rests_on:
        return f"did not resolve {', '.join(result.rests_on[:5])}"
    if result.differs:
        return f"read another value than this suite does: {', '.join(result.differs[:5])}"
    hidden = _connections_hidden(result, view)
    if hidden:
        return f"what it is connected with may be in {hidden}, which was not read"
    if not instances and _is_elsewhere(result, view):
        return "by this suite's own evaluation the source makes no such resource"
    for resource in instances:
        if resource.existence is not None:
            return f"whether the resource exists is not known: {resource.existence.describe()}"
        for key in result.keys:
            unknown = _unknown_at(resource.attributes, _STEP.findall(key))
            if unknown is not None and not (result.present and _is_set(unknown)):
                return f"{key} is unknown ({unknown.describe()})"
    return ""


def _connections_hidden(result: PolicyResult, view: View) -> str:
    """Where blocks may be that a policy on how blocks are connected should have seen, and nobody or Checkov did not."""
    known = policies().get(result.policy)
    scan = view.observation.policies
    if scan is None or known is None or known.block != "graph":
        return ""
    hidden = [gap.scope for gap in view.observation.gaps if gap.kinds is None and gap.resource is None]
    return ", ".join(list(dict.fromkeys([*hidden, *scan.unparsed, *scan.unseen]))[:5])


def _is_elsewhere(result: PolicyResult, view: View) -> bool:
    """Whether this suite, too, would hold the resource if there were one: it is of a type that folds into no other."""
    known = policies().get(result.policy)
    parts = {part.type for kind in view.kinds.values() for part in kind.parts}
    whole = known is not None and known.each and result.kind not in parts
    return whole and view.observation.plane == "terraform" and not view.gaps(result.kind)


def _is_set(unknown: Unknown) -> bool:
    return unknown.not_null or (unknown.cause is Cause.COMPUTED and bool(unknown.references))


def _unknown_at(value: Value, steps: Sequence[str]) -> Unknown | None:
    """The unknown value that a path of Checkov's leads to or through, if there is one; what is unset is none."""
    if isinstance(value, Unknown):
        # Of a document that is known in part, Checkov saw what this suite sees: it judges text, not meaning.
        return None if value.cause is Cause.UNSET or value.partial is not None else value
    if not steps:
        inside = value if isinstance(value, list) else ()
        return next((one for one in inside if isinstance(one, Unknown) and one.cause is not Cause.UNSET), None)
    step, rest = steps[0], steps[1:]
    if isinstance(value, Mapping):
        return _unknown_at(value[step], rest) if step in value else None
    if isinstance(value, list):
        inner = rest if step.isdigit() or step == "*" else steps
        chosen = [value[int(step)]] if step.isdigit() and int(step) < len(value) else value
        return next((found for one in chosen if (found := _unknown_at(one, inner)) is not None), None)
    return None


def _accepted(verdict: Verdict, result: PolicyResult, accepted: Sequence[Mapping[str, str]]) -> Verdict:
    """The deviation with who answers for it: the spec, or a comment in the source."""
    if not verdict.state.deviates:
        return verdict
    for one in accepted:
        if fnmatchcase(result.resource, _literal(one.get("resource", "*"))):
            return replace(verdict, waiver=f"accepted: {one['reason']} ({one['place']})")
    if result.skip is not None:
        return replace(verdict, waiver=f"checkov:skip: {result.skip or 'no reason given'} ({result.origin})")
    return verdict


@cache
def _literal(pattern: str) -> str:
    """The pattern with brackets as they stand in addresses: only ``*`` and ``?`` mean anything."""
    return pattern.replace("[", "[[]")


def _missing(policy: Policy, view: View, judged: set[str]) -> list[Resource]:
    """The resources that the policy is about and that Checkov says nothing of."""
    kinds = set(policy.types)
    return [one for one in view.observation.resources if one.kind in kinds and block_of(one.identity) not in judged]


def _passed_over(resource: Resource, policy: str) -> Verdict:
    cause = "Checkov says nothing of this resource"
    return Verdict(
        State.UNKNOWN,
        path=policy,
        resource=resource.identity,
        expected=PASSES,
        actual=Unknown(Cause.UNRESOLVED, detail=cause),
        origin=resource.origin,
        cause=cause,
        key=None,
        account=resource.account,
        region=resource.region,
    )


def _unseen(control: Control, policy: Policy | None, scan: PolicyScan, view: View) -> list[Verdict]:
    """What neither Checkov nor this suite could read, and that the policy may be about."""
    found = []
    if scan.unparsed:
        cause = f"Checkov could not read {', '.join(scan.unparsed[:5])}"
        found.append(_whole(control, State.UNREADABLE, cause, "see whether terraform validate takes it"))
    every = tuple(gap for gap in view.observation.gaps if gap.kinds is None and gap.resource is None)
    gaps = view.gaps(*policy.types) if policy and policy.types else every
    if gaps:
        unread = _whole(control, State.UNREADABLE, gap_text(gaps, view), mends(gaps))
        found.append(replace(unread, origin=first_origin(gaps)))
    return found


def _check(body: Mapping[str, Any], kinds: Mapping[str, Kind]) -> None:
    refuse_unknown(body["policy"], ("policy",))


def refuse_unknown(name: str, place: tuple[str | int, ...]) -> None:
    """Refuse what is no policy of Checkov's. Raises BodyError."""
    if name not in policies():
        raise BodyError(f"Checkov has no policy {name!r} for AWS{nearest(name, policies())}", place)


RELATION = Relation(
    name="policy",
    keys=("policy", "accepted"),
    required=("policy",),
    schema={
        "policy": {"type": "string", "minLength": 1},
        "accepted": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["reason", "resource"],
                "properties": {
                    "reason": {"type": "string", "minLength": 1},
                    "resource": {"type": "string", "minLength": 1},
                },
            },
        },
    },
    check=_check,
    kinds=lambda body: frozenset(policies()[body["policy"]].types),
    judge=judge,
    planes=("terraform",),
)
