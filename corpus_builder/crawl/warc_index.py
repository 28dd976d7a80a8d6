"""Index of the article pages in any WARC files."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from warcio.recordloader import ArcWarcRecord

from corpus_builder.apart import Apart
from corpus_builder.crawl.archive_kinds import check_kind, is_archive
from corpus_builder.crawl.captures import RECORD_BYTES, http_response, parse_record
from corpus_builder.crawl.choice import GONE, Candidate, Refusal
from corpus_builder.crawl.drops import STAGE
from corpus_builder.crawl.further_captures import FurtherCaptures, Place
from corpus_builder.crawl.index import forget_files, in_order, seeded, unwanted
from corpus_builder.crawl.options import CaptureRef, CrawlOptions
from corpus_builder.crawl.page_facts import OfAnswer, OfPage, PageFacts, Question, answered
from corpus_builder.crawl.robots import Robots
from corpus_builder.crawl.warc import MIRROR
from corpus_builder.crawl.warcread import RawRecord, walk
from corpus_builder.errors import SkipPage, UsageError
from corpus_builder.files import require_file
from corpus_builder.model import Drop
from corpus_builder.remote import expanded
from corpus_builder.sites import PageKey, Site
from corpus_builder.sites.further import answer_url_of, linked_answers
from corpus_builder.sites.site import PageAddress
from corpus_builder.web.answers import looks_like_json
from corpus_builder.web.charset import to_utf8
from corpus_builder.web.guard import guarded
from corpus_builder.web.links import is_url
from corpus_builder.web.opt_out import CONTENT_SIGNAL, REASONS
from corpus_builder.web.page_process import page_process, read_in
from corpus_builder.web.responses import PAGE_STATUSES, ROBOTS_BYTES, check_size

logger = logging.getLogger(__name__)


def index_warcs(
    files: str | Path | Sequence[str | Path],
    site: Site,
    options: CrawlOptions,
    earlier: Sequence[CaptureRef] = (),
    elsewhere: Elsewhere | None = None,
) -> tuple[list[CaptureRef], list[Drop]]:
    """The article pages of a site in any WARC files: of Common Crawl, wget, an archive, or a crawl.

    Captures of `earlier` stay, whatever the options' dates and limit, and count as further captures of their pages.
    `files` is a path or pattern, also of an object store (s3://…), or several. The captures of a page follow one
    another: ordinary pages before AMP copies, the newest first. An identical revisit makes the response that it
    refers to the newest again. A newer opt-out, 404, 410 or robots.txt speaks for the page: earlier captures are not
    used. Drops are damaged records, responses without content, opt-outs, and revisits of records that are in none of
    the files; all captures but the first of a page are dropped as `earlier_capture`. `elsewhere` may read the files in
    other processes, with the same result. Raises UsageError where a name matches no file, and for archives
    of other kinds.
    """
    paths = _paths(files)
    with page_process(answered) as process:
        index = _WarcIndex(site, options, process, earlier)
        index.forget(paths)
        parts = elsewhere(FileReader(site, options, index.earlier), paths) if elsewhere else None
        for part in parts or ():
            index.merge(part)
        for path in paths if parts is None else ():
            index.add(path)
    return index.result()


def _paths(files: str | Path | Sequence[str | Path]) -> list[Path | str]:
    names = [files] if isinstance(files, str | Path) else list(files)
    paths: list[Path | str] = []
    for name in names:
        matches = expanded(str(name), is_archive)
        if not matches:
            raise UsageError(f"no WARC file {name}", next_step="give a path or a pattern as 'archive/*.warc.gz'")
        paths += matches
    paths = list(dict.fromkeys(paths))
    for path in paths:
        if isinstance(path, Path):
            require_file(path)
        check_kind(path)
    return paths


_LISTED = 10_000
"""Responses of other pages that are listed by their URLs, where there is none of the wanted ones. Chosen: enough to see
what the archive has; the others are counted.
"""

_UNLISTED = "…"
_READ = frozenset({"response", "revisit"})
_COUNTED = frozenset({"resource", "conversion"})
"""Types of records that have the content of a page without its response (ISO 28500, 6.4 and 6.8): dropped."""


class _Revisit(NamedTuple):
    url: str
    digest: str
    refers_to: str
    fetched: str


Elsewhere = Callable[["FileReader", Sequence[Path | str]], Iterable["_WarcIndex"] | None]
"""Calls a function with each of some files in other processes, and gives what came of them in this order; None where
that is not worth while."""


@dataclass(frozen=True)
class FileReader:
    """Reads one file; `earlier` are the pages that the workspace has."""

    site: Site
    options: CrawlOptions
    earlier: frozenset[PageKey]

    def __call__(self, path: Path | str, place: Path | str | None = None) -> _WarcIndex:
        """What the file `path` has, which another process may find at another `place`. It can be pickled."""
        with page_process(answered) as process:
            index = _WarcIndex(self.site, self.options, process, earlier_pages=self.earlier)
            index.add(path, place)
        return index


class _WarcIndex:
    """Collects captures from files. Memory holds one reference per capture, and one body at a time."""

    def __init__(
        self,
        site: Site,
        options: CrawlOptions,
        process: Apart[Question[Any], Any],
        earlier: Sequence[CaptureRef] = (),
        earlier_pages: frozenset[PageKey] = frozenset(),
    ) -> None:
        self._site = self._home = site
        self._options = options
        self._process = process
        self._candidates = seeded(site, earlier)
        self._further = FurtherCaptures(site, earlier)
        self.earlier = frozenset(self._candidates) | earlier_pages
        self._refusals: dict[PageKey, list[Refusal]] = {}
        self._revisits: dict[PageKey, list[_Revisit]] = {}
        self._robots: dict[str, tuple[str, Robots]] = {}  # by host: the newest, with its time
        self._drops: list[Drop] = []
        self._others: list[Drop] = []  # responses that are none of the wanted pages: told where there is no other
        self._unlisted = Counter[tuple[str, str]]()  # more of them, by file and reason

    def forget(self, paths: Iterable[Path | str]) -> None:
        forget_files(self._candidates, paths)
        self._further.forget_files(paths)

    def __getstate__(self) -> dict[str, Any]:
        """What goes to another process: not the one in which pages are read, nor what that one has itself."""
        return {name: value for name, value in vars(self).items() if name not in ("_process", "earlier")}

    def merge(self, other: _WarcIndex) -> None:
        """Add what another process read of the next file."""
        for key, candidates in other._candidates.items():
            self._candidates.setdefault(key, []).extend(candidates)
        for key, refusals in other._refusals.items():
            self._refusals.setdefault(key, []).extend(refusals)
        for key, revisits in other._revisits.items():
            self._revisits.setdefault(key, []).extend(revisits)
        self._further.merge(other._further)
        for host, (fetched, robots) in other._robots.items():
            if fetched >= self._robots.get(host, ("", None))[0]:
                self._robots[host] = fetched, robots
        self._drops += other._drops
        room = max(0, _LISTED - len(self._others))
        self._others += other._others[:room]
        self._unlisted.update(((drop.detail or "").rpartition(":")[0], drop.reason) for drop in other._others[room:])
        self._unlisted.update(other._unlisted)

    def add(self, path: Path | str, place: Path | str | None = None) -> None:
        """Add what a file has, which is at `place` where that is not its name."""
        logger.info("reading %s", path)
        self._site = self._home
        try:
            for raw in walk(place or path, RECORD_BYTES + 1):
                origin = f"{path}:{raw.offset}"
                try:
                    with guarded(origin):
                        self._record(path, raw, origin)
                except SkipPage as error:
                    logger.info("dropped %s: %s", origin, error)
                    self._drops.append(Drop(STAGE, origin, error.reason, error.detail))
        except OSError as error:
            self._drops.append(Drop(STAGE, str(path), "unreadable_file", str(error)))

    def result(self) -> tuple[list[CaptureRef], list[Drop]]:
        chosen: list[tuple[date | None, CaptureRef]] = []
        for key, candidates in self._candidates.items():
            usable = [candidate for candidate in candidates if not self._refused(key, candidate.ref)]
            usable.sort(key=lambda candidate: (-candidate.rank, self._age(key, candidate.ref)), reverse=True)
            chosen += [(candidate.day, candidate.ref) for candidate in usable]
            chosen += [(usable[0].day, ref) for ref in self._further.of(key, usable) if not self._refused(key, ref)]
            self._drops += [
                _drop(key, candidate.ref.url, "earlier_capture", f"{candidate.ref.path}:{candidate.ref.offset}")
                for candidate in usable[1:]
            ]
        self._drops += self._further.left(key for key, found in self._candidates.items() if found)
        for key, revisits in self._revisits.items():
            if not self._candidates.get(key):
                self._drops.append(_drop(key, revisits[0].url, "revisit_without_original"))
        if not chosen:
            self._drops += self._others
            for (file, reason), count in self._unlisted.items():
                self._drops += [Drop(STAGE, file, reason, _UNLISTED)] * count
        return in_order(chosen, self._options.limit, {key.article_id for key in self.earlier}), self._drops

    def _refused(self, key: PageKey, ref: CaptureRef) -> bool:
        """Whether a newer response forbids the use of a capture, or says that the page is gone; it is dropped then."""
        last = self._age(key, ref)[0]
        if any(refusal.covers(ref.url, last) for refusal in self._refusals.get(key, [])):
            self._drops.append(_drop(key, ref.url, "earlier_capture", f"{ref.path}:{ref.offset}"))
            return True
        fetched, robots = self._robots.get(urlsplit(ref.url).netloc, ("", None))
        if not robots or last > fetched or (robots.allows(ref.url) and not robots.reserves(ref.url)):
            return False
        reason = CONTENT_SIGNAL if robots.allows(ref.url) else "robots"
        self._drops.append(_drop(key, ref.url, reason, f"by robots.txt of {fetched}"))
        return True

    def _age(self, key: PageKey, ref: CaptureRef) -> tuple[str, str, int]:
        """The last time at which the page had this content; path and offset break ties."""
        revisited = [
            revisit.fetched
            for revisit in self._revisits.get(key, [])
            if revisit.digest == ref.digest or revisit.refers_to == ref.fetched
        ]
        return max([ref.fetched, *revisited]), ref.path, ref.offset

    def _record(self, path: Path | str, raw: RawRecord, origin: str) -> None:
        if raw.damage:
            raise SkipPage("too_large" if raw.too_large else "damaged_record", raw.damage)
        record = parse_record(raw.data, origin)
        if record.rec_type == "warcinfo":
            self._site = self._home.served_by(_mirror(record, self._home.name))
        if record.rec_type not in _READ and record.rec_type not in _COUNTED:
            return
        url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
        fetched = _iso(record.rec_headers.get_header("WARC-Date"))
        if record.rec_type == "response" and self._is_robots(url):
            self._read_robots(url, fetched, record, origin)
            return
        address = self._address(url)
        if address is None:
            place = (str(path), raw.offset, raw.length, fetched)
            if record.rec_type == "response" and not self._is_answer(url, place, record, len(raw.data), origin):
                self._other(path, url, origin)
            return
        clean = self._site.clean(url)
        if record.rec_type in _COUNTED:
            detail = f"{origin}: a record of type {record.rec_type}"
            self._drops.append(_drop(address.key, clean, "no_response", detail))
            return
        digest = record.rec_headers.get_header("WARC-Payload-Digest") or ""
        if record.rec_type == "revisit":
            refers_to = _iso(record.rec_headers.get_header("WARC-Refers-To-Date"))
            self._revisits.setdefault(address.key, []).append(_Revisit(clean, digest, refers_to, fetched))
            return
        try:
            check_size(len(raw.data), RECORD_BYTES)
            response = http_response(record, origin)
            asking = self._site if self._site.needs_further else None
            question = OfPage(response.status, response.headers, response.body, clean, url, asking)
            facts: PageFacts = read_in(self._process, clean, question)
            response.check_whole()  # after the opt-outs of what is there
        except SkipPage as error:
            logger.info("dropped %s at %s: %s", clean, origin, error)
            self._drops.append(_drop(address.key, clean, error.reason, error.detail or origin))
            if error.reason in REASONS or (error.reason in GONE and not address.page and _same_path(url, clean)):
                self._refusals.setdefault(address.key, []).append(Refusal(clean, fetched, error.reason))
            return
        ref = CaptureRef(clean, *address.key, "", str(path), raw.offset, raw.length, fetched, digest)
        if address.page:
            self._further.add_page(ref, address.page)
            return
        candidate = Candidate(address.date, ref, int(facts.is_amp), facts.needs)
        self._candidates.setdefault(address.key, []).append(candidate)

    def _is_answer(self, url: str, place: Place, record: ArcWarcRecord, size: int, origin: str) -> bool:
        """Note the answer of an API; whether it is one. Raises SkipPage."""
        answer = answer_url_of(self._site, url)
        urls = [answer] if answer else linked_answers(self._site, url)
        if not urls:
            return False
        check_size(size, RECORD_BYTES)
        response = http_response(record, origin)
        if not answer and not looks_like_json(response.body):
            return False
        for each in urls:
            question = OfAnswer(response.status, response.headers, response.body, self._site, each, url)
            told = read_in(self._process, each, question)
            response.check_whole()
            self._further.add_answer(each, place, record.rec_headers.get_header("WARC-Payload-Digest") or "", told)
        return True

    def _other(self, path: Path | str, url: str, origin: str) -> None:
        """Note a response that is none of the wanted pages. An archive of many sites has millions of them."""
        reason = unwanted(self._site, self._options, url)
        if len(self._others) < _LISTED:
            self._others.append(Drop(STAGE, url, reason, origin))
        else:
            self._unlisted[str(path), reason] += 1

    def _is_robots(self, url: str) -> bool:
        return is_url(url) and self._site.owns(url) and urlsplit(url).path == "/robots.txt"

    def _read_robots(self, url: str, fetched: str, record: ArcWarcRecord, origin: str) -> None:
        """Keep the newest rules of a host."""
        host = urlsplit(self._site.clean(url)).netloc
        try:
            response = http_response(record, origin)
            text = to_utf8(response.body[:ROBOTS_BYTES], response.headers).decode()
        except SkipPage as error:
            logger.info("no rules in %s at %s: %s", url, origin, error)
            return
        if response.status in PAGE_STATUSES and fetched >= self._robots.get(host, ("", None))[0]:
            self._robots[host] = fetched, Robots.parse(text)

    def _address(self, url: str) -> PageAddress | None:
        address = self._site.address(url) if is_url(url) else None
        if address and (address.key in self.earlier or self._options.covers(address.key.language, address.date)):
            return address
        return None


def _mirror(record: ArcWarcRecord, site: str) -> str:
    """The base URL that a crawl of this program was told to fetch a site from; "" where it went to the site itself."""
    text = record.raw_stream.read().decode("utf-8", errors="replace")
    fields = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    mirror = fields.get(MIRROR, "").strip()
    return mirror if fields.get("isPartOf", "").strip() == site and is_url(mirror) else ""


def _same_path(url: str, clean: str) -> bool:
    """Whether a requested URL is the page's, and not that of a copy (/index.amp)."""
    return urlsplit(url).path.rstrip("/") == urlsplit(clean).path.rstrip("/")


def _drop(key: PageKey, url: str, reason: str, detail: str = "") -> Drop:
    return Drop(STAGE, url, reason, detail, key.language, key.article_id)


def _iso(warc_date: str | None) -> str:
    """A WARC-Date as ISO 8601 with microseconds, so that dates compare as strings; "" where there is none."""
    try:
        return datetime.fromisoformat(warc_date or "").isoformat(timespec="microseconds")
    except ValueError:
        return ""
