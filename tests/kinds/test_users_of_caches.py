"""Users of Redis caches, and their groups."""

from __future__ import annotations

from typing import Any

from audits.canonical import canonical
from audits.kinds.aws_elasticache_user import KIND as USER
from audits.kinds.aws_elasticache_user_group import KIND as GROUP
from audits.model import Observation, Redacted
from tests.kinds.support import live, reference, source
from tests.planes.live.world import moto_account

ARN = "arn:aws:elasticache:ap-northeast-2:123456789012"


def user(**more: Any) -> dict[str, Any]:
    return {"UserId": "app", "UserName": "app", "Engine": "redis", "ARN": f"{ARN}:user:app", **more}


def test_users_of_an_account() -> None:
    with moto_account() as world:
        world.client("elasticache").create_user(
            UserId="app", UserName="app", Engine="redis", AccessString="on ~app:* +@read", NoPasswordRequired=True
        )
        given = world.only(USER, user_id="app").attributes
    assert (given["user_name"], given["access_string"]) == ("app", "on ~app:* +@read")
    assert given["no_password_required"] is True


def test_what_moto_loses() -> None:
    authentications = [{"Type": "password", "PasswordCount": 2}, {"Type": "no-password"}, {"Type": "iam"}]
    found = live(
        USER,
        {
            ("elasticache", "describe_users"): {"Users": [user(Authentication=one) for one in authentications]},
            ("elasticache", "list_tags_for_resource"): {"TagList": [{"Key": "Name", "Value": "app"}]},
        },
    )
    modes = [one.attributes["authentication_mode"][0] for one in found]
    assert modes == [
        {"type": "password", "password_count": 2},
        {"type": "no-password-required", "password_count": 0},
        {"type": "iam", "password_count": 0},
    ]
    assert [one.attributes["no_password_required"] for one in found] == [False, True, False]
    assert found[0].attributes["tags"] == {"Name": "app"}


def test_passwords_are_removed() -> None:
    declared = source(USER.type, user_id="app", passwords=["not-a-secret"], authentication_mode=[{"passwords": ["x"]}])
    (found,) = canonical(Observation("terraform", (declared,)), {USER.type: USER}).resources
    assert isinstance(found.attributes["passwords"], Redacted)
    assert isinstance(found.attributes["authentication_mode"][0]["passwords"], Redacted)


def test_groups() -> None:
    """By AWS's shapes only: moto has no user groups."""
    group = {"UserGroupId": "apps", "Engine": "redis", "UserIds": ["default", "app"], "ARN": f"{ARN}:usergroup:apps"}
    (found,) = live(
        GROUP,
        {
            ("elasticache", "describe_user_groups"): {"UserGroups": [group]},
            ("elasticache", "list_tags_for_resource"): {"TagList": []},
        },
    )
    assert (found.attributes["id"], found.attributes["user_ids"]) == ("apps", ["default", "app"])


def test_a_member_by_a_part_is_one_in_the_list() -> None:
    own = reference("aws_elasticache_user_group.this", "id")
    parts = [
        source("aws_elasticache_user_group_association", name, user_group_id=own, user_id=name)
        for name in ("default", "app")
    ]
    declared = source(GROUP.type, user_group_id="apps", engine="redis")
    (found,) = canonical(Observation("terraform", (declared, *parts)), {GROUP.type: GROUP}).resources
    inline = source(GROUP.type, user_group_id="apps", engine="redis", user_ids=["default", "app"])
    (same,) = canonical(Observation("terraform", (inline,)), {GROUP.type: GROUP}).resources
    assert sorted(found.attributes["user_ids"]) == same.attributes["user_ids"] == ["app", "default"]
