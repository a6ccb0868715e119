"""What is removed before it can reach a judgement or an output, and what is left alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.model import Cause, Redacted, Reference, Unknown
from audits.secrets import redact, scrub, scrub_arguments

# Put together here, so that no scanner takes this file for a leak.
KEY = "AKIA" + "ABCDEFGHIJKLMNOP"
PRIVATE = "-----BEGIN RSA " + "PRIVATE KEY-----\nabc"
UNKNOWN = Unknown(Cause.COMPUTED, (Reference("aws_db_instance.a", "address"),))


LOOKS = [
    "postgres://app:hush@db:5432/x",
    f"key {KEY} here",
    PRIVATE,
    "redis://:hush@cache",
    "ghp" + "_hush01234567890123456789",
    "xoxb" + "-0123456789-hush",
    "eyJhbGciOiJI" + ".eyJzdWIiOiIx.hush",
    "Authorization: Bearer hush0123456789ab",
    "https://hooks.slack.com/services/T0/B0/hush",
    "https://x.webhook.office.com/webhookb2/hush",
    "https://alerts.example.com/in?api_key=hush",
    "see https://example.com/?a=b&X-Amz-Signature=hush for it",
    "Server=db;User=app;Password=hush;",
    "run --password=hush",
    "AWS_SECRET_ACCESS_KEY=hush",
]


@pytest.mark.parametrize("text", LOOKS)
def test_what_looks_like_a_secret_is_removed_wherever_it_stands(text: str) -> None:
    for value in (text, [text], {"a": {"b": [text]}}, Unknown(Cause.COMPUTED, partial={"a": text})):
        assert text not in repr(scrub(value))


PLAIN = [
    "https://example.com/a:b",
    "arn:aws:iam::123456789012:role/x",
    "a@b.c",
    "AKIA",
    "",
    "Basic infrastructure of the service",
    "https://example.com/?page=2&keyword=x",
    "{ ($.errorCode = AccessDenied*) && ($.password = *) }",
    '{"widgets": [{"title": "tokens"}]}',
    "token bucket: 100 a second",
    "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:db-password-AbCdEf",
]


@pytest.mark.parametrize("text", PLAIN)
def test_what_does_not_stays(text: str) -> None:
    assert scrub({"a": [text]}) == {"a": [text]}


def test_half_an_address_before_an_unknown_is_removed() -> None:
    told = Unknown(Cause.COMPUTED, parts=("postgres://app:hush@", UNKNOWN))
    assert scrub(told).parts == ()
    plain = Unknown(Cause.COMPUTED, parts=("https://", UNKNOWN, "/health"))
    assert scrub(plain) == plain


def test_external_ids_in_text_go_and_the_rest_of_the_document_stays() -> None:
    document = {"Statement": [{"Condition": {"StringEquals": {"sts:ExternalId": "hush", "aws:x": "1"}}}]}
    cleaned = scrub(json.dumps(document))
    assert cleaned["Statement"][0]["Condition"]["StringEquals"] == {
        "sts:ExternalId": Redacted("external id"),
        "aws:x": "1",
    }
    assert scrub("{sts:ExternalId broken") == Redacted("external id")


NAMED: list[Any] = [
    {"tags": {"DbPassword": "hush"}},
    {"tags": {"slack_webhook": "hush"}},
    {"options": {"splunk-token": "hush"}},
    [{"key": "ApiToken", "value": "hush"}],
    [{"Name": "DB_PASSWORD", "Value": "hush"}],
    {"environment_variables": {"PLAIN": "hush"}},
    {"environment": [{"name": "PLAIN", "value": "hush"}]},
    {"environment": [{"variables": {"PLAIN": "hush"}}]},
    json.dumps({"connection": {"client_secret": "hush"}}),
    {"password": Unknown(Cause.COMPUTED, parts=("hush", UNKNOWN))},
    {"variables": Unknown(Cause.COMPUTED, partial={"PLAIN": "hush"})},
    Unknown(Cause.COMPUTED, parts=("--password=", UNKNOWN, "hush")),
]


@pytest.mark.parametrize("value", NAMED)
def test_what_is_named_like_a_secret_is_removed(value: Any) -> None:
    assert "hush" not in repr(scrub(value))


NOT_SECRET: list[Any] = [
    {"tags": {"Environment": "prod", "Team": "tokens", "PasswordPolicy": "strong"}},
    {"metadata_options": [{"http_tokens": "required"}]},
    {"parameter": [{"name": "password_encryption", "value": "scram-sha-256"}]},
    {"master_user_secret": [{"secret_arn": "arn:aws:secretsmanager:r:1:secret:x"}], "token": "arn:aws:x"},
    {"secrets": [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:secretsmanager:r:1:secret:x"}]},
    {"manage_master_user_password": True, "token": None, "credentials": [], "secret": ""},
    {"env": Unknown(Cause.VARIABLE, parts=("prod-", UNKNOWN))},
    {"environment": [{"compute_type": "small", "image": "x"}]},
    "[not json, password",
]


@pytest.mark.parametrize("value", NOT_SECRET)
def test_what_only_sounds_like_one_stays(value: Any) -> None:
    assert scrub(value) == value


def test_arguments_of_a_module_that_are_named_as_secrets_are_removed() -> None:
    found = scrub_arguments({"db_password": "hush", "apiToken": "hush", "size": 20, "url": "postgres://a:hush@b"})
    assert "hush" not in repr(found)
    assert found["size"] == 20


def test_redaction_by_path_enters_lists_and_keeps_what_is_unknown_unknown() -> None:
    value: dict[str, Any] = {"containers": [{"environment": [{"name": "A", "value": "hush"}, {"name": "B"}]}, UNKNOWN]}
    found = redact(value, ["containers", "environment", "value"])
    assert found["containers"][0]["environment"] == [{"name": "A", "value": Redacted()}, {"name": "B"}]
    assert found["containers"][1] == UNKNOWN
    assert redact({"password": UNKNOWN}, ["password"]) == {"password": UNKNOWN}
    assert redact({"password": None}, ["password"]) == {"password": None}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just("plain"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=10,
)


@given(values, st.lists(st.sampled_from("abc"), min_size=1, max_size=3))
def test_nothing_at_the_path_survives_and_nothing_else_changes(value: Any, path: list[str]) -> None:
    once = redact({"a": value}, path)
    assert redact(once, path) == once
    if path[0] != "a":
        assert once == {"a": value}
