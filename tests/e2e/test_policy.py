"""The generated policy under a server that enforces IAM: it suffices, and every action of it is needed.

moto's enforcement is right for most services. Where it is not (seen with moto 5.2.5), what is left out is named here;
that a denial of those calls decides nothing is proved by ``test_denied.py``.
"""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.exceptions import ClientError
from e2e_audit import Audited, judged, kinds_read, newly_decided, specs

from audits import kinds, plan, relations, sources
from audits.kind import Kind
from audits.model import Observation
from audits.planes.live.actions import iam_action, policy_document
from audits.planes.live.failures import DENIED
from examples.glimpse.account.demo import seeded
from examples.glimpse.account.seed import Clients
from examples.glimpse.account.server import environment

REFUSES_EVERYBODY = {
    "cloudfront": "its requests are taken for another service's, and denied whatever the policy says",
    "route53": "likewise",
    "apigateway": "likewise",
}
"""Services whose enforcement in moto is broken: kinds that read them are left out here."""

BY_THE_WRONG_NAME = {
    "s3:GetEncryptionConfiguration": "s3:ListBucket",
    "s3:GetBucketOwnershipControls": "s3:ListBucket",
    "s3:GetBucketPublicAccessBlock": "s3:ListBucket",
    # As which service CloudWatch's requests are signed.
    **{
        f"cloudwatch:{name}": f"monitoring:{name}"
        for name in ("DescribeAlarms", "GetDashboard", "ListDashboards", "ListTagsForResource")
    },
}
"""Actions for which moto asks for another one than AWS does (Service Authorization Reference)."""

WITHOUT_EFFECT = {
    "elasticloadbalancing:DescribeRules": "no listener of the account takes plain text, so no rule could forward it",
}
"""Actions whose answers no verdict on this account rests on, each with its reason."""

EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

KINDS = tuple(
    kind
    for kind in kinds_read()
    if not {iam_action(read).partition(":")[0] for read in kind.reads} & REFUSES_EVERYBODY.keys()
)


def _actions(read_by: Sequence[Kind]) -> list[str]:
    return sorted({iam_action(read) for kind in read_by for read in kind.reads})


ACTIONS = [action for action in _actions(KINDS) if action not in BY_THE_WRONG_NAME]


@dataclass(frozen=True)
class Enforced:
    """The demo account, in which nobody may do more than a policy says."""

    endpoint: str
    auditor: dict[str, str]
    administrator: Any

    def observe(self, without: str = "") -> Observation:
        """Read the account as an auditor with the generated policy, less one action."""
        document = policy_document(KINDS)
        for statement in document["Statement"]:
            statement["Action"] = [action for action in statement["Action"] if action != without]
        document["Statement"].append(
            {"Effect": "Allow", "Action": sorted(set(BY_THE_WRONG_NAME.values())), "Resource": "*"}
        )
        self.administrator.put_user_policy(UserName="auditor", PolicyName="audit", PolicyDocument=json.dumps(document))
        with mock.patch.dict(os.environ, environment(self.endpoint) | self.auditor, clear=True):
            return sources.read("live", sources.Sources(live=True), KINDS)


@pytest.fixture(scope="module")
def enforced() -> Iterator[Enforced]:
    with seeded(()) as endpoint:
        iam = Clients(endpoint)("iam")
        keys = {}
        for name in ("auditor", "administrator"):
            iam.create_user(UserName=name)
            keys[name] = iam.create_access_key(UserName=name)["AccessKey"]
        iam.put_user_policy(UserName="administrator", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
        # From the next request on moto authorizes each; as a form, it would not find the number.
        request = urllib.request.Request(
            f"{endpoint}/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"}, method="POST"
        )
        urllib.request.urlopen(request).read()
        yield Enforced(endpoint, _variables(keys["auditor"]), _client(endpoint, keys["administrator"]))


def _variables(key: dict[str, str]) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def _client(endpoint: str, key: dict[str, str]) -> Any:
    with mock.patch.dict(os.environ, environment(endpoint), clear=True):
        return boto3.client(
            "iam",
            endpoint_url=endpoint,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )


def _judged(observation: Observation) -> Audited:
    """What those controls say that rest on nothing but the kinds that were read."""
    audited = judged({"live": observation})
    return Audited({name: result for name, result in audited.results.items() if name in NEEDED}, audited.observations)


def _needed() -> dict[str, frozenset[str]]:
    """The kinds that each control rests on, for the controls that rest on nothing else than :data:`KINDS`."""
    names = {kind.type for kind in KINDS}
    found = {}
    for one in specs():
        for check in plan.checks([one], ("live",)):
            needed = {k.type for k in plan.kinds_needed([check], relations.registry(), kinds.registry())}
            if needed <= names:
                found[check.control.id] = frozenset(needed)
    return found


NEEDED = _needed()


@pytest.fixture(scope="module")
def allowed(enforced: Enforced) -> Audited:
    return _judged(enforced.observe())


def test_most_of_the_estate_is_under_enforcement() -> None:
    assert len(KINDS) >= len(kinds_read()) - 6
    assert len(NEEDED) >= 12
    assert BY_THE_WRONG_NAME.keys() <= set(_actions(KINDS))


def test_enforcement_is_on(enforced: Enforced) -> None:
    with mock.patch.dict(os.environ, environment(enforced.endpoint) | enforced.auditor, clear=True):
        iam = boto3.client("iam")
    with pytest.raises(ClientError, match="AccessDenied"):
        iam.list_users()


def test_the_policy_suffices(allowed: Audited) -> None:
    assert allowed.observations["live"].gaps == ()
    assert allowed.undecided() == []
    assert allowed.deviating() == []


@pytest.mark.parametrize("action", ACTIONS)
def test_without_an_action_exactly_what_needs_it_is_unreadable(
    enforced: Enforced, allowed: Audited, action: str
) -> None:
    audited = _judged(enforced.observe(without=action))
    gaps = audited.observations["live"].gaps
    reading = {kind.type for kind in KINDS if action in {iam_action(read) for read in kind.reads}}
    assert {gap.action for gap in gaps} <= {action}
    assert all(gap.cause == DENIED and action in gap.mend for gap in gaps)
    assert {kind for gap in gaps for kind in gap.kinds or ()} <= reading

    before, after = allowed.states(), audited.states()
    changed = {control for control, path, resource in before.keys() ^ after.keys()}
    changed |= {key[0] for key in before.keys() & after.keys() if before[key] != after[key]}
    assert newly_decided(before, after) == {}
    assert {state for key, state in after.items() if state != before.get(key, "pass")} <= {"unreadable"}
    assert changed <= {control for control, needed in NEEDED.items() if needed & reading}
    # Where nothing of a kind can be listed, what selects that kind cannot be decided.
    unlisted = {kind for gap in gaps if gap.resource is None for kind in gap.kinds or ()}
    assert changed >= {control for control in NEEDED if _selects(control) & unlisted}
    assert changed or not gaps or not unlisted or action in WITHOUT_EFFECT
    assert not (changed and action in WITHOUT_EFFECT)


def _selects(control: str) -> frozenset[str]:
    """The kind that a control is about, where it is about one."""
    (found,) = (one for spec in specs() for one in spec.controls if one.id == control)
    kind = found.body.get("kind")
    return frozenset([kind]) if kind else frozenset()
