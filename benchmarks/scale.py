"""Seconds and bytes a page of each stage, and what 100 million pages would take.

    python benchmarks/scale.py [--pages 2000 10000] [--workers 2] [--price 0.05]

The pages are those of benchmarks/memory.py, in WARC files of `WARC_PAGES` pages each. Every number of pages is built by
a process of its own with `--workers` worker processes. Printed are, for each, the pages a second of every stage on the
clock and the peak memory of the largest process; then, from the largest, the bytes a page of each folder and the hours
that 100 million pages take: "shards" on any number of workers, "whole" for what one process does for the whole corpus.
`--price` is that of a core for an hour.
"""

from __future__ import annotations

import argparse
import re
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

WARC_PAGES = 5_000
"""Pages of a WARC file. Chosen: those of Common Crawl have some 30,000 in 1 GB; so that 10,000 pages are in two."""

MANY = 100_000_000
WHOLE = frozenset({"crawl", "learn", "survey", "compare", "export", "report", "link"})
"""Stages that are one task, or run in the command's own process."""
_END = re.compile(r"stage (\w+) ends: ([\d.]+) s")


@dataclass(frozen=True)
class Measured:
    """A build: seconds on the clock of each stage, MB of its largest process, bytes of each folder."""

    pages: int
    seconds: Mapping[str, float]
    peak: float
    sizes: Mapping[str, int]


def measure(count: int, workers: int) -> Measured:
    """Build so many pages."""
    with tempfile.TemporaryDirectory() as folder:
        every = pages(count)
        number = 0
        while records := list(islice(every, WARC_PAGES)):
            write_records(Path(folder, f"pages-{number:04}.warc.gz"), records)
            number += 1
        command = [sys.executable, str(Path(__file__).with_name("memory.py")), "--build", folder, str(workers)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        _, peak = map(float, done.stdout.split()[-2:])
        workspace = Path(folder, "w")
        [log] = (workspace / "logs").glob("*.log")
        seconds = {name: float(value) for name, value in _END.findall(log.read_text(encoding="utf-8"))}
        sizes = {"WARC files": sum(path.stat().st_size for path in Path(folder).glob("*.warc.gz"))}
        for path in sorted(workspace.iterdir()):
            if path.is_dir():
                sizes[path.name] = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        return Measured(count, seconds, peak, sizes)


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="+", default=[2_000, 10_000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--price", type=float, default=0.05, help="of a core for an hour")
    args = parser.parse_args()
    measured = []
    for count in args.pages:
        measured.append(measure(count, args.workers))
        _print_stages(measured[-1])
    _print_many(measured[-1], args.workers, args.price)
    print(f"  index of captures: {_bytes_a_capture():.0f} bytes of memory each")


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


def _print_stages(one: Measured) -> None:
    total = sum(one.seconds.values())
    print(f"{one.pages:,} pages: {total:.0f} s, {one.pages / total:.1f} pages/s, largest process {one.peak:.0f} MB")
    for stage, seconds in one.seconds.items():
        print(f"  {stage:8} {seconds:8.1f} s {one.pages / max(seconds, 0.05):9.0f} pages/s")
    sys.stdout.flush()


def _print_many(one: Measured, workers: int, price: float) -> None:
    print(f"\n{MANY:,} pages, by the build of {one.pages:,}")
    hours = {stage: seconds / one.pages * MANY / 3600 for stage, seconds in one.seconds.items()}
    for stage, each in hours.items():
        kind = "whole" if stage in WHOLE else "shards"
        cores = each if kind == "whole" else each * workers
        print(f"  {stage:8} {kind:6} {cores:9,.0f} core hours")
    shards = sum(each * workers for stage, each in hours.items() if stage not in WHOLE)
    whole = sum(each for stage, each in hours.items() if stage in WHOLE)
    print(f"  shards {shards:,.0f} core hours, {shards * price:,.0f} at {price} an hour; whole {whole:,.0f} hours")
    for name, size in one.sizes.items():
        print(f"  {name:11} {size / one.pages:9,.0f} bytes a page {size / one.pages * MANY / 2**40:8.2f} TB")


if __name__ == "__main__":
    main()
