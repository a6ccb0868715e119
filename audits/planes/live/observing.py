"""One reading of the account: which kind is read where, side by side, and what came of it in a settled order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

from audits.kind import Kind
from audits.model import WHOLE, CallRecord, Extent, Gap, Observation, Resource
from audits.planes.live import failures
from audits.planes.live.calls import Calls
from audits.planes.live.crew import Crew
from audits.planes.live.economy import without_old_garbage
from audits.planes.live.failures import Failure
from audits.planes.live.guard import WriteRefused
from audits.planes.live.options import LiveOptions, utc
from audits.planes.live.reader import AwsReader, ListingEnded, UndeclaredRead
from audits.planes.live.sessions import Account, Opened, open_accounts

_COORDINATORS = 48
"""Threads that each lead the reading of one kind in one region. They mostly wait; ``max_workers`` bounds the calls."""


def _now() -> datetime:
    return datetime.now(UTC)


def observe(
    kinds: Sequence[Kind],
    options: LiveOptions | None = None,
    extent: Extent = WHOLE,
    *,
    clock: Callable[[], datetime] = _now,
) -> Observation:
    """Read every resource of these kinds in the account, or accounts, that the options name.

    Of some only as much as ``extent`` says. Whatever cannot be read becomes a gap. Nothing but reads is ever sent.

    Raises:
        AccountError: there is no account to read.
    """
    with without_old_garbage():
        return _observed(kinds, options or LiveOptions(), extent, clock)


def _observed(
    kinds: Sequence[Kind], options: LiveOptions, extent: Extent, clock: Callable[[], datetime]
) -> Observation:
    started = clock()
    readable = _longest_first(kinds)
    opened = open_accounts(options, (read for kind in readable for read in kind.reads))
    records: list[CallRecord] = [account.identified for account in opened.accounts]
    calls, crew = Calls(replace(options, on_call=_heard(records, options))), Crew(options.max_workers)
    of_parts = tuple(one for one in extent.portions if one.kind in {kind.type for kind in readable})
    beside = frozenset(kind.type for kind in readable)
    only = {one.kind: frozenset(one.values) for one in of_parts}
    readers = [
        AwsReader(
            kind,
            account,
            region,
            api_region,
            calls,
            crew,
            only=only.get(kind.type),
            left_out=extent.left_out.get(kind.type, frozenset()),
            beside=beside,
        )
        for account in opened.accounts
        for kind in readable
        for region, api_region in _places(kind, opened.regions, account.global_region)
    ]
    try:
        found = _read_all(readers)
    finally:
        calls.stop()
        crew.close()
        # Nobody waits for what is left to do: each connection is taken leave of.
        threading.Thread(target=_close, args=(opened.accounts,), name="audits-close", daemon=True).start()
    gaps = [gap for reader in readers for gap in reader.gaps]
    gaps.extend(_without_reader(kinds))
    gaps.extend(_without_role(kinds, opened))
    return Observation(
        "live",
        _in_order(found),
        _merged(gaps),
        started=utc(started),
        finished=utc(clock()),
        caller=opened.caller,
        source=opened.source,
        accounts=tuple(sorted({account.id for account in opened.accounts})),
        regions=opened.regions,
        kinds=tuple(sorted(kind.type for kind in kinds)),
        calls=tuple(sorted(records, key=lambda one: (one.at, one.account, one.region, one.service, one.operation))),
        portions=of_parts,
    )


def _close(accounts: Iterable[Account]) -> None:
    for account in accounts:
        account.close()


def _longest_first(kinds: Sequence[Kind]) -> list[Kind]:
    """The kinds that can be read, those with the most operations first: their calls wait for one another longest."""
    return sorted((kind for kind in kinds if kind.from_live is not None), key=lambda kind: -len(kind.reads))


def _heard(records: list[CallRecord], options: LiveOptions) -> Callable[[CallRecord], None]:
    """Keeps each exchange, and tells it to whoever the options name. Appending is safe from several threads."""

    def hear(record: CallRecord) -> None:
        records.append(record)
        if options.on_call is not None:
            options.on_call(record)

    return hear


def _places(kind: Kind, regions: Sequence[str], global_region: str) -> list[tuple[str, str]]:
    if kind.scope == "global":
        return [(global_region, regions[0])]
    return [(region, region) for region in regions]


def _read_all(readers: Sequence[AwsReader]) -> list[Resource]:
    if not readers:
        return []
    pool = ThreadPoolExecutor(min(len(readers), _COORDINATORS), thread_name_prefix="audits-kind")
    try:
        return [resource for resources in pool.map(_read, readers) for resource in resources]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _read(reader: AwsReader) -> list[Resource]:
    """What one kind finds in one place. Resources made before a failure stay."""
    resources: list[Resource] = []
    try:
        for resource in reader.kind.from_live(reader) if reader.kind.from_live else ():
            resources.append(resource)  # noqa: PERF402 - what came before a failure counts
    except ListingEnded:
        pass
    except (WriteRefused, UndeclaredRead):
        raise
    except Exception as error:  # noqa: BLE001 - an unexpected answer is a gap, never a traceback
        reader.untranslatable(error)
    return resources


def _in_order(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Sorted, and each only once: a list that changes while it is paged can show an element twice."""
    unique: dict[tuple[str, str, str, str], Resource] = {}
    for resource in resources:
        key = (resource.kind, resource.account or "", resource.region or "", resource.identity)
        unique.setdefault(key, resource)
    return tuple(unique[key] for key in sorted(unique))


def _merged(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """One gap for one failed call, with every kind that rests on it."""
    merged: dict[Gap, set[str]] = {}
    for gap in gaps:
        merged.setdefault(replace(gap, kinds=()), set()).update(gap.kinds or ())
    found = [replace(gap, kinds=tuple(sorted(kinds))) for gap, kinds in merged.items()]
    return tuple(sorted(found, key=_gap_key))


def _gap_key(gap: Gap) -> tuple[str, ...]:
    place = (gap.account or "", gap.region or "", gap.resource or "", gap.attribute or "")
    return (gap.scope, *place, gap.cause, gap.detail, *(gap.kinds or ()))


def _without_reader(kinds: Iterable[Kind]) -> list[Gap]:
    return [
        Gap("live", (kind.type,), kind.type, "not supported", "this kind cannot be read from an account yet")
        for kind in kinds
        if kind.from_live is None
    ]


def _without_role(kinds: Sequence[Kind], opened: Opened) -> list[Gap]:
    types = tuple(kind.type for kind in kinds)
    action = "sts:AssumeRole"
    return [
        Gap(
            "live",
            types,
            f"{action} {role}",
            failure.cause,
            failure.detail,
            _role_mend(failure, role, opened.caller),
            account=role.split(":")[4] if role.count(":") >= 5 else None,
            action=action if failure.cause == failures.DENIED else None,
        )
        for role, failure in opened.refused
    ]


def _role_mend(failure: Failure, role: str, caller: str) -> str:
    if failure.cause == failures.DENIED:
        return f"allow sts:AssumeRole on {role} to {caller}, and let the role trust it"
    return failures.mend(failure, "sts:AssumeRole", caller, "sts", "the account")
