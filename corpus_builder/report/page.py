"""report/index.html: the verdict first, then the figures behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus_builder.report.data import Period, ReportData, dated
from corpus_builder.report.templating import environment, level_name, page_parts


def write_report(path: Path, data: ReportData) -> None:
    """Write the page to `path`. The same data give the same bytes."""
    path.write_text(render(data), encoding="utf-8")


def render(data: ReportData) -> str:
    """The page as HTML text."""
    from markupsafe import Markup

    return (
        environment()
        .get_template("report.html.j2")
        .render(
            data=data,
            figures={name: Markup(svg) for name, svg in _figures(data)},
            losses=_losses(data),
            **_totals(data),
            **page_parts("report.css", languages=data.languages),
        )
    )


# Reasons in the verdict. Chosen: a few lines; the funnel has all.
LOSSES = 6


def _losses(data: ReportData) -> list[tuple[str, str, int]]:
    """The most frequent reasons for drops, as (stage, reason, count); a stage with a note has dropped nothing."""
    found = [(stage.name, *drop) for stage in data.stages if not stage.note for drop in stage.dropped.items()]
    return sorted(found, key=lambda loss: (-loss[2], loss[:2]))[:LOSSES]


def _totals(data: ReportData) -> dict[str, Any]:
    """The columns and sums of the tables."""
    editions: Counter[str] = Counter()
    stories: Counter[int] = Counter()
    for month in data.months.values():
        editions.update(month.editions)
        stories.update(month.stories)
    periods = dated(data.days) or dated(data.months)
    return {
        "totals": Period(editions, stories),
        "sizes": sorted(stories),
        "flags": list(dict.fromkeys(flag for beads in data.beads.values() for flag in beads.flags)),
        "splits": list(dict.fromkeys(split for counts in data.rows.values() for split in counts)),
        "period": " – ".join(dict.fromkeys((periods[0], periods[-1]))) if periods else "",
    }


def _figures(data: ReportData) -> Iterator[tuple[str, str]]:
    from corpus_builder.report import figures

    if dated(data.days) or dated(data.months):
        yield "months", figures.by_period(data.days or data.months, data.languages)
    if any(histogram.counts for histogram in data.ratios.values()):
        yield "ratios", figures.length_ratios(data.ratios)
    named = {level_name(level): beads for level, beads in data.beads.items()}
    if any(beads.probability.counts for beads in named.values()):
        yield "probability", figures.probabilities({name: beads.probability for name, beads in named.items()})
    if any(beads.score.counts for beads in named.values()):
        yield "score", figures.scores({name: beads.score for name, beads in named.items()})
