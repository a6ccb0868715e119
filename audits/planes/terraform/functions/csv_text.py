"""CSV: csvdecode, with the strictness of Go's reader."""

from __future__ import annotations

from collections.abc import Iterator

from audits.planes.terraform.functions.registry import FunctionError, Parameter, function
from audits.planes.terraform.texts import nfc
from audits.planes.terraform.types import STRING
from audits.planes.terraform.values import TerraformValue


@function("csvdecode", Parameter("str", STRING), not_null=False)
def _csvdecode(text: str) -> list[TerraformValue]:
    records = list(_records(text))
    if not records:
        raise FunctionError("the header line is missing")
    header, *rows = records
    if len(set(header)) != len(header):
        raise FunctionError("two columns have the same name")
    if any(len(row) != len(header) for row in rows):
        raise FunctionError("a line has the wrong number of fields")
    return [{nfc(name): nfc(field) for name, field in zip(header, row, strict=True)} for row in rows]


def _records(text: str) -> Iterator[list[str]]:
    """The fields of each line that is not empty; a quoted field may hold line breaks."""
    lines = _lines(text)
    for line in lines:
        if line not in ("", "\n"):
            yield _record(line, lines)


def _lines(text: str) -> Iterator[str]:
    """The lines with their line feeds; a carriage return before one, or at the very end, is left out."""
    if text.endswith("\r"):
        text = text[:-1]
    position = 0
    while position < len(text):
        end = text.find("\n", position) + 1 or len(text)
        line = text[position:end]
        yield line[:-2] + "\n" if line.endswith("\r\n") else line
        position = end


def _record(line: str, lines: Iterator[str]) -> list[str]:
    fields: list[str] = []
    while True:
        if line.startswith('"'):
            field, line = _quoted(line[1:], lines)
            fields.append(field)
        else:
            field, line = _plain(line)
            fields.append(field)
        if not line.startswith(","):
            return fields
        line = line[1:]


def _plain(line: str) -> tuple[str, str]:
    end = line.find(",")
    field, rest = (line.removesuffix("\n"), "") if end < 0 else (line[:end], line[end:])
    if '"' in field:
        raise FunctionError("a quote stands in a field that is not quoted")
    return field, rest


def _quoted(line: str, lines: Iterator[str]) -> tuple[str, str]:
    """The field whose opening quote was taken off, and what follows its closing one."""
    field = ""
    while True:
        end = line.find('"')
        if end < 0:
            field += line
            line = next(lines, "")
            if not line:
                raise FunctionError("a quoted field is not closed")
            continue
        field += line[:end]
        line = line[end + 1 :]
        if line.startswith('"'):
            field += '"'
            line = line[1:]
        elif line in ("", "\n") or line.startswith(","):
            return field, line
        else:
            raise FunctionError("something follows the closing quote of a field")
