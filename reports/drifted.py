"""Drift and unmanaged resources as rows for people: what fails the run first, then by severity. It judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from reports.labels import Labels
from reports.order import SEVERITY_ORDER

Entry: TypeAlias = Mapping[str, Any]


def drift(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every difference."""
    return sorted(run["drift"], key=_rank)


def unmanaged(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every resource that Terraform should manage and does not."""
    return sorted(run["unmanaged"], key=_rank)


def _rank(entry: Entry) -> tuple[bool, int]:
    return not entry["fails"], SEVERITY_ORDER.index(entry["severity"])


def coverage(run: Mapping[str, Any]) -> dict[str, Any] | None:
    """How much was compared; None where nothing was."""
    found: dict[str, Any] | None = run.get("drift_coverage")
    return found


def failing(run: Mapping[str, Any]) -> int:
    """How many of both fail the run."""
    return sum(entry["fails"] for entry in (*run["drift"], *run["unmanaged"]))


def remarks(entry: Entry, labels: Labels) -> list[str]:
    """Why an entry asks for nothing, and where its value comes from; empty for most."""
    said = [labels("drift.said", controls=", ".join(entry["controls"]))] if entry["controls"] else []
    said += [f"{labels('drift.waived')}: {entry['waiver']}"] if entry["waiver"] else []
    said += [labels(f"baseline.{entry['baseline']}")] if entry["baseline"] else []
    default = entry.get("terraform", {}).get("default")
    return [*said, f"{labels('drift.default')}: {default}"] if default else said


def figures(found: Entry, labels: Labels) -> list[str]:
    """How much was compared, in a few words each."""
    resources = found["resources"]
    name = "drift.resources at least" if resources["at_least"] else "drift.resources"
    return [
        labels(name, compared=resources["compared"], all=resources["all"]),
        labels("drift.attributes", **found["attributes"]),
    ]


def undecided(run: Mapping[str, Any], name: str, labels: Labels) -> str:
    """Why it cannot be said that there is no drift, or nothing unmanaged; empty where it can."""
    found = coverage(run)
    assert found is not None
    if name == "drift":
        parts = (found["resources"], found["attributes"])
        whole = all(one["compared"] == one["all"] for one in parts) and not found["resources"]["at_least"]
        return "" if whole else f"{labels('drift.none')} {' · '.join(figures(found, labels))}"
    beside = found["unmanaged"]
    if not beside["asked"]:
        return labels("unmanaged.not asked")
    return f"{labels('unmanaged.undecided')}: {len(beside['undecided'])}" if beside["undecided"] else ""


def lists(found: Entry) -> list[tuple[str, list[str]]]:
    """What was not compared or needs no act: a label, and lines of text, for each that is not empty."""
    beside = found["unmanaged"]
    several = [
        ("drift.reasons", [f"{reason}: {number}" for reason, number in found["reasons"].items()]),
        ("drift.kinds", [f"{one['kind']}: {one['resources']}" for one in found["kinds_not_compared"]]),
        ("drift.unmatched", list(map(_reason, found["unmatched"]))),
        ("drift.explained", list(map(_reason, found["explained"]))),
        *((f"unmanaged.{name}", list(map(_reason, beside[name]))) for name in ("undecided", "explained", "elsewhere")),
    ]
    return [(label, lines) for label, lines in several if lines]


def _reason(one: Entry) -> str:
    path = f" {one['path']}" if one.get("path") else ""
    return f"{one['resource']}{path}: {one['reason']}"


def shown(value: Any, text: Callable[[Any], str]) -> str:
    """A value as text; nothing there is a dash."""
    return "–" if value is None else text(value)
