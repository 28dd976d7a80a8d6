"""report/: what a build found, lost and made, on a page that needs nothing else, and a page a speaker.

data.py        what the pages are made of, as frozen types
sample.py      which stories are shown side by side, and what of them
tally.py       figures of millions of beads, added up from arrays
figures.py     histograms and counts by month as SVG pictures
people.py      which names of speakers are one person's
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
