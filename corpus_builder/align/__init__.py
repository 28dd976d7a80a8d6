"""The aligner: `train` learns from documents, `Aligner.align` finds the beads of one document.

Importing this package is light; numba and numpy are loaded when the first name of it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpus_builder.align.aligner import Aligner, train

__all__ = ["Aligner", "train"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from corpus_builder.align import aligner

        return getattr(aligner, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
