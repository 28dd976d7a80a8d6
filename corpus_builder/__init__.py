"""Builds parallel datasets from trilingual news sites: crawls, aligns, scores, publishes and evaluates.

This is the public interface; everything below it may change without notice. docs/library.md has examples that run.
The functions import what they need when they are called, so that importing this package takes no time.

Packages import only what lies below them (a contract in pyproject.toml):

    {library, cli} → stages → workspace
        → {crawl, extract, align, quality, dataset, evaluate, report, newspaper} → {sites, quotes} → web → text
        → languages → {toml, tmx, parquet, jit} → files → {model, errors, resources, install, version}
"""

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
