"""Refit the numbers of align/calibration.py: `python benchmarks/align/calibration.py [--write] [--held-out]`.

Prints for each its value in the code and the refitted one; `--write` puts them into the code. `--held-out` shows
instead how the probabilities in the code hold on grounds that nothing is fitted on. All data are development data:
calibration_grounds.py, and newsroom sites for UNRELATED.

    SHARP               documents of the grounds of grounds.py, and first editions with second ones of other documents
    TRUST, SENTENCES,   two-sided beads of the grounds at the levels `auto` and `segment`
    BLOCKS
    LINES               those of lines at the level `clause`
    LONELY, FAMILIAR    one-sided beads by where they lie, and by the footing of their document
    MOVED,              moved beads, by the scores of their runs, and by the footing of their document
    MOVED_DOCUMENT
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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from calibration_grounds import fitted, held_out
from common import calibration_error, site
from ground_texts import GoldDocument, Ground, grounds
from grounds import is_right, measured
from scipy.optimize import minimize
from score_per_word import unrelated

from corpus_builder.align import calibration
from corpus_builder.align.aligner import Aligner, train
from corpus_builder.align.calibration import Footing
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
FAULTS = ("unrelated", "chapters", "halves", "reversed", "preface", "abridged", "made-up")
KINDS = (*FAULTS, "messages", "short lines", "subtitles", "Debian", "news units", "Text+Berg", "cases", "newsroom")
RIGHT_DOCUMENTS = 4.0
"""How often a right document counts: of files with one name most are translations. Chosen."""


class Judged(NamedTuple):
    """One bead of a ground."""

    posterior: float
    """The aligner's own; the document's footing is not in it."""
    right: bool
    two_sided: bool
    moved: bool
    run: float
    """If one-sided: how many lines without a counterpart lie at its place; if moved: how many beads its run has."""
    facing: float
    """How many of the other edition lie there; the summed score of its run."""
    share: float
    """If one-sided: the share of such beads in the document; if moved: that of moved ones among two-sided beads."""
    related: float
    """The log odds that the editions are translations, before TRUST."""
    known: float


@dataclass(slots=True)
class Notes:
    """What the aligner saw of the document that it aligned last."""

    related: float = 1.0
    known: float = 1.0
    runs: dict[float, tuple[float, float]] = field(default_factory=dict)
    """By the score of a moved bead the size and the score of its run."""
    moved_share: float = 0.0


Columns = Mapping[str, Floats]
"""[beads] by name, what a probability depends on."""
Probability = Callable[[Floats, Columns], Floats]
"""[beads] from the weights and the columns."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="1,2,3,4,5", help="of newsroom sites; 1 to 5 are for development")
    options.add_argument("--write", action="store_true", help="put the refitted numbers into the code")
    options.add_argument("--held-out", action="store_true", help="only measure, on grounds that nothing is fitted on")
    a = options.parse_args()
    if a.held_out:
        measure(held_out())
        return
    values: dict[str, Floats | Sequence[float]] = {"SHARP": documents()}
    with patch.object(calibration, "SHARP", tuple(values["SHARP"])):
        auto, clause = beads_of_grounds()
    paths, sides = chosen(auto, lambda bead: bead.two_sided and not bead.moved), chosen(auto, lambda b: not b.two_sided)
    trust = refit("TRUST, SENTENCES", by_trust, (2.0, -0.5, 0.75, 0.4), paths)
    values |= {"TRUST": trust[:2], "SENTENCES = BLOCKS": trust[2:]}
    with patch.object(calibration, "TRUST", tuple(trust[:2])):
        values["LINES"] = refit("LINES", by_posterior, (0.7, 1.0),
                                chosen(clause, lambda bead: bead.two_sided and not bead.moved))  # fmt: skip
        lonely = refit("LONELY, FAMILIAR", by_gap, (0.4, -1.3, 0.4, -3.3, 3.7, 0.2, 2.4, -2.6), sides)
        values |= {"LONELY": lonely[:5], "FAMILIAR": lonely[5:]}
        moved = refit("MOVED, MOVED_DOCUMENT", by_run, (0.2, 0.2, 1.3, 0.0, 0.1, 6.3, 2.0),
                      chosen(auto, lambda bead: bead.moved))  # fmt: skip
        values |= {"MOVED": moved[:3], "MOVED_DOCUMENT": moved[3:]}
    unrelated([site(int(seed)) for seed in a.seeds.split(",")])
    written = {name: line_of(name, row) for name, row in values.items()}
    print("\n".join(written.values()))
    if a.write:
        write(written)


