"""Cognates: words of two languages that are spelt alike, as names, numbers and loan words are.

There are three methods (`choose`). `identical`: words with the same spelling. `table`: words are compared by their
skeletons in common letters (text/transliteration.py): similarity 1 for equal skeletons, else the greater of the Dice
coefficient of their letter bigrams and the share of their common prefix; 0 below .55 or with different first letters.
`learned`: the probability that they are cognates, by a transducer learned from the entries of the translation table
(edit_transducer.py); pairs whose first letters are no likelier together than by chance are not compared.

Numbers and punctuation marks are cognates only if equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from corpus_builder.align.words import edit_transducer
from corpus_builder.align.words.document_arrays import EncodedEdition
from corpus_builder.align.words.edit_transducer import Spellings, Transducer, likelihood_ratio
from corpus_builder.align.words.translation_table import DISCOUNT, TranslationTable
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.jit import compiled
from corpus_builder.ragged import SparseRows, offsets

Method = Literal["identical", "table", "learned"]
Choice = Literal["auto", "identical", "table", "learned"]
LATIN = 0x250
"""Code points below it are Latin (Basic Latin to Latin Extended-B, as Unicode's blocks are cut)."""
THRESHOLD = 0.55
"""Similarities below count as 0. From the recipe of the aligner's prototype; not tuned again."""
UNLIKELY = 0.05
"""Less likely cognates are dropped. Chosen: they add .4 · .05² = .001 to a match, below the table's LEAST."""
SURE = 0.2
"""Spelling is learned from words whose units translate one another with this probability or more, both ways. From the
recipe of the prototype."""
READ = 60
"""Number of documents that spelling is learned from in each round, at most. Chosen for
speed."""


def choose(choice: Choice, a: Vocabulary, b: Vocabulary) -> Method:
    """The method for two languages; `auto` is `learned` between two Latin scripts, else `table`.

    On German and French the learned one finds more; on Ukrainian, Russian and English it is no better than the table,
    and slower (benchmarks/align/ablation.py).
    """
    if choice == "auto":
        return "learned" if _latin(a) and _latin(b) else "table"
    return choice


def _latin(vocabulary: Vocabulary) -> bool:
    """Whether most of the words read so far begin with a Latin letter."""
    size = len(vocabulary)
    first = vocabulary.spellings[:size, 0][vocabulary.kinds[:size] == 0]
    return len(first) > 0 and float((first < LATIN).mean()) > 0.5


def find(a: EncodedEdition, b: EncodedEdition, method: Method, spelling: Transducer | None) -> SparseRows:
    """The cognates of two editions: by type of a, the types of b and their similarity (0 to 1).

    `learned` without a transducer falls back to `identical`.
    """
    if method == "table":
        return SparseRows(*_similar(
            skeletons_a=a.skeletons, letters_a=a.letters, kinds_a=a.kinds, bigrams_a=a.bigrams,
            skeletons_b=b.skeletons, letters_b=b.letters, kinds_b=b.kinds, bigrams_b=b.bigrams,
        ))  # fmt: skip
    if method == "identical" or spelling is None:
        return _identical(a, b)
    return SparseRows(*_probable(
        xs=spelling.code_a[a.spellings], kinds_a=a.kinds, spellings_a=a.spellings,
        ys=spelling.code_b[b.spellings], kinds_b=b.kinds, spellings_b=b.spellings,
        ratios=spelling.ratios, odds=spelling.odds,
    ))  # fmt: skip


def learn(editions: Sequence[tuple[EncodedEdition, EncodedEdition]], table: TranslationTable) -> Transducer:
    """The spelling of two languages, from words spelt the same and from reliable entries of the translation table."""
    x, y, counts = table.entries()
    left = np.maximum(counts - DISCOUNT, 0)
    sure = left > SURE * (np.maximum(table.sums_x[x], table.sums_y[y]) + DISCOUNT)
    starts, columns = offsets(np.bincount(x[sure], minlength=table.links.rows)), y[sure]
    words_a, words_b, pairs = [], [], []
    combinations = 0
    for a, b in editions[:: -(-len(editions) // READ) or 1]:
        letters_a, letters_b = np.flatnonzero(a.kinds == 0), np.flatnonzero(b.kinds == 0)
        words_a.append(_keys(a.spellings[letters_a]))
        words_b.append(_keys(b.spellings[letters_b]))
        identical = _identical(a, b)
        translated_i, translated_j = _translated(
            units_a=a.units, units_b=b.units, starts=starts, columns=columns, size=len(table.sums_y)
        )
        i = np.concatenate((identical.row_numbers(), translated_i))
        j = np.concatenate((identical.columns, translated_j))
        letters = (a.kinds[i] == 0) & (b.kinds[j] == 0)
        pairs.append(_keys(np.concatenate((a.spellings[i[letters]], b.spellings[j[letters]]), axis=1)))
        combinations += len(letters_a) * len(letters_b)
    related = sum(map(len, pairs))
    xs, ys = np.split(_spellings(np.unique(np.concatenate(pairs))), 2, axis=1)
    types_a, types_b = (_spellings(np.unique(np.concatenate(words))) for words in (words_a, words_b))
    return edit_transducer.learn(types_a, types_b, xs, ys, (related + 1) / (combinations + 1))


def _keys(words: Spellings) -> npt.NDArray[np.bytes_]:
    """[words] each row of letters as one value that can be sorted and compared."""
    return np.ascontiguousarray(words).view(f"S{2 * words.shape[1]}").ravel()


def _spellings(keys: npt.NDArray[np.bytes_]) -> Spellings:
    return keys.view(np.uint16).reshape(len(keys), keys.itemsize // 2)


def _identical(a: EncodedEdition, b: EncodedEdition) -> SparseRows:
    _, i, j = np.intersect1d(_keys(a.spellings), _keys(b.spellings), return_indices=True)
    rows = SparseRows.of(i, j, np.ones(len(i), np.float32), len(a.kinds))
    return rows._replace(starts=rows.starts.astype(np.int32))  # as the other methods give it: one compiled kernel


@compiled
def _translated(units_a: Any, units_b: Any, starts: Any, columns: Any, size: int) -> Any:
    """The types of two editions whose units translate one another: (types of a, types of b)."""
    head, following = np.full(size, -1, np.int32), np.full(len(units_b), -1, np.int32)
    for y in range(len(units_b)):
        if units_b[y] < size:
            following[y] = head[units_b[y]]
            head[units_b[y]] = y
    i, j = np.empty(1024, np.int64), np.empty(1024, np.int64)
    n = 0
    for x in range(len(units_a)):
        if units_a[x] >= len(starts) - 1:
            continue
        for e in range(starts[units_a[x]], starts[units_a[x] + 1]):
            y = head[columns[e]]
            while y >= 0:
                if n == len(i):
                    i, j = np.concatenate((i, i)), np.concatenate((j, j))
                i[n], j[n] = x, y
                n += 1
                y = following[y]
    return i[:n].copy(), j[:n].copy()


@compiled
def _probable(
    xs: Any, kinds_a: Any, spellings_a: Any, ys: Any, kinds_b: Any, spellings_b: Any, ratios: Any, odds: float
) -> Any:
    """Cognates by the transducer: words as codes [types, letters], and as they are spelt."""
    size_a, size_b = len(xs), len(ys)
    head, following = np.full(ratios.shape[1] + 1, -1, np.int32), np.full(size_b, -1, np.int32)
    long_a, long_b = np.zeros(size_a, np.int32), np.zeros(size_b, np.int32)
    other = ratios.shape[1]  # where numbers and marks are listed
    for y in range(size_b - 1, -1, -1):
        first = ys[y, 0] if kinds_b[y] == 0 else other
        following[y] = head[first]
        head[first] = y
        while long_b[y] < ys.shape[1] and ys[y, long_b[y]] != 0:
            long_b[y] += 1
    starts = np.zeros(size_a + 1, np.int32)
    columns = np.empty(max(16, 4 * size_a), np.int32)
    values = np.empty(len(columns), np.float32)
    table = np.zeros((xs.shape[1] + 1, ys.shape[1] + 1))
    n = 0
    for x in range(size_a):
        while long_a[x] < xs.shape[1] and xs[x, long_a[x]] != 0:
            long_a[x] += 1
        word = kinds_a[x] == 0
        for first in range(1 if word else other, other if word else other + 1):
            if word and ratios[xs[x, 0], first] <= 1:
                continue
            y = head[first]
            while y >= 0:
                similarity = 0.0
                if word:
                    ratio = likelihood_ratio(xs[x], long_a[x], ys[y], long_b[y], ratios, table, True) * odds
                    similarity = ratio / (1 + ratio)
                elif (spellings_a[x] == spellings_b[y]).all():
                    similarity = 1.0
                if similarity >= UNLIKELY:
                    if n == len(columns):
                        columns = np.concatenate((columns, np.empty(n, np.int32)))
                        values = np.concatenate((values, np.empty(n, np.float32)))
                    columns[n] = y
                    values[n] = similarity
                    n += 1
                y = following[y]
        starts[x + 1] = n
    return starts, columns[:n].copy(), values[:n].copy()


@compiled
def likeness(a: Any, length_a: int, b: Any, length_b: int) -> float:
    """The similarity of two skeletons, 0 to 1."""
    prefix = 0
    while prefix < length_a and prefix < length_b and a[prefix] == b[prefix]:
        prefix += 1
    if prefix == length_a and prefix == length_b:
        return 1.0
    if length_a < 3 or length_b < 3:
        return 0.0
    common = 0
    used = 0
    for i in range(length_a - 1):
        for j in range(length_b - 1):
            if not (used >> j) & 1 and a[i] == b[j] and a[i + 1] == b[j + 1]:
                used |= 1 << j
                common += 1
                break
    dice = 2.0 * common / (length_a + length_b - 2)
    shared = 2.0 * prefix / (length_a + length_b)
    return max(dice, shared)


@compiled
def _bits(x: Any) -> int:
    count = 0
    while x:
        x &= x - np.uint64(1)
        count += 1
    return count


@compiled
def _similar(
    skeletons_a: Any, letters_a: Any, kinds_a: Any, bigrams_a: Any,
    skeletons_b: Any, letters_b: Any, kinds_b: Any, bigrams_b: Any,
) -> Any:  # fmt: skip
    """Cognates by the table of common letters."""
    size_a, size_b = len(letters_a), len(letters_b)
    head = np.full(256, -1, np.int32)
    following = np.full(size_b, -1, np.int32)
    for y in range(size_b - 1, -1, -1):
        first = skeletons_b[y, 0]
        following[y] = head[first]
        head[first] = y
    starts = np.zeros(size_a + 1, np.int32)
    columns = np.empty(max(16, 4 * size_a), np.int32)
    values = np.empty(len(columns), np.float32)
    n = 0
    for x in range(size_a):
        y = head[skeletons_a[x, 0]]
        while y >= 0:
            similarity = 0.0
            if kinds_a[x] == kinds_b[y]:
                if kinds_a[x] != 0:
                    if letters_a[x] == letters_b[y] and (skeletons_a[x] == skeletons_b[y]).all():
                        similarity = 1.0
                else:
                    total = letters_a[x] + letters_b[y]
                    bound = 2 * _bits(bigrams_a[x] & bigrams_b[y]) + 2  # repeated bigrams share a bit: one to spare
                    if bound >= THRESHOLD * (total - 2):
                        similarity = likeness(skeletons_a[x], letters_a[x], skeletons_b[y], letters_b[y])
            if similarity >= THRESHOLD:
                if n == len(columns):
                    columns = np.concatenate((columns, np.empty(n, np.int32)))
                    values = np.concatenate((values, np.empty(n, np.float32)))
                columns[n] = y
                values[n] = similarity
                n += 1
            y = following[y]
        starts[x + 1] = n
    return starts, columns[:n].copy(), values[:n].copy()
