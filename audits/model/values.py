"""Values, what stands in them for what cannot be told or shown, and where they come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

Value: TypeAlias = Any
"""``None | bool | int | float | str | list[Value] | dict[str, Value] | Unknown | Redacted``."""

Plane: TypeAlias = Literal["terraform", "live"]
PLANES: tuple[Plane, ...] = ("terraform", "live")

Severity: TypeAlias = Literal["critical", "high", "medium", "low", "info"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")

Basis: TypeAlias = Literal["stated", "inferred", "rule"]


class Cause(StrEnum):
    """Why a value is unknown, or a verdict undecided."""

    COMPUTED = "computed"
    """Only the provider knows it, after an apply (Terraform: "known after apply")."""
    VARIABLE = "variable without value"
    MISSING_MODULE = "missing module"
    DATA_SOURCE = "data source"
    UNSUPPORTED = "unsupported"
    """The language or a function needs something that is not here: time, randomness, files outside the tree."""
    CYCLE = "cycle"
    INVALID = "invalid"
    """The source is in error here: Terraform itself would refuse it."""
    UNSET = "unset"
    """The source does not set it, and the kind declares no provider default."""
    UNREADABLE = "unreadable"
    """It was asked for and could not be read: the verdict is ``unreadable``, never pass or fail."""
    REDACTED = "redacted"
    """It is secret and was removed before judging."""
    UNRESOLVED = "unresolved reference"
    """It names a resource that was not found among what was read."""
    UNCERTAIN = "uncertain match"
    """It cannot be told whether the control speaks of this resource at all."""


_TYPE = r"[A-Za-z_][\w-]*"
_INDEX = r'(?:\[(?:\d+|\*|"(?:[^"\\]|\\.)*")\])?'
_ADDRESS = re.compile(
    rf"(?P<address>(?:module\.{_TYPE}{_INDEX}\.)*(?:data\.)?{_TYPE}\.{_TYPE}{_INDEX})(?:\.(?P<attribute>.+))?"
)
_MODULE_OUTPUT = re.compile(
    rf"(?P<address>(?:module\.{_TYPE}{_INDEX}\.)*module\.{_TYPE}{_INDEX})(?:\.(?P<attribute>.+))?"
)


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """What an unknown value stands for: an attribute of a resource, a variable, a module's output.

    ``address`` is absolute, as Terraform writes it (``module.network.aws_subnet.public["a"]``, ``var.zone``);
    ``attribute`` is the path below it (``id``, ``arn``), empty for the whole.
    """

    address: str
    attribute: str = ""

    def __str__(self) -> str:
        return f"{self.address}.{self.attribute}" if self.attribute else self.address

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read what ``str()`` wrote. Text in no known form becomes an address without attribute."""
        for pattern in (_MODULE_OUTPUT, _ADDRESS):
            match = pattern.fullmatch(text)
            if match:
                return cls(match["address"], match["attribute"] or "")
        return cls(text)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the source cannot tell, with its cause and with what *is* known of it.

    ``partial``: for a document (policy, ``jsonencode``), list or object, its structure with Unknown leaves.
    ``parts``: for a text, its pieces in order, known strings between unknowns (``"arn:…:" , Unknown, "/*"``).
    ``open``: the elements in ``partial`` (a list) are certain, and there may be more.
    ``length``: the exact length of a list, set or map, if known. ``not_null``: certainly not null.
    ``derived``: computed from its references, so not the very value of any, also where there is only one.
    """

    cause: Cause
    references: tuple[Reference, ...] = ()
    detail: str = ""
    partial: Value = None
    parts: tuple[str | Unknown, ...] = ()
    open: bool = False
    length: int | None = None
    not_null: bool = False
    sensitive: bool = False
    derived: bool = False

    @property
    def prefix(self) -> str:
        """The known beginning of a text; empty if nothing is known."""
        return self.parts[0] if self.parts and isinstance(self.parts[0], str) else ""

    def describe(self) -> str:
        """One line for people: the cause, and what it stands for."""
        names = ", ".join(str(reference) for reference in self.references)
        about = "; ".join(part for part in (names, self.detail) if part)
        return f"{self.cause}: {about}" if about else str(self.cause)


@dataclass(frozen=True, slots=True)
class Redacted:
    """A secret that was removed before it could reach a judgement or an output."""

    reason: str = "sensitive"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was found: a place in a file, an ARN or identifier in the account, or both.

    ``calls`` holds the places of the module calls that lead there, outermost first (``main.tf:12 module.ecs``).
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    arn: str | None = None
    calls: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file or ""
        return place or self.arn or ""


NOWHERE = Origin()


def no_entries() -> Mapping[Any, Any]:
    """A mapping without entries that nobody can change, as the default of a field."""
    return MappingProxyType({})
