"""The stage "survey": what is usual in this corpus, for the scores to compare rows with.

Lengths, coverage, words of each edition and sentencepiece models are learned from a sample of the stories.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from corpus_builder.parquet import row_count
from corpus_builder.quality.batch import RowTexts
from corpus_builder.quality.survey import SAMPLE, learn
from corpus_builder.stages.candidates import candidates
from corpus_builder.stages.code import ROWS
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import Run, Stage, StageTask, run_here, whole_task
from corpus_builder.workspace.lexicon import read_lexicon
from corpus_builder.workspace.stories import aligned_stories
from corpus_builder.workspace.tables import read_parallel_ids


def survey(run: Run) -> None:
    """Learn what is usual in the corpus, into quality/."""
    run_here(run, STAGE, whole_task(run, STAGE), survey_corpus)


def survey_corpus(task: StageTask) -> ShardResult:
    """Learn the context from a sample of the stories, chosen by a hash of their ids; of others only these are read."""
    workspace, shards = task.workspace, task.workspace.shards()
    beads = sum(row_count(workspace.aligned / path.name) for path in shards.values())
    share = min(1.0, SAMPLE / max(beads, 1))
    rows = (
        row
        for shard, path in shards.items()
        for aligned in aligned_stories(workspace, shard, only=_sampled(path, share))
        for row in candidates(aligned.story, aligned.beads)
    )
    counts = Counter[str]()

    def counted() -> Iterator[RowTexts]:
        for row in rows:
            counts["rows"] += 1
            yield row

    files = learn(counted(), task.languages, workspace.quality, read_lexicon(workspace.lexicon))
    return ShardResult(tuple(files), counts)


def _sampled(articles: Path, share: float) -> list[str] | None:
    """The ids of the stories of a shard that are in a sample of this share; None for all."""
    if share == 1.0:
        return None
    return [name for name in read_parallel_ids(articles) if zlib.crc32(name.encode()) < share * 2**32]


STAGE = Stage(
    name="survey",
    command="score",
    about="learns what is usual in the corpus: lengths, coverage, subwords",
    reads=("articles/*.parquet", "aligned/*.parquet", "lexicon/*"),
    writes=("quality/context.json", "quality/pieces/*"),
    run=survey,
    modules=(*ROWS, "align", "jit", "stages.survey", "workspace.lexicon"),
)