def measure(grounds_of: Iterable[Ground]) -> None:
    """Print a row for each ground at the level `auto`, and how many have an ECE above .03."""
    errors, rows = [], []
    for ground in grounds_of:
        f1, beads, _ = measured(ground, "auto", here=True)
        p, right = (np.array(column, np.float64) for column in list(zip(*beads, strict=True))[:2])
        _print_row(f"{ground.name}, F1 {f1:.4f}", p, right)
        errors.append(calibration_error(p, right))
        rows.append((int(right[p >= 0.99].sum()), int((p >= 0.99).sum())))
    ece = np.array(errors)
    sure_right, sure = map(sum, zip(*rows, strict=True))
    print(f"{len(ece)} grounds: mean ECE {ece.mean():.3f}, median {np.median(ece):.3f}, above .03 "
          f"{(ece > 0.03).sum()}, above .1 {(ece > 0.1).sum()}; p >= .99 right {sure_right} of {sure}")  # fmt: skip


def line_of(name: str, values: Sequence[float] | Floats) -> str:
    """A line of the code."""
    row = ", ".join(f"{value:.3f}" for value in values)
    most = calibration.LINES.most if name == "LINES" else None
    if name not in ("SENTENCES = BLOCKS", "LINES"):
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
    quick = {ground.name for ground in grounds(quick=True)}
    for ground in fitted():
        level = "sentence" if "Text+Berg" not in ground.name else "clause"
        (clause if level == "clause" else auto)[ground.name] = judged(ground, level)
        if ground.name in quick:
            auto[f"{ground.name}, segment"] = judged(ground, "segment")
        if ground.name.startswith(CLAUSE) and level != "clause" and not any(word in ground.name for word in FAULTS):
            clause[f"{ground.name}, clause"] = judged(ground, "clause")
    return auto, clause


@contextmanager
def uncalibrated(notes: Notes) -> Iterator[None]:
    """A context in which the aligner gives its posteriors as they are, and notes the footing of documents."""
    footing = Aligner.footing

    def noting_footing(*arguments: Any) -> Footing:
        found = footing(*arguments)
        notes.known = found.known
        return found

    def noting_related(probability: float) -> float:
        notes.related = probability
        return 1.0

    with ExitStack() as stack:
        for name in SCALES:
            stack.enter_context(patch(name, calibration.Scale(1.0, 0.0)))
        stack.enter_context(patch(f"{ALIGN}.texts.lines.alone_in_gap", lambda alone, *_: alone))
        stack.enter_context(patch(f"{ALIGN}.aligner.trusted", noting_related))
        stack.enter_context(patch(f"{ALIGN}.aligner.moved_beads", partial(_noting_runs, notes)))
        stack.enter_context(patch.object(Aligner, "footing", noting_footing))
        yield


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
            notes = Notes()
            with uncalibrated(notes):
                found = decoder._by_segmentations(each) if level == "clause" else decoder._beads(each)
            out += _judged(gold, found, notes)
    return out


def _noting_runs(notes: Notes, *arguments: Any) -> MovedBeads:
    """`moved_beads`, noting what is known of their runs."""
    found = moved_beads(*arguments)
    size = len(found.beads.score)
    notes.moved_share = size / max(size + int(found.kept.sum()), 1)
    runs = zip(found.run_size.tolist(), found.run_score.tolist(), strict=True)
    notes.runs = dict(zip(found.beads.score.round(4).tolist(), runs, strict=True))
    return found


def _judged(gold: GoldDocument, beads: Sequence[Bead], notes: Notes) -> list[Judged]:
    lines_of = [{line for bead in beads for line in bead.segments[x]} for x in gold.languages]
    # lines that are in no bead are blank
    nodes = Nodes(np.repeat([0, 1], [len(x) for x in lines_of]), np.array([k for x in lines_of for k in sorted(x)]))
    groups = groups_of(beads, gold.languages, Nodes.of([len(x) for x in gold.lines]), calibration.Scale(1.0, 0.0))
    place = {n: k for k, n in enumerate(zip(nodes.edition.tolist(), nodes.number.tolist(), strict=True))}
    before = len(gold.lines[0])
    flat = np.array([place[int(n >= before), n - before * (n >= before)] for n in groups.nodes.flat.tolist()], np.int32)
    beside = gaps(groups._replace(nodes=groups.nodes._replace(flat=flat)), nodes, 2)
    related = float(log_odds([notes.related])[0])
    one_sided = float((beside[0] > 0).mean()) if len(beads) else 0.0
    out = []
    for k, bead in enumerate(beads):
        left, right = (tuple(bead.segments[x]) for x in gold.languages)
        moved = bool(left and right) and bead.score in notes.runs  # no path leads through it
        run, facing = notes.runs[bead.score] if moved else (counts[k] for counts in beside)
        out.append(Judged(
            bead.probability, is_right(gold, left, right), bool(left and right), moved, float(run), float(facing),
            notes.moved_share if moved else one_sided, related, notes.known,
        ))  # fmt: skip
    return out


