"""An evaluation as JSON, with all that its scores depend on, and as CSV, one line per score."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from itertools import combinations

import numpy as np

from corpus_builder.escape import json_text, readable
from corpus_builder.evaluate.contamination import Contamination
from corpus_builder.evaluate.differences import CORRECTION, Difference, cautions, differences, matrix
from corpus_builder.evaluate.evaluation import Evaluation
from corpus_builder.evaluate.significance import Tested, holm
from corpus_builder.version import VERSION

# Decimals of scores. Chosen: later ones may differ between machines, as sums of doubles do.
_DIGITS = 8
_LIBRARIES = ("sacrebleu", "numpy")


def to_json(evaluation: Evaluation, inputs: Mapping[str, Mapping[str, object]]) -> str:
    """All results as JSON; `inputs` identifies each system (the hash of a file, or the identity of a translator)."""
    document = {
        "pair": str(evaluation.test.pair),
        "test_set": {
            **evaluation.test.origin,
            "segments": len(evaluation.test),
            "documents": _count(evaluation),
            "references": len(evaluation.test.references),
            "dropped": dict(evaluation.test.dropped),
            "sha256": evaluation.test.digest,
        },
        "systems": {
            system: {metric.name: _figure(evaluation, metric.name, system) for metric in evaluation.metrics}
            for system in evaluation.systems
        },
        "inputs": dict(inputs),
        "ranking": {
            name: [
                {"rank": r.rank, "system": r.system, "better_than": r.better_than, "tied_with": r.tied_with}
                for r in places
            ]
            for name, places in evaluation.ranking.items()
        },
        "cautions": cautions(evaluation),
        "differences": {
            metric.name: [_difference(each) for each in differences(evaluation, metric.name)]
            for metric in evaluation.metrics
        },
        "matrices": {metric.name: _matrix(evaluation, metric.name) for metric in evaluation.metrics},
        "significance": _significance(evaluation),
        "slices": [
            {"dimension": s.dimension, "value": s.value, "rows": s.rows, "scores": _rounded(s.scores)}
            for s in evaluation.slices
        ],
        "smallest_slice": evaluation.settings.smallest_slice,
        "contamination": {name: _overlap(overlap, evaluation) for name, overlap in evaluation.contamination.items()},
        "versions": {"corpus-builder": VERSION, **{library: _version(library) for library in _LIBRARIES}},
    }
    return json_text(document, indent=2) + "\n"


def to_csv(evaluation: Evaluation) -> str:
    """One line per metric, system and slice, and per metric and pair of systems.

    The whole test set is the slice "all". In lines of the dimension "difference", `score` is that of `system` minus
    that of `other`, `low` and `high` are the interval of this difference. A matrix is the lines of one metric, by
    `system` and `other`, which has both orders of a pair.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, _CSV_COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(_score_lines(evaluation))
    writer.writerows(_difference_lines(evaluation))
    return text.getvalue()


_CSV_COLUMNS = (
    "dimension", "value", "rows", "metric", "system", "score", "low", "high", "rank", "signature",
    "other", "unit", "test", "p", "correction", "p_corrected", "significant",
)  # fmt: skip


def _score_lines(evaluation: Evaluation) -> Iterator[dict[str, object]]:
    ranks = {(name, r.system): r.rank for name, places in evaluation.ranking.items() for r in places}
    for metric in evaluation.metrics:
        for system in evaluation.systems:
            figure = _figure(evaluation, metric.name, system)
            yield {
                "dimension": "all",
                "value": "all",
                "rows": len(evaluation.test),
                "metric": metric.name,
                "system": readable(system),
                **{bound: figure[bound] for bound in ("score", "low", "high")},
                "rank": ranks[metric.name, system],
                "signature": metric.signature,
                "unit": evaluation.unit if evaluation.settings.resampling else "",
            }
    for part in evaluation.slices:
        for system, scores in (part.scores or {}).items():
            for name, score in scores.items():
                if score is not None:
                    yield {
                        "dimension": part.dimension,
                        "value": readable(part.value),
                        "rows": part.rows,
                        "metric": name,
                        "system": readable(system),
                        "score": _round(score),
                    }


