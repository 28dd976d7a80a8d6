"""The one reader and writer of Parquet rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_builder.files import replacing

# Rows a row group: what is held in memory at a time. An edition with its blocks is some 10 kB.
ROWS = 500


class RowWriter:
    """Writes rows to a Parquet file, `ROWS` at a time; the file appears whole when the block ends well."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self.schema = schema
        self.count = 0
        self._waiting: list[dict[str, Any]] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        part = self._open.enter_context(replacing(self.path))
        self._writer = self._open.enter_context(pq.ParquetWriter(part, self.schema, compression="zstd"))
        return self

    def write(self, row: dict[str, Any]) -> None:
        """Add one row."""
        self._waiting.append(row)
        self.count += 1
        if len(self._waiting) == ROWS:
            self._flush()

    def _flush(self) -> None:
        self._writer.write_table(pa.Table.from_pylist(self._waiting, schema=self.schema))
        self._waiting = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if kind is None:
            self._flush()
        return self._open.__exit__(kind, error, trace)


def write_rows(path: Path, schema: pa.Schema, rows: Iterable[dict[str, Any]]) -> int:
    """Write rows to a Parquet file; how many there were."""
    with RowWriter(path, schema) as writer:
        for row in rows:
            writer.write(row)
    return writer.count


def write_tables(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> int:
    """Write tables to a Parquet file, one after the other, `ROWS` rows a row group; how many rows there were."""
    count = 0
    with replacing(path) as part, pq.ParquetWriter(part, schema, compression="zstd") as writer:
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


def read_rows(path: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file (some columns of them, or all), a row group in memory at a time."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROWS, columns=columns):
            yield from batch.to_pylist()
