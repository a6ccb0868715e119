"""Checks are planned from specs alone."""

from __future__ import annotations

from dataclasses import replace

from audits.model import Spec
from audits.plan import checks, kinds_needed
from audits.relations import registry
from tests.factories import KINDS, control


def test_one_check_for_each_control_and_plane_that_is_wanted() -> None:
    one, other = control(), replace(control(), id="d", planes=("live",))
    spec = Spec("s.yaml", "s", "README.md", (one, other), "")
    assert [check.name for check in checks([spec], ("terraform", "live"))] == ["c[terraform]", "c[live]", "d[live]"]
    assert [check.name for check in checks([spec], ("terraform",))] == ["c[terraform]"]
    assert checks([spec], ()) == ()


def test_the_kinds_that_judging_needs() -> None:
    body = {
        "kind": "aws_db_instance",
        "select": {"referred_by": {"kind": "aws_s3_bucket", "path": "x"}},
        "expect": {"groups": {"items": {"refers_to": {"kind": "aws_security_group"}}}},
    }
    hidden = {"kind": "aws_db_instance", "expect": {"a[{b: {refers_to: {kind: aws_iam_role}}}].c": 1}}
    for given, names in (
        (body, ["aws_db_instance", "aws_s3_bucket", "aws_security_group"]),
        (hidden, ["aws_db_instance", "aws_iam_role"]),
    ):
        spec = Spec("s.yaml", "s", "README.md", (control(**given),), "")
        needed = kinds_needed(checks([spec], ("live",)), registry(), KINDS)
        assert [kind.type for kind in needed] == names
