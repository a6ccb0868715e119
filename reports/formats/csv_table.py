"""CSV: one line a verdict, for spreadsheets and scripts; after them drift and unmanaged resources that no control says.

Of these ``control`` is ``drift`` or ``unmanaged``, ``expected`` is what Terraform says and ``actual`` what the account
has; columns that only a control has are empty. Headings are stable names, and new ones come at the right. The file
begins with a byte order mark, without which Excel takes UTF-8 for something else, and a cell that a spreadsheet would
take for a formula is made text (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
from itertools import chain

from reports.differences import differences
from reports.findings import findings
from reports.formats import Format, RenderOptions
from reports.report import Run
from reports.table import ALSO, COLUMNS, difference_row, wide_row

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def render(run: Run, options: RenderOptions) -> bytes:
    """The run's verdicts and differences as CSV (RFC 4180). The headings are the same in every language."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow((*COLUMNS, *ALSO))
    rows = chain(map(wide_row, findings(run)), map(difference_row, differences(run)))
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: str | int | None) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int) else text


FORMAT = Format("csv", ".csv", render)
