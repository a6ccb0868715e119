"""The trend over the runs of a history: small columns, and in words what changed since the last run."""

from __future__ import annotations

from typing import Any

from reports.html.elements import NOTHING, Html, el, join
from reports.labels import Labels

_HEIGHT, _STEP = 40, 10


def trend(run: dict[str, Any], labels: Labels) -> Html:
    """The section on the history; nothing where none was kept."""
    history = run.get("history")
    if not history:
        return NOTHING
    changes = history["changes"]
    said = labels("history.changes", **changes) if changes else labels("history.first run")
    return el("section", el("h2", labels("history")), el("p", said), _columns(history["runs"], labels), id="history")


def since(control: dict[str, Any], run: dict[str, Any], labels: Labels) -> str | None:
    """Since when a control deviates, from the oldest of its deviations; None where no history tells."""
    told = (run.get("history") or {}).get("controls", {}).get(control["id"])
    if not told:
        return None
    again = f" ({labels('history.again', n=told['reopened'])})" if told["reopened"] else ""
    return labels("history.open since", since=told["since"]) + again


def _columns(runs: list[dict[str, Any]], labels: Labels) -> Html:
    """A column a run. Each tells its run and number to who points at it; the table below, to everybody."""
    most = max((one["deviations"] for one in runs), default=0)
    columns = []
    for number, one in enumerate(runs):
        height = max(1.0, _HEIGHT * one["deviations"] / most) if most else 1.0
        shape = Html(
            f'<rect class="{"none" if not one["deviations"] else "some"}" x="{number * _STEP}" '
            f'y="{_HEIGHT - height:.1f}" width="{_STEP - 2}" height="{height:.1f}"/>'
        )
        columns.append(el("g", el("title", f"{one['started']}: {one['deviations']}"), shape))
    title = labels("history.runs", n=len(runs))
    width = len(runs) * _STEP
    drawing = el(
        "svg", *columns, class_="trend", viewBox=f"0 0 {width} {_HEIGHT}", width=width * 2, height=_HEIGHT * 2,
        role="img", aria_label=f"{title}: {', '.join(str(one['deviations']) for one in runs)}",
    )  # fmt: skip
    first, last = runs[0]["started"][:10], runs[-1]["started"][:10]
    return el("figure", drawing, el("figcaption", join(title, f" · {first} – {last}")))
