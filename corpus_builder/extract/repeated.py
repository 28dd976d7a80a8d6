"""Texts that stand at the addresses of several articles: "page not found", consent walls, "subscribe to read".

A site sends them with status 200, in its own layout or in another, so that only their number gives them away: the same
text at the addresses of different articles is no article, in whatever language. Extraction notes the texts of all pages
(page_text.py); when all shards are read, `find_repeated` says which of the short ones are none.

A short article may be published twice. So two articles with one text are enough only where neither page says that it
is an article: it has no time, author or tag, although other pages of its layout have. Otherwise it takes three. Longer
texts are never dropped: copies of them are near-duplicates, which the splits keep together
(quality/duplicates.py).

The notes of all pages may be more than memory holds. They come in parts, one in memory at a time, and are read once for
each question that needs the answers of the one before: which layouts tell when a page is an article; in how many
articles each text and block stands; which appeals stand below whole articles, too; which texts are none. All pages of
an article are in one part, so that the articles of the parts add up; the sums are kept on disk where they are many
(tally.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpus_builder.extract.content import GENERIC
from corpus_builder.extract.tally import Table, Tally
from corpus_builder.ragged import offsets

REPEATED = "same_text_as_others"
"""The reason for dropping a page whose text stands at addresses of other articles."""

_UNSAID, _SAID = 2, 3
"""Articles with the same text from which on it is none: of pages that do not say that they are articles, and of others.
Chosen: a site publishes an article twice by mistake, or in two sections, but hardly three times.
"""

_STUB = 600
"""Most letters of its own of a page that ends with an appeal to subscribe. Chosen: free beginnings are a lead and a
sentence or two; a footer with such an appeal stands below longer texts, too.
"""

_WORDS = (
    "",
    "its beginning, and an appeal to subscribe that is in {0} articles",
    "the same text but for days and times in {0} articles",
    "each of its {1} paragraphs is in {0} articles or more",
    "the same text at {0} addresses, of {1} articles",
)
_STUBBED, _ALIKE, _PARAGRAPHS, _SAME = 1, 2, 3, 4
"""The reasons why a text is none, by their places in `_WORDS`; of several, the last is given."""

_FIGURE = 28
"""Bits of each of the two figures of a reason: up to 268 million."""

Read = Callable[[Sequence[str]], Iterable[pa.Table]]
"""Gives some columns of PAGE_TEXTS: a table for each part. All pages of an article are in one part."""
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Repeated:
    """The texts that are no articles, with the reasons."""

    def __init__(self, verdicts: Table | None = None) -> None:
        self._verdicts = verdicts

    def __bool__(self) -> bool:
        return bool(self._verdicts)

    def among(self, texts: pa.Table) -> dict[int, str]:
        """Those among the page texts of a table, which needs the column `text` alone, each with the reason in words."""
        if self._verdicts is None:
            return {}
        here = np.unique(_ints(texts, "text"))
        why = self._verdicts.find(here)["why"]
        return {int(here[place]): _in_words(int(why[place])) for place in np.flatnonzero(why)}


def find_repeated(read: Read, scratch: Path | None = None) -> Repeated:
    """The texts that are no articles.

    Besides the same texts, these are texts all of whose blocks stand in three or more articles each, and short
    beginnings with the same appeal to subscribe. `scratch` is a folder for what memory does not hold.
    """
    told = _told(read)
    counts = _counts(read, told, scratch)
    if not any(map(len, counts)):
        return Repeated()
    footers = _footers(read, counts, scratch)
    verdicts = Tally({"why": (np.int64, np.maximum)}, "why", 1, scratch)
    for table in read(("text", "loose", "blocks", "sizes", "appeals", "layout", "said", "long")):
        _judge(_short(table), told, counts, footers, verdicts)
    return Repeated(verdicts.table())


class _Counts(NamedTuple):
    """In how many articles texts and blocks stand, of those that are in enough of them.

    `texts` are those of short pages, with their addresses, the least and the greatest of their languages, and whether a
    page of the text says that it is an article; `loose` those of pages that do not say so, without days and times.
    """

    texts: Table
    loose: Table
    blocks: Table


def _told(read: Read) -> set[str]:
    """The layouts of which some page says that it is an article."""
    told: set[str] = set()
    for table in read(("layout", "said")):
        told.update(pc.unique(table.filter(table["said"])["layout"]).to_pylist())
    return told - {GENERIC}


def _says(table: pa.Table, told: set[str]) -> Flags:
    """[pages] whether each says that it is an article; where no page of its layout says so, the layout does."""
    layouts = table["layout"]
    by_layout = pc.invert(pc.is_in(layouts, pa.array(sorted({*told, GENERIC}), pa.string())))
    return _flags(pc.or_(table["said"], by_layout))


def _counts(read: Read, told: set[str], scratch: Path | None) -> _Counts:
    articles = (np.uint32, np.add)
    languages = {"first": (np.uint32, np.minimum), "last": (np.uint32, np.maximum)}
    texts = Tally({"articles": articles, "addresses": articles, "said": (np.bool_, np.maximum), **languages},
                  "articles", _UNSAID, scratch)  # fmt: skip
    loose = Tally({"articles": articles}, "articles", _UNSAID, scratch)
    blocks = Tally({"articles": articles}, "articles", _SAID, scratch)
    for table in read(("text", "loose", "blocks", "article", "address", "language", "layout", "said", "long")):
        lists = _Lists.of(table, "blocks")
        keys, shares = _different(lists.flat, lists.of_each(_ints(table, "article")))
        blocks.add(keys, articles=shares)
        short = _short(table)
        text, article, says = _ints(short, "text"), _ints(short, "article"), _says(short, told)
        keys, same = np.unique(text, return_inverse=True)
        first, last = np.full(len(keys), 2**32 - 1, np.uint32), np.zeros(len(keys), np.uint32)
        language = _language_codes(short)
        np.minimum.at(first, same, language)
        np.maximum.at(last, same, language)
        texts.add(
            keys,
            articles=_different(text, article)[1],
            addresses=_different(text, _ints(short, "address"))[1],
            said=np.bincount(same, says, len(keys)) > 0,
            first=first,
            last=last,
        )
        keys, alike = _different(_ints(short, "loose")[~says], article[~says])
        loose.add(keys, articles=alike)
    return _Counts(texts.table(), loose.table(), blocks.table())


def _footers(read: Read, counts: _Counts, scratch: Path | None) -> Table:
    """The appeals to subscribe that stand below whole articles."""
    footers = Tally({"articles": (np.uint32, np.maximum)}, "articles", 1, scratch)
    for table in read(("blocks", "sizes", "appeals", "long")):
        asking = table.filter(pc.greater(pc.list_value_length(table["appeals"]), 0))
        if len(asking):
            whole = _flags(asking["long"]) | (_own(asking, counts) > _STUB)
            appeals = _Lists.of(asking, "appeals")
            below = np.unique(appeals.flat[appeals.of_each(whole)])
            footers.add(below, articles=counts.blocks.find(below)["articles"])
    return footers.table()


def _judge(short: pa.Table, told: set[str], counts: _Counts, footers: Table, verdicts: Tally) -> None:
    """Add why texts of short pages are no articles, of those that are none."""
    text = _ints(short, "text")
    same = counts.texts.find(text)
    # A text that is not counted has one article, so that all its pages are in this part.
    _, inverse = np.unique(text, return_inverse=True)
    said = same["said"] | (np.bincount(inverse, _says(short, told)) > 0)[inverse]
    # No translation: the same words in the editions of several articles.
    foreign = same["first"] != same["last"]
    blocks = _Lists.of(short, "blocks")
    least = blocks.ends(np.minimum, counts.blocks.find(blocks.flat)["articles"])
    alike = counts.loose.find(_ints(short, "loose"))["articles"]
    appeals = _Lists.of(short, "appeals")
    asked_in = counts.blocks.find(appeals.flat)["articles"] * (footers.find(appeals.flat)["articles"] == 0)
    asked = appeals.ends(np.maximum, asked_in)
    for reason, holds, figures in (
        (_SAME, same["articles"] >= np.where(said & ~foreign, _SAID, _UNSAID), (same["addresses"], same["articles"])),
        (_PARAGRAPHS, least >= _SAID, (least, blocks.sizes)),
        (_ALIKE, ~said & (alike >= _UNSAID), (alike, alike)),
        (_STUBBED, (asked >= _SAID) & (_own(short, counts) <= _STUB), (asked, asked)),
    ):
        verdicts.add(text[holds], why=_packed(reason, *(figure[holds] for figure in figures)))


def _own(pages: pa.Table, counts: _Counts) -> Ints:
    """[pages] the letters of each that are not in three articles."""
    blocks = _Lists.of(pages, "blocks")
    sizes = _Lists.of(pages, "sizes").flat * (counts.blocks.find(blocks.flat)["articles"] < _SAID)
    return np.bincount(blocks.pages, sizes, len(pages)).astype(np.int64)


class _Lists(NamedTuple):
    """The lists of a column one after the other, how long each is, and the page of each member."""

    flat: Ints
    sizes: Ints
    pages: Ints

    @staticmethod
    def of(table: pa.Table, name: str) -> _Lists:
        column = table[name]
        flat = pc.list_flatten(column).to_numpy().astype(np.int64, copy=False)
        sizes = pc.list_value_length(column).to_numpy().astype(np.int64)
        return _Lists(flat, sizes, np.repeat(np.arange(len(sizes)), sizes))

    def of_each(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """[members] what its page has."""
        return values[self.pages]

    def ends(self, way: np.ufunc, values: npt.NDArray[Any]) -> Ints:
        """[pages] the least or the greatest value of each page's members; 0 without any."""
        found = np.zeros(len(self.sizes), np.int64)
        filled = self.sizes > 0
        if len(values):
            found[filled] = way.reduceat(values, offsets(self.sizes)[:-1][filled])
        return found


