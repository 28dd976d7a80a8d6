"""What a page of a site without rules shows: its headline, authors, day and tags, by what it calls so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import islice
from typing import Literal

from corpus_builder.extract.blocks import RawBlock, raw_blocks
from corpus_builder.extract.draft_selectors import common_ancestor, simple_names
from corpus_builder.extract.metadata import authors as known_authors
from corpus_builder.extract.metadata import tags as known_tags
from corpus_builder.extract.page_words import author_names, is_byline, is_date_line
from corpus_builder.web.dates import any_datetime, iso_datetime, written_dates_of
from corpus_builder.web.html import Element
from corpus_builder.web.links import absolute
from corpus_builder.web.page import WebPage

_OF_AUTHORS = re.compile(
    r"author|byline|createdby|reporter|journalist|writer|signature|avtor|name-uid|(?:^| )(?:by|auth|sign)(?: |$)",
    re.IGNORECASE,
)
"""What the names of elements with the author have; `field--name-uid` is Drupal's."""
_OF_DATES = re.compile(r"date(?!d)|time|publish|created|posted", re.IGNORECASE)
"""What the names of elements with the day of publication have."""
_PERSON = re.compile(r"[A-ZА-ЯІЇЄҐЁ][\w'’-]+(?: [A-ZА-ЯІЇЄҐЁ][\w'’.-]*){1,2}")
"""A name alone on a line: two or three words with a capital, without a mark at the end."""
_BESIDE_TEXT = 6
"""Blocks before and behind the text among which a byline is looked for. Chosen: lead, picture, day and buttons."""
_BESIDE = frozenset({"header", "footer", "aside", "nav"})
"""Elements in which a day is that of something else, where they are around the whole page."""
_PAGE = re.compile(r"(?:/?(?:page[/-]?|p)?|[?&](?:page|p|PAGEN_1|start)=)([1-9]\d{0,2})/?")
"""What addresses of later pages end with: of WordPress, Drupal, Bitrix and Joomla, by their documentation."""
_PAGER = 15
"""Characters of a link to another page. Chosen: "Next page →" has eleven."""
_LONGEST = 60
"""Most characters of an author or a day. Chosen: longer texts say more than that."""
_MOST_TEXT, _MOST_PIECES = 1000, 100
"""Most characters, and pieces between tags, of an element that are read. Chosen: headlines and bylines have fewer."""
_SHORTEST_TITLE = 15
"""Letters beyond which a text that <title> has is the headline. Chosen: names of sites and sections are shorter."""
_INLINE = ("a", "span", "div", "p", "dd", "b", "strong", "li", "address", "font", "td", "em", "i", "small")


@dataclass
class DraftPage:
    """A page, and what of it is article text, captions and lead; `source` is where the text is.

    `article` is the element of the article where others of the same names follow it with their whole texts.
    """

    url: str
    language: str
    web: WebPage
    blocks: list[RawBlock]
    captions: list[RawBlock]
    lead: list[RawBlock]
    source: Literal["page", "json-ld", "state"] = "page"
    article: Element | None = None

    @property
    def root(self) -> Element:
        """The parsed page."""
        return self.web.root

    @property
    def scope(self) -> Element:
        """The element that has the article alone where whole others stand below it, else the page."""
        return self.root if self.article is None else self.article


def letters(text: str) -> str:
    """The letters and digits of a text, in lower case."""
    return "".join(filter(str.isalnum, text.casefold()))


def text_of(element: Element) -> str:
    """The text of an element on one line, or its beginning where it is longer than any of what is looked for here."""
    pieces, size = [], 0
    for piece in islice(element.itertext(), _MOST_PIECES):
        pieces.append(piece)
        size += len(piece)
        if size > _MOST_TEXT:
            break
    return " ".join("".join(pieces).split())


