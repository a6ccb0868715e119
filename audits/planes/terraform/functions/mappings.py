"""Maps and objects: keys, lookup, merge, transpose, values, zipmap."""

from __future__ import annotations

from collections.abc import Sequence

from audits.model import Unknown
from audits.planes.terraform.functions.lists import sort_strings
from audits.planes.terraform.functions.registry import FunctionError, Parameter, Unknowns, function
from audits.planes.terraform.types import ANY, STRING, convert, has_any, list_of, map_of, type_of
from audits.planes.terraform.values import Map, TerraformError, TerraformValue, derive, mark, unknowns_in, unmark

MAPPING = Parameter("mapping", unknown=Unknowns.INSIDE, marks=True)


def sorted_keys(mapping: dict[str, TerraformValue]) -> list[str]:
    """The keys in the order in which Terraform iterates: by their bytes."""
    return sorted(mapping, key=lambda key: key.encode("utf-8", "surrogatepass"))


@function("keys", MAPPING, not_null=False)
def _keys(mapping: TerraformValue) -> TerraformValue:
    bare, marked = unmark(mapping)
    if not isinstance(bare, dict):
        raise FunctionError("the argument must be a map or an object")
    keys = sorted_keys(bare)
    return mark(keys if isinstance(bare, Map) else tuple(keys), marked)


@function("values", MAPPING, not_null=False)
def _values(mapping: TerraformValue) -> TerraformValue:
    bare, marked = unmark(mapping)
    if not isinstance(bare, dict):
        raise FunctionError("the argument must be a map or an object")
    values = [bare[key] for key in sorted_keys(bare)]
    return mark(values if isinstance(bare, Map) else tuple(values), marked)


@function(
    "lookup",
    Parameter("inputMap", unknown=Unknowns.INSIDE, marks=True),
    Parameter("key", STRING, marks=True),
    variadic=Parameter("default", null=True, unknown=Unknowns.ALLOWED, marks=True),
    not_null=False,
)
def _lookup(mapping: TerraformValue, key: TerraformValue, *defaults: TerraformValue) -> TerraformValue:
    if len(defaults) > 1:
        raise FunctionError("it takes two or three arguments")
    bare, map_marked = unmark(mapping)
    name, key_marked = unmark(key)
    if not isinstance(bare, dict):
        raise FunctionError("the first argument must be a map")
    default = _default(bare, defaults)
    marked = map_marked or key_marked
    if name in bare:
        return mark(bare[name], marked)
    if not defaults:
        raise FunctionError(f'there is no key "{name}" and no default')
    return mark(default, marked)


def _default(mapping: dict[str, TerraformValue], defaults: Sequence[TerraformValue]) -> TerraformValue:
    """The default, converted to the type of the map's elements."""
    if not defaults:
        return None
    mapping_type = type_of(mapping)
    if not isinstance(mapping, Map):
        return defaults[0]
    try:
        return convert(defaults[0], mapping_type.element)  # type: ignore[union-attr]
    except TerraformError as error:
        raise FunctionError("the default must be of the same type as the map's elements") from error


@function("merge", variadic=Parameter("maps", null=True, unknown=Unknowns.ALLOWED, marks=True), not_null=False)
def _merge(*maps: TerraformValue) -> TerraformValue:
    bare = [unmark(mapping)[0] for mapping in maps]
    marked = any(unmark(mapping)[1] for mapping in maps)
    if not all(mapping is None or isinstance(mapping, dict | Unknown) for mapping in bare):
        raise FunctionError("all arguments must be maps or objects")
    if any(isinstance(mapping, Unknown) for mapping in bare):
        return mark(_merged_in_part(bare), marked)
    items = {key: value for mapping in bare if mapping is not None for key, value in mapping.items()}
    return mark(Map(items) if _one_map_type(bare) else items, marked)


def _one_map_type(maps: Sequence[TerraformValue]) -> bool:
    if not maps or not all(isinstance(mapping, Map) for mapping in maps):
        return False
    types = [type_of(mapping) for mapping in maps]
    decided = [type_ for type_, mapping in zip(types, maps, strict=True) if not (mapping and has_any(type_))]
    return all(type_ == decided[0] for type_ in decided)


def _merged_in_part(maps: Sequence[TerraformValue]) -> Unknown:
    """What is certain if some maps are unknown: all keys that were met, values only of what comes after them."""
    items: dict[str, TerraformValue] = {}
    for mapping in maps:
        if isinstance(mapping, Unknown):
            items = {key: derive([mapping, *unknowns_in(value)]) for key, value in items.items()}
            items.update(mapping.partial if isinstance(mapping.partial, dict) else {})
        else:
            items.update(mapping or {})
    return derive(unknowns_in(maps), partial=items, open=True)


@function("transpose", Parameter("values", map_of(list_of(STRING))))
def _transpose(mapping: dict[str, TerraformValue]) -> Map:
    result: dict[str, list[TerraformValue]] = {}
    for key in sorted_keys(mapping):
        if mapping[key] is None:
            raise FunctionError("a list is null")
        for element in mapping[key]:
            if element is None:
                raise FunctionError("a string in a list is null")
            result.setdefault(element, []).append(key)
    return Map((key, sort_strings(result[key])) for key in sorted_keys(result))


@function(
    "zipmap",
    Parameter("keys", list_of(STRING), unknown=Unknowns.ALLOWED, marks=True),
    Parameter("values", ANY, unknown=Unknowns.INSIDE, marks=True),
    not_null=False,
)
def _zipmap(keys: TerraformValue, values: TerraformValue) -> TerraformValue:
    names, keys_marked = unmark(keys)
    bare, values_marked = unmark(values)
    if not isinstance(bare, tuple | list):
        raise FunctionError("the values must be a list or tuple")
    if unknowns_in(names):
        return mark(derive(unknowns_in(names)), keys_marked or values_marked)
    if len(names) != len(bare):
        raise FunctionError(f"there are {len(names)} keys but {len(bare)} values")
    marked = keys_marked or values_marked or any(unmark(name)[1] for name in names)
    texts = [unmark(name)[0] for name in names]
    if None in texts:
        raise FunctionError("a key is null")
    items = zip(texts, bare, strict=True)
    return mark(Map(items) if isinstance(bare, list) else dict(items), marked)
