"""Raw blocks -> the edition's blocks: normalised, without boilerplate, labels apart, headings known, with language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urljoin

from corpus_builder.extract.blocks import RawBlock
from corpus_builder.extract.compiled import CompiledSite
from corpus_builder.extract.labels import Label, LabelBook
from corpus_builder.model import Block, BlockKind, Link
from corpus_builder.text.language import identify
from corpus_builder.text.normalise import Normalised, normalise

# A paragraph all in bold is a subheading where it is as short as one and does not end like a sentence.
_UNLABELLED = (BlockKind.HEADING, BlockKind.CAPTION)
_LONGEST_HEADING = 100
_SENTENCE_ENDS = tuple(".!?…:;,\"»”“'")


def refined(raw: Sequence[RawBlock], rules: CompiledSite, language: str, url: str) -> list[Block]:
    """The blocks of an edition (or its captions), in order. Blocks without a letter or digit are left out."""
    normal = [(block, text) for block in raw if _has_content((text := normalise(block.text)).text)]
    kept = list(_without_boilerplate(normal, rules))
    blocks = _labelled(kept, rules.labels[language], url)
    languages = tuple(rules.rules.editions)
    return [replace(block, language=identify(block.text, languages).language) for block in blocks]


def _has_content(text: str) -> bool:
    return any(map(str.isalnum, text))


def _without_boilerplate(
    blocks: Sequence[tuple[RawBlock, Normalised]], rules: CompiledSite
) -> Iterator[tuple[RawBlock, Normalised]]:
    """The blocks that are no boilerplate; after one that ends with a colon, bare links are what it announces."""
    announced = False
    for block, text in blocks:
        if rules.is_boilerplate(text.text):
            announced = text.text.endswith(":")
        elif not (announced and block.all_linked):
            announced = False
            yield block, text


def _labelled(blocks: Sequence[tuple[RawBlock, Normalised]], book: LabelBook, url: str) -> Iterator[Block]:
    """Blocks with their labels apart.

    A label that stands alone belongs to the block that follows; where that is a list, to all of its items, and the
    first has the label's text. Where nothing can take it, it stays as a paragraph.
    """
    alone: tuple[Label, Block] | None = None
    in_list: tuple[int, str] | None = None  # the list that a role goes on for
    for place, (raw, text) in enumerate(blocks):
        kind = raw.kind
        label = book.find(text.text, _bold(raw, text)) if kind not in _UNLABELLED else None
        if alone and (label or kind is BlockKind.HEADING):
            yield alone[1]
            alone = None
        if in_list and in_list[0] != raw.list_id:
            in_list = None
        if label and label.end == len(text.text):
            alone = label, _block(kind, raw, text, 0, url)
            continue
        if kind is BlockKind.PARAGRAPH and not label and not alone and _is_heading(place, blocks):
            kind = BlockKind.HEADING
        block = _block(kind, raw, text, label.end if label else 0, url)
        if label is None and alone:
            label = alone[0]
            if raw.list_id:
                in_list = raw.list_id, label.role
        alone = None
        if label:
            block = replace(block, label=label.role, label_text=label.text, speaker=label.speaker)
        elif in_list:
            block = replace(block, label=in_list[1])
        yield block
    if alone:
        yield alone[1]


def _bold(raw: RawBlock, text: Normalised) -> int:
    """The length of the bold head of the normalised text, without a colon and space at its end."""
    return len(text.text[: text.places([raw.bold])[0]].rstrip(" :")) if raw.bold else 0


def _is_heading(place: int, blocks: Sequence[tuple[RawBlock, Normalised]]) -> bool:
    raw, text = blocks[place]
    if place == 0 or place + 1 == len(blocks) or raw.bold < len(raw.text) or raw.list_id:
        return False
    following = blocks[place + 1][0]
    return (
        len(text.text) <= _LONGEST_HEADING
        and not text.text.endswith(_SENTENCE_ENDS)
        and following.bold == 0
        and following.kind is not BlockKind.HEADING
    )


def _block(kind: BlockKind, raw: RawBlock, text: Normalised, head: int, url: str) -> Block:
    """The block of a text without its first `head` characters."""
    links = []
    if raw.links:
        places = text.places(place for start, end, _ in raw.links for place in (start, end))
        for (_, _, href), start, end in zip(raw.links, places[::2], places[1::2], strict=True):
            start, end = _trimmed(text.text, max(start, head), end)
            if start < end and (target := _target(href, url)):
                links.append(Link(start - head, end - head, target))
    rest = text.without_head(head)
    return Block(kind, rest.text, links=tuple(links), edits=rest.edits)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] == " ":
        start += 1
    while start < end and text[end - 1] == " ":
        end -= 1
    return start, end


def _target(href: str, url: str) -> str | None:
    """Where a link leads; None for one that leads nowhere (a script, an anchor)."""
    href = href.strip()
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
        return None
    if href.startswith(("http://", "https://")):
        return href
    try:
        return urljoin(url, href)
    except ValueError:
        return None
