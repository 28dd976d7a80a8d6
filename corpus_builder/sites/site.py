"""URLs by the rules of a site: which page, of which edition, of which article.

URL variants (http, www, /index.amp, a slash more or less, tracking parameters, another order of parameters, letters
percent-encoded or not, a fragment, a mirror's host) are one page: `Site.clean` normalises them. The day's leading zero
stays as written, as a site may serve only that form; the identity of a page, `Site.identify`, does not depend on it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import permutations
from typing import NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

from corpus_builder.sites.rules import EditionRules, SiteRules, host_of

URL_CHARACTERS = "%/:=&?~#+!$,;'@()*[]"
"""What stays as it is in a URL that is sent (RFC 3986, 2.2); characters beyond ASCII are percent-encoded."""

NOT_CANONICAL, CANONICAL_IS = "not_canonical", "its canonical URL is "
"""The reason for which a copy of an article is dropped, and what its detail has before the address of the article."""

_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")

_TRACKING = re.compile(
    r"(?:utm_\w{1,30}|fbclid|gclid|dclid|gbraid|wbraid|yclid|ysclid|msclkid|twclid|igshid|igsh|mc_[ce]id|_ga|_gl|_openstat"
    r"|gad_source|gclsrc|__twitter_impression)(?:=|$)"
)
"""Parameters of Google, Meta, Yandex, Microsoft, X and Mailchimp, by their documentation."""

_MOST_PARAMETERS = 4
"""Most parameters of a query whose other orders are tried. Chosen: articles need an id, a language and a page."""


class PageKey(NamedTuple):
    """The identity of an article page: its edition's language and the site's article id.

    On sites without common ids, the article id is that of the page until stories are linked.
    """

    language: str
    article_id: str


class PageAddress(NamedTuple):
    """The facts in the URL of an article page; `date` is that of publication (day 1 where it has only a month).

    `page` is 0 for the article's page itself, else the number of one of its later pages. `groups` are the texts of the
    named groups of the path pattern.
    """

    key: PageKey
    section: str | None
    date: date | None
    page: int = 0
    groups: Mapping[str, str] = {}


@dataclass(frozen=True)
class Site:
    """A site's rules, with methods that apply them to URLs.

    `mirror` is a base URL that serves the site instead of its hosts (`--base-url`); links to it count as links to the
    site's home.
    """

    rules: SiteRules
    mirror: str | None = None

    @property
    def name(self) -> str:
        """The site's short name."""
        return self.rules.name

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its editions, in the order of the rules."""
        return tuple(self.rules.editions)

    @property
    def has_ids(self) -> bool:
        """Whether the editions of an article have one id in their URLs; else each page has an id of its own."""
        return "id" in self.rules.linking.by

    @property
    def links_pages(self) -> bool:
        """Whether anything but the URLs says which editions are one story, so that all pages must be read first."""
        return self.rules.linking.by != ["id"]

    @cached_property
    def _domains(self) -> dict[str, str]:
        """The site's hosts as its rules spell them, by their names without www."""
        return {_bare(domain.lower()): domain.lower() for domain in reversed(self.rules.domains)}

    @cached_property
    def _home(self) -> tuple[str, str]:
        parts = urlsplit(self.rules.homepage)
        return parts.scheme, parts.netloc.lower()

    @cached_property
    def mirror_host(self) -> str | None:
        """The host and port of the mirror; None where there is none."""
        return urlsplit(self.mirror).netloc.lower().rpartition("@")[2] if self.mirror else None

    @property
    def homepages(self) -> list[str]:
        """The homepage of the site and those of its editions, each once."""
        own = [edition.homepage for edition in self.rules.editions.values() if edition.homepage]
        return list({page.rstrip("/"): None for page in (self.rules.homepage, *own)})

    @cached_property
    def _paths(self) -> list[tuple[str, re.Pattern[str], EditionRules, str]]:
        return [
            (language, re.compile(pattern), edition, _bare(host_of(edition.homepage or "")))
            for language, edition in self.rules.editions.items()
            for pattern in edition.paths
        ]

    @cached_property
    def _served(self) -> dict[str, Site]:
        return {}

    def served_by(self, url: str) -> Site:
        """The site as it is where a URL was fetched: itself, or with the host of the URL as its mirror."""
        if not url or self.owns(url):
            return self
        parts = urlsplit(url)
        mirror = f"{parts.scheme}://{parts.netloc}"
        return self._served.setdefault(mirror, Site(self.rules, mirror))

    def owns(self, url: str) -> bool:
        """Whether a URL is on a host of the site, with or without www., or its mirror. Another port is another host."""
        parts = urlsplit(url)
        host = parts.netloc.lower().rpartition("@")[2]
        if self.mirror_host is not None and host == self.mirror_host:
            return True
        name, _, port = host.partition(":")
        is_default = port in ("", "443" if parts.scheme == "https" else "80")
        return (_bare(name) in self._domains and is_default) or host == self._home[1]

    def clean(self, url: str) -> str:
        """The normalised form of a URL of the site; a URL of another site only loses its fragment.

        That of a later page of an article is the URL of the article.
        """
        if not self.owns(url):
            return urlunsplit(urlsplit(url.strip())._replace(fragment=""))
        normal = self._normal(url)
        found = self._match(normal)
        return _first_page(found) if found else normal

    def page_url(self, url: str) -> str:
        """The normalised form of a URL of the site, which keeps the number of an article's later page."""
        normal = self._normal(url)
        found = self._match(normal)
        return found.url if found else normal

    def same_response(self, url: str, other: str) -> bool:
        """Whether two URLs are variants of one: of a page of an article the same, of anything else with its query."""
        if self.page_url(url) != self.page_url(other):
            return False
        return self.identify(url) is not None or _spelled(urlsplit(url).query) == _spelled(urlsplit(other).query)

    def _normal(self, url: str) -> str:
        """A URL of the site as all its variants are written, but for a slash at the end and the order of a query."""
        parts = urlsplit(url.strip())
        home_scheme, home_host = self._home
        host = (parts.hostname or "").lower()
        named = parts.netloc.lower().rpartition("@")[2]
        if named in (self.mirror_host, home_host) or _bare(host) == _bare(home_host):
            host = home_host
        else:
            host = self._domains.get(_bare(host), host)
        path = re.sub(r"/{2,}", "/", parts.path) or "/"
        for suffix in self.rules.strip_suffixes:
            path = path.removesuffix(suffix)
        if self.rules.trailing_slash and not path.endswith("/") and "." not in path.rsplit("/", 1)[-1]:
            path += "/"
        query = "" if self.rules.drop_query else _without_tracking(parts.query)
        return _spelled(urlunsplit((home_scheme, host, path, query, "")))

    @cached_property
    def has_pages(self) -> bool:
        """Whether the URLs of articles may have a number of a later page."""
        return any("page" in pattern.groupindex for _, pattern, *_ in self._paths)

    @property
    def has_answers(self) -> bool:
        """Whether articles are in the answers of an API."""
        return any(rules.url for rules in self.rules.from_json)

    @property
    def needs_further(self) -> bool:
        """Whether an article may consist of more responses than its page (further.py)."""
        return self.has_pages or self.has_answers

    def _match(self, normal: str) -> _Match | None:
        """The path pattern that a normalised URL matches; else one of the forms that lead to the same page."""
        if found := self._matched(normal):
            return found
        forms = _other_forms(normal, self._queries)
        return next((found for form in forms if (found := self._matched(form))), None)

    @cached_property
    def _queries(self) -> list[str]:
        """The path patterns with a query, without backslashes, so that the names of parameters are found in them."""
        editions = self.rules.editions.values()
        return [path.replace("\\", "") for edition in editions if edition.with_query for path in edition.paths]

    def _matched(self, url: str) -> _Match | None:
        parts = urlsplit(url)
        for language, pattern, edition, host in self._paths:
            if host and host != _bare(parts.hostname or ""):
                continue
            text = parts.netloc + parts.path if edition.with_host else parts.path
            match = pattern.fullmatch(f"{text}?{parts.query}" if edition.with_query and parts.query else text)
            if match:
                return _Match(url, language, match, edition)
        return None

    def address(self, url: str) -> PageAddress | None:
        """The facts in the URL of an article page; None where it is no article of the site."""
        if not self.owns(url):
            return None
        found = self._match(self._normal(url))
        if found is None:
            return None
        groups = found.match.groupdict()
        article_id = groups["id"] if self.has_ids else page_id(_first_page(found))
        numbers = re.findall(r"[0-9]{1,6}", groups.get("page") or "")
        page = int(numbers[-1]) if numbers else 0
        return PageAddress(
            PageKey(found.language, article_id),
            groups.get("section"),
            _date(groups),
            page if page > self.rules.first_page else 0,
            {name: text for name, text in groups.items() if text is not None},
        )

    def identify(self, url: str) -> PageKey | None:
        """The identity of the article page at a URL; None where it is no article of the site."""
        address = self.address(url)
        return address.key if address else None

    def sitemap_month(self, url: str) -> str | None:
        """The month ("2025-12") of whose articles a sitemap consists, by its name; None where the rules do not say."""
        pattern = self.rules.crawl.sitemap_month
        match = re.fullmatch(pattern, urlsplit(url).path) if pattern else None
        if match is None or not 1 <= int(match["month"]) <= 12:
            return None
        return f"{int(match['year']):04d}-{int(match['month']):02d}"

    def fetch_url(self, url: str) -> str:
        """Where a page of the site is fetched: its URL, or the same path on the mirror."""
        if not self.mirror or not self.owns(url):
            return url
        mirror, parts = urlsplit(self.mirror), urlsplit(url)
        path = mirror.path.rstrip("/") + parts.path
        return urlunsplit((mirror.scheme, mirror.netloc, path, parts.query, ""))


