"""Values, verdicts and observations as JSON data and back: what workers, saved runs and ``observe --json`` exchange.

An unknown value is ``{"__unknown__": {"cause": …, "references": […], "partial": …}}``, a removed one
``{"__redacted__": {"reason": …}}``. An object of the user's that looks like one of these is put in
``{"__literal__": …}``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from audits.model import (
    CallRecord,
    Cause,
    Finding,
    Gap,
    Observation,
    Origin,
    PolicyResult,
    PolicyScan,
    Portion,
    Redacted,
    Reference,
    Resource,
    State,
    Unknown,
    Value,
    Verdict,
)

UNKNOWN, REDACTED, LITERAL = "__unknown__", "__redacted__", "__literal__"
_MARKS = (UNKNOWN, REDACTED, LITERAL)


def encode(value: Value) -> Any:
    """The value as JSON data."""
    if isinstance(value, Unknown):
        return {UNKNOWN: _encode_unknown(value)}
    if isinstance(value, Redacted):
        return {REDACTED: {"reason": value.reason}}
    if isinstance(value, dict):
        found = {str(key): encode(element) for key, element in value.items()}
        return {LITERAL: found} if len(found) == 1 and next(iter(found)) in _MARKS else found
    if isinstance(value, list | tuple):
        return [encode(element) for element in value]
    return value


def _encode_unknown(value: Unknown) -> dict[str, Any]:
    found: dict[str, Any] = {
        "cause": str(value.cause),
        "references": [str(one) for one in value.references],
    }
    if any(Reference.parse(str(one)) != one for one in value.references):
        # Only whoever made it knows where the address ends (a resource in a module, a module's output).
        found["attributes"] = [one.attribute for one in value.references]
    if value.detail:
        found["detail"] = value.detail
    if value.partial is not None:
        found["partial"] = encode(value.partial)
    if value.parts:
        found["parts"] = [encode(part) for part in value.parts]
    for name in ("open", "not_null", "sensitive", "derived"):
        if getattr(value, name):
            found[name] = True
    if value.length is not None:
        found["length"] = value.length
    return found


def decode(data: Any) -> Value:
    """The value that :func:`encode` wrote.

    Raises:
        ValueError: an unknown value with a cause there is none of.
    """
    if isinstance(data, list):
        return [decode(element) for element in data]
    if not isinstance(data, dict):
        return data
    if data.keys() == {UNKNOWN}:
        return _decode_unknown(data[UNKNOWN])
    if data.keys() == {REDACTED}:
        return Redacted(data[REDACTED]["reason"])
    if data.keys() == {LITERAL}:
        data = data[LITERAL]
    return {key: decode(element) for key, element in data.items()}


def _decode_references(texts: Sequence[str], attributes: Sequence[str] | None) -> tuple[Reference, ...]:
    if attributes is None:
        return tuple(Reference.parse(text) for text in texts)
    pairs = zip(texts, attributes, strict=True)
    return tuple(Reference(text.removesuffix(f".{last}") if last else text, last) for text, last in pairs)


def _decode_unknown(data: Mapping[str, Any]) -> Unknown:
    return Unknown(
        Cause(data["cause"]),
        _decode_references(data["references"], data.get("attributes")),
        data.get("detail", ""),
        partial=decode(data.get("partial")),
        parts=tuple(decode(part) for part in data.get("parts", ())),
        open=data.get("open", False),
        length=data.get("length"),
        not_null=data.get("not_null", False),
        sensitive=data.get("sensitive", False),
        derived=data.get("derived", False),
    )


def encode_origin(origin: Origin) -> dict[str, Any]:
    """An origin, without what is not known."""
    found: dict[str, Any] = {
        name: getattr(origin, name) for name in ("file", "line", "column", "arn") if getattr(origin, name) is not None
    }
    if origin.calls:
        found["calls"] = list(origin.calls)
    return found


def decode_origin(data: Mapping[str, Any]) -> Origin:
    """What :func:`encode_origin` wrote."""
    return Origin(data.get("file"), data.get("line"), data.get("column"), data.get("arn"), tuple(data.get("calls", ())))


def encode_verdict(verdict: Verdict) -> dict[str, Any]:
    """A verdict as it stands in a run."""
    return {
        "state": str(verdict.state),
        "resource": verdict.resource,
        "key": verdict.key,
        "account": verdict.account,
        "region": verdict.region,
        "path": verdict.path,
        "expected": encode(verdict.expected),
        "actual": encode(verdict.actual),
        "origin": encode_origin(verdict.origin),
        "cause": verdict.cause,
        "mend": verdict.mend,
        "waiver": verdict.waiver,
    }


def decode_verdict(data: Mapping[str, Any]) -> Verdict:
    """What :func:`encode_verdict` wrote."""
    plain = {name: data[name] for name in ("resource", "key", "account", "region", "path", "cause", "mend", "waiver")}
    return Verdict(
        State(data["state"]),
        expected=decode(data["expected"]),
        actual=decode(data["actual"]),
        origin=decode_origin(data["origin"]),
        **plain,
    )


def encode_gap(gap: Gap) -> dict[str, Any]:
    """A gap as it stands in a run."""
    found = {one.name: getattr(gap, one.name) for one in fields(gap) if one.name not in ("kinds", "origin")}
    kinds = None if gap.kinds is None else list(gap.kinds)
    return {"plane": gap.plane, "kinds": kinds, **found, "origin": encode_origin(gap.origin)}


def decode_gap(data: Mapping[str, Any]) -> Gap:
    """What :func:`encode_gap` wrote."""
    plain = {name: value for name, value in data.items() if name not in ("kinds", "origin")}
    kinds = None if data["kinds"] is None else tuple(data["kinds"])
    return Gap(**plain, kinds=kinds, origin=decode_origin(data["origin"]))


def encode_finding(finding: Finding) -> dict[str, Any]:
    """A finding as it stands in a run."""
    return {
        "plane": finding.plane,
        "title": finding.title,
        "detail": finding.detail,
        "origin": encode_origin(finding.origin),
    }


def encode_resource(resource: Resource) -> dict[str, Any]:
    """A resource, whole."""
    return {
        "kind": resource.kind,
        "identity": resource.identity,
        "key": resource.key,
        "account": resource.account,
        "region": resource.region,
        "missing": resource.missing,
        "attributes": encode(dict(resource.attributes)),
        "origin": encode_origin(resource.origin),
        "origins": {path: encode_origin(origin) for path, origin in resource.origins.items()},
        "ignored": list(resource.ignored),
        "existence": encode(resource.existence),
        "defaulted": dict(resource.defaulted),
        "computed": list(resource.computed),
    }


def decode_resource(data: Mapping[str, Any]) -> Resource:
    """What :func:`encode_resource` wrote."""
    return Resource(
        kind=data["kind"],
        identity=data["identity"],
        attributes=decode(data["attributes"]),
        origin=decode_origin(data["origin"]),
        account=data["account"],
        region=data["region"],
        key=data["key"],
        missing=data["missing"],
        origins={path: decode_origin(origin) for path, origin in data["origins"].items()},
        ignored=tuple(data["ignored"]),
        existence=decode(data["existence"]),
        defaulted=data["defaulted"],
        computed=tuple(data.get("computed", ())),
    )


def encode_call(call: CallRecord) -> dict[str, Any]:
    """An exchange with AWS, as evidence."""
    return asdict(call)


def decode_call(data: Mapping[str, Any]) -> CallRecord:
    """What :func:`encode_call` wrote."""
    return CallRecord(**data)


def decode_finding(data: Mapping[str, Any]) -> Finding:
    """What :func:`encode_finding` wrote."""
    return Finding(data["plane"], data["title"], data["detail"], decode_origin(data["origin"]))


def encode_policy(result: PolicyResult) -> dict[str, Any]:
    """A result of Checkov's, whole."""
    return {
        **{name: getattr(result, name) for name in _POLICY_TEXTS},
        "state": str(result.state),
        "origin": encode_origin(result.origin),
        "keys": list(result.keys),
        "rests_on": list(result.rests_on),
        "differs": list(result.differs),
        "present": result.present,
        "skip": result.skip,
    }


