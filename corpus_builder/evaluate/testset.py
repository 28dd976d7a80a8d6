"""What systems are evaluated on: a test set of rows, and the pair of languages that it is translated in.

A Row is one segment with its references and what is known about it; a TestSet is the rows in order. Both come from
plain files (files.py) or from a dataset (dataset.py); metrics, significance and slices only see them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from corpus_builder.errors import UsageError

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pair:
    """The direction of translation: Pair("en", "uk") is English to Ukrainian."""

    source: str
    target: str

    @classmethod
    def parse(cls, text: str) -> Pair:
        """Read "en-uk"; the order matters.

        Raises:
            UsageError: `text` is not two different language codes with a hyphen between them.
        """
        source, _, target = text.partition("-")
        if not (source.isalpha() and target.isalpha() and source.islower() and target.islower() and source != target):
            raise UsageError(f"--pair {text!r} is not SOURCE-TARGET, e.g. en-uk for English to Ukrainian")
        return cls(source, target)

    def __str__(self) -> str:
        return f"{self.source}-{self.target}"


@dataclass(frozen=True, slots=True)
class Row:
    """One segment or document to translate. Texts have no line breaks; `lines` are those of the source of a document,
    () for a segment. `probability` (0 to 1) is that the row is aligned right.
    """

    id: str
    source: str
    references: tuple[str, ...]
    document: str | None = None
    config: str | None = None
    section: str | None = None
    date: str | None = None
    kind: str | None = None
    label: str | None = None
    probability: float | None = None
    lines: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The document of the row; one that has none is a document of its own."""
        return f"row {self.id}" if self.document is None else self.document


@dataclass(frozen=True)
class TestSet:
    """The rows in order, where they came from, and how many rows could not be used, by reason."""

    __test__ = False  # not a test, although pytest takes the name for one

    pair: Pair
    rows: tuple[Row, ...]
    origin: Mapping[str, object] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)

    def first(self, limit: int) -> TestSet:
        """The first rows, at most `limit`."""
        return replace(self, rows=self.rows[:limit], origin={**self.origin, "limit": limit})

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def sources(self) -> list[str]:
        """The source segments, in order."""
        return [row.source for row in self.rows]

    @property
    def inputs(self) -> list[str]:
        """What translators get: the source segments, or documents with line breaks between their lines."""
        return ["\n".join(row.lines) or row.source for row in self.rows]

    def joined(self) -> TestSet:
        """A row per document, in the order of their first segments, with the segments of each joined.

        Facts that the segments of a document do not share are left out.

        Raises:
            UsageError: documents are not known.
        """
        return replace(self, rows=tuple(_join(rows) for rows in self._by_document()), origin={**self.origin, **_JOINED})

    def join(self, lines: Sequence[str]) -> list[str]:
        """Texts of the rows, joined to texts of the documents as joined() joins the rows."""
        places = {id(row): place for place, row in enumerate(self.rows)}
        return [" ".join(lines[places[id(row)]] for row in rows) for rows in self._by_document()]

    def _by_document(self) -> list[list[Row]]:
        if self.documents is None:
            raise UsageError(
                "--level documents: the document of each segment is not known",
                next_step="give --documents FILE, with the document name of each segment, one per line",
            )
        documents: dict[tuple[bool, str], list[Row]] = {}
        for row in self.rows:
            documents.setdefault((row.document is None, row.name), []).append(row)
        return list(documents.values())

    @property
    def references(self) -> list[list[str]]:
        """One list per reference translation, each with a segment per row (the form that sacrebleu takes)."""
        return [list(side) for side in zip(*(row.references for row in self.rows), strict=True)]

    @property
    def documents(self) -> Indices | None:
        """The number of each row's document (0, 1, …), or None where no document is known.

        Where only some are known, a row without one is a document of its own.
        """
        if all(row.document is None for row in self.rows):
            return None
        numbers: dict[tuple[str, object], int] = {}
        keys = [
            ("row", place) if row.document is None else ("name", row.document) for place, row in enumerate(self.rows)
        ]
        return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)

    @property
    def digest(self) -> str:
        """A hash of all ids, sources, references and documents: equal digests, equal test sets."""
        digest = hashlib.sha256(str(self.pair).encode())
        for row in self.rows:
            digest.update("\0".join((row.id, row.document or "", row.source, *row.references)).encode() + b"\n")
        return digest.hexdigest()


_JOINED = {"level": "documents"}


def _join(rows: Sequence[Row]) -> Row:
    """The segments of a document as one row."""
    first = rows[0]

    def shared(fact: str) -> str | None:
        values = {getattr(row, fact) for row in rows}
        return values.pop() if len(values) == 1 else None

    return Row(
        id=first.name,
        source=" ".join(row.source for row in rows),
        references=tuple(" ".join(side) for side in zip(*(row.references for row in rows), strict=True)),
        document=first.name,
        config=shared("config"),
        section=shared("section"),
        date=shared("date"),
        lines=tuple(row.source for row in rows),
    )
