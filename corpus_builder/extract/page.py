"""A saved response and the rules of its site -> an edition.

    capture -> checks of status, content type and opt-outs, tree and head (web/page.py)
            -> checks of its URL and canonical URL
            -> the JSON that has its text (json_article.py), the layout that matches (compiled.py), else the generic
               extractor (generic.py); the later pages of the article (whole.py)
            -> raw blocks (blocks.py) -> labelled, normalised blocks (refine.py) -> language -> Edition

A page that is no edition raises SkipPage with its reason; docs/sites.md lists the reasons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

from corpus_builder.errors import SkipPage
from corpus_builder.extract import metadata
from corpus_builder.extract.blocks import RawBlock, raw_blocks
from corpus_builder.extract.compiled import CompiledLayout, CompiledSite, compiled_site
from corpus_builder.extract.content import Content
from corpus_builder.extract.json_article import json_contents
from corpus_builder.extract.json_ld_body import json_ld_blocks
from corpus_builder.extract.refine import refined, without_frame
from corpus_builder.extract.stand_ins import check_stand_in
from corpus_builder.extract.whole import FurtherCapture, article_json, joined, later_pages, not_at_hand, pagers
from corpus_builder.model import Block, BlockKind, Capture, Edition
from corpus_builder.sites import Site
from corpus_builder.sites.answer_parts import INCOMPLETE
from corpus_builder.sites.further import json_rules, pager_links
from corpus_builder.sites.selectors import Finder
from corpus_builder.sites.site import CANONICAL_IS, NOT_CANONICAL, PageAddress
from corpus_builder.text.language import SURELY_ANOTHER, identify
from corpus_builder.text.normalise import normalise
from corpus_builder.web.dates import written_dates_of
from corpus_builder.web.guard import guarded
from corpus_builder.web.head import Head
from corpus_builder.web.html import Element
from corpus_builder.web.page import WebPage, read_page


def extract_page(capture: Capture, site: Site, further: FurtherCapture | None = None) -> Edition:
    """The edition in a saved response, and in the further ones that its article needs (sites/further.py).

    `further` gives the capture of each; without it none is at hand.

    Raises SkipPage where there is none: http_STATUS, not_an_article, too_large, not_html, undecodable, broken_markup,
    empty_body, off_site, not_canonical, opt_out_noai, opt_out_noindex, opt_out_tdm, no_layout, wrong_language,
    error_page, cookie_wall, paywall, incomplete (a further response is missing, or is no page or answer), not_json,
    extractor_error (an exception that nobody expected; web/guard.py).
    """
    with guarded(capture.url):
        return _extracted(capture, site, further or not_at_hand)


def _extracted(capture: Capture, site: Site, further: FurtherCapture) -> Edition:
    address = site.address(capture.url)
    if address is None:
        raise SkipPage("not_an_article", f"{capture.url} matches no path of {site.name}")
    if address.page:
        raise SkipPage(INCOMPLETE, f"this is page {address.page} of an article, without its first")
    rules = compiled_site(site)
    page = read_page(capture.status, capture.headers, capture.body, capture.url)
    _check_address(page.head, address, site)

    if json := json_rules(site, page.root):
        contents, described = json_contents(json, article_json(json, site, capture.url, page.root, further))
        content = joined(contents[0], [(later, capture.url) for later in contents[1:]])
        page = replace(page, head=replace(page.head, article=described))
    else:
        day = page_date(page.head, rules, address)
        is_pager = partial(pager_links, site, address) if site.has_pages else None
        content = joined(
            _content(page, rules, capture.url, day, is_pager),
            [
                (_content(other, rules, url, day, is_pager), url)
                for other, url in later_pages(site, capture.url, page.root, further)
            ],
        )
    return _edition(content, capture, site, rules, page, address)


_LONGEST_SECTION = 200
"""Characters of the name of a section that are kept. Chosen: names have some ten."""

IsPager = Callable[[str, str], bool]
"""Whether a link (the URL of its page, its href) leads to another page of the same article."""


def _content(page: WebPage, rules: CompiledSite, url: str, day: date | None, is_pager: IsPager | None) -> Content:
    """The parts of an article on one page, by a layout or the generic extractor."""
    content = _by_layout(page.root, page.head, rules, day, partial(is_pager, url) if is_pager else None)
    if content is None:
        from corpus_builder.extract.generic import by_generic_extractor

        content = by_generic_extractor(page.markup, url, page.root, page.head)
    return content


class Article:
    """A page with the layout that matches it: `element` is what the layout's `match` selects, `root` the whole page."""

    def __init__(self, layout: CompiledLayout, element: Element, root: Element) -> None:
        self.layout = layout
        self._element = element
        self._root = root

    def select(self, finder: Finder | None) -> list[Element]:
        """What a selector selects in the article's element, else in the whole page."""
        if finder is None:
            return []
        return finder(self._element) or finder(self._root)

    def select_inside(self, finder: Finder | None) -> list[Element]:
        """What a selector selects in the article's element."""
        return finder(self._element) if finder else []


