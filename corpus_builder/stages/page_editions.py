"""The edition of a page by its captures, read in a process apart: no page can hang, crash or overfill a build."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

from corpus_builder.crawl.captures import read_captures
from corpus_builder.crawl.options import CaptureRef
from corpus_builder.errors import SkipPage
from corpus_builder.extract.content import GENERIC
from corpus_builder.extract.page import extract_page
from corpus_builder.extract.repeated import REPEATED, PageText, page_text
from corpus_builder.model import Edition
from corpus_builder.sites import Site
from corpus_builder.stages.apart import MEMORY, TIME, Apart, Failure, Limits, what_can_be_imported
from corpus_builder.web.guard import EXTRACTOR_ERROR, EXTRACTOR_MEMORY, EXTRACTOR_TIMEOUT
from corpus_builder.workspace.logs import in_worker

logger = logging.getLogger(__name__)

PAGE_LIMITS = Limits(processor=90.0, clock=900.0, memory=4 * 2**30)
"""What the captures of a page may take. Chosen: 60 seconds of processor time a capture are the limit where code can be
interrupted (web/time_limit.py), and C code has half as much again; ten times that on the clock, for a machine that many
use. Pages of 20 MB, the largest that are read, took up to 2.0 GB (`<p>` with a letter, a million times).
"""

_IDLE = 60.0
"""Seconds after which an unused process ends. Chosen: shards follow at once, and a worker of a cluster lives on."""

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

    with _process(in_worker(_Reader(site, repeated))) as apart:
        for outcome in apart.results(sent()):
            refs = waiting.pop(0)
            if isinstance(outcome, Failure):
                yield refs, _dropped(refs[0].url, outcome), []
            else:
                yield refs, *outcome


_Function = Callable[[Refs], Outcome]


class _Idle(NamedTuple):
    """A process that waits for another shard until its timer ends it; `key` is what it was started with."""

    key: object
    process: Apart[Refs, Outcome]
    timer: threading.Timer


_idle: list[_Idle] = []
_lock = threading.Lock()


@contextmanager
def _process(function: _Function) -> Iterator[Apart[Refs, Outcome]]:
    """A process for a function: the one of the shard before, if it is there, since each start takes a second."""
    key = (what_can_be_imported(), PAGE_LIMITS)
    kept = _taken(lambda idle: idle.key == key)
    if kept:
        kept.use(function)
    process = kept or Apart(function, PAGE_LIMITS)
    try:
        yield process
    except BaseException:  # of any kind: what it still has to answer is in the way of another shard
        process.close()
        raise
    timer = threading.Timer(_IDLE, _close, [process])
    timer.daemon = True
    with _lock:
        _idle.append(_Idle(key, process, timer))
    timer.start()


def _taken(wanted: Callable[[_Idle], bool]) -> Apart[Refs, Outcome] | None:
    """The first of the waiting processes that is wanted, which waits no longer."""
    with _lock:
        for idle in _idle:
            if wanted(idle):
                _idle.remove(idle)
                idle.timer.cancel()
                return idle.process
    return None


def _close(process: Apart[Refs, Outcome]) -> None:
    if _taken(lambda idle: idle.process is process):
        process.close()


def close_processes() -> None:
    """End the processes that wait for another shard."""
    while process := _taken(lambda _: True):
        process.close()


def _dropped(url: str, failure: Failure) -> SkipPage:
    """The drop of a page that ended its process."""
    logger.warning("%s ended the process that read it: %s (%s)", url, failure.cause, failure.place)
    if failure.cause == TIME:
        return SkipPage(EXTRACTOR_TIMEOUT, f"more than {PAGE_LIMITS.processor:g} seconds, in C code ({failure.place})")
    if failure.cause == MEMORY:
        return SkipPage(EXTRACTOR_MEMORY, f"more than {PAGE_LIMITS.memory / 2**20:,.0f} MiB ({failure.place})")
    return SkipPage(EXTRACTOR_ERROR, f"its process {failure.detail} ({failure.place})")


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
    for ref, capture in read_captures(refs):
        try:
            if isinstance(capture, SkipPage):
                raise capture
            # The place of a capture differs between two crawls of the same pages; its digest does not.
            edition = replace(extract_page(capture, site.served_by(capture.target)), capture=ref.digest)
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
