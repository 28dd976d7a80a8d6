"""The files that ship with the package: configs/ and data/.

In a checkout they are next to the package; in a wheel they are in corpus_builder/shipped/.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(path: str) -> Path:
    """The shipped file or folder at `path`, e.g. "configs/sites" or "data/newspaper"."""
    inside = _PACKAGE / "shipped" / path
    return inside if inside.exists() else _PACKAGE.parent / path
