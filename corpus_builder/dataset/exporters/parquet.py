"""Parquet: a dataset folder with the chosen rows alone, which every other command reads."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from corpus_builder.dataset.exporters.selection import ExportOutcome, Selection
from corpus_builder.dataset.write import ROWS
from corpus_builder.parquet import write_rows


def write(selection: Selection, out: Path) -> ExportOutcome:
    """Write a folder: data/<config>/<split>-00000-of-00001.parquet."""
    schema = selection.folder.schema(selection.config)
    place = out / "data" / selection.config
    place.mkdir(parents=True)
    rows = 0
    for split, members in groupby(selection.rows(), key=lambda item: item[0]):
        rows += write_rows(place / f"{split}-00000-of-00001.parquet", schema, (row for _, row in members), ROWS)
    return selection.outcome(rows)
