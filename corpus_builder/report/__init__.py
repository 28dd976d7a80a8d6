"""report/: what a build kept, dropped and aligned, on one self-contained page, and a page per speaker.

data.py        the figures and samples of the pages, as frozen types
sample.py      the stories that are shown side by side
tally.py       figures of all beads, summed up from arrays
figures.py     histograms and counts by month as SVG charts
people.py      matching the names of speakers across languages
page.py        report/index.html
speakers.py    report/speakers/
templating.py  what all pages share; templates/ has their HTML, styles and scripts
"""

from __future__ import annotations

from corpus_builder.report.data import (
    BeadFigures,
    FunnelStage,
    Histogram,
    Month,
    QuoteFigures,
    ReportData,
    SampleBead,
    SampleEdition,
    SampleStory,
    ShownQuotation,
    ShownQuoteSide,
    ShownSegment,
)
from corpus_builder.report.page import write_report
from corpus_builder.report.speakers import write_speakers

__all__ = [
    "BeadFigures",
    "FunnelStage",
    "Histogram",
    "Month",
    "QuoteFigures",
    "ReportData",
    "SampleBead",
    "SampleEdition",
    "SampleStory",
    "ShownQuotation",
    "ShownQuoteSide",
    "ShownSegment",
    "write_report",
    "write_speakers",
]
