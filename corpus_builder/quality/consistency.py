"""Trilingual consistency: each of three sides against the other two.

With three sides there are three pairs, and how they fail tells what failed. A bad side fails both of its pairs and
leaves the third whole; where one pair alone fails, both its sides are good against the third language, and what is
wrong is between them: a number, a name, half a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from corpus_builder.quality.batch import MISSING

_WRONG = 0.5
"""A pair below fails."""
_TELLING = -0.5
"""What a score has to take off the log odds to be named as the reason."""

Pair = tuple[str, str]


class Consistency(NamedTuple):
    """What three sides say of one another.

    `value` is the probability that every side is right against at least one other: high where only one pair fails, low
    where a side does. `weakest` is the least likely pair, "en-ru"; `reason` is what failed, as "side uk: language" or
    "pair: numbers_agree", None where nothing did.
    """

    value: float
    weakest: str | None
    reason: str | None


NOTHING = Consistency(MISSING, None, None)
"""Of a row with fewer than three sides."""


def consistency(probability: Mapping[Pair, float], added: Mapping[Pair, Sequence[float]], scores: Sequence[str]
                ) -> Consistency:  # fmt: skip
    """Hold the sides of a row against one another.

    Args:
        probability: of each pair of the row, by its two languages.
        added: of each pair what each score adds to its log odds, in the order of `scores`.
        scores: their names.

    >>> likely = {("en", "ru"): 0.1, ("en", "uk"): 0.95, ("ru", "uk"): 0.9}
    >>> consistency(likely, {pair: [-2.0, 0.1] for pair in likely}, ["numbers_agree", "coverage"])
    Consistency(value=0.9, weakest='en-ru', reason='pair: numbers_agree')
    """
    if len(probability) < 3:
        return NOTHING
    sides = sorted({side for pair in probability for side in pair})
    support = {side: max(p for pair, p in probability.items() if side in pair) for side in sides}
    weakest = min(probability, key=lambda pair: (probability[pair], pair))
    least = min(support.values())
    name = "-".join(weakest)
    failing = [pair for pair, p in probability.items() if p < _WRONG]
    why = _why(added[weakest], scores)
    if not failing:
        return Consistency(least, name, f"pair: {why}" if why else None)
    bad = [side for side in sides if all(pair in failing for pair in probability if side in pair)]
    if len(failing) == 2 and len(bad) == 1:
        return Consistency(least, name, f"side {bad[0]}: {why or 'alignment'}")
    where = "all" if len(failing) == 3 else "pair"
    return Consistency(least, name, f"{where}: {why or 'alignment'}")


def _why(added: Sequence[float], scores: Sequence[str]) -> str | None:
    worst = min(range(len(scores)), key=lambda k: added[k])
    return scores[worst] if added[worst] <= _TELLING else None
