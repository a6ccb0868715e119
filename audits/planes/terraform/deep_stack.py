"""Room for deep recursion: chains of references and nested expressions are followed by recursion."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

STACK_BYTES = 128 * 1024 * 1024
RECURSION_LIMIT = 15_000


def with_deep_stack(function: Callable[[], Result]) -> Result:
    """``function()``, in a thread with a large stack and a recursion limit to match. Raises what it raises."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(function())
        except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's thread
            errors.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(STACK_BYTES)
    try:
        sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
        # Daemon: an interrupt ends the audit at once, it does not wait for the reading.
        thread = threading.Thread(target=run, name="terraform-reading", daemon=True)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return results[0]
