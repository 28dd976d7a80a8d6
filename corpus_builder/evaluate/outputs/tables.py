"""An evaluation as a table: on the terminal, and in LaTeX for a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpus_builder.escape import latex, line
from corpus_builder.evaluate.choices import SignificanceTest
from corpus_builder.evaluate.evaluation import Evaluation
from corpus_builder.evaluate.metrics import Metric

if TYPE_CHECKING:
    from rich.table import Table


def to_terminal(evaluation: Evaluation) -> Table:
    """The ranking by the first metric, with the intervals and ranks of each metric."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=caption(evaluation), title_justify="left", title_style="bold", box=None, header_style="bold")
    table.add_column("#", justify="right")
    table.add_column("System", overflow="fold")
    for metric in evaluation.metrics:
        table.add_column(f"{metric.title} {'↑' if metric.higher_is_better else '↓'}", justify="right", no_wrap=True)
    for rank, system in order(evaluation):
        cells = []
        for metric in evaluation.metrics:
            cell = Text(_score(evaluation, metric, system), style="bold" if _best(evaluation, metric, system) else "")
            cells.append(cell.append(_spread(evaluation, metric, system), style="not bold dim"))
        table.add_row(str(rank), Text(system), *cells)
    return table


def to_latex(evaluation: Evaluation) -> str:
    """A booktabs table: systems by rank; bold where no system is significantly better."""
    arrow = {True: r"$\uparrow$", False: r"$\downarrow$"}
    heads = [f"{latex(metric.title)} {arrow[metric.higher_is_better]}" for metric in evaluation.metrics]
    lines = [
        r"% needs \usepackage{booktabs}",
        r"\begin{tabular}{rl" + "r" * len(heads) + "}",
        r"\toprule",
        " & ".join(["", "System", *heads]) + r" \\",
        r"\midrule",
    ]
    for rank, system in order(evaluation):
        cells = []
        for metric in evaluation.metrics:
            score = _score(evaluation, metric, system)
            cells.append(rf"\textbf{{{score}}}" if _best(evaluation, metric, system) else score)
        lines.append(" & ".join([str(rank), latex(system), *cells]) + r" \\")
    lines += [r"\bottomrule", r"\end{tabular}"]
    lines += [line(f"% {metric.title}: {metric.signature}") for metric in evaluation.metrics]
    note = f"% {caption(evaluation)}; bold: no system is significantly better. {footnote(evaluation)}"
    lines.append(line(note.rstrip()))
    return "\n".join(lines) + "\n"


def order(evaluation: Evaluation) -> list[tuple[int, str]]:
    """Rank and name of the systems by the first metric."""
    return [(place.rank, place.system) for place in evaluation.ranking[evaluation.metrics[0].name]]


def caption(evaluation: Evaluation) -> str:
    """The test set in a line: "en-uk, 2,037 segments"."""
    test = evaluation.test
    documents = test.documents
    parts = [str(test.pair), f"{len(test):,} segments"]
    if documents is not None:
        parts.append(f"{int(documents.max()) + 1:,} documents")
    return ", ".join(parts)


def footnote(evaluation: Evaluation) -> str:
    """How ranks and intervals were computed, in a sentence; "" without tests."""
    resampling = evaluation.settings.resampling
    if resampling is None:
        return ""
    test = {
        SignificanceTest.BOOTSTRAP: f"paired bootstrap, {resampling.resamples:,} resamples",
        SignificanceTest.RANDOMISATION: f"paired approximate randomisation, {resampling.trials:,} trials",
    }[evaluation.settings.test]
    return (
        f"Ranks by {test}, over {evaluation.unit}, p < {evaluation.settings.alpha:g}; "
        f"{resampling.confidence:.0%} bootstrap intervals; seed {resampling.seed}."
    )


def _score(evaluation: Evaluation, metric: Metric, system: str) -> str:
    score = evaluation.scores[metric.name][evaluation.systems.index(system)]
    return "–" if np.isnan(score) else f"{score:.{metric.decimals}f}"


def _spread(evaluation: Evaluation, metric: Metric, system: str) -> str:
    """The second line of a cell: half of the interval and the rank by this metric, as "±0.86 #3"."""
    interval = evaluation.interval(metric.name, system)
    if interval is None:
        return ""
    place = next(place.rank for place in evaluation.ranking[metric.name] if place.system == system)
    return f"\n±{(interval[1] - interval[0]) / 2:.{metric.decimals}f} #{place}"


def _best(evaluation: Evaluation, metric: Metric, system: str) -> bool:
    """Whether no other system is significantly better."""
    return any(place.rank == 1 and place.system == system for place in evaluation.ranking[metric.name])
