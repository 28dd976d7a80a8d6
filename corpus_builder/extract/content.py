"""What an extractor finds on a page, by layout or generically, before it is refined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corpus_builder.extract.blocks import RawBlock


@dataclass(frozen=True, slots=True)
class Content:
    """The parts of an article as the page has them; `layout` names the layout that matched, or is "generic"."""

    layout: str
    title: str
    blocks: list[RawBlock]
    captions: list[RawBlock]
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    tags: tuple[str, ...] = ()
