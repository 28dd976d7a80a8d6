"""The selectors of a site's rules: CSS, or XPath where they begin with / . or (."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Annotated

from lxml import etree
from pydantic import AfterValidator

from corpus_builder.web.html import Element


def _selects(selector: str) -> str:
    """A selector is XPath where it begins with / . or (, else CSS."""
    try:
        etree.XPath(to_xpath(selector))
    except RecursionError as error:
        raise ValueError("a CSS selector of too many parts") from error
    except (etree.XPathSyntaxError, SyntaxError, ValueError) as error:
        raise ValueError(f"not a CSS or XPath selector: {selector!r}: {error}") from error
    return selector


def to_xpath(selector: str) -> str:
    """The XPath of a selector: itself where it begins with / . or (, else translated from CSS."""
    if selector.startswith(("/", "./", "../", "(")):
        return selector
    from cssselect import HTMLTranslator
    from cssselect.parser import SelectorError

    try:
        return HTMLTranslator().css_to_xpath(selector, prefix="descendant-or-self::")
    except SelectorError as error:
        raise ValueError(str(error)) from error


Selector = Annotated[str, AfterValidator(_selects)]


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


def selects(selector: str, element: Element) -> bool:
    """Whether a selector selects anything in an element."""
    return bool(_compiled(selector)(element))


def first_text(selector: str, element: Element) -> str:
    """The text of the first thing that a selector selects in an element: an attribute, or what an element says.

    "" where it selects nothing.
    """
    selected = _compiled(selector)(element)
    first = selected[0] if isinstance(selected, list) and selected else selected if isinstance(selected, str) else ""
    text = first if isinstance(first, str) else "".join(first.itertext())
    return text.strip()


@cache
def _compiled(selector: str) -> etree.XPath:
    return etree.XPath(to_xpath(selector))
