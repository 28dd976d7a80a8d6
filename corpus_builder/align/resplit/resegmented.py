"""A document whose segments were split, and where each new segment lies in the old ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpus_builder.model import Document, Segment
from corpus_builder.text.boundaries import Place

Cuts = Mapping[str, Mapping[int, Sequence[Place]]]
"""By language and segment the places where it is split, in order."""


@dataclass(frozen=True, slots=True)
class Resegmented:
    """A document whose segments were split; `origin` has by language (segment, start, end) of each new segment.

    Segments of known beads must stay whole.
    """

    document: Document
    origin: Mapping[str, Sequence[tuple[int, int, int]]]

    @staticmethod
    def of(document: Document, cuts: Cuts) -> Resegmented:
        """The document with its segments split."""
        segments: dict[str, tuple[Segment, ...]] = {}
        origin: dict[str, list[tuple[int, int, int]]] = {}
        for language, before in document.segments.items():
            places = cuts.get(language, {})
            origin[language] = [
                (number, start, end)
                for number, segment in enumerate(before)
                for start, end in _pieces(len(segment.text), places.get(number, ()))
            ]
            segments[language] = (
                tuple(
                    replace(before[number], text=before[number].text[start:end])
                    for number, start, end in origin[language]
                )
                if places
                else before
            )
        return Resegmented(Document(document.name, segments, _renumbered(document, origin)), origin)


def _renumbered(
    document: Document, origin: Mapping[str, Sequence[tuple[int, int, int]]]
) -> tuple[Mapping[str, tuple[int, ...]], ...]:
    """The known beads with the numbers of their segments after the split."""
    if not document.known:
        return ()
    now = {language: {number: k for k, (number, *_) in enumerate(places)} for language, places in origin.items()}
    return tuple(
        {language: tuple(now[language][k] for k in numbers) for language, numbers in bead.items()}
        for bead in document.known
    )


def _pieces(size: int, cuts: Sequence[Place]) -> list[tuple[int, int]]:
    if not cuts:
        return [(0, size)]
    return list(zip((0, *(c.start for c in cuts)), (*(c.end for c in cuts), size), strict=True))
