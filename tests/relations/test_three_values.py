"""What becomes unknown or unread may make a verdict undecided, and never anything else; spelling changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from audits.model import Cause, Resource, Unknown
from audits.relations import grants, reach, resource_policy
from tests.relations import iam_world as iam
from tests.relations import reach_world as chain
from tests.relations import relation_world as world

UNDECIDED = {"unknown", "unreadable"}
Place = tuple[str | int, ...]
MANY = settings(max_examples=250, deadline=None)


def places(value: Any, here: Place = ()) -> Iterator[Place]:
    """Every place inside a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*here, key)
        yield from places(one, (*here, key))


def replaced(value: Any, place: Place, new: Any) -> Any:
    if not place:
        return new
    if isinstance(value, dict):
        return {key: replaced(one, place[1:], new) if key == place[0] else one for key, one in value.items()}
    return [replaced(one, place[1:], new) if number == place[0] else one for number, one in enumerate(value)]


def compare(before: dict[str, str], after: dict[str, str]) -> None:
    for path, state in after.items():
        assert state in {before[path]} | UNDECIDED, path


@st.composite
def hidden(draw: st.DrawFn, resources: list[Resource], kinds: tuple[str, ...]) -> list[Resource]:
    """The resources with one part of one of them unknown, perhaps with what is known of it."""
    number = draw(st.sampled_from([n for n, one in enumerate(resources) if one.kind in kinds]))
    found = [one for one in places(dict(resources[number].attributes)) if one[0] not in ("name", "bucket")]
    place = draw(st.sampled_from(found))
    old: Any = resources[number].attributes
    for step in place:
        old = old[step]
    cause = draw(st.sampled_from([Cause.VARIABLE, Cause.UNREADABLE, Cause.MISSING_MODULE]))
    new = Unknown(cause)
    if isinstance(old, list):
        some = [one for one in old if draw(st.booleans())]
        new = draw(st.sampled_from([new, Unknown(cause, partial=some, open=True), Unknown(cause, length=len(old))]))
    elif isinstance(old, dict) and draw(st.booleans()):
        new = Unknown(cause, partial=old)
    elif isinstance(old, str) and len(old) > 1 and draw(st.booleans()):
        new = Unknown(cause, parts=(old[:1], Unknown(cause)))
    changed = world.changed(resources[number], **replaced(dict(resources[number].attributes), place, new))
    return [changed if n == number else one for n, one in enumerate(resources)]


SOURCES = st.sampled_from(
    [
        {"cidr_blocks": ["0.0.0.0/0"]},
        {"cidr_blocks": ["0.0.0.0/1", "128.0.0.0/1"]},
        {"cidr_blocks": ["10.0.0.0/8"], "self": True},
        {"ipv6_cidr_blocks": ["::/0"]},
        {"prefix_list_ids": ["pl-1"]},
        {"self": True},
        {"security_groups": [world.reference("aws_security_group.alb")]},
        {"security_groups": [world.reference("aws_security_group.ecs")]},
        {"security_groups": [world.reference("aws_security_group.third")], "cidr_blocks": ["1.2.3.4/32"]},
    ]
)
PORTS = st.sampled_from([(443, 443, "tcp"), (3001, 3001, "tcp"), (5432, 5432, "6"), (5000, 6000, "tcp"), (0, 0, "-1")])
RULES = st.builds(lambda ports, sources: chain.rule(*ports, **sources), PORTS, SOURCES)
INGRESS = st.fixed_dictionaries({name: st.lists(RULES, max_size=2) for name in chain.NAMES})
CHAIN_KINDS = ("aws_security_group", "aws_lb", "aws_ecs_service", "aws_db_instance")


@st.composite
def chains(draw: st.DrawFn) -> list[Resource]:
    """The documented rules, some of them left out, and some others."""
    more = draw(INGRESS)
    ingress = {
        name: [*(one for one in rules if draw(st.integers(0, 3))), *(more[name] if draw(st.booleans()) else [])]
        for name, rules in chain.rules("terraform").items()
    }
    return chain.resources("terraform", {**ingress, "third": []})


def reach_states(resources: list[Resource], **more: Any) -> dict[str, str]:
    return world.states(reach.RELATION, chain.BODY, world.view(*resources, **more))


@MANY
@given(st.data())
def test_an_unknown_part_of_a_chain_only_makes_undecided(data: st.DataObject) -> None:
    resources = data.draw(chains())
    compare(reach_states(resources), reach_states(data.draw(hidden(resources, CHAIN_KINDS))))


@MANY
@given(chains(), st.sampled_from([None, "aws_security_group_rule", *CHAIN_KINDS]), st.data())
def test_a_gap_only_makes_undecided(resources: list[Resource], kind: str | None, data: st.DataObject) -> None:
    read = [one for one in resources if kind is None or one.kind != kind or data.draw(st.booleans())]
    before, after = reach_states(resources), reach_states(read, gaps=(world.gap(kind),))
    compare(before, after)
    if kind in (None, "aws_security_group_rule"):
        assert "pass" not in {after[path] for path in chain.CLOSED}


