"""What an encoder sees of the errors on Text+Berg dev: `python benchmarks/align/encoder_textberg.py --encoder use`.

Level `clause`, no seed lexicon. Prints strict F1 of the whole text and of the beads of its first and second half (a way
to use the encoder is worth something if it gains in both):

- `share`: the encoder counts in training by a share that is given, whatever it explains beyond the words;
- `cosine`, `margin`: the aligner's beads of lines are weighed again by the vectors of their joined lines, and the path
  is sought again. A bead's probability is multiplied by exp(weight · z), where z is how many standard deviations its
  similarity is above those of the confident beads, and divided by the mean factor of the beads that share its lines;
- how often the vectors prefer the bead of the gold: to the wrong beads that were taken instead of it, and, where a
  right bead was taken, to the likeliest other one with these lines.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np
import numpy.typing as npt
import textberg

from corpus_builder.align import training
from corpus_builder.align.encoder.bundled import BUNDLED
from corpus_builder.align.encoder.cache import Embedder
from corpus_builder.align.encoder.open import open_encoder
from corpus_builder.align.texts import pooling
from corpus_builder.align.texts.command import align_texts
from corpus_builder.align.texts.line_spans import LineSpan
from corpus_builder.align.texts.score import Sides, tally
from corpus_builder.align.two import encoder_evidence

SHARES = (0.1, 0.2, 0.35, 0.5, 1.0)
WEIGHTS = (0.5, 1.0, 1.5, 2.0, 3.0)
POSSIBLE = 0.003
"""Beads of lines that are less likely are not encoded: there are hundreds of them a page."""
CONFIDENT = 0.9
RIVAL = (0.01, 0.1)


class Ground(NamedTuple):
    """The text, its gold, and the two-sided beads of it."""

    texts: tuple[list[str], list[str]]
    beads: set[Sides]
    linked: set[Sides]
    middle: tuple[int, int]
    """The lines at which the second half of the gold begins."""


@cache
def ground() -> Ground:
    """Read when it is first needed: --help answers without ../shared."""
    german, french, gold = textberg.cut(1)[0]
    beads = {(tuple(left), tuple(right)) for left, right in gold}
    second = gold[len(gold) // 2 :]
    middle = next(left[0] for left, _ in second if left), next(right[0] for _, right in second if right)
    return Ground((german, french), beads, {bead for bead in beads if all(bead)}, middle)


def halves(found: set[Sides]) -> str:
    """Strict F1 of the whole, the first and the second half."""
    figures = []
    for half in (None, 0, 1):
        chosen = [{bead for bead in beads if half in (None, _half(bead))} for beads in (found, ground().beads)]
        figures.append(f"{tally(*chosen).scored().strict.f1:.4f}")
    return "  ".join(figures)


def _half(bead: Sides) -> int:
    side = 0 if bead[0] else 1
    return int(bead[side][0] >= ground().middle[side])


def aligned(encoder: str | None, stored: Path, share: float) -> tuple[set[Sides], dict[LineSpan, float]]:
    """The beads that `align` writes, and the probabilities of all beads of lines that it chose from."""
    seen: list[dict[LineSpan, float]] = []
    path_of = pooling.path_of

    def noted(pooled: pooling.Spans, sizes: tuple[int, int]) -> list[tuple[LineSpan, float]]:
        seen.append(dict(pooled))
        return path_of(pooled, sizes)

    with (
        tempfile.TemporaryDirectory() as name,
        mock.patch.object(pooling, "path_of", noted),
        mock.patch.object(encoder_evidence, "share", return_value=share),
        mock.patch.object(training, "GAIN", -math.inf),
    ):
        folder = Path(name)
        model = folder / "model"
        model.mkdir()
        for path in stored.glob("*.sqlite"):
            (model / path.name).symlink_to(path)
        textberg.write_documents(textberg.cut(1), folder)
        align_texts(folder, folder / "beads.jsonl", ("de", "fr"), level="clause", seed_lexicon=None, encoder=encoder,
                    model=model)  # fmt: skip
        rows = [json.loads(line)["segments"] for line in (folder / "beads.jsonl").read_text("utf-8").splitlines()]
        for path in model.glob("*.sqlite"):
            if not path.is_symlink():
                shutil.move(path, stored / path.name)
    return {(tuple(row.get("de") or ()), tuple(row.get("fr") or ())) for row in rows}, seen[0]


class Vectors:
    """Unit vectors of groups of lines, each encoded as one text, and how near the nearest lines are to them."""

    def __init__(self, embedder: Embedder, beads: Iterable[Sides]) -> None:
        sides = list(zip(*beads, strict=True))
        self.of, self.near = [], []
        lines = [embedder.embed([line.strip() for line in texts]) for texts in ground().texts]
        for side, texts in enumerate(ground().texts):
            groups = sorted(set(sides[side]))
            vectors = embedder.embed([" ".join(texts[i].strip() for i in group) for group in groups])
            near = np.sort(vectors @ lines[1 - side].T, axis=1)[:, -encoder_evidence.NEIGHBOURS :].mean(axis=1)
            self.of.append(dict(zip(groups, vectors, strict=True)))
            self.near.append(dict(zip(groups, near.tolist(), strict=True)))

    def cosine(self, bead: Sides) -> float:
        """Of the two sides."""
        left, right = bead
        return float(self.of[0][left] @ self.of[1][right])

    def margin(self, bead: Sides) -> float:
        """The cosine, compared with those of the nearest lines of the other edition."""
        left, right = bead
        return self.cosine(bead) - (self.near[0][left] + self.near[1][right]) / 2


def lines_of(bead: Sides) -> set[tuple[int, int]]:
    """(side, line) of all its lines."""
    return {(side, line) for side in (0, 1) for line in bead[side]}


def weighed(pooled: Mapping[LineSpan, float], z: Mapping[Sides, float], weight: float) -> dict[LineSpan, float]:
    """The probabilities times exp(weight · z), relative to those of the beads of the same lines; z of others is -2."""
    before: dict[tuple[int, int], float] = defaultdict(float)
    after: dict[tuple[int, int], float] = defaultdict(float)
    factors, lines = {}, {}
    for span, p in pooled.items():
        factors[span] = math.exp(weight * (z.get((span.left, span.right), -2.0) + 2.0))
        lines[span] = [*((0, i) for i in range(span.a, span.end_a)), *((1, j) for j in range(span.b, span.end_b))]
        for line in lines[span]:
            before[line] += p
            after[line] += p * factors[span]
    return {
        span: min(p * factors[span] * math.exp(np.mean([math.log(before[x] / after[x]) for x in lines[span]])), 1.0)
        for span, p in pooled.items()
    }


def reached(pooled: Mapping[LineSpan, float]) -> set[Sides]:
    """The beads of the best path; lines without a counterpart are one-sided ones."""
    german, french = ground().texts
    sizes = len(german), len(french)
    beads = {(span.left, span.right) for span, _ in pooling.path_of(pooled, sizes)}
    used = {line for bead in beads for line in lines_of(bead)}
    alone = {(side, i) for side in (0, 1) for i in range(sizes[side])} - used
    return beads | {((i,), ()) if side == 0 else ((), (i,)) for side, i in alone}


def deviations(scores: Mapping[Sides, float], sure: Iterable[Sides]) -> dict[Sides, float]:
    """Standard deviations above the mean of the confident beads."""
    usual: npt.NDArray[np.float64] = np.array([scores[bead] for bead in sure])
    return {bead: float((score - usual.mean()) / usual.std()) for bead, score in scores.items()}


def preferred(vectors: Vectors, found: set[Sides], possible: Mapping[Sides, float]) -> None:
    """Print how often the vectors prefer the gold."""
    linked, missed, right = ground().linked, 0, 0
    for bead in sorted(linked - found):
        rivals = [r for r in found - linked if all(r) and lines_of(r) & lines_of(bead)]
        missed += bool(rivals)
        right += bool(rivals) and vectors.cosine(bead) > max(map(vectors.cosine, rivals))
    print(f"wrong beads taken instead of {missed} of the gold: the vectors prefer the gold {right} times")
    for least in RIVAL:
        preferred_to = []
        for bead in sorted(linked & found):
            rivals = [r for r, p in possible.items() if p > least and r != bead and lines_of(r) & lines_of(bead)]
            if rivals:
                preferred_to.append(vectors.cosine(bead) > vectors.cosine(max(rivals, key=lambda r: possible[r])))
        print(f"right beads with a rival of p > {least}: {len(preferred_to)}; "
              f"the vectors prefer the right one {sum(preferred_to)} times")  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--encoder", default="use", choices=sorted(BUNDLED))
    options.add_argument("--cache", type=Path, help="folder of vectors (default: a temporary one)")
    a = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        stored = (a.cache or Path(temporary)).resolve()
        stored.mkdir(parents=True, exist_ok=True)
        found, pooled = aligned(None, stored, 0.0)
        print(f"{'':14s}whole   first   second half\n{'words alone':14s}{halves(found)}", flush=True)
        for share in SHARES:
            print(f"share {share:<8}{halves(aligned(a.encoder, stored, share)[0])}", flush=True)
        possible: dict[Sides, float] = defaultdict(float)
        for span, p in pooled.items():
            if p > POSSIBLE and span.left and span.right:
                possible[span.left, span.right] += p
        vectors = Vectors(open_encoder(a.encoder, stored), {*possible, *ground().linked, *(b for b in found if all(b))})
        sure = [bead for bead, p in possible.items() if p > CONFIDENT]
        for kind, similarity in (("cosine", vectors.cosine), ("margin", vectors.margin)):
            z = deviations({bead: similarity(bead) for bead in possible}, sure)
            for weight in WEIGHTS:
                print(f"{kind} {weight:<7}{halves(reached(weighed(pooled, z, weight)))}", flush=True)
        preferred(vectors, found, possible)


if __name__ == "__main__":
    main()
