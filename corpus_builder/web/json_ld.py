"""The article that a page describes in JSON-LD (schema.org).

A page may describe other articles too: those it links to, a list of news, the article that it goes with. What speaks
for the page is what names its address, else what has its headline, else what names neither.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from corpus_builder.files import json_of
from corpus_builder.text.surrogates import without_surrogates

_TYPES = frozenset({
    "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
    "BackgroundNewsArticle", "ReviewNewsArticle", "LiveBlogPosting", "BlogPosting", "Report",
})  # fmt: skip
"""The kinds of schema.org's Article that a newspaper publishes (https://schema.org/Article)."""

_PARTS = ("@graph", "mainEntity", "mainEntityOfPage")
"""Properties whose objects may be the page's article. Those of others (itemListElement, hasPart) are other articles."""

_DEEPEST = 4
"""How deep an article may be in these properties. Chosen: a WebPage in a graph, its mainEntity, one more."""

_MOST = 1000
"""Most objects of a page that are looked at. Chosen: a page has some ten; a hostile one has any number."""

_ENDINGS = ("/index.amp", "/index.html", "/amp", ".amp", ".html", ".htm")
"""Endings of paths that lead to the same page."""

_SHARED_WORDS = 0.5
"""Least share of the words of a headline, or of a title, that the other has for the two to be of one article. Chosen:
headlines for search engines are reworded, those of other articles share a name or two.
"""


_COMMENTS = re.compile(r"(?://|/\*)?+\s{0,9}(?:<!\[CDATA\[|\]\]>)(?:\s{0,9}\*/)?|<!--|-->")
_COMMA = re.compile(r",(?=\s{0,99}[}\]])")
_MARK = re.compile(r'(?<!\\)"')
_NEAR = 20
"""Characters on each side of a quotation mark in which a bracket is looked for. Chosen: an indentation."""


@dataclass(frozen=True, slots=True)
class JsonLdArticle:
    """The properties of an article; none where the page has no JSON-LD of one."""

    properties: Mapping[str, Any] = field(default_factory=dict)

    def authors(self) -> Iterator[str]:
        """The people who are named as authors: objects of the type Person or of none, or texts."""
        publishers = set(_names(self.properties.get("publisher")))
        for author in _as_list(self.properties.get("author")):
            kinds = _as_list(author.get("@type")) if isinstance(author, dict) else []
            if not kinds or "Person" in kinds:
                yield from (name for name in _names(author) if name not in publishers)

    def keywords(self) -> Iterator[str]:
        """The keywords as given: each may hold several with commas. Also DefinedTerms, by their names."""
        yield from _names(self.properties.get("keywords"))

    def publisher(self) -> str:
        """The name of the publisher; "" where there is none."""
        return next(_names(self.properties.get("publisher")), "")

    def translations(self) -> Iterator[tuple[str, str]]:
        """The other editions of the article, as (language or "", URL as written): its `workTranslation` and the work
        that it is the `translationOfWork` of (https://schema.org/workTranslation)."""
        for name in ("workTranslation", "translationOfWork"):
            for work in _as_list(self.properties.get(name)):
                properties = work if isinstance(work, dict) else {"url": work}
                addresses = (properties.get(key) for key in ("url", "@id", "mainEntityOfPage"))
                address = next((each for value in addresses for each in _addresses(value)), "")
                if address and not address.startswith(("#", "_:")):
                    yield _language(properties.get("inLanguage")), without_surrogates(address)

    def text(self, key: str) -> str:
        """A property that is a text, or the first text of a list; "" where it is missing or something else."""
        value = next(iter(_as_list(self.properties.get(key))), None)
        return without_surrogates(value) if isinstance(value, str) else ""


NO_ARTICLE = JsonLdArticle()


def find_article(scripts: Iterable[str], urls: Collection[str] = (), titles: Collection[str] = ()) -> JsonLdArticle:
    """The article that a page with these addresses and titles is, by the JSON-LD in its scripts.

    Several descriptions of it (one by each plug-in) are joined: the first that has a property speaks.

    >>> find_article(['{"@graph": [{"@type": "NewsArticle", "datePublished": "2025-12-01"}]}']).text("datePublished")
    '2025-12-01'
    >>> related = '{"@type": "NewsArticle", "url": "https://news.example/2/", "headline": "Another"}'
    >>> find_article([related], ["https://news.example/1/"], ["A headline"]).properties
    {}
    """
    objects = list(islice(_objects(scripts), _MOST))
    by_id = {item["@id"]: item for item in objects if isinstance(item.get("@id"), str) and len(item) > 1}
    articles = [item for item in objects if not _TYPES.isdisjoint(filter(_is_text, _as_list(item.get("@type"))))]
    own_paths = set(filter(None, map(_page, urls)))
    own_titles = [words for words in map(_words, titles) if words]
    ranks = [_rank(article, own_paths, own_titles, next(iter(urls), "")) for article in articles]
    best = max(ranks, default=0)
    if not best:
        return NO_ARTICLE
    own = [article for article, rank in zip(articles, ranks, strict=True) if rank == best]
    own.sort(key=lambda article: "datePublished" not in article)  # one without a date may be a teaser
    joined: dict[str, Any] = {}
    for article in own if best > 1 else own[:1]:
        joined = {**article, **joined}
    return JsonLdArticle({name: _resolved(value, by_id) for name, value in joined.items()})


