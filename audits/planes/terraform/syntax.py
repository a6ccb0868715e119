"""From the text of a ``.tf`` file to the project's own syntax tree, by way of python-hcl2's grammar."""

from __future__ import annotations

import gc
from bisect import bisect_right
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from audits.planes.terraform import nodes
from audits.planes.terraform.grammar import GrammarError, Tree, parse
from audits.planes.terraform.nodes import Attribute, Block, Body, Expression, SourceSyntaxError
from audits.planes.terraform.numbers import negate, parse_number
from audits.planes.terraform.scanner import DEEPEST, Scanner
from audits.planes.terraform.template_syntax import TemplateBuilder
from audits.planes.terraform.values import Exhausted, TerraformError

Result = TypeVar("Result")

_POSTFIX = ("index_expr_term", "get_attr_expr_term", "attr_splat_expr_term", "full_splat_expr_term")
_LONGEST_INDEX = 18
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def parse_file(text: str, file: str) -> Body:
    """The body of a configuration file.

    Raises:
        SourceSyntaxError: it is not HCL, with the place; also for nesting beyond what is sensible.
    """

    def body() -> Body:
        scanner = Scanner(text.removeprefix("\ufeff"))
        scanner.run()
        return Converter(scanner, file).body()

    return _guarded(body)


def parse_expression(text: str, file: str = "") -> Expression:
    """The node of one expression. Raises SourceSyntaxError."""
    body = parse_file(f"expression = (\n{text}\n)\n", file)
    return body.attributes["expression"].expression


def parse_template(text: str, file: str = "") -> Expression:
    """The node of a text that is one template, as ``templatefile`` reads it. Raises SourceSyntaxError."""

    def template() -> Expression:
        scanner = Scanner(text)
        source = scanner.run_template()
        return Converter(scanner, file).templates_builder().build(source)

    return _guarded(template)


def _guarded(convert: Callable[[], Result]) -> Result:
    collecting = gc.isenabled()
    # Parsing makes many small objects and no garbage to speak of: collecting takes more time than the parsing.
    gc.disable()
    try:
        return convert()
    except RecursionError as error:
        raise SourceSyntaxError("nested too deeply", 1, 1) from error
    except (TerraformError, Exhausted) as error:
        raise SourceSyntaxError(str(error), 1, 1) from error
    finally:
        if collecting:
            gc.enable()


def _parse_tree(scanner: Scanner) -> Tree:
    text = "".join(scanner.output.pieces)
    try:
        return parse(text)
    except GrammarError as error:
        tree = _by_library(text)
        if tree is not None:
            return tree
        source = scanner.output.source_of(error.position)
        found = f"unexpected {error.found!r}" if error.found else "unexpected end of line"
        raise scanner.error(found, source) from error


def _by_library(text: str) -> Tree | None:
    """The tree that python-hcl2's own parser makes of a text, or None if it refuses it, too.

    Our walk is for speed: that a file is no HCL is said only where the library says so.
    """
    import hcl2
    from lark.exceptions import LarkError

    try:
        tree: Tree = _adopted(hcl2.parses_to_tree(text))
    except LarkError:
        return None
    return tree


def _adopted(tree: Any) -> Any:
    """The library's tree as ours."""
    if not hasattr(tree, "data"):
        return tree
    start = None if tree.meta.empty else tree.meta.start_pos
    return Tree(str(tree.data), [_adopted(child) for child in tree.children], start)


