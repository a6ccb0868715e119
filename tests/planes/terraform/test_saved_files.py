"""Plans and states as input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audits.model import Cause, Redacted, Reference, Unknown
from audits.planes.terraform import SourceError
from audits.planes.terraform.saved import read_plan, read_state


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
    bare = {"address": "aws_db_instance.bare", "mode": "managed", "type": "aws_db_instance"}
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [bare], "child_modules": [{"resources": [child]}]}},
        "resource_changes": [
            {"address": child["address"], "change": {"after_unknown": {"arn": True, "rules": [{"y": True}]}}}
        ],
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
