"""Whose turn it is to send: so many requests at most are on their way at once, over all clients.

Only that is bounded. A request is put together and signed before its turn, and its answer is read after: while others
wait for the network, the processor is free.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_of_thread = threading.local()
_OF_CREDENTIALS = frozenset({"sts", "sso", "sso-oidc", "signin"})
"""Services that botocore asks for credentials while it signs another request: that must not wait for a turn."""


class Turn:
    """The turn of one call, retries included. ``on_sending`` is called when it comes, and may raise instead."""

    def __init__(self, free: threading.BoundedSemaphore, on_sending: Callable[[], None]) -> None:
        self._free = free
        self._on_sending = on_sending
        self._taken = False

    def take(self) -> None:
        """Wait until it comes."""
        if not self._taken:
            self._free.acquire()
            self._taken = True
            self._on_sending()

    def give_back(self) -> None:
        """Let somebody else send, if it is this one's turn."""
        if self._taken:
            self._taken = False
            self._free.release()


class Turns:
    """At most ``limit`` at any time."""

    def __init__(self, limit: int) -> None:
        self._free = threading.BoundedSemaphore(limit)

    @contextmanager
    def of_call(self, on_sending: Callable[[], None]) -> Iterator[None]:
        """What this thread sends meanwhile waits for its turn. An error of ``on_sending`` ends the call."""
        turn = _of_thread.turn = Turn(self._free, on_sending)
        try:
            yield
        finally:
            _of_thread.turn = None
            turn.give_back()


def _before_send(event_name: str, **_: Any) -> None:
    turn: Turn | None = getattr(_of_thread, "turn", None)
    if turn is not None and event_name.split(".")[1] not in _OF_CREDENTIALS:
        turn.take()


def _after(**_: Any) -> None:
    turn: Turn | None = getattr(_of_thread, "turn", None)
    if turn is not None:
        turn.give_back()


def install(events: Any) -> None:
    """Have the clients made from now on with these botocore events heed turns.

    ``before-parse`` comes with an answer, ``response-received`` also where there is none: before it is asked again, no
    turn is held.
    """
    events.register_last("before-send.*.*", _before_send, unique_id="audits-turns-take")
    events.register_first("before-parse.*.*", _after, unique_id="audits-turns-answered")
    events.register_first("response-received.*.*", _after, unique_id="audits-turns-received")
