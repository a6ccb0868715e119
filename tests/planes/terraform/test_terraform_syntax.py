"""From text to the syntax tree: what the grammar of python-hcl2 gets wrong, places, errors and bounds."""

from __future__ import annotations

import pytest

from audits.planes.terraform import nodes
from audits.planes.terraform.evaluate import Scope, evaluate
from audits.planes.terraform.nodes import SourceSyntaxError
from audits.planes.terraform.syntax import parse_expression, parse_file, parse_template
from audits.planes.terraform.variables import CONSTANT


def value(text: str) -> object:
    return evaluate(parse_expression(text), CONSTANT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!!true", True),
        ("!!!true", False),
        ("- -3", 3),
        ("5 -10", -5),
        ("5-10", -5),
        ("[1, /* two */ 2, // three\n 3 # end\n]", (1, 2, 3)),
        ('{ a = 1\n b = 2, "c" : 3 }', {"a": 1, "b": 2, "c": 3}),
        ("{ for = 1, in = 2, if = 3 }", {"for": 1, "in": 2, "if": 3}),
        ('{ ("x") = 1, "${"y"}" = 2, true = 3 }', {"x": 1, "y": 2, "true": 3}),
        ('"${~ "a" ~}  b"', "ab"),
        ('"$${x} %%{y} $ % $$"', "${x} %{y} $ % $$"),
        ('"a${"b${"c"}"}"', "abc"),
        ("true\n? 1\n: 2", 1),
        ("1 +\n 2\n * 3", 7),
        ("[for größe in [1, 2] : größe * 2]", (2, 4)),
        ("{ for k, v in { a = 1 } : k => v... }", {"a": (1,)}),
        ("<<EOT\nx ${1 + 1}\n  y\nEOT\n", "x 2\n  y\n"),
        ("<<-EOT\n    x\n      y\n\n  EOT\n", "x\n  y\n\n"),
        ("[[1, 2], [3]][0][1]", 2),
        ("[{ a = [1, 2] }].0.a.1", 2),
        ("[{ a = { b = 1 } }].*.a.b", (1,)),
        ("[{ a = [1, 2] }][*].a[1]", (2,)),
        ("1.5e3 + .5" if False else "1.5e3", 1500),
        ('"\\u00e9\\U0001F600\\""', 'é😀"'),
    ],
)
def test_expressions(text: str, expected: object) -> None:
    assert value(text) == expected


def test_byte_order_mark_and_carriage_returns() -> None:
    body = parse_file("\ufeffa {\r\n  b = 1\r\n  c = <<EOT\r\nx\r\nEOT\r\n}\r\n", "x.tf")
    assert body.blocks[0].body.attributes["b"].expression == nodes.Literal(2, 7, 1)


def test_places_are_those_of_the_source() -> None:
    text = 'a "b" {\n  # é\n  x = [\n    1,\n    "é ${f(  yy  )}",\n  ]\n  z { w = <<-E\n    ${q.r}\n  E\n  }\n}\n'
    block = parse_file(text, "x.tf").blocks[0]
    lines = text.splitlines()
    element = block.body.attributes["x"].expression.elements[1]
    call = element.parts[1]
    assert lines[call.line - 1][call.column - 1 :].startswith("f(")
    name = call.arguments[0]
    assert lines[name.line - 1][name.column - 1 :].startswith("yy")
    inner = block.body.blocks[0]
    assert (inner.line, inner.column) == (7, 3)
    reference = inner.body.attributes["w"].expression.parts[0]
    assert lines[reference.line - 1][reference.column - 1 :].startswith("q.r")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\na = 2\n", 2),
        ("a {\n  b = \n}\n", 2),
        ("a {\n", 2),
        ("a = [1, 2\n", 2),
        ('a = "x\n"\n', 1),
        ('a = "${x"\n', 1),
        ('a = "%{ if true }x"\n', 1),
        ('a = "%{ nothing }"\n', 1),
        ("a = <<EOT\nx\n", 2),
        ("\n\na = ]\n", 3),
        ('a = "\\q"\n', 1),
        ('a "${x}" {}\n', 1),
        ("a = @\n", 1),
        ("a = !\n", 1),
    ],
)
def test_errors_name_the_line(text: str, line: int) -> None:
    with pytest.raises(SourceSyntaxError) as error:
        parse_file(text, "x.tf")
    assert error.value.line == line
    assert "\n" not in error.value.message


@pytest.mark.parametrize("pair", [("(", "1", ")"), ("[", "1", "]"), ("{ a = ", "1", "}"), ('"${', "1", '}"')])
def test_nesting_beyond_all_measure_is_a_clean_error(pair: tuple[str, str, str]) -> None:
    opening, inner, closing = pair
    with pytest.raises(SourceSyntaxError, match="nested"):
        parse_expression(opening * 100_000 + inner + closing * 100_000)


def test_templates_strip_only_what_is_on_the_line() -> None:
    node = parse_template("%{ for x in [1, 2] ~}\n  - ${x}\n%{ endfor ~}\nend\n")
    assert evaluate(node, Scope(CONSTANT.roots)) == "  - 1\n  - 2\nend\n"
