"""Answers that only look like answers. botocore reads some of them as "nothing there"; here they are errors.

With status 200, botocore 1.44 takes a JSON body that is cut short for an empty object, an empty XML body for an empty
document, and any XML or HTML page for an answer of EC2 or of the query protocol without elements (its ``parsers``
module). Each would turn a broken proxy or connection into "the account holds none of it".
"""

from __future__ import annotations

import json
from typing import Any

from audits.planes.live.failures import MalformedAnswer

_ERRORS = {
    "query": "<ErrorResponse><Error><Code>{}</Code></Error></ErrorResponse>",
    "ec2": "<Response><Errors><Error><Code>{}</Code></Error></Errors></Response>",
}
_DOCUMENTS = {("s3", "GetBucketPolicy")}
"""Operations whose answer is the document itself, JSON, whatever the protocol: half of it would pass for all of it."""
_PAGES = (b"<!doctype html", b"<html")


def verify(operation_model: Any, response_dict: Any, **_: Any) -> None:
    """Refuse a successful answer whose body cannot be one.

    Raises:
        MalformedAnswer: it is empty, cut short, or another document altogether.
    """
    output = operation_model.output_shape
    status = response_dict.get("status_code", 0)
    if status >= 300:
        _say_status(operation_model.service_model.resolved_protocol, status, response_dict)
    if status != 200 or output is None or operation_model.has_streaming_output:
        return
    if not any(_in_body(member) for member in output.members.values()):
        return
    body = response_dict.get("body") or b""
    announced = str(response_dict.get("headers", {}).get("content-length", ""))
    if announced.isdecimal() and len(body) < int(announced) and "content-encoding" not in response_dict["headers"]:
        raise MalformedAnswer(f"cut short: {len(body)} of {announced} bytes came")
    if not body.strip():
        raise MalformedAnswer("an empty body with status 200")
    if body[:64].lstrip().lower().startswith(_PAGES):
        raise MalformedAnswer("a web page instead of an answer")
    protocol = operation_model.service_model.resolved_protocol
    is_document = (operation_model.service_model.service_name, operation_model.name) in _DOCUMENTS
    if protocol in ("json", "rest-json") or is_document:
        found = _verify_json(body)
        names = {member.serialization.get("name", name) for name, member in output.members.items()}
        if protocol == "json" and found and not found.keys() & names:
            raise MalformedAnswer(f"JSON without any member of {operation_model.name}'s answer")
    elif protocol in ("ec2", "query") and f"<{operation_model.name}Response".encode() not in body[:1024]:
        raise MalformedAnswer(f"no {operation_model.name}Response in the body")


def _say_status(protocol: str, status: int, response_dict: Any) -> None:
    """Give an error without a body one that says its status: botocore cannot parse it, and hides the status."""
    if protocol in _ERRORS and not (response_dict.get("body") or b"").lstrip().startswith(b"<"):
        response_dict["body"] = _ERRORS[protocol].format(status).encode()


def _in_body(member: Any) -> bool:
    return member.serialization.get("location") not in ("header", "headers", "statusCode")


def _verify_json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        raise MalformedAnswer("the body is not JSON, or was cut short") from None
    if not isinstance(found, dict):
        raise MalformedAnswer("the body is JSON, but no object")
    return found


def install(events: Any) -> None:
    """Check every answer to clients made from now on with these botocore events."""
    events.register("before-parse.*.*", verify, unique_id="audits-answers")
