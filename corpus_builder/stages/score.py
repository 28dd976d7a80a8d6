"""The stage "score": a row of scores for each bead of two or more editions, shard by shard, into scores/."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pyarrow as pa

from corpus_builder.quality.calibration import FILE as CALIBRATION
from corpus_builder.quality.calibration import load as load_calibration
from corpus_builder.quality.context import Context
from corpus_builder.quality.duplicates import ALONE
from corpus_builder.quality.scores import SCORES
from corpus_builder.quality.scoring import BATCH, score
from corpus_builder.quality.survey import load
from corpus_builder.stages.candidates import candidates
from corpus_builder.stages.code import ROWS
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import Figure, Run, Stage, StageTask, run_shards, shard_tasks
from corpus_builder.workspace.duplicates import RowKey, read_duplicates
from corpus_builder.workspace.lexicon import read_lexicon
from corpus_builder.workspace.score_writer import scores_table, write_scores
from corpus_builder.workspace.stories import aligned_stories


def score_rows(run: Run) -> None:
    """Write scores/ for all that is aligned."""
    # Scores of packages are code that the key does not have.
    added = [SCORES.packages] if SCORES.packages else []
    run_shards(run, STAGE, shard_tasks(run, STAGE, *added), score_shard)


def score_shard(task: StageTask) -> ShardResult:
    """Score the rows of one shard."""
    context = load(task.workspace.quality).with_translations(read_lexicon(task.workspace.lexicon))
    path = task.workspace.scores / f"{task.shard}.parquet"
    return ShardResult((path,), Counter(rows=write_scores(path, task.languages, _scored(task, context))))


def _scored(task: StageTask, context: Context) -> Iterator[pa.Table]:
    """The shard's rows in the order of aligned/, scored a batch of both levels at a time."""
    rows = (
        row
        for aligned in aligned_stories(task.workspace, task.shard)
        for row in candidates(aligned.story, aligned.beads)
    )
    duplicates, calibration = read_duplicates(task.workspace, task.shard), load_calibration()
    while batch := list(islice(rows, BATCH)):
        by_level: dict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(batch):
            by_level[row.level].append(number)
        tables = []
        for level, numbers in by_level.items():
            chosen = [batch[number] for number in numbers]
            repeated = [duplicates.get(RowKey(row.article_id, level, row.position), ALONE) for row in chosen]
            scored = score(chosen, task.languages, level, context, calibration, repeated)
            tables.append(scores_table(chosen, scored, task.languages))
        order = np.argsort(np.concatenate([np.array(numbers) for numbers in by_level.values()]))
        yield pa.concat_tables(tables).take(order)


STAGE = Stage(
    name="score",
    command="score",
    about="scores every aligned row and flags it",
    reads=(
        "articles/<shard>.parquet",
        "aligned/<shard>.parquet",
        "lexicon/*",
        "quality/context.json",
        "quality/pieces/*",
        "quality/duplicates/<shard>.parquet",
    ),
    writes=("scores/<shard>.parquet",),
    run=score_rows,
    modules=(
        *ROWS,
        "align",
        "jit",
        "plugins",
        "stages.score",
        "workspace.duplicates",
        "workspace.lexicon",
        "workspace.score_writer",
    ),
    data=(CALIBRATION,),
    figures=(Figure("rows scored", "rows"),),
    nothing="no aligned row has two sides to score",
)
