"""n-gram counts per segment, of several sides at once, by sorting whole numbers instead of hashing tuples.

The sides are a system's output and its references. Every n-gram of a segment becomes one number, (segment, n-gram,
side); after sorting, equal n-grams of a segment are neighbours, and the length of a run is how often each side has it.
The numbers are exact, not hashes: where they would need more than 63 bits, the n-grams are renumbered.
benchmarks/evaluate.py compares the speed with counting in dictionaries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus_builder.evaluate.testset import Array, Indices

_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Symbols:
    """All segments of one side as one array of numbers, and how many of them each segment has."""

    symbols: Indices
    lengths: Indices


class Codebook:
    """Numbers words in order of first occurrence."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def encode(self, segments: Sequence[Sequence[str]]) -> Symbols:
        """Number the words of each segment."""
        numbers = self._numbers
        symbols = [numbers.setdefault(word, len(numbers)) for words in segments for word in words]
        return Symbols(np.array(symbols, dtype=np.int64), _lengths(segments))


def characters(segments: Sequence[str]) -> Symbols:
    """The code points of each segment."""
    points: npt.NDArray[np.uint32] = np.frombuffer("".join(segments).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return Symbols(points.astype(np.int64), _lengths(segments))


def ngram_counts(sides: Sequence[Symbols], orders: int) -> Iterator[tuple[Indices, Indices]]:
    """For each order 1, 2, … `orders`: the n-grams of all segments, with how often each side has them.

    Yields:
        the segment of each n-gram, shape (n-grams,), and the counts, shape (sides, n-grams). An n-gram that two
        segments share comes twice, once for each of them.
    """
    segments = np.concatenate([np.repeat(np.arange(len(side.lengths)), side.lengths) for side in sides])
    side_of = np.repeat(np.arange(len(sides)), [len(side.symbols) for side in sides])
    place = segments * len(sides) + side_of
    symbols, alphabet = _dense(np.concatenate([side.symbols for side in sides]))
    grams, size = symbols, alphabet
    places = max(1, int(place.max(initial=0)) + 1)
    for order in range(1, orders + 1):
        if order > 1:
            if size * alphabet * places > _LARGEST:
                _, grams = np.unique(grams, return_inverse=True)
                size = int(grams.max(initial=0)) + 1
            grams = grams[:-1] * alphabet + symbols[order - 1 :]
            size *= alphabet
        inside = place[: len(grams)] == place[order - 1 :]
        keys = (segments[: len(grams)] * size + grams) * len(sides) + side_of[: len(grams)]
        yield _runs(np.sort(keys[inside]), len(sides), size)


def sum_by_segment(values: Indices, segments: Indices, count: int) -> Array:
    """Sum `values` over the n-grams of each of `count` segments."""
    sums: Array = np.bincount(segments, weights=values.astype(np.float64), minlength=count).astype(np.float64)
    return sums


def _runs(keys: Indices, sides: int, size: int) -> tuple[Indices, Indices]:
    """The segments and counts that sorted keys encode."""
    cells = keys // sides
    if not len(cells):
        return cells, np.zeros((sides, 0), dtype=np.int64)
    starts = np.flatnonzero(np.concatenate(([True], cells[1:] != cells[:-1])))
    side_of = keys - cells * sides
    counts = np.stack([np.add.reduceat((side_of == side).astype(np.int64), starts) for side in range(sides)])
    return cells[starts] // size, counts


def _dense(symbols: Indices) -> tuple[Indices, int]:
    """The symbols numbered without gaps, and how many different ones there are."""
    used = np.zeros(int(symbols.max(initial=0)) + 1, dtype=np.int64)
    used[symbols] = 1
    numbers = np.cumsum(used) - 1
    return numbers[symbols], max(1, int(used.sum()))


def _lengths(segments: Sequence[Sequence[str]] | Sequence[str]) -> Indices:
    return np.fromiter((len(segment) for segment in segments), dtype=np.int64, count=len(segments))
