"""An evaluation as a table: on the terminal, and in LaTeX for a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpus_builder.escape import latex, line
from corpus_builder.evaluate.choices import SignificanceTest
from corpus_builder.evaluate.differences import CORRECTION, Difference, cautions, differences, matrix
from corpus_builder.evaluate.evaluation import Evaluation
from corpus_builder.evaluate.metrics import Metric
from corpus_builder.evaluate.ranking import Ranked

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
        table.add_row(rank, Text(system), *cells)
    return table


PAIRS_SHOWN = 60
"""Differences that the terminal shows for all metrics; of more, those by the first. Chosen: two screens."""


def pairs_to_terminal(evaluation: Evaluation) -> Table | None:
    """The differences of all pairs of systems; None where there is one system only."""
    from rich.table import Table
    from rich.text import Text

    metrics = evaluation.metrics
    pairs = len(evaluation.systems) * (len(evaluation.systems) - 1) // 2
    if not pairs:
        return None
    shown = metrics if pairs * len(metrics) <= PAIRS_SHOWN else metrics[:1]
    title = "Differences" if shown is metrics else "Differences (by other metrics: --html, --csv, --latex, --json)"
    table = Table(title=title, title_justify="left", title_style="bold", box=None, header_style="bold")
    table.add_column("Metric")
    table.add_column("A − B", overflow="fold")
    tested = evaluation.settings.resampling is not None
    for head in ("Δ", *((interval_head(evaluation), "p", f"p ({CORRECTION})") if tested else ())):
        table.add_column(head, justify="right", no_wrap=True)
    for metric in shown:
        for place, difference in enumerate(differences(evaluation, metric.name)):
            cells = difference_cells(difference, metric)
            table.add_row(
                Text(metric.title if place == 0 else ""),
                Text(f"{difference.one} − {difference.other}"),
                *(cells if tested else cells[:1]),
                style="bold" if difference.significant else "",
                end_section=place == pairs - 1,
            )
    return table


def matrix_to_terminal(evaluation: Evaluation) -> Table | None:
    """The differences by the first metric, row minus column; None where there are fewer than three systems."""
    from rich.table import Table
    from rich.text import Text

    if len(evaluation.systems) < 3:
        return None
    metric = evaluation.metrics[0]
    order = [place.system for place in evaluation.ranking[metric.name]]
    table = Table(
        title=f"{metric.title}, row − column", title_justify="left", title_style="bold", box=None, header_style="bold"
    )
    table.add_column("", justify="right")
    table.add_column("System", overflow="fold")
    for number in range(1, len(order) + 1):
        table.add_column(f"{number}", justify="right", no_wrap=True)
    for number, (system, row) in enumerate(zip(order, matrix(evaluation, metric.name), strict=True), 1):
        table.add_row(str(number), Text(system), *(matrix_cell(cell, metric) for cell in row))
    return table


def interval_head(evaluation: Evaluation) -> str:
    """The head of a column of intervals."""
    resampling = evaluation.settings.resampling
    return "" if resampling is None else f"{resampling.confidence:.0%} interval"


def difference_cells(difference: Difference, metric: Metric) -> tuple[str, str, str, str]:
    """Δ, its interval, p, and the corrected p, as text; what is not known is "–"."""
    decimals = metric.decimals
    delta = "–" if difference.delta is None else signed(difference.delta, decimals)
    low, high = difference.low, difference.high
    known = low is not None and high is not None and not np.isnan(low)
    interval = f"[{signed(low, decimals)}, {signed(high, decimals)}]" if known else "–"  # type: ignore[arg-type]
    return delta, interval, p_text(difference.p), p_text(difference.corrected)


def matrix_cell(difference: Difference | None, metric: Metric) -> str:
    """Δ with an asterisk where it is significant."""
    if difference is None:
        return "·"
    if difference.delta is None:
        return "–"
    return signed(difference.delta, metric.decimals) + ("*" if difference.significant else "")


def signed(value: float, decimals: int) -> str:
    """A difference with its sign: "+1.20", "−0.31", and "0.00" for one that rounds to none."""
    text = f"{abs(value):.{decimals}f}"
    if not float(text):
        return text
    return ("+" if value > 0 else "−") + text


def p_text(p: float | None) -> str:
    """A p-value with as many decimals as matter: "0.032", "0.0010", "1.00"."""
    if p is None:
        return "–"
    return f"{p:.4f}" if p < 0.01 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


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
        lines.append(" & ".join([rank, latex(system), *cells]) + r" \\")
    lines += [r"\bottomrule", r"\end{tabular}"]
    if len(evaluation.systems) > 1:
        lines += ["", *_latex_pairs(evaluation)]
    if len(evaluation.systems) > 2:
        for metric in evaluation.metrics:
            lines += ["", *_latex_matrix(evaluation, metric)]
    lines += [line(f"% {metric.title}: {metric.signature}") for metric in evaluation.metrics]
    note = f"% {caption(evaluation)}; bold: no system is significantly better. {footnote(evaluation)}"
    lines.append(line(note.rstrip()))
    lines += [line(f"% {caution}") for caution in cautions(evaluation)]
    return "\n".join(lines) + "\n"


def _latex_pairs(evaluation: Evaluation) -> list[str]:
    """All pairs of systems by all metrics: Δ, interval, p, corrected p; bold where significant."""
    tested = evaluation.settings.resampling is not None
    columns = ["$A$", "$B$", r"$\Delta$"]
    if tested:
        columns += [latex(interval_head(evaluation)), "$p$", f"$p$ ({CORRECTION})"]
    lines = [
        r"% differences A - B of all pairs",
        r"\begin{tabular}{lll" + "r" * (len(columns) - 2) + "}",
        r"\toprule",
        " & ".join(["Metric", *columns]) + r" \\",
    ]
    for metric in evaluation.metrics:
        lines.append(r"\midrule")
        for place, difference in enumerate(differences(evaluation, metric.name)):
            delta, *rest = (cell.replace("−", "$-$") for cell in difference_cells(difference, metric))
            shown = rf"\textbf{{{delta}}}" if difference.significant else delta
            head = latex(metric.title) if place == 0 else ""
            names = [latex(difference.one), latex(difference.other)]
            lines.append(" & ".join([head, *names, shown, *(rest if tested else ())]) + r" \\")
    return [*lines, r"\bottomrule", r"\end{tabular}"]


def _latex_matrix(evaluation: Evaluation, metric: Metric) -> list[str]:
    """Row minus column by one metric, with an asterisk where the difference is significant."""
    systems = [place.system for place in evaluation.ranking[metric.name]]
    lines = [
        line(f"% {metric.title}: row - column; *: significant"),
        r"\begin{tabular}{l" + "r" * len(systems) + "}",
        r"\toprule",
        " & ".join([latex(metric.title), *(latex(system) for system in systems)]) + r" \\",
        r"\midrule",
    ]
    for system, row in zip(systems, matrix(evaluation, metric.name), strict=True):
        cells = [matrix_cell(cell, metric).replace("−", "$-$").replace("·", "") for cell in row]
        lines.append(" & ".join([latex(system), *(cell.replace("*", "$^*$") for cell in cells)]) + r" \\")
    return [*lines, r"\bottomrule", r"\end{tabular}"]


def order(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Rank and name of the systems by the first metric; the rank is "–" where nothing is ranked."""
    return [(rank_text(place), place.system) for place in evaluation.ranking[evaluation.metrics[0].name]]


