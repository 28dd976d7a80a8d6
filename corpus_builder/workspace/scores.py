"""Reading scores/<shard>.parquet: scores and flags of rows by level and position (written by score_writer.py)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_builder.parquet import read_rows

if TYPE_CHECKING:  # only a type: a stage that reads no scores does not depend on the code of rows
    from corpus_builder.dataset.rows import Scores


def read_scores(path: Path, only: Collection[str] | None = None) -> Iterator[tuple[str, Scores]]:
    """The scores of a shard, an article at a time."""
    for article_id, rows in groupby(read_rows(path, only=only), key=lambda row: str(row["article_id"])):
        yield article_id, {(row["level"], row["position"]): (row["quality"], tuple(row["flags"])) for row in rows}
