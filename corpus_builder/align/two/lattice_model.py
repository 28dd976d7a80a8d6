"""The parameters of the lattice of two languages, learned in training."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Floats
from corpus_builder.align.bead_shapes import first_priors

FIRST_VARIANCE = 6.8
"""s² of the lengths before training: Gale and Church's (1993) estimate."""


class LatticeModel(NamedTuple):
    """What the bead scores depend on, other than the words."""

    priors: Floats
    """[shapes + 2] log priors of the shapes and the two skips."""
    ratio: float
    """Code points of the second language for one of the first."""
    variance: float
    """s² of the lengths."""
    inside: Floats
    """[2 sides, 2] added for each place between two segments of a bead, without and with a block's end there."""
    ends: Floats
    """[2, 2] what is added at either end of a bead, by whether a block of either side ends there."""
    encoder_weights: npt.NDArray[np.float64] | None = None
    """(α, β) of a sentence encoder's evidence (encoder_evidence.py); None without one."""


def first_model(ratio: float = 1.0) -> LatticeModel:
    """The model before training. The values for block ends are from the prototype's recipe."""
    inside, ends = np.array([[0.0, -1.0], [0.0, -1.0]]), np.array([[0.0, -0.3], [-0.3, 0.3]])
    return LatticeModel(first_priors(), ratio, FIRST_VARIANCE, inside, ends)
