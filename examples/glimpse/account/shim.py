"""What moto 5.2 drops, put back, so that the demo account can be read like a real one.

Everything below is *supplied by this example*: it is no evidence that AWS answers so, nor that a reader reads it
rightly. The readers of these fields are proved by tests that feed them responses shaped by botocore's service model
(Stubber); against this account they are only exercised. `server(shim=False)` gives moto as it is, `shim="operations"`
moto with nothing but what the provider cannot apply without.

Restored fields:
* CloudFront: an origin's OriginAccessControlId and its empty S3OriginConfig; no empty certificate ids beside the
  default certificate;
* ECS services: capacityProviderStrategy, deploymentConfiguration, healthCheckGracePeriodSeconds,
  availabilityZoneRebalancing, enableExecuteCommand, and no launchType beside a strategy (moto says EC2);
* EC2 instances started from a launch template (so those of an Auto Scaling group): only the template's volumes and
  their tags, its instance profile, its metadata options; a launch template's own tags are not in its data;
* EC2 security group rules between groups: Description (in DescribeSecurityGroupRules);
* S3: the region of each bucket in the listing, for a request with a parameter;
* load balancers: Scheme internet-facing if none was asked for;
* RDS parameter groups: a parameter that was set has Source user;
* ElastiCache: the member clusters of a replication group, which hold its version, subnet group, security groups and
  parameter group.

Supplied operations, which moto lacks altogether and Terraform's provider calls:
* ElastiCache parameter groups (create, describe, modify, delete);
* Application Auto Scaling's ListTagsForResource, TagResource and UntagResource.

Still lost or different, and needed by no documented fact: the zones of an ElastiCache subnet group and of its nodes
(us-east-1a), the maintenance window of a replication group, an instance profile's id (moto gives the association's),
the status of a mail subscription. Target tracking makes two alarms of its own, as AWS does, but with a threshold of 6;
RDS's LatestRestorableTime is the time of asking; an empty account has a default VPC, as AWS's have.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

Method = Callable[..., Any]


def install() -> None:
    """Patch moto's classes in this process. Call once, before the first request."""
    _cloudfront()
    _ecs()
    _instances()
    _group_rules()
    _database_parameters()
    _balancer_scheme()
    _bucket_regions()
    supply()


def supply() -> None:
    """Patch in only what Terraform's provider cannot apply without; fields that moto drops stay dropped."""
    _elasticache_members()
    _elasticache_parameter_groups()
    _autoscaling_tags()


def _wrap(owner: Any, name: str, around: Callable[..., Any]) -> None:
    """Replace `owner.name` by `around(original, self, *args)`."""
    original: Method = getattr(owner, name)

    @wraps(original)
    def replacement(self: Any, *args: Any, **kwargs: Any) -> Any:
        return around(original, self, *args, **kwargs)

    setattr(owner, name, replacement)


def _cloudfront() -> None:
    from moto.cloudfront import models

    def keep(original: Method, self: Any, origin: dict[str, Any]) -> None:
        original(self, origin)
        self.origin_access_control_id = origin.get("OriginAccessControlId") or ""
        if "S3OriginConfig" in origin:
            self.s3_origin_config = {"OriginAccessIdentity": self.s3_access_identity or ""}

    def without_blanks(original: Method, self: Any, config: dict[str, Any]) -> None:
        original(self, config)
        if self.cloud_front_default_certificate:
            self.iam_certificate_id = self.acm_certificate_arn = self.certificate = None

    _wrap(models.Origin, "__init__", keep)
    _wrap(models.ViewerCertificate, "__init__", without_blanks)


_ECS_FIELDS = {
    "capacityProviderStrategy": "capacity_provider_strategy",
    "deploymentConfiguration": "deployment_configuration",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "enableExecuteCommand": "enable_execute_command",
}


def _ecs() -> None:
    from moto.ecs.responses import EC2ContainerServiceResponse

    def keep(original: Method, self: Any) -> Any:
        answer = original(self)
        service = answer.result["service"]
        for parameter, attribute in _ECS_FIELDS.items():
            if (value := self._get_param(parameter)) is not None:
                setattr(service, attribute, value)
        for item in getattr(service, "capacity_provider_strategy", ()):
            item.setdefault("base", 0)
        if strategy := getattr(service, "capacity_provider_strategy", None):
            service.launch_type = None
            for deployment in service.deployments:
                deployment.pop("launchType", None)
                deployment.update(capacityProviderStrategy=strategy, platformFamily="Linux")
        return answer

    _wrap(EC2ContainerServiceResponse, "create_service", keep)
    _wrap(EC2ContainerServiceResponse, "update_service", keep)


