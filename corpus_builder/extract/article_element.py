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

_CARDS = frozenset({
    "related", "read", "recommend", "recommended", "recommendations", "recirc", "recirculation", "similar", "popular",
    "trending", "teaser", "teasers", "promo", "promoted", "promotion", "card", "cards",
})  # fmt: skip
"""Names of boxes with other articles: only where there is a link in them, else they are a part of this one."""
_NOISE = frozenset({
    "sponsored", "sponsor", "advert", "advertisement", "advertising", "ad", "ads", "adv", "banner", "banners",
    "share", "sharing", "shares", "social",
    "socials", "soc", "likes", "rating", "vote", "poll", "comment", "comments", "disqus", "subscribe",
    "subscription", "newsletter", "signup", "telegram", "donate", "donation", "support", "patreon", "cookie",
    "cookies", "consent", "breadcrumb", "breadcrumbs", "nav", "navigation", "menu", "pagination", "pager", "tag",
    "tags", "keywords", "byline", "author", "authors", "meta", "published", "timestamp", "date", "toolbar", "tools",
    "print", "sidebar", "side", "aside", "rail", "widget", "widgets", "toc", "contents", "outbrain", "taboola",
    "copyright", "footer",
})  # fmt: skip
_PICTURE = frozenset({
    "caption", "captions", "figcaption", "imagecaption", "credit", "credits", "photocredit", "gallery", "slider",
    "slideshow", "slide", "slides", "carousel", "lightbox",
})  # fmt: skip
_LEAD = frozenset({
    "lead", "lede", "leadin", "standfirst", "sub", "subtitle", "subheadline", "subheading", "subhead", "summary",
    "intro", "anons", "announce", "announcement", "annotation", "perex", "deck", "dek", "description", "excerpt",
    "preview", "abstract", "teaser", "preamble", "ingress", "strapline",
})  # fmt: skip
_QUOTE = frozenset({"quote", "pullquote", "pulled", "blockquote"})
_NETWORKS = frozenset({
    "twitter", "instagram", "facebook", "fb", "tiktok", "reddit", "bluesky", "mastodon", "threads", "vk", "pinterest",
    "tweet",
})  # fmt: skip
_POSTS = frozenset({"tweet", "media", "post", "embed", "embedded", "video", "bq", "card", "quote", "timeline"})
"""Names of an embedded post, beside that of its network: twitter-tweet, instagram-media, fb-post."""
_PARAGRAPHS = frozenset({"p", "li", "blockquote", "pre", "dd"})
_TAGS_OF_NOISE = frozenset({
    "aside", "nav", "footer", "form", "time", "amp-ad", "amp-auto-ads", "amp-sticky-ad", "amp-embed", "amp-iframe",
    "amp-list", "amp-next-page", "amp-social-share", "amp-consent", "amp-sidebar", "amp-user-notification",
})  # fmt: skip
_CARD_BLOCKS = 4
"""Most blocks of a card. Chosen: a title, a summary, a date and a section."""
_TITLE = 20
"""Fewest letters of the title of a card. Chosen: shorter links are names of sections."""
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
        self._mass = mass = _masses(article, blocks, list(map(has_vote, blocks)))
        self._too_much = too_much = _WHOLE * mass.get(article, 0)
        linked = _with_links(article)
        cards = _linked_cards(article, blocks)
        for element in article.iter():
            if not isinstance(element.tag, str):
                continue
            self._inside.add(element)
            parent = element.getparent()
            names = _names(element)
            is_box = element is not article and mass.get(element, 0) <= too_much
            is_card = element in cards or (element in linked and not _CARDS.isdisjoint(names))
            if parent in self._noise or (is_box and (is_card or _is_noise(element, names))):
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
        for outer in range(2):
            # The text as a whole is no lead, whatever its name is ("text-with-summary").
            if element is None or (outer and self._mass.get(element, 0) > self._too_much):
                return False
            if not _LEAD.isdisjoint(_names(element)):
                return True
            element = element.getparent()
        return False


def is_named_lead(element: Element | None) -> bool:
    """Whether the names of an element say that it is a lead."""
    return element is not None and not _LEAD.isdisjoint(_names(element))


def is_named_box(element: Element) -> bool:
    """Whether an element is, by its tag or its names, a box of links, a picture or the like."""
    names = _names(element)
    return element.tag == "figure" or _is_noise(element, names) or not names.isdisjoint(_CARDS | _PICTURE)


def is_named_quote(element: Element) -> bool:
    """Whether the names of an element say that it is a quotation set apart from the text."""
    return not _QUOTE.isdisjoint(_names(element))


def _with_links(article: Element) -> set[Element]:
    """The elements that have a link in them or are in one."""
    found: set[Element] = set()
    for link in article.iter("a"):
        found.update(link.iter())
        above = link.getparent()
        while above is not None and above not in found:
            found.add(above)
            above = above.getparent()
    return found


def _linked_cards(article: Element, blocks: Sequence[RawBlock]) -> set[Element]:
    """The elements of a few blocks that begin with a title that is a link: cards, whatever their names are."""
    first: dict[Element, int] = {}
    count: dict[Element, int] = {}
    for place, block in enumerate(blocks):
        if block.element is not None:
            first.setdefault(block.element, place)
            count[block.element] = count.get(block.element, 0) + 1
    for element in reversed(list(article.iter())):
        parent = element.getparent()
        if element in first and parent is not None:
            first[parent] = min(first[element], first.get(parent, len(blocks)))
            count[parent] = count.get(parent, 0) + count[element]
    cards: set[Element] = set()
    for place, block in enumerate(blocks):
        box = block.element
        if box is None or not block.all_linked or ends_a_sentence(block.text) or len(letters(block.text)) < _TITLE:
            continue
        while (parent := box.getparent()) is not None and parent is not article:
            if first.get(parent) != place or count[parent] > _CARD_BLOCKS:
                break
            box = parent
        cards.add(box)
    return cards


def _is_noise(element: Element, names: set[str]) -> bool:
    return (
        element.tag in _TAGS_OF_NOISE
        or (element.get("dir") == "rtl" and element.tag not in _PARAGRAPHS)
        or (element.get("role") or "").lower() in _ROLES_OF_NOISE
        or "hidden" in element.attrib
        or not _NOISE.isdisjoint(names)
        or (not _NETWORKS.isdisjoint(names) and not _POSTS.isdisjoint(names))
    )


def _names(element: Element) -> set[str]:
    """The words in the classes, the id and the microdata of an element, in lower case."""
    given = " ".join(element.get(each) or "" for each in ("class", "id", "itemprop"))[:_MAX_NAMES]
    return {word.lower() for word in _NAME.findall(given)}
