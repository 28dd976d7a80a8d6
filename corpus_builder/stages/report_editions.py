"""How many editions and stories there are, by month and by day; read from articles/ a shard at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from corpus_builder.parquet import read_columns
from corpus_builder.report.data import Period, dated
from corpus_builder.workspace.layout import Workspace

DAYS = 62
"""Days at most that have a chart of their own, from the first to the last. Chosen: two months, in bars one can tell."""


@dataclass
class _Counts:
    editions: Counter[str] = field(default_factory=Counter)
    stories: Counter[int] = field(default_factory=Counter)

    def add(self, editions: Counter[str]) -> None:
        """Add a story by its editions."""
        self.editions.update(editions)
        self.stories[editions.total()] += 1

    def period(self) -> Period:
        """The same, frozen."""
        return Period(dict(self.editions), dict(self.stories))


@dataclass
class EditionCounts:
    """Counts over articles/; `stories` has for each shard its stories in two languages or more, in their order."""

    by_month: dict[str, _Counts] = field(default_factory=dict)
    by_day: dict[str, _Counts] = field(default_factory=dict)
    layouts: Counter[str] = field(default_factory=Counter)
    stories: dict[str, list[str]] = field(default_factory=dict)

    def months(self) -> dict[str, Period]:
        """The months in their order."""
        return {name: counts.period() for name, counts in sorted(self.by_month.items())}

    def days(self) -> dict[str, Period]:
        """The days in their order; none where they reach further than a chart of days."""
        days = dated(self.by_day)
        if not days or (date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days >= DAYS:
            return {}
        return {name: counts.period() for name, counts in sorted(self.by_day.items())}


def count_editions(workspace: Workspace) -> EditionCounts:
    """Count the editions of a workspace."""
    counts = EditionCounts()
    for shard, path in workspace.shards().items():
        table = read_columns(path, ["article_id", "language", "layout", "published"])
        counts.layouts.update(_counted(table["layout"]))
        month = counts.by_month.setdefault(shard.partition(".")[0], _Counts())
        stories: dict[str, tuple[Counter[str], list[str]]] = {}
        for row in table.select(["article_id", "language", "published"]).to_pylist():
            languages, dates = stories.setdefault(row["article_id"], (Counter(), []))
            languages[row["language"]] += 1
            dates += [row["published"][:10]] if row["published"] else []
        for languages, dates in stories.values():
            month.add(languages)
            counts.by_day.setdefault(min(dates, default="undated"), _Counts()).add(languages)
        counts.stories[shard] = [each for each, (languages, _) in stories.items() if languages.total() > 1]
    return counts


def _counted(column: pa.ChunkedArray) -> Mapping[str, int]:
    return {row["values"]: row["counts"] for row in pc.value_counts(column).to_pylist()}
