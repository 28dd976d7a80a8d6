"""An evaluation as one self-contained HTML page: ranking, slices, and segments, the worst first.

The page contains its data as JSON; the script in the template shows segments and marks the words that differ.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus_builder.escape import html
from corpus_builder.evaluate.differences import CORRECTION, Difference, cautions, differences, matrix
from corpus_builder.evaluate.evaluation import Evaluation
from corpus_builder.evaluate.metrics import Metric
from corpus_builder.evaluate.outputs.tables import (
    caption,
    difference_cells,
    footnote,
    interval_head,
    matrix_cell,
    rank_text,
)
from corpus_builder.evaluate.slices import Slice
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
        finalize=html,
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
        cautions=cautions(evaluation),
        correction=CORRECTION,
        interval_head=interval_head(evaluation),
        rankings=[_ranking(evaluation, metric) for metric in evaluation.metrics],
        comparisons={metric.name: _comparison(evaluation, metric) for metric in evaluation.metrics},
        misses=[metric.miss for metric in evaluation.metrics if metric.miss],
        filters=_filters(evaluation),
        heat_maps=[_heat_map(evaluation, metric) for metric in evaluation.metrics],
        contamination=evaluation.contamination,
        smallest=evaluation.settings.smallest_slice,
        systems_of_segments=[ranked.system for ranked in evaluation.ranking[judge.name]],
        segments_json=_script_safe(_segments(evaluation, judge)),
        shown=min(LARGEST, len(evaluation.test)),
    )
    return page + "\n"


def _judge(evaluation: Evaluation) -> Metric:
    """The metric that segments are ordered by: the first that is meaningful for single segments."""
    by_name = {metric.name: metric for metric in evaluation.metrics}
    return next((by_name[name] for name in _SEGMENT_METRICS if name in by_name), evaluation.metrics[0])


@dataclass(frozen=True, slots=True)
class _RankedRow:
    """A system in the table of one metric. Positions and widths are in per cent of the width of the picture."""

    rank: str
    system: str
    score: str
    point: float | None
    interval: tuple[str, str] | None
    start: float | None
    width: float | None
    ties: str


@dataclass(frozen=True, slots=True)
class _RankingTable:
    """The table of one metric; `ends` are the scores at the ends of its pictures."""

    metric: Metric
    rows: list[_RankedRow]
    ends: tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A difference of two systems as text."""

    one: str
    other: str
    cells: tuple[str, str, str, str]
    significant: bool


@dataclass(frozen=True, slots=True)
class _Comparison:
    """All pairs of systems by a metric, and the matrix of their differences: per system its name and cells.

    A cell is its text, what it says in full, and the sign of a significant difference for the better: 1, -1 or 0.
    """

    pairs: list[_Pair]
    matrix: list[tuple[str, list[tuple[str, str, int]]]]


def _comparison(evaluation: Evaluation, metric: Metric) -> _Comparison:
    pairs = [
        _Pair(each.one, each.other, difference_cells(each, metric), each.significant)
        for each in differences(evaluation, metric.name)
    ]
    sign = 1 if metric.higher_is_better else -1

    def cell(each: Difference | None) -> tuple[str, str, int]:
        if each is None or each.delta is None:
            return matrix_cell(each, metric), "", 0
        delta, interval, p, corrected = difference_cells(each, metric)
        full = f"{each.one} − {each.other}: {delta} {interval}, p {p}, {CORRECTION} {corrected}"
        return matrix_cell(each, metric), full, int(np.sign(sign * each.delta)) if each.significant else 0

    systems = [place.system for place in evaluation.ranking[metric.name]]
    rows = [[cell(each) for each in row] for row in matrix(evaluation, metric.name)]
    return _Comparison(pairs, list(zip(systems, rows, strict=True)))


def _filters(evaluation: Evaluation) -> list[tuple[str, list[str]]]:
    """Per dimension its values, in the order of the slices."""
    found: dict[str, list[str]] = {}
    for part in evaluation.slices:
        found.setdefault(part.dimension, []).append(part.value)
    return list(found.items())


