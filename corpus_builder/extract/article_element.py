"""The element of a page that holds the article, and what the names of the elements in it say.

Names are classes and ids: newspapers call a box of links `related`, a caption `caption`, whatever the system is that
makes their pages. All is linear in the number of elements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from corpus_builder.extract.blocks import RawBlock
from corpus_builder.web.html import Element

_MOST = 0.9
"""Share of the article's letters that its element holds. Chosen: the rest may be a lead above it or a box below."""

_WHOLE = 0.3
"""Share of the article's letters from which on an element is no box, whatever its name is. Chosen: some systems name
the wrapper of all by one of its parts ("article-with-sharing").
"""

_NOISE = frozenset({
    "related", "read", "recommend", "recommended", "recommendations", "recirc", "recirculation", "similar",
    "popular", "trending", "teaser", "teasers", "promo", "promoted", "promotion", "sponsored", "sponsor", "advert",
    "advertisement", "advertising", "ad", "ads", "adv", "banner", "banners", "share", "sharing", "shares", "social",
    "socials", "soc", "likes", "rating", "vote", "poll", "comment", "comments", "disqus", "subscribe",
    "subscription", "newsletter", "signup", "telegram", "donate", "donation", "support", "patreon", "cookie",
    "cookies", "consent", "breadcrumb", "breadcrumbs", "nav", "navigation", "menu", "pagination", "pager", "tag",
    "tags", "keywords", "byline", "author", "authors", "meta", "published", "timestamp", "date", "toolbar", "tools",
    "print", "sidebar", "widget", "widgets", "card", "cards", "toc", "contents", "outbrain", "taboola", "copyright",
    "footer",
})  # fmt: skip
_PICTURE = frozenset({
    "caption", "captions", "figcaption", "imagecaption", "credit", "credits", "photocredit",
})  # fmt: skip
_LEAD = frozenset({
    "lead", "lede", "leadin", "standfirst", "subtitle", "subheadline", "subheading", "subhead", "summary", "intro",
    "anons", "announce", "perex", "deck", "dek", "description", "excerpt", "preview", "abstract",
})  # fmt: skip
_PARAGRAPHS = frozenset({"p", "li", "blockquote", "pre", "dd"})
_TAGS_OF_NOISE = frozenset({"aside", "nav", "footer", "form", "time"})
_ROLES_OF_NOISE = frozenset({"navigation", "complementary", "search", "banner", "contentinfo", "note"})
_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MAX_NAMES = 1000
"""Most characters of the names of an element that are read. Chosen: generated classes have some hundred."""


def ends_a_sentence(text: str) -> bool:
    """Whether a text ends as a sentence does; the quotation mark at the end of a headline is no such end."""
    return text.rstrip(" \n\t\r\xa0\"»”’')").endswith((".", "!", "?", "…", ":", ";"))


def letters(text: str) -> str:
    """The letters and digits of a text, in lower case."""
    return "".join(filter(str.isalnum, text.lower()))


def article_element(root: Element, blocks: Sequence[RawBlock], voted: Sequence[bool]) -> Element:
    """The innermost element that holds most of the letters of the blocks that are `voted` for and look like paragraphs.

    Headlines in a list beside the article do not: they end without a mark, and in a <div> where the article has <p>.
    """
    sentences = [vote and ends_a_sentence(block.text) for block, vote in zip(blocks, voted, strict=True)]
    paragraphs = [
        is_sentence and block.element is not None and block.element.tag in _PARAGRAPHS
        for block, is_sentence in zip(blocks, sentences, strict=True)
    ]
    mass = _masses(root, blocks, paragraphs)
    if mass.get(root, 0) < _masses(root, blocks, sentences).get(root, 0) / 2:
        mass = _masses(root, blocks, sentences)
    whole = mass.get(root, 0)
    best = root
    while whole and (inner := [child for child in best if mass.get(child, 0) >= _MOST * whole]):
        best = inner[0]
    return best


def _masses(root: Element, blocks: Sequence[RawBlock], voted: Sequence[bool]) -> dict[Element, int]:
    """The letters of the blocks that are voted for, by the elements that hold them."""
    mass: dict[Element, int] = {}
    for block, is_voted in zip(blocks, voted, strict=True):
        if is_voted and block.element is not None:
            mass[block.element] = mass.get(block.element, 0) + len(letters(block.text))
    for element in reversed(list(root.iter())):
        parent = element.getparent()
        if parent is not None and (inside := mass.get(element)):
            mass[parent] = mass.get(parent, 0) + inside
    return mass


class Frame:
    """The elements of the article: which are in boxes that are not part of it, which are captions or a lead."""

    def __init__(self, article: Element, blocks: Sequence[RawBlock], has_vote: Callable[[RawBlock], bool]) -> None:
        self._inside: set[Element] = set()
        self._noise: set[Element] = set()
        self._pictures: set[Element] = set()
        mass = _masses(article, blocks, list(map(has_vote, blocks)))
        too_much = _WHOLE * mass.get(article, 0)
        for element in article.iter():
            if not isinstance(element.tag, str):
                continue
            self._inside.add(element)
            parent = element.getparent()
            names = _names(element)
            is_box = element is not article and mass.get(element, 0) <= too_much
            if parent in self._noise or (is_box and _is_noise(element, names)):
                self._noise.add(element)
            if parent in self._pictures or (is_box and (element.tag == "figure" or not _PICTURE.isdisjoint(names))):
                self._pictures.add(element)

    def holds(self, block: RawBlock) -> bool:
        """Whether a block is in the article's element."""
        return block.element in self._inside

    def is_noise(self, block: RawBlock) -> bool:
        """Whether a block is in a box of links, buttons and the like."""
        return block.element in self._noise

    def in_picture(self, block: RawBlock) -> bool:
        """Whether a block belongs to a picture."""
        return block.element in self._pictures

    def is_lead(self, block: RawBlock) -> bool:
        """Whether a block is the lead by the names of its element or the one around it."""
        element = block.element
        for _ in range(2):
            if element is None:
                return False
            if not _LEAD.isdisjoint(_names(element)):
                return True
            element = element.getparent()
        return False


def _is_noise(element: Element, names: set[str]) -> bool:
    return (
        element.tag in _TAGS_OF_NOISE
        or (element.get("role") or "").lower() in _ROLES_OF_NOISE
        or "hidden" in element.attrib
        or not _NOISE.isdisjoint(names)
    )


def _names(element: Element) -> set[str]:
    """The words in the classes and the id of an element, in lower case."""
    given = f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_NAMES]
    return {word.lower() for word in _NAME.findall(given)}
