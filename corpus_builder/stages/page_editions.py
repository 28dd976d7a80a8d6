"""The edition of a page by its captures, read in a process apart: no page can hang, crash or overfill a build."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from corpus_builder.apart import Failure
from corpus_builder.crawl.captures import read_captures
from corpus_builder.crawl.options import CaptureRef
from corpus_builder.errors import SkipPage
from corpus_builder.extract.content import GENERIC
from corpus_builder.extract.page import extract_page
from corpus_builder.extract.page_text import PageText, page_text
from corpus_builder.extract.repeated import REPEATED
from corpus_builder.extract.whole import not_at_hand
from corpus_builder.model import Capture, Edition
from corpus_builder.sites import Site
from corpus_builder.sites.further import Further
from corpus_builder.web.page_process import failed_page, page_process
from corpus_builder.workspace.logs import in_worker

logger = logging.getLogger(__name__)

Refs = Sequence[CaptureRef]
Outcome = tuple[Edition | SkipPage, list[PageText]]


def read_pages(
    pages: Iterable[Refs], site: Site, repeated: Mapping[int, str]
) -> Iterator[tuple[Refs, Edition | SkipPage, list[PageText]]]:
    """The captures of each page, its edition or why there is none, and the texts of its captures."""
    waiting: list[Refs] = []

    def sent() -> Iterator[Refs]:
        for refs in pages:
            waiting.append(refs)
            yield refs

    with page_process(in_worker(_Reader(site, repeated))) as apart:
        for outcome in apart.results(sent()):
            refs = waiting.pop(0)
            if isinstance(outcome, Failure):
                yield refs, failed_page(refs[0].url, outcome), []
            else:
                yield refs, *outcome


@dataclass(frozen=True)
class _Reader:
    """The edition of a page, in the process apart."""

    site: Site
    repeated: Mapping[int, str]

    def __call__(self, refs: Refs) -> Outcome:
        texts: list[PageText] = []
        try:
            return edition_of(refs, self.site, self.repeated, texts), texts
        except SkipPage as skip:
            return SkipPage(skip.reason, skip.detail), texts  # without its traceback


def edition_of(
    refs: Sequence[CaptureRef],
    site: Site,
    repeated: Mapping[int, str] | None = None,
    texts: list[PageText] | None = None,
) -> Edition:
    """The edition of a page by the first of its captures that yields one; the site's layouts before the generic one.

    What is among the `repeated` texts is none. `texts` gets the texts of all captures up to the first with a long one,
    so that they do not depend on what is known to be repeated.
    Raises the SkipPage of the preferred capture where no capture yields an edition.
    """
    chosen: Edition | None = None
    failure: SkipPage | None = None
    for ref, capture in read_captures(ref for ref in refs if not ref.part):
        try:
            if isinstance(capture, SkipPage):
                raise capture
            # The place of a capture differs between two crawls of the same pages; its digest does not.
            edition = extract_page(capture, site.served_by(capture.target), partial(_further, refs, ref))
            edition = replace(edition, capture=ref.digest)
            text = page_text(edition)
            if texts is not None:
                texts.append(text)
            if not text.long and repeated and text.text in repeated:
                raise SkipPage(REPEATED, repeated[text.text])
        except SkipPage as skip:
            logger.info("no edition in %s at %s:%d: %s", ref.url, ref.path, ref.offset, skip)
            failure = failure or skip
            continue
        if chosen is None or (chosen.layout == GENERIC and edition.layout != GENERIC):
            chosen = edition
        if edition.layout != GENERIC and text.long:
            break
    if chosen:
        return chosen
    assert failure
    raise failure


def _further(refs: Sequence[CaptureRef], page: CaptureRef, wanted: Further) -> Capture:
    """The capture of a further response that was made nearest in time to that of the page. Raises SkipPage."""
    found = [ref for ref in refs if ref.part == wanted.part]
    if not found:
        return not_at_hand(wanted)
    nearest = min(found, key=lambda ref: (_apart(ref.fetched, page.fetched), ref.fetched, ref.path, ref.offset))
    [(_, capture)] = read_captures([nearest])
    if isinstance(capture, SkipPage):
        raise capture
    return capture


def _apart(first: str, second: str) -> float:
    """The seconds between two times (ISO 8601), 0 where one is not known."""
    if not (first and second):
        return 0.0
    return abs((datetime.fromisoformat(first) - datetime.fromisoformat(second)).total_seconds())
