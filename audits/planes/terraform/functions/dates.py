"""Dates: formatdate, timeadd, timecmp; the current time is not here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from audits.model import Unknown
from audits.planes.terraform.functions.registry import FunctionError, Parameter, function, unsupported
from audits.planes.terraform.numbers import counted
from audits.planes.terraform.types import STRING

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TIMESTAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DURATION_PART = re.compile(r"(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_LONGEST_DURATION = 2**63 - 1
_DAY = 86_400
_NANO = 10**9


@dataclass(frozen=True, slots=True)
class Moment:
    """A time: seconds of local time since 0000-03-01, nanoseconds, and the zone's offset in seconds."""

    local: int
    nanoseconds: int
    offset: int

    @property
    def date(self) -> tuple[int, int, int]:
        """Year, month and day."""
        return _date_of(self.local // _DAY)

    @property
    def clock(self) -> tuple[int, int, int]:
        """Hour, minute and second."""
        second = self.local % _DAY
        return second // 3600, second // 60 % 60, second % 60

    @property
    def weekday(self) -> int:
        """0 for Monday."""
        return (self.local // _DAY + 2) % 7


def _days_to(year: int, month: int, day: int) -> int:
    """Days since 0000-03-01 in the Gregorian calendar, before it too."""
    if month <= 2:
        year, month = year - 1, month + 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 1


def _date_of(days: int) -> tuple[int, int, int]:
    era, of_era = divmod(days, 146_097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    year = year_of_era + era * 400
    return (year, month + 3, day) if month < 10 else (year + 1, month - 9, day)


def parse_timestamp(text: str) -> Moment:
    """The moment that an RFC 3339 timestamp states. Raises FunctionError if it states none."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise FunctionError(f'"{text}" is no RFC 3339 timestamp')
    year, month, day, hour, minute, second = (int(match[group]) for group in range(1, 7))
    nanoseconds = int((match[7] or "0")[:9].ljust(9, "0"))
    return timestamp_from((year, month, day), (hour, minute, second), match[8], nanoseconds)


def timestamp_from(date: tuple[int, int, int], clock: tuple[int, int, int], zone: str, nanoseconds: int = 0) -> Moment:
    """The moment of a date, a clock and a zone (``Z``, ``+09:00``). Raises FunctionError if there is none."""
    year, month, day = date
    hour, minute, second = clock
    days = _days_to(year, month, day) if 1 <= month <= 12 else 0
    if not 1 <= month <= 12 or _date_of(days) != date:
        raise FunctionError("there is no such date")
    zone_hours, zone_minutes = (0, 0) if zone == "Z" else (int(zone[1:3]), int(zone[4:6]))
    if hour > 23 or minute > 59 or second > 59 or zone_hours > 23 or zone_minutes > 59:
        raise FunctionError("there is no such time")
    offset = (zone_hours * 3600 + zone_minutes * 60) * (-1 if zone.startswith("-") else 1)
    return Moment(days * _DAY + hour * 3600 + minute * 60 + second, nanoseconds, offset)


def parse_duration(text: str) -> int:
    """The nanoseconds of a duration like ``-1h30m``. Raises FunctionError if it is none."""
    body = text[1:] if text[:1] in ("+", "-") else text
    if body == "0":
        return 0
    total, position = 0, 0
    while position < len(body):
        match = _DURATION_PART.match(body, position)
        if match is None or not (match[1] or match[2]):
            raise FunctionError(f'"{text}" is no duration')
        unit = _UNITS[match[3]]
        fraction = match[2] or ""
        total += int(match[1] or 0) * unit + int(fraction or 0) * unit // 10 ** len(fraction)
        position = match.end()
    if not body or total > _LONGEST_DURATION:
        raise FunctionError(f'"{text}" is no duration')
    return -total if text.startswith("-") else total


@function("timestamp")
def _timestamp() -> Unknown:
    return unsupported("timestamp() is the time of the run")


@function("plantimestamp")
def _plantimestamp() -> Unknown:
    return unsupported("plantimestamp() is the time of the plan")


@function("timeadd", Parameter("timestamp", STRING), Parameter("duration", STRING), not_null=False)
def _timeadd(timestamp: str, duration: str) -> str:
    moment = parse_timestamp(timestamp)
    seconds, nanoseconds = divmod(moment.nanoseconds + parse_duration(duration), _NANO)
    return rfc3339(Moment(moment.local + seconds, nanoseconds, moment.offset))


def rfc3339(moment: Moment) -> str:
    """The moment as an RFC 3339 timestamp, to the second."""
    year, month, day = moment.date
    hour, minute, second = moment.clock
    years = f"-{-year:04d}" if year < 0 else f"{year:04d}"
    return f"{years}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{_zone(moment, ':', 'Z')}"


def _zone(moment: Moment, colon: str, zulu: str = "") -> str:
    if moment.offset == 0 and zulu:
        return zulu
    size = abs(moment.offset) // 60
    return f"{'-' if moment.offset < 0 else '+'}{size // 60:02d}{colon}{size % 60:02d}"


@function("timecmp", Parameter("timestamp_a", STRING), Parameter("timestamp_b", STRING))
def _timecmp(first: str, second: str) -> int:
    left, right = (
        (moment.local - moment.offset, moment.nanoseconds) for moment in map(parse_timestamp, (first, second))
    )
    return counted((left > right) - (left < right))


@function("formatdate", Parameter("format", STRING), Parameter("time", STRING))
def _formatdate(template: str, time: str) -> str:
    moment = parse_timestamp(time)
    return "".join(_piece(piece, moment) for piece in _pieces(template))


def _pieces(template: str) -> list[str]:
    """Runs of one letter, quoted texts with their quotes, and other characters, in order."""
    found = [match[0] for match in re.finditer(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^'A-Za-z]+|'", template)]
    if "'" in found:
        raise FunctionError("a quoted text is not closed")
    return found


def _piece(piece: str, moment: Moment) -> str:
    if piece.startswith("'"):
        return piece[1:-1].replace("''", "'")
    if not (piece[0].isascii() and piece[0].isalpha()):
        return piece
    if piece not in _VERBS:
        raise FunctionError(f'"{piece}" is no date format verb')
    return _VERBS[piece](moment)


_VERBS: dict[str, Callable[[Moment], str]] = {
    "YYYY": lambda moment: f"{moment.date[0]:04d}",
    "YY": lambda moment: f"{moment.date[0] % 100:02d}",
    "MMMM": lambda moment: _MONTHS[moment.date[1] - 1],
    "MMM": lambda moment: _MONTHS[moment.date[1] - 1][:3],
    "MM": lambda moment: f"{moment.date[1]:02d}",
    "M": lambda moment: str(moment.date[1]),
    "DD": lambda moment: f"{moment.date[2]:02d}",
    "D": lambda moment: str(moment.date[2]),
    "EEEE": lambda moment: _DAYS[moment.weekday],
    "EEE": lambda moment: _DAYS[moment.weekday][:3],
    "hh": lambda moment: f"{moment.clock[0]:02d}",
    "h": lambda moment: str(moment.clock[0]),
    "HH": lambda moment: f"{(moment.clock[0] - 1) % 12 + 1:02d}",
    "H": lambda moment: str((moment.clock[0] - 1) % 12 + 1),
    "AA": lambda moment: "PM" if moment.clock[0] >= 12 else "AM",
    "aa": lambda moment: "pm" if moment.clock[0] >= 12 else "am",
    "mm": lambda moment: f"{moment.clock[1]:02d}",
    "m": lambda moment: str(moment.clock[1]),
    "ss": lambda moment: f"{moment.clock[2]:02d}",
    "s": lambda moment: str(moment.clock[2]),
    "Z": lambda moment: _zone(moment, ":", "Z"),
    "ZZZ": lambda moment: _zone(moment, "", "UTC"),
    "ZZZZ": lambda moment: _zone(moment, ""),
    "ZZZZZ": lambda moment: _zone(moment, ":"),
}
