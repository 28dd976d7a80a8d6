"""The figures of the card, counted from the files of the dataset, a batch at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.rows import LEVELS
from corpus_builder.dataset.schema import TOP
from corpus_builder.model import LIKELY, RIGHT
from corpus_builder.parquet import footer

# Bins of a score between its least and largest value. Chosen: quantiles are exact to a thousandth of that range.
BINS = 1_000
_COLUMNS = ("date", "section", "translation", *TOP, "quality", "flags", "origin")


@dataclass(frozen=True)
class ScoreSpread:
    """One quality score over a config: how many rows have it, and its spread."""

    name: str
    rows: int
    mean: float
    low: float
    median: float
    high: float


@dataclass
class Statistics:
    """Figures of a dataset; months are "2025-12", languages alphabetical.

    `rows` by config and split; `months` and `sections` by split, of the default config; `stories` by split, in `pairs`
    by pair and split; `words` and `characters` by language, and `sides` by the languages that a row has ("en-ru-uk"),
    of the default config, like `flags`, `origins`, `scores` and `probabilities` (20 equal bins from 0 to 1).
    `below` are its rows of a lower probability. `missing` has by language the share of the letters of all `documents`
    that are in no row of the default config, where that is one of sentences or paragraphs. `one_sided_quotes` are the
    rows of `quotes` in one language.
    """

    default: str
    rows: dict[str, dict[str, int]]
    months: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    sections: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    stories: Counter[str] = field(default_factory=Counter)
    pairs: dict[str, dict[str, int]] = field(default_factory=dict)
    dates: dict[str, tuple[str, str]] = field(default_factory=dict)
    words: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    sides: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    below: dict[float, int] = field(default_factory=lambda: {LIKELY: 0, RIGHT: 0})
    missing: dict[str, float] = field(default_factory=dict)
    one_sided_quotes: int = 0
    scores: list[ScoreSpread] = field(default_factory=list)
    probabilities: list[int] = field(default_factory=lambda: [0] * 20)


def count(folder: DatasetFolder) -> Statistics:
    """Count a dataset."""
    default = folder.default()
    figures = Statistics(default, {config: folder.splits(config) for config in folder.configs})
    languages = folder.languages(default)
    whole = Counter[str]()
    for split, batch in folder.batches("documents") if "documents" in folder.configs else ():
        figures.stories[split] += len(batch)
        whole.update(_letters(batch["translation"], languages))
    figures.pairs = {
        config.partition(".")[2]: folder.splits(config) for config in folder.configs if config.startswith("documents.")
    }
    spread, in_rows = _Spread(folder, default), Counter[str]()
    columns = [name for name in folder.schema(default).names if name in _COLUMNS]
    for split, batch in folder.batches(default, columns=columns):
        dates = batch["date"].cast(pa.string())
        for month, rows in _counted(pc.utf8_slice_codeunits(dates, 0, 7).fill_null("undated")).items():
            figures.months[month][split] += rows
        for section, rows in _counted(batch["section"].fill_null("none")).items():
            figures.sections[section][split] += rows
        _add_dates(figures.dates, split, dates)
        _add_texts(figures, batch["translation"], languages)
        in_rows.update(_letters(batch["translation"], languages))
        figures.flags.update(_counted(batch["flags"].flatten()))
        figures.origins.update(_counted(batch["origin"]) if "origin" in columns else {})
        spread.add(batch)
        probability = batch["probability"].drop_null().to_numpy(zero_copy_only=False)
        bins = np.histogram(probability, bins=20, range=(0, 1))[0]
        figures.probabilities = [old + int(new) for old, new in zip(figures.probabilities, bins, strict=True)]
        for bound in figures.below:
            figures.below[bound] += int((probability < bound).sum())
    if default in LEVELS:
        figures.missing = {language: 1 - in_rows[language] / letters for language, letters in whole.items() if letters}
    figures.one_sided_quotes = _one_sided(folder)
    figures.scores = spread.scores()
    return figures


def _counted(column: pa.Array) -> dict[Any, int]:
    return {row["values"]: row["counts"] for row in pc.value_counts(column).to_pylist()}


def _add_dates(dates: dict[str, tuple[str, str]], split: str, column: pa.Array) -> None:
    bounds = pc.min_max(column).as_py()
    if bounds["min"]:
        first, last = dates.get(split, (bounds["min"], bounds["max"]))
        dates[split] = (min(first, bounds["min"]), max(last, bounds["max"]))


def _add_texts(figures: Statistics, translation: pa.StructArray, languages: list[str]) -> None:
    # Each combination of languages is a number with a bit per language; counted in the order in which they appear.
    combination = np.zeros(len(translation), np.int64)
    for i, language in enumerate(languages):
        combination |= translation.field(language).is_valid().to_numpy(zero_copy_only=False).astype(np.int64) << i
    for bits, rows in _counted(pa.array(combination)).items():
        figures.sides["-".join(language for i, language in enumerate(languages) if bits >> i & 1)] += rows
    for language in languages:
        texts = translation.field(language).drop_null()
        figures.characters[language] += pc.sum(pc.utf8_length(texts)).as_py() or 0
        figures.words[language] += pc.sum(pc.list_value_length(pc.utf8_split_whitespace(texts))).as_py() or 0


def _letters(translation: pa.StructArray, languages: list[str]) -> dict[str, int]:
    """Characters by language, without white space: rows have none of it between their sentences."""
    texts = {language: translation.field(language) for language in languages if language in _parts(translation)}
    return {
        x: pc.sum(pc.utf8_length(pc.replace_substring_regex(own, r"\s", ""))).as_py() or 0 for x, own in texts.items()
    }


def _parts(translation: pa.StructArray) -> set[str]:
    return {part.name for part in translation.type}


def _one_sided(folder: DatasetFolder) -> int:
    """The rows of `quotes` that are in one language."""
    rows = 0
    for _, batch in folder.batches("quotes", columns=["translation"]) if "quotes" in folder.configs else ():
        sides = [part.is_valid().to_numpy(zero_copy_only=False).astype(int) for part in batch["translation"].flatten()]
        rows += int((np.sum(sides, axis=0) == 1).sum())
    return rows


class _Spread:
    """Histograms of all numeric scores of a config; their bounds are read from the files' footers."""

    def __init__(self, folder: DatasetFolder, config: str) -> None:
        self._bounds: dict[str, tuple[float, float]] = {}
        for part in folder.parts:
            if part.config == config:
                about = footer(part.path)
                for group in range(about.num_row_groups):
                    self._widen(about.row_group(group))
        self._bins = {name: np.zeros(BINS, np.int64) for name in self._bounds}
        self._sums: Counter[str] = Counter()

    def _widen(self, group: Any) -> None:
        for number in range(group.num_columns):
            column = group.column(number)
            name = column.path_in_schema.removeprefix("quality.")
            is_score = name in TOP or name != column.path_in_schema
            numeric = column.physical_type in ("DOUBLE", "FLOAT", "INT32", "INT64")
            if is_score and numeric and column.statistics is not None and column.statistics.has_min_max:
                low, high = float(column.statistics.min), float(column.statistics.max)
                least, most = self._bounds.get(name, (low, high))
                self._bounds[name] = (min(least, low), max(most, high))

    def add(self, batch: pa.RecordBatch) -> None:
        for name, bounds in self._bounds.items():
            column = batch[name] if name in TOP else batch["quality"].field(name)
            values = column.drop_null().to_numpy(zero_copy_only=False)
            self._bins[name] += np.histogram(values, BINS, bounds if bounds[0] < bounds[1] else None)[0]
            self._sums[name] += float(values.sum())  # type: ignore[assignment]

    def scores(self) -> list[ScoreSpread]:
        return [self._score(name, bins) for name, bins in self._bins.items() if bins.sum()]

    def _score(self, name: str, bins: Any) -> ScoreSpread:
        (low, high), rows = self._bounds[name], int(bins.sum())
        share = np.cumsum(bins) / rows
        at = [int(np.searchsorted(share, q)) for q in (0.05, 0.5, 0.95)]
        # Many scores are mostly 0 or 1: a quantile in an end bin is shown as that end.
        ends = {0: low, BINS - 1: high}
        quantiles = [ends.get(i, low + (high - low) * (i + 0.5) / BINS) for i in at]
        return ScoreSpread(name, rows, self._sums[name] / rows, *quantiles)
