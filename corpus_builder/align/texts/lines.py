"""Plain texts, NAME.LANG.txt with one segment a line, to documents; and alignments back to beads of lines.

Lines are numbered from 0, blank ones included, so that a number finds its line in the file; a blank line ends a
paragraph and is in no bead. At the level `segment` the lines are aligned as they are. At the level `sentence` each line
is split, the sentences are aligned, and lines that share a bead are one bead: better if lines are paragraphs. At the
level `clause` multiple segmentations of the lines are aligned and their posteriors are combined (pooling.py): better if
two translators split a passage differently. `auto` takes `sentence`, or `clause` if lines are single sentences and many
of their beads have several of them (command.py); lines without letters, such as page numbers, do not count.
"""

from __future__ import annotations

import codecs
import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from corpus_builder.align.calibration import BLOCKS, LINES, SENTENCES
from corpus_builder.align.many.clustering import join_blocks
from corpus_builder.align.many.groups import Nodes, beads_of, groups_of
from corpus_builder.align.texts.clauses import FEWEST, chunks, clauses
from corpus_builder.align.texts.pooling import Segmentation, Segmentations
from corpus_builder.errors import NothingProduced, UsageError
from corpus_builder.languages.codes import code, is_tag
from corpus_builder.model import Alignment, Bead, Document, Segment
from corpus_builder.text.sentences import sentences

logger = logging.getLogger(__name__)

NULS = 0.05
"""Share of zero bytes from which a file without a byte order mark is UTF-16. Chosen: each space, digit and Latin letter
has one there; in UTF-8 they are stray."""
LEVELS = ("auto", "sentence", "clause", "segment")
SEVERAL = 1.3
"""Sentences a line from which lines count as paragraphs. Chosen between Text+Berg dev (1.0, one sentence a line) and
newsroom texts (about 2)."""


@dataclass(frozen=True, slots=True)
class Text:
    """One document's editions: by language the lines of the file, blank ones too."""

    name: str
    lines: Mapping[str, tuple[str, ...]]


def read(folder: Path, languages: Sequence[str] = ()) -> list[Text]:
    """All documents of a folder, by name, in the given languages and order (default: all, sorted).

    Languages have their usual codes (languages/codes.py), however the files and `languages` spell them.
    """
    if not folder.is_dir():
        raise UsageError(f"folder not found: {folder}", next_step="name a folder with files NAME.LANG.txt")
    files = _files(folder)
    available = sorted({language for editions in files.values() for language in editions})
    if not files:
        raise NothingProduced(f"no files NAME.LANG.txt in {folder}", next_step="name them as story1.uk.txt")
    languages = as_available(languages, available)
    unknown = [language for language in languages if language not in available]
    if unknown:
        raise UsageError(f"no texts in {', '.join(unknown)}: {folder} has {', '.join(available)}",
                         next_step="choose --languages from these")  # fmt: skip
    wanted = languages or available
    if len(wanted) < 2:
        raise UsageError(f"an alignment needs two languages or more; {folder} has {', '.join(available)}",
                         next_step="add the files of another language")  # fmt: skip
    texts = []
    for name, editions in files.items():
        lines = {language: _lines(editions[language]) for language in wanted if language in editions}
        if lines:
            texts.append(Text(name, lines))
    return texts


def as_available(languages: Sequence[str], available: Collection[str]) -> list[str]:
    """Languages as a folder has them: EN as en."""
    return list(dict.fromkeys(language if language in available else code(language) for language in languages))


def _files(folder: Path) -> dict[str, dict[str, Path]]:
    """The files of a folder by name and language; a warning names those that have no language in their names.

    Where a document has two files of one language (sr-Latn and sr-Cyrl), its languages keep their tags as they are.
    """
    tagged: dict[str, dict[str, Path]] = {}
    ignored = []
    for path in sorted(folder.glob("*.txt")):
        name, _, tag = path.name.removesuffix(".txt").rpartition(".")
        if name and is_tag(tag):
            tagged.setdefault(name, {})[tag] = path
        else:
            ignored.append(path.name)
    if ignored and tagged:
        logger.warning("%s: ignored, not named NAME.LANG.txt: %s", folder, ", ".join(ignored))
    several = {
        language
        for editions in tagged.values()
        for language, number in Counter(map(code, editions)).items()
        if number > 1
    }
    return {
        name: {tag if code(tag) in several else code(tag): path for tag, path in editions.items()}
        for name, editions in tagged.items()
    }


def _lines(path: Path) -> tuple[str, ...]:
    """The lines of a file. A lone carriage return ends a line only if no line feed does (old Mac files)."""
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or data.count(b"\0") > NULS * len(data):
        raise UsageError(f"{path} is UTF-16, not UTF-8",
                         next_step=f"convert it, e.g. with `iconv -f UTF-16 -t UTF-8 {path.name}`")  # fmt: skip
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        hint = f"convert it, e.g. with `iconv -f CP1251 -t UTF-8 {path.name}`"
        raise UsageError(f"{path} is not UTF-8: invalid byte at {why.start}", next_step=hint) from why
    lines = text.replace("\r\n", "\n").split("\n") if "\n" in text else text.split("\r")
    return tuple(lines[:-1] if lines and not lines[-1] else lines)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text as a document, and the line that each of its segments comes from."""

    text: Text
    document: Document
    line_of: Mapping[str, tuple[int, ...]]
    level: str


def prepare(texts: Sequence[Text], level: str) -> list[Prepared]:
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


def are_paragraphs(prepared: Sequence[Prepared]) -> bool:
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
        groups, nodes = join_blocks(groups, nodes, line_of, len(chosen))
    else:
        nodes = nodes._replace(number=line_of)
    known = (1 + alignment.probability) / 2  # where the aligner is lost, it cannot say that a line is alone either
    beads = beads_of(groups._replace(alone=groups.alone * known), nodes, chosen, scale)
    return sorted(beads, key=lambda bead: min((min(i) / (len(prepared.text.lines[x]) or 1), k)
                                              for k, (x, i) in enumerate(bead.segments.items()) if i))  # fmt: skip


def rows(prepared: Prepared, alignment: Alignment, *, together: bool) -> list[Bead]:
    """The beads to write: those of each language pair, or of all languages together."""
    languages = list(prepared.document.segments)
    if together or len(languages) < 3:
        return beads_of_lines(prepared, alignment)
    return [bead for two in combinations(languages, 2) for bead in beads_of_lines(prepared, alignment, two)]
