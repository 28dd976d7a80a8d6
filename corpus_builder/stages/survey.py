"""The stage "survey": what is usual in this corpus, for the scores to compare rows with.

Lengths, coverage, words of each edition and sentencepiece models are learned from a sample of the stories.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator

from corpus_builder.parquet import row_count
from corpus_builder.quality.batch import RowTexts
from corpus_builder.quality.survey import SAMPLE, learn
from corpus_builder.stages.candidates import candidates
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import Run, Stage, StageTask, run_shards, whole_task
from corpus_builder.workspace.lexicon import read_lexicon
from corpus_builder.workspace.stories import aligned_stories


def survey(run: Run) -> None:
    """Learn what is usual in the corpus, into quality/."""
    run_shards(run, STAGE, [whole_task(run, STAGE)], survey_corpus)


def survey_corpus(task: StageTask) -> ShardResult:
    """Learn the context from a sample of the stories, chosen by a hash of their ids."""
    workspace, shards = task.workspace, task.workspace.shards()
    beads = sum(row_count(workspace.aligned / path.name) for path in shards.values())
    share = min(1.0, SAMPLE / max(beads, 1))
    rows = (
        row
        for shard in shards
        for aligned in aligned_stories(workspace, shard)
        if zlib.crc32(aligned.article_id.encode()) < share * 2**32
        for row in candidates(aligned.story, aligned.beads)
    )
    counts = Counter[str]()

    def counted() -> Iterator[RowTexts]:
        for row in rows:
            counts["rows"] += 1
            yield row

    files = learn(counted(), task.languages, workspace.quality, read_lexicon(workspace.lexicon))
    return ShardResult(tuple(files), counts)


STAGE = Stage(
    name="survey",
    command="score",
    about="learns what is usual in the corpus: lengths, coverage, subwords",
    reads=("articles/*.parquet", "aligned/*.parquet", "lexicon/*"),
    writes=("quality/context.json", "quality/pieces/*"),
    run=survey,
    modules=(
        "align",
        "dataset.origins",
        "dataset.rows",
        "jit",
        "languages",
        "model",
        "quality",
        "ragged",
        "text",
        "stages.candidates",
        "stages.survey",
        "workspace.lexicon",
        "workspace.scores",
        "workspace.stories",
        "workspace.tables",
    ),
)
