"""Runs of segments that stand elsewhere, or backwards, in the other edition, in documents of any length."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from corpus_builder.align.aligner import train
from corpus_builder.align.bead_shapes import EXTENT, SHAPES
from corpus_builder.align.texts.command import align_texts
from corpus_builder.align.two.arrangement import Arrangement, _cut, arrangement
from corpus_builder.align.two.edition_pair import EditionPair, lattice_of, matches_of
from corpus_builder.align.two.encoder_evidence import Similarity
from corpus_builder.align.two.lattice_model import first_model
from corpus_builder.align.two.pair_beads import PairBeads
from corpus_builder.align.two.pins import Pins
from corpus_builder.align.two.runs import runs
from corpus_builder.align.words.document_arrays import encode
from corpus_builder.align.words.translation_table import TranslationTable
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.model import Document, Segment


def invented(lines, seed, shared=0.5):
    """Lines of two languages; a word in so many is common to both."""
    chance = random.Random(seed)
    names = ["".join(chance.choice("bdfgklmnprstv") + chance.choice("aeiou") for _ in range(4)) for _ in range(lines)]

    def other(letters):
        return ["".join(chance.choice(letters) for _ in range(chance.randint(2, 8))) for _ in range(500)]

    left, right = other("abcdefghijk"), other("qrstuvwxyz")
    out = []
    for _ in range(lines):
        common = [chance.choice(names) for _ in range(6) if chance.random() < shared]
        numbers = [min(chance.randrange(500), chance.randrange(500)) for _ in range(4)]
        out.append(
            (" ".join([*(left[n] for n in numbers), *common]), " ".join([*common, *(right[n] for n in numbers)]))
        )
    return out


def order(how, size):
    """The lines of the second edition in another order, by their numbers."""
    quarter, half, third, tenth = size // 4, size // 2, size // 3, size // 10
    lines = list(range(size))
    return {
        "same": lines,
        "without a chapter": lines[:third] + lines[2 * third :],
        "chapters": lines[:quarter]
        + lines[2 * quarter : 3 * quarter]
        + lines[quarter : 2 * quarter]
        + lines[3 * quarter :],
        "halves": lines[half:] + lines[:half],
        "thirds": lines[2 * third :] + lines[third : 2 * third] + lines[:third],
        "a chapter at the end": lines[:quarter] + lines[quarter + tenth :] + lines[quarter : quarter + tenth],
        "backwards": lines[::-1],
    }[how]


def in_pieces(size, number, chance):
    """Lines in so many pieces of one size, in any order."""
    pieces = [range(size * k // number, size * (k + 1) // number) for k in range(number)]
    return [k for piece in chance.sample(pieces, number) for k in piece]


def pair_of(left, right):
    vocabularies = Vocabulary(), Vocabulary()
    a, b = (
        encode([Segment(line, k) for k, line in enumerate(lines)], vocabulary)
        for lines, vocabulary in zip((left, right), vocabularies, strict=True)
    )
    return EditionPair.of(a, b, method="identical")


def arranged(left, right):
    pair = pair_of(left, right)
    return arrangement(pair.a, pair.b, matches_of(pair, TranslationTable.empty(), None).links)


@pytest.mark.parametrize("size", [120, 3000])
@pytest.mark.parametrize("how", ["chapters", "halves", "thirds", "a chapter at the end", "backwards"])
def test_segments_are_brought_into_one_order(size, how):
    texts = invented(size, 1)
    places = order(how, size)
    found = arranged([x for x, _ in texts], [texts[k][1] for k in places])
    assert sorted(found.given.tolist()) == list(range(size))
    assert np.mean(np.array(places)[found.given] == np.arange(size)) > 0.97


@pytest.mark.parametrize("size", [120, 3000])
@pytest.mark.parametrize("how", ["same", "without a chapter"])
@pytest.mark.parametrize("shared", [0.0, 0.1, 0.5])
def test_texts_in_the_same_order_stay_as_they_are(size, how, shared):
    texts = invented(size, 2, shared)
    assert arranged([x for x, _ in texts], [texts[k][1] for k in order(how, size)]) is None


@pytest.mark.parametrize("seed", [0, 3])
def test_a_run_ends_where_its_chapter_ends(seed):
    """Chapters in any order: some continue one another's diagonal, with another chapter between them."""
    size, chance = 600, random.Random(seed)
    texts = invented(size, seed, 0.3)
    places = in_pieces(size, 10, chance)
    found = arranged([x for x, _ in texts], [texts[k][1] for k in places])
    assert np.mean(abs(np.array(places)[found.given] - np.arange(size)) <= 10) > 0.99


def test_segments_within_a_run_go_with_the_one_that_explains_them_better():
    """The run before went on by chance for three segments; what both explain equally stays as the runs had it."""
    evidence = np.array([[2, 0], [0, 2], [0, 2], [0, 2], [0, 0]], np.float64)
    no_room = np.zeros(2)
    assert _cut(evidence, np.zeros(6, np.int32), no_room, (4, 1), True) == 1
    assert _cut(np.zeros((5, 2)), np.zeros(6, np.int32), no_room, (4, 1), True) == 4


