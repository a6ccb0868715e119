"""Lists and tuples: alltrue, anytrue, chunklist, concat, distinct, element, flatten, index, slice, sort and others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from audits.model import Unknown
from audits.planes.terraform.functions.conversion import convert_argument
from audits.planes.terraform.functions.equality import contains, equals, position
from audits.planes.terraform.functions.registry import (
    FunctionError,
    Parameter,
    Unknowns,
    at_least_one,
    function,
    whole,
)
from audits.planes.terraform.numbers import Number, counted
from audits.planes.terraform.types import ANY, BOOL, NUMBER, STRING, convert, has_any, list_of, type_of, unify
from audits.planes.terraform.values import (
    SetValue,
    TerraformValue,
    derive,
    is_wholly_known,
    mark,
    unknowns_in,
    unmark,
)

INSIDE = Unknowns.INSIDE
ALLOWED = Unknowns.ALLOWED
LIST = Parameter("list", list_of(ANY))


@function("alltrue", Parameter("list", list_of(BOOL), unknown=INSIDE))
def _alltrue(elements: list[TerraformValue]) -> TerraformValue:
    for element in elements:
        if isinstance(element, Unknown):
            return derive(unknowns_in(elements), not_null=True)
        if element is not True:
            return False
    return True


@function("anytrue", Parameter("list", list_of(BOOL), unknown=INSIDE))
def _anytrue(elements: list[TerraformValue]) -> TerraformValue:
    if any(element is True for element in elements):
        return True
    unknown = unknowns_in(elements)
    return derive(unknown, not_null=True) if unknown else False


@function("chunklist", Parameter("list", list_of(ANY), unknown=INSIDE, marks=True), Parameter("size", NUMBER))
def _chunklist(elements: TerraformValue, size: Number) -> TerraformValue:
    bare, marked = unmark(elements)
    width = whole(size, "the size")
    if width < 0:
        raise FunctionError("the size must not be negative")
    width = width or max(len(bare), 1)
    return mark([bare[start : start + width] for start in range(0, len(bare), width)], marked)


@function("coalescelist", variadic=Parameter("vals", null=True, unknown=ALLOWED), not_null=False)
def _coalescelist(*candidates: TerraformValue) -> TerraformValue:
    at_least_one(candidates)
    if not all(isinstance(value, tuple | list | Unknown) for value in candidates):
        raise FunctionError("all arguments must be lists or tuples")
    for value in candidates:
        if isinstance(value, Unknown):
            return derive(unknowns_in(candidates))
        if value:
            return value
    raise FunctionError("all arguments are empty")


@function("compact", Parameter("list", list_of(STRING)))
def _compact(elements: list[TerraformValue]) -> list[TerraformValue]:
    return [element for element in elements if element is not None and element != ""]


@function("concat", variadic=Parameter("seqs", unknown=ALLOWED, marks=True), not_null=False)
def _concat(*sequences: TerraformValue) -> TerraformValue:
    at_least_one(sequences)
    bare = [unmark(sequence)[0] for sequence in sequences]
    marked = any(unmark(sequence)[1] for sequence in sequences)
    if not all(isinstance(sequence, tuple | list | Unknown) for sequence in bare):
        raise FunctionError("all arguments must be lists or tuples")
    elements = [element for sequence in bare for element in _certain_elements(sequence)]
    if any(isinstance(sequence, Unknown) for sequence in bare):
        return mark(derive(unknowns_in(bare), partial=elements, open=True), marked)
    return mark(_concatenated(bare, elements), marked)


def _certain_elements(sequence: TerraformValue) -> Sequence[TerraformValue]:
    """The elements that are certainly in a list, also in one that is unknown as a whole."""
    if isinstance(sequence, Unknown):
        return sequence.partial if isinstance(sequence.partial, list | tuple) else ()
    if isinstance(sequence, SetValue):
        return sequence.elements
    elements: Sequence[TerraformValue] = sequence
    return elements


def _concatenated(sequences: Sequence[TerraformValue], elements: list[TerraformValue]) -> TerraformValue:
    if not all(isinstance(sequence, list) for sequence in sequences):
        return tuple(elements)
    common = unify(type_of(sequence) for sequence in sequences)
    return tuple(elements) if common is None else convert(elements, common)


@function("contains", Parameter("list", unknown=ALLOWED), Parameter("value", unknown=ALLOWED), not_null=False)
def _contains(elements: TerraformValue, value: TerraformValue) -> TerraformValue:
    if not isinstance(elements, tuple | list | SetValue | Unknown):
        raise FunctionError("the first argument must be a list, tuple or set")
    unknown = unknowns_in((elements, value))
    if isinstance(elements, Unknown) or isinstance(value, Unknown):
        return derive(unknown)
    answer = contains(_certain_elements(elements), value)
    return derive(unknown) if answer is None else answer


@function("distinct", LIST)
def _distinct(elements: list[TerraformValue]) -> list[TerraformValue]:
    result: list[TerraformValue] = []
    seen: set[str | int] = set()
    for element in elements:
        if isinstance(element, str | int):
            if element not in seen:
                seen.add(element)
                result.append(element)
        elif not contains(result, element):
            result.append(element)
    return result


@function("element", Parameter("list", unknown=INSIDE, marks=True), Parameter("index", NUMBER), not_null=False)
def _element(elements: TerraformValue, index: Number) -> TerraformValue:
    bare, marked = unmark(elements)
    if not isinstance(bare, tuple | list):
        raise FunctionError("the first argument must be a list or tuple")
    at = whole(index, "the index")
    if not bare:
        raise FunctionError("the list is empty")
    if at < 0 and at % len(bare):
        raise FunctionError("the index must not be negative")
    return mark(bare[at % len(bare)], marked)


@function("flatten", Parameter("list", unknown=INSIDE, marks=True), not_null=False)
def _flatten(nested: TerraformValue) -> TerraformValue:
    bare, marked = unmark(nested)
    if not isinstance(bare, tuple | list | SetValue):
        raise FunctionError("only lists, sets and tuples can be flattened")
    elements, inner_marks, undecided = _flat(bare)
    if undecided:
        certain = [element for element in elements if not _may_be_list(element)]
        return mark(derive(undecided, partial=certain, open=True), marked or inner_marks)
    return mark(tuple(elements), marked or inner_marks)


def _flat(sequence: TerraformValue) -> tuple[list[TerraformValue], bool, list[Unknown]]:
    """The flat elements, whether marks were met on nested lists, and the unknowns that may be lists."""
    result: list[TerraformValue] = []
    marks = False
    undecided: list[Unknown] = []
    elements = _certain_elements(sequence)
    if isinstance(sequence, SetValue) and len(elements) > 1 and not is_wholly_known(sequence):
        return [], False, unknowns_in(sequence)
    scalars = not isinstance(sequence, tuple) and any(isinstance(element, str | int) for element in elements)
    for element in elements:
        bare, marked = unmark(element)
        if isinstance(bare, tuple | list | SetValue):
            inner, inner_marks, inner_undecided = _flat(bare)
            result.extend(inner)
            marks = marks or marked or inner_marks
            undecided.extend(inner_undecided)
            continue
        if _may_be_list(bare) and not scalars:
            undecided.append(bare)
        result.append(element)
    return result, marks, undecided


def _may_be_list(value: TerraformValue) -> bool:
    bare = unmark(value)[0]
    return isinstance(bare, Unknown) and not bare.parts


@function("index", Parameter("list", unknown=INSIDE), Parameter("value", unknown=ALLOWED), not_null=False)
def _index(elements: TerraformValue, value: TerraformValue) -> TerraformValue:
    if not isinstance(elements, tuple | list):
        raise FunctionError("the first argument must be a list or tuple")
    if not elements:
        raise FunctionError("the list is empty")
    found = position(elements, value)
    if found is None:
        return derive(unknowns_in((elements, value)), not_null=True)
    if found < 0:
        raise FunctionError("the item is not in the list")
    return counted(found)


@function("matchkeys", Parameter("values", list_of(ANY)), LIST, Parameter("searchset", list_of(ANY)))
def _matchkeys(
    values: list[TerraformValue], keys: list[TerraformValue], wanted: list[TerraformValue]
) -> list[TerraformValue]:
    if len(values) != len(keys):
        raise FunctionError("there must be as many keys as values")
    common = unify((type_of(keys), type_of(wanted)))
    if common is None or (has_any(common) and keys and wanted):
        raise FunctionError("the keys and the search set must be of one type")
    keys, wanted = convert(keys, common), convert(wanted, common)
    pairs = zip(values, keys, strict=True)
    return [value for value, key in pairs if any(equals(key, other) for other in wanted)]


@function("one", Parameter("list", unknown=INSIDE), not_null=False)
def _one(elements: TerraformValue) -> TerraformValue:
    if isinstance(elements, SetValue):
        elements = elements.elements
        if len(elements) > 1 and not is_wholly_known(elements):
            return derive(unknowns_in(elements))
    if not isinstance(elements, tuple | list) or len(elements) > 1:
        raise FunctionError("the argument must be a list, set or tuple with no or one element")
    return elements[0] if elements else None


@function("reverse", Parameter("list", unknown=INSIDE, marks=True), not_null=False)
def _reverse(elements: TerraformValue) -> TerraformValue:
    bare, marked = unmark(elements)
    if isinstance(bare, SetValue):
        bare = convert_argument(bare, list_of(ANY))
    if isinstance(bare, Unknown):
        return mark(bare, marked)
    if not isinstance(bare, tuple | list):
        raise FunctionError("only lists and tuples can be reversed")
    return mark(bare[::-1], marked)


@function(
    "slice",
    Parameter("list", unknown=INSIDE, marks=True),
    Parameter("start_index", NUMBER),
    Parameter("end_index", NUMBER),
    not_null=False,
)
def _slice(elements: TerraformValue, start: Number, end: Number) -> TerraformValue:
    bare, marked = unmark(elements)
    if not isinstance(bare, tuple | list):
        raise FunctionError("the first argument must be a list or tuple")
    first, last = whole(start, "the start index"), whole(end, "the end index")
    if not 0 <= first <= last <= len(bare):
        raise FunctionError("the indices must lie within the list, the start not behind the end")
    return mark(bare[first:last], marked)


@function("sort", Parameter("list", list_of(STRING), unknown=INSIDE))
def _sort(elements: list[TerraformValue]) -> list[TerraformValue]:
    unknown = unknowns_in(elements)
    if unknown:
        return [derive(unknown) for _ in elements]
    return sort_strings(elements)


def sort_strings(elements: Iterable[TerraformValue]) -> list[TerraformValue]:
    """The strings by their bytes. Raises FunctionError for a null."""
    found = list(elements)
    if any(element is None for element in found):
        raise FunctionError("an element is null")
    return sorted(found, key=lambda text: text.encode("utf-8", "surrogatepass"))
