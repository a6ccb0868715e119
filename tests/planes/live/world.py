"""Accounts to read: a moto server over HTTP, and a proxy in front of it that can fail in every way a network can."""

from __future__ import annotations

import os
import socket
import struct
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock

import boto3
from moto.server import ThreadedMotoServer

from audits.kind import Kind
from audits.model import Observation, Resource
from audits.planes.live import LiveOptions, observe

REGION = "ap-northeast-2"
ACCOUNT = "123456789012"
IDENTITY = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult>"
    f"<Arn>arn:aws:iam::{ACCOUNT}:user/auditor</Arn><UserId>AIDA</UserId><Account>{ACCOUNT}</Account>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
"""What the proxy itself says of who is calling, whoever that is, unless a fault is set."""


@cache
def moto_endpoint() -> str:
    """One moto server a process; it ends with it."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


def _reset() -> None:
    urllib.request.urlopen(urllib.request.Request(f"{moto_endpoint()}/moto-api/reset", method="POST")).read()


def environment(endpoint: str, **more: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "AKIATEST",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1",
        **more,
    }


@dataclass
class World:
    """An empty account behind ``endpoint``."""

    endpoint: str

    def client(self, service: str, region: str = REGION) -> Any:
        return boto3.client(service, region_name=region)

    def observe(self, *kinds: Kind, **options: Any) -> Observation:
        return observe(kinds, LiveOptions(**{"max_attempts": 1, **options}))

    def only(self, kind: Kind, **wanted: Any) -> Resource:
        """The one resource with these attributes; nothing may be missing."""
        found = self.observe(kind)
        assert found.gaps == ()
        (one,) = [
            resource
            for resource in found.resources
            if all(resource.attributes.get(name) == value for name, value in wanted.items())
        ]
        return one


@contextmanager
def moto_account() -> Iterator[World]:
    """An account in moto, empty but for what AWS makes by itself."""
    _reset()
    with _environment(environment(moto_endpoint())):
        yield World(moto_endpoint())


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with mock.patch.dict(os.environ, {**kept, **variables}, clear=True):
        yield


@dataclass
class Answer:
    """What the proxy sends instead of moto's answer. ``how``: whole, cut (shorter than announced), hang, reset."""

    status: int = 200
    body: bytes = b""
    how: str = "whole"
    type: str = "text/xml"


Fault = Answer | Callable[[bytes], bytes] | None
"""An answer of its own, a change to moto's body, or none."""


@dataclass
class Proxy:
    """``faults``: by operation, what the first, second … request gets; the last one counts for all after it.

    ``choose`` decides by the request itself (operation, headers, body), before them.
    """

    endpoint: str
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    choose: Callable[[str, Mapping[str, str], str], Fault] = lambda operation, headers, body: None
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    def fault_for(self, operation: str) -> Fault:
        with self.lock:
            number = self.seen.count(operation)
            self.seen.append(operation)
            faults = self.faults.get(operation, [])
            return faults[min(number, len(faults) - 1)] if faults else None


def _operation(method: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
    target = headers.get("X-Amz-Target")
    if target:
        return target.rpartition(".")[2]
    action = urllib.parse.parse_qs(body.decode(errors="replace")).get("Action")
    return action[0] if action else f"{method} {path}"


class _Handler(BaseHTTPRequestHandler):
    proxy: Proxy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        operation = _operation(self.command, self.path, dict(self.headers), body)
        self.proxy.bodies.append(body.decode(errors="replace"))
        chosen = self.proxy.choose(operation, dict(self.headers), self.proxy.bodies[-1])
        fault = chosen or self.proxy.fault_for(operation)
        if isinstance(fault, Answer):
            self._answer(fault)
            return
        # With a token it is a role that asks, and moto knows which.
        if fault is None and operation == "GetCallerIdentity" and "X-Amz-Security-Token" not in self.headers:
            self._answer(Answer(200, IDENTITY.encode()))
            return
        status, kind, answer = self._forward(body)
        self._answer(Answer(status, fault(answer) if fault else answer, type=kind))

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST  # noqa: N815 - named by http.server

    def _forward(self, body: bytes) -> tuple[int, str, bytes]:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        request = urllib.request.Request(
            moto_endpoint() + self.path, data=body or None, headers=headers, method=self.command
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers.get("Content-Type", ""), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Content-Type", ""), error.read()

    def _answer(self, answer: Answer) -> None:
        if answer.how == "hang":
            self.proxy.over.wait(5)
            return
        if answer.how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body) + (500 if answer.how == "cut" else 0)))
        self.end_headers()
        self.wfile.write(answer.body)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def proxied_account(**faults: list[Fault] | Fault) -> Iterator[tuple[World, Proxy]]:
    """An account in moto whose endpoint fails as told, by operation."""
    _reset()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.block_on_close = False
    endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    listed = {name: fault if isinstance(fault, list) else [fault] for name, fault in faults.items()}
    proxy = Proxy(endpoint, listed)
    server.RequestHandlerClass = type("Handler", (_Handler,), {"proxy": proxy})
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        with _environment(environment(endpoint)):
            yield World(endpoint), proxy
    finally:
        proxy.over.set()
        server.shutdown()
        server.server_close()
