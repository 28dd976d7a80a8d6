"""JSON lines: a row a line with all its columns, and its split; dates as "2025-12-01"."""

from __future__ import annotations

from pathlib import Path

from corpus_builder.dataset.exporters.selection import ExportOutcome, Selection
from corpus_builder.escape import json_text


def write(selection: Selection, out: Path) -> ExportOutcome:
    """Write one file."""
    rows = 0
    with out.open("w", encoding="utf-8") as file:
        for split, row in selection.rows():
            texts = {language: row["translation"][language] for language in selection.languages}
            line = {**row, "translation": texts, "split": split}
            file.write(json_text(line) + "\n")
            rows += 1
    return selection.outcome(rows)
