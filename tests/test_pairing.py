"""Pairing by a state's identifiers: what it joins, what it keeps apart, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping

from audits.model import Observation, Resource, Unknown
from audits.pairing import foreign, pair
from tests.factories import observation, resource

KIND = "aws_security_group"
ARN = "arn:aws:ec2:r:1:security-group/"


def ours(address: str, key: str | None, **given: object) -> Resource:
    return resource(KIND, address, source=True, Key=key, **given)


def theirs(identifier: str, key: str | None, **given: object) -> Resource:
    return resource(KIND, f"{ARN}{identifier}", Key=key, id=identifier, arn=f"{ARN}{identifier}", **given)


def held(address: str, identifier: str, arn: bool = True) -> tuple[str, Resource]:
    given = {"id": identifier, **({"arn": f"{ARN}{identifier}"} if arn else {})}
    return address, resource(KIND, address, **given)


def keys(
    terraform: list[Resource], live: list[Resource], identified: Mapping[str, Resource]
) -> tuple[dict[str, str | None], dict[str, str | None]]:
    found = pair(observation(*terraform, plane="terraform"), observation(*live), identified)
    first, second = ({one.identity: one.key for one in side.resources} for side in found)
    return first, second


def test_a_state_joins_what_no_name_does() -> None:
    first, second = keys([ours("a", None)], [theirs("sg-1", "web"), theirs("sg-2", "db")], dict([held("a", "sg-1")]))
    assert first == {"a": f"{ARN}sg-1"}
    assert second == {f"{ARN}sg-1": f"{ARN}sg-1", f"{ARN}sg-2": "db"}


def test_a_record_is_joined_though_the_provider_keeps_the_dot_after_its_name() -> None:
    ours_, theirs_ = (resource("aws_route53_record", name, Key=None, id=name) for name in ("r", "Z_x.example_CNAME"))
    state = {"r": resource("aws_route53_record", "r", id="Z_x.example._CNAME")}
    first, second = keys([ours_], [theirs_], state)
    assert first["r"] == second["Z_x.example_CNAME"] == "Z_x.example_CNAME"


def test_names_that_say_the_same_stay() -> None:
    first, second = keys([ours("a", "web")], [theirs("sg-1", "web")], dict([held("a", "sg-1")]))
    assert (first, second) == ({"a": "web"}, {f"{ARN}sg-1": "web"})


def test_another_thing_of_the_same_name_is_another() -> None:
    # Made anew by hand: what Terraform knows is gone.
    first, second = keys([ours("a", "web")], [theirs("sg-9", "web")], dict([held("a", "sg-1")]))
    assert first["a"] == f"{ARN}sg-1"
    assert second[f"{ARN}sg-9"] == "web"


def test_a_renamed_thing_and_the_one_that_took_its_name() -> None:
    state = dict([held("a", "sg-1"), held("b", "sg-2")])
    first, second = keys([ours("a", "old"), ours("b", "new")], [theirs("sg-1", "new"), theirs("sg-2", "old")], state)
    assert first["a"] == second[f"{ARN}sg-1"] == f"{ARN}sg-1"
    assert first["b"] == second[f"{ARN}sg-2"] == f"{ARN}sg-2"


def test_names_that_several_have_are_told_apart() -> None:
    state = dict([held("a", "sg-1"), held("b", "sg-2")])
    first, second = keys([ours("a", "x"), ours("b", "x")], [theirs("sg-1", "x"), theirs("sg-2", "x")], state)
    assert first == {"a": f"{ARN}sg-1", "b": f"{ARN}sg-2"}
    assert set(second.values()) == set(first.values())


def test_what_the_state_does_not_hold_keeps_its_natural_key() -> None:
    assert keys([ours("new", "web")], [theirs("sg-1", "web")], {}) == ({"new": "web"}, {f"{ARN}sg-1": "web"})


def test_an_id_alone_joins_within_one_account_and_region_only() -> None:
    state = dict([held("a", "sg-1", arn=False)])
    assert keys([ours("a", None)], [theirs("sg-1", None)], state)[0]["a"] == "sg-1"
    other = resource(KIND, "a", id="sg-1", Region="elsewhere")
    first, second = keys([ours("a", None)], [theirs("sg-1", None, Region="here")], {"a": other})
    assert first["a"] != second[f"{ARN}sg-1"]


def test_a_revision_later_than_the_states_is_still_the_same_by_its_id() -> None:
    task = "aws_ecs_task_definition"
    state = {"t": resource(task, "t", id="api", arn="arn:aws:ecs:r:1:task-definition/api:1")}
    live = resource(task, "arn:aws:ecs:r:1:task-definition/api:2", Key="api", id="api", arn="…api:2")
    first, second = keys([resource(task, "t", source=True, Key="api")], [live], state)
    assert first["t"] == second[live.identity] == "api"


def test_where_the_account_does_not_tell_who_is_who_names_decide() -> None:
    unread = resource(KIND, "web", Key="web", id=Unknown("unreadable"))  # type: ignore[arg-type]
    first, _ = keys([ours("a", "web")], [unread], dict([held("a", "sg-1")]))
    assert first["a"] == "web"


def test_a_plan_or_state_pairs_by_its_own_identifiers() -> None:
    planned = resource(KIND, "a", Key=None, id="sg-1", arn=f"{ARN}sg-1")
    first, second = keys([planned], [theirs("sg-1", "web")], {})
    assert first["a"] == second[f"{ARN}sg-1"]


def test_identifiers_fill_in_nothing() -> None:
    found, _ = pair(
        observation(ours("a", None), plane="terraform"), observation(theirs("sg-1", None)), dict([held("a", "sg-1")])
    )
    assert dict(found.resources[0].attributes) == {}


def test_the_state_of_something_else_is_a_finding() -> None:
    terraform = observation(ours("a", None), plane="terraform")
    state: Observation = observation(resource(KIND, "b"), plane="terraform")
    assert [one.title for one in foreign(terraform, state).findings] == ["state and source differ"]
    same = observation(resource(KIND, "a"), resource(KIND, "b"), plane="terraform")
    assert foreign(terraform, same).findings == ()
    assert foreign(terraform, observation(plane="terraform")).findings == ()
