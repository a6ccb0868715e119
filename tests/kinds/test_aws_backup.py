"""Backup vaults, plans and selections; moto knows no access policies of vaults and no selections."""

from __future__ import annotations

import json
from typing import Any

from audits.kinds import aws_backup_plan, aws_backup_selection, aws_backup_vault
from tests.kinds.support import DENIED, Absent, agrees, declared, in_account, in_source, live, reference
from tests.planes.live.world import moto_account

RULE = {"rule_name": "daily", "target_vault_name": "vault", "schedule": "cron(0 12 * * ? *)"}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "backup:Delete*"}]}


def test_both_planes_agree_on_a_plan() -> None:
    kind = aws_backup_plan.KIND
    with moto_account() as world:
        client = world.client("backup")
        client.create_backup_vault(BackupVaultName="vault")
        client.create_backup_plan(
            BackupPlan={
                "BackupPlanName": "p",
                "Rules": [
                    {
                        "RuleName": "daily",
                        "TargetBackupVaultName": "vault",
                        "ScheduleExpression": "cron(0 12 * * ? *)",
                        "StartWindowMinutes": 60,
                        "CompletionWindowMinutes": 180,
                        "Lifecycle": {"DeleteAfterDays": 14},
                    }
                ],
            },
            BackupPlanTags={"x": "y"},
        )
        found = in_account(kind, world.only(kind, name="p"))
    rule = {**RULE, "lifecycle": [{"delete_after": 14}]}
    configured = in_source(kind, declared(kind.type, name="p", rule=[rule], tags={"x": "y"})).attributes
    wanted = {name: value for name, value in configured["rule"][0].items() if value != []}
    agrees({"name": "p", "rule": [wanted], "tags": {"x": "y"}}, found.attributes)


def _vault(**changes: Any) -> dict[tuple[str, str], Any]:
    vault = {"BackupVaultName": "vault", "BackupVaultArn": "arn:v", "NumberOfRecoveryPoints": 3}
    return {
        ("backup", "list_backup_vaults"): {"BackupVaultList": [{**vault, **changes}]},
        ("backup", "get_backup_vault_access_policy"): Absent("ResourceNotFoundException"),
        ("backup", "list_tags"): {"Tags": {"x": "y"}},
    }


def test_policy_and_lock_fold_into_their_vault() -> None:
    kind = aws_backup_vault.KIND
    by = {"backup_vault_name": reference("aws_backup_vault.this", "name")}
    configured = in_source(
        kind,
        declared(kind.type, name="vault", tags={"x": "y"}),
        declared("aws_backup_vault_policy", **by, policy=json.dumps(POLICY)),
        declared("aws_backup_vault_lock_configuration", **by, min_retention_days=7, max_retention_days=30),
    ).attributes
    assert configured["policy"] == POLICY
    answers = _vault(Locked=True, MinRetentionDays=7, MaxRetentionDays=30)
    answers["backup", "get_backup_vault_access_policy"] = {"Policy": json.dumps(POLICY)}
    (found,) = live(kind, answers)
    names = ("name", "policy", "lock_configuration", "tags")
    agrees({name: configured[name] for name in names}, in_account(kind, found).attributes)


def test_a_vault_without_policy_and_lock_has_none_and_a_denied_one_is_unknown() -> None:
    (found,) = live(aws_backup_vault.KIND, _vault())
    assert found.attributes["policy"] == "" and found.attributes["lock_configuration"] == []
    (hidden,) = live(aws_backup_vault.KIND, {**_vault(), ("backup", "get_backup_vault_access_policy"): DENIED})
    assert hidden.attributes["policy"] == DENIED


def test_both_planes_agree_on_a_selection() -> None:
    kind = aws_backup_selection.KIND
    answers = {
        ("backup", "list_backup_plans"): {"BackupPlansList": [{"BackupPlanId": "p"}]},
        ("backup", "list_backup_selections"): {
            "BackupSelectionsList": [{"SelectionId": "s", "SelectionName": "all", "IamRoleArn": "arn:r"}]
        },
        ("backup", "get_backup_selection"): {
            "BackupSelection": {
                "SelectionName": "all",
                "IamRoleArn": "arn:r",
                "Resources": ["*"],
                "ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "b", "ConditionValue": "c"}],
                "Conditions": {"StringEquals": [{"ConditionKey": "d", "ConditionValue": "e"}]},
            }
        },
    }
    (found,) = live(kind, answers)
    configured = declared(
        kind.type,
        name="all",
        plan_id="p",
        iam_role_arn="arn:r",
        resources=["*"],
        selection_tag=[{"type": "STRINGEQUALS", "key": "b", "value": "c"}],
        condition=[{"string_equals": [{"key": "d", "value": "e"}]}],
    )
    wanted = in_source(kind, configured).attributes
    agrees({name: value for name, value in wanted.items() if name != "condition"}, found.attributes)
    (condition,) = found.attributes["condition"]
    assert condition["string_equals"] == [{"key": "d", "value": "e"}]
