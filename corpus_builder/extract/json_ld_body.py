"""The text of an article in its JSON-LD, for sites whose pages are filled by scripts."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC
from itertools import islice
from typing import Any

from corpus_builder.extract.blocks import RawBlock, raw_blocks
from corpus_builder.model import BlockKind
from corpus_builder.text.surrogates import without_surrogates
from corpus_builder.web.dates import iso_datetime
from corpus_builder.web.html import parse_html
from corpus_builder.web.json_ld import JsonLdArticle

_MARKUP = re.compile(r"<(?:p|div|br|h[1-6]|ul|ol|li|blockquote|strong|b|em|i|a|span|img|figure)\b", re.IGNORECASE)
_MOST_ENTRIES = 5_000
"""Entries of a live blog that are read. Chosen: those of a day have some hundred."""


def json_ld_blocks(article: JsonLdArticle) -> list[RawBlock]:
    """The blocks of an article's `articleBody`, then those of `liveBlogUpdate`, the oldest entry first.

    There are none where it has no text. A text with HTML is read like a page, any other has a paragraph a line.
    """
    blocks = list(text_blocks(article.properties.get("articleBody")))
    entries = [each for each in _as_list(article.properties.get("liveBlogUpdate")) if isinstance(each, dict)]
    # Pages have the newest first, and not in all languages; in the order of time the editions correspond.
    times = [iso_datetime(str(each.get("datePublished")), UTC) for each in entries]
    known = [(time, place) for place, time in enumerate(times) if time]
    if len(known) == len(entries):
        entries = [entries[place] for _, place in sorted(known)]
    for entry in islice(entries, _MOST_ENTRIES):
        headline = next(text_blocks(entry.get("headline")), None)
        body = list(text_blocks(entry.get("articleBody")))
        if headline and not (body and body[0].text.strip() == headline.text.strip()):
            blocks.append(RawBlock(BlockKind.HEADING, headline.text))
        blocks += body
    return blocks


def text_blocks(value: Any) -> Iterator[RawBlock]:
    """The blocks of a text, HTML, or a list of them; of anything else none."""
    for text in _as_list(value):
        if not isinstance(text, str) or not text.strip():
            continue
        text = without_surrogates(text)
        if not _MARKUP.search(text):
            text = html.unescape(text)  # some systems escape it for HTML, a few of them with its tags
        if _MARKUP.search(text):
            yield from raw_blocks(parse_html(f"<html><body>{text}</body></html>".encode()))
        else:
            yield from (RawBlock(BlockKind.PARAGRAPH, line) for line in text.splitlines() if line.strip())


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
