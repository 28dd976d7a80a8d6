"""What in the text of drafted pages is not article: captions, boxes, and notices that look like paragraphs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from corpus_builder.extract.blocks import RawBlock, raw_blocks
from corpus_builder.extract.draft_page import DraftPage, letters, text_of
from corpus_builder.extract.draft_selectors import simple_names
from corpus_builder.extract.labels import begins_with_label
from corpus_builder.extract.page_words import is_chrome
from corpus_builder.model import BlockKind
from corpus_builder.sites.selectors import Finder
from corpus_builder.web.html import Element

_LONG = 60
"""Letters from which on a block without links is left in the text. Chosen: as in the generic extractor."""
BEGINNING = 60
"""Most characters of a repeated block or a notice that its boilerplate pattern has. Chosen: enough that no sentence
begins so."""
_MOST_REMOVED = 12
"""Most selectors in `remove`. Chosen: more are not read by anybody, and come from pages that are no articles."""
_LINKED_PARAGRAPH = ".//p[a][normalize-space(.) = normalize-space(a)]"
"""Selects paragraphs that are a link and nothing else: cards of other articles that have no name of their own."""


def draft_boxes(
    pages: Sequence[DraftPage], bodies: Sequence[Sequence[Element]], about: Sequence[str], boilerplate: list[str]
) -> tuple[list[str], list[str]]:
    """Selectors of captions, and of what else in the bodies is not article text; none of them touches article text.

    `about` are the selectors of the headline, the authors, … that are in a body. The beginnings of blocks that no
    selector tells from paragraphs are added to `boilerplate`.
    """
    texts_kept = [" ".join(block.text.split()).casefold() for page in pages for block in page.blocks]
    kept = [{node for block in page.blocks for node in _line(block.element)} for page in pages]
    leads = [{node for block in page.lead for node in _line(block.element)} for page in pages]
    captions: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    for page, own_bodies, own, lead in zip(pages, bodies, kept, leads, strict=True):
        captioned = {letters(block.text) for block in page.captions}
        article = {letters(block.text) for block in (*page.blocks, *page.lead)}
        told = {node for selector in about for node in Finder([selector])(page.root)}
        outer: set[Element] = set()
        for body, block in _blocks_of(own_bodies, told):
            element = block.element
            if element is None or element in outer:
                continue
            if element in own or element in lead:
                if letters(block.text) not in article and is_chrome(" ".join(block.text.split())):
                    _notice(block, texts_kept, boilerplate)
                continue
            while (
                (parent := element.getparent()) is not None
                and parent not in own
                and parent not in lead
                and parent is not body
            ):
                element = parent
            outer.update(element.iter())
            is_caption = block.kind is BlockKind.CAPTION or letters(block.text) in captioned
            for name in _safe_names(element, block.element, bodies, kept, leads):
                (captions if is_caption else removed)[name] += 1
                break
            else:
                _notice(block, texts_kept, boilerplate)
    named = [name for name, _ in captions.most_common(_MOST_REMOVED)]
    boxes = [name for name, _ in removed.most_common(_MOST_REMOVED) if name not in named]
    return named, [*about, *(name for name in boxes if name not in about)]


def _blocks_of(bodies: Sequence[Element], told: set[Element]) -> Iterator[tuple[Element, RawBlock]]:
    for body in bodies:
        yield from ((body, block) for block in raw_blocks(body, told))


def _notice(block: RawBlock, texts_kept: Sequence[str], boilerplate: list[str]) -> None:
    """Add the beginning of a block to `boilerplate`, unless it is rather text that the extractor has overlooked."""
    text = " ".join(block.text.split())
    start = _beginning(text)
    if not any(map(str.isalpha, start)) or begins_with_label(text):  # a time, a number, "Source:": text may begin so
        return
    if len(letters(text)) >= _LONG and not block.links and not is_chrome(text):
        return
    if start not in boilerplate and not any(text.startswith(start.casefold()) for text in texts_kept):
        boilerplate.append(start)


def _beginning(text: str) -> str:
    """What of a block its boilerplate pattern has: "Read also:" of a link to another article, else its beginning."""
    start, colon, _ = text.partition(":")
    return start + colon if colon and len(start) < BEGINNING // 2 else text[:BEGINNING]


def _safe_names(
    element: Element,
    innermost: Element | None,
    bodies: Sequence[Sequence[Element]],
    kept: Sequence[set[Element]],
    leads: Sequence[set[Element]],
) -> Iterator[str]:
    """Names of a box, or of what is in it, that select nothing of the article on any page."""
    inside = [] if innermost is None else [each for each in _line(innermost) if each in set(element.iter())]
    text = "" if innermost is None else text_of(innermost)
    within = [] if innermost is None or len(text) > BEGINNING else list(innermost.iterdescendants("*"))
    same = [each for each in within if letters(text_of(each)) == letters(text)]
    for each in [element, *reversed(inside), *same]:
        names = [*simple_names(each)]
        if each.tag in ("figcaption", "aside", "nav", "time", "form", "footer", "h1", "figure"):
            names.append(str(each.tag))
        if each.tag == "p" and (linked := each.find("a")) is not None and _same_text(each, linked):
            names.append(_LINKED_PARAGRAPH)
        for name in names:
            finder = Finder([name])
            found = [
                ([node for body in own_bodies for node in finder(body)], own, lead)
                for own_bodies, own, lead in zip(bodies, kept, leads, strict=True)
            ]
            if all(node not in own and node not in lead for nodes, own, lead in found for node in nodes):
                yield name


def _same_text(one: Element, other: Element) -> bool:
    return letters("".join(one.itertext())) == letters("".join(other.itertext()))


def _line(element: Element | None) -> Iterator[Element]:
    if element is not None:
        yield element
        yield from element.iterancestors()
