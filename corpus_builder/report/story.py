"""A story as the report shows it, and how much of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from corpus_builder.model import Edition, PlacedBead, Span, Story
from corpus_builder.report.data import ShownBead, ShownEdition, ShownSegment, ShownStory
from corpus_builder.report.templating import level_name, shortened

# In the order of the page.
LEVELS = ("block", "sentence")
# Limits per story: beads per level, characters per segment, per headline and per URL. Chosen: a news story has some 20
# blocks and 40 sentences, so only what is not one is cut.
BEADS, CHARACTERS, TITLE, ADDRESS = 150, 3_000, 300, 500

Scores = Mapping[tuple[str, int], tuple[Mapping[str, Any], Sequence[str]]]
"""The published scores and flags of rows by level and position."""
Reason = Callable[[Mapping[str, Any], str], str]
"""What speaks most against a row, from its scores and the name of its config; "" where nothing does."""


def shown_story(
    story: Story,
    beads: Iterable[PlacedBead],
    languages: Sequence[str],
    scores: Scores,
    reason: Reason,
    dropped: Sequence[tuple[str, str]] = (),
) -> ShownStory:
    """A story with its columns in the order of `languages`; `dropped` has reasons and details."""
    rows: dict[str, list[ShownBead]] = {level: [] for level in LEVELS}
    cut = dict.fromkeys(LEVELS, 0)
    probability = 1.0
    for bead in beads:
        probability = bead.document_probability
        if len(rows[bead.level]) < BEADS:
            quality, flags = scores.get((bead.level, bead.position), ({}, bead.flags))
            rows[bead.level].append(_bead(story, bead, quality, flags, reason(quality, level_name(bead.level))))
        else:
            cut[bead.level] += 1
    editions = [story.editions[language] for language in languages if language in story.editions]
    return ShownStory(
        article_id=story.article_id,
        date=min((edition.published.date().isoformat() for edition in editions if edition.published), default=None),
        section=next((edition.section for edition in editions if edition.section), None),
        editions=tuple(map(_edition, editions)),
        probability=probability,
        beads={level: tuple(rows[level]) for level in LEVELS},
        cut=cut,
        dropped=tuple(dropped),
    )


def _edition(edition: Edition) -> ShownEdition:
    return ShownEdition(
        language=edition.language,
        title=shortened(edition.title, TITLE),
        url=edition.url if len(edition.url) <= ADDRESS else "",
        published=edition.published.strftime("%Y-%m-%d %H:%M") if edition.published else None,
        layout=edition.layout,
    )


def _bead(story: Story, bead: PlacedBead, quality: Mapping[str, Any], flags: Sequence[str], reason: str) -> ShownBead:
    sides: dict[str, list[ShownSegment]] = {}
    for span in bead.spans:
        sides.setdefault(span.language, []).append(_piece(story.editions[span.language], span))
    pairs = {pair: quality.get(f"probability_{pair.replace('-', '_')}") for pair in bead.pairs}
    return ShownBead(
        position=bead.position,
        sides={language: tuple(pieces) for language, pieces in sides.items()},
        probability=quality.get("probability"),
        complete=quality.get("complete"),
        reason=reason,
        pairs={pair: value for pair, value in pairs.items() if value is not None},
        flags=tuple(flags),
        origin=bead.origin,
    )


def _piece(edition: Edition, span: Span) -> ShownSegment:
    block = edition.blocks[span.block]
    opens = span.start == 0
    return ShownSegment(
        text=shortened(block.text[span.start : span.end], CHARACTERS),
        kind=str(block.kind),
        label=(block.label_text or block.label) if opens else None,
        opens_block=opens,
    )
