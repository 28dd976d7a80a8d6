"""The stories that the report shows: which, and how much of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from corpus_builder.model import Edition, PlacedBead, Span, Story
from corpus_builder.report.data import SampleBead, SampleEdition, SampleStory, ShownSegment
from corpus_builder.report.templating import shortened

# In the order of the page.
LEVELS = ("block", "sentence")
# Limits per story: beads per level, characters per segment, per headline and per URL. Chosen: a news story has some 20
# blocks and 40 sentences, so only what is not one is cut.
BEADS, CHARACTERS, TITLE, ADDRESS = 150, 3_000, 300, 500

Item = TypeVar("Item")


def spread(sizes: Mapping[str, int], total: int) -> dict[str, int]:
    """How many stories to take from each shard, given how many it has: equal numbers, as far as possible.

    >>> spread({"2025-10": 1, "2025-11": 9, "2025-12": 9}, 7)
    {'2025-10': 1, '2025-11': 3, '2025-12': 3}
    """
    quota = dict.fromkeys(sizes, 0)
    while (left := total - sum(quota.values())) > 0:
        more = [name for name, size in sizes.items() if quota[name] < size]
        if not more:
            break
        for name in evenly(more, left):
            quota[name] += 1
    return quota


def evenly(items: Sequence[Item], count: int) -> list[Item]:
    """At most `count` of the items, evenly spaced.

    >>> evenly("abcdefgh", 3)
    ['a', 'c', 'f']
    """
    if count >= len(items):
        return list(items)
    return [items[i * len(items) // count] for i in range(count)]


def choose(editions: Mapping[str, int], count: int, before: int = 0) -> list[str]:
    """`count` stories of a shard, given how many editions each has; a story in one language is never chosen.

    Three of four have the most editions, every fourth has fewer, if possible. `before` is the number of stories taken
    from earlier shards, so that the share also holds where a shard gives one story.
    """
    most = max(editions.values(), default=0)
    full = [article_id for article_id, n in editions.items() if n == most and n > 1]
    partial = [article_id for article_id, n in editions.items() if 1 < n < most]
    fewer = min(len(partial), max((before + count) // 4 - before // 4, count - len(full)))
    return sorted(evenly(full, count - fewer) + evenly(partial, fewer))


def sample_story(story: Story, beads: Iterable[PlacedBead], languages: Sequence[str]) -> SampleStory:
    """A story as the page shows it, its columns in the order of `languages`."""
    rows: dict[str, list[SampleBead]] = {level: [] for level in LEVELS}
    cut = dict.fromkeys(LEVELS, 0)
    probability = 1.0
    for bead in beads:
        probability = bead.document_probability
        if len(rows[bead.level]) < BEADS:
            rows[bead.level].append(_bead(story, bead))
        else:
            cut[bead.level] += 1
    editions = [story.editions[language] for language in languages if language in story.editions]
    return SampleStory(
        article_id=story.article_id,
        date=min((edition.published.date().isoformat() for edition in editions if edition.published), default=None),
        section=next((edition.section for edition in editions if edition.section), None),
        editions=tuple(map(_edition, editions)),
        probability=probability,
        beads={level: tuple(rows[level]) for level in LEVELS},
        cut=cut,
    )


def _edition(edition: Edition) -> SampleEdition:
    return SampleEdition(
        language=edition.language,
        title=shortened(edition.title, TITLE),
        url=edition.url if len(edition.url) <= ADDRESS else "",
        published=edition.published.strftime("%Y-%m-%d %H:%M") if edition.published else None,
        layout=edition.layout,
    )


def _bead(story: Story, bead: PlacedBead) -> SampleBead:
    sides: dict[str, list[ShownSegment]] = {}
    for span in bead.spans:
        sides.setdefault(span.language, []).append(_piece(story.editions[span.language], span))
    return SampleBead(
        position=bead.position,
        sides={language: tuple(pieces) for language, pieces in sides.items()},
        probability=bead.probability,
        score=bead.score,
        pairs=bead.pairs,
        flags=bead.flags,
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
