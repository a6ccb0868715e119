"""Backup plans: when copies are made, and how long they are kept.

Sources: provider documentation of ``aws_backup_plan``; AWS Backup API Reference, ListBackupPlans, GetBackupPlan and
ListTags.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._details import tag_map, told
from audits.model import Resource, Value

PLANS = Read("backup", "list_backup_plans")


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("backup", "list_backup_plans", "BackupPlansList"), partial(_plan, reader))


def _plan(reader: Reader, listed: Mapping[str, Any]) -> Resource:
    identifier, arn = listed["BackupPlanId"], listed["BackupPlanArn"]
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        "name": listed.get("BackupPlanName"),
        "version": listed.get("VersionId"),
        **told(
            reader,
            "backup",
            "get_backup_plan",
            lambda answer: _described(answer["BackupPlan"]),
            resource=arn,
            none=_described({}),
            BackupPlanId=identifier,
        ),
        **told(
            reader,
            "backup",
            "list_tags",
            lambda answer: {"tags": tag_map(answer.get("Tags"))},
            resource=arn,
            none={"tags": {}},
            ResourceArn=arn,
        ),
    }
    return reader.resource("aws_backup_plan", arn, attributes)


def _described(plan: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "rule": [_rule(one) for one in plan.get("Rules") or ()],
        "advanced_backup_setting": [
            {"resource_type": one.get("ResourceType"), "backup_options": dict(one.get("BackupOptions") or {})}
            for one in plan.get("AdvancedBackupSettings") or ()
        ],
    }


def _rule(rule: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "rule_name": rule["RuleName"],
        "target_vault_name": rule["TargetBackupVaultName"],
        "schedule": rule.get("ScheduleExpression", ""),
        "schedule_expression_timezone": rule.get("ScheduleExpressionTimezone", ""),
        "enable_continuous_backup": rule.get("EnableContinuousBackup", False),
        "start_window": rule.get("StartWindowMinutes"),
        "completion_window": rule.get("CompletionWindowMinutes"),
        "recovery_point_tags": dict(rule.get("RecoveryPointTags") or {}),
        "lifecycle": _lifecycle(rule),
        "copy_action": [
            {"destination_vault_arn": one["DestinationBackupVaultArn"], "lifecycle": _lifecycle(one)}
            for one in rule.get("CopyActions") or ()
        ],
    }


def _lifecycle(of: Mapping[str, Any]) -> list[Value]:
    found = of.get("Lifecycle")
    if not found:
        return []
    return [
        {
            "cold_storage_after": found.get("MoveToColdStorageAfterDays", 0),
            "delete_after": found.get("DeleteAfterDays", 0),
            "opt_in_to_archive_for_supported_resources": found.get("OptInToArchiveForSupportedResources", False),
        }
    ]


KIND = Kind(
    type="aws_backup_plan",
    identity=("name",),
    names=("id", "arn"),
    reads=(PLANS, Read("backup", "get_backup_plan"), Read("backup", "list_tags")),
    defaults={
        "rule[*].start_window": Default(60, "provider 5.100 schema default of rule.start_window"),
        "rule[*].completion_window": Default(180, "provider 5.100 schema default of rule.completion_window"),
    },
    from_live=_from_live,
)
