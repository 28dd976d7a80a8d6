"""The guideline for annotators: what each key says of a row. The terminal and the workbench show the same."""

from __future__ import annotations

VERDICT_LINES = (
    ("1", "right", "every side says the same; a free translation is right (mark it with f)"),
    ("2", "partly", "the sides belong together, but something is m missing, e extra, or r another name or number"),
    (
        "3",
        "wrong",
        "a the sides do not belong together, l a side is in another language, x no text of the article",
    ),
)
"""Key, verdict, and when it holds."""
MARK_LINES = (("f", "free translation"), ("t", "looks machine-made"))
"""Key, and what it says of a row besides."""
