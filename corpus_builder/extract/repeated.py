"""Texts that stand at the addresses of several articles: "page not found", consent walls, "subscribe to read".

A site sends them with status 200, in its own layout or in another, so that only their number gives them away: the same
text at the addresses of different articles is no article, in whatever language. Extraction notes the short texts of
all pages (`short_text`); when all shards are read, `repeated_texts` says which of them are none.

A short article may be published twice. So two articles with one text are enough only where neither page says that it
is an article (no layout of the site, no time, author or tag); otherwise it takes three. Longer texts are never
dropped: copies of them are near-duplicates, which the splits keep together (quality/near_duplicates.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from hashlib import blake2b

from corpus_builder.extract.content import GENERIC
from corpus_builder.model import BlockKind, Edition

REPEATED = "same_text_as_others"
"""The reason for dropping a page whose text stands at addresses of other articles."""

_LONGEST = 2000
"""Most letters and digits of a text that may be dropped. Chosen: error pages and consent walls are shorter, and of what
is longer a copy is a reprint.
"""

_UNSAID, _SAID = 2, 3
"""Articles with the same text from which on it is none: of pages that do not say that they are articles, and of others.
Chosen: a site publishes an article twice by mistake, or in two sections, but hardly three times.
"""

# What differs from one copy to the next: addresses, and the numbers of requests.
_VARIABLE = re.compile(r"(?:https?://|www\.|(?<!\S)/)\S+|\b(?=[a-f]*\d)[0-9a-f]{12,}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ShortText:
    """A short text of a page: hashes of it, of its blocks and of its article's id, and whether the page says that it
    is an article.
    """

    text: int
    blocks: tuple[int, ...]
    article: int
    address: int
    said: bool


def short_text(edition: Edition) -> ShortText | None:
    """The text of an edition's body, without its title; None where it is a long one."""
    blocks = [_letters(block.text, edition) for block in edition.blocks if block.kind is not BlockKind.TITLE]
    if not 0 < sum(map(len, blocks)) <= _LONGEST:
        return None
    moment = edition.published
    has_time = moment is not None and moment.time() != time()
    said = edition.layout != GENERIC or has_time or bool(edition.authors or edition.tags)
    hashes = tuple(dict.fromkeys(map(_hash, filter(None, blocks))))
    return ShortText(_hash("\n".join(blocks)), hashes, _hash(edition.article_id), _hash(edition.url), said)


def repeated_texts(texts: Iterable[ShortText]) -> dict[int, str]:
    """The texts that are no articles, each with the reason in words.

    Besides the same texts, these are texts all of whose blocks stand in three or more articles each.
    """
    known = list(dict.fromkeys(texts))
    articles: dict[int, set[int]] = defaultdict(set)
    addresses: dict[int, set[int]] = defaultdict(set)
    said: set[int] = set()
    in_blocks: dict[int, set[int]] = defaultdict(set)
    for each in known:
        articles[each.text].add(each.article)
        addresses[each.text].add(each.address)
        if each.said:
            said.add(each.text)
        for block in each.blocks:
            in_blocks[block].add(each.article)
    repeated: dict[int, str] = {}
    for each in known:
        same = len(articles[each.text])
        if same >= (_SAID if each.text in said else _UNSAID):
            repeated[each.text] = f"the same text at {len(addresses[each.text])} addresses, of {same} articles"
        elif each.blocks and (shared := min(len(in_blocks[block]) for block in each.blocks)) >= _SAID:
            repeated[each.text] = f"each of its {len(each.blocks)} paragraphs is in {shared} articles or more"
    return repeated


def _letters(text: str, edition: Edition) -> str:
    text = _VARIABLE.sub(" ", text).replace(edition.article_id, " ")
    return "".join(filter(str.isalnum, text.casefold()))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
