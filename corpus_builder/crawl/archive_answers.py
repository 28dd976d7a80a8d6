"""The answers of an API that pages of an archive need: which the stored pages and answers name, read back from the
WARC files. What they name is looked up in the index as pages are, and read here once more, until nothing new is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus_builder.apart import Apart
from corpus_builder.crawl.archive_state import Listed
from corpus_builder.crawl.captures import read_captures
from corpus_builder.crawl.options import CaptureRef
from corpus_builder.crawl.page_facts import OfAnswer, OfPage, PageFacts, Question, Telling
from corpus_builder.errors import SkipPage
from corpus_builder.model import Capture
from corpus_builder.sites import PageKey, Site
from corpus_builder.sites.answer_parts import Told
from corpus_builder.sites.further import Needs, answer_url_of, answers_of, linked_answers
from corpus_builder.web.page_process import read_in


class ArchivedAnswers:
    """What the stored responses of an archive need. Memory holds what each says, but no response."""

    def __init__(self, site: Site, folder: Path, process: Apart[Question[Any], Any]) -> None:
        self._site = site
        self._folder = folder
        self._process = process
        self._needs: dict[int, Needs] = {}
        self._telling: dict[int, Telling] = {}

    def addresses(self, url: str) -> list[str]:
        """The addresses that a response from a URL has as an answer; none where it is none."""
        own = answer_url_of(self._site, url)
        return [own] if own else linked_answers(self._site, url)

    def needed(self, pages: Mapping[int, PageKey], captures: Iterable[Listed]) -> dict[str, PageKey]:
        """The addresses of the answers that pages need, as far as they are known, each with its page.

        `pages` are the captures of pages, `captures` all that are listed.
        """
        stored: dict[str, list[Listed]] = {}
        own: list[Listed] = []
        for listed in captures:
            if listed.id in pages:
                own.append(listed)
            elif listed.place:
                for address in self.addresses(listed.entry.url):
                    stored.setdefault(address, []).append(listed)
        found: dict[str, PageKey] = {}
        for page in own:
            needs = self._needs_of(page)

            def told(url: str, needs: Needs = needs) -> Iterator[Told]:
                for answer in stored.get(url, ()):
                    if needs.rules in (telling := self._telling_of(answer, url)):
                        yield telling[needs.rules]

            for url in answers_of(self._site, needs, told):
                found.setdefault(url, pages[page.id])
        return found

    def _needs_of(self, page: Listed) -> Needs:
        if page.place and page.id not in self._needs:
            self._needs[page.id] = self._read_page(page)
        return self._needs.get(page.id, Needs())

    def _telling_of(self, answer: Listed, url: str) -> Telling:
        if answer.id not in self._telling:
            self._telling[answer.id] = self._read_answer(answer, url)
        return self._telling[answer.id]

    def _read_page(self, page: Listed) -> Needs:
        """What a page needs; nothing where it cannot be read, which the index of the WARC files will say."""
        url = self._site.clean(page.entry.url)
        try:
            capture = self._capture(page)
            question = OfPage(capture.status, capture.headers, capture.body, url, page.entry.url, self._site)
            facts: PageFacts = read_in(self._process, url, question)
        except SkipPage:
            return Needs()
        return facts.needs

    def _read_answer(self, answer: Listed, url: str) -> Telling:
        try:
            capture = self._capture(answer)
            served = answer.entry.url
            question = OfAnswer(capture.status, capture.headers, capture.body, self._site, url, served)
            telling: Telling = read_in(self._process, url, question)
        except SkipPage:
            return {}
        return telling

    def _capture(self, listed: Listed) -> Capture:
        """A stored response. Raises SkipPage."""
        assert listed.place
        file, offset, length = listed.place.file, listed.place.offset, listed.place.length
        path = str(self._folder / "warc" / file)
        ref = CaptureRef(listed.entry.url, "", "", "", path, offset, length, listed.entry.fetched, "")
        [(_, capture)] = read_captures([ref])
        if isinstance(capture, SkipPage):
            raise capture
        return capture
