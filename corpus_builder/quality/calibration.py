"""One probability from all scores: how likely a pair, and a row, is correct.

Two models, one after the other, for each level:
    evidence     from the texts alone: a logistic model for each kind of error, fitted on correct rows and on rows with
                 that error put into them (benchmarks/quality/noise.py)
    probability  from that evidence and the aligner's figures, logistic: fitted on rows as the aligner makes them,
                 compared with gold, and on some with an error in the text that the aligner does not see
A missing score counts as the usual one, which is no evidence. A text and the same text again are no translation,
however sure the aligner is of them: their probability is at most .05. A row is correct if all its pairs are, so its
probability follows from its least likely pair, by a third model with one slope.

Completeness has a model of its own (completeness.py): how likely a correct pair is complete. `complete` is that times
the probability; of a row, a model with one slope makes it from the least of its pairs.

The parameters and their measurements are in data/quality/calibration.json; benchmarks/quality/calibrate.py writes it.
They were fitted on Ukrainian, Russian and English.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from corpus_builder.quality import completeness
from corpus_builder.quality.batch import Array
from corpus_builder.quality.context import Context
from corpus_builder.quality.copying import UNTRANSLATED
from corpus_builder.quality.score import column
from corpus_builder.quality.scores import BUILT_IN
from corpus_builder.resources import shipped

FILE = "data/quality/calibration.json"
_FAR = 6.0
"""z scores beyond it count as this. Chosen: all of them are equally unusual."""
_DISPROOF = 4.0
"""Below minus this, the evidence of the texts has another slope. Chosen: such evidence is rare in correct rows."""
_SUREST = 6.0
"""Log odds beyond which neither the aligner nor this model is trusted. Chosen: probabilities of 0.0025 and 0.9975."""


def features(scores: Mapping[str, Array], pair: tuple[str, str], level: str, context: Context) -> dict[str, Array]:
    """The features of the evidence, by name: greater is better, NaN where a score does not apply."""
    a, b = pair
    out: dict[str, Array] = {}
    for way in ((a, b), (b, a)):
        name = column("coverage", way)
        usual, spread = context.usual.get((level, name), (0.6, 0.15))
        out[name] = np.clip((scores[name] - usual) / spread, -_FAR, _FAR)
    forth, back = out.pop(column("coverage", (a, b))), out.pop(column("coverage", (b, a)))
    out["coverage"], out["coverage_least"] = (forth + back) / 2, np.fmin(forth, back)
    for name in ("length_ratio", "token_ratio"):
        out[name] = -np.minimum(np.abs(scores[column(name, pair)]), _FAR)
    for name in ("numbers_agree", "units_agree", "names_agree", "punctuation"):
        out[name] = scores[column(name, pair)]
    for name in ("numbers", "names"):  # a single difference counts more than its share
        agree = out[f"{name}_agree"]
        out[f"{name}_off"] = np.where(np.isnan(agree), np.nan, -(agree < 1).astype(float))
    out["copied"] = -scores[column("copied", pair)]
    for name in ("language", "letters", "own_words"):
        out[name] = np.fmin(scores[column(name, (a,))], scores[column(name, (b,))])
    out["repeated"] = -np.fmax(scores[column("repeated", (a,))], scores[column("repeated", (b,))])
    odd = [np.minimum(np.abs(scores[column("fertility", (side,))]), _FAR) for side in pair]
    out["fertility"] = -np.fmax(*odd)
    for name, knots in _KNOTS.items():
        out |= {f"{name}{_BELOW}{knot:g}": np.minimum(out[name] - knot, 0.0) for knot in knots}
    return out


_BELOW = " below "
_KNOTS = {
    "coverage": (-4, -3, -2, -1, 0),
    "coverage_least": (-4, -3, -2, -1, 0),
    "length_ratio": (-4, -3, -2.5, -2, -1.5, -1),
    "token_ratio": (-4, -3, -2.5, -2, -1.5, -1),
    "punctuation": (0.6, 0.8, 0.95),
    "copied": (-0.5, -0.2, -0.05),
    "language": (0.5, 0.9, 0.99),
    "names_agree": (0.3, 0.5, 0.8),
    "own_words": (0.8, 0.95),
    "letters": (0.8, 0.95),
}
"""Knots of the linear splines. Chosen: at the edges of the usual range, inside which a value says little."""
_FAMILY = {
    "coverage_least": "coverage",
    "numbers_off": "numbers_agree",
    "names_off": "names_agree",
}


def family(feature: str) -> str:
    """The score that a feature is read from.

    >>> family("coverage_least below -2")
    'coverage'
    """
    name = feature.partition(_BELOW)[0]
    return _FAMILY.get(name, name)


@dataclass(frozen=True)
class Logistic:
    """A logistic model: log odds = intercept + Σ weight · (value - usual), a missing value being usual."""

    names: tuple[str, ...]
    usual: Array
    weights: Array
    intercept: float

    def parts(self, values: Mapping[str, Array]) -> Array:
        """[rows, names] what each value adds to the log odds."""
        table = np.stack([values[name] for name in self.names], axis=1)
        added: Array = np.nan_to_num(table - self.usual, nan=0.0) * self.weights
        return added

    def log_odds(self, values: Mapping[str, Array]) -> Array:
        """[rows] the log odds."""
        summed: Array = self.parts(values).sum(axis=1) + self.intercept
        return summed

    def as_data(self) -> dict[str, Any]:
        """The parameters as JSON holds them."""
        rows = zip(self.names, self.usual, self.weights, strict=True)
        named = {name: [round(float(usual), 5), round(float(weight), 5)] for name, usual, weight in rows}
        return {"intercept": round(self.intercept, 5), "usual_and_weight": named}

    @staticmethod
    def of(data: Mapping[str, Any]) -> Logistic:
        """The model that `as_data` gave."""
        named = data["usual_and_weight"]
        both = np.array(list(named.values()), np.float64).reshape(len(named), 2)
        return Logistic(tuple(named), both[:, 0], both[:, 1], float(data["intercept"]))


@dataclass(frozen=True)
class Evidence:
    """What the texts say: a logistic model for each kind of error, right rows against rows with that error.

    All models have the same features. Their errors exclude one another and are equally likely, so that the odds for a
    row are the harmonic mean of the models' odds: -ln mean(exp -log odds). One kind that is likely is enough.
    """

    kinds: Mapping[str, Logistic]

    def log_odds(self, values: Mapping[str, Array]) -> Array:
        """[rows] the log odds that a row has none of the errors."""
        return self._together(np.stack([model.log_odds(values) for model in self.kinds.values()]))

    def parts(self, values: Mapping[str, Array]) -> tuple[Array, Array]:
        """[rows] the log odds, and [rows, families] what each score adds to those of the likeliest error."""
        models = list(self.kinds.values())
        added = np.stack([_by_family(model.parts(values), model.names) for model in models])
        odds = added.sum(axis=2) + np.array([[model.intercept] for model in models])
        likeliest: Array = added[odds.argmin(axis=0), np.arange(odds.shape[1])]
        return self._together(odds), likeliest

    def as_data(self) -> dict[str, Any]:
        """The parameters as JSON holds them."""
        return {kind: model.as_data() for kind, model in self.kinds.items()}

    @staticmethod
    def of(data: Mapping[str, Any]) -> Evidence:
        """The model that `as_data` gave."""
        return Evidence({kind: Logistic.of(parameters) for kind, parameters in data.items()})

    @staticmethod
    def _together(odds: Array) -> Array:
        together: Array = np.log(len(odds)) - np.logaddexp.reduce(-odds, axis=0)
        return together


@dataclass(frozen=True)
class Calibration:
    """The models by level, and what was measured of them on held-back sites."""

    evidence: Mapping[str, Evidence]
    probability: Mapping[str, Logistic]
    row: Mapping[str, Logistic]
    complete: Mapping[str, Logistic]
    complete_row: Mapping[str, Logistic]
    measured: Mapping[str, Any]

    def pairs(
        self, scores: Mapping[str, Array], pair: tuple[str, str], level: str, context: Context
    ) -> tuple[Array, Array]:
        """For each row the probability that its pair is right (NaN where it lacks a side), and [rows, families] what
        each score adds to the evidence, in the order of `FAMILIES`.
        """
        evidence, parts = self.evidence[level].parts(features(scores, pair, level, context))
        alignment = scores[column("alignment", pair)]
        odds = self.probability[level].log_odds(with_aligner(evidence, alignment, scores["score"]))
        odds = np.where(scores[column("copied", pair)] >= UNTRANSLATED, np.minimum(odds, -_SUREST / 2), odds)
        missing = np.isnan(scores[column("length_ratio", pair)])
        return np.where(missing, np.nan, sigmoid(odds)), parts

    def rows(self, least: Array, level: str) -> Array:
        """The probability that all pairs of a row are right, by that of its least likely one."""
        return sigmoid(self.row[level].log_odds({"least": log_odds(least)}))

    def complete_pairs(
        self, scores: Mapping[str, Array], pair: tuple[str, str], level: str, context: Context, probability: Array
    ) -> Array:
        """For each row the probability that its pair is right and neither side says more; NaN where it lacks a side."""
        odds = self.complete[level].log_odds(completeness.features(scores, pair, level, context))
        together: Array = probability * sigmoid(odds)
        return together

    def complete_rows(self, least: Array, level: str, probability: Array) -> Array:
        """The probability that all pairs of a row are right and complete, by the least of them; not above that of being
        right.
        """
        odds = self.complete_row[level].log_odds({"least": log_odds(least)})
        return np.minimum(sigmoid(odds), probability)


FAMILIES = tuple(name for name in BUILT_IN if name != "alignment")
"""The scores by which a pair is judged, in the order of their contributions."""


def with_aligner(evidence: Array, alignment: Array, score: Array) -> dict[str, Array]:
    """What the probability is made of: the evidence of the texts, and the aligner's log odds and score."""
    return {
        "evidence": np.clip(evidence, -2 * _SUREST, 2 * _SUREST),
        "disproof": np.clip(evidence + _DISPROOF, -2 * _SUREST, 0),
        "alignment": log_odds(alignment),
        "score": np.log1p(np.maximum(score, 0.0)),
    }


