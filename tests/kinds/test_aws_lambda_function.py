"""moto starts no function without a runtime of its own: the reader is proved by answers of botocore's shapes."""

from __future__ import annotations

from audits.kinds.aws_lambda_function import KIND
from audits.model import Cause, Redacted
from tests.kinds.support import agrees, declared, in_account, in_source, live

ARN = "arn:aws:lambda:ap-northeast-2:123456789012:function:f"
FUNCTION = {
    "FunctionName": "f",
    "FunctionArn": ARN,
    "Runtime": "python3.12",
    "Role": "arn:aws:iam::123456789012:role/r",
    "Handler": "a.b",
    "Timeout": 10,
    "MemorySize": 128,
    "PackageType": "Zip",
    "Architectures": ["arm64"],
    "Environment": {"Variables": {"API_KEY": "hush"}},
    "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"},
    "TracingConfig": {"Mode": "PassThrough"},
    "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
    "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"},
}


def test_both_planes_agree_and_neither_shows_the_environment() -> None:
    (answered,) = live(
        KIND,
        {("lambda", "list_functions"): {"Functions": [FUNCTION]}, ("lambda", "list_tags"): {"Tags": {"x": "y"}}},
    )
    found = in_account(KIND, answered)
    configured = in_source(
        KIND,
        declared(
            "aws_lambda_function",
            function_name="f",
            runtime="python3.12",
            role="arn:aws:iam::123456789012:role/r",
            handler="a.b",
            timeout=10,
            architectures=["arm64"],
            environment=[{"variables": {"API_KEY": "hush"}}],
            vpc_config=[{"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]}],
            tags={"x": "y"},
        ),
    )
    assert "hush" not in repr((found, configured))
    assert found.attributes["environment"] == [{"variables": Redacted()}]
    agrees({name: value for name, value in configured.attributes.items() if value != []}, found.attributes)
    assert found.attributes["snap_start"] == found.attributes["dead_letter_config"] == []
    assert found.attributes["reserved_concurrent_executions"].cause is Cause.UNSUPPORTED


def test_a_function_outside_any_network_has_none() -> None:
    plain = {"FunctionName": "f", "FunctionArn": ARN, "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}}
    (found,) = live(KIND, {("lambda", "list_functions"): {"Functions": [plain]}, ("lambda", "list_tags"): {}})
    assert found.attributes["vpc_config"] == found.attributes["environment"] == []
