"""What extraction notes of the text of a page: hashes, by which repeated.py finds those that several articles have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from hashlib import blake2b
from urllib.parse import urlsplit

import pyarrow as pa

from corpus_builder.extract.page_words import asks_for_access
from corpus_builder.model import BlockKind, Edition

_LONGEST = 2000
"""Most letters and digits of a text that may be dropped. Chosen: error pages and consent walls are shorter, and of what
is longer a copy is a reprint.
"""

_ENDS = 2
"""Blocks at the end of a long text that are noted, where the appeals of a site stand. Chosen: one, and one below."""

_SHORTEST_TITLE = 8
"""Letters from which on a title is taken out of a text. Chosen: shorter ones are words that stand in many texts."""

_MOST_PARTS = 12
"""Parts of an address that are looked for in a text. Chosen: a date, a section and a slug are six, with or without
hyphens; each is a search of the whole text.
"""

# What differs from one copy to the next: addresses, and the numbers of requests.
_VARIABLE = re.compile(r"(?:https?://|www\.|(?<!\S)/)\S+|\b(?=[a-f]*\d)[0-9a-f]{12,}\b", re.IGNORECASE)
# What also does, but tells short articles apart, too: days, times and numbers of requests.
_MOMENT = re.compile(
    r"\b\d{1,2}:\d\d(?::\d\d)?\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b"
    r"|\b\d{1,2}\.? [^\W\d_]{3,12}\.? \d{4}\b|\b[^\W\d_]{3,12} \d{1,2}, \d{4}\b"
    r"|(?:№|#|\b(?:id|code|код|номер)\b\W{0,3})\s?[0-9a-z-]{1,40}\b",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[^/]{4,}")  # of an address or an id; chosen: what is shorter stands in texts by chance


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page, in hashes.

    `text` is that without addresses and its title, `loose` that without days and times as well. `blocks` and `sizes`
    are the hashes of its blocks and their letters (of a long text, those of its last ones), `appeals` those that ask
    to subscribe or to log in. `said`: the page has a time, an author or a tag.
    """

    text: int
    loose: int
    blocks: tuple[int, ...]
    sizes: tuple[int, ...]
    appeals: tuple[int, ...]
    article: int
    address: int
    language: str
    layout: str
    said: bool
    long: bool


def page_text(edition: Edition) -> PageText:
    """The text of an edition's body, without its title."""
    plain = _Plain(edition)
    body = [block.text for block in edition.blocks if block.kind is not BlockKind.TITLE]
    blocks = [plain.letters(text) for text in body]
    is_long = sum(map(len, blocks)) > _LONGEST
    noted = range(max(0, len(blocks) - _ENDS), len(blocks)) if is_long else range(len(blocks))
    sizes = {_hash(blocks[place]): len(blocks[place]) for place in noted if blocks[place]}
    moment = edition.published
    return PageText(
        text=_hash("\n".join(blocks)),
        loose=0 if is_long else _hash("\n".join(plain.letters(_MOMENT.sub(" ", text)) for text in body)),
        blocks=tuple(sizes),
        sizes=tuple(sizes.values()),
        appeals=tuple(_hash(blocks[place]) for place in noted if blocks[place] and asks_for_access(body[place])),
        article=_hash(edition.article_id),
        address=_hash(edition.url or edition.capture),
        language=edition.language,
        layout=edition.layout,
        said=(moment is not None and moment.time() != time()) or bool(edition.authors or edition.tags),
        long=is_long,
    )


class _Plain:
    """Texts of an edition as letters and digits, without its title, its id and the parts of its address."""

    def __init__(self, edition: Edition) -> None:
        self._title = next((_letters(block.text) for block in edition.blocks if block.kind is BlockKind.TITLE), "")
        path = urlsplit(edition.url).path
        parts = {*_PARTS.findall(edition.article_id), *_PARTS.findall(path)}
        self._parts = sorted(parts | {part.replace("-", " ") for part in parts}, key=len, reverse=True)[:_MOST_PARTS]

    def letters(self, text: str) -> str:
        text = _VARIABLE.sub(" ", text)
        for part in self._parts:
            text = text.replace(part, " ")
        plain = _letters(text)
        return plain.replace(self._title, "") if _SHORTEST_TITLE <= len(self._title) < len(plain) else plain


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


PAGE_TEXTS = pa.schema({
    "text": pa.int64(),
    "loose": pa.int64(),
    "blocks": pa.list_(pa.int64()),
    "sizes": pa.list_(pa.int32()),
    "appeals": pa.list_(pa.int64()),
    "article": pa.int64(),
    "address": pa.int64(),
    "language": pa.string(),
    "layout": pa.string(),
    "said": pa.bool_(),
    "long": pa.bool_(),
})  # fmt: skip
"""The columns of a table of page texts."""


def page_text_row(text: PageText) -> dict[str, object]:
    """A page text as a row of PAGE_TEXTS."""
    return {name: getattr(text, name) for name in PAGE_TEXTS.names}
