"""The stage "group": groups of near-duplicates, from all pairs of them.

Of the whole corpus it holds 8 bytes a row, and of stories the groups of those that share a sentence; what is written is
read and written shard by shard.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import pyarrow as pa

from corpus_builder.quality.companions import companions
from corpus_builder.quality.components import Components
from corpus_builder.quality.duplicates import Repeats
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import Run, Stage, StageTask, run_here, whole_task
from corpus_builder.workspace.duplicates import (
    LEVELS,
    FoundRows,
    Sketches,
    clusters_file,
    companions_file,
    read_links,
    sketches_of,
    write_duplicates,
    write_groups,
)
from corpus_builder.workspace.layout import Workspace

COMPANIONS = 4
"""Stories that share a sentence, at most, to be companions. Chosen: a text that more have is boilerplate."""


def group(run: Run) -> None:
    """Group the near-duplicates, into quality/."""
    run_here(run, STAGE, whole_task(run, STAGE), group_corpus)


@dataclass(frozen=True)
class _Corpus:
    """The sketches of each shard, and [shards + 1] the number of the first story of each, and of all stories."""

    workspace: Workspace
    sketches: Mapping[str, Sketches]
    first_stories: Sequence[int]

    @classmethod
    def of(cls, workspace: Workspace) -> _Corpus:
        sketches = {shard: sketches_of(workspace, shard) for shard in workspace.shards()}
        return cls(workspace, sketches, _firsts(sketches, "story"))


def _firsts(sketches: Mapping[str, Sketches], kind: str) -> list[int]:
    return list(accumulate((each.count(kind) for each in sketches.values()), initial=0))


def group_corpus(task: StageTask) -> ShardResult:
    """Group the near-duplicates among rows, a level at a time, and among stories."""
    corpus = _Corpus.of(task.workspace)
    task.workspace.quality.mkdir(parents=True, exist_ok=True)
    rows, counts = _rows(corpus)
    clusters, count = _clusters(corpus)
    return ShardResult((*rows, *clusters, *_companions(corpus)), {**counts, "story_clusters": count})


def _rows(corpus: _Corpus) -> tuple[list[Path], Counter[str]]:
    """Write the rows that other stories have, too; the files, and how many rows of each level."""
    outputs, counts = [], Counter[str]()
    with ExitStack() as stack:
        repeats, firsts = {}, {}
        for level in LEVELS:
            firsts[level] = _firsts(corpus.sketches, level)
            groups = Components(firsts[level][-1])
            read_links(corpus.workspace, level, groups)
            repeats[level] = Repeats(groups, stack.enter_context(TemporaryFile(dir=corpus.workspace.quality)))
            for each, first_story in zip(corpus.sketches.values(), corpus.first_stories, strict=False):
                repeats[level].add(each.read_rows(level)[:, 0] + first_story)
        for number, (shard, each) in enumerate(corpus.sketches.items()):
            found = []
            for level in LEVELS:
                begin, end = firsts[level][number : number + 2]
                rows, others, ranks = repeats[level].read(begin, end)
                stories, positions = each.read_rows(level)[rows - begin].T
                found.append(FoundRows(level, stories, positions, others, ranks))
                counts[f"near_duplicates_{level}"] += len(rows)
            outputs.append(write_duplicates(corpus.workspace, shard, each.article_ids(), found))
    return outputs, +counts


def _clusters(corpus: _Corpus) -> tuple[list[Path], int]:
    """Write the clusters of near-duplicate stories; the files, and how many clusters there are."""
    outputs = []
    clusters = Components(corpus.first_stories[-1])
    read_links(corpus.workspace, "story", clusters)
    sizes = np.zeros(len(clusters), np.uint32)
    for _, first in clusters.parts():
        np.add.at(sizes, first, 1)
    for number, (shard, each) in enumerate(corpus.sketches.items()):
        first = clusters.first(np.arange(*corpus.first_stories[number : number + 2]))
        chosen = np.flatnonzero(sizes[first] > 1)
        path = clusters_file(corpus.workspace, shard)
        outputs.append(write_groups(path, each.article_ids().take(pa.array(chosen)), first[chosen]))
    return outputs, int((sizes > 1).sum())


def _companions(corpus: _Corpus) -> Iterator[Path]:
    """Write the groups of stories that share a sentence; the files."""
    paths = [each.sentences for each in corpus.sketches.values()]
    members = companions(paths, corpus.first_stories[:-1], COMPANIONS, corpus.workspace.quality).reshape(-1)
    order = np.argsort(members, kind="stable")
    ends = np.searchsorted(members, corpus.first_stories, sorter=order)
    for number, (shard, each) in enumerate(corpus.sketches.items()):
        own = order[ends[number] : ends[number + 1]]
        article_ids = each.article_ids().take(pa.array(members[own] - corpus.first_stories[number]))
        yield write_groups(companions_file(corpus.workspace, shard), article_ids, own // COMPANIONS)


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
    writes=(
        "quality/duplicates/<shard>.parquet",
        "quality/clusters/<shard>.parquet",
        "quality/companions/<shard>.parquet",
    ),
    run=group,
    modules=(
        "quality.companions",
        "quality.components",
        "quality.duplicates",
        "quality.sketches",
        "stages.group",
        "workspace.duplicates",
    ),
)
