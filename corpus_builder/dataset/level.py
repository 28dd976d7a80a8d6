"""The rows of a level ("sentences") as one table, from which each of its configs takes its own: `sentences`, and
`sentences.en-uk` and so on with two sides and the scores of that pair.

Besides the columns of the level's own config the table has the split of each row, in `published` a bit for each config
that has the row, in the order of `configs`, and in `verdicts` what people said of each pair. The editions of a config
of one language are a level as well, `monolingual`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Generic, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from corpus_builder.dataset.quotes import QUOTE_COLUMNS, QUOTES
from corpus_builder.dataset.rows import (
    ALIGNER,
    AUDITED,
    DOCUMENT_COLUMNS,
    DOCUMENTS,
    LEVELS,
    MONOLINGUAL,
    QualityColumns,
    Row,
    TextRow,
    pair_names,
)
from corpus_builder.dataset.schema import TOP, arrow_schema, config_names

SPLIT, PUBLISHED, VERDICTS = "split", "published", "verdicts"

AnyRow = TypeVar("AnyRow", bound=Row | TextRow, covariant=True)


@dataclass(frozen=True)
class PlacedRow(Generic[AnyRow]):
    """A row with its split, and the configs of its level that have it (None: all that it has sides for)."""

    split: str
    row: AnyRow
    configs: Collection[str] | None = None


class Level:
    """A level of a dataset in some languages; `quality` says which scores its rows have."""

    def __init__(self, name: str, languages: Sequence[str], quality: QualityColumns = ALIGNER) -> None:
        self.name = name
        self.configs = tuple(config for config in config_names(languages) if config.partition(".")[0] == name)
        self._quality = _quality_of(name, quality)
        self._pairs = () if name == MONOLINGUAL else tuple(pair_names(languages))
        self._schemas = {
            config: arrow_schema(config, languages, self._scores(config, languages)) for config in self.configs
        }
        self.schema = self._whole_schema()

    def _scores(self, config: str, languages: Sequence[str]) -> Mapping[str, str]:
        pair = config.partition(".")[2]
        return {} if self.name == MONOLINGUAL else self._quality.columns(pair.split("-") if pair else languages)

    def _whole_schema(self) -> pa.Schema:
        schema = self._schemas[self.configs[0]].remove_metadata()
        schema = schema.append(pa.field(SPLIT, pa.string())).append(pa.field(PUBLISHED, pa.int64()))
        if self._pairs:
            schema = schema.append(pa.field(VERDICTS, pa.struct([(pair, pa.int8()) for pair in self._pairs])))
        return schema

    def schema_of(self, config: str) -> pa.Schema:
        """The columns of a config."""
        return self._schemas[config]

    def columns_of(self, config: str) -> list[str]:
        """The columns of the level's table that the rows of a config are taken from."""
        languages = config.partition(".")[2].split("-") if self._pairs and "." in config else None
        names = []
        for field in self.schema:
            if field.name == VERDICTS and languages:
                names.append(f"{VERDICTS}.{'-'.join(languages)}")
            elif pa.types.is_struct(field.type) and languages:
                kept = self._quality.sources(languages) if field.name == "quality" else languages
                names += [f"{field.name}.{part.name}" for part in field.type if part.name in kept]
            elif field.name != VERDICTS:
                names.append(field.name)
        return names

    def table(self, rows: Sequence[PlacedRow[Row | TextRow]]) -> pa.Table:
        """Rows as a table; a value that a row lacks is null."""
        columns = [self._column(rows, field) for field in self.schema]
        return pa.table(columns, self.schema)

    def _column(self, rows: Sequence[PlacedRow[Row | TextRow]], field: pa.Field) -> pa.Array:
        if field.name == SPLIT:
            return pa.array([each.split for each in rows], field.type)
        if field.name == PUBLISHED:
            return pa.array([self._published(each) for each in rows], field.type)
        return _array([_value(each.row, field.name) for each in rows], field.type)

    def _published(self, each: PlacedRow[Row | TextRow]) -> int:
        return sum(1 << bit for bit, config in enumerate(self.configs) if _is_in(config, each))

    def take(self, table: pa.Table | pa.RecordBatch, config: str, split: str) -> pa.Table:
        """The rows of a table that are in a split of a config, with the columns of that."""
        bit = self.configs.index(config)
        there = pc.equal(pc.bit_wise_and(pc.shift_right(table[PUBLISHED], bit), 1), 1)
        chosen = table.filter(pc.and_(there, pc.equal(table[SPLIT], split)))
        if isinstance(chosen, pa.RecordBatch):
            chosen = pa.Table.from_batches([chosen])
        chosen = chosen.combine_chunks()
        columns = {name: _chunk(chosen[name]) for name in chosen.column_names}
        pair = config.partition(".")[2] if self._pairs else ""
        if pair:
            self._narrow(columns, pair)
        schema = self._schemas[config]
        return pa.table([_as(columns.get(field.name), field.type, columns) for field in schema], schema)

    def _narrow(self, columns: dict[str, pa.Array], pair: str) -> None:
        """Leave the scores of a pair in `columns`, and its verdict; the sides of others go with the schema."""
        values = {name: columns[name] for name in TOP if name in columns}
        if "quality" in columns:
            values |= _parts(columns["quality"])
        columns |= self._quality.narrowed_columns(values, pair.split("-"))
        if "audited" in columns:
            said = columns[VERDICTS].field(pair)
            columns["audited"] = pa.array([AUDITED.get(each) for each in said.to_pylist()], pa.string())
        columns.pop("quality", None)


