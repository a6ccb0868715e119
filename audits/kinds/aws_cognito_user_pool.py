"""Cognito user pools.

``schema`` holds, as for the provider, the attributes of one's own and those standard ones that were changed. Sources:
provider documentation of ``aws_cognito_user_pool``; Cognito User Pools API Reference, ListUserPools, DescribeUserPool
and GetUserPoolMfaConfig; "Standard attributes" in the developer guide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._cognito import POOL, POOLS, pools
from audits.kinds._cognito_blocks import blocks, schema
from audits.kinds._details import on_demand, plan_default, tag_map, told
from audits.kinds.aws_iam_role import timestamp
from audits.model import Cause, Resource, Unknown, Value

_PLAN = plan_default("aws_cognito_user_pool")


_FILLED = Unknown(Cause.UNSET, detail="AWS fills it in, and the provider passes over the difference")


def _from_terraform(pool: Resource) -> Resource:
    """Mail is sent by Cognito itself where nothing else is said, and AWS then answers with a block that says so."""
    if pool.attributes.get("email_configuration", []) != []:
        return pool
    return replace(pool, attributes={**pool.attributes, "email_configuration": _FILLED})


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(pools(reader), partial(_pool, reader))


def _pool(reader: Reader, listed: Mapping[str, Any]) -> Resource:
    identifier = listed["Id"]
    arn = f"arn:{reader.partition}:cognito-idp:{reader.region}:{reader.account}:userpool/{identifier}"
    suffix = "amazonaws.com.cn" if reader.partition == "aws-cn" else "amazonaws.com"
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        "name": listed["Name"],
        "endpoint": f"cognito-idp.{reader.region}.{suffix}/{identifier}",
        **told(
            reader,
            "cognito-idp",
            "describe_user_pool",
            lambda answer: _described(answer["UserPool"]),
            resource=arn,
            none=_described({}),
            UserPoolId=identifier,
        ),
        **told(
            reader,
            "cognito-idp",
            "get_user_pool_mfa_config",
            _second_factors,
            resource=arn,
            none=_second_factors({}),
            UserPoolId=identifier,
        ),
    }
    return reader.resource("aws_cognito_user_pool", arn, attributes)


def _described(pool: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "alias_attributes": list(pool.get("AliasAttributes") or ()),
        "auto_verified_attributes": list(pool.get("AutoVerifiedAttributes") or ()),
        "creation_date": timestamp(pool.get("CreationDate")),
        "custom_domain": pool.get("CustomDomain", ""),
        "deletion_protection": pool.get("DeletionProtection", ""),
        "domain": pool.get("Domain", ""),
        "email_verification_message": pool.get("EmailVerificationMessage", ""),
        "email_verification_subject": pool.get("EmailVerificationSubject", ""),
        "estimated_number_of_users": pool.get("EstimatedNumberOfUsers", 0),
        "last_modified_date": timestamp(pool.get("LastModifiedDate")),
        "mfa_configuration": pool.get("MfaConfiguration"),
        "sms_authentication_message": pool.get("SmsAuthenticationMessage", ""),
        "sms_verification_message": pool.get("SmsVerificationMessage", ""),
        "tags": tag_map(pool.get("UserPoolTags")),
        "user_pool_tier": pool.get("UserPoolTier", ""),
        "username_attributes": list(pool.get("UsernameAttributes") or ()),
        "schema": schema(pool.get("SchemaAttributes") or ()),
        **blocks(pool),
    }


def _second_factors(answer: Mapping[str, Any]) -> dict[str, Value]:
    """The provider shows factors only where a second one may be asked for."""
    used = answer.get("MfaConfiguration") not in (None, "OFF")
    token, mail, passkey = (
        answer.get(name) for name in ("SoftwareTokenMfaConfiguration", "EmailMfaConfiguration", "WebAuthnConfiguration")
    )
    return {
        "software_token_mfa_configuration": [{"enabled": token.get("Enabled")}] if used and token else [],
        "email_mfa_configuration": [{"message": mail.get("Message", ""), "subject": mail.get("Subject", "")}]
        if used and mail
        else [],
        "web_authn_configuration": [
            {
                "relying_party_id": passkey.get("RelyingPartyId", ""),
                "user_verification": passkey.get("UserVerification", ""),
            }
        ]
        if passkey
        else [],
    }


KIND = Kind(
    type="aws_cognito_user_pool",
    identity=("name",),
    names=("id", "arn", "endpoint"),
    reads=(POOLS, POOL, Read("cognito-idp", "get_user_pool_mfa_config")),
    on_demand=on_demand(_described({}), _second_factors({})),
    secrets=("sms_configuration[*].external_id",),
    defaults={
        "deletion_protection": Default("INACTIVE", _PLAN),
        "mfa_configuration": Default("OFF", _PLAN),
    },
    from_terraform=_from_terraform,
    from_live=_from_live,
)
