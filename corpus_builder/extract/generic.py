"""Pages that no layout of their site matches: the article by a vote of trafilatura (extra "generic") and the markup.

Trafilatura says which texts are the article; it is good at that, but leaves out leads and a few paragraphs, and takes
in captions, cards of other articles and appeals. So its text only finds the element that holds the article. The blocks
in there are read like those of a layout, and each is judged by what trafilatura says, by the names of the elements
around it, and by what its words and links say. Labels, boilerplate and languages are handled as for any page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from corpus_builder.errors import SkipPage
from corpus_builder.extract.article_element import (
    Frame,
    article_element,
    ends_a_sentence,
    is_named_box,
    is_named_quote,
    letters,
)
from corpus_builder.extract.blocks import CELL_SEPARATOR, RawBlock, raw_blocks
from corpus_builder.extract.content import GENERIC, Content
from corpus_builder.extract.labels import begins_with_label
from corpus_builder.extract.microdata import microdata
from corpus_builder.extract.page_words import is_byline, is_chrome, is_date_line, is_heading_of_links, is_picture_credit
from corpus_builder.install import install_command
from corpus_builder.model import BlockKind
from corpus_builder.text.language import identify
from corpus_builder.web.guard import guarded
from corpus_builder.web.head import Head
from corpus_builder.web.html import Element, html_markup, parse_html

_MIN_CHARACTERS = 250
"""Below this, trafilatura itself does not take its result for an article (MIN_EXTRACTED_SIZE in its settings), but
still returns the text that it has, mostly menus.
"""

_LONG = 60
"""Letters from which on a block is text by its length alone. Chosen: buttons, bylines and titles in links are
shorter; paragraphs of news have some 200.
"""

_DATES = {"extensive_search": False, "original_date": True, "max_date": "2098-12-31"}
"""How dates are looked for: where pages name them. The extensive search makes a day of the year of a copyright."""

_PICTURES = ("img", "picture", "figure", "video", "iframe", "amp-img")
"""Elements whose caption may stand below them."""

_TITLE = 15
"""Letters beyond which a heading that <title> has is the headline. Chosen: names of sites and sections are shorter."""

_SEARCHED, _SEARCHES = 500_000, 5_000
"""Most letters of a text in which blocks are searched, and most searches. Chosen: a second of work; the longest page in
our samples has some 400 blocks.
"""

_LINKED = 0.7
"""Share of a block's letters in links from which on it is a card of another article. Chosen: a paragraph links a few
words, a card all but its date.
"""


def page_language(body: bytes, headers: Mapping[str, str]) -> str:
    """The language of a page without rules: that of its text, else that of its html tag."""
    with guarded("the page"):
        root = parse_html(html_markup(body, headers))
        detected = identify(" ".join(block.text for block in raw_blocks(root)))
    declared = (root.get("lang") or "").lower().split("-")[0]
    return detected.language if detected.language != "und" else declared or "en"


def by_generic_extractor(markup: bytes, url: str, root: Element, head: Head) -> Content:
    """The article of a page: its markup in UTF-8, its URL, its tree and head.

    Raises SkipPage: no_layout where trafilatura is not installed, empty_body where it finds no article.
    """
    try:
        from trafilatura import bare_extraction
    except ImportError as error:
        raise SkipPage(
            "no_layout",
            f"no layout of the site matches; the extra `generic` reads such pages: {install_command('generic')}",
        ) from error
    article = bare_extraction(
        markup.decode(), url=url, include_comments=False, with_metadata=True, date_extraction_params=_DATES
    )
    if (
        article is None
        or isinstance(article, dict)
        or article.body is None
        or len(article.text or "") < _MIN_CHARACTERS
    ):
        raise SkipPage("empty_body", "the generic extractor found no article in the page")
    blocks = raw_blocks(root)
    voted = _Vote(article.text or "", blocks)
    frame = Frame(article_element(root, blocks, list(map(voted.has, blocks))), blocks, voted.has)
    kept = _kept(blocks, voted, frame, head, letters((root.findtext(".//title") or "")[:_SEARCHED]))
    captions = [block for block in blocks if frame.holds(block) and _is_caption(block, frame)]
    return Content(
        layout=GENERIC,
        title="",
        blocks=kept,
        captions=[replace(block, kind=BlockKind.CAPTION) for block in captions],
        published=(*microdata(root, "datePublished"), article.date or ""),
        authors=tuple(microdata(root, "author")),
    )


class _Vote:
    """Which blocks of a page are in the text that trafilatura extracted."""

    def __init__(self, text: str, blocks: Sequence[RawBlock]) -> None:
        lines = {letters(line) for line in text.split("\n")}
        whole = letters(text)[:_SEARCHED]
        self._has: dict[int, bool] = {}
        searches = 0
        for block in blocks:
            given = letters(block.text)
            found = given in lines
            # A line may hold several blocks; a short block must be a line of its own.
            if not found and len(given) >= _LONG and searches < _SEARCHES:
                searches += 1
                found = given in whole
            self._has[id(block)] = found

    def has(self, block: RawBlock) -> bool:
        """Whether a block's text is."""
        return self._has[id(block)]


