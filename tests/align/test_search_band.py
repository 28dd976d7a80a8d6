"""The band of a long document: it holds the right counterparts, and is narrow."""

import random

import numpy as np
import pytest

from corpus_builder.align.two.edition_pair import EditionPair, matches_of
from corpus_builder.align.two.search_band import band_of
from corpus_builder.align.words.document_arrays import encode
from corpus_builder.align.words.translation_table import TranslationTable
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.model import Segment

LINES = 6000


def invented(lines, seed):
    """Lines of invented words, frequent and rare ones as in a text."""
    rng = random.Random(seed)
    words = ["".join(rng.choice("bdfgklmnprstv") + rng.choice("aeiou") for _ in range(4)) for _ in range(20 * lines)]
    return [" ".join(words[int(len(words) ** rng.random()) - 1] for _ in range(8)) for _ in range(lines)]


def band_of_lines(lines_a, lines_b):
    vocabularies = Vocabulary(), Vocabulary()
    a, b = (
        encode([Segment(line, k) for k, line in enumerate(lines)], vocabulary)
        for lines, vocabulary in zip((lines_a, lines_b), vocabularies, strict=True)
    )
    pair = EditionPair.of(a, b, method="identical")
    return band_of(a, b, matches_of(pair, TranslationTable.empty(), None).links)


def omitted(lines):
    """Without the middle two fifths."""
    return [k for k in range(lines) if not 0.3 <= k / lines < 0.7]


def thinned(lines):
    """Without one line in thirty, at random places."""
    rng = random.Random(2)
    return [k for k in range(lines) if rng.random() > 1 / 30]


@pytest.mark.parametrize("kept", [list, omitted, thinned])
@pytest.mark.parametrize("swapped", [False, True])
def test_band_holds_the_counterparts_and_is_narrow(kept, swapped):
    texts = invented(LINES, 1)
    places = list(kept(range(LINES)) if kept is list else kept(LINES))
    other = [texts[k] for k in places]
    band = band_of_lines(other, texts) if swapped else band_of_lines(texts, other)
    left, right = (range(len(places)), places) if swapped else (places, range(len(places)))
    inside = [band.first[i] <= j <= band.last[i] for i, j in zip(left, right, strict=True)]
    assert np.mean(inside) > 0.999
    assert np.median(band.last - band.first) < 150


def test_text_that_repeats_itself_stays_near_the_diagonal():
    texts = invented(LINES // 6, 3) * 6
    rng = random.Random(4)
    other = [" ".join(word for word in line.split() if rng.random() > 0.15) for line in texts]
    band = band_of_lines(texts, other)
    assert all(band.first[k] <= k <= band.last[k] for k in range(LINES))


def test_band_stays_wide_where_few_words_match():
    a = invented(LINES, 5)
    b = [f"{invented_line} {a[k].split()[0]}" if k % 500 == 0 else invented_line
         for k, invented_line in enumerate(invented(LINES, 6))]  # fmt: skip
    band = band_of_lines(a, b)
    assert np.median(band.last - band.first) > 150
