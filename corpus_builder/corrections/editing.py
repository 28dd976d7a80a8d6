"""A story as a person corrects it: the beads of the last build with the corrections over them, and changes of these."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from corpus_builder.corrections.beads import CorrectedBead, Place
from corpus_builder.corrections.folder import change, conflict, read_correction
from corpus_builder.corrections.places import ByBlock, by_block, without
from corpus_builder.corrections.validity import Checked, checked
from corpus_builder.errors import UsageError
from corpus_builder.model import PlacedBead, Span, Story

Spans = tuple[Span, ...]


class State(StrEnum):
    """Who says that the places of a bead belong together."""

    HUMAN = "human"
    """A person: it is corrected or confirmed."""
    ALIGNER = "aligner"
    """The aligner, in the last build."""
    OPEN = "open"
    """Nobody: what corrections left of a bead. The next build aligns it."""


@dataclass(frozen=True, slots=True)
class ShownBead:
    """A bead as it is shown: its places in order, and the probability that the aligner gave it."""

    spans: Spans
    state: State
    probability: float | None


@dataclass(frozen=True, slots=True)
class Edited:
    """What a change did: the beads now, and the change that takes it back (`edit`)."""

    beads: tuple[ShownBead, ...]
    undo_seen: tuple[Spans, ...]
    undo_beads: tuple[Spans, ...]


def shown(story: Story, placed: Sequence[PlacedBead], corrections: Checked) -> tuple[ShownBead, ...]:
    """The beads of a story to correct, in reading order: those of a person, and of the aligner's what is left."""
    human = [ShownBead(tuple(sorted(each.spans, key=_key)), State.HUMAN, None) for each in corrections.held]
    fixed = by_block(span for bead in human for span in bead.spans)
    beads = [*human]
    for bead in placed:
        rest = tuple(sorted(_left(bead.spans, fixed, story), key=_key))
        if rest:
            own = bead.origin == "aligner" and rest == tuple(sorted(bead.spans, key=_key))
            state = State.ALIGNER if own else State.OPEN
            beads.append(ShownBead(rest, state, bead.probability if own else None))
    return tuple(_in_reading_order(beads, list(story.editions)))


def version(beads: Sequence[ShownBead]) -> str:
    """A hash of the beads that are shown: it tells whether somebody changed them meanwhile."""
    return hashlib.sha256(repr([(bead.spans, bead.state) for bead in beads]).encode()).hexdigest()[:16]


def edit(
    folder: Path, story: Story, placed: Sequence[PlacedBead], seen: Sequence[Spans], beads: Sequence[Spans]
) -> Edited:
    """Replace beads that a person saw by others, which a person made; all or none.

    Without `beads` those seen are left to the aligner again. Raises Conflict where the beads seen are no longer as they
    were shown, and UsageError for places without words.
    """
    corrections = checked(read_correction(folder, story.article_id), story)
    now = {frozenset(bead.spans): bead for bead in shown(story, placed, corrections)}
    if any(frozenset(spans) not in now for spans in seen):
        raise conflict(story.article_id)
    try:
        added = [CorrectedBead.of(story, spans) for spans in beads]
    except ValueError as error:
        raise UsageError(str(error), next_step="load the page again") from error
    wanted = {frozenset(spans) for spans in seen}
    removed = [each.bead for each in corrections.held if frozenset(each.spans) in wanted]
    places = [place for bead in added for place in bead.places]
    removed += [bead for bead, _ in corrections.void if any(_same_words(p, q) for p in bead.places for q in places)]
    for each in corrections.held:  # those whose block has another number now are written with it
        current = CorrectedBead.of(story, each.spans)
        if each.bead not in removed and current.places != each.bead.places:
            removed.append(each.bead)
            added.append(current)
    change(folder, story.article_id, removed, added)
    after = checked(read_correction(folder, story.article_id), story)
    before = tuple(spans for spans in seen if now[frozenset(spans)].state is State.HUMAN)
    return Edited(shown(story, placed, after), tuple(beads), before)


def confirm_all(folder: Path, story: Story, placed: Sequence[PlacedBead], seen: str) -> tuple[ShownBead, ...]:
    """Confirm every bead of the aligner, and what is left of others; `seen` is the version that was shown.

    Raises Conflict where it is another one now.
    """
    beads = shown(story, placed, checked(read_correction(folder, story.article_id), story))
    if version(beads) != seen:
        raise conflict(story.article_id)
    rest = [bead.spans for bead in beads if bead.state is not State.HUMAN]
    return edit(folder, story, placed, rest, rest).beads if rest else beads


def _same_words(one: Place, other: Place) -> bool:
    same_block = (one.language, one.block) == (other.language, other.block)
    return same_block and one.start < other.end and other.start < one.end


def _left(spans: Sequence[Span], fixed: ByBlock, story: Story) -> Iterator[Span]:
    """What is left of some places without others."""
    for span in spans:
        rest = [span]
        text = story.editions[span.language].blocks[span.block].text
        for other in fixed.get((span.language, span.block), ()):
            rest = [part for piece in rest for part in without(piece, other, text)]
        yield from rest


def _in_reading_order(beads: Sequence[ShownBead], languages: Sequence[str]) -> Iterator[ShownBead]:
    """By their places in the first language; those without one follow the bead of the segment before theirs."""
    following = {-1: -1}  # the number of the bead after each; -1 is before the first and after the last
    for language in languages:
        firsts = ((min((_key(s) for s in bead.spans if s.language == language), default=None), number)
                  for number, bead in enumerate(beads))  # fmt: skip
        before = -1
        for _, number in sorted((first, number) for first, number in firsts if first is not None):
            if number not in following:
                following[number] = following[before]
                following[before] = number
            before = number
    number = following[-1]
    while number >= 0:
        yield beads[number]
        number = following[number]


def _key(span: Span) -> tuple[str, int, int]:
    return span.language, span.block, span.start
