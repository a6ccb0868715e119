"""How many instances ``count`` and ``for_each`` make, and what ``each`` and ``count.index`` are in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from audits.model import Cause, Reference, Unknown
from audits.planes.terraform.bodies import Report, safely
from audits.planes.terraform.evaluate import Scope
from audits.planes.terraform.nodes import Attribute, Block
from audits.planes.terraform.numbers import Number, counted
from audits.planes.terraform.types import NUMBER, convert
from audits.planes.terraform.values import (
    OpenObject,
    SetValue,
    TerraformError,
    TerraformValue,
    close,
    derive,
    is_wholly_known,
    unknowns_in,
    unmark,
)

MOST_INSTANCES = 10_000
"""More than that is no configuration that people wrote: the instances are not made one by one."""

Key = int | str | None


@dataclass(frozen=True, slots=True)
class Expansion:
    """The instances of a block. ``kind`` is ``single``, ``count``, ``for_each`` or ``unknown``.

    ``values`` holds ``each.value`` by key (``count``: nothing to say); ``why`` is set for ``unknown`` only.
    """

    kind: str
    values: dict[Key, TerraformValue]
    why: Unknown | None = None

    def scopes(self, scope: Scope, address: str) -> Iterator[tuple[Key, str, Scope]]:
        """Key, address and scope of every instance; for ``unknown`` a single one, whose address ends in ``[*]``."""
        if self.kind == "single":
            yield None, address, scope
        elif self.why is not None:
            unknown = Unknown(self.why.cause, (Reference(f"{address}[*]"),), self.why.detail)
            each = {"key": derive([unknown], not_null=True), "value": derive([unknown])}
            yield None, f"{address}[*]", scope.bind(each=each, count={"index": derive([unknown], not_null=True)})
        elif self.kind == "count":
            for key in self.values:
                yield key, f"{address}[{key}]", scope.bind(count={"index": counted(int(key or 0))})
        else:
            for key, value in self.values.items():
                yield key, f"{address}[{quote_key(str(key))}]", scope.bind(each={"key": key, "value": value})


def quote_key(key: str) -> str:
    """A key as Terraform writes it in an address."""
    quoted = json.dumps(key, ensure_ascii=False)
    return quoted.replace("${", "$${").replace("%{", "%%{")


def expand(block: Block, scope: Scope, report: Report) -> Expansion:
    """The instances of a resource, data source or module call."""
    for_each, count = block.body.attributes.get("for_each"), block.body.attributes.get("count")
    if for_each is not None and count is not None:
        message = 'the "count" and "for_each" meta-arguments are mutually exclusive'
        report(count.file, count.line, count.column, message)
        return Expansion("unknown", {}, Unknown(Cause.INVALID, detail=message))
    attribute = for_each or count
    if attribute is None:
        return Expansion("single", {})
    value = safely(attribute, scope, report)
    try:
        return _for_each(value) if for_each is not None else _count(value)
    except TerraformError as error:
        return _invalid(attribute, str(error), report)


def _invalid(attribute: Attribute, message: str, report: Report) -> Expansion:
    report(attribute.file, attribute.line, attribute.column, message)
    return Expansion("unknown", {}, Unknown(Cause.INVALID, detail=message))


def _too_many(number: Number) -> Expansion:
    detail = f"{number} instances are more than the {MOST_INSTANCES} that are told apart"
    return Expansion("unknown", {}, Unknown(Cause.UNSUPPORTED, detail=detail))


def _count(value: TerraformValue) -> Expansion:
    inner, _ = unmark(close(value))
    if inner is None:
        raise TerraformError("count must not be null")
    number = convert(inner, NUMBER)
    if isinstance(number, Unknown):
        return Expansion("unknown", {}, number)
    if not isinstance(number, int) or number < 0:
        raise TerraformError("count must be a whole number that is not negative")
    if number > MOST_INSTANCES:
        return _too_many(number)
    return Expansion("count", dict.fromkeys(range(number)))


def _for_each(value: TerraformValue) -> Expansion:
    inner, sensitive = unmark(value)
    if sensitive:
        raise TerraformError("sensitive values cannot be used in for_each")
    if isinstance(inner, Unknown | OpenObject):
        return Expansion("unknown", {}, close(inner))
    if isinstance(inner, SetValue):
        elements = inner.elements
        if not is_wholly_known(elements):
            return Expansion("unknown", {}, derive(unknowns_in(elements)))
        if not all(isinstance(element, str) for element in elements):
            raise TerraformError("for_each takes a map, or a set of strings without nulls")
        values: dict[Key, TerraformValue] = {element: element for element in elements}
    elif isinstance(inner, dict):
        values = {key: inner[key] for key in sorted(inner)}
    else:
        raise TerraformError("for_each takes a map, or a set of strings")
    return _too_many(len(values)) if len(values) > MOST_INSTANCES else Expansion("for_each", values)
