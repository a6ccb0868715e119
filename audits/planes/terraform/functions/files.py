"""Files and paths: abspath, basename, dirname, file…, fileset, pathexpand, templatefile, templatestring."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Callable
from pathlib import Path

from audits.model import Unknown
from audits.planes.terraform.functions.digests import base64, digest, hexadecimal
from audits.planes.terraform.functions.globs import find
from audits.planes.terraform.functions.registry import (
    FunctionContext,
    FunctionError,
    Parameter,
    Unknowns,
    function,
    unsupported,
)
from audits.planes.terraform.types import STRING
from audits.planes.terraform.values import SetValue, TerraformValue, make_set, mark, unmark

PATH = Parameter("path", STRING)
VARS = Parameter("vars", unknown=Unknowns.INSIDE, marks=True)
_LARGEST = 16 * 1024 * 1024
_VARIABLE = re.compile(r"[^\W\d][\w-]*")


def clean(path: str) -> str:
    """The shortest path that is the same by its text alone, as Go's ``filepath.Clean``."""
    cleaned = posixpath.normpath(path) if path else "."
    return "/" + cleaned.lstrip("/") if path.startswith("/") else cleaned


@function("abspath", PATH, context=True)
def _abspath(context: FunctionContext, path: str) -> str:
    return clean(path if path.startswith("/") else f"{context.root_dir.resolve()}/{path}")


@function("basename", PATH)
def _basename(path: str) -> str:
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


@function("dirname", PATH)
def _dirname(path: str) -> str:
    return clean(path[: path.rfind("/") + 1])


@function("pathexpand", PATH)
def _pathexpand(path: str) -> str | Unknown:
    if not path.startswith("~"):
        return path
    if len(path) > 1 and path[1] != "/":
        raise FunctionError("the home folder of another user is not expanded")
    return unsupported("pathexpand() needs the home folder of whoever runs Terraform")


def _outside(path: str) -> Unknown:
    return unsupported(f'"{path}" lies outside the source tree')


def _locate(context: FunctionContext, path: str) -> Path | None:
    """Where a path leads in the end, or None if that is outside the tree. Raises FunctionError for a loop."""
    if "\0" in path:
        raise FunctionError("a path cannot hold a null character")
    if path.startswith("~"):
        return None
    try:
        found = (context.root_dir / path).resolve()
        tree = context.tree.resolve()
    except (OSError, RuntimeError) as error:
        raise FunctionError(f'cannot follow "{path}"') from error
    return found if found == tree or tree in found.parents else None


def _status(path: Path, name: str) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FunctionError(f'cannot read "{name}": {error.strerror}') from error


def read(context: FunctionContext, path: str) -> bytes | Unknown:
    """A file's bytes, or an Unknown if it is outside the tree or too large."""
    found = _locate(context, path)
    if found is None:
        return _outside(path)
    status = _status(found, path)
    if status is None:
        raise FunctionError(f'there is no file "{path}"')
    if not stat.S_ISREG(status.st_mode):
        raise FunctionError(f'"{path}" is not a file')
    if status.st_size > _LARGEST:
        return unsupported(f'"{path}" is too large')
    try:
        return found.read_bytes()
    except OSError as error:
        raise FunctionError(f'cannot read "{path}": {error.strerror}') from error


def _text(context: FunctionContext, path: str) -> str | Unknown:
    content = read(context, path)
    if isinstance(content, Unknown):
        return content
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise FunctionError(f'"{path}" is not valid UTF-8') from error


@function("file", PATH, context=True)
def _file(context: FunctionContext, path: str) -> TerraformValue:
    return _text(context, path)


@function("fileexists", PATH, context=True)
def _fileexists(context: FunctionContext, path: str) -> TerraformValue:
    found = _locate(context, path)
    if found is None:
        return _outside(path)
    status = _status(found, path)
    if status is None:
        return False
    if not stat.S_ISREG(status.st_mode):
        raise FunctionError(f'"{path}" is not a file')
    return True


@function("fileset", PATH, Parameter("pattern", STRING), context=True)
def _fileset(context: FunctionContext, path: str, pattern: str) -> SetValue | Unknown:
    up, below = _upward(clean(pattern.lstrip("/")))
    found = _locate(context, f"{path}/{up}")
    if found is None:
        return _outside(f"{path}/{up}")
    return make_set(f"{up}{name}" for name in find(found, below, context.tree.resolve()))


def _upward(pattern: str) -> tuple[str, str]:
    """The part of a cleaned pattern that leads to folders above, and the rest."""
    below = pattern
    while below.startswith("../"):
        below = below[3:]
    return pattern[: len(pattern) - len(below)], below


def _of_content(name: str, result: Callable[[bytes], str]) -> None:
    """Register a function of a file's bytes."""

    @function(name, PATH, context=True)
    def _of_file(context: FunctionContext, path: str) -> TerraformValue:
        content = read(context, path)
        return content if isinstance(content, Unknown) else result(content)


def _in_hexadecimal(algorithm: str) -> Callable[[bytes], str]:
    return lambda content: hexadecimal(digest(algorithm, content))


def _in_base64(algorithm: str) -> Callable[[bytes], str]:
    return lambda content: base64(digest(algorithm, content))


_of_content("filebase64", base64)
for _algorithm in ("sha256", "sha512"):
    _of_content(f"filebase64{_algorithm}", _in_base64(_algorithm))
for _algorithm in ("md5", "sha1", "sha256", "sha512"):
    _of_content(f"file{_algorithm}", _in_hexadecimal(_algorithm))


@function("templatefile", PATH, VARS, context=True, not_null=False)
def _templatefile(context: FunctionContext, path: str, variables: TerraformValue) -> TerraformValue:
    text = _text(context, path)
    return text if isinstance(text, Unknown) else _render(context, text, variables, path)


@function("templatestring", Parameter("template", STRING), VARS, context=True, not_null=False)
def _templatestring(context: FunctionContext, template: str, variables: TerraformValue) -> TerraformValue:
    return _render(context, template, variables, "<templatestring argument>")


def _render(context: FunctionContext, text: str, variables: TerraformValue, name: str) -> TerraformValue:
    bare, marked = unmark(variables)
    if not isinstance(bare, dict):
        raise FunctionError("the variables must be a map or an object")
    wrong = next((key for key in bare if not _VARIABLE.fullmatch(key)), None)
    if wrong is not None:
        raise FunctionError(f'"{wrong}" is no valid variable name')
    return mark(context.render_template(text, bare, name), marked)
