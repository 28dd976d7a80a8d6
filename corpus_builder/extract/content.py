"""The parts of an article as a layout or the generic extractor finds them, before they are refined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corpus_builder.extract.blocks import RawBlock


@dataclass(frozen=True, slots=True)
class Content:
    """The parts of an article as on the page; `layout` is the name of the layout that matched, or "generic"."""

    layout: str
    title: str
    blocks: list[RawBlock]
    captions: list[RawBlock]
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    tags: tuple[str, ...] = ()
