"""Reading the index. Each request opens the file anew, read only, and a search that takes too long is ended."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.errors import RunError
from corpus_builder.look.schema import LEVELS

SECONDS = 5.0
"""A search may take so long. Chosen: the slowest that were tried on 300,000 rows take a tenth of it."""
_STEPS = 20_000
"""Instructions of SQLite between two looks at the clock. Chosen: a millisecond or so."""
_COLUMNS = 16
"""Columns of numbers that are kept in memory: 2.4 MB each on 300,000 rows."""


class TooSlow(Exception):
    """A search was ended because it took too long."""


@dataclass(frozen=True)
class Row:
    """One published row: `texts` by language, what else it has in `more`."""

    number: int
    level: str
    story: int
    article_id: str
    date: str
    position: int
    split: str
    id: str
    kind: str
    label: str
    probability: float | None
    complete: float | None
    reason: str
    flags: tuple[str, ...]
    texts: dict[str, str]
    more: dict[str, Any]


class Store:
    """The index of one version of a dataset."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with self.reading() as db:
                meta = {name: json.loads(value) for name, value in db.execute("SELECT name, value FROM meta")}
        except sqlite3.DatabaseError as error:
            raise RunError(
                f"the index {path} cannot be read: {error}", next_step="remove it; the next start builds it again"
            ) from error
        self.languages: list[str] = meta["languages"]
        self.ranges: dict[str, tuple[int, int]] = {level: (a, b) for level, (a, b) in meta["ranges"].items()}
        self.facets: dict[str, list[str]] = meta.get("facets", {})
        """The tags that quotations are filtered by: "flags", "forms" and "sides", each with its tags by bit."""
        self.overview: dict[str, Any] = meta["overview"]
        self._texts = ", ".join(f"r.l{i}" for i in range(len(self.languages)))
        self.column = lru_cache(_COLUMNS)(self._column)

    @property
    def levels(self) -> list[str]:
        """The configs that have rows."""
        return [level for level in LEVELS if level in self.ranges]

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for one request. Raises TooSlow where a statement runs for too long."""
        late = time.monotonic() + SECONDS
        with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            db.set_progress_handler(lambda: time.monotonic() > late, _STEPS)
            try:
                yield db
            except sqlite3.OperationalError as error:
                if "interrupted" in str(error):
                    raise TooSlow from error
                raise

    def _column(self, level: str, name: str) -> npt.NDArray[np.float64] | None:
        """[rows of the level] the values of a score, NaN where there is none; None for a score that it lacks."""
        with self.reading() as db:
            found = db.execute("SELECT bytes FROM columns WHERE level = ? AND name = ?", (level, name)).fetchone()
        return None if found is None else np.frombuffer(found[0], np.float64)

    def column_names(self, level: str) -> list[str]:
        """The columns of numbers of a level."""
        with self.reading() as db:
            return [name for (name,) in db.execute("SELECT name FROM columns WHERE level = ? ORDER BY name", (level,))]

    def rows(self, db: sqlite3.Connection, numbers: Sequence[int]) -> list[Row]:
        """Rows by their numbers, in the order of these."""
        marks = ", ".join("?" * len(numbers))
        found = {row.number: row for row in self._rows(db, f"r.row IN ({marks})", numbers)}
        return [found[number] for number in numbers if number in found]

    def story_rows(self, db: sqlite3.Connection, story: int, level: str) -> list[Row]:
        """The rows of a story in their order."""
        return self._rows(db, "r.story = ? AND r.level = ? ORDER BY r.position", (story, level))

    def _rows(self, db: sqlite3.Connection, where: str, values: Sequence[Any]) -> list[Row]:
        found = db.execute(
            "SELECT r.row, r.level, r.story, s.article_id, s.date, r.position, r.split, r.id, r.kind, "
            "coalesce(r.label, ''), "
            f"r.probability, r.complete, r.reason, r.flags, r.more, {self._texts} "
            f"FROM rows r JOIN stories s USING (story) WHERE {where}",
            values,
        )
        return [Row(*row[:13], *self._parsed(*row[13:])) for row in found]

    def _parsed(self, flags: str, more: str, *texts: str) -> tuple[Any, ...]:
        by_language = {language: text for language, text in zip(self.languages, texts, strict=True) if text}
        return tuple(flags.split()), by_language, json.loads(more) if more else {}

    def matching(self, db: sqlite3.Connection, match: str, level: str) -> npt.NDArray[np.int64]:
        """The numbers of the rows of a level that an FTS5 expression finds, rising."""
        first, end = self.ranges[level]
        found = db.execute(
            "SELECT rowid FROM texts WHERE texts MATCH ? AND rowid >= ? AND rowid < ?", (match, first, end)
        )
        return np.fromiter((number for (number,) in found), np.int64)
