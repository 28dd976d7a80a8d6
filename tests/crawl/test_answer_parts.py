"""Articles in several answers of an API: every way in which APIs name the next, and what cannot be followed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus_builder.crawl import crawl, crawl_drops, index_crawl, index_pages, index_warcs, remove_records
from corpus_builder.crawl.choice import by_page
from corpus_builder.crawl.options import CaptureRef
from corpus_builder.crawl.warcread import walk
from corpus_builder.errors import SkipPage
from corpus_builder.sites import Site
from corpus_builder.sites.rules import SiteRules
from corpus_builder.stages.page_editions import edition_of

from .conftest import OPTIONS, Answer, Newspaper

HOST = "https://api.app.example"
FIRST = "/v1/7?lang=ua"
PIECES = ["Перше речення новини про міст. Друге речення.", "Третє речення про річку.", "Останнє речення новини."]
OPTIONS_UK = replace(OPTIONS, languages=("uk",), retries=0)


def site(mirror: str | None, **more: Any) -> Site:
    of_json = {
        "name": "app",
        "url": HOST + "/v1/{id}?lang={language}",
        "languages": {"uk": "ua"},
        "title": "title",
        "body": "blocks",
        "text": "text",
        **more,
    }
    rules = {
        "name": "app",
        "title": "App",
        "homepage": "https://app.example",
        "domains": ["app.example", "api.app.example"],
        "editions": {"uk": {"paths": [r"/n/(?P<id>\d+)"]}},
        "from_json": [of_json],
        "crawl": {"sitemaps": ["https://app.example/sitemap.xml"]},
    }
    return Site(SiteRules.model_validate(rules), mirror)


Say = Callable[[str, int], tuple[dict[str, Any], dict[str, str]]]
"""What an answer says beside its blocks, and its headers, by the server's address and the answer's number from 0."""

URL2, URL3 = "/v1/7?lang=ua&at=2", "/v1/parts/c-3"


def links(base: str, number: int, paths: list[str], spell: Callable[[str, str], str]) -> tuple[dict[str, Any], dict]:
    return {"links": {"next": spell(base, paths[number]) if number < len(paths) else None}}, {}


def header(base: str, number: int) -> tuple[dict[str, Any], dict[str, str]]:
    link = f'<{FIRST}>; rel="first"' + (f', <{(URL2, URL3)[number]}>; rel="next last"' if number < 2 else "")
    return {}, {"Link": link}


def token(base: str, number: int) -> tuple[dict[str, Any], dict[str, str]]:
    return {"paging": {"cursor": ("a/b=&", "Ї2", 0)[number]}}, {}


def count(**said: Any) -> Say:
    return lambda base, number: (said, {})


BY_LINK = {"next": "links.next"}
WAYS: dict[str, tuple[dict[str, Any], Say, list[str]]] = {
    "own host": (BY_LINK, lambda b, n: links(b, n, [URL2, URL3], lambda base, path: HOST + path), [URL2, URL3]),
    "mirror": (BY_LINK, lambda b, n: links(b, n, [URL2, URL3], lambda base, path: base + path), [URL2, URL3]),
    "relative": (BY_LINK, lambda b, n: links(b, n, [URL2, URL3], lambda base, path: path), [URL2, URL3]),
    "http": (
        BY_LINK,
        lambda b, n: links(b, n, [URL2, URL3], lambda base, path: f"http://api.app.example{path}#x"),
        [URL2, URL3],
    ),
    "header": ({"next_link": True}, header, [URL2, URL3]),
    "token": (
        {"next": "paging.cursor", "next_url": HOST + "/v1/{id}/more?from={next}"},
        token,
        ["/v1/7/more?from=a%2Fb%3D%26", "/v1/7/more?from=%D0%872"],
    ),
    "more": (
        {"next": "more", "next_url": HOST + "/v1/{id}?lang={language}&page={page}"},
        lambda base, number: ({"more": number < 2}, {}),
        ["/v1/7?lang=ua&page=2", "/v1/7?lang=ua&page=3"],
    ),
    "pages": (
        {"pages": "pages", "next_url": HOST + "/v1/{id}/{page}", "first_page": 0},
        count(pages="3"),
        ["/v1/7/1", "/v1/7/2"],
    ),
    "total": (
        {"total": "meta.total", "next_url": HOST + "/v1/{id}?skip={offset}"},
        count(meta={"total": 3}),
        ["/v1/7?skip=1", "/v1/7?skip=2"],
    ),
}


def serve(paper: Newspaper, say: Say, paths: list[str], pieces: list[list[str]] | None = None) -> None:
    paper.put("/n/7", "<html><body><div id=app></div></body></html>")
    paper.sitemap("/sitemap.xml", ["/n/7"])
    for number, path in enumerate([FIRST, *paths]):
        said, headers = say(paper.base, number)
        texts = pieces[number] if pieces else [PIECES[number]]
        value = {"title": "Міст через річку", "blocks": [{"text": text} for text in texts], **said}
        headers = {"Content-Type": "application/json", **headers}
        paper.put(path, Answer(json.dumps(value).encode(), headers=headers))


def texts(refs: list[CaptureRef], rules: Site) -> list[str] | str:
    [page] = by_page(refs)
    try:
        return [block.text for block in edition_of(page, rules).blocks][1:]
    except SkipPage as skipped:
        return str(skipped)


@pytest.mark.parametrize("way", WAYS)
def test_an_article_in_three_answers(paper: Newspaper, tmp_path: Path, way: str) -> None:
    rules, say, paths = WAYS[way]
    serve(paper, say, paths)
    there, home = site(paper.base, **rules), site(None, **rules)
    summary = crawl(there, OPTIONS_UK, tmp_path / "crawl")
    assert summary.counts["further_responses"] == 3
    refs = index_crawl(tmp_path / "crawl", there, OPTIONS_UK)
    assert texts(refs, there) == PIECES
    warc = str(tmp_path / "crawl/warc/*.warc.gz")
    refs, drops = index_warcs(warc, home, OPTIONS_UK)
    assert texts(refs, home) == PIECES
    assert not drops
    assert len([ref for ref in refs if ref.part]) == 3, "the answers of this article, and no other response"
    # Nothing of it is left where the article is taken down.
    assert remove_records(tmp_path / "crawl", home, ["7"]).records == 2 * 4
    stored = b"".join(record.data for file in (tmp_path / "crawl/warc").iterdir() for record in walk(file, 10**6))
    assert not any(json.dumps(piece)[1:-1].encode() in stored for piece in PIECES)


@pytest.mark.parametrize("way", ["relative", "own host", "token", "pages", "total"])
def test_saved_answers(paper: Newspaper, tmp_path: Path, way: str) -> None:
    rules, say, paths = WAYS[way]
    serve(paper, say, paths)
    for path in ["/n/7", FIRST, *paths]:
        host = "app.example" if path == "/n/7" else "api.app.example"
        file = tmp_path / f"{host}{path}{'/index.html' if path == '/n/7' else '.json'}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(paper.answers[path][0].body)
    home = site(None, **rules)
    refs, drops = index_pages(tmp_path, home, OPTIONS_UK)
    assert texts(refs, home) == PIECES
    assert not drops
    (tmp_path / f"api.app.example{paths[-1]}.json").unlink()
    refs, _ = index_pages(tmp_path, home, OPTIONS_UK)
    assert texts(refs, home) == f"incomplete: the answer of the API is missing: {HOST}{paths[-1]}"


def test_a_list_that_is_cut_into_pieces_may_end_with_an_empty_one(paper: Newspaper, tmp_path: Path) -> None:
    rules, say, paths = WAYS["relative"]
    serve(paper, say, paths, [PIECES[:2], [], []])
    there = site(paper.base, **rules)
    crawl(there, OPTIONS_UK, tmp_path)
    assert texts(index_crawl(tmp_path, there, OPTIONS_UK), there) == PIECES[:2]


def changed(paper: Newspaper, path: str, **said: Any) -> None:
    value = json.loads(paper.answers[path][0].body) | said
    paper.put(path, Answer(json.dumps(value).encode(), headers={"Content-Type": "application/json"}))


@pytest.mark.parametrize(
    ("way", "change", "reason", "detail"),
    [
        ("relative", lambda p: changed(p, URL3, links={"next": FIRST}), "incomplete", "in a circle"),
        ("relative", lambda p: changed(p, URL3, links={"next": URL3}), "incomplete", "in a circle"),
        ("relative", lambda p: changed(p, URL3, links={"next": {}, "x": 1}), "", ""),
        ("relative", lambda p: changed(p, URL3, links={"next": {"a": 1}}), "incomplete", "neither an address nor"),
        ("relative", lambda p: changed(p, URL2, links={"next": "https://x.example/3"}), "incomplete", "not on a host"),
        ("relative", lambda p: changed(p, URL2, links={"next": "http://[/"}), "incomplete", "is no address"),
        ("relative", lambda p: changed(p, URL2, links={"next": True}), "incomplete", "no `next_url`"),
        ("relative", lambda p: changed(p, URL3, blocks=None), "incomplete", "has nothing at blocks"),
        ("relative", lambda p: changed(p, URL3, blocks=[{"text": "…"}]), "", ""),
        ("relative", lambda p: changed(p, URL3, blocks=[{"x": "…"}]), "incomplete", "has no text at blocks"),
        ("relative", lambda p: p.put(URL2, Answer(b"gone", 404)), "incomplete", "http_404"),
        ("relative", lambda p: p.put(URL2, "<html><body>no JSON</body></html>"), "incomplete", "not_json"),
        ("relative", lambda p: p.put("/robots.txt", "User-agent: *\nDisallow: /v1/parts/"), "robots", ""),
        ("token", lambda p: changed(p, FIRST, paging={"cursor": True}), "incomplete", "no token"),
        ("pages", lambda p: changed(p, FIRST, pages=1_000), "incomplete", "more than 100 further answers"),
        ("pages", lambda p: changed(p, FIRST, pages="many"), "incomplete", "pages is no number: 'many'"),
        ("total", lambda p: changed(p, "/v1/7?skip=2", blocks=[]), "incomplete", "has nothing, but there are 3 items"),
    ],
)  # fmt: skip
def test_answers_that_are_not_whole(
    paper: Newspaper, tmp_path: Path, way: str, change: Callable[[Newspaper], None], reason: str, detail: str
) -> None:
    rules, say, paths = WAYS[way]
    serve(paper, say, paths)
    change(paper)
    there = site(paper.base, **rules)
    crawl(there, OPTIONS_UK, tmp_path)
    drops = list(crawl_drops(tmp_path))
    found = index_crawl(tmp_path, there, OPTIONS_UK)
    outcome = texts(found, there) if found else ""
    said = [(drop.reason, drop.detail) for drop in drops] or [tuple(outcome.split(": ", 1))] if reason else drops
    if not reason:
        assert isinstance(outcome, list)
        assert not said
        return
    [(was, why)] = said
    assert was == reason
    assert detail in why


def test_an_endless_chain_ends(paper: Newspaper, tmp_path: Path) -> None:
    """Each answer has another token, as where an API ignores it."""
    rules = {"next": "next", "next_url": HOST + "/v1/{id}/{next}"}
    serve(paper, lambda base, number: ({"next": "t1"}, {}), [])
    for number in range(1, 105):
        value = {"blocks": [{"text": "Те саме."}], "next": f"t{number + 1}"}
        paper.put(f"/v1/7/t{number}", Answer(json.dumps(value).encode(), headers={"Content-Type": "application/json"}))
    crawl(site(paper.base, **rules), OPTIONS_UK, tmp_path)
    [drop] = crawl_drops(tmp_path)
    assert (drop.reason, drop.detail) == ("incomplete", "more than 100 further answers")
    assert len([asked for asked in paper.asked if asked.path.startswith("/v1/7")]) == 101


def test_a_chain_that_was_cut_off_is_asked_for_again(paper: Newspaper, tmp_path: Path) -> None:
    rules, say, paths = WAYS["relative"]
    serve(paper, say, paths)
    whole = paper.answers[URL3][0]
    paper.put(URL3, Answer(b"busy", 503))
    there = site(paper.base, **rules)
    crawl(there, OPTIONS_UK, tmp_path)
    assert not index_crawl(tmp_path, there, OPTIONS_UK)
    paper.put(URL3, whole)
    crawl(there, OPTIONS_UK, tmp_path)
    assert texts(index_crawl(tmp_path, there, OPTIONS_UK), there) == PIECES


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"next": "a", "pages": "b"}, "both `next` and `pages`"),
        ({"pages": "b"}, r"need `next_url` with {page} or {offset} for `pages`"),
        ({"total": "b", "next_url": HOST + "/{next}"}, r"need `next_url` with {page} or {offset} for `total`"),
        ({"next_url": HOST + "/{page}"}, "a `next_url`, but no `next`, `pages` or `total`"),
        ({"next": "a", "next_url": HOST + "/{id}"}, "has none of {next}, {page} and {offset}"),
        ({"next": "a", "next_url": "https://x.example/{next}"}, "add the API's host x.example to `domains`"),
        ({"next": "a", "next_url": HOST + "/{slug}/{next}"}, "the URL has {slug}"),
        ({"next": "a", "url": None, "languages": {}, "script": "script"}, "no `url` for `next`"),
    ],
)
def test_mistakes_are_named(more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        site(None, **more)
