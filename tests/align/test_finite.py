"""No NaN and no infinity leaves a kernel, however long a document is and however little its words say."""

import json
import random
import string
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus_builder.align import bead_shapes, calibration
from corpus_builder.align.bead_shapes import PATTERNS, SHAPES, first_priors
from corpus_builder.align.texts.command import align_texts
from corpus_builder.align.two import bead_scores, lattice, word_scores
from corpus_builder.align.two.lattice_model import first_model
from corpus_builder.align.words import edit_transducer

EXTENT = bead_shapes.EXTENT.astype(int)


def band(size_a, size_b, around):
    """Segments around the diagonal."""
    middle = np.arange(size_a) * size_b // size_a
    first, last = np.maximum(middle - around, 0), np.minimum(middle + around, size_b - 1)
    first[0], last[-1] = 0, size_b - 1
    return np.minimum.accumulate(first[::-1])[::-1].astype(np.int32), np.maximum.accumulate(last).astype(np.int32)


def flat_scores(size_a, size_b, around, value, noise=0.0, seed=0):
    """Beads that all have about the same score, as where no word is known."""
    first, last = band(size_a, size_b, around)
    rng = np.random.default_rng(seed)
    scores = np.full((size_a, len(SHAPES), int((last - first).max()) + 1), bead_scores.NEVER, np.float32)
    for t, (p, q) in enumerate(SHAPES):
        for i in range(size_a - EXTENT[p] + 1):
            n = last[i] + 2 - EXTENT[q] - first[i]
            low = first[i + EXTENT[p] - 1] - first[i]
            if n > low:
                scores[i, t, low:n] = value + noise * rng.normal(size=n - low)
    return scores, first, last


def posteriors(scores, first, last, size_b, skip):
    ahead, behind = lattice.best_paths(scores, first, last, size_b, skip, skip)
    return lattice.posteriors(scores, ahead, behind, first, last, size_b, skip, skip)


def passed(i, shape, probability, size_a):
    """[segments of a] the probability that a path passes each of them: 1, by definition."""
    extent = np.where(shape < len(SHAPES), EXTENT[SHAPES[np.minimum(shape, len(SHAPES) - 1), 0]], shape == len(SHAPES))
    sums = np.zeros(size_a + 5)
    np.add.at(sums, i, probability)
    np.add.at(sums, i + extent, -np.where(extent > 0, probability, 0))
    skips_b = shape == len(SHAPES) + 1
    np.add.at(sums, i[skips_b], -probability[skips_b])
    return np.cumsum(sums)[:size_a]


@pytest.mark.parametrize("size", [100, 3000])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_posteriors_of_a_long_document_of_which_nothing_is_known_are_probabilities(size, noise):
    scores, first, last = flat_scores(size, size + 7, 12, -1.0, noise)
    i, _, shape, _, probability = posteriors(scores, first, last, size + 7, -1.0)
    assert ((probability >= 0) & (probability <= 1 + 1e-9)).all()
    assert passed(i, shape, probability, size) == pytest.approx(np.ones(size), abs=1e-9)


@settings(max_examples=25)
@given(
    st.integers(1, 60), st.integers(1, 60), st.floats(-40, 40), st.floats(0, 20), st.floats(-40, 5), st.integers(0, 99)
)
def test_posteriors_are_probabilities_whatever_the_scores(size_a, size_b, value, noise, skip, seed):
    scores, first, last = flat_scores(size_a, size_b, 60, value, noise, seed)
    i, _, shape, _, probability = posteriors(scores, first, last, size_b, skip)
    assert ((probability >= 0) & (probability <= 1 + 1e-9)).all()
    assert passed(i, shape, probability, size_a) == pytest.approx(np.ones(size_a), abs=1e-6)


