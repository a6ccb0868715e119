"""Which Terraform resource is which of the account's: by key, where it is known and unique on both sides.

Keys are those of :mod:`audits.pairing` where a state is given, else natural keys. A part of a natural key that refers
to a resource which is paired already is what that has in the account. What cannot be told is unmatched: it is neither
missing there nor unmanaged here. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from audits import places
from audits.canonical import natural_key
from audits.kind import Kind
from audits.model import FILE, Cause, Gap, Observation, Resource, Unknown, Value
from audits.places import Place

RENAMEABLE: Mapping[str, str] = {
    "aws_apigatewayv2_api": "UpdateApi, name",
    "aws_apigatewayv2_route": "UpdateRoute, routeKey",
    "aws_apigatewayv2_vpc_link": "UpdateVpcLink, name",
    "aws_api_gateway_rest_api": "UpdateRestApi, /name",
    "aws_api_gateway_vpc_link": "UpdateVpcLink, /name",
    "aws_cloudfront_cache_policy": "UpdateCachePolicy, Name",
    "aws_cloudfront_origin_access_control": "UpdateOriginAccessControl, Name",
    "aws_cloudfront_origin_request_policy": "UpdateOriginRequestPolicy, Name",
    "aws_cloudfront_response_headers_policy": "UpdateResponseHeadersPolicy, Name",
    "aws_cognito_user_pool": "UpdateUserPool, PoolName",
    "aws_cognito_user_pool_client": "UpdateUserPoolClient, ClientName",
    "aws_db_instance": "ModifyDBInstance, NewDBInstanceIdentifier",
    "aws_iam_group": "UpdateGroup, NewGroupName",
    "aws_iam_user": "UpdateUser, NewUserName",
    "aws_lb_listener": "ModifyListener, Port",
    "aws_rds_cluster": "ModifyDBCluster, NewDBClusterIdentifier",
    "aws_rds_cluster_instance": "ModifyDBInstance, NewDBInstanceIdentifier",
}
"""Kinds whose natural key a call can change: what is not there by its key may have another one now."""
_NO_KEY = "no name of it is known that would be unique: give a state (--state)"


@dataclass(frozen=True)
class Pairs:
    """Both planes' resources, paired.

    ``missing``: in Terraform, and certainly not in the account. ``unmatched``: in Terraform, and it cannot be told
    which of the account's they are, with the reason. ``left``: the account's that pair with none.
    """

    matched: tuple[tuple[Resource, Resource], ...]
    missing: tuple[Resource, ...]
    unmatched: tuple[tuple[Resource, str], ...]
    left: tuple[Resource, ...]
    live_of: Mapping[str, Resource] = field(default_factory=dict)


def pairs(terraform: Observation, live: Observation, kinds: Mapping[str, Kind]) -> Pairs:
    """Pair what both planes read."""
    resources = [one for one in terraform.resources if one.kind not in ("module", FILE)]
    found: dict[str, Resource] = {}
    keys: dict[str, str] = {}
    for _ in range(4):
        keys = {one.identity: key for one in resources if (key := _key(one, kinds.get(one.kind), found)) is not None}
        paired = _by_key(resources, keys, live, kinds)
        if paired.keys() == found.keys():
            break
        found = paired
    taken = {id(one) for one in found.values()}
    left = [one for one in live.resources if id(one) not in taken]
    rest = [one for one in resources if one.identity not in found]
    beside = _Beside.of(left, rest, keys, kinds)
    reasons = {one.identity: _undecided(one, keys, live, beside, kinds.get(one.kind)) for one in rest}
    return Pairs(
        tuple((one, found[one.identity]) for one in resources if one.identity in found),
        tuple(one for one in rest if not reasons[one.identity]),
        tuple((one, reasons[one.identity]) for one in rest if reasons[one.identity]),
        tuple(left),
        found,
    )


def is_read(kind: Kind | None, live: Observation) -> bool:
    """Whether the account was asked for a kind."""
    if kind is None or kind.from_live is None:
        return False
    return live.kinds is None or kind.type in live.kinds


def _key(resource: Resource, kind: Kind | None, found: Mapping[str, Resource]) -> str | None:
    """The resource's key; what refers to a paired resource is taken for what that has in the account."""
    if resource.key is not None or kind is None or not kind.identity:
        return resource.key
    values = [_settled(resource.attributes.get(name), found) for name in kind.identity]
    if any(not isinstance(one, str | int) or isinstance(one, bool) or one == "" for one in values):
        return None
    return "/".join(map(str, values))


def _settled(value: Value, found: Mapping[str, Resource]) -> Value:
    if not isinstance(value, Unknown):
        return value
    if value.parts:
        parts = [one if isinstance(one, str) else _settled(one, found) for one in value.parts]
        return "".join(parts) if all(isinstance(one, str) for one in parts) else None
    if value.cause is not Cause.COMPUTED or len(value.references) != 1 or value.derived or value.partial is not None:
        return None
    other = found.get(value.references[0].address)
    return other.attributes.get(value.references[0].attribute or "id") if other is not None else None


