"""Editions of two languages that are one story, by what they say.

Every page is two sparse vectors (features.py): sounds, numbers and links, which languages share, and units of words,
which a lexicon translates. A sparse product over the days in question gives the best candidates of each page, never all
pairs. The pairs that are each other's clear best teach a lexicon from whole documents, candidates are scored again with
it, and an assignment picks one-to-one pairs. The probability follows from the score and from how far it is above the
best rival.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.link.features import Page

Matrix = Any  # scipy.sparse.csr_matrix: scipy ships no types
Lexicon = Iterable[tuple[str, str, float]]
"""Links of two lexicons' units with their counts: (unit of the one, unit of the other, count)."""

DAYS = 2
"""Days between two editions of a story. Chosen: translations of news appear on the same day or the next."""
_CANDIDATES = 8  # of each page. Chosen: the right one is the best or second in nearly all cases
_ROWS = 256  # pages in one product: bounds its memory
_FREQUENT = 0.05
"""Features in more than this share of the pages, and in more than `_ALWAYS_KEPT` of them, are left out: they say little
and cost most of the time. Chosen: the time of the product is quadratic in this share."""
_ALWAYS_KEPT = 20
_MOST = 150  # pages of a language with a feature, at most: keeps the product linear in the number of pages
_TRANSLATIONS = 4  # of a unit
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


def scored(a: Sequence[Page], b: Sequence[Page], lexicon: Lexicon = (), days: int | None = DAYS) -> list[Link]:
    """One-to-one pairs of pages of two languages, the improbable ones included.

    `days` is the largest distance of their days, None for any; a page without a day may belong to any other.
    """
    if not a or not b:
        return []
    sounds_a, sounds_b, _, _ = _vectors([page.sounds for page in a], [page.sounds for page in b], shared=True)
    units_a, units_b, index_a, index_b = _vectors([page.units for page in a], [page.units for page in b], shared=False)
    known = _table(lexicon, index_a, index_b)
    blocks = list(_blocks(a, b, days))
    first = _candidates(_joined(sounds_a, units_a @ known), _joined(sounds_b, units_b), blocks)
    table = _normalised(known + _learned(units_a, units_b, first))
    final = _candidates(_joined(sounds_a, units_a @ table), _joined(sounds_b, units_b), blocks)
    return _assigned(final)


def _vectors(
    a: Sequence[Mapping[str, float]], b: Sequence[Mapping[str, float]], shared: bool
) -> tuple[Matrix, Matrix, dict[str, int], dict[str, int]]:
    """Normalised tf-idf vectors of the pages of both languages, over one set of features or over one each."""
    kept_a, kept_b = _weights(a), _weights(b)
    if shared:
        both = sorted(kept_a.keys() & kept_b.keys())
        index_a = index_b = {name: i for i, name in enumerate(both)}
    else:
        index_a = {name: i for i, name in enumerate(sorted(kept_a))}
        index_b = {name: i for i, name in enumerate(sorted(kept_b))}
    return _rows(a, index_a, kept_a), _rows(b, index_b, kept_b), index_a, index_b


