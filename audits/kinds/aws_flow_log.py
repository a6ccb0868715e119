"""Flow logs of networks, subnets and interfaces.

Sources: provider documentation of ``aws_flow_log``; EC2 API Reference, DescribeFlowLogs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._details import plan_default
from audits.kinds.aws_vpc import tags
from audits.model import Resource, Value

_PLAN = plan_default("aws_flow_log")
_LOGGED = {
    "eni-": "eni_id",
    "subnet-": "subnet_id",
    "tgw-attach-": "transit_gateway_attachment_id",
    "tgw-": "transit_gateway_id",
    "vpc-": "vpc_id",
}


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("ec2", "describe_flow_logs", "FlowLogs"), partial(_flow_log, reader))


def _flow_log(reader: Reader, log: Mapping[str, Any]) -> Resource:
    identifier, of = log["FlowLogId"], log["ResourceId"]
    arn = f"arn:{reader.partition}:ec2:{reader.region}:{reader.account}:vpc-flow-log/{identifier}"
    logged = next((name for prefix, name in _LOGGED.items() if of.startswith(prefix)), None)
    options = log.get("DestinationOptions")
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        **dict.fromkeys(_LOGGED.values(), ""),
        **({logged: of} if logged else {}),
        "deliver_cross_account_role": log.get("DeliverCrossAccountRole", ""),
        "destination_options": [
            {
                "file_format": options.get("FileFormat"),
                "hive_compatible_partitions": options.get("HiveCompatiblePartitions"),
                "per_hour_partition": options.get("PerHourPartition"),
            }
        ]
        if options
        else [],
        "iam_role_arn": log.get("DeliverLogsPermissionArn", ""),
        "log_destination": log.get("LogDestination", ""),
        "log_destination_type": log.get("LogDestinationType"),
        "log_format": log.get("LogFormat"),
        "log_group_name": log.get("LogGroupName", ""),
        "max_aggregation_interval": log.get("MaxAggregationInterval"),
        "traffic_type": log.get("TrafficType", ""),
        "tags": tags(log),
    }
    return reader.resource("aws_flow_log", arn, attributes)


KIND = Kind(
    type="aws_flow_log",
    names=("id", "arn"),
    reads=(Read("ec2", "describe_flow_logs"),),
    defaults={
        "log_destination_type": Default("cloud-watch-logs", _PLAN),
        "max_aggregation_interval": Default(600, _PLAN),
    },
    from_live=_from_live,
)
