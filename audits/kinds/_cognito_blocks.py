"""The blocks of a user pool, from what DescribeUserPool answers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audits.model import Value

_TEXT_BOUNDS = {"MinLength": "0", "MaxLength": "2048"}
_STANDARD: Mapping[str, tuple[str, Mapping[str, str]]] = {
    **dict.fromkeys(
        (
            "address",
            "email",
            "family_name",
            "gender",
            "given_name",
            "locale",
            "middle_name",
            "name",
            "nickname",
            "phone_number",
            "picture",
            "preferred_username",
            "profile",
            "website",
            "zoneinfo",
        ),
        ("String", _TEXT_BOUNDS),
    ),
    "birthdate": ("String", {"MinLength": "10", "MaxLength": "10"}),
    "email_verified": ("Boolean", {}),
    "phone_number_verified": ("Boolean", {}),
    "sub": ("String", {"MinLength": "1", "MaxLength": "2048"}),
    "updated_at": ("Number", {"MinValue": "0"}),
}
"""Attributes that every pool has, as every pool has them ("Standard attributes", Cognito developer guide)."""

_LAMBDAS = {
    "create_auth_challenge": "CreateAuthChallenge",
    "custom_message": "CustomMessage",
    "define_auth_challenge": "DefineAuthChallenge",
    "kms_key_id": "KMSKeyID",
    "post_authentication": "PostAuthentication",
    "post_confirmation": "PostConfirmation",
    "pre_authentication": "PreAuthentication",
    "pre_sign_up": "PreSignUp",
    "pre_token_generation": "PreTokenGeneration",
    "user_migration": "UserMigration",
    "verify_auth_challenge_response": "VerifyAuthChallengeResponse",
}
_VERSIONED = {
    "custom_email_sender": "CustomEmailSender",
    "custom_sms_sender": "CustomSMSSender",
    "pre_token_generation_config": "PreTokenGenerationConfig",
}


_VERIFIED = "attributes_require_verification_before_update"


def schema(attributes: Iterable[Mapping[str, Any]]) -> list[Value]:
    """The attributes of a pool but for the standard ones that are as in every pool."""
    return [_attribute(one) for one in attributes if not _is_standard(one)]


def _bounds(attribute: Mapping[str, Any]) -> Mapping[str, str]:
    found: Mapping[str, str] = (
        attribute.get("StringAttributeConstraints") or attribute.get("NumberAttributeConstraints") or {}
    )
    return found


def _is_standard(attribute: Mapping[str, Any]) -> bool:
    name = attribute.get("Name", "")
    if name not in _STANDARD:
        # AWS keeps a link to the user elsewhere in the pool as an attribute of its own ("identities").
        return bool(name == "identities")
    sort, bounds = _STANDARD[name]
    subject = name == "sub"
    return (
        attribute.get("AttributeDataType") == sort
        and not attribute.get("DeveloperOnlyAttribute", False)
        and bool(attribute.get("Mutable", True)) is not subject
        and bool(attribute.get("Required", False)) is subject
        and dict(_bounds(attribute)) == dict(bounds)
    )


def _attribute(attribute: Mapping[str, Any]) -> Value:
    text, number = attribute.get("StringAttributeConstraints"), attribute.get("NumberAttributeConstraints")
    return {
        "name": attribute.get("Name", "").removeprefix("dev:").removeprefix("custom:"),
        "attribute_data_type": attribute.get("AttributeDataType"),
        "developer_only_attribute": attribute.get("DeveloperOnlyAttribute"),
        "mutable": attribute.get("Mutable"),
        "required": attribute.get("Required"),
        "string_attribute_constraints": [_lengths(text)] if text is not None else [],
        "number_attribute_constraints": [_values(number)] if number is not None else [],
    }


def _lengths(bounds: Mapping[str, str]) -> Value:
    return {"min_length": bounds.get("MinLength", ""), "max_length": bounds.get("MaxLength", "")}


def _values(bounds: Mapping[str, str]) -> Value:
    return {"min_value": bounds.get("MinValue", ""), "max_value": bounds.get("MaxValue", "")}


def blocks(pool: Mapping[str, Any]) -> dict[str, Value]:
    """Every other block, by the provider's names; empty where the pool says nothing of it."""
    policies = pool.get("Policies") or {}
    made = {
        "account_recovery_setting": _maybe(pool.get("AccountRecoverySetting"), _recovery),
        "admin_create_user_config": _maybe(pool.get("AdminCreateUserConfig"), _admin),
        "device_configuration": _maybe(pool.get("DeviceConfiguration"), _device),
        "email_configuration": _maybe(pool.get("EmailConfiguration"), _email),
        # A pool that starts no function is answered with an empty structure, as one with no such attributes is.
        "lambda_config": _maybe(pool.get("LambdaConfig") or None, _lambdas),
        "password_policy": _maybe(policies.get("PasswordPolicy"), _password),
        "sign_in_policy": _maybe(
            policies.get("SignInPolicy"),
            lambda one: {"allowed_first_auth_factors": list(one.get("AllowedFirstAuthFactors") or ())},
        ),
        "sms_configuration": _maybe(pool.get("SmsConfiguration"), _sms),
        "user_attribute_update_settings": [{_VERIFIED: verified}] if (verified := _verified(pool)) else [],
        "user_pool_add_ons": _maybe(pool.get("UserPoolAddOns"), _add_ons),
        "username_configuration": _maybe(
            pool.get("UsernameConfiguration"), lambda one: {"case_sensitive": one.get("CaseSensitive")}
        ),
        "verification_message_template": _maybe(pool.get("VerificationMessageTemplate"), _messages),
    }
    return {name: list(block) for name, block in made.items()}


