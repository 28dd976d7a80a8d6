"""Which of several captures is the page.

A page's captures are put into the order in which extraction tries them: ordinary pages before AMP copies, the newest
first. The first that yields an edition is the page. A newer refusal (an opt-out, 404, 410, a robots.txt that disallows
the page) speaks for the page: captures before it are not used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlsplit

from corpus_builder.crawl.options import CaptureRef
from corpus_builder.sites.further import Needs
from corpus_builder.web.html import Element
from corpus_builder.web.opt_out import REASONS

GONE = frozenset({"http_404", "http_410"})
"""Statuses by which a site says that a page is no more (RFC 9110, 15.5.5 and 15.5.11)."""

_AMP_PATHS = (".amp", "/amp", "/amp/", ".amp.html")
_AMP_ATTRIBUTES = ("amp", "⚡")  # amp.dev: <html amp> or <html ⚡>


class Candidate(NamedTuple):
    """A capture that may be the page. `day` is that of its URL; a higher `rank` is used where there is no lower one.

    `needs` is what it says of an API's answers that have its text.
    """

    day: date | None
    ref: CaptureRef
    rank: int
    needs: Needs = Needs()


class Refusal(NamedTuple):
    """A response that forbids the use of a page, or says that it is gone; `url` is normalised."""

    url: str
    fetched: str
    reason: str

    def covers(self, url: str, last: str) -> bool:
        """Whether it speaks against a capture of `url` whose content was last seen at `last`.

        404 and 410 concern the one URL, as a site may serve only one of a page's variants. An opt-out counts even
        without a date.
        """
        if self.reason in REASONS:
            return not self.fetched or last <= self.fetched
        return self.url == url and bool(self.fetched) and last <= self.fetched


def by_page(refs: Iterable[CaptureRef]) -> Iterator[list[CaptureRef]]:
    """The captures of each page, the preferred one first; `refs` are in the order of captures.parquet."""
    for _, captures in groupby(refs, key=lambda ref: (ref.article_id, ref.language)):
        yield list(captures)


def is_amp(url: str, root: Element) -> bool:
    """Whether a page is an AMP copy, by its URL as requested or its markup."""
    return urlsplit(url).path.endswith(_AMP_PATHS) or any(name in root.attrib for name in _AMP_ATTRIBUTES)
