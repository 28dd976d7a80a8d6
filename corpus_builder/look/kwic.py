"""Keyword in context: the hits of a search, in an order, with the other languages beside them.

SQLite marks what a search matched (`highlight` of FTS5) with two characters that no text of the index has.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.look.query import Query
from corpus_builder.look.schema import TOKENIZER
from corpus_builder.look.store import Row, Store
from corpus_builder.text.tokens import APOSTROPHE, LETTER, normal, unit

ORDERS = {
    "newest": "date, newest first",
    "oldest": "date, oldest first",
    "least": "probability, lowest first",
    "most": "probability, highest first",
    "speaker": "speaker",
    "form": "form of the quotation",
    "left": "words to the left",
    "right": "words to the right",
}
SORTED = 1_000
"""Rows that are sorted by their words, at most; of more, the newest. Chosen: 3,000 took 0.45 s (benchmarks/look.py)."""
WIDTH = 90
"""Characters of context on each side. Chosen: a line of a wide screen."""
_CHUNK = 400
_BEGIN, _END = "\x02", "\x03"
_MARKED = re.compile(f"{_BEGIN}([^{_END}]*){_END}")
_WORDS = re.compile(f"{LETTER}+(?:{APOSTROPHE}{LETTER}+)*|\\d+")


class Piece(NamedTuple):
    """A piece of a text: what was searched for ("hit"), a likely equivalent of it ("likely"), or neither ("")."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One occurrence: its row, the language it is in, what stands left and right, and the other languages' texts."""

    row: Row
    language: str
    left: str
    keyword: str
    right: str
    others: Mapping[str, list[Piece]]


def ordered(store: Store, db: sqlite3.Connection, query: Query, level: str, order: str) -> npt.NDArray[np.int64]:
    """The numbers of all rows that a search finds, in an order that needs no text; for others, the newest first."""
    found = store.matching(db, query.match, level)
    if order == "oldest":
        return found
    name = {"least": "probability", "most": "probability", "speaker": "who", "form": "how"}.get(order)
    column = store.column(level, name) if name else None
    if column is None:
        return found[::-1]
    values = column[found - store.ranges[level][0]]
    if order == "most":
        values = -values
    return found[np.argsort(values, kind="stable")]  # NaN, rows without a value, come last


def by_words(
    store: Store, db: sqlite3.Connection, query: Query, numbers: npt.NDArray[np.int64], order: str, language: str
) -> tuple[npt.NDArray[np.int64], int]:
    """Rows in the order of the words left or right of their first hit, and how many of them were sorted."""
    taken = numbers[:SORTED]
    keys: dict[int, str] = {}
    for number, texts in _marked(store, db, query, taken):
        place = _place(store, query, texts, language)
        keys[number] = _sort_key(*_split(texts[place])[:3], order) if place is not None else "\U0010ffff"
    return np.array(sorted(keys, key=lambda number: keys[number]), np.int64), len(taken)


def _sort_key(left: str, _: str, right: str, order: str) -> str:
    words = _WORDS.findall((left if order == "left" else right).lower())
    return " ".join(reversed(words[-6:]) if order == "left" else words[:6])


def hits(store: Store, db: sqlite3.Connection, query: Query, numbers: Sequence[int], language: str) -> Iterator[Hit]:
    """The hits in some rows, in the order of these; a row with several occurrences in its language has several."""
    likely = _Likely(db)
    for start in range(0, len(numbers), _CHUNK):
        part = [int(number) for number in numbers[start : start + _CHUNK]]
        rows = {row.number: row for row in store.rows(db, part)}
        marked = dict(_marked(store, db, query, part))
        for number in part:
            texts = marked.get(number)
            place = _place(store, query, texts, language) if texts else None
            if texts is None or place is None:
                continue
            own = store.languages[place]
            words = [found[1] for found in _MARKED.finditer(texts[place])]
            others = {
                other: likely.pieces(texts[i], own, other, words)
                for i, other in enumerate(store.languages)
                if other != own and texts[i]
            }
            for left, keyword, right in _occurrences(texts[place]):
                yield Hit(rows[number], own, left, keyword, right, others)


