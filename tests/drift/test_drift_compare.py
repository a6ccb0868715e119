"""Resources of both planes, attribute by attribute: what each rule of the provider and of AWS makes of a difference."""

from __future__ import annotations

from typing import Any

import pytest
from drift_factories import between, ours, paths, theirs, values
from hypothesis import given, settings
from hypothesis import strategies as st

from audits import kinds
from audits.drift.compare import compare
from audits.model import Cause, Gap, Observation, Origin, Redacted, Resource, Unknown
from audits.provider_schema import block_of
from tests.factories import pointing, unknown

GROUP, DATABASE, SECURITY, ROLE = "aws_cloudwatch_log_group", "aws_db_instance", "aws_security_group", "aws_iam_role"
SERVICE, TARGET = "aws_ecs_service", "aws_appautoscaling_target"
SG_1, SG_2 = (f"arn:aws:ec2:eu-west-1:123456789012:security-group/sg-{digit * 8}" for digit in "12")


def database(source: dict[str, Any], live: dict[str, Any], **more: Any) -> Any:
    """One database, by what Terraform says of it and what the account has."""
    return between(
        [ours(DATABASE, f"{DATABASE}.a", identifier="a", **source, **more)],
        [theirs(DATABASE, "arn:db", identifier="a", **live)],
    )


def test_an_attribute_differs_with_both_values_and_both_identities() -> None:
    (drift,) = database({"instance_class": "db.t4g.micro"}, {"instance_class": "db.t4g.large"}).drift
    assert (drift.terraform.identity, drift.live and drift.live.identity) == (f"{DATABASE}.a", "arn:db")
    assert (drift.path, drift.difference.terraform, drift.difference.live) == (
        "instance_class",
        "db.t4g.micro",
        "db.t4g.large",
    )


def test_what_the_source_leaves_out_says_nothing_but_a_declared_default_does() -> None:
    assert paths(database({}, {"instance_class": "db.t4g.large"})) == []
    (drift,) = database({}, {"deletion_protection": True}).drift
    assert (drift.path, drift.difference.terraform, bool(drift.default)) == ("deletion_protection", False, True)


def test_where_the_account_says_nothing_a_default_does_not_differ() -> None:
    found = between([ours("aws_lb", "aws_lb.a", name="a")], [theirs("aws_lb", "arn:lb", name="a", enable_http2=None)])
    assert paths(found) == []
    assert ("enable_http2", "the account says nothing of it") in [(path, why) for _, path, why in found.open]


def test_what_no_reader_gives_is_not_absent() -> None:
    found = database({"skip_final_snapshot": True}, {})
    assert paths(found) == []
    assert "skip_final_snapshot" in [path for _, path, _ in found.open]


@pytest.mark.parametrize("ignored", [("instance_class",), ("all",)])
def test_ignore_changes_silences(ignored: tuple[str, ...]) -> None:
    found = database({"instance_class": "a"}, {"instance_class": "b"}, Ignored=ignored)
    assert paths(found) == []
    assert found.attributes.reasons["ignore_changes"] >= 1


def test_ignore_changes_of_another_attribute_does_not() -> None:
    assert paths(database({"instance_class": "a"}, {"instance_class": "b"}, Ignored=("engine",))) == ["instance_class"]


def test_all_tags_are_compared_with_those_of_resource_and_provider_together() -> None:
    assert paths(database({"tags": {"A": "1"}, "tags_all": {"A": "1", "B": "2"}}, {"tags": {"A": "1", "B": "2"}})) == []
    by_hand = database({"tags": {"A": "1"}}, {"tags": {"A": "1", "Owner": "me"}})
    assert values(by_hand) == [("tags.Owner", None, "me")]
    assert values(database({}, {"tags": {"Owner": "me"}})) == [("tags.Owner", None, "me")]
    assert paths(database({"tags": {"A": "1"}}, {"tags": {"A": "1", "Owner": "me"}}, Ignored=('tags["Owner"]',))) == []


def test_tags_that_a_provider_may_add_in_a_file_that_was_not_read_stay_open() -> None:
    gap = Gap("terraform", None, "providers.tf", "not HCL")
    source = ours(DATABASE, f"{DATABASE}.a", identifier="a", tags={"A": "1"})
    live = theirs(DATABASE, "arn:db", identifier="a", tags={"A": "1", "B": "2"})
    assert paths(between([source], [live], gaps=[gap])) == []
    live = theirs(DATABASE, "arn:db", identifier="a", tags={"B": "2"})
    assert values(between([source], [live], gaps=[gap])) == [("tags.A", "1", None)]


