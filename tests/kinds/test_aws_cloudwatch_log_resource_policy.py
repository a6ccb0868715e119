from __future__ import annotations

import json

from audits.kinds.aws_cloudwatch_log_resource_policy import KIND
from tests.kinds.support import declared, in_account, in_source
from tests.planes.live.world import moto_account

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "es.amazonaws.com"}}]}


def test_both_planes_agree() -> None:
    with moto_account() as world:
        world.client("logs").put_resource_policy(policyName="p", policyDocument=json.dumps(POLICY))
        found = in_account(KIND, world.only(KIND, policy_name="p"))
    configured = in_source(
        KIND, declared("aws_cloudwatch_log_resource_policy", policy_name="p", policy_document=json.dumps(POLICY))
    )
    assert found.attributes["policy_document"] == configured.attributes["policy_document"] == POLICY
    assert found.key == configured.key == "p"
