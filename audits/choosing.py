"""Which items xdist's workers will run, as its controller can tell before they begin: by collecting for itself.

The controller reads the planes for the workers, and of them only what the chosen checks need, so it must know the
choice (``-k``, ``-m``, names, other plugins) first. xdist keeps pytest's own collection from the controller; but
``Session.perform_collect`` is public, and asks the same plugins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

_REPORTER = "terminalreporter"


def chosen(session: pytest.Session) -> Sequence[pytest.Item] | None:
    """The items that are left to run; None where collecting fails, which the workers will meet, and tell, themselves.

    Raises:
        UsageError: something that was named is not there.
    """
    with _unseen(session.config), _untouched(session):
        items = list(session.perform_collect())
        return None if session.testsfailed else items


@contextmanager
def _unseen(config: pytest.Config) -> Iterator[None]:
    """Without the terminal's reporter: what is collected here is run elsewhere, and counted there."""
    reporter = config.pluginmanager.unregister(name=_REPORTER) if config.pluginmanager.has_plugin(_REPORTER) else None
    try:
        yield
    finally:
        if reporter is not None:
            config.pluginmanager.register(reporter, _REPORTER)


@contextmanager
def _untouched(session: pytest.Session) -> Iterator[None]:
    """Leaves the session as it was: it goes on as if it had collected nothing."""
    try:
        yield
    finally:
        session.items, session.testscollected, session.testsfailed = [], 0, 0
        session.shouldfail = session.shouldstop = False
