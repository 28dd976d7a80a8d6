"""Who aligned a row: the aligner, or people who corrected or confirmed the sentences that it is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from corpus_builder.model import PlacedBead, Span

BY_ALIGNER, BY_PEOPLE, BY_BOTH = "aligner", "human", "mixed"
"""All sentences of a row are the aligner's, or people's, or some are one's and some the others'."""


class Origins:
    """The sentence beads of a story that a person corrected or confirmed."""

    def __init__(self, beads: Iterable[PlacedBead]) -> None:
        sentences = [bead for bead in beads if bead.level == "sentence"]
        self._any = any(bead.origin == BY_PEOPLE for bead in sentences)
        self._by_block: dict[tuple[str, int], list[tuple[int, int, str]]] = defaultdict(list)
        for bead in sentences if self._any else ():
            for span in bead.spans:
                self._by_block[span.language, span.block].append((span.start, span.end, bead.origin))

    @property
    def of_story(self) -> str:
        """The origin of the story as a whole."""
        return _together(origin for places in self._by_block.values() for *_, origin in places)

    def of(self, spans: Iterable[Span]) -> str:
        """The origin of a row with the words at these places."""
        if not self._any:
            return BY_ALIGNER
        return _together(
            origin
            for span in spans
            for start, end, origin in self._by_block.get((span.language, span.block), ())
            if start < span.end and span.start < end
        )


def _together(origins: Iterable[str]) -> str:
    found = set(origins)
    return found.pop() if len(found) == 1 else BY_BOTH if found else BY_ALIGNER
