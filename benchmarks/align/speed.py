"""Seconds of one core and memory by size: `python benchmarks/align/speed.py --sizes 10,100,1000,10000 --book 5000`.

Processor time (everything runs on one core), for hunalign wall time. Stories are newsroom sites of several seeds; a
segment is a sentence of one edition, counted once (in brackets: once for each language pair, as tools for two languages
count). The book is NTREX repeated, with 15% of its words dropped at random. hunalign is timed too if it is installed.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from common import LANGUAGES, PAIRS, SHARED, newsroom, site, stories

from corpus_builder.align.aligner import train
from corpus_builder.model import Document, Segment


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", default="10,100,1000", help="stories; 10000 takes 800 MB and a minute")
    options.add_argument("--book", type=int, default=0)
    a = options.parse_args()
    train(stories(site(1), 5)[1], LANGUAGES).align(stories(site(1), 1)[1][0])  # compile before the clock starts
    for size in [int(size) for size in a.sizes.split(",") if size]:
        documents, seed = [], 101
        while len(documents) < size:
            documents += [Document(f"{seed}-{d.name}", d.segments) for d in stories(site(seed))[1]]
            seed += 1
        documents = documents[:size]
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
    if shutil.which("hunalign"):
        hunalign()


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def book(size: int) -> None:
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
    document = Document("book", {language: tuple(segments) for language, segments in sides.items()})
    start = time.process_time()
    found = {(b.segments["uk"], b.segments["en"]) for b in train([document], ("uk", "en")).align(document).beads}
    print(f"book of {len(sides['uk'])} and {len(sides['en'])} sentences: {time.process_time() - start:.1f} s, "
          f"recall {len(found & gold) / len(gold):.4f}, peak {peak()} MB")  # fmt: skip


def hunalign() -> None:
    documents = stories(site(1))[1]
    with tempfile.TemporaryDirectory() as name:
        empty, count = Path(name) / "empty.dic", 0
        empty.touch()
        start = time.perf_counter()
        for document in documents:
            if {"uk", "en"} <= set(document.segments):
                paths = []
                for language in ("uk", "en"):
                    path = Path(name) / language
                    path.write_text("".join(s.text + "\n" for s in document.segments[language]), encoding="utf-8")
                    paths.append(str(path))
                    count += len(document.segments[language])
                subprocess.run(["hunalign", "-realign", str(empty), *paths], capture_output=True, check=False)
        print(f"hunalign: {count / (time.perf_counter() - start):.0f} segments a second, its starts counted")


if __name__ == "__main__":
    main()
