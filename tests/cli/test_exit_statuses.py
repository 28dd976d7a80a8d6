"""Exit statuses and messages: 1 for network, 2 for usage, 3 for nothing, with the stage and the counted reasons."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from .test_evil_article import Outcome, command

EN = "The mayor said that the new bridge will open in May."
UK = "Мер сказав, що новий міст відкриють у травні цього року."
HTML = "<html lang=en><head><link rel=canonical href='{url}'></head><body><h1>T</h1><p>{text}</p></body></html>"
SITE = "https://www.vilna-hazeta.example"


def build(tmp_path: Path, *options: object) -> Outcome:
    return command("build", "sample", "-w", tmp_path / "w", "--workers", "1", *options)


def table(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def article(number: int, language: str = "en", **more: object) -> dict[str, object]:
    text = {"en": EN, "uk": UK}[language]
    return {"id": f"{number}", "language": language, "title": text, "text": f"{text}\n\n{text}", **more}


def warc(path: Path, *urls: str) -> Path:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url in urls:
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            body = io.BytesIO(HTML.format(url=url, text=EN).encode())
            writer.write_record(writer.create_warc_record(url, "response", payload=body, http_headers=head))
    return path


@pytest.mark.parametrize(
    "url",
    ["localhost:8000", "www.example.org", "example.org/news", "ftp://example.org", "http://", "//x.org", "http://[bad",
     "http://127.0.0.1:99999", "mailto:a@example.org", "/srv/mirror"],
)  # fmt: skip
@pytest.mark.parametrize("which", ["build", "crawl", "plan"])
def test_a_base_url_that_is_none_says_how_it_begins(which: str, url: str, tmp_path: Path) -> None:
    place = [] if which == "plan" else ["-w", tmp_path / "w"]
    done = command(which, "sample", "--base-url", url, *place)
    assert done.status == 2
    assert f"--base-url {url!r} is not the URL of a web server" in done.err
    assert "next: begin it with http:// or https://" in done.err
    assert not (tmp_path / "w" / "crawl").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["build", "sample", "-w", "W", "--base-url", "http://127.0.0.1:1"],
        ["crawl", "sample", "-w", "W", "--base-url", "http://127.0.0.1:1"],
        ["plan", "sample", "--base-url", "http://127.0.0.1:1"],
        ["sites", "check", "sample", "http://127.0.0.1:1/news/2025/12/01/1/"],
        ["build", "sample", "-w", "W", "--cdx", "http://127.0.0.1:1/cdx", "--records", "http://127.0.0.1:1/",
         "--contact", "mailto:a@example.org"],
    ],
    ids=lambda arguments: " ".join(arguments[:2] + arguments[4:5]),
)  # fmt: skip
@pytest.mark.slow
def test_a_network_that_does_not_answer_is_1(arguments: list[str], tmp_path: Path) -> None:
    done = command(*[tmp_path / "w" if each == "W" else each for each in arguments])
    assert done.status == 1
    assert "ConnectError" in done.err
    assert "  next: " in done.err


@pytest.mark.slow
def test_pages_of_another_site(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    for number in range(3):
        page = HTML.format(url=f"https://other.example/{number}/", text=EN)
        (tmp_path / "pages" / f"{number}.html").write_text(page)
    (tmp_path / "pages" / "old.html").write_text(HTML.format(url=f"{SITE}/eng/news/2019/12/01/8010112/", text=EN))
    done = build(tmp_path, "--pages", tmp_path / "pages", "--since", "2024-01-01")
    assert done.status == 3
    assert "no article page was found (dropped: off_site 3, outside_dates 1)" in done.err
    assert "crawl.parquet lists everything dropped" in done.err


@pytest.mark.slow
def test_an_archive_of_other_pages(tmp_path: Path) -> None:
    urls = ["https://other.example/1/", "https://other.example/2/", f"{SITE}/about/",
            f"{SITE}/eng/news/2019/12/01/8010112/", "urn:uuid:1"]  # fmt: skip
    path = warc(tmp_path / "a.warc.gz", *urls)
    done = build(tmp_path, "--warc", path, "--since", "2024-01-01")
    assert done.status == 3
    assert "no article page was found (dropped: off_site 3, not_an_article 1, outside_dates 1)" in done.err
    (tmp_path / "cut.warc.gz").write_bytes(gzip.compress(gzip.decompress(path.read_bytes()))[:90])
    done = command("build", "sample", "-w", tmp_path / "w2", "--warc", tmp_path / "cut.warc.gz")
    assert done.status == 3
    assert "damaged_record 1" in done.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ([article(1), article(1, "uk")], ["--since", "2024-01-01"], "(dropped: undated 2)"),
        ([article(1, date="2020-01-01"), article(2, date="2020-01-01")], ["--since", "2024-01-01"], "outside_dates 2"),
        ([article(1, text=""), article(1, "uk", text=" ")], [], "empty_body 2"),
        ([article(1) | {"language": "de"}], [], "other_language 1"),
        ([], [], "0)"),
    ],
    ids=["undated", "outside", "empty", "other language", "no rows"],
)
def test_tables_of_which_nothing_is_left(rows: list[object], options: list[str], said: str, tmp_path: Path) -> None:
    path = table(tmp_path / "a.jsonl", *rows)
    done = build(tmp_path, "--articles", path, *options)
    assert done.status == 3
    assert "no page or row gave an article" in done.err
    assert said in done.err
    assert "  next: " in done.err


def test_editions_that_have_no_counterpart(tmp_path: Path) -> None:
    path = table(tmp_path / "a.jsonl", article(1), article(2), article(3, "uk"))
    done = build(tmp_path, "--articles", path)
    assert done.status == 3
    assert "no story has two or more editions to align" in done.err
    assert "only_edition 3" in done.err


@pytest.mark.parametrize(("stage", "status"), [("align-articles", 3), ("score", 2), ("export", 3)])
def test_a_stage_with_nothing_before_it_says_what_to_run(stage: str, status: int, tmp_path: Path) -> None:
    done = command(stage, "sample", "-w", tmp_path / "w")
    assert done.status == status
    assert "`corpus-builder build CONFIG`" in done.err.partition("next: ")[2]
