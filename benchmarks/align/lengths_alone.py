"""Would lone documents gain from lengths alone, where words say little? `python benchmarks/align/lengths_alone.py`.

Aligns lone documents without a seed lexicon twice: as the aligner does, and with self-training by lengths and shapes
only, as if no word matched; and by Gale-Church. Prints mean strict F1 of the three and of choosing the best for each
document, and the correlation of what lengths alone gain with what could decide it: nats that words add to a bead of the
path (the document's own counts left out), the same against shuffled beads in standard deviations (a permutation test),
the mean posterior, and the share of words that is known.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
from ground_texts import MESSAGES, GoldDocument, messages, subtitles, windows
from grounds import gale_church

from corpus_builder.align.aligner import Aligner, train
from corpus_builder.align.arcs import Arcs
from corpus_builder.align.calibration import known_share
from corpus_builder.align.texts import decoding, lines
from corpus_builder.align.texts.folder import Text
from corpus_builder.align.two import edition_pair
from corpus_builder.align.two.edition_pair import EditionPair, best, lattice_in_band
from corpus_builder.align.words.translation_table import Matches, TranslationTable
from corpus_builder.ragged import SparseRows

OTHERS = (("en", "ko"), ("fr", "ja"), ("en", "km"), ("ko", "th"), ("en", "ml"), ("en", "hy"), ("vi", "en"),
          ("en", "mr"))  # fmt: skip
SHUFFLES = 20


class Evidence(NamedTuple):
    """What could decide whether words help."""

    nats: float
    deviations: float
    posterior: float
    known: float


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    rows = []
    for name, document in documents():
        aligner, beads = aligned(document)
        ours, by_gale_church = f1(beads, document), f1(gale_church(*document.lines), document)
        with patch.object(edition_pair, "matches_of", no_matches):
            lengths = f1(aligned(document)[1], document)
        rows.append((ours, lengths, by_gale_church, *evidence(aligner, document)))
        print(f"{name:12s}{document.name:8s}{ours:8.4f}{lengths:8.4f}{by_gale_church:8.4f}", flush=True)
    ours, lengths, by_gale_church, *seen = np.array(rows, np.float64).T
    print(f"{len(rows)} documents: F1 {ours.mean():.4f}, lengths alone {lengths.mean():.4f}, Gale-Church "
          f"{by_gale_church.mean():.4f}; the better of ours and lengths {np.maximum(ours, lengths).mean():.4f}, "
          f"of ours and Gale-Church {np.maximum(ours, by_gale_church).mean():.4f}")  # fmt: skip
    for field, values in zip(Evidence._fields, seen, strict=True):
        print(f"{field}: correlation with what lengths alone gain {np.corrcoef(values, lengths - ours)[0, 1]:.2f}, "
              f"with what Gale-Church gains {np.corrcoef(values, by_gale_church - ours)[0, 1]:.2f}")  # fmt: skip


def documents() -> Iterator[tuple[str, GoldDocument]]:
    for x, y in (*MESSAGES, *OTHERS):
        for document in messages(x, y, 4, (40, 90)):
            yield f"{x}-{y}", document
    for pair in ("en-uk", "en-ru"):
        for document in [*windows(pair, 8, (30, 60)), *subtitles(pair, 4)]:
            yield pair, document


def aligned(document: GoldDocument) -> tuple[Aligner, list[tuple[Sequence[int], Sequence[int]]]]:
    x, y = document.languages
    (prepared,) = lines.prepare([Text(document.name, {x: tuple(document.lines[0]), y: tuple(document.lines[1])})],
                                "sentence")  # fmt: skip
    aligner = train([prepared.document], document.languages, seed_lexicon=None)
    beads = lines.beads_of_lines(prepared, decoding.alignment_of(aligner, prepared))
    return aligner, [(bead.segments[x], bead.segments[y]) for bead in beads]


def f1(beads: Sequence[tuple[Sequence[int], Sequence[int]]], document: GoldDocument) -> float:
    found = {(tuple(left), tuple(right)) for left, right in beads if left and right}
    gold = {(tuple(left), tuple(right)) for left, right in document.gold}
    return 2 * len(found & gold) / max(len(found) + len(gold), 1)


def no_matches(pair: EditionPair, table: TranslationTable, trained_on: Arcs | None) -> Matches:  # noqa: ARG001
    """In place of edition_pair.matches_of: nothing is known of any word."""
    a, b = len(pair.a.shares), len(pair.b.shares)
    nothing = SparseRows(np.zeros(a + 1, np.int32), np.zeros(0, np.int32), np.zeros((0, 2), np.float32))
    return Matches(nothing, np.zeros(a), np.zeros(b))


def evidence(aligner: Aligner, document: GoldDocument) -> Evidence:
    x, y = document.languages
    (prepared,) = lines.prepare([Text(document.name, {x: tuple(document.lines[0]), y: tuple(document.lines[1])})],
                                "sentence")  # fmt: skip
    (((a, b), (pair, lattice)),) = aligner.lattices(prepared.document).items()
    state = aligner.pair_state(a, b)
    silent = lattice_in_band(pair, state.model, no_matches(pair, state.table, None), lattice.band)
    by_words = lattice.scores - silent.scores
    path = best(lattice.arcs, pair.sizes)
    path = path.take(path.linked)
    one = path.take(path.shape == 0)
    chance = np.random.default_rng(0)
    shuffled = [by_words[one.i, 0, chance.permutation(one.j)].mean() for _ in range(SHUFFLES)]
    nats = float(by_words[path.i, path.shape, path.j].mean())
    deviations = (by_words[one.i, 0, one.j].mean() - np.mean(shuffled)) / max(float(np.std(shuffled)), 1e-6)
    return Evidence(nats, float(deviations), float(path.probability.mean()), known_share(pair, lattice.matches))


if __name__ == "__main__":
    main()
