"""Exactly what a role, user or group may do within one service: every documented grant in full, and nothing else.

All that it is granted by its inline and attached policies (a user: by those of its groups, too) counts as one set of
action, resource and condition, so how statements and policies are split does not matter. Wildcards and ``NotAction``
are expanded against a dated list of the service's actions. An unconditional Deny that takes a whole expected grant away
fails; a Deny that takes only part of it away, or only under a condition, narrows it, which passes and is said. A
documented Deny has to be there.

Within one account a policy of the resource grants by itself, so what the policy of any bucket allows this very role or
user, or everyone (under conditions that it can meet), counts as more than is documented; it never stands for a
documented grant. What the account alone is allowed, its own policies have to grant. What a bucket's policy denies it
counts like any Deny. What of all that could not be read, or cannot be told, leaves open what rests on it. Limits: other
resources' policies (``resource_policy`` judges those of one resource), a bucket's ACL, and buckets of other accounts.

Rules: IAM user guide, "Policy evaluation logic", "Permissions boundaries for IAM entities" and "Identity-based policies
and resource-based policies". What the organisation's policies and session policies say is not in view.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from audits.kind import Kind
from audits.model import Cause, Control, Origin, Resource, State, Unknown, Value, Verdict
from audits.relation import BodyError, Relation
from audits.relations._arns import named
from audits.relations._beside import BUCKET, of_buckets
from audits.relations._doubts import Doubt, mend_of, of_attribute, shown
from audits.relations._exactly import Expected, Policies, coverage
from audits.relations._expected import References, check_service, check_statements, expected_of, statements_schema
from audits.relations._globs import TooComplexError
from audits.relations._granted import NOTHING_ELSE, over_selected, verdicts_on
from audits.relations._requester import ROLE, USER
from audits.relations._schema_check import check_selector
from audits.relations._selectors import SELECTOR, chosen_kinds, matcher_kinds
from audits.relations._statements import Atom, Document, read
from audits.selection import Target
from audits.view import UNSET, View

POLICY, GROUP = "aws_iam_policy", "aws_iam_group"
_OWNERS = (ROLE, USER, GROUP)


def judge(control: Control, view: View) -> Sequence[Verdict]:
    """For each selected principal one verdict an expected statement, and one on everything else in the service."""
    body = control.body["grants"]
    references = References(view)
    expected = [expected_of(data, references) for data in body["exactly"]]
    rest = f"nothing else in {body['service']}"
    paths = {**{one.path: one.path for one in expected}, rest: NOTHING_ELSE}

    def judge_one(role: Resource) -> list[Verdict]:
        own = References(view, role.region, role.account, references.by_key, references.literals)
        policies = policies_of(role, view, body["service"], own)
        verdicts = verdicts_on(role, policies, expected, rest, "inline_policy")
        if all(verdict.state is not State.FAIL for verdict in verdicts):
            return verdicts
        idle = _idle(role, view, body["service"], own)
        return [_hinted(verdict, expected, idle, role) for verdict in verdicts]

    return over_selected(control, body["to"], view, paths, judge_one)


def policies_of(owner: Resource, view: View, service: str, references: References) -> Policies:
    """What the policies of a role, user or group say of a service: its groups' and its boundary's included."""
    atoms, doubts = _own(owner, view, service, references)
    groups, more = _groups(owner, view)
    doubts = [*doubts, *more]
    for group in groups:
        found, more = _own(group, view, service, references)
        atoms, doubts = [*atoms, *found], [*doubts, *more]
    boundary, limits = _boundary(owner, view, service, references) if owner.kind != GROUP else (None, [])
    policies = Policies(atoms, tuple(doubts), boundary, tuple(limits))
    if service != "s3" or owner.kind == GROUP:
        return policies
    return of_buckets(owner, view, references).added_to(policies)


def _groups(owner: Resource, view: View) -> tuple[list[Resource], list[Doubt]]:
    """The groups that a user is in, and the doubts whether those are all."""
    if owner.kind != USER:
        return [], []
    named, doubts = _elements(owner, "groups", view)
    found: list[Resource] = []
    for value in named:
        target = view.resolve(value, GROUP, view.place_of(owner))
        if target.resource is not None:
            found.append(target.resource)
        else:
            cause = value.cause if isinstance(value, Unknown) and not target.unreadable else None
            doubts.append(Doubt.unresolved(target, f"the policies of group {shown(value)} of {owner.identity}", cause))
    return found, doubts


def _own(role: Resource, view: View, service: str, references: References) -> tuple[list[Atom], list[Doubt]]:
    """What its own inline and attached policies say, and the doubts whether that is all."""
    atoms: list[Atom] = []
    inline, doubts = _elements(role, "inline_policy", view)
    for number, one in enumerate(inline):
        if one == {}:
            continue  # an empty block is the provider's way to say that there are none
        place = f"inline_policy[{number}]"
        name = _member(one, "name")
        policy = f"inline policy {name}" if isinstance(name, str) else f"inline policy {place}"
        policy += f" of {role.identity}" if role.kind == GROUP else ""
        found, more = _read(_member(one, "policy"), policy, role.origin_of(place), service, references)
        atoms, doubts = [*atoms, *found], [*doubts, *more]
    attached, more = _elements(role, "attached_policies", view)
    doubts = [*doubts, *more]
    for number, one in enumerate(attached):
        arn = _member(one, "policy_arn") if isinstance(one, dict | Unknown) else one
        found, more = _attached(arn, role.origin_of(f"attached_policies[{number}]"), view, service, references)
        atoms, doubts = [*atoms, *found], [*doubts, *more]
    return atoms, doubts


def _idle(role: Resource, view: View, service: str, references: References) -> list[tuple[str, Policies]]:
    """The policies that are there, and surely not attached to the role, each by its name."""
    groups, doubts = _groups(role, view)
    attached: list[Value] = []
    for one in (role, *groups):
        held, more = _elements(one, "attached_policies", view)
        attached, doubts = [*attached, *held], [*doubts, *more]
    arns = [_member(one, "policy_arn") if isinstance(one, dict | Unknown) else one for one in attached]
    targets = [_policy(arn, view) for arn in arns]
    if doubts or any(target.resource is None and target.undecided for target in targets):
        return []
    here = {target.resource.identity for target in targets if target.resource is not None}
    found: list[tuple[str, Policies]] = []
    for policy in view.resources(POLICY):
        if policy.identity in here:
            continue
        name = _name(policy)
        atoms, more = _read(policy.attributes.get("policy"), name, policy.origin_of("policy"), service, references)
        place = str(policy.origin)
        found.append((f"{name} ({place})" if place else name, Policies(atoms, tuple(more))))
    return found


def _hinted(
    verdict: Verdict, expected: Sequence[Expected], idle: Sequence[tuple[str, Policies]], role: Resource
) -> Verdict:
    """A grant that is not there, with the policy that would be it if it were attached."""
    wanted = next((one for one in expected if one.path == verdict.path and one.effect == "Allow"), None)
    if verdict.state is not State.FAIL or wanted is None:
        return verdict
    try:
        names = [name for name, policies in idle if coverage(wanted, policies).holds]
    except TooComplexError:
        return verdict
    if not names:
        return verdict
    hint = f"{', '.join(names)} grants it, but is not attached to {role.identity}"
    return replace(verdict, cause=f"{verdict.cause}; {hint}")


def _elements(role: Resource, name: str, view: View) -> tuple[list[Value], list[Doubt]]:
    """The policies that an attribute holds. In source nothing means none, if parts fold into it: it would hold them."""
    value = view.attributes(role).get(name)
    about = f"{name} of {role.identity}"
    if value is None:
        declared = view.kinds.get(role.kind)
        folds = any(name in part.into for part in (declared.parts if declared else ()))
        unset = role.missing == "unset" and name not in role.attributes and not folds
        return [], [Doubt.of(UNSET, about)] if unset else []
    if isinstance(value, Unknown):
        known = value.partial if isinstance(value.partial, list) else []
        closed = isinstance(value.partial, list) and not value.open
        return known, [] if closed else of_attribute(role, name, value, view, about)
    return (value if isinstance(value, list) else [value]), []


def _member(value: Value, name: str) -> Value:
    if isinstance(value, Unknown):
        known = value.partial if isinstance(value.partial, dict) else {}
        return known.get(name, Unknown(value.cause, value.references, value.detail))
    return value.get(name) if isinstance(value, dict) else None


def _read(
    body: Value, policy: str, origin: Origin, service: str, references: References
) -> tuple[list[Atom], list[Doubt]]:
    if body is None:
        return [], [Doubt(f"{policy} has no document", Cause.UNSET)]
    document = Document(body, policy, origin, references.text, references.condition, references.translate, True)
    return read(document, service)


def _attached(
    arn: Value, origin: Origin, view: View, service: str, references: References
) -> tuple[list[Atom], list[Doubt]]:
    """What an attached policy says; a doubt that names it if its content was not read."""
    target = _policy(arn, view)
    if target.resource is None:
        text = _managed(arn, view)
        if text:
            return [], [Doubt(text, Cause.UNREADABLE if target.unreadable else Cause.UNRESOLVED, origin=origin)]
        cause = arn.cause if isinstance(arn, Unknown) else None
        doubt = Doubt.unresolved(target, f"the content of attached policy {shown(arn)}", cause)
        return [], [replace(doubt, mend=mend_of(arn), origin=origin)]
    found = target.resource
    body = view.attributes(found).get("policy")
    return _read(body, _name(found), found.origin_of("policy"), service, references)


def _name(policy: Resource) -> str:
    name = policy.attributes.get("name")
    return f"policy {name}" if isinstance(name, str) else f"policy {policy.identity}"


def _policy(arn: Value, view: View) -> Target:
    """The policy that an attachment names, also by an ARN put together from the own account and the policy's name."""
    target = view.resolve(arn, POLICY)
    if target.resource is not None:
        return target
    meant = named(arn, POLICY, view, None)
    return target if meant.doubt or meant.other else view.resolve(meant.value, POLICY)


