"""Parquet files: the reader and the writer of rows that the whole project uses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_builder.errors import RunError
from corpus_builder.files import replacing

Row = TypeVar("Row")

COMPRESSION = "zstd"

ROWS = 500
"""Rows per row group, which are held in memory at a time. Chosen: an edition with its blocks is some 10 kB, so 5 MB."""


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
        self._writer = self._open.enter_context(pq.ParquetWriter(part, self.schema, compression=COMPRESSION))
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
        return pa.Table.from_pylist(rows, schema=self.schema)


def write_rows(path: Path, schema: pa.Schema, rows: Iterable[dict[str, Any]], size: int = ROWS) -> int:
    """Write rows to a Parquet file; the number of rows."""
    with RowWriter(path, schema, size) as writer:
        for row in rows:
            writer.write(row)
    return writer.count


def write_tables(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> int:
    """Write tables to a Parquet file, one after the other, `ROWS` rows per row group; the number of rows."""
    count = 0
    with replacing(path) as part, pq.ParquetWriter(part, schema, compression=COMPRESSION) as writer:
        left = schema.empty_table()
        for table in tables:
            count += len(table)
            left = pa.concat_tables([left, table])
            whole = len(left) // ROWS * ROWS
            if whole:
                writer.write_table(left.slice(0, whole), row_group_size=ROWS)
            left = left.slice(whole)
        writer.write_table(left)
    return count


def read_rows(
    path: Path, columns: Sequence[str] | None = None, only: Collection[str] | None = None
) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file, some of its columns or all, a row group in memory at a time.

    `only` keeps the rows with these article ids. Raises RunError for a file that cannot be read, and names it.
    """
    with opened(path) as file:
        for batch in file.iter_batches(batch_size=ROWS, columns=columns):
            if only is not None:
                batch = batch.filter(pc.is_in(batch["article_id"], pa.array(only, pa.string())))
            yield from batch.to_pylist()


@contextmanager
def opened(path: Path) -> Iterator[pq.ParquetFile]:
    """A Parquet file to read from. Raises RunError for one that is missing or damaged, also while it is read."""
    try:
        with pq.ParquetFile(path) as file:
            yield file
    except FileNotFoundError as error:
        raise RunError(f"file not found: {path}", next_step="run the stage that writes it again") from error
    except (pa.ArrowException, OSError) as error:
        raise RunError(
            f"{path} cannot be read: {first_line(error)}",
            next_step="the file is damaged; remove it and run the build again",
        ) from error


def read_columns(path: Path, columns: Sequence[str]) -> pa.Table:
    """Some columns of a Parquet file as a table. Raises RunError as `opened` does."""
    with opened(path) as file:
        return file.read(columns=list(columns))


def row_count(path: Path) -> int:
    """The number of rows, from the file's footer. Raises RunError as `opened` does."""
    with opened(path) as file:
        return int(file.metadata.num_rows)


def first_line(error: Exception) -> str:
    """The first line of an error's message; Arrow's go over several."""
    return (str(error).splitlines() or [type(error).__name__])[0]
