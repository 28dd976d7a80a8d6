"""What a page says in microdata (schema.org in attributes) of its article."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from corpus_builder.web.html import Element

_KINDS = ("Article", "BlogPosting")  # and NewsArticle, of https://schema.org/Article


def microdata(root: Element, name: str) -> Iterator[str]:
    """The values of a property of the page's article; none where the page describes several articles."""
    scopes = [element for element in root.iter(etree.Element) if _is_article(element)]
    if len(scopes) != 1:
        return
    for element in scopes[0].iterdescendants():
        if name in (element.get("itemprop") or "").split() and _scope(element) is scopes[0]:
            yield _value(element)


def _is_article(element: Element) -> bool:
    kind = element.get("itemtype") or ""
    return "schema.org/" in kind and kind.rstrip("/").endswith(_KINDS)


def _scope(element: Element) -> Element | None:
    return next((above for above in element.iterancestors() if above.get("itemscope") is not None), None)


def _value(element: Element) -> str:
    """The value of a property; of an object, its name."""
    if element.get("itemscope") is not None:
        names = (part for part in element.iterdescendants() if "name" in (part.get("itemprop") or "").split())
        return next((_value(part) for part in names if part.get("itemscope") is None), "")
    return element.get("content") or element.get("datetime") or " ".join(element.itertext())
