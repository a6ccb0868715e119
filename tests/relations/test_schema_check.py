"""Paths, kinds and matchers that could never be are refused before anything is read."""

from __future__ import annotations

import re
from typing import Any

import pytest

from audits import kinds
from audits.kind import Kind
from audits.relation import BodyError
from audits.relations._schema_check import check_path, check_selector

KINDS = kinds.registry()
BUCKET, GROUP, CDN, DB = (
    KINDS[f"aws_{name}"] for name in ("s3_bucket", "security_group", "cloudfront_distribution", "db_instance")
)
OAC = "{refers_to: {kind: aws_cloudfront_origin_access_control}}"


@pytest.mark.parametrize(
    ("kind", "path", "matcher"),
    [
        (DB, "instance_class", "db.t4g.micro"),
        (DB, "allocated_storage", {"minimum": 20}),
        (DB, "multi_az", True),
        (DB, "tags.Name", "x"),
        (DB, "vpc_security_group_ids", {"items": {"not": {"refers_to": {"kind": "aws_security_group"}}}}),
        (CDN, "origin[*].domain_name", {"pattern": "x"}),
        (CDN, "origin[0].s3_origin_config", {"absent": True}),
        (
            CDN,
            "origin[{custom_origin_config: {absent: true}}].origin_access_control_id",
            {"refers_to": {"kind": BUCKET.type}},
        ),
        (CDN, f"origin[{{origin_access_control_id: {OAC}}}].origin_id", "x"),
        (CDN, "ordered_cache_behavior[{path_pattern: /x}]", {"properties": {"default_ttl": 1}}),
        (BUCKET, "policy.Statement[*].Effect", "Allow"),
        (DB, "engine", None),
    ],
)
def test_what_can_be_is_accepted(kind: Kind, path: str, matcher: Any) -> None:
    check_path(kind, path, matcher, KINDS, ())


@pytest.mark.parametrize(
    ("kind", "path", "matcher", "said"),
    [
        (DB, "instance_clas", "x", "did you mean 'instance_class'"),
        (DB, "instance_class.x", "x", "nothing below a string"),
        (DB, "instance_class[*]", "x", "nothing below a string"),
        (DB, "allocated_storage", "20", "speaks of a string"),
        (DB, "instance_class", 5, 'write "5"'),
        (DB, "multi_az", 1, "bool"),
        (DB, "vpc_security_group_ids", "sg-1", "is a set"),
        (DB, "vpc_security_group_ids.x", "sg-1", "list"),
        (DB, "vpc_security_group_ids", {"not": {"refers_to": {"kind": "aws_security_group"}}}, "every element"),
        (
            DB,
            "vpc_security_group_ids",
            {"allOf": [{"not": {"anyOf": [{"refers_to": {"kind": GROUP.type}}]}}]},
            "every element",
        ),
        (DB, "password", "x", "secret"),
        (CDN, "origin.domain_name", "x", "list of blocks"),
        (CDN, "origin[*].custom_header[*].value", "x", "secret"),
        (CDN, "origin[{'custom_header[*].value': x}].origin_id", "x", "secret"),
        (CDN, "origin[{origin_i: x}].origin_id", "x", "did you mean 'origin_id'"),
        (CDN, "origin[{origin_id: 5}].origin_id", "x", "speaks of a number"),
        (CDN, "origin[{origin_id: {patern: x}}].origin_id", "x", "pattern"),
        (CDN, "origin[{origin_id: {}}].origin_id", "x", "anything"),
        (CDN, "origin[{origin_id: {refers_to: {kind: nope}}}].origin_id", "x", "unknown kind"),
        (CDN, "origin[*].domain_name", {"refers_to": {"kind": BUCKET.type, "selct": {}}}, "selct"),
        (CDN, "comment[{a: 1}]", "x", "nothing below"),
    ],
)
def test_what_cannot_be_is_refused_with_the_nearest_name(kind: Kind, path: str, matcher: Any, said: str) -> None:
    with pytest.raises(BodyError, match=re.escape(said)) as caught:
        check_path(kind, path, matcher, KINDS, ("expect",))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "None"),
        ({"kind": 5}, "text"),
        ({"kind": {}}, "text"),
        ({"kind": "aws_db_instanc"}, "did you mean 'aws_db_instance'"),
        ({"kind": "aws_security_group_rule"}, "folds into aws_security_group"),
        ({"kind": "aws_db_proxy"}, "audits/kinds/aws_db_proxy.py"),
        ({"kind": DB.type, "select": 5}, "mapping"),
        ({"kind": DB.type, "select": {"nam": "x"}}, "no attribute"),
        ({"kind": DB.type, "select": {"a[": "x"}}, "not closed"),
        ({"kind": DB.type, "select": {"engine": {"minimun": 1}}}, "minimum"),
        ({"kind": DB.type, "select": {"referred_by": {"kind": DB.type}}}, "kind and path"),
        ({"kind": DB.type, "select": {"referred_by": 5}}, "kind and path"),
        ({"kind": DB.type, "select": {"referred_by": {"kind": DB.type, "path": "nope"}}}, "no attribute"),
        ({"kind": DB.type, "select": {"referred_by": {"kind": DB.type, "path": "["}}}, "not closed"),
        ({"kind": DB.type, "select": {"referred_by": {"kind": DB.type, "path": "engine", "select": 5}}}, "mapping"),
    ],
)
def test_selectors_are_checked_at_every_depth(data: dict[str, Any], said: str) -> None:
    with pytest.raises(BodyError, match=re.escape(said)):
        check_selector(data, KINDS, ())
