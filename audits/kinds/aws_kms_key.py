"""KMS keys of the customer's own, with their policy and rotation. AWS's keys are no resources of Terraform's.

Sources: provider documentation of ``aws_kms_key`` and ``aws_kms_key_policy``; KMS API Reference, ListKeys, DescribeKey,
GetKeyPolicy, GetKeyRotationStatus (only symmetric keys whose material AWS made rotate by themselves) and
ListResourceTags. A key that is scheduled for deletion is gone, as it is for the provider.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._details import OF_TERRAFORM, document, only, plan_default, tag_pairs, told
from audits.model import Resource, Unknown, Value

_PLAN = plan_default("aws_kms_key")
_GONE = frozenset({"PendingDeletion", "PendingReplicaDeletion"})
_UNROTATED: dict[str, Value] = {"enable_key_rotation": False, "rotation_period_in_days": 0}
_DESCRIBED = (
    "custom_key_store_id",
    "customer_master_key_spec",
    "description",
    "is_enabled",
    "key_usage",
    "multi_region",
    "xks_key_id",
    *_UNROTATED,
)


def _from_live(reader: Reader) -> Iterable[Resource]:
    found = reader.each(reader.pages("kms", "list_keys", "Keys"), partial(_key, reader))
    return [key for keys in found for key in keys]


def _key(reader: Reader, listed: Mapping[str, Any]) -> list[Resource]:
    identifier, arn = listed["KeyId"], listed["KeyArn"]
    described = reader.detail("kms", "describe_key", resource=arn, attribute=", ".join(_DESCRIBED), KeyId=identifier)
    if described is None:
        return []
    if isinstance(described, Unknown):
        known: dict[str, Value] = dict.fromkeys(_DESCRIBED, described)
    else:
        metadata = described["KeyMetadata"]
        if metadata.get("KeyManager") == "AWS" or metadata.get("KeyState") in _GONE:
            return []
        known = {**_described(metadata), **_rotation(reader, metadata)}
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        "key_id": identifier,
        "bypass_policy_lockout_safety_check": OF_TERRAFORM,
        "deletion_window_in_days": OF_TERRAFORM,
        **known,
        **told(
            reader,
            "kms",
            "get_key_policy",
            lambda answer: {"policy": answer.get("Policy")},
            resource=arn,
            none={"policy": ""},
            KeyId=identifier,
            PolicyName="default",
        ),
        **told(
            reader,
            "kms",
            "list_resource_tags",
            lambda answer: {"tags": tag_pairs(answer.get("Tags"), "TagKey", "TagValue")},
            resource=arn,
            none={"tags": {}},
            KeyId=identifier,
        ),
    }
    return [reader.resource("aws_kms_key", arn, attributes)]


def _described(metadata: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "description": metadata.get("Description", ""),
        "is_enabled": metadata.get("Enabled"),
        "key_usage": metadata.get("KeyUsage"),
        "customer_master_key_spec": metadata.get("KeySpec", metadata.get("CustomerMasterKeySpec")),
        "multi_region": metadata.get("MultiRegion", False),
        "custom_key_store_id": metadata.get("CustomKeyStoreId", ""),
        "xks_key_id": (metadata.get("XksKeyConfiguration") or {}).get("Id", ""),
    }


def _rotation(reader: Reader, metadata: Mapping[str, Any]) -> dict[str, Value]:
    symmetric = metadata.get("KeySpec", metadata.get("CustomerMasterKeySpec")) == "SYMMETRIC_DEFAULT"
    if not symmetric or metadata.get("Origin") != "AWS_KMS":
        return _UNROTATED
    return told(
        reader,
        "kms",
        "get_key_rotation_status",
        lambda answer: {
            "enable_key_rotation": answer.get("KeyRotationEnabled"),
            "rotation_period_in_days": answer.get("RotationPeriodInDays", 0),
        },
        resource=metadata["Arn"],
        none=_UNROTATED,
        KeyId=metadata["KeyId"],
    )


KIND = Kind(
    type="aws_kms_key",
    names=("id", "arn", "key_id"),
    reads=(
        Read("kms", "list_keys"),
        Read("kms", "describe_key", absent=("NotFoundException",)),
        Read("kms", "get_key_policy", absent=("NotFoundException",)),
        Read("kms", "get_key_rotation_status", absent=("UnsupportedOperationException",)),
        Read("kms", "list_resource_tags"),
    ),
    documents=("policy",),
    defaults={
        "bypass_policy_lockout_safety_check": Default(False, _PLAN),
        "customer_master_key_spec": Default("SYMMETRIC_DEFAULT", _PLAN),
        "enable_key_rotation": Default(False, _PLAN),
        "is_enabled": Default(True, _PLAN),
        "key_usage": Default("ENCRYPT_DECRYPT", _PLAN),
    },
    parts=(Part("aws_kms_key_policy", "key_id", ("policy",), ("id", "arn"), document("policy"), many=False),),
    from_terraform=lambda key: only(key, "policy"),
    from_live=_from_live,
)
