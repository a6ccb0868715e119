"""Fill an empty demo account with the documented state, then bend it where asked.

Systems that do not need each other are seeded in threads; each of them is one module.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor

from examples.glimpse.account.seed import access, compute, data, edge, files, network, users, watch
from examples.glimpse.account.seed.clients import Clients
from examples.glimpse.account.seed.deviations import DEVIATIONS, PLANTED

__all__ = ["DEVIATIONS", "PLANTED", "Clients", "check", "deviate", "seed"]


def seed(endpoint: str, deviations: Collection[str] = PLANTED, *, clients: Clients | None = None) -> None:
    """Create the documented estate at `endpoint`, then apply the named deviations in the registry's order.

    `deviations=()` leaves the account conforming. An unknown name raises KeyError before anything is created.
    """
    check(deviations)
    clients = clients or Clients(endpoint)
    _conform(clients)
    for name in DEVIATIONS:
        if name in deviations:
            deviate(endpoint, name, clients=clients)


def check(deviations: Collection[str]) -> None:
    """Raise KeyError if there is no deviation of such a name."""
    if unknown := sorted(set(deviations) - set(DEVIATIONS)):
        raise KeyError(f"no such deviation: {', '.join(unknown)}; there are {', '.join(DEVIATIONS)}")


def deviate(endpoint: str, name: str, *, clients: Clients | None = None) -> None:
    """Apply one deviation to an account that is seeded already."""
    DEVIATIONS[name].apply(clients or Clients(endpoint))


def _conform(clients: Clients) -> None:
    with ThreadPoolExecutor(max_workers=8) as pool:
        net = pool.submit(network.seed, clients)
        roles = pool.submit(access.seed, clients)
        certificate = pool.submit(edge.certificate, clients)
        host = pool.submit(files.seed, clients)
        independent: list[Callable[[Clients], None]] = [users.seed, access.secrets, compute.registry]
        waiting = [pool.submit(part, clients) for part in independent]
        place = net.result()
        waiting.append(pool.submit(data.seed, clients, place))
        waiting.append(pool.submit(network.nat, clients, place, roles.result().nat_profile))
        front = edge.balancer(clients, place, certificate.result())
        waiting.append(pool.submit(edge.names, clients, front, certificate.result()))
        waiting.append(pool.submit(edge.http_api, clients, place, front))
        waiting.append(pool.submit(watch.seed, clients, front))
        compute.seed(clients, place, roles.result(), front, host.result())
        for done in waiting:
            done.result()
