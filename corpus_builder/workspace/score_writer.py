"""Writing scores/<shard>.parquet: scores and flags of rows, in the order of aligned/. scores.py reads it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from corpus_builder.parquet import write_tables
from corpus_builder.quality.batch import RowTexts
from corpus_builder.quality.columns import columns
from corpus_builder.quality.scoring import ScoredRows


def scores_schema(languages: Sequence[str]) -> pa.Schema:
    """The columns of scores/."""
    quality = pa.struct(list(columns(languages).items()))
    return pa.schema(
        [
            ("article_id", pa.string()),
            ("level", pa.string()),
            ("position", pa.int32()),
            ("quality", quality),
            ("flags", pa.list_(pa.string())),
        ]
    )


def scores_table(rows: Sequence[RowTexts], scored: ScoredRows, languages: Sequence[str]) -> pa.Table:
    """Rows with their scores, in the columns of scores/."""
    schema = scores_schema(languages)
    quality_fields = list(schema.field("quality").type)
    quality = [_column(scored, field) for field in quality_fields]
    table_columns = [
        pa.array([row.article_id for row in rows]),
        pa.array([row.level for row in rows]),
        pa.array([row.position for row in rows], pa.int32()),
        pa.StructArray.from_arrays(quality, fields=quality_fields),
        pa.array(scored.flags, schema.field("flags").type),
    ]
    return pa.table(table_columns, schema=schema)


def _column(scored: ScoredRows, field: pa.Field) -> pa.Array:
    values = scored.values[field.name]
    return pa.array(values, field.type, mask=np.isnan(values) if isinstance(values, np.ndarray) else None)


def write_scores(path: Path, languages: Sequence[str], tables: Iterable[pa.Table]) -> int:
    """Write the scores of a shard; the number of rows."""
    return write_tables(path, scores_schema(languages), tables)
