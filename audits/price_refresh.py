"""A snapshot of prices made anew from AWS's price list: the same names as before, and any further ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from audits import prices
from audits.planes.live import price_list
from audits.planes.live.options import AccountError


class PriceError(Exception):
    """The prices cannot be fetched; one line. What was kept stays as it was."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written where, and which names have no price now, each with the reason."""

    path: Path
    count: int
    missing: Mapping[str, str]


def refresh(region: str, names: Sequence[str] = (), profile: str | None = None) -> Kept:
    """Fetch the prices of a region and write its snapshot.

    Without a snapshot of that region, the names are those of the snapshots that there are.

    Raises:
        PriceError: a name no price can have, no credentials, or a price list that cannot be read or says nothing.
    """
    wrong = next((name for name in names if name not in price_list.KEPT and price_list.query(name) is None), None)
    if wrong is not None:
        raise PriceError(f"{wrong}: no price can be called so; see audits/prices for those that are")
    own = [one for one in prices.snapshots() if one.region == region] or list(prices.snapshots())
    before = {name: price for one in own for name, price in one.entries.items()}
    wanted = [name for name in sorted({*before, *names}) if name not in price_list.KEPT]
    try:
        found = price_list.fetch(region, wanted, profile)
    except AccountError as error:
        raise PriceError(str(error)) from error
    if not found.prices:
        raise PriceError(f"the price list has no price in {region}")
    bounds = {name: {"low": before[name].low, "high": before[name].high} for name in price_list.KEPT if name in before}
    entries = {**found.prices, **bounds}
    path = prices.FOLDER / f"{region}.json"
    source = "AWS Price List Query API (pricing:GetProducts), on demand"
    today = datetime.now(UTC).date().isoformat()
    path.write_text(prices.text(region, today, source, True, entries), encoding="utf-8")
    return Kept(path, len(entries), found.missing)
