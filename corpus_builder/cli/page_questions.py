"""What the commands about single pages ask of a page that a user names, by its file or its URL.

What is asked is a function of one object, so that it can be asked in a process apart (web/page_process.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from corpus_builder.cli.saved_page import fetched, file_capture, further_captures, is_address
from corpus_builder.errors import NothingProduced, SkipPage, UsageError
from corpus_builder.extract.draft import Draft, draft_rules
from corpus_builder.extract.generic import page_language
from corpus_builder.extract.inspect import LayoutReport, inspect_layouts
from corpus_builder.extract.page import extract_page
from corpus_builder.extract.whole import FurtherCapture
from corpus_builder.model import Capture, Edition
from corpus_builder.sites import Site, SiteRules, load_site, site_names
from corpus_builder.web.guard import guarded


@dataclass(frozen=True)
class NamedPage:
    """A page by its path or URL, as it was given; `url` is the URL of a file, None for the one in the page.

    `fetched` is what came from the URL, None for a file. `parts` are the files of its further pages or answers.
    """

    name: str
    url: str | None = None
    fetched: Capture | None = None
    parts: tuple[Path, ...] = ()


def named_page(page: str, url: str | None, site: Site | None = None, parts: Sequence[Path] = ()) -> NamedPage:
    """A page by its URL, fetched (from the site's mirror), or by its file. Without `url` a file's is that in it."""
    if is_address(page):
        return NamedPage(page, None, fetched(page, site.fetch_url(page) if site else page), tuple(parts))
    return NamedPage(page, url, None, tuple(parts))


def capture_of(page: NamedPage) -> Capture:
    """The capture of a page. Raises UsageError if there is no such file, or no URL is given and none is in the page."""
    return page.fetched or file_capture(Path(page.name), page.url)


# ------------------------------------------------------------------------------------------------- extract-page


@dataclass(frozen=True)
class EditionQuestion:
    """A page, and whose rules: a site's by name or file, None for the site that has its URL; or those of any site.

    `language` is that of a page of any site, None for that of its text.
    """

    page: NamedPage
    site: str | None = None
    any_site: bool = False
    language: str | None = None


class EditionAnswer(NamedTuple):
    """The edition, or why there is none; and the name of the site whose rules were used."""

    edition: Edition | SkipPage
    site: str


def edition_of_page(question: EditionQuestion) -> EditionAnswer:
    """The edition of a page. Raises UsageError, ConfigError, and NothingProduced where the file is no page."""
    capture = capture_of(question.page)
    if question.any_site:
        rules = any_site(capture, question.language)
    else:
        rules = load_site(question.site) if question.site else _site_of(capture.url)
    try:
        further = further_captures(question.page.name, question.page.parts, rules)
        return EditionAnswer(extract_page(capture, rules, further), rules.name)
    except SkipPage as skipped:
        return EditionAnswer(SkipPage(skipped.reason, skipped.detail), rules.name)  # without its traceback


def _site_of(url: str) -> Site:
    for name in site_names():
        site = load_site(name)
        if site.owns(url):
            return site
    raise UsageError(
        f"no site rules for {url}; sites with rules: {', '.join(site_names())}",
        next_step="give your own rule file with --site, or use --generic",
    )


def any_site(capture: Capture, language: str | None) -> Site:
    """Rules for a page of any site: one edition, to which every path belongs."""
    try:
        parts = urlsplit(capture.url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host:
        raise UsageError(f"not a URL: {capture.url}", next_step="give it with --url, e.g. https://site.org/news/1/")
    try:
        language = language or page_language(capture.body, capture.headers)
    except SkipPage as skipped:
        raise NothingProduced(f"{capture.origin} is not a page: {skipped}") from skipped
    rules = {
        "name": "generic",
        "title": host,
        "homepage": f"{parts.scheme}://{host}",
        "domains": [host],
        "drop_query": False,
        "editions": {language: {"paths": ["(?P<id>.+)"]}},
    }
    return Site(SiteRules.model_validate(rules))


# --------------------------------------------------------------------------------------------- sites check, draft


@dataclass(frozen=True)
class CheckQuestion:
    """A page, and the rules of a site."""

    page: NamedPage
    site: Site


class CheckAnswer(NamedTuple):
    """The URL of a page, what each layout finds on it, and what it is, in words."""

    url: str
    layouts: list[LayoutReport]
    verdict: str


def check_of_page(question: CheckQuestion) -> CheckAnswer:
    """What rules find on a page. Raises as capture_of, and SkipPage as inspect_layouts."""
    page, site = question.page, question.site
    capture = capture_of(page)
    further = cache(further_captures(page.name, page.parts, site))  # each is asked for once
    return CheckAnswer(capture.url, inspect_layouts(capture, site, further), _verdict(capture, site, further))


def verdict_on_page(question: CheckQuestion) -> str:
    """What rules make of a page, in words. Raises as capture_of."""
    page = question.page
    return _verdict(capture_of(page), question.site, further_captures(page.name, page.parts, question.site))


def _verdict(capture: Capture, site: Site, further: FurtherCapture | None = None) -> str:
    try:
        edition = extract_page(capture, site, further)
    except SkipPage as skipped:
        return f"dropped: {skipped}"
    return f"edition with {len(edition.blocks)} blocks and {len(edition.captions)} captions (read by {edition.layout})"


@dataclass(frozen=True)
class DraftQuestion:
    """The pages of a site, and its robots.txt."""

    captures: tuple[Capture, ...]
    robots: str


def draft_of_pages(question: DraftQuestion) -> Draft:
    """Rules for the site of some pages. Raises SkipPage as draft_rules."""
    with guarded("the pages"):
        return draft_rules(question.captures, question.robots)
