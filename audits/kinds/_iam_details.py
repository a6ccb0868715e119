"""The one listing of IAM's that tells of roles, policies, users and groups, asked for those that are read in a run.

Source: IAM API Reference, GetAccountAuthorizationDetails ("Filter: a list of entity types used to filter the results").
"""

from __future__ import annotations

from typing import Any

from audits.kind import Read, Reader

DETAILS = Read("iam", "get_account_authorization_details")
_MOST = 1000
_ENTITIES = {
    "aws_iam_group": ("Group",),
    # Policies of AWS's own are there as well: what they allow counts where one is attached.
    "aws_iam_policy": ("LocalManagedPolicy", "AWSManagedPolicy"),
    "aws_iam_role": ("Role",),
    "aws_iam_user": ("User",),
}


def account_details(reader: Reader, result: str) -> list[dict[str, Any]]:
    """Every element of ``result`` (``RoleDetailList`` and the like), out of the listing for all kinds that need it."""
    entities = [entity for kind, found in _ENTITIES.items() if kind in reader.beside for entity in found]
    return reader.pages(DETAILS.service, DETAILS.operation, result, Filter=entities, MaxItems=_MOST)
