"""Parquet: a dataset folder with the chosen rows alone, which every other command reads."""

from __future__ import annotations

from itertools import groupby, islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_builder.dataset.exporters.selection import Outcome, Selection
from corpus_builder.dataset.write import ROWS


def write(selection: Selection, out: Path) -> Outcome:
    """Write a folder: data/<config>/<split>-00000-of-00001.parquet."""
    schema = selection.folder.schema(selection.config)
    place = out / "data" / selection.config
    place.mkdir(parents=True)
    rows = 0
    for split, members in groupby(selection.rows(), key=lambda item: item[0]):
        with pq.ParquetWriter(place / f"{split}-00000-of-00001.parquet", schema, compression="zstd") as file:
            while batch := [row for _, row in islice(members, ROWS)]:
                file.write_table(pa.Table.from_pylist(batch, schema=schema))
                rows += len(batch)
    return selection.outcome(rows)
