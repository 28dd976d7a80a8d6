"""The stage "split": the split of each story, kept in splits.json: a later build moves no story.

Of each story memory holds its id and a row of numbers; splits.json is read and written a line at a time.

Each shard gets the splits of its own stories, so that nothing is read again where those of another shard change. Here,
where the files of `exclude` are, the index of external test sets is made as well.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from pathlib import Path

import numpy as np

from corpus_builder.dataset.excluded import index_excluded
from corpus_builder.dataset.splits import NONE, SPLITS, Assignment, Splits, assign
from corpus_builder.dataset.story_table import StoryTable
from corpus_builder.files import file_hash
from corpus_builder.parquet import read_rows
from corpus_builder.stages.export_counts import HELD_OUT, SPLIT, TRAIN
from corpus_builder.stages.stage import ALL, Run, Stage
from corpus_builder.workspace.duplicates import clusters_file, companions_file, read_groups
from corpus_builder.workspace.export_parts import ExportParts
from corpus_builder.workspace.splits import add_splits, read_splits

logger = logging.getLogger(__name__)


def split(run: Run) -> None:
    """Assign the stories to splits, and index the external test sets.

    Near-duplicate stories (quality/clusters/) share a split, and so do stories that share a sentence
    (quality/companions/), where this is possible.
    """
    found = _stories(run)
    splits = split_stories(run, found)[found.rank]
    shards = list(run.workspace.shards())
    run.manifest.keep_only(STAGE.name, [*shards, ALL])
    at = 0
    for shard, ids in zip(shards, found.ids, strict=True):
        own = [SPLITS[number] if number >= 0 else "" for number in splits[at : at + len(ids)].tolist()]
        _write_shard(run, shard, list(zip(ids.to_pylist(), own, strict=True)))
        at += len(ids)
    _index_excluded(run)
    run.manifest.save()


def _write_shard(run: Run, shard: str, splits: list[tuple[str, str]]) -> None:
    started, parts = time.monotonic(), ExportParts(run.workspace)
    key = STAGE.key(run.workspace, shard, splits, inputs={})
    if run.manifest.fresh(STAGE.name, shard, key):
        return
    parts.write_splits(shard, splits)
    path = parts.splits(shard)
    found = Counter(HELD_OUT if own != "train" else TRAIN for _, own in splits if own)
    hashes = {run.workspace.relative(path): file_hash(path)}
    run.manifest.enter(STAGE.name, shard, key, hashes, found, time.monotonic() - started)


def _index_excluded(run: Run) -> None:
    """Index the files of `exclude`, unless they have not changed. Raises UsageError where one cannot be read."""
    started, parts, exclude = time.monotonic(), ExportParts(run.workspace), run.config.dataset.exclude
    files = {name: file_hash(Path(name)) if Path(name).is_file() else "" for name in exclude}
    key = STAGE.key(run.workspace, ALL, files, inputs={})
    if run.manifest.fresh(STAGE.name, ALL, key):
        return
    outputs: list[Path] = []
    if exclude:
        parts.write_places(index_excluded(exclude, parts.excluded))
        outputs = [parts.places, *sorted(parts.excluded.iterdir())]
    run.manifest.record(STAGE.name, ALL, key, outputs, {}, time.monotonic() - started)


def split_stories(run: Run, found: StoryTable) -> Splits:
    """Assign the stories of this build and write splits.json; a story that is in it already keeps its split.

    [stories] the split of each, in the order of their ids. Warns of each pair of languages of which a held-out split
    has fewer stories than the config asks for.
    """
    config, path = run.config.dataset, run.workspace.splits
    stories = found.stories(_earlier(found, path))
    assignment = assign(stories, validation=config.validation, test=config.test, least=config.stories_per_pair)
    if not np.array_equal(assignment.splits, stories.earlier):
        numbers = zip(found.in_order(), assignment.splits, strict=True)
        add_splits(path, ((story, SPLITS[number]) for story, number in numbers if number != NONE))
    _warn(assignment, {"test": config.test, "validation": config.validation}, config.stories_per_pair)
    return assignment.splits


def _earlier(found: StoryTable, path: Path) -> Splits:
    """[stories] the splits in splits.json, in the order of the ids."""
    earlier = np.full(len(found), NONE, np.int8)
    own = enumerate(found.in_order())
    number, story = next(own, (0, None))
    for known, split in read_splits(path):
        while story is not None and story < known:
            number, story = next(own, (0, None))
        if story == known:
            earlier[number] = SPLITS.index(split)
    return earlier


def _warn(assignment: Assignment, shares: dict[str, float], least: int) -> None:
    for pair, counts in assignment.pairs.items():
        few = [f"{counts[split]} in {split}" for split in SPLITS if shares.get(split) and counts[split] < least]
        if few:
            logger.warning(
                "%s: only %s of %d stories, fewer than %d (stories_per_pair); scores on so few are uncertain",
                pair, " and ".join(few), sum(counts.values()), least,
            )  # fmt: skip


def _stories(run: Run) -> StoryTable:
    """What is known of every story that yields rows (two or more editions)."""
    table = StoryTable(run.languages)
    for shard, path in run.workspace.shards().items():
        days: dict[str, dict[str, str | None]] = {}
        for row in read_rows(path, ["article_id", "language", "published"]):
            days.setdefault(row["article_id"], {})[row["language"]] = row["published"] and row["published"][:10]
        clusters, companions = (read_groups(file(run.workspace, shard)) for file in (clusters_file, companions_file))
        table.add({story: known for story, known in days.items() if len(known) > 1}, clusters, companions)
    return table


STAGE = Stage(
    name=SPLIT,
    command="export",
    about="assigns stories to train, validation and test; indexes the test sets of `exclude`",
    reads=("articles/*.parquet", "quality/clusters/*.parquet", "quality/companions/*.parquet"),
    writes=("splits.json", "export/splits/<shard>.parquet", "export/excluded/*"),
    run=split,
    modules=(
        "dataset.excluded",
        "dataset.origins",
        "dataset.overlap",
        "dataset.rows",
        "dataset.runs",
        "dataset.splits",
        "dataset.story_table",
        "dataset.text_index",
        "languages",
        "model",
        "packed",
        "quality",
        "stages.export_counts",
        "stages.split",
        "text",
        "workspace.duplicates",
        "workspace.export_parts",
        "workspace.splits",
    ),
)
