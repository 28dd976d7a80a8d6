"""Reads the gold quotations: articles of 2019 and pages from ../shared, and the stories of the sample newspaper.

docs/quotes.md has the annotation rules and the purpose of each part. quotes.py imports this module.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from corpus_builder.extract import extract_page
from corpus_builder.model import Block, Capture
from corpus_builder.newspaper.stories import load_newspaper
from corpus_builder.sites import load_site

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT / "data/gold/quotes"
SHARED = ROOT.parent / "shared/data"
BODIES = SHARED / "html/pravda.com.ua/bodies-2019-11.uk.jsonl"
PARTS = ("dev", "held-out", "blind", "blind-2")

_BODY = """<html lang="uk"><head><meta charset="utf-8"></head><body><h1 class="post__title">{title}</h1>
<div class="post__time">8 листопада 2019, 11:21</div><div class="post__text">{body}</div></body></html>"""
_COPY = """<html lang="en"><head><meta charset="utf-8"></head><body><article class="post">
<h1 class="post_title">{title}</h1><div class="post_time">Thursday, 13 February 2025, 12:58</div>
<div class="post_text">{body}</div></article></body></html>"""
_LABEL = re.compile(r"(Source|Quote from \w+|Details|Background): ?")


class Annotated(NamedTuple):
    """An edition with its quotations, as dictionaries of the gold file.

    `reported`: reported speech without marks is annotated too.
    """

    name: str
    language: str
    blocks: Sequence[Block]
    quotes: list[dict[str, Any]]
    reported: bool


def bodies(part: str) -> Iterator[Annotated]:
    """The annotated articles of 2019 of one of `PARTS`, as pages with the template of that time."""
    blind = part.startswith("blind")
    rows = {row["url"]: row for row in map(json.loads, BODIES.open(encoding="utf-8"))}
    for record in _records(f"bodies-2019-11-{part}.jsonl" if blind else "bodies-2019-11.jsonl"):
        if not blind and record["part"] != part:
            continue
        row = rows[record["url"]]
        page = _BODY.format(title=html.escape(row["title"]), body=row["html"])
        yield from _fresh(record, "uk", _blocks(row["url"], page.encode()))


def pages() -> Iterator[Annotated]:
    """The single pages in ../shared, and one text that was copied from its page."""
    for record in _records("pages.jsonl"):
        raw = (SHARED / record["file"]).read_bytes()
        page = raw if record["file"].endswith(".html") else _from_copy(raw.decode())
        yield from _fresh(record, record["language"], _blocks(record["url"], page))


def newspaper() -> Iterator[Annotated]:
    """The stories of the sample newspaper in each language."""
    by_edition: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for record in map(json.loads, (ROOT / "data/newspaper/quotes.jsonl").open(encoding="utf-8")):
        for language, spans in record["spans"].items():
            quote = {
                "form": record["form"][language],
                "spans": spans,
                "person": record["person"][language] if record["speaker"][language] else None,
            }
            by_edition.setdefault((record["article"], language), []).append(quote)
    for story in load_newspaper().stories:
        if story.opt_out:
            continue
        for language in story.editions:
            if language in story.shows:
                continue
            blocks = [
                Block(
                    kind=block.kind,
                    text=" ".join(unit.texts[language].text for unit in block.units),
                    label="quote" if block.role == "verbatim" else block.role,
                    label_text=block.label_text,
                    speaker=block.speaker,
                )
                for block in story.blocks(language)
            ]
            yield Annotated(story.slug, language, blocks, by_edition.get((story.id, language), []), False)


def digest(text: str) -> str:
    """The hash of a block in the gold, which shows whether it is still the annotated one."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _records(name: str) -> Iterator[dict[str, Any]]:
    path = GOLD / name
    yield from map(json.loads, path.open(encoding="utf-8"))


def _blocks(url: str, page: bytes) -> Sequence[Block]:
    return extract_page(Capture(url, 200, {}, page, None, "gold"), load_site("pravda")).blocks


def _fresh(record: dict[str, Any], language: str, blocks: Sequence[Block]) -> Iterator[Annotated]:
    """The edition, unless a block is extracted differently than when it was annotated."""
    stale = [
        index
        for index, annotated in record["blocks"].items()
        if int(index) >= len(blocks) or digest(blocks[int(index)].text) != annotated
    ]
    if stale:
        print(f"skipped, extracted differently than when it was annotated: {record['url']} block {stale[0]}")
        return
    yield Annotated(record["url"], language, blocks, record["quotes"], record.get("reported", False))


def _from_copy(text: str) -> bytes:
    """The article that was copied as text, without menus and side columns, as a page again."""
    title = next(line for line in text.splitlines() if line.startswith("Moscow starts"))
    start, end = text.index("The Kremlin has announced"), text.index("Support UP or become")
    body = []
    for line in filter(None, map(str.strip, text[start:end].splitlines())):
        label = _LABEL.match(line)
        words = html.escape(line[label.end() if label else 0 :].lstrip("• "), quote=False)
        head = f"<strong>{label[0].rstrip()}</strong> " if label else ""
        if line == "Advertisement:":
            continue
        body.append(f"<ul><li>{words}</li></ul>" if line.startswith("•") else f"<p>{head}{words}</p>")
    return _COPY.format(title=html.escape(title), body="\n".join(body)).encode()
