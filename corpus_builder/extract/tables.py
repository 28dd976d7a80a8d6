"""Articles that were extracted elsewhere (`--articles`) -> editions.

Accepted are JSON lines and lists, CSV and TSV, all also compressed, Parquet, and folders: one that
`datasets.Dataset.save_to_disk` wrote, or one of such files.

    table_files.py      a file or folder -> rows, with their places
    table_lines.py      a text file -> lines: compression, charset, line ends
    table_json.py       lines -> objects of JSON
    separated.py        lines -> records of CSV and TSV
    table_columns.py    which column has which part of an article; long and wide tables
    table_dates.py      dates in cells

The parts of an edition are:

    id, language        the story, and the language of the edition
    text | paragraphs   the body: a text with a paragraph per line, or a list of paragraphs
    title, url, date, section, authors, tags       optional

A table has no markup, so its editions have no headings, lists or links. The labels and boilerplate rules of the site
are applied as to pages. A row that is no edition becomes a Drop with its reason, so that every row is accounted for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from corpus_builder.errors import SkipPage
from corpus_builder.extract.blocks import RawBlock
from corpus_builder.extract.compiled import compiled_site
from corpus_builder.extract.page_words import author_names
from corpus_builder.extract.refine import refined
from corpus_builder.extract.table_columns import Record, TableOptions, language_code
from corpus_builder.extract.table_dates import serial_datetime, table_datetime
from corpus_builder.extract.table_files import table_rows
from corpus_builder.model import Block, BlockKind, Drop, Edition
from corpus_builder.sites import Site
from corpus_builder.text.language import SURELY_ANOTHER, Detection, identify
from corpus_builder.text.normalise import normalise
from corpus_builder.text.surrogates import without_surrogates
from corpus_builder.web.guard import guarded

_STAGE = "extract"

_MAX_CHARACTERS = 2_000_000
"""Most characters of an edition. Chosen: ten times a long read; the whole of a novel is less."""

_MAX_PARAGRAPHS = 10_000
"""Most paragraphs of an edition. Chosen: half a second of work; a long read has some 200."""

_MAX_ID = 500
"""Most characters of an id. Chosen: ids are numbers, or paths of URLs."""

_SHOWN = 80
"""Most characters of a cell in the detail of a drop. Chosen: a line of a terminal."""

_LINE_END = re.compile(r"\r\n|[\n\r\v\f\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n\s*\n")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

_WRAPPED = range(60, 101)
"""Widths, in characters, at which a text may be wrapped. Chosen: mail and terminals wrap at 60 to 100; lines of poems
are shorter, most paragraphs longer.
"""

_FULL = 0.95
"""Share of lines that end where the next word did not fit, from which on a text is wrapped. Chosen: all of them where a
program wrapped it, but for an edit by hand.
"""


def read_articles(
    path: Path, site: Site, languages: Sequence[str] | None = None, options: TableOptions | None = None
) -> Iterator[Edition | Drop]:
    """The editions in a file or folder, and a Drop for every row that is none.

    `site` has the labels, boilerplate rules and time zone; rows in other languages than `languages` (None: those of the
    site) are dropped as `other_language`. Reasons of drops: bad_row, no_id, no_language, other_language, bad_date,
    empty_body, too_large, wrong_language, duplicate (a second row for the same id and language), extractor_error.
    Raises UsageError for other forms of file and for missing columns, RunError for a damaged file.
    """
    options = options or TableOptions()
    maker = _EditionMaker(site, tuple(languages or site.languages), options.date_format)
    keys: set[tuple[str, str]] = set()
    for row in table_rows(path, options, maker.languages):
        if row.problem:
            yield Drop(_STAGE, row.place, "bad_row", row.problem)
        elif not row.records:
            yield Drop(_STAGE, row.place, "empty_body", "it has no text in any language")
        for record in row.records:
            item = maker.edition_or_drop(row.place, record)
            if isinstance(item, Edition):
                key = (item.article_id, item.language)
                if key in keys:
                    detail = f"{key[0]} in {key[1]} is in an earlier row"
                    item = Drop(_STAGE, row.place, "duplicate", detail, key[1], key[0])
                keys.add(key)
            yield item


@dataclass(frozen=True)
class _EditionMaker:
    """Makes editions of the records of a table."""

    site: Site
    languages: tuple[str, ...]
    date_format: str | None

    def edition_or_drop(self, place: str, record: Record) -> Edition | Drop:
        """The edition of a record, or why it is none."""
        article_id = language = ""
        try:
            article_id = _line(record, "id")
            language = language_code(_line(record, "language"), self.languages)[:_SHOWN]
            article_id, too_long = article_id[:_MAX_ID], len(article_id) > _MAX_ID
            if too_long:
                raise SkipPage("bad_row", f"its id has more than {_MAX_ID} characters")
            with guarded(place):
                return self._edition(place, record, article_id, language)
        except SkipPage as skip:
            return Drop(_STAGE, place, skip.reason, skip.detail, language or None, article_id or None)

    def _edition(self, place: str, record: Record, article_id: str, language: str) -> Edition:
        if not article_id:
            raise SkipPage("no_id")
        if not language:
            raise SkipPage("no_language")
        if language not in self.languages:
            raise SkipPage("other_language", f"{language}, not one of {', '.join(self.languages)}")
        if _size(record) > _MAX_CHARACTERS:
            raise SkipPage("too_large", f"more than {_MAX_CHARACTERS:,} characters")
        url = _url(record)
        paragraphs = _paragraphs(record)
        if len(paragraphs) > _MAX_PARAGRAPHS:
            raise SkipPage("too_large", f"more than {_MAX_PARAGRAPHS:,} paragraphs")
        raw = [RawBlock(BlockKind.PARAGRAPH, paragraph) for paragraph in paragraphs]
        title = tuple(self._title(record))
        body = refined(raw, compiled_site(self.site), language, url)
        if title and body and body[0].text == title[0].text:  # the text begins with the title
            del body[0]
        if not body:
            raise SkipPage("empty_body")
        detected = self._detected(" ".join(block.text for block in body), language)
        return Edition(
            site=self.site.name,
            article_id=article_id,
            language=language,
            url=url,
            blocks=(*title, *body),
            detected_language=detected.language,
            authors=author_names(_list(record.get("authors"))),
            published=self._published(record, url),
            section=_line(record, "section") or None,
            tags=_list(record.get("tags")),
            layout="table",
            capture=place,
        )

    def _detected(self, text: str, language: str) -> Detection:
        detected = identify(text, self.site.languages)
        if detected.language not in (language, "und") and detected.probability >= SURELY_ANOTHER:
            raise SkipPage("wrong_language", f"its text is in {detected.language} ({detected.probability:.2f})")
        return detected

    def _title(self, record: Record) -> Iterator[Block]:
        title = normalise(_text(record, "title"))
        if title.text:
            among = identify(title.text, self.site.languages).language
            yield Block(BlockKind.TITLE, title.text, language=among, edits=title.edits)

    def _published(self, record: Record, url: str) -> datetime | None:
        """The date of the row, else that in its URL. Raises SkipPage `bad_date` for one that cannot be read."""
        value = record.get("date")
        zone = compiled_site(self.site).zone
        if _is_given(value) and (moment := table_datetime(value, zone, self.date_format)):
            return moment
        address = self.site.address(url) if url else None
        serial = serial_datetime(value, zone) if _is_given(value) else None
        if address and address.date:
            if serial and serial.date() == address.date:  # the URL says that it is one
                return serial
            return datetime(address.date.year, address.date.month, address.date.day, tzinfo=zone)
        if _is_given(value):
            hint = '; of a spreadsheet, date_format = "excel" reads it' if serial and not self.date_format else ""
            raise SkipPage("bad_date", f"{_cut(_scalar(value, 'date'))!r} cannot be read as a date{hint}")
        return None


def _is_given(value: Any) -> bool:
    return value is not None and value == value and (not isinstance(value, str) or bool(value.strip()))


def _size(record: Record) -> int:
    """The characters of a record."""
    return sum(
        sum(len(item) for item in value if isinstance(item, str)) if isinstance(value, list) else len(value)
        for value in record.values()
        if isinstance(value, str | bytes | list)
    )


def _url(record: Record) -> str:
    """The URL of a record; "" for one that cannot be the address of a page (a script, a damaged one)."""
    url = _line(record, "url")
    scheme = _SCHEME.match(url)
    if scheme and scheme[0].lower() not in ("http:", "https:"):
        return ""
    try:
        urlsplit(url)
    except ValueError:
        return ""
    return url


def _paragraphs(record: Record) -> list[str]:
    """The paragraphs of a body: the items of a list, else the lines of a text."""
    for name in ("paragraphs", "text"):
        value = record.get(name)
        if isinstance(value, list):
            if any(not isinstance(item, str | int | float | None) for item in value):
                raise SkipPage("bad_row", f"its {name} are not texts")
            if value:
                return [_scalar(item, name) for item in value]
        elif text := _text(record, name):
            return _lines(_LINE_END.sub("\n", text))
    return []


def _lines(text: str) -> list[str]:
    """The paragraphs of a text: its lines, so that a blank one somewhere changes nothing for poems and lists. Where a
    program has wrapped the text, they are what is between blank lines.
    """
    paragraphs = [[line.strip() for line in part.split("\n")] for part in _BLANK_LINES.split(text)]
    if len(paragraphs) > 1 and _is_wrapped(paragraphs):
        return [" ".join(lines) for lines in paragraphs]
    return [line for lines in paragraphs for line in lines]


def _is_wrapped(paragraphs: Sequence[Sequence[str]]) -> bool:
    """Whether a text's lines end where the next word did not fit, and most begin within a sentence."""
    width = max(len(line) for lines in paragraphs for line in lines)
    pairs = [pair for lines in paragraphs for pair in pairwise(lines)]
    if width not in _WRAPPED or not pairs:
        return False
    full = sum(len(line) + 1 + len(following.split(" ", 1)[0]) > width for line, following in pairs)
    within = sum(following[:1].islower() for _, following in pairs)
    return full >= _FULL * len(pairs) and within >= len(pairs) / 2


