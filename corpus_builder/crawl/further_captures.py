"""The later pages and the API's answers among stored responses, until it is known which articles they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from corpus_builder.crawl.choice import Candidate
from corpus_builder.crawl.drops import STAGE
from corpus_builder.crawl.options import CaptureRef
from corpus_builder.crawl.page_facts import Telling
from corpus_builder.model import Drop
from corpus_builder.remote import is_remote
from corpus_builder.sites import PageKey, Site
from corpus_builder.sites.answer_parts import Told
from corpus_builder.sites.further import Needs, answers_of

FIRST_PAGE_MISSING = "first_page_missing"
"""The reason for dropping a later page of an article whose first page is not there."""

Place = tuple[str, int, int, str]
"""Path, offset, length and time (ISO 8601 or "") of a stored response."""


def paths_in_captures(paths: Iterable[Path | str]) -> frozenset[str]:
    """Files as the captures of an earlier run name them: absolute, or URLs of a store."""
    return frozenset(str(path if is_remote(path) else Path(path).absolute()) for path in paths)


class FurtherCaptures:
    """Collects them; `earlier` are those of a workspace."""

    def __init__(self, site: Site, earlier: Iterable[CaptureRef]) -> None:
        self._site = site
        self._pages: dict[PageKey, list[CaptureRef]] = {}
        self._answers: dict[str, list[tuple[Place, str, Telling]]] = {}
        for ref in earlier:
            if ref.part:
                self._pages.setdefault(PageKey(ref.language, ref.article_id), []).append(ref)

    def forget_files(self, paths: Iterable[Path | str]) -> None:
        """Remove the captures in files that are about to be read again."""
        files = paths_in_captures(paths)
        for key, refs in self._pages.items():
            self._pages[key] = [ref for ref in refs if ref.path not in files]

    def merge(self, other: FurtherCaptures) -> None:
        """Add what another process found in the next file."""
        for key, refs in other._pages.items():
            self._pages.setdefault(key, []).extend(refs)
        for url, answers in other._answers.items():
            self._answers.setdefault(url, []).extend(answers)

    def add_page(self, ref: CaptureRef, number: int) -> None:
        """A capture of an article's later page, with its number."""
        key = PageKey(ref.language, ref.article_id)
        self._pages.setdefault(key, []).append(ref._replace(part=str(number)))

    def add_answer(self, url: str, place: Place, digest: str, told: Telling) -> None:
        """A capture of an API's answer, which says of the next what is `told`."""
        self._answers.setdefault(url, []).append((place, digest, told))

    def of(self, key: PageKey, captures: Sequence[Candidate]) -> list[CaptureRef]:
        """The further responses of an article with these captures; none where it has no capture."""
        if not captures:
            return []
        found = list(self._pages.get(key, ()))
        for url in dict.fromkeys(url for candidate in captures for url in self._needed(candidate.needs)):
            for (path, offset, length, fetched), digest, _ in self._answers.get(url, ()):
                ref = captures[0].ref._replace(path=path, offset=offset, length=length, fetched=fetched)
                found.append(ref._replace(digest=digest, part=url))
        return list(dict.fromkeys(found))

    def _needed(self, needs: Needs) -> list[str]:
        """The addresses of the answers that a capture of a page needs."""

        def told(url: str) -> Iterator[Told]:
            for *_, telling in self._answers.get(url, ()):
                if needs.rules in telling:
                    yield telling[needs.rules]

        return answers_of(self._site, needs, told)

    def left(self, keys: Iterable[PageKey]) -> Iterator[Drop]:
        """The later pages of articles that are not among those with these keys, as drops."""
        known = frozenset(keys)
        for key, refs in self._pages.items():
            if key not in known:
                for ref in refs:
                    yield Drop(STAGE, ref.url, FIRST_PAGE_MISSING, f"page {ref.part}: {ref.path}:{ref.offset}", *key)
