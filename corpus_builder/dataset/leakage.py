"""Leakage: held-out texts (validation, test) in training rows, and texts of external test sets.

Every training row of every config is compared with the held-out rows of every config, in each language:

1. hold_out() takes the held-out rows; a document counts by its sentences (held_out.py).
2. admit_documents() takes the training documents. They are not dropped for a phrase that a held-out story has, too:
   they are flagged, and the held-out rows that stand in them are withdrawn() from their split.
3. admit() takes the other training rows and refuses each that contains a held-out text, exactly or nearly.

Texts of external test sets cost a training row of any config. What is left is measured from the rows that were
admitted: leakage.json has the counts, config by config, and the nearest training row of each held-out row.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_builder.dataset.held_out import HeldOutTexts
from corpus_builder.dataset.overlap import NEAR, SHORTEST, Matches, TextIndex
from corpus_builder.dataset.rows import DOCUMENTS, MONOLINGUAL, Row

LISTED = 0.3
"""Containment from which a neighbour is listed. Chosen: below it, two news texts only share phrases."""

HELD_OUT_TEXT = "held_out_text"
"""The flag of a training document that has a sentence of a held-out story."""
WITHDRAWN = "in_train_documents"
"""Why a held-out row is dropped: its text stands in training documents."""


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


class Leakage:
    """Compares training rows with held-out rows. `excluded` is an index of external texts, `places` where each is;
    `folder` is for the index of the held-out texts (None: the system's folder for temporary files).
    """

    def __init__(
        self, excluded: TextIndex | None = None, places: Sequence[str] = (), folder: Path | None = None
    ) -> None:
        self.refused: Counter[str] = Counter()
        self._excluded = excluded
        self._places = places
        self._folder = folder
        self._held: list[tuple[str, str, str]] = []  # config, split and id of each held-out row
        self._sides: dict[str, HeldOutTexts] = {}
        self._owner: dict[str, dict[int, int]] = defaultdict(dict)
        self._train: dict[str, None] = {}  # the configs of training rows, in order
        self._withdrawn: NDArray[np.bool_] | None = None
        self._numbers: dict[tuple[str, str], int] = {}

    def hold_out(self, config: str, split: str, row: Row) -> None:
        """Add a row of validation or test; call it for all of them before the first training row."""
        number = len(self._held)
        self._held.append((config, split, row.id))
        self._numbers[config, row.id] = number
        for language, text in row.translation.items():
            if text:
                if language not in self._sides:  # setdefault would make a folder for each row
                    self._sides[language] = HeldOutTexts(language, self._folder)
                side = self._sides[language]
                side.add(number, text, whole_document=config == DOCUMENTS)

    def admit_documents(self, documents: Sequence[Row]) -> tuple[list[Refusal | None], list[bool]]:
        """For each training document the reason to refuse it, or None, and whether it has a held-out text; all of them
        come before the first other row. Only texts of external test sets cost a document."""
        if self._withdrawn is not None:
            raise RuntimeError("all training documents must be seen before other rows")
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
        withdrawn_by_documents = {language: side.found(DOCUMENTS) for language, side in self._sides.items()}
        self._settle()
        refusals, found = self._search(rows)
        for side, numbers, matches in found:
            known = withdrawn_by_documents[side.language][matches.held] & (config == MONOLINGUAL)
            near = np.flatnonzero((matches.containment >= NEAR) & ~known)
            for at in near:
                number = numbers[matches.text[at]]
                refusals[number] = refusals[number] or self._refusal(side, int(matches.held[at]))
        self._note(config, rows, found, refusals)
        self.refused.update(refusal.reason for refusal in refusals if refusal)
        return refusals

    def withdrawn(self, config: str, row_id: str) -> bool:
        """Whether a held-out row stands in training documents, and must not be published in its split."""
        return bool(self._settle()[self._numbers[config, row_id]])

    def _settle(self) -> NDArray[np.bool_]:
        """[held-out rows] which are withdrawn; no training document can follow."""
        if self._withdrawn is None:
            self._withdrawn = self._in_train([DOCUMENTS])
        return self._withdrawn

    def _in_train(self, configs: Iterable[str]) -> NDArray[np.bool_]:
        """[held-out rows] whether one stands in the training rows of these configs together, in any language."""
        there = np.zeros(len(self._held), np.bool_)
        for side in self._sides.values():
            pieces = np.logical_or.reduce([side.found(config) for config in configs])
            there |= side.shares(len(self._held), pieces) >= NEAR
        return there

    def _search(
        self, rows: Sequence[TrainingText]
    ) -> tuple[list[Refusal | None], list[tuple[HeldOutTexts, NDArray[np.int64], Matches]]]:
        """Refusals for external texts; and by language the pieces found, with the row of each unit searched."""
        refusals: list[Refusal | None] = [None] * len(rows)
        found = []
        for language in dict.fromkeys(language for row in rows for language in row.texts):
            units = [(i, text) for i, row in enumerate(rows) for text in row.texts.get(language, ())]
            numbers, texts = np.array([i for i, _ in units], np.int64), [text for _, text in units]
            if self._excluded is not None:
                score, held = self._excluded.matches(texts).best(len(texts), "text")
                for at in np.flatnonzero(score >= NEAR):
                    refusals[numbers[at]] = Refusal("in_excluded", f"{language}: {self._places[held[at]]}")
            if side := self._sides.get(language):
                found.append((side, numbers, side.index.distinct(texts, LISTED)))
        return refusals, found

    def _note(
        self,
        config: str,
        rows: Sequence[TrainingText],
        found: Iterable[tuple[HeldOutTexts, NDArray[np.int64], Matches]],
        refusals: Sequence[Refusal | None],
    ) -> None:
        """Take note of what the admitted rows contain."""
        self._train[config] = None
        admitted = np.array([refusal is None for refusal in refusals], np.bool_)
        for side, numbers, matches in found:
            kept = matches.only(admitted[numbers[matches.text]])
            side.note(config, [rows[number].id for number in numbers], kept)

    def _refusal(self, side: HeldOutTexts, piece: int) -> Refusal:
        owner = self._owner[side.language]
        if not owner:
            for row, entry in zip(side.rows, side.index.entries, strict=True):
                owner.setdefault(int(entry), row)
        config, split, row_id = self._held[owner[piece]]
        return Refusal(f"near_{split}", f"{side.language}: {config} {row_id}")

    def summary(self) -> dict[str, dict[str, dict[str, Any]]]:
        """By config and split of the held-out rows: how many are published (`rows`) and how many were withdrawn, how
        many of the published ones stand in training rows of each config (`in_train`) and of all together (`leaked`),
        and how many documents have at least one sentence that also stands in train (`with_sentences_in_train`).
        """
        published = ~self._settle()
        leaked = self._in_train(self._train) if self._train else np.zeros(len(self._held), np.bool_)
        by_config = {config: self._in_train([config]) & published for config in self._train}
        parts = np.zeros(len(self._held), np.bool_)
        for side in self._sides.values():
            for config in self._train:
                parts |= side.shares(len(self._held), side.found(config)) > 0
        groups: dict[str, dict[str, list[int]]] = {}
        for number, (config, split, _) in enumerate(self._held):
            groups.setdefault(config, {}).setdefault(split, []).append(number)
        result: dict[str, dict[str, dict[str, Any]]] = {}
        for config, by_split in groups.items():
            for split, numbers in sorted(by_split.items()):
                own = {
                    "rows": int(published[numbers].sum()),
                    "withdrawn": int((~published[numbers]).sum()),
                    "leaked": int((leaked & published)[numbers].sum()),
                    "in_train": {name: int(mask[numbers].sum()) for name, mask in by_config.items()},
                }
                if config == DOCUMENTS:
                    own["with_sentences_in_train"] = int((parts & published)[numbers].sum())
                result.setdefault(config, {})[split] = own
        return result

    def worst(self, split: str = "test") -> tuple[str, float]:
        """The config with the largest share of leaking rows, and that share."""
        shares = {
            config: own[split]["leaked"] / own[split]["rows"]
            for config, own in self.summary().items()
            if split in own and own[split]["rows"]
        }
        return max(shares.items(), key=lambda item: item[1], default=("", 0.0))

    def write(self, path: Path, limit: float) -> None:
        """Write leakage.json: the summary, and a line for each held-out row."""
        head = {
            "what": "every row of validation and test held against every training row of every config. summary: rows "
            "that stand in train, by config. rows: by language, the share of the row's n-grams that its nearest "
            f"training rows have, and the nearest one; below {LISTED} none is named",
            "near": NEAR,
            "shortest_text_compared": SHORTEST,
            "limit": limit,
            "leaked": self.worst()[1],
            "left_out_of_train": dict(sorted(self.refused.items())),
            "summary": self.summary(),
        }
        with path.open("w", encoding="utf-8") as out:
            out.write(json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "rows": {')
            lines: dict[str, list[str]] = {}
            for config, line in self._lines():
                lines.setdefault(config, []).append(line)
            for i, (config, own) in enumerate(lines.items()):
                out.write(("," if i else "") + f'\n  "{config}": {{\n   ' + ",\n   ".join(own) + "\n  }")
            out.write("\n }\n}\n")

    def _lines(self) -> Iterator[tuple[str, str]]:
        neighbours = {
            language: side.neighbours(len(self._held)) for language, side in sorted(self._sides.items())
        }  # fmt: skip
        withdrawn = self._settle()
        for number, (config, split, row_id) in enumerate(self._held):
            line: dict[str, Any] = {"split": split}
            if withdrawn[number]:
                line["withdrawn"] = True
            for language, (shares, nearest) in neighbours.items():
                if number in nearest and shares[number] > 0:
                    line[language] = [round(float(shares[number]), 3), *nearest[number]]
            yield config, f"{json.dumps(row_id)}: {json.dumps(line, ensure_ascii=False)}"


def training_text(row: Row) -> TrainingText:
    """A row of sentences, paragraphs or quotations, each side as one unit."""
    return TrainingText(row.id, {language: (text,) for language, text in row.translation.items() if text})
