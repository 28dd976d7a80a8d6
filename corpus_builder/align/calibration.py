"""From posteriors and scores to probabilities that mean what they say."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpus_builder.align.pairs import Beads, Pair


def bead_probability(posterior: npt.NDArray[np.float64], score: npt.NDArray[np.float64], *, moved: bool
                     ) -> npt.NDArray[np.float64]:  # fmt: skip
    """[beads] how likely a bead is right."""
    if moved:
        return 1 / (1 + np.exp(-0.5 * (score - 2.0)))
    return posterior


def document_probability(pair: Pair, beads: Beads) -> float:
    """How likely two editions are translations of one another."""
    return 1.0
