"""A proxy in front of an account that denies one operation, in the words in which AWS denies it.

It learns from botocore's service models which operation a request is. The account behind it must not change: what it
answered once is answered again, so that a hundred audits cost the server one.
"""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import botocore.session
from e2e_audit import kinds_read

from audits.kind import Read
from audits.planes.live.actions import api_name

Operation = tuple[str, str]
Answer = tuple[int, list[tuple[str, str]], bytes]


@cache
def _service(name: str) -> Any:
    return botocore.session.get_session().get_service_model(name)


def reads() -> dict[Operation, Read]:
    """Every operation that an audit of the account may use, as AWS names them."""
    return {
        (read.service, api_name(read.service, read.operation)): read for kind in kinds_read() for read in kind.reads
    }


@dataclass(frozen=True)
class Request:
    """What of a request tells its operation."""

    method: str
    target: str
    service: str
    amz_target: str
    body: bytes

    def is_for(self, operation: Operation) -> bool:
        """Whether it asks for the operation."""
        model = _service(operation[0])
        if self.service != model.signing_name:
            return False
        url, query = urlsplit(self.target), parse_qs(urlsplit(self.target).query, keep_blank_values=True)
        if model.resolved_protocol in ("query", "ec2"):
            return parse_qs(self.body.decode())["Action"] == [operation[1]]
        if model.resolved_protocol == "json":
            return self.amz_target.endswith(f".{operation[1]}")
        assert model.resolved_protocol.startswith("rest-"), f"teach the proxy {model.resolved_protocol}"
        wanted = model.operation_model(operation[1]).http
        path, _, literals = wanted["requestUri"].partition("?")
        pattern = re.sub(r"\\{(\w+)(\\\+)?\\}", lambda found: ".+" if found[2] else "[^/]+", re.escape(path))
        named = parse_qs(literals, keep_blank_values=True).items()
        return (
            self.method == wanted["method"]
            and re.fullmatch(pattern + "/?", url.path) is not None
            and all(query.get(key) == value for key, value in named)
        )


def denial(operation: Operation) -> Answer:
    """What AWS answers a caller who may not."""
    message = f"User: arn:aws:iam::123456789012:user/auditor is not authorized to perform: {':'.join(operation)}"
    protocol = _service(operation[0]).resolved_protocol
    if protocol in ("json", "rest-json"):
        name = "AccessDeniedException"
        headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", name)]
        return 400 if protocol == "json" else 403, headers, json.dumps({"__type": name, "message": message}).encode()
    code = "UnauthorizedOperation" if protocol == "ec2" else "AccessDenied"
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if protocol == "ec2":
        body = f"<Response><Errors>{body}</Errors><RequestID>r</RequestID></Response>"
    elif operation[0] != "s3":
        body = f"<ErrorResponse>{body}<RequestId>r</RequestId></ErrorResponse>"
    return 403, [("Content-Type", "text/xml")], body.encode()


@dataclass
class Denying:
    """The proxy's state: which operation it denies, which were asked for, and the requests that are none of them."""

    endpoint: str = ""
    denied: Operation | None = None
    asked: set[Operation] = field(default_factory=set)
    strange: set[Request] = field(default_factory=set)
    remembered: dict[Request, Answer] = field(default_factory=dict)

    @contextmanager
    def refusing(self, operation: Operation) -> Iterator[Denying]:
        """Deny the operation for a while."""
        self.denied = operation
        try:
            yield self
        finally:
            self.denied = None

    def answer(self, request: Request, headers: dict[str, str], upstream: str) -> Answer:
        """The denial, or what the account says."""
        meant = [operation for operation in reads() if request.is_for(operation)]
        self.asked.update(meant)
        if self.denied in meant:
            return denial(meant[0])
        if len(meant) != 1 and request.service != "sts":
            self.strange.add(request)
        if request not in self.remembered:
            self.remembered[request] = _forward(request, headers, upstream)
        return self.remembered[request]


def _forward(request: Request, headers: dict[str, str], upstream: str) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(upstream).netloc, timeout=60)
    try:
        connection.request(request.method, request.target, body=request.body, headers=headers)
        answer = connection.getresponse()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _OF_THE_CONNECTION]
        return answer.status, kept, answer.read()
    finally:
        connection.close()


_OF_THE_CONNECTION = frozenset({"connection", "content-length", "transfer-encoding", "date", "server", "keep-alive"})
_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")


@contextmanager
def proxy(upstream: str) -> Iterator[Denying]:
    """Run the proxy on a free port of 127.0.0.1."""
    state = Denying()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            scope = _SCOPE.search(self.headers.get("Authorization", ""))
            target = self.headers.get("X-Amz-Target", "")
            request = Request(self.command, self.path, scope[1] if scope else "", target, body)
            status, headers, content = state.answer(request, dict(self.headers.items()), upstream)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_HEAD = handle_any  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.daemon_threads = True
    state.endpoint = f"http://127.0.0.1:{web.server_address[1]}"
    threading.Thread(target=web.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        web.shutdown()
        web.server_close()