def _ranking(evaluation: Evaluation, metric: Metric) -> _RankingTable:
    scores = dict(zip(evaluation.systems, evaluation.scores[metric.name].tolist(), strict=True))
    intervals = {system: evaluation.interval(metric.name, system) for system in evaluation.systems}
    values = [score for score in scores.values() if not np.isnan(score)]
    values += [bound for interval in intervals.values() if interval for bound in interval]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    width = (high - low) or 1.0

    def position(value: float) -> float:
        return round(2 + 96 * (value - low) / width, 2)  # chosen: 2 % of margin at both ends

    def shown(value: float) -> str:
        return f"{value:.{metric.decimals}f}"

    rows = []
    for ranked in evaluation.ranking[metric.name]:
        score, interval = scores[ranked.system], intervals[ranked.system]
        scored = not np.isnan(score)
        rows.append(
            _RankedRow(
                rank=rank_text(ranked),
                system=ranked.system,
                score=shown(score) if scored else "–",
                point=position(score) if scored else None,
                interval=(shown(interval[0]), shown(interval[1])) if interval else None,
                start=position(interval[0]) if interval else None,
                width=round(position(interval[1]) - position(interval[0]), 2) if interval else None,
                ties=", ".join(ranked.tied_with),
            )
        )
    return _RankingTable(metric, rows, (shown(low), shown(high)))


@dataclass(frozen=True, slots=True)
class _Cell:
    """A score on a slice. `strength` is the difference to the score on everything, in per cent of the largest one."""

    text: str
    good: bool
    strength: int | None


@dataclass(frozen=True, slots=True)
class _SliceRow:
    """A slice, with a cell per system."""

    dimension: str
    value: str
    rows: int
    cells: list[_Cell]


@dataclass(frozen=True, slots=True)
class _HeatMap:
    """Slices by systems, for one metric."""

    metric: Metric
    systems: list[str]
    rows: list[_SliceRow]


def _heat_map(evaluation: Evaluation, metric: Metric) -> _HeatMap:
    """Slices by systems; the colour shows the difference to the score of the same system on the whole test set."""
    whole = dict(zip(evaluation.systems, evaluation.scores[metric.name].tolist(), strict=True))
    systems = [ranked.system for ranked in evaluation.ranking[metric.name]]
    sign = 1 if metric.higher_is_better else -1
    differences: dict[tuple[str, str, str], float] = {}
    for part in evaluation.slices:
        for system in systems:
            score = part.scores and part.scores[system][metric.name]
            if score is not None and not np.isnan(whole[system]):
                differences[part.dimension, part.value, system] = sign * (score - whole[system])
    largest = max((abs(difference) for difference in differences.values()), default=0.0) or 1.0

    def cell(part: Slice, system: str) -> _Cell:
        score = part.scores and part.scores[system][metric.name]
        text = "–" if score is None else f"{score:.{_decimals(metric)}f}"
        difference = differences.get((part.dimension, part.value, system))
        if difference is None:
            return _Cell(text, good=False, strength=None)
        return _Cell(text, good=difference >= 0, strength=round(100 * abs(difference) / largest))

    rows = [
        _SliceRow(part.dimension, part.value, part.rows, [cell(part, system) for system in systems])
        for part in evaluation.slices
    ]
    return _HeatMap(metric, systems, rows)


def _decimals(metric: Metric) -> int:
    """Decimals of scores of slices and segments, which are less precise than those of the whole test set."""
    return min(metric.decimals, 3) if metric.decimals > 2 else 1


def _segments(evaluation: Evaluation, judge: Metric) -> dict[str, object]:
    """The data for the script: texts and segment scores, the worst first by the mean over systems."""
    scores: Mapping[str, Array] = evaluation.segment_scores[judge.name]
    systems = [ranked.system for ranked in evaluation.ranking[judge.name]]
    stacked = np.nan_to_num(np.stack([scores[system] for system in systems]))
    mean = stacked.mean(axis=0) if judge.higher_is_better else -stacked.mean(axis=0)
    worst = np.argsort(mean, kind="stable")[:LARGEST]
    rows = evaluation.test.rows
    dimensions = list(evaluation.dimensions)
    misses = _misses(evaluation, systems)
    return {
        "dimensions": dimensions,
        "misses": [metric.miss for metric in evaluation.metrics if metric.miss],
        "higherIsBetter": judge.higher_is_better,
        "decimals": _decimals(judge),
        "systems": systems,
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
                "outputs": [evaluation.outputs[system][index] for system in systems],
                "scores": [round(float(score), 4) for score in stacked[:, index]],
                "values": [evaluation.dimensions[dimension][index] for dimension in dimensions],
                "misses": [[bool(of_system[index]) for of_system in per_system] for per_system in misses],
            }
            for index in worst.tolist()
        ],
    }


def _misses(evaluation: Evaluation, systems: list[str]) -> list[list[npt.NDArray[np.bool_]]]:
    """Per metric with misses and per system [segments] whether the segment has one; no score is no miss."""
    return [
        [evaluation.segment_scores[metric.name][system] < 100 for system in systems]
        for metric in evaluation.metrics
        if metric.miss
    ]


def _script_safe(data: object) -> str:
    """JSON that is safe inside a script element for any segments."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
