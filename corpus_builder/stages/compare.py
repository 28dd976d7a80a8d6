"""The stage "compare": near-duplicates among the rows of the corpus, and among its stories."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from corpus_builder.quality.duplicates import (
    ROWS,
    Duplicate,
    companions,
    near_duplicates,
    row_duplicates,
    story_clusters,
)
from corpus_builder.stages.candidates import candidates
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import Run, Stage, StageTask, run_shards, whole_task
from corpus_builder.workspace.duplicates import RowKey, write_clusters, write_companions, write_duplicates
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.stories import aligned_stories
from corpus_builder.workspace.tables import read_stories

COMPANIONS = 4
"""Stories that share a sentence, at most, to be companions. Chosen: a text that more have is boilerplate."""


def compare(run: Run) -> None:
    """Compare all rows and all stories, into quality/."""
    run_shards(run, STAGE, [whole_task(run, STAGE)], compare_corpus)


def compare_corpus(task: StageTask) -> ShardResult:
    """Find the near-duplicates among rows, a level at a time, and among stories."""
    workspace, shards = task.workspace, task.workspace.shards()
    workspace.quality.mkdir(parents=True, exist_ok=True)
    by_shard: dict[str, list[tuple[RowKey, Duplicate]]] = {shard: [] for shard in shards}
    counts = Counter[str]()
    for level in ("block", "sentence"):
        places = _Places()
        groups = near_duplicates(_row_texts(workspace, level, places), ROWS, workspace.quality)
        for i, duplicate in row_duplicates(places.story, groups).items():
            shard, article_id = places.stories[places.story[i]]
            by_shard[shard].append((RowKey(article_id, level, places.position[i]), duplicate))
            counts[f"near_duplicates_{level}"] += 1
    outputs = [write_duplicates(workspace, shard, duplicates) for shard, duplicates in by_shard.items()]
    clusters = sorted(sorted(cluster) for cluster in story_clusters(_whole_stories(workspace), workspace.quality))
    counts["story_clusters"] = len(clusters)
    shared = companions(_whole_stories(workspace), COMPANIONS)
    groups_of_stories = write_clusters(workspace, clusters), write_companions(workspace, shared)
    return ShardResult((*outputs, *groups_of_stories), counts)


@dataclass
class _Places:
    """Where rows are, in 16 bytes a row: the number of the story in `stories` (shard, article id), and the position."""

    stories: list[tuple[str, str]] = field(default_factory=list)
    story: array[int] = field(default_factory=lambda: array("L"))
    position: array[int] = field(default_factory=lambda: array("L"))


def _row_texts(workspace: Workspace, level: str, places: _Places) -> Iterator[Mapping[str, str]]:
    for shard in workspace.shards():
        for aligned in aligned_stories(workspace, shard):
            places.stories.append((shard, aligned.article_id))
            for row in candidates(aligned.story, [bead for bead in aligned.beads if bead.level == level]):
                places.story.append(len(places.stories) - 1)
                places.position.append(row.position)
                yield row.texts


def _whole_stories(workspace: Workspace) -> Iterator[tuple[str, Mapping[str, str]]]:
    for path in workspace.shards().values():
        for story in read_stories(path):
            if len(story.editions) > 1:
                yield (
                    story.article_id,
                    {
                        language: "\n".join(block.text for block in edition.blocks)
                        for language, edition in story.editions.items()
                    },
                )


STAGE = Stage(
    name="compare",
    command="score",
    about="finds near-duplicate rows and stories",
    reads=("articles/*.parquet", "aligned/*.parquet"),
    writes=("quality/duplicates/<shard>.parquet", "quality/clusters.json", "quality/companions.json"),
    run=compare,
    modules=(
        "dataset.origins",
        "dataset.rows",
        "languages",
        "model",
        "quality",
        "ragged",
        "text",
        "stages.candidates",
        "stages.compare",
        "workspace.duplicates",
        "workspace.scores",
        "workspace.stories",
        "workspace.tables",
    ),
)
