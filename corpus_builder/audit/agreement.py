"""How far annotators agree: Cohen's kappa, Gwet's AC1, and who said what.

Where nearly everything is right, kappa is low even if annotators agree on nearly every row (Feinstein and Cicchetti
1990); AC1 is not (Gwet 2008).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

CATEGORIES = (1, 2, 3)

Item = Mapping[str, int]
"""The verdicts on one thing that was judged (a pair of a row), by annotator."""


@dataclass(frozen=True)
class Agreement:
    """Of the items that two or more judged: how many there are, the share on which all agree, Cohen's kappa (None where
    it is not defined, as where nobody used a second category; for three annotators and more the mean over all two,
    after Light 1971), Gwet's AC1, and for each two annotators how often they said what: rows are the first's verdicts.
    """

    items: int
    same: float
    kappa: float | None
    ac1: float
    confusion: dict[str, list[list[int]]]


def agreement(items: Sequence[Item]) -> Agreement | None:
    """The agreement on some items; None where no item was judged twice."""
    shared = [item for item in items if len(item) > 1]
    if not shared:
        return None
    names = sorted({name for item in shared for name in item})
    confusion, kappas = {}, []
    for a, b in combinations(names, 2):
        both = [(item[a], item[b]) for item in shared if a in item and b in item]
        if both:
            counts = Counter(both)
            confusion[f"{a} / {b}"] = [[counts[x, y] for y in CATEGORIES] for x in CATEGORIES]
            kappas.append(cohens_kappa(both))
    known = [kappa for kappa in kappas if kappa is not None]
    same = sum(len(set(item.values())) == 1 for item in shared) / len(shared)
    return Agreement(len(shared), same, sum(known) / len(known) if known else None, gwets_ac1(shared), confusion)


def cohens_kappa(both: Sequence[tuple[int, int]]) -> float | None:
    """Cohen's (1960) kappa of two annotators; None where chance alone makes them agree."""
    n = len(both)
    observed = sum(x == y for x, y in both) / n
    first, second = Counter(x for x, _ in both), Counter(y for _, y in both)
    expected = sum(first[c] * second[c] for c in CATEGORIES) / n**2
    return (observed - expected) / (1 - expected) if expected < 1 else None


def gwets_ac1(items: Sequence[Item]) -> float:
    """Gwet's (2008) AC1, of any number of annotators; every item has two verdicts or more."""
    observed = 0.0
    share = dict.fromkeys(CATEGORIES, 0.0)
    for item in items:
        counts, n = Counter(item.values()), len(item)
        observed += sum(c * (c - 1) for c in counts.values()) / (n * (n - 1))
        for category in CATEGORIES:
            share[category] += counts[category] / n
    observed /= len(items)
    chance = sum(s / len(items) * (1 - s / len(items)) for s in share.values()) / (len(CATEGORIES) - 1)
    return (observed - chance) / (1 - chance)
