"""The article that a page describes in JSON-LD (schema.org)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from corpus_builder.text.surrogates import without_surrogates

_TYPES = frozenset({
    "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
    "BackgroundNewsArticle", "ReviewNewsArticle", "LiveBlogPosting", "BlogPosting", "Report",
})  # fmt: skip
"""The kinds of schema.org's Article that a newspaper publishes (https://schema.org/Article)."""


@dataclass(frozen=True, slots=True)
class JsonLdArticle:
    """The properties of an article; none where the page has no JSON-LD of one."""

    properties: Mapping[str, Any] = field(default_factory=dict)

    def authors(self) -> Iterator[str]:
        """The people who are named as authors."""
        for author in _as_list(self.properties.get("author")):
            if isinstance(author, dict) and author.get("@type") == "Person" and isinstance(author.get("name"), str):
                yield without_surrogates(author["name"])

    def keywords(self) -> Iterator[str]:
        """The keywords, given as a list or as one text with commas."""
        given = self.properties.get("keywords")
        for keyword in given.split(",") if isinstance(given, str) else given if isinstance(given, list) else []:
            if isinstance(keyword, str):
                yield without_surrogates(keyword)

    def text(self, key: str) -> str:
        """A property that is a text; "" where it is missing or something else."""
        value = self.properties.get(key)
        return without_surrogates(value) if isinstance(value, str) else ""


NO_ARTICLE = JsonLdArticle()


def find_article(scripts: Iterable[str]) -> JsonLdArticle:
    """The first article in the JSON-LD scripts of a page. One without a date of publication is a teaser, and skipped.

    >>> find_article(['{"@graph": [{"@type": "NewsArticle", "datePublished": "2025-12-01"}]}']).text("datePublished")
    '2025-12-01'
    """
    for script in scripts:
        if "datePublished" not in script:
            continue
        try:
            data = json.loads(script, strict=False)
        except (ValueError, RecursionError):
            continue
        for candidate in _objects(data):
            if any(isinstance(kind, str) and kind in _TYPES for kind in _as_list(candidate.get("@type"))):
                return JsonLdArticle(candidate)
    return NO_ARTICLE


def _objects(data: Any) -> list[dict[str, Any]]:
    top = [item for item in _as_list(data) if isinstance(item, dict)]
    graphs = [item for parent in top for item in _as_list(parent.get("@graph")) if isinstance(item, dict)]
    return top + graphs


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
