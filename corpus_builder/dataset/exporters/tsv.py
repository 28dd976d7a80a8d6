r"""Tab-separated values with a header line: a column a language, and one a score; quotations have who said what, too.

Line breaks, tabs and backslashes within a text are written \n, \t and \\, so that every line is a row; None is an empty
field.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus_builder.dataset.exporters.selection import SAID, ExportOutcome, Selection
from corpus_builder.dataset.schema import TOP

_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"})
_PLAIN = ("id", "split", "article_id", "date", "section", "position", "kind", "label")


def write(selection: Selection, out: Path) -> ExportOutcome:
    """Write one file."""
    schema = selection.folder.schema(selection.config)
    top = [name for name in TOP if name in schema.names]
    scores = [part.name for part in schema.field("quality").type] if "quality" in schema.names else []
    facts = [(name, language) for name in ("url", *SAID) if name in schema.names for language in selection.languages]
    header = [*_PLAIN, *selection.languages, *("_".join(fact) for fact in facts), *top, *scores, "flags"]
    rows = 0
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(header) + "\n")
        for split, row in selection.rows():
            cells = [
                *({**row, "split": split}[name] for name in _PLAIN),
                *(row["translation"][language] for language in selection.languages),
                *(row[name][language] for name, language in facts),
                *(row[score] for score in top),
                *(row["quality"][score] for score in scores),
                " ".join(row["flags"]),
            ]
            file.write("\t".join(map(_cell, cells)) + "\n")
            rows += 1
    return selection.outcome(rows)


def _cell(value: Any) -> str:
    return "" if value is None else str(value).translate(_ESCAPES)
