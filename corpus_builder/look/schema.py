"""The tables of the index.

Rows are numbered from 1 by level, then date, then story and position: so a level is a range of numbers, and the order
of the numbers is that of the dates. `columns` holds one number per row of a level as a block of bytes, so that numpy
counts and sorts 300,000 rows in a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence

VERSION = 3
"""Raised when an index of an earlier version can no longer be read."""
LEVELS = ("sentences", "paragraphs", "quotes")
"""The configs whose rows are in the index, in the order of their numbers."""

# Apostrophes separate words, the letter-like one (U+02BC) too: п'ять is then found whichever way it is spelt.
TOKENIZER = "tokenize=\"unicode61 remove_diacritics 0 separators 'ʼʹ'\""
"""How texts are cut into words, of every full-text index."""
# Prefixes of up to three characters have an index of their own: a search such as a* reads one list.
_INDEX = f"{TOKENIZER}, prefix='1 2 3'"


def statements(languages: Sequence[str]) -> list[str]:
    """The statements that make the tables but for the full-text index, for so many languages."""
    texts = ", ".join(f"l{i} TEXT NOT NULL DEFAULT ''" for i in range(len(languages)))
    return [
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
        f"CREATE TABLE rows (row INTEGER PRIMARY KEY, level TEXT, story INTEGER, position INTEGER, split TEXT, "
        f"id TEXT, kind TEXT, label TEXT, probability REAL, complete REAL, reason TEXT, flags TEXT, more TEXT, "
        f"{texts})",
        "CREATE TABLE stories (story INTEGER PRIMARY KEY, article_id TEXT, date TEXT, section TEXT, titles TEXT, "
        "urls TEXT, probability REAL, rows INTEGER, low INTEGER, search TEXT)",
        "CREATE TABLE columns (level TEXT, name TEXT, bytes BLOB, PRIMARY KEY (level, name))",
        "CREATE TABLE lexicon (source TEXT, target TEXT, unit TEXT, translations TEXT, "
        "PRIMARY KEY (source, target, unit)) WITHOUT ROWID",
        "CREATE TABLE drops (number INTEGER PRIMARY KEY, stage TEXT, reason TEXT, item TEXT, detail TEXT, "
        "language TEXT, article_id TEXT)",
        "CREATE TABLE people (person INTEGER PRIMARY KEY, name TEXT, names TEXT, quotes INTEGER)",
        "CREATE TABLE names (language TEXT, name TEXT, person INTEGER, PRIMARY KEY (language, name)) WITHOUT ROWID",
    ]


def last_statements(languages: Sequence[str]) -> list[str]:
    """What is made when all rows are in: the full-text indexes over them, which hold no second copy of the texts."""
    texts = ", ".join(f"l{i}" for i in range(len(languages)))
    return [
        "CREATE INDEX stories_article ON stories (article_id)",
        "CREATE INDEX drops_reason ON drops (stage, reason)",
        "CREATE INDEX drops_article ON drops (article_id)",
        f"CREATE VIRTUAL TABLE texts USING fts5 ({texts}, content='rows', content_rowid='row', {_INDEX})",
        "INSERT INTO texts (texts) VALUES ('rebuild')",
        f"CREATE VIRTUAL TABLE titles USING fts5 (search, content='stories', content_rowid='story', {_INDEX})",
        "INSERT INTO titles (titles) VALUES ('rebuild')",
        f"CREATE VIRTUAL TABLE drop_texts USING fts5 (item, detail, content='drops', content_rowid='number', {_INDEX})",
        "INSERT INTO drop_texts (drop_texts) VALUES ('rebuild')",
    ]
