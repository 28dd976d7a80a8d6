"""The rows of a table of articles, from any of the forms of file that tables.py names.

The first bytes of a file decide what it is where they can (Parquet, JSON, compression); else its name does. What is
wrong with one row is that row's problem. What is wrong with a whole file (damaged, no such columns) is an error that
names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_builder.errors import RunError, UsageError
from corpus_builder.extract.separated import separated_records
from corpus_builder.extract.table_columns import FIELDS, Columns, Record, TableOptions, find_columns
from corpus_builder.extract.table_json import JsonRow, is_json, json_rows
from corpus_builder.extract.table_lines import TextFile, first_bytes, open_text, read_lines
from corpus_builder.files import require_file, shown
from corpus_builder.packed import ENDINGS, is_packed
from corpus_builder.parquet import first_line, opened

if TYPE_CHECKING:
    import pyarrow as pa

_ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".tab", ".parquet")
"""How the names of tables in a folder end, but for compression. A file that is named itself may be called anything."""

_JSON = (".jsonl", ".ndjson", ".json")
_PARQUET = b"PAR1"

_FIRST_ROWS = 100
"""JSON objects whose keys together are the columns of a file. Chosen: objects may leave out what they lack."""

_BATCH = 64
"""Rows of Parquet in memory at a time. Chosen: a row with three long reads is some 300 kB."""


@dataclass(frozen=True)
class Row:
    """A row of a table: where it is ("file:line"), its editions, and why it has none: "" where it has."""

    place: str
    records: tuple[Record, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class _Reader:
    """What is the same for all files of a table."""

    options: TableOptions
    languages: Sequence[str]

    def columns(self, path: Path, names: Sequence[str]) -> Columns:
        return find_columns(shown(path), names, self.options, self.languages)

    def row(self, path: Path, number: int, columns: Columns, values: Mapping[str, Any]) -> Row:
        """The row with these values, by the names of their columns."""
        place, name = f"{shown(path)}:{number}", shown(Path(path.name))
        return Row(place, tuple(columns.records(values, f"{name.split('.')[0]}-{number}")))


def table_rows(path: Path, options: TableOptions, languages: Sequence[str]) -> Iterator[Row]:
    """The rows of a file or folder, in order.

    Raises UsageError for other forms of file, and for missing columns; RunError for a damaged file, with the place.
    """
    if not path.exists():
        raise UsageError(
            f"file not found: {shown(path)}", next_step="give a .jsonl, .json, .csv, .tsv or .parquet file, or a folder"
        )
    require_file(path)
    reader = _Reader(options, languages)
    if path.is_dir():
        yield from _folder(path, reader)
    else:
        yield from _file(path, reader)


def _folder(folder: Path, reader: _Reader) -> Iterator[Row]:
    if (folder / "dataset_info.json").exists() or (folder / "dataset_dict.json").exists():
        yield from _saved_dataset(folder, reader)
        return
    files = sorted(file for file in folder.rglob("*") if _ending(file) in _ENDINGS and file.is_file())
    if not files:
        raise UsageError(
            f"{shown(folder)} contains no .jsonl, .json, .csv, .tsv or .parquet file, and no saved dataset",
            next_step="give a folder with such files, or one that Dataset.save_to_disk wrote",
        )
    for file in files:
        yield from _file(file, reader)


def _file(path: Path, reader: _Reader) -> Iterator[Row]:
    ending = _ending(path)
    start = first_bytes(path)
    if ending == ".parquet" or start.startswith(_PARQUET):
        if start.startswith(_PARQUET) and is_packed(path):
            raise UsageError(f"{shown(path)} is a compressed Parquet file", next_step="unpack it: Parquet has its own")
        return _parquet(path, reader)
    file = open_text(path, reader.options.encoding)
    if ending in _JSON or (ending not in _ENDINGS and is_json(file)):
        return _json(file, reader)
    return _separated(file, "\t" if ending in (".tsv", ".tab") else ",", reader)


def _ending(path: Path) -> str:
    name = path.name.lower()
    for packed in ENDINGS:
        name = name.removesuffix(packed)
    return Path(name).suffix


def _json(file: TextFile, reader: _Reader) -> Iterator[Row]:
    path = file.path
    rows = json_rows(file)
    waiting: list[JsonRow] = []
    names: dict[str, None] = {}
    objects = 0
    for number, values in rows:
        if isinstance(values, str) and not waiting:
            yield Row(f"{shown(path)}:{number}", (), values)
            continue
        waiting.append((number, values))
        if isinstance(values, dict):
            names.update(dict.fromkeys(values))
            objects += 1
        if objects == _FIRST_ROWS or len(waiting) == 2 * _FIRST_ROWS:
            break
    if not waiting:
        return
    columns = reader.columns(path, list(names))
    for number, values in chain(waiting, rows):
        if isinstance(values, dict):
            yield reader.row(path, number, columns, values)
        else:
            yield Row(f"{shown(path)}:{number}", (), values)


def _separated(file: TextFile, separator: str, reader: _Reader) -> Iterator[Row]:
    path = file.path
    lines = read_lines(file)
    records = separated_records(
        lines, separator, lambda names: _recognised(names, reader), lambda names: _ends_with_text(names, reader)
    )
    header = next(records, None)
    names = header.cells if header else ()
    columns = reader.columns(path, names)
    least = max((names.index(name) + 1 for name in columns.required()), default=0)
    for record in records:
        place = f"{shown(path)}:{record.number}"
        if record.problem:
            yield Row(place, (), record.problem)
        elif len(record.cells) < least:
            yield Row(place, (), f"it has {len(record.cells)} cells, and the header has {len(names)}")
        else:
            yield reader.row(path, record.number, columns, dict(zip(names, record.cells, strict=False)))


def _recognised(names: Sequence[str], reader: _Reader) -> int:
    """How many of a header's names are columns of articles."""
    try:
        return len(find_columns("", names, reader.options, reader.languages).names())
    except UsageError:
        return len({name.lower() for name in names} & set(FIELDS)) - len(FIELDS)


