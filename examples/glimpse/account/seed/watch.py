"""Alarms, the topic they notify, and the dashboard."""

from __future__ import annotations

import json
from dataclasses import dataclass

from examples.glimpse.account.seed.access import policy
from examples.glimpse.account.seed.clients import ACCOUNT_ID, REGION, Clients
from examples.glimpse.account.seed.edge import Front
from examples.glimpse.account.seed.names import CLUSTER, DATABASE, DOMAIN, NAT, PREFIX, REDIS, SERVICE, TOPIC, tags


@dataclass(frozen=True)
class _Alarm:
    key: str
    why: str
    namespace: str
    metric: str
    threshold: float
    dimensions: dict[str, str]
    operator: str = "GreaterThanThreshold"
    statistic: str = "Average"
    period: int = 300
    periods: int = 2
    missing: str = "notBreaching"


def alarm_name(key: str) -> str:
    """Return an alarm's name from its key."""
    return f"{PREFIX}-{key}"


def seed(clients: Clients, front: Front) -> None:
    """Create the topic with its policy and subscriber, five alarms on it, and the dashboard."""
    sns = clients("sns")
    topic: str = sns.create_topic(Name=TOPIC, Attributes={"DisplayName": "Glimpse alarms"}, Tags=tags())["TopicArn"]
    publish = {
        "Sid": "AlarmsOfThisAccount",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}},
    }
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy(publish))
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=f"ops@{DOMAIN}")
    cloudwatch = clients("cloudwatch")
    for alarm in _alarms(front):
        cloudwatch.put_metric_alarm(
            AlarmName=alarm_name(alarm.key),
            AlarmDescription=alarm.why,
            Namespace=alarm.namespace,
            MetricName=alarm.metric,
            Dimensions=[{"Name": name, "Value": value} for name, value in alarm.dimensions.items()],
            ComparisonOperator=alarm.operator,
            Threshold=alarm.threshold,
            Statistic=alarm.statistic,
            Period=alarm.period,
            EvaluationPeriods=alarm.periods,
            TreatMissingData=alarm.missing,
            AlarmActions=[topic],
            OKActions=[topic],
            Tags=tags(),
        )
    cloudwatch.put_dashboard(DashboardName=PREFIX, DashboardBody=json.dumps({"widgets": _widgets(front)}))


def _alarms(front: Front) -> list[_Alarm]:
    database = {"DBInstanceIdentifier": DATABASE}
    service = {"ClusterName": CLUSTER, "ServiceName": SERVICE}
    return [
        _Alarm(
            "rds-memory-low",
            "RDS has less than 200 MB of memory left",
            "AWS/RDS",
            "FreeableMemory",
            209_715_200,
            database,
            operator="LessThanThreshold",
        ),
        _Alarm("rds-connections-high", "RDS runs out of connections", "AWS/RDS", "DatabaseConnections", 45, database),
        _Alarm(
            "ecs-cpu-high",
            "Tasks are busy although autoscaling had its chance",
            "AWS/ECS",
            "CPUUtilization",
            80,
            service,
        ),
        _Alarm(
            "alb-5xx",
            "The load balancer answers with server errors",
            "AWS/ApplicationELB",
            "HTTPCode_ELB_5XX_Count",
            10,
            {"LoadBalancer": front.suffix},
            statistic="Sum",
            periods=1,
        ),
        _Alarm(
            "nat-down",
            "The NAT instance fails its checks; its Auto Scaling group replaces it",
            "AWS/EC2",
            "StatusCheckFailed",
            0,
            {"AutoScalingGroupName": NAT},
            statistic="Maximum",
            period=60,
            missing="breaching",
        ),
    ]


def _widgets(front: Front) -> list[dict[str, object]]:
    service = ["ClusterName", CLUSTER, "ServiceName", SERVICE]
    graphs = {
        "ALB requests and response time": (
            "AWS/ApplicationELB",
            ["RequestCount", "TargetResponseTime"],
            ["LoadBalancer", front.suffix],
        ),
        "ECS CPU and memory": ("AWS/ECS", ["CPUUtilization", "MemoryUtilization"], service),
        "NAT network traffic": ("AWS/EC2", ["NetworkIn", "NetworkOut"], ["AutoScalingGroupName", NAT]),
        "RDS connections and memory": (
            "AWS/RDS",
            ["DatabaseConnections", "FreeableMemory"],
            ["DBInstanceIdentifier", DATABASE],
        ),
        "Redis hit rate and memory": (
            "AWS/ElastiCache",
            ["CacheHitRate", "DatabaseMemoryUsagePercentage"],
            ["CacheClusterId", f"{REDIS}-001"],
        ),
    }
    return [
        {
            "type": "metric",
            "x": 12 * (index % 2),
            "y": 6 * (index // 2),
            "width": 12,
            "height": 6,
            "properties": {
                "title": title,
                "region": REGION,
                "stat": "Average",
                "period": 300,
                "metrics": [[namespace, metric, *dimensions] for metric in metrics],
            },
        }
        for index, (title, (namespace, metrics, dimensions)) in enumerate(graphs.items())
    ]
