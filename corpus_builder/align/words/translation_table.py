"""The translation table of two languages: counts of word links, and the matches of one document's words.

The table holds c(x, y), how often the units x and y were linked (ibm1.py). Both directions read it:
t(y|x) = max(c(x,y) - discount, 0) / (C(x) + discount), and likewise t(x|y) with C(y).

For a document that contributed to the counts, its share is subtracted again (leave one out): otherwise it confirms its
own mistakes. The match of a word x with a word y, the probability that x gives rise to y, combines the table with
cognates by noisy-or: M(x→y) = 1 - (1 - .4 cog²)(1 - t(y|x)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Floats
from corpus_builder.jit import compiled
from corpus_builder.ragged import Ints, SparseRows

DISCOUNT = 0.5
"""Subtracted from every count when it is read. From the recipe of the aligner's prototype; not tuned again."""
LEAST = 0.01
"""Smaller translation probabilities count as 0. From the recipe of the prototype; not tuned again."""
COGNATE = 0.4
"""The match of two words that are certainly cognates and not in the table. From the recipe of the prototype."""
LEAVE_OUT = 0.7
"""The part of a document's counts that is subtracted when it is scored, 0 to 1; .7 was best on development data with
the prototype. 0 loses .0441 of F1 on Text+Berg dev (benchmarks/align/ablation.py, "leave-one-out")."""

SURE = 3.0
"""Links in other documents by which half of a word is known. 1, 3, 5 and 20 were tried: on newsroom seeds 1 and 2 more
than 3 loses .001 to .003 of F1; on lone documents there is no difference (benchmarks/align/grounds.py)."""
HALF, STEEPNESS = 0.6, 4.0
"""Half of a word that was not seen elsewhere is known in a document of which this share of the words match; the odds
of what is known go with those of the share to this power. So a book explains itself, and a lone story does not confirm
itself. Chosen between documents where a word without a match says something (Text+Berg dev: .8 of the words match, F1
.9414; .9328 if the square of the share is known) and lone ones where it does not (.24 to .7; unchanged within .002).
.5 to .7 and 2 to 10 were tried: all give .941 there from 3 on; from .65 on swapped chapters are lost (.975 to .93)."""


class DocumentUnits(NamedTuple):
    """The units of one edition, numbered from 0 within the document."""

    of_type: Ints
    """[types] the unit of each type, as its number within the document."""
    vocabulary: Ints
    """[units] the number of each unit in the language's vocabulary, rising."""

    @staticmethod
    def of(units: Ints) -> DocumentUnits:
        """From each type's unit in the vocabulary."""
        return DocumentUnits(*_document_units(units))


class DocumentCounts(NamedTuple):
    """What one document's beads added to the table, for the entries between its units (ibm1.document_counts)."""

    links: Floats
    """[entries]"""
    sums_x: Floats
    sums_y: Floats


class DocumentEntries(NamedTuple):
    """The table's entries between the units of two editions, both numbered within the document."""

    links: SparseRows
    """Rows by unit of x: units of y and counts."""
    sums_x: Floats
    sums_y: Floats

    def probabilities(self, without: DocumentCounts | None = None) -> tuple[Floats, Floats]:
        """[entries] t(y|x) and t(x|y), the document's own counts subtracted if given."""
        if without is None:
            without = DocumentCounts(*map(np.zeros, (len(self.links.columns), len(self.sums_x), len(self.sums_y))))
        forward, backward = _probabilities(
            rows=self.links.starts, y=self.links.columns, counts=self.links.values,
            sums_x=self.sums_x, sums_y=self.sums_y,
            left_out=without.links, left_out_x=without.sums_x, left_out_y=without.sums_y,
        )  # fmt: skip
        return forward, backward


@dataclass(frozen=True, slots=True)
class TranslationTable:
    """c(x, y): `links` in rows by unit of x, with the units of y and the counts; and the sums of both sides."""

    links: SparseRows
    sums_x: Floats
    sums_y: Floats

    @staticmethod
    def empty() -> TranslationTable:
        """A table without an entry."""
        return TranslationTable(SparseRows.empty(), np.zeros(0), np.zeros(0))

    @staticmethod
    def of(x: Ints, y: Ints, counts: Floats, sums_x: Floats, sums_y: Floats) -> TranslationTable:
        """From a list of entries in any order; those that are below LEAST in both directions are dropped."""
        read = np.maximum(counts - DISCOUNT, 0) / (np.minimum(sums_x[x], sums_y[y]) + DISCOUNT) > LEAST
        return TranslationTable(SparseRows.of(x[read], y[read], counts[read], len(sums_x)), sums_x, sums_y)

    def grown(self, units_x: int, units_y: int) -> TranslationTable:
        """The same for vocabularies that have grown."""
        starts = np.full(units_x + 1, self.links.starts[-1])
        starts[: len(self.links.starts)] = self.links.starts
        sums_x, sums_y = np.zeros(units_x), np.zeros(units_y)
        sums_x[: len(self.sums_x)], sums_y[: len(self.sums_y)] = self.sums_x, self.sums_y
        return TranslationTable(self.links._replace(starts=starts), sums_x, sums_y)

    def entries(self) -> tuple[Ints, Ints, npt.NDArray[np.floating[Any]]]:
        """All of it as (x, y, count)."""
        return self.links.row_numbers(), self.links.columns, self.links.values

    def between(self, x: DocumentUnits, y: DocumentUnits) -> DocumentEntries:
        """The entries between the units of two editions."""
        rows, columns, counts, sums_x, sums_y = _between(
            units_x=x.vocabulary, units_y=y.vocabulary, starts=self.links.starts, columns=self.links.columns,
            counts=self.links.values, sums_x=self.sums_x, sums_y=self.sums_y,
        )  # fmt: skip
        return DocumentEntries(SparseRows(rows, columns, counts), sums_x, sums_y)


