"""Vectors of texts, computed once and stored by a hash of the text, in one file per model.

The file is an SQLite table (hash of the text, vector in half precision), so that several processes can read and write
it. New vectors are rounded to half precision too: a text has the same vector whether it was computed or read.

Of many encoders the last bits of a vector depend on the texts that were encoded with it: of 300 sentences, each vector
of `use` in half precision was another one alone than with the others; those of `e5` were the same. So texts whose
vectors have to be the same anywhere are prepared in the same company, into a folder of their own.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from corpus_builder.errors import RunError, UsageError
from corpus_builder.model import Document

AT_ONCE = 4096
"""Texts that are looked up together. Chosen for memory: 12 MB of vectors of 768 dimensions."""
MANY = 100_000
"""Texts that wait to be encoded, at most. Chosen for memory: 20 MB of sentences."""
_ASKED = 500
"""Hashes in one query; SQLite allows 999 or more."""
_WAIT = 120.0
"""Seconds to wait for another process that is writing. Chosen: longer than it takes to write AT_ONCE vectors."""


TOGETHER = 512
"""Texts that an encoder gets at once. Chosen: enough to fill batches, and 5 to 30 seconds of work between two calls of
`progress` and two writes."""
Progress = Callable[[int, int], None]
"""Called with the number of texts that are encoded, and of all that must be."""

Vectors = npt.NDArray[Any]
"""[texts, dimensions] of any floating type."""


class Encoder(Protocol):
    """Turns texts into vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """[texts, dimensions] one vector per text, of any length."""
        ...


