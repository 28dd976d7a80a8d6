"""The article in a JSON value, by the paths of a site's rules (sites/json_rules.py)."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Any

from corpus_builder.errors import SkipPage
from corpus_builder.extract.blocks import RawBlock
from corpus_builder.extract.content import Content
from corpus_builder.extract.json_ld_body import text_blocks
from corpus_builder.model import BlockKind
from corpus_builder.sites.answer_parts import INCOMPLETE
from corpus_builder.sites.answer_rules import found
from corpus_builder.sites.json_rules import JsonRules
from corpus_builder.web.dates import since_1970
from corpus_builder.web.json_ld import JsonLdArticle

_KINDS = {
    "paragraph": BlockKind.PARAGRAPH,
    "heading": BlockKind.HEADING,
    "list_item": BlockKind.LIST_ITEM,
    "blockquote": BlockKind.BLOCKQUOTE,
    "lead": BlockKind.LEAD,
    "caption": BlockKind.CAPTION,
}

_MOST_BLOCKS = 20_000
"""Most objects of a body that are read. Chosen: the longest articles have some hundred blocks."""

_DEEPEST = 100
"""How deep the leaves of a block may be. Chosen: editors nest lists and links some ten deep."""


@dataclass
class KindCount:
    """The objects of a body of one kind: how many there are, and how many of them have no text by the rules."""

    objects: int = 0
    without_text: int = 0
    sample: str = ""


@dataclass
class BodyReport:
    """What became of the objects of a body, by their kind as written."""

    kinds: dict[str, KindCount] = field(default_factory=dict)


def json_contents(rules: JsonRules, values: Iterable[Any]) -> tuple[list[Content], JsonLdArticle]:
    """The parts of the article in each of its values, and what the first says about it.

    Raises SkipPage `empty_body` where `body` finds nothing in the first, `incomplete` where in a later one, and
    `too_large`. An empty list in a later one is the end of a list that the API has cut into pieces.
    """
    contents: list[Content] = []
    described, blocks = JsonLdArticle({}), 0
    for number, value in enumerate(values):
        if number and found(rules.body, value) == []:
            continue
        try:
            content, said = json_content(rules, value)
        except SkipPage as error:
            if number and error.reason == "empty_body":
                raise SkipPage(INCOMPLETE, f"answer {number + 1}: {error.detail}") from error
            raise
        blocks += len(content.blocks) + len(content.captions)
        if number and blocks > _MOST_BLOCKS:
            raise SkipPage("too_large", f"the JSON ({rules.name}) has more than {_MOST_BLOCKS:,} blocks")
        if number and not content.blocks and not content.captions:
            raise SkipPage(INCOMPLETE, f"answer {number + 1} has no text at {rules.body}")
        contents.append(content)
        described = described if number else said
    return contents, described


def json_content(rules: JsonRules, value: Any) -> tuple[Content, JsonLdArticle]:
    """The parts of the article in a value, and what the value says about it in the terms of schema.org.

    Raises SkipPage `empty_body` where `body` finds nothing.
    """
    body = found(rules.body, value)
    if body is None:
        raise SkipPage("empty_body", f"the JSON ({rules.name}) has nothing at {rules.body}")
    blocks = [replace(block, kind=BlockKind.LEAD) for block in text_blocks(found(rules.lead, value))]
    blocks += body_blocks(rules, body)
    title = " ".join(block.text.strip() for block in text_blocks(found(rules.title, value)))
    captions = [replace(block, kind=BlockKind.CAPTION) for block in text_blocks(found(rules.captions, value))]
    described = {
        "headline": title,
        "datePublished": _time(found(rules.published, value)),
        "dateModified": _time(found(rules.modified, value)),
        "author": found(rules.authors, value),
        "keywords": found(rules.tags, value),
    }
    content = Content(
        layout=rules.name,
        title=title,
        blocks=[block for block in blocks if block.kind is not BlockKind.CAPTION],
        captions=captions + [block for block in blocks if block.kind is BlockKind.CAPTION],
    )
    return content, JsonLdArticle({name: given for name, given in described.items() if given})


def body_blocks(rules: JsonRules, body: Any, report: BodyReport | None = None) -> list[RawBlock]:
    """The blocks of a body: of a text, HTML, or a list of texts and objects."""
    blocks: list[RawBlock] = []
    for number, item in enumerate(_items(body)):
        if number >= _MOST_BLOCKS:
            raise SkipPage("too_large", f"the JSON ({rules.name}) has more than {_MOST_BLOCKS:,} blocks")
        if not isinstance(item, dict):
            blocks += text_blocks(item)
            continue
        kind = found(rules.kind, item)
        read = _object(rules, item, rules.kinds.get(str(kind), "paragraph"))
        if report is not None:
            count = report.kinds.setdefault("" if kind is None else str(kind), KindCount())
            count.objects += 1
            count.without_text += not read
            count.sample = count.sample or "".join(block.text for block in read[:1])
        blocks += read
    return blocks


def _items(body: Any) -> Iterator[Any]:
    """The texts and objects of a body, in which lists may hold lists."""
    waiting = [body]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif item is not None:
            yield item


def _object(rules: JsonRules, item: dict[str, Any], role: str) -> list[RawBlock]:
    if role == "remove":
        return []
    if rules.leaves is not None:
        texts: Any = "".join(_leaves(item, rules.leaves, 0))
    else:
        texts = found(rules.text, item)
    read = [block for text in _items(texts) if isinstance(text, str) for block in text_blocks(text)]
    kind = _KINDS.get(role)
    if kind is None or kind is BlockKind.PARAGRAPH:
        return read  # HTML in a block has kinds of its own
    return [replace(block, kind=kind) for block in read]


def _leaves(value: Any, key: str, depth: int) -> Iterator[str]:
    """The texts that a key has at any depth, in their order."""
    if depth > _DEEPEST:
        raise SkipPage("too_large", f"the blocks are nested more than {_DEEPEST} deep")
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item, key, depth + 1)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name == key and isinstance(inner, str):
                yield html.escape(inner, quote=False)
            else:
                yield from _leaves(inner, key, depth + 1)


def _time(value: Any) -> Any:
    """A time as a text: a number counts from 1970 on, as in tables."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        moment = since_1970(value, UTC)
    except (ValueError, OverflowError):  # not a number, infinite
        return None
    return moment.isoformat() if moment else None
