"""Drafting the rules of a site from a few of its pages: a TOML file to correct, and what the pages do not tell.

What is article on a page comes from the generic extractor and JSON-LD; the selectors are those that select just that on
all pages. Layouts are made as long as there are pages that no selector found so far fits.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from corpus_builder.errors import SkipPage
from corpus_builder.extract.article_element import is_named_lead
from corpus_builder.extract.blocks import RawBlock, raw_blocks
from corpus_builder.extract.draft_addresses import Addresses, address_rules, other_editions
from corpus_builder.extract.draft_boxes import BEGINNING, draft_boxes
from corpus_builder.extract.draft_json import StateRules, ld_text, state_blocks, state_rules
from corpus_builder.extract.draft_page import (
    DraftPage,
    authors_of,
    body_parts,
    inside,
    later_pages_of,
    letters,
    published_of,
    tags_of,
    title_of,
)
from corpus_builder.extract.draft_selectors import best_selector, common_ancestor, first, only, simple_names
from corpus_builder.extract.generic import by_generic_extractor
from corpus_builder.extract.json_ld_body import text_blocks
from corpus_builder.languages import known_languages
from corpus_builder.model import BlockKind, Capture
from corpus_builder.sites.selectors import Finder
from corpus_builder.text.language import identify
from corpus_builder.web.guard import guarded
from corpus_builder.web.html import Element
from corpus_builder.web.links import absolute, is_url
from corpus_builder.web.page import WebPage, parse_page

_SAID = 30
"""Letters from which on a block that articleBody has is article text. Chosen: a short one may be there by chance."""
_CODES = {"ua": "uk"}
"""Codes that sites write for a language in place of its own."""


@dataclass
class Draft:
    """The rules as TOML, and what could not be told from the pages, in sentences."""

    toml: str
    untold: list[str] = field(default_factory=list)


def draft_rules(captures: Sequence[Capture], robots: str = "") -> Draft:
    """The rules for the site of some pages, given the text of its robots.txt where that is known.

    Raises SkipPage where a page is no article or trafilatura is not installed.
    """
    webs = [_web(capture) for capture in captures]
    states = [web for capture, web in zip(captures, webs, strict=True) if not _shows_text(capture.url, web)]
    state = state_rules(states) if states else None
    pages = [_read(capture.url, web, state) for capture, web in zip(captures, webs, strict=True)]
    untold: list[str] = []
    if len(pages) == 1:
        untold.append("what repeats on all pages: one page was given")
    stories = _stories(pages)
    addresses = address_rules(stories, [suffix for page in pages for suffix in later_pages_of(page)])
    names_others = any(len(story) > 1 for story in stories)
    if addresses.words:
        untold.append(
            f"other sections: only {', '.join(addresses.words)} are known, and they are what tells the languages apart"
        )
    if addresses.alike:
        untold.append(f"the language of an address: those of {', '.join(addresses.alike)} look the same")
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
    shown = [page for page in pages if page.source == "page"]
    layouts = [*_state_lines(state), *_layouts(shown, boilerplate, untold)]
    if any(page.source == "json-ld" for page in pages):
        layouts.append(_LD_LAYOUT)
    text = "\n".join([*_head(pages, addresses), *_boilerplate_lines(boilerplate), ""])
    text += "\n".join(_editions(addresses, names_others))
    text += "\n".join(_crawl(pages, robots, untold))
    return Draft(text + "".join(layouts), untold)


@contextmanager
def _naming(url: str) -> Iterator[None]:
    """Raises SkipPage, whose detail begins with the page's URL."""
    try:
        with guarded(url):
            yield
    except SkipPage as skipped:
        raise SkipPage(skipped.reason, f"{url}: {skipped.detail}" if skipped.detail else url) from skipped


_LD_LAYOUT = """
[[layouts]]
name = "json-ld"
match = "html"
title = "h1"
body_from = "json-ld"
"""


def _web(capture: Capture) -> WebPage:
    with _naming(capture.url):
        return _parsed(capture)


def _parsed(capture: Capture) -> WebPage:
    if not is_url(capture.url):
        raise SkipPage("bad_url", f"{capture.url!r} is no address of a page; give it with --url")
    if urlsplit(capture.url).path in ("", "/"):
        raise SkipPage("not_an_article", f"{capture.url} is a homepage")
    return parse_page(capture.headers, capture.body, capture.url)


