"""JSON: the run itself, in canonical form."""

from __future__ import annotations

from reports.formats import Format, RenderOptions
from reports.report import Run, dumps


def render(run: Run, options: RenderOptions) -> bytes:
    """The run as it is; words of a language have no place in it."""
    del options
    return dumps(run)


FORMAT = Format("json", ".json", render)
