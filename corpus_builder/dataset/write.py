"""Writing the folder that is published: data/<config>/<split>-00000-of-00001.parquet; large splits in more files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from corpus_builder.dataset.level import Level, PlacedRow, levels_of
from corpus_builder.dataset.rows import ALIGNER, MONOLINGUAL, QualityColumns, Row, TextRow
from corpus_builder.dataset.splits import SPLITS
from corpus_builder.parquet import BatchWriter, write_tables

Placed = PlacedRow[Row | TextRow]

# Rows a row group. A group is what a reader holds in memory; the number also fixes the bytes of the file.
ROWS = 2_000
FILE_ROWS = 1_000_000
"""Rows of a file at most. Chosen: a writer holds the footer of its file in memory, and that of `sentences` has 8 to 16
kB for each row group (of the 5,000 pages of benchmarks/scale.py), so 8 MB; a file is some hundreds of MB."""


def file_name(split: str, number: int, files: int) -> str:
    """The name of a file of a split, which has so many."""
    return f"{split}-{number:05}-of-{files:05}.parquet"


def write_file(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> int:
    """Write a file of a config and split; the number of rows."""
    return write_tables(path, schema, tables, ROWS)


class LevelWriter(BatchWriter[Placed]):
    """Writes the rows of a level, of all splits and configs, to one file."""

    def __init__(self, path: Path, level: Level) -> None:
        super().__init__(path, level.schema)
        self.rows: Counter[tuple[str, str]] = Counter()
        self._level = level

    def table(self, rows: Sequence[Placed]) -> pa.Table:
        """Rows as a table, which are counted by config and split."""
        table = self._level.table(rows)
        for split, published in zip(table["split"].to_pylist(), table["published"].to_pylist(), strict=True):
            self.rows.update((config, split) for bit, config in enumerate(self._level.configs) if published >> bit & 1)
        return table


class DatasetWriter:
    """Takes the rows of a small dataset, which memory holds, and writes them to the configs and splits that they belong
    to, those of pairs included.

    `quality` says which scores rows have.
    `counts` says how many rows each (config, split) has; an empty one has no file.
    """

    def __init__(self, folder: Path, languages: Sequence[str], quality: QualityColumns = ALIGNER) -> None:
        self.folder = folder
        self.counts: Counter[tuple[str, str]] = Counter()
        self._levels = levels_of(languages, quality)
        self._rows: dict[str, list[Placed]] = defaultdict(list)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for level, rows in self._rows.items() if kind is None else ():
            for config in self._levels[level].configs:
                for split in SPLITS:
                    self._write_files(self._levels[level], rows, config, split)

    def _write_files(self, level: Level, rows: Sequence[Placed], config: str, split: str) -> None:
        count = sum(len(table) for table in _tables(level, rows, config, split))
        for number in range(files := -(-count // FILE_ROWS)):
            table = pa.concat_tables(_tables(level, rows, config, split)).slice(number * FILE_ROWS, FILE_ROWS)
            path = self.folder / "data" / config / file_name(split, number, files)
            self.counts[config, split] += write_file(path, level.schema_of(config), [table])

    def write(self, config: str, split: str, row: Row, only: Collection[str] | None = None) -> None:
        """Add a row to a trilingual config, and its pairs to the configs of the pairs; `only` names some of these."""
        self._rows[config].append(PlacedRow(split, row, only))

    def write_text(self, split: str, row: TextRow) -> None:
        """Add an edition to the config of its language; a language that the dataset does not have is an error."""
        if f"{MONOLINGUAL}.{row.language}" not in self._levels[MONOLINGUAL].configs:
            raise KeyError(row.language)
        self._rows[MONOLINGUAL].append(PlacedRow(split, row))


def _tables(level: Level, rows: Sequence[Placed], config: str, split: str) -> Iterator[pa.Table]:
    for at in range(0, len(rows), ROWS):
        yield level.take(level.table(rows[at : at + ROWS]), config, split)
