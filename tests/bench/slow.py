"""An endpoint whose every answer takes a while: ``python -m tests.bench.slow UPSTREAM`` (prints its port).

What the account behind it said once, it says again, in a process of its own: neither what a fake account costs nor what
this one costs is measured, only the while. One thread answers everybody (asyncio), because the machine may have two
processors only, of which the reading needs one. It takes every connection at once: a queue of five, as ``http.server``
has, makes the kernel let some connections wait for a second.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlsplit

SET = "/delay/"
"""A path that no service has: sets the seconds that each answer takes from then on."""
_BACKLOG = 512
_KEPT = ("content-type", "x-amzn-requestid")
_SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+/[^/]+)/")

Key = tuple[str, str, bytes, str, str]


@dataclass
class Account:
    """The account behind, and what it has said so far, each answer as it goes over the wire."""

    upstream: str
    seconds: float = 0.0
    answers: dict[Key, bytes] = field(default_factory=dict)

    def ask(self, key: Key, headers: Mapping[str, str]) -> bytes:
        """The answer to a request that was not made before."""
        method, path, body, _, _ = key
        connection = HTTPConnection(urlsplit(self.upstream).netloc, timeout=60)
        connection.request(method, path, body, dict(headers))
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        lines = [f"HTTP/1.1 {reply.status} {reply.reason}"]
        lines += [f"{name}: {value}" for name, value in reply.getheaders() if name.lower() in _KEPT]
        return "\r\n".join([*lines, f"Content-Length: {len(content)}", "", ""]).encode("latin-1") + content


class Connection(asyncio.Protocol):
    """One connection, kept as long as the other side wants; one request at a time, as clients send them."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer once a whole request is there."""
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length") or 0)
        if len(rest) < length:
            return
        self._received = rest[length:]
        method, path, _ = first.split(" ")
        self._answer(method, path, rest[:length], headers)

    def _answer(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        loop = asyncio.get_running_loop()
        if path.startswith(SET):
            self._account.seconds = float(path.removeprefix(SET))
            self._send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            return
        scope = _SCOPE.search(headers.get("authorization", ""))
        key = (method, path, body, headers.get("x-amz-target", ""), scope[1] if scope else "")
        known = self._account.answers.get(key)
        if known is not None:
            loop.call_later(self._account.seconds, self._send, known)
            return

        def kept(asked: asyncio.Future[bytes]) -> None:
            self._account.answers[key] = asked.result()
            loop.call_later(self._account.seconds, self._send, asked.result())

        loop.run_in_executor(None, self._account.ask, key, headers).add_done_callback(kept)

    def _send(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


async def _serve(upstream: str) -> None:
    loop, account = asyncio.get_running_loop(), Account(upstream)
    server = await loop.create_server(lambda: Connection(account), "127.0.0.1", 0, backlog=_BACKLOG)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def slow(upstream: str) -> Iterator[str]:
    """The address of such an endpoint in front of another one, at first without any while."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.slow", upstream], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None and process.stdin is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