def title_of(page: DraftPage) -> list[Element]:
    """The element of the headline: what metas or JSON-LD call so, else the first <h1>, else what <title> has of it."""
    head = page.web.head
    wanted = [letters(head.article.text("headline")), letters(head.meta("og:title"))]
    for element in page.root.iter("h1", "h2"):
        text = letters(" ".join(element.itertext()))
        if text and any(text in each or each in text for each in wanted if each):
            return [element]
    if headings := list(page.root.iter("h1"))[:1]:
        return headings
    whole = letters(page.root.findtext(".//title") or "")
    candidates = [
        each
        for each in page.root.iter("h2", "h3", *_INLINE)
        if len(text := letters(text_of(each))) > _SHORTEST_TITLE and text in whole
    ]
    return _innermost_of(sorted(candidates, key=lambda each: -len(letters(text_of(each))))[:1])


def first_of_several(page: DraftPage) -> Element | None:
    """The element of the article where whole others follow it, as the next ones do that a reader scrolls to.

    They are siblings of the same name, of which each has a headline where the article has its own. None where the page
    has one article.
    """
    title = title_of(page)[:1]

    def headlines(within: Element) -> int:
        return sum(each.get("class") == title[0].get("class") for each in within.iter(str(title[0].tag)))

    for element in title[0].iterancestors() if title else ():
        names = {name for name in simple_names(element) if "#" not in name}
        below = (each for each in element.itersiblings(element.tag) if not names.isdisjoint(simple_names(each)))
        following = next(below, None)
        if following is not None and headlines(element) == 1 == headlines(following):
            return element
    return None


def authors_of(page: DraftPage) -> list[Element]:
    """The elements of the authors: with the names that metas or JSON-LD have, else those whose own names say so."""
    names = {letters(name) for name in known_authors(page.web.head)}
    if names:
        return _innermost(page, lambda text: text in names)
    for element in _named(page, _OF_AUTHORS):
        found = author_names([text_of(element)])
        if len(found) == 1 and letters(found[0]) == letters(text_of(element)) and 1 < len(found[0].split()) < 5:
            return _innermost_of([element])
    return _bylines(page)


def _bylines(page: DraftPage) -> list[Element]:
    """The element beside the text that says "Author: …", or that is a name alone below the text."""
    blocks = raw_blocks(page.root)
    have = {(block.element, letters(block.text)) for block in page.blocks}
    own = [place for place, block in enumerate(blocks) if (block.element, letters(block.text)) in have]
    if not own:
        return []
    around = blocks[max(0, own[0] - _BESIDE_TEXT) : own[0]] + blocks[own[-1] + 1 : own[-1] + 1 + _BESIDE_TEXT]
    said = [block for block in around if is_byline(" ".join(block.text.split())) and author_names([block.text])]
    below = [block for block in blocks[own[-1] + 1 : own[-1] + 2] if _PERSON.fullmatch(" ".join(block.text.split()))]
    found = [block.element for block in (*said[:1], *below) if block.element is not None]
    return found[:1] if found and text_of(found[0]) == " ".join((said[:1] or below)[0].text.split()) else []


def tags_of(page: DraftPage) -> list[Element]:
    """The links with the tags that metas or JSON-LD have."""
    names = {letters(name) for name in known_tags(page.web.head)}
    return [each for each in page.root.iter("a") if letters(" ".join(each.itertext())) in names] if names else []


def published_of(page: DraftPage) -> list[Element]:
    """The element of the day that metas or JSON-LD have; else a <time>, or one whose own name says that it is a day."""
    said = page.web.head.article.text("datePublished") or page.web.head.meta("article:published_time")
    moment = iso_datetime(said, UTC) if said else None
    for element in page.root.iterfind(".//*[@itemprop='datePublished']") if moment is None else ():
        if any(any_datetime(text, UTC) for text in written_dates_of(element)):
            return [element]
    for element in page.root.iter("time"):
        found = any_datetime(element.get("datetime") or text_of(element), UTC)
        if found and (moment is None or found.date() == moment.date()):
            return [element]
    if moment is None:
        named = [each for each in _named(page, _OF_DATES) if any_datetime(text_of(each), UTC)]
        return named[:1] or _innermost_of(list(islice(_date_lines(page), 1)))
    dated = [
        element
        for element in page.root.iter("div", "span", "p", "font", "td", "b", "i", "small", "em")
        if len(element) < 3
        and 5 < len(text := text_of(element)) < _LONGEST
        and (found := any_datetime(text, UTC, moment.year))
        and found.date() == moment.date()
    ]
    return _innermost_of(dated[:1], lambda each: any_datetime(text_of(each), UTC, moment.year) is not None)


