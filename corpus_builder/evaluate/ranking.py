"""Systems by score, with ties where the difference is not significant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpus_builder.evaluate.testset import Array


@dataclass(frozen=True, slots=True)
class Ranked:
    """A system with its rank: one more than the number of systems that are significantly better.

    Without a test every difference counts. Systems without a score come last. The rank is None where the test set is
    too small for any ranks.
    """

    rank: int | None
    system: str
    better_than: tuple[str, ...]
    tied_with: tuple[str, ...]


def rank(
    systems: Sequence[str], scores: Array, p_values: Array | None, alpha: float, higher_is_better: bool
) -> tuple[Ranked, ...]:
    """Rank systems by score; equal scores in alphabetical order.

    Args:
        systems: the names.
        scores: shape (systems,).
        p_values: of the difference of each two systems, shape (systems, systems), or None for no test.
        alpha: a difference is significant where its p-value is below this.
        higher_is_better: False for an error rate.
    """
    goodness = np.nan_to_num(scores if higher_is_better else -scores, nan=-np.inf)
    better = goodness[:, None] > goodness[None, :]
    if p_values is not None:
        better &= p_values < alpha
    order = sorted(range(len(systems)), key=lambda index: (-goodness[index], systems[index]))
    return tuple(
        Ranked(
            rank=1 + int(better[:, index].sum()),
            system=systems[index],
            better_than=tuple(systems[other] for other in order if better[index, other]),
            tied_with=tuple(
                systems[other]
                for other in order
                if other != index and not better[index, other] and not better[other, index]
            ),
        )
        for index in order
    )


def unranked(places: Sequence[Ranked]) -> tuple[Ranked, ...]:
    """The same systems in the same order, without ranks: none is said to be better than another."""
    everyone = [place.system for place in places]
    return tuple(
        replace(place, rank=None, better_than=(), tied_with=tuple(name for name in everyone if name != place.system))
        for place in places
    )
