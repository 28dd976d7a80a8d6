"""The parts of an article as a layout or the generic extractor finds them, before they are refined."""

from __future__ import annotations

from dataclasses import dataclass

from corpus_builder.extract.blocks import RawBlock

GENERIC = "generic"
"""The layout of editions that the generic extractor read (generic.py)."""


@dataclass(frozen=True, slots=True)
class Content:
    """The parts of an article as on the page; `layout` is the name of the layout that matched, or "generic".

    `published`, `authors` and `tags` are texts as written, bylines and lists included (metadata.py reads them).
    """

    layout: str
    title: str
    blocks: list[RawBlock]
    captions: list[RawBlock]
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