def _shows_text(url: str, web: WebPage) -> bool:
    """Whether an article stands on the page itself, or in its JSON-LD."""
    with _naming(url):
        if ld_text(web):
            return True
        try:
            return bool(by_generic_extractor(web.markup, url, web.root, web.head).blocks)
        except SkipPage as skipped:
            if skipped.reason != "empty_body":
                raise
            return False


def _read(url: str, web: WebPage, state: StateRules | None) -> DraftPage:
    with _naming(url):
        return _understood(url, web, state)


def _understood(url: str, web: WebPage, state: StateRules | None) -> DraftPage:
    if text := ld_text(web):
        blocks = list(text_blocks(text))
        return DraftPage(url, _language(url, web, blocks), web, blocks, [], [], "json-ld")
    if state and (blocks := state_blocks(web, state)):
        return DraftPage(url, _language(url, web, blocks), web, blocks, [], [], "state")
    content = by_generic_extractor(web.markup, url, web.root, web.head)
    lead = [block for block in content.blocks if block.kind is BlockKind.LEAD]
    # The times of a live blog's entries say nothing of where the text is.
    worded = [block for block in content.blocks if any(map(str.isalpha, block.text))]
    blocks = [block for block in worded if block.kind is not BlockKind.LEAD]
    if not lead and len(blocks) > 1 and is_named_lead(blocks[0].element) and blocks[0].element is not blocks[1].element:
        lead, blocks = blocks[:1], blocks[1:]
    body = letters(web.head.article.text("articleBody"))
    have = {block.element for block in blocks}
    around = common_ancestor([block.element for block in blocks if block.element is not None])
    if body and around is not None:
        more = [
            block
            for block in raw_blocks(around)
            if block.element not in have
            and block.kind is not BlockKind.CAPTION
            and len(letters(block.text)) >= _SAID
            and letters(block.text) in body
        ]
        blocks += more
    return DraftPage(url, _language(url, web, blocks), web, blocks, content.captions, lead)


def _state_lines(state: StateRules | None) -> Iterator[str]:
    if state:
        yield '\n[[from_json]]\nname = "state"\n'
        yield from (f"{key} = {_quoted(value)}\n" for key, value in state.keys.items())
        if state.kinds:
            kinds = ", ".join(f"{_quoted(kind)} = {_quoted(role)}" for kind, role in state.kinds.items())
            yield f"kinds = {{ {kinds} }}\n"


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
def _stories(pages: Sequence[DraftPage]) -> list[dict[str, str]]:
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
        links = {absolute(page.url, link.get("href") or "") for link in page.root.iter("a")}
        for language, url in sorted(other_editions(page.url, sorted(links - {""})).items()):
            if language in known:
                story.setdefault(language, url)
        same = next((each for each in stories if set(each.values()) & set(story.values())), None)
        if same is None:
            stories.append(story)
        else:
            same.update({language: url for language, url in story.items() if language not in same})
    return stories


def _head(pages: Sequence[DraftPage], addresses: Addresses) -> Iterator[str]:
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
    if addresses.with_query:
        yield "drop_query = false"


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
        if addresses.with_query:
            yield "with_query = true"
        yield f"paths = {_list(paths)}"


def _crawl(pages: Sequence[DraftPage], robots: str, untold: list[str]) -> Iterator[str]:
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
def _repeated(pages: Sequence[DraftPage], untold: list[str]) -> list[str]:
    """The beginnings of blocks that stand on several pages of a language, which are taken out of the pages' blocks."""
    counts = Counter(key for page in pages for key in {(page.language, letters(block.text)) for block in page.blocks})
    shown = {}
    for page in pages:
        for block in page.blocks:
            if counts[page.language, letters(block.text)] > 1:
                shown[letters(block.text)] = " ".join(block.text.split())[:BEGINNING]
        rest = [block for block in page.blocks if letters(block.text) not in shown]
        if rest:
            page.blocks[:] = rest
        else:
            untold.append(f"what is the article of {page.url}: another page has the same text")
            own = {letters(block.text) for block in page.blocks}
            shown = {key: text for key, text in shown.items() if key not in own}
    return list(shown.values())


