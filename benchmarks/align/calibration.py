"""Refit the numbers of align/calibration.py: `python benchmarks/align/calibration.py [--seeds 1,2,3,4,5] [--write]`.

Prints for each its value in the code and the refitted one; `--write` puts them into the code. All data are development
data: the grounds of grounds.py (`--quick`), and newsroom sites.

    SENTENCES, BLOCKS   two-sided beads of the grounds at the levels `auto` and `segment`
    LINES               those of lines at the level `clause`
    ALONE, RUN, FACING  one-sided beads at the level `segment`
    MOVED               moved beads, by the scores of their runs
    SHARP               documents of the grounds, and first editions with second ones of other documents
    UNRELATED, SPREAD   score per word of right pairs of editions of newsroom sites, and of different stories; only
                        shown

Values are fitted to maximum likelihood, each ground counting by the square root of its number of beads. The rows below
a value have each kind of ground left out: its expected calibration error (ECE), and how many beads with p ≥ .99 are
right. UNRELATED is the middle between the best wrong and the worst right pair, SPREAD a quarter of the standard
deviation of the wrong pairs: it only decides how soft the border is.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from common import LANGUAGES, PAIRS, calibration_error, site, stories
from ground_texts import GoldDocument, Ground, grounds
from grounds import is_right
from scipy.optimize import minimize

from corpus_builder.align import calibration
from corpus_builder.align.aligner import Aligner, train
from corpus_builder.align.many.gaps import gaps
from corpus_builder.align.many.groups import Nodes, groups_of
from corpus_builder.align.texts import decoding, lines
from corpus_builder.align.texts.folder import Text
from corpus_builder.align.two.edition_pair import best
from corpus_builder.align.two.moved import MovedBeads, moved_beads
from corpus_builder.model import Bead, Document

Floats = npt.NDArray[np.float64]
ALIGN = "corpus_builder.align"
SCALES = (f"{ALIGN}.aligner.SENTENCES", f"{ALIGN}.aligner.BLOCKS", f"{ALIGN}.texts.pooling.LINES",
          *(f"{ALIGN}.texts.lines.{name}" for name in ("SENTENCES", "BLOCKS", "LINES")),
          f"{ALIGN}.calibration.ALONE")  # fmt: skip
CLAUSE = ("Text+Berg", "short lines en-ru", "few short lines")
FAULTS = ("chapters", "halves", "reversed", "preface", "abridged", "made-up")
NOT_FITTED = ("halves", "reversed", "unrelated")
"""Grounds of which next to nothing is monotone: they only count for MOVED."""
KINDS = (*FAULTS, "messages", "short lines", "subtitles", "Debian", "news units", "Text+Berg", "cases", "newsroom")
RIGHT_DOCUMENTS = 4.0
"""How often a right document counts: of files with one name most are translations. Chosen."""


class Judged(NamedTuple):
    """One bead of a ground."""

    posterior: float
    right: bool
    two_sided: bool
    moved: bool
    run: float
    """If one-sided: how many lines without a counterpart lie at its place; if moved: how many beads its run has."""
    facing: float
    """How many of the other edition lie there; the summed score of its run."""


Columns = Callable[[Sequence[Judged]], Floats]
"""From beads to what their log odds depend on, [beads, columns]; a column of ones is the second."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="1,2,3,4,5", help="of newsroom sites; 1 to 5 are for development")
    options.add_argument("--write", action="store_true", help="put the refitted numbers into the code")
    a = options.parse_args()
    seeds = [int(seed) for seed in a.seeds.split(",")]
    auto, clause = beads_of_grounds()
    fitted = {name: beads for name, beads in auto.items() if not any(word in name for word in NOT_FITTED)}
    two_sided = refit("SENTENCES", by_posterior, chosen(fitted, lambda bead: bead.two_sided and not bead.moved))
    lines_scale = refit("LINES", by_posterior, chosen(clause, lambda bead: bead.two_sided and not bead.moved))
    segment = {name: beads for name, beads in fitted.items() if name.endswith("segment")}
    slope, shift, run, facing = refit("ALONE, RUN, FACING", by_gap, chosen(segment, lambda bead: not bead.two_sided))
    runs = refit("MOVED", by_run, chosen(auto, lambda bead: bead.moved and bead.run > 0))
    sharp = documents()
    unrelated([site(seed) for seed in seeds])
    values = {"SENTENCES = BLOCKS": two_sided, "LINES": lines_scale, "ALONE": (slope, shift), "MOVED": runs,
              "RUN, FACING": (run / slope, facing / slope), "SHARP": sharp}  # fmt: skip
    written = {name: line_of(name, row) for name, row in values.items()}
    print("\n".join(written.values()))
    if a.write:
        write(written)


