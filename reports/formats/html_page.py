"""HTML: one self-contained page; :mod:`reports.html` builds it."""

from __future__ import annotations

from collections.abc import Iterator

from reports.formats import Format, RenderOptions
from reports.html.page import page, pieces
from reports.labels import Labels
from reports.report import Run


def render(run: Run, options: RenderOptions) -> str:
    """The page, in the language asked for."""
    return page(run, Labels(options.lang))


def render_in_pieces(run: Run, options: RenderOptions) -> Iterator[str]:
    """The same, piece by piece."""
    return pieces(run, Labels(options.lang))


FORMAT = Format("html", ".html", render, render_in_pieces)
