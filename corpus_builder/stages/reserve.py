"""The stage "reserve": the rows of validation and test, which training rows must not have, shard by shard."""

from __future__ import annotations

import shutil
from dataclasses import asdict

from corpus_builder.audit.published import AuditedPairs
from corpus_builder.dataset.held_out import HeldOutWriter
from corpus_builder.stages.export_counts import HELD_OUT, RESERVE, RESERVED, SPLIT, counted
from corpus_builder.stages.export_filters import filters_of, judge
from corpus_builder.stages.export_rows import RowsTask, rows_of
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import Run, Stage, run_shards
from corpus_builder.workspace.stories import aligned_stories


def reserve(run: Run) -> None:
    """Write the held-out rows of every shard that has stories of validation or test."""
    filters = filters_of(run)
    tasks = []
    for shard in counted(run, SPLIT, HELD_OUT):
        key = STAGE.key(run.workspace, shard, run.languages, [asdict(each) for each in filters])
        tasks.append(RowsTask(shard, key, run.workspace, run.languages, filters))
    run_shards(run, STAGE, tasks, reserve_shard)


def reserve_shard(task: RowsTask) -> ShardResult:
    """Write the held-out rows of a shard."""
    splits = task.parts.read_splits(task.shard)
    wanted = sorted(story for story, split in splits.items() if split not in ("", "train"))
    audited, writer = AuditedPairs.read(task.workspace.audit), HeldOutWriter()
    for aligned in aligned_stories(task.workspace, task.shard, quotes=True, scores=True, only=wanted):
        for level, row in rows_of(aligned, task.languages, audited):
            if judge(task.filters, level, row).published:
                writer.add(level, splits[aligned.article_id], row)
    folder = task.parts.held_out(task.shard)
    shutil.rmtree(folder, ignore_errors=True)
    return ShardResult(tuple(writer.save(folder)), {RESERVED: len(writer)})


STAGE = Stage(
    name=RESERVE,
    command="export",
    about="collects the rows of validation and test",
    reads=(
        "articles/<shard>.parquet",
        "aligned/<shard>.parquet",
        "quotes/<shard>.parquet",
        "scores/<shard>.parquet",
        "export/splits/<shard>.parquet",
        "audit/*/design.json",
        "audit/*/sample.jsonl",
        "audit/*/judgements/*.jsonl",
        "audit/*/adjudication.jsonl",
    ),
    writes=("export/held_out/<shard>/*",),
    run=reserve,
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
        "stages.export_filters",
        "stages.export_rows",
        "stages.reserve",
        "text",
        "workspace.export_parts",
        "workspace.scores",
        "workspace.stories",
        "workspace.tables",
    ),
)
