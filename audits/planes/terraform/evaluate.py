"""Evaluates expressions. An Unknown is a value like any other: it flows through, with its cause and references.

What a name at the root of a reference stands for is the business of :class:`Roots` (a module instance); functions
are those of :mod:`audits.planes.terraform.functions`, except ``try`` and ``can``, which look at expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeAlias

from audits.model import Cause, Unknown
from audits.planes.terraform import nodes
from audits.planes.terraform.access import attribute_of, element_of, elements_of
from audits.planes.terraform.effort import cost_of, effort_of
from audits.planes.terraform.nodes import Expression
from audits.planes.terraform.operators import binary, conditional, join_parts, surely_distinct, unary
from audits.planes.terraform.types import BOOL, STRING, convert
from audits.planes.terraform.values import (
    OpenObject,
    SetValue,
    TerraformError,
    TerraformValue,
    close,
    derive,
    is_wholly_known,
    mark,
    unknowns_in,
    unmark,
    unmark_deep,
)

Step: TypeAlias = nodes.GetAttribute | nodes.Index


class EvaluationError(TerraformError):
    """Terraform would refuse this expression. ``line`` and ``column`` are those of the innermost one at fault."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class Roots(Protocol):
    """What references and functions stand for in one module instance."""

    def reference(self, name: str, steps: list[Step], scope: Scope) -> tuple[TerraformValue, int]:
        """The value of ``name`` with the first steps, and how many of these were used. Raises TerraformError."""

    def call(self, name: str, arguments: list[TerraformValue]) -> TerraformValue:
        """The result of a function. Raises TerraformError."""

    def spend(self, rounds: int) -> None:
        """Account for rounds of a loop. Raises Exhausted if there were too many in all."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: its module instance, and the names bound around it (``each``, loop variables)."""

    roots: Roots
    variables: Mapping[str, TerraformValue] = field(default_factory=dict)
    element: TerraformValue = None

    def bind(self, **variables: TerraformValue) -> Scope:
        """The same with more names."""
        return replace(self, variables={**self.variables, **variables})

    def bind_loop(self, key_name: str, value_name: str, key: TerraformValue, value: TerraformValue) -> Scope:
        """The same with the variables of one round of a loop."""
        bound = {**self.variables, value_name: value}
        if key_name:
            bound[key_name] = key
        return Scope(self.roots, bound, self.element)


def evaluate(node: Expression, scope: Scope) -> TerraformValue:
    """The value of an expression.

    Raises:
        EvaluationError: Terraform would refuse it.
    """
    try:
        return _EVALUATORS[type(node)](node, scope)
    except EvaluationError:
        raise
    except TerraformError as error:
        raise EvaluationError(str(error), node.line, node.column) from error


def _literal(node: nodes.Literal, scope: Scope) -> TerraformValue:
    return node.value


def _element(node: nodes.Element, scope: Scope) -> TerraformValue:
    return scope.element


def _reference(node: Expression, scope: Scope) -> TerraformValue:
    """A name, with all the attributes and indexes after it: only the root knows how many of these belong to it."""
    steps: list[Step] = []
    base = node
    while isinstance(base, nodes.GetAttribute | nodes.Index):
        steps.append(base)
        base = base.source
    steps.reverse()
    if isinstance(base, nodes.Name) and base.name not in scope.variables:
        value, used = scope.roots.reference(base.name, steps, scope)
    else:
        value, used = (scope.variables[base.name] if isinstance(base, nodes.Name) else evaluate(base, scope)), 0
    for step in steps[used:]:
        value = apply_step(value, step, scope)
    return value


def apply_step(value: TerraformValue, step: Step, scope: Scope) -> TerraformValue:
    """``value.name`` or ``value[key]``."""
    try:
        if isinstance(step, nodes.GetAttribute):
            return attribute_of(value, step.name)
        return element_of(value, evaluate(step.key, scope))
    except EvaluationError:
        raise
    except TerraformError as error:
        raise EvaluationError(str(error), step.line, step.column) from error


