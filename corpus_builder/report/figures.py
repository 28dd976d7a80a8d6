"""The charts of the report, drawn by matplotlib as SVG inside the page.

The bytes depend on the data alone: ids come from a fixed salt, and no date is written. Text stays text, and the colours
become CSS variables (--ink, --series-0, …), so that a chart follows the page's fonts and its dark or light scheme.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from corpus_builder.model import RIGHT
from corpus_builder.report.data import Histogram, Period, dated

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Placeholder colours: matplotlib writes them, and _adapt replaces each by a variable of the page's style sheet.
INK, FAINT = "#010101", "#020202"
SERIES = ("#030300", "#030301", "#030302", "#030303", "#030304", "#030305")
_VARIABLES = {INK: "--ink", FAINT: "--faint", **{colour: f"--series-{i}" for i, colour in enumerate(SERIES)}}
# Periods above which lines are drawn instead of bars. Chosen: 150 months of three bars are 2 pixels each.
BARS = 150
# Periods at most. Chosen: 50 years of months, so that one page with an absurd date does not empty the chart.
PERIODS = 600
# Bins of a score histogram at most, as scores have no fixed range. Chosen: about as many as the probability has.
SCORE_BINS = 48

# Room for the labels on the left (six digits and a name), below, above (the legend) and on the right, in inches. Fixed
# margins, because measuring every label to place the axes takes a third of the time of a chart.
MARGIN_LEFT, MARGIN_BELOW, MARGIN_ABOVE, MARGIN_RIGHT = 0.72, 0.5, 0.36, 0.16

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": FAINT,
    "grid.alpha": 0.35,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "legend.handlelength": 1.2,
}


def draw(name: str, width: float, height: float, plot: Callable[[Axes], None]) -> str:
    """A chart of `width` by `height` inches as an <svg> element; `name` makes its ids differ from those of others."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(width, height))
        inside = (width - MARGIN_LEFT - MARGIN_RIGHT) / width, (height - MARGIN_BELOW - MARGIN_ABOVE) / height
        plot(figure.add_axes((MARGIN_LEFT / width, MARGIN_BELOW / height, *inside)))
        out = io.StringIO()
        nothing: dict[str, Any] = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(out, format="svg", transparent=True, metadata=nothing)
    return _adapt(out.getvalue(), name)


