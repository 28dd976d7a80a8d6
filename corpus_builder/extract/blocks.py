"""An article's element -> raw blocks, in the order of the page.

One pass over the element, without recursion, so that any depth is possible. Text is collected in a buffer; whatever
breaks a line on a screen (a paragraph, a list item, two <br> in a row) ends the block, and a row of a table is one.
Scripts, styles, forms, embeds and what the rules remove are skipped, but never the text behind them.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from itertools import pairwise

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
_CELLS = frozenset({"td", "th"})
CELL_SEPARATOR = " | "
"""Stands between the cells of a row."""
_MAX_ROW = 500
"""Most characters of a row that is one block. Chosen: rows of figures and names are shorter; cells with more text are
columns of a layout.
"""
_LISTS = frozenset({"ul", "ol", "dl"})
_BOLD = frozenset({"b", "strong"})
_MEANINGFUL = _BREAKING | _BOLD | {"a", "br"}  # others, such as <span>, change nothing


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A block before normalisation: its text, and what its markup says.

    `links` are (start, end, href) in `text`. `bold` is the length of the bold beginning of the text (all of it where no
    plain text follows), `all_linked` whether all text is in links. `list_id` is the number of the outermost list, 0
    where the block is in none. `element` is the innermost element around it that breaks lines.
    """

    kind: BlockKind
    text: str
    links: tuple[tuple[int, int, str], ...] = ()
    bold: int = 0
    all_linked: bool = False
    list_id: int = 0
    element: Element | None = field(default=None, compare=False, repr=False)


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
                if tag in _BREAKING:
                    collector.flush()  # an advertisement between two <br> does not join what is before and behind it
                events.skip_subtree()
                continue
            if tag in _MEANINGFUL:
                collector.enter(tag, node)
            if node.text:
                collector.add(node.text)
        else:
            if tag in _MEANINGFUL and node not in removed:
                collector.leave(tag, node)
            if node.tail and node is not element:
                collector.add(node.tail)
    collector.flush()
    return collector.blocks


@dataclass(slots=True)
class _Row:
    """An open row of a table: the number of the first block in it, and of each cell's."""

    element: Element
    first: int
    cells: list[int] = field(default_factory=list)
    has_rows: bool = False


class _BlockCollector:
    """The blocks so far, the text of the current one, and the open elements."""

    def __init__(self) -> None:
        self.blocks: list[RawBlock] = []
        self._kinds = [BlockKind.PARAGRAPH]
        self._open: list[Element] = []
        self._rows: list[_Row] = []
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
            self._open.append(node)
            if tag == "tr":
                self._rows.append(_Row(node, len(self.blocks)))
            elif tag in _CELLS and self._rows:
                self._rows[-1].cells.append(len(self.blocks))
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

    def leave(self, tag: str, node: Element) -> None:
        if tag in _BREAKING:
            self.flush()
            if self._open:  # the walk may begin inside
                self._open.pop()
            if tag == "tr" and self._rows and self._rows[-1].element is node:
                self._join(self._rows.pop())
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
                    element=self._open[-1] if self._open else None,
                )
            )
        self._clear()

    def _join(self, row: _Row) -> None:
        """Make one block of a row with text in two or more cells."""
        cells = [self.blocks[start:end] for start, end in pairwise([*row.cells, len(self.blocks)])]
        filled = [cell for cell in cells if cell]
        blocks = [block for cell in filled for block in cell]
        plain = all(block.kind is BlockKind.PARAGRAPH for block in blocks)
        if self._rows:  # a row with a table in it is one of a layout
            self._rows[-1].has_rows = True
        if len(filled) < 2 or not plain or row.has_rows or sum(len(block.text) for block in blocks) > _MAX_ROW:
            return
        text, links = "", []
        for cell in filled:
            text += CELL_SEPARATOR if text else ""
            for number, block in enumerate(cell):
                text += " " if number else ""
                links += [(start + len(text), end + len(text), href) for start, end, href in block.links]
                text += block.text
        linked = all(block.all_linked for block in blocks)
        bold = len(text) if all(block.bold == len(block.text) for block in blocks) else 0
        list_id = blocks[0].list_id
        joined = RawBlock(BlockKind.PARAGRAPH, text, tuple(links), bold, linked, list_id, row.element)
        self.blocks[row.first :] = [joined]

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
