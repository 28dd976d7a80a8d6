"""Editions of two languages that are one story, by what they say.

Every page is two sparse vectors (features.py): sounds, numbers and links, which languages share, and units of words,
which a lexicon translates. A sparse product over the days in question gives the best candidates of each page, never all
pairs. The pairs that are each other's clear best teach a lexicon from whole documents, candidates are scored again with
it, and an assignment picks one-to-one pairs. The probability follows from the score and from how far it is above the
best rival.

The pages of a shard are compared with those of one other shard at a time (`Comparison`), so any number of shards can be
compared in the memory of two, on any machine; what comes out does not depend on how the pages are cut into shards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.link.features import Page
from corpus_builder.link.joins import Hashes, Numbers, address_hash
from corpus_builder.link.vectors import UNDATED, Counts, Vectors
from corpus_builder.link.weights import Lexicon, Table, Weights, log_count, most_likely, seed_table

Matrix = Any  # scipy.sparse.csr_matrix: scipy ships no types
Names = tuple[list[str], list[str]]
"""The units of the two pages of a pair."""

DAYS = 2
"""Days between two editions of a story. Chosen: translations of news appear on the same day or the next."""
_CANDIDATES = 8  # of each page. Chosen: the right one is the best or second in nearly all cases
_ROWS = 256  # pages in one product: bounds its memory
_LEARNED_FROM = 2000  # pairs that teach the lexicon. Chosen: more change little, and bound the time
_FEWEST_TOGETHER = 3  # documents in which two units must occur together, so that chance does not teach
_CLEAR = 1.5  # how many times its best rival's score a pair's score must be to teach
_LEAST = 0.01  # a score below it is none
_LARGEST = 400  # candidates' pages in one exact assignment; larger components are taken greedily, best first


class Link(NamedTuple):
    """Page `a` of the first language and page `b` of the second are one story with this probability.

    `score` (0 to 1) is their likeness, `rival` the best that either has with another page.
    """

    a: int
    b: int
    score: float
    rival: float
    probability: float


WEIGHTS = (-5.17, 28.94, -0.38)
"""Of the logistic function: constant, score, ratio to the rival (`evidence`). `benchmarks/link.py fit`, seeds 1 to 5:
8,440 links, 8,354 of them right."""


class PairWeights(NamedTuple):
    """What the features of two languages say: of sounds and of units, in the first and in the second."""

    sounds_a: Weights
    sounds_b: Weights
    units_a: Weights
    units_b: Weights


class Candidates(NamedTuple):
    """The best pairs of each page of the first language: the numbers of both pages, and their scores."""

    a: Numbers
    b: Numbers
    score: npt.NDArray[np.float32]

    @staticmethod
    def joined(parts: Iterable[Candidates]) -> Candidates:
        """Those of several parts."""
        columns = list(zip(*parts, strict=True))
        if not columns:
            return Candidates(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))
        return Candidates(*map(np.concatenate, columns))

    def best(self) -> Candidates:
        """The best ones of each page of the first language."""
        order = np.lexsort((self.b, -self.score, self.a))
        a = self.a[order]
        starts = np.flatnonzero(np.r_[True, a[1:] != a[:-1]]) if len(a) else order
        rank = np.arange(len(a)) - np.repeat(starts, np.diff(np.r_[starts, len(a)]))
        kept = order[rank < _CANDIDATES]
        return Candidates(self.a[kept], self.b[kept], self.score[kept])

    def rivals(self) -> npt.NDArray[np.float64]:
        """[pairs] the best score that either page has with another one."""
        return np.maximum(_rivals(self.a, self.score), _rivals(self.b, self.score))

    def clear(self) -> list[tuple[int, int]]:
        """The pairs that are clearly each other's best, the best first: they teach a lexicon."""
        clear = np.flatnonzero(self.score > _CLEAR * self.rivals())
        order = clear[np.lexsort((self.b[clear], self.a[clear], -self.score[clear]))][:_LEARNED_FROM]
        return list(zip(self.a[order].tolist(), self.b[order].tolist(), strict=True))


class Comparison:
    """The pages of one shard and language, to be compared with those of other shards in another language."""

    def __init__(self, pages: Vectors, weights: PairWeights, table: Table) -> None:
        self._pages, self._weights = pages, weights
        self._sounds = _matrix(pages.sounds, weights.sounds_a, weights.sounds_b)
        self._units, self._translations = _translated(pages.units, weights.units_a, table)

    def with_shard(self, others: Vectors, days: int | None, first: int, first_other: int) -> Candidates:
        """The best pairs with the pages of a shard, published at most `days` apart (None: at any time).

        A page without a day may belong to any other. Pages are numbered from `first` and from `first_other` on.
        """
        sounds = _in(_matrix(others.sounds, self._weights.sounds_b, self._weights.sounds_a), others.sounds.hashes,
                     self._pages.sounds.hashes)  # fmt: skip
        units = _in(_matrix(others.units, self._weights.units_b), others.units.hashes, self._translations)
        found = []
        for rows, columns in _blocks(self._pages.days, others.days, days):
            product = self._sounds[rows] @ sounds[columns].T + self._units[rows] @ units[columns].T
            product = (product * np.float32(0.5)).tocoo()
            part = Candidates(rows[product.row], columns[product.col], product.data.astype(np.float32))
            found.append(part.best())
        best = Candidates.joined(found)
        return Candidates(best.a + first, best.b + first_other, best.score)


