"""Further certificates of listeners; the default one is the listener's ``certificate_arn``.

Sources: provider documentation of ``aws_lb_listener_certificate``; ELB API Reference (2015-12-01),
DescribeListenerCertificates and Certificate (``IsDefault``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds.aws_lb_listener import of_each_listener
from audits.model import Resource

_WITH_CERTIFICATES = frozenset({"HTTPS", "TLS"})
"""Other listeners have none (ELB API Reference, AddListenerCertificates: HTTPS or TLS listener)."""


def _from_live(reader: Reader) -> Iterable[Resource]:
    return of_each_listener(reader, partial(_of_listener, reader))


def _of_listener(reader: Reader, listener: Mapping[str, Any]) -> list[Resource]:
    if listener.get("Protocol") not in _WITH_CERTIFICATES:
        return []
    arn = listener["ListenerArn"]
    listed = reader.pages("elbv2", "describe_listener_certificates", "Certificates", ListenerArn=arn)
    found = reader.each(listed, partial(_certificate, reader, arn))
    return [certificate for certificates in found for certificate in certificates]


def _certificate(reader: Reader, listener: str, certificate: Mapping[str, Any]) -> list[Resource]:
    if certificate.get("IsDefault"):
        return []
    arn = certificate["CertificateArn"]
    attributes = {"id": f"{listener}_{arn}", "listener_arn": listener, "certificate_arn": arn}
    return [reader.resource("aws_lb_listener_certificate", f"{listener}_{arn}", attributes)]


KIND = Kind(
    type="aws_lb_listener_certificate",
    identity=("listener_arn", "certificate_arn"),
    names=("id",),
    reads=(
        Read("elbv2", "describe_load_balancers"),
        Read("elbv2", "describe_listeners"),
        Read("elbv2", "describe_listener_certificates"),
    ),
    aliases=("aws_alb_listener_certificate",),
    from_live=_from_live,
)