def _by_key(
    resources: Iterable[Resource], keys: Mapping[str, str], live: Observation, kinds: Mapping[str, Kind]
) -> dict[str, Resource]:
    there: dict[tuple[str, str], list[Resource]] = {}
    for one in live.resources:
        if one.key is not None:
            there.setdefault((one.kind, one.key), []).append(one)
    chosen: dict[str, Resource] = {}
    for one in resources:
        if one.existence is None and one.identity in keys:
            alike = [other for other in there.get((one.kind, keys[one.identity]), ()) if _shared(one, other, kinds)]
            if len(alike) == 1:
                chosen[one.identity] = alike[0]
    owners: dict[int, list[str]] = {}
    for address, other in chosen.items():
        owners.setdefault(id(other), []).append(address)
    # A resource that may be there under the same key (an unknown count) makes the key anybody's.
    perhaps = {
        (one.kind, keys[one.identity]) for one in resources if one.existence is not None and one.identity in keys
    }
    return {
        address: other
        for address, other in chosen.items()
        if len(owners[id(other)]) == 1 and (other.kind, keys[address]) not in perhaps
    }


def _shared(one: Resource, other: Resource, kinds: Mapping[str, Kind]) -> bool:
    kind = kinds.get(one.kind)
    return places.shared(places.place_of(one, kind), places.place_of(other, kind))


@dataclass(frozen=True, slots=True)
class _Beside:
    """What pairs with none.

    ``there``: the account's keys (None: it has none) by kind and place. ``ours``: how often the source has each.
    """

    there: Mapping[str, Mapping[Place, Mapping[str | None, None]]]
    ours: Counter[tuple[str, str | None]]

    @classmethod
    def of(
        cls,
        left: Iterable[Resource],
        rest: Iterable[Resource],
        keys: Mapping[str, str],
        kinds: Mapping[str, Kind],
    ) -> _Beside:
        """Of the account's resources and of the source's."""
        there: dict[str, dict[Place, dict[str | None, None]]] = {}
        for one in left:
            place = places.place_of(one, kinds.get(one.kind))
            there.setdefault(one.kind, {}).setdefault(place, {})[one.key] = None
        return cls(there, Counter((one.kind, keys.get(one.identity)) for one in rest))

    def near(self, resource: Resource, kind: Kind | None) -> list[str | None]:
        """The keys of those that may be the resource, by where they lie."""
        here = places.place_of(resource, kind)
        found = self.there.get(resource.kind, {}).items()
        return [key for place, keys in found if places.shared(here, place) for key in keys]


def _undecided(
    resource: Resource, keys: Mapping[str, str], live: Observation, beside: _Beside, kind: Kind | None
) -> str:
    """Why it cannot be told whether the resource is in the account; nothing where it certainly is not."""
    if not is_read(kind, live):
        return "the account was not asked for this kind"
    if resource.existence is not None:
        return f"whether it exists: {resource.existence.describe()}"
    key = keys.get(resource.identity)
    if key is None:
        return _NO_KEY
    elsewhere = _not_gone_to(resource, kind, live)
    if elsewhere:
        return elsewhere
    gap = hiding(resource, kind, live)
    if gap is not None:
        return f"may lie behind a gap: {gap.scope}"
    near = beside.near(resource, kind)
    if None in near or key in near:
        return "it may be one of the account's whose name is not known, or not unique"
    if beside.ours[resource.kind, key] > 1:
        return "several resources of the source have its name"
    if near and resource.kind in RENAMEABLE and not _by_state(resource, kind):
        return f"it may be there under another name ({near[0]}): give a state (--state)"
    return ""


def _by_state(resource: Resource, kind: Kind | None) -> bool:
    """Whether its key is the identifier that a state knows it by."""
    return kind is not None and resource.key is not None and resource.key != natural_key(resource, kind)


def _not_gone_to(resource: Resource, kind: Kind | None, live: Observation) -> str:
    if resource.account and live.accounts and resource.account not in live.accounts:
        return f"its account {resource.account} was not read"
    regional = kind is not None and kind.scope == "regional"
    if regional and resource.region and live.regions and resource.region not in live.regions:
        return f"its region {resource.region} was not read"
    return ""


def hiding(resource: Resource, kind: Kind | None, live: Observation) -> Gap | None:
    """The gap behind which the account may hold it."""
    here = places.place_of(resource, kind)
    regional = kind is not None and kind.scope == "regional"
    left_out = [one.rest("live") for one in live.portions if resource.attributes.get(one.attribute) not in one.values]
    for gap in (*live.gaps, *left_out):
        covers = gap.covers(resource.kind)
        if covers and places.shared(here, places.Place(gap.account, gap.region if regional else None)):
            return gap
    return None
