"""The quickest way to a seeded account: boto3 is imported and its clients are made while the server comes up."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from examples.glimpse.account.server import server

__all__ = ["seeded"]


@contextmanager
def seeded(deviations: Collection[str] | None = None, *, shim: bool = True) -> Iterator[str]:
    """Run a server, seed it and yield its endpoint; None plants the default set, an empty collection nothing."""
    ready: list[Any] = []

    def prepare(endpoint: str) -> None:
        from examples.glimpse.account.seed import Clients, check

        check(deviations or ())
        ready.append(Clients(endpoint))
        ready[0].prepare()

    with server(shim=shim, meanwhile=prepare) as endpoint:
        from examples.glimpse.account.seed import PLANTED, seed

        seed(endpoint, PLANTED if deviations is None else deviations, clients=ready[0])
        yield endpoint
