"""Completeness: how likely no side of a correct pair says more than the other.

Its features look at the side that says more, whichever it is: the direction with the greater surplus (surplus.py). A
logistic model of them was fitted on complete pairs and on the same ones from which a sentence, a clause or half a
sentence was taken (benchmarks/quality/calibrate.py). That is the probability that a correct pair is complete; the score
`complete` is it times the probability that the pair is correct.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from corpus_builder.quality.batch import Array
from corpus_builder.quality.context import Context
from corpus_builder.quality.score import column

_FAR = 6.0
"""z scores beyond it count as this. Chosen: all of them are equally unusual."""
_KNOTS = {
    "surplus": (1.0, 2.0, 4.0, 6.0, 9.0, 13.0),
    "excess": (0.0, 0.75, 1.5, 2.5, 4.0),
    "excess_words": (0.0, 0.75, 1.5, 2.5, 4.0),
    "coverage": (-2.0, -1.0, 0.0),
}
"""Knots of the linear splines. Chosen: at about equal numbers of complete and incomplete pairs."""


def features(scores: Mapping[str, Array], pair: tuple[str, str], level: str, context: Context) -> dict[str, Array]:
    """The features of completeness, by name; NaN where a score does not apply.

    `surplus` is that of the side that has more of it, `rest` that of the other; `excess` and `excess_words` are by how
    many spreads that side is too long, `coverage` is how well the other side accounts for it, `coverage_back` the
    reverse.
    """
    a, b = pair
    of_b, of_a = scores[column("surplus", (a, b))], scores[column("surplus", (b, a))]
    more_in_b = of_b >= of_a
    sign = np.where(more_in_b, 1.0, -1.0)
    out = {"surplus": np.fmax(of_a, of_b), "rest": np.fmin(of_a, of_b)}
    for name, of in (("excess", "length_ratio"), ("excess_words", "token_ratio")):
        out[name] = np.clip(sign * scores[column(of, pair)], -_FAR, _FAR)
    standard = []
    for way in ((a, b), (b, a)):
        usual, spread = context.usual.get((level, column("coverage", way)), (0.6, 0.15))
        standard.append(np.clip((scores[column("coverage", way)] - usual) / spread, -_FAR, _FAR))
    forth, back = standard
    out["coverage"], out["coverage_back"] = np.where(more_in_b, forth, back), np.where(more_in_b, back, forth)
    for name in ("numbers_agree", "names_agree", "punctuation"):
        out[name] = scores[column(name, pair)]
    for name, knots in _KNOTS.items():
        out |= {f"{name} above {knot:g}": np.maximum(out[name] - knot, 0.0) for knot in knots}
    return out
