"""The owner's document as a plane of its own: whether each clause still says what the control cites.

It judges no resource. It says where each cited figure stands now, which clauses changed or vanished, whether the page's
own review is overdue, and whether the file was damaged on its way.
"""

from __future__ import annotations

from audits.document.clauses import (
    Citation,
    Standing,
    locate,
    locate_section,
    may_stand_in,
    rows_named,
    says,
    stated_anywhere,
)
from audits.document.page import DocumentError, Page, parse_page, read_page
from audits.document.review import Review, reviews

__all__ = [
    "Citation",
    "DocumentError",
    "Page",
    "Review",
    "Standing",
    "locate",
    "locate_section",
    "may_stand_in",
    "parse_page",
    "read_page",
    "reviews",
    "rows_named",
    "says",
    "stated_anywhere",
]
