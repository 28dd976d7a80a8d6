"""Which segments of the other edition each segment is compared with.

Short documents are compared whole. In a long one, chunks of segments are compared first, by their rare matching words;
the best monotone path through the chunks, with a margin, is the band for the segments.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from corpus_builder.align.words.document_arrays import EncodedEdition
from corpus_builder.jit import compiled
from corpus_builder.ragged import Ints, SparseRows

WHOLE = 400_000
"""Cells up to which a document is compared whole. Chosen for memory: bead scores of so many cells take 40 MB."""
CHUNKS = 400
"""Number of chunks of the longer side. Chosen for speed: 400² cells are fewer than WHOLE."""
MARGIN = 3
"""Chunks on either side of the path that belong to the band. Chosen; a book of 4,800 sentences has a recall of .994
(benchmarks/align/speed.py --book 5000)."""
SKIPPED = 0.5
"""Cost of passing a chunk without a match, in units of a chunk's usual match. Chosen, and checked as MARGIN is."""
EVERYWHERE = 400
"""Pairs of words with more combinations of places are ignored: they say nothing about the place. Chosen: 20 × 20."""


class Band(NamedTuple):
    """By segment of a the first and the last segment of b to compare it with, both rising."""

    first: Ints
    last: Ints

    @property
    def width(self) -> int:
        """The greatest number of segments of b; 0 without a segment of a."""
        return int((self.last - self.first).max(initial=-1)) + 1

    def turned(self, size_b: int) -> Band:
        """The band seen from the other side: by segment of b the segments of a."""
        return Band(*turned(self.first, self.last, size_b))


def band_of(a: EncodedEdition, b: EncodedEdition, matches: SparseRows) -> Band:
    """The band of two editions; `matches` by type of a (translation_table.word_matches)."""
    if a.size * b.size <= WHOLE:
        return Band(np.zeros(a.size, np.int32), np.full(a.size, b.size - 1, np.int32))
    chunk = max(1, -(-max(a.size, b.size) // CHUNKS))
    matched = _chunk_matches(
        words_a=a.words.flat, starts_a=a.words.starts, words_b=b.words.flat, starts_b=b.words.starts,
        rows=matches.starts, columns=matches.columns, values=matches.values, types_b=len(b.shares), chunk=chunk,
    )  # fmt: skip
    return Band(*_path_band(matched, chunk, a.size, b.size))


@compiled
def _chunk_matches(
    words_a: Any, starts_a: Any, words_b: Any, starts_b: Any, rows: Any, columns: Any, values: Any, types_b: int,
    chunk: int,
) -> Any:  # fmt: skip
    """[chunks of a, chunks of b] summed matches of words, each divided among all places that it might match."""
    size_a, size_b = len(starts_a) - 1, len(starts_b) - 1
    chunks_a, chunks_b = (size_a + chunk - 1) // chunk, (size_b + chunk - 1) // chunk
    out = np.zeros((chunks_a, chunks_b))
    count_a, count_b = np.zeros(len(rows) - 1, np.int64), np.zeros(types_b, np.int64)
    for k in words_a:
        count_a[k] += 1
    for k in words_b:
        count_b[k] += 1
    # the places of each type of b
    begin = np.zeros(types_b + 1, np.int64)
    for k in range(types_b):
        begin[k + 1] = begin[k] + count_b[k]
    at = begin[:-1].copy()
    places = np.empty(len(words_b), np.int32)
    for j in range(size_b):
        for k in range(starts_b[j], starts_b[j + 1]):
            places[at[words_b[k]]] = j // chunk
            at[words_b[k]] += 1
    for i in range(size_a):
        for k in range(starts_a[i], starts_a[i + 1]):
            x = words_a[k]
            for e in range(rows[x], rows[x + 1]):
                y = columns[e]
                if count_a[x] * count_b[y] > EVERYWHERE:
                    continue
                weight = values[e, 0] / (count_a[x] * count_b[y])
                for m in range(begin[y], begin[y + 1]):
                    out[i // chunk, places[m]] += weight
    return out


@compiled
def _path_band(matched: Any, chunk: int, size_a: int, size_b: int) -> Any:
    chunks_a, chunks_b = matched.shape
    usual = matched.sum() / max(chunks_a, chunks_b)
    cost = SKIPPED * usual / (chunks_a + chunks_b)
    best = np.zeros((chunks_a + 1, chunks_b + 1))
    via = np.zeros((chunks_a + 1, chunks_b + 1), np.int8)
    for i in range(1, chunks_a + 1):
        via[i, 0] = 1
        best[i, 0] = -cost * i
    for j in range(1, chunks_b + 1):
        via[0, j] = 2
        best[0, j] = -cost * j
    for i in range(1, chunks_a + 1):
        for j in range(1, chunks_b + 1):
            # matches of a chunk partly fall into its neighbour: a step down or right collects half of them
            matches = matched[i - 1, j - 1]
            diagonal, down, right = (
                best[i - 1, j - 1] + matches,
                best[i - 1, j] + matches / 2 - cost,
                best[i, j - 1] + matches / 2 - cost,
            )
            best[i, j], via[i, j] = diagonal, 0
            if down > best[i, j]:
                best[i, j], via[i, j] = down, 1
            if right > best[i, j]:
                best[i, j], via[i, j] = right, 2
    low, high = np.full(chunks_a, chunks_b, np.int64), np.full(chunks_a, -1, np.int64)
    i, j = chunks_a, chunks_b
    while i > 0 or j > 0:
        row = max(i - 1, 0)
        low[row], high[row] = min(low[row], max(j - 1, 0)), max(high[row], max(j - 1, 0))
        step = via[i, j]
        if step != 2:
            i -= 1
        if step != 1:
            j -= 1
    first, last = np.empty(size_a, np.int32), np.empty(size_a, np.int32)
    for k in range(size_a):
        row = k // chunk
        before, after = max(row - MARGIN, 0), min(row + MARGIN, chunks_a - 1)
        first[k] = max(min(low[before], low[row]) - MARGIN, 0) * chunk
        last[k] = min((max(high[after], high[row]) + 1 + MARGIN) * chunk, size_b) - 1
    first[0] = 0
    last[size_a - 1] = size_b - 1
    for k in range(1, size_a):
        last[k] = max(last[k], last[k - 1])
    for k in range(size_a - 2, -1, -1):
        first[k] = min(first[k], first[k + 1])
    return first, last


@compiled
def turned(first: Any, last: Any, size_b: int) -> Any:
    """(first, last) segment of a for each of b."""
    low, high = np.zeros(size_b, np.int32), np.full(size_b, -1, np.int32)
    i = 0
    for j in range(size_b):
        while i < len(first) - 1 and last[i] < j:
            i += 1
        low[j] = i
        high[j] = i
        while high[j] + 1 < len(first) and first[high[j] + 1] <= j:
            high[j] += 1
    return low, high