def page_date(head: Head, rules: CompiledSite, address: PageAddress | None) -> date | None:
    """The day of publication, which decides which layouts apply: from the head, else from the URL."""
    moment = metadata.published(head, rules.zone, address.date if address else None)
    return moment.date() if moment else None


def matching_article(root: Element, rules: CompiledSite, published: date | None) -> Article | None:
    """The page by the first layout that was in use on the day and whose `match` selects something."""
    for layout in rules.layouts:
        if layout.covers(published) and (matched := layout.match(root)):
            return Article(layout, matched[0], root)
    return None


def _check_address(head: Head, address: PageAddress, site: Site) -> None:
    """Raise SkipPage `off_site` or `not_canonical` where a page has the canonical URL of another."""
    if head.canonical is None:
        return
    if not site.owns(head.canonical):
        raise SkipPage("off_site", f"{CANONICAL_IS}{head.canonical}")
    key = site.identify(head.canonical)
    if key is None or key.article_id == address.key.article_id:
        return
    if not site.has_ids and key.language != address.key.language:
        return  # sites give all editions the address of one as canonical; a page in another language is no copy of it
    raise SkipPage(NOT_CANONICAL, f"{CANONICAL_IS}{head.canonical}")


def _by_layout(
    root: Element, head: Head, rules: CompiledSite, day: date | None, is_pager: Callable[[str], bool] | None
) -> Content | None:
    article = matching_article(root, rules, day)
    if article is None:
        return None
    layout = article.layout
    captions = article.select_inside(layout.captions)
    leads = article.select_inside(layout.lead)
    removed = {*captions, *leads, *article.select_inside(layout.remove)}
    blocks = [_as(BlockKind.LEAD, block) for lead in leads for block in raw_blocks(lead)]
    if layout.rules.body_from == "json-ld":
        blocks += json_ld_blocks(head.article)
    bodies = _outermost(article.select(layout.body))
    if is_pager:
        removed |= pagers(bodies, is_pager)
    for body in bodies:
        blocks += raw_blocks(body, removed)
    return Content(
        layout=layout.rules.name,
        title=" ".join(_text(element) for element in article.select(layout.title)[:1]),
        blocks=[block for block in blocks if block.kind is not BlockKind.CAPTION],
        captions=[_as(BlockKind.CAPTION, block) for caption in captions for block in raw_blocks(caption)]
        + [block for block in blocks if block.kind is BlockKind.CAPTION],
        authors=tuple(map(_text, article.select(layout.authors))),
        published=tuple(text for each in article.select(layout.published)[:1] for text in written_dates_of(each)),
        tags=tuple(map(_text, article.select(layout.tags))),
    )


