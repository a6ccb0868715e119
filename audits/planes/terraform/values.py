"""Terraform values inside the evaluator, and the way out of it into the vocabulary of :mod:`audits.model`.

========================  =====================================================================
Terraform                 here
========================  =====================================================================
null                      ``None``
bool, string              ``bool``, ``str``
number                    ``int`` where integral, else ``decimal.Decimal`` (512-bit floats in Terraform)
tuple (``[…]`` literal)   ``tuple``
list(T)                   ``list``
set(T)                    :class:`SetValue`, its elements in Terraform's iteration order, without duplicates
object (``{…}`` literal)  ``dict``
map(T)                    :class:`Map`
unknown                   :class:`audits.model.Unknown`
sensitive mark            :class:`Sensitive` around any value, at any depth
resource, data source     :class:`OpenObject`: an attribute that is not configured is Unknown
========================  =====================================================================

Values are never changed after they were made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any, TypeAlias

from audits.model import Cause, Redacted, Reference, Unknown, Value

TerraformValue: TypeAlias = Any


class Map(dict[str, TerraformValue]):
    """A Terraform map: like an object, but all values are of one type."""


@dataclass(frozen=True, slots=True)
class SetValue:
    """A Terraform set. ``elements`` are unique and in the order in which Terraform iterates them."""

    elements: tuple[TerraformValue, ...]


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A value that Terraform marks as sensitive. ``value`` itself is never Sensitive."""

    value: TerraformValue


class OpenObject(dict[str, TerraformValue]):
    """An object of which only the configured attributes are in the source: a resource, a data source.

    Reading an attribute that is not there gives an Unknown that refers to it. Its keys are not all of its keys, so
    functions never see it: they get :meth:`as_unknown`.
    """

    def __init__(self, items: Mapping[str, TerraformValue], address: str, cause: Cause, path: str = "") -> None:
        super().__init__(items)
        self.address = address
        self.cause = cause
        self.path = path

    def __missing__(self, name: str) -> Unknown:
        path = f"{self.path}.{name}" if self.path else name
        return Unknown(self.cause, (Reference(self.address, path),), not_null=name in ("id", "arn"))

    def as_unknown(self) -> Unknown:
        """The whole as an Unknown whose ``partial`` holds what is configured."""
        partial = {key: close(value) for key, value in self.items()}
        reference = Reference(self.address, self.path)
        return OpenUnknown(self.cause, (reference,), partial=partial, not_null=True, source=self)


@dataclass(frozen=True, slots=True)
class OpenUnknown(Unknown):
    """A whole resource as a function sees it. Its attributes can still be had of ``source``."""

    source: OpenObject | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EncodedUnknown(Unknown):
    """An unknown text that is a document: ``partial`` is what it encodes, not what it is."""


class TerraformError(Exception):
    """The source is in error: Terraform would refuse it. The message is for people."""


class Exhausted(Exception):  # noqa: N818 - it says nothing against the source
    """Evaluating it would take more time or memory than is sensible; ``try`` does not catch it."""


LONGEST_TEXT = 16_000_000
"""Characters of the longest text that is made."""


def check_length(characters: int) -> None:
    """Raise Exhausted for a text that is longer than sensible, before it is made."""
    if characters > LONGEST_TEXT:
        raise Exhausted(f"a text of more than {LONGEST_TEXT} characters")