@cache
def level_of(name: str, languages: tuple[str, ...], quality: QualityColumns = ALIGNER) -> Level:
    """A level; making its schemas takes some 20 ms, so a process does it once."""
    return Level(name, languages, quality)


def levels_of(languages: Sequence[str], quality: QualityColumns = ALIGNER) -> dict[str, Level]:
    """The levels of a dataset by their names, the editions of one language last."""
    return {name: level_of(name, tuple(languages), quality) for name in (DOCUMENTS, *LEVELS, QUOTES, MONOLINGUAL)}


def _quality_of(level: str, quality: QualityColumns) -> QualityColumns:
    if level == DOCUMENTS:
        return DOCUMENT_COLUMNS
    return QUOTE_COLUMNS if level == QUOTES else quality


def _is_in(config: str, each: PlacedRow[Row | TextRow]) -> bool:
    if isinstance(each.row, TextRow):
        return config == f"{MONOLINGUAL}.{each.row.language}"
    if each.configs is not None and config not in each.configs:
        return False
    pair = config.partition(".")[2]
    return not pair or all(each.row.translation.get(language) for language in pair.split("-"))


def _value(row: Row | TextRow, name: str) -> Any:
    return row.quality.get(name) if name in TOP and isinstance(row, Row) else getattr(row, name)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_date(kind):
        values = [value and date.fromisoformat(value) for value in values]
    if not pa.types.is_struct(kind):
        return pa.array(values, kind)
    parts = [_array([value.get(field.name) for value in values], field.type) for field in kind]
    return pa.StructArray.from_arrays(parts, fields=list(kind))


def _chunk(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _as(column: Any, kind: pa.DataType, columns: Mapping[str, pa.Array]) -> pa.Array:
    """A column in a type: a struct with the parts that this has, from the column's own or, for `quality` of a pair,
    from the columns of the same names."""
    if not pa.types.is_struct(kind):
        return column.cast(kind) if column.type != kind else column
    own = columns if column is None else _parts(column)
    return pa.StructArray.from_arrays([_as(own[field.name], field.type, {}) for field in kind], fields=list(kind))


def _parts(column: pa.StructArray) -> dict[str, pa.Array]:
    return {field.name: part for field, part in zip(column.type, column.flatten(), strict=True)}
