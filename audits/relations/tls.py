"""Whether a load balancer ends TLS: a listener with a certificate, and nothing that forwards in plain text.

``tls: {of: {kind: aws_lb, select}, port: 443, ssl_policy: MATCHER}``; ``port`` is 443 if it is not given, and without
``ssl_policy`` any policy will do. Of each load balancer one verdict on the listener that ends TLS on that port, one on
its ``ssl_policy`` where that is given, and one on everything that forwards over a listener which does not: its default
actions, and every rule's. A redirect or fixed response forwards nothing. A network load balancer's TCP listener hands
TLS through, which does not end it. In the account the certificate has to be issued and in force as well: only there can
its status be read.

Rules (ELB API Reference, ``CreateListener``): an HTTPS or TLS listener has exactly one default certificate, and the
provider computes none. ACM API Reference, ``CertificateDetail``: ``Status``, ``NotAfter``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from audits.expectations import matches
from audits.kind import Kind
from audits.matcher_check import MatcherError, check
from audits.model import Cause, Control, Resource, State, Unknown, Value, Verdict
from audits.relation import BodyError, Relation, verdict_on
from audits.relations._doubts import Doubt, mended, said, state_with, unknown_because
from audits.relations._granted import over_selected
from audits.relations._listeners import LISTENER, RULE, Listener, listeners_of, plain_forwards, strays
from audits.relations._schema_check import check_path, check_selector
from audits.relations._selectors import SELECTOR, chosen_kinds, matcher_kinds
from audits.view import UNSET, View

CERTIFICATE, POLICY, PLAIN = "certificate", "ssl_policy", "plain text"
_BALANCER, _ACM = "aws_lb", "aws_acm_certificate"
_IN_FORCE = "issued and in force"
_NOTHING = "nothing is forwarded"
_WITH = "a listener with a certificate"


@dataclass(slots=True)
class Ending:
    """``listener``: where TLS surely ends on the port; ``doubts``: why it may; ``instead``: what is there."""

    listener: Listener | None = None
    doubts: list[Doubt] = field(default_factory=list)
    instead: list[str] = field(default_factory=list)


def listens_on(port: int) -> str:
    """The path of the verdict on the listener."""
    return f"HTTPS on {port}"


def judge(control: Control, view: View) -> Sequence[Verdict]:
    """For each selected load balancer one verdict on each thing that is asked for."""
    body = control.body["tls"]
    port = int(body.get("port", 443))
    live = view.observation.plane == "live"
    paths: dict[str, Value] = {listens_on(port): _WITH}
    paths |= {POLICY: body["ssl_policy"]} if "ssl_policy" in body else {}
    paths |= {CERTIFICATE: _IN_FORCE} if live else {}
    paths[PLAIN] = _NOTHING

    def judge_one(balancer: Resource) -> list[Verdict]:
        listeners = listeners_of(balancer, view)
        ending = _ending(listeners, port, view)
        verdicts = [_listens(balancer, listens_on(port), ending)]
        if "ssl_policy" in body:
            verdicts.append(_policy(balancer, body["ssl_policy"], ending, view))
        if live:
            verdicts.append(_certificate(balancer, ending, view))
        return [*verdicts, _plain(balancer, listeners, view)]

    return over_selected(control, body["of"], view, paths, judge_one)


def _ending(listeners: Sequence[Listener], port: int, view: View) -> Ending:
    ending = Ending()
    for one in listeners:
        if not isinstance(one.port, Unknown) and one.port != port:
            continue
        if one.ends_tls is False:
            ending.instead += [] if isinstance(one.port, Unknown) or one.perhaps else [one.said]
            continue
        named = _names(one)
        doubts = [*one.perhaps, *one.open(), *(named or ())]
        if named is None:
            ending.instead += [] if doubts else [f"{one.said} without certificate"]
        elif doubts:
            ending.doubts += doubts
        else:
            ending.listener = one
    ending.doubts += Doubt.behind(view.gaps(LISTENER), view)
    return ending


def _names(listener: Listener) -> list[Doubt] | None:
    """None where it names no certificate; else why it may not."""
    value = listener.resource.attributes.get("certificate_arn")
    if value in (None, ""):
        return None
    # What a resource or data source gives is the ARN of something that is there.
    if not isinstance(value, Unknown) or value.not_null or value.cause in (Cause.COMPUTED, Cause.DATA_SOURCE):
        return []
    return [Doubt.of(value, f"certificate_arn of {listener.resource.identity}")]


def _listens(balancer: Resource, path: str, ending: Ending) -> Verdict:
    if ending.listener is not None:
        found = ending.listener.resource
        verdict = verdict_on(balancer, State.PASS, path, _WITH, ending.listener.said, cause=f"by {found.identity}")
        return replace(verdict, origin=found.origin)
    if ending.doubts:
        return _open(balancer, path, _WITH, ending.doubts)
    actual = ", ".join(ending.instead) or "nothing listens there"
    return verdict_on(balancer, State.FAIL, path, _WITH, actual, cause="TLS does not end at the load balancer")


def _policy(balancer: Resource, matcher: Any, ending: Ending, view: View) -> Verdict:
    if ending.listener is None:
        return _without(balancer, POLICY, matcher, ending)
    listener = ending.listener.resource
    attributes, context = view.attributes(listener), view.context(listener)
    value = attributes.get(POLICY, context.missing)
    outcome = matches(matcher, value, context)
    shown = value if POLICY in attributes else None
    if outcome.holds is None:
        about = f"{POLICY} of {listener.identity}"
        doubts = [Doubt.of(unknown, about) for unknown in outcome.unknowns] or [Doubt(f"{about}: {outcome.message}")]
        return _open(balancer, POLICY, matcher, doubts)
    state = State.PASS if outcome.holds else State.FAIL
    verdict = verdict_on(balancer, state, POLICY, matcher, shown, cause=outcome.message)
    return replace(verdict, origin=listener.origin_of(POLICY))


def _certificate(balancer: Resource, ending: Ending, view: View) -> Verdict:
    if ending.listener is None:
        return _without(balancer, CERTIFICATE, _IN_FORCE, ending)
    listener = ending.listener.resource
    value = listener.attributes.get("certificate_arn")
    about = f"the certificate {value} of {listener.identity}"
    if isinstance(value, str) and ":iam:" in value:
        text = f"{about} is one of IAM's, which this suite does not read"
        return _open(balancer, CERTIFICATE, _IN_FORCE, [Doubt(text, Cause.UNSUPPORTED)])
    target = view.resolve(value, _ACM, view.place_of(listener))
    if target.resource is None:
        return _open(balancer, CERTIFICATE, _IN_FORCE, [Doubt.unresolved(target, about)])
    return _in_force(balancer, target.resource, view)


def _in_force(balancer: Resource, certificate: Resource, view: View) -> Verdict:
    attributes = view.attributes(certificate)
    status, until = attributes.get("status", UNSET), attributes.get("not_after", "")
    unknowns = [(name, one) for name, one in (("status", status), ("not_after", until)) if isinstance(one, Unknown)]
    doubts = [Doubt.of(one, f"{name} of {certificate.identity}") for name, one in unknowns]
    now, end = _time(view.observation.started), None if isinstance(until, Unknown) else _time(until)
    if not doubts and until and (now is None or end is None):
        doubts = [Doubt(f"whether {certificate.identity} is still in force: it ends at {until}")]
    expired = now is not None and end is not None and end <= now
    actual = f"{status} until {until}" if until and not unknowns else None if unknowns else str(status)
    if (not isinstance(status, Unknown) and status != "ISSUED") or expired:
        cause = f"{certificate.identity} has expired" if expired else f"{certificate.identity} is {status}"
        return verdict_on(balancer, State.FAIL, CERTIFICATE, _IN_FORCE, actual or str(status), cause=cause)
    if doubts:
        return _open(balancer, CERTIFICATE, _IN_FORCE, doubts)
    return verdict_on(balancer, State.PASS, CERTIFICATE, _IN_FORCE, actual, cause=f"by {certificate.identity}")


def _time(text: Value) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _without(balancer: Resource, path: str, expected: Value, ending: Ending) -> Verdict:
    """The verdict on what the listener should have, where there is none for certain."""
    if ending.doubts:
        return _open(balancer, path, expected, ending.doubts)
    return verdict_on(
        balancer, State.FAIL, path, expected, "no listener", cause="TLS does not end at the load balancer"
    )


def _plain(balancer: Resource, listeners: Sequence[Listener], view: View) -> Verdict:
    forwards = plain_forwards(listeners, view)
    surely = [one for one in forwards if not one.perhaps]
    doubts = [doubt for one in forwards for doubt in one.perhaps]
    doubts += strays(listeners, view)
    doubts += Doubt.behind(view.gaps(LISTENER), view)
    if any(one.ends_tls is not True for one in listeners):
        # What rules may be hidden is of no matter where every listener ends TLS.
        doubts += Doubt.behind(view.gaps(RULE), view)
    doubts = list(dict.fromkeys(doubts))
    if surely:
        causes = [f"{one.said} ({one.origin})" if str(one.origin) else one.said for one in surely]
        causes += [f"also undecided: {said(doubts)}"] if doubts else []
        actual = sorted({one.said for one in surely})
        verdict = verdict_on(balancer, State.FAIL, PLAIN, _NOTHING, actual, cause="; ".join(causes))
        return replace(verdict, origin=surely[0].origin if str(surely[0].origin) else verdict.origin)
    if doubts:
        return _open(balancer, PLAIN, _NOTHING, doubts)
    return verdict_on(balancer, State.PASS, PLAIN, _NOTHING, _NOTHING)


def _open(balancer: Resource, path: str, expected: Value, doubts: Sequence[Doubt]) -> Verdict:
    actual = unknown_because(doubts)
    verdict = verdict_on(balancer, state_with(doubts), path, expected, actual, cause=said(doubts))
    return replace(verdict, mend=mended(doubts))


def check_body(body: Mapping[str, Any], kinds: Mapping[str, Kind]) -> None:
    """Refuse another kind than load balancers, ports that are none, and matchers that could never hold.

    Raises:
        BodyError: with the path to the place.
    """
    data = body["tls"]
    kind = check_selector(data["of"], kinds, ("tls", "of"))
    if kind.type != _BALANCER:
        raise BodyError(f"listeners are those of {_BALANCER}, not of {kind.type}", ("tls", "of", "kind"))
    if not 1 <= data.get("port", 443) <= 65535:
        raise BodyError(f"a port is 1 to 65535, not {data['port']}", ("tls", "port"))
    if POLICY in data:
        place = ("tls", POLICY)
        try:
            check(data[POLICY], place)
        except MatcherError as error:
            raise BodyError(str(error), error.path) from error
        check_path(kinds[LISTENER], POLICY, data[POLICY], kinds, place)


def kinds_of(body: Mapping[str, Any]) -> frozenset[str]:
    """Every kind that judging needs."""
    data = body["tls"]
    found = {LISTENER, RULE, _ACM} | chosen_kinds(data["of"])
    return frozenset(found | matcher_kinds(data.get(POLICY, "")))


RELATION = Relation(
    name="tls",
    keys=("tls",),
    required=("tls",),
    schema={
        "tls": {
            "type": "object",
            "properties": {
                "of": SELECTOR,
                "port": {"type": "integer"},
                "ssl_policy": {},
            },
            "required": ["of"],
            "additionalProperties": False,
        }
    },
    check=check_body,
    kinds=kinds_of,
    judge=judge,
)