class Embedder:
    """Unit vectors of texts. `identity` names the model; it is loaded when the cache lacks a text for the first
    time. `languages` are the codes of those that it knows; None for all."""

    def __init__(
        self, load: Callable[[], Encoder], identity: str, folder: Path | None = None, *,
        languages: frozenset[str] | None = None, progress: Progress | None = None,
    ) -> None:  # fmt: skip
        self.identity = identity
        self.languages = languages
        self._progress = progress
        self._load = load
        self._encoder: Encoder | None = None
        self._kept: dict[bytes, npt.NDArray[np.float16]] = {}
        self._path: Path | None = None
        if folder:
            name = re.sub(r"[^\w.-]+", "_", identity)[-60:]
            self._path = folder / f"{name}-{blake2b(identity.encode(), digest_size=4).hexdigest()}.sqlite"

    def kept_in(self, folder: Path) -> Embedder:
        """The same encoder, which is loaded once for both, with its vectors in another folder."""
        return Embedder(self.loaded, self.identity, folder, languages=self.languages, progress=self._progress)

    def loaded(self) -> Encoder:
        """The model, loaded when it is asked for the first time."""
        self._encoder = self._encoder or self._load()
        return self._encoder

    def supports(self, *languages: str) -> bool:
        """Whether it knows all of these languages."""
        return self.languages is None or self.languages.issuperset(languages)

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """[texts, dimensions] unit vectors (a zero vector stays one); [0, 0] for no texts.

        Raises UsageError if the model does not give one finite vector per text, RunError if the cache is damaged.
        """
        keys = [_key(text) for text in texts]
        wanted = dict(zip(keys, texts, strict=True))
        vectors = self._read(wanted)
        vectors |= self._compute_all(text for key, text in wanted.items() if key not in vectors)
        if len({len(vector) for vector in vectors.values()}) > 1:
            raise RunError(f"the cache of embeddings {self._path} holds vectors of different sizes",
                           next_step="delete it; it is computed again")  # fmt: skip
        return np.array([vectors[key] for key in keys], np.float32).reshape(len(keys), -1 if keys else 0)

    def prepare(self, texts: Iterable[str]) -> None:
        """Compute the missing vectors of many texts, in large batches."""
        missing: dict[bytes, str] = {}
        rest = iter(texts)
        while chunk := list(islice(rest, AT_ONCE)):
            wanted = {_key(text): text for text in chunk}
            present = self._read(wanted)
            missing |= {key: text for key, text in wanted.items() if key not in present}
            if len(missing) >= MANY:
                self._compute_all(list(missing.values()))
                missing = {}
        self._compute_all(list(missing.values()))

    def prepare_documents(self, documents: Iterable[Document], languages: Iterable[str]) -> None:
        """Compute the missing vectors of documents' segments in some languages, as far as it knows these."""
        self.prepare(self._texts(documents, languages))

    def take_documents(self, other: Embedder, documents: Iterable[Document], languages: Iterable[str]) -> None:
        """Take the vectors of these texts from another one that has them; those that are here already stay."""
        rest = self._texts(documents, languages)
        while chunk := list(islice(rest, AT_ONCE)):
            self._write(other._read(_key(text) for text in chunk))

    def _texts(self, documents: Iterable[Document], languages: Iterable[str]) -> Iterator[str]:
        known = [language for language in languages if self.supports(language)]
        return (segment.text for each in documents for x in known for segment in each.segments.get(x, ()))

    def _compute_all(self, texts: Iterable[str]) -> dict[bytes, npt.NDArray[np.float16]]:
        """The vectors of texts that are new, of similar lengths together."""
        vectors: dict[bytes, npt.NDArray[np.float16]] = {}
        ordered = sorted(texts, key=lambda text: (len(text), text))
        for begin in range(0, len(ordered), TOGETHER):
            vectors |= self._compute(ordered[begin : begin + TOGETHER])
            if self._progress:
                self._progress(min(begin + TOGETHER, len(ordered)), len(ordered))
        return vectors

    def _compute(self, texts: Sequence[str]) -> dict[bytes, npt.NDArray[np.float16]]:
        vectors = np.asarray(self.loaded().encode(texts))
        if vectors.ndim != 2 or len(vectors) != len(texts) or not vectors.shape[1]:
            raise UsageError(f"the encoder {self.identity} gives an array of shape {vectors.shape} for {len(texts)} "
                             "texts, not one vector per text", next_step="name a sentence encoder")  # fmt: skip
        vectors = vectors.astype(np.float64)
        if not np.isfinite(vectors).all():
            raise UsageError(f"the encoder {self.identity} gives vectors that are not finite",
                             next_step="name another encoder")  # fmt: skip
        units = (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)).astype(np.float16)
        keys = [_key(text) for text in texts]
        new = dict(zip(keys, units, strict=True))
        self._write(new)
        return new

    def _read(self, wanted: Iterable[bytes]) -> dict[bytes, npt.NDArray[np.float16]]:
        keys = list(wanted)
        if self._path is None:
            return {key: self._kept[key] for key in keys if key in self._kept}
        if not self._path.is_file():
            return {}
        vectors: dict[bytes, npt.NDArray[np.float16]] = {}
        try:
            with closing(sqlite3.connect(self._path, timeout=_WAIT)) as table:
                for begin in range(0, len(keys), _ASKED):
                    some = keys[begin : begin + _ASKED]
                    query = f"SELECT text, vector FROM vectors WHERE text IN ({','.join('?' * len(some))})"
                    vectors |= {key: np.frombuffer(vector, np.float16) for key, vector in table.execute(query, some)}
        except sqlite3.Error as error:
            raise _damaged(self._path, error) from error
        return vectors

    def _write(self, new: dict[bytes, npt.NDArray[np.float16]]) -> None:
        if self._path is None:
            self._kept |= new
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_WAIT)) as table, table:
                table.execute("CREATE TABLE IF NOT EXISTS vectors (text BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
                rows = [(key, vector.tobytes()) for key, vector in new.items()]
                table.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
        except (sqlite3.Error, OSError) as error:
            raise _damaged(self._path, error) from error


def _key(text: str) -> bytes:
    return blake2b(text.encode("utf-8"), digest_size=16).digest()


def _damaged(path: Path, error: Exception) -> RunError:
    return RunError(f"cannot use the cache of embeddings {path}: {error}",
                    next_step="if it is damaged, delete it; it is computed again")  # fmt: skip
