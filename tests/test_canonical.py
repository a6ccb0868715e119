"""The canonical form: folded, typed, decoded, without secrets, and with nothing invented."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.canonical import canonical, coerce, decode_document, in_order, natural_key, without_secrets
from audits.codec import encode
from audits.kind import Kind, Part
from audits.model import Cause, Origin, Plane, Redacted, Reference, Resource, Unknown
from audits.view import View
from tests.factories import DATABASE, GROUP, KINDS, gap, observation, pointing, resource, unknown
from tests.test_expectations import values

SG, RULE = "aws_security_group", "aws_security_group_rule"
TASK = Kind(
    "aws_ecs_task_definition",
    documents=("container_definitions",),
    secrets=("container_definitions[*].environment[*].value",),
)
SETTLED = {**KINDS, TASK.type: TASK}


def settle(
    *resources: Resource, kinds: dict[str, Kind] | None = None, plane: Plane = "terraform"
) -> dict[str, Resource]:
    found = canonical(observation(*resources, plane=plane), kinds or SETTLED)
    return {one.identity: one for one in found.resources}


def group(address: str = "aws_security_group.a", **given: Any) -> Resource:
    return resource(SG, address, source=True, **given)


def rule(by: Any, **given: Any) -> Resource:
    parent = {} if by is None else {"security_group_id": by}
    return resource(
        RULE, "aws_security_group_rule.r", source=True, **parent, from_port=443, Origin=Origin("r.tf", 9), **given
    )


def opened(value: Any) -> bool:
    return isinstance(value, Unknown) and value.open


# Folding ------------------------------------------------------------------------------------------------------------


def test_a_part_folds_into_the_parent_it_names_and_keeps_its_place() -> None:
    found = settle(
        group(ingress=[{"from_port": 80}]), group("aws_security_group.b"), rule(pointing("aws_security_group.a.id"))
    )
    assert set(found) == {"aws_security_group.a", "aws_security_group.b"}
    a = found["aws_security_group.a"]
    assert [one["from_port"] for one in a.attributes["ingress"]] == [80, 443]
    assert a.origin_of("ingress[1].from_port") == Origin("r.tf", 9)
    assert "ingress" not in found["aws_security_group.b"].attributes


def test_what_a_part_ignores_its_parent_ignores_there() -> None:
    part = replace(rule(pointing("aws_security_group.a.id")), ignored=("description",))
    found = settle(group(ingress=[{"from_port": 80}]), part)["aws_security_group.a"]
    assert found.ignored == ("ingress[1]",)
    assert settle(group(), rule(pointing("aws_security_group.a.id")))["aws_security_group.a"].ignored == ()


def test_inline_and_split_are_the_same_thing() -> None:
    inline = settle(group(ingress=[{"from_port": 443}]))["aws_security_group.a"]
    split = settle(group(), rule(pointing("aws_security_group.a.id")))["aws_security_group.a"]
    assert inline.attributes["ingress"] == split.attributes["ingress"]


def test_a_part_folds_by_a_literal_identifier() -> None:
    found = settle(group(id="sg-1"), group("aws_security_group.b", id="sg-2"), rule("sg-2"))
    assert "ingress" not in found["aws_security_group.a"].attributes
    assert found["aws_security_group.b"].attributes["ingress"] == [{"from_port": 443}]


@pytest.mark.parametrize(
    "by",
    [
        None,
        unknown(),
        unknown(Cause.MISSING_MODULE, "module.x.sg"),
        "sg-1",
        pointing("aws_security_group.a.vpc_id"),
        pointing("aws_security_group.gone.vpc_id"),
        pointing("aws_vpc.x.default_security_group_id"),
        pointing("data.aws_security_group.a.id"),
        pointing("aws_security_group.a[*].id"),
        unknown(Cause.COMPUTED, "aws_security_group.a.id", parts=("x", unknown())),
    ],
)
def test_a_part_whose_parent_cannot_be_told_opens_every_one(by: Any) -> None:
    found = settle(group(ingress=[{"from_port": 80}]), group("aws_security_group.b"), rule(by))
    first = found["aws_security_group.a"].attributes["ingress"]
    assert opened(first)
    assert first.partial == [{"from_port": 80}]
    assert opened(found["aws_security_group.b"].attributes["ingress"])


def test_a_part_of_something_else_harms_nothing() -> None:
    inside = Unknown(Cause.COMPUTED, (Reference("module.m.aws_security_group.a", "id"),))
    for by in (pointing("aws_security_group.gone.id"), inside):
        assert "ingress" not in settle(group(), rule(by))["aws_security_group.a"].attributes
    assert "ingress" not in settle(group(id="sg-1"), rule("sg-2"))["aws_security_group.a"].attributes


@pytest.mark.parametrize(
    ("parent", "named"),
    [
        ("aws_security_group.a[*]", "aws_security_group.a[0].id"),
        ("aws_security_group.a[0]", "aws_security_group.a.id"),
        ("aws_security_group.a[*]", 'aws_security_group.a["x"].id'),
    ],
)
def test_one_of_a_count_that_cannot_be_told_may_be_the_parent(parent: str, named: str) -> None:
    assert opened(settle(group(parent), rule(pointing(named)))[parent].attributes["ingress"])


def test_counted_parents_get_their_own_parts() -> None:
    found = settle(
        group("aws_security_group.a[0]"), group("aws_security_group.a[1]"), rule(pointing("aws_security_group.a[1].id"))
    )
    assert "ingress" not in found["aws_security_group.a[0]"].attributes
    assert found["aws_security_group.a[1]"].attributes["ingress"] == [{"from_port": 443}]


def test_a_part_that_perhaps_exists_is_not_certain() -> None:
    part = replace(rule(pointing("aws_security_group.a.id")), existence=unknown())
    value = settle(group(), part)["aws_security_group.a"].attributes["ingress"]
    assert opened(value)
    assert value.partial == []


def test_a_part_may_name_several_parents_some_of_them_unknown() -> None:
    kind = Kind("aws_iam_role", parts=(Part("aws_iam_policy_attachment", "roles", ("attached",), ("id", "name")),))
    roles = [resource("aws_iam_role", name, source=True, name=name) for name in "abc"]

    def attached(by: Any) -> dict[str, Any]:
        part = resource("aws_iam_policy_attachment", "p", source=True, roles=by, policy_arn="arn:x")
        return {
            name: one.attributes.get("attached") for name, one in settle(*roles, part, kinds={kind.type: kind}).items()
        }

    assert attached(["a", "b"]) == {"a": [{"policy_arn": "arn:x"}], "b": [{"policy_arn": "arn:x"}], "c": None}
    partly = attached(unknown(partial=["a"], open=True))
    assert opened(partly["b"])
    assert partly["a"].partial == [{"policy_arn": "arn:x"}]
    assert attached([]) == {"a": None, "b": None, "c": None}


def test_a_part_that_adds_an_unknown_number_of_blocks() -> None:
    part = Part(
        "aws_security_group_rule",
        "security_group_id",
        ("ingress",),
        ("id",),
        lambda one: {"ingress": one.attributes["blocks"]},
    )
    kinds = {SG: Kind(SG, parts=(part,))}
    by = pointing("aws_security_group.a.id")
    found = settle(
        group(ingress=[{"from_port": 1}]), rule(by, blocks=unknown(partial=[{"from_port": 2}], open=True)), kinds=kinds
    )
    value = found["aws_security_group.a"].attributes["ingress"]
    assert opened(value)
    assert [one["from_port"] for one in value.partial] == [1, 2]


# Values -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        ("7", "number", 7),
        ("7.0", "number", 7),
        ("7.5", "number", 7.5),
        (7.0, "number", 7),
        ("1e3", "number", 1000),
        ("12345678901234567891", "number", 12345678901234567891),
        ("1_000", "number", "1_000"),
        ("nan", "number", "nan"),
        ("inf", "number", "inf"),
        (" 7", "number", " 7"),
        ("", "number", ""),
        ("0x10", "number", "0x10"),
        ("1e999", "number", "1e999"),
        (float("inf"), "number", float("inf")),
        (True, "string", "true"),
        (7, "string", "7"),
        (7.0, "string", "7"),
        (7.5, "string", "7.5"),
        (10**30, "string", "1" + "0" * 30),
        (float("inf"), "string", "inf"),
        ("true", "bool", True),
        ("0", "bool", False),
        ("1", "bool", True),
        ("yes", "bool", "yes"),
        (1, "bool", 1),
        (["2", "1", "1"], ["set", "number"], [1, 2]),
        (["2", "1"], ["list", "number"], [2, 1]),
        ({"a": "1"}, ["map", "number"], {"a": 1}),
        ({"a": "1", "z": "1"}, ["object", {"a": "number"}], {"a": 1, "z": "1"}),
        (None, "string", None),
        ("x", ["list", "string"], "x"),
    ],
    ids=repr,
)
def test_values_get_the_type_of_the_schema(value: Any, wanted: Any, expected: Any) -> None:
    found = coerce(value, wanted)
    assert found == expected
    assert type(found) is type(expected)


@settings(max_examples=300, deadline=None)
@given(
    values,
    st.sampled_from(
        ["string", "number", "bool", ["set", "string"], ["list", ["object", {"x": "number"}]], ["map", "bool"]]
    ),
)
def test_typing_twice_changes_nothing_more(value: Any, wanted: Any) -> None:
    once = coerce(value, wanted)
    assert coerce(once, wanted) == once


def test_sets_have_one_order_and_no_duplicates() -> None:
    assert in_order(["b", "a", "b"]) == in_order(["a", "b"]) == ["a", "b"]
    assert in_order([{"b": 1, "a": 2}, {"a": 2, "b": 1}]) == [{"b": 1, "a": 2}]


def test_unknowns_that_look_alike_are_not_one() -> None:
    assert len(in_order([unknown(), unknown(), "a"])) == 3
    assert len(in_order([{"a": unknown(Cause.DATA_SOURCE)}] * 2)) == 2
    assert len(in_order([pointing("aws_vpc.a.id"), pointing("aws_vpc.a.id")])) == 1
    assert len(in_order([pointing("aws_vpc.a.id"), pointing("aws_vpc.b.id")])) == 2


@pytest.mark.parametrize(
    "text", ["", "x", "{", "NaN", "[Infinity]", '{"a": -Infinity}', "[1e999]", "[" * 100_000, "9" * 5000]
)
def test_text_that_is_no_json_stays_text(text: str) -> None:
    assert decode_document(text) == text


def test_a_document_keeps_what_is_known_of_its_structure() -> None:
    assert decode_document('{"a": [1]}') == {"a": [1]}
    assert decode_document(unknown(partial={"a": unknown()})) == {"a": unknown()}
    half = unknown(partial={"a": 1}, open=True)
    assert decode_document(half) is half


def test_templates_are_decoded_where_the_unknown_stands_inside_a_text() -> None:
    arn, name = pointing("aws_s3_bucket.a.arn"), pointing("aws_s3_bucket.b.id")
    template = unknown(Cause.COMPUTED, parts=('{"r": ["', arn, '/*", "', name, '", "', arn, "-", name, '"]}'))
    first, second, third = decode_document(template)["r"]
    assert first.parts == (arn, "/*")
    assert second == name
    assert third.parts == (arn, "-", name)
    assert third.references == (*arn.references, *name.references)


@pytest.mark.parametrize(
    "parts",
    [
        ('{"port": ', pointing("aws_x.a.port"), "}"),
        ('{"', pointing("aws_x.a.id"), '": 1}'),
        ('{"a": "', unknown(), '"}'),
        ('{"a": "\ue000x\ue001', pointing("aws_x.a.id"), '"}'),
        ('{"a": "\ue000', pointing("aws_x.a.id"), '"}'),
        ("plain ", pointing("aws_x.a.id")),
    ],
)
def test_templates_that_cannot_be_decoded_stay_unknown(parts: Any) -> None:
    template = unknown(Cause.COMPUTED, parts=parts)
    assert decode_document(template) is template


# Unset, defaults, names -----------------------------------------------------------------------------------------------


def test_null_in_source_is_unset_at_every_depth() -> None:
    found = settle(
        resource(
            "aws_cloudfront_distribution",
            "d",
            source=True,
            comment=None,
            logging_config=[{"prefix": None, "bucket": "b"}],
        )
    )
    assert "comment" not in found["d"].attributes
    assert found["d"].attributes["logging_config"] == [{"bucket": "b"}]
    bare = resource("aws_cloudfront_distribution", "d", comment=None, logging_config=[{"prefix": None}])
    live = settle(bare, plane="live")
    assert live["d"].attributes == {"comment": None, "logging_config": [{"prefix": None}]}


def test_null_inside_a_document_stays() -> None:
    found = settle(resource(TASK.type, "t", source=True, container_definitions='[{"command": null}]'))
    assert found["t"].attributes["container_definitions"] == [{"command": None}]


def test_defaults_fill_only_what_source_leaves_out() -> None:
    found = settle(
        resource("aws_db_instance", "unset", source=True),
        resource("aws_db_instance", "null", source=True, multi_az=None),
        resource("aws_db_instance", "set", source=True, multi_az=True),
        resource("aws_db_instance", "unknown", source=True, multi_az=unknown()),
    ) | settle(resource("aws_db_instance", "live"), plane="live")
    assert [found[name].attributes.get("multi_az") for name in found] == [False, False, True, unknown(), None]
    assert [dict(found[name].defaulted) for name in found] == [{"multi_az": "the provider's page"}] * 2 + [{}] * 3


def test_a_prefixed_name_is_known_to_begin_so() -> None:
    name = settle(group(name_prefix="web-"))["aws_security_group.a"].attributes["name"]
    assert name.prefix == "web-20"
    assert "name" not in settle(group(name_prefix=unknown()))["aws_security_group.a"].attributes
    assert settle(group(name_prefix="web-", name="x"))["aws_security_group.a"].attributes["name"] == "x"
    assert "zone" not in settle(group(zone_prefix="web-"))["aws_security_group.a"].attributes


def test_keys_are_known_names_only() -> None:
    for name, key in (("x", "x"), (unknown(), None), (None, None), ("", None), (Redacted(), None)):
        assert natural_key(resource("aws_db_instance", "d", identifier=name), DATABASE) == key
    assert natural_key(group(), replace(GROUP, identity=())) is None


def test_what_is_not_declared_stays_as_it_is() -> None:
    other = resource("aws_unheard_of", "x", source=True, a="1")
    assert settle(other)["x"] == other


# Secrets --------------------------------------------------------------------------------------------------------------

HUSH = "hunter2-hunter2"
DEFINITION = [{"name": "app", "environment": [{"name": "PASSWORD", "value": HUSH}]}]


@pytest.mark.parametrize(
    "definitions",
    [
        DEFINITION,
        json.dumps(DEFINITION),
        json.dumps(DEFINITION) + "?",
        unknown(partial=DEFINITION),
        unknown(partial=DEFINITION, open=True),
        unknown(
            Cause.COMPUTED,
            parts=('[{"image": "', pointing("aws_x.a.url"), f'", "environment": [{{"value": "{HUSH}"}}]}}]'),
        ),
        unknown(parts=('[{"image": "', unknown(), f'", "environment": [{{"value": "{HUSH}"}}]}}]')),
        [{"environment": unknown(partial=[{"value": HUSH}], open=True)}],
        [{"environment": unknown(parts=(HUSH, unknown()))}],
        [{"environment": [{"value": unknown(parts=(HUSH, unknown()))}]}],
    ],
)
def test_secrets_are_gone_at_every_depth_before_and_after_decoding(definitions: Any) -> None:
    task = resource(TASK.type, "t", source=True, container_definitions=definitions)
    for seen in (canonical, without_secrets):
        (found,) = seen(observation(task), SETTLED).resources
        assert HUSH not in repr(found), seen
        assert HUSH not in json.dumps(encode(dict(found.attributes)))


def test_what_is_no_secret_in_a_template_is_kept() -> None:
    parts = ('[{"cpu": 256, "image": "', pointing("aws_x.a.url"), '", "environment": [{"value": "v"}]}]')
    task = resource(TASK.type, "t", source=True, container_definitions=unknown(Cause.COMPUTED, parts=parts))
    (container,) = settle(task)["t"].attributes["container_definitions"]
    assert container["cpu"] == 256
    assert container["environment"] == [{"value": Redacted()}]


def test_what_the_provider_calls_sensitive_is_gone() -> None:
    for secret in (HUSH, unknown(parts=(HUSH, unknown())), unknown(partial=HUSH)):
        found = settle(resource("aws_db_instance", "d", source=True, password=secret, engine="postgres"))["d"]
        assert HUSH not in repr(found)
        assert found.attributes["engine"] == "postgres"
    bare = settle(resource("aws_db_instance", "d", password=None), plane="live")
    assert bare["d"].attributes["password"] is None


def test_tags_are_known_whole_unless_a_file_that_may_hold_default_tags_was_not_read() -> None:
    written = group(tags={"Name": "a"})
    whole = canonical(observation(written, plane="terraform"), SETTLED).resources[0]
    assert whole.attributes["tags"] == {"Name": "a"}
    missing_module = gap(module="cdn")
    kept = canonical(observation(written, gaps=[missing_module], plane="terraform"), SETTLED).resources[0]
    assert kept.attributes["tags"] == {"Name": "a"}
    hidden = canonical(observation(written, gaps=[gap()], plane="terraform"), SETTLED)
    seen = View(hidden, SETTLED)
    assert [one.identity for one in seen.select(SG, {"tags.Name": "a"}).yes] == ["aws_security_group.a"]
    assert [one.resource.identity for one in seen.select(SG, {"tags.Team": "x"}).maybe] == ["aws_security_group.a"]
    assert seen.select(SG, {"tags.Name": "b"}).yes == seen.select(SG, {"tags.Name": "b"}).maybe == ()
