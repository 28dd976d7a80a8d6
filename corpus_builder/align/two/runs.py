"""Long runs of segments that match, wherever they stand in the other edition.

The lattice is monotone; where chapters were swapped, no path through it has them all. They are found as biologists find
rearranged genomes: pairs of segments that share rare matching words are anchors (an inverted index finds them), and
anchors that follow one another in both editions, or in one of them backwards, are chained into runs. All of it costs a
bounded time a segment, never a time for each pair of segments.

An anchor says as much as it is unlikely by chance. If there are N anchors as good or better, and A cells are as near as
it is to the anchor before, one of them has such an anchor by chance with probability A · N / (cells of all); minus the
logarithm of that is what it adds to a run. So where words say much, a few segments make a run, and where they hardly
say anything, only a long run counts.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from corpus_builder.align.words.document_arrays import EncodedEdition
from corpus_builder.jit import compiled
from corpus_builder.ragged import Ints, SparseRows

RARE = 25
"""Pairs of words with more combinations of places are ignored: they say little about the place, and cost much. Chosen:
5 × 5."""
COST = 3.0
"""Nats that an anchor must say to lengthen a run. Chosen: those of chance say 1 on average, the best of several more;
with 2 a run of chapters in Tatoeba goes on into the next chapter for 30 to 80 lines."""
EACH = 4
"""Anchors of a segment, at most: those with the most matches. Chosen: one is right, and the others are chance."""
FARTHEST = 100
"""Segments between two anchors of a run, at most. Chosen for time, and for what one anchor may say: 9 nats."""
APART = 8
"""A run is divided where it passes so many segments more in one edition than in the other. Chosen: what stands there
may belong to another run."""
ENOUGH = 12.0
"""Nats of a run. Chosen: of 144 texts in the same order (Tatoeba, 60 to 9,000 lines, with and without a preface and a
seed lexicon) none has a run by chance with 2; without COST there are such of 11."""
LESS = 0.3
LOST = 12.0
"""A part of a chain says too little if it says LESS than this share of what all of it says, by segment: such ends are
left to others, and it is divided where it loses so many nats against that share. Chosen: a run goes on by chance into
the next chapter, and through it to the chapter after that. As many nats as make a run."""
PASSES = 8
"""How often runs are searched for, those found left out. Chosen: a second pass finds what a better run cut short."""


class Runs(NamedTuple):
    """Long runs of segments that match, by segment of a; no segment is in two of them."""

    ends: Ints
    """[runs, 5] the first and last segment of a, those of b, and 1, or -1 if b's are in the opposite order."""
    anchors: Ints
    """[anchors, 3] a segment of a and one of b that match, and the number of their run; by segment of a."""

    def of(self, number: int) -> Ints:
        """[2, anchors] the segments of a, and those of b, of the anchors of a run."""
        begin, end = np.searchsorted(self.anchors[:, 2], (number, number + 1))
        own: Ints = self.anchors[begin:end, :2].T
        return own


def runs(a: EncodedEdition, b: EncodedEdition, matches: SparseRows) -> Runs:
    """The runs of two editions. `matches` by type of a (translation_table.word_matches)."""
    i, j, weight = _anchors(
        words_a=a.words.flat, starts_a=a.words.starts, words_b=b.words.flat, starts_b=b.words.starts,
        rows=matches.starts, columns=matches.columns, values=matches.values, types_b=len(b.shares),
    )  # fmt: skip
    ends, owner = _runs(i, j, weight, a.size, b.size)
    by_a = np.argsort(ends[:, 0])
    number = np.empty(len(ends), np.int32)
    number[by_a] = np.arange(len(ends))
    chosen = owner >= 0
    return Runs(ends[by_a], np.column_stack((i[chosen], j[chosen], number[owner[chosen]])))


@compiled
def places(words: Any, starts: Any, types: int) -> Any:
    """(where the places of each type begin [types + 1], the segments that each type stands in, rising)."""
    begin = np.zeros(types + 1, np.int64)
    for k in words:
        begin[k + 1] += 1
    for k in range(types):
        begin[k + 1] += begin[k]
    at = begin[:-1].copy()
    found = np.empty(len(words), np.int32)
    for i in range(len(starts) - 1):
        for k in range(starts[i], starts[i + 1]):
            found[at[words[k]]] = i
            at[words[k]] += 1
    return begin, found


@compiled
def _anchors(
    words_a: Any, starts_a: Any, words_b: Any, starts_b: Any, rows: Any, columns: Any, values: Any, types_b: int
) -> Any:
    """(segments of a, segments of b, matches) of the anchors, by segment of a.

    A match is divided among all pairs of places that it might join.
    """
    size_a, size_b = len(starts_a) - 1, len(starts_b) - 1
    begin_a, _ = places(words_a, starts_a, len(rows) - 1)
    begin_b, places_b = places(words_b, starts_b, types_b)
    matched = np.zeros(size_b)
    touched = np.empty(size_b, np.int32)
    out_i, out_j = np.empty(EACH * size_a, np.int32), np.empty(EACH * size_a, np.int32)
    weight = np.empty(EACH * size_a)
    n = 0
    for i in range(size_a):
        m = 0
        for k in range(starts_a[i], starts_a[i + 1]):
            x = words_a[k]
            number = begin_a[x + 1] - begin_a[x]
            if number > RARE:
                continue
            for e in range(rows[x], rows[x + 1]):
                y = columns[e]
                joined = number * (begin_b[y + 1] - begin_b[y])
                if joined > RARE:
                    continue
                value = (values[e, 0] + values[e, 1]) / (2 * joined)
                for at in range(begin_b[y], begin_b[y + 1]):
                    j = places_b[at]
                    if matched[j] == 0.0:
                        touched[m] = j
                        m += 1
                    matched[j] += value
        for _ in range(min(EACH, m)):
            best = touched[0]
            for k in range(1, m):
                if matched[touched[k]] > matched[best]:
                    best = touched[k]
            if matched[best] <= 0.0:
                break
            out_i[n], out_j[n], weight[n] = i, best, matched[best]
            matched[best] = -1.0
            n += 1
        for k in range(m):
            matched[touched[k]] = 0.0
    return out_i[:n].copy(), out_j[:n].copy(), weight[:n].copy()