@settings(max_examples=25)
@example(53, 1e-12, 1.0, 0)
@given(st.integers(1, 400), st.floats(1e-12, 1.0), st.floats(0, 1), st.integers(0, 99))
def test_word_scores_are_finite_however_rare_the_words(words, share, match, seed):
    rng = np.random.default_rng(seed)
    types = 5
    texts = [rng.integers(0, types, words).astype(np.int32) for _ in range(2)]
    starts = np.array([0, words // 2, words], np.int32)
    rows, columns = np.arange(0, types * types + 1, types).astype(np.int32), np.tile(np.arange(types), types)
    values = np.full((types * types, 2), match, np.float32)
    first, last = np.zeros(2, np.int32), np.ones(2, np.int32)
    scores = word_scores._word_scores(
        texts[0],
        starts,
        texts[1],
        starts,
        np.full(types, share),
        rows,
        columns.astype(np.int32),
        values,
        0,
        first,
        last,
        np.full(types, min(match * types, 1.0)),
    )
    assert scores.shape == (2, PATTERNS, 2)
    assert np.isfinite(scores).all()


@given(st.lists(st.integers(1, 5), min_size=1, max_size=12), st.lists(st.integers(1, 5), min_size=1, max_size=12),
       st.floats(1e-8, 1e9))  # fmt: skip
def test_likelihood_ratios_of_spellings_are_finite(x, y, ratio):
    table = np.zeros((13, 13))
    found = edit_transducer.likelihood_ratio(
        np.array(x, np.uint8), len(x), np.array(y, np.uint8), len(y), np.full((6, 6), ratio), table, False
    )
    assert np.isfinite(found)


@pytest.mark.parametrize("score", [-1e6, -5.0, 0.0, 5.0, 1e6])
def test_the_probability_of_a_document_is_one_for_any_score(score):
    words = SimpleNamespace(words=SimpleNamespace(flat=np.zeros(1)))
    path = SimpleNamespace(score=np.array([score]), shape=np.zeros(1, int), linked=np.ones(1, bool))
    path.take = lambda _: path
    pair = SimpleNamespace(a=words, b=words)
    found = calibration.document_probability(
        pair, path, first_model(1.0)._replace(priors=np.zeros_like(first_priors()))
    )
    assert 0 <= found <= 1


def made_up(lines, words_a_line, seed):
    """A text of random words, and the same in an alphabet in another order: nothing is known of the two languages."""
    rng = random.Random(seed)
    letters = list(string.ascii_lowercase)
    words = ["".join(rng.choices(letters, k=rng.randint(3, 8))) for _ in range(600)]
    weights = [1 / (k + 1) for k in range(len(words))]
    text = [" ".join(rng.choices(words, weights, k=rng.randint(1, words_a_line))) for _ in range(lines)]
    other = str.maketrans(string.ascii_lowercase, "".join(rng.sample(letters, len(letters))))
    return text, [line.translate(other) for line in text]


@pytest.mark.slow
def test_a_long_document_in_a_permuted_alphabet_is_aligned(tmp_path):
    text, other = made_up(3000, 6, 1)
    (tmp_path / "t.xx.txt").write_text("\n".join(text), "utf-8")
    (tmp_path / "t.yy.txt").write_text("\n".join(other), "utf-8")
    align_texts(tmp_path, tmp_path / "out.jsonl", level="segment")
    beads = [json.loads(line) for line in (tmp_path / "out.jsonl").open(encoding="utf-8")]
    assert all(0 <= bead["probability"] <= 1 for bead in beads)
    right = sum(bead["segments"]["xx"] == bead["segments"]["yy"] for bead in beads)
    assert right > 2700


@pytest.mark.slow
def test_the_long_document_that_crashed(tmp_path, shared):
    case = shared / "cases" / "align-long-crash"
    if not case.exists():
        pytest.skip("needs ../shared/cases/align-long-crash")
    align_texts(case / "in", tmp_path / "out.jsonl", level="segment")
    beads = [json.loads(line)["segments"] for line in (tmp_path / "out.jsonl").open(encoding="utf-8")]
    found = {(tuple(bead["en"]), tuple(bead["zh"])) for bead in beads if bead["en"] and bead["zh"]}
    gold = {(tuple(en), tuple(zh)) for en, zh in json.loads((case / "gold.json").read_text()) if en and zh}
    assert 2 * len(found & gold) / (len(found) + len(gold)) > 0.95
