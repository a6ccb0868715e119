"""Groups of users in user pools, with the roles that they give.

Sources: provider documentation of ``aws_cognito_user_group``; Cognito User Pools API Reference, ListGroups.
"""

from __future__ import annotations

from collections.abc import Iterable

from audits.kind import Kind, Read, Reader
from audits.kinds._cognito import POOLS, in_pools
from audits.model import Resource


def _from_live(reader: Reader) -> Iterable[Resource]:
    def groups(pool: str) -> list[Resource]:
        found = reader.pages("cognito-idp", "list_groups", "Groups", UserPoolId=pool)
        return [
            reader.resource(
                "aws_cognito_user_group",
                f"{pool}/{one['GroupName']}",
                {
                    "id": f"{pool}/{one['GroupName']}",
                    "name": one["GroupName"],
                    "user_pool_id": pool,
                    "description": one.get("Description", ""),
                    "precedence": one.get("Precedence"),
                    "role_arn": one.get("RoleArn", ""),
                },
            )
            for one in found
        ]

    return in_pools(reader, groups)


KIND = Kind(
    type="aws_cognito_user_group",
    identity=("name",),
    names=("id",),
    reads=(POOLS, Read("cognito-idp", "list_groups")),
    from_live=_from_live,
)
