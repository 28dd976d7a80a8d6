"""Whatever a page does, it gives an edition or a SkipPage; an exception that nobody expected is a reason, too."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from corpus_builder.apart import TIME, Failure
from corpus_builder.cli.main import app
from corpus_builder.errors import NothingProduced, SkipPage
from corpus_builder.extract import extract_page, inspect_layouts
from corpus_builder.extract.generic import by_generic_extractor
from corpus_builder.model import Capture, Drop, Edition
from corpus_builder.newspaper.server import answers
from corpus_builder.newspaper.stories import load_newspaper
from corpus_builder.sites import load_site
from corpus_builder.stages.extract import warn_of_errors
from corpus_builder.web.head import read_head
from corpus_builder.web.html import parse_html
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.tables import EDITIONS, edition_row, write_drops
from tests.page_process import ProcessHere

BASE = "http://127.0.0.1:9"
SITE = load_site("sample", mirror=BASE)
PAGES = {
    BASE + path: answer
    for path, answer in answers(load_newspaper(), BASE).items()
    if answer.status == 200 and SITE.address(BASE + path) is not None
}
SITE_OF_PRAVDA = load_site("pravda")
PRAVDA = "https://www.pravda.com.ua/news/2025/12/01/8009697/"
MUTATIONS = 300
PIECES = [
    b"<", b">", b'"', b"'", b"=", b"[", b"{", b"\0", b"\x1b", b"\x01", b"\xff", b"\xed\xa0\xbd", b"&#xd83d;", b"&#0;",
    b"<a:b>", b"<x\x01y>", b"<!--", b"-->", b"<![CDATA[", b"http://[bad", b'"@type":[{}],', b'\\ud83d', b' xmlns:a="b"',
    b"<meta charset=idna>", b'<link rel="canonical" href="//[">', b'<base href="http://[">',
]  # fmt: skip


def capture(body: bytes, url: str = PRAVDA, **headers: str) -> Capture:
    return Capture(url, 200, headers, body, None, "test")


def page(head: str) -> bytes:
    text = "Перший абзац тексту українською мовою про подію, яка сталася вчора."
    body = f'<h1 class="post_news_title">Місто</h1><div class="post_news_text"><p>{text}</p></div>'
    return f'<html><head>{head}</head><body><article class="post_news">{body}</article></body></html>'.encode()


def edition(head: str, **headers: str) -> Edition:
    result = extract_page(capture(page(head), **headers), SITE_OF_PRAVDA)
    pa.Table.from_pylist([edition_row(result)], schema=EDITIONS)  # it can be written
    return result


def json_ld(properties: str) -> str:
    date = '"datePublished": "2025-12-01T10:00:00+02:00"'
    return f'<script type="application/ld+json">{{{date}, {properties}}}</script>'


@pytest.mark.parametrize("url", ["http://[bad", "https://h:99999/", "http:///", "//[", "https://a]b/"])
def test_hreflang_to_an_address_that_is_none(url: str) -> None:
    assert edition(f'<link rel="alternate" hreflang="de" href="{url}">').alternates == ()


@pytest.mark.parametrize("kind", ["[{}]", "[[]]", "{}", "[null, 1]", '[{}, "NewsArticle"]'])
def test_json_ld_types_that_are_no_texts(kind: str) -> None:
    assert edition(json_ld(f'"@type": {kind}')).title == "Місто"


@pytest.mark.parametrize("field", ["keywords", "author"])
def test_lone_surrogates_in_json_ld(field: str) -> None:
    given = {"author": r'{"@type": "Person", "name": "А\ud83d"}', "keywords": r'["А\ud83d"]'}[field]
    result = edition(json_ld(f'"@type": "NewsArticle", "{field}": {given}'))
    assert "А\ufffd" in (*result.authors, *result.tags)


@pytest.mark.parametrize("charset", ["base64", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"])
def test_charsets_that_are_codecs_of_something_else(charset: str) -> None:
    body = page("").decode().encode("windows-1251")
    by_header = extract_page(capture(body, **{"content-type": f"text/html; charset={charset}"}), SITE_OF_PRAVDA)
    by_meta = extract_page(capture(body.replace(b"<head>", f"<head><meta charset={charset}>".encode())), SITE_OF_PRAVDA)
    assert by_header.title == by_meta.title == "Місто"
    # without Cyrillic letters the declaration decides
    latin = b"<html><body><p>caf\xe9 \xff</p></body></html>"
    with pytest.raises(SkipPage) as skipped:
        extract_page(capture(latin, **{"content-type": f"text/html; charset={charset}"}), SITE_OF_PRAVDA)
    assert skipped.value.reason != "extractor_error"


def test_an_unexpected_exception_is_a_drop_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a\x1b[31m\nlong \ud83d message")

    monkeypatch.setattr("corpus_builder.extract.page.matching_article", fail)
    with pytest.raises(SkipPage) as skipped:
        edition("")
    assert skipped.value.reason == "extractor_error"
    assert skipped.value.detail.startswith("KeyError: ")
    assert "(corpus_builder.extract.page:" in skipped.value.detail
    assert skipped.value.detail.isprintable()


@pytest.mark.parametrize("error", [OSError("disk"), MemoryError(), ImportError("no lxml")])
def test_errors_of_the_machine_are_not_blamed_on_the_page(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("corpus_builder.extract.page.matching_article", fail)
    with pytest.raises(type(error)):
        edition("")


@contextmanager
def here(function: Callable[[Any], Any]) -> Iterator[ProcessHere]:
    yield ProcessHere(function)


@contextmanager
def ended(_: Callable[[Any], Any]) -> Iterator[ProcessHere]:
    """A process that every page ends."""
    yield ProcessHere(lambda _: Failure(TIME, "web.html:46"))


@pytest.mark.parametrize("command", [["extract-page"], ["sites", "check", "pravda"], ["sites", "draft"]])
def test_a_page_that_ends_the_process_that_reads_it_is_named(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "page.html").write_bytes(page(""))
    monkeypatch.setattr("corpus_builder.web.page_process.page_process", ended)
    result = CliRunner().invoke(app, [*command, str(tmp_path / "page.html"), "--url", PRAVDA])
    assert isinstance(result.exception, NothingProduced)
    assert re.search(r"page\.html.*: extractor_timeout: more than 90 seconds.*web\.html:46", str(result.exception))


@pytest.mark.parametrize("command", [["extract-page"], ["sites", "check", "pravda"]])
def test_commands_show_a_message(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    file = tmp_path / "page.html"
    file.write_bytes(page(""))
    for place in ("page", "inspect"):
        monkeypatch.setattr(f"corpus_builder.extract.{place}.compiled_site", fail)
    monkeypatch.setattr("corpus_builder.web.page_process.page_process", here)
    result = CliRunner().invoke(app, [*command, str(file), "--url", PRAVDA])
    assert isinstance(result.exception, NothingProduced)
    assert "extractor_error: ZeroDivisionError" in str(result.exception)


def mutated(body: bytes, rnd: random.Random) -> bytes:
    """A page with some bytes changed, deleted or repeated, and pieces put in."""
    data = bytearray(body)
    for _ in range(rnd.choice((1, 5, 30, 200))):
        place, other = rnd.randrange(len(data)), rnd.randrange(len(data))
        match rnd.randrange(4):
            case 0:
                data[place] = rnd.randrange(256)
            case 1:
                data[place:place] = rnd.choice(PIECES)
            case 2:
                del data[place : place + rnd.randrange(1, 20)]
            case _:
                data[place : place + 10] = data[other : other + 20]
    return bytes(data)


@pytest.mark.slow
def test_mutated_pages_give_an_edition_or_a_reason() -> None:
    rnd = random.Random(15)
    urls = sorted(PAGES)
    editions, unexpected = 0, []
    for _ in range(MUTATIONS):
        url = rnd.choice(urls)
        hostile = capture(
            mutated(PAGES[url].body, rnd),
            url,
            **{"content-type": f"text/html; charset={rnd.choice(['utf-8', 'idna'])}"},
        )
        try:
            result = extract_page(hostile, SITE)
        except SkipPage as skipped:
            if skipped.reason == "extractor_error":
                unexpected.append(skipped.detail)
            continue
        editions += 1
        pa.Table.from_pylist([edition_row(result)], schema=EDITIONS)
    assert not unexpected
    assert editions > MUTATIONS // 4


@pytest.mark.slow
def test_mutated_pages_by_the_generic_extractor() -> None:
    pytest.importorskip("trafilatura")
    rnd = random.Random(16)
    urls = sorted(PAGES)
    read = 0
    for _ in range(MUTATIONS // 6):
        url = rnd.choice(urls)
        markup = mutated(PAGES[url].body, rnd).decode("utf-8", "replace").replace("\0", "").encode()
        try:
            root = parse_html(markup)
            read += bool(by_generic_extractor(markup, url, root, read_head(root, markup, url)).blocks)
        except SkipPage:
            continue
    assert read


@pytest.mark.parametrize("file", ["02a_poison_hreflang.html", "02b_poison_jsonld_type.html"])
def test_pages_that_ended_a_build(shared: Path, file: str) -> None:
    result = extract_page(capture((shared / "cases" / "hostile" / file).read_bytes()), SITE_OF_PRAVDA)
    assert result.title == "Заголовок"


def test_the_page_with_odd_tag_names(shared: Path) -> None:
    pytest.importorskip("trafilatura")
    body = (shared / "cases" / "hostile" / "02e_poison_generic_tag_full.html").read_bytes()
    url = "https://www.pravda.com.ua/eng/news/2025/12/8/7002620/"
    result = extract_page(capture(body, url), SITE_OF_PRAVDA)
    assert result.layout == "generic"
    assert inspect_layouts(capture(body, url), SITE_OF_PRAVDA)


def test_a_build_warns_of_pages_on_which_the_extractor_failed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    workspace = Workspace(tmp_path)
    drops = [
        Drop("extract", f"https://a.example/{i}/", "extractor_error", f"KeyError: {i} (corpus_builder.x:1)")
        for i in range(7)
    ]
    workspace.dropped.mkdir(parents=True)
    write_drops(workspace.dropped / "extract.parquet", [*drops, Drop("extract", "b", "empty_body", "")])
    warn_of_errors(workspace)
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 6
    assert "https://a.example/0/: KeyError: 0 (corpus_builder.x:1)" in caplog.text
    assert "7 pages were dropped" in caplog.text
