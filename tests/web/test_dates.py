"""Dates as pages write them."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from corpus_builder.web.dates import iso_datetime, written_datetime

KYIV = ZoneInfo("Europe/Kyiv")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Ольга — 1 грудня, 00:08", "2025-12-01T00:08:00+02:00"),
        ("8 января, 17:46", "2025-01-08T17:46:00+02:00"),
        ("Iryna BalachukThursday, 13 February 2025, 12:58", "2025-02-13T12:58:00+02:00"),
        ("July 4, 2022, 9:05", "2022-07-04T09:05:00+03:00"),
        ("П'ятниця, 8 листопада 2019, 11:21", "2019-11-08T11:21:00+02:00"),
        ("08.11.2019 11:21", "2019-11-08T11:21:00+02:00"),
        ("3 may 2020", "2020-05-03T00:00:00+03:00"),
    ],
)
def test_written(text: str, iso: str) -> None:
    found = written_datetime(text, KYIV, year=2025)
    assert found is not None
    assert found.isoformat() == iso


@pytest.mark.parametrize("text", ["", "Ольга", "31 лютого 2020", "1 грудня"])
def test_no_date(text: str) -> None:
    assert written_datetime(text, KYIV) is None


def test_iso() -> None:
    assert str(iso_datetime("2025-12-01T00:08:00+02:00", UTC)) == "2025-12-01 00:08:00+02:00"
    assert str(iso_datetime("2025-10-24 15:26:00", KYIV)) == "2025-10-24 15:26:00+03:00"
    assert iso_datetime("yesterday", UTC) is None
