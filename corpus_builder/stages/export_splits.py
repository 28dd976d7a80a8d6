"""The split of each story, kept in splits.json: a later build moves no story."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from corpus_builder.dataset.splits import Assignment, assign
from corpus_builder.parquet import read_rows
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.splits import read_splits, write_splits


def split_stories(run: Run, clusters: Iterable[Collection[str]] = ()) -> Assignment:
    """Assign the stories of this build and write splits.json; a story that is in it already keeps its split.

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
    for path in run.workspace.shards().values():
        days: dict[str, list[str | None]] = {}
        for row in read_rows(path, ["article_id", "published"]):
            days.setdefault(row["article_id"], []).append(row["published"] and row["published"][:10])
        dates |= {story: min(filter(None, known), default=None) for story, known in days.items() if len(known) > 1}
    return dates
