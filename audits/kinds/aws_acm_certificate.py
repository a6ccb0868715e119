"""Certificates of Certificate Manager. Never their private keys: those are only Terraform's to hand over.

Those for CloudFront are in us-east-1, whatever the region of the rest. An ``aws_acm_certificate_validation`` only makes
Terraform wait, so it folds in and adds nothing. Sources: provider documentation of both; ACM API Reference,
ListCertificates (without a filter it leaves out all keys but RSA of 2048 bits and fewer), CertificateSummary,
DescribeCertificate and ListTagsForCertificate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from audits.kind import Kind, Part, Read, Reader
from audits.kinds._details import OF_TERRAFORM, on_demand, tag_pairs, told
from audits.kinds.aws_iam_role import timestamp
from audits.model import Resource, Value

_KEYS = [
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
]
_SOURCE_ONLY = ("certificate_body", "certificate_chain", "early_renewal_duration", "private_key", "validation_option")


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("acm", "list_certificates", "CertificateSummaryList", Includes={"keyTypes": _KEYS})
    return reader.each(listed, partial(_certificate, reader))


def _certificate(reader: Reader, listed: Mapping[str, Any]) -> Resource:
    arn = listed["CertificateArn"]
    # The listing tells what it is, with the names if they are not too many.
    told_by_listing = "Status" in listed
    describe = _described if told_by_listing else _all_described
    attributes: dict[str, Value] = {
        **dict.fromkeys(_SOURCE_ONLY, OF_TERRAFORM),
        "id": arn,
        "arn": arn,
        "domain_name": listed.get("DomainName"),
        **(_of_listing(listed) if told_by_listing else {}),
        **told(
            reader,
            "acm",
            "describe_certificate",
            lambda answer: describe(answer["Certificate"]),
            resource=arn,
            none=describe({}),
            CertificateArn=arn,
        ),
        **told(
            reader,
            "acm",
            "list_tags_for_certificate",
            lambda answer: {"tags": tag_pairs(answer.get("Tags"))},
            resource=arn,
            none={"tags": {}},
            CertificateArn=arn,
        ),
    }
    return reader.resource("aws_acm_certificate", arn, attributes)


def _of_listing(found: Mapping[str, Any]) -> dict[str, Value]:
    """What both answers tell in the same words."""
    return {
        # AWS answers "RSA-2048" where it takes "RSA_2048".
        "key_algorithm": str(found.get("KeyAlgorithm", "")).replace("-", "_"),
        "not_after": timestamp(found.get("NotAfter")) or "",
        "not_before": timestamp(found.get("NotBefore")) or "",
        "renewal_eligibility": found.get("RenewalEligibility", ""),
        "status": found.get("Status"),
        "type": found.get("Type"),
    }


def _all_described(found: Mapping[str, Any]) -> dict[str, Value]:
    return {**_of_listing(found), **_described(found)}


def _described(found: Mapping[str, Any]) -> dict[str, Value]:
    """What the listing does not tell, or not whole: it holds up to a hundred alternative names."""
    domains = found.get("DomainValidationOptions") or ()
    renewal = found.get("RenewalSummary")
    logging = (found.get("Options") or {}).get("CertificateTransparencyLoggingPreference")
    return {
        "certificate_authority_arn": found.get("CertificateAuthorityArn", ""),
        "domain_validation_options": _records(domains) if found.get("Type") == "AMAZON_ISSUED" else [],
        "options": [{"certificate_transparency_logging_preference": logging}] if logging else [],
        "pending_renewal": False,
        "renewal_summary": [
            {
                "renewal_status": renewal.get("RenewalStatus"),
                "renewal_status_reason": renewal.get("RenewalStatusReason", ""),
                "updated_at": timestamp(renewal.get("UpdatedAt")),
            }
        ]
        if renewal
        else [],
        "subject_alternative_names": list(found.get("SubjectAlternativeNames") or ()),
        "validation_emails": [mail for one in domains for mail in one.get("ValidationEmails") or ()],
        "validation_method": _method(found, domains),
    }


def _records(domains: Sequence[Mapping[str, Any]]) -> list[Value]:
    return [
        {
            "domain_name": one["DomainName"],
            "resource_record_name": one["ResourceRecord"]["Name"],
            "resource_record_type": one["ResourceRecord"]["Type"],
            "resource_record_value": one["ResourceRecord"]["Value"],
        }
        for one in domains
        if one.get("ResourceRecord")
    ]


def _method(found: Mapping[str, Any], domains: Sequence[Mapping[str, Any]]) -> str:
    """How the domains were proved, as the provider words it: NONE for a certificate that was not issued by Amazon."""
    for one in domains if found.get("Type") == "AMAZON_ISSUED" else ():
        if one.get("ValidationMethod"):
            return str(one["ValidationMethod"])
        if one.get("ValidationEmails"):
            return "EMAIL"
        if one.get("ResourceRecord"):
            return "DNS"
    return "NONE"


KIND = Kind(
    type="aws_acm_certificate",
    identity=("domain_name",),
    names=("id", "arn"),
    reads=(
        Read("acm", "list_certificates"),
        Read("acm", "describe_certificate"),
        Read("acm", "list_tags_for_certificate"),
    ),
    on_demand=on_demand(_described({})),
    secrets=("private_key",),
    parts=(Part("aws_acm_certificate_validation", "certificate_arn", (), convert=lambda part: {}),),
    from_live=_from_live,
)
