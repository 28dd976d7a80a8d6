"""Leakage: held-out texts (validation, test) in training rows, and texts of external test sets.

Every training row of every config is compared with the held-out rows of every config, in each language:

1. The held-out rows are indexed; a document counts by its sentences (held_out.py).
2. admit_documents() takes the training documents. They are not dropped for a phrase that a held-out story has, too:
   they are flagged, and the held-out rows that stand in them are withdrawn from their split (leakage_report.py).
3. admit() takes the other training rows and refuses each that contains a held-out text, exactly or nearly.

Texts of external test sets cost a training row of any config. What is left is measured from the rows that were
admitted: leakage.json has the counts, config by config, and the nearest training row of each held-out row.

Rows are compared one by one, so any number of processes may do it, each with some of the rows. What they find goes into
notes, which are put together whatever the processes were: of each held-out text, by config, the training row that has
most of it, and of equals an exact copy, then the first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_builder.dataset.held_out import HeldOutTexts
from corpus_builder.dataset.overlap import NEAR, Matches
from corpus_builder.dataset.rows import DOCUMENTS, ID, MONOLINGUAL, Row
from corpus_builder.dataset.text_index import TextIndex
from corpus_builder.parquet import read_columns, write_tables

LISTED = 0.3
"""Containment from which a neighbour is listed. Chosen: below it, two news texts only share phrases."""

HELD_OUT_TEXT = "held_out_text"
"""The flag of a training document that has a sentence of a held-out story."""
WITHDRAWN = "in_train_documents"
"""Why a held-out row is dropped: its text stands in training documents."""

COMPARED, REFUSED = "compared ", "refused "
"""Before the name of a config and of a reason, in `Comparison.counts`."""

_MANY = 100_000
"""Matches that wait to be reduced to the best of each text. Chosen: some MB."""


@dataclass(frozen=True)
class Refusal:
    """Why a row must not be in train: "near_test", "near_validation" or "in_excluded", and the place of that text."""

    reason: str
    detail: str


@dataclass(frozen=True)
class TrainingText:
    """A training row as it is compared: its texts by language, each in one or more units."""

    id: str
    texts: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Best:
    """For held-out texts, in the order of their numbers `piece`, the training row that has most of each."""

    piece: NDArray[np.int32]
    score: NDArray[np.float64]
    exact: NDArray[np.bool_]
    id: NDArray[np.bytes_]


class Notes:
    """What training rows were found to have of the held-out texts, by config and language."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[Best]] = defaultdict(list)
        self._waiting: Counter[tuple[str, str]] = Counter()

    def add(self, config: str, language: str, ids: NDArray[np.bytes_], matches: Matches) -> None:
        """Take note of texts in training rows of a config: match i is in the row `ids[matches.text[i]]`."""
        key = config, language
        of = np.argsort(matches.text, kind="stable")
        self._found[key].append(
            Best(matches.held[of].astype(np.int32), matches.containment[of], matches.exact[of], ids[matches.text[of]])
        )
        self._waiting[key] += len(of)
        if self._waiting[key] > _MANY:
            self._reduce(key)

    def _reduce(self, key: tuple[str, str]) -> Best:
        parts = self._found[key]
        piece, score, exact, ids = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("piece", "score", "exact", "id")
        )
        order = np.lexsort((np.arange(len(piece)), ~exact, -score, piece))
        first = order[np.unique(piece[order], return_index=True)[1]]
        best = Best(piece[first], score[first], exact[first], ids[first])
        self._found[key], self._waiting[key] = [best], 0
        return best

    def write(self, path: Path) -> None:
        """Write the notes to a file."""
        write_tables(path, _SCHEMA, self._tables())

    def _tables(self) -> Iterator[pa.Table]:
        for config, language in sorted(self._found):
            best = self._reduce((config, language))
            size = len(best.piece)
            ids = pa.array(best.id.astype(str), pa.string())
            yield pa.table(
                [[config] * size, [language] * size, best.piece, best.score, best.exact, ids], schema=_SCHEMA
            )


_SCHEMA = pa.schema(
    [
        ("config", pa.string()),
        ("language", pa.string()),
        ("piece", pa.int32()),
        ("score", pa.float64()),
        ("exact", pa.bool_()),
        ("id", pa.string()),
    ]
)


def read_notes(path: Path) -> Iterator[tuple[str, str, Best]]:
    """The notes in a file: config, language, and what was found."""
    table = read_columns(path, _SCHEMA.names)
    groups = table.group_by(["config", "language"], use_threads=False).aggregate([([], "count_all")]).to_pylist()
    at = 0
    for group in groups:  # in the order of the file, which is sorted by them
        own = table.slice(at, group["count_all"])
        at += len(own)
        piece, score, exact = (own[name].to_numpy() for name in ("piece", "score", "exact"))
        yield group["config"], group["language"], Best(piece, score, exact, np.array(own["id"].to_pylist(), f"S{ID}"))


