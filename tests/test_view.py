"""Selecting and following references, three-valued, and what gaps leave open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audits.kind import Kind
from audits.model import Cause, Portion, Redacted, Resource, Unknown
from audits.view import View
from tests.factories import KINDS, gap, observation, pointing, resource, unknown, view

SG, DB, ROLE = "aws_security_group", "aws_db_instance", "aws_iam_role"
A = resource(SG, "sg-a", id="sg-a", name="a")
B = resource(SG, "sg-b", id="sg-b", name="b")


def chosen(seen: View, selector: dict[str, Any], kind: str = SG) -> tuple[list[str], list[str], list[str]]:
    found = seen.select(kind, selector)
    return (
        [one.identity for one in found.yes],
        [one.resource.identity for one in found.maybe],
        [one.resource.identity for one in found.no],
    )


def refers(seen: View, value: Any, select: dict[str, Any] | None = None, negated: bool = False) -> bool | None:
    from audits.expectations import matches

    matcher: dict[str, Any] = {"refers_to": {"kind": SG, "select": select or {}}}
    return matches({"not": matcher} if negated else matcher, value, seen.context()).holds


def test_selection_is_three_valued() -> None:
    doubtful = resource(SG, "c", name=unknown())
    unset = resource(SG, "d", source=True)
    lacking = resource(SG, "e", name=None)
    hidden = resource(SG, "f", name=Redacted())
    assert chosen(view(A, B, doubtful, unset, lacking, hidden), {"name": "a"}) == (
        ["sg-a"],
        ["c", "d", "f"],
        ["sg-b", "e"],
    )


def test_a_resource_that_perhaps_exists_is_perhaps_selected() -> None:
    assert chosen(view(resource(SG, "x[*]", name="a", Existence=unknown())), {"name": "a"}) == ([], ["x[*]"], [])
    assert chosen(view(resource(SG, "x[*]", name="b", Existence=unknown())), {"name": "a"}) == ([], [], ["x[*]"])


def test_absence_in_source_is_the_providers_to_decide() -> None:
    selector = {"description": {"absent": True}}
    assert chosen(view(resource(SG, "x", source=True)), selector)[1] == ["x"]
    assert chosen(view(resource(SG, "x", description=None)), selector)[0] == ["x"]


def test_what_no_reader_gives_is_not_absent_in_an_account() -> None:
    for selector in ({"description": {"absent": True}}, {"description": "x"}):
        assert chosen(view(resource(SG, "x")), selector)[1] == ["x"]


def test_misses_say_which_clause_and_how_near() -> None:
    (miss,) = view(resource(SG, "x", name="a", vpc_id="v")).select(SG, {"name": "a", "vpc_id": "w"}).no
    assert (miss.clause.split()[0], miss.matched) == ("vpc_id", 1)


@pytest.mark.parametrize(
    ("gaps", "hides"),
    [
        ([], False),
        ([gap(SG)], True),
        ([gap(DB)], False),
        ([gap()], True),
        ([gap(SG, resource="sg-a", attribute="ingress")], False),
        ([gap(module="network")], True),
        ([gap(module="rds")], False),
        ([gap(module="other")], True),
        ([gap(module="empty")], False),
        ([gap(module="rds"), gap()], True),
    ],
)
def test_what_gaps_hide(gaps: list[Any], hides: bool) -> None:
    modules = {"network": ("aws_vpc*", "aws_security_group*"), "rds": ("aws_db_*",), "empty": ()}
    found = view(A, gaps=gaps, modules=modules).select(SG, {"name": "a"})
    assert bool(found.gaps) is hides
    assert found.complete is not hides
    assert [one.identity for one in found.yes] == ["sg-a"]


def test_gaps_open_what_parts_may_add_to() -> None:
    group = resource(SG, "g", ingress=[{"from_port": 1}])
    for gaps in ([gap("aws_security_group_rule")], [gap()], [gap("aws_security_group_rule", SG)]):
        opened = view(group, gaps=gaps).attributes(group)["ingress"]
        assert (opened.partial, opened.open, opened.cause) == ([{"from_port": 1}], True, Cause.UNREADABLE)
    for gaps in ([], [gap(SG)], [gap("aws_security_group_rule", resource="g")]):
        assert view(group, gaps=gaps).attributes(group)["ingress"] == [{"from_port": 1}]


def test_where_there_can_be_only_one_part_a_known_one_leaves_no_room() -> None:
    told = resource("aws_s3_bucket", "b", policy={"Version": "x"})
    gaps = [gap("aws_s3_bucket_policy")]
    assert view(told, gaps=gaps).attributes(told)["policy"] == {"Version": "x"}
    for nothing in ({}, {"policy": None}, {"policy": []}):
        bare = resource("aws_s3_bucket", "b", **nothing)
        assert isinstance(view(bare, gaps=gaps).attributes(bare)["policy"], Unknown)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("sg-a", True),
        ("sg-b", False),
        ("sg-z", False),
        (["sg-a"], True),
        (["sg-a", "sg-b"], False),
        ([], False),
        (None, False),
        (5, False),
        (unknown(), None),
        (Redacted(), None),
        (["sg-a", unknown()], None),
        (["sg-b", unknown()], False),
        (unknown(partial=["sg-a"], open=True), None),
        (unknown(partial=["sg-b"], open=True), False),
        (unknown(partial=["sg-a"]), True),
    ],
)
def test_references_in_an_account(value: Any, expected: bool | None) -> None:
    assert refers(view(A, B), value, {"name": "a"}) is expected


@pytest.mark.parametrize("value", [None, 5, [], [None], ["sg-a", "sg-b"], True])
def test_the_negation_of_a_reference_is_no_pass_for_no_reference_nor_for_some(value: Any) -> None:
    assert refers(view(A, B), value, {"name": "a"}, negated=True) is False


@pytest.mark.parametrize("value", ["sg-b", ["sg-b"]])
def test_the_negation_of_a_reference_passes_where_it_leads_elsewhere(value: Any) -> None:
    assert refers(view(A, B), value, {"name": "a"}, negated=True) is True


def test_a_reference_may_lead_behind_a_gap() -> None:
    seen = view(A, gaps=[gap(SG)])
    assert refers(seen, "sg-z", {"name": "a"}) is None
    assert refers(seen, "sg-a", {"name": "a"}) is True
    assert seen.resolve("sg-z", SG).unreadable


SOURCE_A = resource(SG, "aws_security_group.a", source=True, name="a")
SOURCE_B = resource(SG, "aws_security_group.b", source=True, name="b")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (pointing("aws_security_group.a.id"), True),
        (pointing("aws_security_group.b.id"), False),
        (pointing("aws_security_group.a.vpc_id"), None),
        (pointing("aws_security_group.gone.id"), None),
        (pointing("aws_vpc.main.id"), False),
        (pointing("aws_vpc.main.default_security_group_id"), None),
        (pointing("aws_security_group_rule.x.id"), None),
        (pointing("data.aws_security_group.a.id"), None),
        (unknown(Cause.MISSING_MODULE, "module.x.id"), None),
        (unknown(Cause.COMPUTED, "aws_security_group.a.id", parts=("x", unknown())), None),
        ("sg-0123", None),
        ("a", True),
    ],
)
def test_references_in_source(value: Any, expected: bool | None) -> None:
    assert refers(view(SOURCE_A, SOURCE_B), value, {"name": "a"}) is expected


def test_a_literal_in_source_may_name_what_the_source_does_not_hold() -> None:
    assert refers(view(resource(DB, "aws_db_instance.a", source=True)), "sg-0123", {"name": "a"}) is None


def test_unreadable_values_stay_unreadable() -> None:
    assert view(A).resolve(Unknown(Cause.UNREADABLE), SG).unreadable
    assert view(A).resolve(unknown(Cause.MISSING_MODULE), SG).unreadable
    assert not view(A).resolve(unknown(), SG).unreadable


def test_a_name_that_several_have_decides_nothing() -> None:
    twin = resource(SG, "sg-c", id="sg-c", name="a")
    assert refers(view(A, twin), "a", {"name": "a"}) is None


def database(**attributes: Any) -> Resource:
    return resource(DB, "db", identifier="x", **attributes)


@pytest.mark.parametrize(
    ("groups", "place"),
    [
        (["sg-a"], "yes"),
        (["sg-b"], "no"),
        ([], "no"),
        ([unknown()], "maybe"),
        (unknown(partial=["sg-a"], open=True), "yes"),
        (unknown(partial=["sg-b"], open=True), "maybe"),
        (pointing("aws_db_instance.z.id"), "no"),
        (pointing("aws_db_instance.z.vpc_security_group_ids"), "maybe"),
    ],
)
def test_referred_by(groups: Any, place: str) -> None:
    seen = view(A, B, database(vpc_security_group_ids=groups))
    data = {"kind": DB, "path": "vpc_security_group_ids"}
    yes, maybe, no = chosen(seen, {"name": "a", "referred_by": data})
    assert {"yes": yes, "maybe": maybe, "no": [one for one in no if one == "sg-a"]}[place] == ["sg-a"]


def test_referred_by_what_is_perhaps_meant_or_not_read_is_perhaps() -> None:
    data = {"kind": DB, "path": "vpc_security_group_ids", "select": {"engine": "postgres"}}
    perhaps = database(vpc_security_group_ids=["sg-a"], engine=unknown())
    assert chosen(view(A, perhaps), {"referred_by": data})[1] == ["sg-a"]
    assert chosen(view(A, gaps=[gap(DB)]), {"referred_by": data})[1] == ["sg-a"]
    assert chosen(view(A, database(vpc_security_group_ids=["sg-a"], engine="mysql")), {"referred_by": data})[2] == [
        "sg-a"
    ]


@pytest.mark.parametrize(("kind", "place"), [("in", 0), (unknown(), 1), ("out", 2)])
def test_referred_by_minds_the_conditions_in_its_path(kind: Any, place: int) -> None:
    seen = view(A, database(rules=[{"kind": kind, "group": "sg-a"}]))
    found = chosen(seen, {"referred_by": {"kind": DB, "path": "rules[{kind: in}].group"}})
    assert found[place] == ["sg-a"]


def test_what_source_leaves_out_is_unset() -> None:
    assert view(SOURCE_A).in_source
    assert not view(A).in_source
    assert isinstance(view(SOURCE_A).context(SOURCE_A).missing, Unknown)
    assert not isinstance(view(A).context(A).missing, Unknown)


def test_a_doubt_that_comes_from_what_was_not_read_is_unreadable() -> None:
    data = {"kind": DB, "path": "vpc_security_group_ids", "select": {"engine": "postgres"}}
    unread = view(A, gaps=[gap(DB)]).select(SG, {"referred_by": data}).maybe
    assert [one.unreadable for one in unread] == [True]
    perhaps = view(A, database(vpc_security_group_ids=["sg-a"], engine=unknown()))
    assert [one.unreadable for one in perhaps.select(SG, {"referred_by": data}).maybe] == [False]


def test_a_name_that_could_not_be_read_may_be_the_one() -> None:
    named = resource(DB, "db", id="db-1", arn="arn:1", identifier=Unknown(Cause.UNREADABLE))
    found = view(named).resolve("orders", DB)
    assert found.resource is None and found.undecided and found.unreadable
    assert view(resource(DB, "db", id="db-1", arn="arn:1", identifier="x")).resolve("orders", DB).undecided == ""


def test_a_map_that_is_known_lacks_what_it_does_not_hold() -> None:
    source = resource(DB, "db", source=True, tags={"Team": "a"}, settings={"Team": "a"})
    seen = View(view(source).observation, KINDS)
    assert chosen(seen, {"tags.Name": "x"}, DB) == ([], [], ["db"])
    assert chosen(seen, {"settings.Name": "x"}, DB) == ([], ["db"], [])


def test_what_the_source_does_not_hold_itself_leaves_the_selection_open() -> None:
    data = {"referred_by": {"kind": DB, "path": "vpc_security_group_ids[*]"}}
    for group, open_above in ((pointing("data.aws_security_group.x.id"), True), ("sg-elsewhere", True), ("", False)):
        referrer = resource(DB, "db", source=True, vpc_security_group_ids=[group])
        assert bool(view(referrer).select(SG, data).elsewhere) is open_above
    live = resource(DB, "db", vpc_security_group_ids=["sg-elsewhere"])
    assert view(live).select(SG, data).elsewhere == ()


def test_a_text_composed_of_a_resources_own_names_leads_to_it() -> None:
    task = Kind(type="aws_ecs_task_definition", names=("id", "arn"), composed=(("family", "revision"),))
    here = resource("aws_ecs_task_definition", "aws_ecs_task_definition.api", source=True, family="api")
    seen = View(view(here).observation, {task.type: task})
    revision = pointing("aws_ecs_task_definition.api.revision")
    assert seen.resolve(unknown(Cause.COMPUTED, parts=("api:", revision)), task.type).resource == here
    family = pointing("aws_ecs_task_definition.api.family")
    assert seen.resolve(unknown(Cause.COMPUTED, parts=(family, ":", revision)), task.type).resource == here
    other = pointing("aws_ecs_task_definition.web.revision")
    assert seen.resolve(unknown(Cause.COMPUTED, parts=("api:", other)), task.type).resource is None
    assert seen.resolve("api:7", task.type).undecided


def named_only(*found: Resource) -> View:
    return View(replace(observation(plane="terraform"), data_sources=found), KINDS)


def test_what_a_data_source_may_name_is_perhaps_there() -> None:
    known = resource(SG, "data.aws_security_group.a", source=True, name="a")
    other = resource(SG, "data.aws_security_group.b", source=True, name="b")
    tagged = resource(SG, "data.aws_security_group.c", source=True, tags={"Env": "prod"})
    selector = {"name": "a", "tags.Name": "x"}
    found = named_only(known, other, tagged).select(SG, selector)
    assert [reason.partition(" ")[0] for reason in found.elsewhere] == [known.identity, tagged.identity]
    assert not found.complete
    assert named_only(other).select(SG, selector).complete
    assert named_only(known).select(DB, {}).complete


def test_a_data_source_does_not_open_what_the_source_holds() -> None:
    known = resource(SG, "data.aws_security_group.a", source=True, name="a")
    seen = View(replace(observation(A, plane="terraform"), data_sources=(known,)), KINDS)
    assert seen.select(SG, {"name": "a"}).complete


def test_what_was_not_asked_for_is_behind_a_gap_for_whoever_needs_it() -> None:
    seen = View(replace(observation(A), portions=(Portion(SG, "name", ("a", "c")),)), KINDS)
    for within in ({"name": "a"}, {"name": {"enum": ["a", "c"]}, "id": "sg-a"}, {"name": {"const": "c"}}):
        assert seen.select(SG, within).gaps == ()
    for beyond in ({}, {"id": "sg-a"}, {"name": "b"}, {"name": {"enum": ["a", "b"]}}, {"name": {"pattern": "^a$"}}):
        (gap,) = seen.select(SG, beyond).gaps
        assert (gap.kinds, gap.cause) == ((SG,), "not asked for")
        assert gap.scope == "aws_security_group of another name than a or c"
    assert seen.select(DB, {"name": "b"}).gaps == ()
    assert refers(seen, "sg-a") is True
    assert refers(seen, "sg-b") is None, "it may be one that was not asked for"
    assert seen.observation.gaps == (), "nothing failed"
    assert [gap.kinds for gap in seen.observation.gaps_for(SG)] == [(SG,)]


def test_a_listing_that_failed_is_a_gap_within_a_portion_too() -> None:
    failed = gap(SG)
    seen = View(replace(observation(A, gaps=[failed]), portions=(Portion(SG, "name", ("a",)),)), KINDS)
    assert seen.select(SG, {"name": "a"}).gaps == (failed,)
    assert len(seen.select(SG, {"name": "b"}).gaps) == 2
