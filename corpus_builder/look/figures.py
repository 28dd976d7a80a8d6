"""The figures of the overview: the verdict on a dataset, computed once when its index is built."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow.compute as pc

from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.rows import DOCUMENTS, MONOLINGUAL, pair_names

RIGHT = 0.9
"""A row of this probability counts as right. The README and the card give the precision of rows at p ≥ .9."""
COMPLETE = 0.5
"""A row is complete from this on: more likely than not no side says more; the common filter of quality/filters.py."""


def overview(
    db: sqlite3.Connection, folder: DatasetFolder, languages: Sequence[str], covered: Mapping[str, int]
) -> dict[str, Any]:
    """Rows by config and split; by pair how many rows are right and complete; the share of the text that is in rows."""
    return {
        "rows": {config: folder.splits(config) for config in folder.configs if "." not in config},
        "pairs": _pairs(db, languages),
        "covered": _shares(folder, languages, covered),
    }


def _pairs(db: sqlite3.Connection, languages: Sequence[str]) -> dict[str, dict[str, int]]:
    """Of each pair: sentence rows with both sides, those that are right, and those that are complete as well."""
    found = {}
    for pair in pair_names(languages):
        suffix = "_" + pair.replace("-", "_") if len(languages) > 2 else ""
        probability, complete = _column(db, f"probability{suffix}"), _column(db, f"complete{suffix}")
        if probability is None:
            continue
        right = probability >= RIGHT
        both = right & (complete >= COMPLETE) if complete is not None else right
        found[pair] = {
            "rows": int(np.isfinite(probability).sum()),
            "right": int(right.sum()),
            "complete": int(both.sum()),
        }
    return found


def _column(db: sqlite3.Connection, name: str) -> Any:
    row = db.execute("SELECT bytes FROM columns WHERE level = 'sentences' AND name = ?", (name,)).fetchone()
    return None if row is None else np.frombuffer(row[0], np.float64)


def _shares(folder: DatasetFolder, languages: Sequence[str], covered: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """By language the characters in sentence rows, of stories in two languages or more, and of all editions."""
    stories = dict.fromkeys(languages, 0)
    if DOCUMENTS in folder.configs:
        for _, batch in folder.batches(DOCUMENTS, columns=["translation"]):
            texts = batch["translation"]
            for field, values in zip(texts.type, texts.flatten(), strict=True):
                if field.name in stories:
                    stories[field.name] += pc.sum(pc.utf8_length(values)).as_py() or 0
    shares = {}
    for language in languages:
        config, total = f"{MONOLINGUAL}.{language}", 0
        if config in folder.configs:
            for _, batch in folder.batches(config, columns=["text"]):
                total += pc.sum(pc.utf8_length(batch["text"])).as_py() or 0
        shares[language] = {"rows": covered.get(language, 0), "stories": stories[language], "all": total}
    return shares
