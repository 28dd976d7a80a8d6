"""Plain texts (folder.py) to documents, and alignments back to beads of lines.

Lines are numbered from 0, blank ones included, so that a number finds its line in the file; a blank line ends a
paragraph and is in no bead. At the level `segment` the lines are aligned as they are. At the level `sentence` each line
is split, the sentences are aligned, and lines that share a bead are one bead: better if lines are paragraphs. At the
level `clause` multiple segmentations of the lines are aligned and their posteriors are combined (pooling.py): better if
two translators split a passage differently. `auto` takes `sentence`, or `clause` if lines are single sentences and many
of their beads have several of them (command.py); lines without letters, such as page numbers, do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from corpus_builder.align.calibration import BLOCKS, LINES, SENTENCES, Footing, alone_in_gap, alone_of
from corpus_builder.align.many.clustering import join_blocks, likely_links
from corpus_builder.align.many.gaps import gaps
from corpus_builder.align.many.groups import Nodes, beads_of, groups_of
from corpus_builder.align.texts.clauses import FEWEST, chunks, clauses
from corpus_builder.align.texts.folder import Text
from corpus_builder.align.texts.pooling import Segmentation, Segmentations
from corpus_builder.errors import UsageError
from corpus_builder.model import Alignment, Bead, Document, Segment
from corpus_builder.text.sentences import sentences

LEVELS = ("auto", "sentence", "clause", "segment")
SEVERAL = 1.3
"""Sentences a line from which lines count as paragraphs. Chosen between Text+Berg dev (1.0, one sentence a line) and
newsroom texts (about 2)."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text as a document, and the line that each of its segments comes from."""

    text: Text
    document: Document
    line_of: Mapping[str, tuple[int, ...]]
    level: str


def prepare(texts: Iterable[Text], level: str) -> list[Prepared]:
    """The documents to align, at one level for all of them; `auto` begins with sentences (command.py)."""
    if level not in LEVELS:
        raise UsageError(f"unknown level: {level}", next_step=f"choose one of {', '.join(LEVELS)}")
    if level == "segment":
        return [_segments(text) for text in texts]
    splitters: dict[str, Callable[[str, str], list[str]]] = {
        "sentence": lambda line, language: sentences(line, language) or [line],
        "clause": lambda line, language: clauses(line),  # noqa: ARG005
    }
    level = "sentence" if level == "auto" else level
    return [_split(text, splitters[level], level) for text in texts]


def are_paragraphs(prepared: Iterable[Prepared]) -> bool:
    """Whether the lines of texts that were split into sentences have more than SEVERAL of them on average."""
    pieces, lines = 0, 0
    for document in prepared:
        for language, numbers in document.line_of.items():
            segments = document.document.segments[language]
            lettered = [n for n, segment in zip(numbers, segments, strict=True) if any(map(str.isalpha, segment.text))]
            pieces, lines = pieces + len(lettered), lines + len(set(lettered))
    return pieces > SEVERAL * lines


def _segments(text: Text) -> Prepared:
    segments, line_of = {}, {}
    for language, lines in text.lines.items():
        paragraphs = any(not line.strip() for line in lines)
        block, out, numbers = 0, [], []
        for number, line in enumerate(lines):
            if not line.strip():
                block += 1
                continue
            out.append(Segment(line.strip(), block if paragraphs else number))
            numbers.append(number)
        segments[language], line_of[language] = tuple(out), tuple(numbers)
    return Prepared(text, Document(text.name, segments), line_of, "segment")


def segmentations(prepared: Prepared) -> tuple[Prepared, Segmentations]:
    """The whole lines of a text that was split into clauses, and all its segmentations for pooling.py."""
    lines = _segments(prepared.text)
    finer = _split(prepared.text, lambda line, _: clauses(line, FEWEST), "clause")
    chunked = _split(prepared.text, lambda line, _: chunks(line), "clause")

    def segmentation(split: Prepared) -> Segmentation:
        place = {x: {number: k for k, number in enumerate(numbers)} for x, numbers in lines.line_of.items()}
        return Segmentation(split.document, {x: [place[x][n] for n in numbers] for x, numbers in split.line_of.items()})

    others = segmentation(finer), segmentation(chunked)
    return replace(lines, level="clause"), Segmentations(segmentation(lines), segmentation(prepared), others)


def _split(text: Text, split: Callable[[str, str], list[str]], level: str) -> Prepared:
    segments, line_of = {}, {}
    for language, lines in text.lines.items():
        pieces = [
            (number, piece) for number, line in enumerate(lines) if line.strip() for piece in split(line, language)
        ]
        segments[language] = tuple(Segment(piece, number) for number, piece in pieces)
        line_of[language] = tuple(number for number, _ in pieces)
    return Prepared(text, Document(text.name, segments), line_of, level)


def beads_of_lines(prepared: Prepared, alignment: Alignment, languages: Sequence[str] = ()) -> list[Bead]:
    """The beads of lines that follow from those of segments, of all languages or of some.

    If lines have several segments, lines that share a likely bead are one bead (clustering.join_blocks).
    """
    chosen = [x for x in languages or prepared.document.segments if x in prepared.document.segments]
    scale = LINES if prepared.level == "clause" else SENTENCES
    nodes = Nodes.of([len(prepared.document.segments[x]) for x in chosen])
    groups = groups_of(alignment.beads, chosen, nodes, scale)
    line_of = np.array([line for x in chosen for line in prepared.line_of[x]], np.int32)
    if any(len(set(prepared.line_of[x])) < len(prepared.line_of[x]) for x in chosen):
        scale = BLOCKS
        likely = likely_links(chosen, alignment.related)
        groups, nodes = join_blocks(groups, nodes, line_of, len(chosen), likely)
    else:
        nodes = nodes._replace(number=line_of)
    run, facing = gaps(groups, nodes, len(chosen))
    share = float((run > 0).mean()) if len(run) else 0.0
    alone = alone_in_gap(groups.alone, run, facing, Footing(alignment.probability, alignment.known_words), share)
    beads = beads_of(groups._replace(alone=alone_of(alone)), nodes, chosen, scale)
    return sorted(beads, key=lambda bead: min((min(i) / (len(prepared.text.lines[x]) or 1), k)
                                              for k, (x, i) in enumerate(bead.segments.items()) if i))  # fmt: skip


def rows(prepared: Prepared, alignment: Alignment, *, together: bool) -> list[Bead]:
    """The beads to write: those of each language pair, or of all languages together."""
    languages = list(prepared.document.segments)
    if together or len(languages) < 3:
        return beads_of_lines(prepared, alignment)
    return [bead for two in combinations(languages, 2) for bead in beads_of_lines(prepared, alignment, two)]
