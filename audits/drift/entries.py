"""The comparison as it stands in a run: ``drift``, ``unmanaged`` and ``drift_coverage``, as JSON data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from audits.codec import encode, encode_origin
from audits.drift.pairs import is_read
from audits.drift.report import Comparison, Entry
from audits.drift.unmanaged import Unmanaged
from audits.kind import Kind
from audits.model import FILE, Origin, Resource

Told = Callable[[Entry], Mapping[str, Any]]
"""What a run's policy says of a deviation: ``baseline`` (null, new or known) and ``fails``."""


def drift(found: Comparison, told: Told) -> list[dict[str, Any]]:
    """Every difference between Terraform and the account."""
    return [_drift(entry, told) for entry in found.of("drift")]


def unmanaged(found: Comparison, told: Told) -> list[dict[str, Any]]:
    """Every resource of the account that a spec expects to be Terraform's, and that is not."""
    return [_unmanaged(entry, told) for entry in found.of("unmanaged")]


def _drift(entry: Entry, told: Told) -> dict[str, Any]:
    verdict, live = entry.verdict, entry.live
    here = Origin(verdict.origin.file, verdict.origin.line, verdict.origin.column, calls=verdict.origin.calls)
    return {
        "state": "missing" if live is None else "differs",
        "kind": entry.kind,
        "severity": entry.severity,
        "key": verdict.key,
        "account": verdict.account,
        "region": verdict.region,
        "path": verdict.path,
        "terraform": {
            "resource": verdict.resource,
            "value": encode(verdict.expected),
            "origin": encode_origin(here),
            "default": entry.default,
        },
        "live": None if live is None else _there(live, encode(verdict.actual)),
        "controls": list(entry.controls),
        "waiver": verdict.waiver,
        **told(entry),
    }


def _there(live: Resource, value: Any) -> dict[str, Any]:
    return {"resource": live.identity, "value": value, "origin": encode_origin(live.origin)}


def _unmanaged(entry: Entry, told: Told) -> dict[str, Any]:
    verdict = entry.verdict
    tags = entry.live.attributes.get("tags") if entry.live is not None else None
    return {
        "kind": entry.kind,
        "severity": entry.severity,
        "resource": verdict.resource,
        "key": verdict.key,
        "name": _name(tags),
        "account": verdict.account,
        "region": verdict.region,
        "spec": entry.rule,
        "controls": list(entry.controls),
        "waiver": verdict.waiver,
        **told(entry),
    }


def _name(tags: Any) -> str | None:
    name = tags.get("Name") if isinstance(tags, dict) else None
    return name if isinstance(name, str) else None


def coverage(found: Comparison, kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """How much was compared, of how much; and all that was not, with the reason."""
    pairs, attributes = found.compared.pairs, found.compared.attributes
    ours = [one for one in found.terraform.resources if one.kind not in ("module", FILE)]
    left_out = Counter(one.kind for one in ours if not is_read(kinds.get(one.kind), found.live))
    theirs = [*found.of("unmanaged"), *(one for one in found.beside if one.state == "undecided")]
    return {
        "resources": {
            "compared": len(pairs.matched),
            "all": len(ours) + len(theirs),
            "at_least": found.hidden,
        },
        "attributes": {"compared": attributes.compared, "all": attributes.all},
        "reasons": dict(sorted(attributes.reasons.items())),
        "kinds_not_compared": [{"kind": kind, "resources": number} for kind, number in sorted(left_out.items())],
        "unmatched": [
            {"kind": one.kind, "resource": one.identity, "origin": encode_origin(one.origin), "reason": reason}
            for one, reason in pairs.unmatched
            if one.kind not in left_out
        ],
        "explained": [
            {
                "kind": one.terraform.kind,
                "resource": one.terraform.identity,
                "path": one.difference.path,
                "terraform": encode(one.difference.terraform),
                "live": encode(one.difference.live),
                "reason": one.reason,
            }
            for one in found.compared.explained
        ],
        "unmanaged": {
            "asked": found.rules > 0,
            **{state: [_beside(one) for one in found.beside if one.state == state] for state in _BESIDE},
        },
    }


_BESIDE = ("undecided", "explained", "elsewhere")


def _beside(one: Unmanaged) -> dict[str, Any]:
    return {"kind": one.resource.kind, "resource": one.resource.identity, "reason": one.reason}
