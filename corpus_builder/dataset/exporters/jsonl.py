"""JSON lines: a row a line with all its columns, and its split; dates as "2025-12-01"."""

from __future__ import annotations

import json
from pathlib import Path

from corpus_builder.dataset.exporters.selection import ExportOutcome, Selection


def write(selection: Selection, out: Path) -> ExportOutcome:
    """Write one file."""
    rows = 0
    with out.open("w", encoding="utf-8") as file:
        for split, row in selection.rows():
            texts = {language: row["translation"][language] for language in selection.languages}
            line = {**row, "translation": texts, "split": split}
            file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
            rows += 1
    return selection.outcome(rows)
