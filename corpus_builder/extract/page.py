"""One saved response + the rules of its site -> an edition.

    capture -> checks of status and address -> parse (decode.py) -> head (head.py): another site's? opted out?
            -> the layout that fits (compiled.py), else the generic extractor (generic.py)
            -> raw blocks (blocks.py) -> labelled, normalised blocks (refine.py) -> language -> Edition

Every page that cannot become an edition raises SkipPage with its reason; docs/sites.md lists the reasons.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from corpus_builder.errors import SkipPage
from corpus_builder.extract.blocks import RawBlock, raw_blocks
from corpus_builder.extract.compiled import CompiledLayout, CompiledSite, Finder, compiled_site
from corpus_builder.extract.content import Content
from corpus_builder.extract.dates import iso_datetime, written_datetime
from corpus_builder.extract.decode import parse
from corpus_builder.extract.head import Head, read_head
from corpus_builder.extract.refine import refined
from corpus_builder.model import Block, BlockKind, Capture, Edition
from corpus_builder.sites import Site
from corpus_builder.sites.site import PageAddress
from corpus_builder.text.language import identify
from corpus_builder.text.normalise import normalise

# A page counts as another language's where that is at least so likely; below, the text is too short or too mixed.
_SURELY_ANOTHER = 0.9


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
    root = parse(capture.body, capture.headers)
    head = read_head(root)
    _check_address(head, address, site)
    if reason := head.opt_out(capture.headers):
        raise SkipPage(reason, capture.url)

    rules = compiled_site(site)
    published = iso_datetime(head.text("datePublished") or head.metas.get("article:published_time", ""), rules.zone)
    content = _by_layout(root, rules, published, address)
    if content is None:
        from corpus_builder.extract.generic import by_generic_extractor

        content = by_generic_extractor(root, capture.url, rules.zone)
    return _edition(content, capture, site, rules, head, address, published)


def matching_layout(root: Any, rules: CompiledSite, published: date | None) -> tuple[CompiledLayout, Any] | None:
    """The first layout that was in use on the day and selects something in the page, with the element it selects."""
    for layout in rules.layouts:
        if layout.covers(published) and (matched := layout.match(root)):
            return layout, matched[0]
    return None


def select(finder: Finder | None, article: Any, root: Any) -> list[Any]:
    """What a selector selects in the article's element, or in the whole page where that holds nothing of it."""
    if finder is None:
        return []
    return finder(article) or finder(root)


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


def _by_layout(root: Any, rules: CompiledSite, published: datetime | None, address: PageAddress) -> Content | None:
    day = published.date() if published else address.date
    if (matched := matching_layout(root, rules, day)) is None:
        return None
    layout, article = matched
    bodies = select(layout.body, article, root)
    captions = layout.captions(article) if layout.captions else []
    leads = select(layout.lead, article, root)
    blocks: list[RawBlock] = []
    for lead in leads:
        blocks += [_as(BlockKind.LEAD, block) for block in raw_blocks(lead)]
    done: set[Any] = set()
    for body in bodies:
        if body in done:  # a body inside a body, as where a page quotes another
            continue
        removed = {*captions, *leads, *(layout.remove(body) if layout.remove else ())}
        blocks += raw_blocks(body, removed)
        if len(bodies) > 1:
            done.update(body.iter())
    if published is None and layout.published:
        text = " ".join(" ".join(element.itertext()) for element in select(layout.published, article, root)[:1])
        published = iso_datetime(text, rules.zone) or written_datetime(
            text, rules.zone, address.date.year if address.date else None
        )
    return Content(
        layout=layout.rules.name,
        title=_text(select(layout.title, article, root)[:1]),
        blocks=[block for block in blocks if block.kind is not BlockKind.CAPTION],
        captions=[_as(BlockKind.CAPTION, block) for caption in captions for block in raw_blocks(caption)]
        + [block for block in blocks if block.kind is BlockKind.CAPTION],
        authors=_texts(select(layout.authors, article, root)),
        published=published,
        tags=_texts(select(layout.tags, article, root)),
    )


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
    if detected.language not in (language, "und") and detected.probability >= _SURELY_ANOTHER:
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


def _text(elements: list[Any]) -> str:
    return " ".join(" ".join(element.itertext()) for element in elements)


def _texts(elements: list[Any]) -> tuple[str, ...]:
    texts = (normalise("".join(element.itertext())).text.strip(" ,") for element in elements)
    return tuple(dict.fromkeys(text for text in texts if text))
