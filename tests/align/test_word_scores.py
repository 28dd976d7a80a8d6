"""The likelihood ratios against the formula written out, and what they are made of."""

import gzip
import math

import numpy as np
import pytest

from corpus_builder.align import seed_training as seeding
from corpus_builder.align.two import word_scores as scores
from corpus_builder.align.two.edition_pair import Beads, Pair, matches
from corpus_builder.align.words import ibm1 as ibm
from corpus_builder.align.words import seed_lexicon as seed
from corpus_builder.align.words import translation_table as lexicon
from corpus_builder.align.words.cognates import likeness
from corpus_builder.align.words.document_arrays import encode
from corpus_builder.align.words.translation_table import Lexicon
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.errors import ConfigError
from corpus_builder.model import Segment
from corpus_builder.text.transliteration import skeleton

LEFT = ["Washington met London", "the president spoke about gas", "and 1997 was long ago", "Rome", "Paris 12"]
RIGHT = ["Вашингтон зустрів Лондон", "президент говорив про газ", "1997 рік", "Рим", "Париж 12"]


def pair():
    a, b = Vocabulary(), Vocabulary()
    return Pair.of(
        encode([Segment(text, i) for i, text in enumerate(LEFT)], a),
        encode([Segment(text, i) for i, text in enumerate(RIGHT)], b),
    )


def test_likelihood_ratio_is_the_formula():
    both = pair()
    a, b = both.a, both.b
    rows, columns, values = matches(both, Lexicon.empty(), None)
    dense = np.zeros((len(a.shares), len(b.shares)))
    for x in range(len(rows) - 1):
        dense[x, columns[rows[x] : rows[x + 1]]] = values[rows[x] : rows[x + 1], 0]
    first, last = np.zeros(a.size, np.int32), np.full(a.size, b.size - 1, np.int32)
    found = scores.explained(a.words, a.starts, b.words, b.starts, b.shares, rows, columns, values, 0, first, last)
    patterns = [(0,), (0, 1), (0, 1, 2), (0, 1, 2, 3), (0, 2), (0, 1, 3), (0, 2, 3)]
    mix, margin = scores.MIX, scores.MARGIN
    everywhere = dense[a.words].mean(axis=0)
    for i in range(a.size):
        for p, pattern in enumerate(patterns):
            if i + pattern[-1] >= a.size:
                continue
            given = np.concatenate([a.words[a.starts[i + k] : a.starts[i + k + 1]] for k in pattern])
            for j in range(b.size):
                expected = 0.0
                for y in b.words[b.starts[j] : b.starts[j + 1]]:
                    share = b.shares[y]
                    above = mix * dense[given, y].mean() + (1 - mix) * share
                    below = mix * ((1 - margin) * share + margin * everywhere[y]) + (1 - mix) * share
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
    made = seeding.learn(sentences)
    best = {}
    for x, y, count in made.links:
        best[x] = max(best.get(x, (0, "")), (count, y))
    assert {x: y for x, (_, y) in best.items()} == {"hous": "haus", "big": "gros", "smal": "klei", "book": "buch"}

    rows, y = np.array([0, 1], np.int32), np.array([0], np.int32)
    known = lexicon.probabilities(rows, y, *(np.array([v]) for v in (4.0, 5.0, 5.0, 0.0, 0.0, 0.0)))[0][0]
    without = lexicon.probabilities(rows, y, *(np.array([v]) for v in (4.0, 5.0, 5.0, 4.0, 4.0, 4.0)))[0][0]
    assert known == pytest.approx(3.5 / 5.5)
    assert without == pytest.approx(max(4 - 0.7 * 4 - 0.5, 0) / (5 - 0.7 * 4 + 0.5))
    assert ibm.ITERATIONS >= 2  # the directions agree from the second on


def test_seed_files_are_the_same_bytes_and_damage_is_told(tmp_path):
    made = seeding.learn([("one two", "eins zwei"), ("two", "zwei"), ("one", "eins")] * 3, ["Source: a test."])
    seed.write(made, tmp_path / "en-de.tsv.gz")
    once = (tmp_path / "en-de.tsv.gz").read_bytes()
    seed.write(seed.read(tmp_path / "en-de.tsv.gz"), tmp_path / "en-de.tsv.gz")
    assert (tmp_path / "en-de.tsv.gz").read_bytes() == once
    assert seed.find(tmp_path, "de", "en").links[0][0] in made.units_b
    (tmp_path / "xx-yy.tsv.gz").write_bytes(gzip.compress(b"link\tone"))
    with pytest.raises(ConfigError, match="not a seed lexicon"):
        seed.find(tmp_path, "xx", "yy")
    composed = seeding.through(made, seed.turned(seed.turned(made, True), True))
    assert ("one", "one") in {(x, y) for x, y, _ in composed.links}


def test_a_document_s_own_counts_are_the_expected_links_of_its_beads():
    both = pair()
    a, b = both.a, both.b
    beads = Beads(*(np.array(column, np.int32) for column in ((0, 2), (0, 1), (3, 0))), np.ones(2), np.ones(2))
    rng, size_x, size_y = np.random.default_rng(1), len(both.own_a), len(both.own_b)
    entries = [sorted(rng.choice(size_y, min(4, size_y), replace=False).tolist()) for _ in range(size_x)]
    rows = np.cumsum([0, *map(len, entries)]).astype(np.int32)
    y_of = np.array([y for row in entries for y in row], np.int32)
    forward, backward = rng.uniform(0, 1, len(y_of)), rng.uniform(0, 1, len(y_of))
    share_x, share_y = rng.uniform(0.01, 0.1, size_x), rng.uniform(0.01, 0.1, size_y)
    editions = a.words, a.starts, b.words, b.starts, both.unit_a, both.unit_b, *both.cognates
    arcs = beads.i, beads.j, beads.shape
    counts, sums_x, sums_y = ibm.own_counts(*editions, *arcs, rows, y_of, forward, backward, share_x, share_y)

    xs, ys, count_x, count_y, weights = ibm.link_weights(*editions, *arcs)
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
