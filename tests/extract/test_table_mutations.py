"""Hundreds of damaged tables: each row is an edition or a counted drop, or the file is refused by a message.

Every mutation follows from the seed, so a failure names the file that repeats it.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_builder.errors import CorpusBuilderError
from corpus_builder.extract import read_articles
from corpus_builder.model import Drop, Edition
from corpus_builder.sites import load_site
from corpus_builder.workspace.tables import DROPS, EDITIONS, edition_row

SITE = load_site("sample")
SEED = 11

TEXTS = {
    "uk": 'Джерело: Суд сказав: "Так".\nУряд ухвалив рішення, якого чекали.',
    "ru": "Источник: Суд\nПравительство приняло решение, которого ждали.",
    "en": 'Source: "Court"\nThe government took a decision, at last.',
}
ROWS: list[dict[str, Any]] = [
    {
        "id": str(story),
        "language": code,
        "url": f"https://www.vilna-hazeta.example/news/2025/12/{story + 1}/{7000 + story}/",
        "date": f"2025-12-{story + 1:02}",
        "title": "Рішення" if code != "en" else "Decision",
        "text": text,
        "tags": ["Суд", "Уряд"],
    }
    for story in range(4)
    for code, text in TEXTS.items()
]
CELLS: list[Any] = [
    None, "", " ", "\0", "\ud800", "\udcff", "\x1b[31m", "\u202e", "a\tb", "a\nb", '"', '""', '"a', "a" * 3_000_000,
    10**30, -1, 1e308, float("nan"), float("inf"), True, [], {}, [None], [[1]], {"a": [{}]}, ["x", 1, None], "http://[bad",
    "javascript:1", "../../x", "uk", "ru-RU", "0001-01-01", "9999-12-31", "1970-01-01", 1735898400000, "99" * 40,
    "\\N", "\\", "=1+1", "[/bold]", "Джерело:", "\ufffe\uffff", "e\u0301" * 500,
]  # fmt: skip


def as_jsonl(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_separated(rows: list[dict[str, Any]], separator: str, quoting: bool) -> bytes:
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    if quoting:
        writer = csv.DictWriter(out, names, delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)
    else:
        lines = [
            names,
            *([str(row.get(name, "")).replace("\n", "\\n").replace("\t", " ") for name in names] for row in rows),
        ]
        out.write("".join(separator.join(line) + "\n" for line in lines))
    return out.getvalue().encode("utf-8", "surrogatepass")


def as_parquet(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    texts = [{name: str(value).encode("utf-8", "replace").decode() for name, value in row.items()} for row in rows]
    pq.write_table(pa.Table.from_pylist(texts), out, compression="none")
    return out.getvalue()


FORMS: dict[str, Callable[[list[dict[str, Any]]], bytes]] = {
    "a.jsonl": as_jsonl,
    "a.csv": lambda rows: as_separated(rows, ",", quoting=True),
    "b.csv": lambda rows: as_separated(rows, ";", quoting=True),
    "a.tsv": lambda rows: as_separated(rows, "\t", quoting=True),
    "b.tsv": lambda rows: as_separated(rows, "\t", quoting=False),
    "a.parquet": as_parquet,
    "a.jsonl.gz": lambda rows: gzip.compress(as_jsonl(rows), mtime=0),
    "a.tsv.gz": lambda rows: gzip.compress(as_separated(rows, "\t", quoting=False), mtime=0),
}


def with_other_cells(rows: list[dict[str, Any]], draw: random.Random) -> list[dict[str, Any]]:
    """Rows with some cells replaced, removed or renamed."""
    changed = [dict(row) for row in rows]
    for _ in range(draw.randrange(1, 4)):
        row = draw.choice(changed)
        name = draw.choice(list(row) or ["id"])
        if draw.random() < 0.2:
            row.pop(name, None)
        else:
            row[name] = draw.choice(CELLS)
    return changed


def with_other_bytes(data: bytes, draw: random.Random) -> bytes:
    """Bytes with some of them changed, cut out, doubled or put in."""
    out = bytearray(data)
    for _ in range(draw.randrange(1, 6)):
        place = draw.randrange(len(out) + 1)
        length = draw.choice([1, 1, 1, 2, 8, 100])
        kind = draw.randrange(5)
        if kind == 0:
            out[place : place + length] = draw.randbytes(length)
        elif kind == 1:
            del out[place : place + length]
        elif kind == 2:
            out[place:place] = out[place : place + length]
        elif kind == 3:
            out[place:place] = draw.choice(
                [b"\0", b'"', b"\n", b"\r", b"\t", b",", b"\\", b"{" * 5000, b"\xff\xfe", b"\xd0"]
            )
        elif draw.random() < 0.3:
            del out[place:]
    return bytes(out)


def rows_of(path: Path) -> list[Edition | Drop] | None:
    """What a table gives; None where it is refused by a message that names it."""
    try:
        return list(read_articles(path, SITE))
    except CorpusBuilderError as error:
        message = str(error)
    assert path.name in message
    return None


@pytest.mark.parametrize("name", FORMS)
def test_changed_cells(tmp_path: Path, name: str) -> None:
    draw = random.Random(f"{SEED} cells {name}")
    refused = 0
    for number in range(40):
        folder = tmp_path / str(number)
        folder.mkdir()
        rows = with_other_cells(ROWS, draw)
        (folder / name).write_bytes(FORMS[name](rows))
        items = rows_of(folder / name)
        refused += items is None
        if items is not None:
            assert ("csv" in name or "tsv" in name) or len(items) == len(rows), (folder, items)
            assert len(items) >= len(rows) - 3, (folder, items)
            writes(items)
    assert refused < 4


@pytest.mark.parametrize("name", FORMS)
def test_changed_bytes(tmp_path: Path, name: str) -> None:
    draw = random.Random(f"{SEED} bytes {name}")
    whole = FORMS[name](ROWS)
    read = 0
    for number in range(40):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / name).write_bytes(with_other_bytes(whole, draw))
        items = rows_of(folder / name)
        read += items is not None
        writes(items or [])
    assert read or name.endswith((".gz", ".parquet"))


@pytest.mark.parametrize("compression", ["none", "snappy", "zstd"])
def test_parquet_with_other_bytes_at_their_places(tmp_path: Path, compression: str) -> None:
    draw = random.Random(f"{SEED} {compression}")
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "a.parquet", compression=compression)
    whole = (tmp_path / "a.parquet").read_bytes()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(draw.randrange(1, 4)):
            data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        (tmp_path / "a.parquet").write_bytes(data)
        writes(rows_of(tmp_path / "a.parquet") or [])


def writes(items: list[Edition | Drop]) -> None:
    """Editions and drops can be written, and say where they come from."""
    editions = [edition_row(item) for item in items if isinstance(item, Edition)]
    drops = [item for item in items if isinstance(item, Drop)]
    pa.Table.from_pylist(editions, EDITIONS)
    pa.Table.from_pylist([{name: getattr(drop, name) for name in DROPS.names} for drop in drops], DROPS)
    assert all(len(drop.detail) < 300 and drop.item.rpartition(":")[2].isdigit() for drop in drops)
    assert not {drop.reason for drop in drops} & {"extractor_error"}


def test_a_name_of_thirty_thousand_parts_takes_no_time(tmp_path: Path) -> None:
    """The cube of their number, where each part is looked for in all others: "a" is a name of a language."""
    path = tmp_path / "a.csv"
    path.write_text(f"id;language_en;{'a-en-uk-' * 30_000}\n1;2;3\n", encoding="utf-8")
    with pytest.raises(CorpusBuilderError, match="no column"):
        list(read_articles(path, SITE))
