"""The effective grants of a role within a service, on both planes: exactly those documented, however written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audits.model import Cause, Redacted, Unknown
from audits.relation import BodyError
from audits.relations.grants import RELATION
from tests.relations import relation_world as world
from tests.relations.iam_world import GRANTED, GRANTS, OBJECTS, REST, THREE, allow, deny, document, judge, role, states

PLANES = pytest.mark.parametrize("plane", ["terraform", "live"])
BUCKET_ARN = "arn:aws:s3:::glimpse-files-prod"
TLS = {"Bool": {"aws:SecureTransport": "false"}}


@PLANES
@pytest.mark.parametrize(
    "statements",
    [
        [allow()],
        [allow([one]) for one in THREE],
        [allow(THREE[0]), allow(list(reversed(THREE)))],
        [allow(["S3:putobject", "s3:GETOBJECT", "s3:DeleteObject"], [OBJECTS, OBJECTS])],
        [allow(), allow("s3:GetObject", f"{BUCKET_ARN}/uploads/*")],
        [allow(THREE, [f"{BUCKET_ARN}/*", f"{BUCKET_ARN}/?*"])],
        [allow(), allow("ec2:*", "*"), allow("s3-object-lambda:*", "*")],
        [allow(NotAction=["s3:*"], resources="*"), allow()],
        [allow(), allow("s3:GetObject", Condition={"Bool": {"aws:SecureTransport": "true"}})],
        [allow(), deny("s3:*", Condition=TLS)],
        [allow(), deny("s3:*", f"{BUCKET_ARN}/locked/*")],
        [allow(), deny("s3:ListBucket", "*")],
        [
            allow("s3:*", "*"),
            deny(None, "*", NotAction=THREE),
            deny("s3:*", NotResource=OBJECTS),
        ],
    ],
)
def test_the_documented_grant_passes_however_it_is_written(plane: str, statements: list[Any]) -> None:
    assert states(plane, *statements) == ("pass", "pass")


@PLANES
def test_an_attached_policy_counts(plane: str) -> None:
    assert states(plane, attached=document(allow())) == ("pass", "pass")
    assert states(plane, allow(THREE[:2]), attached=document(allow(THREE[2]))) == ("pass", "pass")
    found = judge(plane, allow(), attached=document(allow("s3:ListBucket", BUCKET_ARN)))[REST]
    assert (found.state, found.actual) == ("fail", [f"s3:ListBucket on {BUCKET_ARN}"])
    assert "policy extra" in found.cause


SURPLUS = [
    (allow("s3:*"), f"s3:* on {OBJECTS}"),
    (allow("*", "*"), "* on *"),
    (allow("s3:Get*"), f"s3:Get* on {OBJECTS}"),
    (allow("s3:ListBucket", BUCKET_ARN), f"s3:ListBucket on {BUCKET_ARN}"),
    (allow("s3:GetObject", "arn:aws:s3:::glimpse-files-*/*"), "s3:GetObject on arn:aws:s3:::glimpse-files-*/*"),
    (allow("s3:GetObject", "arn:aws:s3:::other/*"), "s3:GetObject on arn:aws:s3:::other/*"),
    (allow("s3:GetObject", "*"), "s3:GetObject on *"),
    (allow(NotAction="iam:*", resources="*"), "everything but iam:* on *"),
    (allow("s3:GetObject", NotResource=OBJECTS), f"s3:GetObject on everything but {OBJECTS}"),
    (allow("s3:GetObjectAcl", Condition=TLS), f"s3:GetObjectAcl on {OBJECTS} if Bool aws:SecureTransport is false"),
    (allow("s3:BrandNewAction"), f"s3:BrandNewAction on {OBJECTS}"),
]


@PLANES
@pytest.mark.parametrize(("statement", "said"), SURPLUS)
def test_anything_more_fails_and_is_named(plane: str, statement: Any, said: str) -> None:
    found = judge(plane, allow(), statement)
    assert (found[GRANTED].state, found[REST].state, found[REST].actual) == ("pass", "fail", [said])
    assert "inline policy files" in found[REST].cause


@PLANES
@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ([allow(THREE[:2])], "only s3:GetObject, s3:PutObject"),
        ([allow(THREE, f"{BUCKET_ARN}/uploads/*")], "not granted"),
        ([allow(THREE, BUCKET_ARN)], "not granted"),
        ([allow(Condition=TLS)], "granted only if Bool aws:SecureTransport is false"),
        ([allow(), deny("s3:Put*", "*")], "only s3:DeleteObject, s3:GetObject"),
        ([allow(), deny("s3:*", [f"{BUCKET_ARN}/*"])], "not granted"),
        ([allow(effect="Deny")], "not granted"),
        ([], "not granted"),
    ],
)
def test_a_grant_that_is_not_there_in_full_fails(plane: str, statements: list[Any], said: str) -> None:
    found = judge(plane, *statements)[GRANTED]
    assert (found.state, found.actual) == ("fail", said)
    assert found.cause


def test_a_narrowing_deny_is_said() -> None:
    assert "narrowed by Deny s3:*" in judge("live", allow(), deny("s3:*", Condition=TLS))[GRANTED].cause
    assert judge("live", allow())[GRANTED].cause == ""


def test_a_documented_deny_has_to_be_there() -> None:
    insecure = {"effect": "Deny", "actions": ["s3:*"], "resources": ["*"], "conditions": TLS}
    body = {"grants": {**GRANTS["grants"], "exactly": [*GRANTS["grants"]["exactly"], insecure]}}
    path = "Deny s3:* on * if Bool aws:SecureTransport is false"
    there = judge("live", allow(), deny("s3:*", "*", Condition=TLS), body=body)
    assert (there[path].state, there[GRANTED].cause) == ("pass", "")
    for wrong in ([], [deny("s3:*", Condition=TLS)], [deny("s3:Get*", "*", Condition=TLS)]):
        assert judge("live", allow(), *wrong, body=body)[path].state == "fail"
    assert (
        judge("live", allow(), deny("s3:*", "*", Condition={"bool": {"AWS:securetransport": False}}), body=body)[
            path
        ].state
        == "pass"
    )


CONDITIONED = {
    "grants": {
        **GRANTS["grants"],
        "exactly": [{**GRANTS["grants"]["exactly"][0], "conditions": {"StringEquals": {"aws:SourceVpce": ["a", "b"]}}}],
    }
}


@PLANES
@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow(Condition={"StringEquals": {"aws:SourceVpce": ["b", "a"]}})], ["pass", "pass"]),
        ([allow(Condition={"StringLike": {"AWS:sourcevpce": v}}) for v in "ab"], ["pass", "pass"]),
        ([allow(Condition={"StringEquals": {"aws:SourceVpce": ["a"]}})], ["fail", "pass"]),
        ([allow(Condition={"StringEquals": {"aws:SourceVpce": ["a", "b", "c"]}})], ["pass", "fail"]),
        ([allow()], ["pass", "fail"]),
        ([allow(Condition={"StringLike": {"aws:SourceVpce": "*"}})], ["pass", "fail"]),
        ([allow(Condition={"StringEquals": {"aws:SourceVpc": ["a", "b"]}})], ["fail", "fail"]),
        ([allow(Condition={"StringNotEquals": {"aws:SourceVpce": ["a", "b"]}})], ["fail", "fail"]),
    ],
)
def test_conditions_are_sets(plane: str, statements: list[Any], expected: list[str]) -> None:
    assert [str(one.state) for one in judge(plane, *statements, body=CONDITIONED).values()] == expected


@PLANES
def test_a_boundary_intersects(plane: str) -> None:
    def bounded(*statements: Any, unread: bool = False) -> tuple[str, str]:
        found = role(plane, allow("s3:*", "*"), attached=document(*statements))
        attached = found[0].attributes["attached_policies"][0]["policy_arn"]
        arn = "arn:aws:iam::aws:policy/X" if unread else attached
        changed = world.changed(found[0], attached_policies=[], permissions_boundary=arn)
        verdicts = world.judge(RELATION, GRANTS, world.view(changed, *found[1:]))
        return str(verdicts[GRANTED].state), str(verdicts[REST].state)

    assert bounded(allow()) == ("pass", "pass")
    assert bounded(allow("s3:*")) == ("pass", "fail")
    assert bounded(allow(THREE[:2])) == ("fail", "pass")
    assert bounded(allow("*", "*"), deny("s3:Put*", "*")) == ("fail", "fail")
    assert bounded(allow(), unread=True) == ("unknown", "unknown")
    assert bounded(allow("s3:*", "*", Condition=TLS)) == ("fail", "unknown")


BY_REFERENCE = Unknown(
    Cause.COMPUTED,
    world.reference("aws_s3_bucket.files", "arn").references,
    parts=(world.reference("aws_s3_bucket.files", "arn"), "/*"),
)


def test_a_reference_to_a_bucket_is_its_arn() -> None:
    assert states("terraform", allow(resources=[BY_REFERENCE])) == ("pass", "pass")
    other = Unknown(Cause.COMPUTED, parts=(world.reference("aws_s3_bucket.other", "arn"), "/*"))
    assert states("terraform", allow(resources=[other])) == ("unknown", "unknown")
    named = Unknown(Cause.COMPUTED, parts=("arn:aws:s3:::", world.reference("aws_s3_bucket.files"), "/*"))
    assert states("terraform", allow(resources=named)) == ("pass", "pass")
    bare = world.reference("aws_s3_bucket.files", "arn")
    found = judge("terraform", allow(), allow("s3:ListBucket", bare))[REST]
    assert (found.state, found.actual) == ("fail", [f"s3:ListBucket on {BUCKET_ARN}"])


LEFT_OUT = Unknown(Cause.VARIABLE, partial=[OBJECTS], open=True)
UNKNOWNS = [
    ([allow(), allow(world.unknown())], ("pass", "unknown")),
    ([allow(), allow([world.unknown()], "*")], ("pass", "unknown")),  # perhaps of another service
    ([allow(), allow([Unknown(Cause.VARIABLE, parts=("ec2:", world.unknown()))], "*")], ("pass", "pass")),
    ([allow(), allow([Unknown(Cause.VARIABLE, parts=("s3:List", world.unknown()))], "*")], ("pass", "fail")),
    ([allow(), allow("s3:GetObject", [world.unknown()])], ("pass", "unknown")),
    ([allow(), allow("s3:ListBucket", [world.unknown()])], ("pass", "fail")),  # wherever: no list is documented
    ([allow(), allow("s3:ListBucket", world.unknown())], ("pass", "unknown")),
    ([allow(), allow("s3:*", world.unknown(), effect=world.unknown())], ("unknown", "unknown")),
    ([allow(), allow("s3:GetObject", Condition=world.unknown())], ("pass", "pass")),
    ([allow(), allow("s3:ListBucket", "*", Condition=world.unknown())], ("pass", "fail")),
    ([allow(Condition=world.unknown())], ("unknown", "pass")),
    ([allow(), deny("s3:*", [world.unknown()])], ("unknown", "pass")),
    ([allow(Condition={"StringEquals": {"sts:ExternalId": Redacted()}})], ("fail", "pass")),
    ([allow(Condition=Redacted())], ("unknown", "pass")),
    ([allow(Redacted())], ("unknown", "unknown")),
    ([allow(), deny("s3:*", Condition=world.unknown())], ("unknown", "pass")),
    ([allow(), world.unknown()], ("unknown", "unknown")),
    ([allow(), allow("s3:GetObject", NotResource=LEFT_OUT)], ("pass", "unknown")),
    ([allow(), allow("s3:Zzz*")], ("pass", "unknown")),
    ([allow("s3:GetObject"), world.unknown()], ("unknown", "unknown")),
    ([allow(), {"Action": "s3:ListBucket", "Resource": "*"}], ("pass", "unknown")),  # no Effect: AWS refuses it
]


@pytest.mark.parametrize(("statements", "expected"), UNKNOWNS)
def test_what_is_known_of_an_unknown_statement_decides(statements: list[Any], expected: tuple[str, str]) -> None:
    assert states("terraform", *statements) == expected


@PLANES
def test_a_policy_that_was_not_read_is_undecided_and_named(plane: str) -> None:
    aws = [{"policy_arn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"}]
    found = judge(plane, allow(), attached_policies=aws)
    assert (found[GRANTED].state, found[REST].state) == ("unknown", "unknown")
    assert "AmazonS3FullAccess" in found[REST].cause
    hidden = (world.gap("aws_iam_role_policy_attachment"),)
    assert states(plane, allow(), gaps=hidden) == ("unreadable", "unreadable")
    found = judge(plane, allow(), gaps=hidden)
    assert found[REST].mend == "allow"
    found = judge(plane, allow(), allow("s3:ListBucket", "*"), gaps=hidden)
    assert found[REST].state == "fail"
    assert "also undecided" in found[REST].cause
    assert states(plane, allow(), gaps=(world.gap(None),)) == ("unreadable", "unreadable")


def test_no_role_is_absent_and_perhaps_a_role_is_undecided() -> None:
    rest = [one for one in role("terraform", allow()) if one.kind != "aws_iam_role"]
    none = [world.changed(one, task_role_arn=None) if one.kind == "aws_ecs_task_definition" else one for one in rest]
    assert set(world.states(RELATION, GRANTS, world.view(*none)).values()) == {"absent"}
    # A task that names a role which the source does not hold has one all the same, elsewhere.
    assert set(world.states(RELATION, GRANTS, world.view(*rest)).values()) == {"unknown"}
    seen = world.view(*rest, gaps=(world.gap("aws_iam_role"),))
    assert set(world.states(RELATION, GRANTS, seen).values()) == {"unreadable"}
    perhaps = [
        world.changed(one, task_role_arn=world.unknown()) if one.kind == "aws_ecs_task_definition" else one
        for one in role("terraform", allow("s3:*", "*"))
    ]
    assert set(world.states(RELATION, GRANTS, world.view(*perhaps)).values()) == {"unknown"}


def test_a_perhaps_selected_role_never_fails_by_itself() -> None:
    for more, expected in (([allow("s3:*", "*")], ["unknown"]), ([allow()], [])):
        other = [
            world.source("aws_iam_role", "other", inline_policy=[{"name": "o", "policy": document(*more)}]),
            world.source("aws_ecs_task_definition", "other", task_role_arn=world.unknown()),
        ]
        found = RELATION.judge(world.control(RELATION, GRANTS), world.view(*role("terraform", allow()), *other))
        assert [str(one.state) for one in found if one.resource == "aws_iam_role.task"] == ["pass", "pass"]
        rest = [one for one in found if one.resource == "aws_iam_role.other"]
        assert [str(one.state) for one in rest if one.path == REST] == expected


def test_unset_is_none_only_where_parts_would_fold_in() -> None:
    found = role("terraform", allow())
    bare = {key: value for key, value in found[0].attributes.items() if key != "attached_policies"}
    seen = world.view(replace(found[0], attributes=bare), *found[1:])
    assert set(world.states(RELATION, GRANTS, seen).values()) == {"pass"}
    alone = replace(world.KINDS["aws_iam_role"], parts=())
    seen = replace(seen, kinds={**world.KINDS, "aws_iam_role": alone})
    assert set(world.states(RELATION, GRANTS, seen).values()) == {"unknown"}


def test_more_values_of_a_negated_condition_are_stricter() -> None:
    exactly = [{**GRANTS["grants"]["exactly"][0], "conditions": {"StringNotEquals": {"aws:SourceVpc": ["a", "b"]}}}]
    body = {"grants": {**GRANTS["grants"], "exactly": exactly}}
    for values, expected in (("ab", ["pass", "pass"]), ("abc", ["fail", "pass"]), ("a", ["pass", "fail"])):
        statement = allow(Condition={"StringNotEquals": {"aws:SourceVpc": list(values)}})
        assert [str(one.state) for one in judge("live", statement, body=body).values()] == expected


def test_equal_deviations_compare_equal_across_the_planes() -> None:
    found = [judge(plane, allow(THREE[:2]), allow("s3:*", "*")) for plane in ("terraform", "live")]
    assert [(one.key, one.path, one.actual) for one in found[0].values()] == [
        (one.key, one.path, one.actual) for one in found[1].values()
    ]


def _with(**changes: Any) -> dict[str, Any]:
    return {"grants": {**GRANTS["grants"], **changes}}


def _statement(**changes: Any) -> dict[str, Any]:
    return _with(exactly=[{**GRANTS["grants"]["exactly"][0], **changes}])


@pytest.mark.parametrize(
    ("body", "message", "path"),
    [
        (_with(service="s33"), "did you mean 's3'", ("service",)),
        (_with(to={"kind": "aws_lb"}), "aws_iam_role", ("to", "kind")),
        (_statement(actions=["s3:GetObjekt"]), "did you mean 's3:GetObject'", ("exactly", 0, "actions", 0)),
        (_statement(actions=["ec2:RunInstances"]), "not of the service", ("exactly", 0, "actions", 0)),
        (_statement(actions=["GetObject"]), "service:Action", ("exactly", 0, "actions", 0)),
        (_statement(resources=["files/*"]), "neither an ARN", ("exactly", 0, "resources", 0)),
        (
            _statement(conditions={"StringEqual": {"a": "b"}}),
            "did you mean 'StringEquals'",
            ("exactly", 0, "conditions", "StringEqual"),
        ),
    ],
)
def test_a_wrong_spec_is_refused_with_its_place(body: Any, message: str, path: tuple[Any, ...]) -> None:
    with pytest.raises(BodyError, match=message) as caught:
        RELATION.check(body, world.KINDS)
    assert caught.value.path == ("grants", *path)


def test_a_right_spec_is_accepted_and_names_its_kinds() -> None:
    RELATION.check(GRANTS, world.KINDS)
    RELATION.check(CONDITIONED, world.KINDS)
    assert RELATION.kinds(GRANTS) == {"aws_iam_role", "aws_iam_policy", "aws_ecs_task_definition", "aws_s3_bucket"}


def test_half_a_listing_of_roles_is_no_pass() -> None:
    whole = role("live", allow())
    assert set(world.states(RELATION, GRANTS, world.view(*whole)).values()) == {"pass"}
    half = RELATION.judge(world.control(RELATION, GRANTS), world.view(*whole, gaps=(world.gap("aws_iam_role"),)))
    assert "unreadable" in {str(verdict.state) for verdict in half}
