"""Terraform against the account, resource by resource and attribute by attribute. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from audits.drift.links import Links
from audits.drift.owners import Owned, Owners
from audits.drift.pairs import Pairs, is_read, pairs
from audits.drift.values import DOCUMENT, PARTS, Comparison, Difference, Found
from audits.kind import Kind
from audits.model import Observation, Resource, Value
from audits.provider_schema import block_of
from audits.view import View

_NOT_OF_THE_ACCOUNT = frozenset({"timeouts", "tags_all", "id", "arn"})
"""Of Terraform only, or the same as another attribute: all tags stand in ``tags`` on both planes."""

_POLICIES = ("inline_policy", "attached_policies")
_EMPTY_BY_ITSELF: Mapping[str, tuple[str, ...]] = {
    "aws_backup_vault": ("policy",),
    "aws_cloudwatch_log_group": ("metric_filter", "subscription_filter"),
    "aws_ecr_repository": ("policy",),
    "aws_iam_group": _POLICIES,
    "aws_iam_role": _POLICIES,
    "aws_iam_user": (*_POLICIES, "groups"),
    "aws_s3_bucket": ("policy", "cors_rule", "website"),
    "aws_secretsmanager_secret": ("policy",),
    "aws_security_group": ("ingress",),
}
"""What a resource is made without, by what the Create call of each says: where the source has none, there is none."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing in which Terraform and the account differ: an attribute, or (``path`` empty) the resource as a whole.

    ``live`` is None where Terraform's resource is missing in the account. ``default``: the source of the provider's
    default, where Terraform leaves the attribute out and its value is that.
    """

    terraform: Resource
    live: Resource | None
    difference: Difference
    default: str = ""

    @property
    def path(self) -> str:
        """The attribute's path."""
        return self.difference.path


@dataclass(frozen=True, slots=True)
class Explained:
    """A difference that is none, and why."""

    terraform: Resource
    live: Resource
    difference: Difference
    reason: str


