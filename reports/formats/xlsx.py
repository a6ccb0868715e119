"""XLSX: a workbook to sort and filter: a summary, verdicts, gaps, waivers, the document, drift, costs and policies.

Every text is a string cell: none is taken for a formula, a link or a number, so account ids keep their zeros.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reports import page_facts, waived
from reports.findings import epoch_milliseconds, findings
from reports.formats import Format, RenderOptions
from reports.labels import Labels
from reports.order import STANDING_ORDER, STATES, run_planes
from reports.report import Run
from reports.sheets import Cell, beside
from reports.table import COLUMNS, fit, row
from reports.text import origin_text

if TYPE_CHECKING:
    from xlsxwriter.format import Format as CellFormat
    from xlsxwriter.workbook import Workbook

ROWS = 1_048_575
"""Rows that a sheet holds below its headings (Excel's limit)."""
_WIDTHS = {
    "title": 44,
    "resource": 44,
    "expected": 30,
    "actual": 30,
    "cause": 40,
    "remedy": 40,
    "origin": 36,
    "mend": 36,
}
_COLOURS = {"fail": "#F8D7DA", "absent": "#F8D7DA", "unknown": "#FFF3CD", "unreadable": "#FFE5B4", "pass": "#DFF2E1"}


def render(run: Run, options: RenderOptions) -> bytes:
    """The run as a workbook."""
    # Only who asks for a workbook pays for it.
    import xlsxwriter

    labels = Labels(options.lang)
    buffer = io.BytesIO()
    texts_only = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "constant_memory": True, **texts_only}) as book:
        made = datetime.fromtimestamp(epoch_milliseconds(run["run"]["started"]) / 1000, UTC)
        book.set_properties({"title": "glimpse-audit", "created": made.replace(tzinfo=None)})
        head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        _sheet(book, head, labels("overview"), ("", ""), _summary(run, labels), {0: 34, 1: 60})
        _verdicts(book, head, run, labels)
        _sheet(book, head, labels("gaps"), *_gaps(run, labels))
        _sheet(book, head, labels("waivers"), *_waivers(run, labels))
        if run["document"]:
            _sheet(book, head, labels("plane.document"), *_clauses(run, labels))
        if run.get("contradictions"):
            _sheet(book, head, labels("sheet.contradictions"), *_contradictions(run, labels))
        if page_facts.coverage(run):
            _sheet(book, head, labels("sheet.facts"), *_facts(run, labels))
        for name, columns, rows in beside(run, labels):
            _sheet(book, head, labels(name), columns, rows)
    return buffer.getvalue()


def _sheet(
    book: Workbook,
    head: CellFormat,
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    widths: dict[int, int] | None = None,
    colours: dict[str, CellFormat] | None = None,
) -> None:
    sheet = book.add_worksheet(name[:31])
    for number in range(len(columns)):
        sheet.set_column(number, number, (widths or {}).get(number, 22))
    sheet.write_row(0, 0, columns, head)
    sheet.freeze_panes(1, 0)
    count = 0
    for count, cells in enumerate(rows, start=1):
        if count > ROWS:
            break
        shade = next((colours[cell] for cell in cells if colours and isinstance(cell, str) and cell in colours), None)
        for number, cell in enumerate(cells):
            value = fit(cell)
            if isinstance(value, int):
                sheet.write_number(count, number, value, shade)
            elif value:
                sheet.write_string(count, number, value, shade)
            elif shade is not None:
                sheet.write_blank(count, number, None, shade)
    if any(columns) and count:
        sheet.autofilter(0, 0, min(count, ROWS), len(columns) - 1)


def _verdicts(book: Workbook, head: CellFormat, run: Run, labels: Labels) -> None:
    colours = {state: book.add_format({"bg_color": colour}) for state, colour in _COLOURS.items()}
    rows = (tuple(row(one).values()) for one in findings(run))
    widths = {COLUMNS.index(name): width for name, width in _WIDTHS.items()}
    _sheet(book, head, labels("verdicts"), COLUMNS, rows, widths, colours)


