"""Blocks in ``.tf.json``, which only the provider's schema tells from attributes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from audits.model import Resource
from audits.planes.terraform import read


def _read(folder: Path, configuration: dict[str, Any]) -> list[Resource]:
    (folder / "main.tf.json").write_text(json.dumps(configuration, indent=1), encoding="utf-8")
    return list(read(folder, environment={}).resources)


def test_objects_are_blocks_where_the_provider_says_so(tmp_path: Path) -> None:
    body = {"ami": "a", "root_block_device": {"volume_size": 1}, "ebs_block_device": [{"iops": 1}, {"iops": 2}]}
    (one,) = _read(tmp_path, {"resource": {"aws_instance": {"this": {**body, "tags": {"a": "b"}}}}})
    assert one.attributes["root_block_device"] == [{"volume_size": 1}]
    assert one.attributes["ebs_block_device"] == [{"iops": 1}, {"iops": 2}]
    assert one.attributes["tags"] == {"a": "b"}
    assert one.origin_of("ebs_block_device[1].iops").line == 14


def test_blocks_in_blocks_and_dynamic_ones_in_them(tmp_path: Path) -> None:
    rule = {
        "id": "all",
        "expiration": {"days": 1},
        "dynamic": {"transition": {"for_each": [30, 60], "content": {"days": "${transition.value}"}}},
    }
    bucket = {"bucket": "b", "rule": [rule]}
    (one,) = _read(tmp_path, {"resource": {"aws_s3_bucket_lifecycle_configuration": {"this": bucket}}})
    assert one.attributes["rule"] == [
        {"id": "all", "expiration": [{"days": 1}], "transition": [{"days": 30}, {"days": 60}]}
    ]


def test_what_the_provider_does_not_have_stays_as_it_is_written(tmp_path: Path) -> None:
    (one,) = _read(tmp_path, {"resource": {"other_thing": {"this": {"rule": {"a": 1}}}}})
    assert one.attributes["rule"] == {"a": 1}


def test_a_policy_document_in_json_has_its_statements(tmp_path: Path) -> None:
    statement = {"actions": ["s3:Get*"], "resources": ["*"], "principals": {"type": "*", "identifiers": ["*"]}}
    configuration = {
        "data": {"aws_iam_policy_document": {"this": {"statement": statement}}},
        "resource": {"aws_iam_policy": {"this": {"policy": "${data.aws_iam_policy_document.this.json}"}}},
    }
    (one,) = _read(tmp_path, configuration)
    assert json.loads(one.attributes["policy"])["Statement"] == [
        {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Principal": "*"}
    ]
