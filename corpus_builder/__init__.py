"""Builds parallel datasets from trilingual news sites: crawls, aligns, scores, publishes and evaluates.

This is the public interface; everything below it may change without notice. docs/library.md has examples that run.
The functions import what they need when they are called, so that importing this package takes no time.

Which package may import which is a contract in pyproject.toml, drawn in docs/development.md.
"""

import logging

from corpus_builder.library import (
    align_stories,
    build,
    evaluate_systems,
    extract_page,
    find_quotes,
    identify_language,
    quantities,
    read_beads,
    read_stories,
    split_sentences,
    train_aligner,
)
from corpus_builder.model import (
    Alignment,
    Bead,
    Block,
    BlockKind,
    Edition,
    PlacedBead,
    QuoteSide,
    Segment,
    Span,
    Story,
)
from corpus_builder.version import VERSION

__version__ = VERSION

logging.getLogger(__name__).addHandler(logging.NullHandler())  # a program that uses the package decides what is shown

__all__ = [
    "Alignment",
    "Bead",
    "Block",
    "BlockKind",
    "Edition",
    "PlacedBead",
    "QuoteSide",
    "Segment",
    "Span",
    "Story",
    "__version__",
    "align_stories",
    "build",
    "evaluate_systems",
    "extract_page",
    "find_quotes",
    "identify_language",
    "quantities",
    "read_beads",
    "read_stories",
    "split_sentences",
    "train_aligner",
]
