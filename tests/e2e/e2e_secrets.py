"""Secrets, planted wherever an account or Terraform source may hold one. Each of them has ``MARK`` in it.

Every place is one that people put secrets in: some AWS itself answers with, some look like a secret, some are only
named like one.
"""

from __future__ import annotations

import io
import json
import zipfile
from base64 import b64encode
from collections.abc import Callable
from itertools import count
from typing import Any

MARK = "hUsH"
_numbers = count(10)
ACCOUNT = "123456789012"


def secret() -> str:
    """Another secret; nothing about it looks like one."""
    return f"{MARK}{next(_numbers)}zq"


def address(scheme: str = "postgres") -> str:
    """A connection string."""
    return f"{scheme}://app:{secret()}@db.internal:5432/app"


def _tags(**tags: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _policy(external_id: str, **of: Any) -> str:
    condition = {"StringEquals": {"sts:ExternalId": external_id}}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Condition": condition, **of}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _trust(external_id: str) -> str:
    return _policy(external_id, Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})


def _grant(external_id: str) -> str:
    return _policy(external_id, Resource="*")


def _program() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x.py", "")
    return packed.getvalue()


def plant(aws: Callable[[str], Any]) -> None:
    """Put secrets into the account."""
    role = _access(aws("iam"))
    _compute(aws, role)
    _stores(aws)
    _messages(aws)
    _interfaces(aws)
    _edge(aws("cloudfront"))


def _access(iam: Any) -> str:
    role: str = iam.create_role(
        RoleName="r", AssumeRolePolicyDocument=_trust(secret()), Tags=_tags(ApiToken=secret(), Owner=address())
    )["Role"]["Arn"]
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=_grant(secret()))
    iam.create_policy(PolicyName="p", PolicyDocument=_grant(secret()), Description=address("mysql"))
    return role


def _compute(aws: Callable[[str], Any], role: str) -> None:
    data = b64encode(f"#!/bin/sh\nexport TOKEN={secret()}".encode()).decode()
    encoded = {"UserData": data, "InstanceType": "t4g.nano", "ImageId": "ami-0000000000a12023"}
    aws("ec2").create_launch_template(
        LaunchTemplateName="t",
        LaunchTemplateData={
            **encoded,
            "TagSpecifications": [{"ResourceType": "instance", "Tags": _tags(DbPassword=secret())}],
        },
    )
    vpc = aws("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    aws("ec2").create_tags(Resources=[vpc], Tags=_tags(db_password=secret(), Dsn=address("redis")))
    environment = [{"name": "TOKEN", "value": secret()}, {"name": "URL", "value": address()}]
    logs = {"logDriver": "splunk", "options": {"splunk-token": secret(), "splunk-url": "https://logs.example.com"}}
    aws("ecs").register_task_definition(
        family="t",
        containerDefinitions=[
            {
                "name": "c",
                "image": "c",
                "memory": 64,
                "environment": environment,
                "logConfiguration": logs,
                "command": ["run", f"--url={address()}"],
                "dockerLabels": {"api_key": secret()},
            }
        ],
    )
    aws("lambda").create_function(
        FunctionName="f",
        Role=role,
        Runtime="python3.12",
        Handler="x.y",
        Code={"ZipFile": _program()},
        Environment={"Variables": {"PLAIN": secret(), "URL": address()}},
    )


def _stores(aws: Callable[[str], Any]) -> None:
    aws("secretsmanager").create_secret(Name="s", SecretString=secret(), Description=address())
    aws("ssm").put_parameter(Name="secure", Type="SecureString", Value=secret())
    aws("ssm").put_parameter(Name="plain", Type="String", Value=secret())
    aws("rds").create_db_instance(
        DBInstanceIdentifier="d",
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="app",
        MasterUserPassword=secret(),
        Tags=_tags(MasterPassword=secret()),
    )
    aws("elasticache").create_replication_group(
        ReplicationGroupId="g",
        ReplicationGroupDescription="cache",
        AuthToken=f"{secret()}0123456789",
        TransitEncryptionEnabled=True,
    )


def _messages(aws: Callable[[str], Any]) -> None:
    topic = aws("sns").create_topic(Name="t")["TopicArn"]
    aws("sns").subscribe(
        TopicArn=topic, Protocol="https", Endpoint=f"https://hooks.slack.com/services/T0/B0/{secret()}"
    )
    aws("sns").subscribe(TopicArn=topic, Protocol="http", Endpoint=f"http://alerts.example.com/{secret()}")
    aws("sqs").create_queue(QueueName="q", tags={"webhook": secret()}, Attributes={"Policy": _trust(secret())})
    text = f"runbook: https://alerts.example.com/in?token={secret()}"
    aws("cloudwatch").put_metric_alarm(
        AlarmName="a",
        AlarmDescription=text,
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="m",
        Namespace="n",
        Period=60,
        Statistic="Sum",
        Threshold=1,
    )
    widget = {"type": "text", "properties": {"markdown": f"{text}"}}
    aws("cloudwatch").put_dashboard(DashboardName="d", DashboardBody=json.dumps({"widgets": [widget]}))
    aws("events").put_rule(Name="r", ScheduleExpression="rate(1 day)")
    aws("events").put_targets(Rule="r", Targets=[{"Id": "x", "Arn": topic, "Input": json.dumps({"plain": secret()})}])
    aws("logs").create_log_group(logGroupName="g", tags={"secret": secret()})


def _interfaces(aws: Callable[[str], Any]) -> None:
    pool = aws("cognito-idp").create_user_pool(
        PoolName="u",
        SmsConfiguration={"SnsCallerArn": f"arn:aws:iam::{ACCOUNT}:role/r", "ExternalId": secret()},
        UserPoolTags={"ClientSecret": secret()},
    )["UserPool"]["Id"]
    aws("cognito-idp").create_user_pool_client(UserPoolId=pool, ClientName="c", GenerateSecret=True)
    details = {"client_id": "x", "client_secret": secret(), "authorize_scopes": "email"}
    aws("cognito-idp").create_identity_provider(
        UserPoolId=pool, ProviderName="Google", ProviderType="Google", ProviderDetails=details
    )
    gateway = aws("apigatewayv2")
    api = gateway.create_api(Name="h", ProtocolType="HTTP")["ApiId"]
    gateway.create_stage(ApiId=api, StageName="s", StageVariables={"plain": secret()})
    gateway.create_integration(
        ApiId=api,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="ANY",
        IntegrationUri="https://behind.example.com",
        RequestParameters={"overwrite:header.x-plain": secret()},
    )


def _edge(cloudfront: Any) -> None:
    origin = {
        "Id": "o",
        "DomainName": "origin.example.com",
        "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "X-Plain", "HeaderValue": secret()}]},
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
    }
    cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": "1",
            "Comment": address(),
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only", "MinTTL": 0},
        }
    )


