"""Which story goes to which split, kept in splits.json: a later build moves no story."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pyarrow.parquet as pq

from corpus_builder.dataset.splits import Assignment, assign
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.splits import read_splits, write_splits
from corpus_builder.workspace.stories import shard_files


def split_stories(run: Run, clusters: Iterable[Collection[str]] = ()) -> Assignment:
    """Assign the stories of this build and write splits.json; what it says already stays as it is.

    `clusters` are groups of article ids that are near-duplicates of one another.
    """
    earlier = read_splits(run.workspace.splits)
    config = run.config.dataset
    assignment = assign(_dates(run), clusters, validation=config.validation, test=config.test, earlier=earlier)
    if assignment.splits != earlier:
        write_splits(run.workspace.splits, assignment.splits)
    return assignment


def _dates(run: Run) -> dict[str, str | None]:
    """The day of first publication of every story that yields rows: those of two or more editions."""
    dates: dict[str, str | None] = {}
    for path in shard_files(run.workspace).values():
        table = pq.read_table(path, columns=["article_id", "published"])
        days: dict[str, list[str | None]] = {}
        for article_id, published in zip(*(column.to_pylist() for column in table.columns), strict=True):
            days.setdefault(article_id, []).append(published and published[:10])
        dates |= {story: min(filter(None, own), default=None) for story, own in days.items() if len(own) > 1}
    return dates
