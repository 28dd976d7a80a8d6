"""One saved response + the rules of its site -> an edition.

    capture -> checks of status and address -> text (decode.py) -> tree (markup.py)
            -> head (head.py): another site's? opted out?
            -> the layout that fits (compiled.py), else the generic extractor (generic.py)
            -> raw blocks (blocks.py) -> labelled, normalised blocks (refine.py) -> language -> Edition

Every page that cannot become an edition raises SkipPage with its reason; docs/sites.md lists the reasons.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from corpus_builder.errors import SkipPage
from corpus_builder.extract.blocks import RawBlock, raw_blocks
from corpus_builder.extract.compiled import CompiledLayout, CompiledSite, compiled_site
from corpus_builder.extract.content import Content
from corpus_builder.extract.dates import iso_datetime, written_datetime
from corpus_builder.extract.head import Head, read_head
from corpus_builder.extract.markup import Page
from corpus_builder.extract.refine import refined
from corpus_builder.extract.selectors import Finder, Scope
from corpus_builder.model import Block, BlockKind, Capture, Edition
from corpus_builder.sites import Site
from corpus_builder.sites.site import PageAddress
from corpus_builder.text.language import SURELY_ANOTHER, identify
from corpus_builder.text.normalise import normalise
from corpus_builder.web.charset import html_text


def extract_page(capture: Capture, site: Site) -> Edition:
    """The edition that a saved response holds.

    Raises SkipPage where it holds none: http_STATUS, not_an_article, too_large, not_html, undecodable, broken_markup,
    empty_body, off_site, not_canonical, opt_out_noai, opt_out_noindex, opt_out_tdm, no_layout, wrong_language.
    """
    if capture.status != 200:
        raise SkipPage(f"http_{capture.status}", capture.url)
    address = site.address(capture.url)
    if address is None:
        raise SkipPage("not_an_article", f"{capture.url} is no article of {site.name} by its rules")
    rules = compiled_site(site)
    page = Page(*html_text(capture.body, capture.headers), rules.landmarks)
    head = read_head(page.root)
    _check_address(head, address, site)
    if reason := head.opt_out(capture.headers):
        raise SkipPage(reason, capture.url)

    published = _published(head, rules)
    content = _by_layout(page, rules, published, address)
    if content is None:
        from corpus_builder.extract.generic import by_generic_extractor

        content = by_generic_extractor(page, capture.url, rules.zone)
    return _edition(content, capture, site, rules, head, address, published)


class Article:
    """A page with the layout that fits it: `scope` is the element that the layout's `match` selects."""

    def __init__(self, layout: CompiledLayout, element: Any, page: Page) -> None:
        self.layout = layout
        self.scope = Scope(element)
        self._page = page

    def select(self, finder: Finder | None) -> list[Any]:
        """What a selector selects in the article's element, or in the whole page where it has nothing of it."""
        if finder is None:
            return []
        if found := finder(self.scope):
            return found
        return finder.in_page(self._page.whole if self._page.may_hold_elsewhere(finder.word) else self._page.root)

    def select_inside(self, finder: Finder | None) -> list[Any]:
        """What a selector selects in the article's element."""
        return finder(self.scope) if finder else []


def page_date(page: Page, rules: CompiledSite, address: PageAddress | None) -> date | None:
    """The day of publication that decides which layouts apply: as the head has it, else as the address."""
    published = _published(read_head(page.root), rules)
    return published.date() if published else address.date if address else None


def _published(head: Head, rules: CompiledSite) -> datetime | None:
    return iso_datetime(head.text("datePublished") or head.metas.get("article:published_time", ""), rules.zone)


def matching_article(page: Page, rules: CompiledSite, published: date | None) -> Article | None:
    """The page as the first layout has it that was in use on the day and whose `match` selects something."""
    layouts = [layout for layout in rules.layouts if layout.covers(published)]
    for part in ("root", "whole"):
        for layout in layouts:
            if matched := layout.match.in_page(getattr(page, part)):
                return Article(layout, matched[0], page)
    return None


