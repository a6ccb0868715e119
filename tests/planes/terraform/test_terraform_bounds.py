"""Input that is out of all measure: a gap, an Unknown or a finding, within bounded time and memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from audits.model import Cause, Unknown
from audits.planes.terraform import read, reading

SQUARES = (
    "locals {\n n0 = 99999999999999999999\n"
    + "".join(f" n{i + 1} = local.n{i} * local.n{i}\n" for i in range(40))
    + "}\n"
)
DOUBLES = (
    'locals {\n n0 = "xxxxxxxx"\n'
    + "".join(f' n{i + 1} = "${{local.n{i}}}${{local.n{i}}}"\n' for i in range(40))
    + "}\n"
)
TRIPLES = (
    "locals {\n n0 = [1, 2, 3]\n"
    + "".join(f" n{i + 1} = [local.n{i}, local.n{i}, local.n{i}]\n" for i in range(40))
    + "}\n"
)
CHAIN = "locals {\n n0 = 1\n" + "".join(f" n{i + 1} = local.n{i} + 1\n" for i in range(400)) + "}\n"


def value(folder: Path, expression: str, more: str = "") -> object:
    (folder / "main.tf").write_text(f'{more}\nresource "terraform_data" "x" {{\n  input = {expression}\n}}\n')
    (resource,) = [one for one in read(folder, environment={}).resources if one.identity == "terraform_data.x"]
    return resource.attributes["input"]


@pytest.mark.parametrize(
    ("expression", "more"),
    [
        ("local.n40", SQUARES),
        ("local.n40", DOUBLES),
        ("flatten(local.n40)", TRIPLES),
        ("[for x in range(1000) : [for y in range(1000) : [for z in range(1000) : z]]]", ""),
        ("!" * 100_000 + "true", ""),
        ("pow(10, 100000000)", ""),
    ],
    ids=["squares", "doubles", "triples", "rounds", "operators", "power"],
)
def test_too_much_is_unknown(tmp_path: Path, expression: str, more: str) -> None:
    found = value(tmp_path, expression, more)
    assert isinstance(found, Unknown) and found.cause is Cause.UNSUPPORTED


def test_long_chains_are_followed(tmp_path: Path) -> None:
    assert value(tmp_path, "local.n400", CHAIN) == 401
    assert value(tmp_path, "1" + " + 1" * 3_000) == 3_001
    assert value(tmp_path, "true ? 1 : " * 500 + "2") == 1


@pytest.mark.parametrize(
    "text",
    [
        "1e1000000000",
        "1e5000",
        "(" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        "a" + "[*]" * 100_000,
        "a" + ".*" * 100_000,
        "a." + "9" * 5_000,
    ],
)
def test_what_cannot_be_read_is_a_gap(tmp_path: Path, text: str) -> None:
    (tmp_path / "main.tf").write_text(f"locals {{\n  a = {text}\n}}\n")
    observation = read(tmp_path, environment={})
    assert [gap.cause for gap in observation.gaps] == ["syntax error"]


UNKNOWN_DOUBLES = (
    'resource "terraform_data" "u" {}\nlocals {\n n0 = "a${terraform_data.u.id}"\n'
    + "".join(f' n{i + 1} = "${{local.n{i}}}${{local.n{i}}}"\n' for i in range(60))
    + "}\n"
)


@pytest.mark.parametrize(
    "expression",
    [
        'replace("{}", "a", "{}")'.format("a" * 10_000, "b" * 10_000),
        'replace("{}", "/a/", "{}")'.format("a" * 10_000, "b" * 10_000),
        'join("%s", [for x in range(1024): "a"])' % ("x" * 20_000),
        'indent(99999999, "a\\nb")',
        'format("%1000000000d", 1)',
        'format("%.1000000000f", 1)',
        "setproduct([for x in range(1000): x], [for x in range(1000): x], [1, 2])",
        "pow(10, 400)",
        "1 / 0",
        'tonumber("1e999999999")',
        'parseint("%s", 36)' % ("z" * 100_000),
        'length([for x in range(1000): "${join("", [for y in range(1000): "xxxxxxxxxxxxxxxx"])}${x}"])',
        "length([for x in range(1000): [for y in range(1000): [%s]]])" % ("1, " * 500),
        'jsondecode("%s")' % ("[" * 20_000),
    ],
    ids=["replace", "pattern", "join", "indent", "width", "precision", "products", "power", "infinite", "exponent"]
    + ["digits", "texts", "lists", "nesting"],
)
def test_a_limit_is_never_an_error_that_try_takes_for_one(tmp_path: Path, expression: str) -> None:
    """Terraform may do it: so neither the fallback nor ``false`` is known."""
    found = value(tmp_path, f"try({expression}, 5)")
    assert isinstance(found, Unknown) and found.cause is Cause.UNSUPPORTED


def test_texts_of_ever_more_unknown_parts(tmp_path: Path) -> None:
    found = value(tmp_path, "local.n60", UNKNOWN_DOUBLES)
    assert isinstance(found, Unknown) and found.cause is Cause.UNSUPPORTED


def test_a_long_line_of_json_is_read_in_one_go(tmp_path: Path) -> None:
    elements = ", ".join(f'{{"name": "n{number}", "list": [[null], "three ${{1 + 1}}"]}}' for number in range(15_000))
    (tmp_path / "main.tf.json").write_text(f'{{"output": {{"o": {{"value": [{elements}]}}}}}}')
    observation = read(tmp_path, environment={})
    assert observation.gaps == ()
    assert observation.findings == ()


def test_very_many_matches_are_found_one_after_the_other(tmp_path: Path) -> None:
    assert value(tmp_path, f'length(regexall("", "{"é" * 200_000}"))') == 200_001
    assert value(tmp_path, f'length(replace("{"aé" * 100_000}", "/é/", "x"))') == 200_000


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_counts_within_counts_end_with_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_RESOURCES", 2_500)
    many = 'resource "terraform_data" "x" {\n  count = 1000\n}\n'
    inner = 'module "b" {\n  source = "../n"\n  count  = 1000\n}\n'
    write(tmp_path, {"main.tf": inner.replace("../n", "./m"), "m/main.tf": inner, "n/main.tf": many})
    observation = read(tmp_path, environment={})
    assert len(observation.resources) == 2_500
    assert [(gap.cause, gap.kinds) for gap in observation.gaps] == [("too many resources", None)]


def test_modules_that_multiply_end_with_a_gap(tmp_path: Path) -> None:
    def calls(to: str) -> str:
        return "".join(f'module "m{number}" {{\n  source = "{to}"\n}}\n' for number in range(10))

    levels = {f"l{depth}/main.tf": calls(f"../l{depth + 1}") for depth in range(1, 12)}
    write(tmp_path, {"main.tf": calls("./l1"), **levels, "l12/main.tf": 'resource "terraform_data" "x" {}\n'})
    observation = read(tmp_path, environment={})
    (gap,) = observation.gaps
    assert (gap.cause, gap.kinds) == ("too many modules", None)


def test_dynamic_blocks_within_dynamic_blocks_are_bounded(tmp_path: Path) -> None:
    block = "x {\n  a = 1\n}\n"
    for _ in range(3):
        block = f'dynamic "x" {{\n  for_each = range(1000)\n  content {{\n{block}}}\n}}\n'
    write(tmp_path, {"main.tf": f'resource "aws_vpc" "v" {{\n  cidr_block = "10.0.0.0/16"\n{block}}}\n'})
    (vpc,) = read(tmp_path, environment={}).resources
    assert vpc.attributes["cidr_block"] == "10.0.0.0/16"
    assert "more than 250000 rounds" in repr(vpc.attributes["x"])


def test_comments_in_an_object_are_passed_once(tmp_path: Path) -> None:
    assert value(tmp_path, "{" + "/* x */" * 20_000 + "}") == {}
    assert value(tmp_path, "{" + "/* for */" * 2_000 + " for k in [1] : k => 2}") == {"1": 2}


def test_policy_documents_that_double_are_bounded(tmp_path: Path) -> None:
    documents = ['data "aws_iam_policy_document" "p0" {\n  statement {\n    actions = ["a"]\n  }\n}\n']
    documents += [
        f'data "aws_iam_policy_document" "p{number + 1}" {{\n  source_policy_documents = '
        f"[data.aws_iam_policy_document.p{number}.json, data.aws_iam_policy_document.p{number}.json]\n}}\n"
        for number in range(40)
    ]
    result = value(tmp_path, "data.aws_iam_policy_document.p40.json", "".join(documents))
    assert isinstance(result, Unknown)
    assert result.cause is Cause.UNSUPPORTED


def test_many_modules_of_a_large_tree_leave_no_gap(tmp_path: Path) -> None:
    call = 'module "a" {\n  source = "./m"\n  count  = 1000\n}\n'
    write(tmp_path, {"main.tf": call, "m/main.tf": 'resource "terraform_data" "x" {\n  count = 10\n}\n'})
    observation = read(tmp_path, environment={})
    assert (len(observation.resources), observation.gaps) == (10_000, ())