def test_a_name_made_from_a_prefix_is_no_drift_and_another_name_is() -> None:
    name = {"identifier_prefix": "prod-"}
    state = [ours(DATABASE, f"{DATABASE}.a", identifier="prod-2024", arn="arn:db", id="i")]
    source = [ours(DATABASE, f"{DATABASE}.a", **name)]
    for identifier, wanted in (("prod-20240102030405", []), ("test-20240102030405", ["identifier"])):
        live = theirs(DATABASE, "arn:db", identifier=identifier, identifier_prefix="x", arn="arn:db", id="i")
        assert paths(between(source, [live], state=state)) == wanted


# -- What somebody else owns


@pytest.mark.parametrize(
    ("said", "has", "drifts"),
    [
        ("16", "16.3", False),
        ("16.3", "16.3", False),
        ("16.3", "16.4", True),
        ("16", "17.1", True),
        ("1", "16.3", True),
        ("6.x", "6.2.6", False),
        ("6.x", "7.0.7", True),
    ],
)
def test_a_prefix_of_the_engines_version_is_that_version(said: str, has: str, drifts: bool) -> None:
    found = database({"engine_version": said}, {"engine_version": has})
    assert paths(found) == (["engine_version"] if drifts else [])
    assert bool(found.explained) == (not drifts and said != has)


@pytest.mark.parametrize(
    ("has", "itself", "drifts"),
    [
        ("16.4", True, False),
        ("16.4", "true", False),
        ("16.4", False, True),
        ("16.4", None, True),
        ("16.2", True, True),
        ("17.3", True, True),
        ("17", True, True),
    ],
)
def test_a_minor_version_that_aws_upgrades_by_itself_is_explained(has: str, itself: Any, drifts: bool) -> None:
    found = database({"engine_version": "16.3"}, {"engine_version": has, "auto_minor_version_upgrade": itself})
    assert ("engine_version" in paths(found)) is drifts
    assert bool(found.explained) is not drifts


@pytest.mark.parametrize(("has", "drifts"), [(20, False), (60, False), (120, True), (10, True)])
def test_storage_that_rds_grew_is_explained(has: int, drifts: bool) -> None:
    found = database({"allocated_storage": 20, "max_allocated_storage": 100}, {"allocated_storage": has})
    assert ("allocated_storage" in paths(found)) is drifts
    assert paths(database({"allocated_storage": 20}, {"allocated_storage": 60})) == ["allocated_storage"]


def service(*more: Resource, count: int = 5, **given: Any) -> Any:
    """A service with two tasks in the source and ``count`` in the account; ``more`` stands beside it there."""
    source = [ours(SERVICE, f"{SERVICE}.a", name="api", desired_count=2)]
    live = [theirs(SERVICE, "arn:s", name="api", cluster="arn:aws:ecs:x:1:cluster/c", desired_count=count), *more]
    return between(source, live, **given)


def target(name: str = "service/c/api", dimension: str = "ecs:service:DesiredCount") -> Resource:
    """A scalable target of the account."""
    given = {"resource_id": name, "scalable_dimension": dimension, "min_capacity": 2, "max_capacity": 20}
    return theirs(TARGET, "arn:t", service_namespace="ecs", **given)


def test_a_count_that_autoscaling_sets_is_explained() -> None:
    found = service(target())
    assert paths(found) == []
    assert [one.reason for one in found.explained] == ["Application Auto Scaling sets it (arn:t: 2 to 20)"]


@pytest.mark.parametrize("other", [(), (target("service/c/other"),), (target(dimension="ecs:service:Other"),)])
def test_a_count_that_nothing_scales_is_drift(other: tuple[Resource, ...]) -> None:
    assert values(service(*other)) == [("desired_count", 2, 5)]


def test_whether_something_scales_it_may_be_unreadable() -> None:
    found = service(gaps=[Gap("live", (TARGET,), "application-autoscaling:DescribeScalableTargets", "denied")])
    assert (paths(found), found.explained) == ([], ())
    assert "desired_count" in [path for _, path, _ in found.open]


def test_a_target_in_the_source_owns_the_count_too() -> None:
    source = [
        ours(SERVICE, f"{SERVICE}.a", name="api", desired_count=2),
        ours(
            TARGET,
            f"{TARGET}.a",
            service_namespace="ecs",
            resource_id="service/c/api",
            scalable_dimension="ecs:service:DesiredCount",
        ),
    ]
    live = [theirs(SERVICE, "arn:s", name="api", cluster="c", desired_count=5)]
    assert "desired_count" not in paths(between(source, live))


