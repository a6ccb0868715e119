"""How a kind asks AWS: :class:`audits.kind.Reader`, with every failure recorded as a gap."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, SupportsIndex, TypeVar

import jmespath  # type: ignore[import-untyped]

from audits.kind import Kind, Read
from audits.model import Cause, Gap, Origin, Redacted, Resource, Unknown, Value
from audits.planes.live import failures
from audits.planes.live.actions import api_name, iam_action
from audits.planes.live.calls import Calls, top_member
from audits.planes.live.crew import Crew, Done
from audits.planes.live.failures import Failure
from audits.planes.live.guard import WriteRefused
from audits.planes.live.sessions import Account
from audits.provider_schema import sensitive_paths

Item = TypeVar("Item")
Result = TypeVar("Result")


_LEFT_OUT = Unknown(
    Cause.UNREADABLE, detail="not asked for: no check for which the account was read speaks of it; read it anew"
)


class UndeclaredRead(RuntimeError):  # noqa: N818 - the name says what happened
    """A kind asked for an operation that is not among its ``reads``: the auditor's policy would not allow it."""


class ListingEnded(Exception):  # noqa: N818 - the name says what happened
    """A kind's listing cannot go on. The gap is recorded already."""


class HalfRead(list[dict[str, Any]]):
    """The elements of a listing that failed after its first page.

    Going through them ends in :class:`ListingEnded`: resources made until then stay, but nothing can take the elements
    for all there are (a lookup, a length, a sum with another list).
    """

    def __init__(self, elements: Iterable[dict[str, Any]]) -> None:
        super().__init__()
        self._elements = tuple(elements)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        yield from self._elements
        raise ListingEnded

    def _refuse(self, *_: object) -> NoReturn:
        raise ListingEnded

    def __len__(self) -> int:
        raise ListingEnded

    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        self._refuse()

    def __contains__(self, element: object) -> bool:
        self._refuse()

    def __add__(self, other: Any) -> Any:
        self._refuse()

    def __radd__(self, other: Any) -> Any:
        self._refuse()

    def __eq__(self, other: object) -> bool:
        self._refuse()

    def __reversed__(self) -> Iterator[dict[str, Any]]:
        self._refuse()

    __hash__ = None


