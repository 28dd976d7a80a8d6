"""The rows of validation and test, and their texts in one language in pieces that training texts may contain.

The pieces of a row are its lines; those of a document are its sentences. Equal pieces of many rows are kept once. A row
is in a training set if `NEAR` of the letters of its pieces are: of a sentence that is the sentence itself, of a
document most of its sentences, wherever each of them stands.

A shard's rows are written by HeldOutWriter: rows.parquet, and for each language the sketches of its pieces. From those
of all shards `index_pieces` makes two things for a language: the index that training texts are compared with
(TextIndex, with the first row that has each piece), and the list of all pieces (Pieces).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_builder.dataset.overlap import SHORTEST, Matches, TextSketches, normalised
from corpus_builder.dataset.rows import DOCUMENTS, ID, Row
from corpus_builder.dataset.text_index import TextIndex, arrays_of, mapped, save_sketches, write_index
from corpus_builder.files import replacing
from corpus_builder.parquet import read_columns, write_rows
from corpus_builder.text.sentences import sentences

Mask = NDArray[np.bool_]
Shares = NDArray[np.float64]

_SCHEMA = pa.schema([("config", pa.string()), ("split", pa.string()), ("id", pa.string())])
_OWNER = np.dtype([("config", "S16"), ("split", "S16"), ("id", f"S{ID}")])
_OWNERS = "rows"


@dataclass(frozen=True)
class Held:
    """The folder of a shard's held-out rows."""

    folder: Path

    @property
    def rows(self) -> Path:
        """Config, split and id of the rows."""
        return self.folder / "rows.parquet"

    def part(self, language: str) -> Path:
        """The sketches of the pieces in a language, with the row and the letters of each."""
        return self.folder / f"{language}.npz"

    def languages(self) -> frozenset[str]:
        """The languages of the pieces."""
        return frozenset(path.stem for path in self.folder.glob("*.npz"))


class HeldOutWriter:
    """Takes the held-out rows of a shard and writes them to a folder; where there are none, nothing."""

    def __init__(self) -> None:
        self._rows: list[dict[str, str]] = []
        self._sides: dict[str, tuple[TextSketches, array[int], array[int]]] = {}

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def add(self, config: str, split: str, row: Row) -> None:
        """Add a row of validation or test."""
        number = len(self._rows)
        self._rows.append({"config": config, "split": split, "id": row.id})
        for language, text in row.translation.items():
            if text:
                if language not in self._sides:
                    self._sides[language] = TextSketches(), array("q"), array("q")
                pieces, rows, letters = self._sides[language]
                for piece in _pieces(text, language, whole_document=config == DOCUMENTS):
                    pieces.add(piece)
                    rows.append(number)
                    letters.append(len(piece))

    def save(self, folder: Path) -> list[Path]:
        """Write the files; their paths."""
        if not self._rows:
            return []
        held = Held(folder)
        write_rows(held.rows, _SCHEMA, self._rows)
        for language, (pieces, rows, letters) in self._sides.items():
            own = {"rows": np.array(rows, np.int64), "letters": np.array(letters, np.int64)}
            save_sketches(held.part(language), pieces, **own)
        return [held.rows, *map(held.part, self._sides)]


def _pieces(text: str, language: str, *, whole_document: bool) -> list[str]:
    pieces = list(_sentences(text, language)) if whole_document else text.split("\n")
    return [piece for piece in pieces if len(normalised(piece)) >= SHORTEST] or [text]


def _sentences(text: str, language: str) -> Iterator[str]:
    """The sentences of a document; a paragraph of short ones is one piece."""
    for line in text.split("\n"):
        pieces = [piece for piece in sentences(line, language) if len(normalised(piece)) >= SHORTEST]
        yield from pieces or [line]


@dataclass(frozen=True)
class HeldOutRows:
    """The held-out rows of all shards; memory holds some 40 bytes of each."""

    config: pa.DictionaryArray
    split: pa.DictionaryArray
    id: pa.Array

    @classmethod
    def read(cls, files: Iterable[Path]) -> HeldOutRows:
        """Those in these files, in this order."""
        names = _SCHEMA.names
        tables = [read_columns(path, names) for path in files]
        table = pa.concat_tables([_SCHEMA.empty_table(), *tables])
        config, split, ids = (table[name].combine_chunks() for name in names)
        return cls(config.dictionary_encode(), split.dictionary_encode(), ids)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.id)

    def only(self, which: Mask) -> list[tuple[str, str]]:
        """Config and id of the rows selected by a mask."""
        chosen = pa.array(which)
        return list(zip(self.config.filter(chosen).to_pylist(), self.id.filter(chosen).to_pylist(), strict=True))