def _text(record: Record, name: str) -> str:
    return _scalar(record.get(name), name)


def _line(record: Record, name: str) -> str:
    """A cell as one line without control characters."""
    return _CONTROL.sub(" ", _text(record, name)).strip()


def _scalar(value: Any, name: str) -> str:
    """A cell as text that UTF-8 can hold. Raises SkipPage `bad_row` for a list, an object and the like."""
    if value is None or value != value:  # NaN is how pandas writes an empty cell
        return ""
    if isinstance(value, bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise SkipPage("bad_row", f"its {name} is not UTF-8") from error
    if isinstance(value, bool | list | dict | tuple):
        raise SkipPage("bad_row", f"its {name} is {_KINDS[type(value)]}, not a text")
    if isinstance(value, float) and value.is_integer():  # numbers in a column with empty cells become 7.0 in pandas
        value = int(value)
    return without_surrogates(str(value)).strip()


_KINDS = {bool: "true or false", list: "a list", dict: "an object", tuple: "a list"}


def _list(value: Any) -> tuple[str, ...]:
    """Names in a cell: a list, or a text with commas or semicolons between them; objects by their `name`."""
    if isinstance(value, str):
        value = re.split(r"\s*[,;]\s*", value)
    if not isinstance(value, list):
        return ()
    names = (item.get("name") if isinstance(item, dict) else item for item in value)
    lines = (_line({"names": name}, "names") for name in names if isinstance(name, str | int | float))
    return tuple(line for line in lines if line)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
