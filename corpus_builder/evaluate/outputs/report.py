"""An evaluation as one self-contained HTML page: ranking, slices, and segments, the worst first.

The page contains its data as JSON; the script in the template shows segments and marks the words that differ.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from corpus_builder.evaluate.evaluation import Evaluation
from corpus_builder.evaluate.metrics import Metric
from corpus_builder.evaluate.outputs.tables import caption, footnote
from corpus_builder.evaluate.testset import Array

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
LARGEST = 3000
"""Segments on the page; of a larger test set the worst. Chosen: about 6 MB of HTML with nine systems."""
_SEGMENT_METRICS = ("chrf", "chrf++", "spbleu", "comet", "ter", "bleu")


def to_html(evaluation: Evaluation) -> str:
    """The report as HTML."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    judge = _judge(evaluation)
    page: str = environment.get_template("report.html").render(
        caption=caption(evaluation),
        footnote=footnote(evaluation),
        test=evaluation.test,
        judge=judge,
        rankings=[_ranking(evaluation, metric) for metric in evaluation.metrics],
        heat_maps=[_heat_map(evaluation, metric) for metric in evaluation.metrics],
        systems=[place.system for place in evaluation.ranking[evaluation.metrics[0].name]],
        contamination=evaluation.contamination,
        smallest=evaluation.settings.smallest_slice,
        segments_json=_script_safe(_segments(evaluation, judge)),
        shown=min(LARGEST, len(evaluation.test)),
    )
    return page + "\n"


def _judge(evaluation: Evaluation) -> Metric:
    """The metric that segments are ordered by: the first that is meaningful for single segments."""
    by_name = {metric.name: metric for metric in evaluation.metrics}
    return next((by_name[name] for name in _SEGMENT_METRICS if name in by_name), evaluation.metrics[0])


def _ranking(evaluation: Evaluation, metric: Metric) -> dict[str, Any]:
    """The table of one metric, with the positions of scores and intervals in per cent of the picture's width."""
    scores = dict(zip(evaluation.systems, evaluation.scores[metric.name].tolist(), strict=True))
    intervals = {system: evaluation.interval(metric.name, system) for system in evaluation.systems}
    values = [score for score in scores.values() if not np.isnan(score)]
    values += [bound for interval in intervals.values() if interval for bound in interval]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    width = (high - low) or 1.0

    def place(value: float) -> float:
        return round(2 + 96 * (value - low) / width, 2)

    rows = []
    for ranked in evaluation.ranking[metric.name]:
        score, interval = scores[ranked.system], intervals[ranked.system]
        scored = not np.isnan(score)
        rows.append(
            {
                "rank": ranked.rank,
                "system": ranked.system,
                "score": f"{score:.{metric.decimals}f}" if scored else "–",
                "point": place(score) if scored else None,
                "interval": interval and tuple(f"{bound:.{metric.decimals}f}" for bound in interval),
                "from": interval and place(interval[0]),
                "width": interval and round(place(interval[1]) - place(interval[0]), 2),
                "ties": ", ".join(ranked.tied_with),
            }
        )
    return {"metric": metric, "rows": rows, "ends": (f"{low:.{metric.decimals}f}", f"{high:.{metric.decimals}f}")}


def _heat_map(evaluation: Evaluation, metric: Metric) -> dict[str, Any]:
    """Slices by systems; the colour shows the difference to the score of the same system on the whole test set."""
    whole = dict(zip(evaluation.systems, evaluation.scores[metric.name].tolist(), strict=True))
    systems = [place.system for place in evaluation.ranking[metric.name]]
    differences: dict[tuple[str, str, str], float] = {}
    for part in evaluation.slices:
        for system in systems:
            score = part.scores and part.scores[system][metric.name]
            if score is not None and not np.isnan(whole[system]):
                sign = 1 if metric.higher_is_better else -1
                differences[part.dimension, part.value, system] = sign * (score - whole[system])
    largest = max((abs(difference) for difference in differences.values()), default=0.0) or 1.0
    rows = []
    for part in evaluation.slices:
        cells = []
        for system in systems:
            score = part.scores and part.scores[system][metric.name]
            strength = differences.get((part.dimension, part.value, system))
            cells.append(
                {
                    "text": "–"
                    if score is None
                    else f"{score:.{min(metric.decimals, 3) if metric.decimals > 2 else 1}f}",
                    "good": strength is not None and strength >= 0,
                    "strength": None if strength is None else round(100 * abs(strength) / largest),
                }
            )
        rows.append({"dimension": part.dimension, "value": part.value, "rows": part.rows, "cells": cells})
    return {"metric": metric, "systems": systems, "rows": rows}


def _segments(evaluation: Evaluation, judge: Metric) -> dict[str, Any]:
    """The data for the script: texts and segment scores, the worst first by the mean over systems."""
    scores: Mapping[str, Array] = evaluation.segment_scores[judge.name]
    ranked = [place.system for place in evaluation.ranking[judge.name]]
    stacked = np.nan_to_num(np.stack([scores[system] for system in ranked]))
    mean = stacked.mean(axis=0) if judge.higher_is_better else -stacked.mean(axis=0)
    worst = np.argsort(mean, kind="stable")[:LARGEST]
    rows = evaluation.test.rows
    return {
        "higherIsBetter": judge.higher_is_better,
        "decimals": min(judge.decimals, 3) if judge.decimals > 2 else 1,
        "systems": ranked,
        "rows": [
            {
                "place": index,
                "id": rows[index].id,
                "about": " · ".join(
                    fact
                    for fact in (rows[index].config, rows[index].section, rows[index].date, rows[index].label)
                    if fact
                ),
                "source": rows[index].source,
                "references": rows[index].references,
                "outputs": [evaluation.outputs[system][index] for system in ranked],
                "scores": [round(float(score), 4) for score in stacked[:, index]],
            }
            for index in worst.tolist()
        ],
    }


def _script_safe(data: Any) -> str:
    """JSON that is safe inside a script element, whatever the segments contain."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
