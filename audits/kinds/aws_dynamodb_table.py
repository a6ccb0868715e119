"""DynamoDB tables: how they are keyed, paid for, encrypted, backed up.

Sources: provider documentation of ``aws_dynamodb_table``; DynamoDB API Reference, ListTables, DescribeTable,
DescribeContinuousBackups, DescribeTimeToLive and ListTagsOfResource. Replicas and indexes are not translated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._details import OF_TERRAFORM, plan_default, tag_pairs, told
from audits.model import Cause, Resource, Unknown, Value

_PLAN = plan_default("aws_dynamodb_table")
_NOT_READ = Unknown(Cause.UNSUPPORTED, detail="this suite does not translate it from what dynamodb:DescribeTable tells")
_SOURCE_ONLY = (
    "import_table",
    "restore_date_time",
    "restore_source_name",
    "restore_source_table_arn",
    "restore_to_latest_time",
)


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("dynamodb", "list_tables", "TableNames[*].{name: @}")
    return reader.each(listed, partial(_table, reader))


def _table(reader: Reader, listed: Mapping[str, Any]) -> Resource:
    name = listed["name"]
    arn = f"arn:{reader.partition}:dynamodb:{reader.region}:{reader.account}:table/{name}"
    ask = partial(told, reader, "dynamodb", resource=arn)
    attributes: dict[str, Value] = {
        **dict.fromkeys(_SOURCE_ONLY, OF_TERRAFORM),
        "id": name,
        "arn": arn,
        "name": name,
        **ask("describe_table", lambda answer: _described(answer["Table"]), none=_described({}), TableName=name),
        **ask(
            "describe_continuous_backups",
            lambda answer: {"point_in_time_recovery": _recovery(answer.get("ContinuousBackupsDescription") or {})},
            none={"point_in_time_recovery": []},
            TableName=name,
        ),
        **ask(
            "describe_time_to_live",
            lambda answer: {"ttl": _time_to_live(answer.get("TimeToLiveDescription") or {})},
            none={"ttl": []},
            TableName=name,
        ),
        **ask(
            "list_tags_of_resource",
            lambda answer: {"tags": tag_pairs(answer.get("Tags"))},
            none={"tags": {}},
            ResourceArn=arn,
        ),
    }
    return reader.resource("aws_dynamodb_table", arn, attributes)


def _described(table: Mapping[str, Any]) -> dict[str, Value]:
    keys = {one["KeyType"]: one["AttributeName"] for one in table.get("KeySchema") or ()}
    through, stream = table.get("ProvisionedThroughput") or {}, table.get("StreamSpecification") or {}
    sse, limit = table.get("SSEDescription"), table.get("OnDemandThroughput")
    has_more = ("replica", "Replicas"), ("global_secondary_index", "GlobalSecondaryIndexes")
    return {
        "attribute": [
            {"name": one["AttributeName"], "type": one["AttributeType"]}
            for one in table.get("AttributeDefinitions") or ()
        ],
        # A table that was never paid on demand has no summary of how it is paid.
        "billing_mode": (table.get("BillingModeSummary") or {}).get("BillingMode", "PROVISIONED"),
        "deletion_protection_enabled": table.get("DeletionProtectionEnabled", False),
        "hash_key": keys.get("HASH", ""),
        "range_key": keys.get("RANGE", ""),
        "read_capacity": through.get("ReadCapacityUnits", 0),
        "write_capacity": through.get("WriteCapacityUnits", 0),
        "stream_arn": table.get("LatestStreamArn", ""),
        "stream_label": table.get("LatestStreamLabel", ""),
        "stream_enabled": stream.get("StreamEnabled", False),
        "stream_view_type": stream.get("StreamViewType", ""),
        "table_class": (table.get("TableClassSummary") or {}).get("TableClass", "STANDARD"),
        "server_side_encryption": [
            {"enabled": sse.get("Status") in ("ENABLED", "UPDATING"), "kms_key_arn": sse.get("KMSMasterKeyArn", "")}
        ]
        if sse
        else [],
        "on_demand_throughput": [
            {
                "max_read_request_units": limit.get("MaxReadRequestUnits"),
                "max_write_request_units": limit.get("MaxWriteRequestUnits"),
            }
        ]
        if limit
        else [],
        "local_secondary_index": [_local(one) for one in table.get("LocalSecondaryIndexes") or ()],
        **{name: _NOT_READ if table.get(key) else [] for name, key in has_more},
    }


def _local(index: Mapping[str, Any]) -> dict[str, Value]:
    keys = {one["KeyType"]: one["AttributeName"] for one in index.get("KeySchema") or ()}
    projection = index.get("Projection") or {}
    return {
        "name": index["IndexName"],
        "range_key": keys.get("RANGE", ""),
        "projection_type": projection.get("ProjectionType"),
        "non_key_attributes": list(projection.get("NonKeyAttributes") or ()),
    }


def _recovery(found: Mapping[str, Any]) -> list[Value]:
    point = found.get("PointInTimeRecoveryDescription") or {}
    enabled = point.get("PointInTimeRecoveryStatus") == "ENABLED"
    return [{"enabled": enabled, "recovery_period_in_days": point.get("RecoveryPeriodInDays", 0)}]


def _time_to_live(found: Mapping[str, Any]) -> list[Value]:
    enabled = found.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    return [{"attribute_name": found.get("AttributeName", ""), "enabled": enabled}]


KIND = Kind(
    type="aws_dynamodb_table",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(
        Read("dynamodb", "list_tables"),
        Read("dynamodb", "describe_table"),
        Read("dynamodb", "describe_continuous_backups"),
        Read("dynamodb", "describe_time_to_live"),
        Read("dynamodb", "list_tags_of_resource"),
    ),
    defaults={"billing_mode": Default("PROVISIONED", _PLAN)},
    from_live=_from_live,
)