def _check_address(head: Head, address: PageAddress, site: Site) -> None:
    canonical = head.canonical()
    if canonical is None or not canonical.lower().startswith(("http://", "https://", "//")):
        return
    if canonical.startswith("//"):
        canonical = f"https:{canonical}"
    if not site.owns(canonical):
        raise SkipPage("off_site", f"the page gives {canonical} as its address")
    key = site.identify(canonical)
    if key is not None and key.article_id != address.key.article_id:
        raise SkipPage("not_canonical", f"the page gives {canonical} as its address")


def _by_layout(page: Page, rules: CompiledSite, published: datetime | None, address: PageAddress) -> Content | None:
    article = matching_article(page, rules, published.date() if published else address.date)
    if article is None:
        return None
    layout = article.layout
    captions = article.select_inside(layout.captions)
    leads = article.select_inside(layout.lead)
    removed = {*captions, *leads, *article.select_inside(layout.remove)}
    blocks = [_as(BlockKind.LEAD, block) for lead in leads for block in raw_blocks(lead)]
    for body in _outermost(article.select(layout.body)):
        blocks += raw_blocks(body, removed)
    if published is None:
        year = address.date.year if address.date else None
        text = " ".join(_text(element) for element in article.select(layout.published)[:1])
        published = iso_datetime(text, rules.zone) or written_datetime(text, rules.zone, year)
    return Content(
        layout=layout.rules.name,
        title=" ".join(_text(element) for element in article.select(layout.title)[:1]),
        blocks=[block for block in blocks if block.kind is not BlockKind.CAPTION],
        captions=[_as(BlockKind.CAPTION, block) for caption in captions for block in raw_blocks(caption)]
        + [block for block in blocks if block.kind is BlockKind.CAPTION],
        authors=_texts(article.select(layout.authors)),
        published=published,
        tags=_texts(article.select(layout.tags)),
    )


def _outermost(elements: list[Any]) -> list[Any]:
    """The elements that lie in no other of them, as where an article quotes a whole page of the site."""
    if len(elements) < 2:
        return elements
    inside: set[Any] = set()
    for element in elements:
        if element not in inside:
            inside.update(element.iterdescendants())
    return [element for element in elements if element not in inside]


def _edition(
    content: Content,
    capture: Capture,
    site: Site,
    rules: CompiledSite,
    head: Head,
    address: PageAddress,
    published: datetime | None,
) -> Edition:
    language = address.key.language
    url = site.clean(capture.url)
    body = refined(content.blocks, rules, language, url)
    if not body:
        raise SkipPage("empty_body", f"layout {content.layout} has no text in its body")
    detected = identify(" ".join(block.text for block in body), site.languages)
    if detected.language not in (language, "und") and detected.probability >= SURELY_ANOTHER:
        raise SkipPage(
            "wrong_language", f"edition {language} holds text in {detected.language} ({detected.probability:.2f})"
        )
    title = normalise(content.title or head.metas.get("og:title", ""))
    blocks = list(body)
    if title.text:
        among = identify(title.text, site.languages).language
        blocks.insert(0, Block(BlockKind.TITLE, title.text, language=among, edits=title.edits))
    modified = iso_datetime(head.text("dateModified") or head.metas.get("article:modified_time", ""), rules.zone)
    return Edition(
        site=site.name,
        article_id=address.key.article_id,
        language=language,
        url=url,
        blocks=tuple(blocks),
        captions=tuple(refined(content.captions, rules, language, url)),
        detected_language=detected.language,
        authors=content.authors or tuple(normalise(name).text for name in head.authors()),
        published=published or content.published,
        modified=modified,
        section=address.section or head.text("articleSection") or None,
        tags=content.tags or tuple(normalise(word).text for word in head.keywords()),
        alternates=head.alternates(site, url),
        layout=content.layout,
        capture=capture.origin,
    )


def _as(kind: BlockKind, block: RawBlock) -> RawBlock:
    return RawBlock(kind, block.text, block.links, block.bold, block.all_linked, block.list_id)


def _text(element: Any) -> str:
    return " ".join(element.itertext())


def _texts(elements: list[Any]) -> tuple[str, ...]:
    texts = (normalise("".join(element.itertext())).text.strip(" ,") for element in elements)
    return tuple(dict.fromkeys(text for text in texts if text))
