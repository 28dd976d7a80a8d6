"""Selectors of the rules, compiled, and the part of a page that they are asked of.

Nearly all selectors of a newspaper are `tag.class`, or that with a tag inside it (`div.tags a`). A Scope answers these
from an index of its classes, which costs one walk however many are asked (XPath: a walk each, and dearer ones). All
others, and those asked of a whole page, are XPath.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from lxml import etree

from corpus_builder.extract.markup import landmark
from corpus_builder.sites.rules import to_xpath

_SIMPLE = re.compile(r"(?P<tag>[a-z][a-z0-9]*)?\.(?P<cls>[\w-]+)(?:\s+(?P<inner>[a-z][a-z0-9]*))?")
_WITH_CLASS = etree.XPath("descendant-or-self::*[@class]")


class _Simple(NamedTuple):
    """`tag.cls inner`; tag and inner may be missing."""

    tag: str | None
    cls: str
    inner: str | None


class Scope:
    """An element with what is in it, to be asked for selectors."""

    def __init__(self, element: Any) -> None:
        self.element = element

    @cached_property
    def _by_class(self) -> dict[str, list[tuple[int, Any]]]:
        """Class attribute -> the elements that have it, with their numbers in the order of the page."""
        index: dict[str, list[tuple[int, Any]]] = {}
        for number, element in enumerate(_WITH_CLASS(self.element)):
            index.setdefault(element.get("class"), []).append((number, element))
        return index

    @cached_property
    def _attributes(self) -> dict[str, list[str]]:
        """Class -> the class attributes that it is in."""
        index: dict[str, list[str]] = {}
        for attribute in self._by_class:
            for name in set(attribute.split()):
                index.setdefault(name, []).append(attribute)
        return index

    def simple(self, selector: _Simple) -> list[tuple[int, Any]]:
        """The elements of a simple selector, numbered."""
        attributes = self._attributes.get(selector.cls, ())
        found = [one for attribute in attributes for one in self._by_class[attribute]]
        if len(attributes) > 1:
            found.sort(key=itemgetter(0))
        if selector.tag:
            found = [(number, element) for number, element in found if element.tag == selector.tag]
        if selector.inner:
            found = [(number, inner) for number, element in found for inner in element.iter(selector.inner)]
        return found


class Finder:
    """Selectors, CSS or XPath, compiled as one: what any of them selects, in the order of the page.

    `word` is a class that the page's text must hold if anything is to be selected; None where none is known.
    """

    def __init__(self, selectors: Sequence[str]) -> None:
        self.selector = ", ".join(selectors)
        self._xpath = etree.XPath(" | ".join(map(to_xpath, selectors)))
        parts = [_SIMPLE.fullmatch(part.strip()) for part in self.selector.split(",")]
        simple = [_Simple(part["tag"], part["cls"], part["inner"]) for part in parts if part]
        self._simple = tuple(simple) if len(simple) == len(parts) else ()
        self.word = self._simple[0].cls.encode() if len(self._simple) == 1 else None

    def __call__(self, scope: Scope) -> list[Any]:
        """The elements that are selected in a scope, its own element included."""
        if not self._simple:
            return self.in_page(scope.element)
        if len(self._simple) == 1:
            return [element for _, element in scope.simple(self._simple[0])]
        numbers = {element: number for one in self._simple for number, element in scope.simple(one)}
        return sorted(numbers, key=numbers.__getitem__)

    def landmark(self) -> re.Pattern[bytes] | None:
        """What finds the start tag of an element that is selected by tag and class; None for other selectors."""
        if len(self._simple) == 1 and self._simple[0].tag == "article" and self._simple[0].inner is None:
            return landmark("article", self._simple[0].cls)
        return None

    def in_page(self, root: Any) -> list[Any]:
        """The same in an element that nothing else is asked of."""
        found = self._xpath(root)
        return found if isinstance(found, list) else []