class _Match(NamedTuple):
    """The edition whose path pattern matches a URL, and the URL in the form that it matches."""

    url: str
    language: str
    match: re.Match[str]
    edition: EditionRules


def _first_page(found: _Match) -> str:
    """The URL of a match without what later pages of the article have."""
    start, end = found.match.span("page") if "page" in found.match.re.groupindex else (-1, -1)
    if start == end:
        return found.url
    text = found.match.string[:start] + found.match.string[end:]
    parts = urlsplit(found.url)
    path, _, query = text.removeprefix(parts.netloc if found.edition.with_host else "").partition("?")
    return urlunsplit(parts._replace(path=path or "/", query=query if found.edition.with_query else parts.query))


def page_id(url: str) -> str:
    """The id of a page by its normalised URL, whatever its scheme: 16 hexadecimal digits."""
    return hashlib.blake2b(url.partition("://")[2].encode(), digest_size=8).hexdigest()


def _without_tracking(query: str) -> str:
    """A query without the parameters by which advertisers and networks follow a reader: they name no other page."""
    return "&".join(each for each in query.split("&") if each and not _TRACKING.match(each))


def _spelled(text: str) -> str:
    """A URL, or a part of one, as all spellings of its letters are written."""
    return _ESCAPE.sub(_upper, quote(text, URL_CHARACTERS, errors="replace"))


def _upper(escape: re.Match[str]) -> str:
    return escape[0].upper()


def _other_forms(url: str, queries: Sequence[str]) -> Iterator[str]:
    """A URL with another slash at its end, and with its query in other orders where one of `queries` has its names."""
    parts = urlsplit(url)
    other = parts.path.rstrip("/") if parts.path.endswith("/") else f"{parts.path}/"
    if parts.path != "/":
        yield urlunsplit(parts._replace(path=other))
    values = parts.query.split("&")
    names = [value.partition("=")[0] for value in values]
    if 1 < len(values) <= _MOST_PARAMETERS and any(all(name in pattern for name in names) for pattern in queries):
        for order in permutations(values):
            yield urlunsplit(parts._replace(query="&".join(order)))


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _date(groups: dict[str, str | None]) -> date | None:
    year, month, day = groups.get("year"), groups.get("month"), groups.get("day")
    if not year or not month:
        return None
    try:
        return date(int(year), int(month), int(day) if day else 1)
    except ValueError:
        return None
