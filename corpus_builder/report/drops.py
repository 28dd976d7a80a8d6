"""report/dropped.html: everything that was dropped, by stage and reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corpus_builder.report.data import DropGroup
from corpus_builder.report.templating import environment, page_parts

# Drops shown of each reason, and characters of each. Chosen: a page of some MB where a site has twenty reasons.
SHOWN, CHARACTERS = 500, 300


def write_drops(path: Path, title: str, groups: Sequence[DropGroup]) -> None:
    """Write the page to `path`."""
    text = environment().get_template("dropped.html.j2")
    path.write_text(
        text.render(title=title, groups=groups, **page_parts("report.css", "list.js")),
        encoding="utf-8",
    )