def is_number(value: TerraformValue) -> bool:
    """Whether it is a Terraform number (``True`` is a bool, though Python calls it an int)."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def unmark(value: TerraformValue) -> tuple[TerraformValue, bool]:
    """The value without its outermost mark, and whether there was one."""
    return (value.value, True) if isinstance(value, Sensitive) else (value, False)


def mark(value: TerraformValue, sensitive: bool) -> TerraformValue:
    """The value, marked as sensitive if asked."""
    return Sensitive(value) if sensitive and not isinstance(value, Sensitive) else value


def unmark_deep(value: TerraformValue) -> tuple[TerraformValue, bool]:
    """The value without marks at any depth, and whether there was any. An Unknown keeps its own ``sensitive``."""
    if isinstance(value, Sensitive):
        return unmark_deep(value.value)[0], True
    if isinstance(value, tuple | list):
        pairs = [unmark_deep(element) for element in value]
        return type(value)(element for element, _ in pairs), any(found for _, found in pairs)
    if isinstance(value, SetValue):
        pairs = [unmark_deep(element) for element in value.elements]
        return SetValue(tuple(element for element, _ in pairs)), any(found for _, found in pairs)
    if isinstance(value, dict):
        items = {key: unmark_deep(element) for key, element in value.items()}
        if isinstance(value, OpenObject):
            inner = {key: element for key, (element, _) in items.items()}
            return OpenObject(inner, value.address, value.cause, value.path), any(f for _, f in items.values())
        return type(value)((key, element) for key, (element, _) in items.items()), any(f for _, f in items.values())
    return value, False


def unknowns_in(value: TerraformValue) -> list[Unknown]:
    """Every Unknown at any depth, outermost first."""
    if isinstance(value, Unknown):
        return [value]
    if isinstance(value, OpenObject):
        return [value.as_unknown()]
    if isinstance(value, Sensitive):
        return unknowns_in(value.value)
    if isinstance(value, dict):
        return [unknown for element in value.values() for unknown in unknowns_in(element)]
    if isinstance(value, tuple | list):
        return [unknown for element in value for unknown in unknowns_in(element)]
    if isinstance(value, SetValue):
        return [unknown for element in value.elements for unknown in unknowns_in(element)]
    return []


def close(value: TerraformValue) -> TerraformValue:
    """The value with every :class:`OpenObject` in it, at any depth, as an Unknown."""
    if isinstance(value, OpenObject):
        return value.as_unknown()
    if isinstance(value, Sensitive):
        return Sensitive(close(value.value))
    if isinstance(value, tuple | list):
        return type(value)(close(element) for element in value)
    if isinstance(value, SetValue):
        return SetValue(tuple(close(element) for element in value.elements))
    if isinstance(value, dict):
        return type(value)((key, close(element)) for key, element in value.items())
    return value


def make_set(elements: Iterable[TerraformValue]) -> SetValue:
    """A set of these elements, without duplicates and in the order in which Terraform iterates them.

    Unknown elements may turn out equal to others: they are all kept, and come last.
    """
    from audits.planes.terraform.numbers import bucket_text, format_number

    known: dict[str, TerraformValue] = {}
    unknown: list[TerraformValue] = []
    for element in elements:
        if is_wholly_known(element):
            known.setdefault(_set_key(element, format_number), element)
        else:
            unknown.append(element)
    values = list(known.values())
    if values and all(is_number(value) for value in values):
        ordered = sorted(values, key=lambda number: (number, format_number(number)))
    elif values and all(isinstance(value, str) for value in values):
        ordered = sorted(values, key=lambda text: text.encode("utf-8", "surrogatepass"))
    else:
        ordered = sorted(values, key=lambda value: _set_key(value, bucket_text))
    return SetValue((*ordered, *unknown))


def _set_key(value: TerraformValue, number: Callable[[Any], str]) -> str:
    """A text that is equal for equal values (if ``number`` is), and sorts as cty sorts the elements of a set."""
    if isinstance(value, Sensitive):
        return _set_key(value.value, number)
    if value is None:
        return "~"
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int | Decimal):
        return number(value)
    if isinstance(value, Map):
        pairs = (f"{_set_key(key, number)}:{_set_key(value[key], number)};" for key in sorted(value))
        return "{" + "".join(pairs) + "}"
    elements: Iterable[TerraformValue] = value.elements if isinstance(value, SetValue) else value
    if isinstance(value, dict):
        elements = (value[key] for key in sorted(value))
    inner = "".join(f"{_set_key(element, number)};" for element in elements)
    return f"[{inner}]" if isinstance(value, list | SetValue) else f"<{inner}>"


def is_wholly_known(value: TerraformValue) -> bool:
    """Whether no part of it is unknown."""
    return not unknowns_in(value)


def derive(unknowns: Iterable[Unknown], **refinements: Any) -> Unknown:
    """The Unknown that results from a computation on unknowns: the first one's cause, everyone's references.

    ``refinements`` are fields of Unknown that are known of the result (``parts``, ``partial``, ``length``,
    ``not_null``, ``open``); nothing of the operands' own refinements is kept. Without ``parts`` and ``partial`` nobody
    can tell what was made of them: it is ``derived``.
    """
    found = list(unknowns)
    references = tuple(dict.fromkeys(reference for unknown in found for reference in unknown.references))
    first = found[0]
    sensitive = any(unknown.sensitive for unknown in found)
    opaque = not refinements.get("parts") and refinements.get("partial") is None
    result = Unknown(first.cause, references, first.detail, sensitive=sensitive, derived=opaque)
    return replace(result, **refinements) if refinements else result


def to_model(value: TerraformValue) -> Value:
    """The value as :mod:`audits.model` speaks it: sets become lists, sensitive parts :class:`Redacted`."""
    if isinstance(value, Sensitive):
        return Redacted()
    if isinstance(value, Unknown):
        return _unknown_to_model(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, SetValue):
        return [to_model(element) for element in value.elements]
    if isinstance(value, tuple | list):
        return [to_model(element) for element in value]
    if isinstance(value, OpenObject):
        return _unknown_to_model(value.as_unknown())
    if isinstance(value, dict):
        return {key: to_model(element) for key, element in value.items()}
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _unknown_to_model(value: Unknown) -> Value:
    if isinstance(value, OpenUnknown):
        value = Unknown(value.cause, value.references, value.detail, value.partial, not_null=value.not_null)
    elif isinstance(value, EncodedUnknown):
        value = Unknown(**{one.name: getattr(value, one.name) for one in fields(Unknown)})
    if value.sensitive:
        return replace(value, partial=None, parts=())
    return replace(value, partial=to_model(value.partial)) if value.partial is not None else value
