"""What the columns of a dataset have to be: a folder of another tool, or one edited by hand, is told what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import pyarrow as pa

from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.rows import MONOLINGUAL
from corpus_builder.errors import UsageError
from corpus_builder.files import shown

Is = Callable[[pa.DataType], bool]


def _text(kind: pa.DataType) -> bool:
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(plain) or pa.types.is_large_string(plain) or pa.types.is_null(plain))


def _number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_null(kind))


def _by_language(kind: pa.DataType) -> bool:
    return bool(pa.types.is_struct(kind) and all(_text(part.type) for part in kind))


def _day(kind: pa.DataType) -> bool:
    return bool(pa.types.is_date(kind)) or _text(kind)


def _list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind)) and _text(kind.value_type)


_COLUMNS: Mapping[str, tuple[str, Is]] = {
    "id": ("text", _text),
    "article_id": ("text", _text),
    "date": ("a date", _day),
    "section": ("text", _text),
    "url": ("a text for each language", _by_language),
    "position": ("a number", _number),
    "kind": ("text", _text),
    "label": ("text", _text),
    "translation": ("a text for each language", _by_language),
    "probability": ("a number", _number),
    "flags": ("a list of texts", _list),
    "quality": ("a struct", lambda kind: bool(pa.types.is_struct(kind))),
}
ROWS = tuple(name for name in _COLUMNS if name != "quality")
"""The columns that rows of a config have, but for `quality`, which some lack."""


def check_columns(folder: DatasetFolder, config: str, needed: Collection[str] = ROWS) -> None:
    """Raise UsageError where a config lacks a column that is needed, or has another kind of values in one."""
    schema = folder.schema(config)
    missing = [name for name in _COLUMNS if name in needed and name not in schema.names]
    faults = [f"no column {', '.join(missing)}"] if missing else []
    columns = {**_COLUMNS, "url": ("text", _text)} if config.startswith(f"{MONOLINGUAL}.") else _COLUMNS
    for name, (words, is_right) in columns.items():
        if name in schema.names and not is_right(schema.field(name).type):
            faults.append(f"{name} is {schema.field(name).type}, not {words}")
    if faults:
        raise UsageError(
            f"{shown(str(folder.path))}, config {config}: {'; '.join(faults)}",
            next_step="give a dataset as `corpus-builder build` writes it; of other folders, `evaluate` reads some",
        )
