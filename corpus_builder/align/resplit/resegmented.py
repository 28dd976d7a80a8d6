"""A document whose segments were cut, and where its segments lie in the old ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpus_builder.model import Document, Segment
from corpus_builder.text.boundaries import Place

Cuts = Mapping[str, Mapping[int, Sequence[Place]]]
"""By language, by segment: the places where it is cut, in order."""


@dataclass(frozen=True, slots=True)
class Finer:
    """A document whose segments were cut; `origin` tells by language (segment, start, end) of each of its segments."""

    document: Document
    origin: Mapping[str, Sequence[tuple[int, int, int]]]

    @staticmethod
    def of(document: Document, cuts: Cuts) -> Finer:
        """The document with its segments cut."""
        segments: dict[str, tuple[Segment, ...]] = {}
        origin: dict[str, list[tuple[int, int, int]]] = {}
        for language, whole in document.segments.items():
            here = cuts.get(language, {})
            origin[language] = [
                (number, start, end)
                for number, segment in enumerate(whole)
                for start, end in _pieces(len(segment.text), here.get(number, ()))
            ]
            segments[language] = (
                whole
                if not here
                else tuple(
                    replace(whole[number], text=whole[number].text[start:end])
                    for number, start, end in origin[language]
                )
            )
        return Finer(Document(document.name, segments), origin)


def _pieces(size: int, cuts: Sequence[Place]) -> list[tuple[int, int]]:
    if not cuts:
        return [(0, size)]
    return list(zip((0, *(c.start for c in cuts)), (*(c.end for c in cuts), size), strict=True))
