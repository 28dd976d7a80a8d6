"""Processor seconds and bytes a page of each stage, the peak memory of its largest process, and what 100 million pages
would take.

    python benchmarks/scale.py [--pages 1000 10000] [--workers 2] [--price 0.05]

The pages are those of benchmarks/memory.py, in WARC files of `WARC_PAGES` pages each. Every stage runs in a process of
its own, with `--workers` worker processes. Printed are, for each number of pages and each stage, the processor seconds
of all processes, those of the stage's own process ("one"), which more workers do not make fewer, and the peak memory of
the largest process; then, from the largest number of pages, the bytes a page of each folder and the core hours of 100
million pages. `--price` is that of a core for an hour. Each stage's start, some 2 seconds, is in its figures.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from memory import pages, write_records  # benchmarks/memory.py

from corpus_builder.crawl.options import CaptureRef
from corpus_builder.dataset.held_out import Held, HeldOutRows, HeldOutWriter, index_pieces, read_pieces
from corpus_builder.dataset.leakage_report import LeakageReport, Published
from corpus_builder.dataset.rows import Row
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.pipeline import STAGES
from corpus_builder.stages.stage import Source

WARC_PAGES = 5_000
"""Pages of a WARC file. Chosen: those of Common Crawl have some 30,000 in 1 GB; so that 10,000 pages are in two."""

MANY = 100_000_000


@dataclass(frozen=True)
class StageCost:
    """What a stage took: processor seconds of its own process and of its workers, MB of the largest process."""

    one: float
    workers: float
    peak: float

    @property
    def seconds(self) -> float:
        """The processor seconds of all processes."""
        return self.one + self.workers


@dataclass(frozen=True)
class Measured:
    """A build: what each stage took, and the bytes of each folder."""

    pages: int
    stages: Mapping[str, StageCost]
    sizes: Mapping[str, int]


def measure(count: int, workers: int) -> Measured:
    """Build so many pages; the row of each stage is printed when it ends."""
    print(f"{count:,} pages")
    print(f"  {'stage':8} {'processor s':>11} {'one':>8} {'pages/s':>8} {'peak MB':>8}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        every = pages(count)
        number = 0
        while records := list(islice(every, WARC_PAGES)):
            write_records(Path(folder, f"pages-{number:04}.warc.gz"), records)
            number += 1
        costs = {}
        for stage in STAGES:
            command = [sys.executable, __file__, "--stage", stage.name, folder, str(workers)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            costs[stage.name] = cost = StageCost(**json.loads(done.stdout.splitlines()[-1]))
            rate = count / max(cost.seconds, 0.05)
            row = f"  {stage.name:8} {cost.seconds:11.1f} {cost.one:8.1f} {rate:8.0f} {cost.peak:8.0f}"
            print(row, flush=True)
        sizes = {"WARC files": sum(path.stat().st_size for path in Path(folder).glob("*.warc.gz"))}
        for path in sorted(Path(folder, "w").iterdir()):
            if path.is_dir():
                sizes[path.name] = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        return Measured(count, costs, sizes)


def run_stage(name: str, folder: str, workers: str) -> None:
    """Run one stage in this process and its workers; print what it took as JSON."""
    source = Source(warc=f"{folder}/*.warc.gz")
    run = build_run(load_config("sample"), Path(folder, "w"), source=source, workers=int(workers))
    build(run, [stage for stage in STAGES if stage.name == name])
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    peak = max(_peak_of_this_process(), others.ru_maxrss / 1024)
    cost = StageCost(own.ru_utime + own.ru_stime, others.ru_utime + others.ru_stime, peak)
    print(json.dumps(vars(cost)))


def _peak_of_this_process() -> float:
    """Its MB since it began. `ru_maxrss` begins with those of the process that started it, which made all pages."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--price", type=float, default=0.05, help="of a core for an hour")
    args = parser.parse_args()
    measured = []
    for count in args.pages:
        measured.append(measure(count, args.workers))
        _print_all(measured[-1])
    _print_many(measured[-1], args.price)
    print("memory of the one process, in bytes")
    print(f"  a reference to a capture {_bytes_a_capture():.0f}")
    making, telling = _bytes_a_held_out_text()
    print(f"  a held-out text of a language while its index is made {making:.0f}, while leakage.json is {telling:.0f}")


