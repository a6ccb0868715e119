from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from unittest import mock

from audits.kinds.aws_acm_certificate import KIND
from audits.model import Redacted
from tests.kinds.support import DENIED, FakeReader, declared, in_account, in_source, live
from tests.planes.live.world import moto_account

ARN = "arn:aws:acm:ap-northeast-2:123456789012:certificate/1"


def test_both_planes_agree_on_a_certificate_proved_by_dns() -> None:
    with moto_account() as world:
        world.client("acm").request_certificate(
            DomainName="api.example.com",
            SubjectAlternativeNames=["www.example.com"],
            ValidationMethod="DNS",
            Tags=[{"Key": "x", "Value": "y"}],
        )
        found = in_account(KIND, world.only(KIND, domain_name="api.example.com"))
    configured = in_source(
        KIND,
        declared(
            "aws_acm_certificate",
            domain_name="api.example.com",
            subject_alternative_names=["www.example.com", "api.example.com"],
            validation_method="DNS",
            tags={"x": "y"},
        ),
        declared("aws_acm_certificate_validation", certificate_arn=ARN),
    )
    for name in ("domain_name", "subject_alternative_names", "validation_method", "tags"):
        assert configured.attributes[name] == found.attributes[name]
    assert configured.key == found.key == "api.example.com"
    assert {one["resource_record_type"] for one in found.attributes["domain_validation_options"]} == {"CNAME"}


def _found(**certificate: Any) -> dict[str, Any]:
    (found,) = live(
        KIND,
        {
            ("acm", "list_certificates"): {"CertificateSummaryList": [{"CertificateArn": ARN, "DomainName": "a"}]},
            ("acm", "describe_certificate"): {"Certificate": certificate},
            ("acm", "list_tags_for_certificate"): {"Tags": []},
        },
    )
    return dict(found.attributes)


def test_an_imported_certificate_has_no_proof_and_its_key_stays_with_terraform() -> None:
    imported = _found(
        Type="IMPORTED", KeyAlgorithm="EC_prime256v1", Status="ISSUED", NotAfter=datetime(2026, 1, 2, 3, 4, 5, 6, UTC)
    )
    assert imported["validation_method"] == "NONE" and imported["domain_validation_options"] == []
    assert imported["not_after"] == "2026-01-02T03:04:05Z"
    source = declared("aws_acm_certificate", certificate_body="-", private_key="hush")
    assert in_source(KIND, source).attributes["private_key"] == Redacted()


def test_keys_and_mails_are_worded_as_the_provider_words_them() -> None:
    domain = {"DomainName": "a", "ValidationEmails": ["admin@example.com"]}
    issued = _found(Type="AMAZON_ISSUED", KeyAlgorithm="RSA-2048", DomainValidationOptions=[domain])
    assert (issued["key_algorithm"], issued["validation_method"]) == ("RSA_2048", "EMAIL")
    assert issued["validation_emails"] == ["admin@example.com"]


def test_a_certificate_that_cannot_be_described_is_still_there() -> None:
    answers = {
        ("acm", "list_certificates"): {"CertificateSummaryList": [{"CertificateArn": ARN, "DomainName": "a"}]},
        ("acm", "describe_certificate"): DENIED,
        ("acm", "list_tags_for_certificate"): {"Tags": []},
    }
    (found,) = live(KIND, answers)
    assert found.attributes["status"] == DENIED and found.attributes["domain_name"] == "a"


def _asked_about(listed: dict[str, Any], described: Any) -> tuple[dict[str, Any], list[str]]:
    """What is told of a certificate, and as what it is asked for in detail."""
    asked: list[str] = []
    reader = FakeReader(
        KIND,
        {
            ("acm", "list_certificates"): {
                "CertificateSummaryList": [{"CertificateArn": ARN, "DomainName": "a", **listed}]
            },
            ("acm", "describe_certificate"): described,
            ("acm", "list_tags_for_certificate"): {"Tags": []},
        },
    )

    def detail(*names: str, attribute: str, **parameters: Any) -> Any:
        asked.append(attribute)
        return FakeReader.detail(reader, *names, attribute=attribute, **parameters)

    with mock.patch.object(reader, "detail", detail):
        assert KIND.from_live is not None
        (found,) = KIND.from_live(reader)
    return dict(found.attributes), asked


def test_the_listing_tells_whether_it_is_in_force() -> None:
    listed = {"Status": "ISSUED", "Type": "AMAZON_ISSUED", "NotAfter": datetime(2026, 1, 2, tzinfo=UTC)}
    found, asked = _asked_about(listed, DENIED)
    assert (found["status"], found["type"], found["not_after"]) == ("ISSUED", "AMAZON_ISSUED", "2026-01-02T00:00:00Z")
    assert found["subject_alternative_names"] == found["validation_method"] == DENIED
    assert asked[0] in KIND.on_demand


def test_a_listing_that_does_not_tell_has_it_asked_for_whoever_needs_it() -> None:
    found, asked = _asked_about({}, {"Certificate": {"Status": "EXPIRED", "Type": "IMPORTED"}})
    assert found["status"] == "EXPIRED"
    assert asked[0] not in KIND.on_demand and "status" in asked[0]
