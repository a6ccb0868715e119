"""Small translations that several kinds share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from audits.model import Unknown, Value


def each_block(value: Value, convert: Callable[[dict[str, Value]], Value]) -> Value:
    """A list of blocks with each one converted; what is not known of it stays as it is."""
    if isinstance(value, Unknown):
        return value if value.partial is None else replace(value, partial=each_block(value.partial, convert))
    if isinstance(value, list):
        return [each_block(block, convert) for block in value]
    return convert(value) if isinstance(value, dict) else value


def named(answer: Mapping[str, Any], names: Iterable[tuple[str, str]], none: Value = None) -> dict[str, Value]:
    """Attributes by the provider's names, from members by AWS's; ``none`` where the answer does not give one."""
    return {name: answer.get(aws_name, none) for name, aws_name in names}
