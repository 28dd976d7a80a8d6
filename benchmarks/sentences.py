"""Sentence splitting compared with other splitters: errors on the gold, line ends of NTREX, and speed.

    python benchmarks/sentences.py                              all three, with every splitter that is installed
    python benchmarks/sentences.py --only ours --part dev --show uk   errors of this program on the development cases

Gold: data/gold/sentences/*.tsv; every third case is held out (`--part held-out`). A case is right if all its sentences
are; boundary errors are missed and invented boundaries. NTREX-128 (Federmann et al. 2022; a TSV of document, en, uk,
ru): the lines of a document without its headline are joined by spaces, and the end of every line that ends with a mark
should be found (1.5% have no mark, which no splitter can know). Splits inside lines are counted too, since a line may
have two sentences. The first half of the documents is for development, the second is held out. Speed is the best of
three runs over the documents of NTREX, in megabytes of UTF-8 per second, on one core.
"""

from __future__ import annotations

import argparse
import itertools
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("uk", "ru", "en")
ENDS_WITH_MARK = re.compile(r"[.!?…][\"'»”’“)]*(?:\s*[—–])?$")
Splitter = Callable[[str], list[str]]


def splitters(language: str) -> Iterator[tuple[str, Splitter]]:
    """The installed splitters; a note in the name says if they use the rules of another language."""
    from corpus_builder.text import sentences

    yield "ours", lambda text: sentences.sentences(text, language)
    near = "ru" if language == "uk" else language
    note = " (ru rules)" if language == "uk" else ""
    try:
        import pysbd

        segmenter = pysbd.Segmenter(language=near, clean=False)
        yield f"pySBD{note}", segmenter.segment
    except ImportError:
        print("pysbd is not installed")
    try:
        import razdel

        yield "razdel", lambda text: [piece.text for piece in razdel.sentenize(text)]
    except ImportError:
        print("razdel is not installed")
    try:
        import tokenize_uk

        yield "tokenize_uk", tokenize_uk.tokenize_sents
    except ImportError:
        print("tokenize_uk is not installed")
    try:
        import sentence_splitter

        yield f"sentence-splitter{note}", sentence_splitter.SentenceSplitter(language=near).split
    except ImportError:
        print("sentence-splitter is not installed")
    try:
        import choppa

        rules, code = choppa.SrxDocument(ruleset=choppa.DEFAULT_SRX_RULESET), f"{language}_two"
        yield "choppa-srx", lambda text: [str(piece) for piece in choppa.SrxTextIterator(rules, code, text)]
    except ImportError:
        print("choppa-srx is not installed")


def gold(language: str, part: str) -> list[tuple[str, list[str]]]:
    """(category, sentences) of the cases of a part: "dev", "held-out" or "all"."""
    lines = (ROOT / f"data/gold/sentences/{language}.tsv").read_text(encoding="utf-8").splitlines()
    cases = [(category, text.split(" ¦ ")) for category, text in (line.split("\t") for line in lines)]
    return [case for i, case in enumerate(cases) if part == "all" or (i % 3 == 2) == (part == "held-out")]


def ends(pieces: list[str]) -> set[int]:
    """The ends of pieces, counted in letters and digits, so that white space and marks make no difference."""
    return set(itertools.accumulate(sum(c.isalnum() for c in piece) for piece in pieces))


def on_gold(split: Splitter, cases: list[tuple[str, list[str]]], show: bool) -> tuple[int, int, int]:
    wrong = missed = invented = 0
    for category, expected in cases:
        got = [piece.strip() for piece in split(" ".join(expected)) if piece.strip()]
        if got != expected:
            wrong += 1
            if show:
                print(f"{category}\n    {' ¦ '.join(expected)}\n    {' ¦ '.join(got)}")
        missed += len(ends(expected) - ends(got))
        invented += len(ends(got) - ends(expected))
    return wrong, missed, invented


def ntrex(path: Path, language: str) -> list[list[str]]:
    """The documents as lists of lines, without their headlines."""
    head, *rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    column = head.index(language)
    return [
        [row[column].strip() for row in list(group)[1:]] for _, group in itertools.groupby(rows, key=lambda row: row[0])
    ]


def on_ntrex(split: Splitter, documents: list[list[str]]) -> tuple[int, int, int]:
    lines = found = inside = 0
    for document in documents:
        at = list(itertools.accumulate(sum(c.isalnum() for c in line) for line in document))
        marked = {end for end, line in zip(at, document, strict=True) if ENDS_WITH_MARK.search(line)}
        got = ends(split(" ".join(document)))
        lines += len(marked)
        found += len(marked & got)
        inside += len(got.difference(at))
    return lines, found, inside


def speed(split: Splitter, documents: list[list[str]]) -> float:
    texts = [" ".join(document) for document in documents]
    size = sum(len(text.encode()) for text in texts)
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for text in texts:
            split(text)
        best = min(best, time.perf_counter() - start)
    return size / best / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ntrex", type=Path, default=ROOT.parent / "shared/data/ntrex/ntrex.tsv")
    parser.add_argument("--part", choices=("dev", "held-out", "all"), default="held-out")
    parser.add_argument("--only", help="only this splitter, e.g. `ours`")
    parser.add_argument("--show", choices=LANGUAGES, help="print the errors on the gold of this language")
    arguments = parser.parse_args()
    print(
        "| language | splitter | gold cases wrong | missed | invented | NTREX line ends found | inside lines | MB/s |"
    )
    print("|---|---|--:|--:|--:|--:|--:|--:|")
    for language in LANGUAGES:
        cases = gold(language, arguments.part)
        documents = ntrex(arguments.ntrex, language) if arguments.ntrex.is_file() else []
        half = len(documents) // 2
        measured = {"dev": documents[:half], "held-out": documents[half:], "all": documents}[arguments.part]
        for name, split in splitters(language):
            if arguments.only and not name.startswith(arguments.only):
                continue
            wrong, missed, invented = on_gold(split, cases, language == arguments.show)
            row = f"| {language} | {name} | {wrong}/{len(cases)} ({wrong / len(cases):.1%}) | {missed} | {invented} "
            if documents:
                lines, found, inside = on_ntrex(split, measured)
                row += f"| {found}/{lines} ({found / lines:.2%}) | {inside} | {speed(split, documents):.2f} |"
            print(row, flush=True)


if __name__ == "__main__":
    main()
