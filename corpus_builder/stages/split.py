"""The stage "split": the split of each story, kept in splits.json: a later build moves no story.

Each shard gets the splits of its own stories, so that nothing is read again where those of another shard change. Here,
where the files of `exclude` are, the index of external test sets is made as well.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from corpus_builder.dataset.excluded import index_excluded
from corpus_builder.dataset.rows import pair_names
from corpus_builder.dataset.splits import SPLITS, Assignment, assign
from corpus_builder.files import file_hash
from corpus_builder.parquet import read_rows
from corpus_builder.stages.export_counts import HELD_OUT, SPLIT, TRAIN
from corpus_builder.stages.stage import ALL, Run, Stage
from corpus_builder.workspace.duplicates import read_clusters, read_companions
from corpus_builder.workspace.export_parts import ExportParts
from corpus_builder.workspace.splits import read_splits, write_splits

logger = logging.getLogger(__name__)


def split(run: Run) -> None:
    """Assign the stories to splits, and index the external test sets.

    Near-duplicate stories (quality/clusters.json) share a split, and so do stories that share a sentence
    (quality/companions.json), where this is possible.
    """
    stories = _stories(run)
    assignment = split_stories(run, stories, read_clusters(run.workspace), read_companions(run.workspace))
    shards = list(run.workspace.shards())
    run.manifest.keep_only(STAGE.name, [*shards, ALL])
    for shard in shards:
        splits = [(story, assignment.splits.get(story, "")) for story in stories.shards[shard]]
        splits = [(story, "" if story in assignment.left_out else own) for story, own in splits]
        _write_shard(run, shard, splits)
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


@dataclass(frozen=True)
class _Stories:
    """Of every story that yields rows (two or more editions) the day of first publication and the pairs; and by shard
    the ids of these stories in order."""

    dates: dict[str, str | None]
    pairs: dict[str, list[str]]
    shards: dict[str, list[str]]


def split_stories(
    run: Run, stories: _Stories, clusters: Iterable[Collection[str]], companions: Iterable[Collection[str]]
) -> Assignment:
    """Assign the stories of this build and write splits.json; a story that is in it already keeps its split.

    `clusters` are groups of article ids that are near-duplicates of one another, `companions` of stories that share a
    sentence. Warns of each pair of languages of
    which a held-out split has fewer stories than the config asks for.
    """
    earlier = read_splits(run.workspace.splits)
    config = run.config.dataset
    assignment = assign(
        stories.dates,
        clusters,
        companions,
        validation=config.validation,
        test=config.test,
        earlier=earlier,
        pairs=stories.pairs,
        least=config.stories_per_pair,
    )
    if assignment.splits != earlier:
        write_splits(run.workspace.splits, assignment.splits)
    _warn(assignment, {"test": config.test, "validation": config.validation}, config.stories_per_pair)
    return assignment


def _warn(assignment: Assignment, shares: dict[str, float], least: int) -> None:
    for pair, counts in assignment.pairs.items():
        few = [f"{counts[split]} in {split}" for split in SPLITS if shares.get(split) and counts[split] < least]
        if few:
            logger.warning(
                "%s: only %s of %d stories, fewer than %d (stories_per_pair); scores on so few are uncertain",
                pair, " and ".join(few), sum(counts.values()), least,
            )  # fmt: skip


def _stories(run: Run) -> _Stories:
    found = _Stories({}, {}, {})
    lists: dict[tuple[str, ...], list[str]] = {}  # one of each kind: there are few, and many stories
    for shard, path in run.workspace.shards().items():
        days: dict[str, dict[str, str | None]] = {}
        for row in read_rows(path, ["article_id", "language", "published"]):
            days.setdefault(row["article_id"], {})[row["language"]] = row["published"] and row["published"][:10]
        several = {story: known for story, known in days.items() if len(known) > 1}
        found.shards[shard] = list(several)
        for story, known in several.items():
            found.dates[story] = min(filter(None, known.values()), default=None)
            own = pair_names([language for language in known if language in run.languages])
            found.pairs[story] = lists.setdefault(tuple(own), own)
    return found


STAGE = Stage(
    name=SPLIT,
    command="export",
    about="assigns stories to train, validation and test; indexes the test sets of `exclude`",
    reads=("articles/*.parquet", "quality/clusters.json", "quality/companions.json"),
    writes=("splits.json", "export/splits/<shard>.parquet", "export/excluded/*"),
    run=split,
    modules=(
        "dataset.excluded",
        "dataset.origins",
        "dataset.overlap",
        "dataset.rows",
        "dataset.runs",
        "dataset.splits",
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
