"""``python -m reports notify``: say what changed by every way that the environment names."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping

from reports.notify.message import Message
from reports.notify.sns import to_topic
from reports.notify.web import to_slack, to_webhook
from reports.report import ReportError

SLACK, WEBHOOK, SECRET, TOPIC = "AUDIT_SLACK_WEBHOOK", "AUDIT_WEBHOOK", "AUDIT_WEBHOOK_SECRET", "AUDIT_SNS_TOPIC"
"""Addresses and secrets come by the environment: a command line is there for every user of the machine to read."""

Way = Callable[[Message], None]


def send(said: Message | None) -> list[str]:
    """Send a message, if there is one; returns what could not be sent, a line each. A way that fails stops no other."""
    ways = ways_of(os.environ)
    if said is None:
        print("nothing changed: nobody is told")
        return []
    if not ways:
        print(f"nobody to tell: set {SLACK}, {WEBHOOK} or {TOPIC}")
        return []
    failed = []
    for name, way in ways.items():
        try:
            way(said)
        except ReportError as error:
            failed.append(str(error))
            print(f"not sent: {error}", file=sys.stderr)
        else:
            print(f"told: {name}")
    return failed


def ways_of(environment: Mapping[str, str]) -> dict[str, Way]:
    """The ways that the environment names."""
    ways: dict[str, Way] = {}
    slack, webhook, topic = (environment.get(name, "").strip() for name in (SLACK, WEBHOOK, TOPIC))
    if slack:
        ways["Slack webhook"] = lambda said: to_slack(slack, said)
    if webhook:
        ways["webhook"] = lambda said: to_webhook(webhook, said, environment.get(SECRET) or None)
    if topic:
        ways["SNS topic"] = lambda said: to_topic(topic, said)
    return ways
