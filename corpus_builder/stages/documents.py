"""A story as the aligner takes it: its sentences by language, and where each of them is in its edition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from corpus_builder.corrections.places import by_block, overlap, without
from corpus_builder.model import BlockKind, Document, Edition, Segment, Span, Story
from corpus_builder.text.sentences import split


def document(
    story: Story, languages: Sequence[str], known: Sequence[Sequence[Span]] = ()
) -> tuple[Document, Mapping[str, list[Span]]]:
    """The document of a story, and the places of its segments by language.

    `known` are the places of beads that a person corrected: these places are segments, and their beads are known.
    """
    places: dict[str, list[Span]] = {}
    segments: dict[str, tuple[Segment, ...]] = {}
    for language in languages:
        if language not in story.editions:
            continue
        edition = story.editions[language]
        fixed = [span for bead in known for span in bead if span.language == language]
        places[language] = list(_around(_sentences(edition), fixed, edition) if fixed else _sentences(edition))
        segments[language] = tuple(
            Segment(block.text[span.start : span.end], span.block, block.kind, block.label)
            for span in places[language]
            for block in (edition.blocks[span.block],)
        )
    return Document(story.article_id, segments, _numbered(known, places)), places


def lesson(story: Story, languages: Sequence[str], known: Sequence[Sequence[Span]]) -> Document:
    """The document of a story to learn from, with the sentences that the splitter makes.

    Stories that nobody corrected have such sentences: training on those of a person, who splits more, would make the
    aligner expect others (benchmarks/corrections.py). So corrected beads that share a sentence are one; if not all
    words of its sentences are corrected, it is not known.
    """
    plain, places = document(story, languages)
    spans = [[span for span in bead if span.language in places] for bead in known]
    if not any(spans):
        return plain
    number = {span: (language, k) for language, own in places.items() for k, span in enumerate(own)}
    sentences, corrected = by_block(number), by_block(span for bead in spans for span in bead)
    touched = [
        [number[at] for s in bead for at in sentences.get((s.language, s.block), ()) if overlap(at, s)]
        for bead in spans
    ]
    whole = {key for at, key in number.items() if _covered(at, corrected.get((at.language, at.block), ()), story)}
    beads = []
    for group in _connected(touched):
        if group <= whole:
            numbers: dict[str, tuple[int, ...]] = {}
            for language, k in sorted(group):
                numbers[language] = (*numbers.get(language, ()), k)
            beads.append(numbers)
    return Document(plain.name, plain.segments, tuple(beads))


def _connected(groups: Iterable[Sequence[tuple[str, int]]]) -> list[set[tuple[str, int]]]:
    """The groups, those that share a member joined."""
    group_of: dict[tuple[str, int], set[tuple[str, int]]] = {}
    for group in groups:
        one = set(group)
        for other in {id(group_of[member]): group_of[member] for member in group if member in group_of}.values():
            one |= other
        group_of.update(dict.fromkeys(one, one))
    return list({id(group): group for group in group_of.values()}.values())


def _covered(sentence: Span, corrected: Sequence[Span], story: Story) -> bool:
    """Whether every word of a sentence is in one of the corrected places of its block."""
    rest = [sentence]
    text = story.editions[sentence.language].blocks[sentence.block].text
    for span in corrected:
        rest = [part for piece in rest for part in without(piece, span, text)]
    return not rest


def _numbered(
    known: Sequence[Sequence[Span]], places: Mapping[str, Sequence[Span]]
) -> tuple[Mapping[str, tuple[int, ...]], ...]:
    """The known beads by the numbers of their segments; a bead without any in these languages is left out."""
    if not known:
        return ()
    number = {span: k for spans in places.values() for k, span in enumerate(spans)}
    beads = []
    for bead in known:
        numbers: dict[str, tuple[int, ...]] = {}
        for k, language in sorted((number[span], span.language) for span in bead if span in number):
            numbers[language] = (*numbers.get(language, ()), k)
        if numbers:
            beads.append(numbers)
    return tuple(beads)


def _around(sentences: Iterator[Span], fixed: Sequence[Span], edition: Edition) -> Iterator[Span]:
    """The sentences and `fixed` places in order; of a sentence that overlaps one, what is left on either side."""
    fixed_of = {block: sorted(spans, key=_start) for block, spans in groupby(sorted(fixed, key=_block), key=_block)}
    sentences_of = {block: list(spans) for block, spans in groupby(sentences, key=_block)}
    for block in sorted({*fixed_of, *sentences_of}):
        text = edition.blocks[block].text
        rest = list(sentences_of.get(block, ()))
        for span in fixed_of.get(block, ()):
            rest = [part for sentence in rest for part in without(sentence, span, text)]
        yield from sorted([*rest, *fixed_of.get(block, ())], key=_start)


def _block(span: Span) -> int:
    return span.block


def _start(span: Span) -> int:
    return span.start


def _sentences(edition: Edition) -> Iterator[Span]:
    for i, block in enumerate(edition.blocks):
        if block.kind is BlockKind.TITLE:  # a headline is one unit, whatever its punctuation
            yield Span(edition.language, i, 0, len(block.text))
        else:
            for start, end in split(block.text, edition.language):
                yield Span(edition.language, i, start, end)
