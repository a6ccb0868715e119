"""What makes botocore cheaper and changes nothing it does: an account is read as fast as one interpreter can ask.

Each economy was found by profiling readings whose answers cost nothing, and stands on botocore's public interface, with
two exceptions (:class:`RememberingAliaser`, :class:`TrustingEmitter`) that do nothing where that should change.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.hooks import EVENT_ALIASES, EventAliaser, HierarchicalEmitter
from botocore.utils import parse_timestamp

_NAMES: dict[str, str] = {}
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}(?:\d{3})?)?(?:Z|\+00:00)", re.ASCII)


class TrustingEmitter(HierarchicalEmitter):  # type: ignore[misc]
    """Does not ask of botocore's own two hundred handlers whether they take any argument: they do.

    Asking goes through a function's whole signature. This overrides a method that botocore does not promise, likewise.
    """

    def _verify_accept_kwargs(self, func: Any) -> None:
        if not str(getattr(func, "__module__", "")).startswith("botocore."):
            super()._verify_accept_kwargs(func)


class RememberingAliaser(EventAliaser):  # type: ignore[misc]
    """Shares among all clients what the services' events are called.

    Events have other names for some services than service models do. botocore looks each name up in a table of two
    hundred entries and keeps the answer for one client only, although it depends on the name alone. This overrides a
    method that botocore does not promise: where it should do without, nothing is shared, and all else is as ever.
    """

    def __init__(self, event_emitter: Any, event_aliases: Any = None) -> None:
        super().__init__(event_emitter)

    def _alias_event_name(self, event_name: str) -> str:
        found = _NAMES.get(event_name)
        if found is None:
            found = super()._alias_event_name(event_name) if _may_have_another(event_name) else event_name
            _NAMES[event_name] = found
        return found


_WORDS = frozenset(name for name in EVENT_ALIASES if "." not in name)
_SEQUENCES = tuple(name for name in EVENT_ALIASES if "." in name)


def _may_have_another(event_name: str) -> bool:
    """Whether any entry of botocore's table is in the name at all."""
    return not _WORDS.isdisjoint(event_name.split(".")) or any(sequence in event_name for sequence in _SEQUENCES)


@cache
def _with_handlers() -> TrustingEmitter:
    """Events with botocore's own handlers, which are the same for every session and registered once a process."""
    emitter = TrustingEmitter()
    botocore.session.Session(event_hooks=emitter)
    return emitter


def new_session(profile: str | None = None) -> Any:
    """A botocore session with these economies.

    Raises:
        botocore.exceptions.BotoCoreError: no such profile, or a configuration that cannot be read.
    """
    emitter = copy(_with_handlers())
    session = botocore.session.Session(profile=profile, event_hooks=emitter, include_builtin_handlers=False)
    session.register_component("event_emitter", RememberingAliaser(emitter))
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=timestamp)
    return session


def timestamp(value: Any) -> datetime:
    """A time in an answer. What is written as AWS mostly does needs no parser that understands everything."""
    if isinstance(value, str) and _UTC.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass  # the 30th of February: botocore says what is wrong with it
    found: datetime = parse_timestamp(value)
    return found


@contextmanager
def without_old_garbage() -> Iterator[None]:
    """Leaves what exists by now out of garbage collection meanwhile.

    AWS's service models are some hundred thousand objects that stay. To look through them again and again while an
    account is read stops every thread, for longer than AWS takes to answer. What comes meanwhile is collected as ever.
    Where somebody froze objects before, it is left to them.
    """
    if gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