def log_odds(probability: Array) -> Array:
    """ln p/(1-p), no farther from 0 than 6; NaN stays."""
    edge = 1 / (1 + np.exp(_SUREST))
    inside = np.clip(probability, edge, 1 - edge)
    odds: Array = np.log(inside / (1 - inside))
    return odds


def sigmoid(odds: Array) -> Array:
    """The probability of log odds."""
    probability: Array = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    return probability


def _by_family(parts: Array, names: Sequence[str]) -> Array:
    out = np.zeros((len(parts), len(FAMILIES)))
    for k, name in enumerate(names):
        out[:, FAMILIES.index(family(name))] += parts[:, k]
    return out


def fit(names: Sequence[str], values: Mapping[str, Array], right: Array, weight: Array, penalty: float) -> Logistic:
    """The logistic model of least penalised loss: Σ weight · log loss + penalty/2 · Σ (weight of a score in spreads)².

    The usual value of a score is its mean over right rows.
    """
    from scipy.optimize import minimize

    table = np.stack([values[name] for name in names], axis=1)
    usual = np.array([_mean(column[right > 0]) for column in table.T])
    centred = np.nan_to_num(table - usual, nan=0.0)
    spread = np.maximum(centred.std(axis=0), 1e-3)
    scaled = centred / spread

    def loss(parameters: Array) -> tuple[float, Array]:
        odds = scaled @ parameters[1:] + parameters[0]
        miss = sigmoid(odds) - right
        total = float(
            (weight * (np.logaddexp(0, odds) - right * odds)).sum() + penalty / 2 * (parameters[1:] ** 2).sum()
        )
        slope = np.concatenate(([(weight * miss).sum()], scaled.T @ (weight * miss) + penalty * parameters[1:]))
        return float(total), slope

    best = minimize(loss, np.zeros(1 + len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return Logistic(tuple(names), usual, best[1:] / spread, float(best[0]))


def _mean(values: Array) -> float:
    numbers = values[~np.isnan(values)]
    return float(numbers.mean()) if len(numbers) else 0.0


@cache
def load(path: Path | None = None) -> Calibration:
    """The calibration that is shipped, or that of another file."""
    data = json.loads((path or shipped(FILE)).read_text(encoding="utf-8"))
    evidence = {level: Evidence.of(parameters) for level, parameters in data["evidence"].items()}
    probability, row, complete, complete_row = (
        {level: Logistic.of(parameters) for level, parameters in data[kind].items()}
        for kind in ("probability", "row", "complete", "complete_row")
    )
    return Calibration(evidence, probability, row, complete, complete_row, data["measured"])


def reliability(probability: Array, right: Array, bins: int = 10) -> dict[str, Any]:
    """How well probabilities hold: bins of equal width with (rows, mean probability, share right), the expected
    calibration error Σ n/N |mean - share| (Naeini et al. 2015), and the Brier score.
    """
    at = np.minimum((probability * bins).astype(int), bins - 1)
    table = []
    error = 0.0
    for k in range(bins):
        in_bin = at == k
        if in_bin.any():
            mean, share = float(probability[in_bin].mean()), float(right[in_bin].mean())
            error += in_bin.mean() * abs(mean - share)
            table.append(
                {"from": k / bins, "rows": int(in_bin.sum()), "mean": round(mean, 4), "right": round(share, 4)}
            )
    return {
        "rows": len(right),
        "bins": table,
        "ece": round(float(error), 4),
        "brier": round(float(np.mean((probability - right) ** 2)), 4),
        "right_at_0.9": round(float(right[probability >= 0.9].mean()), 4) if (probability >= 0.9).any() else None,
    }
