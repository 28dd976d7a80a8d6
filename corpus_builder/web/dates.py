"""Dates on pages -> datetimes with a time zone.

Machine-readable ones are ISO 8601; those for readers ("1 грудня, 00:08", "Thursday, 13 February 2025, 12:58") have the
month's name in any known language, and may lack the year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from corpus_builder.languages import cached, known_languages, language
from corpus_builder.web.html import Element

_NUMBERS = re.compile(r"\b(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})\b")
_TIME = re.compile(r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)\b")
_RFC = re.compile(r"(?:[A-Za-z]{3,9},\s*)?\d{1,2}\s+[A-Za-z]{3}[a-z]*\s+\d{4}\s+\d{1,2}:\d\d")
_OFFSET_WITHOUT_COLON = re.compile(r"(?<=\d)\s+(?=[+-]\d\d:?\d\d$)")

_ORDINAL = "(?:st|nd|rd|th|[- ]?(?:го|е))?"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?"  # Fri Jan  3 10:00:00 2025, as ctime writes it

_FIRST_YEAR, _LAST_YEAR = 1800, 2098
"""Years of articles. Chosen: earlier and later ones are placeholders, as 0001 and 2099."""

_EPOCH = datetime(1970, 1, 1)
_NUMBER = re.compile(r"\d{10}(?:\d{3})?")
_NAMED_OFFSET = re.compile(r"(?<=[\dM])\s*+(UTC|GMT|CET|CEST|EET|EEST|MSK)$")
_OFFSETS = {"CET": "+01:00", "CEST": "+02:00", "EET": "+02:00", "EEST": "+03:00", "MSK": "+03:00"}

_SECONDS = range(631_152_000, 4_070_908_800)
"""Seconds since 1970 that are a date of an article: from 1990 to 2098. Chosen: news on the web is no older."""


class _WrittenDates(NamedTuple):
    """Patterns of dates with the name of a month, and the number of each name."""

    day_first: re.Pattern[str]
    month_first: re.Pattern[str]
    months: dict[str, int]


def written_dates_of(element: Element) -> Iterator[str]:
    """What an element says of a date: for machines (`datetime`, `content`) where it does, then for readers."""
    yield from filter(None, (element.get("datetime"), element.get("content")))
    yield " ".join(element.itertext())


@cached
def _written_dates() -> _WrittenDates:
    """The patterns for all known languages: a page's date may be written in another than its text."""
    facts = [language(code).months for code in known_languages()]
    months = {
        name: number
        for names_of_language in facts
        for forms in (names_of_language.names, names_of_language.in_dates)
        for number, names in enumerate(forms, 1)
        for name in names
    }
    month = rf"(?P<month>{'|'.join(map(re.escape, sorted(months, key=len, reverse=True)))})"
    day, year = rf"(?P<day>\d{{1,2}}){_ORDINAL}", r"(?:,?\s+(?P<year>\d{4}))?"
    return _WrittenDates(
        re.compile(rf"\b{day}\s+{month}\b\.?{year}", re.IGNORECASE),
        re.compile(rf"\b{month}\.?\s+{day}(?:\s+{_CLOCK})?{year}\b", re.IGNORECASE),
        months,
    )


def iso_datetime(text: str, zone: tzinfo) -> datetime | None:
    """An ISO 8601 date and time; one without an offset is in the site's zone. None where it is not one.

    >>> from datetime import UTC
    >>> iso_datetime("2025-10-24 15:26:00", UTC).isoformat()
    '2025-10-24T15:26:00+00:00'
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def written_datetime(text: str, zone: tzinfo, year: int | None = None) -> datetime | None:
    """A date and time as newspapers write it; `year` is used where it has none. None where there is no date.

    >>> from datetime import UTC
    >>> written_datetime("Ольга Ткач — 1 грудня, 00:08", UTC, year=2025).isoformat()
    '2025-12-01T00:08:00+00:00'
    """
    written = _written_dates()
    day = written.day_first.search(text) or written.month_first.search(text) or _NUMBERS.search(text)
    if day is None:
        return None
    month = day["month"].lower()
    time = _TIME.search(text)
    try:
        return datetime(
            int(day["year"] or year or 0),
            written.months.get(month) or int(month),
            int(day["day"]),
            int(time["hour"]) if time else 0,
            int(time["minute"]) if time else 0,
            tzinfo=zone,
        )
    except ValueError:
        return None


def since_1970(number: float, zone: tzinfo) -> datetime | None:
    """Seconds, milli-, micro- or nanoseconds since 1970 as a date; None where it would be none of an article."""
    for scale in (1, 1e3, 1e6, 1e9):
        if int(number / scale) in _SECONDS:
            return datetime.fromtimestamp(number / scale, zone)
    return None


def any_datetime(text: str, zone: tzinfo, year: int | None = None) -> datetime | None:
    """A date in any of the forms of pages: ISO 8601, RFC 5322, seconds or milliseconds since 1970, or as newspapers
    write it (then as written_datetime).

    >>> from datetime import UTC
    >>> any_datetime("Mon, 01 Dec 2025 00:08:00 +0200", UTC).isoformat()
    '2025-12-01T00:08:00+02:00'
    """
    text = _NAMED_OFFSET.sub(lambda name: _OFFSETS.get(name[1], "+00:00"), text.strip())
    text = _OFFSET_WITHOUT_COLON.sub("", text)
    if _NUMBER.fullmatch(text):
        return since_1970(int(text), zone)
    if moment := iso_datetime(text, zone):
        return moment
    if _RFC.match(text):
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError, TypeError, IndexError):  # all are raised
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return written_datetime(text, zone, year)


def is_placeholder(moment: datetime) -> bool:
    """Whether a date is what programs write for none: the years 1 and 2099, the first of January 1970 in any zone."""
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return True
    return abs(moment.replace(tzinfo=None) - _EPOCH) < timedelta(days=1)
