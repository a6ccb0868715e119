"""Properties of evaluation: against an oracle in Python, and of unknowns."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from audits.model import Cause, Reference, Unknown
from audits.planes.terraform import nodes
from audits.planes.terraform.evaluate import Scope, evaluate
from audits.planes.terraform.nodes import Expression
from audits.planes.terraform.syntax import parse_expression
from audits.planes.terraform.values import TerraformError, is_wholly_known
from audits.planes.terraform.variables import CONSTANT

UNKNOWN = Unknown(Cause.COMPUTED, (Reference("aws_x.y", "id"),))
NAMES = ("a", "b", "c")
BINARY = {
    "+": "number",
    "-": "number",
    "*": "number",
    "<": "order",
    ">=": "order",
    "==": "equal",
    "!=": "equal",
    "&&": "bool",
    "||": "bool",
}


def literal(value: object) -> nodes.Literal:
    return nodes.Literal(1, 1, value)  # type: ignore[arg-type]


def numbers(names: bool) -> st.SearchStrategy[Expression]:
    leaves = st.integers(-20, 20).map(literal)
    leaf = leaves | st.sampled_from(NAMES).map(lambda name: nodes.Name(1, 1, name)) if names else leaves
    return st.recursive(
        leaf,
        lambda inner: (
            st.builds(
                lambda first, operator, second: nodes.Binary(1, 1, first, ((operator, second),)),
                inner,
                st.sampled_from("+-*"),
                inner,
            )
            | st.builds(lambda c, x, y: nodes.Conditional(1, 1, c, x, y), conditions(inner), inner, inner)
        ),
        max_leaves=8,
    )


def conditions(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    compare = st.builds(
        lambda x, op, y: nodes.Binary(1, 1, x, ((op, y),)),
        inner,
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        inner,
    )
    return (
        compare
        | st.builds(lambda x: nodes.Unary(1, 1, "!", x), compare)
        | st.builds(lambda x, op, y: nodes.Binary(1, 1, x, ((op, y),)), compare, st.sampled_from(["&&", "||"]), compare)
    )


def oracle(node: Expression) -> Fraction | bool:
    if isinstance(node, nodes.Literal):
        return Fraction(node.value)  # type: ignore[arg-type]
    if isinstance(node, nodes.Unary):
        return not oracle(node.operand)
    if isinstance(node, nodes.Conditional):
        return oracle(node.then) if oracle(node.condition) else oracle(node.otherwise)
    assert isinstance(node, nodes.Binary)
    left, right = oracle(node.first), oracle(node.rest[0][1])
    table = {
        "+": left + right,
        "-": left - right,
        "*": left * right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
        "==": left == right,
        "!=": left != right,
        "&&": bool(left and right),
        "||": bool(left or right),
    }
    return table[node.rest[0][0]]


@given(numbers(names=False))
def test_arithmetic_and_conditions_agree_with_python(node: Expression) -> None:
    assert evaluate(node, CONSTANT) == oracle(node)


@settings(max_examples=300)
@given(numbers(names=True) | conditions(numbers(names=True)), st.sets(st.sampled_from(NAMES), min_size=1))
def test_what_is_known_with_unknowns_holds_whatever_they_turn_out_to_be(node: Expression, hidden: set[str]) -> None:
    """Replacing inputs by Unknown never gives a known result that some choice of these inputs contradicts."""
    fixed = {name: 3 for name in NAMES if name not in hidden}
    result = evaluate(node, Scope(CONSTANT.roots, {**fixed, **dict.fromkeys(hidden, UNKNOWN)}))
    if isinstance(result, Unknown):
        assert result.references
        return
    for choice in itertools.product((-7, 0, 3), repeat=len(hidden)):
        concrete = dict(zip(sorted(hidden), choice, strict=True))
        assert evaluate(node, Scope(CONSTANT.roots, {**fixed, **concrete})) == result


TEMPLATES = (
    "[for x in l : x + a]",
    "{ for k, v in m : k => v == a }",
    "l[a > 0 ? 0 : 1]",
    '"x${a}y${b}"',
    "[a, b][*]",
    "{ x = a, y = [b] }.y[0]",
    "[for x in l : x if x > a]",
    'm["k"] + a',
    '{ "${a}" = b }',
    "l == [a, 2]",
    '"%{ if a > 0 }p%{ else }n%{ endif }"',
    '"%{ for x in l }${x}${a}%{ endfor }"',
    "(a > 0 ? [1] : [a])[0]",
    'try(m["nothing"], a)',
    "can(a + 1)",
    "a == null",
    "[a][0] == a ? 1 : 1",
)


def instances(value: object, concrete: object) -> bool:
    """Whether ``concrete`` is one of the values that ``value``, unknown in places, stands for."""
    if isinstance(value, Unknown):
        if value.parts and isinstance(concrete, str):
            return concrete.startswith(value.prefix)
        return value.length is None or len(concrete) == value.length  # type: ignore[arg-type]
    if isinstance(value, dict) and isinstance(concrete, dict):
        return value.keys() == concrete.keys() and all(instances(value[key], concrete[key]) for key in value)
    if isinstance(value, tuple | list) and isinstance(concrete, tuple | list):
        return len(value) == len(concrete) and all(map(instances, value, concrete))
    return value == concrete and type(value) is type(concrete)


@settings(max_examples=400)
@given(st.sampled_from(TEMPLATES), st.integers(-3, 3), st.integers(-3, 3), st.booleans(), st.booleans())
def test_structures_with_unknowns_stand_for_every_instance(
    text: str, a: int, b: int, hide_a: bool, hide_b: bool
) -> None:
    node = parse_expression(text)
    known = {"l": (1, 2), "m": {"k": 1}, "a": a, "b": b}
    hidden = {**known, **({"a": UNKNOWN} if hide_a else {}), **({"b": UNKNOWN} if hide_b else {})}
    try:
        concrete = evaluate(node, Scope(CONSTANT.roots, known))
    except TerraformError:
        return
    value = evaluate(node, Scope(CONSTANT.roots, hidden))
    assert instances(value, concrete)
    if not (hide_a or hide_b):
        assert is_wholly_known(value)
