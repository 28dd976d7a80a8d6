"""The stage "quotes": who said what in each edition, and which quotations are the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from corpus_builder.model import PlacedQuote
from corpus_builder.parquet import write_rows
from corpus_builder.quotes import find_quotes
from corpus_builder.quotes.alignment import align_quotes
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import Run, Stage, StageTask, run_shards, shard_tasks
from corpus_builder.workspace.stories import aligned_stories
from corpus_builder.workspace.tables import QUOTES, quote_row


def quotes(run: Run) -> None:
    """Find and align the quotations of articles/ and aligned/, into quotes/."""
    run_shards(run, STAGE, shard_tasks(run, STAGE), quote_shard)


def quote_shard(task: StageTask) -> ShardResult:
    """Find and align the quotations of one shard."""
    path, counts = task.workspace.quotes / f"{task.shard}.parquet", Counter[str]()
    counts["quotes"] = write_rows(path, QUOTES, map(quote_row, _quotes(task, counts)))
    return ShardResult((path,), counts)


def _quotes(task: StageTask, counts: Counter[str]) -> Iterator[PlacedQuote]:
    for aligned in aligned_stories(task.workspace, task.shard):
        editions = aligned.story.editions
        blocks = {language: editions[language].blocks for language in task.languages if language in editions}
        by_language = {language: find_quotes(texts, language) for language, texts in blocks.items()}
        for quote in align_quotes(aligned.article_id, by_language, blocks, aligned.beads):
            counts[f"quotes_of_{len({side.language for side in quote.sides})}"] += 1
            yield quote


STAGE = Stage(
    name="quotes",
    command="align-articles",
    about="finds quotations with their speakers and links those that are the same words",
    reads=("articles/<shard>.parquet", "aligned/<shard>.parquet"),
    writes=("quotes/<shard>.parquet",),
    run=quotes,
    modules=(
        "languages",
        "model",
        "quotes",
        "text",
        "stages.quotes",
        "workspace.scores",
        "workspace.stories",
        "workspace.tables",
    ),
)
