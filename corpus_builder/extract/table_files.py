"""The rows of a table of articles, from any of the forms of file that tables.py names."""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from corpus_builder.errors import UsageError

REQUIRED = ("id", "language")
BODIES = ("text", "paragraphs")
_COLUMNS = (*REQUIRED, *BODIES, "title", "url", "date", "section", "authors", "tags")
_BATCH = 256  # rows of Parquet in memory; chosen: some MB of articles
_ENDINGS = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet")
_MAX_FIELD = min(sys.maxsize, 2**31 - 1)
"""Most characters of a CSV field: what the csv module allows at most. Its default, 128 KB, is less than a long read."""

Row = tuple[str, Mapping[str, Any] | None]
"""Where a row is ("file:line"), and its columns; None where it is not a mapping."""


def table_rows(path: Path) -> Iterator[Row]:
    """The rows of a file or folder, in order. Raises UsageError for other forms of file, and for missing columns."""
    if not path.exists():
        raise UsageError(f"file not found: {path}", next_step="give a .jsonl, .csv, .tsv or .parquet file, or a folder")
    if path.is_dir():
        yield from _folder(path)
    else:
        yield from _file(path)


def _folder(folder: Path) -> Iterator[Row]:
    if (folder / "dataset_info.json").exists() or (folder / "dataset_dict.json").exists():
        yield from _saved_dataset(folder)
        return
    files = sorted(file for file in folder.rglob("*") if _ending(file) in _ENDINGS and file.is_file())
    if not files:
        raise UsageError(
            f"{folder} contains no .jsonl, .csv, .tsv or .parquet file, and no saved dataset",
            next_step="give a folder with such files, or one that Dataset.save_to_disk wrote",
        )
    for file in files:
        yield from _file(file)


def _file(path: Path) -> Iterator[Row]:
    ending = _ending(path)
    if ending in (".jsonl", ".ndjson"):
        return _json_lines(path)
    if ending in (".csv", ".tsv"):
        return _separated(path, "\t" if ending == ".tsv" else ",")
    if ending == ".parquet":
        return _parquet(path)
    raise UsageError(f"{path} is not a table of articles", next_step=f"its name has to end in {', '.join(_ENDINGS)}")


def _ending(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix


def _open(path: Path) -> IO[str]:
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _json_lines(path: Path) -> Iterator[Row]:
    checked = False
    with _open(path) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            place = f"{path}:{number}"
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                yield place, None
                continue
            if not checked:
                _check_columns(path, row)
                checked = True
            yield place, row


def _separated(path: Path, separator: str) -> Iterator[Row]:
    csv.field_size_limit(_MAX_FIELD)
    with _open(path) as lines:
        rows = csv.DictReader(lines, delimiter=separator)
        _check_columns(path, rows.fieldnames or ())
        for row in rows:
            yield f"{path}:{rows.line_num}", row


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.ParquetFile(path)
    except pyarrow.ArrowInvalid as error:
        raise UsageError(f"{path} is not Parquet: {error}") from error
    with table:
        names = table.schema_arrow.names
        _check_columns(path, names)
        number = 0
        for batch in table.iter_batches(batch_size=_BATCH, columns=[name for name in names if name in _COLUMNS]):
            for row in batch.to_pylist():
                number += 1
                yield f"{path}:{number}", row


def _saved_dataset(folder: Path) -> Iterator[Row]:
    from datasets import Dataset, load_from_disk

    loaded = load_from_disk(str(folder))
    for name, dataset in {"": loaded}.items() if isinstance(loaded, Dataset) else loaded.items():
        _check_columns(folder / name, dataset.column_names)
        dataset = dataset.select_columns([column for column in dataset.column_names if column in _COLUMNS])
        for number, row in enumerate(dataset, 1):
            yield f"{folder / name}:{number}", row


def _check_columns(path: Path, columns: Iterable[str]) -> None:
    columns = list(columns)
    missing = [name for name in REQUIRED if name not in columns]
    if not any(name in columns for name in BODIES):
        missing.append("text (or paragraphs)")
    if missing:
        raise UsageError(
            f"{path} has no column {', '.join(missing)}; it has {', '.join(map(str, columns)) or 'none'}",
            next_step="rename its columns to id, language, text or paragraphs, and if known title, url, date",
        )
