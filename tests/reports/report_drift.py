"""What a comparison of the planes looks like in a run."""

from __future__ import annotations

from typing import Any

from report_builders import Data, origin, unknown

PLACE = {"account": "000011112222", "region": "ap-northeast-2"}
ARN = "arn:aws:logs:ap-northeast-2:000011112222:log-group:demo"


def drifted(path: str, ours: Any, theirs: Any, **more: Any) -> Data:
    """A difference between Terraform and the account."""
    base: Data = {"state": "differs", "kind": "aws_cloudwatch_log_group", "severity": "medium", "key": "demo", **PLACE}
    place = origin("modules/data/main.tf", 14, calls=("main.tf:31 module.data",))
    terraform = {"resource": "module.data.aws_cloudwatch_log_group.main", "value": ours, "origin": place, "default": ""}
    there = {"resource": ARN, "value": theirs, "origin": origin(arn=ARN)}
    base |= {"path": path, "terraform": terraform, "live": there}
    return base | {"controls": [], "waiver": None, "baseline": None, "fails": True} | more


def foreign(**more: Any) -> Data:
    """A resource that is not Terraform's."""
    base: Data = {
        "kind": "aws_cloudwatch_log_group",
        "severity": "low",
        "resource": f"{ARN}-debug",
        "key": "demo-debug",
    }
    base |= {"name": "Debug", **PLACE, "spec": "specs/demo/database.yaml:3"}
    return base | {"controls": [], "waiver": None, "baseline": None, "fails": True} | more


def missing() -> Data:
    """Terraform's resource that is not in the account."""
    gone = drifted("", None, None, state="missing", live=None, severity="high", baseline="new")
    gone["terraform"] |= {"resource": "aws_sns_topic.alarms"}
    return gone


def defaulted() -> Data:
    """A difference from a provider's default."""
    found = drifted("skip_destroy", False, True, fails=False, baseline="known")
    found["terraform"] |= {"default": "provider 5.100 schema default"}
    return found


def in_korean() -> Data:
    """A comparison of things that have Korean names and values; one is waived."""
    tagged = drifted("tags.Team", "데이터", "서비스 운영")
    tagged["terraform"] |= {"resource": 'module.data.aws_cloudwatch_log_group.main["주문"]'}
    until = "이전이 끝날 때까지 (until 2026-12-31; waivers.yaml:2)"
    old = foreign(name="옛 로그", key="옛-로그", resource=f"{ARN}-옛", waiver=until, fails=False)
    return {"drift": [tagged], "unmanaged": [foreign(name="디버그"), old], "drift_coverage": COVERAGE}


DRIFT = [
    drifted("retention_in_days", 30, 7),
    drifted("tags.Owner", None, "somebody", fails=False, waiver="until the move (until 2026-12-31; waivers.yaml:2)"),
    drifted("kms_key_id", unknown("computed", "aws_kms_key.main.arn"), None, fails=False, controls=["log-encryption"]),
    missing(),
    defaulted(),
]


def beside(kind: str, resource: str, reason: str, **more: Any) -> Data:
    """Something that was not compared, or that asks for nothing."""
    return {"kind": kind, "resource": resource, "reason": reason, **more}


COVERAGE: Data = {
    "resources": {"compared": 31, "all": 47, "at_least": True},
    "attributes": {"compared": 199, "all": 237},
    "reasons": {"ignore_changes": 3, "not read from the account": 20, "unknown in the source": 15},
    "kinds_not_compared": [{"kind": "aws_eip", "resources": 2}],
    "unmatched": [
        beside("aws_route_table", "aws_route_table.main", "no name of it is known", origin=origin("main.tf", 3))
    ],
    "explained": [
        beside(
            "aws_ecs_service",
            "aws_ecs_service.api",
            "Application Auto Scaling sets it (aws_appautoscaling_target.api: 2 to 20)",
            path="desired_count",
            terraform=2,
            live=5,
        )
    ],
    "unmanaged": {
        "asked": True,
        "undecided": [beside("aws_instance", "i-1", "Terraform may hold it behind a gap: module.nat (missing module)")],
        "explained": [beside("aws_ebs_volume", "vol-1", "AWS makes it for i-2")],
        "elsewhere": [beside("aws_vpc", "vpc-1", "data.aws_vpc.shared reads it: it is managed elsewhere (main.tf:9)")],
    },
}

COMPARED: Data = {"drift": DRIFT, "unmanaged": [foreign()], "drift_coverage": COVERAGE}
NOTHING_FOUND: Data = {
    "drift": [],
    "unmanaged": [],
    "drift_coverage": {
        **COVERAGE,
        **{name: [] for name in ("kinds_not_compared", "unmatched", "explained")},
        "reasons": {},
        "resources": {"compared": 47, "all": 47, "at_least": False},
        "attributes": {"compared": 237, "all": 237},
        "unmanaged": {"asked": False, "undecided": [], "explained": [], "elsewhere": []},
    },
}
