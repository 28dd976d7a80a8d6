"""Raw blocks -> the blocks of an edition: normalised, without boilerplate, with labels, headings and languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from corpus_builder.extract.blocks import RawBlock
from corpus_builder.extract.compiled import CompiledSite
from corpus_builder.extract.labels import Label, LabelBook
from corpus_builder.extract.page_words import is_date_line
from corpus_builder.model import Block, BlockKind, Link
from corpus_builder.text.language import identify
from corpus_builder.text.normalise import Normalised, normalise

_UNLABELLED = (BlockKind.HEADING, BlockKind.CAPTION)

_MAX_HEADING = 100
"""Most characters of a bold paragraph that is a heading. Chosen: subheadings are shorter, and bold leads longer."""

_SENTENCE_ENDS = tuple(".!?…:;,\"»”“'")


def refined(raw: Sequence[RawBlock], rules: CompiledSite, language: str, url: str) -> list[Block]:
    """The blocks of an edition (or its captions), in order. Blocks without a letter or digit are dropped."""
    normal = ((block, normalise(block.text)) for block in raw)
    kept = list(_without_boilerplate(((block, text) for block, text in normal if _has_content(text.text)), rules))
    return list(_labelled(kept, rules.labels[language], _BlockMaker(url, tuple(rules.rules.editions), language)))


def without_frame(blocks: Sequence[Block], title: str) -> list[Block]:
    """The blocks of a body without the title that is repeated in it, and without dates and times
    at its ends: there they are about the article, further inside (a chronicle) they are part of it.
    """
    same = _letters(title)
    kept = [
        block
        for place, block in enumerate(blocks)
        if _letters(block.text) != same or (place and block.kind is not BlockKind.HEADING)
    ]
    while kept and _is_frame(kept[0]):
        del kept[0]
    while kept and _is_frame(kept[-1]):
        del kept[-1]
    return kept


def _is_frame(block: Block) -> bool:
    return is_date_line(block.text)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _has_content(text: str) -> bool:
    return any(map(str.isalnum, text))


def _without_boilerplate(
    blocks: Iterable[tuple[RawBlock, Normalised]], rules: CompiledSite
) -> Iterator[tuple[RawBlock, Normalised]]:
    """The blocks without boilerplate. Blocks of links alone after boilerplate that ends with a colon belong to it."""
    links_follow = False
    for block, text in blocks:
        if rules.is_boilerplate(text.text):
            links_follow = text.text.endswith(":")
        elif not (links_follow and block.all_linked):
            links_follow = False
            yield block, text


def _labelled(blocks: Sequence[tuple[RawBlock, Normalised]], book: LabelBook, make: _BlockMaker) -> Iterator[Block]:
    """Blocks with their labels separated.

    A label in a block of its own belongs to the block that follows; where that is in a list, to all of its items, and
    the first has the label's text. Before a heading or another label, or at the end, it stays a paragraph.
    """
    alone: tuple[Label, Block] | None = None
    in_list: tuple[int, str] | None = None  # the list whose items continue a role
    for place, (raw, text) in enumerate(blocks):
        kind = raw.kind
        label = book.find(text.text, _bold(raw, text)) if kind not in _UNLABELLED else None
        if alone and (label or kind is BlockKind.HEADING):
            yield alone[1]
            alone = None
        if in_list and in_list[0] != raw.list_id:
            in_list = None
        if label and not _has_content(text.text[label.end :]):
            alone = label, make.block(kind, raw, text)
        elif label:
            yield make.block(kind, raw, text, label, label.end)
        elif alone:
            label = alone[0]
            yield make.block(kind, raw, text, label)
            in_list = (raw.list_id, label.role) if raw.list_id else None
            alone = None
        elif in_list:
            yield make.block(kind, raw, text, Label(in_list[1], None, None, 0))
        elif kind is BlockKind.PARAGRAPH and _is_heading(place, blocks):
            yield make.block(BlockKind.HEADING, raw, text)
        else:
            yield make.block(kind, raw, text)
    if alone:
        yield alone[1]


@dataclass(frozen=True, slots=True)
class _BlockMaker:
    """Makes the blocks of one page: its URL, the languages of the site, the language of the page's edition."""

    url: str
    languages: tuple[str, ...]
    expected: str

    def block(
        self, kind: BlockKind, raw: RawBlock, text: Normalised, label: Label | None = None, head: int = 0
    ) -> Block:
        """The block of a text without its first `head` characters."""
        rest = text.without_head(head)
        return Block(
            kind=kind,
            text=rest.text,
            label=label.role if label else None,
            label_text=label.text if label else None,
            speaker=label.speaker if label else None,
            language=identify(rest.text, self.languages, self.expected).language,
            links=self._links(raw, text, head) if raw.links else (),
            edits=rest.edits,
        )

    def _links(self, raw: RawBlock, text: Normalised, head: int) -> tuple[Link, ...]:
        places = text.places(place for start, end, _ in raw.links for place in (start, end))
        links = []
        for (_, _, href), start, end in zip(raw.links, places[::2], places[1::2], strict=True):
            start, end = _trimmed(text.text, max(start, head), end)
            if start < end and (target := _target(href, self.url)):
                links.append(Link(start - head, end - head, target))
        return tuple(links)


def _bold(raw: RawBlock, text: Normalised) -> int:
    """The length of the bold beginning of the normalised text, without a colon and space at its end."""
    return len(text.text[: text.places([raw.bold])[0]].rstrip(" :")) if raw.bold else 0


def _is_heading(place: int, blocks: Sequence[tuple[RawBlock, Normalised]]) -> bool:
    raw, text = blocks[place]
    if place == 0 or place + 1 == len(blocks) or raw.bold < len(raw.text) or raw.list_id:
        return False
    following = blocks[place + 1][0]
    return (
        len(text.text) <= _MAX_HEADING
        and not text.text.endswith(_SENTENCE_ENDS)
        and following.bold == 0
        and following.kind is not BlockKind.HEADING
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] == " ":
        start += 1
    while start < end and text[end - 1] == " ":
        end -= 1
    return start, end


def _target(href: str, url: str) -> str | None:
    """The target of a link; None for a script, an anchor or an address that is no page."""
    href = href.strip()
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
        return None
    if href.startswith(("http://", "https://")):
        return href
    try:
        return urljoin(url, href)
    except ValueError:
        return None