class Comparison:
    """Compares training rows with the held-out texts, whose index is in a folder for each language, and with external
    texts in the index `excluded`, of which `places` says where each is.

    `in_documents` has by language the held-out texts that stand in training documents, by number: all documents come
    before the first other row.
    """

    def __init__(
        self,
        held_out: Mapping[str, Path],
        excluded: TextIndex | None = None,
        places: Sequence[str] = (),
        in_documents: Mapping[str, NDArray[np.int64]] | None = None,
    ) -> None:
        self.notes = Notes()
        self.refused: Counter[str] = Counter()
        self.compared: Counter[str] = Counter()
        self._excluded = excluded
        self._places = places
        self._sides = {language: HeldOutTexts(language, folder) for language, folder in held_out.items()}
        self._in_documents = in_documents or {}

    def admit_documents(self, documents: Sequence[Row]) -> tuple[list[Refusal | None], list[bool]]:
        """For each training document the reason to refuse it, or None, and whether it has a held-out text. Only texts
        of external test sets cost a document."""
        texts = [
            TrainingText(row.id, {language: text.split("\n") for language, text in row.translation.items() if text})
            for row in documents
        ]
        refusals, found = self._search(texts)
        with_text = [False] * len(texts)
        for _, numbers, matches in found:
            near = matches.containment >= NEAR
            for number in np.unique(numbers[matches.text[near]]):
                with_text[number] = True
        for config in (DOCUMENTS, MONOLINGUAL):  # the latter has the same texts
            self._note(config, texts, found, refusals)
        self.refused.update(refusal.reason for refusal in refusals if refusal)
        return refusals, with_text

    def admit(self, config: str, rows: Sequence[TrainingText]) -> list[Refusal | None]:
        """For each training row the reason to refuse it, or None. One of `monolingual` is not refused for what training
        documents have anyway."""
        refusals, found = self._search(rows)
        for side, numbers, matches in found:
            near = matches.containment >= NEAR
            if config == MONOLINGUAL and side.language in self._in_documents:
                near &= ~np.isin(matches.held, self._in_documents[side.language])
            for at in np.flatnonzero(near):
                number = numbers[matches.text[at]]
                refusals[number] = refusals[number] or _refusal(side, int(matches.held[at]))
        self._note(config, rows, found, refusals)
        self.refused.update(refusal.reason for refusal in refusals if refusal)
        return refusals

    def counts(self) -> dict[str, int]:
        """The rows that were compared, by config, and those that were refused, by reason."""
        refused = {f"{REFUSED}{reason}": count for reason, count in sorted(self.refused.items())}
        return {**{f"{COMPARED}{config}": count for config, count in sorted(self.compared.items())}, **refused}

    def _search(
        self, rows: Sequence[TrainingText]
    ) -> tuple[list[Refusal | None], list[tuple[HeldOutTexts, NDArray[np.int64], Matches]]]:
        """Refusals for external texts; and by language the pieces found, with the row of each unit searched."""
        refusals: list[Refusal | None] = [None] * len(rows)
        found = []
        for language in sorted({language for row in rows for language in row.texts}):
            units = [(i, text) for i, row in enumerate(rows) for text in row.texts.get(language, ())]
            numbers, texts = np.array([i for i, _ in units], np.int64), [text for _, text in units]
            if self._excluded is not None:
                score, held = self._excluded.find(texts).best(len(texts), "text")
                for at in np.flatnonzero(score >= NEAR):
                    number = numbers[at]
                    place = f"{language}: {self._places[held[at]]}"
                    refusals[number] = refusals[number] or Refusal("in_excluded", place)
            if side := self._sides.get(language):
                found.append((side, numbers, side.find(texts, LISTED)))
        return refusals, found

    def _note(
        self,
        config: str,
        rows: Sequence[TrainingText],
        found: Iterable[tuple[HeldOutTexts, NDArray[np.int64], Matches]],
        refusals: Sequence[Refusal | None],
    ) -> None:
        """Take note of what the admitted rows contain."""
        self.compared[config] += len(rows)
        admitted = np.array([refusal is None for refusal in refusals], np.bool_)
        ids = np.array([row.id for row in rows], f"S{ID}")
        for side, numbers, matches in found:
            kept = matches.only(admitted[numbers[matches.text]])
            self.notes.add(config, side.language, ids[numbers], kept)


def _refusal(side: HeldOutTexts, piece: int) -> Refusal:
    config, split, row_id = side.first_row(piece)
    return Refusal(f"near_{split}", f"{side.language}: {config} {row_id}")


def training_text(row: Row) -> TrainingText:
    """A row of sentences, paragraphs or quotations, each side as one unit."""
    return TrainingText(row.id, {language: (text,) for language, text in row.translation.items() if text})
