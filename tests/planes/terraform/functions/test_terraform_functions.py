"""Every function against what the CLI said: ``terraform console`` for known values, ``terraform plan`` for unknowns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from audits.model import Cause, Unknown
from audits.planes.terraform.functions import FunctionContext, FunctionError, call, names
from audits.planes.terraform.functions.json_text import encode
from audits.planes.terraform.types import type_of
from audits.planes.terraform.values import (
    Exhausted,
    Sensitive,
    SetValue,
    TerraformValue,
    unknowns_in,
    unmark,
    unmark_deep,
)
from tests.planes.terraform.functions.notation import call_text, type_text, value

HERE = Path(__file__).parent
FIXTURE = (HERE / "fixture").resolve()
SIGNATURES = json.loads((HERE / "signatures.json").read_text(encoding="utf-8"))


def render(text: str, variables: Mapping[str, TerraformValue], name: str) -> TerraformValue:
    """As much of a template as the fixtures need."""
    found = [unmark(variables[key]) for key in re.findall(r"\$\{(\w+)\}", text) if key in variables]
    if "${" in re.sub(r"\$\{\w+\}", "", text) or len(found) != text.count("${") or any(v is None for v, _ in found):
        raise FunctionError(f"{name} is in error")
    result = re.sub(r"\$\{(\w+)\}", lambda match: str(unmark(variables[match[1]])[0]), text)
    return Sensitive(result) if any(marked for _, marked in found) else result


CONTEXT = FunctionContext(FIXTURE, FIXTURE, FIXTURE, render)


def cases() -> Iterator[Any]:
    for path in sorted((HERE / "cases").glob("*.json")):
        for number, case in enumerate(json.loads(path.read_text(encoding="utf-8"))):
            yield pytest.param(path.stem, case, id=f"{number} {call_text(path.stem, case['args'])[:80]}")


def test_every_function_of_the_cli_is_there() -> None:
    assert names() == SIGNATURES.keys()
    assert len(names()) == 118


def test_every_function_has_enough_cases() -> None:
    for name in names():
        found = json.loads((HERE / "cases" / f"{name}.json").read_text(encoding="utf-8"))
        assert len(found) >= 6, name
        assert sum("error" in case for case in found) >= 2 or name in NEARLY_WITHOUT_ERRORS, name


NEARLY_WITHOUT_ERRORS = {"try"}
"""It only refuses to have no argument."""


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_arity(name: str) -> None:
    parameters = SIGNATURES[name]["parameters"]
    if parameters:
        with pytest.raises(FunctionError):
            call(name, ["1"] * (len(parameters) - 1), CONTEXT)
    if "variadic" not in SIGNATURES[name]:
        with pytest.raises(FunctionError):
            call(name, ["1"] * (len(parameters) + 1), CONTEXT)


@pytest.mark.parametrize(("name", "case"), list(cases()))
def test_as_the_console(name: str, case: dict[str, Any]) -> None:
    args = [value(arg) for arg in case["args"]]
    if case.get("unsupported"):
        found = call(name, args, CONTEXT)
        assert isinstance(found, Unknown)
        assert found.cause is Cause.UNSUPPORTED
        return
    if "error" in case:
        with pytest.raises(FunctionError) as refused:
            call(name, args, CONTEXT)
        assert "\n" not in str(refused.value)
        return
    found = call(name, args, CONTEXT)
    if "unknown" in case:
        assert unknowns_in(found)
        return
    bare, inner = unmark_deep(found)
    assert encode(bare).replace(str(FIXTURE), "<ROOT>") == case.get("ours", case["json"])
    assert isinstance(found, Sensitive) == case.get("sensitive", False) or inner
    assert compatible(type_text(type_of(bare)), case["type"])


def compatible(ours: str, theirs: str) -> bool:
    """Whether the types are the same; ours may say less of nulls and empty collections."""
    pattern = re.escape("".join(ours.split())).replace("dynamic", r".+")
    return re.fullmatch(pattern, theirs) is not None


def unknown_cases() -> Iterator[Any]:
    for number, case in enumerate(json.loads((HERE / "unknowns.json").read_text(encoding="utf-8"))):
        yield pytest.param(case, id=f"{number} {call_text(case['function'], case['args'])[:80]}")


@pytest.mark.parametrize("case", list(unknown_cases()))
def test_as_the_plan(case: dict[str, Any]) -> None:
    found = call(case["function"], [value(arg) for arg in case["args"]], CONTEXT)
    if "weaker" in case:
        assert isinstance(unmark(found)[0], Unknown)
        return
    compare(found, case["after"], case["after_unknown"], case["after_sensitive"])


def nullness_cases() -> Iterator[Any]:
    for number, case in enumerate(json.loads((HERE / "nullness.json").read_text(encoding="utf-8"))):
        yield pytest.param(case, id=f"{number} {call_text(case['function'], case['args'])[:80]}")


@pytest.mark.parametrize("case", list(nullness_cases()))
def test_not_null_as_the_plan(case: dict[str, Any]) -> None:
    found = call(case["function"], [value(arg) for arg in case["args"]], CONTEXT)
    assert isinstance(found, Unknown)
    assert found.not_null == case["not_null"]


def compare(found: TerraformValue, after: Any, unknown: Any, sensitive: Any) -> None:
    """Known is what the plan knows, unknown what it does not, and marked what it marks."""
    bare, marked = unmark(found)
    assert marked == (sensitive is True)
    bare, sensitive = unmark_deep(bare)[0] if sensitive is True else bare, None if sensitive is True else sensitive
    if unknown is True:
        assert isinstance(bare, Unknown)
        return
    assert not isinstance(bare, Unknown)
    if isinstance(after, list):
        elements = list(bare.elements if isinstance(bare, SetValue) else bare)
        assert len(elements) == len(after)
        for index, element in enumerate(elements):
            compare(element, after[index], _at(unknown, index), _at(sensitive, index))
    elif isinstance(after, dict):
        assert bare.keys() == after.keys() | (unknown or {}).keys()
        for key in bare:
            compare(bare[key], after.get(key), _at(unknown, key), _at(sensitive, key))
    else:
        assert json.loads(encode(bare)) == after


def _at(tree: Any, key: Any) -> Any:
    if isinstance(tree, list):
        return tree[key] if key < len(tree) else None
    return tree.get(key) if isinstance(tree, dict) else tree if tree is True else None


def test_what_is_kept_of_unknown_texts() -> None:
    text = call("format", ("a-%s-%s", value({"local": "unknown"}), "b"), CONTEXT)
    assert [piece if isinstance(piece, str) else "?" for piece in text.parts] == ["a-", "?", "-b"]
    joined = call("join", (",", ("x", text, "y")), CONTEXT)
    assert [piece if isinstance(piece, str) else "?" for piece in joined.parts] == ["x,a-", "?", "-b,y"]
    assert call("startswith", (joined, "x,a"), CONTEXT) is True
    assert call("startswith", (joined, "y"), CONTEXT) is False
    assert isinstance(call("startswith", (joined, "x,a-b"), CONTEXT), Unknown)
    raised = call("upper", (joined,), CONTEXT)
    assert [piece if isinstance(piece, str) else "?" for piece in raised.parts] == ["X,A-", "?", "-B,Y"]
    assert call("trimprefix", (joined, "x,"), CONTEXT).parts[0] == "a-"
    assert call("trimsuffix", (joined, ",y"), CONTEXT).parts[-1] == "-b"
    assert call("replace", (joined, "-", "+"), CONTEXT).parts[0] == "x,a+"
    assert call("replace", (joined, "a-", "+"), CONTEXT).parts == ()
    assert joined.references == (unknowns_in(text)[0].references[0],)


def test_what_is_kept_of_unknown_documents() -> None:
    unknown = value({"local": "unknown"})
    policy = {"Version": "2012-10-17", "Statement": ({"Resource": unknown},)}
    text = call("jsonencode", (policy,), CONTEXT)
    assert text.partial == policy
    assert call("jsondecode", (text,), CONTEXT).partial == policy
    merged = call("merge", ({"a": 1, "b": 2}, unknown, {"b": 3}), CONTEXT)
    assert merged.partial["b"] == 3
    assert isinstance(merged.partial["a"], Unknown)
    assert merged.open
    together = call("concat", (("a",), unknown, ("b",)), CONTEXT)
    assert (together.partial, together.open) == (["a", "b"], True)


def test_files_outside_the_tree_are_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text("secret", encoding="utf-8")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "link.txt").symlink_to(outside)
    (tree / "loop").symlink_to(tree / "loop")
    (tree / "up").symlink_to(tmp_path)
    context = FunctionContext(tree, tree, tree, render)
    for name in ("file", "filebase64", "filesha256", "fileexists"):
        for path in ("../secret.txt", "link.txt", "up/secret.txt", str(outside), "~/x"):
            found = call(name, (path,), context)
            assert isinstance(found, Unknown)
            assert found.cause is Cause.UNSUPPORTED
        with pytest.raises(FunctionError):
            call(name, ("loop",), context)
    assert call("fileset", (".", "**"), context) == SetValue(())
    assert isinstance(call("fileset", ("..", "*"), context), Unknown)
    assert isinstance(call("templatefile", ("../secret.txt", {}), context), Unknown)


def test_provider_functions_and_names_that_are_none() -> None:
    found = call("provider::other::parse", ("x",), CONTEXT)
    assert isinstance(found, Unknown)
    assert found.cause is Cause.UNSUPPORTED
    with pytest.raises(FunctionError):
        call("nope", (), CONTEXT)
    assert call("core::upper", ("a",), CONTEXT) == "A"


@pytest.mark.parametrize(
    ("name", "text"), [("jsondecode", "[" * 100_000), ("yamldecode", "[" * 100_000)], ids=["json", "yaml"]
)
def test_nesting_without_end_is_refused(name: str, text: str) -> None:
    """By a limit of ours, which ``try`` must not take for an error of the source; Terraform's own is another."""
    with pytest.raises((FunctionError, Exhausted)):
        call(name, (text,), CONTEXT)


def test_aliases_do_not_multiply_without_end() -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 12))
    with pytest.raises(Exhausted):
        call("yamldecode", (f"l0: &l0 x\n{levels}",), CONTEXT)
