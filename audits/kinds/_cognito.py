"""What the kinds of Cognito share: the listing of the pools, on which all of them rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from audits.kind import Read, Reader
from audits.model import Resource

POOLS = Read("cognito-idp", "list_user_pools")
POOL = Read("cognito-idp", "describe_user_pool")
_AT_ONCE = 60


def pools(reader: Reader) -> list[dict[str, Any]]:
    """Every pool, as it is listed (``Id``, ``Name``)."""
    return reader.pages("cognito-idp", "list_user_pools", "UserPools", MaxResults=_AT_ONCE)


def in_pools(reader: Reader, convert: Callable[[str], list[Resource]]) -> list[Resource]:
    """What every pool holds; one that cannot be read hides nothing of the others."""
    return [one for found in reader.each(pools(reader), lambda pool: convert(pool["Id"])) for one in found]