def _instances() -> None:
    from moto.ec2.models.instances import InstanceBackend
    from moto.ec2.models.launch_templates import LaunchTemplateVersion

    def launch(original: Method, self: Any, *args: Any, **settings: Any) -> Any:
        template = settings.get("launch_template")
        data = self._get_template_from_args(template).data if template else {}
        if data.get("BlockDeviceMappings"):
            settings.setdefault("block_device_mappings", data["BlockDeviceMappings"])
            settings["tags"] = {"volume": _tags(data, "volume"), **(settings.get("tags") or {})}
        reservation = original(self, *args, **settings)
        for instance in reservation.instances if data else ():
            _take_from_template(self, instance, data)
        return reservation

    def version(original: Method, self: Any, template: Any, number: int, data: dict[str, Any], *rest: Any) -> None:
        if given := data.get("TagSpecifications"):
            data["TagSpecifications"] = [one for one in given if one["ResourceType"] != "launch-template"]
        original(self, template, number, data, *rest)

    _wrap(InstanceBackend, "run_instances", launch)
    _wrap(LaunchTemplateVersion, "__init__", version)


def _tags(data: dict[str, Any], resource: str) -> dict[str, str]:
    """Return the tags a launch template gives to one type of resource."""
    given = [one["Tags"] for one in data.get("TagSpecifications") or () if one["ResourceType"] == resource]
    return {tag["Key"]: tag["Value"] for tags in given for tag in tags}


def _take_from_template(backend: Any, instance: Any, data: dict[str, Any]) -> None:
    if mappings := data.get("BlockDeviceMappings"):
        instance.root_device_name = mappings[0]["DeviceName"]
    profile = data.get("IamInstanceProfile") or {}
    if profile:
        backend.associate_iam_instance_profile(instance.id, profile.get("Name"), profile.get("Arn"))
    if options := data.get("MetadataOptions"):
        instance.metadata_options = {"State": "applied", **options}


def _group_rules() -> None:
    from moto.ec2.models.security_groups import SecurityGroupRule

    def description(self: Any) -> str | None:
        given: str | None = (self.ip_range or self.source_group or {}).get("Description")
        return given

    rule: Any = SecurityGroupRule
    rule.description = property(description)


def _database_parameters() -> None:
    from moto.rds.models import DBParameterGroup

    def update(original: Method, self: Any, parameters: list[dict[str, Any]]) -> None:
        original(self, parameters)
        for name in (parameter["ParameterName"] for parameter in parameters):
            self.parameters[name]["Source"] = "user"

    _wrap(DBParameterGroup, "update_parameters", update)


def _balancer_scheme() -> None:
    from moto.elbv2.models import FakeLoadBalancer

    def default(original: Method, self: Any, *args: Any, **settings: Any) -> None:
        original(self, *args, **settings)
        self.scheme = self.scheme or "internet-facing"

    _wrap(FakeLoadBalancer, "__init__", default)


def _bucket_regions() -> None:
    from moto.s3.responses import S3Response

    def listed(original: Method, self: Any, result: Any) -> Any:
        asked = self._get_param("max-buckets") or self._get_param("prefix") or self._get_param("bucket-region")
        if self.data.get("Action") == "ListBuckets" and asked:
            for bucket in result.result["Buckets"]:
                bucket["BucketRegion"] = self.backend.get_bucket(bucket["Name"]).region_name
        return original(self, result)

    _wrap(S3Response, "serialized", listed)


_MEMBER_FIELDS = (
    "engine",
    "engine_version",
    "cache_parameter_group_name",
    "cache_subnet_group_name",
    "cache_security_group_names",
    "security_group_ids",
    "preferred_maintenance_window",
    "port",
    "auto_minor_version_upgrade",
    "snapshot_retention_limit",
    "snapshot_window",
    "auth_token",
    "transit_encryption_enabled",
    "network_type",
    "ip_discovery",
    "tags",
    "cache_node_type",
)


def _elasticache_members() -> None:
    from inspect import signature

    from moto.elasticache.models import CacheCluster, ElastiCacheBackend

    blank = dict.fromkeys(list(signature(CacheCluster.__init__).parameters)[1:])

    def create(original: Method, self: Any, **settings: Any) -> Any:
        group = original(self, **settings)
        known = {field: settings.get(field) for field in _MEMBER_FIELDS}
        known |= {"engine": group.engine, "cache_node_type": group.cache_node_type}
        for member in group.member_clusters:
            fixed = {"account_id": self.account_id, "region_name": self.region_name, "cache_cluster_id": member}
            cluster = CacheCluster(**{**blank, **known, **fixed, "replication_group_id": group.replication_group_id})
            _describe_member(cluster, group, settings)
            self.cache_clusters[member] = cluster
        return group

    def modify(original: Method, self: Any, **settings: Any) -> Any:
        group = original(self, **settings)
        for member in group.member_clusters:
            if member in self.cache_clusters:
                self.cache_clusters[member].cache_node_type = group.cache_node_type
        return group

    _wrap(ElastiCacheBackend, "create_replication_group", create)
    _wrap(ElastiCacheBackend, "modify_replication_group", modify)


