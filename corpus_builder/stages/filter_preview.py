"""What filters would do to a workspace, before anything is removed: how many rows each rejects alone, how many of these
pass the filters before it, and some examples.

pyarrow reads the filtered scores alone, a batch at a time; texts are read for the examples.
"""

from __future__ import annotations

import heapq
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpus_builder.dataset.rows import LEVELS, bead_texts
from corpus_builder.errors import ConfigError, UsageError
from corpus_builder.parquet import opened
from corpus_builder.quality.batch import Array
from corpus_builder.quality.filters import COMMON, Filter
from corpus_builder.stages.config import saved_config
from corpus_builder.stages.export_filters import configured_filters
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.manifest import Manifest
from corpus_builder.workspace.stories import aligned_stories

# Rows in memory at a time: some MB of scores.
BATCH = 50_000


@dataclass(frozen=True)
class RejectedRow:
    """A row that a filter rejects, and the value for which it does."""

    article_id: str
    value: float
    probability: float | None
    texts: Mapping[str, str]


@dataclass(frozen=True)
class FilterEffect:
    """What one filter does to the rows of a config: how many it rejects alone, how many of these pass the filters
    before it, and some of the latter.
    """

    filter: str
    alone: int
    first: int
    samples: tuple[RejectedRow, ...]


@dataclass(frozen=True)
class FilterPreview:
    """Of one config ("sentences"): its rows, how many pass all filters, and what each filter does, in their order."""

    config: str
    rows: int
    passing: int
    filters: tuple[FilterEffect, ...]


def configured(workspace: Workspace) -> tuple[Filter, ...]:
    """The filters of the workspace's last build; `COMMON` ones where it had none."""
    Manifest.open(workspace).require_current()
    config = saved_config(workspace)
    if config is None:
        return COMMON
    return configured_filters(config) or COMMON


def preview(workspace: Workspace, filters: Sequence[Filter], samples: int) -> list[FilterPreview]:
    """Test every row of a workspace with the filters; the samples are chosen by a hash.

    Raises UsageError where nothing is scored, ConfigError for a score that does not exist.
    """
    shards = sorted(workspace.scores.glob("*.parquet"))
    if not shards:
        raise UsageError(f"no scores in {workspace}", next_step="run `corpus-builder score` there first")
    with opened(shards[0]) as first:
        quality = first.schema_arrow.field("quality").type
    names = [each.name for each in quality]
    for each in filters:
        if each.score not in names:
            raise ConfigError(f"unknown score {each.score!r}", next_step=f"choose from {', '.join(names)}")
    numeric = {each.name for each in quality if pa.types.is_floating(each.type)}
    tested = sorted({"probability", *(each.score for each in filters)} & numeric)
    tallies = {config: _Tally(config, filters, samples) for config in LEVELS}
    for path in shards:
        columns = ["article_id", "level", "position", *(f"quality.{name}" for name in tested)]
        with opened(path) as file:
            for batch in file.iter_batches(BATCH, columns=columns):
                for config, level in LEVELS.items():
                    tallies[config].add(path.stem, batch.filter(pc.equal(batch["level"], level)))
    texts = _texts(workspace, [place for tally in tallies.values() for place in tally.sampled()])
    return [tally.preview(texts) for tally in tallies.values() if tally.rows]


class _Place(NamedTuple):
    """The place of a row in scores/ and aligned/."""

    shard: str
    article_id: str
    level: str
    position: int


class _Sampled(NamedTuple):
    """A rejected row; of all that a filter rejects, those of least `order` are shown, of equals the first."""

    order: int
    number: int
    place: _Place
    value: float
    probability: float | None


@dataclass
class _Tally:
    """The counts of one config. `chosen` has the rows that are shown of each filter."""

    config: str
    filters: Sequence[Filter]
    samples: int
    rows: int = 0
    passing: int = 0
    alone: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    chosen: list[list[_Sampled]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.alone, self.first = [0] * len(self.filters), [0] * len(self.filters)
        self.chosen = [[] for _ in self.filters]

    def add(self, shard: str, batch: pa.RecordBatch) -> None:
        """Count the rows of one level of a batch of scores/."""
        scores = {
            name.name: values.to_numpy(zero_copy_only=False)
            for name, values in zip(batch["quality"].type, batch["quality"].flatten(), strict=True)
        }
        none = np.full(len(batch), np.nan)
        passing = np.ones(len(batch), np.bool_)
        for i, each in enumerate(self.filters):
            values = scores.get(each.score, none)
            rejected = each.rejected(values, self.config)
            self.alone[i] += int(rejected.sum())
            first = np.flatnonzero(rejected & passing)
            self.first[i] += len(first)
            passing &= ~rejected
            if self.samples and len(first):
                rows = self._sampled(shard, batch, first, values, scores["probability"])
                self.chosen[i] = heapq.nsmallest(self.samples, [*self.chosen[i], *rows])
        self.rows += len(batch)
        self.passing += int(passing.sum())

    def _sampled(
        self, shard: str, batch: pa.RecordBatch, numbers: npt.NDArray[np.int64], values: Array, probability: Array
    ) -> Iterator[_Sampled]:
        rows = batch.select(["article_id", "level", "position"]).take(pa.array(numbers)).to_pylist()
        for number, row in zip(numbers.tolist(), rows, strict=True):
            place = _Place(shard, row["article_id"], row["level"], row["position"])
            order = zlib.crc32(" ".join(map(str, place[1:])).encode())
            likely = None if np.isnan(probability[number]) else float(probability[number])
            yield _Sampled(order, self.rows + number, place, float(values[number]), likely)

    def sampled(self) -> list[_Place]:
        """The places of the rows that are shown."""
        return [row.place for rows in self.chosen for row in rows]

    def preview(self, texts: Mapping[_Place, Mapping[str, str]]) -> FilterPreview:
        """The counts, with the rows that are shown; `texts` has theirs."""
        effects = []
        for each, alone, first, rows in zip(self.filters, self.alone, self.first, self.chosen, strict=True):
            shown = (
                RejectedRow(row.place.article_id, row.value, row.probability, texts[row.place])
                for row in reversed(rows)
            )
            effects.append(FilterEffect(each.name, alone, first, tuple(shown)))
        return FilterPreview(self.config, self.rows, self.passing, tuple(effects))


def _texts(workspace: Workspace, places: Sequence[_Place]) -> dict[_Place, Mapping[str, str]]:
    """The texts of rows, by language."""
    by_shard: dict[str, set[_Place]] = defaultdict(set)
    for place in places:
        by_shard[place.shard].add(place)
    texts: dict[_Place, Mapping[str, str]] = {}
    for shard, wanted in by_shard.items():
        for aligned in aligned_stories(workspace, shard, only={place.article_id for place in wanted}):
            for bead in aligned.beads:
                place = _Place(shard, aligned.article_id, bead.level, bead.position)
                if place in wanted:
                    texts[place] = bead_texts(aligned.story, bead)
    return texts
