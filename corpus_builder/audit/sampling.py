"""Drawing the sample of an audit: seeded, stratified, at most two rows of a story."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from corpus_builder.audit.strata import Stratum, allocate

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
    """A row of the sample and who judges it."""

    candidate: Candidate
    annotators: tuple[str, ...]


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
    for name in sorted(sizes, key=lambda x: (sizes[x], x)):
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
    return Draw(tuple(_assigned(chosen, annotators)), strata, passed_over)


def _assigned(rows: Sequence[Candidate], annotators: Sequence[str]) -> list[Drawn]:
    """Rows with their annotators: the shared ones spread evenly, so that they are judged from the first day on."""
    drawn, turn = [], 0
    for number, row in enumerate(rows):
        if len(annotators) > 1 and int((number + 1) * SHARED) > int(number * SHARED):
            drawn.append(Drawn(row, tuple(annotators)))
        else:
            drawn.append(Drawn(row, (annotators[turn % len(annotators)],)))
            turn += 1
    return drawn
