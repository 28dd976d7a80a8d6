"""The further responses that an article consists of: its later pages, or the answer of an API that has its text.

The crawler requests them, the indexes of WARC files and saved pages look for them, and extraction puts the article
together. All ask here, so that they agree on what a whole article is.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from corpus_builder.errors import SkipPage
from corpus_builder.sites.json_rules import JsonRules
from corpus_builder.sites.selectors import first_text, selects
from corpus_builder.sites.site import URL_CHARACTERS, PageAddress, Site
from corpus_builder.web.html import Element
from corpus_builder.web.links import absolute, base_url

INCOMPLETE = "incomplete"
"""The reason for dropping an article one of whose pages, or whose answer of an API, is missing."""

MOST_PAGES = 100
"""Most later pages of an article. Chosen: long reads and galleries have some ten; endless ones are a fault of the site.
"""


class Further(NamedTuple):
    """A response that an article needs: a later page with its number, or (`page` is 0) the answer of an API."""

    url: str
    page: int

    @property
    def part(self) -> str:
        """What identifies it among the responses of its article: the number of the page, or the answer's address."""
        return str(self.page or self.url)


class Needs(NamedTuple):
    """What a page says of the further responses of its article: later pages by their numbers, the answer's address.

    `fault` says why the address cannot be told; "" where it can, or none is needed.
    """

    pages: Mapping[int, str] = {}
    answer: str = ""
    fault: str = ""


def needs_of(site: Site, url: str, root: Element) -> Needs:
    """What a parsed page of an article at `url` says that the article needs."""
    address = site.address(url)
    if address is None:
        return Needs()
    rules = json_rules(site, root) if site.rules.from_json else None
    if rules is None:
        return Needs(dict(_page_links(site, address, url, root)) if site.has_pages else {})
    try:
        return Needs(answer=_answer_url(rules, address, root) if rules.url else "")
    except SkipPage as skipped:
        return Needs(fault=skipped.detail)


def further_responses(site: Site, needs: Needs) -> Generator[Further, Needs | None, None]:
    """The responses that an article needs beyond its page, which says `needs`, one after the other.

    What each later page says is sent back, since it may name the next. Raises SkipPage `incomplete` where the pages do
    not say what is needed: a page between two others is linked nowhere, there are more than MOST_PAGES, or a value of
    the API's address is missing.
    """
    if needs.fault:
        raise SkipPage(INCOMPLETE, needs.fault)
    if needs.answer:
        yield Further(needs.answer, 0)
        return
    number, known = site.rules.first_page, dict(needs.pages)
    while number < max(known, default=0):
        number += 1
        if number not in known:
            raise SkipPage(INCOMPLETE, f"page {number} of {max(known)} is linked nowhere")
        if number - site.rules.first_page > MOST_PAGES:
            raise SkipPage(INCOMPLETE, f"more than {MOST_PAGES} further pages")
        sent = yield Further(known[number], number)
        if sent is not None:
            known = {**sent.pages, **known}


def json_rules(site: Site, root: Element) -> JsonRules | None:
    """The first rules for JSON that match a page; None where its text is on the page itself."""
    return next((rules for rules in site.rules.from_json if selects(rules.match, root)), None)


def _page_links(site: Site, address: PageAddress, url: str, root: Element) -> Iterator[tuple[int, str]]:
    """The later pages of an article that a page links to, as (number, URL)."""
    base = base_url(root, url)
    for element in root.iter("a", "link"):
        href = absolute(base, element.get("href") or "")
        if href and (linked := site.address(href)) and linked.page and linked.key == address.key:
            yield linked.page, site.page_url(href)


def pager_links(site: Site, address: PageAddress, url: str, href: str) -> bool:
    """Whether a link on a page leads to another page of the same article."""
    linked = site.address(absolute(url, href)) if site.has_pages and href else None
    return linked is not None and linked.key == address.key


def _answer_url(rules: JsonRules, address: PageAddress, root: Element) -> str:
    """The address of an API's answer for an article."""
    names = {**address.groups, "language": rules.languages.get(address.key.language, address.key.language)}
    for name, selector in rules.values.items():
        if not (text := first_text(selector, root)):
            raise SkipPage(INCOMPLETE, f"the page has no `{name}` for the API's address ({selector})")
        names[name] = quote(text, safe="")
    assert rules.url
    if missing := [name for name in rules.names if name not in names]:
        raise SkipPage(INCOMPLETE, f"the URL of the page has no `{missing[0]}` for the API's address")
    return quote(rules.url.format_map(names), safe=URL_CHARACTERS)


def answer_url_of(site: Site, url: str) -> str | None:
    """The address of an API's answer as the rules spell it, for the URL of a stored response; None where it is none.

    On a mirror, the mirror's host stands for that of the API.
    """
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    for template, own_host, pattern in _templates(site):
        if scheme in ("http", "https") and host.lower() in (own_host, site.mirror_host) and pattern.fullmatch(path):
            return f"{template.partition('://')[0]}://{own_host}/{path}"
    return None


def _templates(site: Site) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """The templates of a site's APIs, each with its host and with what matches its path and query."""
    for rules in site.rules.from_json:
        if rules.url:
            host, _, path = rules.url.partition("://")[2].partition("/")
            yield rules.url, host.lower(), re.compile(re.sub(r"\\{\w+\\}", "[^/?&#]+", re.escape(path)))
