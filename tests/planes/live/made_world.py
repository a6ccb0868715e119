"""An account in which everything is there: answers made from AWS's service models, one element in each list.

It has what no demo account has, so that every operation of every kind is asked for; and each of them can fail. Answers
are put in where botocore would send the request, behind the read-only guard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from unittest import mock

from botocore import exceptions as aws

from audits.kind import Kind
from audits.model import WHOLE, Extent, Observation
from audits.planes.live import LiveOptions, observe, sessions
from tests.planes.live.world import ACCOUNT, REGION, _environment, environment

Operation = tuple[str, str]
"""Service and operation, as AWS's service model names them."""

_TOKENS = {
    *("nexttoken", "nextmarker", "marker", "nextpagetoken", "paginationtoken", "position", "istruncated"),
    *("continuationtoken", "nextcontinuationtoken", "lastevaluatedtablename", "nextrecordname", "nextrecordtype"),
}
_DOCUMENTS = ("policy", "document", "body", "policytext", "pattern", "policyversion")
_CHOSEN = {
    "KeyManager": "CUSTOMER",
    "KeySpec": "SYMMETRIC_DEFAULT",
    "KeyState": "Enabled",
    "Origin": "AWS_KMS",
    "Priority": "1",
    "Protocol": "HTTPS",
    "ResponseCode": "200",
}
"""Values of members without which there is nothing more to ask."""
_DEEPEST = 14


def _text(name: str, shape: Any) -> str:
    lowered = name.lower()
    if name in _CHOSEN and _CHOSEN[name] in (getattr(shape, "enum", None) or [_CHOSEN[name]]):
        return _CHOSEN[name]
    if getattr(shape, "enum", None):
        return str(shape.enum[0])
    if lowered.endswith(("arn", "arns")):
        return f"arn:aws:made:{REGION}:{ACCOUNT}:thing/{lowered}"
    if lowered.endswith(_DOCUMENTS):
        return "{}"
    if "account" in lowered or lowered in ("ownerid", "registryid"):
        return ACCOUNT
    if lowered.endswith(("version", "port", "percent", "capacity", "value", "weight", "count")):
        return "1"
    return f"made-{lowered}"


def made(shape: Any, name: str = "", depth: int = 0) -> Any:
    """A value of the shape, as botocore hands it out."""
    kind = shape.type_name
    if kind == "structure":
        members = shape.members.items() if depth < _DEEPEST else ()
        return {key: made(member, key, depth + 1) for key, member in members if key.lower() not in _TOKENS}
    if kind == "list":
        return [made(shape.member, name.removesuffix("s"), depth + 1)] if depth < _DEEPEST else []
    if kind == "map":
        return {"made": made(shape.value, name, depth + 1)}
    plain: dict[str, Any] = {
        "timestamp": datetime(2026, 1, 1, tzinfo=UTC),
        "boolean": False,
        "blob": b"{}",
        "integer": 1,
        "long": 1,
        "float": 1.0,
        "double": 1.0,
    }
    return plain[kind] if kind in plain else _text(name, shape)


def _refused(code: str) -> Callable[[Operation], Exception]:
    def error(operation: Operation) -> Exception:
        metadata: Any = {"HTTPStatusCode": 400, "RequestId": "r"}
        body: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": metadata}
        refusal: Exception = aws.ClientError(body, operation[1])
        return refusal

    return error


FAULTS: dict[str, Callable[[Operation], Exception]] = {
    "denied": _refused("AccessDenied"),
    "throttled": _refused("ThrottlingException"),
    "expired": _refused("ExpiredToken"),
    "another error": _refused("SomethingNew"),
    "timeout": lambda operation: aws.ReadTimeoutError(endpoint_url="https://made"),
    "reset": lambda operation: aws.ConnectionClosedError(endpoint_url="https://made"),
    "no answer to the question": lambda operation: ValueError("not what the model says"),
}


@dataclass
class MadeAccount:
    """``asked``: what was asked for in the last reading. ``failing``: what fails, and how."""

    failing: tuple[Operation, str] | None = None
    asked: set[Operation] = field(default_factory=set)

    def answer(self, model: Any, **_: Any) -> Any:
        """In place of sending: the answer of an operation, or its failure."""
        operation = (model.service_model.service_name, model.name)
        self.asked.add(operation)
        if operation == ("sts", "GetCallerIdentity"):
            found: Any = {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/auditor", "UserId": "A"}
        elif self.failing is not None and self.failing[0] == operation:
            raise FAULTS[self.failing[1]](operation)
        else:
            found = made(model.output_shape) if model.output_shape is not None else {}
        response = mock.Mock(status_code=200, headers={})
        return response, {**found, "ResponseMetadata": {"HTTPStatusCode": 200, "RequestId": "r"}}

    def read(self, kind: Kind, failing: tuple[Operation, str] | None = None, extent: Extent = WHOLE) -> Observation:
        """One kind, read."""
        self.failing, self.asked = failing, set()
        return observe([kind], LiveOptions(max_attempts=1), extent)


@contextmanager
def made_account() -> Iterator[MadeAccount]:
    """The account, in place of any other."""
    account = MadeAccount()
    protected = sessions._protected

    def with_answers(session: Any, reads: Any) -> Any:
        session = protected(session, reads)
        session.get_component("event_emitter").register("before-call.*.*", account.answer)
        return session

    with _environment(environment("http://127.0.0.1:9")), mock.patch.object(sessions, "_protected", with_answers):
        yield account
