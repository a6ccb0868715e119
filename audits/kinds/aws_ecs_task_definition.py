"""ECS task definitions: the latest active revision of every family, and every revision that a service runs.

Container definitions have one form on both planes (:func:`containers`). Sources: provider documentation of
``aws_ecs_task_definition``; ECS API Reference, TaskDefinition and ContainerDefinition; the provider's own rule for
when two lists of container definitions are equal (its ``containerDefinitionsAreEquivalent``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds.aws_ecs_cluster import cluster_arns, tags_of
from audits.kinds.aws_ecs_service import active, describe
from audits.model import Cause, Redacted, Resource, Unknown, Value

_SOURCE_ONLY = Unknown(Cause.UNSUPPORTED, detail="an option of Terraform's, not kept in the account")
_API = "ECS API Reference, RegisterTaskDefinition"
_ENVIRONMENT = Redacted("container environment")
_SECRET_OPTION = re.compile(r"token|password|passwd|secret|credential|api[_-]?key", re.IGNORECASE)

# -- container definitions, both planes --------------------------------------------------------------------------------

_FREE_KEYS = ("dockerLabels", "options")
"""Members whose keys are the author's own words, not the API's."""
_FILLED = ("environment", "mountPoints", "portMappings", "systemControls", "volumesFrom")
"""Lists that ECS answers as empty where they were left out; the provider takes the two for equal."""


def containers(value: Value, network_mode: Value) -> Value:
    """Container definitions in one form.

    Keys are as the API writes them, the API's defaults are filled in, lists without an order are sorted by name, and
    the values of environment variables and of secret-looking log options are redacted.

    ``cpu`` is 0 and ``essential`` true where left out, a port's ``protocol`` is ``tcp``; in network mode ``awsvpc`` or
    ``host`` its ``hostPort`` is the container's ("can either be left blank or set to the same value").
    """
    if isinstance(value, Unknown):
        # the pieces of text may hold what is redacted in the structure
        return replace(value, partial=containers(value.partial, network_mode), parts=())
    if isinstance(value, str):
        return Unknown(Cause.INVALID, detail="container_definitions is not JSON", not_null=True)
    if isinstance(value, dict):
        return _container(_keys(value), network_mode)
    if isinstance(value, list):
        return _by_name([containers(item, network_mode) for item in value])
    return value


def _keys(value: Value) -> Value:
    """The same with every key beginning in lower case: the provider reads JSON keys whatever their case."""
    if isinstance(value, Unknown):
        return replace(value, partial=_keys(value.partial))
    if isinstance(value, list):
        return [_keys(item) for item in value]
    if not isinstance(value, dict):
        return value
    lowered = {key[:1].lower() + key[1:]: item for key, item in value.items() if item is not None}
    return {key: item if key in _FREE_KEYS else _keys(item) for key, item in lowered.items()}


def _container(container: dict[str, Value], network_mode: Value) -> dict[str, Value]:
    found = {"cpu": 0, "essential": True, **{name: [] for name in _FILLED}, **container}
    found["environment"] = _by_name(_redacted(found["environment"], "value"))
    found["portMappings"] = _ports(found["portMappings"], network_mode)
    if "secrets" in found:
        found["secrets"] = _by_name(found["secrets"])
    for name in ("logConfiguration", "firelensConfiguration"):
        if isinstance(found.get(name), dict):
            found[name] = {key: _options(item) if key == "options" else item for key, item in found[name].items()}
    return found


def _redacted(value: Value, name: str) -> Value:
    if isinstance(value, Unknown):
        return replace(value, partial=_redacted(value.partial, name), parts=())
    if isinstance(value, list):
        return [_redacted(item, name) for item in value]
    if isinstance(value, dict) and value.get(name) is not None:
        return {**value, name: _ENVIRONMENT}
    return value


def _options(options: Value) -> Value:
    if not isinstance(options, dict):
        return options
    return {key: Redacted("log option") if _SECRET_OPTION.search(key) else item for key, item in options.items()}


def _ports(mappings: Value, network_mode: Value) -> Value:
    if isinstance(mappings, Unknown):
        return replace(mappings, partial=_ports(mappings.partial, network_mode))
    if isinstance(mappings, list):
        return [_ports(item, network_mode) for item in mappings]
    if not isinstance(mappings, dict):
        return mappings
    mapping = {"protocol": "tcp", **mappings}
    if network_mode in ("awsvpc", "host") and "containerPort" in mapping:
        mapping.setdefault("hostPort", mapping["containerPort"])
    return mapping


def _by_name(value: Value) -> Value:
    """A list of named things in the order of their names, if all names are known."""
    if not isinstance(value, list):
        return value
    names = [item.get("name") if isinstance(item, dict) else None for item in value]
    if not all(isinstance(name, str) for name in names):
        return value
    return sorted(value, key=lambda item: str(item["name"]))


# -- Terraform ---------------------------------------------------------------------------------------------------------


def _from_terraform(definition: Resource) -> Resource:
    attributes = dict(definition.attributes)
    for name, unit in (("cpu", "vcpu"), ("memory", "gb")):
        if name in attributes:
            attributes[name] = _units(attributes[name], unit)
    if "container_definitions" in attributes:
        attributes["container_definitions"] = containers(
            attributes["container_definitions"], attributes.get("network_mode")
        )
    return replace(definition, attributes=attributes)


def _units(size: Value, unit: str) -> Value:
    """``0.25 vCPU`` as ``256``, ``0.5 GB`` as ``512``: registering "converts" such text to units."""
    match = re.fullmatch(rf"\s*(\d*\.?\d+)\s*{unit}\s*", size, re.IGNORECASE) if isinstance(size, str) else None
    units = float(match[1]) * 1024 if match else None
    return size if units is None or units != int(units) else str(int(units))


# -- live --------------------------------------------------------------------------------------------------------------


def _from_live(reader: Reader) -> Iterator[Resource]:
    families: list[Any] = reader.pages(
        "ecs", "list_task_definition_families", "families", status="ACTIVE", maxResults=100
    )
    # a family's name alone stands for its latest active revision (DescribeTaskDefinition)
    latest = reader.each([str(family) for family in families], lambda family: _described(reader, family))
    known = {resource.identity for resource in latest if resource is not None}
    # One that could not be described goes by its family's name, and a service may run that very revision.
    unread = [resource for resource in latest if resource is not None and not resource.identity.startswith("arn:")]
    yield from (resource for resource in latest if resource is not None and resource not in unread)
    answers = reader.each(cluster_arns(reader), lambda cluster: describe(reader, cluster))
    used = {
        str(service["taskDefinition"])
        for answer in chain.from_iterable(answers)
        for service in filter(active, answer.get("services", ()))
        if service.get("taskDefinition")
    }
    running = {_family(arn) for arn in used}
    for resource in unread:
        doubt = Unknown(Cause.UNREADABLE, detail="whether it is the revision that a service runs")
        yield replace(resource, existence=doubt) if resource.identity in running else resource
    yield from filter(None, reader.each(sorted(used - known), lambda arn: _described(reader, arn)))


def _family(name: str) -> str:
    """The family in a revision's ARN; a family's own name is itself."""
    return name.rsplit("/", 1)[-1].partition(":")[0]


def _described(reader: Reader, name: str) -> Resource | None:
    answer = reader.detail(
        "ecs",
        "describe_task_definition",
        resource=name,
        attribute="container_definitions",
        taskDefinition=name,
        include=["TAGS"],
    )
    if answer is None:
        return None
    if isinstance(answer, Unknown):
        return reader.resource("aws_ecs_task_definition", name, _unreadable(name, answer))
    definition = answer["taskDefinition"]
    attributes = _attributes(definition, tags_of(answer.get("tags", ())))
    return reader.resource("aws_ecs_task_definition", definition["taskDefinitionArn"], attributes)


def _unreadable(name: str, why: Unknown) -> dict[str, Value]:
    """What a family's name or a revision's ARN tells; everything else could not be read."""
    family = _family(name)
    names = _attributes({"taskDefinitionArn": "", "family": family}, {}).keys()
    known: dict[str, Value] = {"family": family, "id": family}
    if name.startswith("arn:"):
        known["arn"] = name
    return {**dict.fromkeys(names, why), **known}


def _attributes(definition: Mapping[str, Any], tags: dict[str, str]) -> dict[str, Value]:
    arn = definition["taskDefinitionArn"]
    network_mode = definition.get("networkMode")
    storage = definition.get("ephemeralStorage")
    platform = definition.get("runtimePlatform")
    return {
        "id": definition["family"],
        "arn": arn,
        "arn_without_revision": arn.rsplit(":", 1)[0],
        "family": definition["family"],
        "revision": definition.get("revision"),
        "cpu": definition.get("cpu"),
        "memory": definition.get("memory"),
        "network_mode": network_mode,
        "requires_compatibilities": list(definition.get("requiresCompatibilities", ())),
        "task_role_arn": definition.get("taskRoleArn"),
        "execution_role_arn": definition.get("executionRoleArn"),
        "ipc_mode": definition.get("ipcMode"),
        "pid_mode": definition.get("pidMode"),
        "enable_fault_injection": definition.get("enableFaultInjection", False),  # "The default value is false"
        "runtime_platform": [_platform(platform)] if platform else [],
        "ephemeral_storage": [{"size_in_gib": storage["sizeInGiB"]}] if storage else [],
        "container_definitions": containers(definition.get("containerDefinitions", []), network_mode),
        "volume": [_volume(volume) for volume in definition.get("volumes", ())],
        "placement_constraints": [
            {"type": item.get("type"), "expression": item.get("expression")}
            for item in definition.get("placementConstraints", ())
        ],
        "inference_accelerator": [
            {"device_name": item["deviceName"], "device_type": item["deviceType"]}
            for item in definition.get("inferenceAccelerators", ())
        ],
        "proxy_configuration": _proxy(definition.get("proxyConfiguration")),
        "skip_destroy": _SOURCE_ONLY,
        "track_latest": _SOURCE_ONLY,
        "tags": tags,
        "tags_all": tags,
    }


def _platform(platform: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "cpu_architecture": platform.get("cpuArchitecture"),
        "operating_system_family": platform.get("operatingSystemFamily"),
    }


def _proxy(proxy: Mapping[str, Any] | None) -> list[Value]:
    if not proxy:
        return []
    properties = {item["name"]: item.get("value") for item in proxy.get("properties", ())}
    return [{"type": proxy.get("type"), "container_name": proxy["containerName"], "properties": properties}]


def _volume(volume: Mapping[str, Any]) -> dict[str, Value]:
    docker, efs = volume.get("dockerVolumeConfiguration"), volume.get("efsVolumeConfiguration")
    fsx = volume.get("fsxWindowsFileServerVolumeConfiguration")
    return {
        "name": volume.get("name"),
        "host_path": volume.get("host", {}).get("sourcePath"),
        "configure_at_launch": volume.get("configuredAtLaunch"),
        "docker_volume_configuration": [_docker(docker)] if docker else [],
        "efs_volume_configuration": [_efs(efs)] if efs else [],
        "fsx_windows_file_server_volume_configuration": [_fsx(fsx)] if fsx else [],
    }


def _docker(docker: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "scope": docker.get("scope"),
        "autoprovision": docker.get("autoprovision"),
        "driver": docker.get("driver"),
        "driver_opts": docker.get("driverOpts", {}),
        "labels": docker.get("labels", {}),
    }


def _efs(efs: Mapping[str, Any]) -> dict[str, Value]:
    access = efs.get("authorizationConfig")
    return {
        "file_system_id": efs["fileSystemId"],
        "root_directory": efs.get("rootDirectory"),
        "transit_encryption": efs.get("transitEncryption"),
        "transit_encryption_port": efs.get("transitEncryptionPort"),
        "authorization_config": (
            [{"access_point_id": access.get("accessPointId"), "iam": access.get("iam")}] if access else []
        ),
    }


def _fsx(fsx: Mapping[str, Any]) -> dict[str, Value]:
    access = fsx.get("authorizationConfig")
    return {
        "file_system_id": fsx["fileSystemId"],
        "root_directory": fsx["rootDirectory"],
        "authorization_config": (
            [{"credentials_parameter": access["credentialsParameter"], "domain": access["domain"]}] if access else []
        ),
    }


KIND = Kind(
    type="aws_ecs_task_definition",
    identity=("family",),
    names=("arn", "arn_without_revision", "family", "id"),
    reads=(
        Read("ecs", "list_task_definition_families"),
        Read("ecs", "describe_task_definition"),
        Read("ecs", "list_clusters"),
        Read("ecs", "list_services"),
        Read("ecs", "describe_services"),
    ),
    documents=("container_definitions",),
    secrets=(
        "container_definitions[*].environment[*].value",
        # source may begin the keys with a capital; they are mended only after this
        "container_definitions[*].Environment[*].Value",
        "container_definitions[*].environment[*].Value",
        "container_definitions[*].Environment[*].value",
        "container_definitions[*].logConfiguration.options.splunk-token",
    ),
    defaults={
        "enable_fault_injection": Default(False, f"{_API}, enableFaultInjection: the default value is false"),
        # The provider plans null for both, and the service reads them as "no role".
        "execution_role_arn": Default(None, f"{_API}, executionRoleArn: optional; without it the task has none"),
        "task_role_arn": Default(None, f"{_API}, taskRoleArn: optional; without it the containers have none"),
    },
    composed=(("family", "revision"),),
    from_terraform=_from_terraform,
    from_live=_from_live,
)
