"""What an archive's index said, and what of it was fetched: an SQLite file, so that an interrupted run carries on.

questions   each question to an index: its number of pages, and how many were read; a file of an index in Parquet is one
captures    every capture that the index named: `state` is listed, stored or failed
lines       lines of the index that could not be read
answers     the addresses of an API's answers, with the ids of the articles that need them
files       the WARC files and their sizes as of the last stored record

`records` says which archive: where its records are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from corpus_builder.crawl.cdx_query import IndexEntry
from corpus_builder.crawl.rows import Place
from corpus_builder.crawl.state_file import check, connect
from corpus_builder.errors import SkipPage

_VERSION = 1
_SCHEMA = (
    f"PRAGMA user_version = {_VERSION}",
    """CREATE TABLE IF NOT EXISTS questions (
        records TEXT NOT NULL,
        address TEXT NOT NULL,
        pages INTEGER NOT NULL,
        read INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (records, address)
    )""",
    """CREATE TABLE IF NOT EXISTS captures (
        id INTEGER PRIMARY KEY,
        records TEXT NOT NULL,
        url TEXT NOT NULL,
        fetched TEXT NOT NULL,
        status TEXT NOT NULL,
        mime TEXT NOT NULL,
        digest TEXT NOT NULL,
        source_file TEXT NOT NULL,
        source_offset INTEGER NOT NULL,
        source_length INTEGER NOT NULL,
        state TEXT NOT NULL DEFAULT 'listed',
        reason TEXT,
        detail TEXT,
        file TEXT,
        offset INTEGER,
        length INTEGER,
        UNIQUE (records, url, fetched, source_file, source_offset)
    )""",
    """CREATE TABLE IF NOT EXISTS lines (
        records TEXT NOT NULL,
        address TEXT NOT NULL,
        page INTEGER NOT NULL,
        detail TEXT NOT NULL
    )""",
    "CREATE TABLE IF NOT EXISTS answers (url TEXT NOT NULL, article_id TEXT NOT NULL, PRIMARY KEY (url, article_id))",
    "CREATE TABLE IF NOT EXISTS files (name TEXT PRIMARY KEY, size INTEGER NOT NULL)",
)


class Listed(NamedTuple):
    """A capture of the index, with what became of it: `place` is where it is stored."""

    id: int
    entry: IndexEntry
    state: str
    reason: str
    detail: str
    place: Place | None = None


class ArchiveState:
    """The state of what was fetched into one folder from the archive whose records are at `records`.

    Raises RunError, or sqlite3.DatabaseError, where the file is damaged.
    """

    def __init__(self, path: Path, records: str) -> None:
        self._records = records
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = connect(path)
        self._db.execute("PRAGMA journal_mode = WAL")
        check(self._db, path)
        for statement in _SCHEMA:
            self._db.execute(statement)

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[ArchiveState]:
        """The state for what concerns the files alone, whichever archive their records are from."""
        state = cls(path, "")
        try:
            yield state
        finally:
            state.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def progress(self, address: str) -> tuple[int | None, int]:
        """The number of pages of a question, None where it is not known yet, and how many of them were read."""
        row = self._db.execute(
            "SELECT pages, read FROM questions WHERE records = ? AND address = ?", (self._records, address)
        ).fetchone()
        return (row["pages"], row["read"]) if row else (None, 0)

    def counted(self, address: str, pages: int) -> None:
        """Record the number of pages of a question."""
        self._db.execute(
            "INSERT INTO questions (records, address, pages) VALUES (?, ?, ?)", (self._records, address, pages)
        )

    def add_page(self, address: str, page: int, found: Iterable[IndexEntry | SkipPage]) -> None:
        """Record a page of an index, all or nothing."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for entry in found:
                if isinstance(entry, SkipPage):
                    self._db.execute(
                        "INSERT INTO lines VALUES (?, ?, ?, ?)", (self._records, address, page, entry.detail)
                    )
                    continue
                self._db.execute(
                    "INSERT OR IGNORE INTO captures (records, url, fetched, status, mime, digest, source_file,"
                    " source_offset, source_length) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        self._records,
                        entry.url,
                        entry.fetched,
                        entry.status,
                        entry.mime,
                        entry.digest,
                        entry.file,
                        entry.offset,
                        entry.length,
                    ),
                )
            self._db.execute(
                "UPDATE questions SET read = ? WHERE records = ? AND address = ?", (page + 1, self._records, address)
            )

    def captures(self) -> Iterator[Listed]:
        """All captures, in the order in which the index named them."""
        for row in self._db.execute("SELECT * FROM captures WHERE records = ? ORDER BY id", (self._records,)):
            entry = IndexEntry(
                row["url"], row["fetched"], row["status"], row["mime"], row["digest"],
                row["source_file"], row["source_offset"], row["source_length"],
            )  # fmt: skip
            place = Place(row["file"], row["offset"], row["length"]) if row["state"] == "stored" else None
            yield Listed(row["id"], entry, row["state"], row["reason"] or "", row["detail"] or "", place)

    def add_answers(self, answers: Iterable[tuple[str, str]]) -> None:
        """Record which answers (their addresses) articles (their ids) need."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR IGNORE INTO answers VALUES (?, ?)", answers)

    def answers(self, article_ids: Iterable[str]) -> list[str]:
        """The addresses of the answers that articles need."""
        rows = self._db.execute(
            "SELECT url FROM answers WHERE article_id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(article_ids)),),
        )
        return [row["url"] for row in rows]

    def unread_lines(self) -> list[tuple[str, str]]:
        """The lines that could not be read, each with the question that it answered."""
        rows = self._db.execute(
            "SELECT address, page, detail FROM lines WHERE records = ? ORDER BY address, page, rowid", (self._records,)
        )
        return [(f"{row['address']}&page={row['page']}", row["detail"]) for row in rows]

    def files(self) -> dict[str, int]:
        """The WARC files and their sizes as of the last stored record."""
        return {row["name"]: row["size"] for row in self._db.execute("SELECT name, size FROM files ORDER BY name")}

    def grew(self, name: str, size: int) -> None:
        """Record the size of a WARC file."""
        self._db.execute(
            "INSERT INTO files VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET size = excluded.size", (name, size)
        )

    def stored(self, capture: int, place: Place, size: int) -> None:
        """Record that a capture is in a WARC file, which has `size` bytes now."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(
                "UPDATE captures SET state = 'stored', reason = NULL, detail = NULL, file = ?, offset = ?, length = ?"
                " WHERE id = ?",
                (place.file, place.offset, place.length, capture),
            )
            self.grew(place.file, size)

    def failed(self, capture: int, reason: str, detail: str, *, again: bool) -> None:
        """Record why a capture is not stored; with `again` the next run asks for it once more."""
        state = "listed" if again else "failed"
        self._db.execute(
            "UPDATE captures SET state = ?, reason = ?, detail = ? WHERE id = ?", (state, reason, detail, capture)
        )

    def moved(self, old: str, new: str, places: Mapping[int, int], size: int) -> None:
        """A WARC file was rewritten under another name without the records of stories that were taken down.

        `places` maps old to new offsets of the records that are left.
        """
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            rows = self._db.execute("SELECT id, offset FROM captures WHERE file = ?", (old,)).fetchall()
            self._db.executemany(
                "UPDATE captures SET file = ?, offset = ? WHERE id = ?",
                [(new, places[row["offset"]], row["id"]) for row in rows if row["offset"] in places],
            )
            self._db.execute(
                "UPDATE captures SET state = 'failed', reason = 'taken_down', file = NULL WHERE file = ?", (old,)
            )
            if self._db.execute("DELETE FROM files WHERE name = ?", (old,)).rowcount:
                self.grew(new, size)

    def forget_beyond(self, name: str, size: int) -> int:
        """List the captures again that a WARC file has lost (a power cut, a deleted file). Returns how many."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            cursor = self._db.execute(
                "UPDATE captures SET state = 'listed', file = NULL WHERE file = ? AND offset + length > ?", (name, size)
            )
            self._db.execute("UPDATE files SET size = ? WHERE name = ?", (size, name))
        return cursor.rowcount
