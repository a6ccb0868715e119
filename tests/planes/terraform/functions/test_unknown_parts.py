"""Whatever part of an argument is unknown: a result that is known all the same is the one of the known argument."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from audits.model import Cause, Reference, Unknown
from audits.planes.terraform.functions import FunctionError, call
from audits.planes.terraform.functions.json_text import encode
from audits.planes.terraform.values import Map, Sensitive, SetValue, TerraformValue, make_set, unmark_deep
from tests.planes.terraform.functions.notation import value
from tests.planes.terraform.functions.test_terraform_functions import CONTEXT

UNKNOWN = Unknown(Cause.COMPUTED, (Reference("aws_thing.x", "attribute"),))
CASES = [
    (path.stem, case["args"])
    for path in sorted((Path(__file__).parent / "cases").glob("*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))
    if "json" in case and case["args"] and not path.stem.startswith("template")
]
SENSITIVITY = {"issensitive"}
"""What it tells is not of the value."""

UNIFYING = {"chunklist", "coalesce", "concat", "distinct", "matchkeys", "setproduct", "setunion", "tolist", "tomap"}
UNIFYING |= {"lookup", "merge", "toset"}
"""Their result is converted to the one type of all elements; that of an unknown one is not known here."""


def as_texts(found: TerraformValue) -> TerraformValue:
    """The value with all scalars as strings and all sequences as tuples."""
    found = unmark_deep(found)[0]
    if isinstance(found, dict):
        return {key: as_texts(element) for key, element in found.items()}
    if isinstance(found, SetValue):
        return SetValue(tuple(map(as_texts, found.elements)))
    if isinstance(found, tuple | list):
        return tuple(map(as_texts, found))
    if isinstance(found, Unknown):
        return replace(found, partial=None if found.partial is None else as_texts(found.partial))
    return encode(found).strip('"')


def places(found: TerraformValue, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all parts, the whole included."""
    yield path
    if isinstance(found, Sensitive):
        yield from places(found.value, (*path, "value"))
    elif isinstance(found, dict):
        for key, element in found.items():
            yield from places(element, (*path, key))
    elif isinstance(found, tuple | list | SetValue):
        for index, element in enumerate(found.elements if isinstance(found, SetValue) else found):
            yield from places(element, (*path, index))


def hide(found: TerraformValue, path: tuple[Any, ...]) -> TerraformValue:
    """The value with the part at the path unknown."""
    if not path:
        return UNKNOWN
    step, *rest = path
    if isinstance(found, Sensitive):
        return Sensitive(hide(found.value, tuple(rest)))
    if isinstance(found, dict):
        inner = {**found, step: hide(found[step], tuple(rest))}
        return Map(inner) if isinstance(found, Map) else inner
    elements = list(found.elements if isinstance(found, SetValue) else found)
    elements[step] = hide(elements[step], tuple(rest))
    if isinstance(found, SetValue):
        return make_set(elements)
    return tuple(elements) if isinstance(found, tuple) else elements


def agrees(found: TerraformValue, concrete: TerraformValue) -> bool:
    """Whether all that is known of the one is so in the other."""
    found = unmark_deep(found)[0]
    if isinstance(found, Unknown):
        return agrees_in_part(found, concrete)
    if type(found) is not type(concrete):
        return False
    if isinstance(found, SetValue):
        known = [element for element in found.elements if not unknown_inside(element)]
        return all(element in concrete.elements for element in known)
    if isinstance(found, dict):
        return found.keys() == concrete.keys() and all(agrees(found[key], concrete[key]) for key in found)
    if isinstance(found, tuple | list):
        return len(found) == len(concrete) and all(map(agrees, found, concrete))
    return bool(found == concrete)


def unknown_inside(found: TerraformValue) -> bool:
    return any(isinstance(part, Unknown) for part in parts_of(found))


def parts_of(found: TerraformValue) -> Iterator[TerraformValue]:
    yield found
    if isinstance(found, dict):
        for element in found.values():
            yield from parts_of(element)
    elif isinstance(found, tuple | list | SetValue):
        for element in found.elements if isinstance(found, SetValue) else found:
            yield from parts_of(element)


def agrees_in_part(found: Unknown, concrete: TerraformValue) -> bool:
    """Whether what is known of an unknown is so of the value that it stands for."""
    if found.not_null and concrete is None:
        return False
    if found.length is not None and len(concrete) != found.length:
        return False
    if found.parts:
        return isinstance(concrete, str) and spells(list(found.parts), concrete)
    if found.open and isinstance(found.partial, list | tuple):
        elements = concrete.elements if isinstance(concrete, SetValue) else concrete
        partial = [unmark_deep(element)[0] for element in found.partial]
        return all(unknown_inside(element) or element in elements for element in partial)
    if found.open and isinstance(found.partial, dict):
        return all(key in concrete and agrees(element, concrete[key]) for key, element in found.partial.items())
    return True


def spells(pieces: list[Any], text: str) -> bool:
    """Whether the text can be made of these pieces, something for each unknown one."""
    if not pieces:
        return not text
    first, *rest = pieces
    if isinstance(first, str):
        return text.startswith(first) and spells(rest, text[len(first) :])
    return any(spells(rest, text[cut:]) for cut in range(len(text) + 1))


@settings(max_examples=10_000, deadline=None, derandomize=True)
@given(st.data())
def test_an_unknown_part_never_makes_a_different_result(data: st.DataObject) -> None:
    name, written = data.draw(st.sampled_from(CASES))
    args = [value(arg) for arg in written]
    position = data.draw(st.integers(0, len(args) - 1))
    path = data.draw(st.sampled_from(list(places(args[position]))))
    hidden = [hide(arg, path) if index == position else arg for index, arg in enumerate(args)]
    concrete = unmark_deep(call(name, args, CONTEXT))[0]
    if name in SENSITIVITY or isinstance(concrete, Unknown):
        return
    try:
        found = unmark_deep(call(name, hidden, CONTEXT))[0]
    except FunctionError as error:
        raise AssertionError(f"{name} refuses what it need not") from error
    if name in UNIFYING:
        found, concrete = as_texts(found), as_texts(concrete)
    assert agrees(found, concrete), (name, hidden, found, concrete)


def test_the_comparison_can_fail() -> None:
    assert not agrees("a", "b")
    assert not agrees(("a", UNKNOWN), ("b", 1))
    assert not agrees(Unknown(Cause.COMPUTED, parts=("a", UNKNOWN)), "b")
    assert not agrees(Unknown(Cause.COMPUTED, partial=["a"], open=True), ("b",))
    assert agrees(Unknown(Cause.COMPUTED, parts=("a", UNKNOWN, "c")), "abc")