@dataclass
class Count:
    """Attributes that Terraform sets: how many, how many of them were compared whole, and why not the others."""

    all: int = 0
    compared: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    def leave(self, reason: str, number: int = 1) -> None:
        """Count attributes as not compared."""
        self.all += number
        self.reasons[reason] = self.reasons.get(reason, 0) + number


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing the planes came to. ``open``: identity and path of what could not be compared, with the reason."""

    drift: tuple[Drift, ...]
    explained: tuple[Explained, ...]
    pairs: Pairs
    attributes: Count
    open: tuple[tuple[Resource, str, str], ...] = ()


def compare(
    terraform: Observation,
    live: Observation,
    kinds: Mapping[str, Kind],
    modules: Mapping[str, tuple[str, ...]] | None = None,
) -> Compared:
    """Compare two observations in canonical form, with keys that pair them. ``modules``: which kinds live in which."""
    paired = pairs(terraform, live, kinds)
    planes = _Planes(View(terraform, kinds, modules or {}), View(live, kinds))
    links = Links(planes.live, paired.live_of)
    owners = Owners(planes.terraform, planes.live)
    drift: list[Drift] = []
    explained: list[Explained] = []
    opened: list[tuple[Resource, str, str]] = []
    count = Count()
    for source, there in paired.matched:
        for name, found in _attributes(source, there, planes, links):
            whole = not found.open
            for one in found.differing:
                owned = owners.of(one, source, there)
                if owned is None:
                    drift.append(Drift(source, there, one, source.defaulted.get(name, "")))
                elif owned.certain:
                    explained.append(Explained(source, there, one, owned.reason))
                else:
                    whole = False
                    found += _left_open(one, owned)
            opened += [(source, path, reason) for path, reason in found.open]
            if whole:
                count.all += 1
                count.compared += 1
            else:
                count.leave(found.open[0][1].partition(":")[0])
    for source in paired.missing:
        drift.append(Drift(source, None, Difference("", None, None)))
        count.leave("missing in the account", len(list(_said(source, kinds.get(source.kind)))))
    for source, reason in paired.unmatched:
        kind = kinds.get(source.kind)
        why = "unmatched" if is_read(kind, live) else "kind not compared"
        count.leave(why, len(list(_said(source, kind))))
        opened.append((source, "", reason))
    return Compared(tuple(drift), tuple(explained), paired, count, tuple(opened))


def _left_open(one: Difference, owned: Owned) -> Found:
    return Found(open=((one.path, owned.reason),))


@dataclass(frozen=True, slots=True)
class _Planes:
    terraform: View
    live: View


def _attributes(source: Resource, live: Resource, planes: _Planes, links: Links) -> Iterator[tuple[str, Found]]:
    kind = planes.terraform.kinds[source.kind]
    comparison = Comparison(links.within(source).resolves, source.ignored, source.missing == "absent")
    # What gaps may hide is open in these, and what no reader gives is unknown.
    ours, theirs = planes.terraform.attributes(source), planes.live.attributes(live)
    ours = {**_none(kind, planes.terraform, theirs), **ours}
    for name in _said(replace(source, attributes=ours), kind):
        held = theirs.get(name)
        if name in source.defaulted and held is None and ours[name] is not None:
            # AWS leaves out of its answers what a resource has never been told.
            yield name, Found(open=((name, "the account says nothing of it"),))
            continue
        try:
            yield name, comparison.of(name, ours[name], held, wanted_of(name, kind))
        except RecursionError:
            yield name, Found(open=((name, "nested too deeply"),))


def _none(kind: Kind, view: View, held: Mapping[str, Value]) -> dict[str, Value]:
    """What nothing in the source makes, and AWS does not make by itself either: somebody added what there is."""
    names = _EMPTY_BY_ITSELF.get(kind.type, ())
    parts = {name: [part.type for part in kind.parts if name in part.into] for name in names}
    return {name: [] for name in names if held.get(name) and not view.all_gaps(kind.type, *parts[name])}


def _said(resource: Resource, kind: Kind | None) -> Sequence[str]:
    """The attributes that Terraform sets or has by default, of those that configuration can set."""
    block = block_of(resource.kind)
    if block is None:
        return [name for name in resource.attributes if name not in _NOT_OF_THE_ACCOUNT]
    able = {name for name, one in block["attributes"].items() if one.get("optional") or one.get("required")}
    able |= block["blocks"].keys() | set(kind.extra if kind else ())
    able -= _NOT_OF_THE_ACCOUNT | set(resource.computed)
    # A prefix is no more than the beginning of the name, which is compared itself.
    return [
        name
        for name, value in resource.attributes.items()
        if name in able
        and not _says_nothing(value, resource)
        and not (name.endswith("_prefix") and name[: -len("_prefix")] in able)
    ]


def _says_nothing(value: Value, resource: Resource) -> bool:
    """A state holds an empty text where nothing is set, too (Terraform's plugin SDK does not tell them apart)."""
    return value is None or (value == "" and resource.missing == "absent")


def wanted_of(name: str, kind: Kind) -> Any:
    """The type of an attribute by the provider's schema, or one of the shapes that are compared otherwise."""
    if name in kind.extra:
        return _folded(kind.extra[name], documents=name in kind.documents)
    block = block_of(kind.type) or {"attributes": {}, "blocks": {}}
    attribute = block["attributes"].get(name)
    wanted: Any = attribute["type"] if attribute else block["blocks"].get(name, "dynamic")
    return DOCUMENT if wanted == "dynamic" else wanted


def _folded(wanted: Value, *, documents: bool) -> Any:
    """What parts make has no order of its own."""
    if documents:
        return DOCUMENT
    if isinstance(wanted, list) and wanted[0] in ("list", "set"):
        return PARTS if wanted[1] == "dynamic" else ["set", wanted[1]]
    return PARTS if wanted == "dynamic" else wanted
