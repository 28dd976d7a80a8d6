"""Refit the numbers of align/calibration.py: `python benchmarks/align/calibration.py [--seeds 1,2,3,4,5]`.

Prints for each its value in the code and the refitted one. All data are development data: the grounds of grounds.py
(`--quick`), and newsroom sites.

    SENTENCES, BLOCKS   two-sided beads of the grounds at the level `auto`, and of some at the level `segment`
    LINES               those of lines at the level `clause`
    ALONE               one-sided beads of all of them
    SHARP               documents of the grounds, and first editions with second ones of other documents
    MOVED               how many moved beads are right, by the summed scores of their runs
    UNRELATED           score per word of right pairs of editions of newsroom sites, and of different stories

Scales are fitted to maximum likelihood, each ground counting by the square root of its number of beads. The rows below
a scale have each kind of ground left out: its expected calibration error (ECE), and how many beads with p ≥ .99 are
right. UNRELATED is the middle between the best wrong and the worst right pair, SPREAD a quarter of the standard
deviation of the wrong pairs: it only decides how soft the border is.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from common import LANGUAGES, PAIRS, calibration_error, site, stories
from ground_texts import GoldDocument, Ground, grounds
from grounds import is_right
from scipy.optimize import minimize

from corpus_builder.align import calibration
from corpus_builder.align.aligner import Aligner, train
from corpus_builder.align.texts import decoding, lines
from corpus_builder.align.texts.folder import Text
from corpus_builder.align.two.edition_pair import best
from corpus_builder.model import Bead, Document

Floats = npt.NDArray[np.float64]
ALIGN = "corpus_builder.align"
SCALES = (f"{ALIGN}.aligner.SENTENCES", f"{ALIGN}.aligner.BLOCKS", f"{ALIGN}.texts.pooling.LINES",
          *(f"{ALIGN}.texts.lines.{name}" for name in ("SENTENCES", "BLOCKS", "LINES")),
          f"{ALIGN}.many.groups.ALONE")  # fmt: skip
SEGMENT = ("Text+Berg", "short lines en-uk", "short lines ru-uk", "news units en-ru", "Debian pages en-ru")
"""Grounds that are aligned at the level `segment`, too."""
CLAUSE = ("Text+Berg", "short lines en-ru", "few short lines")
NOT_FITTED = ("halves", "reversed", "unrelated")
"""Grounds of which next to nothing is monotone: they only count for MOVED."""
KINDS = ("short lines", "subtitles", "Debian", "news units", "Text+Berg", "cases", "newsroom")
RIGHT_DOCUMENTS = 4.0
"""How often a right document counts: of files with one name most are translations. Chosen."""


class Judged(NamedTuple):
    """One bead of a ground."""

    posterior: float
    right: bool
    two_sided: bool
    moved: bool
    score: float


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="1,2,3,4,5", help="of newsroom sites; 1 to 5 are for development")
    seeds = [int(seed) for seed in options.parse_args().seeds.split(",")]
    auto, clause = {}, {}
    with uncalibrated():
        for ground in grounds(quick=True):
            level = "sentence" if "Text+Berg" not in ground.name else "clause"
            (clause if level == "clause" else auto)[ground.name] = judged(ground, level)
            if ground.name.startswith(SEGMENT):
                auto[f"{ground.name}, segment"] = judged(ground, "segment")
            if ground.name.startswith(CLAUSE) and level != "clause":
                clause[f"{ground.name}, clause"] = judged(ground, "clause")
    fitted = {name: beads for name, beads in auto.items() if not any(word in name for word in NOT_FITTED)}
    scale("SENTENCES", calibration.SENTENCES, two_sided(fitted))
    scale("LINES", calibration.LINES, two_sided(clause))
    alone = {name: [bead for bead in beads if not bead.two_sided] for name, beads in (fitted | clause).items()}
    scale("ALONE", calibration.ALONE, alone)
    moved(auto)
    documents()
    unrelated([site(seed) for seed in seeds])


def uncalibrated() -> ExitStack:
    """A context in which the aligner gives its posteriors as they are."""
    stack = ExitStack()
    for name in SCALES:
        stack.enter_context(patch(name, (1.0, 0.0)))
    return stack


def judged(ground: Ground, level: str) -> list[Judged]:
    """The beads of a ground's documents."""
    out = []
    for documents in [[x] for x in ground.documents] if ground.lone else [ground.documents]:
        texts = [Text(x.name, dict(zip(x.languages, map(tuple, x.lines), strict=True))) for x in documents]
        prepared = lines.prepare(texts, level)
        decoder = decoding.Decoder(trained(ground, [x.document for x in prepared]), level, False, False)
        if level == "clause":
            segmented = [lines.segmentations(x)[1] for x in prepared]
            decoder.models = decoding.pooling.learn(decoder.aligner, segmented)
        for gold, each in zip(documents, prepared, strict=True):
            found = decoder._by_segmentations(each) if level == "clause" else decoder._beads(each)
            out += [_judged(gold, bead) for bead in found]
    return out


def _judged(gold: GoldDocument, bead: Bead) -> Judged:
    left, right = (tuple(bead.segments.get(x) or ()) for x in gold.languages)
    return Judged(
        bead.probability, is_right(gold, left, right), bool(left and right), "moved" in bead.flags, bead.score
    )


def trained(ground: Ground, documents: Sequence[Document]) -> Aligner:
    return train(documents, ground.documents[0].languages, seed_lexicon=ground.lexicon != "none")


def two_sided(by_ground: Mapping[str, Sequence[Judged]]) -> dict[str, list[Judged]]:
    return {name: [b for b in beads if b.two_sided and not b.moved] for name, beads in by_ground.items()}


