"""The formats, one module each: a module here with a ``FORMAT`` is a format. Nothing lists them by hand."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What a person may choose about a rendering."""

    lang: str = "en"


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the name people ask for, the suffix of its files, and the pure function that renders a run.

    ``pieces``: the same as ``render``, made while it is written, where it may be too large to be in memory as a whole.
    """

    name: str
    suffix: str
    render: Callable[[dict[str, Any], RenderOptions], bytes | str]
    pieces: Callable[[dict[str, Any], RenderOptions], Iterator[str]] | None = None

    def written(self, run: dict[str, Any], options: RenderOptions) -> bytes | str | Iterator[str]:
        """What :func:`reports.report.write` takes: the run as this format, whole or in pieces."""
        return self.pieces(run, options) if self.pieces else self.render(run, options)


class FormatError(Exception):
    """A format that does not exist, in one line with the nearest that does."""


@lru_cache(maxsize=1)
def formats() -> dict[str, Format]:
    """Every format there is, by name."""
    modules = (importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    found = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return {item.name: item for item in sorted(found, key=lambda item: str(item.name))}


def get(name: str) -> Format:
    """The format of this name, or a :class:`FormatError` with the nearest right one."""
    known = formats()
    if name in known:
        return known[name]
    there = ", ".join(known)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise FormatError(f"no format {name!r}: {hint}there are: {there}")
