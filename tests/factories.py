"""Small makers of nouns, so that a test shows only what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audits.kind import Default, Kind, Part
from audits.model import (
    Cause,
    Clause,
    Control,
    Gap,
    Observation,
    Plane,
    Reference,
    Resource,
    State,
    Unknown,
    Verdict,
)
from audits.view import View

GROUP = Kind(
    type="aws_security_group",
    identity=("name",),
    names=("id", "arn", "name"),
    parts=(Part("aws_security_group_rule", "security_group_id", ("ingress",), ("id",)),),
)
ROLE = Kind(type="aws_iam_role", identity=("name",), names=("id", "arn", "name"))
DATABASE = Kind(
    type="aws_db_instance",
    identity=("identifier",),
    names=("id", "arn", "identifier"),
    defaults={"multi_az": Default(False, "the provider's page")},
)
BUCKET = Kind(
    type="aws_s3_bucket",
    identity=("bucket",),
    names=("id", "arn", "bucket"),
    parts=(Part("aws_s3_bucket_policy", "bucket", ("policy",), ("id", "bucket"), many=False),),
)
KINDS: Mapping[str, Kind] = {kind.type: kind for kind in (GROUP, ROLE, DATABASE, BUCKET)}


def unknown(cause: Cause = Cause.VARIABLE, *references: str, **known: Any) -> Unknown:
    """An unknown value; references as text."""
    return Unknown(cause, tuple(Reference.parse(text) for text in references), **known)


def pointing(address: str) -> Unknown:
    """What stands in source where one resource names another."""
    return unknown(Cause.COMPUTED, address)


def resource(kind: str, identity: str, source: bool = False, **given: Any) -> Resource:
    """A resource; capitalised keywords (``Key=``, ``Existence=``) are fields of it, all others attributes."""
    fields = {name.lower(): value for name, value in given.items() if name[0].isupper()}
    attributes = {name: value for name, value in given.items() if not name[0].isupper()}
    return Resource(kind, identity, attributes, missing="unset" if source else "absent", **fields)


def observation(*resources: Resource, gaps: Sequence[Gap] = (), plane: Plane = "live") -> Observation:
    """An observation that holds just these."""
    return Observation(plane, resources, tuple(gaps))


def view(*resources: Resource, gaps: Sequence[Gap] = (), modules: Mapping[str, tuple[str, ...]] | None = None) -> View:
    """A view of just these."""
    return View(observation(*resources, gaps=gaps), KINDS, modules or {})


def gap(*kinds: str, **fields: Any) -> Gap:
    """A gap that hides these kinds; none given: every kind."""
    return Gap("live", kinds or None, fields.pop("scope", "somewhere"), fields.pop("cause", "denied"), **fields)


def control(relation: str = "attributes", modules: Mapping[str, tuple[str, ...]] | None = None, **body: Any) -> Control:
    """A control with this body."""
    return Control(
        id="c",
        title="a title",
        severity="high",
        basis="stated",
        clause=Clause("README.md", "a section", "a row", "7"),
        relation=relation,
        body=body,
        spec="specs/x.yaml",
        line=1,
        theme="t",
        modules=modules or {},
    )


def verdict(state: str, resource: str | None = None, path: str = "", **fields: Any) -> Verdict:
    """A verdict."""
    return Verdict(State(state), path=path, resource=resource, **fields)
