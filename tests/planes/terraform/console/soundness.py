"""Never invents: what is known of a result with unknowns in it holds for every value that they may turn out to be."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audits.model import Cause, Reference, Unknown
from audits.planes.terraform.evaluate import evaluate
from audits.planes.terraform.functions import call
from audits.planes.terraform.functions.json_text import encode
from audits.planes.terraform.nodes import Expression, SourceSyntaxError
from audits.planes.terraform.syntax import parse_expression
from audits.planes.terraform.values import (
    Exhausted,
    Map,
    Sensitive,
    SetValue,
    TerraformError,
    TerraformValue,
    make_set,
    unmark_deep,
)
from tests.planes.terraform.console.expressions import UniformMaker
from tests.planes.terraform.console.scopes import scope_of
from tests.planes.terraform.functions.test_terraform_functions import CONTEXT

VALUES: Mapping[str, tuple[str, Sequence[TerraformValue]]] = {
    "n1": ("n", [0, 1, 2, -1]),
    "n2": ("n", [3, 10]),
    "s1": ("s", ["", "a", "abc", "10", "x\ny"]),
    "s2": ("s", ["arn:aws:s3:::b", "true", "é"]),
    "b1": ("b", [True, False]),
    "l1": ("l", [[], ["a"], ["a", "b"], ["b", "a", "a"]]),
    "l2": ("l", [(), ("1", "x"), ("é",), ("a", "b", "3")]),
    "e1": ("e", [make_set([]), make_set(["a", "b"]), make_set(["b"])]),
    "m1": ("m", [Map(), Map(a="x"), Map(a="x", b="y"), Map(k0="1")]),
    "m2": ("m", [{}, {"a": "1"}, {"a": "x", "b": "y"}, {"k0": ""}]),
}
"""Names with their kind and the values that they may have."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A known result that is not what comes of it."""

    expression: str
    hidden: Mapping[str, TerraformValue]
    values: Mapping[str, TerraformValue]
    found: TerraformValue
    concrete: TerraformValue

    def __str__(self) -> str:
        used = [name for name in self.values if f"local.{name}" in self.expression]
        lines = [f"{name} = {_brief(self.hidden[name])}, which is {_brief(self.values[name])}" for name in used]
        results = [f"gives {_brief(self.found)}", f"but is {_brief(self.concrete)}"]
        return "\n  ".join([self.expression, *lines, *results])


def _brief(value: Any) -> str:
    """A value in short, for people."""
    if isinstance(value, Unknown):
        known = {"partial": value.partial, "parts": value.parts, "length": value.length, "not_null": value.not_null}
        return "?" + "".join(f" {name}={_brief(one)}" for name, one in known.items() if one not in (None, (), False))
    if isinstance(value, Sensitive):
        return f"sensitive({_brief(value.value)})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_brief(one)}" for key, one in value.items()) + "}"
    if isinstance(value, tuple | list | SetValue):
        return f"{type(value).__name__}({', '.join(map(_brief, _sequence(value)))})"
    return repr(value)


def names() -> dict[str, list[str]]:
    """The references that may stand in expressions, by kind."""
    found: dict[str, list[str]] = {}
    for name, (kind, _) in VALUES.items():
        found.setdefault(kind, []).append(f"local.{name}")
    return found


def unknown_for(name: str, concrete: TerraformValue, rng: random.Random) -> TerraformValue:
    """An unknown value, in whole or in part, that this one is an instance of."""
    bare = Unknown(Cause.COMPUTED, (Reference("aws_thing.x", name),))
    form = rng.randrange(6)
    if isinstance(concrete, str) and concrete and form < 2:
        cut = rng.randint(1, len(concrete))
        return Unknown(Cause.COMPUTED, bare.references, parts=(concrete[:cut], bare), not_null=True)
    if isinstance(concrete, dict) and concrete and form < 3:
        hidden = {key: bare if rng.random() < 0.6 else value for key, value in concrete.items()}
        return Map(hidden) if isinstance(concrete, Map) else hidden
    if isinstance(concrete, list | tuple) and concrete and form < 3:
        return type(concrete)(bare if rng.random() < 0.6 else value for value in concrete)
    if isinstance(concrete, list | Map) and form == 3:
        return Unknown(Cause.COMPUTED, bare.references, length=len(concrete), not_null=True)
    if isinstance(concrete, SetValue) and concrete.elements and form < 3:
        return make_set([bare, *concrete.elements[1:]])
    return Unknown(Cause.COMPUTED, bare.references, not_null=True) if form == 4 else bare


def check(rng: random.Random, depth: int = 3) -> Contradiction | None:
    """Try one expression with some of its names unknown. Raises what evaluation should not."""
    text = UniformMaker(rng, names()).any(depth)
    concrete = {name: rng.choice(values) for name, (_, values) in VALUES.items()}
    hidden = {name: unknown_for(name, value, rng) if rng.random() < 0.5 else value for name, value in concrete.items()}
    for name in [name for name in concrete if rng.random() < 0.1]:
        concrete[name], hidden[name] = Sensitive(concrete[name]), Sensitive(hidden[name])
    return contradiction(text, hidden, concrete)