def line_of(name: str, values: Sequence[float] | Floats) -> str:
    """A line of the code."""
    row = ", ".join(f"{value:.3f}" for value in values)
    if name.startswith("RUN"):
        return f"{name} = {row}"
    most = {"LINES": calibration.LINES.most, "ALONE": calibration.ALONE.most}.get(name)
    if name in ("MOVED", "SHARP"):
        return f"{name} = ({row})"
    return f"{name} = Scale({row})" if most is None else f"{name} = Scale({row}, {most})"


def write(values: Mapping[str, str]) -> None:
    """Put the lines into the code."""
    path = Path(calibration.__file__)
    text = path.read_text(encoding="utf-8")
    for name, line in values.items():
        text, number = re.subn(rf"^{name} = .*$", line, text, flags=re.MULTILINE)
        assert number == 1, name
    path.write_text(text, encoding="utf-8")


def beads_of_grounds() -> tuple[dict[str, list[Judged]], dict[str, list[Judged]]]:
    """The beads of all grounds, by the level `auto` or `segment`, and by the level `clause`."""
    auto, clause = {}, {}
    with uncalibrated():
        for ground in grounds(quick=True):
            level = "sentence" if "Text+Berg" not in ground.name else "clause"
            (clause if level == "clause" else auto)[ground.name] = judged(ground, level)
            auto[f"{ground.name}, segment"] = judged(ground, "segment")
            if ground.name.startswith(CLAUSE) and level != "clause":
                clause[f"{ground.name}, clause"] = judged(ground, "clause")
    return auto, clause


def uncalibrated() -> ExitStack:
    """A context in which the aligner gives its posteriors as they are."""
    stack = ExitStack()
    for name in SCALES:
        stack.enter_context(patch(name, calibration.Scale(1.0, 0.0)))
    stack.enter_context(patch(f"{ALIGN}.texts.lines.alone_in_gap", lambda alone, run, facing: alone))  # noqa: ARG005
    return stack


def judged(ground: Ground, level: str) -> list[Judged]:
    """The beads of a ground's documents."""
    out = []
    for texts_of in [[x] for x in ground.documents] if ground.lone else [ground.documents]:
        texts = [Text(x.name, dict(zip(x.languages, map(tuple, x.lines), strict=True))) for x in texts_of]
        prepared = lines.prepare(texts, level)
        decoder = decoding.Decoder(trained(ground, [x.document for x in prepared]), level, False, False)
        if level == "clause":
            segmented = [lines.segmentations(x)[1] for x in prepared]
            decoder.models = decoding.pooling.learn(decoder.aligner, segmented)
        for gold, each in zip(texts_of, prepared, strict=True):
            runs: dict[float, tuple[float, float]] = {}
            with patch(f"{ALIGN}.aligner.moved_beads", partial(_noting, runs)):
                found = decoder._by_segmentations(each) if level == "clause" else decoder._beads(each)
            out += _judged(gold, found, runs)
    return out


def _noting(runs: dict[float, tuple[float, float]], *arguments: Any) -> MovedBeads:
    """`moved_beads`, with the size and the score of the run that each is in, by the bead's own score."""
    found = moved_beads(*arguments)
    runs |= dict(
        zip(found.beads.score.round(4).tolist(), zip(found.run_size, found.run_score, strict=True), strict=True)
    )
    return found