class AwsReader:
    """What one kind reads in one region of one account.

    ``region`` is what resources carry; ``api_region`` is where clients are made (they differ for global services,
    whose endpoints botocore finds from any region). ``only``: the values of the kind's ``in_parts_by`` that are asked
    for. ``left_out``: the details that nobody asks for. ``beside``: the kinds that are read in the same run.
    """

    def __init__(
        self,
        kind: Kind,
        account: Account,
        region: str,
        api_region: str,
        calls: Calls,
        crew: Crew,
        *,
        only: frozenset[str] | None = None,
        left_out: frozenset[str] = frozenset(),
        beside: frozenset[str] = frozenset(),
    ) -> None:
        self.kind = kind
        self.only = only
        self.beside = beside | {kind.type}
        self._left_out = left_out
        self._account = account
        self._region = region
        self._api_region = api_region
        self._calls = calls
        self._crew = crew
        self._gaps: list[Gap] = []
        self._lock = threading.Lock()
        self._secrets = tuple(
            path.replace("[*]", "").split(".") for path in (*sensitive_paths(kind.type), *kind.secrets)
        )

    @property
    def account(self) -> str:
        """The account's identifier."""
        return self._account.id

    @property
    def region(self) -> str:
        """The region that resources carry."""
        return self._region

    @property
    def partition(self) -> str:
        """The partition of the account."""
        return self._account.partition

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What could not be read so far."""
        with self._lock:
            return tuple(self._gaps)

    def pages(self, service: str, operation: str, result: str, **parameters: Any) -> list[dict[str, Any]]:
        """Every element over all pages; see :class:`HalfRead` for a listing that fails on the way."""
        read = self._declared(service, operation)
        listing = self._calls.listing(self._account, self._api_region, service, operation, parameters)
        expression = jmespath.compile(result)
        found: list[dict[str, Any]] = []
        for page in listing.pages:
            if top_member(result) not in page:
                self._end(read, Failure(failures.MALFORMED, f"the answer holds no {top_member(result)}"), found)
                return HalfRead(found)
            elements = expression.search(page)
            if elements is not None and not isinstance(elements, list):
                self._end(read, Failure(failures.MALFORMED, f"{result} is no list"), found)
                return HalfRead(found)
            found.extend(elements or ())
        if listing.failure is None:
            return found
        self._end(read, listing.failure, found)
        return HalfRead(found)

    def _end(self, read: Read, failure: Failure, found: list[dict[str, Any]]) -> None:
        detail = f"partial listing, {len(found)} read before: {failure.detail}" if found else failure.detail
        self._record(read, failure, detail)
        if not found:
            raise ListingEnded

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """One answer on which the whole listing rests."""
        read = self._declared(service, operation)
        answer = self._calls.one(self._account, self._api_region, service, operation, parameters)
        if answer == {}:
            # Nothing at all is no answer on which a listing could rest: AWS says it by an empty list.
            answer = Failure(failures.MALFORMED, "the answer is empty")
        if isinstance(answer, Failure):
            self._record(read, answer, answer.detail)
            raise ListingEnded
        return answer

    def detail(
        self, service: str, operation: str, *, resource: str, attribute: str, **parameters: Any
    ) -> dict[str, Any] | Unknown | None:
        """One answer about one resource: None where there is none, Unknown where it could not be, or was not, read."""
        read = self._declared(service, operation)
        if attribute in self._left_out:
            return _LEFT_OUT
        answer = self._calls.one(self._account, self._api_region, service, operation, parameters)
        if not isinstance(answer, Failure):
            return answer
        if answer.code and answer.code in read.absent:
            return None
        self._record(read, answer, answer.detail, resource, attribute)
        return Unknown(Cause.UNREADABLE, detail=f"{answer.cause}: {iam_action(read)}")

    def begin(self, service: str, operation: str, **parameters: Any) -> None:
        """Make a call whose answer will be asked for; see :class:`audits.kind.Reader`."""
        self._declared(service, operation)
        self._crew.begin(lambda: self._calls.listing(self._account, self._api_region, service, operation, parameters))

    def each(self, items: Iterable[Item], function: Callable[[Item], Result]) -> list[Result]:
        """``function`` of every item, side by side.

        Where the results are resources, an item that fails is left out behind a gap and the rest goes on. Where they
        are anything else the listing ends: a shorter list could be matched with the wrong items.
        """
        known, whole = _known(items)
        results: list[Result] = []
        for item, done in zip(known, self._crew.each(known, function), strict=True):
            if done.error is None:
                results.append(done.result)  # type: ignore[arg-type]
            else:
                whole = False
                self._failed(item, done)
        if not whole and not (results and all(_is_resource(result) for result in results)):
            raise ListingEnded
        return results

    def _failed(self, item: Any, done: Done[Any]) -> None:
        error = done.error
        if isinstance(error, WriteRefused | UndeclaredRead) or not isinstance(error, Exception):
            raise error  # type: ignore[misc]
        if not isinstance(error, ListingEnded):
            self.untranslatable(error, _label(item))

    def resource(
        self, kind: str, identity: str, attributes: Mapping[str, Value], *, region: str | None = None
    ) -> Resource:
        """A resource of this account, its secrets removed before anything else sees it."""
        found: Any = dict(attributes if self.kind.conceal is None else self.kind.conceal(attributes))
        for path in self._secrets:
            found = _hidden(found, path)
        return Resource(kind, identity, found, Origin(arn=identity), account=self.account, region=region or self.region)

    def untranslatable(self, error: Exception, about: str = "") -> None:
        """Record that an answer was not as expected: what it told of is there, and not to be seen."""
        where = traceback.extract_tb(error.__traceback__)[-1:]
        place = f" at {Path(where[0].filename).name}:{where[0].lineno}" if where else ""
        detail = failures.safe(f"{about + ': ' if about else ''}{type(error).__name__}: {error}{place}")
        mend = f"report it: {self.kind.type} cannot translate what AWS answered"
        self._add(self._gap(f"{self.kind.type} in {self._region}", failures.MALFORMED, detail, mend))

    def _declared(self, service: str, operation: str) -> Read:
        for read in self.kind.reads:
            if (read.service, read.operation) == (service, operation):
                return read
        raise UndeclaredRead(f"{self.kind.type} asks for {service}.{operation}, which its reads do not declare")

    def _record(
        self, read: Read, failure: Failure, detail: str, resource: str | None = None, attribute: str | None = None
    ) -> None:
        action = iam_action(read)
        mend = failures.mend(failure, action, self._account.caller, read.service, self._region)
        scope = f"{read.service}:{api_name(read.service, read.operation)} in {self._region}"
        self._add(self._gap(scope, failure.cause, detail, mend, resource, attribute, action))

    def _gap(
        self,
        scope: str,
        cause: str,
        detail: str,
        mend: str,
        resource: str | None = None,
        attribute: str | None = None,
        action: str | None = None,
    ) -> Gap:
        return Gap(
            "live",
            (self.kind.type,),
            scope,
            cause,
            detail,
            mend,
            account=self.account,
            region=self._region,
            resource=resource,
            attribute=attribute,
            action=action,
        )

    def _add(self, gap: Gap) -> None:
        with self._lock:
            if gap not in self._gaps:
                self._gaps.append(gap)


def _known(items: Iterable[Item]) -> tuple[list[Item], bool]:
    """The items, and whether they are all there are."""
    known: list[Item] = []
    try:
        for item in items:
            known.append(item)  # noqa: PERF402 - what came before the end counts
    except ListingEnded:
        return known, False
    return known, True


def _is_resource(result: Any) -> bool:
    if isinstance(result, list | tuple):
        return all(_is_resource(one) for one in result)
    return result is None or isinstance(result, Resource)


def _label(item: Any) -> str:
    """What an element of a listing calls itself, for people."""
    if isinstance(item, dict):
        names = (key for key in item if key.endswith(("Arn", "arn", "Identifier", "Id", "Name", "name")))
        return str(next((item[key] for key in names if isinstance(item[key], str)), ""))
    return item if isinstance(item, str) else ""


def _hidden(value: Value, path: Sequence[str]) -> Value:
    """The value without what lies at ``path``; lists on the way are entered."""
    if isinstance(value, list):
        return [_hidden(element, path) for element in value]
    if not path:
        return value if value is None or isinstance(value, Redacted | Unknown) else Redacted()
    if isinstance(value, dict) and path[0] in value:
        return {**value, path[0]: _hidden(value[path[0]], path[1:])}
    return value
