from __future__ import annotations

import json
from typing import Any

from audits.kinds.aws_ecr_repository import KIND
from tests.kinds.support import DENIED, Absent, agrees, declared, in_account, in_source, live, reference
from tests.planes.live.world import moto_account

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}]}
LIFECYCLE = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10},
            "action": {"type": "expire"},
        }
    ]
}
SCANNED = {
    "name": "api",
    "image_tag_mutability": "IMMUTABLE",
    "image_scanning_configuration": [{"scan_on_push": True}],
}


def test_both_planes_agree_on_a_repository_with_its_policies() -> None:
    with moto_account() as world:
        client = world.client("ecr")
        client.create_repository(
            repositoryName="api",
            imageTagMutability="IMMUTABLE",
            imageScanningConfiguration={"scanOnPush": True},
            tags=[{"Key": "x", "Value": "y"}],
        )
        client.set_repository_policy(repositoryName="api", policyText=json.dumps(POLICY))
        client.put_lifecycle_policy(repositoryName="api", lifecyclePolicyText=json.dumps(LIFECYCLE))
        found = world.only(KIND, name="api")
    of = reference("aws_ecr_repository.this", "name")
    configured = in_source(
        KIND,
        declared("aws_ecr_repository", **SCANNED, tags={"x": "y"}),
        declared("aws_ecr_repository_policy", repository=of, policy=json.dumps(POLICY)),
        declared("aws_ecr_lifecycle_policy", repository=of, policy=json.dumps(LIFECYCLE)),
    )
    assert configured.attributes["policy"] == POLICY and configured.attributes["lifecycle_policy"] == LIFECYCLE
    actual = in_account(KIND, found).attributes
    names = (*SCANNED, "policy", "lifecycle_policy", "tags", "encryption_configuration")
    agrees({name: configured.attributes[name] for name in names}, actual)


def test_what_source_leaves_out_is_as_aws_documents_it() -> None:
    found = in_source(KIND, declared("aws_ecr_repository", name="api"))
    assert found.attributes["image_scanning_configuration"] == [{"scan_on_push": False}]
    assert found.attributes["encryption_configuration"] == [{"encryption_type": "AES256", "kms_key": ""}]
    assert {"image_scanning_configuration", "encryption_configuration"} <= set(found.defaulted)
    assert "policy" not in found.attributes


def _answers(**changes: Any) -> dict[tuple[str, str], Any]:
    repository = {"repositoryArn": "arn:r", "repositoryName": "api", "registryId": "123456789012"}
    return {
        ("ecr", "describe_repositories"): {"repositories": [repository]},
        ("ecr", "get_repository_policy"): Absent("RepositoryPolicyNotFoundException"),
        ("ecr", "get_lifecycle_policy"): Absent("LifecyclePolicyNotFoundException"),
        ("ecr", "list_tags_for_resource"): {"tags": []},
        **{("ecr", name): answer for name, answer in changes.items()},
    }


def test_none_is_not_the_same_as_not_to_be_seen() -> None:
    (found,) = live(KIND, _answers())
    assert found.attributes["policy"] == found.attributes["lifecycle_policy"] == ""
    (found,) = live(KIND, _answers(get_lifecycle_policy=DENIED))
    assert found.attributes["policy"] == "" and found.attributes["lifecycle_policy"] == DENIED
