"""ECS clusters, with the capacity providers that ``aws_ecs_cluster_capacity_providers`` gives them.

Sources: provider documentation of ``aws_ecs_cluster`` and ``aws_ecs_cluster_capacity_providers``; ECS API Reference,
Cluster and CapacityProviderStrategyItem (base and weight: "If no value is specified, the default value of 0 is used").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.model import Cause, Resource, Unknown, Value

ZERO = Default(0, "ECS API Reference, CapacityProviderStrategyItem: if no value is specified, 0 is used")
_BATCH = 100
"""How many clusters one DescribeClusters takes (ECS API Reference)."""


def strategy(items: Iterable[Mapping[str, Any]]) -> list[Value]:
    """A capacity provider strategy in the provider's words."""
    return [
        {
            "capacity_provider": item["capacityProvider"],
            "weight": item.get("weight", 0),
            "base": item.get("base", 0),
        }
        for item in items
    ]


def tags_of(pairs: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Tags as a map, without those of AWS's own (``aws:``), which the provider leaves out, too."""
    return {pair["key"]: pair.get("value", "") for pair in pairs if not pair["key"].startswith("aws:")}


def unread(names: Iterable[str], failure: Mapping[str, Any]) -> dict[str, Value]:
    """Attributes of something that ECS listed but would not describe, for another reason than that it is gone."""
    why = ": ".join(str(failure[key]) for key in ("reason", "detail") if failure.get(key))
    return dict.fromkeys(names, Unknown(Cause.UNREADABLE, detail=f"ECS did not describe it ({why})"))


def gone(failure: Mapping[str, Any]) -> bool:
    """Whether a described thing is not there any more (ECS Developer Guide, "API failure reasons": MISSING)."""
    return failure.get("reason") == "MISSING"


def cluster_arns(reader: Reader) -> list[str]:
    """The ARNs of all clusters."""
    found: list[Any] = reader.pages("ecs", "list_clusters", "clusterArns", maxResults=100)
    return [str(arn) for arn in found]


def _from_live(reader: Reader) -> list[Resource]:
    arns = cluster_arns(reader)
    batches = [arns[start : start + _BATCH] for start in range(0, len(arns), _BATCH)]
    answers = reader.each(
        batches,
        lambda batch: reader.call(
            "ecs", "describe_clusters", clusters=batch, include=["CONFIGURATIONS", "SETTINGS", "TAGS"]
        ),
    )
    found = []
    for answer in answers:
        for cluster in answer.get("clusters", ()):
            # a deleted cluster may be described as INACTIVE for a while (ECS API Reference, Cluster, status)
            if cluster.get("status") != "INACTIVE":
                found.append(reader.resource("aws_ecs_cluster", cluster["clusterArn"], _attributes(cluster)))
        for failure in answer.get("failures", ()):
            if not gone(failure):
                found.append(_undescribed(reader, failure))
    return found


def _undescribed(reader: Reader, failure: Mapping[str, Any]) -> Resource:
    arn = failure["arn"]
    known = {"clusterArn": arn, "clusterName": arn.rsplit("/", 1)[-1]}
    names = _attributes(known).keys() - {"id", "arn", "name"}
    return reader.resource("aws_ecs_cluster", arn, {**_attributes(known), **unread(names, failure)})


def _attributes(cluster: Mapping[str, Any]) -> dict[str, Value]:
    tags = tags_of(cluster.get("tags", ()))
    connect = cluster.get("serviceConnectDefaults")
    return {
        "id": cluster["clusterArn"],
        "arn": cluster["clusterArn"],
        "name": cluster["clusterName"],
        "setting": [{"name": item["name"], "value": item["value"]} for item in cluster.get("settings", ())],
        "capacity_providers": sorted(cluster.get("capacityProviders", ())),
        "default_capacity_provider_strategy": strategy(cluster.get("defaultCapacityProviderStrategy", ())),
        "service_connect_defaults": [{"namespace": connect.get("namespace")}] if connect else [],
        "configuration": _configuration(cluster.get("configuration")),
        "tags": tags,
        "tags_all": tags,
    }


def _configuration(configuration: Mapping[str, Any] | None) -> list[Value]:
    if not configuration:
        return []
    command = configuration.get("executeCommandConfiguration")
    storage = configuration.get("managedStorageConfiguration")
    stored = storage and {
        "kms_key_id": storage.get("kmsKeyId"),
        "fargate_ephemeral_storage_kms_key_id": storage.get("fargateEphemeralStorageKmsKeyId"),
    }
    return [
        {
            "execute_command_configuration": [_command(command)] if command else [],
            "managed_storage_configuration": [stored] if stored else [],
        }
    ]


def _command(command: Mapping[str, Any]) -> dict[str, Value]:
    logs = command.get("logConfiguration")
    logged = logs and {
        "cloud_watch_encryption_enabled": logs.get("cloudWatchEncryptionEnabled"),
        "cloud_watch_log_group_name": logs.get("cloudWatchLogGroupName"),
        "s3_bucket_encryption_enabled": logs.get("s3EncryptionEnabled"),
        "s3_bucket_name": logs.get("s3BucketName"),
        "s3_key_prefix": logs.get("s3KeyPrefix"),
    }
    return {
        "kms_key_id": command.get("kmsKeyId"),
        "logging": command.get("logging"),
        "log_configuration": [logged] if logged else [],
    }


def _capacity(part: Resource) -> Mapping[str, Any]:
    """The part's two lists; an Unknown stands for all the elements of one.

    What is not written is none: PutClusterCapacityProviders requires both, and the provider sends them empty.
    """
    names = ("capacity_providers", "default_capacity_provider_strategy")
    return {name: part.attributes.get(name, []) for name in names}


KIND = Kind(
    type="aws_ecs_cluster",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(Read("ecs", "list_clusters"), Read("ecs", "describe_clusters")),
    defaults={
        "default_capacity_provider_strategy[*].base": ZERO,
        "default_capacity_provider_strategy[*].weight": ZERO,
    },
    parts=(
        Part(
            "aws_ecs_cluster_capacity_providers",
            "cluster_name",
            ("capacity_providers", "default_capacity_provider_strategy"),
            # the provider itself takes the name only; as the identifier is the ARN, it is no match
            ("name",),
            _capacity,
        ),
    ),
    extra={
        "capacity_providers": ["set", "string"],
        "default_capacity_provider_strategy": [
            "set",
            ["object", {"capacity_provider": "string", "weight": "number", "base": "number"}],
        ],
    },
    from_live=_from_live,
)
