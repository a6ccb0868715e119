"""What the AWS provider works out from the configuration alone while it plans, so that a plan knows it."""

from __future__ import annotations

from collections.abc import Callable

from audits.model import Cause, Reference, Unknown
from audits.planes.terraform.bodies import BodyValue
from audits.planes.terraform.values import TerraformValue, close, is_wholly_known, make_set, unmark_deep


def derived_attributes(kind: str, body: BodyValue, address: str) -> dict[str, TerraformValue]:
    """Attributes of a resource that follow from what is configured, in place of what is written where it is."""
    derive = _DERIVED.get(kind)
    return derive(body, address) if derive else {}


def _certificate(body: BodyValue, address: str) -> dict[str, TerraformValue]:
    """``domain_validation_options``: one for every name; which record proves it, only AWS knows."""
    method, domain, others = (
        unmark_deep(close(body.attributes.get(name)))[0]
        for name in ("validation_method", "domain_name", "subject_alternative_names")
    )
    names = [] if others is None else getattr(others, "elements", others)
    if method != "DNS" or not isinstance(domain, str) or not isinstance(names, tuple | list):
        return {}
    if not is_wholly_known(names) or not all(isinstance(name, str) for name in names):
        return {}
    options = [_validation_option(name, address) for name in dict.fromkeys([domain, *names])]
    return {"domain_validation_options": make_set(options)}


def _validation_option(name: str, address: str) -> dict[str, TerraformValue]:
    path = f'domain_validation_options[{{domain_name: "{name}"}}]'
    unknown = {
        key: Unknown(Cause.COMPUTED, (Reference(address, f"{path}.{key}"),))
        for key in ("resource_record_name", "resource_record_type", "resource_record_value")
    }
    return {"domain_name": name, **unknown}


_DERIVED: dict[str, Callable[[BodyValue, str], dict[str, TerraformValue]]] = {
    "aws_acm_certificate": _certificate,
}
