"""How the letters of two languages correspond: a memoryless edit transducer, learned by EM.

A transducer (Ristad and Yianilos 1998) writes two words together, by operations that each write a letter of both words,
or of one of them alone, until it stops. The alternative is a model of two unrelated words, which draws the letters of
each independently. The likelihood ratio of the two models says how much likelier it is that the words are cognates, and
needs no table of which letters sound alike. Ratios are stored for each operation, so products neither overflow nor
underflow.

It is learned from pairs of words of which some are cognates and others only translations (a mixture).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.jit import compiled

Spellings = npt.NDArray[np.uint16]
"""[words, letters] words as UTF-16 units, zero after their ends."""
Codes = npt.NDArray[np.uint8]
LARGEST = 250
"""Number of letters with a code of their own, the most frequent ones; the others share one. Codes are bytes: 250 and
the two special codes fit."""
ITERATIONS = 6
"""Of EM. From the recipe of the aligner's prototype; not tuned again."""
SMOOTHING = 20.0
"""Pseudo-counts: so many operations by chance, and so many of identical letters. Chosen: a rare letter has about
one."""
DRAWN = 20_000
"""Random pairs of words in which cognates are counted. Chosen: the count's standard error is then below .001."""
GIVEN_UP = 3
"""Letters after which pairs that are no likelier than chance to be cognates are given up. Chosen for speed."""


class Transducer(NamedTuple):
    """The spelling of two languages. Code 0 is no letter, 1 to n are an alphabet's letters."""

    code_a: Codes
    """[65,536] the code of each UTF-16 unit in the first language."""
    code_b: Codes
    ratios: npt.NDArray[np.float64]
    """[codes of a, codes of b] an operation's probability over that of its letters by chance."""
    odds: float
    """Prior odds that two words of a document are cognates, times the likelihood ratio of stopping."""


def coded(letters: npt.NDArray[np.uint16]) -> Codes:
    """[65,536] the codes of an alphabet, its letters in rising order; 0 for no letter, n + 1 for any other."""
    code = np.full(1 << 16, len(letters) + 1, np.uint8)
    code[0] = 0
    code[letters] = np.arange(1, len(letters) + 1)
    return code


def alphabet(code: Codes) -> npt.NDArray[np.uint16]:
    """The letters that `coded` was given."""
    return np.flatnonzero((code > 0) & (code < code[0xFFFF])).astype(np.uint16)


def lengths(words: Spellings | Codes) -> npt.NDArray[np.int32]:
    """[words] the letters of spellings or codes."""
    return np.asarray((words != 0).sum(axis=1), np.int32)


@compiled
def likelihood_ratio(x: Any, length_x: int, y: Any, length_y: int, ratios: Any, table: Any, give_up: bool) -> float:
    """P(x, y | cognates) / P(x) P(y) without stopping; 0 if given up. `table` [letters + 1, letters + 1] is filled."""
    table[0, 0] = 1.0
    for j in range(length_y):
        table[0, j + 1] = table[0, j] * ratios[0, y[j]]
    for i in range(length_x):
        alone = ratios[x[i], 0]
        table[i + 1, 0] = best = table[i, 0] * alone
        for j in range(length_y):
            table[i + 1, j + 1] = (
                table[i, j] * ratios[x[i], y[j]] + table[i, j + 1] * alone + table[i + 1, j] * ratios[0, y[j]]
            )
            best = max(best, table[i + 1, j + 1])
        if give_up and i + 1 == GIVEN_UP and best < 1:
            return 0.0
    return table[length_x, length_y]  # type: ignore[no-any-return]


@compiled
def _expect(xs: Any, long_x: Any, ys: Any, long_y: Any, ratios: Any, odds: float) -> Any:
    """Expected counts of the operations in cognates, and the expected number of cognates."""
    counts = np.zeros(ratios.shape)
    ahead = np.zeros((xs.shape[1] + 1, ys.shape[1] + 1))
    behind = np.zeros(ahead.shape)
    cognates = 0.0
    for k in range(len(xs)):
        x, n, y, m = xs[k], long_x[k], ys[k], long_y[k]
        total = likelihood_ratio(x, n, y, m, ratios, ahead, False)
        share = total * odds / (1 + total * odds)
        cognates += share
        if share < 1e-6:
            continue
        behind[n, m] = share / total
        for i in range(n, -1, -1):
            for j in range(m, -1, -1):
                total_behind = behind[n, m] if i == n and j == m else 0.0
                if i < n and j < m:
                    after = ratios[x[i], y[j]] * behind[i + 1, j + 1]
                    counts[x[i], y[j]] += ahead[i, j] * after
                    total_behind += after
                if i < n:
                    after = ratios[x[i], 0] * behind[i + 1, j]
                    counts[x[i], 0] += ahead[i, j] * after
                    total_behind += after
                if j < m:
                    after = ratios[0, y[j]] * behind[i, j + 1]
                    counts[0, y[j]] += ahead[i, j] * after
                    total_behind += after
                behind[i, j] = total_behind
    return counts, cognates