def trained(ground: Ground, documents: Sequence[Document]) -> Aligner:
    return train(documents, ground.documents[0].languages, seed_lexicon=ground.lexicon != "none")


def chosen(by_ground: Mapping[str, Sequence[Judged]], which: Callable[[Judged], bool]) -> dict[str, list[Judged]]:
    return {name: [bead for bead in beads if which(bead)] for name, beads in by_ground.items()}


def columns_of(beads: Sequence[Judged]) -> Columns:
    posterior, _, _, _, run, facing, share, related, known = (np.array(x, np.float64) for x in zip(*beads, strict=True))
    own = log_odds(np.clip(posterior, *calibration.DOUBT))
    each, long = calibration.run_logarithms(np.maximum(run, 1.0), facing)
    in_gap, opposite = calibration.gap_logarithms(run, facing)
    return {"posterior": posterior, "own": own, "each": each, "long": long, "in_gap": in_gap, "opposite": opposite,
            "share": share, "related": related, "known": known}  # fmt: skip


def odds(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), np.float64)


def by_trust(w: Floats, c: Columns) -> Floats:
    return odds(w[2] * log_odds(c["posterior"] * odds(w[0] * c["related"] + w[1])) + w[3])


def by_posterior(w: Floats, c: Columns) -> Floats:
    return by_trust(np.array([*calibration.TRUST, *w]), c)


def trust(c: Columns) -> Floats:
    """The log odds that alignments can be trusted, as the aligner's functions get them."""
    slope, shift = calibration.TRUST
    most = calibration.MOST_RELATED
    return np.clip(slope * c["related"] + shift, -most, most)


def by_gap(w: Floats, c: Columns) -> Floats:
    own = w[0] * c["own"] + w[1] + w[2] * c["in_gap"] + w[3] * c["opposite"] + w[4] * c["known"]
    return 1 - odds(w[5] * trust(c) + w[6] + w[7] * c["share"]) * (1 - odds(own))


def by_run(w: Floats, c: Columns) -> Floats:
    doubt = c["known"] * np.minimum(trust(c), 0.0)
    document = odds(w[3] * trust(c) + w[4] + w[5] * c["share"] * c["each"] + w[6] * doubt)
    return document * odds(w[0] * c["each"] + w[1] + w[2] * c["long"])


def refit(
    title: str, probability: Probability, start: Sequence[float], by_ground: Mapping[str, Sequence[Judged]]
) -> Floats:
    """Print and return the likeliest weights, and print how well they hold on each ground if its kind is left out."""
    data = {name: np.array([b.right for b in beads], np.float64) for name, beads in by_ground.items() if beads}
    columns = {name: columns_of(by_ground[name]) for name in data}

    def fit(names: Sequence[str], begin: Sequence[float] | Floats) -> Floats:
        right = [data[name] for name in names]
        weights = np.concatenate([np.full(len(each), len(each) ** -0.5) for each in right])
        joined = {key: np.concatenate([columns[name][key] for name in names]) for key in columns[names[0]]}
        return likeliest(partial(_turned, probability, joined), np.concatenate(right), weights, begin)

    everything = fit(list(data), start)
    print(f"{title}: refitted {tuple(everything.round(3).tolist())}")
    by_kind = {word: fit([other for other in data if kind(other) != word], everything) for word in map(kind, data)}
    of_all: list[tuple[Floats, Floats]] = []
    for name, right in data.items():
        p = probability(by_kind[kind(name)], columns[name])
        of_all.append((p, right))
        _print_row(name, p, right)
    _print_row("all of them", *(np.concatenate(column) for column in zip(*of_all, strict=True)))
    return everything


def _turned(probability: Probability, columns: Columns, weights: Floats) -> Floats:
    return probability(weights, columns)


def _print_row(name: str, p: Floats, right: Floats) -> None:
    sure = p >= 0.99
    print(f"    {name:44s}{len(p):6d} beads, ECE {calibration_error(p, right):.3f}, mean p {p.mean():.3f}, right "
          f"{right.mean():.3f}, p >= .99 right {int(right[sure].sum())} of {int(sure.sum())}", flush=True)  # fmt: skip


def kind(name: str) -> str:
    return next((word for word in KINDS if word in name), name)


def log_odds(probability: Sequence[float] | Floats) -> Floats:
    inside = np.clip(np.array(probability, np.float64), calibration.EDGE, 1 - calibration.EDGE)
    out: Floats = np.log(inside / (1 - inside))
    return out


