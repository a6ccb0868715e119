"""ECR repositories, with their repository policy and lifecycle policy.

Canonical shape: ``policy`` and ``lifecycle_policy`` are one document each, "" where there is none. Sources: provider
documentation of ``aws_ecr_repository`` and its two parts; ECR API Reference, DescribeRepositories, GetRepositoryPolicy,
GetLifecyclePolicy and ListTagsForResource.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._details import OF_TERRAFORM, document, only, plan_default, tag_pairs, told
from audits.model import Resource, Value

_PLAN = plan_default("aws_ecr_repository")
_UNSCANNED: list[Value] = [{"scan_on_push": False}]
_PLAINLY_ENCRYPTED: list[Value] = [{"encryption_type": "AES256", "kms_key": ""}]


def _from_terraform(repository: Resource) -> Resource:
    """What a repository is that says nothing of scanning and encryption.

    "If this parameter is not specified, it will default to false" (ImageScanningConfiguration); "by default, when no
    encryption configuration is set, Amazon ECR uses server-side encryption … with an AES-256 algorithm"
    (EncryptionConfiguration, both ECR API Reference).
    """
    repository = only(repository, "policy", "lifecycle_policy")
    attributes = dict(repository.attributes)
    defaulted = dict(repository.defaulted)
    for name, blocks in (
        ("image_scanning_configuration", _UNSCANNED),
        ("encryption_configuration", _PLAINLY_ENCRYPTED),
    ):
        if attributes.get(name, []) == []:
            attributes[name] = blocks
            defaulted[name] = "ECR API Reference, CreateRepository"
    return replace(repository, attributes=attributes, defaulted=defaulted)


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("ecr", "describe_repositories", "repositories"), partial(_repository, reader))


def _repository(reader: Reader, repository: Mapping[str, Any]) -> Resource:
    arn, name, registry = repository["repositoryArn"], repository["repositoryName"], repository["registryId"]
    scanning = repository.get("imageScanningConfiguration") or {}
    encryption = repository.get("encryptionConfiguration") or {}
    ask = partial(told, reader, "ecr", resource=arn)
    attributes: dict[str, Value] = {
        "id": name,
        "arn": arn,
        "name": name,
        "registry_id": registry,
        "repository_url": repository.get("repositoryUri"),
        "image_tag_mutability": repository.get("imageTagMutability"),
        "image_scanning_configuration": [{"scan_on_push": scanning.get("scanOnPush", False)}],
        "encryption_configuration": [
            {
                "encryption_type": encryption.get("encryptionType", "AES256"),
                "kms_key": encryption.get("kmsKey", ""),
            }
        ],
        "force_delete": OF_TERRAFORM,
        **ask(
            "get_repository_policy",
            lambda answer: {"policy": answer.get("policyText", "")},
            none={"policy": ""},
            registryId=registry,
            repositoryName=name,
        ),
        **ask(
            "get_lifecycle_policy",
            lambda answer: {"lifecycle_policy": answer.get("lifecyclePolicyText", "")},
            none={"lifecycle_policy": ""},
            registryId=registry,
            repositoryName=name,
        ),
        **ask(
            "list_tags_for_resource",
            lambda answer: {"tags": tag_pairs(answer.get("tags"))},
            none={"tags": {}},
            resourceArn=arn,
        ),
    }
    return reader.resource("aws_ecr_repository", arn, attributes)


def _part(name: str, into: str) -> Part:
    return Part(name, "repository", (into,), ("id", "name"), document("policy", into), many=False)


KIND = Kind(
    type="aws_ecr_repository",
    identity=("name",),
    names=("id", "arn", "name", "repository_url"),
    on_demand={"policy": ("policy",), "lifecycle_policy": ("lifecycle_policy",)},
    reads=(
        Read("ecr", "describe_repositories"),
        Read("ecr", "get_repository_policy", absent=("RepositoryPolicyNotFoundException",)),
        Read("ecr", "get_lifecycle_policy", absent=("LifecyclePolicyNotFoundException",)),
        Read("ecr", "list_tags_for_resource"),
    ),
    documents=("policy", "lifecycle_policy"),
    defaults={"image_tag_mutability": Default("MUTABLE", _PLAN), "force_delete": Default(False, _PLAN)},
    parts=(
        _part("aws_ecr_repository_policy", "policy"),
        _part("aws_ecr_lifecycle_policy", "lifecycle_policy"),
    ),
    extra={"policy": "dynamic", "lifecycle_policy": "dynamic"},
    from_terraform=_from_terraform,
    from_live=_from_live,
)