@pytest.mark.parametrize(("has", "drifts"), [(3, False), (9, True)])
def test_a_group_is_scaled_between_its_bounds(has: int, drifts: bool) -> None:
    bounds = {"name": "g", "min_size": 1, "max_size": 4}
    source = [ours("aws_autoscaling_group", "aws_autoscaling_group.a", desired_capacity=2, **bounds)]
    live = [theirs("aws_autoscaling_group", "arn:g", desired_capacity=has, **bounds)]
    assert ("desired_capacity" in paths(between(source, live))) is drifts


def schedule(retries: int) -> Any:
    """A schedule without a retry policy in the source, and with one in the account."""
    policy = {"maximum_event_age_in_seconds": 86400, "maximum_retry_attempts": retries}
    target = {"arn": "arn:f", "role_arn": "arn:r"}
    source = [ours("aws_scheduler_schedule", "aws_scheduler_schedule.a", name="a", target=[target])]
    live = [theirs("aws_scheduler_schedule", "arn:s", name="a", target=[{**target, "retry_policy": [policy]}])]
    return between(source, live)


def test_a_retry_policy_that_applies_by_itself_is_explained() -> None:
    assert (paths(schedule(185)), len(schedule(185).explained)) == ([], 1)
    assert paths(schedule(3)) == ["target[0].retry_policy"]


@pytest.mark.parametrize(("said", "drifts"), [("Disabled", False), ("Enabled", True)])
def test_s3_says_nothing_of_mfa_delete_that_is_off(said: str, drifts: bool) -> None:
    source = [
        ours("aws_s3_bucket", "aws_s3_bucket.a", bucket="a", versioning=[{"status": "Enabled", "mfa_delete": said}])
    ]
    live = [theirs("aws_s3_bucket", "arn:a", bucket="a", versioning=[{"status": "Enabled", "mfa_delete": None}])]
    assert ("versioning[0].mfa_delete" in paths(between(source, live))) is drifts


def test_disks_may_have_the_providers_default_tags() -> None:
    def disk(ours_: dict[str, str], theirs_: dict[str, str]) -> list[str]:
        state = [ours("aws_instance", "aws_instance.a", id="i-1")]
        source = [ours("aws_instance", "aws_instance.a", root_block_device=[{"tags": ours_}])]
        live = [theirs("aws_instance", "i-1", id="i-1", root_block_device=[{"tags": theirs_}])]
        return paths(between(source, live, state=state))

    assert disk({"A": "1"}, {"A": "1", "Default": "2"}) == []
    assert disk({"A": "1"}, {"A": "2"}) == ["root_block_device[0].tags.A"]


def test_a_state_does_not_tell_an_empty_text_from_nothing() -> None:
    saved = theirs(
        DATABASE, f"{DATABASE}.a", identifier="a", arn="arn:db", id="i", character_set_name="", multi_az=False
    )
    live = theirs(DATABASE, "arn:db", identifier="a", arn="arn:db", id="i", character_set_name="UTF8", multi_az=True)
    assert paths(between([saved], [live])) == ["multi_az"]
    source = ours(DATABASE, f"{DATABASE}.a", identifier="a", character_set_name="")
    assert paths(between([source], [live])) == ["character_set_name"]


def test_elements_of_a_set_that_a_state_shows_twice_are_one() -> None:
    inline = {"name": "p", "policy": {"Version": "2012-10-17", "Statement": []}}
    source = ours(ROLE, f"{ROLE}.a", name="a", inline_policy=[inline, {**inline, "name_prefix": ""}])
    assert paths(between([source], [theirs(ROLE, "arn:r", name="a", inline_policy=[inline])])) == []
    other = [theirs(ROLE, "arn:r", name="a", inline_policy=[{**inline, "name": "q"}])]
    assert paths(between([source], other)) != []


# -- References


def groups(attached: Any) -> list[Resource]:
    """Two security groups, and a database with one of them in the account."""
    return [
        theirs(SECURITY, SG_1, name="one", id="sg-11111111", arn=SG_1),
        theirs(SECURITY, SG_2, name="two", id="sg-22222222", arn=SG_2),
        theirs(DATABASE, "arn:db", identifier="a", vpc_security_group_ids=attached),
    ]


def attached(*references: Any) -> list[Resource]:
    """The same in the source, the database with these groups."""
    return [
        ours(SECURITY, f"{SECURITY}.one", name="one"),
        ours(SECURITY, f"{SECURITY}.two", name="two"),
        ours(DATABASE, f"{DATABASE}.a", identifier="a", vpc_security_group_ids=list(references)),
    ]


