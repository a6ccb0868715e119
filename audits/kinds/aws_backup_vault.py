"""Backup vaults, with their access policy and lock.

Canonical shape: ``policy`` (one document, "" where there is none) and ``lock_configuration`` [{min_retention_days,
max_retention_days}], empty where the vault is not locked. Sources: provider documentation of ``aws_backup_vault`` and
its parts; AWS Backup API Reference, ListBackupVaults, GetBackupVaultAccessPolicy (``ResourceNotFoundException`` where
there is none) and ListTags.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._details import OF_TERRAFORM, document, only, plan_default, tag_map, told
from audits.model import Resource, Value


def _lock(part: Resource) -> Mapping[str, Any]:
    names = ("min_retention_days", "max_retention_days")
    return {"lock_configuration": [{name: part.attributes[name] for name in names if name in part.attributes}]}


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("backup", "list_backup_vaults", "BackupVaultList"), partial(_vault, reader))


def _vault(reader: Reader, vault: Mapping[str, Any]) -> Resource:
    name, arn = vault["BackupVaultName"], vault["BackupVaultArn"]
    lock = {"min_retention_days": vault.get("MinRetentionDays"), "max_retention_days": vault.get("MaxRetentionDays")}
    attributes: dict[str, Value] = {
        "id": name,
        "arn": arn,
        "name": name,
        "kms_key_arn": vault.get("EncryptionKeyArn", ""),
        "recovery_points": vault.get("NumberOfRecoveryPoints"),
        "force_destroy": OF_TERRAFORM,
        "lock_configuration": [lock] if vault.get("Locked") else [],
        **told(
            reader,
            "backup",
            "get_backup_vault_access_policy",
            lambda answer: {"policy": answer.get("Policy", "")},
            resource=arn,
            none={"policy": ""},
            BackupVaultName=name,
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
    return reader.resource("aws_backup_vault", arn, attributes)


_BY = ("id", "name")

KIND = Kind(
    type="aws_backup_vault",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(
        Read("backup", "list_backup_vaults"),
        Read("backup", "get_backup_vault_access_policy", absent=("ResourceNotFoundException",)),
        Read("backup", "list_tags"),
    ),
    documents=("policy",),
    defaults={"force_destroy": Default(False, plan_default("aws_backup_vault"))},
    parts=(
        Part("aws_backup_vault_policy", "backup_vault_name", ("policy",), _BY, document("policy"), many=False),
        Part(
            "aws_backup_vault_lock_configuration", "backup_vault_name", ("lock_configuration",), _BY, _lock, many=False
        ),
    ),
    extra={
        "policy": "dynamic",
        "lock_configuration": ["list", ["object", {"min_retention_days": "number", "max_retention_days": "number"}]],
    },
    from_terraform=lambda vault: only(vault, "policy"),
    from_live=_from_live,
)
