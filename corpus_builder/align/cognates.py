"""Words of two languages that look alike: names, numbers, loan words.

Two words are compared by their skeletons (text/transliteration.py): 1 for the same, else the greater of the Dice
coefficient of their letter bigrams and the share of their common beginning; nothing below .55 and nothing with
different first letters. Numbers and marks are alike only if equal.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_builder.align.compiled import compiled

THRESHOLD = 0.55


@compiled
def likeness(a: Any, length_a: int, b: Any, length_b: int) -> float:
    """How alike two skeletons are, 0 to 1."""
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
def cognates(
    skeletons_a: Any, letters_a: Any, kinds_a: Any, bigrams_a: Any,
    skeletons_b: Any, letters_b: Any, kinds_b: Any, bigrams_b: Any,
) -> Any:  # fmt: skip
    """Pairs of alike types of two editions: (starts [Va + 1], types of b, likeness), in rows by type of a."""
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
            alike = 0.0
            if kinds_a[x] == kinds_b[y]:
                if kinds_a[x] != 0:
                    if letters_a[x] == letters_b[y] and (skeletons_a[x] == skeletons_b[y]).all():
                        alike = 1.0
                else:
                    total = letters_a[x] + letters_b[y]
                    bound = 2 * _bits(bigrams_a[x] & bigrams_b[y]) + 2  # repeated bigrams share a bit: one to spare
                    if bound >= THRESHOLD * (total - 2):
                        alike = likeness(skeletons_a[x], letters_a[x], skeletons_b[y], letters_b[y])
            if alike >= THRESHOLD:
                if n == len(columns):
                    columns = np.concatenate((columns, np.empty(n, np.int32)))
                    values = np.concatenate((values, np.empty(n, np.float32)))
                columns[n] = y
                values[n] = alike
                n += 1
            y = following[y]
        starts[x + 1] = n
    return starts, columns[:n].copy(), values[:n].copy()