def _difference_lines(evaluation: Evaluation) -> Iterator[dict[str, object]]:
    tested = evaluation.settings.resampling is not None
    for metric in evaluation.metrics:
        for row in matrix(evaluation, metric.name):
            for each in row:
                if each is not None:
                    yield {
                        "dimension": "difference",
                        "value": "all",
                        "rows": len(evaluation.test),
                        "metric": metric.name,
                        "system": readable(each.one),
                        "other": readable(each.other),
                        "score": _round(each.delta),
                        "low": _round(each.low),
                        "high": _round(each.high),
                        "unit": evaluation.unit if tested else "",
                        "test": evaluation.settings.test if tested else "",
                        "p": _round(each.p),
                        "correction": CORRECTION if tested else "",
                        "p_corrected": _round(each.corrected),
                        "significant": ("yes" if each.significant else "no") if tested else "",
                    }


def _difference(each: Difference) -> dict[str, object]:
    return {
        "systems": [each.one, each.other],
        "delta": _round(each.delta),
        "low": _round(each.low),
        "high": _round(each.high),
        "p": _round(each.p),
        "p_corrected": _round(each.corrected),
        "significant": each.significant,
    }


def _matrix(evaluation: Evaluation, metric: str) -> dict[str, object]:
    """Row minus column; None on the diagonal and where a system has no score."""
    rows = matrix(evaluation, metric)
    return {
        "systems": [place.system for place in evaluation.ranking[metric]],
        "delta": [[_round(each.delta) if each else None for each in row] for row in rows],
        "p_corrected": [[_round(each.corrected) if each else None for each in row] for row in rows],
    }


def _figure(evaluation: Evaluation, name: str, system: str) -> dict[str, object]:
    metric = next(metric for metric in evaluation.metrics if metric.name == name)
    low, high = evaluation.interval(name, system) or (None, None)
    score = float(evaluation.scores[name][evaluation.systems.index(system)])
    return {"score": _round(score), "signature": str(metric.signature), "low": _round(low), "high": _round(high)}


def _significance(evaluation: Evaluation) -> dict[str, object] | None:
    resampling = evaluation.settings.resampling
    if resampling is None:
        return None
    return {
        "seed": resampling.seed,
        "bootstrap_resamples": resampling.resamples,
        "randomisation_trials": resampling.trials,
        "confidence": resampling.confidence,
        "ranking_by": {
            "unit": evaluation.unit,
            "test": evaluation.settings.test,
            "alpha": evaluation.settings.alpha,
            "correction": CORRECTION,
        },
        "intervals": {
            unit: {name: _intervals(evaluation.systems, tested) for name, tested in tests.items()}
            for unit, tests in evaluation.tests.items()
        },
        "p_values": list(_p_values(evaluation)),
    }


def _intervals(systems: tuple[str, ...], tested: Tested) -> dict[str, list[float | None]]:
    return {
        system: [_round(float(low)), _round(float(high))]
        for system, low, high in zip(systems, tested.low, tested.high, strict=True)
    }


def _p_values(evaluation: Evaluation) -> Iterator[dict[str, object]]:
    for unit, tests in evaluation.tests.items():
        for name, tested in tests.items():
            corrected = {"bootstrap": holm(tested.bootstrap), "randomisation": holm(tested.randomisation)}
            for one, other in combinations(range(len(evaluation.systems)), 2):
                yield {
                    "unit": unit,
                    "metric": name,
                    "systems": [evaluation.systems[one], evaluation.systems[other]],
                    "interval": [
                        _round(float(bound[one, other])) for bound in (tested.difference_low, tested.difference_high)
                    ],
                    "bootstrap": _round(float(tested.bootstrap[one, other])),
                    "randomisation": _round(float(tested.randomisation[one, other])),
                    "corrected": {test: _round(float(values[one, other])) for test, values in corrected.items()},
                }


def _overlap(overlap: Contamination, evaluation: Evaluation) -> dict[str, object]:
    rows = evaluation.test.rows
    return {
        "training_segments": overlap.training_segments,
        "rows": len(overlap.any),
        **{
            kind: [rows[index].id for index in getattr(overlap, kind)]
            for kind in ("source", "reference", "both", "near")
        },
    }


def _count(evaluation: Evaluation) -> int | None:
    documents = evaluation.test.documents
    return None if documents is None else int(documents.max()) + 1


def _rounded(scores: Mapping[str, Mapping[str, float | None]] | None) -> dict[str, dict[str, float | None]] | None:
    if scores is None:
        return None
    return {system: {name: _round(score) for name, score in by.items()} for system, by in scores.items()}


def _round(number: float | None) -> float | None:
    return None if number is None or np.isnan(number) else round(number, _DIGITS)


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None
