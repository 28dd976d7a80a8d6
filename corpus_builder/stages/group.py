"""The stage "group": groups of near-duplicates, from all pairs of them.

Of the whole corpus it holds the article ids of the stories, and of rows and stories those that have a near-duplicate.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate

import numpy as np
import pyarrow as pa

from corpus_builder.parquet import read_columns
from corpus_builder.quality.companions import companions
from corpus_builder.quality.duplicates import Duplicate, groups_of, row_duplicates
from corpus_builder.quality.sketches import Items, Stacked
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import Run, Stage, StageTask, run_here, whole_task
from corpus_builder.workspace.duplicates import (
    RowKey,
    links_file,
    sketches_of,
    write_clusters,
    write_companions,
    write_duplicates,
)
from corpus_builder.workspace.layout import Workspace

COMPANIONS = 4
"""Stories that share a sentence, at most, to be companions. Chosen: a text that more have is boilerplate."""


def group(run: Run) -> None:
    """Group the near-duplicates, into quality/."""
    run_here(run, STAGE, whole_task(run, STAGE), group_corpus)


def group_corpus(task: StageTask) -> ShardResult:
    """Group the near-duplicates among rows, a level at a time, and among stories."""
    workspace, shards = task.workspace, list(task.workspace.shards())
    sketches = [sketches_of(workspace, shard) for shard in shards]
    first_stories = list(accumulate((each.count("story") for each in sketches), initial=0))
    tables = [read_columns(each.stories, ["article_id"]) for each in sketches]
    ids = pa.concat_tables(tables)["article_id"] if tables else pa.chunked_array([], pa.string())

    def names(numbers: Items) -> list[str]:
        return list(ids.take(pa.array(numbers)).to_pylist())

    by_shard: list[list[tuple[RowKey, Duplicate]]] = [[] for _ in shards]
    counts = Counter[str]()
    for level in ("block", "sentence"):
        rows = Stacked([each.rows(level) for each in sketches], 2)
        groups = groups_of(_links(workspace, level))
        members = np.array([member for group in groups for member in group.members], np.int64)
        shard_of, places = rows.file_of(members), rows.take(members)
        stories = np.array(first_stories)[shard_of] + places[:, 0].astype(np.int64)
        found = row_duplicates(dict(zip(members.tolist(), stories.tolist(), strict=True)), groups)
        of_row = zip(members.tolist(), shard_of.tolist(), names(stories), places[:, 1].tolist(), strict=True)
        for row, shard, article_id, position in of_row:
            if row in found:
                by_shard[shard].append((RowKey(article_id, level, position), found[row]))
                counts[f"near_duplicates_{level}"] += 1
    outputs = [write_duplicates(workspace, shard, own) for shard, own in zip(shards, by_shard, strict=True)]
    clusters = sorted(sorted(names(np.array(each.members))) for each in groups_of(_links(workspace, "story")))
    counts["story_clusters"] = len(clusters)
    shared = companions([each.sentences for each in sketches], first_stories[:-1], COMPANIONS)
    groups_of_stories = sorted({tuple(sorted(names(np.array(each)))) for each in shared})
    return ShardResult(
        (*outputs, write_clusters(workspace, clusters), write_companions(workspace, groups_of_stories)), counts
    )


def _links(workspace: Workspace, kind: str) -> list[tuple[Items, Items]]:
    """The pairs of near-duplicates of a kind, a pair of arrays for each language."""
    paths = sorted(links_file(workspace, f"{kind}.*").parent.glob(links_file(workspace, f"{kind}.*").name))
    arrays = [np.fromfile(path, np.int64).reshape(-1, 2) for path in paths]
    return [(pairs[:, 0], pairs[:, 1]) for pairs in arrays]


STAGE = Stage(
    name="group",
    command="score",
    about="groups near-duplicate rows and stories",
    reads=(
        "quality/sketches/*/*.rows.u32",
        "quality/sketches/*/stories.parquet",
        "quality/sketches/*/sentences.u96",
        "quality/links/*",
    ),
    writes=("quality/duplicates/<shard>.parquet", "quality/clusters.json", "quality/companions.json"),
    run=group,
    modules=("quality.companions", "quality.duplicates", "quality.sketches", "stages.group", "workspace.duplicates"),
)