def _splat(node: nodes.Splat, scope: Scope) -> TerraformValue:
    source, sensitive = unmark(evaluate(node.source, scope))
    if source is None:
        return mark((), sensitive)
    if isinstance(source, Unknown):
        return mark(_unknown_splat(source, node, scope), sensitive)
    if isinstance(source, tuple | list | SetValue):
        elements = source.elements if isinstance(source, SetValue) else source
        if isinstance(source, SetValue) and not surely_distinct(source):
            return mark(derive(unknowns_in(source), not_null=True), sensitive)
    else:
        elements = (source,)
    scope.roots.spend(len(elements) * effort_of(node.each))
    results = (evaluate(node.each, replace(scope, element=element)) for element in elements)
    return mark(list(results) if isinstance(source, list | SetValue) else tuple(results), sensitive)


def _unknown_splat(source: Unknown, node: nodes.Splat, scope: Scope) -> Unknown:
    """The references of the result name what is taken of each element, where that is plain."""
    try:
        each = evaluate(node.each, replace(scope, element=replace(source, partial=None, length=None)))
    except TerraformError:
        each = source
    found = each if isinstance(each, Unknown) else source
    return derive([found], length=source.length, not_null=source.not_null)


def _unary(node: nodes.Unary, scope: Scope) -> TerraformValue:
    return unary(node.operator, evaluate(node.operand, scope))


def _binary(node: nodes.Binary, scope: Scope) -> TerraformValue:
    value = evaluate(node.first, scope)
    for operator, operand in node.rest:
        value = binary(operator, value, evaluate(operand, scope))
    return value


def _conditional(node: nodes.Conditional, scope: Scope) -> TerraformValue:
    condition = evaluate(node.condition, scope)
    decided, sensitive = unmark(close(condition))
    if decided is None:
        raise EvaluationError("the condition value is null", node.condition.line, node.condition.column)
    decided = convert(decided, BOOL)
    then = evaluate(node.then, scope) if decided is True else _whatever_is_right(node.then, scope)
    otherwise = evaluate(node.otherwise, scope) if decided is False else _whatever_is_right(node.otherwise, scope)
    return mark(conditional(decided, then, otherwise), sensitive)


def _whatever_is_right(node: Expression, scope: Scope) -> TerraformValue:
    """An arm that does not count, or may not: Terraform ignores what is wrong in it, and the types of those parts.

    The rest still has a say in the type of the result: objects and tuples keep their shape.
    """
    try:
        return evaluate(node, scope)
    except TerraformError as error:
        wrong = Unknown(Cause.INVALID, detail=str(error))
    if isinstance(node, nodes.Tuple):
        return tuple(_whatever_is_right(element, scope) for element in node.elements)
    if not isinstance(node, nodes.Object):
        return wrong
    keys = [unmark(close(_whatever_is_right(key, scope)))[0] for key, _ in node.items]
    if not all(isinstance(key, str) for key in keys):
        return wrong
    values = (_whatever_is_right(value, scope) for _, value in node.items)
    return dict(zip(keys, values, strict=True))


def _tuple(node: nodes.Tuple, scope: Scope) -> TerraformValue:
    return tuple(evaluate(element, scope) for element in node.elements)


def _object(node: nodes.Object, scope: Scope) -> TerraformValue:
    result: dict[str, TerraformValue] = {}
    unknown: list[Unknown] = []
    sensitive = False
    for key_node, value_node in node.items:
        key, marked = unmark(close(evaluate(key_node, scope)))
        value = evaluate(value_node, scope)
        sensitive = sensitive or marked
        if key is None:
            raise EvaluationError("can't use a null value as a key", key_node.line, key_node.column)
        if isinstance(key, Unknown):
            unknown.append(key)
            unknown.extend(unknowns_in(value))
        else:
            result[convert(key, STRING)] = value
    if unknown:
        return mark(derive(unknown, not_null=True), sensitive)
    return mark(result, sensitive)


