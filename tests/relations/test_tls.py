"""Where TLS ends, and what is forwarded in plain text beside it: on both planes, and open where it cannot be told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audits import kinds
from audits.model import Cause, Gap, Observation, Origin, Plane, Reference, Resource, Unknown, Verdict
from audits.relation import BodyError
from audits.relations.tls import CERTIFICATE, PLAIN, POLICY, RELATION
from audits.view import View
from tests.relations import relation_world as world

PLANES = pytest.mark.parametrize("plane", ["terraform", "live"])
LISTENS = "HTTPS on 443"
BODY: dict[str, Any] = {"of": {"kind": "aws_lb", "select": {"name": "prod"}}}
ARN = "arn:aws:acm:ap-northeast-2:111122223333:certificate/one"
NOW, SOON, PAST = "2026-11-27T10:00:00Z", "2026-11-28T00:00:00Z", "2026-11-27T09:59:59Z"


def forward(group: Any = "arn:group") -> dict[str, Any]:
    return {"type": "forward", "target_group_arn": group}


def redirect(protocol: str = "HTTPS") -> dict[str, Any]:
    return {"type": "redirect", "redirect": [{"protocol": protocol, "port": "443", "status_code": "HTTP_301"}]}


def of(plane: str, kind: str, name: str, /, **attributes: Any) -> Resource:
    """A resource in the shape of the plane, as its parents are named there."""
    if plane == "terraform":
        found = world.source(kind, name, **attributes)
        return replace(found, origins={"default_action[0]": Origin("lb.tf", 7), "action[0]": Origin("lb.tf", 70)})
    return world.live(kind, f"arn:{name}", id=f"arn:{name}", arn=f"arn:{name}", **attributes)


def parent(plane: str, kind: str, name: str) -> Any:
    return world.reference(f"{kind}.{name}", "arn") if plane == "terraform" else f"arn:{name}"


def balancer(plane: str, name: str = "prod", **attributes: Any) -> Resource:
    return of(plane, "aws_lb", name, **{"name": name, "load_balancer_type": "application", **attributes})


def listener(plane: str, name: str, port: Any, protocol: Any, *actions: Any, **attributes: Any) -> Resource:
    body = {
        "load_balancer_arn": parent(plane, "aws_lb", "prod"),
        "port": port,
        "protocol": protocol,
        "default_action": list(actions) or [forward()],
        **attributes,
    }
    return of(plane, "aws_lb_listener", name, **body)


def https(plane: str, **attributes: Any) -> Resource:
    named = world.reference("aws_acm_certificate.one", "arn") if plane == "terraform" else ARN
    return world.changed(listener(plane, "https", 443, "HTTPS", certificate_arn=named), **attributes)


def rule(plane: str, priority: int, on: str, *actions: Any, **attributes: Any) -> Resource:
    body = {
        "listener_arn": parent(plane, "aws_lb_listener", on),
        "priority": priority,
        "action": list(actions) or [forward()],
        **attributes,
    }
    return of(plane, "aws_lb_listener_rule", f"rule{priority}", **body)


def certificate(plane: str, **attributes: Any) -> Resource:
    if plane == "terraform":
        return world.source("aws_acm_certificate", "one", domain_name="api.example.com")
    body = {"domain_name": "api.example.com", "status": "ISSUED", "not_after": SOON, **attributes}
    return world.live("aws_acm_certificate", ARN, id=ARN, arn=ARN, **body)


def judge(
    plane: str, *found: Resource, gaps: tuple[Gap, ...] = (), started: str = NOW, **body: Any
) -> dict[str, Verdict]:
    held = [
        one
        for kind, one in (("aws_lb", balancer(plane)), ("aws_acm_certificate", certificate(plane)))
        if not any(each.kind == kind for each in found)
    ]
    seen: Plane = "live" if plane == "live" else "terraform"
    observed = Observation(seen, (*held, *found), gaps, started=started)
    return world.judge(RELATION, {"tls": {**BODY, **body}}, View(observed, kinds.registry()))


def states(plane: str, *found: Resource, **more: Any) -> dict[str, str]:
    return {path: str(verdict.state) for path, verdict in judge(plane, *found, **more).items()}


def all_pass(plane: str, **but: str) -> dict[str, str]:
    names = {"listens": LISTENS, "plain": PLAIN, **({"certificate": CERTIFICATE} if plane == "live" else {})}
    return {**dict.fromkeys(names.values(), "pass"), **{names[name]: state for name, state in but.items()}}


def gap(plane: str, *hidden: str) -> Gap:
    return Gap(plane, hidden, "what was asked for", "AccessDenied", mend="allow it")  # type: ignore[arg-type]


@PLANES
def test_a_listener_with_a_certificate_alone_passes(plane: str) -> None:
    found = judge(plane, https(plane))
    assert {path: str(one.state) for path, one in found.items()} == all_pass(plane)
    assert (found[LISTENS].actual, found[PLAIN].actual) == ("443/HTTPS", "nothing is forwarded")


@PLANES
@pytest.mark.parametrize(
    "action",
    [
        redirect(),
        # it sends the client away, wherever to: nothing is forwarded
        redirect("#{protocol}"),
        {"type": "fixed-response", "fixed_response": [{"status_code": "404"}]},
    ],
)
def test_plain_text_may_be_sent_away(plane: str, action: Any) -> None:
    beside = [listener(plane, "http", 80, "HTTP", action), rule(plane, 1, "http", action)]
    assert states(plane, https(plane), *beside) == all_pass(plane)


@PLANES
def test_a_rule_of_the_listener_that_ends_tls_may_forward(plane: str) -> None:
    sign_in = {"type": "authenticate-oidc", "order": 1}
    beside = [listener(plane, "http", 80, "HTTP", redirect()), rule(plane, 1, "https", sign_in, forward())]
    assert states(plane, https(plane), *beside) == all_pass(plane)


WEIGHTED = {"type": "forward", "forward": [{"target_group": [{"arn": "a", "weight": 1}, {"arn": "b", "weight": 0}]}]}


@PLANES
@pytest.mark.parametrize(
    "actions",
    [[forward()], [WEIGHTED], [{"type": "authenticate-cognito", "order": 1}, {"order": 2, **forward()}]],
)
def test_a_plain_listener_that_forwards_fails(plane: str, actions: list[Any]) -> None:
    found = judge(plane, https(plane), listener(plane, "http", 80, "HTTP", *actions))
    assert {path: str(one.state) for path, one in found.items()} == all_pass(plane, plain="fail")
    assert found[PLAIN].actual == ["80/HTTP by default"]
    if plane == "terraform":
        assert found[PLAIN].origin == Origin("lb.tf", 7)


@PLANES
def test_a_rule_of_a_plain_listener_that_forwards_fails(plane: str) -> None:
    beside = [
        listener(plane, "http", 80, "HTTP", redirect()),
        rule(plane, 5, "http"),
        rule(plane, 6, "http", redirect()),
    ]
    found = judge(plane, https(plane), *beside)
    assert {path: str(one.state) for path, one in found.items()} == all_pass(plane, plain="fail")
    assert found[PLAIN].actual == ["80/HTTP by rule 5"]
    if plane == "terraform":
        assert found[PLAIN].origin == Origin("lb.tf", 70)


@PLANES
@pytest.mark.parametrize(
    ("port", "protocol", "attributes", "said"),
    [
        (443, "HTTP", {}, "443/HTTP"),
        (443, "TCP", {}, "443/TCP"),
        (8443, "HTTPS", {"certificate_arn": ARN}, "nothing listens there"),
        (443, "HTTPS", {}, "443/HTTPS without certificate"),
        (443, "TLS", {"certificate_arn": ""}, "443/TLS without certificate"),
    ],
)
def test_without_a_listener_that_ends_tls_there_it_fails(
    plane: str, port: int, protocol: str, attributes: dict[str, Any], said: str
) -> None:
    found = judge(plane, listener(plane, "one", port, protocol, **attributes))
    assert (found[LISTENS].state, found[LISTENS].actual) == ("fail", said)
    assert found[PLAIN].state == ("pass" if protocol in ("HTTPS", "TLS") else "fail")
    if plane == "live":
        assert found[CERTIFICATE].state == "fail"


@PLANES
def test_a_balancer_without_listeners_fails(plane: str) -> None:
    found = judge(plane)
    assert (found[LISTENS].state, found[LISTENS].actual, found[PLAIN].state) == (
        "fail",
        "nothing listens there",
        "pass",
    )


@PLANES
def test_a_network_load_balancer_ends_tls_by_a_tls_listener_only(plane: str) -> None:
    network = balancer(plane, load_balancer_type="network")
    ends = listener(plane, "tls", 443, "TLS", certificate_arn=ARN)
    assert states(plane, network, ends) == all_pass(plane)
    handed_on = listener(plane, "tcp", 80, "TCP_UDP")
    found = judge(plane, network, ends, handed_on)
    assert (found[PLAIN].state, found[PLAIN].actual) == ("fail", ["80/TCP_UDP by default"])


@PLANES
def test_another_balancers_listeners_do_not_count(plane: str) -> None:
    other = balancer(plane, "other")
    theirs = listener(plane, "theirs", 80, "HTTP", load_balancer_arn=parent(plane, "aws_lb", "other"))
    assert states(plane, balancer(plane), other, https(plane), theirs, rule(plane, 1, "theirs")) == all_pass(plane)
    elsewhere = https(plane, load_balancer_arn=parent(plane, "aws_lb", "other"))
    assert judge(plane, balancer(plane), other, elsewhere)[LISTENS].state == "fail"


@PLANES
def test_another_port_can_be_asked_for(plane: str) -> None:
    assert states(plane, https(plane, port=8443), port=8443)["HTTPS on 8443"] == "pass"
    assert states(plane, https(plane), port=8443)["HTTPS on 8443"] == "fail"


@PLANES
def test_the_policy_counts_where_it_is_asked_for(plane: str) -> None:
    wanted = {"pattern": "^ELBSecurityPolicy-TLS13-"}
    good = https(plane, ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06")
    assert states(plane, good, ssl_policy=wanted)[POLICY] == "pass"
    found = judge(plane, https(plane, ssl_policy="ELBSecurityPolicy-2016-08"), ssl_policy=wanted)
    assert (found[POLICY].state, found[POLICY].actual) == ("fail", "ELBSecurityPolicy-2016-08")
    assert POLICY not in judge(plane, good)
    assert judge(plane, ssl_policy=wanted)[POLICY].state == "fail"
    # the provider computes what the source leaves out
    left_out = https(plane) if plane == "terraform" else https(plane, ssl_policy="")
    assert judge(plane, left_out, ssl_policy=wanted)[POLICY].state == ("unknown" if plane == "terraform" else "fail")
    hidden = judge(plane, gaps=(gap(plane, "aws_lb_listener"),), ssl_policy=wanted)
    assert hidden[POLICY].state == "unreadable"


# --- the certificate, in the account


@pytest.mark.parametrize(
    ("attributes", "state", "says"),
    [
        ({"status": "PENDING_VALIDATION", "not_after": ""}, "fail", "PENDING_VALIDATION"),
        ({"status": "EXPIRED"}, "fail", "EXPIRED"),
        ({"not_after": PAST}, "fail", "has expired"),
        ({"not_after": NOW}, "fail", "has expired"),
        ({"not_after": SOON}, "pass", ""),
        ({"not_after": ""}, "pass", ""),
        ({"not_after": "tomorrow"}, "unknown", "still in force"),
        ({"not_after": Unknown(Cause.UNREADABLE)}, "unreadable", "not_after"),
        ({"status": Unknown(Cause.UNREADABLE)}, "unreadable", "status"),
        # what is known of it decides
        ({"status": Unknown(Cause.UNREADABLE), "not_after": PAST}, "fail", "has expired"),
        ({"status": "REVOKED", "not_after": Unknown(Cause.UNREADABLE)}, "fail", "REVOKED"),
    ],
)
def test_the_certificate_has_to_be_issued_and_in_force(attributes: dict[str, Any], state: str, says: str) -> None:
    found = judge("live", https("live"), certificate("live", **attributes))
    assert (found[CERTIFICATE].state, found[LISTENS].state) == (state, "pass")
    assert says in found[CERTIFICATE].cause


def test_without_the_time_of_the_look_a_certificate_is_not_said_to_be_in_force() -> None:
    assert judge("live", https("live"), started="")[CERTIFICATE].state == "unknown"


def test_a_certificate_that_is_not_among_what_was_read_is_not_judged() -> None:
    other = https("live", certificate_arn=ARN.replace("one", "two"))
    assert judge("live", other)[CERTIFICATE].state == "unknown"
    assert judge("live", other, gaps=(gap("live", "aws_acm_certificate"),))[CERTIFICATE].state == "unreadable"
    of_iam = https("live", certificate_arn="arn:aws:iam::111122223333:server-certificate/one")
    found = judge("live", of_iam)
    assert (found[CERTIFICATE].state, found[LISTENS].state) == ("unknown", "pass")
    assert "IAM" in found[CERTIFICATE].cause


# --- what is unknown


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (world.reference("aws_acm_certificate_validation.one", "certificate_arn"), "pass"),
        (Unknown(Cause.DATA_SOURCE, (Reference("data.aws_acm_certificate.one", "arn"),)), "pass"),
        (world.unknown(), "unknown"),
        (world.unknown(not_null=True), "pass"),
        (Unknown(Cause.MISSING_MODULE, (Reference("module.dns", "certificate_arn"),)), "unreadable"),
        (None, "fail"),
    ],
)
def test_the_source_names_a_certificate_or_may(value: Any, state: str) -> None:
    assert states("terraform", https("terraform", certificate_arn=value)) == all_pass("terraform", listens=state)


def test_an_unknown_port_or_protocol_is_open() -> None:
    found = states("terraform", https("terraform", port=world.unknown()))
    assert found == all_pass("terraform", listens="unknown")
    found = states("terraform", https("terraform", protocol=world.unknown()))
    assert found == all_pass("terraform", listens="unknown", plain="unknown")
    # whatever its protocol, it forwards nothing
    vague = listener("terraform", "http", 80, world.unknown(), redirect())
    assert states("terraform", https("terraform"), vague) == all_pass("terraform")


@pytest.mark.parametrize(
    ("kind", "state"), [("application", "fail"), ("network", "unknown"), (world.unknown(), "unknown")]
)
def test_a_protocol_that_the_source_leaves_out_is_http_of_an_application_balancer(kind: Any, state: str) -> None:
    bare = listener("terraform", "http", 80, None)
    attributes = {name: value for name, value in bare.attributes.items() if name != "protocol"}
    bare = replace(bare, attributes=attributes)
    found = states("terraform", balancer("terraform", load_balancer_type=kind), https("terraform"), bare)
    assert found == all_pass("terraform", plain=state)
    # a plan says that the provider computes it
    planned = replace(world.changed(bare, protocol=Unknown(Cause.COMPUTED)), computed=("protocol",), missing="absent")
    found = states("terraform", balancer("terraform", load_balancer_type=kind), https("terraform"), planned)
    assert found == all_pass("terraform", plain=state)


@pytest.mark.parametrize(
    "actions",
    [
        world.unknown(),
        world.unknown(partial=[redirect()], open=True),
        [world.unknown()],
        [{"type": world.unknown()}],
    ],
)
def test_unknown_actions_are_open_where_tls_does_not_end(actions: Any) -> None:
    http = listener("terraform", "http", 80, "HTTP", default_action=actions)
    assert states("terraform", https("terraform"), http) == all_pass("terraform", plain="unknown")
    assert states("terraform", https("terraform", default_action=actions)) == all_pass("terraform")
    sure = world.unknown(partial=[forward()], open=True)
    http = world.changed(http, default_action=sure)
    assert states("terraform", https("terraform"), http) == all_pass("terraform", plain="fail")


@PLANES
def test_a_listener_that_perhaps_exists_decides_nothing(plane: str) -> None:
    perhaps = replace(listener(plane, "http", 80, "HTTP"), existence=world.unknown())
    assert states(plane, https(plane), perhaps) == all_pass(plane, plain="unknown")
    found = judge(plane, replace(https(plane), existence=world.unknown()))
    assert (found[LISTENS].state, found[PLAIN].state) == ("unknown", "pass")


def test_a_listener_that_may_be_another_balancers_decides_nothing() -> None:
    stray = listener("terraform", "stray", 80, "HTTP", load_balancer_arn=world.unknown())
    assert states("terraform", https("terraform"), stray) == all_pass("terraform", plain="unknown")
    assert states("terraform", https("terraform", load_balancer_arn=world.unknown())) == all_pass(
        "terraform", listens="unknown"
    )


def test_a_rule_of_a_listener_that_cannot_be_told_decides_nothing() -> None:
    stray = rule("terraform", 1, "https", listener_arn=world.unknown())
    found = judge("terraform", https("terraform"), stray)
    assert (found[LISTENS].state, found[PLAIN].state) == ("pass", "unknown")
    assert "aws_lb_listener_rule.rule1" in found[PLAIN].cause
    sent_away = rule("terraform", 1, "https", redirect(), listener_arn=world.unknown())
    assert states("terraform", https("terraform"), sent_away) == all_pass("terraform")


@PLANES
def test_a_gap_opens_what_it_may_hide(plane: str) -> None:
    listing = (gap(plane, "aws_lb_listener"),)
    assert states(plane, https(plane), gaps=listing) == all_pass(plane, plain="unreadable")
    assert judge(plane, gaps=listing)[LISTENS].state == "unreadable"
    found = judge(plane, listener(plane, "http", 80, "HTTP"), gaps=listing)
    assert (found[PLAIN].state, found[LISTENS].state) == ("fail", "unreadable")
    assert "also undecided" in found[PLAIN].cause
    rules = (gap(plane, "aws_lb_listener_rule"),)
    # the rules of a listener that ends TLS may forward, so it is of no matter what they are
    assert states(plane, https(plane), gaps=rules) == all_pass(plane)
    http = listener(plane, "http", 80, "HTTP", redirect())
    assert states(plane, https(plane), http, gaps=rules) == all_pass(plane, plain="unreadable")


@PLANES
def test_no_such_balancer_is_absent_unless_it_may_lie_behind_a_gap(plane: str) -> None:
    other = balancer(plane, "other")
    assert set(states(plane, other).values()) == {"absent"}
    assert set(states(plane, other, gaps=(gap(plane, "aws_lb"),)).values()) == {"unreadable"}


# --- the spec


@pytest.mark.parametrize(
    ("change", "path", "why"),
    [
        ({"of": {"kind": "aws_ecs_service"}}, ("tls", "of", "kind"), "not of aws_ecs_service"),
        ({"port": 70000}, ("tls", "port"), "1 to 65535"),
        ({"ssl_policy": 7}, ("tls", "ssl_policy"), "string"),
        ({"ssl_policy": {"patern": "x"}}, ("tls", "ssl_policy", "patern"), "pattern"),
    ],
)
def test_a_body_that_cannot_be_is_refused(change: Any, path: Any, why: str) -> None:
    with pytest.raises(BodyError, match=why) as error:
        RELATION.check({"tls": {**BODY, **change}}, kinds.registry())
    assert error.value.path == path


def test_a_body_that_can_be_is_taken() -> None:
    body = {"tls": {**BODY, "port": 8443, "ssl_policy": {"pattern": "TLS13"}}}
    RELATION.check(body, kinds.registry())
    needed = {"aws_lb", "aws_lb_listener", "aws_lb_listener_rule", "aws_acm_certificate"}
    assert RELATION.kinds(body) == needed
