"""The likelihood ratios against the formula written out, and what they are made of."""

import gzip
import math

import numpy as np
import pytest

from corpus_builder.align import seed_training
from corpus_builder.align.arcs import Arcs
from corpus_builder.align.two import word_scores as scores
from corpus_builder.align.two.edition_pair import EditionPair, matches_of
from corpus_builder.align.two.search_band import Band
from corpus_builder.align.words import ibm1, seed_lexicon
from corpus_builder.align.words.cognates import likeness
from corpus_builder.align.words.document_arrays import encode
from corpus_builder.align.words.translation_table import DocumentCounts, DocumentEntries, TranslationTable
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.errors import ConfigError
from corpus_builder.model import Segment
from corpus_builder.ragged import SparseRows
from corpus_builder.text.transliteration import skeleton

LEFT = ["Washington met London", "the president spoke about gas", "and 1997 was long ago", "Rome", "Paris 12"]
RIGHT = ["Вашингтон зустрів Лондон", "президент говорив про газ", "1997 рік", "Рим", "Париж 12"]


def pair():
    a, b = Vocabulary(), Vocabulary()
    return EditionPair.of(
        encode([Segment(text, i) for i, text in enumerate(LEFT)], a),
        encode([Segment(text, i) for i, text in enumerate(RIGHT)], b),
    )


def test_likelihood_ratio_is_the_formula():
    both = pair()
    a, b = both.a, both.b
    matches = matches_of(both, TranslationTable.empty(), None)
    rows, columns, values = matches.links
    dense = np.zeros((len(a.shares), len(b.shares)))
    for x in range(len(rows) - 1):
        dense[x, columns[rows[x] : rows[x + 1]]] = values[rows[x] : rows[x + 1], 0]
    band = Band(np.zeros(a.size, np.int32), np.full(a.size, b.size - 1, np.int32))
    found = scores.word_scores(a, b, matches.links, matches.known_a, 0, band)
    patterns = [(0,), (0, 1), (0, 1, 2), (0, 1, 2, 3), (0, 2), (0, 1, 3), (0, 2, 3)]
    mix, margin = scores.MIX, scores.MARGIN
    everywhere = dense[a.words.flat].mean(axis=0)
    known = matches.known_a
    assert (known >= np.minimum(dense.sum(axis=1), 1) - 1e-6).all()
    for i in range(a.size):
        for p, pattern in enumerate(patterns):
            if i + pattern[-1] >= a.size:
                continue
            given = np.concatenate([a.words.row(i + k) for k in pattern])
            for j in range(b.size):
                expected = 0.0
                for y in b.words.row(j):
                    share = b.shares[y]
                    above = mix * dense[given, y].mean() + (1 - mix * known[given].mean()) * share
                    below = mix * margin * everywhere[y] + (1 - mix * margin * known[a.words.flat].mean()) * share
                    expected += math.log(above / below)
                assert found[i, p, j] == pytest.approx(expected, abs=1e-3)


def test_names_are_cognates_across_scripts():
    for one, other in (("зеленський", "zelenskyy"), ("вашингтон", "washington"), ("президента", "president")):
        x, y = (np.frombuffer(skeleton(w).encode(), np.uint8) for w in (one, other))
        assert likeness(x, len(x), y, len(y)) >= 0.55
    x, y = (np.frombuffer(skeleton(w).encode(), np.uint8) for w in ("собака", "dog"))
    assert likeness(x, len(x), y, len(y)) == 0


def test_model_one_finds_the_translation_and_own_counts_come_out_again():
    sentences = [("house big", "haus gross"), ("house small", "haus klein"), ("book big", "buch gross"),
                 ("book small", "buch klein")] * 5  # fmt: skip
    made = seed_training.learn(sentences)
    best = {}
    for x, y, count in made.links:
        best[x] = max(best.get(x, (0, "")), (count, y))
    assert {x: y for x, (_, y) in best.items()} == {"hous": "haus", "big": "gros", "smal": "klei", "book": "buch"}

    link = SparseRows(np.array([0, 1], np.int32), np.array([0], np.int32), np.array([4.0]))
    entries = DocumentEntries(link, np.array([5.0]), np.array([5.0]))
    known = entries.probabilities()[0][0]
    without = entries.probabilities(without=DocumentCounts(*np.full((3, 1), 4.0)))[0][0]
    assert known == pytest.approx(3.5 / 5.5)
    assert without == pytest.approx(max(4 - 0.7 * 4 - 0.5, 0) / (5 - 0.7 * 4 + 0.5))
    assert ibm1.ITERATIONS >= 2  # the directions agree from the second on


