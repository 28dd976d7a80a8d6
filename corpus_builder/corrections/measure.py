"""The aligner's beads of a story against the corrected ones: strict and lax F1, as `align score` counts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from corpus_builder.align.texts.score import Sides, Tally, tally
from corpus_builder.model import Span, Story

Beads = Sequence[Sequence[Span]]
"""The places of each bead."""


def is_complete(story: Story, beads: Beads) -> bool:
    """Whether the beads have every word of the story, so that beads of the aligner can be compared with them."""
    covered: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for span in (span for bead in beads for span in bead):
        covered.setdefault((span.language, span.block), []).append((span.start, span.end))
    for language, edition in story.editions.items():
        for number, block in enumerate(edition.blocks):
            at = 0
            for start, end in [*sorted(covered.get((language, number), [])), (len(block.text), len(block.text))]:
                if block.text[at:start].strip():
                    return False
                at = end
    return True


def measured(story: Story, found: Beads, gold: Beads, languages: Sequence[str]) -> dict[str, Tally]:
    """The counts of each pair of languages ("en-uk") of a story whose gold is complete.

    Sentences may be cut at other places in either: both are counted in the pieces that all cuts make.
    """
    pieces = _Pieces(story, [*found, *gold])
    numbered = [[pieces.of(bead) for bead in beads] for beads in (found, gold)]
    return {
        f"{a}-{b}": tally(*(set(_sides(beads, a, b)) for beads in numbered))
        for a, b in combinations(sorted(languages), 2)
        if a in story.editions and b in story.editions
    }


class _Pieces:
    """The texts of a story cut at every end of a place; pieces with words are numbered by language."""

    def __init__(self, story: Story, beads: Iterable[Sequence[Span]]) -> None:
        cuts: dict[tuple[str, int], set[int]] = {}
        for span in (span for bead in beads for span in bead):
            cuts.setdefault((span.language, span.block), set()).update((span.start, span.end))
        self._number: dict[tuple[str, int, int], int] = {}
        self._ends: dict[tuple[str, int], list[tuple[int, int]]] = {}
        for number, (language, block) in enumerate(sorted(cuts)):
            text = story.editions[language].blocks[block].text
            pieces = [(start, end) for start, end in pairwise(sorted(cuts[language, block])) if text[start:end].strip()]
            self._ends[language, block] = pieces
            for k, (start, _) in enumerate(pieces):
                self._number[language, block, start] = (number << 32) + k

    def of(self, bead: Sequence[Span]) -> dict[str, tuple[int, ...]]:
        """The numbers of a bead's pieces by language."""
        out: dict[str, list[int]] = {}
        for span in bead:
            out.setdefault(span.language, []).extend(
                self._number[span.language, span.block, start]
                for start, end in self._ends[span.language, span.block]
                if span.start <= start and end <= span.end
            )
        return {language: tuple(sorted(numbers)) for language, numbers in out.items()}


def _sides(beads: Iterable[Mapping[str, tuple[int, ...]]], a: str, b: str) -> Iterator[Sides]:
    """The beads of two languages; what has no counterpart there piece by piece, as `align` gives it."""
    for bead in beads:
        left, right = bead.get(a, ()), bead.get(b, ())
        if left and right:
            yield left, right
        else:
            yield from (((k,), ()) for k in left)
            yield from (((), (k,)) for k in right)
