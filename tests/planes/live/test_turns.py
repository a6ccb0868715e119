"""At most so many requests are on their way at once, and nobody holds a turn who is not waiting for the network."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.hooks import HierarchicalEmitter

from audits.planes.live import turns
from audits.planes.live.turns import Turns


class RefusedError(Exception):
    pass


@pytest.fixture
def events() -> HierarchicalEmitter:
    emitter = HierarchicalEmitter()
    turns.install(emitter)
    return emitter


def _nothing() -> None:
    pass


def test_no_more_are_on_their_way_than_there_are_turns(events: HierarchicalEmitter) -> None:
    every, most, lock = Turns(3), 0, threading.Lock()
    under_way = 0
    met = threading.Barrier(3)

    def call(_: int) -> None:
        nonlocal most, under_way
        with every.of_call(_nothing):
            events.emit("before-send.ec2.DescribeVpcs")
            with lock:
                under_way += 1
                most = max(most, under_way)
            met.wait(10)  # three at once do come to pass
            with lock:
                under_way -= 1
            events.emit("before-parse.ec2.DescribeVpcs")

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(call, range(12)))
    assert most == 3


@pytest.mark.parametrize("answered", ["before-parse.ec2.X", "response-received.ec2.X"])
def test_who_has_an_answer_or_failed_holds_no_turn_and_takes_a_new_one_to_try_again(
    events: HierarchicalEmitter, answered: str
) -> None:
    every = Turns(1)
    sent: list[str] = []
    with every.of_call(lambda: sent.append("one")):
        events.emit("before-send.ec2.X")
        events.emit(answered)

        def other() -> None:
            with every.of_call(lambda: sent.append("other")):
                events.emit("before-send.ec2.X")

        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
        assert not thread.is_alive(), "the turn was not given back"
        events.emit("before-send.ec2.X")
        events.emit(answered)
    assert sent == ["one", "other", "one"]


def test_an_error_on_sending_ends_the_call_and_frees_the_turn(events: HierarchicalEmitter) -> None:
    def refuse() -> None:
        raise RefusedError

    every = Turns(1)
    for _ in range(2):
        with pytest.raises(RefusedError), every.of_call(refuse):
            events.emit("before-send.ec2.X")
    with every.of_call(_nothing):
        events.emit("before-send.ec2.X")


def test_credentials_are_asked_for_without_a_turn(events: HierarchicalEmitter) -> None:
    """Who signs may have to renew them, while another call waits for them and holds the only turn."""
    every = Turns(1)
    with every.of_call(_nothing):
        events.emit("before-send.ec2.X")

        def renew() -> Any:
            with every.of_call(_nothing):
                return events.emit("before-send.sts.AssumeRole")

        with ThreadPoolExecutor(1) as pool:
            pool.submit(renew).result(10)


def test_what_is_sent_outside_of_calls_waits_for_nobody(events: HierarchicalEmitter) -> None:
    every = Turns(1)
    with every.of_call(_nothing):
        events.emit("before-send.ec2.X")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(events.emit, "before-send.ec2.X").result(10)