def _short(table: pa.Table) -> pa.Table:
    return table.filter(pc.invert(table["long"]))


def _different(keys: Ints, values: Ints) -> tuple[Ints, Ints]:
    """The keys in order, and how many different values each has."""
    order = np.lexsort((values, keys))
    keys, values = keys[order], values[order]
    other_key = np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)]
    other = other_key | np.concatenate(([True], values[1:] != values[:-1]))[: len(keys)]
    starts = np.flatnonzero(other_key)
    return keys[starts], np.add.reduceat(other.astype(np.int64), starts) if len(starts) else starts


def _language_codes(table: pa.Table) -> npt.NDArray[np.uint32]:
    column = table["language"].combine_chunks().dictionary_encode()
    codes = np.array([crc32(language.encode()) for language in column.dictionary.to_pylist()], np.uint32)
    of_pages: npt.NDArray[np.uint32] = codes[column.indices.to_numpy()]
    return of_pages


def _ints(table: pa.Table, name: str) -> Ints:
    values: Ints = table[name].to_numpy()
    return values


def _flags(column: pa.ChunkedArray) -> Flags:
    return np.asarray(column.to_numpy(), bool)


def _packed(reason: int, first: Ints, second: Ints) -> Ints:
    """A reason and its figures as numbers, which rise with them."""
    most = (1 << _FIGURE) - 1
    figures = (np.minimum(each.astype(np.int64), most) for each in (first, second))
    return (np.int64(reason) << 2 * _FIGURE) | (next(figures) << _FIGURE) | next(figures)


def _in_words(why: int) -> str:
    most = (1 << _FIGURE) - 1
    return _WORDS[why >> 2 * _FIGURE].format(why >> _FIGURE & most, why & most)