def scored(a: Sequence[Page], b: Sequence[Page], lexicon: Lexicon = (), days: int | None = DAYS) -> list[Link]:
    """One-to-one pairs of pages of two languages, the improbable ones included.

    `days` is the largest distance of their days, None for any; a page without a day may belong to any other.
    """
    if not a or not b:
        return []
    one, other = Vectors.of(a), Vectors.of(b)
    weights = PairWeights(*(Weights.of([counts]) for counts in (one.sounds, other.sounds, one.units, other.units)))
    known = seed_table(lexicon, weights.units_a, weights.units_b)
    first = Comparison(one, weights, known).with_shard(other, days, 0, 0)
    taught = learned(((one.units.names_of(x), other.units.names_of(y)) for x, y in first.clear()), known, weights)
    return assigned(Comparison(one, weights, taught).with_shard(other, days, 0, 0))


def _matrix(counts: Counts, own: Weights, others: Weights | None = None) -> Matrix:
    """[pages, features] normalised tf-idf vectors; of `others` the features that do not count there either are left
    out."""
    from scipy.sparse import csr_matrix

    says = own.of_features(counts.hashes)
    if others is not None:
        says = np.where(others.of_features(counts.hashes) > 0, says, 0.0)
    values = (log_count(counts.counts) * says[counts.features]).astype(np.float32)
    shape = len(counts.starts) - 1, len(counts.hashes)
    matrix = csr_matrix((values, counts.features, counts.starts), shape, dtype=np.float32, copy=True)
    matrix.eliminate_zeros()  # in place
    return _normalised(matrix)


def _translated(counts: Counts, own: Weights, table: Table) -> tuple[Matrix, Hashes]:
    """[pages, units of the other language] vectors of what the units of pages may be there; the hashes of these."""
    from scipy.sparse import csr_matrix

    place = np.minimum(np.searchsorted(counts.hashes, table.unit), max(len(counts.hashes) - 1, 0))
    here = counts.hashes[place] == table.unit if len(counts.hashes) else np.zeros(len(table.unit), bool)
    others, column = np.unique(table.other[here], return_inverse=True)
    shape = len(counts.hashes), len(others)
    translations = csr_matrix((table.value[here], (place[here], column)), shape, dtype=np.float32)
    return _normalised(_matrix(counts, own) @ translations), others


def _in(matrix: Matrix, hashes: Hashes, columns: Hashes) -> Matrix:
    """A matrix whose columns have these hashes, with the columns of others."""
    from scipy.sparse import csr_matrix

    _, mine, theirs = np.intersect1d(hashes, columns, assume_unique=True, return_indices=True)
    ones = np.ones(len(mine), np.float32)
    return csr_matrix(matrix @ csr_matrix((ones, (mine, theirs)), (len(hashes), len(columns)), dtype=np.float32))


def _normalised(matrix: Matrix) -> Matrix:
    """A matrix with rows of length 1 (or 0)."""
    from scipy.sparse import csr_matrix, diags

    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return csr_matrix(diags(np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)) @ matrix)


def _blocks(a: npt.NDArray[np.int32], b: npt.NDArray[np.int32], days: int | None) -> Iterator[tuple[Numbers, Numbers]]:
    """Which pages of the one language are compared with which of the other: by their days."""
    every = np.arange(len(b), dtype=np.int64)
    own = np.full_like(a, UNDATED) if days is None else a
    for day in np.unique(own):
        near = every if day == UNDATED else every[(b == UNDATED) | (abs(b - day) <= (days or 0))]
        rows = np.flatnonzero(own == day)
        for start in range(0, len(rows) if len(near) else 0, _ROWS):
            yield rows[start : start + _ROWS], near


