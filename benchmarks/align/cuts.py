"""Joint splitting on another kind of text: `python benchmarks/align/cuts.py` (WMT22 English-Ukrainian, reference A).

Documents of ten lines; each three lines are joined to a paragraph, which is split into sentences. Prints how many line
ends the splitter leaves inside a sentence although the next line begins with a capital, how many of these are found,
and how many cuts are elsewhere. `--show` prints the latter.
"""

from __future__ import annotations

import argparse
from itertools import pairwise

from common import SHARED

from corpus_builder.align.aligner import train
from corpus_builder.model import BlockKind, Document, Segment
from corpus_builder.text.sentences import split

FILES = {"uk": "generaltest2022.en-uk.ref.A.uk", "en": "generaltest2022.en-uk.src.en"}
LINES, PARAGRAPH = 10, 3


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--show", action="store_true")
    a = options.parse_args()
    lines = {x: (SHARED / "data/wmt22" / name).read_text(encoding="utf-8").splitlines() for x, name in FILES.items()}
    documents, ends = [], []
    for at in range(0, len(lines["en"]), LINES):
        made = {x: paragraphs(text[at : at + LINES], x) for x, text in lines.items()}
        documents.append(Document(f"{at:05}", {x: segments for x, (segments, _) in made.items()}))
        ends.append({x: inside for x, (_, inside) in made.items()})
    aligner = train(documents, tuple(FILES))
    for language in FILES:
        right = wrong = 0
        for document, inside in zip(documents, ends, strict=True):
            resegmented, _ = aligner.align_resegmented(document)
            for (k, _, end), (same, start, _) in pairwise(resegmented.origin[language]):
                if k != same:
                    continue
                text = document.segments[language][k].text
                if (k, end) in inside[language]:
                    right += 1
                else:
                    wrong += 1
                    if a.show:
                        print(f"    {text[:end][-60:]} | {text[start:][:60]}")
        print(f"{language}: of {sum(len(e[language]) for e in ends)} ends of lines inside sentences {right} found; "
              f"{wrong} cuts elsewhere")  # fmt: skip


def paragraphs(lines: list[str], language: str) -> tuple[tuple[Segment, ...], set[tuple[int, int]]]:
    """The sentences, and the line ends inside a sentence before a capital: (sentence, offset)."""
    segments: list[Segment] = []
    inside = set()
    for block, first in enumerate(range(0, len(lines), PARAGRAPH)):
        part = [line.strip() for line in lines[first : first + PARAGRAPH]]
        text = " ".join(part)
        at = {sum(map(len, part[:n])) + n - 1 for n in range(1, len(part)) if part[n][:1].isupper()}
        for start, end in split(text, language):
            inside |= {(len(segments), place - start) for place in at if start < place < end}
            segments.append(Segment(text[start:end], block, BlockKind.PARAGRAPH))
    return tuple(segments), inside


if __name__ == "__main__":
    main()