def _kept(blocks: Sequence[RawBlock], voted: _Vote, frame: Frame, head: Head, title: str) -> list[RawBlock]:
    """The blocks of the article, the lead first."""
    wanted = [frame.holds(block) and _is_text(block, frame) for block in blocks]
    sure = [place for place, block in enumerate(blocks) if wanted[place] and _is_long(block) and voted.has(block)]
    if not sure:
        return []
    first = sure[0]
    while first and wanted[first - 1] and _is_beside(blocks[first - 1], blocks[first]):
        first -= 1
    of_boxes = {
        id(block)
        for block, following in pairwise(blocks)
        if block.kind is BlockKind.HEADING and following.kind is not BlockKind.CAPTION and _is_card(following)
    }
    last = sure[-1]
    while last + 1 < len(blocks) and wanted[last + 1] and _goes_on(blocks[last], blocks[last + 1]):
        last += 1
    kept = [
        block
        for place, block in enumerate(blocks)
        if wanted[place]
        and first <= place
        and (voted.has(block) or (place <= last and (_is_long(block) or _may_be_short(block))))
    ]
    kept = _without_pull_quotes([block for block in kept if id(block) not in of_boxes])
    while kept and kept[-1].kind is BlockKind.HEADING:
        del kept[-1]
    if len(kept) > 1 and _is_teaser(kept[0], kept[1]):
        del kept[0]
    return [*_lead(blocks[:first], frame, head, title, letters(kept[0].text) if kept else ""), *kept]


