"""The selectors of a site's rules, compiled."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from corpus_builder.sites.rules import to_xpath
from corpus_builder.web.html import Element


class Finder:
    """Selectors, CSS or XPath, compiled as one: what any of them selects, in the order of the page.

    >>> page = etree.fromstring("<main><p class='lead'>A</p><div><p>B</p></div></main>")
    >>> [element.text for element in Finder(["p.lead", "./div/p"])(page)]
    ['A', 'B']
    """

    def __init__(self, selectors: Sequence[str]) -> None:
        self.selector = ", ".join(selectors)
        self._xpath = etree.XPath(" | ".join(map(to_xpath, selectors)))

    def __call__(self, element: Element) -> list[Element]:
        """The elements that are selected in an element, which may be among them."""
        selected = self._xpath(element)
        return selected if isinstance(selected, list) else []
