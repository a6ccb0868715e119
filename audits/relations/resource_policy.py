"""Exactly what a resource's own policy says: a bucket policy, a key policy, a role's trust policy.

Every documented statement has to be there in full, by principal, action, resource and condition, and no other Allow may
be. A Deny narrows, which passes and is said, unless it takes a whole documented grant away for good. In a condition or
principal ``{refers_to: {kind, select}}`` stands for the resource that the selector chooses: a reference in source, its
ARN in the account (also one put together from the own account's id and the resource's id, or its path and name). Beside
a documented ``aws:SourceArn`` the own account as ``aws:SourceAccount``, and ``aws:SecureTransport``, pass and are said;
any other condition makes it another grant. A pattern in place of one resource admits more, which fails.
Without ``resources`` (trust policies have none) a statement speaks of every resource.

Rules: IAM user guide, "IAM JSON policy elements: Principal" and "Condition", "Policy evaluation logic".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audits.kind import Kind
from audits.model import Control, Resource, State, Unknown, Value, Verdict
from audits.paths import PathError, parse, walk
from audits.relation import BodyError, Relation, verdict_on
from audits.relations._actions import actions_of
from audits.relations._doubts import Doubt, of_attribute
from audits.relations._exactly import Expected, Policies
from audits.relations._expected import References, check_statements, expected_of, statements_schema
from audits.relations._granted import NOTHING_ELSE, over_selected, verdicts_on
from audits.relations._schema_check import check_path, check_selector
from audits.relations._selectors import SELECTOR, chosen_kinds, matcher_kinds
from audits.relations._statements import Atom, Document, read
from audits.view import UNSET, View


def judge(control: Control, view: View) -> Sequence[Verdict]:
    """For each selected resource one verdict an expected statement, and one on everything else in the policy."""
    body = control.body["resource_policy"]
    references = References(view)
    expected = [expected_of(data, references) for data in body["exactly"]]
    rest = f"nothing else in {body['path']}"
    paths = {**{one.path: one.path for one in expected}, rest: NOTHING_ELSE}

    def judge_one(resource: Resource) -> list[Verdict]:
        own = References(view, resource.region, resource.account, references.by_key, references.literals)
        return _judge(resource, body, expected, rest, own, view)

    return over_selected(control, body["of"], view, paths, judge_one)


def _judge(
    resource: Resource,
    body: Mapping[str, Any],
    expected: Sequence[Expected],
    rest: str,
    references: References,
    view: View,
) -> list[Verdict]:
    path = body["path"]
    document, doubts = _document(resource, path, view)
    if document is None and not doubts:
        cause = "nothing sets it in source" if resource.missing == "unset" else "the resource has no policy"
        missing = [
            verdict_on(resource, State.FAIL, one.path, one.path, "no policy", cause=cause, place=path)
            for one in expected
        ]
        return [*missing, verdict_on(resource, State.PASS, rest, NOTHING_ELSE, NOTHING_ELSE, place=path)]
    atoms: list[Atom] = []
    name = f"{path} of {resource.identity}"
    for service in _services(resource.kind, body["exactly"], document):
        read_as = Document(
            document, name, resource.origin_of(path), references.text, references.condition, references.translate, False
        )
        found, more = read(read_as, service)
        atoms += found
        doubts += more
    return verdicts_on(resource, Policies(atoms, tuple(dict.fromkeys(doubts))), expected, rest, path)


def _services(kind: str, exactly: Sequence[Mapping[str, Any]], document: Value) -> list[str]:
    """The services whose actions matter: those documented, those that the policy names, and the resource's own."""
    named = {action.partition(":")[0].lower() for one in exactly for action in one["actions"]}
    named |= {text.partition(":")[0].lower() for text in _texts(document) if ":" in text}
    named = {name for name in named if "*" not in name and "?" not in name}
    own = "sts" if kind == "aws_iam_role" else kind.removeprefix("aws_").partition("_")[0]
    # "*" has to mean something even where nothing is documented and no service is named.
    return sorted(named) or [own if actions_of(own) else "s3"]


def _texts(value: Value) -> list[str]:
    """Every text in the Action elements of a document."""
    if isinstance(value, Unknown):
        return _texts(value.partial)
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    if not isinstance(value, dict):
        return []
    found: list[str] = []
    for key, inner in value.items():
        if key.lower() in ("action", "notaction"):
            listed = inner.partial if isinstance(inner, Unknown) else inner
            found += [one for one in (listed if isinstance(listed, list) else [listed]) if isinstance(one, str)]
        elif key.lower() in ("statement", "policy"):
            found += _texts(inner)
    return found


def _document(resource: Resource, path: str, view: View) -> tuple[Value, list[Doubt]]:
    """The policy at the path (None for none), and the doubts whether that is all of it."""
    # A resource has one policy: one that is known leaves no room for another behind a gap.
    known = resource.attributes.get(path)
    whole = isinstance(known, dict | str) or (isinstance(known, Unknown) and isinstance(known.partial, dict))
    attributes = resource.attributes if whole and known else view.attributes(resource)
    found = walk(attributes, parse(path), lambda data, value: (None, ()))
    about = f"{path} of {resource.identity}"
    doubts = [Doubt.of(unknown, about) for unknown in found.more]
    values: list[Value] = []
    for leaf in found.leaves:
        if leaf.missing:
            doubts += [Doubt.of(UNSET, about)] if _unset(resource, path, view) else []
        elif isinstance(leaf.value, Unknown) and leaf.value.partial in (None, []):
            doubts += of_attribute(resource, path, leaf.value, view, about)
        elif leaf.value not in (None, "", []):
            values += leaf.value if isinstance(leaf.value, list) else [leaf.value]
    return (values or None), doubts


def _unset(resource: Resource, path: str, view: View) -> bool:
    """Whether something else than this source may set it. What parts would fold into is not there if none did."""
    declared = view.kinds.get(resource.kind)
    folds = any(path in part.into for part in (declared.parts if declared else ()))
    return resource.missing == "unset" and not folds


def check_body(body: Mapping[str, Any], kinds: Mapping[str, Kind]) -> None:
    """Refuse paths, actions and selectors that cannot be.

    Raises:
        BodyError: with the path to the place and the nearest right name.
    """
    data = body["resource_policy"]
    kind = check_selector(data["of"], kinds, ("resource_policy", "of"))
    place = ("resource_policy", "path")
    try:
        parse(data["path"])
    except PathError as error:
        raise BodyError(str(error), place) from error
    check_path(kind, data["path"], None, kinds, place)
    check_statements(data["exactly"], kinds, ("resource_policy", "exactly"))


def kinds_of(body: Mapping[str, Any]) -> frozenset[str]:
    """Every kind that judging needs."""
    data = body["resource_policy"]
    found = chosen_kinds(data["of"])
    for one in data["exactly"]:
        found |= matcher_kinds(one.get("conditions", {})) | matcher_kinds(one.get("principals", {}))
    return frozenset(found)


RELATION = Relation(
    name="resource_policy",
    keys=("resource_policy",),
    required=("resource_policy",),
    schema={
        "resource_policy": {
            "type": "object",
            "properties": {
                "of": SELECTOR,
                "path": {"type": "string", "minLength": 1},
                "exactly": statements_schema(principals=True),
            },
            "required": ["of", "path", "exactly"],
            "additionalProperties": False,
        }
    },
    check=check_body,
    kinds=kinds_of,
    judge=judge,
)
