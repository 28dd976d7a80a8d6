"""Writing the folder that is published: data/<config>/<split>-00000-of-00001.parquet; large splits in more files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from corpus_builder.dataset.quotes import QUOTE_COLUMNS, QUOTES
from corpus_builder.dataset.rows import ALIGNER, DOCUMENTS, MONOLINGUAL, QualityColumns, Row, TextRow, pair_row
from corpus_builder.dataset.schema import TOP, arrow_schema, config_names
from corpus_builder.parquet import BatchWriter

# Rows a row group. A group is what a reader holds in memory; the number also fixes the bytes of the file.
ROWS = 2_000
FILE_ROWS = 1_000_000
"""Rows of a file at most. Chosen: a writer holds the footer of its file in memory, and that of `sentences` has 8 to 16
kB for each row group (of the 5,000 pages of benchmarks/scale.py), so 8 MB; a file is some hundreds of MB."""


class DatasetWriter:
    """Takes rows and writes them to the configs and splits that they belong to, those of pairs included.

    `quality` says which scores rows have.
    `counts` says how many rows each (config, split) has; an empty one has no file.
    """

    def __init__(self, folder: Path, languages: Sequence[str], quality: QualityColumns = ALIGNER) -> None:
        self.folder = folder
        self.counts: Counter[tuple[str, str]] = Counter()
        self._quality = quality
        self._schemas = {
            config: arrow_schema(config, languages, _scores(config, languages, quality))
            for config in config_names(languages)
        }
        self._writers: dict[tuple[str, str], _DatasetFile] = {}
        self._files: dict[tuple[str, str], list[Path]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with ExitStack() as stack:
            for writer in self._writers.values():
                stack.push(writer)
            stack.__exit__(kind, error, trace)
        if kind is None:
            for (_, split), paths in self._files.items():
                for number, path in enumerate(paths):
                    path.replace(path.with_name(f"{split}-{number:05}-of-{len(paths):05}.parquet"))

    def write(self, config: str, split: str, row: Row, only: Collection[str] | None = None) -> None:
        """Add a row to a trilingual config, and its pairs to the configs of the pairs; `only` names some of these."""
        if only is None or config in only:
            self._add(config, split, row)
        for name in self._schemas:
            level, _, pair = name.partition(".")
            if level != config or not pair or (only is not None and name not in only):
                continue
            if two := pair_row(row, pair, _columns(config, self._quality)):
                self._add(name, split, two)

    def write_text(self, split: str, row: TextRow) -> None:
        """Add an edition to the config of its language; a language that the dataset does not have is an error."""
        self._add(f"{MONOLINGUAL}.{row.language}", split, row)

    def _add(self, config: str, split: str, row: Row | TextRow) -> None:
        key = (config, split)
        if self.counts[key] % FILE_ROWS == 0:
            self._next_file(key)
        self._writers[key].write(row)
        self.counts[key] += 1

    def _next_file(self, key: tuple[str, str]) -> None:
        if full := self._writers.pop(key, None):
            full.__exit__(None, None, None)
        (config, split), paths = key, self._files.setdefault(key, [])
        paths.append(self.folder / "data" / config / f"{split}-{len(paths):05}.parquet")
        self._writers[key] = _DatasetFile(paths[-1], self._schemas[config], ROWS).__enter__()


class _DatasetFile(BatchWriter[Row | TextRow]):
    """A file of a config and split; rows are converted column by column."""

    def table(self, rows: Sequence[Row | TextRow]) -> pa.Table:
        """Rows as a table."""
        return table_of(rows, self.schema)


def table_of(rows: Sequence[Row | TextRow], schema: pa.Schema) -> pa.Table:
    """Rows as columns; a value that a row lacks is null."""
    return pa.table([_column([_value(row, field.name) for row in rows], field.type) for field in schema], schema)


def _value(row: Row | TextRow, name: str) -> Any:
    return row.quality.get(name) if name in TOP and isinstance(row, Row) else getattr(row, name)


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_date(kind):
        values = [value and date.fromisoformat(value) for value in values]
    if not pa.types.is_struct(kind):
        return pa.array(values, kind)
    parts = [_column([value.get(field.name) for value in values], field.type) for field in kind]
    return pa.StructArray.from_arrays(parts, fields=list(kind))


def _scores(config: str, languages: Sequence[str], quality: QualityColumns) -> Mapping[str, str]:
    level, _, pair = config.partition(".")
    if level in (DOCUMENTS, MONOLINGUAL):
        return {"probability": "float64"}
    return _columns(level, quality).columns(pair.split("-") if pair else languages)


def _columns(level: str, quality: QualityColumns) -> QualityColumns:
    if level == DOCUMENTS:
        return ALIGNER
    return QUOTE_COLUMNS if level == QUOTES else quality
