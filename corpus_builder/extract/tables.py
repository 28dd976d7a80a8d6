"""Articles that were extracted elsewhere (`--articles`) -> editions.

Read are JSON lines (.jsonl, .ndjson, also .gz), CSV and TSV (also .gz), Parquet, and folders: one that
`datasets.Dataset.save_to_disk` wrote, or one of such files. A row is an edition; its columns are

    id, language      which story and which edition it is (needed)
    text | paragraphs the body: text with a line a paragraph, or with blank lines between them; or a list (one needed)
    title, url, date, section, authors, tags       what else is known; date in ISO 8601

A table has no markup, so the editions have no labels, headings or links.
A row that cannot be an edition comes out as a Drop with its reason, so that the rows are all accounted for.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from corpus_builder.errors import UsageError
from corpus_builder.extract.dates import iso_datetime
from corpus_builder.languages import known_languages
from corpus_builder.model import Block, BlockKind, Drop, Edition
from corpus_builder.text.language import SURELY_ANOTHER, Detection, identify
from corpus_builder.text.normalise import normalise

NEEDED = ("id", "language")
BODIES = ("text", "paragraphs")
_KNOWN = (*NEEDED, *BODIES, "title", "url", "date", "section", "authors", "tags")
_READERS = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet")
_BLANK_LINES = re.compile(r"\n[ \t\r\f\v\u00a0]*\n\s*")
_STAGE = "extract"

Row = tuple[str, Mapping[str, Any] | None]


def read_articles(path: Path, site: str = "table", languages: Sequence[str] | None = None) -> Iterator[Edition | Drop]:
    """The editions in a file or folder, and a Drop for every row that is none.

    `site` names them; `languages` restricts them (others are Drops, reason `other_language`; None: all are taken).
    Reasons of drops: bad_row (not JSON, or no mapping), no_id, no_language, empty_body, other_language,
    duplicate (a second row for the same id and language), wrong_language.
    Raises UsageError for a path that is none of these forms, and for missing columns.
    """
    seen: set[tuple[str, str]] = set()
    for place, row in _rows(path):
        item = _edition(place, row, site, languages)
        if isinstance(item, Edition):
            key = (item.article_id, item.language)
            if key in seen:
                item = Drop(_STAGE, place, "duplicate", f"{key[0]} in {key[1]} was there before", key[1], key[0])
            seen.add(key)
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
        return drop("other_language", f"{language}; wanted are {', '.join(languages)}")
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
        return identify(text, tuple(dict.fromkeys([*(languages or known_languages()), language])))
    except ValueError:
        return None


def _paragraphs(row: Mapping[str, Any]) -> list[str]:
    given = row.get("paragraphs")
    if isinstance(given, list):
        return [_text(paragraph) for paragraph in given]
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


# ------------------------------------------------------------------------------------------------------ the forms
def _rows(path: Path) -> Iterator[Row]:
    if not path.exists():
        raise UsageError(f"no articles at {path}", next_step="give a .jsonl, .csv, .tsv or .parquet file, or a folder")
    if path.is_dir():
        yield from _folder(path)
    else:
        yield from _file(path)


def _folder(folder: Path) -> Iterator[Row]:
    if (folder / "dataset_info.json").exists() or (folder / "dataset_dict.json").exists():
        yield from _saved_dataset(folder)
        return
    files = sorted(file for file in folder.rglob("*") if _form(file) in _READERS and file.is_file())
    if not files:
        raise UsageError(
            f"{folder} holds no articles: no .jsonl, .csv, .tsv or .parquet file, and no saved dataset",
            next_step="give the folder that Dataset.save_to_disk wrote, or one with such files",
        )
    for file in files:
        yield from _file(file)


def _file(path: Path) -> Iterator[Row]:
    form = _form(path)
    if form in (".jsonl", ".ndjson"):
        return _json_lines(path)
    if form in (".csv", ".tsv"):
        return _separated(path, "\t" if form == ".tsv" else ",")
    if form == ".parquet":
        return _parquet(path)
    raise UsageError(f"{path} is no table of articles", next_step=f"its name has to end in {', '.join(_READERS)}")


def _form(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix


def _open(path: Path) -> IO[str]:
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _json_lines(path: Path) -> Iterator[Row]:
    checked = False
    with _open(path) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            place = f"{path}:{number}"
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                yield place, None
                continue
            if not checked:
                _check_columns(path, row)
                checked = True
            yield place, row


def _separated(path: Path, separator: str) -> Iterator[Row]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # the default, 128 KB, is less than a long read
    with _open(path) as lines:
        rows = csv.DictReader(lines, delimiter=separator)
        _check_columns(path, rows.fieldnames or ())
        for row in rows:
            yield f"{path}:{rows.line_num}", row


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.ParquetFile(path)
    except pyarrow.ArrowInvalid as error:
        raise UsageError(f"{path} is not Parquet: {error}") from error
    with table:
        names = table.schema_arrow.names
        _check_columns(path, names)
        number = 0
        for batch in table.iter_batches(batch_size=256, columns=[name for name in names if name in _KNOWN]):
            for row in batch.to_pylist():
                number += 1
                yield f"{path}:{number}", row


def _saved_dataset(folder: Path) -> Iterator[Row]:
    from datasets import Dataset, load_from_disk

    loaded = load_from_disk(str(folder))
    for name, dataset in {"": loaded}.items() if isinstance(loaded, Dataset) else loaded.items():
        _check_columns(folder / name, dataset.column_names)
        dataset = dataset.select_columns([column for column in dataset.column_names if column in _KNOWN])
        for number, row in enumerate(dataset, 1):
            yield f"{folder / name}:{number}", row


def _check_columns(path: Path, columns: Iterable[str]) -> None:
    there = list(columns)
    missing = [name for name in NEEDED if name not in there]
    if not any(name in there for name in BODIES):
        missing.append("text (or paragraphs)")
    if missing:
        raise UsageError(
            f"{path} has no column {', '.join(missing)}; it has {', '.join(map(str, there)) or 'none'}",
            next_step="rename its columns to id, language, text or paragraphs, and if known title, url, date",
        )