SOURCE = """
variable "password" { default = "%(1)s" }
variable "host" {}
locals { url = "postgres://app:${var.password}@db/app" }
resource "aws_db_instance" "d" {
  identifier     = "d"
  instance_class = "db.t4g.micro"
  engine         = "postgres"
  password       = var.password
  tags           = { MasterPassword = "%(2)s", Note = local.url }
}
resource "aws_elasticache_replication_group" "g" {
  replication_group_id = "g"
  auth_token           = "%(3)s"
}
resource "aws_ecs_task_definition" "t" {
  family = "t"
  container_definitions = jsonencode([{
    name             = "c"
    environment      = [{ name = "PLAIN", value = "%(4)s" }, { name = "URL", value = local.url }]
    dockerLabels     = { api_key = "%(5)s" }
    command          = ["run", "--url=postgres://app:%(6)s@${var.host}/app"]
    logConfiguration = { logDriver = "splunk", options = { "splunk-token" = "%(7)s" } }
  }])
}
resource "aws_instance" "i" {
  user_data = "export TOKEN=%(8)s"
}
resource "aws_launch_template" "t" {
  user_data = base64encode("export TOKEN=%(9)s")
  tag_specifications {
    resource_type = "instance"
    tags          = { DbPassword = "%(10)s" }
  }
}
resource "aws_iam_role" "r" {
  name = "r"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole",
    Principal = { AWS = "*" }, Condition = { StringEquals = { "sts:ExternalId" = "%(11)s" } } }] })
}
resource "aws_secretsmanager_secret_version" "v" {
  secret_id     = "s"
  secret_string = jsonencode({ plain = "%(12)s" })
}
resource "aws_ssm_parameter" "p" {
  name           = "p"
  type           = "String"
  insecure_value = "%(13)s"
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
  environment {
    variables = { PLAIN = "%(14)s" }
  }
}
resource "aws_sns_topic_subscription" "web" {
  topic_arn = "arn:aws:sns:ap-northeast-2:123456789012:t"
  protocol  = "https"
  endpoint  = "https://alerts.example.com/%(15)s"
}
resource "aws_sns_topic_subscription" "half" {
  topic_arn = "arn:aws:sns:ap-northeast-2:123456789012:t"
  protocol  = var.host
  endpoint  = "https://alerts.example.com/%(16)s/${var.host}"
}
resource "aws_cloudfront_distribution" "d" {
  enabled = true
  comment = "see https://alerts.example.com/in?token=%(17)s"
  origin {
    domain_name = "origin.example.com"
    origin_id   = "o"
    custom_header {
      name  = "X-Plain"
      value = "%(18)s"
    }
  }
}
resource "aws_apigatewayv2_stage" "s" {
  api_id          = "a"
  name            = "s"
  stage_variables = { plain = "%(19)s" }
}
resource "aws_apigatewayv2_integration" "i" {
  api_id             = "a"
  integration_type   = "HTTP_PROXY"
  request_parameters = { "overwrite:header.x-plain" = "%(20)s" }
}
resource "aws_cognito_identity_provider" "g" {
  user_pool_id     = "u"
  provider_name    = "Google"
  provider_type    = "Google"
  provider_details = { client_id = "x", client_secret = "%(21)s" }
}
resource "aws_cognito_user_pool" "u" {
  name = "u"
  sms_configuration {
    external_id    = "%(22)s"
    sns_caller_arn = "arn:aws:iam::123456789012:role/r"
  }
}
resource "aws_cloudwatch_event_target" "t" {
  rule  = "r"
  arn   = "arn:aws:sns:ap-northeast-2:123456789012:t"
  input = jsonencode({ plain = "%(23)s" })
}
resource "aws_codebuild_project" "b" {
  name = "b"
  environment {
    environment_variable {
      name  = "DB_PASSWORD"
      value = "%(24)s"
    }
  }
}
resource "aws_amplify_app" "a" {
  name                  = "a"
  environment_variables = { API_TOKEN = "%(25)s" }
}
resource "aws_api_gateway_stage" "s" {
  rest_api_id   = "a"
  deployment_id = "d"
  stage_name    = "s"
  variables     = { plain = "%(26)s" }
}
resource "aws_acm_certificate" "c" {
  certificate_body = "-"
  private_key      = "-----BEGIN PRIVATE KEY-----%(27)s"
}
resource "aws_cloudwatch_dashboard" "d" {
  dashboard_name = "d"
  dashboard_body = jsonencode({ widgets = [{ type = "text", properties = { markdown = "Bearer %(28)s0123456789" } }] })
}
module "missing" {
  source      = "./nowhere"
  db_password = "%(29)s"
  settings    = { url = local.url, slack_webhook = "%(30)s" }
}
"""


