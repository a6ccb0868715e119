"""What a plan knows of values that source alone leaves open, so that source can be evaluated with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from audits.model import Redacted, Unknown, Value
from audits.planes.terraform.values import OpenObject, Sensitive, TerraformValue


@dataclass(frozen=True, slots=True)
class Knowledge:
    """``variables``: the values of the root module's variables. ``values``: attributes by address of the instance.

    Of the attributes only those that are wholly known are here. ``modules`` are the addresses (without indexes) of the
    module calls in the plan's configuration, ``unchanged`` the attributes of each instance that an apply leaves as
    they are.
    """

    variables: Mapping[str, TerraformValue] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, TerraformValue]] = field(default_factory=dict)
    modules: frozenset[str] = frozenset()
    unchanged: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def complete(self, address: str, value: OpenObject) -> None:
        """Add to the object that a reference stands for what the plan knows and source does not."""
        for name, known in self.values.get(address, {}).items():
            if name not in value or _open(value[name]):
                value[name] = known


def _open(value: TerraformValue) -> bool:
    """Whether anything in a value is unknown."""
    if isinstance(value, Sensitive):
        return _open(value.value)
    if isinstance(value, dict):
        return isinstance(value, OpenObject) or any(map(_open, value.values()))
    elements = getattr(value, "elements", value)
    return any(map(_open, elements)) if isinstance(elements, list | tuple) else isinstance(value, Unknown)


def terraform_value(value: Any) -> TerraformValue:
    """A value of JSON as the evaluator speaks it."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else Decimal(repr(value))
    if isinstance(value, list):
        return tuple(terraform_value(element) for element in value)
    if isinstance(value, dict):
        return {name: terraform_value(element) for name, element in value.items()}
    return value


def known_attributes(attributes: Mapping[str, Value], secret: Mapping[str, Any]) -> dict[str, TerraformValue]:
    """The attributes that are wholly known, those that are secret marked so. ``secret`` holds their plain values."""
    found: dict[str, TerraformValue] = {}
    for name, value in attributes.items():
        if not _unknown(value):
            plain = terraform_value(secret.get(name))
            found[name] = Sensitive(plain) if _hidden(value) and plain is not None else plain
    return found


def _unknown(value: Value) -> bool:
    if isinstance(value, dict):
        return any(map(_unknown, value.values()))
    if isinstance(value, list):
        return any(map(_unknown, value))
    return isinstance(value, Unknown)


def _hidden(value: Value) -> bool:
    if isinstance(value, dict):
        return any(map(_hidden, value.values()))
    if isinstance(value, list):
        return any(map(_hidden, value))
    return isinstance(value, Redacted)
