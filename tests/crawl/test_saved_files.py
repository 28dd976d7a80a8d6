"""Files of saved pages: HTML, packed HTML, MHTML of several browsers."""

from __future__ import annotations

import base64
import gzip
import quopri
from pathlib import Path

import pytest

from corpus_builder.cli.saved_page import file_capture
from corpus_builder.crawl import CrawlOptions, index_pages, read_captures
from corpus_builder.errors import SkipPage
from corpus_builder.extract import extract_page
from corpus_builder.model import Capture
from corpus_builder.sites import load_site
from corpus_builder.web.saved_files import read_saved_file

URL = "https://www.pravda.com.ua/news/2025/12/1/1/"
TEXT = "У місті відкрили новий міст через річку, якого чекали два роки, сказав мер = 1."
PAGE = (
    '<html><head><meta charset="utf-8"></head><body><article class="post_news"><h1 class="post_news_title">Місто</h1>'
    f'<div class="post_news_text"><p>{TEXT}</p><img src="cid:a@mhtml.blink"></div></article></body></html>'
)
FRAME = "<html><body>реклама</body></html>"


def part(content: str, kind: str, encoding: str, *headers: str, charset: str = "utf-8") -> str:
    data = content.encode(charset)
    packed = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes}[encoding](data).decode()
    return "\r\n".join([f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}", *headers, "", packed])


def message(parts: list[str], *headers: str, kind: str = "multipart/related", boundary: str = "----b--1") -> bytes:
    lines = [
        "MIME-Version: 1.0",
        *headers,
        f'Content-Type: {kind};\r\n\ttype="text/html";\r\n\tboundary="{boundary}"',
        "",
    ]
    body = "".join(f"\r\n--{boundary}\r\n{each}" for each in parts)
    return ("\r\n".join(lines) + body + f"\r\n--{boundary}--\r\n").encode()


ADDRESS = f"Snapshot-Content-Location: {URL}"
HERE = f"Content-Location: {URL}"
FILES = {
    "chrome": message(
        [part(PAGE, "text/html", "quoted-printable", "Content-ID: <f@mhtml.blink>", HERE),
         part("x", "image/png", "base64", "Content-Location: https://a.example/p.png")],
        "From: <Saved by Blink>", ADDRESS,
    ),
    "base64": message([part(PAGE, "text/html", "base64", HERE)]),
    "the frame first": message(
        [part(FRAME, "text/html", "base64", "Content-Location: cid:frame@x"), part(PAGE, "text/html", "base64", HERE)],
        ADDRESS,
    ),
    "another charset": message(
        [part(PAGE.replace('<meta charset="utf-8">', ""), 'text/html; charset="windows-1251"', "quoted-printable", HERE,
              charset="windows-1251")]
    ),
    "nested": message(
        [message([part(PAGE, "text/html", "base64", HERE)], kind="multipart/alternative", boundary="inner").decode()],
        ADDRESS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("ending", ["mhtml", "mht", "mhtml.gz"])
def test_mhtml(name: str, ending: str, tmp_path) -> None:
    site = load_site("pravda")
    data = FILES[name]
    path = tmp_path / f"page.{ending}"
    path.write_bytes(gzip.compress(data) if ending.endswith("gz") else data)
    refs, drops = index_pages(tmp_path, site, CrawlOptions(languages=("uk", "ru", "en")))
    assert drops == []
    assert [(ref.article_id, ref.language) for ref in refs] == [("1", "uk")]
    ((_, capture),) = read_captures(refs)
    assert isinstance(capture, Capture)
    shown = file_capture(path, None)
    assert (shown.url, shown.body) == (URL, capture.body)
    for each in (capture, shown):
        assert [block.text for block in extract_page(each, site).blocks] == ["Місто", TEXT]


def test_a_message_without_a_page_is_dropped_with_the_reason() -> None:
    with pytest.raises(SkipPage) as dropped:
        read_saved_file(message([part("x", "image/png", "base64")]))
    assert dropped.value.reason == "no_page_in_mhtml"


@pytest.mark.parametrize("cut", [60, 150, 300, -200])
def test_a_cut_message_is_a_page_or_a_drop(cut: int) -> None:
    try:
        page = read_saved_file(FILES["chrome"][:cut])
    except SkipPage as dropped:
        outcome = dropped.reason
    else:
        outcome = "" if FILES["chrome"].startswith(page.body) or page.body in PAGE.encode() else "another page"
    assert outcome in ("", "no_page_in_mhtml")


def test_html_that_mentions_mhtml_is_html() -> None:
    data = b"<html><!-- Content-Type: multipart/related --></html>"
    assert read_saved_file(data).body == data


@pytest.mark.parametrize("address", ["http://[bad", "http://{}/", "https://", "http://[{}]/", "cid:1"])
def test_an_address_that_is_none(address: str) -> None:
    data = message([part(PAGE, "text/html", "base64")], f"Snapshot-Content-Location: {address}")
    saved = read_saved_file(data)
    assert saved.url is None or saved.url == address == "http://{}/"


def saved(folder: Path, files: dict[str, str]) -> tuple[list[str], list[str]]:
    """The files of pages in the order in which they are tried, with their URLs, and the reasons for dropping others."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    site = load_site("pravda")
    refs, drops = index_pages(folder, site, CrawlOptions(site.languages))
    editions = [extract_page(capture, site) for _, capture in read_captures(refs[:1]) if isinstance(capture, Capture)]
    assert all(edition.title == "Місто" for edition in editions)
    return [f"{Path(ref.path).relative_to(folder)} {ref.url}" for ref in refs], [drop.reason for drop in drops]


HTTRACK = "<!-- Mirrored from www.pravda.com.ua/news/2025/12/1/1/ by HTTrack Website Copier/3.x [XR&CO'2014], Mon -->"
SINGLE_FILE = f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: Mon Dec 01 2025 10:00:00 GMT+0200 \n-->"
PROGRAMS = {
    "HTTrack -N1": {"web/index1a2b.html": PAGE.replace("<html>", f"<html>\n{HTTRACK}\n"), "web/style.css": "p{}"},
    "HTTrack -N1, behind the tree": {"index-2.html": PAGE + f"\n{HTTRACK}\n<!-- Added by HTTrack -->"},
    "Chrome, complete": {
        "Місто _ Українська правда.html": f"<!-- saved from url=(0044){URL} -->\n{PAGE}",
        "Місто _ Українська правда_files/saved_resource.html": FRAME,
    },
    "SingleFile": {"Місто (01.12.2025 10_00_00).html": PAGE.replace("<html>", f"<html><!--{SINGLE_FILE[4:]}")},
    "wget -r -k": {"www.pravda.com.ua/news/2025/12/1/1/index.html": PAGE},
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_folders_of_programs_that_save_pages(program: str, tmp_path: Path) -> None:
    pages, reasons = saved(tmp_path, PROGRAMS[program])
    assert [page.rpartition(" ")[2] for page in pages] == [URL]
    assert set(reasons) <= {"unknown_url"}


def test_a_page_that_names_its_url_is_before_one_placed_by_its_folder(tmp_path: Path) -> None:
    other = PAGE.replace("Місто", "Інше")
    pages, reasons = saved(
        tmp_path,
        {
            "www.pravda.com.ua/news/2025/12/1/1/index.html": other,
            "www.pravda.com.ua/news/2025/12/1/1/zzz.html": other,
            "a.html": f"<!-- saved from url=(0044){URL} -->\n{PAGE}",
        },
    )
    assert pages[0] == f"a.html {URL}"
    assert reasons == ["earlier_capture"] * 2