def _rivals(pages: Numbers, scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """[pairs] the best score that a page has in another one of its pairs, 0 without one."""
    order = np.lexsort((-scores, pages))
    sorted_pages, ordered = pages[order], scores[order].astype(np.float64)
    is_first = np.r_[True, sorted_pages[1:] != sorted_pages[:-1]] if len(pages) else np.zeros(0, bool)
    starts = np.flatnonzero(is_first)
    sizes = np.diff(np.r_[starts, len(pages)])
    second = np.where(sizes > 1, ordered[np.minimum(starts + 1, max(len(pages) - 1, 0))], 0.0)
    rivals = np.empty(len(pages))
    rivals[order] = np.where(is_first, np.repeat(second, sizes), np.repeat(ordered[starts], sizes))
    return rivals


def learned(pairs: Iterable[Names], known: Table, weights: PairWeights) -> Table:
    """The table with what pairs of documents teach: units that occur in the same documents (Dice)."""
    counts: list[dict[str, int]] = [{}, {}]
    documents = []
    for names in pairs:
        sides = [_kept(own, side) for own, side in zip(names, (weights.units_a, weights.units_b), strict=True)]
        for count, own in zip(counts, sides, strict=True):
            for unit in own:
                count[unit] = count.get(unit, 0) + 1
        documents.append(sides)
    numbers = [{name: i for i, name in enumerate(sorted(count))} for count in counts]
    a, b = (_occurrences([document[side] for document in documents], numbers[side]) for side in range(2))
    together = (a.T @ b).tocoo()
    names_a, names_b = sorted(counts[0]), sorted(counts[1])
    likely: dict[str, dict[str, float]] = {}
    enough = together.data >= _FEWEST_TOGETHER
    for x, y, count in zip(together.row[enough], together.col[enough], together.data[enough].tolist(), strict=True):
        unit, other = names_a[x], names_b[y]
        dice = 2 * count / (counts[0][unit] + counts[1][other])
        likely.setdefault(unit, {})[other] = dice * dice
    taught = (
        (address_hash(unit), address_hash(other), value)
        for unit, own in likely.items()
        for other, value in most_likely(own)
    )
    return Table.of((*known.links(), *taught))


def _kept(names: Sequence[str], weights: Weights) -> list[str]:
    hashes = np.fromiter(map(address_hash, names), np.uint64, len(names))
    return [name for name, weight in zip(names, weights.of_features(hashes), strict=True) if weight > 0]


def _occurrences(documents: Sequence[Sequence[str]], numbers: dict[str, int]) -> Matrix:
    """[documents, units] 1 where a document has a unit."""
    from scipy.sparse import csr_matrix

    columns = [numbers[name] for names in documents for name in names]
    starts = np.cumsum([0, *map(len, documents)])
    return csr_matrix((np.ones(len(columns), np.float32), columns, starts), (len(documents), len(numbers)))


def assigned(pairs: Candidates) -> list[Link]:
    """One-to-one pairs with the greatest sum of scores, component by component."""
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    rivals = pairs.rivals()
    strong = np.flatnonzero(pairs.score > 0.5 * rivals)  # half as good as a rival: not the pair of either page
    strong = strong[np.lexsort((pairs.b[strong], pairs.a[strong], -pairs.score[strong]))]
    a, b, score, rival = pairs.a[strong], pairs.b[strong], pairs.score[strong].astype(np.float64), rivals[strong]
    if not len(a):
        return []
    size_a, size_b = int(a.max()) + 1, int(b.max()) + 1
    graph = coo_matrix((np.ones(len(a), np.int8), (a, b + size_a)), (size_a + size_b, size_a + size_b))
    label = connected_components(graph, directed=False)[1][a]
    chosen: list[int] = []
    order = np.argsort(label, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        rows, at_row = np.unique(a[part], return_inverse=True)
        columns, at_column = np.unique(b[part], return_inverse=True)
        if max(len(rows), len(columns)) > _LARGEST:
            chosen += _greedy(part, a, b)
            continue
        scores, number = np.zeros((len(rows), len(columns))), np.full((len(rows), len(columns)), -1)
        scores[at_row, at_column], number[at_row, at_column] = score[part], part
        chosen += [int(i) for i in number[linear_sum_assignment(scores, maximize=True)] if i >= 0]
    probability = 1 / (1 + np.exp(-np.clip(evidence(score[chosen], rival[chosen]) @ np.array(WEIGHTS), -30, 30)))
    links = zip(a[chosen], b[chosen], score[chosen], rival[chosen], probability, strict=True)
    return sorted(Link(int(x), int(y), float(s), float(r), float(p)) for x, y, s, r, p in links)


def evidence(score: Any, rival: Any) -> npt.NDArray[np.float64]:
    """What the probability is computed from, a row per pair: 1, the score, the logarithm of its ratio to the rival's.

    The ratio counts up to e only: a page without rivals, on a day with one article, is no surer than its score.
    """
    score, rival = np.asarray(score, float), np.asarray(rival, float)
    ratio = np.log(np.maximum(score, _LEAST)) - np.log(np.maximum(rival, _LEAST))
    return np.column_stack([np.ones_like(score), score, np.minimum(ratio, 1.0)])


def _greedy(part: Any, a: Numbers, b: Numbers) -> Iterator[int]:
    rows, columns = set(), set()
    for i in sorted(part.tolist()):  # in falling order of score
        if a[i] not in rows and b[i] not in columns:
            rows.add(a[i])
            columns.add(b[i])
            yield i
