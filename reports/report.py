"""The run's JSON: read, checked against its schema, written in one canonical form."""

from __future__ import annotations

import glob
import json
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from audits.schema_predicate import Predicate, compile_schema
from reports.text import visible

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

Run: TypeAlias = dict[str, Any]
"""One run as plain data; ``schema/run.v1.schema.json`` says what is in it."""

SCHEMA_ID = "glimpse-audit/run/v1"
SCHEMA_PATH = Path(__file__).parent / "schema" / "run.v1.schema.json"

_FORSAKEN = 3600.0
"""Seconds after which a file that somebody began to write is nobody's."""
_SURROGATE = re.compile("[\ud800-\udfff]")


class ReportError(Exception):
    """Something wrong with a file or a request, in one line for the person who gave it."""


def load(path: str | os.PathLike[str]) -> Run:
    """Read a run's JSON file and check it; every trouble is a :class:`ReportError` that names the file."""
    name = os.fspath(path)
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ReportError(f"{visible(name)}: {error.strerror or error}") from None
    return loads(data, name)


def loads(data: bytes | str, name: str = "run") -> Run:
    """Parse and check a run's JSON; ``name`` is what errors call it."""
    place = visible(name)
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        run = json.loads(text, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise ReportError(f"{place}: not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise ReportError(f"{place}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except RecursionError:
        raise ReportError(f"{place}: nested too deeply") from None
    except ValueError as error:
        raise ReportError(f"{place}: not JSON: {error}") from None
    validate(run, name)
    return run  # type: ignore[no-any-return]


def validate(run: object, name: str = "run") -> None:
    """Raise a :class:`ReportError` unless ``run`` is what the schema says a run is."""
    place = visible(name)
    if not isinstance(run, dict) or run.get("schema") != SCHEMA_ID:
        found = run.get("schema") if isinstance(run, dict) else None
        about = f"schema is {visible(json.dumps(found))[:80]}" if found is not None else "it names no schema"
        raise ReportError(f"{place}: not a run of {SCHEMA_ID}: {about}")
    try:
        if _fits()(run):
            return
        from jsonschema.exceptions import best_match

        error = best_match(_validator().iter_errors(run))
    except RecursionError:
        raise ReportError(f"{place}: nested too deeply") from None
    if error is not None:
        raise ReportError(f"{place}: {_path(error)}: {_message(error)}")


def dumps(run: Run) -> bytes:
    """The canonical form: sorted keys, UTF-8, one line an entry (a control, a gap), newline at the end.

    One line an entry keeps files of 20,000 verdicts quick to write and lets line tools and diffs work on them.
    """
    try:
        text = "".join(_lines(run))
    except (ValueError, TypeError, RecursionError) as error:
        raise ReportError(f"the run cannot be written as JSON: {error}") from None
    # UTF-8 has no form for half a surrogate pair, JSON's own escape has.
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()


def write(path: str | os.PathLike[str], data: bytes | str | Iterable[str]) -> None:
    """Write a file whole or not at all: a reader or a crash never meets half a report. ``data`` may come in pieces."""
    target = Path(path)
    pieces = (data,) if isinstance(data, bytes | str) else data
    temporary = ""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name[:80]}.", suffix=".tmp", dir=target.parent)
        with os.fdopen(handle, "wb") as stream:
            for piece in pieces:
                stream.write(piece.encode("utf-8", "backslashreplace") if isinstance(piece, str) else piece)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(target)
        temporary = ""
    except OSError as error:
        raise ReportError(f"{visible(str(path))}: could not be written: {error.strerror or error}") from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def _sweep(target: Path) -> None:
    """Remove what writers of this file left that were killed: nobody writes for an hour."""
    for left in target.parent.glob(f".{glob.escape(target.name[:80])}.*.tmp"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _FORSAKEN:
                left.unlink()


def _lines(run: Run) -> Iterator[str]:
    yield "{"
    for index, (key, value) in enumerate(sorted(run.items())):
        yield ",\n" if index else "\n"
        yield f"{_compact(key)}: "
        if isinstance(value, list) and value:
            yield "[\n"
            yield ",\n".join(map(_compact, value))
            yield "\n]"
        else:
            yield _compact(value)
    yield "\n}\n"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(", ", ": "))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """The JSON Schema of a run."""
    loaded: dict[str, Any] = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=1)
def _fits() -> Predicate:
    return compile_schema(schema())


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema())


def _path(error: ValidationError) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{visible(str(part))}" for part in error.absolute_path)
    return "".join(parts).removeprefix(".") or "top level"


def _message(error: ValidationError) -> str:
    """The message of jsonschema, in one line and without a dump of the whole instance."""
    text = visible(error.message)
    return text if len(text) <= 200 else f"{text[:90]} … {text[-90:]}"


def _umask() -> int:
    """The process's mask: mkstemp makes files only the owner can read; a report gets the mode any new file would."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
