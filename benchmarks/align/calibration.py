"""Refit the numbers of align/calibration.py: `python benchmarks/align/calibration.py [--seeds 1,2,3,4,5]`.

Prints for each its value in the code and the refitted one, with the expected calibration error (ECE) and the Brier
score of both. All data are development data:

    SENTENCES   sentence beads of newsroom sites (whole pipeline), judged by their translation units as in census.py
    BLOCKS      beads of paragraphs, the sites' texts at the level `sentence`, against their gold
    LINES       beads of lines at the level `clause`: Text+Berg dev, and the texts of the first of the sites
    MOVED       moved sentence beads of each two editions of the sites, by score
    UNRELATED   score per word of right pairs of editions, and of editions of different stories

The scales are fitted to maximum likelihood, each bead counting once. UNRELATED is the middle between the best wrong and
the worst right pair: the two do not overlap, so there is nothing to fit. SPREAD is a quarter of the standard deviation
of the wrong pairs: it only decides how soft the border is.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from census import Story
from common import LANGUAGES, PAIRS, aligned, calibration_error, judged, site, stories
from scipy.optimize import minimize
from textberg import cut, write_documents

from corpus_builder.align import calibration
from corpus_builder.align.aligner import Aligner, train
from corpus_builder.align.texts.command import align_texts
from corpus_builder.align.two.edition_pair import best
from corpus_builder.model import Document

Floats = npt.NDArray[np.float64]
IDENTITY = (1.0, 0.0)
ALIGN = "corpus_builder.align"
SCALES = (f"{ALIGN}.aligner.SENTENCES", f"{ALIGN}.aligner.BLOCKS", f"{ALIGN}.texts.pooling.LINES",
          *(f"{ALIGN}.texts.lines.{name}" for name in ("SENTENCES", "BLOCKS", "LINES")))  # fmt: skip
Judged = list[tuple[float, bool]]
"""(probability or score, right) of beads."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="1,2,3,4,5", help="of newsroom sites; 1 to 5 are for development")
    seeds = [int(seed) for seed in options.parse_args().seeds.split(",")]
    head = "   ".join(f"{title:24s}{'ECE':>7s}{'Brier':>8s}" for title in ("in the code", "refitted"))
    print(f"{'':12s}{'beads':>7s}   {head}")
    with uncalibrated():
        sites = [site(seed) for seed in seeds]
        compare("SENTENCES", calibration.SENTENCES, [bead for folder in sites for bead in sentence_beads(folder)])
        compare("BLOCKS", calibration.BLOCKS, [bead for folder in sites for bead in text_beads(folder, "sentence")])
        compare("LINES", calibration.LINES, [*textberg_beads(), *text_beads(sites[0], "clause")])
        moved = [bead for folder in sites for bead in moved_beads(folder)]
    slope, centre = calibration.MOVED_SLOPE, calibration.MOVED_CENTRE
    scores, right = (np.array(column, np.float64) for column in zip(*moved, strict=True))
    fitted_slope, shift = fitted(scores, right)
    show("MOVED", len(moved), (slope, centre), logistic(scores, slope, -slope * centre),
         (fitted_slope, -shift / fitted_slope), logistic(scores, fitted_slope, shift), right)  # fmt: skip
    unrelated(sites)


def uncalibrated() -> Any:
    """A context in which the aligner gives its posteriors as they are."""
    from contextlib import ExitStack

    stack = ExitStack()
    for name in SCALES:
        stack.enter_context(patch(name, IDENTITY))
    return stack


def sentence_beads(folder: Path) -> Iterator[tuple[float, bool]]:
    """(posterior, right) of the sentence beads of each language pair."""
    gold, documents = stories(folder)
    for story, (document, alignment) in zip(gold, aligned(train(documents, LANGUAGES), documents), strict=True):
        judge = Story(story, document, alignment)
        for x, y in PAIRS:
            if x in document.segments and y in document.segments:
                for bead, is_right in judge.judged(x, y, Counter()):
                    yield bead.pairs.get((x, y), bead.pairs.get((y, x), 0.0)), is_right


