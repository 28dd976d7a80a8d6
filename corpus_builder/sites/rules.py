"""The schema of a site's rules. Unknown keys are errors at every level.

Example: configs/sites/pravda.toml; docs/sites.md describes how to write one.
"""

from __future__ import annotations

import datetime as dt
import importlib
import re
from datetime import date
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from corpus_builder.languages.schema import LabelWords
from corpus_builder.sites.json_rules import JsonRules
from corpus_builder.sites.listing_rules import ListingRules
from corpus_builder.sites.selectors import Selector
from corpus_builder.toml import Pattern, Strict


def _always_captures(pattern: str, name: str) -> bool:
    """Whether every match of a pattern gives the named group at least one character."""
    number = re.compile(pattern).groupindex.get(name)
    parser = importlib.import_module("re._parser")  # the parser of `re`: typed nowhere, but its trees are stable
    return number is not None and _captures(parser.parse(pattern), number)


def _captures(tree: Any, number: int) -> bool:
    for operation, argument in tree:
        match str(operation):
            case "SUBPATTERN":
                group, _, _, inner = argument
                if (group == number and inner.getwidth()[0] > 0) or _captures(inner, number):
                    return True
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, _, inner = argument
                if least > 0 and _captures(inner, number):
                    return True
            case "ATOMIC_GROUP":
                if _captures(argument, number):
                    return True
    return False  # one alternative of several is optional, too


def host_of(url: str) -> str:
    """The host of a URL in lower case, without its port; "" where it has none."""
    return (urlsplit(url).hostname or "").lower()