def _verified(pool: Mapping[str, Any]) -> list[str]:
    return list((pool.get("UserAttributeUpdateSettings") or {}).get("AttributesRequireVerificationBeforeUpdate") or ())


def _maybe(found: Mapping[str, Any] | None, convert: Any) -> list[Value]:
    return [] if found is None else [convert(found)]


def _recovery(found: Mapping[str, Any]) -> Value:
    mechanisms = found.get("RecoveryMechanisms") or ()
    return {"recovery_mechanism": [{"name": one["Name"], "priority": one["Priority"]} for one in mechanisms]}


def _admin(found: Mapping[str, Any]) -> Value:
    template = found.get("InviteMessageTemplate")
    block = template and {
        "email_message": template.get("EmailMessage", ""),
        "email_subject": template.get("EmailSubject", ""),
        "sms_message": template.get("SMSMessage", ""),
    }
    return {
        "allow_admin_create_user_only": found.get("AllowAdminCreateUserOnly", False),
        "invite_message_template": [block] if block else [],
    }


def _device(found: Mapping[str, Any]) -> Value:
    return {
        "challenge_required_on_new_device": found.get("ChallengeRequiredOnNewDevice", False),
        "device_only_remembered_on_user_prompt": found.get("DeviceOnlyRememberedOnUserPrompt", False),
    }


def _email(found: Mapping[str, Any]) -> Value:
    return {
        "configuration_set": found.get("ConfigurationSet", ""),
        "email_sending_account": found.get("EmailSendingAccount", ""),
        "from_email_address": found.get("From", ""),
        "reply_to_email_address": found.get("ReplyToEmailAddress", ""),
        "source_arn": found.get("SourceArn", ""),
    }


def _lambdas(found: Mapping[str, Any]) -> Value:
    versioned: dict[str, list[Value]] = {
        name: [{"lambda_arn": found[key].get("LambdaArn"), "lambda_version": found[key].get("LambdaVersion")}]
        if found.get(key)
        else []
        for name, key in _VERSIONED.items()
    }
    return {**{name: found.get(key, "") for name, key in _LAMBDAS.items()}, **versioned}


def _password(found: Mapping[str, Any]) -> Value:
    return {
        "minimum_length": found.get("MinimumLength"),
        "password_history_size": found.get("PasswordHistorySize", 0),
        "require_lowercase": found.get("RequireLowercase", False),
        "require_numbers": found.get("RequireNumbers", False),
        "require_symbols": found.get("RequireSymbols", False),
        "require_uppercase": found.get("RequireUppercase", False),
        "temporary_password_validity_days": found.get("TemporaryPasswordValidityDays"),
    }


def _sms(found: Mapping[str, Any]) -> Value:
    return {
        "external_id": found.get("ExternalId", ""),
        "sns_caller_arn": found.get("SnsCallerArn"),
        "sns_region": found.get("SnsRegion", ""),
    }


def _add_ons(found: Mapping[str, Any]) -> Value:
    flows = found.get("AdvancedSecurityAdditionalFlows")
    return {
        "advanced_security_mode": found.get("AdvancedSecurityMode"),
        "advanced_security_additional_flows": [{"custom_auth_mode": flows.get("CustomAuthMode", "")}] if flows else [],
    }


def _messages(found: Mapping[str, Any]) -> Value:
    return {
        "default_email_option": found.get("DefaultEmailOption"),
        "email_message": found.get("EmailMessage", ""),
        "email_message_by_link": found.get("EmailMessageByLink", ""),
        "email_subject": found.get("EmailSubject", ""),
        "email_subject_by_link": found.get("EmailSubjectByLink", ""),
        "sms_message": found.get("SmsMessage", ""),
    }