def _judged(gold: GoldDocument, beads: Sequence[Bead], runs: Mapping[float, tuple[float, float]]) -> list[Judged]:
    lines_of = [{line for bead in beads for line in bead.segments[x]} for x in gold.languages]
    # lines that are in no bead are blank
    nodes = Nodes(np.repeat([0, 1], [len(x) for x in lines_of]), np.array([k for x in lines_of for k in sorted(x)]))
    groups = groups_of(beads, gold.languages, Nodes.of([len(x) for x in gold.lines]), calibration.Scale(1.0, 0.0))
    place = {n: k for k, n in enumerate(zip(nodes.edition.tolist(), nodes.number.tolist(), strict=True))}
    before = len(gold.lines[0])
    flat = np.array([place[int(n >= before), n - before * (n >= before)] for n in groups.nodes.flat.tolist()], np.int32)
    beside = gaps(groups._replace(nodes=groups.nodes._replace(flat=flat)), nodes, 2)
    out = []
    for k, bead in enumerate(beads):
        left, right = (tuple(bead.segments[x]) for x in gold.languages)
        moved = "moved" in bead.flags
        run, facing = runs.get(bead.score, (0.0, 0.0)) if moved else (counts[k] for counts in beside)
        out.append(
            Judged(
                bead.probability, is_right(gold, left, right), bool(left and right), moved, float(run), float(facing)
            )
        )
    return out


def trained(ground: Ground, documents: Sequence[Document]) -> Aligner:
    return train(documents, ground.documents[0].languages, seed_lexicon=ground.lexicon != "none")


def chosen(by_ground: Mapping[str, Sequence[Judged]], which: Callable[[Judged], bool]) -> dict[str, list[Judged]]:
    return {name: [bead for bead in beads if which(bead)] for name, beads in by_ground.items()}


def by_posterior(beads: Sequence[Judged]) -> Floats:
    return np.column_stack((log_odds([bead.posterior for bead in beads]), np.ones(len(beads))))


def by_gap(beads: Sequence[Judged]) -> Floats:
    run, facing = (np.array(column) for column in zip(*((bead.run, bead.facing) for bead in beads), strict=True))
    odds = log_odds(np.clip([bead.posterior for bead in beads], *calibration.DOUBT))
    return np.column_stack((odds, np.ones(len(beads)), *calibration.gap_logarithms(run, facing)))


def by_run(beads: Sequence[Judged]) -> Floats:
    size, gain = (np.array(column) for column in zip(*((bead.run, bead.facing) for bead in beads), strict=True))
    each, long = calibration.run_logarithms(size, gain)
    return np.column_stack((each, np.ones(len(beads)), long))


def refit(title: str, columns_of: Columns, by_ground: Mapping[str, Sequence[Judged]]) -> Floats:
    """Print and return the likeliest weights, and print how well they hold on each ground if its kind is left out."""
    data = {name: np.array([b.right for b in beads], np.float64) for name, beads in by_ground.items() if beads}
    columns = {name: columns_of(by_ground[name]) for name in data}

    def fit(names: Sequence[str]) -> Floats:
        right = [data[name] for name in names]
        weights = np.concatenate([np.full(len(each), len(each) ** -0.5) for each in right])
        return likeliest(np.concatenate([columns[name] for name in names]), np.concatenate(right), weights)

    everything = fit(list(data))
    print(f"{title}: refitted {tuple(everything.round(3).tolist())}")
    of_all: list[tuple[Floats, Floats]] = []
    for name, right in data.items():
        weights = fit([other for other in data if kind(other) != kind(name)])
        p = 1 / (1 + np.exp(-columns[name] @ weights))
        of_all.append((p, right))
        _print_row(name, p, right)
    _print_row("all of them", *(np.concatenate(column) for column in zip(*of_all, strict=True)))
    return everything


def _print_row(name: str, p: Floats, right: Floats) -> None:
    sure = p >= 0.99
    print(f"    {name:36s}{len(p):6d} beads, ECE {calibration_error(p, right):.3f}, mean p {p.mean():.3f}, right "
          f"{right.mean():.3f}, p >= .99 right {int(right[sure].sum())} of {int(sure.sum())}", flush=True)  # fmt: skip


def kind(name: str) -> str:
    return next((word for word in KINDS if word in name), name)


def log_odds(probability: Sequence[float] | Floats) -> Floats:
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


def documents() -> Floats:
    """Refit SHARP on right documents and on those with a second edition of another document."""
    rows: list[tuple[str, bool, float, float]] = []
    for ground in grounds(quick=True):
        if any(word in ground.name for word in (*NOT_FITTED, "chapters", "abridged")):
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
    return values


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