def _summary(run: Run, labels: Labels) -> list[tuple[Cell, Cell]]:
    about, summary = run["run"], run["summary"]
    lines: list[tuple[Cell, Cell]] = [
        (labels("run.id"), about["id"]),
        (labels("run.local"), f"{about['started_local']} ({about['started']})"),
        (labels("run.caller"), about.get("caller") or ""),
        (labels("run.accounts"), ", ".join(about["accounts"])),
        (labels("run.regions"), ", ".join(about["regions"])),
        (labels("run.status"), summary["exit_status"]),
        ("", ""),
    ]
    lines += [(labels(f"standing.{one}"), summary["controls"].get(one, 0)) for one in STANDING_ORDER]
    for plane in run_planes(run):
        counted = summary["verdicts"].get(plane, {})
        lines += [("", ""), (labels(f"plane.{plane}"), "")]
        lines += [(labels(f"state.{state}"), counted.get(state, 0)) for state in STATES]
    return lines


def _gaps(run: Run, labels: Labels) -> tuple[Sequence[str], list[Sequence[Cell]]]:
    columns = ("plane", "scope", "cause", "detail", "mend", "action", "kinds", "account", "region", "origin")
    rows: list[Sequence[Cell]] = []
    for gap in run["gaps"]:
        kinds = ", ".join(gap["kinds"]) if gap["kinds"] is not None else labels("every kind")
        own = {**gap, "kinds": kinds, "origin": origin_text(gap.get("origin"))}
        rows.append([own.get(name) for name in columns])
    return columns, rows


def _waivers(run: Run, labels: Labels) -> tuple[Sequence[str], list[Sequence[Cell]]]:
    columns = ("state", "control", "resource", "path", "plane", "owner", "approver", "reason", "ticket", "expires")
    rows: list[Sequence[Cell]] = []
    for one in waived.ordered(run):
        rows.append([*(one[name] for name in columns), one["covers"], waived.place(one)])
    return (*columns, "covers", "place"), rows


def _clauses(run: Run, labels: Labels) -> tuple[Sequence[str], list[Sequence[Cell]]]:
    columns = ("control", "severity", "state", "detail", "line", "nearest", "nearest_line")
    return columns, [[one[name] for name in columns] for one in run["document"]]


def _contradictions(run: Run, labels: Labels) -> tuple[Sequence[str], list[Sequence[Cell]]]:
    """A row a statement."""
    own = ("section", "row", "states", "line", "now")
    rows: list[Sequence[Cell]] = []
    for one in page_facts.contradictions(run):
        about = [one["id"], one["title"], page_facts.state(one, labels)]
        said = [one["ruling"], one["why"], ", ".join(one["controls"])]
        for side in one["statements"]:
            wins = labels("contradiction.wins") if side["wins"] else ""
            rows.append([*about, wins, *(side[name] for name in own), *said])
    return ("contradiction", "title", "state", "wins", *own, "ruling", "why", "controls"), rows


def _facts(run: Run, labels: Labels) -> tuple[Sequence[str], list[Sequence[Cell]]]:
    """A row a fact, then the rows of the document that nothing cites."""
    found = page_facts.coverage(run)
    rows: list[Sequence[Cell]] = []
    for section, fact in page_facts.facts(found):
        controls = ", ".join(f"{one['id']} ({', '.join(one['planes'])})" for one in fact["controls"])
        where = [section, fact["row"], fact["states"], fact.get("now") or fact["line"]]
        rows.append([*where, fact["state"], controls, ", ".join(fact["contradictions"]), " ".join(fact["reasons"])])
    for one in found["uncited"] or ():
        rows.append([one["section"], one["text"], "", one["line"], labels("facts.checked by nothing"), "", "", ""])
    return ("section", "row", "states", "line", "state", "controls", "contradictions", "reason"), rows


FORMAT = Format("xlsx", ".xlsx", render)
