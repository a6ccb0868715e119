"""Room for reading: for deep recursion, along references and nested expressions, and for very many small objects."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

STACK_BYTES = 128 * 1024 * 1024
RECURSION_LIMIT = 15_000
COLLECT_AFTER = 100_000
"""Objects made between two looks for garbage. Reading makes many objects that stay, and next to no cycles."""


def with_deep_stack(function: Callable[[], Result]) -> Result:
    """``function()``, in a thread with a large stack and a recursion limit to match. Raises what it raises."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(function())
        except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's thread
            errors.append(error)

    limit, size, threshold = sys.getrecursionlimit(), threading.stack_size(STACK_BYTES), gc.get_threshold()
    try:
        if threshold[0]:
            gc.set_threshold(COLLECT_AFTER, *threshold[1:])
        sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
        # Daemon: an interrupt ends the audit at once, it does not wait for the reading.
        thread = threading.Thread(target=run, name="terraform-reading", daemon=True)
        thread.start()
        thread.join()
    finally:
        gc.set_threshold(*threshold)
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return results[0]
