"""The stage after alignment: who said what in each edition, and which quotations are the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from corpus_builder.files import file_hash
from corpus_builder.model import PlacedQuote
from corpus_builder.parquet import write_rows
from corpus_builder.quotes import find_quotes
from corpus_builder.quotes.alignment import align_quotes
from corpus_builder.stages.stage import Run, ShardResult, StageTask, run_shards
from corpus_builder.workspace.manifest import code_version, task_key
from corpus_builder.workspace.stories import shard_files
from corpus_builder.workspace.tables import QUOTES, quote_row, read_beads, read_stories

QUOTE = "quotes"


def quotes(run: Run) -> None:
    """Find and align the quotations of articles/ and aligned/, into quotes/."""
    code = code_version("text", "model", "quotes", "stages/quotes", "workspace/tables")
    workspace = run.workspace
    tasks = [
        StageTask(
            shard,
            task_key(code, run.languages, file_hash(path), file_hash(workspace.aligned / path.name)),
            workspace,
            run.languages,
        )
        for shard, path in shard_files(workspace).items()
    ]
    run_shards(run, QUOTE, tasks, quote_shard)


def quote_shard(task: StageTask) -> ShardResult:
    """Find and align the quotations of one shard."""
    path, counts = task.workspace.quotes / f"{task.shard}.parquet", Counter[str]()
    counts["quotes"] = write_rows(path, QUOTES, map(quote_row, _quotes(task, counts)))
    return ShardResult((path,), counts)


def _quotes(task: StageTask, counts: Counter[str]) -> Iterator[PlacedQuote]:
    """The quotations of the stories of two or more editions, which are those that have beads."""
    stories = {story.article_id: story for story in read_stories(task.workspace.articles / f"{task.shard}.parquet")}
    for article_id, beads in read_beads(task.workspace.aligned / f"{task.shard}.parquet"):
        editions = stories[article_id].editions
        blocks = {language: editions[language].blocks for language in task.languages if language in editions}
        found = {language: find_quotes(own, language) for language, own in blocks.items()}
        for quote in align_quotes(article_id, found, blocks, beads):
            counts[f"quotes_of_{len({side.language for side in quote.sides})}"] += 1
            yield quote