def _without_pull_quotes(blocks: Sequence[RawBlock]) -> list[RawBlock]:
    """The blocks without those set apart as quotations whose words a paragraph of the article has already."""
    quoted = [block for block in blocks if _is_set_apart(block)][:_SEARCHES]
    if not quoted:
        return list(blocks)
    ids = set(map(id, quoted))
    whole = "\n".join(letters(block.text) for block in blocks if id(block) not in ids)[:_SEARCHED]
    pulled = {id(block) for block in quoted if len(own := letters(block.text)) >= _LONG // 2 and own in whole}
    return [block for block in blocks if id(block) not in pulled]


def _is_set_apart(block: RawBlock) -> bool:
    """Whether a block is in an element for quotations, by its tag or its names."""
    element = block.element
    if block.kind is BlockKind.BLOCKQUOTE or element is None:
        return block.kind is BlockKind.BLOCKQUOTE
    return any(
        each.tag == "blockquote" or is_named_quote(each) for each in (element, element.getparent()) if each is not None
    )


def _is_teaser(block: RawBlock, following: RawBlock) -> bool:
    """Whether a block is the beginning of the next one, in a box of its own above the whole text."""
    text = letters(block.text)
    return len(text) >= _LONG // 2 and letters(following.text).startswith(text)


def _is_long(block: RawBlock) -> bool:
    return len(letters(block.text)) >= _LONG


def _is_beside(block: RawBlock, following: RawBlock) -> bool:
    """Whether a sentence, or a text with a label, is in the same element as the paragraph that follows."""
    if block.element is None or following.element is None:
        return False
    if not (ends_a_sentence(block.text) or begins_with_label(" ".join(block.text.split()))):
        return False
    return block.element.getparent() is following.element.getparent()


def _goes_on(block: RawBlock, following: RawBlock) -> bool:
    """Whether a sentence follows in the same element, after a <br>."""
    return block.element is following.element and block.element is not None and ends_a_sentence(following.text)


def _may_be_short(block: RawBlock) -> bool:
    """Whether a short block between paragraphs looks like one: a heading, an item, or the end of a sentence."""
    is_heading = block.kind is BlockKind.HEADING or block.bold == len(block.text)
    ends = ends_a_sentence(block.text)
    is_labelled = begins_with_label(" ".join(block.text.split()))
    return is_heading or ends or bool(block.list_id) or CELL_SEPARATOR in block.text or is_labelled


def _is_text(block: RawBlock, frame: Frame) -> bool:
    text = " ".join(block.text.split())
    if block.kind is BlockKind.CAPTION or frame.is_noise(block) or _is_caption(block, frame) or _is_source(block):
        return False
    if is_chrome(text) or is_heading_of_links(text) or is_date_line(text) or is_byline(text) or not letters(text):
        return False
    return not _is_card(block)


def _is_source(block: RawBlock) -> bool:
    """Whether a block is the source of a quotation, in an element of its own below the words."""
    cite = block.element.find("cite") if block.element is not None else None
    return cite is not None and letters("".join(cite.itertext())) == letters(block.text)


def _is_card(block: RawBlock) -> bool:
    """Whether a block is a link to another article; a sentence may be linked but for a few words."""
    linked = _linked_share(block)
    is_sentence = linked < 1 and ends_a_sentence(block.text)
    return linked >= _LINKED and not is_sentence


def _is_caption(block: RawBlock, frame: Frame) -> bool:
    return block.kind is BlockKind.CAPTION or frame.in_picture(block) or is_picture_credit(" ".join(block.text.split()))


def _linked_share(block: RawBlock) -> float:
    linked = sum(len(letters(block.text[start:end])) for start, end, _ in block.links)
    return linked / max(len(letters(block.text)), 1)


def _lead(before: Sequence[RawBlock], frame: Frame, head: Head, title: str, following: str) -> list[RawBlock]:
    """The lead, among the blocks before the first paragraph: by the page's description, the name of its element, or its
    place below the headline, which is what metas, JSON-LD and <title> (`title`, its letters) have.

    None where it is the beginning of the first paragraph, `following`: a teaser above the whole text.
    """
    descriptions = [letters(head.meta(name)) for name in ("og:description", "description", "twitter:description")]
    descriptions = [text for text in (*descriptions, letters(head.article.text("description"))) if text]
    for block in reversed(before):
        text = letters(block.text)
        if len(text) < _LONG // 2 or _linked_share(block) >= _LINKED or block.kind is BlockKind.CAPTION:
            continue
        if following.startswith(text):
            return []
        described = any(text.startswith(each[:_LONG]) for each in descriptions if len(each) >= _LONG // 2)
        if described or frame.is_lead(block):
            return [replace(block, kind=BlockKind.LEAD)]
    below = _below_headline(before, head, title)
    return [replace(below, kind=BlockKind.LEAD)] if below and not following.startswith(letters(below.text)) else []


def _below_headline(before: Sequence[RawBlock], head: Head, title: str) -> RawBlock | None:
    """The sentence right below the headline, without a name: only a day and names may stand between them."""
    titles = {letters(each) for each in (head.article.text("headline"), head.meta("og:title")) if each}

    def is_headline(block: RawBlock) -> bool:
        text = letters(block.text)
        is_titled = block.kind is BlockKind.HEADING and len(text) > _TITLE and text in title
        return (block.element is not None and block.element.tag == "h1") or text in titles or is_titled

    places = [place for place, block in enumerate(before) if is_headline(block)]
    for block in before[places[-1] + 1 :] if places else ():
        if is_date_line(block.text) or is_byline(block.text):
            continue
        is_sentence = _is_long(block) and ends_a_sentence(block.text) and not block.links
        is_text = block.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING) and not _is_beside_picture(block)
        return block if is_sentence and is_text else None
    return None


def _is_beside_picture(block: RawBlock) -> bool:
    """Whether a block may be the caption of a picture before it, or is in a box."""
    element = block.element
    if element is None or is_chrome(" ".join(block.text.split())):
        return True
    around = element.getparent()
    before = element.getprevious()
    if any(is_named_box(each) for each in (element, around) if each is not None):
        return True
    return before is not None and (before.tag in _PICTURES or any(True for _ in before.iter(*_PICTURES)))