def source() -> str:
    """A root module with secrets in it."""
    return SOURCE % {str(number): secret() for number in range(1, 31)}


VARIABLES = """
variable "tuned" {}
variable "given_password" {}
variable "flagged_token" {}
variable "from_environment" {}
resource "aws_db_instance" "tuned" {
  identifier     = "tuned"
  engine         = "postgres"
  instance_class = "db.t4g.micro"
  username       = "app"
  password       = var.given_password
  tags           = { Dsn = "postgres://app:${var.tuned}@db/app" }
}
resource "aws_lambda_function" "flagged" {
  function_name = "flagged"
  role          = "arn:aws:iam::123456789012:role/r"
  environment {
    variables = { TOKEN = var.flagged_token, OTHER = var.from_environment }
  }
}
"""
"""Secrets that come by variables: a file of them, an option, the environment."""

SPEC = """
spec: secrets
document: README.md
checkov:
  required:
    - {id: CKV_AWS_16, severity: high, reason: "what users write is in the database"}
    - {id: CKV_AWS_45, severity: high, reason: "no secret in what a function is given"}
    - {id: CKV_AWS_46, severity: high, reason: "no secret in user data"}
controls:
""" + "".join(
    f"""  - id: {name}
    title: {kind} is what it is not
    clause: {{section: Secrets, row: {name}, states: "7"}}
    basis: stated
    severity: high
    kind: {kind}
    expect: {{{expect}}}
"""
    for name, kind, expect in (
        ("database", "aws_db_instance", "engine: mysql, tags: {const: {}}"),
        ("template", "aws_launch_template", "name: seven"),
        ("role", "aws_iam_role", "name: seven, assume_role_policy: {const: {}}"),
        ("function", "aws_lambda_function", "function_name: seven"),
        ("edge", "aws_cloudfront_distribution", "comment: seven"),
        ("board", "aws_cloudwatch_dashboard", "dashboard_body: {const: {}}"),
        ("topic", "aws_sns_topic_subscription", "protocol: seven"),
    )
)
"""Controls that deviate on resources that hold secrets: reports say what is there instead."""


def state() -> dict[str, Any]:
    """A state with secrets: AWS's answers, and what the provider keeps of the source."""

    def one(kind: str, label: str, /, **attributes: Any) -> dict[str, Any]:
        return {
            "mode": "managed",
            "type": kind,
            "name": label,
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [{"schema_version": 0, "attributes": {"id": label, **attributes}}],
        }

    return {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 1,
        "lineage": "l",
        "outputs": {"password": {"value": secret(), "type": "string", "sensitive": True}},
        "resources": [
            one("aws_db_instance", "d", identifier="d", engine="postgres", password=secret(), tags={"Dsn": address()}),
            one("aws_instance", "i", user_data=secret(), tags={"DbPassword": secret()}),
            one("aws_iam_role", "r", name="r", assume_role_policy=_trust(secret())),
            one("aws_secretsmanager_secret_version", "v", secret_id="s", secret_string=secret()),
        ],
    }
