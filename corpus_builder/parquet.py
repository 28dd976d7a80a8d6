"""Parquet files: the reader and the writer of rows that the whole project uses.

Every Parquet file is opened here, so that one that is damaged, or has other columns, becomes an error that names it.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_builder.errors import RunError
from corpus_builder.files import BUILD_AGAIN, replacing, shown
from corpus_builder.remote import is_remote, open_place

Row = TypeVar("Row")

COMPRESSION = "zstd"

ROWS = 500
"""Rows per row group, which are held in memory at a time. Chosen: an edition with its blocks is some 10 kB, so 5 MB."""

EXPORT_AGAIN = "the file is damaged; export the dataset again, or get it again from where it came"


class BatchWriter(ABC, Generic[Row]):
    """Writes rows to a Parquet file, `size` rows per row group; the file appears whole when the block ends well."""

    def __init__(self, path: Path, schema: pa.Schema, size: int = ROWS) -> None:
        self.path = path
        self.schema = schema
        self.count = 0
        self._size = size
        self._waiting: list[Row] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        part = self._open.enter_context(replacing(self.path))
        self._writer = self._open.enter_context(_writer(part, self.schema))
        return self

    @abstractmethod
    def table(self, rows: Sequence[Row]) -> pa.Table:
        """Rows as a table of the writer's schema."""

    def write(self, row: Row) -> None:
        """Add one row."""
        self._waiting.append(row)
        self.count += 1
        if len(self._waiting) == self._size:
            self._flush()

    def _flush(self) -> None:
        self._writer.write_table(self.table(self._waiting))
        self._waiting = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if kind is None and self._waiting:
            self._flush()
        return self._open.__exit__(kind, error, trace)


class RowWriter(BatchWriter[dict[str, Any]]):
    """Writes dictionaries, the keys of which are the schema's columns."""

    def table(self, rows: Sequence[dict[str, Any]]) -> pa.Table:
        """Rows as a table; a value that a row lacks is null."""
        try:
            return pa.Table.from_pylist(rows, schema=self.schema)
        except UnicodeEncodeError:  # names of files that are not UTF-8, half characters
            return pa.Table.from_pylist([_in_utf8(row) for row in rows], schema=self.schema)


def _in_utf8(value: Any) -> Any:
    """A value with all of its texts in UTF-8."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {key: _in_utf8(part) for key, part in value.items()}
    return list(map(_in_utf8, value)) if isinstance(value, list | tuple) else value


@contextmanager
def _writer(path: Path, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    # As bytes: Arrow takes no text for a name that is not UTF-8.
    with pa.OSFile(os.fsencode(path), "wb") as file, pq.ParquetWriter(file, schema, compression=COMPRESSION) as writer:
        yield writer


def write_rows(path: Path, schema: pa.Schema, rows: Iterable[dict[str, Any]], size: int = ROWS) -> int:
    """Write rows to a Parquet file; the number of rows."""
    with RowWriter(path, schema, size) as writer:
        for row in rows:
            writer.write(row)
    return writer.count


def write_tables(path: Path, schema: pa.Schema, tables: Iterable[pa.Table], size: int = ROWS) -> int:
    """Write tables to a Parquet file, one after the other, `size` rows per row group; the number of rows."""
    count = 0
    with replacing(path) as part, _writer(part, schema) as writer:
        left = schema.empty_table()
        for table in tables:
            count += len(table)
            left = pa.concat_tables([left, table])
            whole = len(left) // size * size
            if whole:
                writer.write_table(left.slice(0, whole).combine_chunks(), row_group_size=size)
            left = left.slice(whole)
        if len(left) or not count:
            writer.write_table(left.combine_chunks())
    return count


def read_rows(
    path: Path,
    columns: Sequence[str] | None = None,
    only: Collection[str] | None = None,
    schema: pa.Schema | None = None,
) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file, some of its columns or all, a row group in memory at a time.

    `only` keeps the rows with these article ids; row groups that cannot have one are not read. Raises RunError as
    `opened` does.
    """
    with opened(path, schema) as file:
        groups = None if only is None else _groups_with(file.metadata, sorted(only))
        for batch in batches(file, path, ROWS, columns, groups):
            if only is not None:
                batch = batch.filter(pc.is_in(batch["article_id"], pa.array(only, pa.string())))
            yield from batch.to_pylist()


