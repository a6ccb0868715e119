"""Rules of listeners, without the default one, which is the listener's ``default_action``.

Sources: provider documentation of ``aws_lb_listener_rule``; ELB API Reference (2015-12-01), DescribeRules and
RuleCondition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds._shapes import each_block
from audits.kinds.aws_lb import with_tags
from audits.kinds.aws_lb_listener import live_action, of_each_listener, one_forward
from audits.model import Cause, Resource, Unknown, Value

_VALUES = {
    "host-header": ("host_header", "HostHeaderConfig"),
    "http-header": ("http_header", "HttpHeaderConfig"),
    "http-request-method": ("http_request_method", "HttpRequestMethodConfig"),
    "path-pattern": ("path_pattern", "PathPatternConfig"),
    "source-ip": ("source_ip", "SourceIpConfig"),
}
_BLOCKS = (*(name for name, _ in _VALUES.values()), "query_string")
_EXPRESSIONS = Unknown(
    Cause.UNSUPPORTED, detail="regular expressions, which provider 5.100 has no attribute for", not_null=True
)


def _from_terraform(rule: Resource) -> Resource:
    if "action" not in rule.attributes:
        return rule
    return replace(rule, attributes={**rule.attributes, "action": each_block(rule.attributes["action"], one_forward)})


def _from_live(reader: Reader) -> Iterable[Resource]:
    return with_tags(reader, of_each_listener(reader, partial(_of_listener, reader)))


def _of_listener(reader: Reader, listener: Mapping[str, Any]) -> list[Resource]:
    arn = listener["ListenerArn"]
    listed = reader.pages("elbv2", "describe_rules", "Rules", ListenerArn=arn)
    found = reader.each(listed, partial(_rule, reader, arn))
    return [rule for rules in found for rule in rules]


def _rule(reader: Reader, listener: str, rule: Mapping[str, Any]) -> list[Resource]:
    if rule.get("IsDefault") or rule.get("Priority") == "default":
        return []
    arn = rule["RuleArn"]
    attributes: dict[str, Value] = {
        "id": arn,
        "arn": arn,
        "listener_arn": listener,
        "priority": int(rule["Priority"]),
        "action": [live_action(one) for one in rule["Actions"]],
        "condition": [_condition(one) for one in rule.get("Conditions") or ()],
    }
    return [reader.resource("aws_lb_listener_rule", arn, attributes)]


def _condition(condition: Mapping[str, Any]) -> dict[str, Value]:
    field = condition.get("Field", "")
    blocks: dict[str, Value] = {name: [] for name in _BLOCKS}
    if field == "query-string":
        pairs = (condition.get("QueryStringConfig") or {}).get("Values") or ()
        return {**blocks, "query_string": [{"key": one.get("Key", ""), "value": one.get("Value")} for one in pairs]}
    if field not in _VALUES:
        return blocks
    name, key = _VALUES[field]
    config = condition.get(key) or {}
    # Conditions of the older form have their values beside the field.
    values: Value = list(config.get("Values") or condition.get("Values") or ())
    if config.get("RegexValues") or condition.get("RegexValues"):
        values = _EXPRESSIONS
    block = {"values": values}
    return {
        **blocks,
        name: [{"http_header_name": config.get("HttpHeaderName"), **block} if name == "http_header" else block],
    }


KIND = Kind(
    type="aws_lb_listener_rule",
    identity=("listener_arn", "priority"),
    reads=(
        Read("elbv2", "describe_load_balancers"),
        Read("elbv2", "describe_listeners"),
        Read("elbv2", "describe_rules"),
        Read("elbv2", "describe_tags"),
    ),
    aliases=("aws_alb_listener_rule",),
    from_terraform=_from_terraform,
    from_live=_from_live,
)
