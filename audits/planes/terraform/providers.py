"""Provider configurations: which one a resource uses, its region, account and default tags."""

from __future__ import annotations

from dataclasses import dataclass

from audits.planes.terraform import nodes
from audits.planes.terraform.bodies import BodyValue
from audits.planes.terraform.nodes import Attribute, Block, Expression
from audits.planes.terraform.values import Map, TerraformValue, close, unmark, unmark_deep

PARTITIONS = (
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
)


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What a provider block decides. ``region`` and ``default_tags`` may be Unknown, None is "not configured"."""

    region: TerraformValue = None
    default_tags: TerraformValue = None
    account: str | None = None
    ignores_tags: bool = False

    @property
    def known_region(self) -> str | None:
        """The region, if the source tells it."""
        region = unmark(self.region)[0]
        return region if isinstance(region, str) and region else None


def partition_of(region: str) -> tuple[str, str]:
    """The partition of a region, and its DNS suffix."""
    for prefix, partition, suffix in PARTITIONS:
        if region.startswith(prefix):
            return partition, suffix
    return "aws", "amazonaws.com"


def settings_of(body: BodyValue) -> ProviderSettings:
    """The settings that an evaluated ``provider "aws"`` block makes."""
    attributes = {name: close(value) for name, value in body.attributes.items()}
    ignores_tags = "ignore_tags" in body.blocks
    return ProviderSettings(attributes.get("region"), _default_tags(body), _account(attributes), ignores_tags)


def _default_tags(body: BodyValue) -> TerraformValue:
    blocks = body.blocks.get("default_tags")
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        return blocks
    tags: dict[str, TerraformValue] = {}
    for block in blocks:
        value, _ = unmark(close(block.attributes.get("tags")))
        if value is None:
            continue
        if not isinstance(value, dict):
            return value
        tags.update(value)
    return Map(tags)


def _account(attributes: dict[str, TerraformValue]) -> str | None:
    value, _ = unmark_deep(attributes.get("allowed_account_ids"))
    elements = getattr(value, "elements", value)
    if isinstance(elements, tuple | list) and len(elements) == 1 and isinstance(elements[0], str):
        return elements[0]
    return None


def reference_of(attribute: Attribute | None) -> tuple[str, str] | None:
    """Name and alias in ``provider = aws.east``, also as a text."""
    return None if attribute is None else reference_in(attribute.expression)


def reference_in(expression: Expression) -> tuple[str, str] | None:
    """Name and alias that an expression refers to; None if it is no reference to a provider."""
    if isinstance(expression, nodes.Name):
        return expression.name, ""
    if isinstance(expression, nodes.GetAttribute) and isinstance(expression.source, nodes.Name):
        return expression.source.name, expression.name
    if isinstance(expression, nodes.Literal) and isinstance(expression.value, str):
        name, _, alias = expression.value.partition(".")
        return name, alias
    return None


def passed_providers(call: Block) -> dict[tuple[str, str], tuple[str, str]]:
    """What a module call's ``providers`` says: the module's name for a provider, and the caller's."""
    attribute = call.body.attributes.get("providers")
    if attribute is None or not isinstance(attribute.expression, nodes.Object):
        return {}
    result = {}
    for key, value in attribute.expression.items:
        inner, outer = reference_in(key), reference_in(value)
        if inner and outer:
            result[inner] = outer
    return result