@compiled
def _chained(i: Any, j: Any, density: Any, free: Any, turn: int) -> Any:
    """(nats of the best run that ends with each anchor, the anchor before it there, -1 for none).

    Anchors are sorted by i; `turn` is 1, or -1 for runs in which j falls.
    """
    best, before = np.zeros(len(i)), np.full(len(i), -1, np.int64)
    for k in range(len(i)):
        if not free[k]:
            continue
        reach = min(1.0 / density[k], FARTHEST)
        h = k - 1
        while h >= 0 and i[k] - i[h] < reach:
            down, right = i[k] - i[h], turn * (j[k] - j[h])
            if free[h] and down > 0 and 0 < right < reach:
                cells = max(down, right) * (2 * abs(down - right) + 1)
                total = best[h] - np.log(cells * density[k]) - COST
                if total > best[k]:
                    best[k], before[k] = total, h
            h -= 1
    return best, before


@compiled
def _parted(i: int, next_i: int, j: int, next_j: int, turn: int, taken_a: Any, taken_b: Any) -> bool:
    """Whether what is between two anchors may belong to another run, or does."""
    low, high = min(j, next_j), max(j, next_j)
    if abs((next_i - i) - turn * (next_j - j)) > APART:
        return True
    return bool(taken_a[i + 1 : next_i].any() or taken_b[low + 1 : high].any())


@compiled
def _divided(
    i: Any, j: Any, best: Any, before: Any, begin: int, end: int, turn: int, taken_a: Any, taken_b: Any
) -> Any:
    """[runs, 2] the first and the last anchor of those parts of a chain that say as much as the rest of it."""
    usual = LESS * (best[end] - best[begin]) / max(i[end] - i[begin], 1)
    out = np.empty((end - begin + 1, 2), np.int64)
    n, h = 0, end
    k, first, last = end, end, end
    while h >= 0:
        h = before[k] if k != begin else -1
        parted = h < 0 or _parted(i[h], i[k], j[h], j[k], turn, taken_a, taken_b)
        more = 0.0 if h < 0 else (best[h] - usual * i[h]) - (best[first] - usual * i[first])
        if parted or more > LOST:
            if best[last] - best[first] > ENOUGH:
                out[n, 0], out[n, 1] = first, last
                n += 1
            first, last = h, h
        elif best[h] - usual * i[h] > best[last] - usual * i[last]:
            first, last = h, h  # what comes after it says less than nothing
        elif more < 0:
            first = h
        k = h
    return out[:n]


@compiled
def _runs(i: Any, j: Any, weight: Any, size_a: int, size_b: int) -> Any:
    """(the runs, best first, of a pass after the other; the number of the run of each anchor, -1 for none)."""
    density = np.empty(len(i))
    for rank, k in enumerate(np.argsort(-weight)):
        density[k] = max((rank + 1) / (size_a * size_b), 1.0 / FARTHEST**2)
    taken_a, taken_b = np.zeros(size_a, np.bool_), np.zeros(size_b, np.bool_)
    free, owner = np.ones(len(i), np.bool_), np.full(len(i), -1, np.int32)
    out = np.empty((len(i) + 1, 5), np.int32)
    n = 0
    for _ in range(PASSES):
        found = n
        ahead, before_ahead = _chained(i, j, density, free, 1)
        back, before_back = _chained(i, j, density, free, -1)
        for end in np.argsort(-np.maximum(ahead, back)):
            turn = 1 if ahead[end] >= back[end] else -1
            best, before = (ahead, before_ahead) if turn == 1 else (back, before_back)
            if best[end] <= ENOUGH:
                break
            k, begin = end, end
            while k >= 0 and not taken_a[i[k]] and not taken_b[j[k]]:
                begin = k
                k = before[k]
            if best[end] - best[begin] <= ENOUGH:
                continue
            for first, last in _divided(i, j, best, before, begin, end, turn, taken_a, taken_b):
                low, high = min(j[first], j[last]), max(j[first], j[last])
                out[n, 0], out[n, 1], out[n, 2], out[n, 3], out[n, 4] = i[first], i[last], low, high, turn
                taken_a[i[first] : i[last] + 1] = True
                taken_b[low : high + 1] = True
                k = last
                while k != first:
                    owner[k] = n
                    k = before[k]
                owner[first] = n
                n += 1
        if n == found:
            break
        for k in range(len(i)):
            free[k] = free[k] and not taken_a[i[k]] and not taken_b[j[k]]
    return out[:n].copy(), owner
