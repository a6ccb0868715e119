"""What a backup plan copies.

Sources: provider documentation of ``aws_backup_selection``; AWS Backup API Reference, ListBackupPlans,
ListBackupSelections and GetBackupSelection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds._details import told
from audits.kinds.aws_backup_plan import PLANS
from audits.model import Resource, Value

_CONDITIONS = {
    "string_equals": "StringEquals",
    "string_like": "StringLike",
    "string_not_equals": "StringNotEquals",
    "string_not_like": "StringNotLike",
}


def _from_live(reader: Reader) -> Iterable[Resource]:
    def selections(plan: Mapping[str, Any]) -> list[Resource]:
        found = reader.pages(
            "backup", "list_backup_selections", "BackupSelectionsList", BackupPlanId=plan["BackupPlanId"]
        )
        return reader.each(found, partial(_selection, reader, plan["BackupPlanId"]))

    plans = reader.pages("backup", "list_backup_plans", "BackupPlansList")
    return [one for found in reader.each(plans, selections) for one in found]


def _selection(reader: Reader, plan: str, listed: Mapping[str, Any]) -> Resource:
    identifier = listed["SelectionId"]
    identity = f"{plan}/{identifier}"
    attributes: dict[str, Value] = {
        "id": identifier,
        "plan_id": plan,
        "name": listed.get("SelectionName"),
        "iam_role_arn": listed.get("IamRoleArn"),
        **told(
            reader,
            "backup",
            "get_backup_selection",
            lambda answer: _described(answer["BackupSelection"]),
            resource=identity,
            none=_described({}),
            BackupPlanId=plan,
            SelectionId=identifier,
        ),
    }
    return reader.resource("aws_backup_selection", identity, attributes)


def _described(found: Mapping[str, Any]) -> dict[str, Value]:
    conditions = found.get("Conditions") or {}
    block = {
        name: [{"key": one["ConditionKey"], "value": one["ConditionValue"]} for one in conditions.get(key) or ()]
        for name, key in _CONDITIONS.items()
    }
    return {
        "resources": list(found.get("Resources") or ()),
        "not_resources": list(found.get("NotResources") or ()),
        "condition": [block] if any(block.values()) else [],
        "selection_tag": [
            {"type": one["ConditionType"], "key": one["ConditionKey"], "value": one["ConditionValue"]}
            for one in found.get("ListOfTags") or ()
        ],
    }


KIND = Kind(
    type="aws_backup_selection",
    identity=("name",),
    names=("id",),
    reads=(PLANS, Read("backup", "list_backup_selections"), Read("backup", "get_backup_selection")),
    from_live=_from_live,
)
