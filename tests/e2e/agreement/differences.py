"""Why our readers and the provider's state differ where they do, and what no root can hold: all of it by name."""

from __future__ import annotations

from collections.abc import Mapping

from tests.e2e.agreement.compare import Compared

DIFFERENCES: Mapping[str, str] = {
    "aws_backup_plan.tags": "moto finds no tags by the ARN as the provider writes it into the request's path",
    "aws_backup_vault.tags": "moto finds no tags by the ARN as the provider writes it into the request's path",
    "aws_cognito_user_pool_domain.aws_account_id": "moto makes up another account at each reading",
    "aws_db_parameter_group.parameter": (
        "moto does not say that a parameter was set by a user, by which the provider takes it for the engine's own; the"
        " reader asks for those alone"
    ),
    "aws_ecs_service.deployment_circuit_breaker": "moto loses the deployment configuration of a service",
    "aws_ecs_service.deployment_maximum_percent": "moto loses the deployment configuration of a service",
    "aws_ecs_service.deployment_minimum_healthy_percent": "moto loses the deployment configuration of a service",
    "aws_elasticache_cluster.parameter_group_name": "moto loses a cluster's parameter group; the provider keeps ours",
    "aws_elasticache_cluster.port": "moto gives a cluster no nodes with ports; the provider keeps ours",
    "aws_elasticache_replication_group.auto_minor_version_upgrade": (
        "moto does not answer it: the provider takes that for false, the reader for nothing that was said"
    ),
    "aws_iam_policy.policy_id": "moto leaves it out of GetAccountAuthorizationDetails, which the reader asks",
    "aws_instance.root_block_device": (
        "the provider keeps its default tags out of the block's own tags; the reader shows what the volume has"
    ),
    "aws_instance.source_dest_check": (
        "moto keeps it twice, and ModifyInstanceAttribute changes the instance's only; the reader asks the interface"
    ),
    "aws_instance.vpc_security_group_ids": (
        "moto names the default group on the interface only, where the reader finds it and the provider does not look"
    ),
    "aws_network_acl_rule.egress": "moto loses the type and code of ICMP",
    "aws_route53_record.id": "the provider's identifier keeps the dot at the end of a name that is configured with one",
    "aws_s3_bucket_acl.grant": "by the canned ACL log-delivery-write moto lets log delivery read the ACL, not write",
    "aws_vpc_security_group_ingress_rule.ingress": (
        "moto loses the description of a rule from another group in DescribeSecurityGroupRules, which the provider asks"
    ),
}
"""By ``kind.attribute``."""

DRIFTS: Mapping[str, str] = {
    "aws_cloudfront_public_key.comment": "moto loses it",
    "aws_elasticache_cluster.parameter_group_name": DIFFERENCES["aws_elasticache_cluster.parameter_group_name"],
    "aws_elasticache_cluster.port": DIFFERENCES["aws_elasticache_cluster.port"],
    "aws_elasticache_cluster.security_group_ids": "moto loses them",
    "aws_elasticache_replication_group.num_cache_clusters": "moto makes no members of a replication group",
    "aws_iam_user.permissions_boundary": "moto loses the boundary of a user",
    "aws_instance.source_dest_check": DIFFERENCES["aws_instance.source_dest_check"],
    "aws_launch_template.tag_specifications": "moto shows the template's own tags among them",
    "aws_network_acl.egress": DIFFERENCES["aws_network_acl_rule.egress"],
    "aws_network_acl.egress.icmp_code": DIFFERENCES["aws_network_acl_rule.egress"],
    "aws_network_acl.egress.icmp_type": DIFFERENCES["aws_network_acl_rule.egress"],
    "aws_s3_bucket.grant.permissions": DIFFERENCES["aws_s3_bucket_acl.grant"],
    "aws_s3_bucket.replication_configuration.rule.filter.prefix": "moto loses it",
}
"""By kind and path: what is called drift in what Terraform has just applied."""

DRIFTS_OR_NOT: Mapping[str, str] = {
    "aws_db_parameter_group.parameter": f"{DIFFERENCES['aws_db_parameter_group.parameter']}; how often the state was"
    " read anew decides whether it holds them still",
}
"""Likewise, but not every time."""

UNLISTED: Mapping[str, str] = {
    "aws_apigatewayv2_authorizer": "moto fails at GetAuthorizers",
    "aws_db_option_group": "moto fails at DescribeOptionGroups without a name",
    "aws_default_security_group": "in the account it is an aws_security_group, and read as one",
    "aws_ecs_capacity_provider": "moto fails at DescribeCapacityProviders without names",
}
"""Types in the state that are not listed as such: what moto cannot list is proved by AWS's shapes."""

UNREAD: Mapping[str, str] = {"aws_backup_vault.policy": "moto has no policies of backup vaults"}
"""Attributes that cannot be read on moto, of kinds that otherwise can."""

NOT_APPLIED: Mapping[str, str] = {
    "aws_api_gateway_rest_api_policy": "moto answers with a policy that the provider cannot read back",
    "aws_apigatewayv2_api_mapping": "it takes a domain name",
    "aws_apigatewayv2_domain_name": "moto gives it no status, and the provider waits for one",
    "aws_backup_selection": "moto has no selections of backup plans",
    "aws_backup_vault_policy": "moto has no policies of backup vaults",
    "aws_budgets_budget": "moto has no tags of budgets, which the provider asks for",
    "aws_cloudfront_cache_policy": "moto has no cache policies",
    "aws_cloudfront_origin_access_identity": "moto has no origin access identities",
    "aws_cloudfront_origin_request_policy": "moto has no origin request policies",
    "aws_cloudfront_response_headers_policy": "moto has no response headers policies",
    "aws_cloudwatch_composite_alarm": "moto fails at PutCompositeAlarm",
    "aws_elasticache_parameter_group": "moto has none: what is applied is supplied, and no evidence",
    "aws_elasticache_user_group": "moto has no user groups",
    "aws_elasticache_user_group_association": "moto has no user groups",
    "aws_network_interface_sg_attachment": "the groups it adds to stay open: source cannot tell the others",
    "aws_route53_zone_association": "moto takes the private zones that Terraform makes for public ones",
    "aws_secretsmanager_secret_rotation": "it takes a function that rotates, and no root has one",
    "aws_sqs_queue_policy": "the provider waits in vain for moto to answer with the policy as it was given",
    "aws_sqs_queue_redrive_allow_policy": "the provider waits in vain for moto to answer with it",
    "aws_vpn_gateway_route_propagation": "moto has no EnableVgwRoutePropagation",
}
"""Declared types of which nothing is compared: their readers are proved by AWS's shapes."""


def reason_of(one: Compared) -> str | None:
    """The reason for a difference, None if there is none."""
    return DIFFERENCES.get(f"{one.type}.{one.attribute}")
