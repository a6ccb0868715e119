"""Clients of user pools: that they are there, and whose.

How one is set up is told only by DescribeUserPoolClient, whose answer holds the client's secret, so it is never asked.
Sources: provider documentation of ``aws_cognito_user_pool_client``; Cognito User Pools API Reference,
ListUserPoolClients.
"""

from __future__ import annotations

from collections.abc import Iterable

from audits.kind import Kind, Read, Reader
from audits.kinds._cognito import POOLS, in_pools
from audits.model import Resource


def _from_live(reader: Reader) -> Iterable[Resource]:
    def clients(pool: str) -> list[Resource]:
        found = reader.pages("cognito-idp", "list_user_pool_clients", "UserPoolClients", UserPoolId=pool, MaxResults=60)
        return [
            reader.resource(
                "aws_cognito_user_pool_client",
                f"{pool}/{one['ClientId']}",
                {"id": one["ClientId"], "name": one["ClientName"], "user_pool_id": pool},
            )
            for one in found
        ]

    return in_pools(reader, clients)


KIND = Kind(
    type="aws_cognito_user_pool_client",
    identity=("name",),
    names=("id",),
    reads=(POOLS, Read("cognito-idp", "list_user_pool_clients")),
    secrets=("client_secret", "analytics_configuration[*].external_id"),
    from_live=_from_live,
)
