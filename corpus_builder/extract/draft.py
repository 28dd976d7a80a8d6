"""Drafting the rules of a site from a few of its pages: a TOML file to correct, and what the pages do not tell.

What is article on a page comes from the generic extractor and JSON-LD; the selectors are those that select just that on
all pages. Layouts are made as long as there are pages that no selector found so far fits.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from corpus_builder.errors import SkipPage
from corpus_builder.extract.blocks import RawBlock, raw_blocks
from corpus_builder.extract.dates import any_datetime, iso_datetime
from corpus_builder.extract.draft_addresses import Addresses, address_rules
from corpus_builder.extract.draft_selectors import best_selector, common_ancestor, first, only, simple_names
from corpus_builder.extract.generic import by_generic_extractor
from corpus_builder.extract.metadata import authors as known_authors
from corpus_builder.extract.metadata import tags as known_tags
from corpus_builder.extract.page_words import is_chrome
from corpus_builder.languages import known_languages
from corpus_builder.model import BlockKind, Capture
from corpus_builder.sites.selectors import Finder
from corpus_builder.text.language import identify
from corpus_builder.web.guard import guarded
from corpus_builder.web.html import Element
from corpus_builder.web.links import is_url
from corpus_builder.web.page import WebPage, parse_page

_SAID = 30
"""Letters from which on a block that articleBody has is article text. Chosen: a short one may be there by chance."""
_LONG = 60
"""Letters from which on a block without links is left in the text. Chosen: as in the generic extractor."""
_BEGINNING = 60
"""Most characters of a repeated block that its boilerplate pattern has. Chosen: enough that no sentence begins so."""
_MOST_REMOVED = 12
"""Most selectors in `remove`. Chosen: more are not read by anybody, and come from pages that are no articles."""
_LINKED_PARAGRAPH = ".//p[a][normalize-space(.) = normalize-space(a)]"
"""Selects paragraphs that are a link and nothing else: cards of other articles that have no name of their own."""
_CODES = {"ua": "uk"}
"""Codes that sites write for a language in place of its own."""


@dataclass
class Draft:
    """The rules as TOML, and what could not be told from the pages, in sentences."""

    toml: str
    untold: list[str] = field(default_factory=list)


@dataclass
class _Page:
    url: str
    language: str
    web: WebPage
    blocks: list[RawBlock]
    captions: list[RawBlock]
    lead: list[RawBlock]

    @property
    def root(self) -> Element:
        return self.web.root


def draft_rules(captures: Sequence[Capture], robots: str = "") -> Draft:
    """The rules for the site of some pages, given the text of its robots.txt where that is known.

    Raises SkipPage where a page is no article or trafilatura is not installed.
    """
    pages = [_named(capture) for capture in captures]
    untold: list[str] = []
    if len(pages) == 1:
        untold.append("what repeats on all pages: one page was given")
    stories = _stories(pages)
    addresses = address_rules(stories)
    names_others = any(len(story) > 1 for story in stories)
    if not addresses.has_id:
        untold.append(
            "which editions are one story by their addresses: they share no number; hreflang and content are used"
            if names_others
            else "how editions are linked: no page names another edition; content is used"
        )
    hosts = {urlsplit(page.url).netloc.lower().removeprefix("www.") for page in pages}
    if len(hosts) > 1 and not names_others:
        untold.append(f"whether {', '.join(sorted(hosts))} are one site: their pages do not name each other")
    boilerplate = _repeated(pages, untold)
    layouts = list(_layouts(pages, boilerplate, untold))
    text = "\n".join([*_head(pages, addresses), *_boilerplate_lines(boilerplate), ""])
    text += "\n".join(_editions(addresses, names_others))
    text += "\n".join(_crawl(pages, robots, untold))
    return Draft(text + "".join(layouts), untold)


def _named(capture: Capture) -> _Page:
    """A page. Raises SkipPage, whose detail begins with its URL."""
    try:
        with guarded(capture.url):
            return _read(capture)
    except SkipPage as skipped:
        detail = f"{capture.url}: {skipped.detail}" if skipped.detail else capture.url
        raise SkipPage(skipped.reason, detail) from skipped


def _read(capture: Capture) -> _Page:
    if not is_url(capture.url):
        raise SkipPage("bad_url", f"{capture.url!r} is no address of a page; give it with --url")
    if urlsplit(capture.url).path in ("", "/"):
        raise SkipPage("not_an_article", f"{capture.url} is a homepage")
    web = parse_page(capture.headers, capture.body, capture.url)
    content = by_generic_extractor(web.markup, capture.url, web.root, web.head)
    lead = [block for block in content.blocks if block.kind is BlockKind.LEAD]
    blocks = [block for block in content.blocks if block.kind is not BlockKind.LEAD]
    body = _letters(web.head.article.text("articleBody"))
    have = {block.element for block in blocks}
    inside = common_ancestor([block.element for block in blocks if block.element is not None])
    if body and inside is not None:
        more = [
            block
            for block in raw_blocks(inside)
            if block.element not in have
            and block.kind is not BlockKind.CAPTION
            and len(_letters(block.text)) >= _SAID
            and _letters(block.text) in body
        ]
        blocks += more
    return _Page(capture.url, _language(capture.url, web, blocks), web, blocks, content.captions, lead)


def _language(url: str, web: WebPage, blocks: Sequence[RawBlock]) -> str:
    """The language of a page: what it calls itself among its editions; else that of its text, unless the page says that
    it is one that is not known here."""
    own = {url, web.head.canonical}
    declared = (web.root.get("lang") or "").lower()
    named = next((code for code, other in web.head.alternates if other in own and code != "x-default"), "")
    declared, named = (_CODES.get(code, code) for code in (declared.split("-")[0], named.split("-")[0]))
    found = identify(" ".join(block.text for block in blocks), known_languages()).language
    if named or (declared and declared not in known_languages()) or found == "und":
        return named or declared or "und"
    return found


# ------------------------------------------------------------------------------------------------------- addresses
def _stories(pages: Sequence[_Page]) -> list[dict[str, str]]:
    """The addresses of each story by language: of the pages, and of the editions that they name."""
    known = set(known_languages())
    stories: list[dict[str, str]] = []
    for page in pages:
        own = page.web.head.canonical or ""
        story = {page.language: own if urlsplit(own).path not in ("", "/") else page.url}
        for code, url in page.web.head.alternates:
            language = _CODES.get(code.split("-")[0], code.split("-")[0])
            if language in known and is_url(url) and urlsplit(url).path not in ("", "/"):
                story.setdefault(language, url)
        same = next((each for each in stories if set(each.values()) & set(story.values())), None)
        if same is None:
            stories.append(story)
        else:
            same.update({language: url for language, url in story.items() if language not in same})
    return stories


def _head(pages: Sequence[_Page], addresses: Addresses) -> Iterator[str]:
    page = pages[0]
    host = urlsplit(page.url).netloc.lower()
    titles = (page.web.head.meta("og:site_name"), page.web.head.article.publisher(), host)
    hosts = sorted({host, *addresses.hosts} | {_twin(each) for each in (host, *addresses.hosts)})
    zone = "Europe/Kyiv" if {"uk", "ru"} & set(addresses.paths) else "UTC"
    yield "# Drafted from pages. Correct it, then run `corpus-builder sites check FILE PAGE` on more pages."
    name = re.sub(r"[^a-z0-9]+", "-", host.removeprefix("www.").rpartition(".")[0]).strip("-")
    yield f"name = {_quoted(name or 'site')}"
    yield f"title = {_quoted(next(filter(None, titles)))}"
    yield f"homepage = {_quoted(f'{urlsplit(page.url).scheme}://{host}')}"
    yield f"domains = {_list(hosts)}"
    yield f"timezone = {_quoted(zone)}"
    if addresses.trailing_slash:
        yield "trailing_slash = true"


def _twin(host: str) -> str:
    return host.removeprefix("www.") if host.startswith("www.") else f"www.{host}" if host.count(".") == 1 else host


def _editions(addresses: Addresses, names_others: bool) -> Iterator[str]:
    if not addresses.has_id:
        yield "\n[linking]"
        yield 'by = ["hreflang", "content"]' if names_others else 'by = ["content"]'
    for language, paths in addresses.paths.items():
        yield f"\n[editions.{language}]"
        if homepage := addresses.homepages.get(language):
            yield f"homepage = {_quoted(homepage)}"
        yield f"paths = {_list(paths)}"


def _crawl(pages: Sequence[_Page], robots: str, untold: list[str]) -> Iterator[str]:
    sitemaps = re.findall(r"(?im)^\s*sitemap\s*:\s*(https?://\S+)", robots)
    feeds: dict[str, list[str]] = {}
    for page in pages:
        for link in page.root.iter("link"):
            href = urljoin(page.url, (link.get("href") or "").strip())
            kind = (link.get("type") or "").lower()
            if "sitemap" in (link.get("rel") or "").lower():
                sitemaps.append(href)
            elif kind in ("application/rss+xml", "application/atom+xml") and "comment" not in href:
                feeds.setdefault(page.language, []).append(href)
    if not sitemaps and not feeds:
        untold.append("where articles are listed: no sitemap or feed is named; robots.txt is read when you crawl")
    yield "\n\n[crawl]\ndelay = 1.0"
    if sitemaps:
        yield f"sitemaps = {_list(dict.fromkeys(sitemaps))}"
    if feeds:
        yield "[crawl.feeds]"
        yield from (f"{language} = {_list(dict.fromkeys(own))}" for language, own in feeds.items())
    yield ""


# --------------------------------------------------------------------------------------------------------- layouts
def _repeated(pages: Sequence[_Page], untold: list[str]) -> list[str]:
    """The beginnings of blocks that stand on several pages of a language, which are taken out of the pages' blocks."""
    counts = Counter(key for page in pages for key in {(page.language, _letters(block.text)) for block in page.blocks})
    shown = {}
    for page in pages:
        for block in page.blocks:
            if counts[page.language, _letters(block.text)] > 1:
                shown[_letters(block.text)] = " ".join(block.text.split())[:_BEGINNING]
        rest = [block for block in page.blocks if _letters(block.text) not in shown]
        if rest:
            page.blocks[:] = rest
        else:
            untold.append(f"what is the article of {page.url}: another page has the same text")
            own = {_letters(block.text) for block in page.blocks}
            shown = {key: text for key, text in shown.items() if key not in own}
    return list(shown.values())