class _Side(NamedTuple):
    """One language: its alphabet's codes, each letter's probability (code 0: 1), and that of a word's end."""

    code: Codes
    letters: npt.NDArray[np.uint16]
    shares: npt.NDArray[np.float64]
    end: float


def _side(words: Spellings) -> _Side:
    letters, counts = np.unique(words[words != 0], return_counts=True)
    letters = letters[np.sort(np.argsort(-counts, kind="stable")[:LARGEST])]
    code = coded(letters)
    counts_of_codes = np.bincount(code[words].ravel(), minlength=len(letters) + 2) + 0.5
    counts_of_codes[0] = 0
    end = (len(words) + 1) / (len(words) + 1 + counts_of_codes.sum())
    shares = counts_of_codes / counts_of_codes.sum() * (1 - end)
    shares[0] = 1
    return _Side(code, letters, shares, float(end))


def learn(words_a: Spellings, words_b: Spellings, xs: Spellings, ys: Spellings, related: float) -> Transducer:
    """Learn from pairs of words xs[k], ys[k], starting from the assumption that letters correspond to themselves.

    `words_a` and `words_b` are all words, for the model of chance; `related` is the share of the given pairs among all
    pairs of words of a document: times the share of cognates among the given pairs it is the prior probability.
    """
    a, b = _side(words_a), _side(words_b)
    chance = np.outer(a.shares, b.shares)
    noise = np.zeros(chance.shape)  # half of what is written by chance are letters of both words, a quarter of each one
    noise[1:, 1:] = 0.5 * chance[1:, 1:] / chance[1:, 1:].sum()
    noise[1:, 0] = 0.25 * a.shares[1:] / a.shares[1:].sum()
    noise[0, 1:] = 0.25 * b.shares[1:] / b.shares[1:].sum()
    same = np.zeros(chance.shape)
    both = np.intersect1d(a.letters, b.letters)
    i, j = a.code[both], b.code[both]
    same[i, j] = np.sqrt(a.shares[i] * b.shares[j])
    same /= max(float(same.sum()), 1e-9)
    codes_x, codes_y, long_x, long_y = a.code[xs], b.code[ys], lengths(xs), lengths(ys)
    stop = a.end * b.end
    operations = 0.8 * same + 0.2 * noise if len(both) else noise
    end = 1 / (1 + (float(long_x.sum() + long_y.sum()) / 2 + 6) / (len(xs) + 1))
    cognates = 0.5
    for _ in range(ITERATIONS):
        odds = cognates / (1 - cognates) * end / stop
        counts, expected = _expect(
            xs=codes_x, long_x=long_x, ys=codes_y, long_y=long_y, ratios=operations * (1 - end) / chance, odds=odds
        )
        counts += SMOOTHING * (noise + same)
        end = (expected + 1) / (float(counts.sum()) + expected + 1)
        operations = counts / counts.sum()
        cognates = min(max((expected + 1) / (len(xs) + 2), 0.05), 0.95)
    ratios, share = operations * (1 - end) / chance, cognates * related
    odds = _limited_odds(a.code[words_a], b.code[words_b], ratios, share * end / stop, share)
    return Transducer(a.code, b.code, ratios, odds)


def _limited_odds(words_a: Codes, words_b: Codes, ratios: npt.NDArray[np.float64], odds: float, share: float) -> float:
    """The odds, halved until no more cognates than expected are found among random pairs of words."""
    k = np.arange(DRAWN)  # primes stride through both lists, so that pairs are as good as random
    xs, ys = words_a[k * 7919 % len(words_a)], words_b[k * 104729 % len(words_b)]
    by_chance = _ratios(xs=xs, long_x=lengths(xs), ys=ys, long_y=lengths(ys), ratios=ratios)
    while (by_chance * odds / (1 + by_chance * odds)).mean() > 2 * share + 10 / DRAWN:
        odds /= 2
    return odds


@compiled
def _ratios(xs: Any, long_x: Any, ys: Any, long_y: Any, ratios: Any) -> Any:
    table = np.zeros((xs.shape[1] + 1, ys.shape[1] + 1))
    out = np.empty(len(xs))
    for k in range(len(xs)):
        out[k] = likelihood_ratio(xs[k], long_x[k], ys[k], long_y[k], ratios, table, False)
    return out
