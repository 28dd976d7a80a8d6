"""The registry of scores: names, versions, what each is of, and how the parts of a row sum up.

A score is of a side ("language_uk"), of a pair ("numbers_agree_en_uk") or of a direction ("coverage_en_uk": how much of
the Ukrainian side the English one accounts for). Of each, the row has the worst under the bare name
("numbers_agree"), and so has the row of a pair's config. Missing values are NaN here and null in files: the row has no
ground for that score, which is no fault.

A version changes whenever a score's values may; the dataset's card names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np

from corpus_builder.quality import coverage, languages, length, names, numbers, punctuation
from corpus_builder.quality import machine_translation as order
from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.context import Context
from corpus_builder.quality.copying import copied, repeated
from corpus_builder.quality.subwords import fertility
from corpus_builder.text.quantities import MISSING


class Of(StrEnum):
    """What a score is of."""

    SIDE = "side"
    PAIR = "pair"
    DIRECTION = "direction"


class Worst(StrEnum):
    """Which value of several is the worst."""

    LEAST = "least"
    GREATEST = "greatest"
    FARTHEST = "farthest from 0"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a score is computed from: rows of one level, and what is known of their corpus."""

    batch: Batch
    level: str
    context: Context


Compute = Callable[[Seen, tuple[str, ...]], Array]
"""(what is seen, the language of the side or the two of the pair or direction) -> a value a row."""


@dataclass(frozen=True, slots=True)
class Score:
    """One family of scores. `about` is a line for the dataset's card."""

    name: str
    version: int
    of: Of
    worst: Worst
    about: str
    compute: Compute
    only: frozenset[str] | None = None  # the languages that it is for; None: any

    def parts(self, languages: Sequence[str]) -> list[tuple[str, ...]]:
        """The sides, pairs or directions that some languages have, in alphabetical order."""
        own = sorted(languages if self.only is None else self.only.intersection(languages))
        if self.of is Of.SIDE:
            return [(language,) for language in own]
        pairs: list[tuple[str, ...]] = list(combinations(own, 2))
        return pairs if self.of is Of.PAIR else [two for a, b in pairs for two in ((a, b), (b, a))]

    def columns(self, languages: Sequence[str]) -> list[str]:
        """The columns of a row in these languages: the worst first, then the parts (a pair's row has only sides and
        directions beside it).
        """
        parts = self.parts(languages)
        if self.of is Of.PAIR and len(parts) < 2:
            return [self.name] * len(parts)
        return [self.name, *(column(self.name, part) for part in parts)]


def column(name: str, part: Sequence[str]) -> str:
    """The name of a part's column.

    >>> column("coverage", ("en", "uk"))
    'coverage_en_uk'
    """
    return "_".join((name, *part))


def worst_of(worst: Worst, values: Sequence[Array]) -> Array:
    """By row the worst of several values, missing ones left out; NaN where all are missing."""
    stacked = np.stack(values)
    none = np.isnan(stacked).all(axis=0)
    if worst is Worst.FARTHEST:
        at = np.where(np.isnan(stacked), -1.0, np.abs(stacked)).argmax(axis=0)
        found: Array = np.take_along_axis(stacked, at[None], axis=0)[0]
    else:
        fill, reduce = (np.inf, np.min) if worst is Worst.LEAST else (-np.inf, np.max)
        found = reduce(np.where(np.isnan(stacked), fill, stacked), axis=0)
    return np.where(none, MISSING, found)


def _alignment(seen: Seen, part: tuple[str, ...]) -> Array:
    pair = "-".join(part)
    return np.array([row.alignment.get(pair, MISSING) for row in seen.batch.rows], np.float64)


def _coverage(seen: Seen, part: tuple[str, ...]) -> Array:
    return coverage.covered(seen.batch, *_two(part), seen.context.lexicon)


def _length_ratio(seen: Seen, part: tuple[str, ...]) -> Array:
    model = seen.context.lengths.get((seen.level, "-".join(part), "characters"), length.LengthModel())
    return model.z(length.characters(seen.batch, part[0]), length.characters(seen.batch, part[1]))


def _token_ratio(seen: Seen, part: tuple[str, ...]) -> Array:
    model = seen.context.lengths.get((seen.level, "-".join(part), "words"), length.LengthModel())
    return model.z(length.tokens(seen.batch, part[0]), length.tokens(seen.batch, part[1]))


def _numbers(seen: Seen, part: tuple[str, ...]) -> Array:
    return numbers.numbers_agree(seen.batch, *_two(part))


def _units(seen: Seen, part: tuple[str, ...]) -> Array:
    return numbers.units_agree(seen.batch, *_two(part))


