"""Where the texts of rows lie in the pages, without the texts: what the stand-off format is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus_builder.dataset.quote_places import QuotePlace, quote_place
from corpus_builder.dataset.rows import LEVELS
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


@dataclass(frozen=True)
class StoryPlaces:
    """The editions of a story, the spans of each of its rows by config and position, and its quotations by position;
    None for one that cannot be placed.
    """

    article_id: str
    editions: tuple[PlacedEdition, ...]
    rows: Mapping[tuple[str, int], tuple[Span, ...]]
    quotes: Mapping[int, QuotePlace | None]


class PlaceReader(Protocol):
    """Gives the places of all stories of a workspace, in the order in which their rows stand in the dataset."""

    def __call__(self) -> Iterator[StoryPlaces]:
        """The stories from the first on."""


def story_places(story: Story, beads: Iterable[PlacedBead], quotes: Iterable[PlacedQuote] = ()) -> StoryPlaces:
    """The places of one story's rows."""
    configs = {level: config for config, level in LEVELS.items()}
    whole = tuple(
        Span(language, i, 0, len(block.text))
        for language, edition in story.editions.items()
        for i, block in enumerate(edition.blocks)
    )
    rows = {(configs[bead.level], bead.position): bead.spans for bead in beads if bead.level in configs}
    editions = tuple(placed(edition) for edition in story.editions.values())
    texts = {language: texts_of(edition.blocks) for language, edition in story.editions.items()}
    said = {quote.position: quote_place(story, quote, texts) for quote in quotes}
    return StoryPlaces(story.article_id, editions, {("documents", 0): whole, **rows}, said)


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
