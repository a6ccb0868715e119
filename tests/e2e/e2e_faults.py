"""Every operation of every kind, failing in every way: ``PYTHONPATH=tests/e2e .venv/bin/python -m e2e_faults``.

A proxy in front of the demo account fails one operation at a time, in the words and bytes in which AWS, a network or
something in between fails. Each time the kinds that use the operation are read and judged, and compared with the same
without a fault. Controls are made from what is there: of every attribute that it is so, and that it is not; of every
kind how many there are, and that there is none of a name that nobody has. So each kind, new ones too, is covered.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import struct
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock

import botocore.retries.bucket
import botocore.session
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from e2e_proxy import _SCOPE, Answer, Operation, Request, _forward, _service, denial

from audits import kinds, relations
from audits.canonical import canonical
from audits.judge import judge
from audits.kind import Kind
from audits.model import Check, Clause, Control, Observation, Redacted, State, Unknown, Value, Verdict
from audits.planes import live
from audits.planes.live.actions import api_name
from examples.glimpse.account.demo import seeded
from examples.glimpse.account.server import environment

HANG = 0.5
"""Seconds to wait for an answer that never comes."""
NOT_IN_MOTO = frozenset(
    {
        ("apigatewayv2", "GetAuthorizers"),
        ("cloudfront", "ListCloudFrontOriginAccessIdentities"),
        ("cloudfront", "ListOriginRequestPolicies"),
        ("cloudfront", "ListResponseHeadersPolicies"),
        ("ecs", "DescribeCapacityProviders"),
        ("elasticache", "DescribeUserGroups"),
        ("rds", "DescribeOptionGroups"),
    }
)
"""Operations that moto (5.2) does not answer for this account: they fail without a fault of ours."""
_NOBODY = "arn:aws:nobody:::has-this-name"

# -- Faults ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """What is sent instead of the account's answer. ``how``: whole, cut (shorter than announced), hang, reset."""

    answer: Answer
    how: str = "whole"


def _error(operation: Operation, code: str, status: int) -> Sent:
    """An error of AWS's in the operation's own protocol."""
    _, headers, body = denial(operation)
    protocol = _service(operation[0]).resolved_protocol
    name = re.search(rb"AccessDenied(?:Exception)?|UnauthorizedOperation", body)
    assert name is not None
    headers = [(key, value.replace(name[0].decode(), code)) for key, value in headers]
    return Sent((400 if protocol == "json" else status, headers, body.replace(name[0], code.encode())))


def _xml(operation: Operation, real: Answer) -> Sent:
    """A denial as XML, whatever the protocol."""
    body = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
    return Sent((403, [("Content-Type", "text/xml")], body))


def _json(operation: Operation, real: Answer) -> Sent:
    """A denial as JSON, whatever the protocol."""
    body = json.dumps({"__type": "AccessDeniedException", "message": "no"}).encode()
    return Sent((403, [("Content-Type", "application/json"), ("x-amzn-ErrorType", "AccessDeniedException")], body))


