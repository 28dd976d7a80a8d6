"""A correction as a file: the beads of one story that a person made or confirmed.

Places are those of the story's blocks, with a hash of the words there. No text is kept: the file says what belongs
together, and articles/ what it says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from corpus_builder.escape import file_name
from corpus_builder.model import Span, Story
from corpus_builder.toml import Strict

Number = Annotated[int, Field(ge=0, le=2**31 - 1)]  # what articles/ can hold


class Place(Strict):
    """Code points `start` to `end` of a block of an edition, and the hash of the words there (`text_hash`)."""

    language: str = Field(min_length=1)
    block: Number
    start: Number
    end: Number
    hash: str = Field(pattern=r"^[0-9a-f]{16}$")

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"end {self.end} must be greater than start {self.start}")
        return self

    @property
    def key(self) -> tuple[str, int, int, int]:
        """Its order in a file."""
        return self.language, self.block, self.start, self.end


class CorrectedBead(Strict):
    """Places of one or more editions that translate one another, and nothing else does.

    `languages` are the editions that the story had when it was corrected. One of them without a place has no
    counterpart.
    """

    languages: tuple[str, ...] = Field(min_length=1)
    places: tuple[Place, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _of_its_languages(self) -> Self:
        if unknown := {place.language for place in self.places} - set(self.languages):
            raise ValueError(f"places in {', '.join(sorted(unknown))}, which `languages` lacks")
        return self

    @staticmethod
    def of(story: Story, spans: Iterable[Span]) -> CorrectedBead:
        """A bead of these places of a story. Raises ValueError where it has no words at one of them."""
        return CorrectedBead(
            languages=tuple(sorted(story.editions)), places=tuple(sorted((_place(story, s) for s in spans), key=_key))
        )


class Corrections(Strict):
    """All corrected beads of one story, each place in one of them."""

    format: Literal[1] = 1
    """The version of the files."""
    article_id: str = Field(min_length=1)
    beads: tuple[CorrectedBead, ...] = ()

    @model_validator(mode="after")
    def _apart(self) -> Self:
        owners = ((place, number) for number, bead in enumerate(self.beads) for place in bead.places)
        placed = sorted(owners, key=lambda each: each[0].key)
        for _, group in groupby(placed, key=lambda each: each[0].key[:2]):
            for (one, first), (two, second) in pairwise(group):
                if two.start < one.end:
                    raise ValueError(
                        f"beads {first} and {second} both have {two.language}, block {two.block}, "
                        f"{two.start} to {min(one.end, two.end)}"
                    )
        return self

    def with_beads(self, beads: Sequence[CorrectedBead]) -> Corrections:
        """The same story with other beads, in the order of their places."""
        return Corrections(article_id=self.article_id, beads=tuple(sorted(beads, key=lambda bead: bead.places[0].key)))


def text_hash(text: str) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def corrections_file(article_id: str) -> str:
    """The name of the file for a story: its article id, if that is a safe name, else made one with a hash."""
    name = file_name(article_id, "story")
    if name == article_id and name == name.lower():  # some file systems do not tell "A" from "a"
        return f"{name}.json"
    return f"{name}-{text_hash(article_id)}.json"


def _key(place: Place) -> tuple[str, int, int, int]:
    return place.key


def _place(story: Story, span: Span) -> Place:
    edition = story.editions.get(span.language)
    blocks = edition.blocks if edition else ()
    text = blocks[span.block].text if 0 <= span.block < len(blocks) else ""
    if not (0 <= span.start < span.end <= len(text) and text[span.start : span.end].strip()):
        raise ValueError(f"{story.article_id} has no words in {span.language}, block {span.block}, "
                         f"{span.start} to {span.end}")  # fmt: skip
    return Place(
        language=span.language, block=span.block, start=span.start, end=span.end,
        hash=text_hash(text[span.start : span.end]),
    )  # fmt: skip
