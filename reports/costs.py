"""The costs of a run in words: the same in every format."""

from __future__ import annotations

from typing import Any

from reports.labels import Labels

_ABSURD = 1e12
"""Beyond this nobody counts digits."""
SIDES = ("terraform", "live", "billed")


def tables(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The tables of costs; a run of earlier days has none."""
    found: list[dict[str, Any]] = run.get("cost", [])
    return found


def sides(table: dict[str, Any]) -> list[str]:
    """The sides that anything was estimated or billed on."""
    return [side for side in SIDES if any(row[side] is not None for row in table["rows"])]


def head(side: str, labels: Labels) -> str:
    """The name of a side's column."""
    return labels("cost.billed") if side == "billed" else labels(f"plane.{side}")


def amount(number: float) -> str:
    """A sum of money: no cents where there are none."""
    return f"{number:,.2f}".removesuffix(".00") if number < _ABSURD else f"{number:.3g}"


def cell_text(cell: dict[str, Any] | None) -> str:
    """A figure, a range, or from where on; empty where nothing is known: that it costs at least nothing is no news."""
    if cell is None or cell["low"] is None or (cell["low"] == 0 and cell["high"] is None):
        return ""
    if cell["high"] is None:
        return f"≥ {amount(cell['low'])}"
    if cell["low"] == cell["high"]:
        return amount(cell["low"])
    return f"{amount(cell['low'])}–{amount(cell['high'])}"


def sum_text(table: dict[str, Any], labels: Labels) -> str:
    """Whether the rows add up to the total that is written."""
    key = "cost.adds up" if table["sum"] == table["total"] else "cost.contradiction"
    return labels(key, sum=amount(table["sum"]), total=amount(table["total"]))


def price_text(one: dict[str, Any], labels: Labels) -> str:
    """Where the prices come from."""
    return labels("cost.prices", region=one["region"], date=one["date"], source=one["source"])
