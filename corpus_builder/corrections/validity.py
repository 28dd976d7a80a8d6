"""Which corrected beads still fit the text of their story.

A place whose words are no longer there is looked for in the other blocks of its edition, at the same place of the
block: paragraphs come and go before it. A bead is void as a whole if one of its places is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus_builder.corrections.beads import CorrectedBead, Corrections, Place, text_hash
from corpus_builder.model import Edition, Span, Story


class Void(StrEnum):
    """Why a corrected bead no longer holds."""

    TEXT_CHANGED = "text_changed"
    """The words are no longer at the place, nor at the same place of exactly one other block."""
    EDITION_ADDED = "edition_added"
    """The story has an edition that it lacked when it was corrected: nobody said what belongs to it."""
    EDITION_GONE = "edition_gone"
    """All its places are in editions that the story no longer has."""
    OVERLAP = "overlap"
    """Its words are now in another corrected bead."""
    STORY_GONE = "story_gone"
    """The workspace does not have the story."""


@dataclass(frozen=True, slots=True)
class HeldBead:
    """A bead that holds: as it is in the file, and its places now, by language."""

    bead: CorrectedBead
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """The corrections of a story: the beads that hold, and those that do not.

    `moved` is the number of places that are in another block now.
    """

    held: tuple[HeldBead, ...] = ()
    void: tuple[tuple[CorrectedBead, Void], ...] = ()
    moved: int = 0

    @property
    def known(self) -> tuple[tuple[Span, ...], ...]:
        """The places of the beads that hold."""
        return tuple(each.spans for each in self.held)

    @property
    def reasons(self) -> Counter[Void]:
        """The void beads by reason."""
        return Counter(reason for _, reason in self.void)


def checked(corrections: Corrections, story: Story | None) -> Checked:
    """Compare the corrections of a story with its text; None where the workspace does not have it.

    A side of an edition that is gone is left out of its bead; the others still hold.
    """
    if story is None:
        return Checked(void=tuple((bead, Void.STORY_GONE) for bead in corrections.beads))
    hashes = {language: _Blocks(edition) for language, edition in story.editions.items()}
    held: list[HeldBead] = []
    void: list[tuple[CorrectedBead, Void]] = []
    taken: Mapping[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    moved = 0
    for bead in corrections.beads:
        spans, reason = _found(bead, story, hashes)
        if reason is None and _overlaps(spans, taken):
            reason = Void.OVERLAP
        if reason:
            void.append((bead, reason))
        else:
            held.append(HeldBead(bead, tuple(spans)))
            places = [place for place in bead.places if place.language in story.editions]
            moved += sum(span.block != place.block for span, place in zip(spans, places, strict=True))
            for span in spans:
                taken[span.language, span.block].append((span.start, span.end))
    return Checked(tuple(held), tuple(void), moved)


class _Blocks:
    """The blocks of an edition, to look for words in."""

    def __init__(self, edition: Edition) -> None:
        self._texts = [block.text for block in edition.blocks]

    def block_of(self, place: Place) -> int | None:
        """The block that has the words of a place, if it is the one of the file or the only one."""
        if place.block < len(self._texts) and self._there(place, self._texts[place.block]):
            return place.block
        found = [k for k, text in enumerate(self._texts) if self._there(place, text)]
        return found[0] if len(found) == 1 else None

    @staticmethod
    def _there(place: Place, text: str) -> bool:
        return place.end <= len(text) and text_hash(text[place.start : place.end]) == place.hash


def _found(bead: CorrectedBead, story: Story, blocks: Mapping[str, _Blocks]) -> tuple[list[Span], Void | None]:
    """The places of a bead in the story as it is; or the reason why they cannot be found."""
    if set(story.editions) - set(bead.languages):
        return [], Void.EDITION_ADDED
    if not any(place.language in blocks for place in bead.places):
        return [], Void.EDITION_GONE
    spans = []
    for place in bead.places:
        if place.language in blocks:
            block = blocks[place.language].block_of(place)
            if block is None:
                return [], Void.TEXT_CHANGED
            spans.append(Span(place.language, block, place.start, place.end))
    return spans, None


def _overlaps(spans: Sequence[Span], taken: Mapping[tuple[str, int], Sequence[tuple[int, int]]]) -> bool:
    return any(
        span.start < end and start < span.end
        for span in spans
        for start, end in taken.get((span.language, span.block), ())
    )
