from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from audits.kinds.aws_appautoscaling_target import KIND, NAMESPACES, YOUNG
from audits.model import Cause, Unknown
from tests.kinds.support import DENIED, Absent, FakeReader, agrees, finished, operation_of, source

TARGET: dict[str, Any] = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/glimpse-prod/glimpse-api",
    "ScalableDimension": "ecs:service:DesiredCount",
    "MinCapacity": 2,
    "MaxCapacity": 20,
    "RoleARN": "arn:role",
    "CreationTime": datetime(2025, 1, 1, tzinfo=UTC),
    "SuspendedState": dict.fromkeys(
        ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"), False
    ),
    "ScalableTargetARN": "arn:aws:application-autoscaling:ap-northeast-2:123456789012:scalable-target/1",
}


def reader(young: Any, target: dict[str, Any] | None = None) -> FakeReader:
    def answer(parameters: dict[str, Any]) -> Any:
        name = parameters["ServiceNamespace"]
        if name in YOUNG:
            return young
        return {"ScalableTargets": [target or TARGET] if name == "ecs" else []}

    return FakeReader(KIND, {("application-autoscaling", "describe_scalable_targets"): answer})


def test_both_planes_agree_on_the_documented_bounds() -> None:
    assert KIND.from_live is not None
    (found,) = KIND.from_live(reader({"ScalableTargets": []}))
    configured: dict[str, Any] = {
        "service_namespace": "ecs",
        "resource_id": "service/glimpse-prod/glimpse-api",
        "scalable_dimension": "ecs:service:DesiredCount",
        "min_capacity": 2,
        "max_capacity": 20,
        "suspended_state": [{"scheduled_scaling_suspended": False}],
    }
    agrees(finished(KIND, source(KIND.type, **configured)), found.attributes)
    assert found.identity == TARGET["ScalableTargetARN"]
    assert found.attributes["tags"].cause is Cause.UNSUPPORTED


def test_what_is_suspended_is_a_block_on_both_planes() -> None:
    suspended = {**TARGET["SuspendedState"], "DynamicScalingInSuspended": True}
    assert KIND.from_live is not None
    (found,) = KIND.from_live(reader({"ScalableTargets": []}, {**TARGET, "SuspendedState": suspended}))
    block = {"dynamic_scaling_in_suspended": True}
    agrees(
        finished(KIND, source(KIND.type, suspended_state=[block]))["suspended_state"],
        found.attributes["suspended_state"],
    )
    unknown = Unknown(Cause.VARIABLE)
    assert finished(KIND, source(KIND.type, suspended_state=unknown)) == {"suspended_state": unknown}


def test_every_namespace_of_the_model_is_asked() -> None:
    model = operation_of("application-autoscaling", "describe_scalable_targets").input_shape
    assert set(model.members["ServiceNamespace"].enum) == {*NAMESPACES, *YOUNG}


def test_a_namespace_that_the_endpoint_refuses_holds_nothing() -> None:
    asked = reader(Absent("ValidationException"))
    assert KIND.from_live is not None
    assert len(list(KIND.from_live(asked))) == 1
    assert len(asked.calls) == len(NAMESPACES) + len(YOUNG)


def test_a_namespace_that_fails_otherwise_is_left_to_the_listing() -> None:
    count = 0

    def answer(parameters: dict[str, Any]) -> Any:
        nonlocal count
        if parameters["ServiceNamespace"] != "neptune":
            return {"ScalableTargets": []}
        count += 1
        return DENIED if count == 1 else {"ScalableTargets": []}

    assert KIND.from_live is not None
    list(KIND.from_live(FakeReader(KIND, {("application-autoscaling", "describe_scalable_targets"): answer})))
    assert count == 2


def test_an_old_target_without_an_arn_has_an_identity_all_the_same() -> None:
    bare = {key: value for key, value in TARGET.items() if key not in ("ScalableTargetARN", "SuspendedState")}
    assert KIND.from_live is not None
    (found,) = KIND.from_live(reader({"ScalableTargets": []}, bare))
    assert found.identity == "ecs/service/glimpse-prod/glimpse-api/ecs:service:DesiredCount"
    assert found.attributes["suspended_state"] == []


def test_only_the_namespaces_that_are_asked_for_are_asked() -> None:
    asked = reader(Absent("ValidationException"))
    asked.only = frozenset({"ecs", "neptune"})
    assert KIND.from_live is not None
    assert len(list(KIND.from_live(asked))) == 1
    assert [parameters["ServiceNamespace"] for _, parameters in asked.calls] == ["ecs", "neptune"]


def test_a_namespace_that_nobody_knows_is_asked_for_and_may_be_refused() -> None:
    def answer(parameters: dict[str, Any]) -> Any:
        return Absent("ValidationException")

    asked = FakeReader(KIND, {("application-autoscaling", "describe_scalable_targets"): answer})
    asked.only = frozenset({"of-next-year"})
    assert KIND.from_live is not None
    assert list(KIND.from_live(asked)) == []
    assert len(asked.calls) == 1
