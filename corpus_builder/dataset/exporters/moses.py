"""Plain texts as Moses and most toolkits read them: <config>.<split>.<language>, line i the translation of line i.

Only rows that have all languages are written; line breaks within a text become spaces. <config>.<split>.ids has the
rows' ids.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from corpus_builder.dataset.exporters.selection import ExportOutcome, Selection
from corpus_builder.escape import one_line


def write(selection: Selection, out: Path) -> ExportOutcome:
    """Write a folder."""
    rows = 0
    files: dict[tuple[str, str], TextIO] = {}
    with ExitStack() as stack:
        for split, row in selection.rows(whole=True):
            for ending in (*selection.languages, "ids"):
                if (split, ending) not in files:
                    path = out / f"{selection.config}.{split}.{ending}"
                    files[split, ending] = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
                text = row["id"] if ending == "ids" else one_line(row["translation"][ending])
                files[split, ending].write(text + "\n")
            rows += 1
    return selection.outcome(rows)
