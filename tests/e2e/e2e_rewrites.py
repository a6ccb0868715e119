"""Rewrites: each brings the account into the same documented state by other means, and undoes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from e2e_account import Account
from e2e_alarms import changed
from e2e_deviations import (
    REDIRECT,
    Undone,
    allow,
    bucket_policy,
    closed,
    forward,
    granted,
    listening,
    opened,
    reading,
    revised,
    ruled,
    v4,
)

from examples.glimpse.account.seed.access import policy
from examples.glimpse.account.seed.names import (
    ANYWHERE,
    CLUSTER,
    DATABASE,
    ROLE_ACTIONS,
    SERVICE,
    TASK_ROLE,
)

Rewrite = Callable[[Account], AbstractContextManager[None]]
REWRITES: dict[str, Rewrite] = {}


def rewrite(change: Callable[[Account], Iterator[None]]) -> Rewrite:
    REWRITES[change.__name__] = lambda account: Undone(change(account))
    return REWRITES[change.__name__]


@rewrite
def https_from_both_halves_of_the_internet(account: Account) -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(closed(account, "alb"))
        for half in ("128.0.0.0/1", "0.0.0.0/1"):
            stack.enter_context(opened(account, "alb", 443, 443, **v4(half)))
        yield


@rewrite
def https_from_ipv6_as_well(account: Account) -> Iterator[None]:
    with opened(account, "alb", 443, 443, Ipv6Ranges=[{"CidrIpv6": "::/0"}]):
        yield


@rewrite
def rules_in_another_order(account: Account) -> Iterator[None]:
    with ExitStack() as stack:
        for half in ("0.0.0.0/1", "128.0.0.0/1"):
            stack.enter_context(opened(account, "alb", 443, 443, **v4(half)))
        stack.enter_context(closed(account, "alb", revoke=ANYWHERE))
        yield


@rewrite
def postgres_with_another_description(account: Account) -> Iterator[None]:
    tasks = {"UserIdGroupPairs": [{"GroupId": account.group("ecs"), "Description": "tasks, checked in May"}]}
    with closed(account, "rds"), opened(account, "rds", 5432, 5432, **tasks):
        yield


@rewrite
def a_group_in_no_tier_opened(account: Account) -> Iterator[None]:
    with opened(account, "nat", 22, 22, **v4("203.0.113.7/32")):
        yield


@rewrite
def cache_closed_which_may_but_need_not_be_open(account: Account) -> Iterator[None]:
    with closed(account, "redis"):
        yield


@rewrite
def a_task_definition_that_nothing_runs(account: Account) -> Iterator[None]:
    revision = revised(account, cpu="1024", memory="2048")
    yield
    account.aws("ecs").deregister_task_definition(taskDefinition=revision)


@rewrite
def spot_by_other_weights_of_the_same_share(account: Account) -> Iterator[None]:
    ecs, where = account.aws("ecs"), {"cluster": CLUSTER, "service": SERVICE}
    before = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]["capacityProviderStrategy"]
    ninth = {"capacityProvider": "FARGATE_SPOT", "weight": 9, "base": 1}
    ecs.update_service(**where, capacityProviderStrategy=[ninth, {"capacityProvider": "FARGATE", "weight": 1}])
    yield
    ecs.update_service(**where, capacityProviderStrategy=before)


@rewrite
def plain_text_redirected_to_tls(account: Account) -> Iterator[None]:
    with listening(account, 80, REDIRECT) as listener, ruled(account, listener, REDIRECT):
        yield


@rewrite
def plain_text_refused(account: Account) -> Iterator[None]:
    gone = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain"}}
    with listening(account, 80, gone):
        yield


@rewrite
def a_rule_beside_the_default_action_of_https(account: Account) -> Iterator[None]:
    listener = account.listener["ListenerArn"]
    with ruled(account, listener, forward(account)):
        yield


@rewrite
def a_nat_instance_of_another_type_that_was_terminated(account: Account) -> Iterator[None]:
    ec2, running = account.aws("ec2"), account.nat_instance
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "glimpse-prod-nat"}]}]
    made = ec2.run_instances(
        ImageId=running["ImageId"],
        InstanceType="t4g.large",
        SubnetId=account.public_subnet,
        TagSpecifications=tags,
        MinCount=1,
        MaxCount=1,
    )["Instances"][0]["InstanceId"]
    ec2.terminate_instances(InstanceIds=[made])
    yield
    ec2.delete_tags(Resources=[made], Tags=[{"Key": "Name"}])


@rewrite
def memory_alarm_in_decimal_megabytes(account: Account) -> Iterator[None]:
    with changed(account, "rds-memory-low", Threshold=200_000_000.0, Unit="Bytes", Statistic="Minimum"):
        yield


@rewrite
def errors_alarm_at_eleven_or_more(account: Account) -> Iterator[None]:
    at_least = {"Threshold": 11.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}
    with changed(account, "alb-5xx", **at_least, EvaluationPeriods=3, DatapointsToAlarm=1):
        yield


@rewrite
def cpu_alarm_of_one_datapoint_in_three(account: Account) -> Iterator[None]:
    with changed(account, "ecs-cpu-high", Period=60, EvaluationPeriods=3, DatapointsToAlarm=1, Statistic="Maximum"):
        yield


@rewrite
def cpu_alarm_written_as_a_query(account: Account) -> Iterator[None]:
    with changed(account, "ecs-cpu-high") as name:
        (old,) = account.aws("cloudwatch").describe_alarms(AlarmNames=[name.rpartition(":")[2]])["MetricAlarms"]
        metric = {key: old[key] for key in ("Namespace", "MetricName", "Dimensions")}
        query = {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Average"}, "ReturnData": True}
        left_out = dict.fromkeys(("Namespace", "MetricName", "Dimensions", "Statistic", "Period", "Unit"))
        with changed(account, "ecs-cpu-high", **left_out, Metrics=[query]):
            yield


@rewrite
def nat_alarm_as_the_console_makes_it(account: Account) -> Iterator[None]:
    made = {"Statistic": "Average", "Threshold": 0.99, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}
    with changed(account, "nat-down", **made):
        yield


@rewrite
def backups_for_longer_than_documented(account: Account) -> Iterator[None]:
    rds, where = account.aws("rds"), {"DBInstanceIdentifier": DATABASE, "ApplyImmediately": True}
    rds.modify_db_instance(**where, BackupRetentionPeriod=14)
    yield
    rds.modify_db_instance(**where, BackupRetentionPeriod=7)


@rewrite
def grant_in_two_statements(account: Account) -> Iterator[None]:
    first, *others = ROLE_ACTIONS
    with granted(account, allow(others, [account.objects]), allow(first, account.objects)):
        yield


@rewrite
def grant_in_two_policies(account: Account) -> Iterator[None]:
    iam, name = account.aws("iam"), {"RoleName": TASK_ROLE, "PolicyName": "uploads"}
    first, *others = ROLE_ACTIONS
    iam.put_role_policy(**name, PolicyDocument=policy(allow(first, account.objects)))
    with granted(account, allow(others, account.objects)):
        yield
    iam.delete_role_policy(**name)


@rewrite
def grant_in_other_letters_and_order(account: Account) -> Iterator[None]:
    with granted(account, allow([action.upper().replace("S3:", "s3:") for action in ROLE_ACTIONS], [account.objects])):
        yield


@rewrite
def grant_as_a_single_object_not_a_list(account: Account) -> Iterator[None]:
    iam, name = account.aws("iam"), {"PolicyArn": account.s3_policy}
    before = iam.get_policy(**name)["Policy"]["DefaultVersionId"]
    document = json.dumps({"Version": "2012-10-17", "Statement": allow(ROLE_ACTIONS, account.objects)})
    made = iam.create_policy_version(**name, PolicyDocument=document, SetAsDefault=True)["PolicyVersion"]
    yield
    iam.set_default_policy_version(**name, VersionId=before)
    iam.delete_policy_version(**name, VersionId=made["VersionId"])


@rewrite
def grant_that_adds_nothing_under_a_condition(account: Account) -> Iterator[None]:
    secure = {"Bool": {"aws:SecureTransport": "true"}}
    part = allow("s3:GetObject", f"{account.bucket}/uploads/*", Condition=secure)
    with granted(account, allow(ROLE_ACTIONS, account.objects), part):
        yield


@rewrite
def another_version_of_the_policy_that_is_not_the_default(account: Account) -> Iterator[None]:
    iam, name = account.aws("iam"), {"PolicyArn": account.s3_policy}
    document = policy(allow("s3:*", "*"))
    made = iam.create_policy_version(**name, PolicyDocument=document, SetAsDefault=False)["PolicyVersion"]
    yield
    iam.delete_policy_version(**name, VersionId=made["VersionId"])


@rewrite
def grants_of_another_service(account: Account) -> Iterator[None]:
    iam, name = account.aws("iam"), {"RoleName": TASK_ROLE, "PolicyName": "mail"}
    iam.put_role_policy(**name, PolicyDocument=policy(allow(["ses:SendEmail", "sqs:*"], "*")))
    yield
    iam.delete_role_policy(**name)


def _insecure(account: Account) -> dict[str, Any]:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [account.bucket, account.objects],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


@rewrite
def bucket_policy_that_denies_insecure_transport(account: Account) -> Iterator[None]:
    with bucket_policy(account, reading(account), _insecure(account)):
        yield


@rewrite
def bucket_policy_in_another_order(account: Account) -> Iterator[None]:
    with bucket_policy(account, _insecure(account), reading(account)):
        yield


@rewrite
def bucket_policy_with_lists_and_another_case(account: Account) -> Iterator[None]:
    written = reading(account) | {
        "Action": ["s3:getobject"],
        "Resource": [account.objects],
        "Principal": {"Service": ["cloudfront.amazonaws.com"]},
        "Condition": {"StringEquals": {"aws:sourcearn": [account.distribution["ARN"]]}},
    }
    with bucket_policy(account, written):
        yield
