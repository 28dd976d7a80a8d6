"""Opening an SQLite file of the crawl's state: one that is damaged becomes an error that names it, wherever it shows.

SQLite finds damage only in the pages that a statement reads, so any statement may raise. A connection from here raises
RunError then; what else may go wrong (a full disk, another process) stays an sqlite3.OperationalError.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from corpus_builder.errors import RunError

NEXT = "move it away; its WARC files can still be read with --warc"

# What SQLite says of a file that has other tables or contents than were written.
_DAMAGE = ("malformed", "no such", "not a database", "Could not decode", "has no column", "unsupported file format")

Result = TypeVar("Result")


def connect(path: Path) -> sqlite3.Connection:
    """A connection without implicit transactions, with rows by name. Raises RunError for a damaged file."""

    class Cursor(sqlite3.Cursor):
        def fetchone(self) -> Any:
            return _named(path, super().fetchone)

        def fetchall(self) -> list[Any]:
            return _named(path, super().fetchall)

        def __next__(self) -> Any:
            return _named(path, super().__next__)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            with damage_named(path):
                cursor: sqlite3.Cursor = self.cursor().execute(*arguments)
            return cursor

        def executemany(self, *arguments: Any) -> sqlite3.Cursor:
            with damage_named(path):
                cursor: sqlite3.Cursor = self.cursor().executemany(*arguments)
            return cursor

    db = sqlite3.connect(path, isolation_level=None, timeout=1.0, factory=Connection)
    db.row_factory = sqlite3.Row
    return db


# By the type of a column, the types of SQLite that its values have; any column may have any type.
_TYPES = {"TEXT": "'text', 'null'", "INTEGER": "'integer', 'null'", "REAL": "'real', 'integer', 'null'"}


def check(db: sqlite3.Connection, path: Path) -> None:
    """Read the whole file. Raises RunError where it is damaged, or a value has another type than its column."""
    with damage_named(path):
        [(found, *_)] = db.execute("PRAGMA quick_check(1)").fetchall()
    if found != "ok":
        raise RunError(f"{path} is damaged: {' '.join(found.split())}", next_step=NEXT)
    for table in [row["name"] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]:
        columns = [(row["name"], row["type"]) for row in db.execute(f'PRAGMA table_info("{table}")')]
        odd = [f'typeof("{name}") NOT IN ({_TYPES[kind]})' for name, kind in columns if kind in _TYPES]
        if odd and db.execute(f'SELECT 1 FROM "{table}" WHERE {" OR ".join(odd)} LIMIT 1').fetchone():
            raise RunError(f"{path} is damaged: a value of another type in {table}", next_step=NEXT)


@contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Raise RunError, which names the file, for what SQLite raises where a file is damaged."""
    try:
        yield
    except UnicodeDecodeError as error:  # in what SQLite says
        raise RunError(f"{path} is damaged", next_step=NEXT) from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and not any(words in str(error) for words in _DAMAGE):
            raise
        raise RunError(f"{path} is damaged: {error}", next_step=NEXT) from error


def _named(path: Path, read: Callable[[], Result]) -> Result:
    with damage_named(path):
        return read()