def rows_between(
    path: Path | str, first: int, stop: int | None, schema: pa.Schema, columns: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file from a number to before another, or to the end; only their row groups are read.

    Raises RunError as `opened` does.
    """
    with opened(path, schema) as file:
        start = 0
        for number in range(file.metadata.num_row_groups):
            end = start + file.metadata.row_group(number).num_rows
            if end > first and (stop is None or start < stop):
                skip = max(0, first - start)
                group = file.read_row_group(number, columns=columns and list(columns))
                yield from group.slice(skip, None if stop is None else max(0, stop - start - skip)).to_pylist()
            start = end


def _groups_with(metadata: pq.FileMetaData, article_ids: Sequence[str]) -> list[int]:
    """The row groups that may have one of these article ids, which are sorted, by their least and greatest ones."""
    groups = []
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        columns = (group.column(place) for place in range(group.num_columns))
        known = next((column.statistics for column in columns if column.path_in_schema == "article_id"), None)
        if known is None or not known.has_min_max:
            groups.append(number)
            continue
        place = bisect_left(article_ids, known.min)
        if place < len(article_ids) and article_ids[place] <= known.max:
            groups.append(number)
    return groups


@contextmanager
def opened(path: Path | str, schema: pa.Schema | None = None, next_step: str = BUILD_AGAIN) -> Iterator[pq.ParquetFile]:
    """A Parquet file to read from, a path or the URL of a store; `schema` has the columns that it must have.

    Raises RunError, with the file's name and the next step, for one that is missing or damaged or has other columns,
    also while it is read.
    """
    try:
        with _source(path) as source, pq.ParquetFile(source) as file:
            if schema is not None:
                _check_columns(file.schema_arrow, schema)
            yield file
    except FileNotFoundError as error:
        raise RunError(f"file not found: {path}", next_step="run the stage that writes it again") from error
    except _OtherColumns as error:
        raise RunError(
            f"{path} cannot be read as Parquet: {error}",
            next_step="it is damaged, or of another version of the program: remove it and run the build again",
        ) from error
    except (pa.ArrowException, OSError, UnicodeDecodeError, OverflowError, MemoryError) as error:
        raise RunError(f"{path} cannot be read as Parquet: {first_line(error)}", next_step=next_step) from error


def _source(path: Path | str) -> Any:
    """The bytes of a file; of one in a store only what is asked for is fetched."""
    return open_place(path, 0) if is_remote(path) else pa.OSFile(os.fsencode(path), "rb")


class _OtherColumns(Exception):
    """A file has other columns than it must have."""


def _check_columns(there: pa.Schema, wanted: pa.Schema) -> None:
    for field in wanted:
        if field.name not in there.names:
            raise _OtherColumns(f"it has no column {field.name}")
        kind = there.field(field.name).type
        if kind != field.type:
            raise _OtherColumns(f"the column {field.name} has values of another type: {str(kind)[:_SHOWN]}")


_SHOWN = 100
"""Characters of a type in a message. Chosen: a line of a terminal."""


def batches(
    file: pq.ParquetFile,
    path: Path,
    size: int = ROWS,
    columns: Sequence[str] | None = None,
    groups: Sequence[int] | None = None,
) -> Iterator[pa.RecordBatch]:
    """The rows of an opened file or of some of its row groups, `size` at a time. Raises RunError for a column that it
    does not have."""
    _check_has(file, path, columns or ())
    if groups is None or groups:
        yield from file.iter_batches(batch_size=size, columns=columns, row_groups=groups)


def _check_has(file: pq.ParquetFile, path: Path, columns: Sequence[str]) -> None:
    there = set(file.schema_arrow.names) if columns else set()
    if missing := [name for name in columns if name.partition(".")[0] not in there]:
        raise RunError(
            f"{path} cannot be read: it has no column {', '.join(missing)}",
            next_step="it is not the file that its name says; write it again",
        )


def read_columns(path: Path, columns: Sequence[str]) -> pa.Table:
    """Some columns of a Parquet file as a table. Raises RunError as `opened` does."""
    with opened(path) as file:
        _check_has(file, path, columns)
        return file.read(columns=list(columns))


def footer(path: Path, next_step: str = BUILD_AGAIN) -> pq.FileMetaData:
    """The footer of a Parquet file: its rows, columns and their statistics. Raises RunError as `opened` does."""
    with opened(path, next_step=next_step) as file:
        return file.metadata


def schema_of(path: Path, next_step: str = BUILD_AGAIN) -> pa.Schema:
    """The columns of a Parquet file. Raises RunError as `opened` does."""
    with opened(path, next_step=next_step) as file:
        return file.schema_arrow


def row_count(path: Path) -> int:
    """The number of rows, from the file's footer. Raises RunError as `opened` does."""
    return int(footer(path).num_rows)


def first_line(error: BaseException) -> str:
    """The first line of an error's message: Arrow's go on with what the file would have to be."""
    return (str(error).splitlines() or [type(error).__name__])[0]