@MANY
@given(chains(), st.randoms(use_true_random=False))
def test_how_rules_are_written_changes_nothing(resources: list[Resource], random: Any) -> None:
    def rewritten(resource: Resource) -> Resource:
        if resource.kind != "aws_security_group":
            return resource
        rules = [part for rule in resource.attributes["ingress"] for part in split(rule, random)]
        rules += [rule for rule in rules if random.random() < 0.3]
        random.shuffle(rules)
        return world.changed(resource, ingress=rules)

    found = [
        {path: (one.state, _shown(one.actual)) for path, one in chain.judge(world.view(*each)).items()}
        for each in (resources, [rewritten(one) for one in resources])
    ]
    assert found[0] == found[1]


def _shown(actual: Any) -> Any:
    """What is open; why it cannot be told names rules by their number, which is another when they are written so."""
    return actual.cause if isinstance(actual, Unknown) else actual


def split(rule: dict[str, Any], random: Any) -> list[dict[str, Any]]:
    """The rule as several: by source, and a range of ports at a random place."""
    empty = {"cidr_blocks": [], "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": [], "self": False}
    found = [{**rule, **empty, name: [one]} for name in empty if name != "self" for one in rule[name]]
    found += [{**rule, **empty, "self": True}] if rule["self"] else []
    if rule["to_port"] - rule["from_port"] > 1:
        cut = random.randint(rule["from_port"], rule["to_port"] - 1)
        found = [{**one, **part} for one in found for part in ({"to_port": cut}, {"from_port": cut + 1})]
    return found


TLS = {"Bool": {"aws:SecureTransport": "false"}}
STATEMENTS = st.lists(
    st.sampled_from(
        [
            iam.allow(),
            iam.allow("s3:GetObject"),
            iam.allow(["s3:PutObject", "s3:DeleteObject"]),
            iam.allow("s3:*"),
            iam.allow("s3:Get*", "*"),
            iam.allow("s3:GetObject", "*", Condition=TLS),
            iam.allow("s3:ListBucket", "arn:aws:s3:::glimpse-files-prod"),
            iam.allow(NotAction=["s3:*"], resources="*"),
            iam.allow("ec2:*", "*"),
            iam.deny("s3:*", "*", Condition=TLS),
            iam.deny("s3:Put*", "*"),
            iam.deny("s3:*", NotResource=iam.OBJECTS),
            iam.deny(None, "*", NotAction=iam.THREE),
        ]
    ),
    max_size=4,
)


def grant_states(resources: list[Resource], **more: Any) -> dict[str, str]:
    return world.states(grants.RELATION, iam.GRANTS, world.view(*resources, **more))


def hides_a_deny(role: Resource, statements: list[Any]) -> bool:
    """Whether a Deny, or the whole policy that holds it, is no longer among what is seen of the role."""
    seen = str(role.attributes).count("'Deny'")
    return seen < len([one for one in statements if one["Effect"] == "Deny"])


@MANY
@given(STATEMENTS, st.data())
def test_an_unknown_part_of_a_policy_only_makes_undecided(statements: list[Any], data: st.DataObject) -> None:
    resources = iam.role("terraform", *statements)
    changed = data.draw(hidden(resources, ("aws_iam_role",)))
    before, after = grant_states(resources), grant_states(changed)
    if hides_a_deny(changed[0], statements):
        # A policy of which nothing was read could take back what another surely grants beyond the document: that
        # the other says so is a deviation all the same.
        before = {path: after[path] if after[path] == "fail" else state for path, state in before.items()}
    compare(before, after)


@MANY
@given(STATEMENTS, st.sampled_from([None, "aws_iam_role_policy", "aws_iam_role_policy_attachment"]))
def test_a_gap_never_leaves_grants_as_exact(statements: list[Any], kind: str | None) -> None:
    resources = iam.role("terraform", *statements)
    after = grant_states(resources, gaps=(world.gap(kind),))
    compare(grant_states(resources), after)
    assert after[iam.REST] != "pass"


@MANY
@given(STATEMENTS, st.randoms(use_true_random=False))
def test_how_statements_are_written_changes_nothing(statements: list[Any], random: Any) -> None:
    def parts(statement: dict[str, Any]) -> list[dict[str, Any]]:
        actions = statement.get("Action")
        if not isinstance(actions, list):
            return [statement]
        return [{**statement, "Action": random.choice([one, [one.upper().replace("S3:", "s3:")]])} for one in actions]

    rewritten = [part for one in statements for part in parts(one)]
    rewritten += [one for one in rewritten if random.random() < 0.3]
    random.shuffle(rewritten)
    # The empty policy is not written at all.
    assert grant_states(iam.role("live", *statements)) == grant_states(iam.role("live", *rewritten))


BUCKET_STATEMENTS = st.lists(
    st.sampled_from(
        [
            iam.reading("terraform"),
            iam.reading("terraform", Principal="*"),
            iam.reading("terraform", Condition=None),
            iam.reading("terraform", Action="s3:*"),
            iam.deny("s3:*", "*", Principal="*", Condition=TLS),
            iam.deny("s3:PutObject", "*", Principal={"AWS": "111122223333"}),
        ]
    ),
    max_size=3,
)


@MANY
@given(BUCKET_STATEMENTS, st.data())
def test_an_unknown_part_of_a_bucket_policy_only_makes_undecided(statements: list[Any], data: st.DataObject) -> None:
    resources = list(iam.bucket("terraform", iam.document(*statements)).observation.resources)
    changed = data.draw(hidden(resources, ("aws_s3_bucket",)))
    found = [world.states(resource_policy.RELATION, iam.BUCKET, world.view(*each)) for each in (resources, changed)]
    compare(found[0], found[1])
