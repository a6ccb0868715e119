from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from audits.kind import Kind, Read, Reader
from audits.kinds import registry
from audits.kinds.aws_subnet import KIND as SUBNET
from audits.kinds.aws_vpc import KIND as VPC
from audits.model import Redacted, Resource, Unknown
from audits.planes.live import CallRecord, LiveOptions, iam_action, observe, policy_document
from audits.planes.live.crew import Crew
from audits.planes.live.failures import safe
from audits.planes.live.reader import HalfRead, ListingEnded
from tests.planes.live.test_faults import query_error
from tests.planes.live.world import REGION, Answer, moto_account, proxied_account

ROLES = Kind(
    "aws_iam_role",
    scope="global",
    reads=(Read("iam", "list_roles"), Read("iam", "list_attached_role_policies")),
    secrets=("tags[*].secret",),
)


def _pages(*names: str, token: str = "") -> Answer:
    members = "".join(
        f"<member><RoleName>{name}</RoleName><Arn>arn:aws:iam::1:role/{name}</Arn></member>" for name in names
    )
    more = f"<IsTruncated>true</IsTruncated><Marker>{token}</Marker>" if token else "<IsTruncated>false</IsTruncated>"
    return Answer(
        200,
        f"<ListRolesResponse><ListRolesResult>{more}<Roles>{members}</Roles></ListRolesResult></ListRolesResponse>".encode(),
    )


def _attached(*names: str, token: str = "") -> Answer:
    members = "".join(f"<member><PolicyName>{name}</PolicyName></member>" for name in names)
    more = f"<IsTruncated>true</IsTruncated><Marker>{token}</Marker>" if token else "<IsTruncated>false</IsTruncated>"
    return Answer(
        200,
        f"<ListAttachedRolePoliciesResponse><ListAttachedRolePoliciesResult>{more}<AttachedPolicies>{members}"
        "</AttachedPolicies></ListAttachedRolePoliciesResult></ListAttachedRolePoliciesResponse>".encode(),
    )


def _made(reader: Reader, role: dict[str, Any], **more: Any) -> Resource:
    return reader.resource("aws_iam_role", role["Arn"], {"name": role["RoleName"], **more})


def _kind(from_live: Callable[[Reader], Iterable[Resource]]) -> Kind:
    return replace(ROLES, from_live=from_live)


def test_a_detail_in_pages_is_one_whole_answer() -> None:
    def from_live(reader: Reader) -> Iterable[Resource]:
        for role in reader.pages("iam", "list_roles", "Roles"):
            name = role["RoleName"]
            answer = reader.detail(
                "iam", "list_attached_role_policies", resource=name, attribute="policies", RoleName=name
            )
            assert isinstance(answer, dict | Unknown)
            known = answer if isinstance(answer, Unknown) else [one["PolicyName"] for one in answer["AttachedPolicies"]]
            yield _made(reader, role, policies=known)

    listed = [_attached("a", token="t"), _attached("b")]
    with proxied_account(ListRoles=_pages("one"), ListAttachedRolePolicies=listed) as (world, proxy):
        assert world.observe(_kind(from_live)).resources[0].attributes["policies"] == ["a", "b"]
        proxy.seen.clear()
        proxy.faults["ListAttachedRolePolicies"] = [_attached("a", token="t"), query_error("AccessDenied")]
        found = world.observe(_kind(from_live))
    assert isinstance(found.resources[0].attributes["policies"], Unknown), "half of the policies are not the policies"
    assert [(gap.resource, gap.attribute) for gap in found.gaps] == [("one", "policies")]


def _one_by_one(reader: Reader) -> Iterable[Resource]:
    for role in reader.pages("iam", "list_roles", "Roles"):
        yield _made(reader, role)


def _side_by_side(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("iam", "list_roles", "Roles"), partial(_made, reader))


def _chosen(reader: Reader) -> Iterable[Resource]:
    return reader.each((role for role in reader.pages("iam", "list_roles", "Roles")), partial(_made, reader))


def _lookup(reader: Reader) -> Iterable[Resource]:
    by_name = {role["RoleName"]: role for role in reader.pages("iam", "list_roles", "Roles")}
    return [_made(reader, role, number=len(by_name)) for role in by_name.values()]


