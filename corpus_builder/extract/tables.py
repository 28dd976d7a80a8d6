"""Articles that were extracted elsewhere (`--articles`) -> editions.

Accepted are JSON lines (.jsonl, .ndjson, also .gz), CSV and TSV (also .gz), Parquet, and folders: one that
`datasets.Dataset.save_to_disk` wrote, or one of such files; see table_files.py. A row is an edition; its columns:

    id, language      the story, and the language of the edition (required)
    text | paragraphs the body: text with one paragraph per line or between blank lines, or a list (one is required)
    title, url, date, section, authors, tags       optional; date in ISO 8601

A table has no markup, so the editions have no labels, headings or links. A row that is no edition becomes a Drop with
its reason, so that every row is accounted for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from corpus_builder.extract.dates import iso_datetime
from corpus_builder.extract.table_files import table_rows
from corpus_builder.model import Block, BlockKind, Drop, Edition
from corpus_builder.text.language import SURELY_ANOTHER, Detection, identifiable_languages, identify
from corpus_builder.text.normalise import normalise

_BLANK_LINES = re.compile(r"\n[ \t\r\f\v\u00a0]*\n\s*")
_STAGE = "extract"


def read_articles(path: Path, site: str = "table", languages: Sequence[str] | None = None) -> Iterator[Edition | Drop]:
    """The editions in a file or folder, and a Drop for every row that is none.

    `site` is the name of their site; rows in other `languages` are dropped as `other_language` (None: all are kept).
    Reasons of drops: bad_row (not a JSON object), no_id, no_language, empty_body, other_language,
    duplicate (a second row for the same id and language), wrong_language.
    Raises UsageError for other forms of file, and for missing columns.
    """
    keys: set[tuple[str, str]] = set()
    for place, row in table_rows(path):
        item = _edition(place, row, site, languages)
        if isinstance(item, Edition):
            key = (item.article_id, item.language)
            if key in keys:
                item = Drop(_STAGE, place, "duplicate", f"{key[0]} in {key[1]} is in an earlier row", key[1], key[0])
            keys.add(key)
        yield item


def _edition(place: str, row: Mapping[str, Any] | None, site: str, languages: Sequence[str] | None) -> Edition | Drop:
    if row is None:
        return Drop(_STAGE, place, "bad_row", "not a JSON object")
    article_id, language = _text(row.get("id")), _text(row.get("language")).lower().replace("_", "-").split("-")[0]

    def drop(reason: str, detail: str = "") -> Drop:
        return Drop(_STAGE, place, reason, detail, language or None, article_id or None)

    if not article_id:
        return drop("no_id")
    if not language:
        return drop("no_language")
    if languages is not None and language not in languages:
        return drop("other_language", f"{language}, not one of {', '.join(languages)}")
    paragraphs = [normal for raw in _paragraphs(row) if (normal := normalise(raw)).text]
    if not paragraphs:
        return drop("empty_body")
    detected = _detected(" ".join(normal.text for normal in paragraphs), language, languages)
    if detected and detected.language not in (language, "und") and detected.probability >= SURELY_ANOTHER:
        return drop("wrong_language", f"its text is in {detected.language} ({detected.probability:.2f})")
    title = normalise(_text(row.get("title")))
    blocks = [Block(BlockKind.TITLE, title.text, edits=title.edits)] if title.text else []
    blocks += [Block(BlockKind.PARAGRAPH, normal.text, edits=normal.edits) for normal in paragraphs]
    return Edition(
        site=site,
        article_id=article_id,
        language=language,
        url=_text(row.get("url")),
        blocks=tuple(blocks),
        detected_language=detected.language if detected else None,
        authors=_list(row.get("authors")),
        published=_moment(row.get("date")),
        section=_text(row.get("section")) or None,
        tags=_list(row.get("tags")),
        layout="table",
        capture=place,
    )


def _detected(text: str, language: str, languages: Sequence[str] | None) -> Detection | None:
    """The language of a row's text; None where the model does not know one of the languages."""
    try:
        return identify(text, tuple(dict.fromkeys([*(languages or identifiable_languages()), language])))
    except ValueError:
        return None


def _paragraphs(row: Mapping[str, Any]) -> list[str]:
    paragraphs = row.get("paragraphs")
    if isinstance(paragraphs, list):
        return [_text(paragraph) for paragraph in paragraphs]
    text = _text(row.get("text")).replace("\r\n", "\n")
    return _BLANK_LINES.split(text) if _BLANK_LINES.search(text) else text.split("\n")


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _list(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = re.split(r"\s*[,;]\s*", value)
    return tuple(text for item in value if (text := _text(item))) if isinstance(value, list) else ()


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return iso_datetime(_text(value), UTC)
