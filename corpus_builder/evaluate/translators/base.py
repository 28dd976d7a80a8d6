"""What a translator is, and how its translations are kept.

A translator tells its identity (everything that a translation depends on) and yields translations as they are
finished. translate_all() asks it only for what the cache does not hold and writes every piece down at once, so a
killed run carries on where it was and nothing is translated twice, not even a segment that comes twice.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol

from corpus_builder.errors import RunError


class Translator(Protocol):
    """A system that is run. `identity` is JSON: the kind, the model, the options, the languages."""

    identity: Mapping[str, object]

    def translate(self, segments: Sequence[str]) -> Iterator[Mapping[str, str]]:
        """Yield source-to-translation pieces as they are finished; together they cover the segments, all different.

        Raises:
            RunError: a segment could not be translated. What was finished has been yielded before.
        """
        ...


class TranslationCache:
    """Translations by translator and source segment, in an SQLite file; several processes may use it at once."""

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
                f"the cache of translations {path} cannot be used: {error}", next_step="give another --cache"
            ) from error

    def __enter__(self) -> TranslationCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def get(self, identity: Mapping[str, object], segment: str) -> str | None:
        """The translation of a segment, or None."""
        found = self._database.execute("SELECT translation FROM translations WHERE key = ?", (_key(identity, segment),))
        row = found.fetchone()
        return None if row is None else str(row[0])

    def put(self, identity: Mapping[str, object], piece: Mapping[str, str]) -> None:
        """Keep translations; they are on disk when this returns. Empty ones are not kept: next time may go better."""
        rows = [(_key(identity, segment), translation) for segment, translation in piece.items() if translation.strip()]
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO translations VALUES (?, ?)", rows)


def translate_all(
    translator: Translator,
    segments: Sequence[str],
    cache: TranslationCache,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[str]:
    """The translations of all segments, in order; only what the cache does not hold is translated.

    Args:
        translator: the system.
        segments: the source segments.
        cache: where translations are kept.
        progress: told how many of how many different segments are there.

    Raises:
        RunError: something could not be translated; what was finished is in the cache.
    """
    wanted = list(dict.fromkeys(segments))
    known = {segment: cache.get(translator.identity, segment) for segment in wanted}
    missing = [segment for segment in wanted if known[segment] is None]
    done = len(wanted) - len(missing)
    progress(done, len(wanted))
    if missing:
        try:
            for piece in translator.translate(missing):
                cache.put(translator.identity, piece)
                known.update(piece)
                done += len(piece)
                progress(done, len(wanted))
        except RunError as error:
            note = f"{done} of {len(wanted)} segments are kept; the same command carries on from there"
            raise RunError(str(error), next_step="; ".join(filter(None, (error.next_step, note)))) from error
    lost = [segment for segment in missing if known[segment] is None]
    if lost:
        raise RunError(f"the translator left out {len(lost)} of {len(missing)} segments, the first: {lost[0][:80]!r}")
    return [known[segment] or "" for segment in segments]


def _key(identity: Mapping[str, object], segment: str) -> str:
    text = json.dumps(identity, sort_keys=True, ensure_ascii=False) + "\0" + segment
    return hashlib.sha256(text.encode()).hexdigest()


def folder_digest(path: Path) -> str:
    """A hash of a model folder: names and sizes of all files, and the contents of those under 1 MiB.

    Weights are told apart by size and by the small files beside them; hashing gigabytes would take longer than loading.
    """
    digest = hashlib.sha256()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        size = file.stat().st_size
        digest.update(f"{file.relative_to(path)}\0{size}\0".encode())
        if size < 1 << 20:
            digest.update(file.read_bytes())
    return digest.hexdigest()