def _for(node: nodes.For, scope: Scope) -> TerraformValue:
    collection, sensitive = unmark(evaluate(node.collection, scope))
    if isinstance(collection, Unknown | OpenObject):
        return mark(_unknown_for(close(collection), node), sensitive)
    keys: list[tuple[TerraformValue, Scope]] = []
    effort = effort_of(node.result, node.result_key, node.condition)
    for key, value in elements_of(collection):
        scope.roots.spend(effort)
        round_scope = scope.bind_loop(node.key, node.value, key, value)
        keep, marked = unmark(True if node.condition is None else close(evaluate(node.condition, round_scope)))
        sensitive = sensitive or marked
        if keep is None:
            raise EvaluationError("the value of the 'if' clause must not be null", node.line, node.column)
        keep = convert(keep, BOOL)
        if isinstance(keep, Unknown):
            return mark(derive([keep], not_null=True), sensitive)
        if keep:
            keys.append((key, round_scope))
    uncertain = isinstance(collection, SetValue) and not surely_distinct(collection)
    try:
        result, marked = _for_result(node, [round_scope for _, round_scope in keys])
    except TerraformError:
        if not uncertain:
            raise
        # Two rounds may turn out to be one, so that no key is given twice.
        return mark(derive(unknowns_in(collection), not_null=True), sensitive)
    if uncertain and not isinstance(result, Unknown):
        result = derive(
            unknowns_in(collection), partial=close(result) if isinstance(result, dict) and not node.group else None
        )
    return mark(result, sensitive or marked)


def _unknown_for(collection: Unknown, node: nodes.For) -> Unknown:
    same_length = node.result_key is None and node.condition is None
    return derive([collection], length=collection.length if same_length else None, not_null=True)


def _for_result(node: nodes.For, rounds: list[Scope]) -> tuple[TerraformValue, bool]:
    if node.result_key is None:
        return tuple(evaluate(node.result, round_scope) for round_scope in rounds), False
    result: dict[str, TerraformValue] = {}
    groups: dict[str, list[TerraformValue]] = {}
    unknown: list[Unknown] = []
    sensitive = False
    for round_scope in rounds:
        key, marked = unmark(close(evaluate(node.result_key, round_scope)))
        sensitive = sensitive or marked
        if key is None:
            raise EvaluationError("the key must not be null", node.result_key.line, node.result_key.column)
        key = convert(key, STRING)
        value = evaluate(node.result, round_scope)
        if isinstance(key, Unknown):
            unknown.extend([key, *unknowns_in(value)])
        elif node.group:
            groups.setdefault(key, []).append(value)
        elif key in result:
            message = f'two different items produced the key "{key}"'
            raise EvaluationError(message, node.result_key.line, node.result_key.column)
        else:
            result[key] = value
    if unknown:
        return derive(unknown, not_null=True), sensitive
    return ({key: tuple(values) for key, values in groups.items()} if node.group else result), sensitive


def _call(node: nodes.Call, scope: Scope) -> TerraformValue:
    if node.name in ("try", "can") and not node.expand:
        return _try(node, scope) if node.name == "try" else _can(node, scope)
    arguments = [close(evaluate(argument, scope)) for argument in node.arguments]
    if node.expand and arguments:
        last, sensitive = unmark(arguments.pop())
        if isinstance(last, Unknown):
            return mark(derive([last, *(found for value in arguments for found in unknowns_in(value))]), sensitive)
        if not isinstance(last, tuple | list | SetValue):
            raise EvaluationError("'...' needs a list, set or tuple", node.line, node.column)
        elements = last.elements if isinstance(last, SetValue) else last
        if isinstance(last, SetValue) and not is_wholly_known(last):
            return mark(derive(unknowns_in([*arguments, last])), sensitive)
        return mark(_paid(scope.roots.call(node.name, [*arguments, *elements]), scope), sensitive)
    return _paid(scope.roots.call(node.name, arguments), scope)


def _paid(value: TerraformValue, scope: Scope) -> TerraformValue:
    """The value, accounted for if it is large."""
    cost = cost_of(value)
    if cost:
        scope.roots.spend(cost)
    return value


def _try(node: nodes.Call, scope: Scope) -> TerraformValue:
    messages = []
    for argument in node.arguments:
        try:
            value = evaluate(argument, scope)
        except TerraformError as error:
            messages.append(str(error))
            continue
        return value if is_wholly_known(value) else _uncertain(value, argument)
    raise EvaluationError("no argument of try() succeeded: " + "; ".join(messages), node.line, node.column)


