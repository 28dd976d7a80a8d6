"""Dates in the cells of a table: as programs store them, and as people write them.

    2025-01-03T10:00:00+02:00  20250103100000  2025/1/3         ISO 8601, also without its marks, and years first
    03.01.2025 10:00  3/1/2025  3-1-2025  03.01.25              days first, as in Ukrainian and Russian
    3 січня 2025, 10:00  January 3, 2025 3:05 PM  03-Jan-2025   months by their names in any known language
    Fri, 03 Jan 2025 10:00:00 +0200                             RFC 5322 (formerly RFC 822)
    1735898400  1735898400000                                   seconds, milli-, micro- or nanoseconds since 1970

A form of a run config (`date_format`) is the only one that is read where there is one. The serial numbers of
spreadsheets (45660.42) are read where that says so, since they look like any number and two epochs are in use.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any

from corpus_builder.web.dates import is_placeholder, iso_datetime, since_1970, written_datetime

SERIALS = {"excel": datetime(1899, 12, 30), "excel-1904": datetime(1904, 1, 1)}
"""Values of `date_format` for days since an epoch, by ECMA-376, part 1, 18.17.4.1."""
_SERIAL = re.compile(r"[3-9]\d{4}(?:\.\d{1,17})?")
_NUMBER = re.compile(r"-?\d{9,19}(?:\.\d+)?")
_RFC = re.compile(r"(?:[A-Za-z]{3,9},\s*)?\d{1,2}\s+[A-Za-z]{3}[a-z]*\s+\d{4}\s+\d{1,2}:\d\d")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[-./](\d{1,2})[-./](\d{4}|\d\d)(?![\d./-])")
_TIME = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_HALF_DAY = re.compile(r"\d\s*([ap])\.?m\b", re.IGNORECASE)
_HYPHEN = re.compile(r"(?<=\d)-(?=[^\W\d])|(?<=[^\W\d])-(?=\d)")  # 03-Jan-2025
_OFFSET = re.compile(r"(?:(?<!\s)\s++)?(?:(Z|UTC|GMT)|([+-]\d\d):?(\d\d))\s*$")


def table_datetime(value: Any, zone: tzinfo, date_format: str | None = None) -> datetime | None:
    """The date in a cell; None where it cannot be read, or is a placeholder (the years 1 and 2099, midnight in 1970).

    One without an offset is in `zone`; seconds since 1970 are converted to it.

    >>> from datetime import UTC
    >>> table_datetime("03.01.2025 10:30", UTC).isoformat(), table_datetime(1735898400000, UTC).isoformat()
    ('2025-01-03T10:30:00+00:00', '2025-01-03T10:00:00+00:00')
    """
    try:
        moment = _moment(value, zone, date_format)
    except (ValueError, OverflowError, TypeError, IndexError):  # parsedate_to_datetime raises all of them
        return None
    return None if moment is None or is_placeholder(moment) else moment


def serial_datetime(value: Any, zone: tzinfo, epoch: str = "excel") -> datetime | None:
    """The date of a spreadsheet's serial number, to the second; None where it is none from 1982 on.

    >>> from datetime import UTC
    >>> serial_datetime("45660.4375", UTC).isoformat()
    '2025-01-03T10:30:00+00:00'
    """
    text = repr(value) if isinstance(value, float) else str(value).strip()
    if isinstance(value, bool) or not _SERIAL.fullmatch(text):
        return None
    moment = SERIALS[epoch] + timedelta(seconds=round(float(text) * 86_400))
    return moment.replace(tzinfo=zone)


def _moment(value: Any, zone: tzinfo, date_format: str | None) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=zone)
    if date_format in SERIALS:
        return serial_datetime(value, zone, date_format)
    text = f"{value:.0f}" if isinstance(value, float) else str(value).strip()
    if date_format:
        moment = datetime.strptime(text, date_format)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if _NUMBER.fullmatch(text):
        return since_1970(float(text), zone) or iso_datetime(f"{text[:8]}T{text[8:]}", zone)
    if _RFC.match(text):
        moment = parsedate_to_datetime(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return iso_datetime(text, zone) or _written(text, zone)


def _written(text: str, zone: tzinfo) -> datetime | None:
    """A date as people write it, with the time on a clock of 12 or 24 hours."""
    moment = _in_figures(text, zone) or written_datetime(_HYPHEN.sub(" ", text), zone)
    half = _HALF_DAY.search(text)
    if moment is None or half is None or not 1 <= moment.hour <= 12:
        return moment
    return moment.replace(hour=moment.hour % 12 + (12 if half[1] in "pP" else 0))


def _in_figures(text: str, zone: tzinfo) -> datetime | None:
    """A date in figures, with a time and an offset behind it or in front of it."""
    found = _YEAR_FIRST.search(text)
    if found:
        year, month, day = found.groups()
    elif found := _DAY_FIRST.search(text):
        day, month, year = found.groups()
    else:
        return None
    rest = text[: found.start()] + " " + text[found.end() :]
    time = _TIME.search(rest)
    hour, minute, second = (int(part or 0) for part in time.groups()) if time else (0, 0, 0)
    moment = datetime(
        int(year if len(year) == 4 else f"20{year}"), int(month), int(day), hour, minute, second, tzinfo=zone
    )
    offset = _OFFSET.search(rest, time.end()) if time else None
    if offset is None:
        return moment
    named = "+0000" if offset[1] else f"{offset[2]}{offset[3]}"
    return datetime.strptime(f"{moment:%Y-%m-%d %H:%M:%S} {named}", "%Y-%m-%d %H:%M:%S %z")