def contradiction(
    text: str, hidden: Mapping[str, TerraformValue], concrete: Mapping[str, TerraformValue]
) -> Contradiction | None:
    """Whether the result with ``hidden`` is at odds with the one of ``concrete``."""
    try:
        node = parse_expression(text)
    except SourceSyntaxError:
        return None
    result = _value(node, concrete)
    found = _value(node, hidden)
    # A plan, too, gives elements of a set with unknown ones in a list an order that may change: only that is let pass.
    ordered = "set" not in text and "local.e" not in text
    if isinstance(result, _Refused | Unknown) or stands_for(found, result, ordered):
        return None
    return Contradiction(text, hidden, concrete, found, result)


@dataclass(frozen=True, slots=True)
class _Refused:
    message: str


def _value(node: Expression, values: Mapping[str, TerraformValue]) -> TerraformValue:
    try:
        return unmark_deep(evaluate(node, scope_of(values)))[0]
    except TerraformError as error:
        return _Refused(str(error))
    except Exhausted as error:
        return Unknown(Cause.UNSUPPORTED, detail=str(error))


def stands_for(found: TerraformValue, concrete: TerraformValue, ordered: bool = True) -> bool:
    """Whether all that is known of the one is so in the other.

    The type of an unknown is not kept. Where values are brought to one type (``condition ? unknown : 80``), it is taken
    to be of the type of the others: so ``80`` and ``"80"`` count as equal here, and so do lists, tuples and sets.
    """
    if isinstance(concrete, Unknown):
        return True
    if isinstance(found, Unknown):
        return _partly(found, concrete)
    if isinstance(found, dict):
        if not isinstance(concrete, dict) or found.keys() != concrete.keys():
            return False
        return all(stands_for(found[key], concrete[key], ordered) for key in found)
    if not isinstance(found, tuple | list | SetValue):
        return not isinstance(found, _Refused) and _same_scalar(found, concrete)
    inner, outer = _sequence(found), _sequence(concrete)
    if not isinstance(outer, list | tuple):
        return False
    if ordered and not isinstance(found, SetValue) and not isinstance(concrete, SetValue):
        return len(inner) == len(outer) and all(map(stands_for, inner, outer))
    return all(any(stands_for(one, other, ordered) for other in outer) for one in inner)


def _partly(found: Unknown, concrete: TerraformValue) -> bool:
    if concrete is None:
        return not found.not_null and found.length is None and not found.parts
    if found.length is not None and (
        not isinstance(concrete, list | tuple | dict | SetValue) or len(_sequence(concrete)) != found.length
    ):
        return False
    if found.parts and not (isinstance(concrete, str) and _spells(found.parts, concrete)):
        return False
    if found.partial is None:
        return True
    if isinstance(concrete, str):
        return _structure(found.partial, _document(concrete), found.open)
    return _structure(found.partial, concrete, found.open)


def _document(text: str) -> Any:
    """What a document in JSON or YAML holds."""
    try:
        return json.loads(text, parse_float=str, parse_int=str)
    except ValueError:
        return call("yamldecode", [text], CONTEXT)


def _sequence(value: TerraformValue) -> Any:
    return value.elements if isinstance(value, SetValue) else value


def _structure(partial: Any, concrete: TerraformValue, is_open: bool = False) -> bool:
    """Like :func:`stands_for`, where lists, tuples and sets are one, and so are numbers and their text."""
    partial = unmark_deep(partial)[0]
    if isinstance(partial, Unknown):
        return _partly(partial, concrete)
    if isinstance(partial, dict):
        if not isinstance(concrete, dict) or not (is_open or partial.keys() == concrete.keys()):
            return False
        return all(key in concrete and _structure(partial[key], concrete[key]) for key in partial)
    if isinstance(partial, list | tuple | SetValue):
        inner, outer = _sequence(partial), _sequence(concrete)
        if not isinstance(outer, list | tuple):
            return False
        if is_open or isinstance(partial, SetValue) or isinstance(concrete, SetValue):
            return all(any(_structure(element, other) for other in outer) for element in inner)
        return len(inner) == len(outer) and all(map(_structure, inner, outer))
    return _same_scalar(partial, concrete)


def _same_scalar(found: TerraformValue, concrete: TerraformValue) -> bool:
    if isinstance(concrete, dict | list | tuple | SetValue):
        return False
    return (found is None) == (concrete is None) and _text(found) == _text(concrete)


def _text(value: TerraformValue) -> str:
    return value if isinstance(value, str) else encode(value)


def _spells(parts: Sequence[str | Unknown], text: str) -> bool:
    pattern = "".join(re.escape(part) if isinstance(part, str) else ".*" for part in parts)
    return re.fullmatch(pattern, text, re.DOTALL) is not None
