"""One message to an SNS topic, in the form that Amazon Q Developer in chat applications (AWS Chatbot) shows.

Publishing is the one call of this project that is no read. It goes to the topic that the user names, with credentials
of its own choosing, and never from an audit's process: the audit's read-only guard has no way around it.
Source: AWS, "Custom notifications" (schema version 1.0, at most 8,000 characters of description, 250 of title).
"""

from __future__ import annotations

import json
import re

from reports.notify.message import Message
from reports.report import ReportError
from reports.text import clip, visible

_TOPIC = re.compile(r"arn:aws[\w-]*:sns:(?P<region>[a-z0-9-]+):\d{12}:[\w-]{1,256}(\.fifo)?")


def to_topic(topic: str, message: Message, endpoint: str | None = None) -> None:
    """Publish the message.

    Raises:
        ReportError: no ARN of a topic, no credentials, or AWS refused it.
    """
    named = _TOPIC.fullmatch(topic.strip())
    if named is None:
        raise ReportError(f"SNS: {clip(visible(topic), 80)!r} is no ARN of a topic")
    import boto3
    import botocore.exceptions
    from botocore.config import Config

    settings = Config(connect_timeout=5, read_timeout=15, retries={"mode": "standard", "max_attempts": 3})
    try:
        client = boto3.client("sns", region_name=named["region"], endpoint_url=endpoint, config=settings)
        client.publish(TopicArn=topic.strip(), Message=body(message))
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise ReportError(f"SNS: {clip(visible(str(error)), 200)}") from None


def body(message: Message) -> str:
    """The message as a custom notification."""
    text = clip("\n".join(f"- {_plain(line)}" for line in message.lines), 7_900)
    content = {"textType": "client-markdown", "title": clip(message.title, 250), "description": text or "-"}
    return json.dumps({"version": "1.0", "source": "custom", "content": content}, ensure_ascii=False)


def _plain(text: str) -> str:
    """Text that a channel's Markdown shows as it is."""
    return re.sub(r"([*_~`<>\[\]@])", "\\1\u200b", text)
