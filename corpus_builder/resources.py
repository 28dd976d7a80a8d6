"""Where the files that ship with the package lie: configs/ and data/.

In a checkout they lie beside the package; in a wheel, under corpus_builder/shipped/.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(path: str) -> Path:
    """The shipped file or folder at `path`, as "configs/sites" or "data/newspaper"."""
    inside = _PACKAGE / "shipped" / path
    return inside if inside.exists() else _PACKAGE.parent / path
