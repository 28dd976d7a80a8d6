r"""Tables: a column a language, and one a score; quotations have who said what, too. CSV and TSV after RFC 4180.

Every text is in quotation marks, so that line breaks, tabs and quotation marks in it do not end a row: Python's csv,
pandas, Polars, DuckDB and `datasets` read the same rows. What is missing is an empty field without quotation marks.

With `columns`, TSV is plain: these columns alone, without a header and without quotation marks, a row a line, for
programs that split lines at tabs.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus_builder.dataset.exporters.selection import SAID, ExportOutcome, Selection
from corpus_builder.dataset.schema import TOP
from corpus_builder.errors import UsageError
from corpus_builder.escape import one_line, separated

_PLAIN = ("id", "split", "article_id", "date", "section", "position", "kind", "label")
_LAST = ("flags", "audited", "origin", "paragraph_id")


def write_tsv(selection: Selection, out: Path) -> ExportOutcome:
    """Write one file, its columns between tabs. Raises UsageError for a column that does not exist."""
    return _write(selection, out, "\t", plain=bool(selection.columns))


def write_csv(selection: Selection, out: Path) -> ExportOutcome:
    """Write one file, its columns between commas. Raises UsageError for a column that does not exist."""
    return _write(selection, out, ",", plain=False)


def _write(selection: Selection, out: Path, between: str, *, plain: bool) -> ExportOutcome:
    there = _columns(selection)
    header = selection.columns or tuple(there)
    if unknown := [name for name in header if name not in there]:
        raise UsageError(
            f"{selection.config} has no column {', '.join(unknown)}", next_step=f"choose from {', '.join(there)}"
        )
    texts = [name for name in selection.columns if name in selection.languages]
    cell = _plain_cell if plain else _cell
    rows = 0
    with out.open("w", encoding="utf-8", newline="") as file:
        if not plain:
            file.write(between.join(map(separated, header)) + "\n")
        for split, row in selection.rows():
            if not all(row["translation"][language] for language in texts):
                selection.skipped["language_missing"] += 1
                continue
            cells = _cells(selection, {**row, "split": split})
            file.write(between.join(cell(cells.get(name)) for name in header) + "\n")
            rows += 1
    return selection.outcome(rows)


def _columns(selection: Selection) -> list[str]:
    """The names of all columns, in order."""
    schema = selection.folder.schema(selection.config)
    facts = [f"{name}_{language}" for name, language in _facts(schema.names, selection)]
    scores = [part.name for part in schema.field("quality").type] if "quality" in schema.names else []
    top, last = ([name for name in names if name in schema.names] for names in (TOP, _LAST))
    return [*_PLAIN, *selection.languages, *facts, *top, *scores, *last]


def _facts(names: list[str], selection: Selection) -> Iterator[tuple[str, str]]:
    return ((name, language) for name in ("url", *SAID) if name in names for language in selection.languages)


def _cells(selection: Selection, row: dict[str, Any]) -> dict[str, Any]:
    """The value of each column."""
    return {
        **row,
        **{language: row["translation"][language] for language in selection.languages},
        **{f"{name}_{language}": row[name][language] for name, language in _facts(list(row), selection)},
        **row.get("quality", {}),
        "flags": " ".join(row["flags"]),
    }


def _cell(value: Any) -> str:
    if value is None or value == "":
        return ""
    return separated(value) if isinstance(value, str) else str(value)


def _plain_cell(value: Any) -> str:
    return "" if value is None else one_line(str(value))
