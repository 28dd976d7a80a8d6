"""The card's charts, as PNG files; the same figures give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus_builder.dataset.splits import SPLITS
from corpus_builder.dataset.statistics import Statistics

# Okabe and Ito's colours (2008), which people with any colour vision can tell apart.
_COLOURS = {"train": "#0072b2", "validation": "#e69f00", "test": "#009e73"}
# Labels below the axis at most; of more months, every n-th has one. Chosen: what fits without overlap.
_LABELS = 12
# Width and height in inches; the axes within, as shares: room for six digits and a name on the left, for slanted months
# below. Fixed, because measuring every label to place the axes takes a third of the time of a chart.
_SIZE = (7, 3.2)
_AXES = (0.12, 0.21, 0.86, 0.69)


def draw(folder: Path, figures: Statistics) -> list[Path]:
    """Draw the rows by month and the probabilities into plots/; the files."""
    (folder / "plots").mkdir(parents=True, exist_ok=True)
    return [_months(folder / "plots" / "months.png", figures.months, figures.default),
            _probabilities(folder / "plots" / "probability.png", figures.probabilities, figures.default)]  # fmt: skip


def _months(path: Path, months: Mapping[str, Mapping[str, int]], config: str) -> Path:
    figure, axes = _canvas()
    names = sorted(months)
    below = [0] * len(names)
    for split in SPLITS:
        rows = [months[name].get(split, 0) for name in names]
        axes.bar(range(len(names)), rows, bottom=below, color=_COLOURS[split], label=split)
        below = [old + new for old, new in zip(below, rows, strict=True)]
    step = -(-len(names) // _LABELS)
    axes.set_xticks(range(0, len(names), step or 1), names[:: step or 1], rotation=45, ha="right")
    axes.set_ylabel(f"rows of {config}")
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(SPLITS), borderaxespad=0)
    return _save(figure, path)


def _probabilities(path: Path, bins: Sequence[int], config: str) -> Path:
    figure, axes = _canvas()
    width = 1 / len(bins)
    axes.bar([(i + 0.5) * width for i in range(len(bins))], bins, width=width * 0.9, color=_COLOURS["train"])
    axes.set_yscale("symlog", linthresh=1)
    axes.set_ylim(bottom=0)
    axes.set_xlim(0, 1)
    axes.set_xlabel("probability that the row is correct")
    axes.set_ylabel(f"rows of {config}")
    return _save(figure, path)


def _canvas() -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE)
    FigureCanvasAgg(figure)
    axes = figure.add_axes(_AXES)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _save(figure: Any, path: Path) -> Path:
    figure.savefig(path, dpi=110, metadata={"Software": None})
    return path
