"""Peak memory and time of a build of 1,000 and of 10,000 pages: memory must not grow with the number of pages.

    python benchmarks/memory.py [--pages 1000 10000] [--workers 1]

The pages are those of the sample newspaper with new article ids and dates and a tenth of their long words changed. They
are written to a WARC file and built with `--warc`. Printed are pages, seconds, pages per second and the peak resident
memory of the largest process in MB.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus_builder.newspaper import load_newspaper
from corpus_builder.newspaper.server import answers
from corpus_builder.sites import load_site

SITE = "https://www.vilna-hazeta.example"
PAGE = re.compile(r"/(?P<edition>rus/|eng/|)(?P<section>\w+)/(?P<date>\d{4}/\d\d/\d\d)/(?P<id>\d+)/")
# Days that the articles are spread over: twelve months of 28 days, so twelve shards.
DAYS = 336


def pages(count: int) -> Iterator[tuple[str, bytes]]:
    """URLs and bodies of `count` pages; the editions of a story are consecutive."""
    site = load_site("sample")
    served = answers(load_newspaper(), SITE)
    stories: dict[str, list[str]] = {}
    for path, answer in served.items():
        if answer.status == 200 and (address := site.address(SITE + path)):
            stories.setdefault(address.key.article_id, []).append(path)
    bodies = {path: served[path].body.decode() for paths in stories.values() for path in paths}
    made = number = 0
    while made < count:
        for article_id, paths in stories.items():
            number += 1
            rnd = random.Random(number)
            day = number % DAYS
            date = f"2024/{1 + day // 28:02d}/{1 + day % 28:02d}"
            for path in paths:
                if made == count:
                    return
                old = PAGE.fullmatch(path)
                assert old
                body = bodies[path].replace(f"{old['date']}/{article_id}/", f"{date}/{number}/")
                body = re.sub(r"\b[^\W\d_]{7,}\b(?![^<]*>)", partial(_changed, rnd), body)
                yield SITE + path.replace(f"{old['date']}/{article_id}/", f"{date}/{number}/"), body.encode()
                made += 1


def _changed(rnd: random.Random, word: re.Match[str]) -> str:
    return word[0] if rnd.random() > 0.1 else word[0] + rnd.choice("абвгдежзиклмнопрст") + str(rnd.randrange(1000))


def write_warc(path: Path, count: int) -> None:
    """Write a WARC file of `count` pages."""
    write_records(path, pages(count))


def write_records(path: Path, records: Iterable[tuple[str, bytes]]) -> None:
    """Write a WARC file of pages: URLs and bodies."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, body in records:
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            writer.write_record(writer.create_warc_record(url, "response", io.BytesIO(body), http_headers=head))


def main() -> None:
    """Build with each number of pages, in a separate process each, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    print(f"{'pages':>7} {'seconds':>8} {'pages/s':>8} {'peak MB':>8}")
    for count in args.pages:
        with tempfile.TemporaryDirectory() as folder:
            write_warc(Path(folder, "pages.warc.gz"), count)
            command = [sys.executable, __file__, "--build", folder, str(args.workers)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            seconds, peak = map(float, done.stdout.split()[-2:])
        print(f"{count:7,} {seconds:8.1f} {count / seconds:8.1f} {peak:8.0f}", flush=True)


def build(folder: str, workers: str) -> None:
    """Run one build; print its seconds and the peak memory of its largest process in MB."""
    import time

    started = time.monotonic()
    command = ["build", "sample", "--warc", f"{folder}/*.warc.gz", "--workspace", f"{folder}/w", "--workers", workers]
    subprocess.run(
        [sys.executable, "-c", "from corpus_builder.cli.main import run; run()", *command],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(time.monotonic() - started, peak)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--build"]:
        build(*sys.argv[2:])
    else:
        main()
