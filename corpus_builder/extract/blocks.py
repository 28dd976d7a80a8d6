"""An article's element -> raw blocks, in the order of the page.

One walk over the element, without recursion, so that depth costs nothing. Text gathers in a buffer; whatever breaks
a line on a screen (a paragraph, a list item, a cell, two <br> in a row) ends the block. What nobody reads (scripts,
styles, forms, embeds) and what the rules remove is passed over, but never the text behind it.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from lxml import etree

from corpus_builder.model import BlockKind

_UNREAD = frozenset({
    "script", "style", "noscript", "iframe", "svg", "button", "select", "textarea", "input", "template", "object",
    "embed", "audio", "video", "canvas", "picture", "map", "math", "datalist", "progress", "meter",
})  # fmt: skip
_KINDS = {
    "li": BlockKind.LIST_ITEM,
    "dt": BlockKind.LIST_ITEM,
    "dd": BlockKind.LIST_ITEM,
    "blockquote": BlockKind.BLOCKQUOTE,
    "figcaption": BlockKind.CAPTION,
    "h1": BlockKind.HEADING,
    "h2": BlockKind.HEADING,
    "h3": BlockKind.HEADING,
    "h4": BlockKind.HEADING,
    "h5": BlockKind.HEADING,
    "h6": BlockKind.HEADING,
}
_BREAKING = frozenset(_KINDS) | frozenset({
    "address", "article", "aside", "body", "caption", "center", "details", "dialog", "div", "dl", "fieldset",
    "figure", "footer", "form", "header", "hr", "html", "legend", "main", "nav", "ol", "p", "pre", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_LISTS = frozenset({"ul", "ol", "dl"})
_BOLD = frozenset({"b", "strong"})
_TELLING = _BREAKING | _BOLD | {"a", "br"}  # all others are passed through, as the many <span>


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A block as the page has it: text before normalising, and what its markup tells.

    `links` are (start, end, href) in `text`. `bold` is the length of the bold head of the text (all of it, where no
    plain text follows), `all_linked` whether nothing stands outside links; `list_id` tells lists apart, nested ones
    being one (0: in none).
    """

    kind: BlockKind
    text: str
    links: tuple[tuple[int, int, str], ...] = ()
    bold: int = 0
    all_linked: bool = False
    list_id: int = 0


def raw_blocks(element: Any, removed: Container[Any] = ()) -> list[RawBlock]:
    """The blocks of an element, without those in it that are `removed`."""
    walk = _Walk()
    events = etree.iterwalk(element, events=("start", "end", "comment"))
    for event, node in events:
        tag = node.tag
        if event == "comment":
            if node.tail:
                walk.add(node.tail)
        elif event == "start":
            if tag in _UNREAD or node in removed:
                events.skip_subtree()
                continue
            if tag in _TELLING:
                walk.enter(tag, node)
            if node.text:
                walk.add(node.text)
        else:
            if tag in _TELLING and node not in removed:
                walk.leave(tag)
            if node.tail and node is not element:
                walk.add(node.tail)
    walk.flush()
    return walk.blocks


class _Walk:
    """The state of one walk: the blocks so far, the one that is gathering, and the elements that are open."""

    def __init__(self) -> None:
        self.blocks: list[RawBlock] = []
        self._kinds = [BlockKind.PARAGRAPH]
        self._lists: list[int] = []
        self._lists_seen = 0
        self._bold = 0
        self._href: str | None = None
        self._clear()

    def _clear(self) -> None:
        self._text: list[str] = []
        self._length = 0
        self._bold_until: int | None = None
        self._unlinked = False
        self._links: list[tuple[int, int, str]] = []
        self._link_from = 0
        self._break: int | None = None

    def enter(self, tag: str, node: Any) -> None:
        if tag in _BREAKING:
            self.flush()
            if tag in _KINDS:
                self._kinds.append(_KINDS[tag])
            elif tag in _LISTS:
                self._lists_seen += 1
                self._lists.append(self._lists_seen)
        elif tag in _BOLD:
            self._bold += 1
        elif tag == "a":
            self._close_link()
            self._href, self._link_from = node.get("href"), self._length
        elif tag == "br":
            self._line_break()

    def leave(self, tag: str) -> None:
        if tag in _BREAKING:
            self.flush()
            if tag in _KINDS:
                self._kinds.pop()
            elif tag in _LISTS:
                self._lists.pop()
        elif tag in _BOLD:
            self._bold -= 1
        elif tag == "a":
            self._close_link()
            self._href = None

    def add(self, text: str) -> None:
        if not text.isspace():
            if self._bold_until is None and not self._bold:
                self._bold_until = self._length
            if self._href is None:
                self._unlinked = True
            self._break = None
        self._text.append(text)
        self._length += len(text)

    def flush(self) -> None:
        """End the block that is gathering."""
        if not self._length:
            return
        text = "".join(self._text)
        if not text.isspace():
            self._close_link()
            self.blocks.append(
                RawBlock(
                    kind=self._kinds[-1],
                    text=text,
                    links=tuple(self._links),
                    bold=self._length if self._bold_until is None else self._bold_until,
                    all_linked=bool(self._links) and not self._unlinked,
                    list_id=self._lists[0] if self._lists else 0,
                )
            )
        self._clear()

    def _line_break(self) -> None:
        """A <br>: alone it is a space; the second in a row, with nothing between, ends the block."""
        if self._break is not None:
            self.flush()
        else:
            self._break = self._length
            self._text.append("\n")
            self._length += 1

    def _close_link(self) -> None:
        if self._href is not None and self._length > self._link_from:
            self._links.append((self._link_from, self._length, self._href))
        self._link_from = self._length