ONE, TWO = pointing(f"{SECURITY}.one.id"), pointing(f"{SECURITY}.two.id")


def test_a_reference_to_the_same_resource_is_equal() -> None:
    found = between(attached(ONE), groups(["sg-11111111"]))
    assert paths(found) == []
    assert "vpc_security_group_ids" not in [path for _, path, _ in found.open]


def test_a_reference_to_another_resource_is_drift() -> None:
    (drift,) = between(attached(ONE), groups(["sg-22222222"])).drift
    assert (drift.path, drift.difference.live) == ("vpc_security_group_ids[0]", "sg-22222222")
    (drift,) = between(attached(ONE), groups(["sg-99999999"])).drift
    assert drift.difference.live == "sg-99999999"


def test_a_group_attached_by_hand_is_named() -> None:
    found = between(attached(ONE), groups(["sg-22222222", "sg-11111111"]))
    assert values(found) == [("vpc_security_group_ids", None, "sg-22222222")]


def test_a_reference_to_what_is_not_paired_decides_nothing() -> None:
    source = [*attached(pointing(f"{SECURITY}.three.id")), ours(SECURITY, f"{SECURITY}.three", name=unknown())]
    found = between(source, groups(["sg-22222222"]))
    assert paths(found) == []
    assert [path for _, path, _ in found.open if path.startswith("vpc")] == ["vpc_security_group_ids[0]"]


def test_a_text_made_of_a_reference_is_compared_whole() -> None:
    bucket = ours("aws_s3_bucket", "aws_s3_bucket.a", bucket="files")
    text = Unknown(Cause.COMPUTED, (), parts=(pointing("aws_s3_bucket.a.arn"), "/logs"), not_null=True)
    source = [bucket, ours("aws_flow_log", "aws_flow_log.a", log_destination=text)]
    state = [ours("aws_flow_log", "aws_flow_log.a", id="fl-1")]
    for destination, wanted in (("arn:aws:s3:::files/logs", []), ("arn:aws:s3:::files/other", ["log_destination"])):
        live = [
            theirs("aws_s3_bucket", "arn:aws:s3:::files", bucket="files", arn="arn:aws:s3:::files"),
            theirs("aws_flow_log", "fl-1", id="fl-1", log_destination=destination),
        ]
        assert paths(between(source, live, state=state)) == wanted


# -- What is split and folded


def rule(address: str, /, **given: Any) -> Resource:
    """A rule of the group, as a resource of its own."""
    base = {"security_group_id": pointing(f"{SECURITY}.one.id"), "ip_protocol": "tcp", "from_port": 443, "to_port": 443}
    return ours("aws_vpc_security_group_ingress_rule", address, **base, **given)


def permission(cidr: str, **more: Any) -> dict[str, Any]:
    """A rule as the account shows it."""
    given = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": [cidr], "description": ""}
    return {**given, "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": [], "self": False, **more}


def guarded(*rules: dict[str, Any]) -> list[Resource]:
    """The group in the account."""
    return [theirs(SECURITY, SG_1, name="one", id="sg-11111111", arn=SG_1, ingress=list(rules))]


def test_a_rule_added_by_hand_is_drift_and_is_named() -> None:
    source = [ours(SECURITY, f"{SECURITY}.one", name="one"), rule("r.a", cidr_ipv4="10.0.0.0/8")]
    assert paths(between(source, guarded(permission("10.0.0.0/8")))) == []
    (drift,) = between(source, guarded(permission("10.0.0.0/8"), permission("0.0.0.0/0"))).drift
    assert (drift.path, drift.difference.terraform) == ("ingress", None)
    assert drift.difference.live["cidr_blocks"] == ["0.0.0.0/0"]


def test_a_rule_in_a_group_without_any_is_drift() -> None:
    (drift,) = between([ours(SECURITY, f"{SECURITY}.one", name="one")], guarded(permission("0.0.0.0/0"))).drift
    assert drift.path == "ingress"


def test_a_rule_that_is_gone_is_drift_at_its_own_place() -> None:
    source = [
        ours(SECURITY, f"{SECURITY}.one", name="one", Origin=Origin("main.tf", 1)),
        rule("r.a", cidr_ipv4="10.0.0.0/8", Origin=Origin("main.tf", 7)),
    ]
    (drift,) = between(source, guarded()).drift
    assert drift.terraform.origin_of(drift.difference.place).line == 7