def _ends_with_text(names: Sequence[str], reader: _Reader) -> bool:
    """Whether the last column of a header has bodies."""
    try:
        columns = find_columns("", names, reader.options, reader.languages)
    except UsageError:
        return False
    return names[-1] in columns.bodies()


def _parquet(path: Path, reader: _Reader) -> Iterator[Row]:
    number = 0
    try:
        with opened(path, next_step="the file is damaged or of another kind; write it again") as table:
            names = table.schema_arrow.names
            columns = reader.columns(path, names)
            used = [name for name in names if name in columns.names()]
            for batch in table.iter_batches(batch_size=_BATCH, columns=used):
                for values in _values(batch):
                    number += 1
                    if isinstance(values, str):
                        yield Row(f"{shown(path)}:{number}", (), values)
                    else:
                        yield reader.row(path, number, columns, values)
    except RunError as error:
        after = f" (after row {number:,})" if number else ""
        raise RunError(f"{error}{after}", next_step=error.next_step) from error


def _values(batch: pa.RecordBatch) -> Iterator[dict[str, Any] | str]:
    """The rows of a batch, or why one cannot be read, as text that is not UTF-8."""
    try:
        yield from batch.to_pylist()
        return
    except (ValueError, OverflowError):
        pass
    for row in range(len(batch)):
        try:
            yield batch.slice(row, 1).to_pylist()[0]
        except (ValueError, OverflowError) as error:
            yield f"a cell cannot be read: {first_line(error)[:200]}"


def _saved_dataset(folder: Path, reader: _Reader) -> Iterator[Row]:
    from datasets import Dataset, load_from_disk

    loaded = _readable(folder, lambda: load_from_disk(str(folder)))
    for name, dataset in {"": loaded}.items() if isinstance(loaded, Dataset) else loaded.items():
        part = folder / name
        columns = reader.columns(part, dataset.column_names)
        rows = iter(dataset.select_columns([column for column in dataset.column_names if column in columns.names()]))
        number = 0
        while values := _readable(part, partial(next, rows, None)):
            number += 1
            yield reader.row(part, number, columns, values)


def _readable(folder: Path, read: Callable[[], Any]) -> Any:
    """What `read` returns. Raises RunError where a saved dataset is damaged."""
    try:
        return read()
    except (OSError, ValueError, KeyError, TypeError, MemoryError) as error:  # as pyarrow and datasets raise for damage
        raise RunError(
            f"{shown(folder)} cannot be read as a saved dataset: {first_line(error)[:200]}",
            next_step="save it again with Dataset.save_to_disk",
        ) from error
