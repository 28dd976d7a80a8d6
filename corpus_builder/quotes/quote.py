"""What a quotation is: the types of this package."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class BlockSpan(NamedTuple):
    """`blocks[block].text[start:end]` of one edition, in code points; model.Span is a place in any edition."""

    block: int
    start: int
    end: int


class Form(StrEnum):
    """How the words are given; docs/quotes.md defines the forms. `MENTIONED` claims no speech: a title, a slogan."""

    DIRECT = "direct"
    LABELLED = "labelled"
    PARTIAL = "partial"
    INDIRECT = "indirect"
    MENTIONED = "mentioned"


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation in one edition.

    `spans` are the words, in order: several where an attribution interrupts them or where they run over blocks.
    `speaker` is the mention as written, at `speaker_span` (None where it is in a label, or nowhere); `person` is
    the fullest name that the edition has for that speaker. `insertions` are the editors' words within `spans`.
    `nested`: it is within another quotation.
    """

    spans: tuple[BlockSpan, ...]
    form: Form
    speaker: str | None = None
    speaker_span: BlockSpan | None = None
    person: str | None = None
    cue: str | None = None
    cue_span: BlockSpan | None = None
    insertions: tuple[BlockSpan, ...] = ()
    nested: bool = False
