"""The stage "index": the texts of all rows of validation and test, a task a language."""

from __future__ import annotations

from dataclasses import dataclass

from corpus_builder.dataset.held_out import Held, index_pieces
from corpus_builder.stages.export_counts import INDEX, RESERVE, RESERVED, counted
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import Run, Stage, StageTask, run_shards
from corpus_builder.workspace.export_parts import ExportParts


@dataclass(frozen=True)
class IndexTask(StageTask):
    """A language; the shards that have held-out rows, and whether they have some in it."""

    shards: tuple[tuple[str, bool], ...] = ()


def index(run: Run) -> None:
    """Index the held-out texts of each language."""
    parts = ExportParts(run.workspace)
    having = {shard: Held(parts.held_out(shard)).languages() for shard in counted(run, RESERVE, RESERVED)}
    tasks = []
    for language in sorted({each for languages in having.values() for each in languages}):
        shards = tuple((shard, language in languages) for shard, languages in having.items())
        key = STAGE.key(run.workspace, language, shards)
        tasks.append(IndexTask(language, key, run.workspace, run.languages, shards))
    run_shards(run, STAGE, tasks, index_language)


def index_language(task: IndexTask) -> ShardResult:
    """Index the held-out texts of one language."""
    parts, language = ExportParts(task.workspace), task.shard
    having = [(Held(parts.held_out(shard)), has) for shard, has in task.shards]
    folder, pieces = parts.index(language), parts.pieces(language)
    folder.parent.mkdir(parents=True, exist_ok=True)
    index_pieces(language, having, folder, pieces)
    return ShardResult((*sorted(folder.iterdir()), pieces))


STAGE = Stage(
    name=INDEX,
    command="export",
    about="indexes the texts of validation and test by language",
    reads=("export/held_out/*/rows.parquet", "export/held_out/*/<shard>.npz"),
    writes=("export/index/<language>/*", "export/pieces/<language>.i64"),
    run=index,
    modules=(
        "dataset.held_out",
        "dataset.origins",
        "dataset.overlap",
        "dataset.rows",
        "dataset.runs",
        "dataset.text_index",
        "languages",
        "model",
        "stages.export_counts",
        "stages.index",
        "text",
        "workspace.export_parts",
    ),
)
