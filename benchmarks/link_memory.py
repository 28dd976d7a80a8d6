"""Memory and processor time of the stage "link" on many made-up editions, written directly as editions/*.parquet.

    python benchmarks/link_memory.py make FOLDER --pages 20000      the editions: two languages, 200 pages a day
    python benchmarks/link_memory.py run FOLDER --by id content     what the stage takes, and that its stories are right

`run` prints the processor seconds of this process, its peak memory before and after, and that of its largest child;
`--workers 2` runs the tasks in two others. Nine in ten pages have a counterpart.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from corpus_builder.model import Block, BlockKind, Edition
from corpus_builder.parquet import read_rows, write_rows
from corpus_builder.stages.build import build_run
from corpus_builder.stages.config import RunConfig
from corpus_builder.stages.link import link
from corpus_builder.workspace.shards import share_name, shares_for
from corpus_builder.workspace.tables import EDITIONS, edition_row

LANGUAGES = ("uk", "en")
A_DAY = 200  # pages
WORDS, NAMES = 120, 8  # of a page
LETTERS = {"uk": "абвгдеєжзіклмнопрст", "en": "abcdefghijklmnoprst"}


def word(language: str, number: int) -> str:
    """A made-up word that another language has not."""
    letters, text = LETTERS[language], ""
    for _ in range(5):
        number, rest = divmod(number, len(letters))
        text += letters[rest]
    return text


def editions(pages: int) -> Iterator[Edition]:
    """The editions: words by Zipf's law and names that both languages have, of which each has all but a fifth."""
    rng = np.random.default_rng(1)
    law = 1 / np.arange(1, 20_001)
    law /= law.sum()
    first = datetime(2020, 1, 1, 12, tzinfo=UTC)
    for story in range(pages // 2 * 10 // 9):
        topic, names = rng.choice(20_000, WORDS, p=law), rng.integers(0, pages * 10, NAMES)
        day = first + timedelta(days=story * 2 // A_DAY)
        urls = {language: f"https://n.example/{language}/{day:%Y/%m/%d}/{story}" for language in LANGUAGES}
        for side, language in enumerate(LANGUAGES):
            if story % 10 == side:  # a story of the other language alone
                continue
            words = [word(language, int(number)) for number in topic[rng.random(WORDS) < 0.8]]
            words += [str(number) for number in names[rng.random(NAMES) < 0.8]]
            blocks = [Block(BlockKind.PARAGRAPH, " ".join(words[i : i + 40])) for i in range(0, len(words), 40)]
            links = tuple(urls.items())
            yield Edition("n", str(story), language, urls[language], tuple(blocks), published=day, alternates=links)


def make(options: argparse.Namespace) -> None:
    """Write the editions in shards."""
    shutil.rmtree(options.folder, ignore_errors=True)
    folder = options.folder / "editions"
    folder.mkdir(parents=True)
    month: list[Edition] = []
    for edition in editions(options.pages):
        if month and month[0].published.month != edition.published.month:  # type: ignore[union-attr]
            _write(folder, month)
            month = []
        month.append(edition)
    _write(folder, month)


def _write(folder: Path, month: list[Edition]) -> None:
    shares, shards = shares_for(len(month)), dict[str, list[Edition]]()
    for edition in month:
        name = share_name(f"{edition.published:%Y-%m}", edition.article_id, shares)
        shards.setdefault(name, []).append(edition)
    for name, own in shards.items():
        write_rows(folder / f"{name}.parquet", EDITIONS, map(edition_row, own))


def run(options: argparse.Namespace) -> None:
    """Run the stage and print what it took."""
    rules = 'name = "n"\ntitle = "N"\nhomepage = "https://n.example"\ndomains = ["n.example"]\n'
    rules += f"[linking]\nby = {options.by}\n"
    for language in LANGUAGES:
        rules += f"[editions.{language}]\npaths = ['/{language}/(?P<year>\\d+)/(?P<month>\\d+)/\\d+/(?P<id>\\d+)']\n"
    (options.folder / "site.toml").write_text(rules, encoding="utf-8")
    for made in ("articles", "editions/linking", "dropped", "manifest.json"):
        path = options.folder / made
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    config = RunConfig(site=str(options.folder / "site.toml"))
    this_run = build_run(config, options.folder, workers=options.workers)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.process_time()
    link(this_run)
    seconds, own = time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    stories: dict[str, set[str]] = {}
    pages = 0
    for path in this_run.workspace.shards().values():
        for row in read_rows(path, ["article_id", "url"]):
            stories.setdefault(row["article_id"], set()).add(row["url"].rpartition("/")[2])
            pages += 1
    counts = this_run.manifest.counts("link")
    print(
        f"{pages:,} pages by {', '.join(options.by)}: {seconds:.0f} s here, "
        f"{children.ru_utime + children.ru_stime:.0f} s in children; {own:.0f} MB ({before:.0f} MB before), "
        f"children {children.ru_maxrss / 1024:.0f} MB; {counts['stories_of_2']:,} stories of two, "
        f"{sum(len(urls) > 1 for urls in stories.values())} of them wrong"
    )


def main() -> None:
    """Read the options and do one of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    making = commands.add_parser("make")
    making.add_argument("folder", type=Path)
    making.add_argument("--pages", type=int, default=20_000)
    making.set_defaults(run=make)
    running = commands.add_parser("run")
    running.add_argument("folder", type=Path)
    running.add_argument("--by", nargs="+", choices=["id", "hreflang", "content"], default=["hreflang"])
    running.add_argument("--workers", type=int, default=1)
    running.set_defaults(run=run)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