def text_beads(folder: Path, level: str) -> Judged:
    """(posterior, right) of the two-sided beads of the site's texts."""
    with tempfile.TemporaryDirectory() as name:
        align_texts(folder / "texts", Path(name) / "beads.jsonl", LANGUAGES, level=level)
        return judged(folder / "texts", Path(name) / "beads.jsonl")


def textberg_beads() -> Judged:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_documents(cut(1), folder)
        align_texts(folder, folder / "beads.jsonl", ("de", "fr"), level="clause", seed_lexicon=None)
        return judged(folder, folder / "beads.jsonl")


def moved_beads(folder: Path) -> Iterator[tuple[float, bool]]:
    """(score, right) of moved sentence beads; two editions at a time, so that each has the score of its own bead."""
    gold, documents = stories(folder)
    aligner = train(documents, LANGUAGES)
    for story, document in zip(gold, documents, strict=True):
        for x, y in combinations(document.segments, 2):
            two = Document(document.name, {language: document.segments[language] for language in (x, y)})
            for bead, is_right in Story(story, two, aligner.align(two)).judged(x, y, Counter()):
                if "moved" in bead.flags:
                    yield bead.score, is_right


def compare(name: str, scale: calibration.Scale, beads: Sequence[tuple[float, bool]]) -> None:
    posterior, right = (np.array(column, np.float64) for column in zip(*beads, strict=True))
    inside = np.clip(posterior, 1e-4, 1 - 1e-4)  # as calibration.calibrated clips them
    refitted = fitted(np.log(inside / (1 - inside)), right)
    show(name, len(beads), scale, calibration.calibrated(posterior, scale), refitted,
         calibration.calibrated(posterior, refitted), right)  # fmt: skip


def show(name: str, size: int, values: calibration.Scale, p: Floats, refitted: calibration.Scale, better: Floats,
         right: Floats) -> None:  # fmt: skip
    columns = []
    for (a, b), each in ((values, p), (refitted, better)):
        error, brier = calibration_error(each, right), ((each - right) ** 2).mean()
        columns.append(f"{f'({a:.3f}, {b:.3f})':24s}{error:7.4f}{brier:8.4f}")
    print(f"{name:12s}{size:7d}   {'   '.join(columns)}", flush=True)


def logistic(x: Floats, slope: float, shift: float) -> Floats:
    out: Floats = 1 / (1 + np.exp(-(slope * x + shift)))
    return out


def fitted(x: Floats, right: Floats) -> calibration.Scale:
    """(slope, shift) of the likeliest log odds slope · x + shift."""

    def loss(scale: Floats) -> float:
        return float(np.logaddexp(0, np.where(right > 0, -1, 1) * (scale[0] * x + scale[1])).mean())

    slope, shift = minimize(loss, np.array(IDENTITY), method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-9}).x
    return float(slope), float(shift)


def unrelated(sites: Iterable[Path]) -> None:
    """Scores per word of right pairs of editions and of wrong ones."""
    right, wrong = [], []
    for folder in sites:
        documents = stories(folder)[1]
        aligner = train(documents, LANGUAGES)
        for x, y in PAIRS:
            both = [document for document in documents if x in document.segments and y in document.segments]
            for k, document in enumerate(both):
                other = both[(k + 5) % len(both)]
                right.append(per_word(aligner, document, document, x, y))
                wrong.append(per_word(aligner, document, other, x, y))
    middle, spread = (min(right) + max(wrong)) / 2, float(np.std(wrong)) / 4
    print(
        f"UNRELATED   {calibration.UNRELATED} in the code; of {len(right)} right pairs {min(right):.4f} to "
        f"{max(right):.4f}, of {len(wrong)} wrong ones {min(wrong):.4f} to {max(wrong):.4f}; middle {middle:.4f}"
    )
    print(f"SPREAD      {calibration.SPREAD} in the code; {spread:.4f}")  # fmt: skip


def per_word(aligner: Aligner, one: Document, other: Document, x: str, y: str) -> float:
    document = Document(one.name, {x: one.segments[x], y: other.segments[y]})
    (((a, b), (pair, lattice)),) = aligner.lattices(document).items()
    return calibration.score_per_word(pair, best(lattice.arcs, pair.sizes), aligner.pair_state(a, b).model)


if __name__ == "__main__":
    main()
