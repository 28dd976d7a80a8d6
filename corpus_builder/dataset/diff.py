"""What changed between two builds of a dataset: rows added, removed, changed, moved between splits.

A row's id is a hash of its article and its words, so equal ids mean equal words. A removed and an added row at one
place of one article are a reworded row. pyarrow matches the ids and compares column by column: memory holds the ids of
one config and one column (one score, the URLs of one language), no texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpus_builder.dataset.expected import check_columns
from corpus_builder.dataset.folder import DatasetFolder


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: "added", "removed", "reworded" (the same place in the story has other words now), "rescored"
    (same words, other scores or metadata) or "moved" (same words, another split).

    `old` and `new` are row ids; `detail` names the columns or splits.
    """

    kind: str
    config: str
    article_id: str
    position: int
    old: str | None
    new: str | None
    detail: str = ""


@dataclass
class DatasetDiff:
    """All changes between two datasets; `kept` counts the rows without a change, by config."""

    kept: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many changes of each kind a config has, and how many rows were kept."""
        counts: dict[str, Counter[str]] = {config: Counter(kept=kept) for config, kept in self.kept.items()}
        for change in self.changes:
            counts.setdefault(change.config, Counter())[change.kind] += 1
        return {config: dict(kinds) for config, kinds in counts.items()}


Numbers = npt.NDArray[np.int64]

# Columns whose changes are reported.
_COLUMNS = ("date", "section", "url", "position", "kind", "label", "probability", "complete", "quality", "flags",
            "audited", "origin", "speaker", "mention", "cue", "form", "paragraph_id", "language", "title")  # fmt: skip
_KEYS = pa.schema([("id", pa.string()), ("article_id", pa.string()), ("position", pa.int64()), ("split", pa.string())])


def compare(old: DatasetFolder, new: DatasetFolder, configs: Collection[str] = ()) -> DatasetDiff:
    """The changes from `old` to `new`, config by config in the order of the new one's rows; `configs` names some."""
    difference = DatasetDiff()
    names = [*old.configs, *(config for config in new.configs if config not in old.configs)]
    for config in names:
        if not configs or config in configs:
            for folder in (old, new):
                if config in folder.configs:
                    check_columns(folder, config, ("id", "article_id"))
            _compare(config, old, new, difference)
    return difference


def _compare(config: str, old: DatasetFolder, new: DatasetFolder, difference: DatasetDiff) -> None:
    before, after = _keys(old, config), _keys(new, config)
    at = pc.index_in(after["id"], value_set=before["id"].combine_chunks()).fill_null(-1).to_numpy().astype(np.int64)
    new_rows = np.flatnonzero(at >= 0)
    old_rows = at[new_rows]
    moved = _differ(before["split"], after["split"], old_rows, new_rows)
    rescored = {column: _column_differs(column, config, old, new, old_rows, new_rows) for column in _COLUMNS}
    changed = np.logical_or.reduce([moved, *rescored.values()])
    if kept := int((~changed).sum()):
        difference.kept[config] += kept
    numbers = np.flatnonzero(changed)
    old_splits = before["split"].take(old_rows[numbers]).to_pylist()
    for number, row, old_split in zip(numbers, after.take(new_rows[numbers]).to_pylist(), old_splits, strict=True):
        place = (config, row["article_id"], row["position"], row["id"], row["id"])
        if moved[number]:
            difference.changes.append(Change("moved", *place, f"{old_split} → {row['split']}"))
        if names := [column for column, mask in rescored.items() if mask[number]]:
            difference.changes.append(Change("rescored", *place, ", ".join(names)))
    removed = np.setdiff1d(np.arange(len(before)), old_rows)
    difference.changes += _added_and_removed(config, before.take(removed), after.take(np.flatnonzero(at < 0)))


