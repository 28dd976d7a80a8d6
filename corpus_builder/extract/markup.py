"""A page's markup, parsed as far as it is needed.

A newspaper's page is mostly menus and lists of other news. Where the rules name the article's element by tag and class
(`article.post`), only the head and that element are parsed (`Page.root`); the whole page (`Page.whole`) is parsed when
something is asked for that the rest of it may hold. Either way nothing is found that the whole page would not give.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from lxml import etree

from corpus_builder.errors import SkipPage

_DATE = b"datePublished"  # JSON-LD that is wanted; it mostly lies in the head


class Page:
    """The markup of one page. Raises SkipPage("broken_markup") from what parses it."""

    def __init__(self, text: bytes, charset: str, landmarks: Iterable[re.Pattern[bytes]] = ()) -> None:
        """`landmarks` find the start tag of an article; the first that occurs counts (see `landmark`)."""
        self._text = text
        self._charset = charset
        self._cut = _cut(text, landmarks)

    @cached_property
    def root(self) -> Any:
        """The root of the head and the article, or of the whole page where these cannot be told."""
        if self._cut is None:
            return self.whole
        head, start, end = self._cut
        return _parsed(self._text[:head] + self._text[start:end], self._charset)

    @cached_property
    def whole(self) -> Any:
        """The root of the whole page."""
        return _parsed(self._text, self._charset)

    def text(self) -> str:
        """The markup itself."""
        return self._text.decode(self._charset, "replace")

    def may_hold_elsewhere(self, word: bytes | None) -> bool:
        """Whether a word occurs in what `root` does not have (None: a word that is not known)."""
        if self._cut is None:
            return False
        head, start, end = self._cut
        return word is None or self._text.find(word, head, start) >= 0 or self._text.find(word, end) >= 0


def landmark(tag: str, cls: str) -> re.Pattern[bytes]:
    """What finds the start tag of an element by its tag and class."""
    word = rf"(?<![\w-]){cls}(?![\w-])"
    value = rf"(?:\"[^\"]*{word}|'[^']*{word}|{cls}[\s>])"
    return re.compile(rf"<{tag}\s(?:[^>]*\s)?class\s*=\s*{value}".encode(), re.IGNORECASE)


def _cut(text: bytes, landmarks: Iterable[re.Pattern[bytes]]) -> tuple[int, int, int] | None:
    """Where the head ends, and where the article starts and ends; None where the bytes do not tell for sure."""
    head = text.find(b"</head>")
    if head < 0:
        return None
    for pattern in landmarks:
        if found := pattern.search(text, head):
            start = found.start()
            tag = re.match(rb"<(\w+)", found[0])
            end = text.rfind(b"</" + tag[1] + b">") if tag else -1
            if end < start or _hidden(text, start) or (text.find(_DATE, 0, head) < 0 <= text.find(_DATE, head)):
                return None
            return head, start, end
    return None


def _hidden(text: bytes, place: int) -> bool:
    """Whether a place may lie in a comment, a script or a style: behind it, one of these ends before one begins."""
    for opening, closing in ((b"<!--", b"-->"), (b"<script", b"</script"), (b"<style", b"</style")):
        begins = text.find(opening, place)
        if text.find(closing, place, begins if begins >= 0 else len(text)) >= 0:
            return True
    return False


def _parsed(text: bytes, charset: str) -> Any:
    # Pages with elements nested deeper than 256 exist; huge_tree raises libxml2's limit to 2,048.
    parser = etree.HTMLParser(encoding=charset, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(text, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SkipPage("broken_markup", str(error)) from error
    if root is None:
        raise SkipPage("broken_markup", "no element in the page")
    # Beyond the limit libxml2 stops and keeps what it has: half an article would pass for a whole one.
    for entry in parser.error_log.filter_from_fatals():
        if entry.type_name == "ERR_RESOURCE_LIMIT":
            raise SkipPage("broken_markup", entry.message)
    return root
