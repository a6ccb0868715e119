"""The patterns by which settings are found in files: RE2's, so that no text makes them slow."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


class PatternError(ValueError):
    """A pattern that cannot find a value; one line."""


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Any:
    """The compiled pattern, in the syntax of Python's ``re`` without lookaround and backreferences.

    Raises:
        PatternError: it is none, has no group ``value``, or matches where there is nothing.
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise PatternError(f"no pattern of RE2 (no lookaround, no backreferences): {text}") from error
    if "value" not in compiled.groupindex:
        raise PatternError("the pattern has no group that says what the value is: write (?P<value>…)")
    if compiled.search("") is not None:
        raise PatternError("the pattern matches where there is nothing")
    return compiled
