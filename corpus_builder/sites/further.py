"""The further responses that an article consists of: its later pages, or the answer of an API that has its text.

The crawler requests them, the indexes of WARC files and saved pages look for them, and extraction puts the article
together. All ask here, so that they agree on what a whole article is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from corpus_builder.errors import SkipPage
from corpus_builder.sites.answer_parts import INCOMPLETE, MOST_PAGES, Asked, Told, next_answer
from corpus_builder.sites.json_rules import JsonRules
from corpus_builder.sites.selectors import first_text, selects
from corpus_builder.sites.site import URL_CHARACTERS, PageAddress, Site
from corpus_builder.web.html import Element
from corpus_builder.web.links import absolute, base_url, is_url

MOST_BYTES = 100_000_000
"""Most bytes of all further responses of an article. Chosen: five times what a page may have, which holds any book."""


class Further(NamedTuple):
    """A response that an article needs: a later page with its number, or (`page` is 0) an answer of an API."""

    url: str
    page: int

    @property
    def part(self) -> str:
        """What identifies it among the responses of its article: the number of the page, or the answer's address."""
        return str(self.page or self.url)


class Needs(NamedTuple):
    """What a page says of the further responses of its article: later pages by their numbers, the answer's address.

    `rules` names the rules of the answer, `names` are what the article gives for their templates. `fault` says why the
    address cannot be told; "" where it can, or none is needed.
    """

    pages: Mapping[int, str] = {}
    answer: str = ""
    fault: str = ""
    rules: str = ""
    names: Mapping[str, str] = {}


def needs_of(site: Site, url: str, root: Element) -> Needs:
    """What a parsed page of an article at `url` says that the article needs."""
    address = site.address(url)
    if address is None:
        return Needs()
    rules = json_rules(site, root) if site.rules.from_json else None
    if rules is None:
        return Needs(dict(_page_links(site, address, url, root)) if site.has_pages else {})
    try:
        return _needed_answer(rules, address, root) if rules.url else Needs()
    except SkipPage as skipped:
        return Needs(fault=skipped.detail)


def further_responses(site: Site, needs: Needs) -> Generator[Further, Needs | Told | None, None]:
    """The responses that an article needs beyond its page, which says `needs`, one after the other.

    What each later page or answer says is sent back, since it may name the next. Raises SkipPage `incomplete` where
    they do not say what is needed: a page between two others is linked nowhere, there are more than MOST_PAGES, answers
    lead in a circle, or a value of the API's address is missing.
    """
    if needs.fault:
        raise SkipPage(INCOMPLETE, needs.fault)
    if needs.answer:
        yield from _answers(site, needs)
        return
    number, known = site.rules.first_page, dict(needs.pages)
    while number < max(known, default=0):
        number += 1
        if number not in known:
            raise SkipPage(INCOMPLETE, f"page {number} of {max(known)} is linked nowhere")
        if number - site.rules.first_page > MOST_PAGES:
            raise SkipPage(INCOMPLETE, f"more than {MOST_PAGES} further pages")
        sent = yield Further(known[number], number)
        if isinstance(sent, Needs):
            known = {**sent.pages, **known}


def _answers(site: Site, needs: Needs) -> Generator[Further, Needs | Told | None, None]:
    """The answers of an API that an article consists of."""
    rules, seen = rules_of(site, needs), set[str]()
    asked: Asked | None = Asked(needs.answer)
    while asked:
        if asked.url in seen:
            raise SkipPage(INCOMPLETE, f"the answers lead in a circle, to {asked.url} again")
        seen.add(asked.url)
        sent = yield Further(asked.url, 0)
        asked = next_answer(site, rules, needs.names, asked, sent) if isinstance(sent, Told) else None


def answers_of(site: Site, needs: Needs, told: Callable[[str], Iterable[Told]]) -> list[str]:
    """The addresses of the answers that an article may need, as far as they are known.

    `told` gives what each stored answer at an address says of the next: those of several days may lead elsewhere.
    """
    if not needs.answer:
        return []
    rules, waiting, seen = rules_of(site, needs), [Asked(needs.answer)], dict[str, None]()
    while waiting:
        asked = waiting.pop()
        if asked.url in seen:
            continue
        seen[asked.url] = None
        for each in told(asked.url):
            try:
                following = next_answer(site, rules, needs.names, asked, each)
            except SkipPage:  # extraction says so where it is this answer that is used
                continue
            waiting += [following] if following else []
    return list(seen)


def rules_of(site: Site, needs: Needs) -> JsonRules:
    """The rules of the answers that an article needs."""
    return next(rules for rules in site.rules.from_json if rules.name == needs.rules)


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


def _needed_answer(rules: JsonRules, address: PageAddress, root: Element) -> Needs:
    """The first answer of an API for an article. Raises SkipPage `incomplete`."""
    names = {**address.groups, "language": rules.languages.get(address.key.language, address.key.language)}
    for name, selector in rules.values.items():
        if not (text := first_text(selector, root)):
            raise SkipPage(INCOMPLETE, f"the page has no `{name}` for the API's address ({selector})")
        names[name] = quote(text, safe="")
    assert rules.url
    if missing := [name for name in rules.names if name not in names]:
        raise SkipPage(INCOMPLETE, f"the URL of the page has no `{missing[0]}` for the API's address")
    return Needs(answer=quote(rules.url.format_map(names), safe=URL_CHARACTERS), rules=rules.name, names=names)


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


def linked_answers(site: Site, url: str) -> list[str]:
    """The addresses that a stored response would have as an answer that other answers name as their next.

    Such addresses follow no template. There is none where the rules have none of this kind; there are several where
    it is from the mirror of several APIs.
    """
    apis = [
        (parts[0], parts[2].partition("/")[0].lower())
        for rules in site.rules.from_json
        if (rules.next_link or rules.next) and not rules.next_url and rules.url
        if (parts := rules.url.partition("://"))
    ]
    if not apis or not is_url(url) or not site.owns(url):
        return []
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    if host.lower() == site.mirror_host:
        return list(dict.fromkeys(f"{own_scheme}://{own_host}/{path}" for own_scheme, own_host in apis))
    schemes = [own_scheme for own_scheme, own_host in apis if own_host == host.lower()]
    return [f"{schemes[0] if schemes else scheme}://{host.lower()}/{path}"]


def _templates(site: Site) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """The templates of a site's APIs, each with its host and with what matches its path and query."""
    for rules in site.rules.from_json:
        for template in filter(None, (rules.url, rules.next_url)):
            host, _, path = template.partition("://")[2].partition("/")
            yield template, host.lower(), re.compile(re.sub(r"\\{\w+\\}", "[^/?&#]+", re.escape(path)))