def _added_and_removed(config: str, removed: pa.Table, added: pa.Table) -> Iterator[Change]:
    """The rows that only one dataset has; two of them at one place are a reworded row."""
    gone: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in removed.to_pylist():
        gone.setdefault((row["article_id"], row["position"]), []).append(row)
    for row in added.to_pylist():
        at_place = gone.get((row["article_id"], row["position"]))
        kind, old = ("reworded", at_place.pop(0)["id"]) if at_place else ("added", None)
        yield Change(kind, config, row["article_id"], row["position"], old, row["id"], row["split"])
    for rows in gone.values():
        for row in rows:
            yield Change("removed", config, row["article_id"], row["position"], row["id"], None, row["split"])


def _keys(folder: DatasetFolder, config: str) -> pa.Table:
    """The id, place and split of every row of a config; none where the folder lacks the config."""
    tables = [_KEYS.empty_table()]
    if config in folder.configs:
        columns = [name for name in ("id", "article_id", "position") if name in folder.schema(config).names]
        for split, batch in folder.batches(config, columns=columns):
            table = pa.Table.from_batches([batch])
            if "position" not in columns:  # one row a story, as in monolingual.uk
                table = table.append_column("position", pa.repeat(0, len(batch)))
            table = table.append_column("split", pa.repeat(split, len(batch)))
            tables.append(table.cast(_KEYS))
    return pa.concat_tables(tables)


def _column_differs(
    column: str, config: str, old: DatasetFolder, new: DatasetFolder, old_rows: Numbers, new_rows: Numbers
) -> npt.NDArray[np.bool_]:
    """[rows] whether a column has another value in the new row; a struct is compared field by field."""
    differs = np.zeros(len(new_rows), np.bool_)
    if not len(new_rows):
        return differs
    old_leaves, new_leaves = (_leaves(folder, config, column) for folder in (old, new))
    if old_leaves and new_leaves and set(old_leaves) != set(new_leaves):
        return ~differs
    for path in dict.fromkeys([*old_leaves, *new_leaves]):
        before, after = (
            _values(folder, config, path if path in leaves else None)
            for folder, leaves in ((old, old_leaves), (new, new_leaves))
        )
        differs |= _differ(before, after, old_rows, new_rows)
    return differs


def _leaves(folder: DatasetFolder, config: str, column: str) -> list[str]:
    """The paths of a column's values in the files: one per field of a struct; none where there is no such column."""
    schema = folder.schema(config)
    if column not in schema.names:
        return []
    kind = schema.field(column).type
    return [f"{column}.{field.name}" for field in kind] if pa.types.is_struct(kind) else [column]


def _values(folder: DatasetFolder, config: str, path: str | None) -> pa.ChunkedArray:
    """All values at a path in the files, in the order of the rows; nulls for None."""
    chunks = [
        pa.nulls(len(batch)) if path is None else _plain(batch.column(0))
        for _, batch in folder.batches(config, columns=[path or "id"])
    ]
    return pa.chunked_array(chunks)


def _plain(values: pa.Array) -> pa.Array:
    """Values that can be compared: the one field of a struct, the strings of a list as one string."""
    if pa.types.is_struct(values.type):
        (values,) = values.flatten()
    if pa.types.is_list(values.type):
        values = pc.binary_join(values, "\0")
    return values


def _differ(old: pa.ChunkedArray, new: pa.ChunkedArray, old_rows: Numbers, new_rows: Numbers) -> npt.NDArray[np.bool_]:
    """[rows] whether the values of matching rows differ; missing values (null, NaN) are equal."""
    old, new = old.take(old_rows), new.take(new_rows)
    same = pc.and_(old.is_null(nan_is_null=True), new.is_null(nan_is_null=True))
    if old.type != new.type and not (pa.types.is_null(old.type) or pa.types.is_null(new.type)):
        old, new = old.cast(pa.string()), new.cast(pa.string())  # dates were strings in earlier versions
    if not (pa.types.is_null(old.type) or pa.types.is_null(new.type)):
        same = pc.or_(same, pc.equal(old, new).fill_null(False))
    differs: npt.NDArray[np.bool_] = pc.invert(same).to_numpy()
    return differs
