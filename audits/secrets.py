"""Secrets, removed before anything is judged or shown: by declared path, by meaning, and by what they look like."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from audits.model import Redacted, Unknown, Value

_EXTERNAL_ID = "sts:externalid"
_CREDENTIAL = (
    r"pass(?:word|wd|phrase)|pwd|secret|token|credentials?|jwt|signature"
    r"|(?:private|api|account|auth)[-_ ]?key|access[-_ ]?key(?:[-_ ]?id)?"
)

_LOOKS_SECRET = re.compile(
    "|".join(
        (
            r"[a-z][a-z0-9+.-]*://[^\s/:@]*:[^\s/@]+@",  # a password inside an address
            r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",  # an access key of AWS
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
            r"\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bnpm_\w{30,}|\bxox[abeoprs]-[\w-]{10,}",
            r"\b[rs]k_live_\w{10,}|\bAIza[\w-]{30,}",
            r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.",  # a JSON web token
            r"(?i:\b(?:bearer|basic)\s+(?=[\w.~+/=-]*\d)[\w.~+/=-]{16,})",
            # addresses of webhooks: whoever knows one may post to it
            r"://(?:hooks\.slack\.com/(?:services|workflows|triggers)|(?:\w+\.)?discord(?:app)?\.com/api/webhooks)/\w",
            r"://(?:[\w.-]+\.webhook\.office\.com/webhook|events\.pagerduty\.com/integration/)\w",
            rf"(?i:[?&;](?:[\w.-]*(?:{_CREDENTIAL})|sig|key)=[^\s&;#]+)",  # in the query of an address
            # in a connection string, or an argument of a command
            r"(?i:(?:\b|_)(?:password|passwd|pwd|passphrase|client_secret|secret_access_key|account_?key)\s*=\s*[^\s;,&=]{3,})",
        )
    )
)
"""What nothing but a secret looks like."""

_MARKS = (
    *("://", "=", "akia", "asia", "private key-", "bearer", "basic", "eyj", "aiza", "k_live_"),
    *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "npm_", "xox"),
)
"""One of these is in all that looks like a secret, in small letters: looking for them is twenty times quicker."""

_NAMED_SECRET = re.compile(
    r"(?i)passw(or)?d|secret|token|(^|_)pw(d)?($|_)|credential|private_?key|api_?key|access_?key|webhook"
)
"""Names of arguments, of which nothing else is known: whatever sounds like one."""

_NAMES_SECRET = re.compile(rf"(?i)(?:{_CREDENTIAL}|webhook(?:[-_ ]?url)?|connection[-_ ]?string|dsn)$")
"""Names of tags, of options and of members of documents: what they end in says what they hold."""

_ENVIRONMENT = re.compile(r"(?i)^(?:env|environment|(?:\w+_)?environment_?variables?|variables)$")
_NAMES, _VALUES = ("name", "key"), ("value",)


def redact(value: Value, path: Sequence[str]) -> Value:
    """The value with everything at ``path`` replaced by :class:`Redacted`; lists on the way are entered."""
    if isinstance(value, list):
        return [redact(element, path) for element in value]
    if not path:
        return _without(value)
    if isinstance(value, Unknown):
        if value.partial is None:
            # Text around an unknown may hold what the path would have removed.
            return replace(value, parts=())
        return replace(value, partial=redact(value.partial, path), parts=())
    if isinstance(value, dict) and path[0] in value:
        return {**value, path[0]: _redact_member(value[path[0]], path[1:])}
    return value


def _redact_member(value: Value, path: Sequence[str]) -> Value:
    if path:
        return redact(value, path)
    return _without(value)


def _without(value: Value) -> Value:
    if isinstance(value, Unknown):
        return replace(value, partial=None, parts=())
    return value if value is None or isinstance(value, Redacted) else Redacted()


def scrub_arguments(arguments: Mapping[str, Value]) -> dict[str, Value]:
    """Arguments of a module call, of which no schema tells what is secret: those that are named so are removed."""
    return {name: _without(value) if _NAMED_SECRET.search(name) else scrub(value) for name, value in arguments.items()}


def scrub(value: Value) -> Value:
    """The value without what is secret wherever it stands.

    That is text that looks like a secret, what is named like one (tags, options, members of documents), variables of a
    program's environment, and the values of ``sts:ExternalId`` conditions, which are shared secrets between two
    accounts: JSON text that holds one becomes its structure, without it.
    """
    if isinstance(value, str):
        return _scrub_text(value)
    if isinstance(value, dict):
        return _scrub_members(value)
    if isinstance(value, list):
        return [scrub(item) for item in value]
    if isinstance(value, Unknown):
        return _scrub_unknown(value)
    return value


def _scrub_text(text: str) -> Value:
    lowered = text.lower()
    if _looks_secret(text, lowered):
        return Redacted("looks like a secret")
    if _EXTERNAL_ID in lowered:
        return _scrub_document(text)
    # A document that is written as text: it is left as it is where nothing in it is secret.
    if text.startswith(("{", "[")) and _NAMED_SECRET.search(text):
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            return text
        cleaned = scrub(document)
        return text if cleaned == document else cleaned
    return text


def _looks_secret(text: str, lowered: str) -> bool:
    return any(mark in lowered for mark in _MARKS) and bool(_LOOKS_SECRET.search(text))


def _scrub_members(members: Mapping[str, Value]) -> dict[str, Value]:
    """Members of a structure, a map or a set of tags; also where a name and its value are members themselves."""
    found = {name: _scrub_member(str(name), item) for name, item in members.items()}
    lowered = {str(name).lower(): name for name in members}
    called = next((members[lowered[name]] for name in _NAMES if name in lowered), None)
    if isinstance(called, str) and _sort(called) == "secret":
        for name in _VALUES:
            if name in lowered:
                found[lowered[name]] = _hidden(members[lowered[name]])
    return found


def _scrub_member(name: str, item: Value) -> Value:
    sort = _sort(name)
    if sort == "external id":
        return Redacted("external id")
    if sort == "secret":
        return _hidden(item)
    return _scrub_environment(item) if sort == "environment" else scrub(item)


@lru_cache(4096)
def _sort(name: str) -> str:
    """What a name says of what it holds; the same few names come again and again."""
    if name.lower() == _EXTERNAL_ID:
        return "external id"
    if _NAMES_SECRET.search(name):
        return "secret"
    return "environment" if _ENVIRONMENT.search(name) else ""


def _hidden(item: Value) -> Value:
    """What is named like a secret: its text goes, but neither where the secret is kept (an ARN) nor a structure."""
    if isinstance(item, str):
        return item if not item or item.startswith("arn:") else Redacted("named like a secret")
    if isinstance(item, Unknown):
        return replace(item, partial=None, parts=())
    return scrub(item)


def _scrub_environment(item: Value) -> Value:
    """Variables that a program is given: any of them may be secret, whatever it is called."""
    if isinstance(item, Unknown) and isinstance(item.partial, dict | list):
        return replace(item, partial=_scrub_environment(item.partial))
    if isinstance(item, dict):
        plain = all(isinstance(one, str | Unknown | None) for one in item.values())
        return {name: _without(one) for name, one in item.items()} if plain else scrub(item)
    if isinstance(item, list):
        return [
            {**scrub(one), "value": _without(one["value"])} if isinstance(one, dict) and "value" in one else scrub(one)
            for one in item
        ]
    return scrub(item)


def _scrub_document(text: str) -> Value:
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return scrub(json.loads(text))
    except (ValueError, RecursionError):
        return Redacted("external id")


def _scrub_unknown(value: Unknown) -> Unknown:
    told = any(isinstance(part, str) and _tells(part) for part in value.parts)
    return replace(value, partial=scrub(value.partial), parts=() if told else value.parts)


def _tells(part: str) -> bool:
    # Half an address with a password is enough: the other half may be the unknown.
    half = re.search(rf"://[^\s/@]*:|(?i:(?:{_CREDENTIAL})\s*=\s*$|\b(?:bearer|basic)\s+$)", part)
    return bool(half) or _looks_secret(part, part.lower()) or _EXTERNAL_ID in part.lower()