def _names(seen: Seen, part: tuple[str, ...]) -> Array:
    return names.names_agree(seen.batch, *_two(part), seen.context.lexicon)


def _language(seen: Seen, part: tuple[str, ...]) -> Array:
    return languages.own_language(seen.batch, part[0])


def _letters(seen: Seen, part: tuple[str, ...]) -> Array:
    return languages.clean_letters(seen.batch, part[0])


def _own_words(seen: Seen, part: tuple[str, ...]) -> Array:
    return languages.own_words(seen.batch, part[0], seen.context.foreign.get(part[0], frozenset()))


def _copied(seen: Seen, part: tuple[str, ...]) -> Array:
    return copied(seen.batch, *_two(part))


def _repeated(seen: Seen, part: tuple[str, ...]) -> Array:
    return repeated(seen.batch, part[0])


def _punctuation(seen: Seen, part: tuple[str, ...]) -> Array:
    return punctuation.agreement(seen.batch, *_two(part))


def _fertility(seen: Seen, part: tuple[str, ...]) -> Array:
    model, usual = seen.context.pieces.get(part[0]), seen.context.fertility.get(part[0])
    if model is None or usual is None:
        return np.full(len(seen.batch), MISSING)
    z: Array = (fertility(seen.batch, part[0], model) - usual[0]) / usual[1]
    return z


def _machine(seen: Seen, part: tuple[str, ...]) -> Array:
    return order.suspicion(seen.batch, *_two(part), seen.context.lexicon, seen.context.foreign)


def _two(part: tuple[str, ...]) -> tuple[str, str]:
    a, b = part
    return a, b


_ALL = (
    Score("alignment", 1, Of.PAIR, Worst.LEAST, "the aligner's own probability of the pair", _alignment),
    Score("coverage", 1, Of.DIRECTION, Worst.LEAST, "share of the second side's words that the first accounts for",
          _coverage),
    Score("length_ratio", 1, Of.PAIR, Worst.FARTHEST, "lengths in characters against the corpus' usual ratio, as z",
          _length_ratio),
    Score("token_ratio", 1, Of.PAIR, Worst.FARTHEST, "lengths in words against the corpus' usual ratio, as z",
          _token_ratio),
    Score("numbers_agree", 2, Of.PAIR, Worst.LEAST, "share of numbers, dates and times that both sides have", _numbers),
    Score("units_agree", 1, Of.PAIR, Worst.LEAST, "share of currencies and percentages that both sides have", _units),
    Score("names_agree", 2, Of.PAIR, Worst.LEAST, "share of names that both sides have, in any spelling", _names),
    Score("punctuation", 2, Of.PAIR, Worst.LEAST, "agreement of last marks, questions, brackets and quotations",
          _punctuation),
    Score("copied", 1, Of.PAIR, Worst.GREATEST, "share of runs of three words that both sides have", _copied),
    Score("language", 1, Of.SIDE, Worst.LEAST, "how surely the side is in its language", _language),
    Score("letters", 1, Of.SIDE, Worst.LEAST, "share of words without letters of another script or language", _letters),
    Score("own_words", 1, Of.SIDE, Worst.LEAST, "share of words that are not rather another edition's", _own_words),
    Score("repeated", 1, Of.SIDE, Worst.GREATEST, "share of runs of three words that stand there again", _repeated),
    Score("fertility", 1, Of.SIDE, Worst.FARTHEST, "pieces a word against the corpus' median, as z", _fertility),
    Score("machine_translation", 2, Of.PAIR, Worst.GREATEST,
          "suspicion that uk or ru was made from the other by machine; no verdict", _machine,
          frozenset({"uk", "ru"})),
)  # fmt: skip

SCORES: Mapping[str, Score] = {score.name: score for score in _ALL}
"""All families by name. A new one is a file with its function, and a line above."""


def compute(batch: Batch, level: str, context: Context) -> dict[str, Array]:
    """All scores of a batch: the parts' columns, and the worst of each family under its bare name."""
    seen, found = Seen(batch, level, context), dict[str, Array]()
    for score in SCORES.values():
        parts = {part: of_part(score, seen, part) for part in score.parts(batch.languages)}
        if parts:
            found[score.name] = worst_of(score.worst, list(parts.values()))
        found.update({column(score.name, part): values for part, values in parts.items()})
    return found


def of_part(score: Score, seen: Seen, part: tuple[str, ...]) -> Array:
    """[rows] a score of one part; NaN where the row lacks a side of it."""
    present = np.logical_and.reduce([seen.batch.present(language) for language in part])
    return np.where(present, score.compute(seen, part), MISSING)
