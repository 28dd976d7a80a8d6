"""Alignments as files, one writer for each format.

jsonl     {"document", "segments": {LANG: [lines]}, "score", "probability", "flags"}, one bead a line
ladder    hunalign's: line, line, score, where beads end; monotone, so moved segments are unlinked
vecalign  [0, 1]:[0]:cost, as Vecalign and Bleualign write
tmx       translation memory, TMX 1.4
tsv       side by side: document, probability, flags, and one column of text per language
Ladders and vecalign files hold one document and two languages each; of several, the output is a folder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path

from corpus_builder.align.texts.folder import Text
from corpus_builder.files import replacing
from corpus_builder.model import Bead
from corpus_builder.tmx import TranslationUnit, Variant, write_tmx

WordPairs = Sequence[tuple[str, str, float]]
_CONTROLS = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]")
Rows = Sequence[tuple[Bead, WordPairs | None]]
"""Beads with the word pairs that contributed most, if asked for."""
Results = Iterable[tuple[Text, Rows]]


def write(results: Results, format_name: str, output: Path, languages: Sequence[Sequence[str]]) -> None:
    """Write documents' beads to a file, or to a folder of files, as they come; `format_name` is one of FORMATS.

    `languages` has those of each document, in the order of `results`. A file of all documents appears under its name
    when it is whole.
    """
    if format_name in WHOLE:
        with _whole(output) as part:
            WHOLE[format_name](results, part, list(dict.fromkeys(x for each in languages for x in each)))
        return
    several = sum(len(list(combinations(each, 2))) for each in languages) > 1
    for text, rows in results:
        for two in combinations(text.lines, 2):
            beads = [bead for bead, _ in rows if set(two) <= set(bead.segments)]
            path = output / f"{text.name}.{'-'.join(two)}.{format_name}" if several else output
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(PAIRWISE[format_name](text, two, beads)), encoding="utf-8", newline="\n")


@contextmanager
def _whole(output: Path) -> Iterator[Path]:
    """Where to write a file: a temporary name, or the place itself if it is a device or a pipe."""
    if output.exists() and not (output.is_file() or output.is_dir()):
        yield output
        return
    with replacing(output) as part:
        yield part


def _jsonl(results: Results, output: Path, languages: Sequence[str]) -> None:  # noqa: ARG001
    with output.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(_json_lines(results))


def _json_lines(results: Results) -> Iterator[str]:
    for text, rows in results:
        for bead, words in rows:
            row: dict[str, object] = {
                "document": text.name,
                "segments": {language: list(lines) for language, lines in bead.segments.items()},
                "score": bead.score, "probability": bead.probability, "flags": list(bead.flags),
            }  # fmt: skip
            if len(bead.segments) > 2:
                row["pairs"] = {"-".join(two): p for two, p in bead.pairs.items()}
            if words is not None:
                row["words"] = [list(word) for word in words]
            yield json.dumps(row, ensure_ascii=False) + "\n"


def _texts(text: Text, bead: Bead) -> dict[str, str]:
    return {
        language: " ".join(text.lines[language][line].strip() for line in lines)
        for language, lines in bead.segments.items()
    }


def _tsv(results: Results, output: Path, languages: Sequence[str]) -> None:
    with output.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(_table_lines(results, languages))


def _table_lines(results: Results, languages: Sequence[str]) -> Iterator[str]:
    yield "\t".join(["document", "probability", "flags", *languages]) + "\n"
    for text, rows in results:
        for bead, _ in rows:
            texts = _texts(text, bead)
            cells = [text.name, f"{bead.probability:.4f}", ",".join(bead.flags)]
            yield "\t".join(map(_cell, cells + [texts.get(language, "") for language in languages])) + "\n"


def _cell(text: str) -> str:
    """A cell that every reader of TSV takes for one, without tabs and line breaks.

    One that begins with a quotation mark is quoted, as csv and pandas expect.
    """
    text = _CONTROLS.sub(" ", text)
    return '"' + text.replace('"', '""') + '"' if text.startswith('"') else text


def _tmx(results: Results, output: Path, languages: Sequence[str]) -> None:
    write_tmx(output, _units(results), source=languages[0] if languages else "*all*")


def _units(results: Results) -> Iterator[TranslationUnit]:
    for text, rows in results:
        for bead, _ in rows:
            if len(bead.languages) > 1:
                variants = tuple(Variant(x, side) for x, side in _texts(text, bead).items() if side)
                flags = " ".join(bead.flags)
                yield TranslationUnit(
                    variants, {"document": text.name, "probability": bead.probability, "flags": flags}
                )


def _vecalign(text: Text, two: tuple[str, str], beads: Sequence[Bead]) -> Iterator[str]:  # noqa: ARG001
    for bead in beads:
        x, y = (list(bead.segments[language]) for language in two)
        if x or y:
            yield f"{x}:{y}:{1 - bead.probability:.6f}\n"


def _ladder(text: Text, two: tuple[str, str], beads: Sequence[Bead]) -> Iterator[str]:
    sides = [(bead.segments[two[0]], bead.segments[two[1]], bead) for bead in beads if "moved" not in bead.flags]
    spans = sorted((x[0], x[-1] + 1, y[0], y[-1] + 1, bead.score) for x, y, bead in sides if x and y)
    i = j = 0
    rungs = [(0, 0, 0.0)]
    for a, b, c, d, score in spans:
        if a < i or c < j:  # within a hole of the bead before
            continue
        # lines between beads are skipped one at a time, as hunalign does
        while i < a:
            i += 1
            rungs.append((i, j, 0.0))
        while j < c:
            j += 1
            rungs.append((i, j, 0.0))
        rungs[-1] = (rungs[-1][0], rungs[-1][1], score)
        i, j = b, d
        rungs.append((i, j, 0.0))
    ends = [len(text.lines[language]) for language in two]
    while i < ends[0]:
        i += 1
        rungs.append((i, j, 0.0))
    while j < ends[1]:
        j += 1
        rungs.append((i, j, 0.0))
    for i, j, score in rungs:
        yield f"{i}\t{j}\t{score:g}\n"


WHOLE: Mapping[str, Callable[[Results, Path, Sequence[str]], None]] = {
    "jsonl": _jsonl, "tmx": _tmx, "tsv": _tsv,
}  # fmt: skip
PAIRWISE: Mapping[str, Callable[[Text, tuple[str, str], Sequence[Bead]], Iterator[str]]] = {
    "ladder": _ladder, "vecalign": _vecalign,
}  # fmt: skip
FORMATS = (*WHOLE, *PAIRWISE)
