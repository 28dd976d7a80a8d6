"""Does the order of the segments matter? A document is compared with its second edition reversed.

The reversed edition has the same words and the same lengths, and no monotone alignment. What the best path scores more
than the best path of the reversed one is evidence that the editions are translations which needs no scale: both scores
come from the same model, however little it knows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from corpus_builder.align.two.edition_pair import EditionPair, PairLattice, best, lattice_in_band
from corpus_builder.align.two.lattice_model import LatticeModel
from corpus_builder.align.two.search_band import WHOLE, band_of
from corpus_builder.align.words.document_arrays import EncodedEdition
from corpus_builder.ragged import Ragged, offsets


def order_gain(pair: EditionPair, lattice: PairLattice, model: LatticeModel) -> float:
    """What the order gains, in nats for the square root of the shorter edition's segments; 0 for long documents.

    Under no relation the difference of two sums of n scores grows with √n.
    """
    if not 0 < pair.a.size * pair.b.size <= WHOLE:
        return 0.0
    turned = replace(pair, b=_reversed(pair.b), similarity=None, pins=None)
    band = band_of(turned.a, turned.b, lattice.matches.links)
    control = lattice_in_band(turned, model, lattice.matches, band)
    gain = best(lattice.arcs, pair.sizes).score.sum() - best(control.arcs, turned.sizes).score.sum()
    return float(gain) / float(np.sqrt(min(pair.sizes)))


def _reversed(edition: EncodedEdition) -> EncodedEdition:
    """The edition with its segments in reverse order; labels of blocks stay with their segments."""
    order = np.arange(edition.size)[::-1]
    sizes = edition.words.sizes[order]
    starts = offsets(sizes)
    flat = np.concatenate([edition.words.row(i) for i in order.tolist()]).astype(np.int32)
    return replace(
        edition, words=Ragged(flat, starts), lengths=edition.lengths[order].copy(),
        edges=edition.edges[::-1].copy(), roles=edition.roles[order].copy(),
    )  # fmt: skip
