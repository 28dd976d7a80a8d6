"""The page: templates filled with ReportData."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_builder.report.data import Month, ReportData, SampleStory, dated
from corpus_builder.report.templating import environment, level_name, page_parts

if TYPE_CHECKING:
    from markupsafe import Markup

# Bytes of the sample of stories at most. Chosen: with some 150 kB of charts and styles, a page of 3 MB opens at once.
SAMPLE_BYTES = 2_600_000


def write_report(path: Path, data: ReportData) -> None:
    """Write the page to `path`. The same data give the same bytes."""
    path.write_text(render(data), encoding="utf-8")


def render(data: ReportData) -> str:
    """The page as HTML text, of at most some 3 MB."""
    from markupsafe import Markup

    stories = _fitting(list(_stories(data)))
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            data=data,
            figures={name: Markup(svg) for name, svg in _figures(data)},
            stories=stories,
            **_totals(data),
            left_out=len(data.stories) - len(stories),
            **page_parts("report.css", "report.js"),
        )
    )


def _stories(data: ReportData) -> Iterator[tuple[SampleStory, Markup]]:
    macro = environment().get_template("story.html.j2").module.story  # type: ignore[attr-defined]
    for story in data.stories:
        yield story, macro(story)


def _fitting(stories: Sequence[tuple[SampleStory, Markup]]) -> list[tuple[SampleStory, Markup]]:
    """The stories that fit on the page, in their order; the longest are left out first."""
    sizes = [len(html.encode()) for _, html in stories]
    room, kept = SAMPLE_BYTES, set()
    for i in sorted(range(len(stories)), key=sizes.__getitem__):
        room -= sizes[i]
        if room < 0:
            break
        kept.add(i)
    return [story for i, story in enumerate(stories) if i in kept]


def _totals(data: ReportData) -> dict[str, Any]:
    """The columns and sums of the tables."""
    editions: Counter[str] = Counter()
    stories: Counter[int] = Counter()
    for month in data.months.values():
        editions.update(month.editions)
        stories.update(month.stories)
    months = dated(data.months)
    return {
        "totals": Month(editions, stories),
        "sizes": sorted(stories),
        "flags": list(dict.fromkeys(flag for beads in data.beads.values() for flag in beads.flags)),
        "splits": list(dict.fromkeys(split for counts in data.rows.values() for split in counts)),
        "period": " – ".join(dict.fromkeys((months[0], months[-1]))) if months else "",
    }


def _figures(data: ReportData) -> Iterator[tuple[str, str]]:
    from corpus_builder.report import figures

    if dated(data.months):
        yield "months", figures.by_month(data.months, data.languages)
    if any(histogram.counts for histogram in data.ratios.values()):
        yield "ratios", figures.length_ratios(data.ratios)
    if any(beads.probability.counts for beads in data.beads.values()):
        named = {level_name(level): beads for level, beads in data.beads.items()}
        yield "probability", figures.probabilities({name: beads.probability for name, beads in named.items()})
        yield "score", figures.scores({name: beads.score for name, beads in named.items()})