def _bytes_a_capture(count: int = 100_000) -> float:
    """The memory of a reference to a capture, with a URL, a path and a digest as they are in archives."""
    tracemalloc.start()
    kept = [
        CaptureRef(
            url=f"https://www.vilna-hazeta.example/rus/news/2025/12/{number % 28}/{8_000_000 + number}/",
            language="ru",
            article_id=str(8_000_000 + number),
            month="2025-12",
            path=f"s3://archive/2025/pages-{number // WARC_PAGES}.warc.gz",
            offset=number * 3000,
            length=3000,
            fetched=f"2025-12-01T00:00:{number:06}",
            digest="sha1:" + "A" * 26 + f"{number:06}",
        )
        for number in range(count)
    ]
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return size / len(kept)


def _bytes_a_held_out_text() -> tuple[float, float]:
    """The memory that each held-out text adds, while the index of a language is made and while the report is."""
    few, many = 10, 30
    texts = (many - few) * SHARD_TEXTS
    (making, telling), (more_making, more_telling) = (_peaks_of_held_out_texts(shards) for shards in (few, many))
    return (more_making - making) / texts, (more_telling - telling) / texts


SHARD_TEXTS = 2_000
"""Held-out texts of a shard. Chosen: of 3,000 pages a tenth, with seven texts each."""


def _peaks_of_held_out_texts(shards: int) -> tuple[int, int]:
    with tempfile.TemporaryDirectory() as name:
        folder, having = Path(name), []
        for shard in range(shards):
            writer = HeldOutWriter()
            for number in range(shard * SHARD_TEXTS, (shard + 1) * SHARD_TEXTS):
                texts: dict[str, str | None] = {"en": f"number {number:,} has {number * 7919 % 104729} of all words"}
                row = Row(f"{number:016x}", "1", None, None, {}, 0, "paragraph", None, texts, {}, ())
                writer.add("sentences", "test", row)
            having.append((Held(folder / str(shard)), True))
            writer.save(having[-1][0].folder)
        tracemalloc.start()
        index_pieces("en", having, folder / "index", folder / "en.i64")
        making = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        report = LeakageReport(HeldOutRows.read(held.rows for held, _ in having), read_pieces([folder / "en.i64"]))
        report.write(folder / "leakage.json", Published({}, {"documents": 1, "sentences": 1}, 1.0))
        telling = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return making, telling


def _print_all(one: Measured) -> None:
    total = sum(cost.seconds for cost in one.stages.values())
    peak = max(cost.peak for cost in one.stages.values())
    print(f"  all {total:.0f} processor seconds, {one.pages / total:.1f} pages a processor second; peak {peak:.0f} MB")


def _print_many(one: Measured, price: float) -> None:
    print(f"\n{MANY:,} pages, by the build of {one.pages:,}")
    factor = MANY / one.pages / 3600
    for stage, cost in one.stages.items():
        print(f"  {stage:8} {cost.workers * factor:9,.0f} core hours of workers {cost.one * factor:9,.0f} of one")
    workers, alone = (
        factor * sum(values)
        for values in zip(*((cost.workers, cost.one) for cost in one.stages.values()), strict=True)
    )  # fmt: skip
    print(f"  {'all':8} {workers:9,.0f} core hours of workers {alone:9,.0f} of one")
    print(f"  workers at {price} an hour: {workers * price:,.0f}")
    for name, size in one.sizes.items():
        print(f"  {name:11} {size / one.pages:9,.0f} bytes a page {size / one.pages * MANY / 2**40:8.2f} TB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--stage"]:
        run_stage(*sys.argv[2:])
    else:
        main()
