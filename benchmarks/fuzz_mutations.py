"""Mutations of bytes: what disks, proxies, editors and attackers do to files. Each follows from its random numbers."""

from __future__ import annotations

import io
import json
import random
import re
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

MOST_BYTES = 4_000_000
"""Most bytes of a mutated input. Chosen: forty times a page, so that ten thousand of them take an hour."""

_PIECES = [
    b"<", b">", b'"', b"'", b"=", b"[", b"{", b"]]>", b"<!--", b"-->", b"<![CDATA[", b"<a:b>", b"<x\x01y>", b"&#xd83d;",
    b"&#0;", b"&nbsp;", b"&", b"http://[bad", b"javascript:1", b'"@type":[{}],', b"\\ud83d", b"<meta charset=idna>",
    b'<link rel="canonical" href="//[">', b'<base href="http://[">', b"\r", b"\r\n\r\n", b"\n\n", b"\t", b",", b";",
    b"\\", b"$(x)", b"../", b"%00", b"%", b"*", b"$", b"(?P<id>", b"(", b"null", b"true", b"nan", b"inf",
    b"\xef\xbb\xbf", b"\xff\xfe",
    b"WARC/1.0\r\n", b"Content-Length: 0\r\n", b"\x1f\x8b\x08", "«".encode(), "»".encode(), "– ".encode(),
]  # fmt: skip
_CONTROL = [bytes([code]) for code in (*range(9), 11, 12, *range(14, 32), 127)] + [b"\xc2\x85", b"\xe2\x80\xa8"]
_SURROGATES = [b"\xed\xa0\xbd", b"\xed\xb0\x80", b"\\ud83d", b"\\udc00", b"&#xd83d;", b"&#55357;", b"\xf4\x90\x80\x80"]
_BIDI = [mark.encode() for mark in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"]
_NUMBERS = [
    b"0", b"-1", b"00000000000000000000", b"2147483648", b"18446744073709551616", b"1e999", b"9" * 5_000, b"NaN",
    b"0x7f", "²".encode(), "٣".encode(), b"99999999-99-99", b"0001-01-01", b"9999-12-31T23:59:59-23:59",
]  # fmt: skip
_CHARSETS = [
    "utf-8", "windows-1251", "koi8-u", "koi8-r", "cp866", "iso-8859-5", "utf-16", "utf-16-le", "utf-32", "utf-7",
    "gb18030",
]  # fmt: skip
_CHARSET_LIES = [
    *(name.encode() for name in _CHARSETS),
    b"base64",
    b"idna",
    b"punycode",
    b"undefined",
    b"x" * 300,
    b"\x00",
]
_DECLARATION = re.compile(rb"""(charset|encoding)(\s{0,3}=\s{0,3}["']?)[\w.-]{1,40}""", re.IGNORECASE)
_NUMBER = re.compile(rb"\d{1,20}")
_NESTED = [
    b"<div>",
    b"<b>",
    b"<ul><li>",
    b"<table><tr><td>",
    b"<blockquote>",
    b"[",
    b'{"a":',
    b"(",
    b"{{",
    "«".encode(),
    b"<p>",
]
_TAG = re.compile(rb"<[a-zA-Z]{1,20}")


def _place(data: bytes, draw: random.Random) -> int:
    return draw.randrange(len(data) + 1)


def _put(data: bytes, draw: random.Random, piece: bytes) -> bytes:
    at = _place(data, draw)
    return data[:at] + piece + data[at:]


def flipped(data: bytes, _: bytes, draw: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(draw.choice((1, 5, 50)) if out else 0):
        out[draw.randrange(len(out))] ^= 1 << draw.randrange(8)
    return bytes(out)


def overwritten(data: bytes, _: bytes, draw: random.Random) -> bytes:
    at = _place(data, draw)
    piece = draw.randbytes(draw.choice((1, 4, 64, 1000)))
    return data[:at] + piece + data[at + len(piece) :]


def truncated(data: bytes, _: bytes, draw: random.Random) -> bytes:
    return data[: _place(data, draw)] if draw.random() < 0.7 else data[_place(data, draw) :]


def cut_out(data: bytes, _: bytes, draw: random.Random) -> bytes:
    at = _place(data, draw)
    return data[:at] + data[at + draw.choice((1, 2, 20, 500, 5000)) :]


def doubled(data: bytes, _: bytes, draw: random.Random) -> bytes:
    at = _place(data, draw)
    piece = data[at : at + draw.choice((1, 10, 200, 5000))]
    return data[:at] + piece * draw.choice((1, 2, 100, 2000)) + data[at:]


def spliced(data: bytes, other: bytes, draw: random.Random) -> bytes:
    return data[: _place(data, draw)] + other[_place(other, draw) :]


def moved(data: bytes, _: bytes, draw: random.Random) -> bytes:
    first, second = sorted((_place(data, draw), _place(data, draw)))
    return data[second:] + data[first:second] + data[:first]


def lines_mixed(data: bytes, _: bytes, draw: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    for _ in range(min(len(lines), draw.choice((1, 5)))):
        line = lines.pop(draw.randrange(len(lines)))
        if draw.random() < 0.6 or not lines:
            lines.insert(draw.randrange(len(lines) + 1), line)
    return b"".join(lines)


def with_pieces(data: bytes, _: bytes, draw: random.Random) -> bytes:
    for _ in range(draw.choice((1, 3, 10))):
        data = _put(data, draw, draw.choice(_PIECES))
    return data


def with_control_bytes(data: bytes, _: bytes, draw: random.Random) -> bytes:
    for _ in range(draw.choice((1, 5, 20))):
        data = _put(data, draw, draw.choice(_CONTROL))
    return data


def with_surrogates(data: bytes, _: bytes, draw: random.Random) -> bytes:
    for _ in range(draw.choice((1, 5))):
        data = _put(data, draw, draw.choice(_SURROGATES))
    return data


def with_bidi_marks(data: bytes, _: bytes, draw: random.Random) -> bytes:
    for _ in range(draw.choice((1, 10, 50))):
        data = _put(data, draw, draw.choice(_BIDI))
    return data


def with_other_numbers(data: bytes, _: bytes, draw: random.Random) -> bytes:
    numbers = list(_NUMBER.finditer(data))
    for number in draw.sample(numbers, min(len(numbers), draw.choice((1, 3)))):
        data = data[: number.start()] + draw.choice(_NUMBERS) + data[number.end() :]
    return data


def in_another_charset(data: bytes, _: bytes, draw: random.Random) -> bytes:
    return data.decode("utf-8", "replace").encode(draw.choice(_CHARSETS), "replace")


def with_another_declaration(data: bytes, _: bytes, draw: random.Random) -> bytes:
    lie = draw.choice(_CHARSET_LIES)
    if not _DECLARATION.search(data):
        return b"<meta charset=" + lie + b">" + data
    return _DECLARATION.sub(lambda found: found[1] + found[2] + lie, data)


def nested(data: bytes, _: bytes, draw: random.Random) -> bytes:
    return _put(data, draw, draw.choice(_NESTED) * draw.choice((10, 300, 3_000, 30_000)))


def with_a_huge_attribute(data: bytes, _: bytes, draw: random.Random) -> bytes:
    tags = list(_TAG.finditer(data))
    at = draw.choice(tags).end() if tags else _place(data, draw)
    value = draw.choice((b"a", b"<", b"a ", b"&amp;", b"\n", b"a=b ", "я".encode())) * draw.choice((1_000, 100_000))
    attribute = b" " + draw.choice((b"class", b"id", b"href", b"title", b"a" * 10_000)) + b'="' + value
    return data[:at] + attribute + (b'"' if draw.random() < 0.7 else b"") + data[at:]


def stretched(data: bytes, _: bytes, draw: random.Random) -> bytes:
    at = _place(data, draw)
    return data[:at] + data[at : at + draw.choice((1, 2, 5))] * draw.choice((500, 20_000)) + data[at:]


MUTATIONS: dict[str, Callable[[bytes, bytes, random.Random], bytes]] = {
    function.__name__.replace("_", " "): function
    for function in (
        flipped, overwritten, truncated, cut_out, doubled, spliced, moved, lines_mixed, with_pieces, with_control_bytes,
        with_surrogates, with_bidi_marks, with_other_numbers, in_another_charset, with_another_declaration, nested,
        with_a_huge_attribute, stretched,
    )
}  # fmt: skip


def mutated(data: bytes, other: bytes, draw: random.Random) -> tuple[bytes, list[str]]:
    """The data after one to three mutations, and their names; `other` is another input, for splicing."""
    names = draw.choices(list(MUTATIONS), k=draw.choice((1, 1, 2, 3)))
    for name in names:
        data = MUTATIONS[name](data, other, draw)[:MOST_BYTES]
    return data, names


# ---- files that are well-formed and have other values

_VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**70), 10**400, 0.0, -0.5, 1e308, float("nan"), float("inf"), "", " ",
    "0", "-1", "a", "\ud83d", "\x00", "\u202e", "../../a", "a/b", "«" * 300, "x" * 100_000, "=1+1", "[bold]a", "1e999",
    [], {}, [[]], [None], {"a": 1}, ["a", 1], "9999-99-99", "uk", "http://[bad",
]  # fmt: skip


def with_other_values(data: bytes, draw: random.Random) -> bytes:
    """A file of JSON, JSON lines, Parquet or SQLite with one to three other values; what is none of these as it is."""
    if data.startswith(b"PAR1"):
        rows = pq.read_table(io.BytesIO(data)).to_pylist()
        for _ in range(draw.choice((1, 2, 3))):
            _change(rows, draw)
        return _as_parquet([row for row in rows if isinstance(row, dict)], data)
    if data.startswith(b"SQLite format 3"):
        return _other_cells(data, draw)
    try:
        text = data.decode()
        several = text.count("\n") > 1 and text[:1] == "{" and text[:2] != "{\n"
        value = [json.loads(line) for line in text.splitlines()] if several else json.loads(text)
    except ValueError:
        return data
    for _ in range(draw.choice((1, 2, 3))):
        if isinstance(value, list | dict):
            _change(value, draw)
    return "".join(f"{json.dumps(each)}\n" for each in value).encode() if several else json.dumps(value).encode()


def _change(value: list[Any] | dict[str, Any], draw: random.Random) -> None:
    """Change a value somewhere in another: it is gone, doubled, another one, or one from elsewhere."""
    places: list[tuple[Any, Any]] = []
    waiting: list[Any] = [value]
    for each in waiting:  # grows
        keys = list(each) if isinstance(each, dict) else range(len(each))
        for key in keys:
            places.append((each, key))
            if isinstance(each[key], list | dict):
                waiting.append(each[key])
    if not places:
        return
    holder, key = draw.choice(places)
    way = draw.random()
    if way < 0.15:
        del holder[key]
    elif way < 0.25 and isinstance(holder, list):
        holder.insert(key, holder[key])
    elif way < 0.4:
        other, there = draw.choice(places)
        if (isinstance(other, dict) and there in other) or (isinstance(other, list) and there < len(other)):
            holder[key] = json.loads(json.dumps(other[there], default=str))
    elif way < 0.5 and isinstance(holder[key], int | float):
        holder[key] = draw.choice((-holder[key], holder[key] + 1, holder[key] * 10**6))
    else:
        holder[key] = draw.choice(_VALUES)


def _as_parquet(rows: list[dict[str, Any]], before: bytes) -> bytes:
    schema = pq.read_schema(io.BytesIO(before))
    for kind in (schema, None):
        try:
            out = io.BytesIO()
            pq.write_table(pa.Table.from_pylist(rows, kind), out)
            return out.getvalue()
        except (pa.ArrowException, ValueError, TypeError, OverflowError, AttributeError):
            continue
    return before


def _other_cells(data: bytes, draw: random.Random) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sqlite"
        path.write_bytes(data)
        db = sqlite3.connect(path, isolation_level=None)
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for _ in range(draw.choice((1, 2, 3))):
            table = draw.choice(tables)
            column = draw.choice([row[1] for row in db.execute(f'PRAGMA table_info("{table}")')])
            value = draw.choice([each for each in _VALUES if not isinstance(each, list | dict)])
            value = b"\xff\xfe" if draw.random() < 0.1 else value
            try:
                rows = f" LIMIT 1 OFFSET {draw.randrange(3)}" if draw.random() < 0.7 else ""
                db.execute(
                    f'UPDATE "{table}" SET "{column}" = ? WHERE rowid IN (SELECT rowid FROM "{table}"{rows})', [value]
                )
            except (sqlite3.Error, OverflowError, UnicodeEncodeError):
                continue
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA journal_mode = DELETE")
        db.close()
        return path.read_bytes()