def decode_policy(data: Mapping[str, Any]) -> PolicyResult:
    """What :func:`encode_policy` wrote."""
    return PolicyResult(
        **{name: data[name] for name in _POLICY_TEXTS},
        state=State(data["state"]),
        origin=decode_origin(data["origin"]),
        keys=tuple(data["keys"]),
        rests_on=tuple(data["rests_on"]),
        differs=tuple(data.get("differs", ())),
        present=data["present"],
        skip=data["skip"],
    )


_POLICY_TEXTS = ("policy", "title", "resource", "kind", "cause")
_SCAN_TEXTS = ("version", "failed", "mend", "seconds")


def encode_scan(scan: PolicyScan | None) -> dict[str, Any] | None:
    """What Checkov says of itself: everything but its results."""
    if scan is None:
        return None
    return {
        **{name: getattr(scan, name) for name in _SCAN_TEXTS},
        "unparsed": list(scan.unparsed),
        "unseen": list(scan.unseen),
    }


def decode_scan(data: Mapping[str, Any] | None) -> PolicyScan | None:
    """What :func:`encode_scan` wrote, without results."""
    if data is None:
        return None
    plain = {name: data[name] for name in _SCAN_TEXTS}
    return PolicyScan(unparsed=tuple(data["unparsed"]), unseen=tuple(data.get("unseen", ())), **plain)


