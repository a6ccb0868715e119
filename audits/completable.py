"""What completing this command line knows beyond its parser: control ids, kinds, formats, and pytest's options."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from audits import kinds
from audits.completion import Known, Option
from audits.loading import load_specs


def known(specs: Path) -> Known:
    """All of it; ``specs`` are those that count where the words name none."""
    return Known(
        {
            "id": lambda words: _ids(words, specs),
            "--control": lambda words: _ids(words, specs),
            "--kind": lambda _: kinds.registry(),
            "--to": lambda _: _formats(),
            "--report": lambda _: [f"{one}=" for one in _formats()],
        },
        {"run": _run_options, "watch": _run_options},
    )


def _ids(words: Sequence[str], specs: Path) -> list[str]:
    """The ids of the controls in the specs that the words name."""
    given = []
    if "--specs" in words:
        given = list(takewhile(lambda word: not word.startswith("-"), words[words.index("--specs") + 1 : -1]))
    return [control.id for one in load_specs([Path(word) for word in given] or [specs]) for control in one.controls]


def _formats() -> list[str]:
    return list(importlib.import_module("reports.formats").formats())


def _run_options() -> list[Option]:
    """The options of an audit: those of both plugins, and the few of pytest's that an audit has use for."""
    from audits.options import declared

    own = [Option(name, metavar, choices) for name, metavar, choices in declared(("audits.plugin", "reports.plugin"))]
    color = Option("--color", "WHEN", ("yes", "no", "auto"))
    flags = [Option(name) for name in ("--strict", "--watch", "-q")]
    return [*own, color, Option("-k", "EXPRESSION"), Option("-m", "MARKERS"), *flags]
