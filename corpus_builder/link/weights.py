"""How much each feature says: its inverse document frequency over all pages of a language, and what translates it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.link.joins import Hashes, address_hash
from corpus_builder.link.vectors import Counts

Lexicon = Iterable[tuple[str, str, float]]
"""Links of two lexicons' units with their counts: (unit of the one, unit of the other, count)."""

_FREQUENT = 0.05
"""Features in more than this share of the pages, and in more than `_ALWAYS_KEPT` of them, are left out: they say little
and cost most of the time. Chosen: the time of the product is quadratic in this share."""
_ALWAYS_KEPT = 20
_MOST = 150  # pages of a language with a feature, at most: keeps the product linear in the number of pages
_TRANSLATIONS = 4  # of a unit


_FEATURES = np.zeros(0, np.uint64), np.zeros(0, np.int64)


def _merged(
    parts: list[tuple[Hashes, npt.NDArray[np.int64]]],
) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """Features with their numbers of pages, each once."""
    every, place = np.unique(np.concatenate([hashes for hashes, _ in parts]), return_inverse=True)
    counts = np.bincount(place, np.concatenate([pages for _, pages in parts]), len(every))
    return every, counts.astype(np.int64)


class Weights(NamedTuple):
    """The inverse document frequency of each feature that is not too frequent, by its hash; the hashes are sorted."""

    hashes: Hashes
    values: npt.NDArray[np.float64]

    @staticmethod
    def of(shards: Iterable[Counts]) -> Weights:
        """From the pages of all shards."""
        pages, merged, waiting = 0, _FEATURES, [_FEATURES]
        for shard in shards:
            pages += len(shard.starts) - 1
            waiting.append((shard.hashes, shard.pages))
            if sum(len(hashes) for hashes, _ in waiting) > len(merged[0]):  # so that it is not copied for each shard
                merged, waiting = _merged([merged, *waiting]), []
        hashes, counts = _merged([merged, *waiting])
        most = max(_ALWAYS_KEPT, min(_MOST, int(_FREQUENT * pages)))
        kept = counts <= most
        return Weights(hashes[kept], np.log(1 + pages / counts[kept]))

    def of_features(self, hashes: Hashes) -> npt.NDArray[np.float64]:
        """[hashes] the weight of each, 0 for one that was left out."""
        if not len(self.hashes):
            return np.zeros(len(hashes))
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[at] == hashes, self.values[at], 0.0)


class Table(NamedTuple):
    """Which units of one language translate which of the other, sorted by the former; the values of each have length 1
    together (the root of the sum of their squares)."""

    unit: Hashes
    other: Hashes
    value: npt.NDArray[np.float32]

    @staticmethod
    def of(links: Iterable[tuple[int, int, float]]) -> Table:
        """From links, those of the same units added up."""
        summed: dict[tuple[int, int], np.float32] = {}
        for x, y, count in links:
            summed[x, y] = summed.get((x, y), np.float32(0)) + np.float32(count)
        rows = sorted(summed.items())
        unit = np.array([key[0] for key, _ in rows], np.uint64)
        other = np.array([key[1] for key, _ in rows], np.uint64)
        value = np.array([each for _, each in rows], np.float32)
        _, place = np.unique(unit, return_inverse=True)
        lengths = np.sqrt(np.bincount(place, value.astype(np.float64) ** 2))
        return Table(unit, other, (value / lengths[place]).astype(np.float32))

    def links(self) -> Iterable[tuple[int, int, float]]:
        """Its links."""
        return zip(self.unit.tolist(), self.other.tolist(), self.value.tolist(), strict=True)


def seed_table(lexicon: Lexicon, units: Weights, others: Weights) -> Table:
    """The most frequent translations of each unit that counts, among those that count."""
    known: dict[str, dict[str, float]] = {}
    links = list(lexicon)
    hashes = {word: address_hash(word) for unit, other, _ in links for word in (unit, other)}
    kept = _kept(units, [hashes[unit] for unit, _, _ in links]), _kept(others, [hashes[other] for _, other, _ in links])
    for (unit, other, count), *both in zip(links, *kept, strict=True):
        if all(both):
            own = known.setdefault(unit, {})
            own[other] = own.get(other, 0.0) + count
    return Table.of(
        (hashes[unit], hashes[other], count) for unit, own in known.items() for other, count in most_likely(own)
    )


def most_likely(values: Mapping[str, float]) -> list[tuple[str, float]]:
    """The greatest of some values by name, of equal ones the first names."""
    return sorted(values.items(), key=lambda item: (-item[1], item[0]))[:_TRANSLATIONS]


def _kept(weights: Weights, hashes: list[int]) -> npt.NDArray[np.bool_]:
    kept: npt.NDArray[np.bool_] = weights.of_features(np.array(hashes, np.uint64)) > 0
    return kept


def log_count(counts: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """[counts] how much more a feature says that a page has several times."""
    return 1 + np.log(counts.astype(np.float64))