def later_pages_of(page: DraftPage) -> list[str]:
    """What the addresses of the later pages of an article have behind its own: "/2", "page/3/", "?page=2".

    Links to pages of comments are none.
    """
    own, found = (page.web.head.canonical or page.url).partition("#")[0], dict[str, None]()
    for link in page.root.iter("a", "link"):
        href = absolute(page.url, link.get("href") or "").partition("#")[0]
        suffix = href.removeprefix(own)
        if href == own or suffix == href or not _PAGE.fullmatch(suffix):
            continue
        around = [f"{each.get('class') or ''} {each.get('id') or ''}" for each in islice(link.iterancestors(), 6)]
        text = text_of(link)
        is_pager = "next" in (link.get("rel") or "") or text.isdecimal() or (0 < len(text) < _PAGER)
        if is_pager and not any("comment" in names.lower() for names in around):
            found[suffix] = None
    return list(found)


def _date_lines(page: DraftPage) -> Iterator[Element]:
    """The elements that are a day with its year and nothing else, outside of what stands on all pages."""
    for element in page.root.iter(*_INLINE):
        text = text_of(element) if len(element) < 3 else ""
        if 5 < len(text) < _LONGEST and re.search(r"\d{4}", text) and is_date_line(text) and any_datetime(text, UTC):
            around = [each for each in element.iterancestors() if each.tag in _BESIDE]
            if not any(each.getparent() is not None and each.getparent().tag == "body" for each in around):
                yield element


def _named(page: DraftPage, names: re.Pattern[str]) -> Iterator[Element]:
    """The elements with a short text whose classes or ids have one of the names."""
    for element in page.root.iter(*_INLINE):
        given = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
        if names.search(given) and 5 <= len(text_of(element)) < _LONGEST:
            yield element


def _innermost_of(elements: Sequence[Element], accepts: Callable[[Element], bool] | None = None) -> list[Element]:
    """For each element the innermost one with a name that has the same text, or that is accepted."""
    found = []
    for element in elements:
        text = text_of(element)
        inner = [
            each
            for each in element.iterdescendants("*")
            if (accepts(each) if accepts else text_of(each) == text) and list(simple_names(each))
        ]
        found.append(inner[-1] if inner else element)
    return found


def _innermost(page: DraftPage, accepts: Callable[[str], bool]) -> list[Element]:
    """The innermost elements whose whole text is accepted, the first of each text."""
    seen: set[str] = set()
    found = []
    for element in page.root.iter(*_INLINE):
        if len(element) > 1:
            continue
        text = letters(" ".join(element.itertext()))
        if text not in seen and accepts(text):
            seen.add(text)
            inner = [each for each in element.iterdescendants("*") if letters("".join(each.itertext())) == text]
            found.append(inner[-1] if inner else element)
    return found


def body_parts(blocks: Sequence[RawBlock]) -> list[Element]:
    """The elements of one name side by side that have all the text between them; none where one has it."""
    elements = [block.element for block in blocks if block.element is not None]
    around = common_ancestor(elements)
    if around is None:
        return []
    parts: dict[Element, None] = {}
    for element in elements:
        line = [element, *element.iterancestors()]
        place = line.index(around)
        if place == 0:
            return []  # text of its own
        parts[line[place - 1]] = None
    shared = set.intersection(*(set(simple_names(part)) for part in parts)) if len(parts) > 1 else set()
    return list(parts) if shared else []


def inside(elements: Sequence[Element], outer: Sequence[Element]) -> bool:
    """Whether any of the elements is in one of the outer ones."""
    around = set(outer)
    return any(not around.isdisjoint(element.iterancestors()) for element in elements)


def inside_of(elements: Sequence[Element], outer: Element) -> list[Element]:
    """The elements that are in an outer one; all of them where that is the page."""
    return [each for each in elements if outer.getparent() is None or outer in each.iterancestors()]
