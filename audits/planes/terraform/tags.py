"""``tags_all``: the provider's default tags with the resource's own over them, as the provider plans it."""

from __future__ import annotations

from audits.model import Cause, Reference, Unknown
from audits.planes.terraform.bodies import BodyValue
from audits.planes.terraform.providers import ProviderSettings
from audits.planes.terraform.types import STRING, convert
from audits.planes.terraform.values import Map, TerraformError, TerraformValue, close, derive, unmark_deep
from audits.resource_shapes import shape_of


def tags_all(kind: str, body: BodyValue, settings: ProviderSettings, address: str) -> TerraformValue:
    """All tags of a resource that has tags; None where there are none, or it cannot be said what becomes of them."""
    if "tags" not in body.attributes and (settings.default_tags is None or not has_tags(kind)):
        return None
    own, own_marked = unmark_deep(close(body.attributes.get("tags")))
    default, marked = unmark_deep(settings.default_tags)
    own, default = ({} if value is None else value for value in (own, default))
    if isinstance(own, Unknown) or isinstance(default, Unknown):
        return derive([value for value in (own, default) if isinstance(value, Unknown)])
    if not isinstance(own, dict) or not isinstance(default, dict) or own_marked or marked:
        return None
    merged = {**default, **{key: value for key, value in own.items() if value is not None}}
    if "" in merged.values() or settings.ignores_tags:
        # The provider then leaves to AWS what becomes of them.
        return Unknown(Cause.COMPUTED, (Reference(address, "tags_all"),))
    return _texts(merged) or None


def _texts(tags: dict[str, TerraformValue]) -> TerraformValue:
    try:
        return Map((key, convert(value, STRING)) for key, value in tags.items())
    except TerraformError:
        return tags


def has_tags(kind: str) -> bool:
    """Whether the provider's schema says that resources of this kind have tags."""
    shape = shape_of(kind)
    return shape is not None and "tags_all" in shape.attributes
