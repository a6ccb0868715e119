"""The page's own dates: when its next review is due, by its own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from audits.document.page import Page

_KOREAN = r"다음\s*(?:리뷰|검토|업데이트)|차기\s*(?:리뷰|검토)"
_ENGLISH = r"next\s+(?:review|update)|review\s+(?:due|by|date|on)|to\s+be\s+reviewed"
_DATE = r"(?P<year>\d{4})\s*[-./년]\s*(?P<month>\d{1,2})\s*[-./월]\s*(?P<day>\d{1,2})"
_REVIEW = re.compile(rf"(?:{_KOREAN}|{_ENGLISH})[\s*_|:：()일예정]*{_DATE}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Review:
    """A date at which the page says it is to be reviewed, and where it says so."""

    due: date
    line: int
    text: str

    def overdue(self, today: date) -> bool:
        """Whether the date is past."""
        return today > self.due


def reviews(page: Page) -> tuple[Review, ...]:
    """The review dates that the page names. A date that no calendar has is none."""
    found = []
    for line, text in page.rows:
        for match in _REVIEW.finditer(text):
            try:
                due = date(int(match["year"]), int(match["month"]), int(match["day"]))
            except ValueError:
                continue
            found.append(Review(due, line, text.strip()))
    return tuple(found)
