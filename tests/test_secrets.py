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


@pytest.mark.parametrize("text", ["postgres://app:hush@db:5432/x", f"key {KEY} here", PRIVATE, "redis://:hush@cache"])
def test_what_looks_like_a_secret_is_removed_wherever_it_stands(text: str) -> None:
    for value in (text, [text], {"a": {"b": [text]}}, Unknown(Cause.COMPUTED, partial={"a": text})):
        assert text not in repr(scrub(value))


@pytest.mark.parametrize("text", ["https://example.com/a:b", "arn:aws:iam::123456789012:role/x", "a@b.c", "AKIA", ""])
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