def _half(operation: Operation, real: Answer) -> Sent:
    return Sent((real[0], real[1], real[2][: len(real[2]) // 2]))


Fault = Callable[[Operation, Answer], Sent]
FAULTS: Mapping[str, Fault] = {
    "denied": lambda operation, real: Sent(denial(operation)),
    "denied in XML": _xml,
    "denied in JSON": _json,
    "bare 403": lambda operation, real: Sent((403, [], b"")),
    "throttled": lambda operation, real: _error(operation, "ThrottlingException", 400),
    "500": lambda operation, real: Sent((500, [], b"")),
    "timeout": lambda operation, real: Sent(real, "hang"),
    "reset": lambda operation, real: Sent(real, "reset"),
    "cut short": lambda operation, real: Sent(real, "cut"),
    "half of it": _half,
    "second page": lambda operation, real: Sent(denial(operation)),
    "expired": lambda operation, real: _error(operation, "ExpiredTokenException", 400),
}
"""``second page`` lets the first one through, with a token that there is more; after ``expired`` nothing answers."""


def paged(operation: Operation, real: Answer) -> Answer | None:
    """The answer with a token of another page in it; None if it has no pages."""
    with contextlib.suppress(UnknownServiceError, DataNotFoundError, KeyError):
        if real[0] != 200:
            return None
        loader = botocore.session.get_session().get_component("data_loader")
        model = loader.load_service_model(operation[0], "paginators-1")["pagination"][operation[1]]
        token, more = (_first(model.get(name)) for name in ("output_token", "more_results"))
        body = real[2]
        if _service(operation[0]).resolved_protocol in ("json", "rest-json"):
            data = json.loads(body)
            data[_serialized(operation, token)] = "more"
            return real[0], real[1], json.dumps(data).encode()
        body = re.sub(rb"<IsTruncated>false</IsTruncated>", b"<IsTruncated>true</IsTruncated>", body)
        said = _serialized(operation, token.rpartition(".")[2])
        marks = f"<{said}>more</{said}>"
        if more and b"<IsTruncated>" not in body:
            marks += "<IsTruncated>true</IsTruncated>"
        body = re.sub(rf"<{said}>[^<]*</{said}>|<{said}/>".encode(), b"", body)
        root = (
            rf"<{operation[1]}Result[^>]*>"
            if _service(operation[0]).resolved_protocol == "query"
            else r"<[A-Za-z][^>]*>"
        )
        return real[0], real[1], re.sub(root.encode(), lambda found: found[0] + marks.encode(), body, count=1)
    return None


def _first(name: Any) -> str:
    return str((name[0] if isinstance(name, list) else name) or "").partition(" || ")[0]


def _serialized(operation: Operation, member: str) -> str:
    """The name under which a member of the answer is sent."""
    shape = _service(operation[0]).operation_model(operation[1]).output_shape
    found = shape.members.get(member)
    return str(found.serialization.get("name", member)) if found is not None else member


# -- The proxy ---------------------------------------------------------------------------------------------------------


@dataclass
class Failing:
    """What fails, how, and what was asked for. What the account answered once is answered again."""

    upstream: str
    operations: Sequence[Operation]
    endpoint: str = ""
    failed: Operation | None = None
    fault: str = ""
    asked: set[Operation] = field(default_factory=set)
    hits: int = 0
    remembered: dict[Request, Answer] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, request: Request, headers: dict[str, str]) -> Sent:
        """What is sent for a request."""
        meant = next((one for one in self.operations if request.is_for(one)), None)
        if meant is not None:
            self.asked.add(meant)
        if request not in self.remembered and self.fault != "second page":
            self.remembered[request] = _forward(request, headers, self.upstream)
        with self.lock:
            ours = meant is not None and meant == self.failed
            self.hits += ours
            number = self.hits
        if self.fault == "expired" and number and meant is not None:
            return FAULTS["expired"](meant, self.remembered[request])
        if not ours or meant is None:
            return Sent(self._real(request, headers))
        if self.fault == "second page" and b"more" not in request.target.encode() + request.body:
            return Sent(paged(meant, self._real(request, headers)) or self._real(request, headers))
        return FAULTS[self.fault](meant, self.remembered.get(request, (200, [], b"")))

    def _real(self, request: Request, headers: dict[str, str]) -> Answer:
        if request not in self.remembered:
            self.remembered[request] = _forward(request, headers, self.upstream)
        return self.remembered[request]

    @contextmanager
    def failing(self, operation: Operation, fault: str) -> Iterator[None]:
        """Fail an operation for a while."""
        self.failed, self.fault, self.hits = operation, fault, 0
        try:
            yield
        finally:
            self.failed, self.fault, self.hits = None, "", 0


@contextmanager
def failing_proxy(upstream: str, operations: Sequence[Operation]) -> Iterator[Failing]:
    """Run the proxy on a free port of 127.0.0.1."""
    state = Failing(upstream, operations)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            scope = _SCOPE.search(self.headers.get("Authorization", ""))
            request = Request(
                self.command, self.path, scope[1] if scope else "", self.headers.get("X-Amz-Target", ""), body
            )
            sent = state.send(request, dict(self.headers.items()))
            if sent.how == "hang":
                state.over.wait(4 * HANG)
            if sent.how in ("hang", "reset"):
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
                return
            status, headers, content = sent.answer
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content[: len(content) // 2] if sent.how == "cut" else content)
            self.close_connection = self.close_connection or sent.how == "cut"

        do_GET = do_POST = do_HEAD = handle_any  # noqa: N815 - http.server's names

        def handle(self) -> None:
            with contextlib.suppress(OSError):
                super().handle()

        def finish(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                super().finish()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.daemon_threads, web.block_on_close = True, False
    state.endpoint = f"http://127.0.0.1:{web.server_address[1]}"
    threading.Thread(target=web.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        state.over.set()
        web.shutdown()
        web.server_close()


# -- Controls ----------------------------------------------------------------------------------------------------------


def _control(kind: str, name: str, **body: Any) -> Control:
    clause = Clause("README.md", "s", "r", "1")
    full = {"kind": kind, **body}
    return Control(f"{kind}:{name}", "t", "high", "stated", clause, "attributes", full, "s.yaml", 1, "t", ("live",))


def controls_for(found: Observation, kind: str) -> list[Control]:
    """What can be said of a kind: how many there are, that there is none of that name, and of each how it is."""
    resources = list(found.of_kind(kind))
    controls = [
        _control(kind, "count", count=len(resources)),
        _control(kind, "none", select={"arn": _NOBODY}, count=0),
        _control(kind, "more", count=len(resources) + 1),
    ]
    for number, one in enumerate(resources):
        name = next((key for key in ("arn", "id") if isinstance(one.attributes.get(key), str)), None)
        known = {key: value for key, value in one.attributes.items() if _known(value) and "." not in key}
        if name and known:
            select = {name: one.attributes[name]}
            so = {key: {"const": value} for key, value in known.items()}
            controls.append(_control(kind, f"so {number}", select=select, count=1, expect=so))
            not_so = {key: {"not": {"const": value}} for key, value in known.items()}
            controls.append(_control(kind, f"not so {number}", select=select, expect=not_so))
    return controls


def _known(value: Value) -> bool:
    if isinstance(value, Unknown | Redacted):
        return False
    if isinstance(value, dict):
        return all(map(_known, value.values()))
    return all(map(_known, value)) if isinstance(value, list) else True


# -- Trials ------------------------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """What came of the trials. ``wrong``: a line for each verdict that a fault made decide what it may not."""

    trials: Counter[str] = field(default_factory=Counter)
    verdicts: int = 0
    undecided: int = 0
    wrong: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    unasked: set[Operation] = field(default_factory=set)


@cache
def operations() -> dict[Operation, tuple[Kind, ...]]:
    """Every operation that any kind uses, with the kinds that do."""
    found: dict[Operation, list[Kind]] = {}
    for kind in kinds.registry().values():
        for read in kind.reads if kind.from_live else ():
            found.setdefault((read.service, api_name(read.service, read.operation)), []).append(kind)
    return {operation: tuple(users) for operation, users in sorted(found.items())}


class Trials:
    """An account behind a failing proxy, and what is said of each kind without a fault."""

    def __init__(self, state: Failing) -> None:
        self.state = state
        self.tally = Tally()
        everything = sorted({kind.type: kind for users in operations().values() for kind in users}.items())
        self.whole = self._observe([kind for _, kind in everything], read_timeout=20.0)
        self.controls = {name: controls_for(self.whole, name) for name, _ in everything}
        self.before = {name: self._judged(self.whole, [name]) for name in self.controls}

    def _observe(self, read: Sequence[Kind], read_timeout: float) -> Observation:
        options = live.LiveOptions(max_attempts=1, read_timeout=read_timeout, connect_timeout=5.0)
        with (
            mock.patch.dict(os.environ, environment(self.state.endpoint), clear=True),
            # Where AWS throttles, botocore waits: here it only shows that it would.
            mock.patch.object(botocore.retries.bucket.TokenBucket, "acquire", lambda *_, **__: True),
        ):
            return canonical(live.observe(read, options), kinds.registry())

    def _judged(self, found: Observation, names: Sequence[str]) -> dict[tuple[str, str, str | None], Verdict]:
        return {
            (control.id, verdict.path, verdict.resource): verdict
            for name in names
            for control in self.controls[name]
            for verdict in judge(Check(control, "live"), found, kinds.registry(), relations.registry()).verdicts
        }

    def run(self, operation: Operation, fault: str) -> None:
        """Fail an operation, read and judge the kinds that use it, and compare."""
        if operation not in self.state.asked or operation in NOT_IN_MOTO:
            self.tally.unasked.add(operation)
            return
        users = operations()[operation]
        names = [kind.type for kind in users]
        with self.state.failing(operation, fault):
            found = self._observe(users, HANG if fault == "timeout" else 20.0)
            hit = self.state.hits
        label = f"{':'.join(operation)}, {fault}"
        if not hit or (fault == "second page" and not found.gaps):
            return  # nothing has a second page
        self.tally.trials[fault] += 1
        if not found.gaps:
            self.tally.silent.append(label)
        after = self._judged(found, names)
        before = {key: verdict for name in names for key, verdict in self.before[name].items()}
        self._compare(label, before, after, found)

    def _compare(self, label: str, before: Mapping[Any, Verdict], after: Mapping[Any, Verdict], found: Any) -> None:
        told = {control for (control, _, _), verdict in after.items() if verdict.state.undecided}
        for key, verdict in after.items():
            self.tally.verdicts += 1
            self.tally.undecided += verdict.state.undecided
            control = key[0]
            covered = bool(found.gaps_for(control.partition(":")[0]))
            complete = control.endswith((":count", ":none", ":more")) and key[1] == "count"
            was = before.get(key)
            if verdict.state.undecided:
                continue
            if was is None or was.state is not verdict.state:
                self.tally.wrong.append(f"{label}: {key} {verdict.state}, was {was.state if was else 'not there'}")
            elif covered and complete and (verdict.state is State.PASS or verdict.state.deviates):
                self.tally.wrong.append(f"{label}: {key} {verdict.state}, though not all was read")
        for key in before:
            if key not in after and key[0] not in told:
                self.tally.wrong.append(f"{label}: {key} is gone, and its control does not say that it is undecided")


@contextmanager
def trials() -> Iterator[Trials]:
    """The demo account, conforming, ready to be failed."""
    with seeded(()) as endpoint, failing_proxy(endpoint, list(operations())) as state:
        yield Trials(state)


def main(wanted: Sequence[str]) -> int:
    """Run every trial, or those of the operations that are named (``rds:DescribeDBInstances``), and print the tally."""
    with trials() as made:
        for operation in operations():
            if not wanted or ":".join(operation) in wanted:
                for fault in FAULTS:
                    made.run(operation, fault)
                so_far = made.tally
                # A line an operation: a long run that is broken off has told what it found until then.
                print(f"{':'.join(operation):60} {so_far.trials.total()} trials, {so_far.verdicts} verdicts, ", end="")
                print(f"{len(so_far.wrong)} wrong so far", flush=True)
    tally = made.tally
    asked = len([one for one in operations() if not wanted or ":".join(one) in wanted]) - len(tally.unasked)
    print(
        f"{asked} operations × {len(FAULTS)} faults: {tally.trials.total()} trials, {tally.verdicts} verdicts compared"
    )
    print(", ".join(f"{name}: {tally.trials[name]}" for name in FAULTS))
    print(f"undecided by the faults: {tally.undecided}; wrong: {len(tally.wrong)}; without a gap: {len(tally.silent)}")
    print(f"not asked for by this account, or not in moto: {', '.join(sorted(map(':'.join, tally.unasked))) or 'none'}")
    for line in (*tally.wrong[:50], *(f"no gap: {one}" for one in tally.silent[:50])):
        print(f"  {line}")
    return int(bool(tally.wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
