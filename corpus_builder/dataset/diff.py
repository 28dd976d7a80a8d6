"""What changed between two builds of a dataset: rows added, removed, changed, moved between splits.

A row's id is a hash of its article and its words, so equal ids mean equal words. A removed and an added row at one
place of one article are a reworded row. Memory holds ids and hashes of one config at a time, no texts.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus_builder.dataset.folder import DatasetFolder


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: "added", "removed", "reworded" (an old row's place in its story has other words now),
    "rescored" (same words, other scores or metadata) or "moved" (same words, another split).

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
class Difference:
    """All changes between two datasets; `kept` counts rows that are the same, by config."""

    kept: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many changes of each kind a config has, and how many rows were kept."""
        found: dict[str, Counter[str]] = {config: Counter(kept=kept) for config, kept in self.kept.items()}
        for change in self.changes:
            found.setdefault(change.config, Counter())[change.kind] += 1
        return {config: dict(own) for config, own in found.items()}


@dataclass(frozen=True, slots=True)
class _Known:
    """What is remembered of a row: where it is, and a hash of each group of its columns."""

    split: str
    article_id: str
    position: int
    columns: bytes


# Columns whose change is told; a hash of four bytes is kept of each.
_COLUMNS = ("date", "section", "url", "position", "kind", "label", "quality", "flags", "speaker", "mention", "cue",
            "form", "paragraph_id")  # fmt: skip


def compare(old: DatasetFolder, new: DatasetFolder, configs: Collection[str] = ()) -> Difference:
    """The changes from `old` to `new`, config by config in the order of the new one's rows."""
    difference = Difference()
    names = [*old.configs, *(config for config in new.configs if config not in old.configs)]
    for config in names:
        if not configs or config in configs:
            _compare(config, _rows(old, config), _rows(new, config), difference)
    return difference


def _rows(folder: DatasetFolder, config: str) -> Iterator[tuple[str, _Known]]:
    if config not in folder.configs:
        return
    there = folder.schema(config).names
    columns = ["id", "article_id", *(name for name in _COLUMNS if name in there)]
    for split, row in folder.rows(config, columns=columns):
        digests = b"".join(_digest(row.get(name)) for name in _COLUMNS)
        yield row["id"], _Known(split, row["article_id"], row["position"], digests)


def _digest(value: Any) -> bytes:
    return hashlib.blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=4).digest()


def _compare(
    config: str, old: Iterator[tuple[str, _Known]], new: Iterator[tuple[str, _Known]], difference: Difference
) -> None:
    before = dict(old)
    added: list[tuple[str, _Known]] = []
    for row_id, row in new:
        was = before.pop(row_id, None)
        if was is None:
            added.append((row_id, row))
            continue
        if was.split != row.split:
            difference.changes.append(
                Change("moved", config, row.article_id, row.position, row_id, row_id, f"{was.split} → {row.split}")
            )
        if changed := _changed(was, row):
            difference.changes.append(
                Change("rescored", config, row.article_id, row.position, row_id, row_id, ", ".join(changed))
            )
        elif was.split == row.split:
            difference.kept[config] += 1
    gone: dict[tuple[str, int], list[str]] = {}
    for row_id, row in before.items():
        gone.setdefault((row.article_id, row.position), []).append(row_id)
    for row_id, row in added:
        place = gone.get((row.article_id, row.position))
        kind, was_id = ("reworded", place.pop(0)) if place else ("added", None)
        difference.changes.append(Change(kind, config, row.article_id, row.position, was_id, row_id, row.split))
    for (article_id, position), ids in gone.items():
        for row_id in ids:
            split = before[row_id].split
            difference.changes.append(Change("removed", config, article_id, position, row_id, None, split))


def _changed(was: _Known, row: _Known) -> list[str]:
    size = len(was.columns) // len(_COLUMNS)
    return [
        name
        for i, name in enumerate(_COLUMNS)
        if was.columns[i * size : (i + 1) * size] != row.columns[i * size : (i + 1) * size]
    ]
