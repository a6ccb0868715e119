"""Exactly what a role may do within one service: every documented grant in full, and nothing else.

All that the role is granted by its inline and attached policies counts as one set of action, resource and condition, so
how statements and policies are split does not matter. Wildcards and ``NotAction`` are expanded against a dated list of
the service's actions. An unconditional Deny that takes a whole expected grant away fails; a Deny that takes only part
of it away, or only under a condition, narrows it, which passes and is said. A documented Deny has to be there.

Rules: IAM user guide, "Policy evaluation logic" and "Permissions boundaries for IAM entities". What the organisation's
policies, session policies and policies of the resources themselves say is judged elsewhere, or not in view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audits.kind import Kind
from audits.model import Cause, Control, Origin, Resource, Unknown, Value, Verdict
from audits.relation import BodyError, Relation
from audits.relations._doubts import Doubt, of_attribute
from audits.relations._exactly import Policies
from audits.relations._expected import References, check_service, check_statements, expected_of, statements_schema
from audits.relations._granted import NOTHING_ELSE, over_selected, verdicts_on
from audits.relations._schema_check import check_selector
from audits.relations._selectors import matcher_kinds, selector_kinds
from audits.relations._statements import Atom, Document, read
from audits.view import UNSET, View

ROLE, POLICY = "aws_iam_role", "aws_iam_policy"


def judge(control: Control, view: View) -> Sequence[Verdict]:
    """For each selected role one verdict an expected statement, and one on everything else in the service."""
    body = control.body["grants"]
    references = References(view)
    expected = [expected_of(data, references) for data in body["exactly"]]
    rest = f"nothing else in {body['service']}"
    paths = {**{one.path: one.path for one in expected}, rest: NOTHING_ELSE}

    def judge_one(role: Resource) -> list[Verdict]:
        own = References(view, role.region, references.by_key, references.literals)
        policies = policies_of(role, view, body["service"], own)
        return verdicts_on(role, policies, expected, rest, "inline_policy")

    return over_selected(control, body["to"], view, paths, judge_one)


def policies_of(role: Resource, view: View, service: str, references: References) -> Policies:
    """What the role's policies, and its permissions boundary, say of a service."""
    atoms: list[Atom] = []
    inline, doubts = _elements(role, "inline_policy", view)
    for number, one in enumerate(inline):
        if one == {}:
            continue  # an empty block is the provider's way to say that there are none
        place = f"inline_policy[{number}]"
        name = _member(one, "name")
        policy = f"inline policy {name}" if isinstance(name, str) else f"inline policy {place}"
        found, more = _read(_member(one, "policy"), policy, role.origin_of(place), service, references)
        atoms, doubts = [*atoms, *found], [*doubts, *more]
    attached, more = _elements(role, "attached_policies", view)
    doubts = [*doubts, *more]
    for number, one in enumerate(attached):
        arn = _member(one, "policy_arn") if isinstance(one, dict | Unknown) else one
        found, more = _attached(arn, role.origin_of(f"attached_policies[{number}]"), view, service, references)
        atoms, doubts = [*atoms, *found], [*doubts, *more]
    boundary, limits = _boundary(role, view, service, references)
    return Policies(atoms, tuple(doubts), boundary, tuple(limits))


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
    document = Document(body, policy, origin, references.text, references.translate, references.translate, True)
    return read(document, service)


def _attached(
    arn: Value, origin: Origin, view: View, service: str, references: References
) -> tuple[list[Atom], list[Doubt]]:
    """What an attached policy says; a doubt that names it if its content was not read."""
    target = view.resolve(arn, POLICY)
    if target.resource is None:
        shown = arn.describe() if isinstance(arn, Unknown) else str(arn)
        doubt = Doubt.unresolved(target, f"the content of attached policy {shown}")
        cause = arn.cause if isinstance(arn, Unknown) and not target.unreadable else doubt.cause
        return [], [Doubt(doubt.text, cause, doubt.mend)]
    found = target.resource
    name = found.attributes.get("name")
    policy = f"policy {name}" if isinstance(name, str) else f"policy {found.identity}"
    body = view.attributes(found).get("policy")
    return _read(body, policy, found.origin_of("policy"), service, references)


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
    if data["to"].get("kind") != ROLE:
        raise BodyError(f"grants are judged of {ROLE}, not of {data['to'].get('kind')}", ("grants", "to", "kind"))
    check_selector(data["to"], kinds, ("grants", "to"))
    check_service(data["service"], ("grants", "service"))
    check_statements(data["exactly"], kinds, ("grants", "exactly"), data["service"])


def kinds_of(body: Mapping[str, Any]) -> frozenset[str]:
    """Every kind that judging needs."""
    data = body["grants"]
    found = {ROLE, POLICY} | selector_kinds(data["to"].get("select", {}))
    for one in data["exactly"]:
        found |= matcher_kinds(one.get("conditions", {}))
    return frozenset(found)


RELATION = Relation(
    name="grants",
    keys=("grants",),
    required=("grants",),
    schema={
        "grants": {
            "type": "object",
            "properties": {
                "to": {
                    "type": "object",
                    "properties": {"kind": {"$ref": "#/$defs/kind"}, "select": {"type": "object"}},
                    "required": ["kind"],
                    "additionalProperties": False,
                },
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
