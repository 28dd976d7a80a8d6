"""What a third edition says about two.

From the link posteriors L of each two editions: if i and j are both linked with k of the third edition, they are likely
linked themselves, τ_ij = min(1, Σ_k L_ik L_kj); if both are surely matched there, but not with the same segment, they
are likely not. V_ij = τ_ij - ½ conf_i conf_j, where conf is the posterior that a segment is matched in the third
edition. The lattice adds the mean of V over either side of a bead. With more than three editions V is the mean over the
others.

Full closure of the triangles would be wrong: editions merge and cut differently, and about a fifth of all gold links
do not close.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.bead_shapes import OFFSETS, SHAPES, SIZE
from corpus_builder.align.two.edition_pair import Beads
from corpus_builder.jit import compiled

Links = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float64]]


@compiled
def _links(arc_i: Any, arc_j: Any, shape: Any, probability: Any, size_a: int) -> Any:
    """Sums of the posteriors of all beads that link i and j: (starts [segments of a + 1], j, sum), j rising."""
    # few links a segment: each row is a short list, searched from its end
    room = 24
    columns, sums = np.empty((size_a, room), np.int32), np.zeros((size_a, room))
    count = np.zeros(size_a, np.int32)
    for k in range(len(shape)):
        if shape[k] >= len(SHAPES) or probability[k] < 0.001:
            continue
        p, q = SHAPES[shape[k], 0], SHAPES[shape[k], 1]
        for m in range(SIZE[p]):
            i = arc_i[k] + OFFSETS[p, m]
            for n in range(SIZE[q]):
                j = arc_j[k] + OFFSETS[q, n]
                found = False
                for e in range(count[i]):
                    if columns[i, e] == j:
                        sums[i, e] += probability[k]
                        found = True
                        break
                if not found and count[i] < room:
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


def links(beads: Beads, size_a: int) -> Links:
    """The link posteriors of a pair."""
    return _links(beads.i, beads.j, beads.shape, beads.probability, size_a)  # type: ignore[no-any-return]


@compiled
def turn(starts: Any, columns: Any, values: Any, size_b: int) -> Any:
    """The links seen from the other side."""
    turned = np.zeros(size_b + 1, np.int32)
    for j in columns:
        turned[j + 1] += 1
    for j in range(size_b):
        turned[j + 1] += turned[j]
    at = turned[:-1].copy()
    rows, out = np.empty(len(columns), np.int32), np.empty(len(columns))
    for i in range(len(starts) - 1):
        for e in range(starts[i], starts[i + 1]):
            k = at[columns[e]]
            at[columns[e]] += 1
            rows[k], out[k] = i, values[e]
    return turned, rows, out


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


def support(a: str, b: str, editions: Sequence[str], all_links: Mapping[tuple[str, str], Links],
            sizes: Mapping[str, int], first: Any, last: Any, width: int) -> npt.NDArray[np.float32]:  # fmt: skip
    """V for each segment of a and each segment of b in its band, [segments of a, `width` of the band]."""
    out = np.zeros((len(first), width), np.float32)
    others = [c for c in editions if c not in (a, b) and sizes[c]]
    for c in others:
        ac, cb = directed(a, c, all_links, sizes), directed(c, b, all_links, sizes)
        _add_support(out, *ac, *cb, first, last, len(others))
    return out


def directed(a: str, b: str, all_links: Mapping[tuple[str, str], Links], sizes: Mapping[str, int]) -> Links:
    """The links from a to b, whichever way they are kept."""
    if (a, b) in all_links:
        return all_links[a, b]
    return turn(*all_links[b, a], sizes[a])  # type: ignore[no-any-return]
