"""Memory and speed of what an export does with its rows, by the number of rows: it must not grow with them.

    python benchmarks/dataset/memory.py [--rows 10000 100000 1000000] [--held-out 5000]

Synthetic rows (three sentences of made-up words, some 100 characters each) go the way of an export: those held out are
indexed, all others are compared with them, written to every config of sentences, and counted for the card; then the
folder is converted to TMX, and its config of sentences compared with itself. Each size runs in a process of its own,
whose peak memory is printed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from corpus_builder.dataset.about import About
from corpus_builder.dataset.card import write_card
from corpus_builder.dataset.diff import compare
from corpus_builder.dataset.exporters import FORMATS
from corpus_builder.dataset.exporters.selection import select
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.held_out import Held, HeldOutRows, HeldOutWriter, index_pieces, read_pieces
from corpus_builder.dataset.leakage import Comparison, training_text
from corpus_builder.dataset.leakage_report import LeakageReport, Published
from corpus_builder.dataset.level import PlacedRow, level_of
from corpus_builder.dataset.rows import Row
from corpus_builder.dataset.write import LevelWriter, file_name, write_file
from corpus_builder.parquet import opened

LANGUAGES = ("en", "ru", "uk")
BATCH = 2_000


def rows(count: int, seed: str) -> Iterator[Row]:
    rnd = random.Random(seed)
    words = ["".join(rnd.choices("абвгдежзиклмнопрстуфхцчшюя", k=rnd.randint(2, 9))) for _ in range(50_000)]
    for number in range(count):
        texts = {language: " ".join(rnd.choices(words, k=15)) for language in LANGUAGES}
        day = f"20{number * 20 // count + 5:02}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        url: dict[str, str | None] = {
            language: f"https://news.example/{language}/{number // 20}" for language in LANGUAGES
        }
        probability = rnd.random()
        quality = {"probability": probability, "score": 9.0, "probability_en_ru": probability,
                   "probability_en_uk": probability, "probability_ru_uk": probability}  # fmt: skip
        yield Row(f"{seed}{number:014x}", str(number // 20), day, "news", url, number % 20, "paragraph", None, texts,
                  quality, ())  # fmt: skip


def export(count: int, held_out: int, folder: Path) -> dict[str, float]:
    seconds: dict[str, float] = {}
    started = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal started
        seconds[name], started = time.perf_counter() - started, time.perf_counter()

    level, held = level_of("sentences", LANGUAGES), Held(folder / "held")
    pieces = [folder / "pieces" / "test.parquet", folder / "pieces" / "train.parquet"]
    writer = HeldOutWriter()
    with LevelWriter(pieces[0], level) as test:
        for row in rows(held_out, "t"):
            writer.add("sentences", "test", row)
            test.write(PlacedRow("test", row))
    writer.save(held.folder)
    for language in LANGUAGES:
        index_pieces(language, [(held, True)], folder / "index" / language, folder / f"{language}.i64")
    lap("hold out")
    comparison = Comparison({language: folder / "index" / language for language in LANGUAGES})
    stream = rows(count, "a")
    compared = 0.0
    with LevelWriter(pieces[1], level) as train:
        while batch := list(islice(stream, BATCH)):
            begun = time.perf_counter()
            refusals = comparison.admit("sentences", [training_text(row) for row in batch])
            compared += time.perf_counter() - begun
            for row, refusal in zip(batch, refusals, strict=True):
                if refusal is None:
                    train.write(PlacedRow("train", row))
    for config in level.configs:
        for split, piece in zip(("test", "train"), pieces, strict=True):
            with opened(piece) as file:
                batches = file.iter_batches(BATCH, columns=level.columns_of(config))
                write_file(
                    folder / "data" / config / file_name(split, 0, 1),
                    level.schema_of(config),
                    (level.take(each, config, split) for each in batches),
                )
    lap("write")
    seconds["leakage"] = compared
    seconds["write"] -= compared
    comparison.notes.write(folder / "notes.parquet")
    report = LeakageReport(HeldOutRows.read([held.rows]), read_pieces(sorted(folder.glob("*.i64"))))
    report.add([folder / "notes.parquet"])
    report.write(folder / "leakage.json", Published({}, comparison.compared, 0.01))
    dataset = DatasetFolder(folder)
    started = time.perf_counter()
    write_card(dataset, About("b", "1.0.0", "other", "Site", "https://news.example"))
    lap("card")
    FORMATS["tmx"].write(select(dataset, "sentences", pair="en-uk"), folder / "en-uk.tmx")
    lap("tmx")
    compare(dataset, dataset, ["sentences"])
    lap("diff")
    return seconds


def measure(count: int, held_out: int) -> tuple[float, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        seconds = export(count, held_out, Path(folder))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--held-out", type=int, default=5_000)
    options = parser.parse_args()
    print(f"{'rows':>10} {'peak MB':>8}  seconds")
    for count in options.rows:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            peak, seconds = pool.apply(measure, (count, options.held_out))
        print(
            f"{count:>10,} {peak:>8.0f}  " + "  ".join(f"{name} {value:.1f}" for name, value in seconds.items()),
            flush=True,
        )


if __name__ == "__main__":
    main()
