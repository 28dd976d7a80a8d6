"""The stage "screen": training documents compared with the texts of validation and test, and with external ones."""

from __future__ import annotations

from collections.abc import Iterator

from corpus_builder.dataset.rows import Row, document_row
from corpus_builder.stages.export_counts import SCREEN, SPLIT, TRAIN, counted
from corpus_builder.stages.export_rows import DOCUMENT_BATCH, RowsTask, batches, compared_with, comparison
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import Run, Stage, run_shards
from corpus_builder.workspace.export_parts import FoundDocument
from corpus_builder.workspace.tables import read_stories


def screen(run: Run) -> None:
    """Compare the training documents of every shard that has some."""
    held_out, excluded = compared_with(run)
    tasks = []
    for shard in counted(run, SPLIT, TRAIN):
        key = STAGE.key(run.workspace, shard, run.languages, held_out, excluded)
        tasks.append(RowsTask(shard, key, run.workspace, run.languages, held_out=held_out, excluded=excluded))
    run_shards(run, STAGE, tasks, screen_shard)


def screen_shard(task: RowsTask) -> ShardResult:
    """Compare the training documents of one shard."""
    parts, compared = task.parts, comparison(task, after_documents=False)
    found = []
    for batch in batches(_documents(task), DOCUMENT_BATCH):
        for row, refusal, with_text in zip(batch, *compared.admit_documents(batch), strict=True):
            if refusal or with_text:
                reason, detail = (refusal.reason, refusal.detail) if refusal else (None, None)
                found.append(FoundDocument(row.article_id, reason, detail, with_text))
    parts.write_documents(task.shard, found)
    compared.notes.write(parts.document_notes(task.shard))
    return ShardResult((parts.documents(task.shard), parts.document_notes(task.shard)), compared.counts())


def _documents(task: RowsTask) -> Iterator[Row]:
    splits = task.parts.read_splits(task.shard)
    for story in read_stories(task.workspace.articles / f"{task.shard}.parquet"):
        if splits.get(story.article_id) == "train":
            yield document_row(story, task.languages)


STAGE = Stage(
    name=SCREEN,
    command="export",
    about="compares training documents with the texts of validation and test",
    reads=(
        "articles/<shard>.parquet",
        "export/splits/<shard>.parquet",
        "export/index/*/*",
        "export/excluded/**/*",
    ),
    writes=("export/documents/<shard>.parquet", "export/documents/<shard>.notes.parquet"),
    run=screen,
    modules=(
        "audit",
        "dataset.held_out",
        "dataset.leakage",
        "dataset.origins",
        "dataset.overlap",
        "dataset.quotes",
        "dataset.rows",
        "dataset.runs",
        "dataset.text_index",
        "jit",
        "languages",
        "model",
        "plugins",
        "quality",
        "ragged",
        "stages.export_counts",
        "stages.export_rows",
        "stages.screen",
        "text",
        "workspace.export_parts",
        "workspace.scores",
        "workspace.stories",
        "workspace.tables",
    ),
)