class Matches(NamedTuple):
    """The matches of the words of two editions, and how much is known of each word."""

    links: SparseRows
    """In rows by type of a: types of b, and [entries, 2] M(a→b) and M(b→a)."""
    known_a: Floats
    """[types of a] the share of its translations that is known, 0 to 1 (see `of`)."""
    known_b: Floats

    @staticmethod
    def of(
        links: SparseRows, a: DocumentUnits, b: DocumentUnits, entries: DocumentEntries, own: DocumentCounts | None
    ) -> Matches:
        """With what is known: the sum of a word's matches, or how sure its row of the table is, if that is more.

        A row is sure by its counts in other documents, C / (C + SURE); of a word that was not seen there as much is
        known as of the edition on the whole. Where nothing is known, words have no match, and that says nothing; a word
        that was often seen elsewhere says much where it has none.
        """
        rows, columns = links.row_numbers(), links.columns
        known = []
        for side, (units, places, sums) in enumerate(((a, rows, entries.sums_x), (b, columns, entries.sums_y))):
            matched = np.bincount(places, links.values[:, side], len(units.of_type))
            left = sums if own is None else np.maximum(sums - own[side + 1], 0.0)
            usual = _usually_known(float((matched > 0).mean())) if len(matched) else 0.0
            known.append(np.clip(np.maximum(matched, (left / (left + SURE))[units.of_type]), usual, 1.0))
        return Matches(links, *known)


def _usually_known(share: float) -> float:
    """How much is known of a word that was not seen elsewhere, if such a share of the document's words match."""
    against: float = HALF / (1 - HALF) * (1 - share)
    known: float = share**STEEPNESS / (share**STEEPNESS + against**STEEPNESS)
    return known


def word_matches(
    a: DocumentUnits,
    b: DocumentUnits,
    entries: DocumentEntries,
    forward: Floats,
    backward: Floats,
    cognates: SparseRows,
) -> SparseRows:
    """M between the types of two editions, in rows by type of a: types of b, and [entries, 2] M(a→b) and M(b→a)."""
    return SparseRows(*_match(
        unit_a=a.of_type, unit_b=b.of_type, units_b=len(b.vocabulary), rows=entries.links.starts,
        y=entries.links.columns, forward=forward, backward=backward, cognate_rows=cognates.starts,
        cognate_y=cognates.columns, cognate=cognates.values,
    ))  # fmt: skip


@compiled
def _document_units(units: Any) -> Any:
    of_type = np.empty(len(units), np.int32)
    vocabulary = np.empty(len(units), np.int32)
    n = 0
    order = np.argsort(units, kind="mergesort")
    last = -1
    for k in order:
        if units[k] != last:
            last = units[k]
            vocabulary[n] = last
            n += 1
        of_type[k] = n - 1
    return of_type, vocabulary[:n].copy()


@compiled
def _between(units_x: Any, units_y: Any, starts: Any, columns: Any, counts: Any, sums_x: Any, sums_y: Any) -> Any:
    known_x, known_y = len(sums_x), len(sums_y)
    place = np.full(known_y + 1, -1, np.int32)
    of_x, of_y = np.zeros(len(units_x)), np.zeros(len(units_y))
    for k in range(len(units_y)):
        if units_y[k] < known_y:
            place[units_y[k]] = k
            of_y[k] = sums_y[units_y[k]]
    rows = np.zeros(len(units_x) + 1, np.int32)
    size = 0
    for k in range(len(units_x)):
        if units_x[k] < known_x:
            size += starts[units_x[k] + 1] - starts[units_x[k]]
    y = np.empty(size, np.int32)
    c = np.empty(size)
    n = 0
    for k in range(len(units_x)):
        if units_x[k] < known_x:
            of_x[k] = sums_x[units_x[k]]
            for e in range(starts[units_x[k]], starts[units_x[k] + 1]):
                at = place[columns[e]]
                if at >= 0:
                    y[n] = at
                    c[n] = counts[e]
                    n += 1
        rows[k + 1] = n
    return rows, y[:n].copy(), c[:n].copy(), of_x, of_y


@compiled
def _probabilities(
    rows: Any, y: Any, counts: Any, sums_x: Any, sums_y: Any, left_out: Any, left_out_x: Any, left_out_y: Any
) -> Any:
    forward, backward = np.zeros(len(counts)), np.zeros(len(counts))
    for x in range(len(rows) - 1):
        for e in range(rows[x], rows[x + 1]):
            left = counts[e] - LEAVE_OUT * left_out[e] - DISCOUNT
            if left > 0:
                t = left / (max(sums_x[x] - LEAVE_OUT * left_out_x[x], left) + DISCOUNT)
                u = left / (max(sums_y[y[e]] - LEAVE_OUT * left_out_y[y[e]], left) + DISCOUNT)
                forward[e] = t if t > LEAST else 0.0
                backward[e] = u if u > LEAST else 0.0
    return forward, backward


@compiled
def _match(unit_a: Any, unit_b: Any, units_b: int, rows: Any, y: Any, forward: Any, backward: Any,
          cognate_rows: Any, cognate_y: Any, cognate: Any) -> Any:  # fmt: skip
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
            by_cognate = COGNATE * cognate[e] * cognate[e]
            if mark[k] != x:
                mark[k] = x
                touched[m] = k
                m += 1
                there[k] = by_cognate
                back[k] = by_cognate
            else:
                there[k] = 1 - (1 - there[k]) * (1 - by_cognate)
                back[k] = 1 - (1 - back[k]) * (1 - by_cognate)
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
