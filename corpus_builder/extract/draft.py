"""Drafting the rules of a site from a few of its pages: a TOML file to correct, and what the pages do not tell.

What is article on a page comes from the generic extractor and JSON-LD; the selectors are those that select just that on
all pages. Layouts are made as long as there are pages that no selector found so far fits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from corpus_builder.errors import SkipPage
from corpus_builder.extract.draft_addresses import address_rules, other_editions
from corpus_builder.extract.draft_boxes import BEGINNING, draft_boxes
from corpus_builder.extract.draft_json import state_rules
from corpus_builder.extract.draft_page import (
    DraftPage,
    authors_of,
    body_parts,
    inside,
    inside_of,
    later_pages_of,
    letters,
    published_of,
    tags_of,
    title_of,
)
from corpus_builder.extract.draft_read import CODES, draft_page, is_homepage, other_languages, shows_text, web_page
from corpus_builder.extract.draft_selectors import (
    best_selector,
    by_label,
    common_ancestor,
    first,
    first_around,
    only,
    simple_names,
)
from corpus_builder.extract.draft_toml import (
    boilerplate_lines,
    crawl_lines,
    edition_lines,
    listed,
    quoted,
    site_lines,
    state_lines,
)
from corpus_builder.languages import known_languages
from corpus_builder.model import Capture
from corpus_builder.sites.selectors import Finder
from corpus_builder.web.html import Element
from corpus_builder.web.links import absolute, is_url

_MOST_AROUND = 2
"""How much text, as a multiple of the article's, an element around it may have that has a name. Chosen: what is not
article must be removed by names again.
"""
SEVERAL_SITES = "several_sites"
"""The reason for pages of sites that have nothing to do with one another."""


@dataclass
class Draft:
    """The rules as TOML, and what could not be told from the pages, in sentences."""

    toml: str
    untold: list[str] = field(default_factory=list)


def draft_rules(captures: Sequence[Capture], robots: str = "") -> Draft:
    """The rules for the site of some pages, given the text of its robots.txt where that is known.

    Raises SkipPage where a page is no article, the pages are of several sites, or trafilatura is not installed.
    """
    webs = [web_page(capture) for capture in captures]
    states = [web for capture, web in zip(captures, webs, strict=True) if not shows_text(capture.url, web)]
    state = state_rules(states) if states else None
    pages = [draft_page(capture.url, web, state) for capture, web in zip(captures, webs, strict=True)]
    untold: list[str] = []
    if len(pages) == 1:
        untold.append("what repeats on all pages: one page was given")
    stories = _stories(pages)
    _check_one_site(stories)
    untold += [
        f"the text in {', '.join(others)} that {page.url} has beside that in {page.language}: a page has one edition "
        "here, so one of them is read; a table of articles can have all (--articles)"
        for page in pages
        if page.source == "page" and (others := other_languages(page))
    ]
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
    boilerplate = _repeated(pages, untold)
    shown = [page for page in pages if page.source == "page"]
    layouts = [*state_lines(state), *_layouts(shown, boilerplate, untold)]
    if any(page.source == "json-ld" for page in pages):
        layouts.append(_LD_LAYOUT)
    text = "\n".join([*site_lines(pages, addresses), *boilerplate_lines(boilerplate), ""])
    text += "\n".join(edition_lines(addresses, names_others))
    text += "\n".join(crawl_lines(pages, robots, untold))
    return Draft(text + "".join(layouts), untold)


_LD_LAYOUT = """
[[layouts]]
name = "json-ld"
match = "html"
title = "h1"
body_from = "json-ld"
"""


# ------------------------------------------------------------------------------------------------------- addresses
def _stories(pages: Sequence[DraftPage]) -> list[dict[str, str]]:
    """The addresses of each story by language: of the pages, and of the editions that they name."""
    known = set(known_languages())
    stories: list[dict[str, str]] = []
    for page in pages:
        own = page.web.head.canonical or ""
        story = {page.language: page.url if is_homepage(own) else own}
        for code, url in page.web.head.alternates:
            language = CODES.get(code.split("-")[0], code.split("-")[0])
            if language in known and is_url(url) and not is_homepage(url):
                story.setdefault(language, url)
        links = {absolute(page.url, href) for href in _hrefs(page.root)}
        for language, url in sorted(other_editions(page.url, sorted(links - {""})).items()):
            if language in known:
                story.setdefault(language, url)
        same = next((each for each in stories if set(each.values()) & set(story.values())), None)
        if same is None:
            stories.append(story)
        else:
            same.update({language: url for language, url in story.items() if language not in same})
    return stories


def _check_one_site(stories: Sequence[dict[str, str]]) -> None:
    """Raises SkipPage where the hosts of some stories are of several sites: of no common domain, and named by none."""
    sites: list[set[str]] = []
    for story in stories:
        own = {_domain(urlsplit(url).netloc.lower().partition(":")[0]) for url in story.values()}
        same = [each for each in sites if each & own]
        sites = [each for each in sites if not each & own] + [own.union(*same)]
    if len(sites) > 1:
        names = "; ".join(", ".join(sorted(each)) for each in sites)
        raise SkipPage(SEVERAL_SITES, f"the pages are of {len(sites)} sites, none of which names another: {names}")


_SECOND_LEVEL = frozenset({"com", "co", "gov", "org", "net", "edu", "ac", "mil", "in"})
"""Labels under which a country registers domains (gov.ua, co.uk): of the most frequent in https://publicsuffix.org."""


