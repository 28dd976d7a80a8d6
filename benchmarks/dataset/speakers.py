"""Time, memory and size of the report's pages of speakers, by the number of quotations.

    python benchmarks/dataset/speakers.py [--quotes 10000 100000] [--speakers 8000] [--wrong 0.1]

Made-up speakers, quoted as often as Zipf's law has it, say made-up words in three languages; every side is attributed
to somebody else with the probability `--wrong`. `kept` is the share of quotations that stand on the page where most
of the quotations of their true speaker stand. Each size runs in a process of its own, whose peak memory is printed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from corpus_builder.dataset.quotes import QuoteRow
from corpus_builder.dataset.write import DatasetWriter
from corpus_builder.report import write_speakers
from corpus_builder.stages.report_quotes import read_quoted
from corpus_builder.workspace.layout import Workspace

LANGUAGES = ("uk", "ru", "en")
CYRILLIC, LATIN = "абвдеиклмнопрст", "abvdeyklmnoprst"


def speakers(count: int, rnd: random.Random) -> list[dict[str, str]]:
    """Names of two words, in two scripts."""
    made = {tuple("".join(rnd.choices(CYRILLIC, k=rnd.randint(5, 9))) for _ in range(2)) for _ in range(count)}
    cyrillic = [" ".join(word.capitalize() for word in name) for name in sorted(made)]
    latin = str.maketrans(CYRILLIC + CYRILLIC.upper(), LATIN + LATIN.upper())
    return [{"uk": name, "ru": name, "en": name.translate(latin)} for name in cyrillic]


def rows(count: int, people: list[dict[str, str]], wrong: float, rnd: random.Random) -> Iterator[tuple[int, QuoteRow]]:
    """Rows with the number of their true speaker."""
    words = ["".join(rnd.choices(CYRILLIC, k=rnd.randint(2, 9))) for _ in range(20_000)]
    order = rnd.choices(range(len(people)), [1 / (i + 1) for i in range(len(people))], k=count)
    for number, true in enumerate(order):
        named = {x: people[true if rnd.random() >= wrong else rnd.randrange(len(people))][x] for x in LANGUAGES}
        texts = {x: " ".join(rnd.choices(words, k=25)) for x in LANGUAGES}
        day = f"20{number * 20 // count + 5:02}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        yield true, QuoteRow(
            f"{number:016x}", str(number // 4), day, "news",
            {x: f"https://news.example/{x}/{number // 4}" for x in LANGUAGES}, number % 4, "paragraph", None, texts,
            {"probability": 0.9}, (), named, named,
            dict.fromkeys(LANGUAGES, "said"), dict.fromkeys(LANGUAGES, "direct"),
            None,
        )  # fmt: skip


def measure(count: int, speaking: int, wrong: float) -> str:
    rnd = random.Random(count)
    people = speakers(speaking, rnd)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        true = []
        with DatasetWriter(workspace.dataset, LANGUAGES) as writer:
            for one, row in rows(count, people, wrong, rnd):
                true.append(one)
                writer.write("quotes", "train", row)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        started = time.process_time()
        quoted = read_quoted(workspace, LANGUAGES)
        assert quoted is not None
        gathered = time.process_time()
        pages = workspace.root / "speakers"
        pages.mkdir()
        write_speakers(pages, "Made-up", LANGUAGES, quoted.people, quoted.read)
        written = time.process_time()
        sizes = [path.stat().st_size for path in pages.iterdir()]
        on_page = defaultdict[int, Counter[int]](Counter)
        for page, person in enumerate(quoted.people):
            for number in person.quotes:
                on_page[true[quoted.rows[number]]][page] += 1
    kept = sum(max(counts.values()) for counts in on_page.values()) / count
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{count:>9,} {len(on_page):>9,} {len(quoted.people):>7,} {kept:>6.3f} {gathered - started:>9.1f} "
        f"{written - gathered:>8.1f} {before:>7.0f} {peak:>6.0f} {len(sizes):>6,} {sum(sizes) / 1e6:>6.0f} "
        f"{max(sizes) / 1e3:>11,.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quotes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--speakers", type=int, default=8_000)
    parser.add_argument("--wrong", type=float, default=0.1)
    options = parser.parse_args()
    print("   quotes  speakers  people   kept  gather s  write s  before   peak  pages     MB  largest, kB")
    for count in options.quotes:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            print(pool.apply(measure, (count, options.speakers, options.wrong)), flush=True)


if __name__ == "__main__":
    main()
