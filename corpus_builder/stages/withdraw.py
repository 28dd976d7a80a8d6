"""The stage "withdraw": the rows of validation and test that stand in training documents."""

from __future__ import annotations

import numpy as np

from corpus_builder.dataset.held_out import HeldOutRows, read_pieces
from corpus_builder.dataset.leakage_report import LeakageReport
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import Run, Stage, StageTask, run_here, whole_task
from corpus_builder.workspace.export_parts import ExportParts


def withdraw(run: Run) -> None:
    """Find the rows that are withdrawn."""
    run_here(run, STAGE, whole_task(run, STAGE), withdraw_rows)


def withdraw_rows(task: StageTask) -> ShardResult:
    """Write which rows are withdrawn, and which held-out texts stand in training documents."""
    parts = ExportParts(task.workspace)
    rows = HeldOutRows.read(parts.all_held_out_rows())
    report = LeakageReport(rows, read_pieces(parts.all_pieces()))
    report.add(parts.all_document_notes())
    gone = rows.only(report.withdrawn())
    pieces = {language: np.flatnonzero(there) for language, there in report.in_documents().items()}
    return ShardResult(tuple(parts.write_withdrawn(gone, pieces)), {"rows_withdrawn": len(gone)})


STAGE = Stage(
    name="withdraw",
    command="export",
    about="finds rows of validation and test whose text is in training documents",
    reads=("export/held_out/*/rows.parquet", "export/pieces/*.i64", "export/documents/*.notes.parquet"),
    writes=("export/withdrawn/*",),
    run=withdraw,
    modules=(
        "dataset.held_out",
        "dataset.leakage",
        "dataset.leakage_report",
        "dataset.origins",
        "dataset.overlap",
        "dataset.quotes",
        "dataset.rows",
        "dataset.runs",
        "dataset.text_index",
        "languages",
        "model",
        "stages.withdraw",
        "text",
        "workspace.export_parts",
    ),
)
