"""Seconds of one core and memory by size: `python benchmarks/align/speed.py --sizes 10,100,1000,10000 --book 5000`.

Processor time (everything runs on one core), for hunalign wall time. Stories are newsroom sites of several seeds; a
segment is a sentence of one edition, counted once (in brackets: once for each language pair, as tools for two languages
count). The book is NTREX repeated, with 15% of its words dropped at random. `--command` times the whole command
`corpus-builder align` on Ukrainian and English texts, beside `hunalign -batch` if that is installed.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import LANGUAGES, PAIRS, SHARED, newsroom, site, stories

from corpus_builder.align.aligner import train
from corpus_builder.model import Document, Segment

ALIGN = [sys.executable, "-c", "from corpus_builder.cli.start import run; run()", "align"]
Link = tuple[tuple[int, ...], tuple[int, ...]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", default="10,100,1000", help="stories; 10000 takes 800 MB and a minute")
    options.add_argument("--book", type=int, default=0)
    options.add_argument("--command", action="store_true", help="whole commands only, on the same sizes and book")
    a = options.parse_args()
    if a.command:
        whole_commands([int(size) for size in a.sizes.split(",") if size], a.book)
        return
    train(stories(site(1), 5)[1], LANGUAGES).align(stories(site(1), 1)[1][0])  # compile before the clock starts
    for size in [int(size) for size in a.sizes.split(",") if size]:
        documents = many_stories(size)
        once = sum(len(s) for d in documents for s in d.segments.values())
        paired = sum(len(d.segments[x]) + len(d.segments[y]) for d in documents for x, y in PAIRS
                     if x in d.segments and y in d.segments)  # fmt: skip
        start = time.process_time()
        aligner = train(documents, LANGUAGES)
        trained = time.process_time()
        for document in documents:
            aligner.align(document)
        end = time.process_time()
        learning, decoding = trained - start, end - trained
        print(f"{size:6d} stories, {once} ({paired}) segments: training {learning:.1f} s, decoding {decoding:.2f} s = "
              f"{once / decoding:.0f} ({paired / decoding:.0f}) a second; both {once / (end - start):.0f} "
              f"({paired / (end - start):.0f}); peak {peak()} MB", flush=True)  # fmt: skip
    if a.book:
        book(a.book)


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def many_stories(size: int) -> list[Document]:
    """Stories of newsroom sites of as many seeds as it takes."""
    documents: list[Document] = []
    seed = 101
    while len(documents) < size:
        documents += [Document(f"{seed}-{d.name}", d.segments) for d in stories(site(seed))[1]]
        seed += 1
    return documents[:size]


def book_of(size: int) -> tuple[Document, set[Link]]:
    """A book of so many sentences a side, a thirtieth of them without a counterpart, and its links."""
    rnd = random.Random(1)
    units = [unit for _, document in newsroom().documents(SHARED / "data/ntrex/ntrex.tsv") for unit in document]
    sides: dict[str, list[Segment]] = {"uk": [], "en": []}
    gold = set()
    for k in range(size):
        unit, place = units[k % len(units)], rnd.random()
        for language, there in (("uk", place > 0.03), ("en", place < 0.97)):
            if there:
                text = " ".join(word for word in unit[language].split() if k < len(units) or rnd.random() > 0.15)
                sides[language].append(Segment(text, len(sides[language]) // 5))
        if 0.03 < place < 0.97:
            gold.add(((len(sides["uk"]) - 1,), (len(sides["en"]) - 1,)))
    return Document("book", {language: tuple(segments) for language, segments in sides.items()}), gold


def book(size: int) -> None:
    document, gold = book_of(size)
    sides = document.segments
    start = time.process_time()
    found = {(b.segments["uk"], b.segments["en"]) for b in train([document], ("uk", "en")).align(document).beads}
    print(f"book of {len(sides['uk'])} and {len(sides['en'])} sentences: {time.process_time() - start:.1f} s, "
          f"recall {len(found & gold) / len(gold):.4f}, peak {peak()} MB")  # fmt: skip


def whole_commands(sizes: list[int], book_size: int) -> None:
    inputs = {f"{size} stories": many_stories(size) for size in sizes}
    if book_size:
        inputs[f"book of {book_size}"] = [book_of(book_size)[0]]
    with tempfile.TemporaryDirectory() as name:
        run_command([*ALIGN, str(write(inputs[next(iter(inputs))][:3], Path(name) / "warm")), "-o", f"{name}/beads"])
        for number, (what, documents) in enumerate(inputs.items()):
            folder = write(documents, Path(name) / str(number))
            lines = sum(path.read_bytes().count(b"\n") for path in folder.glob("*.txt"))
            row = f"{what}, {lines} lines: " + run_command([*ALIGN, str(folder), "-o", f"{name}/beads"])
            if shutil.which("hunalign"):
                jobs = Path(name) / "jobs"
                jobs.write_text("".join(
                    f"{path}\t{path.with_name(path.name[:-6] + 'en.txt')}\t{path}.ladder\n"
                    for path in sorted(folder.glob("*.uk.txt"))
                ))  # fmt: skip
                (Path(name) / "empty.dic").touch()
                row += "; hunalign " + run_command(["hunalign", "-batch", f"{name}/empty.dic", str(jobs)])
            print(row, flush=True)


def write(documents: list[Document], folder: Path) -> Path:
    """The Ukrainian and English texts of documents that have both."""
    folder.mkdir()
    for document in documents:
        if {"uk", "en"} <= set(document.segments):
            for language in ("uk", "en"):
                lines = [" ".join(segment.text.split()) + "\n" for segment in document.segments[language]]
                (folder / f"{document.name}.{language}.txt").write_text("".join(lines), encoding="utf-8")
    return folder


def run_command(command: list[str]) -> str:
    """Processor seconds and peak memory of a process, its start included."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} ended with status {status}")
    return f"{usage.ru_utime + usage.ru_stime:.1f} s, {usage.ru_maxrss // 1024} MB"


if __name__ == "__main__":
    main()