class Converter:
    """Turns the tree of one scanned text into nodes."""

    def __init__(self, scanner: Scanner, file: str) -> None:
        self.scanner = scanner
        self.file = file
        self.lines = [0]
        find, start = scanner.source.find, scanner.source.find("\n")
        while start >= 0:
            self.lines.append(start + 1)
            start = find("\n", start + 1)
        children = _significant(_parse_tree(scanner).children[0])
        count = len(scanner.chunks)
        self.items = children[: len(children) - count]
        self.chunks = children[len(children) - count :]
        self.built: dict[int, Expression] = {}

    def templates_builder(self) -> TemplateBuilder:
        """The builder for the templates of this text."""
        return TemplateBuilder(self.chunk, self.source_place)

    def source_place(self, position: int) -> tuple[int, int]:
        """Line and column of an offset in the source."""
        line = bisect_right(self.lines, position)
        return line, position - self.lines[line - 1] + 1

    def place(self, tree: Any) -> tuple[int, int]:
        """Line and column of a node of the tree."""
        return self.source_place(self.scanner.output.source_of(tree.start_pos))

    def error(self, message: str, tree: Any) -> SourceSyntaxError:
        """The error to raise for a node of the tree."""
        return SourceSyntaxError(message, *self.place(tree))

    def chunk(self, number: int) -> Expression:
        """The expression of a template's sequence."""
        if number not in self.built:
            self.built[number] = self.expression(self.chunks[number].children[-1])
        return self.built[number]

    def template(self, tree: Any) -> Expression:
        """The template that a string of the prepared text stands for."""
        number = int("".join(str(token) for child in tree.children[1:-1] for token in child.children))
        return self.templates_builder().build(self.scanner.templates[number])

    # -- bodies -------------------------------------------------------------------------------------------------

    def body(self) -> Body:
        """The whole file."""
        return self._body(self.items)

    def _body(self, items: list[Any]) -> Body:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        for item in items:
            if item.data == "attribute":
                name = self._word(item.children[0])
                if name in attributes:
                    first = attributes[name].line
                    raise self.error(f'attribute "{name}" is already defined in line {first}', item)
                expression = self.expression(item.children[-1])
                attributes[name] = Attribute(self.file, *self.place(item), name, expression)
            else:
                blocks.append(self._block(item))
        return Body(attributes, tuple(blocks))

    def _block(self, tree: Any) -> Block:
        children = _significant(tree)
        heads = [child for child in children if hasattr(child, "data") and child.data != "body"]
        labels = []
        for head in heads[1:]:
            if head.data == "string":
                label = self.template(head)
                if not isinstance(label, nodes.Literal):
                    raise self.error("a block label must be plain text", head)
                labels.append(str(label.value))
            else:
                labels.append(self._word(head))
        inner = next(child for child in children if hasattr(child, "data") and child.data == "body")
        body = self._body(_significant(inner))
        return Block(self.file, *self.place(tree), self._word(heads[0]), tuple(labels), body)

    def _word(self, tree: Any) -> str:
        token = tree.children[0]
        return self.scanner.output.names.get(token.start_pos, str(token))

    # -- expressions --------------------------------------------------------------------------------------------

    def expression(self, tree: Any) -> Expression:
        """The node of any expression."""
        method = getattr(self, "_" + tree.data, None)
        if method is None:
            raise self.error(f"unsupported syntax ({tree.data})", tree)
        node: Expression = method(tree)
        return node

    def _expr_term(self, tree: Any) -> Expression:
        children = _significant(tree)
        inner = children[1] if not hasattr(children[0], "data") else children[0]
        return self.expression(inner)

    def _literal_value(self, tree: Any) -> Expression:
        return nodes.Literal(*self.place(tree), _WORDS[str(tree.children[0])])

    def _int_lit(self, tree: Any) -> Expression:
        try:
            return nodes.Literal(*self.place(tree), parse_number(str(tree.children[0])))
        except Exhausted as error:
            raise self.error(str(error), tree) from error

    _float_lit = _int_lit

    def _identifier(self, tree: Any) -> Expression:
        return nodes.Name(*self.place(tree), self._word(tree))

    _keyword = _identifier

    def _string(self, tree: Any) -> Expression:
        return self.template(tree)

    def _unary_op(self, tree: Any) -> Expression:
        place = self.place(tree)
        token, operand = tree.children
        node: Expression = nodes.Unary(*place, str(token), self.expression(operand))
        for operator in reversed(self.scanner.output.unary.get(token.start_pos, "")):
            node = nodes.Unary(*place, operator, node)
        if isinstance(node, nodes.Unary) and node.operator == "-" and isinstance(node.operand, nodes.Literal):
            value = node.operand.value
            if isinstance(value, int | Decimal) and not isinstance(value, bool) and value:
                return nodes.Literal(*place, negate(value))
        return node

    def _binary_op(self, tree: Any) -> Expression:
        place = self.place(tree)
        rest: list[tuple[str, Expression]] = []
        while tree.data == "binary_op":
            left, term = [child for child in tree.children if child.data != "new_line_or_comment"]
            operator, operand = _significant(term)
            rest.append((str(operator.children[0]).strip(), self.expression(operand)))
            tree = left
        return nodes.Binary(*place, self.expression(tree), tuple(reversed(rest)))

    def _conditional(self, tree: Any) -> Expression:
        parts = [child for child in _significant(tree) if hasattr(child, "data")]
        condition, then, otherwise = (self.expression(part) for part in parts)
        return nodes.Conditional(*self.place(tree), condition, then, otherwise)

    def _tuple(self, tree: Any) -> Expression:
        elements = [child for child in _significant(tree) if hasattr(child, "data")]
        return nodes.Tuple(*self.place(tree), tuple(self.expression(element) for element in elements))

    def _object(self, tree: Any) -> Expression:
        items = []
        for element in _significant(tree):
            if hasattr(element, "data"):
                key, value = element.children[0], element.children[-1]
                items.append((self._object_key(key.children[0]), self.expression(value)))
        return nodes.Object(*self.place(tree), tuple(items))

    def _object_key(self, tree: Any) -> Expression:
        if tree.data == "keyword":
            return nodes.Literal(*self.place(tree), self._word(tree))
        if tree.data == "expr_term" and len(tree.children) == 1:
            inner = tree.children[0]
            if inner.data in ("identifier", "literal_value"):
                return nodes.Literal(*self.place(inner), self._word(inner))
        return self.expression(tree)

    def _function_call(self, tree: Any) -> Expression:
        names: list[str] = []
        arguments: tuple[Expression, ...] = ()
        expand = False
        for child in _significant(tree):
            data = getattr(child, "data", None)
            if data == "identifier":
                names.append(self._word(child))
            elif data == "arguments":
                given = _significant(child)
                expand = str(given[-1]) == "..." if not hasattr(given[-1], "data") else False
                arguments = tuple(self.expression(item) for item in given if hasattr(item, "data"))
        name = "::".join(names).removeprefix("core::core::")
        return nodes.Call(*self.place(tree), name, arguments, expand)

    # -- index, attribute, splat --------------------------------------------------------------------------------

    def _postfix(self, tree: Any) -> Expression:
        """A chain ``base.a[0].b[*].c``, unwound: the grammar nests it from the left."""
        steps: list[Any] = []
        while True:
            inner, step = tree.children
            steps.append(step)
            child = inner.children[0]
            if not hasattr(child, "data") or child.data not in _POSTFIX:
                break
            tree = child
        flat: list[Any] = []
        for step in reversed(steps):
            if step.data in ("attr_splat", "full_splat"):
                flat.append(step)
                flat.extend(child for child in step.children if hasattr(child, "data"))
            else:
                flat.append(step)
        if sum(step.data in ("attr_splat", "full_splat") for step in flat) > DEEPEST:
            raise self.error(f"more than {DEEPEST} splats, one in the other", tree)
        return self._apply(self.expression(inner), flat)

    _index_expr_term = _get_attr_expr_term = _attr_splat_expr_term = _full_splat_expr_term = _postfix

    def _apply(self, node: Expression, steps: list[Any]) -> Expression:
        for index, step in enumerate(steps):
            place = (node.line, node.column)
            if step.data == "full_splat":
                each = self._apply(nodes.Element(*self.place(step)), steps[index + 1 :])
                return nodes.Splat(*place, node, each)
            if step.data == "attr_splat":
                end = index + 1
                while end < len(steps) and steps[end].data == "get_attr":
                    end += 1
                each = self._apply(nodes.Element(*self.place(step)), steps[index + 1 : end])
                return self._apply(nodes.Splat(*place, node, each), steps[end:])
            node = self._step(node, step)
        return node

    def _step(self, node: Expression, step: Any) -> Expression:
        place = (node.line, node.column)
        if step.data == "get_attr":
            return nodes.GetAttribute(*place, node, self._word(step.children[1]))
        if step.data == "short_index":
            key = step.children[1]
            if len(key) > _LONGEST_INDEX:
                raise self.error("the index is too large", key)
            return nodes.Index(*place, node, nodes.Literal(*self.place(key), int(key)))
        inner = next(child for child in _significant(step) if hasattr(child, "data"))
        return nodes.Index(*place, node, self.expression(inner))

    # -- for ----------------------------------------------------------------------------------------------------

    def _for_tuple_expr(self, tree: Any) -> Expression:
        parts = [child for child in _significant(tree) if hasattr(child, "data")]
        key, value, collection = self._for_intro(parts[0])
        condition = self._for_condition(parts[-1])
        return nodes.For(*self.place(tree), key, value, collection, None, self.expression(parts[1]), condition)

    def _for_object_expr(self, tree: Any) -> Expression:
        children = _significant(tree)
        parts = [child for child in children if hasattr(child, "data")]
        group = any(str(child) == "..." for child in children if not hasattr(child, "data"))
        key, value, collection = self._for_intro(parts[0])
        result_key, result = self.expression(parts[1]), self.expression(parts[2])
        condition = self._for_condition(parts[-1])
        return nodes.For(*self.place(tree), key, value, collection, result_key, result, condition, group)

    def _for_intro(self, tree: Any) -> tuple[str, str, Expression]:
        parts = [child for child in _significant(tree) if hasattr(child, "data")]
        names = [self._word(part) for part in parts[:-1]]
        collection = self.expression(parts[-1])
        return (names[0], names[1], collection) if len(names) > 1 else ("", names[0], collection)

    def _for_condition(self, tree: Any) -> Expression | None:
        if tree.data != "for_cond":
            return None
        return self.expression(next(child for child in _significant(tree) if hasattr(child, "data")))


def _significant(tree: Any) -> list[Any]:
    return [child for child in tree.children if getattr(child, "data", "") != "new_line_or_comment"]
