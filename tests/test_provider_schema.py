"""The provider's schema, reduced."""

from __future__ import annotations

from typing import Any

import pytest

from audits import provider_schema

_BOTH = {"optional": True, "computed": True}


def _reduced(id_: dict[str, Any]) -> dict[str, Any]:
    attributes = {
        "id": {"type": "string", "computed": True, **id_},
        "zone": {"type": "string", **_BOTH},
        "groups": {"type": ["set", "string"], **_BOTH},
        "size": {"type": "number", **_BOTH},
        "rule": {"type": ["set", ["object", {"port": "number"}]], **_BOTH},
        "name": {"type": "string", "optional": True},
        "arn": {"type": "string", "computed": True},
    }
    resources = {"aws_thing": {"block": {"attributes": attributes}}}
    schema = {"provider_schemas": {"registry/hashicorp/aws": {"resource_schemas": resources}}}
    return provider_schema.reduce(schema, {"resource_changes": []}, ["aws_thing"], "5.0.0")


@pytest.mark.parametrize(("id_", "names"), [({"optional": True}, {"aws_thing": ["groups", "zone"]}), ({}, {})])
def test_empty_values_are_computed_where_the_sdk_computes_them(
    id_: dict[str, Any], names: dict[str, list[str]]
) -> None:
    assert _reduced(id_)["computed_if_empty"] == names


def test_the_kept_schema_tells_what_is_computed_if_empty() -> None:
    assert "kms_key_id" in provider_schema.computed_if_empty("aws_db_instance")
    assert provider_schema.computed_if_empty("aws_vpc_security_group_ingress_rule") == ()
