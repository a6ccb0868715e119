"""Security groups that Terraform attaches to an interface by a resource of their own.

Source: provider documentation of ``aws_network_interface_sg_attachment``: used "in conjunction with security groups
provided in-line", on the interface or its instance, it "will cause conflicts, and will lead to spurious diffs and
undefined behavior". Without such, it adds to the groups that AWS gives an interface by itself. Either way the group is
there, and so may others be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audits.kind import Part
from audits.model import Cause, Resource, Unknown

_TYPE = "aws_network_interface_sg_attachment"


def attached_groups(into: str, *named_by: str) -> Part:
    """The part that adds to the groups in ``into``.

    ``named_by``: what of the parent its interface may be. An instance's is ``primary_network_interface_id``; ``id``
    goes with it, so that an interface which is declared for itself is not taken for the one that AWS makes.
    """

    def convert(part: Resource) -> Mapping[str, Any]:
        group = part.attributes.get("security_group_id")
        detail = f"{part.identity} attaches a group beside those that are there"
        known = [] if group is None else [group]
        return {into: Unknown(Cause.UNSET, detail=detail, partial=known, open=True, not_null=True)}

    return Part(_TYPE, "network_interface_id", (into,), named_by, convert)
