"""The verdict on a dataset: its rows by pair, how much of the text they have, and the worst of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.rows import DOCUMENTS, MONOLINGUAL, pair_names
from corpus_builder.model import LIKELY, RIGHT
from corpus_builder.quality.reasons import reason_against
from corpus_builder.report.data import Covered, PairVerdict, Verdict, WorstRow
from corpus_builder.report.story import CHARACTERS
from corpus_builder.report.templating import shortened

WORST = 20
"""Worst rows that are kept. Chosen: a screen."""
ROWS = "sentences"


def verdict(folder: DatasetFolder, languages: Sequence[str], places: Mapping[str, str] | None = None) -> Verdict | None:
    """The verdict, in one pass over the sentence rows; None where the dataset has none with a probability.

    `places` has the address of each story by its article id, for the worst rows.
    """
    if ROWS not in folder.configs or "probability" not in folder.schema(ROWS).names:
        return None
    schema = folder.schema(ROWS)
    scores = {field.name for field in schema.field("quality").type} if "quality" in schema.names else set()
    pairs = {pair: np.zeros(3, np.int64) for pair in pair_names(languages)}
    rows = dict.fromkeys(languages, 0)
    worst: list[tuple[float, dict[str, Any]]] = []
    for _, batch in folder.batches(ROWS):
        for pair, counts in pairs.items():
            counts += _counts(batch, pair, scores, len(languages))
        for language, characters in _characters(batch["translation"]).items():
            if language in rows:
                rows[language] += characters
        worst = _lowest(worst, batch)
    return Verdict(
        {pair: PairVerdict(*map(int, counts)) for pair, counts in pairs.items() if counts[0]},
        _covered(folder, rows),
        tuple(_worst_row(probability, row, places or {}) for probability, row in worst),
    )


def _counts(batch: pa.RecordBatch, pair: str, scores: set[str], languages: int) -> Any:
    """Rows that have both sides of a pair, those that are right, those that are complete as well."""
    suffix = "_" + pair.replace("-", "_") if languages > 2 else ""
    probability = _numbers(batch, f"probability{suffix}", scores)
    if probability is None:
        return np.zeros(3, np.int64)
    right = probability >= RIGHT
    complete = _numbers(batch, f"complete{suffix}", scores)
    whole = right & (complete >= LIKELY) if complete is not None else right
    return np.array([np.isfinite(probability).sum(), right.sum(), whole.sum()])


def _numbers(batch: pa.RecordBatch, name: str, scores: set[str]) -> Any:
    """A column, or one of the struct `quality`, NaN where a row has none; None where the dataset has no such score."""
    if name in scores:
        values = pc.struct_field(batch["quality"], name)
    elif name in batch.schema.names:
        values = batch[name]
    else:
        return None
    return pc.fill_null(values.cast(pa.float64()), float("nan")).to_numpy(zero_copy_only=False)


def _characters(texts: pa.StructArray) -> dict[str, int]:
    """Characters by language in some translations."""
    named = zip(texts.type, texts.flatten(), strict=True)
    return {field.name: pc.sum(pc.utf8_length(values)).as_py() or 0 for field, values in named}


def _covered(folder: DatasetFolder, rows: Mapping[str, int]) -> dict[str, Covered]:
    stories = dict.fromkeys(rows, 0)
    if DOCUMENTS in folder.configs:
        for _, batch in folder.batches(DOCUMENTS, columns=["translation"]):
            for language, characters in _characters(batch["translation"]).items():
                if language in stories:
                    stories[language] += characters
    found = {}
    for language, characters in rows.items():
        config, everything = f"{MONOLINGUAL}.{language}", 0
        if config in folder.configs:
            for _, batch in folder.batches(config, columns=["text"]):
                everything += pc.sum(pc.utf8_length(batch["text"])).as_py() or 0
        found[language] = Covered(characters, stories[language], everything)
    return found


def _lowest(worst: list[tuple[float, dict[str, Any]]], batch: pa.RecordBatch) -> list[tuple[float, dict[str, Any]]]:
    """The rows of lowest probability so far and of a batch, in the order of the files where they are equal."""
    probability = pc.fill_null(batch["probability"].cast(pa.float64()), float("nan")).to_numpy(zero_copy_only=False)
    order = np.argsort(probability, kind="stable")[:WORST]
    chosen = [int(row) for row in order if np.isfinite(probability[row])]
    new = zip((float(probability[row]) for row in chosen), batch.take(pa.array(chosen)).to_pylist(), strict=True)
    return sorted([*worst, *new], key=lambda found: found[0])[:WORST]


def _worst_row(probability: float, row: Mapping[str, Any], places: Mapping[str, str]) -> WorstRow:
    return WorstRow(
        article_id=str(row["article_id"]),
        place=places.get(str(row["article_id"]), ""),
        probability=probability,
        reason=reason_against(row.get("quality") or {}, ROWS),
        flags=tuple(row.get("flags") or ()),
        sides={language: shortened(text, CHARACTERS) for language, text in row["translation"].items() if text},
    )
