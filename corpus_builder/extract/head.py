"""What a page says of itself for machines: links and metas of its head, and JSON-LD.

One pass over the few elements that can hold it (`read_head`); the questions are asked of the result.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from corpus_builder.sites import Site

_ARTICLE_TYPES = frozenset({
    "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
    "BackgroundNewsArticle", "ReviewNewsArticle", "LiveBlogPosting", "BlogPosting", "Report",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """The links (rel, attributes) and metas (name or property in lower case) of a page, and its article's JSON-LD."""

    links: tuple[tuple[str, Mapping[str, str]], ...]
    metas: Mapping[str, str]
    article: Mapping[str, Any]

    def canonical(self) -> str | None:
        """The address that the page gives as its own: rel=canonical, else og:url."""
        for rel, attributes in self.links:
            if rel == "canonical" and attributes.get("href"):
                return attributes["href"].strip()
        return self.metas.get("og:url") or None

    def alternates(self, site: Site, url: str) -> tuple[tuple[str, str], ...]:
        """The editions that the page links to by hreflang, as (language, URL); x-default is left out."""
        found: dict[str, str] = {}
        for rel, attributes in self.links:
            language = attributes.get("hreflang", "").strip().lower().replace("_", "-").split("-")[0]
            href = attributes.get("href", "").strip()
            if rel == "alternate" and href and language and language != "x":
                found.setdefault(language, site.clean(urljoin(url, href)))
        return tuple(found.items())

    def opt_out(self, headers: Mapping[str, str]) -> str | None:
        """The reason why the publisher wants the page left out, of page and response headers; None where there is none.

        noai and noindex of robots metas and X-Robots-Tag, and the TDM Reservation Protocol (W3C community group).
        """
        robots = f"{self.metas.get('robots', '')},{headers.get('x-robots-tag', '')}".lower()
        words = {word.strip() for word in robots.replace(":", ",").split(",")}
        if "noai" in words:
            return "opt_out_noai"
        if words & {"noindex", "none"}:
            return "opt_out_noindex"
        if "1" in (self.metas.get("tdm-reservation", "").strip(), headers.get("tdm-reservation", "").strip()):
            return "opt_out_tdm"
        return None

    def authors(self) -> Iterator[str]:
        """The people whom JSON-LD names as authors."""
        given = self.article.get("author")
        for author in given if isinstance(given, list) else [given]:
            if isinstance(author, dict) and author.get("@type") == "Person" and isinstance(author.get("name"), str):
                yield author["name"]

    def keywords(self) -> Iterator[str]:
        """The keywords that JSON-LD gives."""
        given = self.article.get("keywords")
        for keyword in given.split(",") if isinstance(given, str) else given if isinstance(given, list) else []:
            if isinstance(keyword, str):
                yield keyword

    def text(self, key: str) -> str:
        """A value of JSON-LD that is a text; "" where it is none."""
        value = self.article.get(key)
        return value if isinstance(value, str) else ""


def read_head(root: Any) -> Head:
    """The head of a parsed page. JSON-LD may lie anywhere in the page."""
    links: list[tuple[str, Mapping[str, str]]] = []
    metas: dict[str, str] = {}
    article: Mapping[str, Any] = {}
    for element in root.iter("link", "meta", "script"):
        if element.tag == "link":
            rel = element.get("rel", "").lower()
            if rel in ("canonical", "alternate"):
                links.append((rel, dict(element.attrib)))
        elif element.tag == "meta":
            name = element.get("name") or element.get("property")
            if name and (content := element.get("content")):
                metas.setdefault(name.lower(), content)
        elif not article and element.get("type") == "application/ld+json" and "datePublished" in (element.text or ""):
            article = _article(element.text)
    return Head(tuple(links), metas, article)


def _article(text: str) -> Mapping[str, Any]:
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return {}
    candidates = data if isinstance(data, list) else [data]
    candidates = [*candidates, *(x for c in candidates if isinstance(c, dict) for x in _listed(c.get("@graph")))]
    for candidate in candidates:
        if isinstance(candidate, dict) and _ARTICLE_TYPES.intersection(_listed(candidate.get("@type"))):
            return candidate
    return {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value is not None else []
