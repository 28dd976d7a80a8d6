"""Which story goes to which split, kept in splits.json: a later build moves no story."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from corpus_builder.dataset.splits import SPLITS, Assignment, assign
from corpus_builder.errors import RunError
from corpus_builder.pipeline.extracting import shard_files
from corpus_builder.pipeline.run import Run
from corpus_builder.pipeline.workspace import replacing


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


def read_splits(path: Path) -> dict[str, str]:
    """The splits by article id; none where there is no file. Raises RunError for a damaged one."""
    try:
        splits = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(splits, dict) or not set(map(str, splits.values())) <= set(SPLITS):
            raise ValueError(f"it must map article ids to {', '.join(SPLITS)}")
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise RunError(
            f"{path} cannot be read: {error}", next_step="mend it, or remove it to have all stories split anew"
        ) from error
    return splits


def write_splits(path: Path, splits: Mapping[str, str]) -> None:
    """Write splits.json, a line a story."""
    with replacing(path) as part:
        part.write_text(json.dumps(dict(splits), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


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
