"""What the two languages' words say of each other: counts of links, and the match of a document's words.

The lexicon holds c(x, y), how often the units x and y were linked (ibm.py). Both directions read it:
t(y|x) = max(c(x,y) - discount, 0) / (C(x) + discount), and likewise t(x|y) with C(y).

For a document that helped to make the counts, its own are taken out of them again (leave one out): otherwise it
confirms its own mistakes. The match of a word x with a word y, read as the probability that x gives rise to y, joins
the lexicon with the cognates by noisy-or: M(x→y) = 1 - (1 - .4 cog²)(1 - t(y|x)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.jit import compiled

DISCOUNT = 0.5
LEAST = 0.01
"""Translation probabilities below are taken for nought."""
COGNATE = 0.4
OWN = 0.7
"""The part of a document's own counts that is taken out when it is scored (1: all; the best on development data)."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """c(x, y) in rows: starts [units of x + 1], columns (units of y, rising), counts; and the sums of both sides."""

    starts: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int32]
    counts: npt.NDArray[np.float64]
    sums_x: npt.NDArray[np.float64]
    sums_y: npt.NDArray[np.float64]

    @staticmethod
    def empty() -> Lexicon:
        """A lexicon that knows nothing."""
        nothing = np.zeros(0)
        return Lexicon(np.zeros(1, np.int64), np.zeros(0, np.int32), nothing, nothing, nothing)

    @staticmethod
    def of(x: npt.NDArray[np.int32], y: npt.NDArray[np.int32], counts: npt.NDArray[np.float64],
           sums_x: npt.NDArray[np.float64], sums_y: npt.NDArray[np.float64]) -> Lexicon:  # fmt: skip
        """From a list of entries in any order; those that neither direction would read are left out."""
        read = np.maximum(counts - DISCOUNT, 0) / (np.minimum(sums_x[x], sums_y[y]) + DISCOUNT) > LEAST
        x, y, counts = x[read], y[read], counts[read]
        order = np.lexsort((y, x))
        starts = np.zeros(len(sums_x) + 1, np.int64)
        np.cumsum(np.bincount(x, minlength=len(sums_x)), out=starts[1:])
        return Lexicon(starts, y[order], counts[order], sums_x, sums_y)

    def grown(self, units_x: int, units_y: int) -> Lexicon:
        """The same for vocabularies that have grown."""
        starts = np.full(units_x + 1, self.starts[-1])
        starts[: len(self.starts)] = self.starts
        sums_x, sums_y = np.zeros(units_x), np.zeros(units_y)
        sums_x[: len(self.sums_x)], sums_y[: len(self.sums_y)] = self.sums_x, self.sums_y
        return Lexicon(starts, self.columns, self.counts, sums_x, sums_y)

    def entries(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        """All of it as (x, y, count)."""
        x = np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))
        return x, self.columns, self.counts


@compiled
def local_units(units: Any) -> Any:
    """The document's own units: (unit number of each type, 0 to U-1; vocabulary number of each own unit)."""
    seen = np.empty(len(units), np.int32)
    own = np.empty(len(units), np.int32)
    n = 0
    order = np.argsort(units, kind="mergesort")
    last = -1
    for k in order:
        if units[k] != last:
            last = units[k]
            own[n] = last
            n += 1
        seen[k] = n - 1
    return seen, own[:n].copy()


@compiled
def local_entries(own_x: Any, own_y: Any, starts: Any, columns: Any, counts: Any, sums_x: Any, sums_y: Any) -> Any:
    """The lexicon's entries between the units of two editions.

    Returns (rows [Ux + 1], own units of y, counts, sums of x [Ux], sums of y [Uy]).
    """
    known_x, known_y = len(sums_x), len(sums_y)
    place = np.full(known_y + 1, -1, np.int32)
    of_x, of_y = np.zeros(len(own_x)), np.zeros(len(own_y))
    for k in range(len(own_y)):
        if own_y[k] < known_y:
            place[own_y[k]] = k
            of_y[k] = sums_y[own_y[k]]
    rows = np.zeros(len(own_x) + 1, np.int32)
    size = 0
    for k in range(len(own_x)):
        if own_x[k] < known_x:
            size += starts[own_x[k] + 1] - starts[own_x[k]]
    y = np.empty(size, np.int32)
    c = np.empty(size)
    n = 0
    for k in range(len(own_x)):
        if own_x[k] < known_x:
            of_x[k] = sums_x[own_x[k]]
            for e in range(starts[own_x[k]], starts[own_x[k] + 1]):
                at = place[columns[e]]
                if at >= 0:
                    y[n] = at
                    c[n] = counts[e]
                    n += 1
        rows[k + 1] = n
    return rows, y[:n].copy(), c[:n].copy(), of_x, of_y


