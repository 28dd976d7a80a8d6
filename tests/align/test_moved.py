"""Runs of segments that stand elsewhere in the other edition, and what the path linked in their place."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from corpus_builder.align.bead_shapes import SHAPES
from corpus_builder.align.texts import decoding, lines, pooling
from corpus_builder.align.texts.command import align_texts
from corpus_builder.align.texts.folder import Text
from corpus_builder.align.two import bead_scores
from corpus_builder.align.two.moved import ENOUGH, moved_beads
from corpus_builder.align.two.pair_beads import PairBeads
from corpus_builder.align.two.search_band import Band

ONE_ONE = 0


@pytest.mark.parametrize(("margin", "moved"), [(ENOUGH + 1, True), (ENOUGH - 1, False)])
@pytest.mark.parametrize("firm", [False, True])
def test_a_run_displaces_beads_of_the_path_if_it_explains_the_segments_better(margin, moved, firm):
    """The path links 0 to 3 with 0 to 3; the run 0, 1 with 2, 3 displaces all, and scores more by the margin."""
    size, usual = 4, 2.0
    scores = np.full((size, len(SHAPES), size), bead_scores.NEVER, np.float32)
    at = np.arange(size, dtype=np.int32)
    scores[at, ONE_ONE, at] = usual
    scores[0, ONE_ONE, 2] = scores[1, ONE_ONE, 3] = size * usual / 2 + margin / 2
    whole = Band(np.zeros(size, np.int32), np.full(size, size - 1, np.int32))
    path = PairBeads.of_arcs(at, at, np.zeros(size, np.int32), np.full(size, usual), np.full(size, 0.9))
    found, *_, kept = moved_beads(scores, whole, path, np.full(size, firm), (size, size))
    assert kept.tolist() == [firm or not moved] * size
    assert sorted(found.segments[:, :2].tolist()) == ([[0, 2], [1, 3]] if moved and not firm else [])


@pytest.mark.parametrize("order", ["chapters", "halves"])
def test_swapped_parts_of_a_document_are_found(tmp_path, order):
    """Two languages that share some names; the parts stand in another order in the second edition."""
    chance = random.Random(4)
    names = ["".join(chance.choice("abdegiklmnoprstuvz") for _ in range(7)).capitalize() for _ in range(60)]

    def text(letters: str, name: str, size: int) -> str:
        words = ["".join(chance.choice(letters) for _ in range(chance.randint(2, 8))) for _ in range(size)]
        return " ".join([*words, name, "."])

    kinds = [(chance.choice(names), chance.randint(2, 12)) for _ in range(80)]
    left = [text("abcdefghijk", *kind) for kind in kinds]
    right = [text("qrstuvwxyz", *kind) for kind in kinds]
    place = list(range(80))
    place = place[40:] + place[:40] if order == "halves" else place[:20] + place[40:60] + place[20:40] + place[60:]
    (tmp_path / "in").mkdir()
    for language, edition in (("xx", left), ("yy", [right[k] for k in place])):
        (tmp_path / "in" / f"t.{language}.txt").write_text("".join(f"{x}\n" for x in edition), encoding="utf-8")
    align_texts(tmp_path / "in", tmp_path / "beads.jsonl", level="segment", seed_lexicon=None)
    rows = [json.loads(line) for line in (tmp_path / "beads.jsonl").open(encoding="utf-8")]
    found = {(x, y) for row in rows for x in row["segments"].get("xx", ()) for y in row["segments"].get("yy", ())}
    assert sum((place[new], new) in found for new in range(80)) > 60


def test_a_line_of_its_own_is_not_left_alone_for_nothing():
    """A sentence without a counterpart costs nothing within a paragraph; a one-sided line is a bead that is judged."""
    costs = []

    class Aligner:
        def align(self, document, *, skip_cost, blocks):
            costs.append(skip_cost)

    one, three = ("It rains again.",) * 4, ("It rains again. We wait. Nobody comes.",) * 4
    for text in (one, three):
        decoding.alignment_of(Aligner(), lines.prepare([Text("t", {"en": text, "fr": text})], "sentence")[0])
    assert costs == [pooling.ALONE, 0.0]
