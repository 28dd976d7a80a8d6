"""Taking articles out of a crawl for good: their records out of the WARC files, their pages out of the frontier.

A file that holds records of them is written anew without these, byte for byte otherwise, under a new name; one
transaction then moves the frontier to it, and the old file goes. A process killed in between leaves both files, and the
next removal finds what is left by reading all of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from corpus_builder.crawl.frontier import Frontier
from corpus_builder.crawl.warcread import RawRecord, walk
from corpus_builder.errors import RunError
from corpus_builder.sites import Site

REASON = "taken_down"

# Bytes of a record that are read to find its address.
_HEAD = 2**16
_TARGET = re.compile(rb"^WARC-Target-URI:[ \t]*<?([^\s>]+)>?[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Removal:
    """How many records were taken out, and the names of the WARC files that were written anew."""

    records: int
    files: tuple[str, ...]


def withdraw(folder: Path, site: Site, articles: Mapping[str, Sequence[str]]) -> None:
    """Have the crawl in a folder never ask for these articles again: the URLs that are known of each, by article id.

    They are told as left out for the reason "taken_down".
    """
    frontier = Frontier(folder / "state.sqlite")
    try:
        with frontier.transaction():
            for article_id, urls in articles.items():
                for url in urls:
                    if key := site.identify(url):
                        frontier.withdraw(f"{key.language}/{key.article_id}", url, key.language, article_id, REASON)
                frontier.withdraw_story(article_id, REASON)
    finally:
        frontier.close()


def remove_records(folder: Path, site: Site, article_ids: Collection[str]) -> Removal:
    """Take all records of some articles (responses, requests, revisits) out of the WARC files of a crawl's folder."""
    home = urlsplit(site.rules.homepage)

    def is_gone(record: RawRecord) -> bool:
        found = None if record.damage else _TARGET.search(record.data)
        if not found:
            return False
        url = found[1].decode(errors="replace")
        # A mirror's address names the same article as the site's own.
        key = site.identify(url) or site.identify(
            urlsplit(url)._replace(scheme=home.scheme, netloc=home.netloc).geturl()
        )
        return key is not None and key.article_id in article_ids

    removed, written = 0, []
    frontier = Frontier(folder / "state.sqlite")
    try:
        for path in sorted((folder / "warc").glob("*.warc*")):
            records = _rewrite(path, frontier, is_gone)
            if records:
                removed += records
                written.append(path.name)
    except OSError as error:
        raise RunError(
            f"cannot rewrite the WARC files: {error}", next_step="is the disk full? then run it again"
        ) from error
    finally:
        frontier.close()
    return Removal(removed, tuple(written))


def _rewrite(path: Path, frontier: Frontier, is_gone: Callable[[RawRecord], bool]) -> int:
    """Write one file anew if anything in it has to go; how many records went."""
    kept: list[RawRecord] = []
    removed = 0
    for record in walk(path, _HEAD):
        if is_gone(record):
            removed += 1
        else:
            kept.append(RawRecord(record.offset, record.length))
    if not removed:
        return 0
    name = _free_name(path.parent, frontier)
    part = path.with_name(f".{name}.part")
    places: dict[int, int] = {}
    with path.open("rb") as old, part.open("wb") as new:
        for record in kept:
            places[record.offset] = new.tell()
            old.seek(record.offset)
            new.write(old.read(record.length))
        new.flush()
        os.fsync(new.fileno())
        size = new.tell()
    os.replace(part, path.with_name(name))
    frontier.moved(path.name, name, places, size)
    path.unlink()
    return removed


def _free_name(folder: Path, frontier: Frontier) -> str:
    taken = {path.name for path in folder.iterdir()} | set(frontier.files())
    number = len(taken) + 1
    while (name := f"crawl-{number:05d}.warc.gz") in taken:
        number += 1
    return name
