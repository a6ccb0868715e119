"""Secrets, removed before anything is judged or shown: by declared path, by meaning, and by what they look like."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from audits.model import Redacted, Unknown, Value

_EXTERNAL_ID = "sts:externalid"
# A password inside an address, an access key of AWS, a private key: nothing else looks like these.
_LOOKS_SECRET = re.compile(
    r"[a-z][a-z0-9+.-]*://[^\s/:@]*:[^\s/@]+@|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)

_NAMED_SECRET = re.compile(
    r"(?i)passw(or)?d|secret|token|(^|_)pw(d)?($|_)|credential|private_?key|api_?key|access_?key|webhook"
)


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

    That is text that looks like a secret, and the values of ``sts:ExternalId`` conditions, which are shared secrets
    between two accounts: JSON text that mentions one becomes its structure, without them.
    """
    if isinstance(value, str):
        if _LOOKS_SECRET.search(value):
            return Redacted("looks like a secret")
        return _scrub_document(value) if _EXTERNAL_ID in value.lower() else value
    if isinstance(value, dict):
        return {
            key: Redacted("external id") if str(key).lower() == _EXTERNAL_ID else scrub(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [scrub(item) for item in value]
    if isinstance(value, Unknown):
        return _scrub_unknown(value)
    return value


def _scrub_document(text: str) -> Value:
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return scrub(json.loads(text))
    except ValueError:
        return Redacted("external id")


def _scrub_unknown(value: Unknown) -> Unknown:
    told = any(isinstance(part, str) and _tells(part) for part in value.parts)
    return replace(value, partial=scrub(value.partial), parts=() if told else value.parts)


def _tells(part: str) -> bool:
    # Half an address with a password is enough: the other half may be the unknown.
    return bool(_LOOKS_SECRET.search(part)) or _EXTERNAL_ID in part.lower() or bool(re.search(r"://[^\s/@]*:", part))
