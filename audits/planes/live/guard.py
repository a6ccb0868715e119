"""The read-only guard: in front of every client, before a request is built, signed or sent.

AWS names operations by what they do: ``Describe``, ``Get``, ``List`` (and ``BatchGet``, ``BatchDescribe``) read.
Not every read is harmless, though: some hand out secrets, credentials or customers' data. Those are refused as well.
"""

from __future__ import annotations

from typing import Any

_PREFIXES = ("Describe", "Get", "List", "BatchGet", "BatchDescribe")

_ALSO_READS = frozenset({("s3", "HeadBucket")})
"""Reads by another name. botocore asks ``HeadBucket`` itself to learn a bucket's region after a redirect."""

_CREDENTIALS = frozenset(
    {
        ("sts", "AssumeRole"),
        ("sts", "AssumeRoleWithSAML"),
        ("sts", "AssumeRoleWithWebIdentity"),
        ("sso", "GetRoleCredentials"),
        ("sso-oidc", "CreateToken"),
        ("signin", "CreateOAuth2Token"),
    }
)
"""What botocore calls to resolve a profile's credentials, and what ``--account-role`` needs. No kind may ask for it."""

_REVEALING = frozenset(
    {
        ("apigateway", "GetApiKey"),
        ("apigateway", "GetApiKeys"),
        ("appsync", "ListApiKeys"),
        ("athena", "GetQueryResults"),
        ("codeartifact", "GetAuthorizationToken"),
        ("cognito-identity", "GetCredentialsForIdentity"),
        ("cognito-identity", "GetOpenIdToken"),
        ("cognito-identity", "GetOpenIdTokenForDeveloperIdentity"),
        ("cognito-idp", "DescribeIdentityProvider"),
        ("cognito-idp", "DescribeUserPoolClient"),
        ("cognito-idp", "ListUsers"),
        ("connect", "GetFederationToken"),
        ("directconnect", "DescribeVirtualInterfaces"),
        ("dynamodb", "BatchGetItem"),
        ("dynamodb", "GetItem"),
        ("ec2", "DescribeVpnConnections"),
        ("ec2", "GetConsoleOutput"),
        ("ec2", "GetConsoleScreenshot"),
        ("ec2", "GetLaunchTemplateData"),
        ("ec2", "GetPasswordData"),
        ("ec2", "GetVpnConnectionDeviceSampleConfiguration"),
        ("ecr", "GetAuthorizationToken"),
        ("ecr-public", "GetAuthorizationToken"),
        ("emr", "GetClusterSessionCredentials"),
        ("gamelift", "GetComputeAuthToken"),
        ("gamelift", "GetInstanceAccess"),
        ("glue", "GetConnection"),
        ("glue", "GetConnections"),
        ("kinesis", "GetRecords"),
        ("kms", "GetParametersForImport"),
        ("lambda", "GetFunction"),
        ("lightsail", "GetInstanceAccessDetails"),
        ("lightsail", "GetRelationalDatabaseMasterUserPassword"),
        ("logs", "GetLogEvents"),
        ("logs", "GetLogRecord"),
        ("logs", "GetQueryResults"),
        ("redshift", "GetClusterCredentials"),
        ("redshift", "GetClusterCredentialsWithIAM"),
        ("redshift-data", "GetStatementResult"),
        ("redshift-serverless", "GetCredentials"),
        ("s3", "GetObject"),
        ("s3", "GetObjectTorrent"),
        ("secretsmanager", "BatchGetSecretValue"),
        ("secretsmanager", "GetSecretValue"),
        ("ssm", "GetCommandInvocation"),
        ("ssm", "GetParameter"),
        ("ssm", "GetParameterHistory"),
        ("ssm", "GetParameters"),
        ("ssm", "GetParametersByPath"),
        ("ssm", "ListCommandInvocations"),
        ("sts", "GetFederationToken"),
        ("sts", "GetSessionToken"),
    }
)
"""Reads that answer with secrets, credentials or data (AWS API references of each service)."""

_REVEALING_ATTRIBUTES = {("ec2", "DescribeInstanceAttribute"): frozenset({"userData"})}
"""Operations that are harmless but for some values of their ``Attribute``."""


_REVEALING_WHEN_SIGNED = frozenset((service.replace("-", ""), name) for service, name in _REVEALING)
_SIGNED = frozenset(name for _, name in (*_ALSO_READS, *_CREDENTIALS))


def asked_by_botocore(service: str, operation: str) -> bool:
    """Whether botocore asks for the operation of its own accord: for credentials, or where a bucket is."""
    return (service, operation) in _CREDENTIALS or (service, operation) in _ALSO_READS


class WriteRefused(RuntimeError):  # noqa: N818 - the name says what happened
    """An operation that could change the account, or reveal a secret, was about to be sent. It was not."""


def is_read(service: str, operation: str) -> bool:
    """Whether a kind may ask for the operation (both named as in AWS's service model)."""
    if (service, operation) in _REVEALING:
        return False
    return operation.startswith(_PREFIXES) or (service, operation) in _ALSO_READS


def check(service: str, operation: str, parameters: Any = None) -> None:
    """Let a reading operation pass.

    Raises:
        WriteRefused: it is none.
    """
    refused = not is_read(service, operation) and (service, operation) not in _CREDENTIALS
    hidden = _REVEALING_ATTRIBUTES.get((service, operation))
    if hidden and isinstance(parameters, dict) and parameters.get("Attribute") in hidden:
        refused = True
    if refused:
        raise WriteRefused(f"refused to send {service}:{operation}: only reads that reveal no secret may leave")


def _before_parameters(params: Any, model: Any, **_: Any) -> None:
    check(model.service_model.service_name, model.name, params)


def _before_call(model: Any, **_: Any) -> None:
    check(model.service_model.service_name, model.name)


def _before_sign(operation_name: str, event_name: str, **_: Any) -> None:
    """What is signed without a call of its own: a request put together by hand, a database's token.

    The event names services in another way (``secrets-manager``); where that leads to none of ours, the operation's
    name alone decides.
    """
    service = event_name.split(".")[1].replace("-", "")
    reads = operation_name.startswith(_PREFIXES) and (service, operation_name) not in _REVEALING_WHEN_SIGNED
    if not reads and operation_name not in _SIGNED:
        raise WriteRefused(f"refused to sign {service}:{operation_name}: only reads that reveal no secret may leave")


def install(events: Any) -> None:
    """Put the guard in front of every client that is made from now on with these botocore events.

    Three times: when the parameters are given, the earliest point; right before the request is prepared; and before
    anything is signed, which is where a request passes that was put together by hand, or is meant to be sent by others.
    """
    events.register_first("provide-client-params.*.*", _before_parameters, unique_id="audits-read-only-parameters")
    events.register_first("before-call.*.*", _before_call, unique_id="audits-read-only-call")
    events.register_first("before-sign.*.*", _before_sign, unique_id="audits-read-only-sign")
