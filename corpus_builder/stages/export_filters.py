"""The filters of a run, and in which configs a row is published by them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from corpus_builder.dataset.rows import LEVELS, Row, pair_names, pair_row
from corpus_builder.errors import ConfigError
from corpus_builder.quality import columns as quality
from corpus_builder.quality.filters import Filter, Rejection, accept
from corpus_builder.stages.stage import Run


@dataclass(frozen=True)
class Verdict:
    """`configs` that a row is published in (None: all that it has sides for), and what turned it away from others."""

    configs: frozenset[str] | None = None
    rejected: Mapping[str, Rejection] = field(default_factory=dict)

    @property
    def published(self) -> bool:
        """Whether any config has the row."""
        return self.configs is None or bool(self.configs)


def filters_of(run: Run) -> tuple[Filter, ...]:
    """The run's filters, `min_probability` first. Raises ConfigError for a score or a config that there is not."""
    known = [name for name, kind in quality.columns(run.languages).items() if kind == "float64"]
    filters = []
    if run.config.dataset.min_probability > 0:
        filters.append(Filter("probability", least=run.config.dataset.min_probability))
    for one in run.config.filters:
        if one.score not in known:
            near = difflib.get_close_matches(one.score, known, 3) or known[:12]
            raise ConfigError(
                f"no score {one.score!r} to filter by; is it {' or '.join(near)}?",
                next_step="docs/quality.md lists all scores",
            )
        if unknown := set(one.configs) - set(LEVELS):
            raise ConfigError(f"filters are for {', '.join(LEVELS)}, not {', '.join(sorted(unknown))}")
        filters.append(Filter(one.score, one.min, one.max, one.configs, one.absolute))
    return tuple(filters)


def judge(filters: Sequence[Filter], level: str, row: Row) -> Verdict:
    """Which configs a row of `level` ("sentences") is published in: the trilingual one, and each of its pairs."""
    if not filters or level not in LEVELS:
        return Verdict()
    configs, rejected = set(), {}
    own = {level: row}
    for pair in pair_names(tuple(row.translation)):
        if two := pair_row(row, pair, quality):
            own[f"{level}.{pair}"] = two
    for config, seen in own.items():
        if rejection := accept(seen.quality, level, filters):
            rejected[config] = rejection
        else:
            configs.add(config)
    return Verdict(frozenset(configs), rejected)
