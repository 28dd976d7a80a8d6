"""The evidence of a third edition for the links of two.

From the link posteriors L of each language pair: if i and j are both linked with k of the third edition, they are
likely linked themselves, τ_ij = min(1, Σ_k L_ik L_kj); if both are certainly linked there, but not with the same
segment, they are likely not. V_ij = τ_ij - ½ conf_i conf_j, where conf is the posterior that a segment is linked in the
third edition. The lattice adds the mean of V over either side of a bead. With more than three editions V is the mean
over the others.

Requiring all triangles to close would be wrong: editions merge and split differently, and about a fifth of all gold
links do not close (counted on NTREX with the aligner's prototype).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Arcs
from corpus_builder.align.bead_shapes import OFFSETS, SHAPES, SIZE
from corpus_builder.align.transpose import transposed
from corpus_builder.align.two.search_band import Band
from corpus_builder.jit import compiled
from corpus_builder.ragged import SparseRows

LINKS = 24
"""Number of links of a segment that are kept. Chosen: posteriors sum to 1, so more than a few are all faint."""
FAINT = 0.001
"""Beads with smaller posteriors are ignored. Chosen for speed."""


def links(arcs: Arcs, size_a: int) -> SparseRows:
    """By segment of a the segments of b, rising, with the posterior that they are linked: of all beads that do so."""
    return SparseRows(*_links(arcs.i, arcs.j, arcs.shape, arcs.probability, size_a))


def support(
    a: str, b: str, all_links: Mapping[tuple[str, str], SparseRows], sizes: Mapping[str, int], band: Band, width: int
) -> npt.NDArray[np.float32]:
    """V of each segment of a with each segment of b in its band, [segments of a, width].

    `all_links` has for each language pair, in one of its orders, the `links`; `sizes` the number of segments of each
    edition that has any.
    """
    out = np.zeros((len(band.first), width), np.float32)
    others = [c for c in sizes if c not in (a, b)]
    for c in others:
        ac, cb = _directed(a, c, all_links, sizes), _directed(c, b, all_links, sizes)
        _add_support(
            out=out, starts_ac=ac.starts, columns_ac=ac.columns, values_ac=ac.values,
            starts_cb=cb.starts, columns_cb=cb.columns, values_cb=cb.values,
            first=band.first, last=band.last, others=len(others),
        )  # fmt: skip
    return out


def _directed(a: str, b: str, all_links: Mapping[tuple[str, str], SparseRows], sizes: Mapping[str, int]) -> SparseRows:
    """The links from a to b."""
    return all_links[a, b] if (a, b) in all_links else transposed(all_links[b, a], sizes[a])


@compiled
def _links(arc_i: Any, arc_j: Any, shape: Any, probability: Any, size_a: int) -> Any:
    # few links a segment: each row is a short list, searched from its end
    room = LINKS
    columns, sums = np.empty((size_a, room), np.int32), np.zeros((size_a, room))
    count = np.zeros(size_a, np.int32)
    for k in range(len(shape)):
        if shape[k] >= len(SHAPES) or probability[k] < FAINT:
            continue
        p, q = SHAPES[shape[k], 0], SHAPES[shape[k], 1]
        for m in range(SIZE[p]):
            i = arc_i[k] + OFFSETS[p, m]
            for n in range(SIZE[q]):
                j = arc_j[k] + OFFSETS[q, n]
                listed = False
                for e in range(count[i]):
                    if columns[i, e] == j:
                        sums[i, e] += probability[k]
                        listed = True
                        break
                if not listed and count[i] < room:
                    columns[i, count[i]] = j
                    sums[i, count[i]] = probability[k]
                    count[i] += 1
    starts = np.zeros(size_a + 1, np.int32)
    for i in range(size_a):
        starts[i + 1] = starts[i] + count[i]
    flat, flat_sums = np.empty(starts[-1], np.int32), np.empty(starts[-1])
    for i in range(size_a):
        order = np.argsort(columns[i, : count[i]])
        for e in range(count[i]):
            flat[starts[i] + e] = columns[i, order[e]]
            flat_sums[starts[i] + e] = min(sums[i, order[e]], 1.0)
    return starts, flat, flat_sums


@compiled
def _add_support(
    out: Any, starts_ac: Any, columns_ac: Any, values_ac: Any, starts_cb: Any, columns_cb: Any, values_cb: Any,
    first: Any, last: Any, others: int,
) -> None:  # fmt: skip
    sure_b = np.zeros(last[-1] + 1)
    for f in range(len(columns_cb)):
        sure_b[columns_cb[f]] += values_cb[f]
    total = np.zeros(out.shape[1])
    for i in range(len(first)):
        n = last[i] - first[i] + 1
        total[:n] = 0.0
        sure = 0.0
        for e in range(starts_ac[i], starts_ac[i + 1]):
            sure += values_ac[e]
            k = columns_ac[e]
            for f in range(starts_cb[k], starts_cb[k + 1]):
                at = columns_cb[f] - first[i]
                if 0 <= at < n:
                    total[at] += values_ac[e] * values_cb[f]
        sure = min(sure, 1.0)
        for at in range(n):
            out[i, at] += (min(total[at], 1.0) - 0.5 * sure * min(sure_b[first[i] + at], 1.0)) / others