def _rank(article: Mapping[str, Any], paths: Collection[str], titles: Collection[set[str]], base: str) -> int:
    """3 for an article with the page's address, 2 with its headline, 1 for one that names neither, 0 for another."""
    addresses = {
        path
        for name in ("url", "@id", "mainEntityOfPage")
        for address in _addresses(article.get(name))
        if (path := _page(address, base))
    }
    if addresses & set(paths):
        return 3
    headline = next((words for name in ("headline", "name") if (words := _words(article.get(name)))), set())
    if headline and any(_alike(headline, title) for title in titles):
        return 2
    if (addresses and paths) or (headline and titles):
        return 0
    return 1


def _alike(first: set[str], second: set[str]) -> bool:
    return len(first & second) >= _SHARED_WORDS * min(len(first), len(second))


def _words(title: Any) -> set[str]:
    return set("".join(c if c.isalnum() else " " for c in title.casefold()).split()) if _is_text(title) else set()


def _page(url: str, base: str = "") -> str:
    """What identifies a page within a site and its mirrors: its path, or the number at the end of it, which its other
    forms share; "" for the home page and what is no address.
    """
    try:
        path = urlsplit(urljoin(base, url.strip())).path if not url.startswith("#") else ""
    except ValueError:
        return ""
    path = path.rstrip("/").casefold()
    for ending in _ENDINGS:
        path = path.removesuffix(ending)
    last = path.rpartition("/")[2]
    return last if last.isdigit() and len(last) > 4 else path


def _objects(scripts: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The objects of the scripts that may be the page's article, outermost first."""
    for script in scripts:
        data = _data(script)
        waiting = [(item, 0) for item in _as_list(data)]
        for item, depth in waiting:  # grows
            if isinstance(item, list) and depth < _DEEPEST:
                waiting += [(part, depth + 1) for part in item]
            elif isinstance(item, dict):
                yield item
                if depth < _DEEPEST:
                    waiting += [(part, depth + 1) for name in _PARTS for part in _as_list(item.get(name))]


def _data(script: str) -> Any:
    """The data of a script; None where it cannot be read even when common mistakes are corrected."""
    try:
        return json_of(script, strict=False)
    except ValueError:
        pass
    try:
        return json_of(_mended(script), strict=False)
    except ValueError:
        return None


def _mended(script: str) -> str:
    """A script without the comments of old browsers and commas before brackets, its inner quotation marks escaped.

    >>> _mended('<!-- {"headline": "A "good" day",} -->')
    '{"headline": "A \\\\"good\\\\" day"}'
    """
    bare = _COMMENTS.sub("", script).strip().removesuffix(";")
    return _COMMA.sub("", _MARK.sub(_escaped_if_inner, bare))


def _escaped_if_inner(mark: re.Match[str]) -> str:
    """A quotation mark; escaped where neither what stands before it nor what follows is a bracket, colon or comma."""
    before = mark.string[max(mark.start() - _NEAR, 0) : mark.start()].rstrip()[-1:]
    behind = mark.string[mark.end() : mark.end() + _NEAR].lstrip()[:1]
    return mark[0] if before in "{[,:" or behind in ",:}]" else f"\\{mark[0]}"


def _resolved(value: Any, by_id: Mapping[str, dict[str, Any]]) -> Any:
    """A value with the objects that it refers to by nothing but their @id."""
    if isinstance(value, list):
        return [_resolved(item, by_id) if isinstance(item, dict) else item for item in value]
    if isinstance(value, dict) and _is_text(value.get("@id")) and "name" not in value:
        return by_id.get(value["@id"], value)
    return value


def _names(value: Any) -> Iterator[str]:
    """The texts in a value, and the names of the objects in it."""
    for item in _as_list(value):
        for name in _as_list(item.get("name")) if isinstance(item, dict) else [item]:
            if isinstance(name, str):
                yield without_surrogates(name)


def _addresses(value: Any) -> Iterator[str]:
    """The addresses in a value: texts, and what objects have as @id and url."""
    for item in _as_list(value):
        for address in [item.get("@id"), item.get("url")] if isinstance(item, dict) else [item]:
            if isinstance(address, str) and address.strip():
                yield address


def _language(value: Any) -> str:
    """The code of an `inLanguage`, which is a text or an object of the type Language."""
    named = value.get("alternateName") if isinstance(value, dict) else value
    return named.strip().lower() if isinstance(named, str) else ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
