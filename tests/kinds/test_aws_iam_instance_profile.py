from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from audits.kinds.aws_iam_instance_profile import KIND
from audits.model import Cause
from tests.kinds.support import agrees, live

MADE = datetime(2025, 1, 1, tzinfo=UTC)
ARN = "arn:aws:iam::123456789012:instance-profile/nat"


def answers(*roles: dict[str, Any]) -> dict[tuple[str, str], Any]:
    profile = {
        "Path": "/",
        "InstanceProfileName": "nat",
        "InstanceProfileId": "AIPA1",
        "Arn": ARN,
        "CreateDate": MADE,
        "Roles": list(roles),
    }
    return {("iam", "list_instance_profiles"): [{"InstanceProfiles": [profile]}]}


def test_both_planes_agree() -> None:
    role = {"Path": "/", "RoleName": "nat", "RoleId": "AROA", "Arn": "arn:role", "CreateDate": MADE}
    (found,) = live(KIND, answers(role))
    agrees({"name": "nat", "role": "nat", "path": KIND.defaults["path"].value}, found.attributes)
    assert found.identity == ARN


def test_no_role_is_none_and_tags_are_unknown() -> None:
    (found,) = live(KIND, answers())
    assert found.attributes["role"] is None
    assert found.attributes["tags"].cause is Cause.UNSUPPORTED