_PLAIN = ("plane", "started", "finished", "caller", "source")


def encode_header(observation: Observation) -> dict[str, Any]:
    """What an observation says of itself: everything but what was read."""
    return {
        **{name: getattr(observation, name) for name in _PLAIN},
        "accounts": list(observation.accounts),
        "regions": list(observation.regions),
        "kinds": None if observation.kinds is None else list(observation.kinds),
        "portions": [asdict(one) for one in observation.portions],
        "checkov": encode_scan(observation.policies),
    }


def decode_header(data: Mapping[str, Any]) -> Observation:
    """What :func:`encode_header` wrote, as an observation of nothing."""
    return Observation(
        resources=(),
        accounts=tuple(data["accounts"]),
        regions=tuple(data["regions"]),
        kinds=None if data["kinds"] is None else tuple(data["kinds"]),
        # An observation that was kept before there were portions has none.
        portions=tuple(
            Portion(one["kind"], one["attribute"], tuple(one["values"])) for one in data.get("portions", ())
        ),
        policies=decode_scan(data.get("checkov")),
        **{name: data[name] for name in _PLAIN},
    )


def policy_results(observation: Observation) -> tuple[PolicyResult, ...]:
    """What Checkov came to; nothing where it was not asked."""
    return observation.policies.results if observation.policies else ()


def with_results(scan: PolicyScan | None, results: Iterable[PolicyResult]) -> PolicyScan | None:
    """A scan with its results, which travel apart from it."""
    return replace(scan, results=tuple(results)) if scan else None


def encode_observation(observation: Observation) -> dict[str, Any]:
    """An observation, whole."""
    return {
        **encode_header(observation),
        "resources": [encode_resource(resource) for resource in observation.resources],
        "gaps": [encode_gap(gap) for gap in observation.gaps],
        "findings": [encode_finding(finding) for finding in observation.findings],
        "calls": [encode_call(call) for call in observation.calls],
        "data_sources": [encode_resource(resource) for resource in observation.data_sources],
        "policies": [encode_policy(result) for result in policy_results(observation)],
    }


def decode_observation(data: Mapping[str, Any]) -> Observation:
    """What :func:`encode_observation` wrote."""
    header = decode_header(data)
    return replace(
        header,
        resources=tuple(decode_resource(one) for one in data["resources"]),
        gaps=tuple(decode_gap(one) for one in data["gaps"]),
        findings=tuple(decode_finding(one) for one in data["findings"]),
        calls=tuple(decode_call(one) for one in data["calls"]),
        data_sources=tuple(decode_resource(one) for one in data.get("data_sources", ())),
        policies=with_results(header.policies, map(decode_policy, data.get("policies", ()))),
    )


def describe_resource(resource: Resource) -> dict[str, Any]:
    """A resource as ``observe --json`` shows it."""
    return {
        "address": resource.identity,
        "kind": resource.kind,
        "attributes": encode(dict(resource.attributes)),
        "file": resource.origin.file,
        "line": resource.origin.line,
        "account": resource.account,
        "region": resource.region,
    }
