"""A dataset folder: its files, and reading its rows a batch at a time.

Only data/<config>/<split>-*.parquet is required; the rest (card, croissant.json, leakage.json, manifest.json, plots/)
describes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus_builder.dataset.rows import DOCUMENTS, LEVELS, MONOLINGUAL
from corpus_builder.dataset.splits import SPLITS
from corpus_builder.errors import UsageError
from corpus_builder.parquet import EXPORT_AGAIN, batches, footer, opened, schema_of

# Rows in memory at a time. Chosen: as many as a row group has (write.ROWS).
BATCH = 2_000


@dataclass(frozen=True)
class Part:
    """One file of a dataset: `rows` of one split of one config."""

    config: str
    split: str
    path: Path
    rows: int


class DatasetFolder:
    """A dataset in a folder. Raises UsageError where there is none."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self.parts = tuple(
            Part(path.parent.name, path.name.partition("-")[0], path, footer(path, EXPORT_AGAIN).num_rows)
            for path in sorted((folder / "data").glob("*/*-*.parquet"))
        )
        if not self.parts:
            raise UsageError(
                f"{folder} is not a dataset folder: it has no files such as data/sentences/test-*.parquet",
                next_step="give the folder that `corpus-builder build` wrote as dataset/",
            )

    @property
    def configs(self) -> list[str]:
        """The configs in order: documents, the levels, each followed by its pairs; those of one language last."""
        return sorted({part.config for part in self.parts}, key=_rank)

    def splits(self, config: str) -> dict[str, int]:
        """The splits of a config with their rows, train first."""
        rows: dict[str, int] = {}
        for part in self.parts:
            if part.config == config:
                rows[part.split] = rows.get(part.split, 0) + part.rows
        order = [*SPLITS, *sorted(set(rows) - set(SPLITS))]
        return {split: rows[split] for split in order if split in rows}

    def schema(self, config: str) -> pa.Schema:
        """The Arrow schema of a config, as it was written."""
        read = schema_of(next(part.path for part in self.parts if part.config == config), EXPORT_AGAIN)
        return pa.schema([_bare(field) for field in read], metadata=read.metadata)

    def languages(self, config: str) -> list[str]:
        """The languages of a config's translations, or its one language, in alphabetical order."""
        schema = self.schema(config)
        if "translation" not in schema.names:
            return [config.partition(".")[2]]
        return sorted(field.name for field in schema.field("translation").type)

    def default(self) -> str:
        """The config to open if none is given."""
        return "sentences" if "sentences" in self.configs else self.configs[0]

    def batches(
        self, config: str, split: str | None = None, columns: Sequence[str] | None = None
    ) -> Iterator[tuple[str, pa.RecordBatch]]:
        """The rows of a config in order, train first, as (split, batch)."""
        for name in self.splits(config):
            for part in self.parts:
                if part.config == config and part.split == name and split in (None, name):
                    with opened(part.path, next_step=EXPORT_AGAIN) as file:
                        for batch in batches(file, part.path, BATCH, columns):
                            yield name, batch

    def rows(
        self, config: str, split: str | None = None, columns: Sequence[str] | None = None
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """The rows of a config in order, train first, as (split, row)."""
        for name, batch in self.batches(config, split, columns):
            for row in batch.to_pylist():
                yield name, row

    def choose(self, configs: Sequence[str], splits: Sequence[str]) -> list[str]:
        """The given configs, or all. Raises UsageError for a config or split that does not exist."""
        splits_here = {split for config in self.configs for split in self.splits(config)}
        for requested, available, kind in ((configs, set(self.configs), "config"), (splits, splits_here, "split")):
            if unknown := sorted(set(requested) - available):
                raise UsageError(
                    f"{self.path} has no {kind} {', '.join(unknown)}",
                    next_step=f"choose from {', '.join(sorted(available))}",
                )
        return [config for config in self.configs if not configs or config in configs]


def _bare(field: pa.Field) -> pa.Field:
    """A field without the field ids and the names of list items that reading a Parquet file adds."""
    kind = field.type
    if pa.types.is_struct(kind):
        kind = pa.struct([_bare(part) for part in kind])
    elif pa.types.is_list(kind):
        kind = pa.list_(_bare(kind.value_field).with_name("item"))
    return pa.field(field.name, kind, field.nullable)


def _rank(config: str) -> tuple[int, str]:
    level = config.partition(".")[0]
    order = (DOCUMENTS, *LEVELS)
    return order.index(level) if level in order else len(order) + (level == MONOLINGUAL), config
