"""A folder of saved pages as captures: .html, .htm, .xhtml, .mhtml, .mht, each also as .gz, at any depth.

The URL of a page is, in this order: the one that the program that saved it wrote into it (browsers "saved from url=…",
SingleFile "url: …", HTTrack "Mirrored from …", the address of MHTML), its canonical link or og:url, or that of its path
where it mirrors the URL (HOST/path/index.html), as with wget -r.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import quote

from corpus_builder.crawl.choice import Candidate
from corpus_builder.crawl.drops import STAGE
from corpus_builder.crawl.further_captures import FurtherCaptures
from corpus_builder.crawl.index import forget_files, in_order, seeded, unwanted
from corpus_builder.crawl.options import CaptureRef, CrawlOptions
from corpus_builder.crawl.page_facts import NeedsOfFile, OfAnswerFile, OfFile, SavedAnswer, SavedFacts, answered
from corpus_builder.errors import SkipPage, UsageError
from corpus_builder.model import Drop
from corpus_builder.sites import PageKey, Site
from corpus_builder.sites.further import Needs, answer_url_of, linked_answers
from corpus_builder.sites.site import URL_CHARACTERS, PageAddress
from corpus_builder.web.answers import looks_like_json
from corpus_builder.web.content_encoding import gunzipped
from corpus_builder.web.guard import guarded
from corpus_builder.web.page_process import page_process, read_in
from corpus_builder.web.responses import PAGE_BYTES
from corpus_builder.web.saved_files import is_mhtml

logger = logging.getLogger(__name__)

_AMP_RANK = 10
"""Added to the rank of an AMP copy. Chosen: more than any other rank."""

_EARLIER_RANK = 100
"""The rank of captures that the workspace had before. Chosen: behind all files of the folder that is read now."""

_ENDINGS = tuple(kind + packed for packed in ("", ".gz") for kind in (".html", ".htm", ".xhtml", ".mhtml", ".mht"))
_COPIES = (".bak", ".orig", ".old", ".tmp", ".part", "~")
"""Endings of copies that programs leave beside a page."""

_SNIFF = 2**10
"""Bytes that tell whether a file is a page. Chosen: the comments before <html>, or the headers of a message."""

_BEGINS_A_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,99}(?:<\?xml[^<>]{0,200}>\s{0,99})?(?:<!--[^<>]{0,500}-->\s{0,99})?<(?:!doctype\s{1,9}html|html)\b",
    re.IGNORECASE,
)


def index_pages(
    folder: Path, site: Site, options: CrawlOptions, earlier: Sequence[CaptureRef] = ()
) -> tuple[list[CaptureRef], list[Drop]]:
    """The article pages of a site among the saved pages of a folder, and those of `earlier`.

    An earlier capture stays, whatever the options' dates and limit, unless a saved copy of the page opts out.

    The files of one page follow one another: one that names its URL before one placed by its path, the later by name
    first, AMP copies last. All but the first are dropped as `earlier_capture`. Raises UsageError where the folder does
    not exist or contains no page.
    """
    if not folder.is_dir():
        raise UsageError(f"folder not found: {folder}", next_step="give the folder of the saved pages")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and _is_page(path))
    if not files:
        raise UsageError(f"no saved page in {folder}", next_step=f"names of pages end in {', '.join(_ENDINGS)}")
    answers = _answers(folder, site)
    files = [path for path in files if path not in answers]
    candidates, further = seeded(site, earlier, _EARLIER_RANK), FurtherCaptures(site, earlier)
    known, opted_out = frozenset(candidates), set[PageKey]()
    forget_files(candidates, files)
    further.forget_files([*files, *answers])
    drops: list[Drop] = []
    others: list[Drop] = []  # told where there is no other page
    for path, found in _read(files, folder, site, options, known, opted_out):
        if isinstance(found, SkipPage):
            logger.info("dropped %s: %s", path, found)
            drops.append(Drop(STAGE, str(path), found.reason, found.detail))
        elif isinstance(found, str):
            others.append(Drop(STAGE, str(path), found))
        elif found.ref.part:
            further.add_page(found.ref, int(found.ref.part))
        else:
            candidates.setdefault(PageKey(found.ref.language, found.ref.article_id), []).append(found)
    drops += _add_answers(answers, site, further)
    chosen: list[tuple[date | None, CaptureRef]] = []
    for key, all_of_page in candidates.items():
        here = [capture for capture in reversed(all_of_page) if capture.rank != _EARLIER_RANK]
        before = [capture for capture in all_of_page if capture.rank == _EARLIER_RANK and key not in opted_out]
        captures = [*sorted(here, key=lambda capture: capture.rank), *before]
        chosen += [(capture.day, capture.ref) for capture in captures]
        chosen += [(captures[0].day, ref) for ref in further.of(key, captures)]
        drops += [Drop(STAGE, other.ref.path, "earlier_capture", other.ref.url, *key) for other in captures[1:]]
    drops += further.left(key for key, of_page in candidates.items() if of_page)
    if not chosen:
        drops += others
    return in_order(chosen, options.limit, {key.article_id for key in known}), drops


def _is_page(path: Path) -> bool:
    """Whether a file is a page: by its name, else by its first bytes (index.php, a path without an ending, .eml)."""
    name = path.name.lower()
    if name.endswith(_ENDINGS):
        return True
    if name.endswith(_COPIES):
        return False
    try:
        with path.open("rb") as file:
            start = file.read(_SNIFF)
        return _BEGINS_A_PAGE.match(start) is not None or is_mhtml(start)
    except OSError:
        return False


def _read(
    files: Iterable[Path],
    folder: Path,
    site: Site,
    options: CrawlOptions,
    known: Collection[PageKey],
    opted_out: set[PageKey],
) -> Iterator[tuple[Path, Candidate | str | SkipPage]]:
    """The capture in each file, why its article is not wanted, or why there is none."""
    with page_process(answered) as process:
        for path in files:
            relative = path.relative_to(folder)
            found: Candidate | str | SkipPage
            try:
                facts: SavedFacts = read_in(process, str(path), OfFile(path, relative.as_posix()))
                with guarded(str(path)):
                    found = _candidate(path, relative, facts, site, options, known, opted_out)
                if site.has_answers and isinstance(found, Candidate):
                    needs: Needs = read_in(process, str(path), NeedsOfFile(path, found.ref.url, site))
                    found = found._replace(needs=needs)
            except SkipPage as skipped:
                found = skipped
            except OSError as error:
                found = SkipPage("unreadable_file", str(error))
            yield path, found


def _candidate(
    path: Path,
    relative: Path,
    facts: SavedFacts,
    site: Site,
    options: CrawlOptions,
    known: Collection[PageKey],
    opted_out: set[PageKey],
) -> Candidate | str:
    """The capture in a file, or why its article is not wanted. Raises SkipPage.

    `known` pages are wanted whatever the options; a page that opts out is added to `opted_out`.
    """
    address, url, rank = _address(site, facts.urls, relative)
    if address.key not in known and not options.covers(address.key.language, address.date):
        return unwanted(site, options, url)
    if facts.refusal:
        opted_out.add(address.key)
        raise SkipPage(facts.refusal)
    if facts.fault:
        raise facts.fault
    part = str(address.page) if address.page else ""
    ref = CaptureRef(url, *address.key, "", str(path), 0, facts.size, "", facts.digest, part)
    return Candidate(address.date, ref, rank + _AMP_RANK * facts.is_amp)


def _address(site: Site, in_page: Sequence[str], path: Path) -> tuple[PageAddress, str, int]:
    """The address and URL of a page, with the rank of where it comes from: 0 for the page itself."""
    places = [*((0, url) for url in in_page), *_mirrored(site, path)]
    for rank, url in places:
        if address := site.address(url):
            # The canonical URL of a later page is often that of the article.
            others = [site.address(other) for _, other in places] if site.has_pages else []
            later = [other for other in others if other and other.page and other.key == address.key]
            return (later or [address])[0], site.clean(url), rank
    if in_page:
        raise SkipPage("not_an_article" if site.owns(in_page[0]) else "off_site", in_page[0])
    raise SkipPage("unknown_url", "the page has no canonical link, and its path mirrors no URL of the site")


def _add_answers(answers: Mapping[Path, Iterable[str]], site: Site, further: FurtherCaptures) -> Iterator[Drop]:
    """Note the answers of an API in files; those that are none are dropped."""
    with page_process(answered) as process:
        for path, urls in answers.items():
            try:
                for url in urls:
                    saved: SavedAnswer = read_in(process, str(path), OfAnswerFile(path, site, url))
                    further.add_answer(url, (str(path), 0, saved.size, ""), saved.digest, saved.told)
            except SkipPage as skipped:
                logger.info("dropped %s: %s", path, skipped)
                yield Drop(STAGE, str(path), skipped.reason, skipped.detail)
            except OSError as error:
                yield Drop(STAGE, str(path), "unreadable_file", str(error))


def _answers(folder: Path, site: Site) -> dict[Path, list[str]]:
    """The files whose paths mirror the addresses of an API's answers, also with .json or .gz behind them.

    `7.json` may be the answer at `7` or at `7.json`: it is known by both.
    """
    found: dict[Path, list[str]] = {}
    for path in sorted(folder.rglob("*")) if site.has_answers else ():
        urls: dict[str, None] = {}
        parts = path.relative_to(folder).parts
        for start in range(len(parts) - 1):
            mirrored = "/".join(parts[start:])
            for ending in ("", ".gz", ".json", ".json.gz"):
                if mirrored.endswith(ending):
                    address = f"https://{quote(mirrored.removesuffix(ending), safe=URL_CHARACTERS)}"
                    if own := answer_url_of(site, address):
                        urls[own] = None
                    elif (linked := linked_answers(site, address)) and path.is_file() and _is_json(path):
                        urls |= dict.fromkeys(linked)
        if urls and path.is_file():
            found[path] = list(urls)
    return found


def _is_json(path: Path) -> bool:
    """Whether a file that may be packed begins like JSON."""
    try:
        with path.open("rb") as file:
            return looks_like_json(gunzipped(file.read(), PAGE_BYTES) if path.suffix == ".gz" else file.read(_SNIFF))
    except (OSError, SkipPage):
        return False


def _mirrored(site: Site, path: Path) -> Iterator[tuple[int, str]]:
    """The URLs that a path may mirror, from the folder of a host of the site on, with their ranks.

    A file with a name of its own in the article's folder may be anything: HTTrack puts error pages of pictures there.
    """
    parts = path.parts
    for start, part in enumerate(parts[:-1]):
        if part.lower() in site.rules.domains:
            folders = "/".join(parts[start:-1])
            name = parts[-1].removesuffix(".gz")
            rank = 1 if name.lower().startswith("index.") else 2
            yield rank, f"https://{folders}/"
            yield rank, f"https://{folders}"
            yield 1, f"https://{folders}/{name}"
            yield 1, f"https://{folders}/{name.rsplit('.', 1)[0]}/"
            yield 1, f"https://{folders}/{name.rsplit('.', 1)[0]}"