def _domain(host: str) -> str:
    """What the hosts of a site have in common: its last two labels, three where a country registers under these."""
    labels = host.split(".")
    return ".".join(labels[-3 if labels[-2:-1] and labels[-2] in _SECOND_LEVEL else -2 :])


_LEADS = ("href", "value", "data-href", "data-url", "data-link")
"""Attributes with the address that an element leads to; `value` is that of a choice, by which many sites switch the
language.
"""


def _hrefs(root: Element) -> Iterator[str]:
    """Where the links, choices and buttons of a page lead to."""
    for element in root.iter("a", "option", "button", "li", "span", "div"):
        yield from (value for name in _LEADS if (value := element.get(name)))


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


def _layouts(pages: Sequence[DraftPage], boilerplate: list[str], untold: list[str]) -> Iterator[str]:
    left = list(pages)
    number = 0
    while left:
        whole = best_selector([(page.scope, _body(page)) for page in left], only)
        parts = best_selector([(page.scope, body_parts(page.blocks)) for page in left], only)
        body, fits = parts if parts[0] and len(parts[1]) >= len(whole[1]) else whole
        if not body:
            untold.extend(f"the element of the text on {page.url}: it has no name of its own" for page in left)
            return
        number += 1
        own = [left[place] for place in fits]
        yield "\n" + "\n".join(_layout(f"drafted-{number}", body, own, boilerplate, untold)) + "\n"
        left = [page for page in left if not any(page is each for each in own)]


def _body(page: DraftPage) -> list[Element]:
    """The element with the text: the innermost with a name, unless that has as much of something else; then without."""
    element = common_ancestor([block.element for block in page.blocks if block.element is not None])
    # A lone paragraph is in the element around it.
    while element is not None and element.tag in ("p", "li", "ul", "h2") and element.getparent() is not None:
        element = element.getparent()
    if element is None:
        return []
    most = _MOST_AROUND * sum(len(block.text) for block in page.blocks)
    for each in (element, *element.iterancestors()):
        if each.tag in ("article", "main") or next(simple_names(each), ""):
            return [each if each is element or sum(map(len, each.itertext())) <= most else element]
    return [element]


def _layout(
    name: str, body: str, pages: Sequence[DraftPage], boilerplate: list[str], untold: list[str]
) -> Iterator[str]:
    leads = [(page.scope, [each.element for each in page.lead if each.element is not None]) for page in pages]
    with_leads = [pair for pair in leads if pair[1]]
    lead, with_lead = best_selector(with_leads, only)
    if len(with_lead) < len(with_leads):
        lead, with_lead = best_selector(with_leads, first)
    outer = [_body(page)[0] for page in pages]
    match = body if len(Finder([body])(pages[0].root)) == 1 else ""
    if lead or not match:
        around = [common_ancestor([own, *wanted[:1]]) for own, (_, wanted) in zip(outer, leads, strict=True)]
        around = [each if page.article is None else page.article for each, page in zip(around, pages, strict=True)]
        targets = [(page.root, [each]) for each, page in zip(around, pages, strict=True) if each is not None]
        found, where = best_selector(targets, first_around)
        match = found if len(where) == len(targets) else "body"
    fits = [page for page, (_, wanted) in zip(pages, leads, strict=True) if wanted]
    if lead and len(with_lead) < len(fits):
        untold.append(f"the lead of {len(fits) - len(with_lead)} pages of the layout {name}")
    yield "[[layouts]]"
    yield f"name = {quoted(name)}"
    yield f"match = {quoted(match)}"
    title, _ = best_selector([(page.scope, title_of(page)) for page in pages], first)
    if not title:
        untold.append(f"the headline of the layout {name}: h1 is used")
    yield f"title = {quoted(title or 'h1')}"
    yield f"body = {quoted(body)}"
    if lead:
        yield f"lead = {quoted(lead)}"
    about = [title] if title else []
    for part, finder in (("authors", authors_of), ("published", published_of), ("tags", tags_of)):
        wanted = [(page.scope, inside_of(finder(page), page.scope)) for page in pages]
        wanted = [pair for pair in wanted if pair[1]]
        selector, fits_of = best_selector(wanted, first if part == "published" else only)
        if wanted and len(fits_of) < len(wanted) and (label := by_label(wanted)):
            selector, fits_of = label, list(range(len(wanted)))
        if selector and len(fits_of) * 2 > len(wanted):
            about.append(selector)
            yield f"{part} = {quoted(selector)}"
        elif part != "tags":
            untold.append(f"{part} of the layout {name}: JSON-LD and metas are used")
    bodies = [Finder([body])(page.scope) for page in pages]
    within = list(zip(pages, bodies, strict=True))
    about = [each for each in about if any(inside(Finder([each])(page.scope), own) for page, own in within)]
    captions, removed = draft_boxes(pages, bodies, about, boilerplate)
    removed = [each for each in removed if any(Finder([each])(root) for own in bodies for root in own)]
    if captions:
        yield f"captions = {quoted(', '.join(captions))}"
    if removed:
        yield f"remove = {listed(removed)}"
