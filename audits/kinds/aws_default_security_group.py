"""A VPC's default security group as Terraform adopts it, with its rules as ``aws_security_group`` has them.

In the account it is one security group among others, so it is read as ``aws_security_group`` there.

Source: provider documentation of ``aws_default_security_group``: adopting it removes all its rules, and what is written
in the resource is made anew; rules of their own may name its ``id`` all the same.
"""

from __future__ import annotations

from audits.kind import Default, Kind
from audits.kinds.aws_security_group import RULES, rules_taken_apart

_REMOVED = "provider documentation of aws_default_security_group: adopting it removes all rules (and none is declared)"
KIND = Kind(
    type="aws_default_security_group",
    identity=("vpc_id",),
    names=("id", "arn"),
    defaults={"ingress": Default([], _REMOVED), "egress": Default([], _REMOVED)},
    parts=RULES,
    from_terraform=rules_taken_apart,
)