def scale(title: str, value: calibration.Scale, by_ground: Mapping[str, Sequence[Judged]]) -> None:
    """Print a scale, and how well it holds on each ground if its kind is left out."""
    data = {name: (log_odds([b.posterior for b in beads]), np.array([b.right for b in beads], np.float64))
            for name, beads in by_ground.items() if beads}  # fmt: skip
    columns = {name: np.column_stack((x, np.ones(len(x)))) for name, (x, _) in data.items()}

    def fit(names: Sequence[str]) -> Floats:
        right = [data[name][1] for name in names]
        weights = np.concatenate([np.full(len(each), len(each) ** -0.5) for each in right])
        return likeliest(np.concatenate([columns[name] for name in names]), np.concatenate(right), weights)

    slope, shift = fit(list(data))
    print(f"{title}: ({value[0]}, {value[1]}) in the code, refitted ({slope:.3f}, {shift:.3f})")
    for name, (_, right) in data.items():
        weights = fit([other for other in data if kind(other) != kind(name)])
        p = 1 / (1 + np.exp(-columns[name] @ weights))
        sure = p >= 0.99
        print(f"    {name:36s}{len(p):6d} beads, ECE {calibration_error(p, right):.3f}, p >= .99 right "
              f"{int(right[sure].sum())} of {int(sure.sum())}", flush=True)  # fmt: skip


def kind(name: str) -> str:
    return next((word for word in KINDS if word in name), name)


def log_odds(probability: Sequence[float]) -> Floats:
    inside = np.clip(np.array(probability, np.float64), calibration.EDGE, 1 - calibration.EDGE)
    out: Floats = np.log(inside / (1 - inside))
    return out


def likeliest(columns: Floats, right: Floats, weights: Floats) -> Floats:
    """The weights of the columns that make the outcomes likeliest (logistic regression, hardly regularized)."""

    def loss(w: Floats) -> float:
        terms = np.logaddexp(0, np.where(right > 0, -1, 1) * (columns @ w))
        return float((weights * terms).sum() / weights.sum() + 1e-4 * (w**2).sum())

    out: Floats = minimize(loss, np.zeros(columns.shape[1]), method="BFGS").x
    return out


def moved(by_ground: Mapping[str, Sequence[Judged]]) -> None:
    """How many moved beads are right, by their scores."""
    found = [bead for beads in by_ground.values() for bead in beads if bead.moved]
    scores, right = np.array([b.score for b in found]), np.array([b.right for b in found], np.float64)
    p = np.array([b.posterior for b in found])
    print(f"MOVED: centre {calibration.MOVED_CENTRE}, {len(found)} beads, ECE {calibration_error(p, right):.3f}")
    for low, high in ((0, 2), (2, 4), (4, 6), (6, 8), (8, 1000)):
        inside = (scores >= low) & (scores < high)
        if inside.any():
            print(f"    scores from {low} to {high}: {right[inside].mean():.3f} of {int(inside.sum())} are right")


def documents() -> None:
    """Refit SHARP on right documents and on those with a second edition of another document."""
    rows: list[tuple[str, bool, float, float]] = []
    for ground in grounds(quick=True):
        if any(word in ground.name for word in (*NOT_FITTED, "chapters")):
            continue
        for right, chosen in ((True, list(ground.documents)), (False, exchanged(ground.documents))):
            prepared = lines.prepare([Text(x.name, dict(zip(x.languages, map(tuple, x.lines), strict=True)))
                                      for x in chosen], "sentence")  # fmt: skip
            if right and not ground.lone:
                aligner = trained(ground, [x.document for x in prepared])
            for each in prepared:
                used = trained(ground, [each.document]) if ground.lone else aligner
                rows += [(ground.name, right, *seen) for seen in footing(used, each.document)]
    names, right, by_words, sharp = (np.array(column) for column in zip(*rows, strict=True))
    columns = np.column_stack((by_words, sharp, np.ones(len(right))))
    weights = np.array([(RIGHT_DOCUMENTS if r else 1.0) / ((names == n) & (right == r)).sum()
                        for n, r in zip(names, right, strict=True)])  # fmt: skip
    values = likeliest(columns, right.astype(np.float64), weights)
    print(f"SHARP: {calibration.SHARP} in the code, refitted {tuple(values.round(3).tolist())}")
    p = np.empty(len(right))
    for word in {kind(name) for name in names}:
        own = np.array([kind(name) == word for name in names])
        p[own] = 1 / (1 + np.exp(-columns[own] @ likeliest(columns[~own], right[~own].astype(float), weights[~own])))
    for word in sorted({kind(name) for name in names}):
        own = np.array([kind(name) == word for name in names])
        means = [f"{p[own & (right == r)].mean():.3f}" if (own & (right == r)).any() else "-" for r in (True, False)]
        print(f"    {word:20s} left out: right documents {means[0]}, wrong ones {means[1]}")


def exchanged(documents: Sequence[GoldDocument]) -> list[GoldDocument]:
    following = [*documents[1:], documents[0]]
    return [replace(x, lines=(x.lines[0], y.lines[1]), gold=()) for x, y in zip(documents, following, strict=True)
            if x is not y and x.languages == y.languages]  # fmt: skip


def footing(aligner: Aligner, document: Document) -> Iterable[tuple[float, float]]:
    """(log odds by words, sharpness) of each pair of editions, as calibration.sharp_probability reads them."""
    for (a, b), (pair, lattice) in aligner.lattices(document).items():
        path = best(lattice.arcs, pair.sizes)
        by_words = calibration.document_probability(pair, path, aligner.pair_state(a, b).model)
        yield float(np.clip(log_odds([by_words])[0], -6, 6)), calibration.sharpness(path)


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
