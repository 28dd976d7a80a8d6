"""leakage.json: what of the held-out rows stands in train, from the notes of all training rows; and which held-out rows
are withdrawn, as training documents have them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus_builder.dataset.held_out import HeldOutRows, Mask, Pieces
from corpus_builder.dataset.leakage import LISTED, Best, read_notes
from corpus_builder.dataset.overlap import NEAR, SHORTEST
from corpus_builder.dataset.quotes import QUOTES
from corpus_builder.dataset.rows import DOCUMENTS, ID, LEVELS, MONOLINGUAL

TRAINING = (DOCUMENTS, MONOLINGUAL, *LEVELS, QUOTES)
"""The configs of training rows, in the order in which they are told."""


class _Side:
    """What was found of the pieces in one language: by config which are in train, and the nearest row of each."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self.found = {config: np.zeros(pieces.distinct, np.bool_) for config in TRAINING}
        self.score = np.zeros(pieces.distinct)
        self._exact = np.zeros(pieces.distinct, np.bool_)
        self.config = np.zeros(pieces.distinct, np.int8)
        self.id = np.zeros(pieces.distinct, f"S{ID}")

    def add(self, config: str, best: Best) -> None:
        """Add notes; those of equals that come first win."""
        self.found[config][best.piece[best.score >= NEAR]] = True
        known, exact = self.score[best.piece], self._exact[best.piece]
        better = (best.score > known) | ((best.score == known) & best.exact & ~exact)
        piece = best.piece[better]
        self.score[piece], self._exact[piece] = best.score[better], best.exact[better]
        self.config[piece], self.id[piece] = TRAINING.index(config), best.id[better]


@dataclass(frozen=True)
class Published:
    """What the report says besides: the rows that were refused for train, by reason, how many training rows of each
    config were compared, and the share of rows that may leak."""

    refused: Mapping[str, int]
    compared: Mapping[str, int]
    limit: float