def _boilerplate_lines(texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield "\nboilerplate = ["
        yield from (f"    {_quoted(re.escape(text).replace(chr(92) + ' ', ' '))}," for text in texts)
        yield "]"


def _layouts(pages: Sequence[DraftPage], boilerplate: list[str], untold: list[str]) -> Iterator[str]:
    left = list(pages)
    number = 0
    while left:
        whole = best_selector([(page.root, _body(page)) for page in left], only)
        parts = best_selector([(page.root, body_parts(page.blocks)) for page in left], only)
        body, fits = parts if parts[0] and len(parts[1]) >= len(whole[1]) else whole
        if not body:
            untold.extend(f"the element of the text on {page.url}: it has no name of its own" for page in left)
            return
        number += 1
        own = [left[place] for place in fits]
        yield "\n" + "\n".join(_layout(f"drafted-{number}", body, own, boilerplate, untold)) + "\n"
        left = [page for page in left if not any(page is each for each in own)]


def _body(page: DraftPage) -> list[Element]:
    elements = [block.element for block in page.blocks if block.element is not None]
    element = common_ancestor(elements)
    # A lone paragraph is in the element around it; one without a name is taken with the one around that.
    while element is not None and (element.tag in ("p", "li", "ul", "h2") or not list(simple_names(element))):
        if element.getparent() is None or element.tag in ("article", "main", "body"):
            break
        element = element.getparent()
    return [element] if element is not None else []


def _layout(
    name: str, body: str, pages: Sequence[DraftPage], boilerplate: list[str], untold: list[str]
) -> Iterator[str]:
    leads = [(page.root, [each.element for each in page.lead if each.element is not None]) for page in pages]
    lead, with_lead = best_selector([pair for pair in leads if pair[1]], first)
    outer = [_body(page)[0] for page in pages]
    match = body if len(Finder([body])(pages[0].root)) == 1 else ""
    if lead or not match:
        around = [common_ancestor([own, *wanted[:1]]) for own, (_, wanted) in zip(outer, leads, strict=True)]
        targets = [(root, [each]) for each, (root, _) in zip(around, leads, strict=True) if each is not None]
        found, where = best_selector(targets, first)
        match = found if len(where) == len(targets) else "body"
    fits = [page for page, (_, wanted) in zip(pages, leads, strict=True) if wanted]
    if lead and len(with_lead) < len(fits):
        untold.append(f"the lead of {len(fits) - len(with_lead)} pages of the layout {name}")
    yield "[[layouts]]"
    yield f"name = {_quoted(name)}"
    yield f"match = {_quoted(match)}"
    title, _ = best_selector([(page.root, title_of(page)) for page in pages], first)
    if not title:
        untold.append(f"the headline of the layout {name}: h1 is used")
    yield f"title = {_quoted(title or 'h1')}"
    yield f"body = {_quoted(body)}"
    if lead:
        yield f"lead = {_quoted(lead)}"
    about = [title] if title else []
    for part, finder in (("authors", authors_of), ("published", published_of), ("tags", tags_of)):
        wanted = [(page.root, finder(page)) for page in pages]
        wanted = [pair for pair in wanted if pair[1]]
        selector, fits_of = best_selector(wanted, first if part == "published" else only)
        if selector and len(fits_of) * 2 > len(wanted):
            about.append(selector)
            yield f"{part} = {_quoted(selector)}"
        elif part != "tags":
            untold.append(f"{part} of the layout {name}: JSON-LD and metas are used")
    bodies = [Finder([body])(page.root) for page in pages]
    about = [each for each in about if any(inside(Finder([each])(root), own) for own in bodies for root in own)]
    captions, removed = draft_boxes(pages, bodies, about, boilerplate)
    if captions:
        yield f"captions = {_quoted(', '.join(captions))}"
    if removed:
        yield f"remove = {_list(removed)}"


def _quoted(text: str) -> str:
    """A TOML string: literal where that is possible, so that regular expressions stay readable."""
    simple = "'" not in text and text.isprintable()
    return f"'{text}'" if simple and "\\" in text else json.dumps(text, ensure_ascii=False)


def _list(texts: object) -> str:
    return "[" + ", ".join(map(_quoted, texts)) + "]" if not isinstance(texts, str) else _quoted(texts)  # type: ignore[call-overload]