def _uncertain(value: TerraformValue, node: Expression) -> TerraformValue:
    """What ``try`` makes of a value with unknowns in it: once they are known, it might fail after all.

    What a plain reference leads to is there already, so that what is known of it stays known.
    """
    inner, sensitive = unmark_deep(close(value))
    bare = isinstance(inner, Unknown) and not inner.parts and inner.partial is None and inner.length is None
    if not bare and not _is_plain(node):
        return mark(derive(unknowns_in(inner)), sensitive)
    if isinstance(inner, Unknown):
        return mark(replace(inner, not_null=False), sensitive)
    return mark(derive(unknowns_in(inner), partial=inner), sensitive)


def _is_plain(node: Expression) -> bool:
    """Whether it is a name with attributes and literal indexes after it."""
    while isinstance(node, nodes.GetAttribute | nodes.Index):
        if isinstance(node, nodes.Index) and not isinstance(node.key, nodes.Literal):
            return False
        node = node.source
    return isinstance(node, nodes.Name)


def _can(node: nodes.Call, scope: Scope) -> TerraformValue:
    if len(node.arguments) != 1:
        raise EvaluationError("can() takes one argument", node.line, node.column)
    try:
        value = evaluate(node.arguments[0], scope)
    except TerraformError:
        return False
    unknowns = unknowns_in(value)
    return derive(unknowns) if unknowns else True


def _template(node: nodes.Template, scope: Scope) -> TerraformValue:
    if node.wrap:
        return evaluate(node.parts[0], scope)
    return _paid(join_parts([evaluate(part, scope) for part in node.parts]), scope)


def _template_if(node: nodes.TemplateIf, scope: Scope) -> TerraformValue:
    condition, sensitive = unmark(close(evaluate(node.condition, scope)))
    if condition is None:
        raise EvaluationError("the condition value is null", node.line, node.column)
    condition = convert(condition, BOOL)
    then, otherwise = (
        _template_arm(arm, scope, counts)
        for arm, counts in ((node.then, condition is True), (node.otherwise, condition is False))
    )
    return mark(conditional(condition, then, otherwise), sensitive)


def _template_arm(parts: tuple[Expression, ...], scope: Scope, counts: bool) -> TerraformValue:
    """The text of an arm; what is wrong in one that does not count, or may not, leaves it unknown."""
    try:
        return join_parts([evaluate(part, scope) for part in parts])
    except TerraformError as error:
        if counts:
            raise
        return Unknown(Cause.INVALID, detail=str(error))


def _template_for(node: nodes.TemplateFor, scope: Scope) -> TerraformValue:
    collection, sensitive = unmark(evaluate(node.collection, scope))
    if isinstance(collection, Unknown | OpenObject):
        return mark(derive([close(collection)], not_null=True), sensitive)
    if isinstance(collection, SetValue) and not is_wholly_known(collection):
        return mark(derive(unknowns_in(collection), not_null=True), sensitive)
    rounds: list[TerraformValue] = []
    effort = effort_of(*node.body)
    for key, value in elements_of(collection):
        scope.roots.spend(effort)
        round_scope = scope.bind_loop(node.key, node.value, key, value)
        rounds.extend(evaluate(part, round_scope) for part in node.body)
    return mark(_paid(join_parts(rounds), scope), sensitive)


_EVALUATORS: dict[type, Callable[[Any, Scope], TerraformValue]] = {
    nodes.Literal: _literal,
    nodes.Name: _reference,
    nodes.GetAttribute: _reference,
    nodes.Index: _reference,
    nodes.Element: _element,
    nodes.Splat: _splat,
    nodes.Unary: _unary,
    nodes.Binary: _binary,
    nodes.Conditional: _conditional,
    nodes.Tuple: _tuple,
    nodes.Object: _object,
    nodes.For: _for,
    nodes.Call: _call,
    nodes.Template: _template,
    nodes.TemplateIf: _template_if,
    nodes.TemplateFor: _template_for,
}