def test_seed_files_are_the_same_bytes_and_damage_is_told(tmp_path):
    made = seed_training.learn([("one two", "eins zwei"), ("two", "zwei"), ("one", "eins")] * 3, ["Source: a test."])
    seed_lexicon.write(made, tmp_path / "en-de.tsv.gz")
    once = (tmp_path / "en-de.tsv.gz").read_bytes()
    seed_lexicon.write(seed_lexicon.read(tmp_path / "en-de.tsv.gz"), tmp_path / "en-de.tsv.gz")
    assert (tmp_path / "en-de.tsv.gz").read_bytes() == once
    assert seed_lexicon.find(tmp_path, "de", "en").links[0][0] in made.units_b
    damaged = bytearray(once)
    damaged[12] ^= 0xFF
    wrong = (b"link\tone", b"link\tone\ttwo\tnan", b"a\tone\t-1", b"a\tone\ttwo\t1", b"x\tone\t1", b"a\t\xff\t1")
    for number, data in enumerate([bytes(damaged), once[:-9], *map(gzip.compress, wrong)]):
        (tmp_path / f"xx-y{number}.tsv.gz").write_bytes(data)
        with pytest.raises(ConfigError, match="not a seed lexicon"):
            seed_lexicon.find(tmp_path, "xx", f"y{number}")
    composed = seed_training.compose(made, made.turned().turned())
    assert ("one", "one") in {(x, y) for x, y, _ in composed.links}


def test_a_document_s_own_counts_are_the_expected_links_of_its_beads():
    both = pair()
    a, b = both.a, both.b
    beads = Arcs.certain(*(np.array(column, np.int32) for column in ((0, 2), (0, 1), (3, 0))))
    rng, size_x, size_y = np.random.default_rng(1), len(both.units_a.vocabulary), len(both.units_b.vocabulary)
    entries = [sorted(rng.choice(size_y, min(4, size_y), replace=False).tolist()) for _ in range(size_x)]
    rows = np.cumsum([0, *map(len, entries)]).astype(np.int32)
    y_of = np.array([y for row in entries for y in row], np.int32)
    forward, backward = rng.uniform(0, 1, len(y_of)), rng.uniform(0, 1, len(y_of))
    share_x, share_y = np.empty(size_x), np.empty(size_y)
    share_x[both.units_a.of_type], share_y[both.units_b.of_type] = a.shares, b.shares
    table = DocumentEntries(SparseRows(rows, y_of, np.ones(len(y_of))), np.ones(size_x), np.ones(size_y))
    counts, sums_x, sums_y = ibm1.document_counts(
        a, b, both.units_a, both.units_b, both.cognates, beads, table, forward, backward
    )

    vocabulary_x, vocabulary_y, count_x, count_y, weights = ibm1.link_weights(a, b, both.cognates, beads)
    xs, ys = (np.searchsorted(units.vocabulary, numbers)
              for units, numbers in ((both.units_a, vocabulary_x), (both.units_b, vocabulary_y)))  # fmt: skip
    expected, by_x, by_y = np.zeros(len(y_of)), np.zeros(size_x), np.zeros(size_y)
    entry = {(x, y): rows[x] + n for x, row in enumerate(entries) for n, y in enumerate(row)}
    for nx, ny in zip(count_x, count_y, strict=True):
        x, y, w = xs[:nx], ys[:ny], weights[: nx * ny].reshape(nx, ny)
        xs, ys, weights = xs[nx:], ys[ny:], weights[nx * ny :]
        at = np.array([[entry.get((int(u), int(v)), -1) for v in y] for u in x])
        there = np.where(at >= 0, w * forward[at], 0)
        back = np.where(at >= 0, w * backward[at], 0)
        both_ways = there / (share_y[y] + there.sum(axis=0)) * back / (share_x[x] + back.sum(axis=1))[:, None]
        for i, j in zip(*np.nonzero(at >= 0), strict=True):
            expected[at[i, j]] += both_ways[i, j]
            by_x[x[i]] += both_ways[i, j]
            by_y[y[j]] += both_ways[i, j]
    assert expected.sum() > 0.5
    assert counts == pytest.approx(expected)
    assert sums_x == pytest.approx(by_x)
    assert sums_y == pytest.approx(by_y)
