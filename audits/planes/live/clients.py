"""The clients of one session, each made once – and, where it is known which will be needed, ahead of that."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from audits.planes.live.models import operations, resolve

Place = tuple[str, str]
"""A service and a region."""

_HEAD_START = 0.002
"""Seconds for the request that is waited for to leave: threads that both want the interpreter hold each other up."""


class Clients:
    """Clients of one session, of each of which ``made`` hears. A session makes one at a time safely, hence the lock."""

    def __init__(self, session: Any, config: Any, made: Callable[[Any], None] = lambda client: None) -> None:
        self._session = session
        self._config = config
        self._heard = made
        self._made: dict[Place, Any] = {}
        self._lock = threading.Lock()
        self._closed = False

    def get(self, service: str, region: str) -> Any:
        """The client of a service in a region."""
        with self._lock:
            client = self._made.get((service, region))
            if client is None:
                client = self._session.create_client(service, region_name=region, config=self._config)
                self._heard(client)
                self._made[service, region] = client
            return client

    def make_ahead(self, places: Iterable[Place]) -> None:
        """Make these clients while something else is waited for: each costs more than most calls.

        What they need to know of their operations is looked up likewise: botocore resolves the shapes of a request and
        an answer when it first meets them. Returns at once; a client that cannot be made is left to who asks for it.
        """
        wanted = tuple(dict.fromkeys(places))
        if wanted:
            threading.Thread(target=self._make, args=(wanted,), name="audits-clients", daemon=True).start()

    def _make(self, places: Iterable[Place]) -> None:
        time.sleep(_HEAD_START)
        try:
            made = [self.get(service, region) for service, region in places if not self._closed]
            for model in (one for client in made for one in operations(client.meta.service_model)):
                if self._closed:
                    return
                resolve(model)
        except Exception:  # noqa: BLE001 - the reader that needs it meets the same error, and tells it
            return

    def close(self) -> None:
        """Make no further client, and close the connections of those there are."""
        self._closed = True
        with self._lock:
            for client in self._made.values():
                client.close()
