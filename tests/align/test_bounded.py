"""Time and memory grow with the size of the texts, not with what is known about them."""

import json
import random
import time

import numpy as np
import pytest

from corpus_builder.align.arcs import Arcs
from corpus_builder.align.bead_shapes import SHAPES
from corpus_builder.align.texts import pooling
from corpus_builder.align.texts.command import align_texts
from corpus_builder.align.two import bead_scores, lattice, moved
from corpus_builder.align.two.pair_beads import PairBeads
from corpus_builder.align.two.search_band import Band

WORDS = {"en": ["the", "same", "line", "comes", "again", "once", "more", "and", "we", "read", "it"],
         "uk": ["той", "самий", "рядок", "знову", "ще", "раз", "і", "ми", "його", "читаємо"]}  # fmt: skip


def unrelated(lines, seed):
    """A text of random lines in two languages."""
    rng = random.Random(seed)
    return {x: [" ".join(rng.choices(words, k=rng.randint(2, 20))) for _ in range(lines)] for x, words in WORDS.items()}


def aligned(folder, texts, **options):
    """The beads of two texts, and the seconds of processor time."""
    folder.mkdir()
    for language, lines in texts.items():
        (folder / f"t.{language}.txt").write_text("\n".join(lines), "utf-8")
    start = time.process_time()
    align_texts(folder, folder / "out.jsonl", **options)
    seconds = time.process_time() - start
    return [json.loads(line) for line in (folder / "out.jsonl").open(encoding="utf-8")], seconds


def tied(size, skip=-9.0):
    """The arcs of a document in which all beads and paths through 1-1 beads score the same."""
    first, last = np.zeros(size, np.int32), np.full(size, size - 1, np.int32)
    scores = np.full((size, len(SHAPES), size), bead_scores.NEVER, np.float32)
    scores[:, 0, :] = 1.0
    ahead, behind = lattice.best_paths(scores, first, last, size, skip, skip)
    return Arcs(*lattice.posteriors(scores, ahead, behind, first, last, size, skip, skip))


@pytest.mark.parametrize("skip", [0.0, -9.0])
@pytest.mark.parametrize("size", [50, 200, 800])
def test_posteriors_have_a_bounded_number_of_beads_a_segment(size, skip):
    found = tied(size, skip)
    assert len(found.i) <= lattice.MOST * 2 * size
    assert np.isfinite(found.probability).all()
    assert len(lattice.decode(found.i, found.j, found.shape, found.probability, size, size)) >= size


@pytest.mark.parametrize("size", [12, 24, 48])
def test_lines_of_several_parts_have_a_bounded_number_of_beads(size):
    found = tied(size)
    line_of = [k // 2 for k in range(size)]
    spans = pooling.spans(line_of, line_of, found)
    assert len(spans) <= (pooling.SPANS + 1) * size
    assert pooling.path_of(pooling.pool([spans, spans]), (size // 2, size // 2))


def test_the_band_of_parts_is_narrow_even_where_all_lines_may_be_linked():
    size, parts = 300, 5
    i, j = (side.ravel().astype(np.int32) for side in np.mgrid[0:size, 0:size])
    arcs = Arcs(i, j, np.zeros(len(i), np.int32), np.zeros(len(i)), np.where(i == j, 0.02, 1 / size))
    line_of = np.repeat(np.arange(size), parts)
    band = pooling._band_of_parts(line_of, line_of, arcs, (size, size))
    assert (band.last - band.first + 1).sum() <= pooling.CORRIDOR * 2 * size * parts
    assert (band.first <= np.arange(size * parts)).all()
    assert (band.last >= np.arange(size * parts)).all()


@pytest.mark.parametrize("size", [40, 6000])
def test_moved_segments_are_found_in_a_band_of_any_length(size):
    around = 20
    first = np.clip(np.arange(size) - around, 0, size - 2 * around).astype(np.int32)
    band = Band(first, (first + 2 * around - 1).astype(np.int32))
    scores = np.full((size, len(SHAPES), 2 * around), bead_scores.NEVER, np.float32)
    place = 2 * around - 1 - np.arange(size) % (2 * around)
    scores[np.arange(size), 0, place] = 9.0
    nothing = np.zeros(0, np.int32)
    path = PairBeads.of_arcs(nothing, nothing, nothing, np.zeros(0), np.zeros(0))
    found, *_ = moved.moved_beads(scores, band, path, np.zeros(0, bool), (size, size))
    assert len(found.score) == len(np.unique(first + place))  # each segment is in one bead


@pytest.mark.slow
@pytest.mark.parametrize("level", ["segment", "clause"])
def test_time_grows_with_the_number_of_unrelated_lines(tmp_path, level):
    aligned(tmp_path / "compiled", unrelated(10, 0), level=level)
    seconds = [aligned(tmp_path / str(size), unrelated(size, size), level=level)[1] for size in (40, 80, 160)]
    assert seconds[2] < 6 * seconds[1] + 2 < 40 * seconds[0] + 20


@pytest.mark.slow
def test_identical_lines_are_aligned(tmp_path):
    texts = {"en": ["The same line again."] * 2000, "uk": ["Той самий рядок знову."] * 2000}
    beads, _ = aligned(tmp_path / "as many", texts)
    assert [bead["segments"] for bead in beads] == [{"en": [n], "uk": [n]} for n in range(2000)]
    assert all(bead["probability"] < 0.99 for bead in beads)  # any other order would be as good
    beads, _ = aligned(tmp_path / "fewer", {**texts, "uk": texts["uk"][:1990]})
    assert sum(len(bead["segments"]["en"]) for bead in beads) == 2000
    two_sided = [bead for bead in beads if all(bead["segments"].values())]
    assert all(bead["probability"] < 0.1 for bead in two_sided)  # those without a counterpart may be any


@pytest.mark.slow
def test_unrelated_texts_are_aligned_within_seconds_and_without_confidence(tmp_path, shared):
    case = shared / "cases" / "align-hang-unrelated" / "in"
    if not case.exists():
        pytest.skip("needs ../shared/cases/align-hang-unrelated")
    texts = {x: (case / f"t.{x}.txt").read_text("utf-8").splitlines() for x in ("en", "uk")}
    beads, seconds = aligned(tmp_path / "in", texts)
    assert seconds < 60
    linked = [bead["probability"] for bead in beads if "one_sided" not in bead["flags"]]
    assert max(linked, default=0.0) < 0.5
