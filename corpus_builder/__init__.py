"""Builds parallel datasets from trilingual news sites: crawls, aligns, scores, publishes and evaluates.

This is the public interface; everything below it may change without notice. docs/library.md has examples that run.
Importing this package imports nothing, so that the command can handle Ctrl-C at once; a name is looked up in the module
that has it when it is first used.

Which package may import which is a contract in pyproject.toml, drawn in docs/development.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from corpus_builder.version import VERSION as __version__  # noqa: N811 (its usual name)

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


def __getattr__(name: str) -> Any:  # PEP 562
    if name == "__version__":
        return import_module("corpus_builder.version").VERSION
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Types are named like classes, functions like functions.
    value = getattr(import_module(f"corpus_builder.{'model' if name[0].isupper() else 'library'}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