def _adapt(svg: str, name: str) -> str:
    svg = svg[svg.index("<svg") :]
    # Inside a page, the chart's style sheet would apply to the whole page, and its fonts are the page's.
    svg = re.sub(r"<metadata>.*?</metadata>\s*|<style.*?</style>\s*| font-family: [^;]*;", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    svg = re.sub("#[0-9a-f]{6}", lambda match: f"var({_VARIABLES.get(match[0], '--ink')})", svg)
    return svg.replace("<svg ", '<svg aria-hidden="true" ', 1)


def most(sizes: Mapping[str, int]) -> list[str]:
    """The largest of the names, as many as there are colours, in the given order, without empty ones."""
    ranked = sorted(filter(sizes.get, sizes), key=lambda name: -sizes[name])[: len(SERIES)]
    return [name for name in sizes if name in ranked]


def by_period(periods: Mapping[str, Period], languages: Sequence[str]) -> str:
    """Editions by language, by month over at most 50 years or by day; a period without stories is a gap."""
    from matplotlib.ticker import MaxNLocator

    row = calendar(dated(periods))[-PERIODS:]
    shown = most({x: sum(periods[name].editions.get(x, 0) for name in row if name in periods) for x in languages})

    def plot(axes: Axes) -> None:
        slot = 0.84 / max(len(shown), 1)
        for i, language in enumerate(shown):
            counts = [periods[name].editions.get(language, 0) if name in periods else 0 for name in row]
            colour = SERIES[i]
            if len(row) > BARS:
                edges = [x - 0.5 for x in range(len(row) + 1)]
                axes.stairs(counts, edges, color=colour, linewidth=1.2, label=language)
            else:
                bars = {x - 0.42 + slot * i: count for x, count in enumerate(counts) if count}
                axes.bar(list(bars), list(bars.values()), slot, align="edge", color=colour, label=language)
        ticks = _ticks(row)
        axes.set_xticks(list(ticks), list(ticks.values()))
        axes.set_xlim(-0.6, max(len(row), 6) - 0.4)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        _finish(axes, "", "editions", len(shown))

    return draw("months", 10, 2.6, plot)


def _ticks(row: Sequence[str]) -> dict[int, str]:
    """The labelled periods of the axis: all of a short row of months, the Januaries of a long one, about ten days."""
    if len(row[0]) > len("2025-12"):
        return dict(list(enumerate(row))[:: len(row) // 10 + 1])
    if len(row) <= 12:
        return dict(enumerate(row))
    if len(row) <= 24:
        return dict(list(enumerate(row))[::3])
    return {i: month[:4] for i, month in enumerate(row) if month.endswith("-01")}


def calendar(periods: Sequence[str]) -> list[str]:
    """Every month or day from the first to the last of some in order."""
    if len(periods[0]) > len("2025-12"):
        first, last = date.fromisoformat(periods[0]), date.fromisoformat(periods[-1])
        return [(first + timedelta(days=i)).isoformat() for i in range((last - first).days + 1)]
    first_month, last_month = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (periods[0], periods[-1]))
    return [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(first_month, last_month + 1)]


def probabilities(series: Mapping[str, Histogram]) -> str:
    """Shares of rows with at least some probability, one line per level."""

    def plot(axes: Axes) -> None:
        for i, (name, histogram) in enumerate(series.items()):
            size = round(1 / histogram.width)
            counts = [histogram.counts.get(bin_number, 0) for bin_number in range(size)]
            total = sum(counts) or 1
            least = list(accumulate(reversed(counts)))[::-1]
            edges = [bin_number * histogram.width for bin_number in range(size + 1)]
            axes.plot(edges[:-1], [count / total for count in least], color=SERIES[i], linewidth=1.6, label=name)
        axes.axvline(RIGHT, color=FAINT, linewidth=0.8)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.02)
        axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
        axes.grid(axis="both")
        _finish(axes, "probability of at least", "share of rows", len(series))

    return draw("probability", 5, 2.8, plot)


def scores(series: Mapping[str, Histogram]) -> str:
    """Shares of beads by score, one line per level; the end bins include the outer half per cent on each side."""

    def plot(axes: Axes) -> None:
        shown = dict(series)
        while max(high - low for low, high in map(_bulk, shown.values())) > SCORE_BINS:
            shown = {name: _coarser(histogram) for name, histogram in shown.items()}
        for i, (name, histogram) in enumerate(shown.items()):
            low, high = _bulk(histogram)
            _line(axes, histogram, low, high + 1, name, SERIES[i])
        _finish(axes, "score (log-likelihood ratio)", "share of groups", len(series))

    return draw("score", 5, 2.8, plot)


def length_ratios(ratios: Mapping[str, Histogram]) -> str:
    """Shares of sentence beads by the ratio of their lengths, one line per pair; the axis is from 1:4 to 4:1."""
    shown = {pair: ratios[pair] for pair in most({pair: sum(bins.counts.values()) for pair, bins in ratios.items()})}

    def plot(axes: Axes) -> None:
        for i, (pair, histogram) in enumerate(shown.items()):
            reach = round(2 / histogram.width)
            _line(axes, histogram, -reach, reach, " : ".join(reversed(pair.split("-"))), SERIES[i])
        axes.axvline(0, color=FAINT, linewidth=0.8)
        axes.set_xlim(-2, 2)
        axes.set_xticks([-2, -1, 0, 1, 2], ["1:4", "1:2", "1:1", "2:1", "4:1"])
        _finish(axes, "characters of one edition : of the other", "share of groups", len(shown))

    return draw("ratio", 5, 2.8, plot)


def _line(axes: Axes, histogram: Histogram, low: int, high: int, label: str, colour: str) -> None:
    """Bins `low` up to `high` as a stepped line with a light fill; the first and last bin include all beyond."""
    bins = [0] * (high - low)
    for i, count in histogram.counts.items():
        bins[min(max(i, low), high - 1) - low] += count
    total = sum(bins) or 1
    edges = [i * histogram.width for i in range(low, high + 1)]
    shares = [count / total for count in bins]
    axes.stairs(shares, edges, fill=True, color=colour, alpha=0.12)
    axes.stairs(shares, edges, color=colour, linewidth=1.4, label=label)


def _coarser(histogram: Histogram) -> Histogram:
    """The same with bins twice as wide."""
    counts: Counter[int] = Counter()
    for i, count in histogram.counts.items():
        counts[i // 2] += count
    return Histogram(histogram.width * 2, counts)


def _bulk(histogram: Histogram) -> tuple[int, int]:
    """The first and last bin of the middle 99 per cent."""
    total, below, low = sum(histogram.counts.values()), 0, None
    for i in sorted(histogram.counts):
        below += histogram.counts[i]
        if low is None and below >= 0.005 * total:
            low = i
        if below >= 0.995 * total:
            return (i if low is None else low), i
    return 0, 0


def _finish(axes: Axes, x: str, y: str, series: int) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    axes.tick_params(length=2)
    if series > 1:
        axes.legend(loc="upper left", bbox_to_anchor=(0, 1.14), ncols=series, borderaxespad=0)
