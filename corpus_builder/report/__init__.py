"""report/index.html: what a build found, lost and made, on one self-contained page.

data.py     what the page is made of, as frozen types
sample.py   which stories are shown side by side, and what of them
tally.py    figures of millions of beads, added up from arrays
figures.py  histograms and counts by month as SVG pictures
page.py     the page itself, from templates/
"""

from __future__ import annotations

from corpus_builder.report.data import (
    Beads,
    Histogram,
    Month,
    Piece,
    ReportData,
    SampleBead,
    SampleEdition,
    SampleStory,
    Stage,
)
from corpus_builder.report.page import write_report

__all__ = [
    "Beads",
    "Histogram",
    "Month",
    "Piece",
    "ReportData",
    "SampleBead",
    "SampleEdition",
    "SampleStory",
    "Stage",
    "write_report",
]
