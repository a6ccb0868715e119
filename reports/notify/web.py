"""One POST to a webhook: over TLS, with few retries, and never with the address in an error, for it is a secret.

The plain webhook is signed as Slack and Stripe sign theirs: ``X-Audit-Signature: sha256=`` and the HMAC-SHA256, in hex,
of ``{X-Audit-Timestamp}.{body}``. A receiver compares in constant time and refuses old timestamps.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, urlsplit

from reports.notify.message import Message
from reports.report import ReportError
from reports.text import clip, visible

TRIES = 3
PATIENCE = 15.0
"""Seconds that one try has."""
_LOCAL = ("127.0.0.1", "localhost", "::1")
_SLACK = 3_500
"""Characters of a Slack message: it cuts one of 40,000, and people read less."""


def to_slack(address: str, message: Message, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Send as a Slack-compatible incoming webhook takes it (Mattermost and Discord's ``/slack`` do as well).

    Raises:
        ReportError: it could not be sent.
    """
    lines = "\n".join(slack_text(line) for line in message.lines)
    text = clip(f"*{slack_text(message.title)}*\n{lines}", _SLACK)
    _post("Slack webhook", address, json.dumps({"text": text}).encode(), {}, sleep)


def slack_text(text: str) -> str:
    """Text that Slack shows as it is: no mention, link or emphasis (api.slack.com, "Escaping text")."""
    for character, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, name)
    # A zero-width space after what would begin emphasis or code.
    return "".join(f"{one}\u200b" if one in "*_~`" else one for one in text)


def to_webhook(
    address: str,
    message: Message,
    secret: str | None,
    *,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Send the data as JSON, signed if there is a secret. Raises ReportError."""
    body = json.dumps(message.data, ensure_ascii=False, sort_keys=True).encode("utf-8", "backslashreplace")
    headers = {}
    if secret:
        stamp = str(int(now()))
        headers = {"X-Audit-Timestamp": stamp, "X-Audit-Signature": f"sha256={signature(secret, stamp, body)}"}
    _post("webhook", address, body, headers, sleep)


def signature(secret: str, stamp: str, body: bytes) -> str:
    """The HMAC-SHA256 of ``stamp.body``, in hex."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def _post(name: str, address: str, body: bytes, headers: Mapping[str, str], sleep: Callable[[float], None]) -> None:
    place = _place(name, address)
    error = ""
    for attempt in range(TRIES):
        if attempt:
            sleep(2.0**attempt)
        try:
            status, reason = _try(place, body, headers)
        except (OSError, http.client.HTTPException) as trouble:
            error = clip(visible(str(trouble) or type(trouble).__name__), 120)
            continue
        if 200 <= status < 300:
            return
        error = f"answered {status} {clip(visible(reason), 60)}".strip()
        # Another try changes nothing about a wrong address or a refused message.
        if status < 500 and status != 429:
            break
    raise ReportError(f"{name} at {visible(place.hostname or '')}: {error}")


def _place(name: str, address: str) -> SplitResult:
    try:
        place = urlsplit(address.strip())
        local = place.hostname in _LOCAL
        usable = place.scheme == "https" or (place.scheme == "http" and local)
        usable = usable and bool(place.hostname) and (place.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or any(ord(character) < 33 or ord(character) > 126 for character in address.strip()):
        raise ReportError(f"{name}: its address is no https:// URL")
    return place


def _try(place: SplitResult, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    """The answer's status and reason. Redirects are answers: the message goes nowhere else."""
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=PATIENCE)
    target = f"{place.path or '/'}{f'?{place.query}' if place.query else ''}"
    about = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "glimpse-audit", **headers}
    try:
        connection.request("POST", target, body, about)
        answer = connection.getresponse()
        answer.read(65_536)
        return answer.status, answer.reason
    finally:
        connection.close()
