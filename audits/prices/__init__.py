"""AWS's list prices, a dated snapshot for each region, kept beside this module: ``make prices`` makes it anew.

A price is on demand, in USD, for one unit of what its name ends in (``…/hour``, ``…/gb-month``). An entry is a number,
or ``{"low", "high"}`` where the snapshot was entered by hand and only bounds are certain. What is not in it has no
price: nothing is derived from another size or region.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from audits.ranges import Range

FOLDER = Path(__file__).parent
HOURS = 730
"""Hours of a month, as the AWS Pricing Calculator counts them (365 × 24 / 12)."""


@dataclass(frozen=True, slots=True)
class Prices:
    """The prices of one region: ``date`` is the day they were entered or fetched, ``source`` says where from.

    ``refreshed`` says whether they come from AWS's price list itself.
    """

    region: str
    date: str
    source: str
    refreshed: bool
    entries: Mapping[str, Range]
    sha256: str

    def get(self, name: str) -> Range | None:
        """The price of that name, or None where the snapshot has none."""
        return self.entries.get(name)

    def about(self) -> dict[str, Any]:
        """What a report says of where prices come from."""
        names = ("region", "date", "source", "refreshed", "sha256")
        return {"currency": "USD", **{name: getattr(self, name) for name in names}}


@cache
def prices_of(region: str | None) -> Prices | None:
    """The snapshot of a region; None where none is kept."""
    return next((one for one in snapshots() if one.region == region), None)


@cache
def snapshots() -> tuple[Prices, ...]:
    """Every snapshot that is kept, by region."""
    return tuple(parse(path.read_bytes()) for path in sorted(FOLDER.glob("*.json")))


def parse(data: bytes) -> Prices:
    """A snapshot as its file holds it.

    Raises:
        ValueError: it is none.
    """
    found = json.loads(data)
    entries = {name: _range(price) for name, price in found["prices"].items()}
    digest = hashlib.sha256(data).hexdigest()
    return Prices(found["region"], found["date"], found["source"], found["refreshed"], entries, digest)


def _range(price: Any) -> Range:
    low, high = (price["low"], price["high"]) if isinstance(price, dict) else (price, price)
    return Range(float(low), float(high))


def text(region: str, date: str, source: str, refreshed: bool, entries: Mapping[str, Any]) -> str:
    """A snapshot as it is kept."""
    head = {"region": region, "currency": "USD", "date": date, "refreshed": refreshed, "source": source}
    return json.dumps({**head, "prices": dict(sorted(entries.items()))}, indent=2, ensure_ascii=False) + "\n"
