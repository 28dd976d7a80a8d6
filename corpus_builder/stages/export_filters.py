"""The filters of a run, and the configs in which a row is published."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpus_builder.dataset.rows import AUDITED, DOCUMENTS, LEVELS, Row, pair_names, pair_row
from corpus_builder.errors import ConfigError
from corpus_builder.quality import columns as quality
from corpus_builder.quality.filters import Filter, Rejection, accept, named
from corpus_builder.stages.config import RunConfig
from corpus_builder.stages.stage import Run

AUDIT_WRONG = "audit_wrong"
"""The reason of a row that people judged wrong."""


@dataclass(frozen=True)
class Verdict:
    """`configs` in which a row is published (None: all that it has sides for), and by config why it was rejected."""

    configs: frozenset[str] | None = None
    rejected: Mapping[str, Rejection] = field(default_factory=dict)

    @property
    def published(self) -> bool:
        """Whether the row is in any config."""
        return self.configs is None or bool(self.configs)


def configured_filters(config: RunConfig) -> tuple[Filter, ...]:
    """The filters of a config, `min_probability` first. Raises UsageError for filters of a name that nobody has."""
    filters = []
    if config.dataset.min_probability > 0:
        filters.append(Filter("probability", least=config.dataset.min_probability))
    for each in config.filters:
        if each.named:
            filters += [replace(one, levels=each.configs or one.levels) for one in named(each.named)]
        else:
            filters.append(Filter(each.score, each.min, each.max, each.configs, each.absolute))
    return tuple(filters)


def filters_of(run: Run) -> tuple[Filter, ...]:
    """The run's filters, `min_probability` first. Raises ConfigError for an unknown score or config."""
    names = [name for name, kind in quality.columns(run.languages).items() if kind == "float64"]
    filters = configured_filters(run.config)
    for each in filters:
        if each.score not in names:
            near = difflib.get_close_matches(each.score, names, 3) or names[:12]
            raise ConfigError(
                f"unknown score {each.score!r}; did you mean {' or '.join(near)}?",
                next_step="docs/quality.md lists all scores",
            )
        if unknown := set(each.levels) - set(LEVELS):
            raise ConfigError(f"filters are for {', '.join(LEVELS)}, not {', '.join(sorted(unknown))}")
    return filters


def judge(filters: Sequence[Filter], level: str, row: Row) -> Verdict:
    """Which configs a row of `level` ("sentences") is published in: the trilingual one, and each of its pairs.

    A pair that an audit found wrong is in neither its own config nor the trilingual one, whatever the filters say.
    """
    wrong = {pair: value for pair, value in row.verdicts.items() if AUDITED[value] == "wrong"}
    filters = filters if level in LEVELS else ()
    if level == DOCUMENTS or not (filters or wrong):
        return Verdict()
    configs: set[str] = set()
    rejected: dict[str, Rejection] = {}
    versions = {level: row}
    for pair in pair_names(tuple(row.translation)):
        if two := pair_row(row, pair, quality):
            versions[f"{level}.{pair}"] = two
    for config, version in versions.items():
        pair = config.partition(".")[2]
        found_wrong = wrong.get(pair) if pair else max(wrong.values(), default=None)
        if found_wrong is not None:
            rejected[config] = Rejection(AUDIT_WRONG, float(found_wrong))
        elif rejection := accept(version.quality, level, filters):
            rejected[config] = rejection
        else:
            configs.add(config)
    return Verdict(frozenset(configs), rejected)