def _describe_member(cluster: Any, group: Any, settings: dict[str, Any]) -> None:
    """Give a member the structures that DescribeCacheClusters answers with and moto never fills."""
    cluster.at_rest_encryption_enabled = group.at_rest_encryption_enabled
    cluster.security_groups = [
        {"SecurityGroupId": group_id, "Status": "active"} for group_id in settings.get("security_group_ids") or []
    ]
    if name := settings.get("cache_parameter_group_name"):
        cluster.cache_parameter_group = {"CacheParameterGroupName": name, "ParameterApplyStatus": "in-sync"}


def _elasticache_parameter_groups() -> None:
    from moto.core.responses import ActionResult, EmptyResult
    from moto.elasticache.responses import ElastiCacheResponse

    def groups(self: Any) -> dict[str, Any]:
        backend = self.elasticache_backend
        if not hasattr(backend, "parameter_groups"):
            backend.parameter_groups = {}
            backend.arn_regex = re.compile(r"^arn:aws:elasticache:")  # moto refuses to tag a parameter group
        return backend.parameter_groups  # type: ignore[no-any-return]

    def create(self: Any) -> Any:
        name = self._get_param("CacheParameterGroupName")
        arn = f"arn:aws:elasticache:{self.region}:{self.current_account}:parametergroup:{name}"
        fields = ("CacheParameterGroupFamily", "Description")
        group = {"CacheParameterGroupName": name, "ARN": arn} | {field: self._get_param(field) for field in fields}
        groups(self)[name] = (group, {})
        self.elasticache_backend.add_tags_to_resource(arn, self._get_param("Tags", []))
        return ActionResult({"CacheParameterGroup": group})

    def describe(self: Any) -> Any:
        name = self._get_param("CacheParameterGroupName")
        found = [group for key, (group, _) in groups(self).items() if name in (None, key)]
        return ActionResult({"CacheParameterGroups": found})

    def describe_parameters(self: Any) -> Any:
        _, values = groups(self).get(self._get_param("CacheParameterGroupName"), ({}, {}))
        entries = [{"ParameterName": key, "ParameterValue": value, "Source": "user"} for key, value in values.items()]
        return ActionResult({"Parameters": entries})

    def modify(self: Any) -> Any:
        name = self._get_param("CacheParameterGroupName")
        for pair in self._get_param("ParameterNameValues", []):
            groups(self)[name][1][pair["ParameterName"]] = pair["ParameterValue"]
        return ActionResult({"CacheParameterGroupName": name})

    def delete(self: Any) -> Any:
        groups(self).pop(self._get_param("CacheParameterGroupName"), None)
        return EmptyResult()

    operations = {
        "create_cache_parameter_group": create,
        "describe_cache_parameter_groups": describe,
        "describe_cache_parameters": describe_parameters,
        "modify_cache_parameter_group": modify,
        "delete_cache_parameter_group": delete,
    }
    for operation, method in operations.items():
        setattr(ElastiCacheResponse, operation, method)


def _autoscaling_tags() -> None:
    from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse as Response

    tags: dict[str, dict[str, str]] = {}

    def register(original: Method, self: Any) -> Any:
        answer = original(self)
        tags.setdefault(json.loads(answer)["ScalableTargetARN"], {}).update(self._get_param("Tags") or {})
        return answer

    def tag(self: Any) -> str:
        tags.setdefault(self._get_param("ResourceARN"), {}).update(self._get_param("Tags") or {})
        return "{}"

    def untag(self: Any) -> str:
        for key in self._get_param("TagKeys") or []:
            tags.get(self._get_param("ResourceARN"), {}).pop(key, None)
        return "{}"

    def list_tags(self: Any) -> str:
        return json.dumps({"Tags": tags.get(self._get_param("ResourceARN"), {})})

    _wrap(Response, "register_scalable_target", register)
    operations = {"tag_resource": tag, "untag_resource": untag, "list_tags_for_resource": list_tags}
    for operation, method in operations.items():
        setattr(Response, operation, method)