def rank_text(place: Ranked) -> str:
    """A rank, or "–" where nothing is ranked."""
    return "–" if place.rank is None else str(place.rank)


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
        f"Ranks by {test}, over {evaluation.unit}, p < {evaluation.settings.alpha:g} after the correction of "
        f"{CORRECTION} for all pairs by a metric; {resampling.confidence:.0%} bootstrap intervals over "
        f"{evaluation.unit}; seed {resampling.seed}."
    )


def _score(evaluation: Evaluation, metric: Metric, system: str) -> str:
    score = evaluation.scores[metric.name][evaluation.systems.index(system)]
    return "–" if np.isnan(score) else f"{score:.{metric.decimals}f}"


def _spread(evaluation: Evaluation, metric: Metric, system: str) -> str:
    """The second line of a cell: half of the interval and the rank by this metric, as "±0.86 #3"."""
    interval = evaluation.interval(metric.name, system)
    if interval is None:
        return ""
    place = next(place for place in evaluation.ranking[metric.name] if place.system == system)
    rank = "" if place.rank is None else f" #{place.rank}"
    return f"\n±{(interval[1] - interval[0]) / 2:.{metric.decimals}f}{rank}"


def _best(evaluation: Evaluation, metric: Metric, system: str) -> bool:
    """Whether no other system is significantly better."""
    return any(place.rank == 1 and place.system == system for place in evaluation.ranking[metric.name])