def _details(reader: Reader) -> Iterable[Resource]:
    roles = reader.pages("iam", "list_roles", "Roles")
    names = reader.each(roles, lambda role: role["RoleName"])
    return [_made(reader, role, name=name) for role, name in zip(roles, names, strict=False)]


@pytest.mark.parametrize(
    ("from_live", "kept"), [(_one_by_one, 2), (_side_by_side, 2), (_chosen, 2), (_lookup, 0), (_details, 0)]
)
def test_half_a_listing_gives_resources_but_is_never_taken_for_all(
    from_live: Callable[[Reader], Iterable[Resource]], kept: int
) -> None:
    with proxied_account(ListRoles=[_pages("one", "two", token="t"), query_error("AccessDenied")]) as (world, _):
        found = world.observe(_kind(from_live))
    assert len(found.resources) == kept
    (gap,) = found.gaps
    assert gap.cause == "access denied" and gap.covers("aws_iam_role")


USES: dict[str, Callable[[HalfRead], Any]] = {
    "length": len,
    "truth": bool,
    "list": list,
    "sorted": sorted,
    "unpacked": lambda half: [*half],
    "sum": lambda half: half + [],
    "sum from the right": lambda half: [] + half,
    "element": lambda half: half[0],
    "contains": lambda half: {"a": 1} in half,
    "equal": lambda half: half == [],
    "reversed": reversed,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_half_a_listing_cannot_be_used_as_a_whole(use: Callable[[HalfRead], Any]) -> None:
    with pytest.raises(ListingEnded):
        use(HalfRead([{"a": 1}]))


def test_truncated_without_a_way_on_is_partial() -> None:
    body = _pages("one").body.replace(b"<IsTruncated>false", b"<IsTruncated>true")
    with proxied_account(ListRoles=Answer(200, body)) as (world, _):
        found = world.observe(_kind(_side_by_side))
    assert len(found.resources) == 1 and [gap.cause for gap in found.gaps] == ["partial listing"]


def test_an_item_that_fails_is_left_out_behind_a_gap() -> None:
    def fail(reader: Reader, role: dict[str, Any]) -> Resource:
        return _made(reader, role, broken=role["Path"] if role["RoleName"] == "two" else "")

    def from_live(reader: Reader) -> Iterable[Resource]:
        return reader.each(reader.pages("iam", "list_roles", "Roles"), partial(fail, reader))

    with proxied_account(ListRoles=_pages("one", "two", "three")) as (world, _):
        found = world.observe(_kind(from_live))
    assert sorted(one.attributes["name"] for one in found.resources) == ["one", "three"]
    (gap,) = found.gaps
    assert "two" in gap.detail and "KeyError: 'Path'" in gap.detail and gap.covers("aws_iam_role")


def test_secrets_never_leave_the_reader() -> None:
    def from_live(reader: Reader) -> Iterable[Resource]:
        for role in reader.pages("iam", "list_roles", "Roles"):
            yield _made(reader, role, tags=[{"secret": "hush", "key": "a"}, {"secret": None}])

    with proxied_account(ListRoles=_pages("one")) as (world, _):
        (found,) = world.observe(_kind(from_live)).resources
    assert found.attributes["tags"] == [{"secret": Redacted(), "key": "a"}, {"secret": None}]


def test_equal_calls_are_made_once_and_heard_of() -> None:
    heard: list[CallRecord] = []
    with proxied_account(ListRoles=_pages("one")) as (world, proxy):
        kinds = [_kind(_side_by_side), replace(_kind(_one_by_one), type="aws_iam_instance_profile")]
        found = world.observe(*kinds, on_call=heard.append, regions=(REGION, "us-east-1"))
    assert proxy.seen == ["GetCallerIdentity", "ListRoles"], "a global kind is read once, whatever the regions"
    assert [(call.operation, call.outcome) for call in heard] == [("list_roles", "ok")]
    assert {resource.region for resource in found.resources} == {"us-east-1"}


def test_one_gap_for_one_failed_call_with_every_kind_that_rests_on_it() -> None:
    with proxied_account(ListRoles=query_error("AccessDenied")) as (world, _):
        kinds = [_kind(_side_by_side), replace(_kind(_one_by_one), type="aws_iam_instance_profile")]
        found = world.observe(*kinds)
    assert [gap.kinds for gap in found.gaps] == [("aws_iam_instance_profile", "aws_iam_role")]


def test_a_kind_without_reader_is_not_mistaken_for_none() -> None:
    with moto_account() as world:
        (gap,) = world.observe(replace(ROLES, from_live=None)).gaps
    assert gap.covers("aws_iam_role") and gap.cause == "not supported"


def test_order_and_times_do_not_depend_on_threads() -> None:
    times = iter([datetime(2025, 11, 1, tzinfo=UTC), datetime(2025, 11, 1, 0, 0, 3, tzinfo=UTC)])
    with moto_account():
        options = LiveOptions(regions=(REGION, "us-east-1"))
        found = observe([SUBNET, VPC], options, clock=lambda: next(times))
        again = observe([VPC, SUBNET], options)
    assert found.resources == again.resources
    assert (found.started, found.finished) == ("2025-11-01T00:00:00.000Z", "2025-11-01T00:00:03.000Z")
    assert Counter(one.region for one in found.of_kind("aws_vpc")) == {REGION: 1, "us-east-1": 1}


def test_nested_work_with_one_helper_does_not_stand_still() -> None:
    crew = Crew(1)
    deep = crew.each([1, 2, 3], lambda a: [d.result for d in crew.each([1, 2, 3], lambda b: a * b)])
    assert [done.result for done in deep] == [[1, 2, 3], [2, 4, 6], [3, 6, 9]]
    crew.close()


def test_no_more_calls_at_once_than_workers() -> None:
    under_way, most, lock = 0, 0, threading.Lock()

    def slow(body: bytes) -> bytes:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        threading.Event().wait(0.02)
        with lock:
            under_way -= 1
        return _attached("a").body

    def of(reader: Reader, role: dict[str, Any]) -> Resource:
        name = role["RoleName"]
        reader.detail("iam", "list_attached_role_policies", resource=name, attribute="p", RoleName=name)
        return _made(reader, role)

    def from_live(reader: Reader) -> Iterable[Resource]:
        return reader.each(reader.pages("iam", "list_roles", "Roles"), partial(of, reader))

    names = [f"role-{number}" for number in range(12)]
    with proxied_account(ListRoles=_pages(*names), ListAttachedRolePolicies=slow) as (world, _):
        found = world.observe(_kind(from_live), max_workers=3)
    assert len(found.resources) == 12 and 1 < most <= 3


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("rds", "describe_db_instances", "rds:DescribeDBInstances"),
        ("elbv2", "describe_load_balancers", "elasticloadbalancing:DescribeLoadBalancers"),
        ("application-autoscaling", "describe_scalable_targets", "application-autoscaling:DescribeScalableTargets"),
        ("stepfunctions", "list_state_machines", "states:ListStateMachines"),
    ],
)
def test_iam_actions(service: str, operation: str, action: str) -> None:
    assert iam_action(Read(service, operation)) == action
    assert iam_action(Read(service, operation, action="other:Action")) == "other:Action"


def test_the_policy_allows_what_the_kinds_read_and_nothing_else() -> None:
    document = policy_document([VPC, SUBNET])
    (statement,) = document["Statement"]
    assert statement["Action"] == ["ec2:DescribeSubnets", "ec2:DescribeVpcs", "sts:GetCallerIdentity"]
    assert statement["Effect"] == "Allow" and statement["Resource"] == "*"
    everything = policy_document(registry().values())["Statement"][0]["Action"]
    assert not any("*" in action for action in everything)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("not authorized. Encoded authorization failure message: AAAA BBBB", "not authorized. …"),
        ("key AKIAABCDEFGHIJKLMNOP is bad", "key … is bad"),
        ("the signature differs\n\nThe Canonical String: x-amz-security-token:secret", "the signature differs"),
        ("token " + "Ab1/" * 40, "token …"),
        ("role arn:aws:iam::123456789012:role/a", "role arn:aws:iam::123456789012:role/a"),
        ("", ""),
    ],
)
def test_nothing_secret_is_shown(text: str, shown: str) -> None:
    assert safe(text) == shown
    assert len(safe("a b " * 500)) == 300
