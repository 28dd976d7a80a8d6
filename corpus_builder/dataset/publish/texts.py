"""Finds text of articles in a stand-off dataset, which must have positions in pages and none of their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus_builder.errors import RunError
from corpus_builder.parquet import opened

# Chosen: a section or a label has one to four words ("Економічна правда"); five are a sentence or a headline.
WORDS = 5
# The longest value that is not text is a SHA-256 in hexadecimal digits; URLs may be longer.
CHARACTERS = 64
# Columns that are always text.
TEXT_COLUMNS = frozenset({"translation", "text", "texts"})
# Other files that a stand-off folder may have: descriptions of the data, and charts.
ABOUT = frozenset({"README.md", "LICENSE", "croissant.json", "leakage.json", "manifest.json"})


def texts_in(files: Mapping[str, Path]) -> Iterator[str]:
    """What is, or may be, text in a folder: a line per column, with the first file that has it."""
    by_column: dict[str, list[str]] = {}
    for name, path in files.items():
        if name.endswith(".parquet"):
            for column in _columns_with_text(path):
                by_column.setdefault(column, []).append(name)
        elif name not in ABOUT and not name.endswith(".png"):
            yield f"{name} may contain text, which --stand-off refuses"
    for column, names in by_column.items():
        others = f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield f"the column {column} of {names[0]}{others} contains text, which --stand-off refuses"


def _columns_with_text(path: Path) -> set[str]:
    try:
        with opened(path) as file:
            columns = set(file.schema_arrow.names)
            with_text = columns & TEXT_COLUMNS
            for batch in file.iter_batches(columns=sorted(columns - TEXT_COLUMNS)):
                for column, values in zip(batch.schema.names, batch.columns, strict=True):
                    if column not in with_text and any(_has_text(leaf) for leaf in _strings(values)):
                        with_text.add(column)
    except RunError:
        return set()  # reported by the checks of the file itself
    return with_text


def _strings(values: Any) -> Iterator[Any]:
    """All arrays of strings inside an Arrow array."""
    import pyarrow.types as types

    if types.is_struct(values.type):
        for leaf in values.flatten():
            yield from _strings(leaf)
    elif types.is_list(values.type) or types.is_large_list(values.type):
        yield from _strings(values.flatten())
    elif types.is_string(values.type) or types.is_large_string(values.type):
        yield values


def _has_text(strings: Any) -> bool:
    import pyarrow.compute as pc

    words = pc.list_value_length(pc.utf8_split_whitespace(pc.utf8_trim_whitespace(strings)))
    address = pc.match_substring(strings, "://")
    lengthy = pc.and_(pc.greater(pc.utf8_length(strings), CHARACTERS), pc.invert(address))
    return bool(pc.any(pc.or_(pc.greater_equal(words, WORDS), lengthy)).as_py())
