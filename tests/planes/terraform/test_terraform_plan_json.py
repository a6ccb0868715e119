"""Plans and states as input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audits.model import Cause, Redacted, Reference, Unknown
from audits.planes.terraform import SourceError
from audits.planes.terraform.plan_json import read_plan, read_state


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
    bare = {"address": "aws_sqs_queue.bare", "mode": "managed", "type": "aws_sqs_queue"}
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [bare], "child_modules": [{"resources": [child]}]}},
        "resource_changes": [
            {"address": child["address"], "change": {"after_unknown": {"arn": True, "rules": [{"y": True}]}}}
        ],
        **more,
    }


def test_plan(tmp_path: Path) -> None:
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


@pytest.mark.parametrize(
    ("more", "cause"), [({"errored": True}, "errored plan"), ({"complete": False}, "incomplete plan")]
)
def test_unfinished_plan_is_a_gap_for_every_kind(tmp_path: Path, more: dict[str, Any], cause: str) -> None:
    gap = read_plan(saved(tmp_path, plan(**more))).gaps[0]
    assert (gap.kinds, gap.cause) == (None, cause)


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
