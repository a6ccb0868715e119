"""The clients of one session, each made once – and, where it is known which will be needed, ahead of that."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

Place = tuple[str, str]
"""A service and a region."""


class Clients:
    """Clients of one session. A session makes only one at a time safely, hence the lock."""

    def __init__(self, session: Any, config: Any) -> None:
        self._session = session
        self._config = config
        self._made: dict[Place, Any] = {}
        self._lock = threading.Lock()
        self._closed = False

    def get(self, service: str, region: str) -> Any:
        """The client of a service in a region."""
        with self._lock:
            client = self._made.get((service, region))
            if client is None:
                client = self._session.create_client(service, region_name=region, config=self._config)
                self._made[service, region] = client
            return client

    def make_ahead(self, places: Iterable[Place]) -> None:
        """Make these clients while something else is waited for: each costs more than most calls.

        Returns at once. A client that cannot be made is left to whoever asks for it.
        """
        wanted = tuple(dict.fromkeys(places))
        if wanted:
            threading.Thread(target=self._make, args=(wanted,), name="audits-clients", daemon=True).start()

    def _make(self, places: Iterable[Place]) -> None:
        for service, region in places:
            if self._closed:
                return
            try:
                self.get(service, region)
            except Exception:  # noqa: BLE001 - the reader that needs it meets the same error, and tells it
                return

    def close(self) -> None:
        """Make no further client, and close the connections of those there are."""
        self._closed = True
        with self._lock:
            for client in self._made.values():
                client.close()
