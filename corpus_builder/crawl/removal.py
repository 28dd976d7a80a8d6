"""Removing articles from what was fetched: their records from the WARC files, their pages from the frontier.

A file that contains such records is rewritten without them, otherwise byte for byte, under a new name. One transaction
then points the frontier, or the state of an archive, to the new file, and the old one is deleted. A process killed in
between leaves both files; the next removal reads all files, and removes what is left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from corpus_builder.crawl.archive_state import ArchiveState
from corpus_builder.crawl.frontier import Frontier
from corpus_builder.crawl.warc import wire_url
from corpus_builder.crawl.warcread import RawRecord, walk
from corpus_builder.errors import RunError
from corpus_builder.files import replacing
from corpus_builder.sites import Site
from corpus_builder.sites.further import answer_url_of, linked_answers

REASON = "taken_down"

_HEAD = 2**16
"""Bytes of a record that are read to find its URL. Chosen: WARC headers have less than 2 KB."""

_TARGET = re.compile(rb"^WARC-Target-URI:[ \t]*<?([^\s>]+)>?[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Removal:
    """The number of records removed, and the names of the rewritten WARC files."""

    records: int
    files: tuple[str, ...]


def withdraw(folder: Path, site: Site, articles: Mapping[str, Sequence[str]]) -> None:
    """Never request these articles again in the crawl of a folder: the known URLs of each, by article id.

    They are dropped with the reason "taken_down".
    """
    frontier = Frontier(folder / "state.sqlite")
    try:
        with frontier.transaction():
            for article_id, urls in articles.items():
                for url in urls:
                    if key := site.identify(url):
                        frontier.withdraw(f"{key.language}/{key.article_id}", url, key.language, key.article_id, REASON)
                frontier.withdraw_story(article_id, REASON)
    finally:
        frontier.close()


def ids_of_pages(site: Site, articles: Mapping[str, Sequence[str]]) -> set[str]:
    """The ids under which the pages of articles were fetched: those of the articles, and where pages have their own ids
    until they are linked, those of all their URLs."""
    pages = (site.identify(url) for urls in articles.values() for url in urls)
    return {*articles, *(key.article_id for key in pages if key)}


class RecordState(Protocol):
    """What knows where the records of a folder's WARC files are: the frontier of a crawl, or an archive's state."""

    def files(self) -> Mapping[str, int]:
        """The WARC files and their sizes."""

    def moved(self, old: str, new: str, places: Mapping[int, int], size: int) -> None:
        """A file was rewritten under another name; `places` maps old to new offsets of the records that are left."""


def remove_records(folder: Path, site: Site, article_ids: Collection[str]) -> Removal:
    """Remove all records of some articles (responses, requests, revisits) from the WARC files of a crawl's folder."""
    frontier = Frontier(folder / "state.sqlite")
    try:
        answers = {wire_url(url) for article_id in article_ids for url in frontier.part_urls(article_id)}
        return _remove(folder, site, article_ids, frontier, answers)
    finally:
        frontier.close()


def remove_archived(folder: Path, site: Site, article_ids: Collection[str]) -> Removal:
    """Remove all records of some articles from those that were fetched from archives into a folder."""
    with ArchiveState.opened(folder / "state.sqlite") as state:
        return _remove(folder, site, article_ids, state, {wire_url(url) for url in state.answers(article_ids)})


def _remove(
    folder: Path, site: Site, article_ids: Collection[str], state: RecordState, answers: AbstractSet[str] = frozenset()
) -> Removal:
    """`answers` are the addresses of an API's answers that have these articles."""
    home = urlsplit(site.rules.homepage)

    def is_removed(record: RawRecord) -> bool:
        target = None if record.damage else _TARGET.search(record.data)
        if not target:
            return False
        url = target[1].decode(errors="replace")
        if answers and not answers.isdisjoint(_answer_urls(site.served_by(url), url)):
            return True
        # A URL on a mirror names the same article as that on the site.
        key = site.identify(url) or site.identify(
            urlsplit(url)._replace(scheme=home.scheme, netloc=home.netloc).geturl()
        )
        return key is not None and key.article_id in article_ids

    removed, written = 0, []
    try:
        for path in sorted((folder / "warc").glob("*.warc*")):
            records = _rewrite(path, state, is_removed)
            if records:
                removed += records
                written.append(path.name)
    except OSError as error:
        raise RunError(
            f"cannot rewrite the WARC files: {error}",
            next_step="check the disk, then run the same command again",
        ) from error
    return Removal(removed, tuple(written))


def _answer_urls(site: Site, url: str) -> list[str]:
    """The addresses that a response from a URL has where it is an API's answer."""
    own = answer_url_of(site, url)
    return [own] if own else linked_answers(site, url)


def _rewrite(path: Path, state: RecordState, is_removed: Callable[[RawRecord], bool]) -> int:
    """Rewrite a file if any of its records has to be removed. Returns how many were."""
    kept: list[RawRecord] = []
    removed = 0
    for record in walk(path, _HEAD):
        if is_removed(record):
            removed += 1
        else:
            kept.append(RawRecord(record.offset, record.length))
    if not removed:
        return 0
    name = _free_name(path.parent, state)
    places: dict[int, int] = {}
    with replacing(path.with_name(name)) as part, path.open("rb") as old, part.open("wb") as new:
        for record in kept:
            places[record.offset] = new.tell()
            old.seek(record.offset)
            new.write(old.read(record.length))
        size = new.tell()
    state.moved(path.name, name, places, size)
    path.unlink()
    return removed


def _free_name(folder: Path, state: RecordState) -> str:
    taken = {path.name for path in folder.iterdir()} | set(state.files())
    number = len(taken) + 1
    while (name := f"crawl-{number:05d}.warc.gz") in taken:
        number += 1
    return name
