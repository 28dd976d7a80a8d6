"""Where the texts of rows lie in the pages, without the texts: what the stand-off format is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus_builder.dataset.quote_places import Stretch, Word, quote_place, quote_texts
from corpus_builder.dataset.quotes import QUOTES
from corpus_builder.dataset.rows import LEVELS, bead_texts
from corpus_builder.model import Block, Edition, PlacedBead, PlacedQuote, Span, Story

HASH = 32


@dataclass(frozen=True, slots=True)
class PlacedEdition:
    """An edition without its text: the hash of each of its texts (`texts_of`), and the digest of the page."""

    article_id: str
    language: str
    url: str
    capture: str
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowPlace:
    """A row without its texts: where they lie, and the hash of each. Only quotations have `words`."""

    spans: tuple[Span, ...] | tuple[Stretch, ...]
    hashes: Mapping[str, str]
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class StoryPlaces:
    """The editions of a story, and each of its rows by config and position; None for a quotation that has no place."""

    article_id: str
    editions: tuple[PlacedEdition, ...]
    rows: Mapping[tuple[str, int], RowPlace | None]


class PlaceReader(Protocol):
    """Gives the places of all stories of a workspace, in the order in which their rows stand in the dataset."""

    def __call__(self) -> Iterator[StoryPlaces]:
        """The stories from the first on."""


def story_places(story: Story, beads: Iterable[PlacedBead], quotes: Iterable[PlacedQuote] = ()) -> StoryPlaces:
    """The places of one story's rows."""
    configs = {level: config for config, level in LEVELS.items()}
    texts = {language: texts_of(edition.blocks) for language, edition in story.editions.items()}
    rows: dict[tuple[str, int], RowPlace | None] = {("documents", 0): _document(story)}
    for bead in beads:
        if bead.level in configs:
            rows[configs[bead.level], bead.position] = RowPlace(bead.spans, _hashes(bead_texts(story, bead)))
    for quote in quotes:
        place = quote_place(story, quote, texts)
        hashes = _hashes(quote_texts(quote))
        rows[QUOTES, quote.position] = RowPlace(place.spans, hashes, place.words) if place else None
    return StoryPlaces(story.article_id, tuple(placed(edition) for edition in story.editions.values()), rows)


def _document(story: Story) -> RowPlace:
    blocks = {language: edition.blocks for language, edition in story.editions.items()}
    spans = [
        Span(language, i, 0, len(block.text)) for language, texts in blocks.items() for i, block in enumerate(texts)
    ]
    hashes = _hashes({language: "\n".join(block.text for block in texts) for language, texts in blocks.items()})
    return RowPlace(tuple(spans), hashes)


def _hashes(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: text_hash(text) for language, text in texts.items() if text}


def texts_of(blocks: Iterable[Block]) -> Sequence[str]:
    """The texts of an edition: those of its blocks, then the speakers that labels name, which stand in none of them."""
    blocks = list(blocks)
    return [*(block.text for block in blocks), *(block.speaker for block in blocks if block.speaker)]


def placed(edition: Edition) -> PlacedEdition:
    """An edition without its text."""
    hashes = tuple(map(text_hash, texts_of(edition.blocks)))
    return PlacedEdition(edition.article_id, edition.language, edition.url, edition.capture, hashes)


def text_hash(text: str) -> str:
    """A hash of a text, by which it is known again: the first `HASH` digits of SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:HASH]
