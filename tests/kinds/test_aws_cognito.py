"""User pools with their clients, domains and groups."""

from __future__ import annotations

from typing import Any

from audits.kinds import aws_cognito_user_group, aws_cognito_user_pool_client, aws_cognito_user_pool_domain
from audits.kinds.aws_cognito_user_pool import KIND
from audits.model import Cause, Redacted
from tests.kinds.support import DENIED, agrees, declared, in_account, in_source, live
from tests.planes.live.world import moto_account

PASSWORD = {
    "MinimumLength": 10,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": False,
    "TemporaryPasswordValidityDays": 3,
}


def test_both_planes_agree_on_a_pool() -> None:
    with moto_account() as world:
        world.client("cognito-idp").create_user_pool(
            PoolName="users",
            UsernameAttributes=["email"],
            AutoVerifiedAttributes=["email"],
            MfaConfiguration="OFF",
            DeletionProtection="ACTIVE",
            Policies={"PasswordPolicy": PASSWORD},
            AccountRecoverySetting={"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
            Schema=[{"Name": "team", "AttributeDataType": "String", "Mutable": True}],
            UserPoolTags={"x": "y"},
        )
        found = in_account(KIND, world.only(KIND, name="users"))
    policy = {
        "minimum_length": 10,
        "require_uppercase": True,
        "require_lowercase": True,
        "require_numbers": True,
        "require_symbols": False,
        "temporary_password_validity_days": 3,
    }
    configured = in_source(
        KIND,
        declared(
            "aws_cognito_user_pool",
            name="users",
            username_attributes=["email"],
            auto_verified_attributes=["email"],
            deletion_protection="ACTIVE",
            password_policy=[policy],
            account_recovery_setting=[{"recovery_mechanism": [{"name": "verified_email", "priority": 1}]}],
            schema=[{"name": "team", "attribute_data_type": "String", "mutable": True}],
            tags={"x": "y"},
        ),
    )
    wanted = {name: configured.attributes[name] for name in ("mfa_configuration", *_named(configured.attributes))}
    agrees(wanted, found.attributes)
    assert configured.key == found.key == "users"


def _named(attributes: Any) -> list[str]:
    return [name for name in attributes if attributes[name] not in ([], None)]


def _pool(**pool: Any) -> dict[tuple[str, str], Any]:
    return {
        ("cognito-idp", "list_user_pools"): {"UserPools": [{"Id": "r_1", "Name": "users"}]},
        ("cognito-idp", "describe_user_pool"): {"UserPool": pool},
        ("cognito-idp", "get_user_pool_mfa_config"): {
            "MfaConfiguration": "ON",
            "SoftwareTokenMfaConfiguration": {"Enabled": True},
        },
    }


def test_standard_attributes_show_only_where_they_were_changed() -> None:
    bounds = {"MinLength": "0", "MaxLength": "2048"}
    mail = {
        "Name": "email",
        "AttributeDataType": "String",
        "DeveloperOnlyAttribute": False,
        "Mutable": True,
        "Required": False,
        "StringAttributeConstraints": bounds,
    }
    own = {"Name": "custom:team", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "1"}}
    subject = {**mail, "Name": "sub", "Mutable": False, "Required": True}
    subject["StringAttributeConstraints"] = {"MinLength": "1", "MaxLength": "2048"}
    (plain,) = live(KIND, _pool(SchemaAttributes=[mail, subject]))
    assert plain.attributes["schema"] == []
    (changed,) = live(KIND, _pool(SchemaAttributes=[{**mail, "Required": True}, own, subject]))
    assert [one["name"] for one in changed.attributes["schema"]] == ["email", "team"]
    assert changed.attributes["software_token_mfa_configuration"] == [{"enabled": True}]


def test_the_external_id_of_messages_is_redacted_on_both_planes() -> None:
    (found,) = live(KIND, _pool(SmsConfiguration={"SnsCallerArn": "arn:r", "ExternalId": "hush"}))
    block = [{"external_id": "hush", "sns_caller_arn": "arn:r"}]
    for one in (in_account(KIND, found), in_source(KIND, declared("aws_cognito_user_pool", sms_configuration=block))):
        assert one.attributes["sms_configuration"][0]["external_id"] == Redacted()


def test_a_pool_that_cannot_be_described_is_still_there() -> None:
    (found,) = live(KIND, {**_pool(), ("cognito-idp", "describe_user_pool"): DENIED})
    assert found.attributes["password_policy"] == DENIED and found.attributes["name"] == "users"


def test_clients_domains_and_groups_are_read_without_any_secret() -> None:
    kinds = (aws_cognito_user_pool_client.KIND, aws_cognito_user_pool_domain.KIND, aws_cognito_user_group.KIND)
    with moto_account() as world:
        client = world.client("cognito-idp")
        pool = client.create_user_pool(PoolName="users")["UserPool"]["Id"]
        client.create_user_pool(PoolName="others")
        made = client.create_user_pool_client(UserPoolId=pool, ClientName="mobile", GenerateSecret=True)
        client.create_user_pool_domain(Domain="glimpse", UserPoolId=pool)
        client.create_group(GroupName="admin", UserPoolId=pool, Description="x", Precedence=1)
        app, domain, group = (world.only(kind, user_pool_id=pool) for kind in kinds)
    assert app.attributes == {"id": made["UserPoolClient"]["ClientId"], "name": "mobile", "user_pool_id": pool}
    assert made["UserPoolClient"]["ClientSecret"] not in repr(app)
    assert domain.attributes["domain"] == "glimpse" and domain.identity == "glimpse"
    assert (group.attributes["name"], group.attributes["precedence"]) == ("admin", 1)
    for kind, found, names in zip(
        kinds, (app, domain, group), (("name",), ("domain",), ("name", "description")), strict=True
    ):
        configured = declared(kind.type, **{name: found.attributes[name] for name in names}, user_pool_id=pool)
        agrees({name: in_source(kind, configured).attributes[name] for name in names}, found.attributes)


def test_the_clients_secret_of_source_is_redacted() -> None:
    client = declared("aws_cognito_user_pool_client", name="a", client_secret="hush", user_pool_id="r_1")
    assert in_source(aws_cognito_user_pool_client.KIND, client).attributes["client_secret"] == Redacted()


def test_a_domain_that_is_gone_is_not_there() -> None:
    answers = {**_pool(Domain="glimpse"), ("cognito-idp", "describe_user_pool_domain"): {"DomainDescription": {}}}
    assert live(aws_cognito_user_pool_domain.KIND, answers) == []


def test_what_aws_fills_in_is_no_difference() -> None:
    (found,) = live(
        KIND,
        _pool(LambdaConfig={}, UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": []}),
    )
    assert found.attributes["lambda_config"] == found.attributes["user_attribute_update_settings"] == []
    configured = in_source(KIND, declared("aws_cognito_user_pool", name="users")).attributes
    assert configured["email_configuration"].cause is Cause.UNSET and configured["lambda_config"] == []
