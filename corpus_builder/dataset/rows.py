"""From a story and its beads to the rows that are published.

A row has two or more editions in it; a bead of one edition alone is kept in dropped/, as is a row that `accept` turns
away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from corpus_builder.model import Edition, PlacedBead, Span, Story

# The trilingual configs; each but `documents` also has one a pair, as `sentences.en-uk`.
LEVELS = {"paragraphs": "block", "sentences": "sentence"}


@dataclass(frozen=True, slots=True)
class Row:
    """One published row; the columns are those of docs/dataset.md."""

    id: str
    article_id: str
    date: str | None
    section: str | None
    url: Mapping[str, str | None]
    position: int
    kind: str
    label: str | None
    translation: Mapping[str, str | None]
    quality: Mapping[str, float | None]
    flags: tuple[str, ...]


def pair_names(languages: Sequence[str]) -> list[str]:
    """The pairs of some languages, as they are named: "en-uk", alphabetically."""
    return ["-".join(pair) for pair in combinations(sorted(languages), 2)]


def story_date(story: Story) -> str | None:
    """The day of a story's first publication in any edition, as "2025-12-01"."""
    days = [edition.published.date().isoformat() for edition in story.editions.values() if edition.published]
    return min(days, default=None)


def document_row(story: Story, languages: Sequence[str], probability: float | None) -> Row:
    """A story as one row: its editions' whole texts, a block a line."""
    texts = {
        language: "\n".join(block.text for block in edition.blocks) for language, edition in story.editions.items()
    }
    return _row(story, languages, 0, "document", None, texts, {"probability": probability}, (), "documents")


def bead_rows(story: Story, beads: Iterable[PlacedBead], config: str, languages: Sequence[str]) -> Iterator[Row]:
    """The rows of one trilingual config ("paragraphs" or "sentences") of a story. One-sided beads make none."""
    seen: dict[str, int] = {}
    for bead in beads:
        if bead.level != LEVELS[config] or len({span.language for span in bead.spans}) < 2:
            continue
        texts = {
            language: "\n".join(
                span_text(story.editions[language], span) for span in bead.spans if span.language == language
            )
            for language in dict.fromkeys(span.language for span in bead.spans)
        }
        quality: dict[str, float | None] = {"probability": bead.probability, "score": bead.score}
        for pair in pair_names(languages):
            quality[f"probability_{pair.replace('-', '_')}"] = bead.pairs.get(pair)
        first = story.editions[bead.spans[0].language].blocks[bead.spans[0].block]
        label = next((block.label for block in _blocks(story, bead.spans) if block.label), None)
        row = _row(story, languages, bead.position, str(first.kind), label, texts, quality, bead.flags, config)
        # The same words may stand twice in a story; the second row gets an id of its own.
        seen[row.id] = again = seen.get(row.id, -1) + 1
        yield replace(row, id=_hash(row.id, str(again))) if again else row


def pair_row(row: Row, pair: str) -> Row | None:
    """The two sides of a row, with the pair's own probability; None where one side is missing. The id stays."""
    languages = pair.split("-")
    if not all(row.translation.get(language) for language in languages):
        return None
    probability = row.quality.get(f"probability_{pair.replace('-', '_')}")
    return replace(
        row,
        url={language: row.url[language] for language in languages},
        translation={language: row.translation[language] for language in languages},
        quality={"probability": row.quality["probability"] if probability is None else probability},
    )


def span_text(edition: Edition, span: Span) -> str:
    """The words at a place."""
    return edition.blocks[span.block].text[span.start : span.end]


def _blocks(story: Story, spans: Iterable[Span]) -> Iterator[Any]:
    return (story.editions[span.language].blocks[span.block] for span in spans)


def _row(
    story: Story,
    languages: Sequence[str],
    position: int,
    kind: str,
    label: str | None,
    texts: Mapping[str, str],
    quality: Mapping[str, float | None],
    flags: tuple[str, ...],
    config: str,
) -> Row:
    translation = {language: texts.get(language) or None for language in languages}
    editions = story.editions
    return Row(
        id=_hash(config, story.site, story.article_id, *(f"{k}:{v}" for k, v in sorted(texts.items()))),
        article_id=story.article_id,
        date=story_date(story),
        section=next((edition.section for edition in editions.values() if edition.section), None),
        url={language: editions[language].url if language in editions else None for language in languages},
        position=position,
        kind=kind,
        label=label,
        translation=translation,
        quality=quality,
        flags=flags,
    )


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
