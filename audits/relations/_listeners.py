"""The listeners of a load balancer, and what of them forwards without ending TLS: surely or perhaps, with the reasons.

Rules (ELB API Reference, ``CreateListener`` and ``Action``; provider documentation of ``aws_lb_listener``): of an
application load balancer's listeners HTTPS ends TLS, of a network load balancer's TLS; every other protocol hands on
what comes as it comes. Without a protocol a listener of an application load balancer is HTTP. A rule is its listener's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audits.index import same
from audits.model import Cause, Origin, Resource, Unknown, Value
from audits.relations._doubts import Doubt
from audits.view import UNSET, View

LISTENER, RULE = "aws_lb_listener", "aws_lb_listener_rule"
ENDS_TLS = ("HTTPS", "TLS")


@dataclass(frozen=True, slots=True)
class Listener:
    """A listener with its port (a number) and protocol (in capitals), or an Unknown for each.

    ``perhaps``: why it may not be there, or not the load balancer's.
    """

    resource: Resource
    port: Value
    protocol: Value
    perhaps: tuple[Doubt, ...] = ()

    @property
    def ends_tls(self) -> bool | None:
        """Whether TLS ends here."""
        return None if isinstance(self.protocol, Unknown) else self.protocol in ENDS_TLS

    @property
    def said(self) -> str:
        """What people call it: ``80/HTTP``."""
        port = "?" if isinstance(self.port, Unknown) else self.port
        return f"{port}/{'?' if isinstance(self.protocol, Unknown) else self.protocol or 'no protocol'}"

    def open(self) -> list[Doubt]:
        """What is unknown of its port and protocol."""
        named = (("port", self.port), ("protocol", self.protocol))
        return [Doubt.of(one, f"{name} of {self.resource.identity}") for name, one in named if isinstance(one, Unknown)]


@dataclass(frozen=True, slots=True)
class Forward:
    """A forward on a listener that does not end TLS. ``perhaps``: why that may not be so; empty if it is."""

    said: str
    origin: Origin
    perhaps: tuple[Doubt, ...] = ()


def listeners_of(balancer: Resource, view: View) -> list[Listener]:
    """Every listener that is, or may be, the load balancer's."""
    found = []
    for resource in view.resources(LISTENER):
        perhaps = _leads_to(resource, "load_balancer_arn", balancer, view)
        if perhaps is not None:
            attributes = view.attributes(resource)
            found.append(Listener(resource, _port(attributes), _protocol(resource, balancer, view), perhaps))
    return found


def _leads_to(resource: Resource, attribute: str, parent: Resource, view: View) -> tuple[Doubt, ...] | None:
    """None where it is surely not the parent's; else why it may not be, or not be there at all."""
    value = view.attributes(resource).get(attribute, UNSET)
    doubts = []
    if resource.existence is not None:
        doubts.append(Doubt.of(resource.existence, f"whether {resource.identity} exists"))
    target = view.resolve(value, parent.kind, view.place_of(resource))
    if target.resource is not None:
        return tuple(doubts) if same(target.resource, parent) else None
    if not target.undecided:
        return None
    cause = value.cause if isinstance(value, Unknown) and not target.unreadable else None
    return (*doubts, Doubt.unresolved(target, f"{attribute} of {resource.identity}", cause))


def _port(attributes: Mapping[str, Value]) -> Value:
    value = attributes.get("port", UNSET)
    if isinstance(value, Unknown) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    # A gateway load balancer's listener has no port.
    return 0 if value in (None, 0) else Unknown(Cause.INVALID, detail=f"{value!r} is no port")


def _protocol(resource: Resource, balancer: Resource, view: View) -> Value:
    value = view.attributes(resource).get("protocol")
    if isinstance(value, str) and value:
        return value.upper()
    computed = "protocol" in resource.computed
    if isinstance(value, Unknown) and not computed:
        return value
    if resource.missing != "unset" and not computed:
        return ""
    kind = view.attributes(balancer).get("load_balancer_type", UNSET)
    return "HTTP" if kind == "application" else kind if isinstance(kind, Unknown) else UNSET


def plain_forwards(listeners: Sequence[Listener], view: View) -> list[Forward]:
    """Everything that forwards, or may forward, what came in over a listener that does not end TLS."""
    plain = [one for one in listeners if one.ends_tls is not True]
    found = []
    for one in plain:
        forwards = _forwards(one.resource, "default_action", view)
        if forwards is not None:
            doubts = (*one.perhaps, *_protocol_doubts(one), *forwards)
            found.append(Forward(f"{one.said} by default", one.resource.origin_of("default_action[0]"), doubts))
    for rule in view.resources(RULE):
        forwards = _forwards(rule, "action", view)
        for one in plain if forwards is not None else ():
            perhaps = _leads_to(rule, "listener_arn", one.resource, view)
            if perhaps is not None:
                doubts = (*one.perhaps, *_protocol_doubts(one), *perhaps, *(forwards or ()))
                found.append(Forward(f"{one.said} by {_named(rule)}", rule.origin_of("action[0]"), doubts))
    return found


def strays(listeners: Sequence[Listener], view: View) -> list[Doubt]:
    """The rules that forward, or may, on a listener that cannot be told: it may be one that is not known of."""
    found: list[Doubt] = []
    for rule in view.resources(RULE):
        if _forwards(rule, "action", view) is None:
            continue
        value = view.attributes(rule).get("listener_arn", UNSET)
        target = view.resolve(value, LISTENER, view.place_of(rule))
        if target.resource is None and target.undecided:
            cause = value.cause if isinstance(value, Unknown) and not target.unreadable else None
            found.append(Doubt.unresolved(target, f"listener_arn of {rule.identity}, which forwards", cause))
    return found


def _protocol_doubts(listener: Listener) -> list[Doubt]:
    if not isinstance(listener.protocol, Unknown):
        return []
    return [Doubt.of(listener.protocol, f"protocol of {listener.resource.identity}")]


def _named(rule: Resource) -> str:
    priority = rule.attributes.get("priority")
    return f"rule {priority}" if isinstance(priority, int | float | str) else f"rule {rule.identity}"


def _forwards(resource: Resource, attribute: str, view: View) -> tuple[Doubt, ...] | None:
    """None where no action forwards; else why it may be that none does (empty where one surely does).

    Whoever is asked to authenticate is forwarded by a later action, and the order is only among them: one is enough.
    """
    value = view.attributes(resource).get(attribute, UNSET)
    about = f"{attribute} of {resource.identity}"
    elements = value.partial if isinstance(value, Unknown) else value
    doubts = []
    if isinstance(value, Unknown) and (value.open or not isinstance(elements, list)):
        doubts.append(Doubt.of(value, about))
    for element in elements if isinstance(elements, list) else ():
        block = element.partial if isinstance(element, Unknown) else element
        kind = block.get("type", UNSET) if isinstance(block, dict) else element
        if kind == "forward":
            return ()
        if isinstance(kind, Unknown):
            doubts.append(Doubt.of(kind, f"the type of {about}"))
    return tuple(doubts) or None
