"""The calls themselves: bounded, each made once in a run, all pages of it, and every failure as a value."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from botocore import exceptions as aws

from audits.model import CallRecord
from audits.planes.live import failures
from audits.planes.live.failures import Failure, MalformedAnswer
from audits.planes.live.guard import WriteRefused
from audits.planes.live.options import LiveOptions, utc
from audits.planes.live.sessions import Account
from audits.planes.live.turns import Turns

_TOKENS = (
    ("NextToken", "NextToken"),
    ("nextToken", "nextToken"),
    ("NextMarker", "Marker"),
    ("Marker", "Marker"),
    ("NextPageToken", "PageToken"),
    ("PaginationToken", "PaginationToken"),
    ("position", "position"),
)
"""Where AWS's services put the token of the next page, in answer and request, where botocore has no pages."""


_PATIENCE = 3
"""Calls in a row, each with all its attempts, that may run out of time before an endpoint is asked no more."""


_LEFT_OUT = frozenset({("sqs", "list_queues")})
"""Listings that SQS answers with ``{}`` where there is nothing (known of boto3: ``KeyError: 'QueueUrls'``)."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The pages that were read, and why there are no more, if that is not because there are none."""

    pages: tuple[dict[str, Any], ...]
    failure: Failure | None = None


class Calls:
    """Every call of one run. Equal ones are made once: whoever comes second waits for the first one's answer."""

    def __init__(self, options: LiveOptions) -> None:
        self._turns = Turns(options.max_workers)
        self._on_call = options.on_call
        self._memory: dict[tuple[str, ...], Future[Any]] = {}
        self._down: dict[tuple[str, str, str], Failure] = {}
        self._timeouts: dict[tuple[str, str, str], int] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Make no further call."""
        self._stopped.set()

    def one(
        self, account: Account, region: str, service: str, operation: str, parameters: dict[str, Any]
    ) -> dict[str, Any] | Failure:
        """One whole answer: where AWS gives it in pages, all of them in one."""
        listing = self.listing(account, region, service, operation, parameters)
        if listing.failure is None:
            return _joined(listing.pages)
        if not listing.pages:
            return listing.failure
        # Without its code: what AWS says of a later page ("there is none") says nothing of what was read before.
        return replace(listing.failure, detail=f"partial listing: {listing.failure.detail}", code="")

    def listing(
        self, account: Account, region: str, service: str, operation: str, parameters: dict[str, Any]
    ) -> Listing:
        """All pages."""
        key = (account.id, account.caller, region, service, operation, _text(parameters))
        found: Listing = self._once(key, lambda: _collect(self._pages(account, region, service, operation, parameters)))
        return found

    def _once(self, key: tuple[str, ...], ask: Callable[[], Any]) -> Any:
        with self._lock:
            future = self._memory.get(key)
            mine = future is None
            if future is None:
                future = self._memory[key] = Future()
        if mine:
            try:
                future.set_result(ask())
            except BaseException as error:  # noqa: BLE001 - for whoever waits for the same answer
                future.set_exception(error)
        return future.result()

    def _pages(
        self, account: Account, region: str, service: str, operation: str, parameters: dict[str, Any]
    ) -> Iterator[dict[str, Any] | Failure]:
        pages: Iterator[dict[str, Any]] | None = None
        token: dict[str, Any] = {}

        def ask(client: Any) -> dict[str, Any] | None:
            nonlocal pages
            if not client.can_paginate(operation):
                answer: dict[str, Any] = getattr(client, operation)(**parameters, **token)
                return answer
            pages = pages or iter(client.get_paginator(operation).paginate(**parameters))
            page = next(pages, None)
            return page if page is None else _with_its_list(page, client, operation)

        while True:
            page = self._exchange(account, region, service, operation, ask)
            if page is None:
                return
            yield page
            if isinstance(page, Failure):
                return
            if pages is None:
                following = _next_token(page, account.client(service, region), operation)
                if following is None:
                    return
                if following == token:
                    yield Failure(failures.PARTIAL, "AWS gave the same page token twice")
                    return
                token = following

    def _exchange(self, account: Account, region: str, service: str, operation: str, send: Callable[[Any], Any]) -> Any:
        endpoint = (account.id, service, region)
        sent: list[tuple[str, float]] = []

        def sending() -> None:
            self._give_up(endpoint)
            sent.append(_now())

        with self._turns.of_call(sending):
            try:
                self._give_up(endpoint)
                answer = send(account.client(service, region))
            except WriteRefused:
                raise
            except _GivenUp as given_up:
                return given_up.failure
            except aws.ParamValidationError as error:
                answer = Failure(failures.MALFORMED, failures.safe(f"cannot ask further: {error}"))
            except Exception as error:  # noqa: BLE001 - whatever goes wrong with a call is a gap, never a traceback
                answer = failures.classify(error)
        self._heed(endpoint, answer)
        if self._on_call is not None and answer is not None:
            at, begun = sent[0] if sent else _now()
            self._on_call(_record((account.id, region, service, operation), answer, time.monotonic() - begun, at))
        return answer

    def _give_up(self, endpoint: tuple[str, str, str]) -> None:
        """Send nothing where nobody waits for it any more, or nothing answers.

        Raises:
            _GivenUp: so it is.
        """
        if self._stopped.is_set():
            raise _GivenUp(Failure(failures.PARTIAL, "the reading was interrupted"))
        down = self._down.get(endpoint)
        if down is not None:
            raise _GivenUp(replace(down, detail=f"{down.detail} (not tried again)"))

    def _heed(self, endpoint: tuple[str, str, str], answer: Any) -> None:
        """Give an endpoint up that is down, or that let several calls in a row, each tried again, run out of time."""
        timed_out = isinstance(answer, Failure) and answer.cause == failures.TIMEOUT
        with self._lock:
            self._timeouts[endpoint] = self._timeouts.get(endpoint, 0) + 1 if timed_out else 0
            given_up = self._timeouts[endpoint] >= _PATIENCE
            if isinstance(answer, Failure) and (answer.endpoint_is_down or given_up):
                self._down[endpoint] = answer


class _GivenUp(Exception):  # noqa: N818 - what happened to the call, which did not fail by itself
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


def _now() -> tuple[str, float]:
    """The moment, for people and for measuring."""
    return utc(datetime.now(UTC)), time.monotonic()


def _record(asked: tuple[str, str, str, str], answer: Any, seconds: float, at: str) -> CallRecord:
    outcome, request_id = (answer.cause, answer.request_id) if isinstance(answer, Failure) else ("ok", "")
    if not request_id and isinstance(answer, dict):
        request_id = str(answer.get("ResponseMetadata", {}).get("RequestId") or "")
    return CallRecord(*asked, outcome, request_id, round(seconds, 3), at)


def _collect(pages: Iterator[dict[str, Any] | Failure]) -> Listing:
    read: list[dict[str, Any]] = []
    for page in pages:
        if isinstance(page, Failure):
            return Listing(tuple(read), page)
        read.append({name: value for name, value in page.items() if name != "ResponseMetadata"})
    if read and any(body.get("IsTruncated") is True for body in _bodies(read[-1])):
        return Listing(tuple(read), Failure(failures.PARTIAL, "AWS says there is more, but not how to ask for it"))
    return Listing(tuple(read))


def _with_its_list(page: dict[str, Any], client: Any, operation: str) -> dict[str, Any]:
    """The page, which holds the list that is paged. A list that AWS has nothing for is empty, not missing.

    Raises:
        MalformedAnswer: it is missing. (A flattened list in XML cannot be told from an empty one, and passes.)
    """
    paginator = client.get_paginator(operation)
    top = top_member(paginator.result_keys[0].expression)
    output = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).output_shape
    flattened = top in output.members and output.members[top].serialization.get("flattened")
    if top in page:
        return page
    if (client.meta.service_model.service_name, operation) in _LEFT_OUT and not page.keys() - {"ResponseMetadata"}:
        return {**page, top: []}
    if flattened:
        return page
    raise MalformedAnswer(f"the answer holds no {top}")


def _joined(pages: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The pages in one: lists one after the other, also those one level down; of the rest the last one counts."""
    joined: dict[str, Any] = {}
    for page in pages:
        for name, value in page.items():
            present = joined.get(name)
            if isinstance(present, list) and isinstance(value, list):
                joined[name] = present + value
            elif isinstance(present, dict) and isinstance(value, dict):
                joined[name] = _joined((present, value))
            else:
                joined[name] = value
    return joined


def top_member(path: str) -> str:
    """The member of an answer in which a JMESPath begins.

    Raises:
        ValueError: it begins with no member's name.
    """
    match = re.match(r"[A-Za-z_]\w*", path)
    if match is None:
        raise ValueError(f"{path!r} does not begin with the name of a member")
    return match[0]


def _next_token(page: dict[str, Any], client: Any, operation: str) -> dict[str, Any] | None:
    """The request's part that asks for the next page; also where the list and its marker lie one level down."""
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
    accepted = set(model.input_shape.members) if model.input_shape else set()
    for found, wanted in _TOKENS:
        for body in _bodies(page) if wanted in accepted else ():
            if body.get(found):
                return {wanted: body[found]}
    return None


def _bodies(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [page, *(value for value in page.values() if isinstance(value, dict))]


def _text(parameters: dict[str, Any]) -> str:
    return json.dumps(parameters, sort_keys=True, default=str)
