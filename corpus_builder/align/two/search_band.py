"""Which segments of the other edition each segment is compared with.

Short documents are compared whole. In a long one, chunks of segments are compared first, by their rare matching words;
the best monotone path through the chunks, with a margin, is a band. Within it shorter chunks are compared in the same
way, by the words that are rare in the band, and so on, as long as their matches say enough. Where chapters have moved,
the segments were brought into one order before (arrangement.py).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from corpus_builder.align.two.runs import places
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
SKIPPED = 0.1
"""Cost of passing a chunk, in units of the usual match of a chunk. Chosen: an omission of any length still costs little
beside the matches after it, and a text that repeats itself stays near the diagonal (a book that holds the same 2,000
lines ten times has a recall of .993, and of .16 without it: benchmarks/align/speed.py --book 20000)."""
EVERYWHERE = 400
"""Pairs of words with more combinations of places are ignored: they say nothing about the place. Chosen: 20 × 20."""
FINER, FINEST = 5, 4
"""Each chunk is divided by FINER until it has FINEST segments. Chosen for time and memory, which grow with the width of
the band: with chunks of 4 it is about 50 segments wide whatever the document's length."""
ENOUGH = 1.0
"""Summed matches of a chunk, on average over the path, without which its band is not used: so many words that certainly
match and stand nowhere else nearby. Chosen: fewer could be chance."""


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
    whole = Band(np.zeros(a.size, np.int32), np.full(a.size, b.size - 1, np.int32))
    if a.size * b.size <= WHOLE:
        return whole
    chunk = max(1, -(-max(a.size, b.size) // CHUNKS))
    band, _ = _band_within(a, b, matches, whole, chunk)
    while chunk > FINEST:
        chunk = max(FINEST, -(-chunk // FINER))
        narrower, matched = _band_within(a, b, matches, band, chunk)
        if matched < ENOUGH:
            break
        band = narrower
    return band


def _band_within(
    a: EncodedEdition, b: EncodedEdition, matches: SparseRows, band: Band, chunk: int
) -> tuple[Band, float]:
    """The band of the best path through chunks of so many segments, and the matches of a chunk on it, on average."""
    begin, end = _chunk_rows(band.first, band.last, chunk)
    matched = _chunk_matches(
        words_a=a.words.flat, starts_a=a.words.starts, words_b=b.words.flat, starts_b=b.words.starts,
        rows=matches.starts, columns=matches.columns, values=matches.values, types_b=len(b.shares), chunk=chunk,
        begin=begin, end=end,
    )  # fmt: skip
    low, high, total = _path(matched, begin, end)
    first, last = _around(low, high, chunk, a.size, b.size)
    narrower = Band(np.maximum(first, band.first), np.minimum(last, band.last))
    return narrower, float(total) / max(len(begin), int(end[-1]))


@compiled
def _chunk_rows(first: Any, last: Any, chunk: int) -> Any:
    """By chunk of a the first chunk of b in the band, and the one after the last."""
    rows = (len(first) + chunk - 1) // chunk
    begin, end = np.empty(rows, np.int64), np.empty(rows, np.int64)
    for row in range(rows):
        begin[row] = first[row * chunk] // chunk
        end[row] = last[min((row + 1) * chunk, len(first)) - 1] // chunk + 1
    return begin, end


@compiled
def _first_from(places: Any, begin: int, end: int, low: int) -> int:
    """The first of places[begin:end], which rise, that is `low` or more; `end` if none is."""
    while begin < end:
        middle = (begin + end) >> 1
        if places[middle] < low:
            begin = middle + 1
        else:
            end = middle
    return begin


@compiled
def _chunk_matches(
    words_a: Any, starts_a: Any, words_b: Any, starts_b: Any, rows: Any, columns: Any, values: Any, types_b: int,
    chunk: int, begin: Any, end: Any,
) -> Any:  # fmt: skip
    """[chunks of a, chunks of b from begin] summed matches of words.

    Each is divided among all pairs of places, within the band, that it might join. In a, the band of a chunk is as many
    segments before and after it as its band in b has, in all.
    """
    out = np.zeros((len(begin), (end - begin).max()))
    begin_a, places_a = places(words_a, starts_a, len(rows) - 1)
    begin_b, places_b = places(words_b, starts_b, types_b)
    for i in range(len(starts_a) - 1):
        row = i // chunk
        reach = (end[row] - begin[row]) * chunk
        for k in range(starts_a[i], starts_a[i + 1]):
            x = words_a[k]
            left = _first_from(places_a, begin_a[x], begin_a[x + 1], i - reach)
            number = _first_from(places_a, left, begin_a[x + 1], i + reach + 1) - left
            if number > EVERYWHERE:
                continue
            for e in range(rows[x], rows[x + 1]):
                y = columns[e]
                left = _first_from(places_b, begin_b[y], begin_b[y + 1], begin[row] * chunk)
                right = _first_from(places_b, left, begin_b[y + 1], end[row] * chunk)
                if number * (right - left) > EVERYWHERE:
                    continue
                for m in range(left, right):
                    out[row, places_b[m] // chunk - begin[row]] += values[e, 0] / (number * (right - left))
    return out


@compiled
def _path(matched: Any, begin: Any, end: Any) -> Any:
    """By chunk of a the first and last chunk of b on the best path, and the path's matches."""
    rows, width = matched.shape
    size_b = end[-1]
    usual = matched.sum() / max(rows, size_b)
    cost = SKIPPED * usual
    # node (i, j): i chunks of a and j of b are behind; row i has the nodes from begin[i - 1] to end[i - 1]
    best = np.full((rows + 1, width + 1), -np.inf)
    via = np.zeros((rows + 1, width + 1), np.int8)
    for j in range(end[0] + 1):
        via[0, j] = 2
        best[0, j] = -cost * j
    for i in range(1, rows + 1):
        low, above, top = begin[i - 1], begin[max(i - 2, 0)], end[max(i - 2, 0)]
        for j in range(low, end[i - 1] + 1):
            at, up = j - low, j - above
            # matches of a chunk partly fall into its neighbour: a step down or right collects half of them
            matches = matched[i - 1, at - 1] if at > 0 else 0.0
            if up > 0 and j - 1 <= top:
                best[i, at] = best[i - 1, up - 1] + matches
            if up >= 0 and j <= top and best[i - 1, up] + matches / 2 - cost > best[i, at]:
                best[i, at], via[i, at] = best[i - 1, up] + matches / 2 - cost, 1
            if at > 0 and best[i, at - 1] + matches / 2 - cost > best[i, at]:
                best[i, at], via[i, at] = best[i, at - 1] + matches / 2 - cost, 2
    low_b, high_b = np.full(rows, size_b, np.int64), np.full(rows, -1, np.int64)
    i, j = rows, size_b
    while i > 0 or j > 0:
        row = max(i - 1, 0)
        low_b[row], high_b[row] = min(low_b[row], max(j - 1, 0)), max(high_b[row], max(j - 1, 0))
        step = via[i, j - begin[row]]
        if step != 2:
            i -= 1
        if step != 1:
            j -= 1
    return low_b, high_b, best[rows, size_b - begin[-1]]


@compiled
def _around(low: Any, high: Any, chunk: int, size_a: int, size_b: int) -> Any:
    """(first, last) segments of b for each of a: MARGIN chunks around a path."""
    first, last = np.empty(size_a, np.int32), np.empty(size_a, np.int32)
    for k in range(size_a):
        row = k // chunk
        before, after = max(row - MARGIN, 0), min(row + MARGIN, len(low) - 1)
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
