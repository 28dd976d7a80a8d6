"""Archives of other kinds: zstandard is read, the others are refused by a message that names the command."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import shlex
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import zstandard

from corpus_builder.crawl import CrawlOptions, index_warcs, read_captures
from corpus_builder.errors import UsageError
from corpus_builder.sites import load_site
from crawl.test_saved import HOME, page, record, write

SITE = load_site("pravda")
OPTIONS = CrawlOptions(languages=("uk", "ru", "en"))
URLS = [f"{HOME}/news/2025/12/1/{number}/" for number in range(30)]


def records(tmp_path, urls=URLS):
    """The records of a WARC file, one by one, uncompressed."""
    path = tmp_path / "one.warc"
    parts = []
    for url in urls:
        write(path, lambda writer, url=url: record(writer, url, page(f"text of {url} " * 20)), False)
        parts.append(path.read_bytes())
    path.unlink()
    return parts


def read(path):
    refs, drops = index_warcs(path, SITE, OPTIONS)
    return {ref.url: capture.body for ref, capture in read_captures(refs)}, drops


PAGES = {url: page(f"text of {url} " * 20) for url in URLS}


@pytest.mark.parametrize("dictionary", ["none", "plain", "packed"])
@pytest.mark.parametrize("name", ["a.warc.zst", "a.bin"])
def test_zstandard(tmp_path, dictionary, name):
    parts = records(tmp_path)
    trained = None if dictionary == "none" else zstandard.train_dictionary(4000, parts)
    start = b""
    if trained:
        data = trained.as_bytes() if dictionary == "plain" else zstandard.compress(trained.as_bytes())
        start = b"\x5d\x2a\x4d\x18" + len(data).to_bytes(4, "little") + data
    packer = zstandard.ZstdCompressor(dict_data=trained)
    (tmp_path / name).write_bytes(start + b"".join(packer.compress(part) for part in parts))
    assert read(tmp_path / name) == (PAGES, [])
    assert read(tmp_path) == (PAGES, []), "also in a folder"


@pytest.mark.parametrize("name", ["a.warc.zst"])
def test_damage_in_zstandard_costs_one_record(tmp_path, name):
    frames = [zstandard.compress(part) for part in records(tmp_path)]
    frames[3] = frames[3][:10] + b"noise" + frames[3][15:40]
    frames[-1] = frames[-1][:-30]
    (tmp_path / name).write_bytes(b"".join(frames))
    pages, drops = read(tmp_path / name)
    assert pages == {url: body for url, body in PAGES.items() if url not in (URLS[3], URLS[-1])}
    assert {drop.reason for drop in drops} == {"damaged_record"}


def test_a_zstandard_bomb_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr("corpus_builder.crawl.warcread._MAX_RECORD", 2**20)
    bomb = zstandard.compress(b"WARC/1.0\r\nContent-Length: 200000000\r\n\r\n" + bytes(200_000_000))
    good = records(tmp_path, URLS[:1])[0]
    (tmp_path / "a.warc.zst").write_bytes(bomb + zstandard.compress(good))
    pages, drops = read(tmp_path / "a.warc.zst")
    assert list(pages) == URLS[:1]
    assert drops[0].reason == "too_large"


def refused(path) -> str:
    with pytest.raises(UsageError) as error:
        index_warcs(path, SITE, OPTIONS)
    return f"{error.value} {error.value.next_step}"


def command(message: str) -> list[str]:
    """The command in a message."""
    found = re.search(r"run: (.*?);", message)
    assert found
    words = shlex.split(found[1])
    return [sys.executable, "-m", "warcio.cli", *words[1:]] if words[0] == "warcio" else words


@pytest.mark.parametrize("packed", [True, False])
def test_arc_is_converted_by_the_command_in_the_message(tmp_path, packed):
    version = b"1 0 test\nURL IP-address Archive-date Content-type Archive-length\n"
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page("from an ARC file")
    parts = [
        b"filedesc://x.arc 0.0.0.0 20250101000000 text/plain %d\n%b\n" % (len(version), version),
        b"%b 1.1.1.1 20250101000000 text/html %d\n%b\n" % (URLS[0].encode(), len(body), body),
    ]
    path = tmp_path / "x.arc"
    path.write_bytes(b"".join(gzip.compress(part) if packed else part for part in parts))
    message = refused(path)
    assert "ARC file" in message
    assert refused(tmp_path) == message, "also in a folder"
    subprocess.run(command(message), check=True, capture_output=True)
    assert read(tmp_path / "x.arc.warc.gz")[0] == {URLS[0]: page("from an ARC file")}


def test_wacz_is_converted_by_the_command_in_the_message(tmp_path):
    write(tmp_path / "data.warc.gz", lambda writer: record(writer, URLS[0], PAGES[URLS[0]]))
    with zipfile.ZipFile(tmp_path / "x.wacz", "w") as file:
        file.write(tmp_path / "data.warc.gz", "archive/data.warc.gz")
        file.writestr("datapackage.json", "{}")
    (tmp_path / "data.warc.gz").unlink()
    message = refused(tmp_path / "x.wacz")
    assert "WACZ" in message
    words = command(message)
    assert words[0] == "unzip"
    with zipfile.ZipFile(words[1]) as file:
        file.extract("archive/data.warc.gz", words[-1])
    assert read(Path(message.rsplit("--warc ", 1)[1].strip("'")))[0] == {URLS[0]: PAGES[URLS[0]]}


@pytest.mark.parametrize(
    ("rec_type", "content_type", "kind"),
    [("conversion", "text/plain", "WET"), ("metadata", "application/json", "WAT")],
)
def test_text_and_metadata_of_common_crawl_are_refused(tmp_path, rec_type, content_type, kind):
    def fill(writer):
        writer.write_record(writer.create_warcinfo_record("x", {"software": "test"}))
        for url in URLS:
            writer.write_record(
                writer.create_warc_record(
                    url, rec_type, payload=BytesIO(b"{}"), length=2, warc_content_type=content_type
                )
            )

    message = refused(write(tmp_path / "x.gz", fill))
    assert kind in message
    assert "/warc/" in message


def test_records_without_a_response_are_counted(tmp_path):
    def fill(writer):
        record(writer, URLS[0], PAGES[URLS[0]])
        for rec_type, url in (("resource", URLS[1]), ("resource", "urn:thumbnail:x")):
            made = writer.create_warc_record(
                url,
                rec_type,
                payload=BytesIO(PAGES[URLS[1]]),
                length=len(PAGES[URLS[1]]),
                warc_content_type="text/html",
            )
            writer.write_record(made)
        for _ in range(3):
            record(writer, f"{HOME}/tags/x/", b"x")
        writer.write_record(writer.create_warc_record(URLS[3], "conversion", payload=BytesIO(b"x"), length=1))

    pages, drops = read(write(tmp_path / "x.warc.gz", fill))
    assert list(pages) == URLS[:1]
    assert [(drop.article_id, drop.reason) for drop in drops] == [("1", "no_response"), ("3", "no_response")]


@pytest.mark.parametrize(
    ("pack", "command"), [(bz2.compress, "bunzip2"), (lzma.compress, "unxz"), (lambda _: b"7z\xbc\xaf'\x1c", "7z x")]
)
def test_other_compression_names_the_program(tmp_path, pack, command):
    (tmp_path / "a.warc.x").write_bytes(pack(b"".join(records(tmp_path, URLS[:1]))))
    with pytest.raises(UsageError, match="which is not read") as caught:
        index_warcs(tmp_path / "a.warc.x", SITE, OPTIONS)
    assert command in str(caught.value.next_step)
