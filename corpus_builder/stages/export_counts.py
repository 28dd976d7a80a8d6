"""What the stages of an export count, by which the tasks of the next one are made; and their names."""

from __future__ import annotations

from corpus_builder.stages.stage import Run

SPLIT, RESERVE, INDEX, SCREEN, ROWS = "split", "reserve", "index", "screen", "rows"
"""The stages whose tasks follow from the counts of one another."""
TRAIN, HELD_OUT = "stories_train", "stories_held_out"
"""Counts of a shard in the stage SPLIT: its stories for training, and those of validation and test."""
ALONE = "alone"
"""The file of a shard's rows with the texts of stories in one language, which come after all others."""
EXPORT, DROPPED = "export", "dropped"
"""The stage of all drops of an export, and their count."""
TESTED, REMOVED = "tested ", "removed "
"""Counts of filters: before the name of a config, and before that and the name of the filter."""
RESERVED = "rows_held_out"
"""The count of a shard's held-out rows in the stage RESERVE."""


def rows_count(file: str, config: str, split: str) -> str:
    """The name of the count of the rows of a config and split in a file of a shard ("sentences")."""
    return f"{file} {config} {split}"


def counted(run: Run, stage: str, count: str) -> list[str]:
    """The shards of which a stage has counted some, in order."""
    return [shard for shard, entry in sorted(run.manifest.stages.get(stage, {}).items()) if entry.counts.get(count)]
