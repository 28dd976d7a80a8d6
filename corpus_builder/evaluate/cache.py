"""What translators, scorers and judges answered, so that nothing is asked twice and a killed run resumes."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from corpus_builder.errors import RunError


class AnswerCache:
    """Answers by who was asked and for what, in an SQLite file; several processes may use it at a time.

    Who was asked is its identity: JSON with all that its answers depend on.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=60)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS translations (key TEXT PRIMARY KEY, translation TEXT) WITHOUT ROWID"
            )
        except (sqlite3.Error, OSError) as error:
            raise RunError(
                f"the cache {path} cannot be used: {error}", next_step="give another file with --cache"
            ) from error

    def __enter__(self) -> AnswerCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def get(self, identity: Mapping[str, object], segment: str) -> str | None:
        """The answer for a segment, or None."""
        query = "SELECT translation FROM translations WHERE key = ?"
        row = self._database.execute(query, (_key(identity, segment),)).fetchone()
        return None if row is None else str(row[0])

    def put(self, identity: Mapping[str, object], piece: Mapping[str, str]) -> None:
        """Store answers; they are on disk when this returns. Empty ones are not stored but asked for again."""
        rows = [(_key(identity, segment), answer) for segment, answer in piece.items() if answer.strip()]
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO translations VALUES (?, ?)", rows)


def _key(identity: Mapping[str, object], segment: str) -> str:
    text = json.dumps(identity, sort_keys=True, ensure_ascii=False) + "\0" + segment
    return hashlib.sha256(text.encode()).hexdigest()
