"""Our counting gives sacrebleu's statistics, scores and signatures, on any text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU, CHRF, TER

from corpus_builder.evaluate.metrics import MetricSettings, make_metrics
from corpus_builder.evaluate.metrics.bleu import Bleu
from corpus_builder.evaluate.metrics.ngrams import Codebook, ngram_counts

from .conftest import make_test

THEIRS = {
    "bleu": lambda: BLEU(),
    "chrf": lambda: CHRF(),
    "chrf++": lambda: CHRF(word_order=2),
    "ter": lambda: TER(),
}

# Few letters make many matches; marks, digits, and characters outside the BMP go through the tokenisers.
TEXT = st.text(alphabet="aб в.,'-–«»1\t😀", min_size=0, max_size=25)


@st.composite
def corpora(draw):
    size = draw(st.integers(1, 5))
    references = draw(st.integers(1, 3))
    side = st.lists(TEXT, min_size=size, max_size=size)
    return draw(side), [draw(side) for _ in range(references)]


@pytest.mark.parametrize("name", THEIRS)
@given(corpus=corpora())
def test_statistics_and_scores_are_sacrebleus(name, corpus):
    outputs, references = corpus
    (ours,) = make_metrics([name], make_test(["x"] * len(outputs), *references), MetricSettings())
    theirs = THEIRS[name]()
    expected = theirs._extract_corpus_statistics(outputs, references)
    statistics = ours.statistics(outputs)
    np.testing.assert_array_equal(statistics, np.array(expected, dtype=float))
    totals = statistics.sum(axis=0)
    assert float(ours.scores(totals)) == pytest.approx(
        theirs._compute_score_from_stats(totals.tolist()).score, abs=1e-9
    )
    assert str(ours.signature) == str(theirs.get_signature())


@pytest.mark.parametrize("name", THEIRS)
def test_scores_of_many_sums_at_once_are_those_of_each(name):
    outputs = ["a b c d e", "a b", "", "x y z w v u"]
    (metric,) = make_metrics([name], make_test(outputs, ["a b c d f", "a c", "a", "x y w z v u"]), MetricSettings())
    statistics = metric.statistics(outputs)
    np.testing.assert_allclose(metric.scores(statistics), [float(metric.scores(row)) for row in statistics])


def test_ngrams_are_numbered_anew_where_numbers_would_overflow():
    words = [f"word{number}" for number in range(3000)]
    book = Codebook()
    sides = [book.encode([words, words]), book.encode([words[::-1], words])]
    matches = [np.bincount(segments, np.minimum(*counts)) for segments, counts in ngram_counts(sides, 6)]
    # the reverse shares every word and no bigram with the text
    assert [list(found) for found in matches] == [[3000, 3000]] + [[0, 3000 - order] for order in range(1, 6)]


def test_closest_reference_length_prefers_the_shorter_of_two():
    test = make_test(["x"], ["a b c"], ["a b c d e"])
    assert Bleu(test, MetricSettings()).statistics(["a b c d"])[0, :2].tolist() == [4, 3]