@dataclass(frozen=True)
class Pieces:
    """The pieces of all held-out rows in one language: of each its row, its letters, and its number in the index (-1
    for one that cannot be compared). `distinct` is how many numbers there are."""

    row: NDArray[np.int64]
    letters: NDArray[np.int64]
    number: NDArray[np.int64]
    distinct: int

    @classmethod
    def read(cls, path: Path) -> Pieces:
        """The pieces in a file."""
        row, letters, number = mapped(path, np.int64).reshape(3, -1)
        return cls(row, letters, number, int(number.max(initial=-1)) + 1)

    def shares(self, rows: int, there: Mask | Shares) -> Shares:
        """[rows] the share of each row's letters that are in these pieces; 0 for rows that cannot be compared."""
        compared = self.number >= 0
        row, letters = self.row[compared], self.letters[compared]
        total = np.bincount(row, letters, rows)
        found = np.bincount(row, letters * there[self.number[compared]], rows)
        return np.divide(found, total, out=np.zeros(rows), where=total > 0)

    def longest(self, rows: int, there: Mask) -> NDArray[np.int64]:
        """[rows] the number of the longest of each row's pieces that are in these, the first of equals; -1 for none."""
        number = np.full(rows, -1, np.int64)
        found = np.flatnonzero((self.number >= 0) & (self.letters > 0))
        found = found[there[self.number[found]]]
        order = found[np.lexsort((found, -self.letters[found], self.row[found]))]
        row, first = np.unique(self.row[order], return_index=True)
        number[row] = self.number[order[first]]
        return number


def read_pieces(files: Iterable[Path]) -> dict[str, Pieces]:
    """The pieces in files that are named by their languages."""
    return {path.stem: Pieces.read(path) for path in files}


def index_pieces(language: str, parts: Sequence[tuple[Held, bool]], index: Path, pieces: Path) -> None:
    """Write the index and the list of the pieces in a language, of these shards in this order; each with whether it
    has some."""
    rows, letters, owners = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, _OWNER)]
    first = 0
    for held, has_some in parts:
        own = _owners(held)
        if has_some:
            row, letter = arrays_of(held.part(language), "rows", "letters")
            rows.append(row + first)
            letters.append(letter)
        owners.append(own)
        first += len(own)
    number = write_index([held.part(language) for held, has_some in parts if has_some], index)
    row = np.concatenate(rows)
    compared = np.flatnonzero(number >= 0)
    first_with = compared[np.unique(number[compared], return_index=True)[1]]
    np.concatenate(owners)[row[first_with]].tofile(index / _OWNERS)
    pieces.parent.mkdir(parents=True, exist_ok=True)
    with replacing(pieces) as part:
        np.stack((row, np.concatenate(letters), number)).tofile(part)


def _owners(held: Held) -> NDArray[np.void]:
    table = read_columns(held.rows, _SCHEMA.names)
    owners = np.zeros(len(table), _OWNER)
    for name in _SCHEMA.names:
        owners[name] = np.array(table[name].to_pylist(), _OWNER[name])
    return owners


class HeldOutTexts:
    """The index of the held-out texts in one language, as training texts are compared with it."""

    def __init__(self, language: str, folder: Path) -> None:
        self.language = language
        self._index = TextIndex(folder)
        self._first = mapped(folder / _OWNERS, _OWNER)

    def __len__(self) -> int:
        """How many pieces there are."""
        return self._index.count

    def find(self, texts: Sequence[str], least: float) -> Matches:
        """Which pieces these texts hold to `least` or more."""
        return self._index.find(texts, least)

    def first_row(self, piece: int) -> tuple[str, str, str]:
        """Config, split and id of the first row that has a piece."""
        config, split, row = self._first[piece].tolist()
        return config.decode(), split.decode(), row.decode()
