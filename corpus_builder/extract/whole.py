"""An article of several responses: its later pages, or the JSON that has its text, and what is put together of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from corpus_builder.errors import SkipPage
from corpus_builder.extract.blocks import RawBlock
from corpus_builder.extract.content import Content
from corpus_builder.model import BlockKind, Capture
from corpus_builder.sites import Site
from corpus_builder.sites.answer_parts import INCOMPLETE, told_by
from corpus_builder.sites.further import MOST_BYTES, Further, further_responses, needs_of
from corpus_builder.sites.json_rules import JsonRules
from corpus_builder.sites.selectors import Finder
from corpus_builder.web.answers import NOT_JSON, json_in_script, read_answer
from corpus_builder.web.html import Element
from corpus_builder.web.opt_out import REASONS
from corpus_builder.web.page import WebPage, read_page

FurtherCapture = Callable[[Further], Capture]
"""Gives the capture of a further response. Raises SkipPage where there is none, or it cannot be read."""

_PAGER = 60
"""Most characters of an element that is nothing but links to the pages of an article. Chosen: "Previous page 1 2 3 4 5
6 7 8 9 10 Next page" has 45, and a paragraph that mentions another page is longer.
"""


def not_at_hand(further: Further) -> Capture:
    """Raises SkipPage `incomplete`: the article needs more than is there."""
    what = f"page {further.page}" if further.page else "the answer of the API"
    raise SkipPage(INCOMPLETE, f"{what} is missing: {further.url}")


def later_pages(site: Site, url: str, root: Element, further: FurtherCapture) -> Iterator[tuple[WebPage, str]]:
    """The later pages of an article in their order, each with its URL. Raises SkipPage `incomplete`, or an opt-out."""
    walk = further_responses(site, needs_of(site, url, root))
    try:
        wanted = next(walk)
        while True:
            with _of_the_article(wanted):
                capture = further(wanted)
                page = read_page(capture.status, capture.headers, capture.body, wanted.url)
            yield page, wanted.url
            wanted = walk.send(needs_of(site, wanted.url, page.root))
    except StopIteration:
        return


def article_json(rules: JsonRules, site: Site, url: str, root: Element, further: FurtherCapture) -> Iterator[Any]:
    """The JSON values that have the text of an article: of a script on its page, or of an API's answers in their order.

    Raises SkipPage `incomplete`, `not_json`, or an opt-out.
    """
    if rules.script is not None:
        scripts = Finder([rules.script])(root)
        if not scripts:
            raise SkipPage(NOT_JSON, f"the page has no script {rules.script}")
        yield json_in_script("".join(scripts[0].itertext()))
        return
    walk, size = further_responses(site, needs_of(site, url, root)), 0
    try:
        wanted = next(walk)
        while True:
            with _of_the_article(wanted):
                capture = further(wanted)
                value = read_answer(capture.status, capture.headers, capture.body)
            size += len(capture.body)
            if size > MOST_BYTES:
                raise SkipPage(INCOMPLETE, f"the answers have more than {MOST_BYTES:,} bytes")
            yield value
            wanted = walk.send(told_by(rules, value, capture.headers, capture.target or wanted.url, wanted.url))
    except StopIteration:
        return


@contextmanager
def _of_the_article(wanted: Further) -> Iterator[None]:
    """Make a further response's fault one of the article: `incomplete`, unless it opts out or is no JSON."""
    try:
        yield
    except SkipPage as error:
        if error.reason in (*REASONS, NOT_JSON, INCOMPLETE):
            raise
        raise SkipPage(INCOMPLETE, f"{wanted.url}: {error}") from error


def joined(first: Content, later: Sequence[tuple[Content, str]]) -> Content:
    """An article of several pages as one: the blocks in their order, all else from the first page.

    The title and the lead that a later page repeats at its beginning are left out.
    """
    if not later:
        return first
    repeated = {_letters(block.text) for block in first.blocks if block.kind is BlockKind.LEAD}
    blocks, captions = list(first.blocks), list(first.captions)
    for content, url in later:
        again = repeated | {_letters(content.title), _letters(first.title)}
        fresh = list(content.blocks)
        while fresh and _letters(fresh[0].text) in again:
            del fresh[0]
        if not fresh and not content.captions:
            raise SkipPage(INCOMPLETE, f"{url} has no text")
        blocks += [_with_whole_links(block, url) for block in fresh]
        captions += [_with_whole_links(block, url) for block in content.captions]
    return replace(first, blocks=blocks, captions=captions)


def _with_whole_links(block: RawBlock, url: str) -> RawBlock:
    """A block of a later page whose links do not depend on the page's address."""
    links = []
    for start, end, href in block.links:
        try:
            links.append((start, end, href if href.strip().startswith("#") else urljoin(url, href)))
        except ValueError:  # a damaged address, which is dropped later
            links.append((start, end, href))
    return replace(block, links=tuple(links))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def pagers(bodies: Collection[Element], leads_to_page: Callable[[str], bool]) -> set[Element]:
    """The elements in an article's bodies that only lead to the pages of the article: "Pages: 1 2 3"."""
    found: set[Element] = set()
    short: dict[Element, bool] = {}
    for body in bodies:
        for link in body.iter("a"):
            if not leads_to_page(link.get("href") or "") or not found.isdisjoint(link.iterancestors()):
                continue
            top = link
            while (parent := top.getparent()) is not None and top is not body and parent is not body:
                if parent not in short:
                    short[parent] = _is_short(parent)
                if not short[parent]:
                    break
                top = parent
            if top is not link or top.getparent() is body:
                found.add(top)
    return found


def _is_short(element: Element) -> bool:
    """Whether an element has no more text than a pager."""
    size = 0
    for piece in element.itertext():
        size += len(piece)
        if size > _PAGER:
            return False
    return True
