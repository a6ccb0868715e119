"""Plans and states as input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.model import Cause, Redacted, Reference, Unknown
from audits.planes.terraform import SourceError
from audits.planes.terraform.saved import read_plan, read_plan_whole, read_state


def saved(folder: Path, document: Any) -> Path:
    path = folder / "input.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def plan(**more: Any) -> dict[str, Any]:
    child = {
        "address": 'module.m.aws_sqs_queue.a["k"]',
        "mode": "managed",
        "type": "aws_sqs_queue",
        "values": {"name": "q", "tags": {"a": "b"}, "rules": [{"x": 1}], "policy": None, "secret": "hush"},
        "sensitive_values": {"secret": True, "rules": [{}]},
    }
    child["name"] = "a"
    declared = {"mode": "managed", "type": "aws_sqs_queue", "name": "a", "expressions": {"rules": [{}]}}
    bare = {"address": "aws_db_instance.bare", "mode": "managed", "type": "aws_db_instance"}
    return {
        "format_version": "1.2",
        "planned_values": {
            "root_module": {"resources": [bare], "child_modules": [{"address": "module.m", "resources": [child]}]}
        },
        "resource_changes": [
            {"address": child["address"], "change": {"after_unknown": {"arn": True, "rules": [{"y": True}]}}}
        ],
        "configuration": {"root_module": {"module_calls": {"m": {"module": {"resources": [declared]}}}}},
        **more,
    }


def test_the_values_of_a_plan(tmp_path: Path) -> None:
    observation = read_plan(saved(tmp_path, plan()))
    bare, queue = observation.resources
    assert queue.missing == "absent"
    assert queue.attributes == {
        "name": "q",
        "tags": {"a": "b"},
        "secret": Redacted(),
        "arn": Unknown(Cause.COMPUTED, (Reference(queue.identity, "arn"),)),
        "rules": [{"x": 1, "y": Unknown(Cause.COMPUTED, (Reference(queue.identity, "rules[0].y"),))}],
    }
    (gap,) = observation.gaps
    assert gap.resource == bare.identity
    # Nothing is said of it: that is no reason to call anything of it absent.
    assert bare.attributes["instance_class"].cause is Cause.UNREADABLE


@pytest.mark.parametrize(
    ("more", "cause"), [({"errored": True}, "errored plan"), ({"complete": False}, "incomplete plan")]
)
def test_unfinished_plan_is_a_gap_for_every_kind(tmp_path: Path, more: dict[str, Any], cause: str) -> None:
    gap = read_plan(saved(tmp_path, plan(**more))).gaps[0]
    assert (gap.kinds, gap.cause) == (None, cause)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"PK\x03\x04\x14", "a saved plan in Terraform's own form: give what 'terraform show -json' prints of it"),
        (b'{"format_version": "1.2", "planned_values": {"root_mod', "not JSON at line 1, or cut short"),
        (b"\x1f\x8b\x08\x00", "not JSON"),
        (b'{"@level":"info"}\n{"@level":"info"}\n', "the log of 'terraform plan -json', not a plan"),
        (b'{"format_version": "1.0", "provider_schemas": {}}', "'terraform providers schema -json' prints"),
        (b'{"format_version": "2.0", "planned_values": {}}', "a plan in format 2.0: only format 1.x is known"),
        (b'{"version": 4, "serial": 1, "resources": []}', "it is a state: give it with --state"),
        (b'{"format_version": "1.0", "values": {}}', "it is a state: give it with --state"),
        (b'{"format_version": "1.2", "planned_values": NaN}', "not JSON"),
        (b'{"format_version": "1.2", "planned_values": 1e999}', "not JSON"),
        (b"[]", "no plan or state of Terraform's: it holds no JSON object"),
    ],
)
def test_what_is_no_plan_is_told_with_the_nearest_right_use(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "input.json").write_bytes(content)
    with pytest.raises(SourceError) as error:
        read_plan(tmp_path / "input.json")
    assert said in str(error.value)
    assert str(error.value).startswith(f"{tmp_path / 'input.json'}: ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"format_version": "1.2", "planned_values": {}}', "it is a plan: give it with --plan"),
        (b'{"version": 3, "serial": 1, "modules": []}', "a state in format 3: only format 4 is known"),
        (b'{"version": true, "serial": 1}', "only format 4 is known"),
        (b'{"encrypted_data": "x", "serial": 1}', "an encrypted state"),
        (b'{"format_version": "2.0", "values": {}}', "a state in format 2.0"),
    ],
)
def test_what_is_no_state_is_told_with_the_nearest_right_use(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "input.json").write_bytes(content)
    with pytest.raises(SourceError) as error:
        read_state(tmp_path / "input.json")
    assert said in str(error.value)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_what_other_shells_write_is_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "input.json").write_bytes(json.dumps(plan()).encode(encoding))
    assert len(read_plan(tmp_path / "input.json").resources) == 2


def test_a_folder_and_what_takes_too_much_memory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder"):
        read_plan(tmp_path)
    (tmp_path / "input.json").write_bytes(b'{"a":[' + b"[]," * 3_000_000 + b"1]}")
    with pytest.raises(SourceError, match="holds more than can be read in 600 MB"):
        read_plan(tmp_path / "input.json")


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "{}",
        '"x"',
        "[" * 100_000,
        {"format_version": "2.0"},
        {"format_version": "1.0", "planned_values": {"root_module": []}},
        {"format_version": "1.0", "planned_values": 5},
        {"format_version": "1.0", "planned_values": {}, "resource_changes": [1]},
    ],
)
@pytest.mark.parametrize("read", [read_plan, read_state])
def test_other_input_is_refused_in_one_line(tmp_path: Path, document: Any, read: Any) -> None:
    with pytest.raises(SourceError) as error:
        read(saved(tmp_path, document))
    assert "\n" not in str(error.value)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        read_plan(tmp_path / "nothing")


def test_raw_state(tmp_path: Path) -> None:
    arn = "arn:aws:sqs:ap-northeast-2:123456789012:q"
    attributes = {"arn": arn, "password": "hush", "nested": [{"a": "hush"}], "none": None}
    instance = {
        "index_key": "k",
        "attributes": attributes,
        "sensitive_attributes": [
            [{"type": "get_attr", "value": "password"}],
            [
                {"type": "get_attr", "value": "nested"},
                {"type": "index", "value": {"value": 0, "type": "number"}},
                {"type": "get_attr", "value": "a"},
            ],
        ],
    }
    document = {
        "version": 4,
        "resources": [
            {"mode": "data", "type": "aws_region", "name": "r", "instances": []},
            {
                "mode": "managed",
                "module": "module.m",
                "type": "aws_sqs_queue",
                "name": "a",
                "instances": [instance, {**instance, "deposed": "x"}],
            },
        ],
    }
    observation = read_state(saved(tmp_path, document))
    (resource,) = observation.resources
    assert resource.identity == 'module.m.aws_sqs_queue.a["k"]'
    assert (resource.region, resource.account) == ("ap-northeast-2", "123456789012")
    assert "hush" not in repr(resource.attributes)
    assert "none" not in resource.attributes


def test_what_is_left_of_an_earlier_object_says_nothing_of_the_address(tmp_path: Path) -> None:
    document = plan()
    (change,) = document["resource_changes"]
    gone = {**change, "deposed": "ab12", "change": {"actions": ["delete"], "after_unknown": {}}}
    document["resource_changes"] = [change, gone]
    queue = read_plan(saved(tmp_path, document)).resources[1]
    assert isinstance(queue.attributes["arn"], Unknown)


def test_a_resource_of_which_everything_is_unknown_has_no_values_and_is_no_gap(tmp_path: Path) -> None:
    document = plan()
    address = "aws_db_instance.bare"
    document["resource_changes"].append({"address": address, "change": {"after_unknown": {"arn": True}}})
    observation = read_plan(saved(tmp_path, document))
    assert observation.gaps == ()
    assert isinstance(observation.resources[0].attributes["arn"], Unknown)


def test_deferred_changes_are_gaps_for_their_kind(tmp_path: Path) -> None:
    deferred = {"reason": "instance_count_unknown", "resource_change": {"address": "aws_vpc.a[*]", "type": "aws_vpc"}}
    (_, gap) = read_plan(saved(tmp_path, plan(complete=False, deferred_changes=[deferred]))).gaps[:2]
    assert (gap.kinds, gap.scope, gap.cause, gap.detail) == (
        ("aws_vpc",),
        "aws_vpc.a[*]",
        "deferred change",
        "instance count unknown",
    )
    assert gap.covers("aws_vpc")


def test_what_is_secret_or_unknown_as_a_whole_is_so_in_every_part(tmp_path: Path) -> None:
    document = plan()
    document["resource_changes"][0]["change"]["after_unknown"] = True
    queue = read_plan(saved(tmp_path, document)).resources[1]
    assert queue.attributes["tags"] == Unknown(Cause.COMPUTED, (Reference(queue.identity, "tags"),))
    document = plan()
    document["planned_values"]["root_module"]["child_modules"][0]["resources"][0]["sensitive_values"] = True
    observation = read_plan(saved(tmp_path, document))
    assert observation.resources[1].attributes["name"] == Redacted()
    assert "hush" not in repr(observation)


def test_failed_checks_are_findings_without_secrets(tmp_path: Path) -> None:
    def check(status: str, message: str) -> dict[str, Any]:
        instances = [{"status": status, "problems": [{"message": message}]}]
        return {"address": {"to_display": "check.health"}, "status": status, "instances": instances}

    checks = [check("fail", "it is ill"), check("pass", "fine"), check("unknown", ""), check("error", "no answer")]
    secret = check("fail", "postgres://u:hush@db/x")
    found = read_plan(saved(tmp_path, plan(checks=[*checks, secret]))).findings
    assert [(one.title, one.detail) for one in found[:2]] == [
        ("failed check (fail)", "check.health; it is ill"),
        ("failed check (error)", "check.health; no answer"),
    ]
    assert len(found) == 3
    assert "hush" not in repr(found)


def test_variables_and_sensitive_values_are_nowhere(tmp_path: Path) -> None:
    document = plan(variables={"token": {"value": "hush"}})
    (change,) = document["resource_changes"]
    change["change"]["after_sensitive"] = {"tags": {"a": True}}
    observation = read_plan(saved(tmp_path, document))
    assert "hush" not in repr(observation)
    assert observation.resources[1].attributes["tags"] == {"a": Redacted()}


def test_a_state_keeps_what_is_tainted_and_leaves_out_what_was_deposed(tmp_path: Path) -> None:
    def instance(**more: Any) -> dict[str, Any]:
        return {"attributes": {"id": more.get("index_key", 0)}, **more}

    one = {"mode": "managed", "type": "aws_vpc", "name": "a", "provider": 'provider["aws"]'}
    instances = [instance(index_key=0, status="tainted"), instance(index_key=1.0), instance(index_key=1, deposed="x")]
    odd = {**one, "module": 'module.m["${x}"]', "name": "b", "instances": [instance(index_key='a"b')]}
    document = {"version": 4, "serial": 1, "resources": [{**one, "instances": instances}, odd]}
    found = [one.identity for one in read_state(saved(tmp_path, document)).resources]
    assert found == ["aws_vpc.a[0]", "aws_vpc.a[1]", 'module.m["${x}"].aws_vpc.b["a\\"b"]']


def test_a_state_without_attributes_tells_nothing_of_them(tmp_path: Path) -> None:
    one = {"mode": "managed", "type": "aws_vpc", "name": "a", "instances": [{"attributes_flat": {"id": "x"}}]}
    observation = read_state(saved(tmp_path, {"version": 4, "serial": 1, "resources": [one]}))
    assert observation.resources[0].attributes["cidr_block"].cause is Cause.UNREADABLE
    assert [gap.resource for gap in observation.gaps] == ["aws_vpc.a"]


def test_what_data_sources_name_is_there_and_managed_elsewhere(tmp_path: Path) -> None:
    one = {"mode": "data", "type": "aws_vpc", "name": "a", "instances": [{"attributes": {"id": "vpc-1"}}]}
    other = {**one, "type": "aws_region"}
    state = read_state(saved(tmp_path, {"version": 4, "serial": 1, "resources": [one, other]}))
    told = {"address": "data.aws_vpc.a", "mode": "data", "type": "aws_vpc", "name": "a", "values": {"id": "vpc-1"}}
    prior = {"values": {"root_module": {"resources": [told]}}}
    planned = read_plan(saved(tmp_path, plan(prior_state=prior)))
    for found in (state, planned):
        assert [(one.identity, dict(one.attributes)) for one in found.data_sources] == [
            ("data.aws_vpc.a", {"id": "vpc-1"})
        ]
    assert state.resources == ()


@pytest.mark.parametrize("document", [{"format_version": "1.0"}, {"version": 4, "serial": 0, "resources": []}])
def test_an_empty_state_holds_nothing(tmp_path: Path, document: Any) -> None:
    observation = read_state(saved(tmp_path, document))
    assert (observation.resources, observation.gaps) == ((), ())


def test_one_providers_resources_are_in_one_account(tmp_path: Path) -> None:
    def managed(kind: str, provider: str, **attributes: Any) -> dict[str, Any]:
        body = {"mode": "managed", "type": kind, "name": provider, "provider": provider}
        return {**body, "instances": [{"attributes": attributes}]}

    arn = "arn:aws:sqs:ap-northeast-2:123456789012:q"
    resources = [managed("aws_sqs_queue", "one", arn=arn), managed("aws_s3_bucket", "one", arn="arn:aws:s3:::b")]
    other = managed("aws_s3_bucket", "two", arn="arn:aws:s3:::c")
    found = read_state(saved(tmp_path, {"version": 4, "serial": 1, "resources": [*resources, other]})).resources
    assert [one.account for one in found] == ["123456789012", "123456789012", None]


def test_the_place_of_what_is_not_there_yet_is_its_providers(tmp_path: Path) -> None:
    document = plan(variables={"region": {"value": "eu-west-1"}, "odd": {"value": "prefix"}})
    document["configuration"] = {
        "provider_config": {
            "aws": {"expressions": {"region": {"references": ["var.region"]}}},
            "aws.odd": {"expressions": {"region": {"references": ["var.odd"]}}},
        },
        "root_module": {
            "module_calls": {
                "m": {
                    "module": {
                        "resources": [
                            {"mode": "managed", "type": "aws_sqs_queue", "name": "a", "provider_config_key": "aws"}
                        ]
                    }
                }
            }
        },
    }
    document["planned_values"]["root_module"]["child_modules"][0]["address"] = "module.m"
    bare, queue = read_plan(saved(tmp_path, document)).resources
    assert (queue.region, bare.region) == ("eu-west-1", None)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def places(document: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for name, value in inner:
        yield from places(value, (*at, name))


def put(document: Any, at: tuple[Any, ...], value: Any) -> Any:
    if not at:
        return value
    copy: Any = dict(document) if isinstance(document, dict) else list(document)
    copy[at[0]] = put(copy[at[0]], at[1:], value)
    return copy


STATE = {
    "version": 4,
    "serial": 1,
    "resources": [
        {
            "mode": "managed",
            "module": "module.m",
            "type": "aws_vpc",
            "name": "a",
            "provider": "p",
            "instances": [{"index_key": 0, "attributes": {"id": "x"}, "sensitive_attributes": [[{"value": "id"}]]}],
        }
    ],
}
WHOLE = {
    **plan(checks=[{"address": {}, "status": "fail", "instances": [{"problems": [{"message": "m"}]}]}]),
    "prior_state": {"values": {"root_module": {"resources": [{"address": "data.a.b", "mode": "data", "type": "a"}]}}},
    "configuration": {
        "provider_config": {"aws": {"expressions": {"region": {"constant_value": "eu-west-1"}}}},
        "root_module": {
            "resources": [{"type": "a", "name": "b", "expressions": {"x": {"references": ["var.x", "module.m.y"]}}}],
            "module_calls": {"m": {"expressions": {"z": {}}, "module": {"outputs": {"y": {"expression": {}}}}}},
            "variables": {"x": {}},
        },
    },
    "variables": {"x": {"value": 1}},
}


@settings(max_examples=100, deadline=None)
@given(data=st.data(), junk=JUNK)
@pytest.mark.parametrize(("whole", "read"), [(WHOLE, read_plan), (STATE, read_state), (WHOLE, read_plan_whole)])
def test_whatever_stands_anywhere_it_is_read_or_refused(
    whole: Any, read: Any, data: st.DataObject, junk: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    at = data.draw(st.sampled_from(list(places(whole))))
    folder = tmp_path_factory.getbasetemp()
    try:
        read(saved(folder, put(whole, at, junk)))
    except SourceError as error:
        assert "\n" not in str(error)
