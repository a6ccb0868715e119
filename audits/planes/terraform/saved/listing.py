"""The resources of a plan's or state's values, module by module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from audits.model import Cause, Gap, Origin, Resource, Unknown, Value
from audits.planes.terraform.saved.shapes import Json, as_mapping, mapping, mappings, text
from audits.planes.terraform.saved.shapes import address as address_of
from audits.planes.terraform.saved.traversals import without_key
from audits.provider_schema import block_of

MOST_RESOURCES = 200_000
NO_VALUES = "no values"


@dataclass(frozen=True, slots=True)
class Saved:
    """A resource instance as it is saved. ``module`` is its module's address, empty for the root."""

    address: str
    kind: str
    mode: str
    module: str
    values: Json | None
    sensitive: Any

    @property
    def local(self) -> str:
        """Its name in its module, without index: ``aws_x.y``, ``data.aws_x.y``."""
        steps = without_key(self.address).split(".")
        return ".".join(steps[-3 if self.mode == "data" else -2 :])


def listed(document: Json, where: str) -> Iterator[Saved]:
    """Every resource and data source below ``root_module``. Raises MalformedError."""
    yield from _of_module(mapping(document, "root_module", where), f"{where}.root_module")


def _of_module(module: Json, where: str) -> Iterator[Saved]:
    address = module.get("address") or ""
    for one, place in mappings(module, "resources", where):
        values = one.get("values")
        yield Saved(
            address_of(one, place),
            text(one, "type", place),
            "managed" if one.get("mode") is None else text(one, "mode", place),
            address if isinstance(address, str) else "",
            None if values is None else as_mapping(values, f"{place}.values"),
            one.get("sensitive_values"),
        )
    for child, place in mappings(module, "child_modules", where):
        yield from _of_module(child, place)


def made(kind: str, address: str, attributes: dict[str, Value], file: str, computed: tuple[str, ...] = ()) -> Resource:
    """The resource with these attributes; those that are null are not there. Its place in the world is in its ARN."""
    region, account = place_of(attributes.get("arn"))
    own = attributes.get("region")
    present = {name: value for name, value in attributes.items() if value is not None}
    return Resource(
        kind,
        address,
        present,
        Origin(file),
        account,
        region or (own if isinstance(own, str) and own else None),
        missing="absent",
        computed=computed,
    )


def place_of(arn: Value) -> tuple[str | None, str | None]:
    """Region and account of an ARN, where it names them."""
    parts = arn.split(":") if isinstance(arn, str) and arn.startswith("arn:") else []
    return (parts[3] or None, parts[4] or None) if len(parts) > 5 else (None, None)


def without_values(kind: str, address: str, file: str, what: str) -> tuple[Resource, Gap]:
    """A resource of which nothing is said but that it is there: all that it can hold is unreadable."""
    block = block_of(kind) or {"attributes": {}, "blocks": {}}
    said = f"the {what} gives no values of it"
    attributes = {name: Unknown(Cause.UNREADABLE, detail=said) for name in (*block["attributes"], *block["blocks"])}
    mend = "make the plan again" if what == "plan" else "read the state anew with 'terraform refresh'"
    gap = Gap("terraform", (kind,), address, NO_VALUES, said, mend, resource=address, origin=Origin(file))
    return Resource(kind, address, attributes, Origin(file), missing="absent"), gap
