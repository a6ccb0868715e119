"""An account to bend: looked up by boto3 and by names, so that a seeded and an applied one are bent alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from e2e_audit import Audited, audit

from examples.glimpse.account.seed import Clients
from examples.glimpse.account.seed.names import (
    BUCKET,
    CLUSTER,
    DATABASE,
    NAT,
    PREFIX,
    REDIS,
    S3_POLICY,
    SERVICE,
    TASK_ROLE,
    group_name,
)
from examples.glimpse.account.server import ACCOUNT_ID, REGION


def arn(service: str, resource: str, region: str = REGION) -> str:
    """An ARN in the demo account."""
    return f"arn:aws:{service}:{region}:{ACCOUNT_ID}:{resource}"


@dataclass
class Account:
    """An account that conforms until a test bends it."""

    endpoint: str
    aws: Clients = field(init=False)

    database = arn("rds", f"db:{DATABASE}")
    cache = arn("elasticache", f"replicationgroup:{REDIS}")
    service = arn("ecs", f"service/{CLUSTER}/{SERVICE}")
    task_role = arn("iam", f"role/{TASK_ROLE}", region="")
    s3_policy = arn("iam", f"policy/{S3_POLICY}", region="")
    bucket = f"arn:aws:s3:::{BUCKET}"
    objects = f"{bucket}/*"

    def __post_init__(self) -> None:
        self.aws = Clients(self.endpoint)

    @cached_property
    def conforming(self) -> Audited:
        """The audit of the account before anything was bent."""
        return audit(self.endpoint)

    def paths(self, control: str) -> list[str]:
        """What a control speaks of, in its own words and order."""
        return [verdict.path for name, verdict in self.conforming.verdicts() if name == control]

    # -- what AWS calls things

    def group(self, tier: str) -> str:
        """The id of a tier's security group."""
        where = [{"Name": "group-name", "Values": [group_name(tier)]}]
        groups = self.aws("ec2").describe_security_groups(Filters=where)["SecurityGroups"]
        assert len(groups) == 1
        return str(groups[0]["GroupId"])

    def group_arn(self, tier: str) -> str:
        """The ARN of a tier's security group."""
        return arn("ec2", f"security-group/{self.group(tier)}")

    @property
    def vpc(self) -> str:
        """The id of the network."""
        where = [{"Name": "tag:Name", "Values": [f"{PREFIX}-vpc"]}]
        return str(self.aws("ec2").describe_vpcs(Filters=where)["Vpcs"][0]["VpcId"])

    @property
    def public_subnet(self) -> str:
        """The id of a public subnet."""
        where = [{"Name": "tag:Name", "Values": [f"{PREFIX}-public-*"]}]
        return str(self.aws("ec2").describe_subnets(Filters=where)["Subnets"][0]["SubnetId"])

    @property
    def nat_template(self) -> dict[str, Any]:
        """The launch template of the NAT instance."""
        found = self.aws("ec2").describe_launch_templates()["LaunchTemplates"]
        templates = [one for one in found if one["LaunchTemplateName"].startswith(NAT)]
        assert len(templates) == 1
        return dict(templates[0])

    @property
    def nat_instance(self) -> dict[str, Any]:
        """The NAT instance that runs."""
        where = [{"Name": "tag:Name", "Values": [f"{NAT}*"]}]
        found = self.aws("ec2").describe_instances(Filters=where)["Reservations"]
        instances = [one for reservation in found for one in reservation["Instances"]]
        assert len(instances) == 1
        return dict(instances[0])

    @property
    def nat_group(self) -> str:
        """The name of the group that keeps the NAT instance."""
        found = self.aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
        (name,) = [one["AutoScalingGroupName"] for one in found if one["AutoScalingGroupName"].startswith(NAT)]
        return str(name)

    @property
    def nat_group_arn(self) -> str:
        """The ARN of that group."""
        name = {"AutoScalingGroupNames": [self.nat_group]}
        (group,) = self.aws("autoscaling").describe_auto_scaling_groups(**name)["AutoScalingGroups"]
        return str(group["AutoScalingGroupARN"])

    @property
    def nat_instance_arn(self) -> str:
        """The ARN of the NAT instance that runs."""
        return arn("ec2", f"instance/{self.nat_instance['InstanceId']}")

    @property
    def nat_interface(self) -> str:
        """The interface to which the private subnets' traffic leads."""
        where = [{"Name": "tag:Name", "Values": [NAT]}]
        (found,) = self.aws("ec2").describe_network_interfaces(Filters=where)["NetworkInterfaces"]
        return str(found["NetworkInterfaceId"])

    @property
    def balancer(self) -> str:
        """The ARN of the load balancer."""
        return str(self.aws("elbv2").describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"])

    @property
    def listener(self) -> dict[str, Any]:
        """The load balancer's one listener."""
        (found,) = self.aws("elbv2").describe_listeners(LoadBalancerArn=self.balancer)["Listeners"]
        return dict(found)

    @property
    def scalable_target(self) -> dict[str, Any]:
        """The scalable target of the service."""
        (target,) = self.aws("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")[
            "ScalableTargets"
        ]
        return dict(target)

    @property
    def distribution(self) -> dict[str, Any]:
        """The distribution, as it is listed."""
        (found,) = self.aws("cloudfront").list_distributions()["DistributionList"]["Items"]
        return dict(found)

    @property
    def access_control(self) -> dict[str, Any]:
        """The origin access control, with its ETag and configuration."""
        cloudfront = self.aws("cloudfront")
        (found,) = cloudfront.list_origin_access_controls()["OriginAccessControlList"]["Items"]
        answer = cloudfront.get_origin_access_control(Id=found["Id"])
        return {"ETag": answer["ETag"], **answer["OriginAccessControl"]}

    @property
    def access_control_arn(self) -> str:
        """The ARN of the origin access control."""
        return arn("cloudfront", f"origin-access-control/{self.access_control['Id']}", region="")