def _outermost(elements: list[Element]) -> list[Element]:
    """The elements that are not inside another of them: an article may embed another page of the site."""
    if len(elements) < 2:
        return elements
    inside: set[Element] = set()
    for element in elements:
        if element not in inside:
            inside.update(element.iterdescendants())
    return [element for element in elements if element not in inside]


def _edition(
    content: Content, capture: Capture, site: Site, rules: CompiledSite, page: WebPage, address: PageAddress
) -> Edition:
    language, head, url = address.key.language, page.head, site.clean(capture.url)
    names = metadata.names_of_site(site.rules.title, site.rules.domains)
    title = normalise(metadata.headline(head, page.root, content.title, names))
    body = without_frame(refined(content.blocks, rules, language, url), title.text)
    if not body:
        raise SkipPage("empty_body", f"layout {content.layout} has no text in its body")
    check_stand_in(title.text, body, said=_says_that_it_is_an_article(content, head, rules))
    detected = identify(" ".join(block.text for block in body), site.languages)
    if detected.language not in (language, "und") and detected.probability >= SURELY_ANOTHER:
        raise SkipPage(
            "wrong_language", f"edition {language} has text in {detected.language} ({detected.probability:.2f})"
        )
    blocks = list(body)
    if title.text:
        among = identify(title.text, site.languages).language
        blocks.insert(0, Block(BlockKind.TITLE, title.text, language=among, edits=title.edits))
    published = metadata.published(head, rules.zone, address.date, content.published)
    return Edition(
        site=site.name,
        article_id=address.key.article_id,
        language=language,
        url=url,
        blocks=tuple(blocks),
        captions=tuple(refined(content.captions, rules, language, url)),
        detected_language=detected.language,
        authors=metadata.authors(head, content.authors),
        published=published,
        modified=metadata.modified(head, rules.zone, published),
        section=address.section or _line(head.article.text("articleSection")) or None,
        tags=metadata.tags(head, content.tags),
        alternates=_alternates(head, site),
        layout=content.layout,
        capture=capture.origin,
    )


def _says_that_it_is_an_article(content: Content, head: Head, rules: CompiledSite) -> bool:
    """Whether a page has a time or an author. A site sends "not found" in its own layout, too: then without them.

    Where the rules do not say where they stand, matching a layout is enough.
    """
    if head.article.properties or head.meta("article:published_time"):
        return True
    own = [layout.rules for layout in rules.layouts if layout.rules.name == content.layout]
    if any(layout.published or layout.authors for layout in own):
        return any(map(str.strip, (*content.published, *content.authors)))
    return bool(own)


def _alternates(head: Head, site: Site) -> tuple[tuple[str, str], ...]:
    """The editions that a page names by hreflang or in JSON-LD, as (language, URL), each URL once.

    All that are articles of the site, as codes may be wrong, or of regions ("en-US", "en-GB"). Of other addresses (the
    homepage of an edition, another site) the first of each language without an article.
    """
    articles: dict[str, str] = {}
    others: dict[str, str] = {}
    unnamed = ("", "x-default")  # JSON-LD need not say it; of the default edition, only its URL does
    for code, url in sorted(head.alternates, key=lambda link: link[0] in unnamed):
        key, language = site.identify(url), code.replace("_", "-").split("-")[0]
        if key:
            articles.setdefault(site.clean(url), key.language if code in unnamed else language)
        elif code not in unnamed and language and language != "x":
            others.setdefault(language, site.clean(url))
    named = {*articles.values()}
    named |= {key.language for url in articles if (key := site.identify(url))}
    rest = {url: language for language, url in others.items() if language not in named}
    return tuple((language, url) for url, language in {**articles, **rest}.items())


def _line(text: str) -> str:
    """A short text of a page's head on one line."""
    return " ".join(normalise(text[:_LONGEST_SECTION]).text.split())


def _as(kind: BlockKind, block: RawBlock) -> RawBlock:
    return replace(block, kind=kind)


def _text(element: Element) -> str:
    return " ".join(element.itertext())
