"""What a user can choose between; nothing here is slow to import, so `--help` can list it."""

from __future__ import annotations

from enum import StrEnum


class Unit(StrEnum):
    """What resampling draws: single segments, or documents with all their segments."""

    SEGMENTS = "segments"
    DOCUMENTS = "documents"


class Level(StrEnum):
    """What a row of the test set is: a segment, or a document with all its segments."""

    SEGMENTS = "segments"
    DOCUMENTS = "documents"


class SignificanceTest(StrEnum):
    """Which test the ranks go by: paired bootstrap, or paired approximate randomisation."""

    BOOTSTRAP = "bootstrap"
    RANDOMISATION = "randomisation"