def test_where_rules_may_lie_behind_a_gap_in_the_source_none_is_by_hand() -> None:
    source = [ours(SECURITY, f"{SECURITY}.one", name="one"), rule("r.a", cidr_ipv4="10.0.0.0/8")]
    gap = Gap("terraform", None, "module.rules", "missing module", module="rules")
    live = guarded(permission("10.0.0.0/8"), permission("0.0.0.0/0"))
    assert paths(between(source, live, gaps=[gap])) == []
    assert paths(between(source, live, gaps=[gap], modules={"rules": ("aws_db_*",)})) == ["ingress"]
    assert paths(between(source, guarded(), gaps=[gap])) == ["ingress"]


def test_a_part_under_ignore_changes_is_left_out() -> None:
    source = [
        ours(SECURITY, f"{SECURITY}.one", name="one"),
        rule("r.a", cidr_ipv4="10.0.0.0/8", Ignored=("cidr_ipv4",)),
    ]
    assert paths(between(source, guarded(permission("0.0.0.0/0")))) == []
    # It may have become several rules; another group's is none of it.
    assert paths(between(source, guarded(permission("0.0.0.0/0"), permission("1.0.0.0/8")))) == []
    assert len(between([source[0], rule("r.a", cidr_ipv4="10.0.0.0/8")], guarded(permission("0.0.0.0/0"))).drift) == 1


def test_a_policy_attached_by_hand_is_drift() -> None:
    source = [ours(ROLE, f"{ROLE}.a", name="a")]
    inline = {"name": "backup", "policy": {"Version": "2012-10-17", "Statement": []}}
    live = theirs(ROLE, "arn:r", name="a", inline_policy=[inline], attached_policies=[{"policy_arn": "arn:p"}])
    assert sorted(paths(between(source, [live]))) == ["attached_policies", "inline_policy"]
    gap = Gap("terraform", ("aws_iam_role_policy",), "x.tf", "unread")
    assert paths(between(source, [live], gaps=[gap])) == ["attached_policies"]


def test_what_could_not_be_read_of_a_resource_never_differs() -> None:
    hidden = unknown(Cause.UNREADABLE)
    live = theirs(ROLE, "arn:r", name="a", inline_policy=hidden, attached_policies=hidden, tags=hidden, path=hidden)
    found = between([ours(ROLE, f"{ROLE}.a", name="a", tags={"A": "1"}, path="/x/")], [live])
    assert paths(found) == []
    assert {path for _, path, _ in found.open} >= {"tags", "path"}


def test_what_is_secret_never_differs_and_never_shows() -> None:
    found = database({"password": "hush", "username": "a"}, {"password": Redacted(), "username": "a"})
    assert paths(found) == []
    assert "hush" not in repr(found)


def test_the_count_tells_what_was_compared_and_why_the_rest_was_not() -> None:
    found = database(
        {"instance_class": "a", "engine": unknown(Cause.VARIABLE, "var.x")}, {"instance_class": "a", "engine": "b"}
    )
    count = found.attributes
    assert count.all == count.compared + sum(count.reasons.values())
    assert count.reasons["unknown in the source"] == 1


def test_what_is_nested_too_deeply_stays_open() -> None:
    deep: Any = 1
    for _ in range(2_000):
        deep = [deep]
    terraform = Observation("terraform", (ours(GROUP, f"{GROUP}.a", name="a", Key="a", metric_filter=deep),))
    live = Observation("live", (theirs(GROUP, "arn:g", name="a", Key="a", metric_filter=[deep]),))
    found = compare(terraform, live, kinds.registry())
    assert found.drift == ()
    assert ("metric_filter", "nested too deeply") in [(path, reason) for _, path, reason in found.open]


# -- A resource compared with itself

_NAMES = {"aws_db_instance": "identifier", "aws_cloudwatch_log_group": "name", "aws_security_group": "name"}
_VALUES = (
    st.none()
    | st.booleans()
    | st.integers(0, 9)
    | st.text(max_size=3)
    | st.dictionaries(st.text(max_size=2), st.text(max_size=2), max_size=2)
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(_NAMES)), st.data())
def test_a_resource_compared_with_itself_never_drifts(kind: str, data: Any) -> None:
    block = block_of(kind)
    assert block is not None
    # All tags stand in `tags` in an account.
    known = sorted({*block["attributes"], *block["blocks"]} - {"tags_all"})
    names = data.draw(st.lists(st.sampled_from(known), max_size=6))
    given = {name: data.draw(_VALUES) for name in names} | {_NAMES[kind]: "a"}
    live = theirs(kind, "arn:x", **given)
    found = between([ours(kind, f"{kind}.a", **given)], [live])
    # What the source leaves out has its default, which the account may not have.
    assert [one.path for one in found.drift if not one.default] == []