def _weights(pages: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The inverse document frequency of each feature that is not too frequent."""
    counts: dict[str, int] = {}
    for page in pages:
        for name in page:
            counts[name] = counts.get(name, 0) + 1
    most = max(_ALWAYS_KEPT, min(_MOST, int(_FREQUENT * len(pages))))
    return {name: math.log(1 + len(pages) / count) for name, count in counts.items() if count <= most}


def _rows(pages: Sequence[Mapping[str, float]], index: Mapping[str, int], weights: Mapping[str, float]) -> Matrix:
    from scipy.sparse import csr_matrix

    columns, values, starts = [], [], [0]
    for page in pages:
        for name, count in page.items():
            if name in index:
                columns.append(index[name])
                values.append((1 + math.log(count)) * weights[name])
        starts.append(len(columns))
    matrix = csr_matrix((values, columns, starts), (len(pages), len(index)), dtype=np.float32)
    return _normalised(matrix)


def _normalised(matrix: Matrix) -> Matrix:
    """A matrix with rows of length 1 (or 0)."""
    from scipy.sparse import diags

    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return diags(np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)) @ matrix


def _joined(sounds: Matrix, units: Matrix) -> Matrix:
    """Both vectors as one, each with half of the weight."""
    from scipy.sparse import hstack

    return hstack([sounds, _normalised(units)], "csr") * np.float32(math.sqrt(0.5))


def _table(lexicon: Lexicon, index_a: Mapping[str, int], index_b: Mapping[str, int]) -> Matrix:
    """The lexicon as a matrix from units of the one language to those of the other, rows of length 1."""
    from scipy.sparse import csr_matrix

    links = [(index_a[x], index_b[y], count) for x, y, count in lexicon if x in index_a and y in index_b]
    x, y, counts = ([link[i] for link in links] for i in range(3))
    return _normalised(_best(csr_matrix((counts, (x, y)), (len(index_a), len(index_b)), dtype=np.float32)))


def _best(matrix: Matrix) -> Matrix:
    """The largest entries of each row."""
    from scipy.sparse import csr_matrix

    matrix = csr_matrix(matrix)
    rows, columns, values = [], [], []
    for row in range(matrix.shape[0]):
        start, end = matrix.indptr[row], matrix.indptr[row + 1]
        order = np.lexsort((matrix.indices[start:end], -matrix.data[start:end]))[:_TRANSLATIONS] + start
        rows += [row] * len(order)
        columns += matrix.indices[order].tolist()
        values += matrix.data[order].tolist()
    return csr_matrix((values, (rows, columns)), matrix.shape, dtype=np.float32)


def _blocks(
    a: Sequence[Page], b: Sequence[Page], days: int | None
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Which pages of the one language are compared with which of the other: by their days."""
    undated = -1
    day_a = np.array([page.day.toordinal() if page.day else undated for page in a], np.int64)
    day_b = np.array([page.day.toordinal() if page.day else undated for page in b], np.int64)
    every = np.arange(len(b), dtype=np.int64)
    if days is None:
        day_a[:] = undated
    for day in np.unique(day_a):
        near = every if day == undated else every[(day_b == undated) | (abs(day_b - day) <= (days or 0))]
        rows = np.flatnonzero(day_a == day)
        for start in range(0, len(rows), _ROWS):
            yield rows[start : start + _ROWS], near


class _Candidates(NamedTuple):
    a: npt.NDArray[np.int64]
    b: npt.NDArray[np.int64]
    score: npt.NDArray[np.float64]
    rival: npt.NDArray[np.float64]
    """The best score that either page has with another one."""


def _candidates(a: Matrix, b: Matrix, blocks: Iterable[tuple[Any, Any]]) -> _Candidates:
    """The best pairs of each page of the first language."""
    found: list[tuple[Any, Any, Any]] = []
    for rows, columns in blocks:
        product = (a[rows] @ b[columns].T).tocsr()
        for i, row in enumerate(rows):
            start, end = product.indptr[i], product.indptr[i + 1]
            data, at = product.data[start:end], product.indices[start:end]
            if len(data) > _CANDIDATES:
                best = np.argpartition(-data, _CANDIDATES)[:_CANDIDATES]
                data, at = data[best], at[best]
            found.append((np.full(len(at), row), columns[at], data.astype(np.float64)))
    x, y, score = (np.concatenate([part[i] for part in found]) for i in range(3))
    order = np.lexsort((y, x, -score))
    x, y, score = x[order].astype(np.int64), y[order].astype(np.int64), score[order]
    return _Candidates(x, y, score, np.maximum(_rivals(x, score, a.shape[0]), _rivals(y, score, b.shape[0])))


def _rivals(pages: Any, scores: Any, count: int) -> npt.NDArray[np.float64]:
    """For each candidate the best score of its page with another one; candidates are in falling order of score."""
    best, second = np.zeros(count), np.zeros(count)
    seen = np.zeros(count, np.int8)
    for page, score in zip(pages, scores, strict=True):
        if seen[page] == 0:
            best[page], seen[page] = score, 1
        elif seen[page] == 1:
            second[page], seen[page] = score, 2
    rivals: npt.NDArray[np.float64] = best[pages]
    first = np.unique(pages, return_index=True)[1]
    rivals[first] = second[pages[first]]
    return rivals


def _learned(a: Matrix, b: Matrix, pairs: _Candidates) -> Matrix:
    """A lexicon from the pairs that are clearly each other's best: units that occur in the same documents (Dice)."""
    clear = np.flatnonzero(pairs.score > _CLEAR * pairs.rival)[:_LEARNED_FROM]
    a, b = (a[pairs.a[clear]] > 0).astype(np.float32), (b[pairs.b[clear]] > 0).astype(np.float32)
    together = (a.T @ b).tocoo()
    enough = together.data >= _FEWEST_TOGETHER
    x, y, counts = together.row[enough], together.col[enough], together.data[enough]
    of_a, of_b = np.asarray(a.sum(axis=0)).ravel(), np.asarray(b.sum(axis=0)).ravel()
    from scipy.sparse import csr_matrix

    dice = 2 * counts / (of_a[x] + of_b[y])
    return _best(csr_matrix((dice * dice, (x, y)), (a.shape[1], b.shape[1]), dtype=np.float32))


def _assigned(pairs: _Candidates) -> list[Link]:
    """One-to-one pairs with the greatest sum of scores, component by component."""
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    strong = pairs.score > 0.5 * pairs.rival  # what is half as good as a rival is not the pair of either page
    edges = _Candidates(pairs.a[strong], pairs.b[strong], pairs.score[strong], pairs.rival[strong])
    if not len(edges.a):
        return []
    size_a, size_b = int(edges.a.max()) + 1, int(edges.b.max()) + 1
    graph = coo_matrix((np.ones(len(edges.a)), (edges.a, edges.b + size_a)), (size_a + size_b, size_a + size_b))
    label = connected_components(graph, directed=False)[1][edges.a]
    chosen: list[int] = []
    order = np.argsort(label, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        rows, at_row = np.unique(edges.a[part], return_inverse=True)
        columns, at_column = np.unique(edges.b[part], return_inverse=True)
        if max(len(rows), len(columns)) > _LARGEST:
            chosen += _greedy(part, edges)
            continue
        scores, number = np.zeros((len(rows), len(columns))), np.full((len(rows), len(columns)), -1)
        scores[at_row, at_column], number[at_row, at_column] = edges.score[part], part
        chosen += [int(i) for i in number[linear_sum_assignment(scores, maximize=True)] if i >= 0]
    score, rival = edges.score[chosen], edges.rival[chosen]
    logit = evidence(score, rival) @ np.array(WEIGHTS)
    probability = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
    links = zip(edges.a[chosen], edges.b[chosen], score, rival, probability, strict=True)
    return sorted(Link(int(x), int(y), float(s), float(r), float(p)) for x, y, s, r, p in links)


def evidence(score: Any, rival: Any) -> npt.NDArray[np.float64]:
    """What the probability is computed from, a row per pair: 1, the score, the logarithm of its ratio to the rival's.

    The ratio counts up to e only: a page without rivals, on a day with one article, is no surer than its score.
    """
    score, rival = np.asarray(score, float), np.asarray(rival, float)
    ratio = np.log(np.maximum(score, _LEAST)) - np.log(np.maximum(rival, _LEAST))
    return np.column_stack([np.ones_like(score), score, np.minimum(ratio, 1.0)])


def _greedy(part: Any, edges: _Candidates) -> Iterator[int]:
    rows, columns = set(), set()
    for i in sorted(part.tolist()):  # edges are in falling order of score
        if edges.a[i] not in rows and edges.b[i] not in columns:
            rows.add(edges.a[i])
            columns.add(edges.b[i])
            yield i
