from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.look.query import DEPTH, LONGEST, TERMS, QueryError, parse

LANGUAGES = ("uk", "ru", "en")


def found(search: str, *rows: tuple[str, str, str]) -> list[int]:
    """The rows, numbered from 1, that SQLite finds."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE texts USING fts5 (l0, l1, l2)")
    db.executemany("INSERT INTO texts VALUES (?, ?, ?)", rows)
    match = parse(search, LANGUAGES).match
    return [n for (n,) in db.execute("SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rowid", (match,))]


ROWS = (
    ("він заявив", "он заявил", "he said"),
    ("заява", "заявление", "a statement"),
    ("інше", "другое said", "OR l0 AND"),
)


@pytest.mark.parametrize(
    ("search", "rows"),
    [
        ("uk:заяв* AND ru:заяв* NOT en:said", [2]),
        ("uk:заяв*  ru:заяв* AND NOT en:said", [2]),
        ("uk:ЗАЯВА OR en:said", [1, 2]),
        ("said", [1, 3]),
        ("said NOT en:said", [3]),
        ('en:"a statement"', [2]),
        ("en:«a statem»*", [2]),
        ("ru:(он OR другое) said", [1, 3]),
        ("uk:(він OR інше) NOT (en:he OR ru:нет)", [3]),
        ("заява OR he AND said", [1, 2]),  # AND binds more tightly than OR
        ("(заява OR he) AND said", [1]),
        ("en:or", [3]),  # in lower case it is a word
        ('"OR"', [3]),
        ("EN:l0", [3]),
    ],
)
def test_searches_find_what_they_say(search: str, rows: list[int]) -> None:
    assert found(search, *ROWS) == rows


@pytest.mark.parametrize(
    ("search", "at", "message"),
    [
        ("fr:word", 0, "no language 'fr'"),
        ("NOT en:said", 0, "before it"),
        ("a OR", 4, "a word is missing at the end"),
        ("a OR OR b", 5, "a word is missing before OR"),
        ("(a AND b", 0, "not closed"),
        ("a) b", 1, "closes nothing"),
        ('a "b c', 2, "not closed"),
        ("uk:за*яв", 5, "only end a word"),
        ("a …", 2, "no letter or digit"),
        ("en:*", 3, "no letter or digit"),
        ("()", 1, "a word is missing"),
        ("uk:", 0, "uk"),
    ],
)
def test_errors_say_where_and_what(search: str, at: int, message: str) -> None:
    if search == "uk:":  # a language with nothing after it is a word that ends in a colon
        assert parse(search, LANGUAGES).match == '("uk:")'
        return
    with pytest.raises(QueryError, match=message) as raised:
        parse(search, LANGUAGES)
    assert raised.value.at == at


@pytest.mark.parametrize(
    "search", ["a" * (LONGEST + 1), "a " * (TERMS + 1), "(" * (DEPTH + 2) + "a" + ")" * (DEPTH + 2)]
)
def test_a_search_has_bounds(search: str) -> None:
    with pytest.raises(QueryError):
        parse(search, LANGUAGES)


@given(st.text(alphabet="ab*:\"()«» ANDORTuken{}^+-,\0'і", max_size=40) | st.text(max_size=30))
def test_whatever_is_typed_is_explained_or_searched(search: str) -> None:
    try:
        found(search, *ROWS)
    except QueryError as error:
        at = error.at
    else:
        at = 0
    assert 0 <= at <= len(search)
