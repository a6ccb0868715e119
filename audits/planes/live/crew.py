"""Work side by side without deadlocks: who waits for others works along.

``each`` hands its items to whoever is free among a bounded number of helpers, and the caller takes items itself. So it
always finishes, however deep ``each`` is nested in ``each`` and even if every helper is busy elsewhere: a thread only
ever waits for items that another thread is already working on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """What became of one item: its result, or the error that ended it."""

    result: Result | None = None
    error: BaseException | None = None


class Crew:
    """A bounded number of helper threads that are shared by all who have work."""

    def __init__(self, helpers: int) -> None:
        self._helpers = helpers
        self._pool = ThreadPoolExecutor(max(helpers, 1), thread_name_prefix="audits-each")

    def each(self, items: Sequence[Item], function: Callable[[Item], Result]) -> list[Done[Result]]:
        """``function`` of every item, in the order of ``items``; an error ends only the item it arose from."""
        batch = _Batch(items, function)
        for _ in range(min(len(items) - 1, self._helpers)):
            self._pool.submit(batch.work)
        batch.work()
        return batch.wait()

    def begin(self, work: Callable[[], object]) -> None:
        """Have it done by whoever is free; what becomes of it is nobody's concern here."""
        self._pool.submit(work)

    def close(self) -> None:
        """Let the helpers go, without waiting for them."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class _Batch:
    """The items of one ``each``, each taken once, by whoever comes first."""

    def __init__(self, items: Sequence[Any], function: Callable[[Any], Any]) -> None:
        self._items = items
        self._function = function
        self._results: list[Done[Any]] = [Done()] * len(items)
        self._taken = 0
        self._left = len(items)
        self._changed = threading.Condition()

    def work(self) -> None:
        while True:
            with self._changed:
                number = self._taken
                if number >= len(self._items):
                    return
                self._taken += 1
            try:
                done: Done[Any] = Done(self._function(self._items[number]))
            except BaseException as error:  # noqa: BLE001 - handed to the caller, who decides
                done = Done(error=error)
            with self._changed:
                self._results[number] = done
                self._left -= 1
                if not self._left:
                    self._changed.notify_all()

    def wait(self) -> list[Done[Any]]:
        with self._changed:
            while self._left:
                self._changed.wait()
        return self._results
