"""The parser for a kind of file, imported only when there is something to parse."""

from __future__ import annotations

from collections.abc import Callable

from audits.planes.terraform.nodes import Body


def kind_of(file: str) -> str:
    """``json`` for ``.tf.json`` and ``.tfvars.json``, else ``hcl``."""
    return "json" if file.endswith(".json") else "hcl"


def parser_of(kind: str) -> Callable[[str, str], Body]:
    """What turns a text and its file's name into a body; raises SourceSyntaxError."""
    if kind == "json":
        from audits.planes.terraform.json_syntax import parse_json

        return parse_json
    from audits.planes.terraform.syntax import parse_file

    return parse_file
