"""What filters would do to a workspace: how many rows each removes alone, and which of these no earlier one removed."""

from __future__ import annotations

import heapq
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow.parquet as pq

from corpus_builder.dataset.rows import LEVELS
from corpus_builder.errors import ConfigError, UsageError
from corpus_builder.quality.filters import COMMON, Filter
from corpus_builder.stages.candidates import candidates
from corpus_builder.stages.config import saved_config
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.manifest import Manifest
from corpus_builder.workspace.stories import aligned_stories


@dataclass(frozen=True)
class Sample:
    """A row that a filter removes, with the value for which it does."""

    article_id: str
    value: float
    probability: float | None
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Effect:
    """What one filter does to the rows of a config: how many it removes alone, and how many of these are left by the
    filters before it; some rows of the latter.
    """

    filter: str
    alone: int
    first: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Effects:
    """Of one config ("sentences"): its rows, how many pass all filters, and what each filter does, in their order."""

    config: str
    rows: int
    passing: int
    filters: tuple[Effect, ...]


def configured(workspace: Workspace) -> tuple[Filter, ...]:
    """The filters of the workspace's last build; `COMMON` ones where it had none."""
    Manifest.open(workspace).require_current()
    config = saved_config(workspace)
    if config is None:
        return COMMON
    least = config.dataset.min_probability
    filters = [Filter("probability", least=least)] if least else []
    filters += [Filter(each.score, each.min, each.max, each.configs, each.absolute) for each in config.filters]
    return tuple(filters) or COMMON


def effects(workspace: Workspace, filters: Sequence[Filter], samples: int) -> list[Effects]:
    """Hold every row of a workspace against the filters, a story at a time; samples are chosen by a hash.

    Raises UsageError where nothing is scored, ConfigError for a score that there is not.
    """
    shards = sorted(path.stem for path in workspace.scores.glob("*.parquet"))
    if not shards:
        raise UsageError(f"there are no scores in {workspace.root}", next_step="run `corpus-builder score` there first")
    schema = pq.read_schema(workspace.scores / f"{shards[0]}.parquet")
    known = [field.name for field in schema.field("quality").type]
    for one in filters:
        if one.score not in known:
            raise ConfigError(f"no score {one.score!r} here; there are {', '.join(known)}")
    rows, passing = Counter[str](), Counter[str]()
    alone, first = Counter[tuple[str, Filter]](), Counter[tuple[str, Filter]]()
    kept: dict[tuple[str, Filter], list[tuple[int, int, Sample]]] = {}
    configs = {level: config for config, level in LEVELS.items()}
    for shard in shards:
        for aligned in aligned_stories(workspace, shard, scores=True):
            for row in candidates(aligned.story, aligned.beads):
                config, (quality, _) = configs[row.level], aligned.scores[row.level, row.position]
                rows[config] += 1
                removed = [(one, v) for one in filters if (v := one.rejects(quality, config)) is not None]
                passing[config] += not removed
                for one, _ in removed:
                    alone[config, one] += 1
                if removed:
                    one, value = removed[0]
                    first[config, one] += 1
                    likely = quality["probability"]
                    sample = Sample(row.article_id, value, likely if isinstance(likely, float) else None, row.texts)
                    order = zlib.crc32(f"{row.article_id} {row.level} {row.position}".encode())
                    waiting = kept.setdefault((config, one), [])
                    heapq.heappush(waiting, (-order, -rows[config], sample))
                    if len(waiting) > samples:
                        heapq.heappop(waiting)
    return [
        Effects(
            config,
            rows[config],
            passing[config],
            tuple(
                Effect(
                    one.name,
                    alone[config, one],
                    first[config, one],
                    tuple(sample for _, _, sample in sorted(kept.get((config, one), ()), key=lambda own: own[:2])),
                )
                for one in filters
            ),
        )
        for config in LEVELS
        if rows[config]
    ]
