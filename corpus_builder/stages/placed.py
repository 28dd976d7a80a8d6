"""An aligned story as it is stored: the beads of its blocks and of its sentences, with their places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from corpus_builder.align.aligner import Aligner, known_segments
from corpus_builder.model import Alignment, Bead, Document, PlacedBead, Span, Story
from corpus_builder.stages.documents import document
from corpus_builder.stages.related import Repeated, related_editions


def place(
    story: Story,
    aligner: Aligner,
    languages: Sequence[str],
    known: Sequence[Sequence[Span]] = (),
    repeated: Repeated | None = None,
) -> Iterator[PlacedBead]:
    """Align a story: its block beads and then its sentence beads, each with its places.

    `known` are the places of beads that a person corrected: they come out as they are, of origin "human" and with a
    probability of 1. So does a group of blocks of which all sentences are in such beads. `repeated` are the sentences
    that many stories have.
    """
    whole_document, whole = document(story, languages, known)
    resegmented, alignment = aligner.align_resegmented(whole_document)
    places = {language: [_part(whole[language][k], *cut) for k, *cut in origin]
              for language, origin in resegmented.origin.items()}  # fmt: skip
    blocks = {
        language: [Span(language, i, 0, len(block.text)) for i, block in enumerate(edition.blocks)]
        for language, edition in story.editions.items()
    }
    human = known_segments(resegmented.document)
    whole_blocks = _corrected_blocks(resegmented.document, alignment, human)
    related = related_editions(whole_document, alignment, aligner, repeated or Repeated())
    yield from _placed(story, related, "block", alignment.blocks, blocks, whole_blocks)
    yield from _placed(story, related, "sentence", alignment.beads, places, human)


def _corrected_blocks(
    document: Document, alignment: Alignment, human: Callable[[Bead], bool]
) -> Callable[[Bead], bool]:
    """A function that says whether all sentences of a group of blocks are in beads that a person corrected."""
    if not document.known:
        return human
    others = {
        (language, document.segments[language][k].block)
        for bead in alignment.beads
        if not human(bead)
        for language, numbers in bead.segments.items()
        for k in numbers
    }
    return lambda bead: others.isdisjoint((x, block) for x, numbers in bead.segments.items() for block in numbers)


def _part(span: Span, start: int, end: int) -> Span:
    return Span(span.language, span.block, span.start + start, span.start + end)


def _placed(
    story: Story,
    related: Mapping[str, float],
    level: str,
    beads: Sequence[Bead],
    places: Mapping[str, Sequence[Span]],
    human: Callable[[Bead], bool],
) -> Iterator[PlacedBead]:
    for position, bead in enumerate(beads):
        spans = tuple(places[language][i] for language, indices in bead.segments.items() for i in indices)
        corrected = human(bead)
        pairs = {"-".join(sorted(pair)): 1.0 if corrected else p for pair, p in bead.pairs.items()}
        yield PlacedBead(
            story.article_id,
            level,
            position,
            spans,
            bead.score,
            1.0 if corrected else bead.probability,
            pairs,
            bead.flags,
            min(related.values(), default=1.0),
            "human" if corrected else "aligner",
            related,
        )