def _managed(arn: Value, view: View) -> str:
    """What there is to say of a policy of AWS's own, whose content no source holds; empty if it is none."""
    parts = arn.parts if isinstance(arn, Unknown) else (arn,)
    text = "".join(part if isinstance(part, str) else "*" for part in parts)
    match = re.fullmatch(r"arn:[^:]*:iam::aws:policy/(?:.*/)?([^/]+)", text)
    if match is None or not view.of_terraform:
        return ""
    return f"{match[1]} is AWS's own policy: its content is not in the source; the live plane decides"


def _boundary(
    role: Resource, view: View, service: str, references: References
) -> tuple[list[Atom] | None, list[Doubt]]:
    """The permissions boundary's atoms, None for no boundary. Source that sets none has none: it is not computed."""
    arn = view.attributes(role).get("permissions_boundary")
    if arn is None or arn == "":
        return None, []
    atoms, doubts = _attached(arn, role.origin_of("permissions_boundary"), view, service, references)
    return atoms, [Doubt(f"permissions boundary: {one.text}", one.cause, one.mend) for one in doubts]


def check_body(body: Mapping[str, Any], kinds: Mapping[str, Kind]) -> None:
    """Refuse services, actions and selectors that cannot be.

    Raises:
        BodyError: with the path to the place and the nearest right name.
    """
    data = body["grants"]
    if data["to"].get("kind") not in _OWNERS:
        owners = ", ".join(_OWNERS)
        raise BodyError(f"grants are judged of {owners}, not of {data['to'].get('kind')}", ("grants", "to", "kind"))
    check_selector(data["to"], kinds, ("grants", "to"))
    check_service(data["service"], ("grants", "service"))
    check_statements(data["exactly"], kinds, ("grants", "exactly"), data["service"])


def kinds_of(body: Mapping[str, Any]) -> frozenset[str]:
    """Every kind that judging needs."""
    data = body["grants"]
    kind = data["to"]["kind"]
    found = {POLICY, *((GROUP,) if kind == USER else ())} | chosen_kinds(data["to"])
    for one in data["exactly"]:
        found |= matcher_kinds(one.get("conditions", {}))
    # Their policies may speak of the role or user.
    return frozenset(found | ({BUCKET} if data["service"] == "s3" and kind != GROUP else set()))


RELATION = Relation(
    name="grants",
    keys=("grants",),
    required=("grants",),
    schema={
        "grants": {
            "type": "object",
            "properties": {
                "to": SELECTOR,
                "service": {"type": "string", "pattern": "^[a-z0-9-]+$"},
                "exactly": statements_schema(principals=False),
            },
            "required": ["to", "service", "exactly"],
            "additionalProperties": False,
        }
    },
    check=check_body,
    kinds=kinds_of,
    judge=judge,
)
