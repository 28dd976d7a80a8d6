"""An article's element -> raw blocks, in the order of the page.

One pass over the element, without recursion, so that any depth is possible. Text is collected in a buffer; whatever
breaks a line on a screen (a paragraph, a list item, a cell, two <br> in a row) ends the block. Scripts, styles, forms,
embeds and what the rules remove are skipped, but never the text behind them.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from lxml import etree

from corpus_builder.model import BlockKind
from corpus_builder.web.html import Element

_SKIPPED = frozenset({
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
_MEANINGFUL = _BREAKING | _BOLD | {"a", "br"}  # others, such as <span>, change nothing


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A block before normalisation: its text, and what its markup says.

    `links` are (start, end, href) in `text`. `bold` is the length of the bold beginning of the text (all of it where no
    plain text follows), `all_linked` whether all text is in links. `list_id` is the number of the outermost list, 0
    where the block is in none.
    """

    kind: BlockKind
    text: str
    links: tuple[tuple[int, int, str], ...] = ()
    bold: int = 0
    all_linked: bool = False
    list_id: int = 0


def raw_blocks(element: Element, removed: Container[Element] = ()) -> list[RawBlock]:
    """The blocks of an element, without those in it that are `removed`."""
    collector = _BlockCollector()
    events = etree.iterwalk(element, events=("start", "end", "comment"))
    for event, node in events:
        tag = node.tag
        if event == "comment":
            if node.tail:
                collector.add(node.tail)
        elif event == "start":
            if tag in _SKIPPED or node in removed:
                events.skip_subtree()
                continue
            if tag in _MEANINGFUL:
                collector.enter(tag, node)
            if node.text:
                collector.add(node.text)
        else:
            if tag in _MEANINGFUL and node not in removed:
                collector.leave(tag)
            if node.tail and node is not element:
                collector.add(node.tail)
    collector.flush()
    return collector.blocks


class _BlockCollector:
    """The blocks so far, the text of the current one, and the open elements."""

    def __init__(self) -> None:
        self.blocks: list[RawBlock] = []
        self._kinds = [BlockKind.PARAGRAPH]
        self._lists: list[int] = []
        self._list_count = 0
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

    def enter(self, tag: str, node: Element) -> None:
        if tag in _BREAKING:
            self.flush()
            if tag in _KINDS:
                self._kinds.append(_KINDS[tag])
            elif tag in _LISTS:
                self._list_count += 1
                self._lists.append(self._list_count)
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
        """End the current block."""
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
        """A <br>: a single one is a space; the second in a row, without text between, ends the block."""
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
