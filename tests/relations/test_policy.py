"""A policy of Checkov's as a control: what its results are taken for, and what they are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audits.judge import judge
from audits.model import Cause, Check, Control, Gap, Origin, PolicyResult, PolicyScan, Resource, State, Verdict
from audits.relations import registry
from audits.relations.policy import RELATION
from audits.view import View
from tests.factories import KINDS, control, observation, pointing, resource, unknown

POLICY = "CKV_AWS_16"
ADDRESS = "aws_db_instance.x"
DATABASE = resource("aws_db_instance", ADDRESS, source=True, storage_encrypted=True)


def said(state: State = State.PASS, address: str = ADDRESS, **more: Any) -> PolicyResult:
    plain = {"kind": "aws_db_instance", "keys": ("storage_encrypted",), "origin": Origin("main.tf", 3)}
    return PolicyResult(POLICY, "Encrypted", address, state=state, **{**plain, **more})


def policy(name: str = POLICY, **more: Any) -> Control:
    return replace(control(), relation="policy", body={"policy": name, **more})


def judged(
    *results: PolicyResult, of: tuple[Resource, ...] = (DATABASE,), gaps: tuple[Gap, ...] = (), **scan: Any
) -> list[Verdict]:
    accepted = scan.pop("accepted", None)
    seen = replace(observation(*of), plane="terraform", gaps=gaps, policies=PolicyScan("3", results, **scan))
    return list(RELATION.judge(policy(**({"accepted": accepted} if accepted else {})), View(seen, KINDS)))


def one(*results: PolicyResult, **more: Any) -> Verdict:
    (verdict,) = judged(*results, **more)
    return verdict


@pytest.mark.parametrize("state", [State.PASS, State.FAIL])
def test_what_checkov_saw_stands(state: State) -> None:
    verdict = one(said(state))
    assert (verdict.state, verdict.resource, verdict.path) == (state, ADDRESS, POLICY)
    assert verdict.origin == Origin("main.tf", 3)


@pytest.mark.parametrize("state", [State.PASS, State.FAIL])
def test_what_it_did_not_resolve_is_unknown(state: State) -> None:
    verdict = one(said(state, rests_on=("var.encrypted",)))
    assert verdict.state is State.UNKNOWN
    assert "did not resolve var.encrypted" in verdict.cause


@pytest.mark.parametrize("state", [State.PASS, State.FAIL])
def test_what_the_two_read_differently_is_unknown(state: State) -> None:
    verdict = one(said(state, differs=("storage_encrypted",)))
    assert verdict.state is State.UNKNOWN
    assert "read another value than this suite does: storage_encrypted" in verdict.cause


@pytest.mark.parametrize("state", [State.PASS, State.FAIL])
def test_what_this_suite_does_not_know_is_unknown(state: State) -> None:
    database = resource("aws_db_instance", ADDRESS, source=True, storage_encrypted=unknown())
    verdict = one(said(state), of=(database,))
    assert verdict.state is State.UNKNOWN
    assert "storage_encrypted is unknown (variable without value" in verdict.cause


def test_paths_are_followed_through_blocks() -> None:
    database = resource("aws_db_instance", ADDRESS, source=True, a=[{"b": [unknown()], "c": True}])
    for key in ("a/[0]/b", "a/[0]/b/[0]", "a[0].b[0]", "a/b/*", "a/*/b"):
        assert one(said(keys=(key,)), of=(database,)).state is State.UNKNOWN, key
    for key in ("a/[0]/c", "a[0].c", "d/e", "a/[7]/c"):
        assert one(said(keys=(key,)), of=(database,)).state is State.PASS, key


def test_that_something_is_set_is_known_before_its_value_is() -> None:
    database = resource("aws_db_instance", ADDRESS, source=True, storage_encrypted=pointing("aws_kms_key.k.arn"))
    assert one(said(present=True), of=(database,)).state is State.PASS
    assert one(said(), of=(database,)).state is State.UNKNOWN
    null = resource("aws_db_instance", ADDRESS, source=True, storage_encrypted=unknown())
    assert one(said(present=True), of=(null,)).state is State.UNKNOWN


def test_what_is_unset_is_what_checkov_judges() -> None:
    database = resource("aws_db_instance", ADDRESS, source=True, storage_encrypted=unknown(Cause.UNSET))
    assert one(said(State.FAIL), of=(database,)).state is State.FAIL


def test_an_unknown_result_says_why() -> None:
    verdict = one(said(State.UNKNOWN, cause="Checkov says neither"))
    assert (verdict.state, verdict.cause) == (State.UNKNOWN, "Checkov says neither")


def test_a_resource_that_checkov_passes_over_is_unknown() -> None:
    other = resource("aws_db_instance", "aws_db_instance.y", source=True)
    assert [(v.resource, v.state) for v in judged(said(), of=(DATABASE, other))] == [
        (ADDRESS, State.PASS),
        ("aws_db_instance.y", State.UNKNOWN),
    ]


def test_a_block_that_checkov_judges_as_one_stands_for_its_instances() -> None:
    def instance(key: str, value: Any) -> Resource:
        return resource("aws_db_instance", f'{ADDRESS}["{key}"]', source=True, storage_encrypted=value)

    known = (instance("a.b", True), instance("c", True))
    assert one(said(), of=known).state is State.PASS
    assert one(said(), of=(known[0], instance("c", unknown()))).state is State.UNKNOWN


def test_a_resource_that_is_not_there_is_not_judged() -> None:
    other = resource("aws_db_instance", "aws_db_instance.y", source=True)
    verdict = judged(said(State.FAIL), said(address="aws_db_instance.y"), of=(other,))[0]
    assert verdict.state is State.UNKNOWN
    assert "makes no such resource" in verdict.cause


def test_one_that_perhaps_exists_is_unknown() -> None:
    perhaps = resource("aws_db_instance", f"{ADDRESS}[*]", source=True, Existence=unknown())
    assert one(said(State.FAIL), of=(perhaps,)).state is State.UNKNOWN


def test_without_any_result_nothing_passes() -> None:
    verdict = one(of=())
    assert (verdict.state, verdict.resource) == (State.UNKNOWN, None)


@pytest.mark.parametrize("scan", [{"failed": "it broke off", "mend": "mend it"}])
def test_without_checkov_it_is_unreadable(scan: dict[str, str]) -> None:
    verdict = one(said(), **scan)
    assert (verdict.state, verdict.cause, verdict.mend) == (State.UNREADABLE, "it broke off", "mend it")
    (verdict,) = RELATION.judge(policy(), View(observation(DATABASE), KINDS))
    assert verdict.state is State.UNREADABLE


def test_what_neither_could_read_is_said() -> None:
    gap = Gap("terraform", None, "module.db", "missing module", module="db", mend="terraform init")
    assert [v.state for v in judged(said(), gaps=(gap,))] == [State.PASS, State.UNREADABLE]
    assert [v.state for v in judged(said(), unparsed=("a.tf",))] == [State.PASS, State.UNREADABLE]
    elsewhere = Gap("terraform", ("aws_iam_role",), "x", "denied")
    assert [v.state for v in judged(said(), gaps=(elsewhere,))] == [State.PASS]


def test_connections_that_may_lie_where_nobody_read_decide_nothing() -> None:
    bucket = resource("aws_s3_bucket", "aws_s3_bucket.b", source=True)
    result = PolicyResult("CKV2_AWS_6", "Blocked", "aws_s3_bucket.b", "aws_s3_bucket", State.FAIL)

    def state(gaps: tuple[Gap, ...] = (), **scan: Any) -> State:
        seen = observation(bucket)
        seen = replace(seen, plane="terraform", gaps=gaps, policies=PolicyScan("3", (result,), **scan))
        return RELATION.judge(policy("CKV2_AWS_6"), View(seen, KINDS))[0].state

    assert state() is State.FAIL
    assert state(unparsed=("a.tf",)) is State.UNKNOWN
    assert state(unseen=("module.m",)) is State.UNKNOWN
    assert state((Gap("terraform", None, "module.m", "missing module"),)) is State.UNKNOWN
    assert state((Gap("terraform", ("aws_iam_role",), "x", "denied"),)) is State.FAIL


def test_a_pass_that_rests_on_a_declaration_says_so() -> None:
    gap = Gap("terraform", None, "module.cdn", "missing module", module="cdn")
    seen = replace(observation(DATABASE), plane="terraform", gaps=(gap,), policies=PolicyScan("3", (said(),)))
    declared = replace(policy(), modules={"cdn": ("aws_cloudfront_*",)})
    (verdict,) = judge(Check(declared, "terraform"), seen, KINDS, registry()).verdicts
    assert verdict.state is State.PASS
    assert "rests on the spec's declaration: cdn holds only aws_cloudfront_*" in verdict.cause


def test_what_is_accepted_keeps_its_state() -> None:
    accepted = [{"resource": "aws_db_instance.[*", "reason": "no", "place": "a:1"}]
    accepted.append({"resource": "*.x", "reason": "too small", "place": "spec.yaml:7"})
    verdict = one(said(State.FAIL), accepted=accepted)
    assert (verdict.state, verdict.waiver) == (State.FAIL, "accepted: too small (spec.yaml:7)")
    assert one(said(), accepted=accepted).waiver is None
    assert one(said(State.FAIL), accepted=accepted[:1]).waiver is None


def test_a_comment_of_checkovs_own_is_shown_as_the_reason() -> None:
    verdict = one(said(State.FAIL, skip="for now"))
    assert (verdict.state, verdict.waiver) == (State.FAIL, "checkov:skip: for now (main.tf:3)")
    assert one(said(skip="for now")).waiver is None
