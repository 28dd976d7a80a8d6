"""A story as the aligner takes it: its sentences by language, and where each of them is in its edition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from corpus_builder.model import BlockKind, Document, Edition, Segment, Span, Story
from corpus_builder.text.sentences import split


def document(story: Story, languages: Sequence[str]) -> tuple[Document, Mapping[str, list[Span]]]:
    """The document of a story, and the places of its segments by language."""
    places: dict[str, list[Span]] = {}
    segments: dict[str, tuple[Segment, ...]] = {}
    for language in languages:
        if language not in story.editions:
            continue
        edition = story.editions[language]
        places[language] = list(_sentences(edition))
        segments[language] = tuple(
            Segment(block.text[span.start : span.end], span.block, block.kind, block.label)
            for span in places[language]
            for block in (edition.blocks[span.block],)
        )
    return Document(story.article_id, segments), places


def _sentences(edition: Edition) -> Iterator[Span]:
    for i, block in enumerate(edition.blocks):
        if block.kind is BlockKind.TITLE:  # a headline is one unit, whatever its punctuation
            yield Span(edition.language, i, 0, len(block.text))
        else:
            for start, end in split(block.text, edition.language):
                yield Span(edition.language, i, start, end)