def test_what_no_run_holds_stays_in_its_place():
    """Only the middle of the text has words in common; there two chapters are swapped."""
    texts = [*invented(60, 3, 0.0), *invented(80, 4), *invented(60, 5, 0.0)]
    places = [*range(60), *range(100, 140), *range(60, 100), *range(140, 200)]
    found = arranged([x for x, _ in texts], [texts[k][1] for k in places])
    assert found.given[:55].tolist() == list(range(55))
    assert found.given[145:].tolist() == list(range(145, 200))
    assert np.mean(np.array(places)[found.given] == np.arange(200)) > 0.9
    assert not found.moved[:55].any()
    assert not found.moved[145:].any()


def test_no_segment_is_in_two_runs():
    """The same passages again and again, in different orders."""
    chance = random.Random(6)
    passages = [invented(12, k) for k in range(8)]
    left, right = ([passages[chance.randrange(8)] for _ in range(40)] for _ in range(2))
    pair = pair_of([x for p in left for x, _ in p], [y for p in right for _, y in p])
    found = runs(pair.a, pair.b, matches_of(pair, TranslationTable.empty(), None).links).ends
    for first, last in ((0, 1), (2, 3)):
        inside = np.sort(found[:, [first, last]], axis=0) if len(found) else found
        assert (inside[1:, 0] > inside[:-1, 1]).all()
        assert (found[:, first] <= found[:, last]).all()


def test_no_bead_has_segments_that_were_not_next_to_one_another():
    texts = invented(60, 7)
    places = order("halves", 60)
    pair = pair_of([x for x, _ in texts], [texts[k][1] for k in places])
    lattice = lattice_of(pair, TranslationTable.empty(), first_model())
    beads = lattice.arcs.take(lattice.arcs.linked)
    joins = lattice.pair.arrangement.joins
    assert len(joins) == 1
    ends = beads.j + EXTENT[SHAPES[beads.shape, 1]]
    assert not ((beads.j < joins[0]) & (ends > joins[0])).any()


@pytest.mark.parametrize("how", ["halves", "backwards"])
def test_known_beads_and_vectors_follow_the_segments(how):
    texts = invented(60, 8)
    places = order(how, 60)
    left, right = [x for x, _ in texts], [texts[k][1] for k in places]
    at = places.index(5)
    segments = {"xx": tuple(Segment(x, k) for k, x in enumerate(left)),
                "yy": tuple(Segment(y, k) for k, y in enumerate(right))}  # fmt: skip
    document = Document("d", segments, known=({"xx": (3,), "yy": (at,)},))  # wrong, and kept all the same
    aligner = train([document], ("xx", "yy"), seed_lexicon=None)
    beads = {(b.segments["xx"], b.segments["yy"]): b for b in aligner.align(document).beads}
    assert beads[(3,), (at,)].probability == 1.0
    assert sum(((k,), (places.index(k),)) in beads for k in range(60)) > 50
    assert Pins.of(document, "xx", "yy").arranged(np.array(places[::-1], np.int32)).known_b.sum() == 1
    vectors = np.random.default_rng(1).normal(size=(60, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    turned = Similarity.of(vectors, vectors).arranged(np.array(places, np.int32))
    again = Similarity.of(vectors, vectors[places])
    for name in ("near_a", "near_b", "norms_a", "norms_b", "cosines"):
        assert np.allclose(getattr(turned, name), getattr(again, name), atol=1e-3)


def test_beads_of_moved_runs_are_marked_and_have_the_given_numbers():
    given, moved = np.array([2, 3, 0, 1], np.int32), np.array([False, False, True, True])
    beads = PairBeads.of([(0,), (1, 2)], [(0, 1), (2,)], np.ones(2), np.ones(2))
    found = Arrangement(given, moved).beads_as_given(beads)
    assert found.segments[:, :3].tolist() == [[0, 2, 3], [1, 2, 0]]
    assert found.moved.tolist() == [True, False]


@pytest.mark.parametrize("level", ["segment", "sentence", "clause"])
def test_a_long_document_with_swapped_halves_is_aligned_at_every_level(tmp_path, level):
    size = 700
    texts = invented(size, 9)
    places = order("halves", size)
    (tmp_path / "in").mkdir()
    for language, lines in (("xx", [x for x, _ in texts]), ("yy", [texts[k][1] for k in places])):
        (tmp_path / "in" / f"t.{language}.txt").write_text("".join(f"{x}.\n" for x in lines), encoding="utf-8")
    align_texts(tmp_path / "in", tmp_path / "beads.jsonl", level=level, seed_lexicon=None)
    rows = [json.loads(line) for line in (tmp_path / "beads.jsonl").open(encoding="utf-8")]
    found = {(x, y) for row in rows for x in row["segments"].get("xx", ()) for y in row["segments"].get("yy", ())}
    assert sum((places[new], new) in found for new in range(size)) > 0.95 * size
    moved = [row for row in rows if "moved" in row["flags"]]
    assert 0.45 * size < len(moved) < 0.55 * size
