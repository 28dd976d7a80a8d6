"""report/: what a build kept, dropped and aligned, on pages that need no server, no script and no network.

data.py        the figures and texts of the pages, as frozen types
story.py       a story as it is shown
tally.py       figures of all beads, summed up from arrays
figures.py     histograms and counts by month as SVG charts
people.py      matching the names of speakers across languages
page.py        report/index.html
stories.py     report/stories/
drops.py       report/dropped.html
speakers.py    report/speakers/
templating.py  what all pages share; templates/ has their HTML, styles and scripts
"""

from __future__ import annotations

from corpus_builder.report.data import (
    BeadFigures,
    FunnelStage,
    Histogram,
    Period,
    QuoteFigures,
    ReportData,
    ShownBead,
    ShownEdition,
    ShownQuotation,
    ShownQuoteSide,
    ShownSegment,
    ShownStory,
)
from corpus_builder.report.page import write_report
from corpus_builder.report.speakers import write_speakers

__all__ = [
    "BeadFigures",
    "FunnelStage",
    "Histogram",
    "Period",
    "QuoteFigures",
    "ReportData",
    "ShownBead",
    "ShownEdition",
    "ShownQuotation",
    "ShownQuoteSide",
    "ShownSegment",
    "ShownStory",
    "write_report",
    "write_speakers",
]
