"""Which rows of a dataset are exported, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from corpus_builder.dataset.expected import check_columns
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.places import PlaceReader
from corpus_builder.dataset.rows import MONOLINGUAL
from corpus_builder.errors import UsageError

# The file that a dataset without texts has.
STANDOFF = "editions.parquet"
# What rows of quotations have by language, beside their words.
SAID = ("speaker", "mention", "cue", "form")


@dataclass(frozen=True)
class ExportOutcome:
    """How many rows were written; how many were left out, by reason."""

    rows: int
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Selection:
    """Rows of one config (`config`), of all or some splits, with `languages` in the order asked for.

    `columns` are those of a table (none: all). `min_probability` leaves rows below it out; `skipped` counts what rows()
    left out. `places` tells where in the pages the rows' texts lie, for the stand-off format; `url` is where the
    export will be downloaded from, for mtdata.
    """

    folder: DatasetFolder
    config: str
    languages: tuple[str, ...]
    splits: tuple[str, ...]
    directed: bool = False
    min_probability: float = 0.0
    columns: tuple[str, ...] = ()
    places: PlaceReader | None = None
    url: str = ""
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def stem(self) -> str:
        """A name for its file: "sentences.en-uk"."""
        level = self.config.partition(".")[0]
        return f"{level}.{'-'.join(self.languages)}" if self.directed else self.config

    def rows(self, *, least: int = 1, whole: bool = False) -> Iterator[tuple[str, dict[str, Any]]]:
        """The rows as (split, row) that have at least so many of the languages; of a pair, or where `whole`, all."""
        needed = len(self.languages) if whole or self.directed else least
        for split in self.splits:
            for row in map(self._whole, (row for _, row in self.folder.rows(self.config, split))):
                texts = [row["translation"][language] for language in self.languages]
                probability = row["probability"]
                if probability is not None and probability < self.min_probability:
                    self.skipped["below_min_probability"] += 1
                elif sum(map(bool, texts)) < needed:
                    self.skipped["language_missing"] += 1
                else:
                    yield split, row

    def _whole(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row without nulls in place of lists, structs and ids, which one edited by hand may have."""
        empty: dict[str, Any] = {"id": "", "article_id": "", "flags": [], "quality": {}}
        empty |= {name: dict.fromkeys(self.languages) for name in ("translation", "url", *SAID)}
        return {name: empty.get(name) if value is None else value for name, value in row.items()}

    def outcome(self, rows: int) -> ExportOutcome:
        """What came of it, once rows() was gone through."""
        return ExportOutcome(rows, dict(self.skipped))


def select(
    folder: DatasetFolder,
    config: str | None = None,
    splits: Sequence[str] = (),
    pair: str | None = None,
    min_probability: float = 0.0,
) -> Selection:
    """The rows asked for; a pair is a direction, "en-uk" from English into Ukrainian.

    Raises UsageError for a config, split or pair that the dataset does not have.
    """
    if (folder.path / STANDOFF).is_file():
        raise UsageError(
            f"{folder.path} is a stand-off dataset: it has no texts to convert",
            next_step=f"put them back first: corpus-builder rehydrate {folder.path} --workspace YOUR-CRAWL -o dataset",
        )
    name = config or folder.default()
    if pair:
        languages = tuple(pair.split("-"))
        of_pair = f"{name.partition('.')[0]}.{'-'.join(sorted(languages))}"
        name = of_pair if of_pair in folder.configs else name
    folder.choose([name], splits)
    if name.startswith(MONOLINGUAL):
        raise UsageError(
            f"{name} has texts of one language and no translations",
            next_step=f"load_dataset reads it; to convert, choose a config such as {folder.default()}",
        )
    check_columns(folder, name)
    there = folder.languages(name)
    if pair and (len(set(languages)) != 2 or not set(languages) <= set(there)):
        pairs = ", ".join(f"{a}-{b}" for a in there for b in there if a != b)
        raise UsageError(f"{name} has no pair {pair}", next_step=f"choose --pair from {pairs}")
    chosen = tuple(split for split in folder.splits(name) if not splits or split in splits)
    return Selection(folder, name, languages if pair else tuple(there), chosen, bool(pair), min_probability)


def pair_selections(
    folder: DatasetFolder, config: str | None = None, splits: Sequence[str] = (), min_probability: float = 0.0
) -> list[Selection]:
    """The rows of each pair of languages that a config has, from the alphabetically first into the second."""
    all_languages = select(folder, config, splits, None, min_probability).languages
    return [
        select(folder, config, splits, f"{a}-{b}", min_probability) for a, b in combinations(sorted(all_languages), 2)
    ]