def _boilerplate_lines(texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield "\nboilerplate = ["
        yield from (f"    {_quoted(re.escape(text).replace(chr(92) + ' ', ' '))}," for text in texts)
        yield "]"


def _layouts(pages: Sequence[_Page], boilerplate: list[str], untold: list[str]) -> Iterator[str]:
    left = list(pages)
    number = 0
    while left:
        targets = [(page.root, _body(page)) for page in left]
        body, fits = best_selector(targets, only)
        if not body:
            untold.extend(f"the element of the text on {page.url}: it has no name of its own" for page in left)
            return
        number += 1
        own = [left[place] for place in fits]
        yield "\n" + "\n".join(_layout(f"drafted-{number}", body, own, boilerplate, untold)) + "\n"
        left = [page for page in left if not any(page is each for each in own)]


def _body(page: _Page) -> list[Element]:
    elements = [block.element for block in page.blocks if block.element is not None]
    element = common_ancestor(elements)
    # A lone paragraph is in the element around it; one without a name is taken with the one around that.
    while element is not None and (element.tag in ("p", "li", "ul", "h2") or not list(simple_names(element))):
        if element.getparent() is None or element.tag in ("article", "main", "body"):
            break
        element = element.getparent()
    return [element] if element is not None else []


def _layout(name: str, body: str, pages: Sequence[_Page], boilerplate: list[str], untold: list[str]) -> Iterator[str]:
    leads = [(page.root, [each.element for each in page.lead if each.element is not None]) for page in pages]
    lead, with_lead = best_selector([pair for pair in leads if pair[1]], first)
    bodies = [_body(page)[0] for page in pages]
    match = body
    if lead:
        around = [common_ancestor([own, *wanted[:1]]) for own, (_, wanted) in zip(bodies, leads, strict=True)]
        outer = [(root, [each]) for each, (root, _) in zip(around, leads, strict=True) if each is not None]
        found, where = best_selector(outer, first)
        match = found if len(where) == len(outer) else "body"
        fits = [page for page, (_, wanted) in zip(pages, leads, strict=True) if wanted]
        if len(with_lead) < len(fits):
            untold.append(f"the lead of {len(fits) - len(with_lead)} pages of the layout {name}")
    yield "[[layouts]]"
    yield f"name = {_quoted(name)}"
    yield f"match = {_quoted(match)}"
    title, _ = best_selector([(page.root, _title(page)) for page in pages], first)
    if not title:
        untold.append(f"the headline of the layout {name}: h1 is used")
    yield f"title = {_quoted(title or 'h1')}"
    yield f"body = {_quoted(body)}"
    if lead:
        yield f"lead = {_quoted(lead)}"
    for part, finder in (("authors", _authors), ("published", _published), ("tags", _tags)):
        wanted = [(page.root, finder(page)) for page in pages]
        wanted = [pair for pair in wanted if pair[1]]
        selector, fits_of = best_selector(wanted, first if part == "published" else only)
        if selector and len(fits_of) * 2 > len(wanted):
            yield f"{part} = {_quoted(selector)}"
        elif part != "tags":
            untold.append(f"{part} of the layout {name}: JSON-LD and metas are used")
    captions, removed = _boxes(pages, bodies, boilerplate)
    if captions:
        yield f"captions = {_quoted(', '.join(captions))}"
    if removed:
        yield f"remove = {_list(removed)}"


def _title(page: _Page) -> list[Element]:
    wanted = [_letters(page.web.head.article.text("headline")), _letters(page.web.head.meta("og:title"))]
    for element in page.root.iter("h1", "h2"):
        text = _letters(" ".join(element.itertext()))
        if text and any(text in each or each in text for each in wanted if each):
            return [element]
    return list(page.root.iter("h1"))[:1]


def _authors(page: _Page) -> list[Element]:
    names = {_letters(name) for name in known_authors(page.web.head)}
    return _innermost(page, lambda text: text in names) if names else []


def _tags(page: _Page) -> list[Element]:
    names = {_letters(name) for name in known_tags(page.web.head)}
    return [each for each in page.root.iter("a") if _letters(" ".join(each.itertext())) in names] if names else []


def _published(page: _Page) -> list[Element]:
    from datetime import UTC

    said = page.web.head.article.text("datePublished") or page.web.head.meta("article:published_time")
    moment = iso_datetime(said, UTC) if said else None
    times = [each for each in page.root.iter("time") if moment or each.get("datetime")]
    for element in times:
        found = any_datetime(element.get("datetime") or " ".join(element.itertext()), UTC)
        if found and (moment is None or found.date() == moment.date()):
            return [element]
    if moment is None:
        return []
    for element in page.root.iter("div", "span", "p"):
        text = " ".join("".join(element.itertext()).split()) if len(element) < 3 else ""
        if 5 < len(text) < 60 and (found := any_datetime(text, UTC, moment.year)) and found.date() == moment.date():
            return [element]
    return []


def _innermost(page: _Page, accepts: object) -> list[Element]:
    """The innermost elements whose whole text is accepted, the first of each text."""
    seen: set[str] = set()
    found = []
    for element in page.root.iter("a", "span", "div", "p", "dd", "b", "strong", "li", "address"):
        if len(element) > 1:
            continue
        text = _letters(" ".join(element.itertext()))
        if callable(accepts) and text not in seen and accepts(text):
            seen.add(text)
            inner = [each for each in element.iterdescendants("*") if _letters("".join(each.itertext())) == text]
            found.append(inner[-1] if inner else element)
    return found


def _boxes(pages: Sequence[_Page], bodies: Sequence[Element], boilerplate: list[str]) -> tuple[list[str], list[str]]:
    """Selectors of captions, and of what else in the bodies is not article text; none of them touches article text.

    The beginnings of blocks that no selector tells from paragraphs are added to `boilerplate`.
    """
    texts_kept = [" ".join(block.text.split()).casefold() for page in pages for block in page.blocks]
    kept = [{node for block in page.blocks for node in _line(block.element)} for page in pages]
    leads = [{node for block in page.lead for node in _line(block.element)} for page in pages]
    captions: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    for page, body, own, lead in zip(pages, bodies, kept, leads, strict=True):
        texts = {_letters(block.text) for block in page.captions}
        outer: set[Element] = set()
        for block in raw_blocks(body):
            element = block.element
            if element is None or element in own or element in lead or element in outer:
                continue
            while (
                (parent := element.getparent()) is not None
                and parent not in own
                and parent not in lead
                and parent is not body
            ):
                element = parent
            outer.update(element.iter())
            is_caption = block.kind is BlockKind.CAPTION or _letters(block.text) in texts
            for name in _safe_names(element, block.element, bodies, kept, leads):
                (captions if is_caption else removed)[name] += 1
                break
            else:
                text = " ".join(block.text.split())
                start = _beginning(text)
                if len(_letters(text)) >= _LONG and not block.links and not is_chrome(text):
                    continue  # rather text that the extractor has overlooked than a notice
                if start not in boilerplate and not any(text.startswith(start.casefold()) for text in texts_kept):
                    boilerplate.append(start)
    named = [name for name, _ in captions.most_common(_MOST_REMOVED)]
    return named, [name for name, _ in removed.most_common(_MOST_REMOVED) if name not in named]


def _beginning(text: str) -> str:
    """What of a block its boilerplate pattern has: "Read also:" of a link to another article, else its beginning."""
    start, colon, _ = text.partition(":")
    return start + colon if colon and len(start) < _BEGINNING // 2 else text[:_BEGINNING]


def _safe_names(
    element: Element,
    innermost: Element | None,
    bodies: Sequence[Element],
    kept: Sequence[set[Element]],
    leads: Sequence[set[Element]],
) -> Iterator[str]:
    """Names of a box, or of what is in it, that select nothing of the article on any page."""
    inside = [] if innermost is None else [each for each in _line(innermost) if each in set(element.iter())]
    for each in [element, *reversed(inside)]:
        names = [*simple_names(each)]
        if each.tag in ("figcaption", "aside", "nav", "time", "form", "footer", "h1", "figure"):
            names.append(str(each.tag))
        if each.tag == "p" and (linked := each.find("a")) is not None and _same_text(each, linked):
            names.append(_LINKED_PARAGRAPH)
        for name in names:
            finder = Finder([name])
            found = [(finder(body), own, lead) for body, own, lead in zip(bodies, kept, leads, strict=True)]
            if all(node not in own and node not in lead for nodes, own, lead in found for node in nodes):
                yield name


def _same_text(one: Element, other: Element) -> bool:
    return _letters("".join(one.itertext())) == _letters("".join(other.itertext()))


def _line(element: Element | None) -> Iterator[Element]:
    if element is not None:
        yield element
        yield from element.iterancestors()


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _quoted(text: str) -> str:
    """A TOML string: literal where that is possible, so that regular expressions stay readable."""
    simple = "'" not in text and text.isprintable()
    return f"'{text}'" if simple and "\\" in text else json.dumps(text, ensure_ascii=False)


def _list(texts: object) -> str:
    return "[" + ", ".join(map(_quoted, texts)) + "]" if not isinstance(texts, str) else _quoted(texts)  # type: ignore[call-overload]