class LeakageReport:
    """The held-out `rows`, their `pieces` by language, and the notes of training rows, which are added."""

    def __init__(self, rows: HeldOutRows, pieces: Mapping[str, Pieces]) -> None:
        self._rows = rows
        self._sides = {language: _Side(own) for language, own in pieces.items()}
        self._withdrawn: Mask | None = None

    def add(self, files: Iterable[Path]) -> None:
        """Add the notes in some files, in this order; those of the documents first."""
        for path in files:
            for config, language, best in read_notes(path):
                self._sides[language].add(config, best)

    def in_documents(self) -> dict[str, Mask]:
        """By language, [pieces] which stand in training documents."""
        return {language: side.found[DOCUMENTS] for language, side in self._sides.items()}

    def withdrawn(self) -> Mask:
        """[held-out rows] which stand in training documents, and must not be published in their split."""
        if self._withdrawn is None:
            self._withdrawn = self._in_train([DOCUMENTS])
        return self._withdrawn

    def _in_train(self, configs: Iterable[str]) -> Mask:
        """[held-out rows] whether one stands in the training rows of these configs together, in any language."""
        there = np.zeros(len(self._rows), np.bool_)
        for side in self._sides.values():
            pieces = np.logical_or.reduce([side.found[config] for config in configs])
            there |= side.pieces.shares(len(self._rows), pieces) >= NEAR
        return there

    def summary(self, compared: Mapping[str, int]) -> dict[str, dict[str, dict[str, Any]]]:
        """By config and split of the held-out rows: how many are published (`rows`) and how many were withdrawn, how
        many of the published ones stand in training rows of each config (`in_train`) and of all together (`leaked`),
        and how many documents have at least one sentence that also stands in train (`with_sentences_in_train`).
        """
        count, published = len(self._rows), ~self.withdrawn()
        trained = [config for config in TRAINING if compared.get(config)]
        leaked = (self._in_train(trained) if trained else np.zeros(count, np.bool_)) & published
        by_config = {config: self._in_train([config]) & published for config in trained}
        parts = np.zeros(count, np.bool_)
        for side in self._sides.values():
            for config in trained:
                parts |= side.pieces.shares(count, side.found[config]) > 0
        result: dict[str, dict[str, dict[str, Any]]] = {}
        for config, split, chosen in self._groups():
            own = {
                "rows": int(published[chosen].sum()),
                "withdrawn": int((~published[chosen]).sum()),
                "leaked": int(leaked[chosen].sum()),
                "in_train": {name: int(mask[chosen].sum()) for name, mask in by_config.items()},
            }
            if config == DOCUMENTS:
                own["with_sentences_in_train"] = int((parts & published)[chosen].sum())
            result.setdefault(config, {})[split] = own
        return result

    def _groups(self) -> Iterator[tuple[str, str, Mask]]:
        """The configs in the order in which they come first, their splits alphabetically, and the rows of each."""
        configs, splits = self._rows.config, self._rows.split
        of_config, of_split = (column.indices.to_numpy() for column in (configs, splits))
        names = splits.dictionary.to_pylist()
        for number, config in enumerate(configs.dictionary.to_pylist()):
            for split in sorted(names):
                chosen = (of_config == number) & (of_split == names.index(split))
                if chosen.any():
                    yield config, split, chosen

    def write(self, path: Path, told: Published) -> tuple[str, float]:
        """Write leakage.json: the summary, and a line for each held-out row. The config with the largest share of
        leaking test rows, and that share."""
        summary = self.summary(told.compared)
        level, share = worst(summary)
        head = {
            "what": "every row of validation and test held against every training row of every config. summary: rows "
            "that stand in train, by config. rows: by language, the share of the row's n-grams that its nearest "
            f"training rows have, and the nearest one; below {LISTED} none is named",
            "near": NEAR,
            "shortest_text_compared": SHORTEST,
            "limit": told.limit,
            "leaked": share,
            "left_out_of_train": dict(sorted(told.refused.items())),
            "summary": summary,
        }
        with path.open("w", encoding="utf-8") as out:
            out.write(json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "rows": {')
            before = None
            for config, line in self._lines():
                if config == before:
                    out.write(",\n   " + line)
                else:
                    out.write(("\n  }," if before else "") + f'\n  "{config}": {{\n   {line}')
                before = config
            out.write(("\n  }" if before else "") + "\n }\n}\n")
        return level, share

    def _lines(self) -> Iterator[tuple[str, str]]:
        """The line of each row, config by config."""
        count = len(self._rows)
        shares = {language: side.pieces.shares(count, side.score) for language, side in sorted(self._sides.items())}
        nearest = {x: side.pieces.longest(count, side.score > 0) for x, side in self._sides.items()}
        withdrawn = self.withdrawn()
        of_config = self._rows.config
        for at, config in enumerate(of_config.dictionary.to_pylist()):
            for number in np.flatnonzero(of_config.indices.to_numpy() == at).tolist():
                line: dict[str, Any] = {"split": self._rows.split[number].as_py()}
                if withdrawn[number]:
                    line["withdrawn"] = True
                for language, own in shares.items():
                    piece, side = nearest[language][number], self._sides[language]
                    if piece >= 0 and own[number] > 0:
                        found = TRAINING[side.config[piece]], side.id[piece].decode()
                        line[language] = [round(float(own[number]), 3), *found]
                yield config, f"{json.dumps(self._rows.id[number].as_py())}: {json.dumps(line, ensure_ascii=False)}"


def worst(summary: Mapping[str, Mapping[str, Mapping[str, Any]]], split: str = "test") -> tuple[str, float]:
    """The config with the largest share of leaking rows, and that share."""
    shares = {
        config: own[split]["leaked"] / own[split]["rows"]
        for config, own in summary.items()
        if split in own and own[split]["rows"]
    }
    return max(shares.items(), key=lambda item: item[1], default=("", 0.0))
