"""What finding the texts of several articles takes: processor seconds and peak memory, by the number of pages.

    python benchmarks/extract/repeated.py [--pages 10000 100000 1000000]

The notes of so many pages are made up and written as extraction writes them (dropped/.shards/page_texts/): shards of
2,000 pages of ten paragraphs each, one of them on every page, one in 50 pages a consent wall, one in 100 published
twice. Then they are counted in a process of its own. Printed are its processor seconds and its peak memory, with those
of a process that imports the same and counts nothing, and the bytes a page of the notes.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from corpus_builder.extract.page_text import PageText
from corpus_builder.extract.repeated import find_repeated
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.page_texts import page_texts_of, read_page_texts, write_page_texts

SHARD = 2_000


def pages(shard: int) -> Iterator[PageText]:
    """The notes of a shard's pages."""
    random = Random(shard)

    def any_hash() -> int:
        return random.getrandbits(64) - 2**63

    for number in range(SHARD):
        wall, twice = number % 50 == 0, number % 100 == 1
        text = 1 if wall else (number + 2**20 * (shard // 2) if twice else any_hash())
        blocks = (2, 3) if wall else (2, *(any_hash() for _ in range(9)))
        sizes, article, address = (60,) * len(blocks), any_hash(), any_hash()
        yield PageText(text, text, blocks, sizes, (), article, address, "uk", "news", not wall, False)


def count(folder: str, shards: str) -> None:
    """Count in this process; print what it took."""
    paths = [page_texts_of(Workspace(Path(folder)), f"{shard:06}") for shard in range(int(shards))]
    found = 0
    if paths:
        repeated = find_repeated(lambda columns: (read_page_texts(path, columns) for path in paths), Path(folder))
        found = sum(len(repeated.among(read_page_texts(path, ["text"]))) for path in paths)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([time.process_time(), peak, found]))


def main() -> None:
    """Write the notes, count them, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        written = 0
        for many in (0, *sorted(args.pages)):
            for shard in range(written, many // SHARD):
                write_page_texts(page_texts_of(Workspace(Path(folder)), f"{shard:06}"), pages(shard))
            written = max(written, many // SHARD)
            command = [sys.executable, __file__, "--count", folder, str(many // SHARD)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            seconds, peak, found = json.loads(done.stdout)
            size = sum(path.stat().st_size for path in Path(folder).rglob("*.parquet")) / max(many, 1)
            took = f"{many:>9,} pages: {seconds:7.1f} s, peak {peak:5.0f} MB"
            print(f"{took}, {found:,} texts in shards are none, {size:.0f} bytes a page", flush=True)


if __name__ == "__main__":
    count(*sys.argv[2:]) if sys.argv[1:2] == ["--count"] else main()