def _address(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https") or not host_of(url):
        raise ValueError(f"not the URL of a web page: {url!r}; begin it with https://")
    return url


class EditionRules(Strict):
    """One language's edition: which URL paths are its articles.

    `paths` are regular expressions for the whole path. With `with_host` they begin with the host, for sites whose
    editions differ by host; with a `homepage`, they count on the host of that URL only. With `with_query` they end
    with `?` and the query, if the URL has one. The named group `id` is the article id that all editions share;
    `year`, `month`, `day` and `section` are optional. The group `page` is what the URLs of an article's later pages
    have and that of its first page has not, with the number of the page in it: `(?P<page>/page/\\d+)?`.
    """

    paths: list[Pattern] = Field(min_length=1)
    homepage: str | None = None
    with_host: bool = False
    with_query: bool = False

    @field_validator("homepage")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        return url if url is None else _address(url)

    @field_validator("paths")
    @classmethod
    def _id_is_never_empty(cls, paths: list[str]) -> list[str]:
        for path in paths:
            if "id" in re.compile(path).groupindex and not _always_captures(path, "id"):
                raise ValueError(
                    f"the group (?P<id>…) of the path pattern {path!r} may be empty; an article without an id "
                    "would be one with all others: make it obligatory, or write two patterns"
                )
        return paths


class LinkingRules(Strict):
    """Which editions are one story: the rules in the order in which they count.

    `id`: those with the same group `id` in their URLs. `hreflang`: pages that name each other in their hreflang links.
    `content`: those that say the same, published at most `days` days apart, with at least this `probability`.
    """

    by: list[Literal["id", "hreflang", "content"]] = Field(default=["id"], min_length=1)
    days: int = Field(default=2, ge=0, le=31)
    probability: float = Field(default=0.5, ge=0, le=1)


class CrawlRules(Strict):
    """Where the site lists its articles, and the delay between requests.

    `sitemap_month` is a regular expression for the whole path of a sitemap that has the articles of one month, with the
    groups `year` and `month`: only by it is a sitemap left out because of its name. `archives` are day archives by
    language; {year}, {month}, {day} are replaced, {month} and {day} with two digits.
    `apis` are lists of articles in answers of APIs. `delay` is in seconds between two requests; a longer Crawl-delay of
    robots.txt wins.
    """

    sitemaps: list[str] = []
    sitemap_month: Pattern | None = None
    feeds: dict[str, list[str]] = {}
    archives: dict[str, list[str]] = {}
    apis: list[ListingRules] = []
    delay: float = Field(default=1.0, ge=0)

    @field_validator("sitemap_month")
    @classmethod
    def _has_month(cls, pattern: str | None) -> str | None:
        if pattern and not {"year", "month"} <= set(re.compile(pattern).groupindex):
            raise ValueError(f"the pattern {pattern!r} lacks a group (?P<year>…) or (?P<month>…)")
        return pattern


class Layout(Strict):
    """The markup of the pages of one period or kind. The first layout whose `match` selects something is used.

    `body` selects the elements with the article's blocks (of a live blog, each of its entries), `remove` elements in
    them that are not article text. With `body_from = "json-ld"` the text is that of the page's JSON-LD instead.
    """

    name: str
    match: Selector
    since: date | None = None
    until: date | None = None
    title: Selector
    body: Selector | None = None
    body_from: Literal["page", "json-ld"] = "page"
    lead: Selector | None = None
    authors: Selector | None = None
    published: Selector | None = None
    tags: Selector | None = None
    captions: Selector | None = None
    remove: list[Selector] = []

    @model_validator(mode="after")
    def _says_where_the_text_is(self) -> Self:
        if self.body is None and self.body_from == "page":
            raise ValueError(f'the layout {self.name} needs `body`, a selector, or body_from = "json-ld"')
        if self.body is not None and self.body_from != "page":
            raise ValueError(f"the layout {self.name} has both `body` and body_from; leave one out")
        return self


class Checked(Strict):
    """On what the rules were last checked, in words, and on which day; no day where on no page of the site."""

    on: str
    date: dt.date | None = None


class SiteRules(Strict):
    """The rules of one site.

    With `drop_query`, URLs that differ only in their query are one page. `first_page` is the number of an article's
    first page, where later ones have numbers in their URLs (group `page` of the paths).

    `labels` are by language and role; they replace the labels of that role in the language's file (languages/).
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str
    homepage: str
    domains: list[str] = Field(min_length=1)
    checked: Checked | None = None
    timezone: str = "UTC"
    drop_query: bool = True
    trailing_slash: bool = False
    strip_suffixes: list[str] = []
    editions: dict[str, EditionRules]
    linking: LinkingRules = LinkingRules()
    crawl: CrawlRules = CrawlRules()
    first_page: int = Field(default=1, ge=0)
    layouts: list[Layout] = []
    from_json: list[JsonRules] = []
    labels: dict[str, dict[str, LabelWords]] = {}
    boilerplate: list[Pattern] = []

    @field_validator("homepage")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        return _address(url)

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError) as error:
            raise ValueError(f"unknown time zone {name!r}; use a name such as Europe/Kyiv") from error
        return name

    @model_validator(mode="after")
    def _urls_have_what_the_rules_need(self) -> Self:
        for language, edition in self.editions.items():
            if edition.homepage and edition.with_host:
                raise ValueError(f"editions.{language}: with_host and homepage both say which host; leave one out")
            if edition.homepage and host_of(edition.homepage) not in map(
                str.lower, [*self.domains, host_of(self.homepage)]
            ):
                raise ValueError(f"editions.{language}.homepage: add its host {host_of(edition.homepage)} to `domains`")
            if edition.with_query and self.drop_query:
                raise ValueError(f"editions.{language}.with_query needs drop_query = false")
            for path in edition.paths:
                if "id" in self.linking.by and "id" not in re.compile(path).groupindex:
                    raise ValueError(
                        f"editions.{language}.paths: the path pattern {path!r} has no group (?P<id>…); sites without "
                        'common ids say [linking] by = ["hreflang"] or ["content"]'
                    )
        self._check_apis()
        return self

    def _check_apis(self) -> None:
        """Every API is on a host of the site, and all that its URL needs is known of each article."""
        hosts = {*map(str.lower, self.domains), host_of(self.homepage)}
        patterns = [set(re.compile(path).groupindex) for edition in self.editions.values() for path in edition.paths]
        groups = set.intersection(*patterns) - {"page"} if patterns else set()
        names = [rules.name for rules in self.from_json]
        if len(set(names)) < len(names):
            raise ValueError("from_json: several rules have the same name; give each a `name` of its own")
        for listing in self.crawl.apis:
            for url in filter(None, (listing.url, listing.next_url, listing.page_url)):
                if host_of(url) not in hosts:
                    raise ValueError(f"crawl.apis: add the host {host_of(url)} of {url} to `domains`")
            if unknown := sorted(set(listing.languages) - set(self.editions)):
                raise ValueError(f"crawl.apis: `languages` has {unknown[0]}, which is no edition of the site")
        for rules in self.from_json:
            if rules.url is None:
                continue
            for url in filter(None, (rules.url, rules.next_url)):
                if host_of(url) not in hosts:
                    raise ValueError(f"from_json {rules.name}: add the API's host {host_of(url)} to `domains`")
            known = {*groups, "language", *rules.values}
            if unknown := sorted(set(rules.names) - known):
                raise ValueError(
                    f"from_json {rules.name}: the URL has {{{unknown[0]}}}, but there is only "
                    f"{', '.join(sorted(known))}: groups that all path patterns have, and `values`"
                )
