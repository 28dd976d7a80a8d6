"""Texts that stand at the addresses of several articles: "page not found", consent walls, "subscribe to read".

A site sends them with status 200, in its own layout or in another, so that only their number gives them away: the same
text at the addresses of different articles is no article, in whatever language. Extraction notes the texts of all pages
(`page_text`); when all shards are read, `repeated_texts` says which of the short ones are none.

A short article may be published twice. So two articles with one text are enough only where neither page says that it
is an article: it has no time, author or tag, although other pages of its layout have. Otherwise it takes three. Longer
texts are never dropped: copies of them are near-duplicates, which the splits keep together
(quality/near_duplicates.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from hashlib import blake2b
from urllib.parse import urlsplit

from corpus_builder.extract.content import GENERIC
from corpus_builder.extract.page_words import asks_for_access
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

_STUB = 600
"""Most letters of its own of a page that ends with an appeal to subscribe. Chosen: free beginnings are a lead and a
sentence or two; a footer with such an appeal stands below longer texts, too.
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


def repeated_texts(texts: Iterable[PageText]) -> dict[int, str]:
    """The texts that are no articles, each with the reason in words.

    Besides the same texts, these are texts all of whose blocks stand in three or more articles each, and short
    beginnings with the same appeal to subscribe.
    """
    known = list(dict.fromkeys(texts))
    told = {each.layout for each in known if each.said and each.layout != GENERIC}
    counts = _Counts(known, told)
    repeated: dict[int, str] = {}
    for each in known:
        if not each.long and (why := counts.why(each)):
            repeated[each.text] = why
    return repeated


class _Counts:
    """In which articles each text and each block stands."""

    def __init__(self, known: Sequence[PageText], told: Container[str]) -> None:
        self._told = told
        self._articles: dict[int, set[int]] = defaultdict(set)
        self._addresses: dict[int, set[int]] = defaultdict(set)
        self._languages: dict[int, set[str]] = defaultdict(set)
        self._loose: dict[int, set[int]] = defaultdict(set)
        self._said: set[int] = set()
        self._in_blocks: dict[int, set[int]] = defaultdict(set)
        for each in known:
            for block in each.blocks:
                self._in_blocks[block].add(each.article)
            if each.long:
                continue
            self._articles[each.text].add(each.article)
            self._addresses[each.text].add(each.address)
            self._languages[each.text].add(each.language)
            if self._says(each):
                self._said.add(each.text)
            else:
                self._loose[each.loose].add(each.article)
        self._footers = {block for each in known for block in each.appeals if each.long or self._own(each) > _STUB}

    def _says(self, each: PageText) -> bool:
        """Whether a page says that it is an article; where no page of its layout says so, the layout does."""
        return each.said or (each.layout != GENERIC and each.layout not in self._told)

    def _own(self, each: PageText) -> int:
        """The letters of a page that are not in three articles."""
        shares = (len(self._in_blocks[block]) for block in each.blocks)
        return sum(size for size, share in zip(each.sizes, shares, strict=True) if share < _SAID)

    def why(self, each: PageText) -> str:
        """Why a short text is no article; "" for one that may be."""
        same, addresses = len(self._articles[each.text]), len(self._addresses[each.text])
        # No translation: the same words in the editions of several articles.
        foreign = len(self._languages[each.text]) > 1
        if same >= (_SAID if each.text in self._said and not foreign else _UNSAID):
            return f"the same text at {addresses} addresses, of {same} articles"
        shares = [len(self._in_blocks[block]) for block in each.blocks]
        if shares and min(shares) >= _SAID:
            return f"each of its {len(shares)} paragraphs is in {min(shares)} articles or more"
        if each.text not in self._said and (alike := len(self._loose[each.loose])) >= _UNSAID:
            return f"the same text but for days and times in {alike} articles"
        asked = [len(self._in_blocks[block]) for block in each.appeals if block not in self._footers]
        if asked and max(asked) >= _SAID and self._own(each) <= _STUB:
            return f"its beginning, and an appeal to subscribe that is in {max(asked)} articles"
        return ""


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
