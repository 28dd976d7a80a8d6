"""Leakage: training rows that contain held-out rows, or texts of external test sets.

First the held-out rows (validation, test) are added, then every training row is checked. A row that contains a held-out
row of its level, exactly or nearly, in any language, is refused, and so is one that contains a text of an external test
set. Whole documents are refused only for external texts: the clusters (splits.py) keep near-duplicates of held-out
stories out of train, which is measured here, not repaired.

leakage.json has the nearest training row of each held-out row.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_builder.dataset.overlap import NEAR, SHORTEST, TextIndex
from corpus_builder.dataset.rows import Row

LISTED = 0.3
"""Containment from which a neighbour is listed. Chosen: below it, two news texts only share phrases."""

_WHOLE = "documents"


@dataclass(frozen=True)
class Refusal:
    """Why a row must not be in train: "near_test", "near_validation" or "in_excluded", and the place of that text."""

    reason: str
    detail: str


@dataclass
class _HeldOutTexts:
    """The held-out texts of one level in one language, and the nearest training row of each so far."""

    index: TextIndex
    rows: list[int] = field(default_factory=list)
    score: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    exact: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    nearest: dict[int, str] = field(default_factory=dict)

    def ready(self) -> None:
        if len(self.score) != self.index.count:
            self.score, self.exact = np.zeros(self.index.count), np.zeros(self.index.count, np.bool_)


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
        self._held: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._sides: dict[tuple[str, str], _HeldOutTexts] = defaultdict(lambda: _HeldOutTexts(TextIndex(folder=folder)))

    def hold_out(self, level: str, split: str, row: Row) -> None:
        """Add a row of validation or test; call it for all of them before the first training row."""
        number = len(self._held[level])
        self._held[level].append((row.id, split))
        for language, text in row.translation.items():
            if text:
                side = self._sides[level, language]
                side.index.add(text)
                side.rows.append(number)

    def admit(self, level: str, rows: Sequence[Row]) -> list[Refusal | None]:
        """For each training row the reason to refuse it, or None."""
        refusals: list[Refusal | None] = [None] * len(rows)
        found_matches = []
        for language in dict.fromkeys(language for row in rows for language in row.translation):
            with_text = [(number, text) for number, row in enumerate(rows) if (text := row.translation.get(language))]
            numbers, texts = np.array([number for number, _ in with_text], np.int64), [text for _, text in with_text]
            if self._excluded is not None:
                score, held = self._excluded.matches(texts).best(len(texts), "text")
                for at in np.flatnonzero(score >= NEAR):
                    refusals[numbers[at]] = Refusal("in_excluded", f"{language}: {self._places[held[at]]}")
            if (level, language) not in self._sides:
                continue
            side = self._sides[level, language]
            side.ready()
            matches = side.index.matches(texts, LISTED)
            found_matches.append((side, numbers, matches))
            if level != _WHOLE:
                score, held = matches.best(len(texts), "text")
                for at in np.flatnonzero(score >= NEAR):
                    row_id, split = self._held[level][side.rows[held[at]]]
                    refusals[numbers[at]] = refusals[numbers[at]] or Refusal(f"near_{split}", f"{language}: {row_id}")
        admitted = np.array([refusal is None for refusal in refusals], np.bool_)
        for side, numbers, matches in found_matches:
            matched_rows = numbers[matches.text]
            score, which = matches.only(admitted[matched_rows]).best(side.index.count, "held")
            for at in np.flatnonzero(score > side.score):
                side.score[at] = score[at]
                side.nearest[int(at)] = rows[numbers[which[at]]].id
            exact = matches.held[matches.exact & admitted[matched_rows]]
            side.exact[exact] = True
        self.refused.update(refusal.reason for refusal in refusals if refusal)
        return refusals

    def summary(self) -> dict[str, dict[str, dict[str, Any]]]:
        """By level and split: how many rows are held out, how many of them leak, and how in each language."""
        result: dict[str, dict[str, dict[str, Any]]] = {}
        for level, held in self._held.items():
            leaked: set[int] = set()
            by_split: dict[str, dict[str, Any]] = {
                split: {"rows": count, "leaked": 0, "exact": {}, "near": {}}
                for split, count in sorted(Counter(split for _, split in held).items())
            }
            for language, side in self._own(level):
                for number in np.flatnonzero(side.score >= NEAR):
                    row = side.rows[number]
                    kind = by_split[held[row][1]]["exact" if side.exact[number] else "near"]
                    kind[language] = kind.get(language, 0) + 1
                    leaked.add(row)
            for row in leaked:
                by_split[held[row][1]]["leaked"] += 1
            result[level] = by_split
        return result

    def worst(self, split: str = "test") -> tuple[str, float]:
        """The level with the largest share of leaking rows, and that share."""
        shares = {
            level: by_split[split]["leaked"] / by_split[split]["rows"]
            for level, by_split in self.summary().items()
            if split in by_split
        }
        return max(shares.items(), key=lambda item: item[1], default=("", 0.0))

    def write(self, path: Path, limit: float) -> None:
        """Write leakage.json: the summary, and a line for each held-out row."""
        head = {
            "what": "the nearest training row of every row of validation and test, language by language, as [share of "
            f"the held-out text's n-grams that the training text has, id]; below {LISTED} none is named",
            "near": NEAR,
            "shortest_text_compared": SHORTEST,
            "limit": limit,
            "leaked": self.worst()[1],
            "left_out_of_train": dict(sorted(self.refused.items())),
            "summary": self.summary(),
        }
        with path.open("w", encoding="utf-8") as out:
            out.write(json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "rows": {')
            for i, level in enumerate(self._held):
                out.write(("," if i else "") + f'\n  "{level}": {{')
                for j, line in enumerate(self._lines(level)):
                    out.write(("," if j else "") + f"\n   {line}")
                out.write("\n  }")
            out.write("\n }\n}\n")

    def _lines(self, level: str) -> Iterable[str]:
        neighbours: dict[int, dict[str, list[Any]]] = defaultdict(dict)
        for language, side in self._own(level):
            for number, row_id in side.nearest.items():
                neighbours[side.rows[number]][language] = [round(float(side.score[number]), 3), row_id]
        for row, (row_id, split) in enumerate(self._held[level]):
            line: Mapping[str, Any] = {"split": split, **dict(sorted(neighbours[row].items()))}
            yield f"{json.dumps(row_id)}: {json.dumps(line, ensure_ascii=False)}"

    def _own(self, level: str) -> Iterable[tuple[str, _HeldOutTexts]]:
        for (name, language), side in sorted(self._sides.items(), key=lambda item: item[0]):
            if name == level:
                side.ready()
                yield language, side
