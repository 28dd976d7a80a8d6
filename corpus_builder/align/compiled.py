"""Numba's compiler, under the name that the aligner's loops know."""

from __future__ import annotations

from corpus_builder.compiled import compiled

__all__ = ["compiled"]
