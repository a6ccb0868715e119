"""A pytest plugin that breaks the engine: ``AUDIT_BREAK`` says how, ``AUDIT_BREAK_ONLY`` for which control."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from audits.model import Control, Verdict
from audits.relations import attributes
from audits.view import View

_HOW = os.environ.get("AUDIT_BREAK", "raise")
_ONLY = os.environ.get("AUDIT_BREAK_ONLY", "")
_RELATION = attributes.RELATION


def _judge(control: Control, view: View) -> Sequence[Verdict]:
    if _ONLY in ("", control.id):
        if _HOW == "raise":
            raise LookupError("broken on purpose")
        if _HOW == "interrupt":
            raise KeyboardInterrupt
        if _HOW == "exit":
            os._exit(7)
    return _RELATION.judge(control, view)


def pytest_configure(config: Any) -> None:
    if _HOW == "assemble":
        import audits.plugin

        audits.plugin.assemble = _fail


def _fail(*_: Any) -> Any:
    raise LookupError("broken at the end")


attributes.RELATION = replace(_RELATION, judge=_judge)
