"""Text of articles where stand-off was asked for: such a dataset names places in pages, and none of their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# A section or a label has one to four words ("Економічна правда"); five in a row is a sentence or a headline.
WORDS = 5
# The longest value that is no text is a SHA-256 in hexadecimal digits; addresses may be longer.
CHARACTERS = 64
# Columns that hold text whatever is in them.
TEXT_COLUMNS = frozenset({"translation", "text", "texts"})
# Files beside Parquet that a stand-off folder may have: what is written about the data, and pictures of figures.
ABOUT = frozenset({"README.md", "LICENSE", "croissant.json", "leakage.json", "manifest.json"})


def texts_in(files: Mapping[str, Path]) -> Iterator[str]:
    """What of a folder is text, or may be: a line for each column, with the first file that has it."""
    found: dict[str, list[str]] = {}
    for name, path in files.items():
        if name.endswith(".parquet"):
            for column in _columns_with_text(path):
                found.setdefault(column, []).append(name)
        elif name not in ABOUT and not name.endswith(".png"):
            yield f"{name} may hold text, and stand-off was asked for"
    for column, names in found.items():
        others = f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield f"there is text in the column {column} of {names[0]}{others}, and stand-off was asked for"


def _columns_with_text(path: Path) -> set[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            columns = set(file.schema_arrow.names)
            found = columns & TEXT_COLUMNS
            for batch in file.iter_batches(columns=sorted(columns - TEXT_COLUMNS)):
                for column, values in zip(batch.schema.names, batch.columns, strict=True):
                    if column not in found and any(_has_text(leaf) for leaf in _strings(values)):
                        found.add(column)
    except (pa.ArrowException, OSError):
        return set()  # told by the checks of the file itself
    return found


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