def likeliest(
    probability: Callable[[Floats], Floats], right: Floats, weights: Floats, start: Sequence[float] | Floats
) -> Floats:
    """The weights by which the outcomes are likeliest (hardly regularized)."""

    def loss(w: Floats) -> float:
        p = np.clip(probability(w), 1e-9, 1 - 1e-9)
        terms = np.log(np.where(right > 0, p, 1 - p))
        return float(-(weights * terms).sum() / weights.sum() + 1e-4 * (w**2).sum())

    out: Floats = minimize(loss, np.array(start, np.float64), method="BFGS").x
    return out


def documents() -> Floats:
    """Refit SHARP on right documents and on those with a second edition of another document, whole and short."""
    rows: list[tuple[str, bool, int, tuple[float, float, float]]] = []
    for ground in grounds(quick=True):
        if any(word in ground.name for word in ("halves", "reversed", "unrelated", "chapters", "abridged")):
            continue
        for right, chosen in ((True, list(ground.documents)), (False, exchanged(ground.documents))):
            prepared = lines.prepare([Text(x.name, dict(zip(x.languages, map(tuple, x.lines), strict=True)))
                                      for x in chosen], "sentence")  # fmt: skip
            if right and not ground.lone:
                aligner = trained(ground, [x.document for x in prepared])
            for number, each in enumerate(prepared):
                few = number < (MOST_SHORT_ALONE if ground.lone else MOST_SHORT)
                for size in (WHOLE, *SHORT) if few else (WHOLE,):
                    document = beginning(each.document, size)
                    used = trained(ground, [document]) if ground.lone else aligner
                    rows += [(ground.name, right, size, seen) for seen in likenesses(used, document)]
    names, right, sizes, seen = (np.array(column) for column in zip(*rows, strict=True))
    columns = np.column_stack((seen, np.ones(len(right))))
    weights = np.array([(RIGHT_DOCUMENTS if r else 1.0) * (1.0 if size == WHOLE else 1.0 / len(SHORT))
                        / ((names == n) & (right == r) & (sizes == size)).sum()
                        for n, r, size in zip(names, right, sizes, strict=True)])  # fmt: skip
    values = sharp_weights(columns, right, weights)
    print(f"SHARP: {calibration.SHARP} in the code, refitted {tuple(values.round(3).tolist())}")
    p, before = np.empty(len(right)), odds(columns @ np.array(calibration.SHARP))
    for word in {kind(name) for name in names}:
        own = np.array([kind(name) == word for name in names])
        p[own] = odds(columns[own] @ sharp_weights(columns[~own], right[~own], weights[~own]))
    for word in sorted({kind(name) for name in names}):
        own = np.array([kind(name) == word for name in names])
        print(f"    {word:20s} left out: {means(p, right, own & (sizes == WHOLE))}")
    for size in (WHOLE, *SHORT):
        print(f"    {f'first {size} segments' if size else 'whole':20s} left out: {means(p, right, sizes == size)}; "
              f"by the code {means(before, right, sizes == size)}")  # fmt: skip
    return values


WHOLE = 0
SHORT = (1, 2, 3, 5, 8)
"""Segments of short documents. Chosen: an item of a news feed has as many."""
MOST_SHORT, MOST_SHORT_ALONE = 60, 12
"""Documents of a ground that are also read short, where they are aligned together and one by one. Chosen for time."""


def beginning(document: Document, size: int) -> Document:
    """A document's first segments; all for WHOLE."""
    if size == WHOLE:
        return document
    return replace(document, segments={x: own[:size] for x, own in document.segments.items()})


def means(p: Floats, right: npt.NDArray[np.bool_], own: npt.NDArray[np.bool_]) -> str:
    """The mean probability of right documents and of wrong ones."""
    both = [f"{p[own & (right == r)].mean():.3f}" if (own & (right == r)).any() else "-" for r in (True, False)]
    return f"right documents {both[0]}, wrong ones {both[1]}"


def sharp_weights(columns: Floats, right: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    return likeliest(lambda w: odds(columns @ w), right.astype(np.float64), weights, [0.0] * columns.shape[1])


def exchanged(documents: Sequence[GoldDocument]) -> list[GoldDocument]:
    following = [*documents[1:], documents[0]]
    return [replace(x, lines=(x.lines[0], y.lines[1]), gold=()) for x, y in zip(documents, following, strict=True)
            if x is not y and x.languages == y.languages]  # fmt: skip


def likenesses(aligner: Aligner, document: Document) -> Iterable[tuple[float, float, float]]:
    """What calibration.sharp_probability reads of each pair of editions."""
    for (a, b), (pair, lattice) in aligner.lattices(document).items():
        path = best(lattice.arcs, pair.sizes)
        known = calibration.known_share(pair, lattice.matches)
        yield calibration.likeness(pair, path, aligner.pair_state(a, b).model, known)


if __name__ == "__main__":
    main()
