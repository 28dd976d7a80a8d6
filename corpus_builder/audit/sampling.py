"""Drawing the sample of an audit: seeded, stratified, at most two rows of a story."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus_builder.audit.strata import Stratum, allocate

Floats = npt.NDArray[np.float64]

PER_STORY = 2
"""Rows of one story at most. Chosen: the errors of a story go together, so a third row says little that is new."""
SHARED = 0.2
"""The share of the sample that every annotator judges. Chosen: 60 of 300 rows give Gwet's AC1 to about .05."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that may be drawn: its number in the order of the dataset, its story, its stratum, its probability."""

    number: int
    article_id: str
    stratum: str
    probability: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row of the sample, who judges it, and how likely it was to be drawn (0 to 1)."""

    candidate: Candidate
    annotators: tuple[str, ...]
    inclusion: float


@dataclass(frozen=True, slots=True)
class Draw:
    """A sample in the order of judging, the strata it was drawn from, and how many rows `PER_STORY` kept out of it."""

    rows: tuple[Drawn, ...]
    strata: tuple[Stratum, ...]
    passed_over: int


def draw(candidates: Sequence[Candidate], wanted: int, annotators: Sequence[str], seed: int) -> Draw:
    """Draw `wanted` rows, or as many as `PER_STORY` leaves; the same candidates and seed give the same sample.

    Small strata are drawn first, so that the limit per story does not starve them. A share of `SHARED` is given to all
    annotators, the others to one each, in turn.
    """
    chance = random.Random(seed)
    by_stratum: dict[str, list[Candidate]] = {}
    for each in candidates:
        by_stratum.setdefault(each.stratum, []).append(each)
    sizes = {name: len(rows) for name, rows in sorted(by_stratum.items())}
    means = {name: sum(row.probability for row in by_stratum[name]) / size for name, size in sizes.items()}
    places = allocate(sizes, means, wanted)
    of_story: Counter[str] = Counter()
    chosen: list[Candidate] = []
    taken: Counter[str] = Counter()
    passed_over = 0
    order = sorted(sizes, key=lambda x: (sizes[x], x))
    for name in order:
        rows = list(by_stratum[name])
        chance.shuffle(rows)
        for row in rows:
            if taken[name] == places[name]:
                break
            if of_story[row.article_id] >= PER_STORY:
                passed_over += 1
                continue
            of_story[row.article_id] += 1
            taken[name] += 1
            chosen.append(row)
    chance.shuffle(chosen)
    strata = tuple(Stratum(name, sizes[name], means[name], taken[name]) for name in sizes)
    likely = inclusion({name: by_stratum[name] for name in order}, places)
    return Draw(tuple(_assigned(chosen, annotators, likely)), strata, passed_over)


def inclusion(by_stratum: Mapping[str, Sequence[Candidate]], places: Mapping[str, int]) -> dict[tuple[str, str], float]:
    """How likely a row is to be drawn, by its story and its stratum; strata in the order of drawing.

    Rows of a long story are less likely, as it gives `PER_STORY` at most. Rows of a stratum are taken in random order
    until it has its places: as if each were wanted with the same chance, which is found by bisection; of a story that
    has already given some, only as many are taken as the limit leaves.
    """
    numbers = {story: k for k, story in enumerate({row.article_id: None for own in by_stratum.values() for row in own})}
    given = np.zeros((len(numbers), PER_STORY + 1))  # the chance that a story has given 0, 1, … rows so far
    given[:, 0] = 1
    found: dict[tuple[str, str], float] = {}
    for name, rows in by_stratum.items():
        own = Counter(row.article_id for row in rows)
        story = np.array([numbers[each] for each in own])
        size = np.array(list(own.values()), np.float64)
        low, high = 0.0, 1.0
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if _taken(given[story], size, middle)[0].sum() < places[name] else (low, middle)
        taken, given[story] = _taken(given[story], size, high)
        found |= {(each, name): float(share) for each, share in zip(own, taken / size, strict=True)}
    return found


def _taken(given: Floats, size: Floats, chance: float) -> tuple[Floats, Floats]:
    """[stories] the rows to expect of each story where each of its `size` rows is wanted with a chance; and `given`
    after that."""
    from scipy.special import comb

    wanted = [comb(size, k) * chance**k * (1 - chance) ** np.maximum(size - k, 0) for k in range(PER_STORY)]
    after = np.zeros_like(given)
    taken = np.zeros(len(size))
    for before in range(PER_STORY + 1):
        rest = given[:, before].copy()
        for k in range(PER_STORY - before):
            after[:, before + k] += given[:, before] * wanted[k]
            taken += given[:, before] * wanted[k] * k
            rest -= given[:, before] * wanted[k]
        after[:, PER_STORY] += rest
        taken += rest * (PER_STORY - before)
    return taken, after


def _assigned(
    rows: Sequence[Candidate], annotators: Sequence[str], likely: Mapping[tuple[str, str], float]
) -> list[Drawn]:
    """Rows with their annotators: the shared ones spread evenly, so that they are judged from the first day on."""
    drawn, turn = [], 0
    for number, row in enumerate(rows):
        inclusion = likely[row.article_id, row.stratum]
        if len(annotators) > 1 and int((number + 1) * SHARED) > int(number * SHARED):
            drawn.append(Drawn(row, tuple(annotators), inclusion))
        else:
            drawn.append(Drawn(row, (annotators[turn % len(annotators)],), inclusion))
            turn += 1
    return drawn