def _marked(store: Store, db: sqlite3.Connection, query: Query, numbers: Any) -> Iterator[tuple[int, list[str]]]:
    """The texts of some rows with the matches marked.

    The rows are put into a small full-text index of their own: on the large one, SQLite would gather all rows of each
    word of the search anew for every row.
    """
    columns = ", ".join(f"l{i}" for i in range(len(store.languages)))
    marked = ", ".join(f"highlight(few, {i}, char(2), char(3))" for i in range(len(store.languages)))
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.few USING fts5 ({columns}, {TOKENIZER})")
    for start in range(0, len(numbers), _CHUNK):
        part = [int(number) for number in numbers[start : start + _CHUNK]]
        marks = ", ".join("?" * len(part))
        db.execute("DELETE FROM few")
        db.execute(f"INSERT INTO few (rowid, {columns}) SELECT row, {columns} FROM rows WHERE row IN ({marks})", part)
        yield from (
            (number, texts)
            for number, *texts in db.execute(
                f"SELECT rowid, {marked} FROM few WHERE few MATCH ?", (query.match,)
            ).fetchall()
        )


def _place(store: Store, query: Query, texts: Sequence[str], language: str) -> int | None:
    """The language to show the keyword in: the one that was chosen, else the first of the search that has a match."""
    wanted = [language] if language else [*filter(None, query.wanted), *store.languages]
    places = [store.languages.index(each) for each in wanted]
    return next((place for place in places if _BEGIN in texts[place]), None)


def _split(text: str) -> tuple[str, str, str]:
    left, _, rest = text.partition(_BEGIN)
    keyword, _, right = rest.partition(_END)
    return left, keyword, right.replace(_BEGIN, "").replace(_END, "")


def _occurrences(text: str) -> Iterator[tuple[str, str, str]]:
    """Each marked place as (left, keyword, right), cut to the width of a line and on one line."""
    for found in _MARKED.finditer(text):
        left = _plain(text[: found.start()])
        right = _plain(text[found.end() :])
        yield (
            ("…" if len(left) > WIDTH else "") + left[-WIDTH:],
            found[1].replace("\n", " "),
            right[:WIDTH] + ("…" if len(right) > WIDTH else ""),
        )


def _plain(text: str) -> str:
    return text.replace(_BEGIN, "").replace(_END, "").replace("\n", " ")


class _Likely:
    """Marks the likely equivalents of words, from what the aligner learned."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._of: Callable[[str, str, str], frozenset[str]] = cache(self._read)

    def _read(self, source: str, target: str, key: str) -> frozenset[str]:
        found = self._db.execute(
            "SELECT translations FROM lexicon WHERE source = ? AND target = ? AND unit = ?", (source, target, key)
        ).fetchone()
        return frozenset(found[0].split(" ")) if found else frozenset()

    def pieces(self, text: str, source: str, target: str, words: Sequence[str]) -> list[Piece]:
        """A marked text in pieces: its own matches, and equivalents of the keyword's words."""
        units = {unit(normal(word)) for phrase in words for word in _WORDS.findall(phrase.lower())}
        likely = frozenset().union(*(self._of(source, target, each) for each in units))
        pieces, hit = [], False
        for part in re.split(f"([{_BEGIN}{_END}])", text):
            if part in (_BEGIN, _END):
                hit = part == _BEGIN
            elif hit:
                pieces.append(Piece(part, "hit"))
            elif part:
                pieces += list(_with_likely(part, likely))
        return pieces


def _with_likely(text: str, likely: frozenset[str]) -> Iterator[Piece]:
    at = 0
    for found in _WORDS.finditer(text) if likely else ():
        if unit(normal(found[0].lower())) in likely:
            if at < found.start():
                yield Piece(text[at : found.start()], "")
            yield Piece(found[0], "likely")
            at = found.end()
    if at < len(text):
        yield Piece(text[at:], "")