@compiled
def probabilities(rows: Any, y: Any, c: Any, sums_x: Any, sums_y: Any, own_c: Any, own_x: Any, own_y: Any) -> Any:
    """t(y|x) and t(x|y) of the local entries, the document's own counts (own_…) taken out."""
    forward, backward = np.zeros(len(c)), np.zeros(len(c))
    for x in range(len(rows) - 1):
        for e in range(rows[x], rows[x + 1]):
            left = c[e] - OWN * own_c[e] - DISCOUNT
            if left > 0:
                t = left / (max(sums_x[x] - OWN * own_x[x], left) + DISCOUNT)
                u = left / (max(sums_y[y[e]] - OWN * own_y[y[e]], left) + DISCOUNT)
                forward[e] = t if t > LEAST else 0.0
                backward[e] = u if u > LEAST else 0.0
    return forward, backward


@compiled
def match(unit_a: Any, unit_b: Any, units_b: int, rows: Any, y: Any, forward: Any, backward: Any,
          cognate_rows: Any, cognate_y: Any, cognate: Any) -> Any:  # fmt: skip
    """M between the types of two editions, in rows by type of a: (starts [Va + 1], types of b, M(a→b), M(b→a))."""
    size_a, size_b = len(unit_a), len(unit_b)
    head = np.full(units_b, -1, np.int32)
    following = np.full(size_b, -1, np.int32)
    for k in range(size_b - 1, -1, -1):
        following[k] = head[unit_b[k]]
        head[unit_b[k]] = k
    there, back = np.zeros(size_b), np.zeros(size_b)
    touched = np.empty(size_b, np.int32)
    mark = np.full(size_b, -1, np.int32)
    starts = np.zeros(size_a + 1, np.int32)
    columns = np.empty(max(64, 8 * size_a), np.int32)
    values = np.empty((len(columns), 2), np.float32)
    n = 0
    for x in range(size_a):
        m = 0
        for e in range(rows[unit_a[x]], rows[unit_a[x] + 1]):
            if forward[e] > 0 or backward[e] > 0:
                k = head[y[e]]
                while k >= 0:
                    there[k] = forward[e]
                    back[k] = backward[e]
                    mark[k] = x
                    touched[m] = k
                    m += 1
                    k = following[k]
        for e in range(cognate_rows[x], cognate_rows[x + 1]):
            k = cognate_y[e]
            alike = COGNATE * cognate[e] * cognate[e]
            if mark[k] != x:
                mark[k] = x
                touched[m] = k
                m += 1
                there[k] = alike
                back[k] = alike
            else:
                there[k] = 1 - (1 - there[k]) * (1 - alike)
                back[k] = 1 - (1 - back[k]) * (1 - alike)
        if n + m > len(columns):
            more = max(len(columns), m)
            columns = np.concatenate((columns, np.empty(more, np.int32)))
            values = np.concatenate((values, np.empty((more, 2), np.float32)))
        for k in touched[:m]:
            columns[n] = k
            values[n, 0] = there[k]
            values[n, 1] = back[k]
            n += 1
        starts[x + 1] = n
    return starts, columns[:n].copy(), values[:n].copy()


@compiled
def transposed(starts: Any, columns: Any, values: Any, size: int) -> Any:
    """The same matches in rows by type of b."""
    turned = np.zeros(size + 1, np.int32)
    for k in columns:
        turned[k + 1] += 1
    for k in range(size):
        turned[k + 1] += turned[k]
    at = turned[:-1].copy()
    x_of = np.empty(len(columns), np.int32)
    of = np.empty((len(columns), 2), np.float32)
    for x in range(len(starts) - 1):
        for e in range(starts[x], starts[x + 1]):
            k = at[columns[e]]
            at[columns[e]] += 1
            x_of[k] = x
            of[k, 0] = values[e, 0]
            of[k, 1] = values[e, 1]
    return turned, x_of, of
