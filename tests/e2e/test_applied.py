"""What Terraform itself makes of the conforming example passes, and what bare moto loses is known by name."""

from __future__ import annotations

import pytest
from e2e_account import Account
from e2e_audit import CONFORMING, UNTOLD, Audited, audit

from audits.model import Standing
from examples.glimpse.account.demo import seeded

LOST = {
    ("cloudfront-oac", "origin[{custom_origin_config: {absent: true}}].origin_access_control_id", "fail"): (
        "moto's Origin has no OriginAccessControlId"
    ),
    (
        "cloudfront-oac",
        "origin[{domain_name: {refers_to: {kind: aws_s3_bucket, select: {bucket: glimpse-files-prod}}}}]"
        ".origin_access_control_id",
        "fail",
    ): "as above: it is the same origin",
    ("cloudfront-oac-signing", "count", "absent"): "for the same reason no origin refers to the access control",
    ("cost-nat", "estimate", "fail"): "an instance has a root volume of moto's own beside that of its template",
    ("ecs-spot-share", "spot share", "fail"): "a service has the launch type EC2, whatever strategy it was given",
    ("port-chain", "into ecs: nothing else", "unreadable"): "a replication group has no member, so no security group",
    ("port-chain", "into rds: nothing else", "unreadable"): "as above: its groups may be those that a rule names",
    ("port-chain", "into redis: nothing else", "unreadable"): "as above: its groups are those that lead in",
}
"""Control, path and state that only moto's losses explain, each with its reason.

The shim restores all of it, so what Terraform applies needs no such list; without the shim Terraform cannot apply.
"""


@pytest.mark.terraform_cli
def test_what_terraform_applies_conforms_in_the_account(applied_account: Account) -> None:
    assert applied_account.conforming.deviating() == []
    assert applied_account.conforming.undecided() == []
    assert applied_account.conforming.observations["live"].gaps == ()


@pytest.mark.terraform_cli
def test_document_source_and_what_was_applied_agree(applied_account: Account) -> None:
    audited = audit(applied_account.endpoint, CONFORMING)
    assert _not_agreeing(audited) == []


def test_document_source_and_the_seeded_account_agree(seeded_account: Account) -> None:
    audited = audit(seeded_account.endpoint, CONFORMING)
    assert _not_agreeing(audited) == []
    both = [result for result in audited.results.values() if len(result.control.planes) == 2]
    assert {result.control.id for result in both if result.standing is Standing.UNDECIDED} == UNTOLD
    assert audited.observations["live"].gaps == audited.observations["terraform"].gaps == ()


def _not_agreeing(audited: Audited) -> list[tuple[str, str, Standing]]:
    """Every row that does not agree; one that only one plane is asked for stands alone, and passes."""
    return [
        (name, row.path, row.standing)
        for name, result in audited.results.items()
        for row in result.rows
        if result.control.planned is None
        and name not in UNTOLD
        and row.standing is not (Standing.AGREES if len(result.control.planes) == 2 else Standing.SINGLE_PLANE)
    ]


def test_bare_moto_loses_exactly_what_is_listed() -> None:
    with seeded((), shim=False) as endpoint:
        audited = audit(endpoint)
    untold = {(name, path, state) for name, path, state in _states(audited) if name in UNTOLD and state == "unknown"}
    assert {one for one in _states(audited) if one[2] != "pass"} - untold == set(LOST)


def _states(audited: Audited) -> set[tuple[str, str, str]]:
    """What the controls that are due say in the account."""
    return {
        (name, verdict.path, str(verdict.state))
        for name, verdict in audited.verdicts()
        if audited.results[name].control.planned is None
    }
