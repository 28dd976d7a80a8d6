"""Dates in the cells of a table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from corpus_builder.extract.table_dates import table_datetime

KYIV = ZoneInfo("Europe/Kyiv")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2025-01-03", "2025-01-03T00:00:00+02:00"),
        ("2025-01-03T10:00:00Z", "2025-01-03T10:00:00+00:00"),
        ("2025-01-03 10:00:00 UTC", "2025-01-03T10:00:00+00:00"),
        ("2025-1-3 9:05 +0300", "2025-01-03T09:05:00+03:00"),
        ("2025/01/03", "2025-01-03T00:00:00+02:00"),
        ("20250103", "2025-01-03T00:00:00+02:00"),
        ("20250103100000", "2025-01-03T10:00:00+02:00"),
        ("03.01.2025", "2025-01-03T00:00:00+02:00"),
        ("3.1.2025, 10:30", "2025-01-03T10:30:00+02:00"),
        ("10:30 03.01.2025", "2025-01-03T10:30:00+02:00"),
        ("03.01.25", "2025-01-03T00:00:00+02:00"),
        ("03/01/2025", "2025-01-03T00:00:00+02:00"),
        ("03-01-2025", "2025-01-03T00:00:00+02:00"),
        ("3 січня 2025 р., 10:30", "2025-01-03T10:30:00+02:00"),
        ("03-Jan-2025", "2025-01-03T00:00:00+02:00"),
        ("January 3, 2025, 3:05 PM", "2025-01-03T15:05:00+02:00"),
        ("3/1/2025 12:05:10 a.m.", "2025-01-03T00:05:10+02:00"),
        ("3 января 2025", "2025-01-03T00:00:00+02:00"),
        ("January 3, 2025", "2025-01-03T00:00:00+02:00"),
        ("Fri, 03 Jan 2025 10:00:00 +0200", "2025-01-03T10:00:00+02:00"),
        ("Fri, 03 Jan 2025 10:00:00 GMT", "2025-01-03T10:00:00+00:00"),
        ("1735898400", "2025-01-03T12:00:00+02:00"),
        (1735898400, "2025-01-03T12:00:00+02:00"),
        (1735898400.0, "2025-01-03T12:00:00+02:00"),
        (1735898400000, "2025-01-03T12:00:00+02:00"),
        (1735898400000000, "2025-01-03T12:00:00+02:00"),
        (1.7358984e18, "2025-01-03T12:00:00+02:00"),
        (date(2025, 1, 3), "2025-01-03T00:00:00+02:00"),
        (datetime(2025, 1, 3, tzinfo=UTC), "2025-01-03T00:00:00+00:00"),
    ],
)
def test_read(cell: object, expected: str) -> None:
    moment = table_datetime(cell, KYIV)
    assert moment is not None
    assert moment.isoformat() == expected


@pytest.mark.parametrize(
    "cell",
    [
        "", "yesterday", "2025", "May 2025", "32.01.2025", "01/13/2025", "2025-02-30", "0001-01-01", "0000-00-00",
        "1970-01-01", "1970-01-01T00:00:00Z", "2099-12-31", 0, 12, -1, 10**30, True, "1" * 5000, "25:99 1.1.1",
        float("inf"), float("nan"), [], {},
    ],
)  # fmt: skip
def test_not_read(cell: object) -> None:
    assert table_datetime(cell, KYIV) is None


def test_a_given_form_is_the_only_one() -> None:
    moment = table_datetime("01/13/2025", KYIV, "%m/%d/%Y")
    assert moment is not None
    assert moment.isoformat() == "2025-01-13T00:00:00+02:00"
    assert table_datetime("2025-01-13", KYIV, "%m/%d/%Y") is None


@pytest.mark.parametrize(
    "written",
    ["3 янв. 2025", "3 січ. 2025 р.", "3rd January 2025", "Friday, January 3rd, 2025", "3-го січня 2025",
     "Fri Jan  3 00:00:00 2025", "пт, 3 янв 2025 г."],
)  # fmt: skip
def test_short_months_and_ordinals(written: str) -> None:
    moment = table_datetime(written, UTC)
    assert moment is not None
    assert moment.isoformat() == "2025-01-03T00:00:00+00:00"


@pytest.mark.parametrize(
    ("cell", "form", "expected"),
    [
        ("45660", "excel", "2025-01-03T00:00:00+02:00"),
        (45660.4375, "excel", "2025-01-03T10:30:00+02:00"),
        ("45660.437511574076", "excel", "2025-01-03T10:30:01+02:00"),
        (45660, "excel", "2025-01-03T00:00:00+02:00"),
        (44198.0, "excel-1904", "2025-01-03T00:00:00+02:00"),
        ("2025-01-03", "excel", None),
        (True, "excel", None),
        ("12", "excel", None),
        ("1735898400", "excel", None),
        (float("nan"), "excel", None),
        ("45660", None, None),
        (45660.4375, None, None),
    ],
)
def test_serial_numbers_of_spreadsheets_where_they_are_said_to_be(
    cell: object, form: str | None, expected: str | None
) -> None:
    moment = table_datetime(cell, KYIV, form)
    assert (moment and moment.isoformat()) == expected
