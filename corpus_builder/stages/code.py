"""Code that several stages run, as they declare it in `Stage.modules`."""

from __future__ import annotations

_TEXTS = ("languages", "model", "ragged", "text", "workspace.tables")

ALIGNING = (
    *_TEXTS,
    "align",
    "corrections.beads",
    "corrections.folder",
    "corrections.held_out",
    "corrections.places",
    "corrections.validity",
    "escape",
    "jit",
    "stages.corrected",
    "stages.documents",
    "stages.encoders",
)
"""Documents of stories, with what people corrected in them, and the aligner."""

ROWS = (
    *_TEXTS,
    "dataset.origins",
    "dataset.rows",
    "quality",
    "stages.candidates",
    "workspace.scores",
    "workspace.stories",
)
"""The rows that beads make, and what is measured of them."""
