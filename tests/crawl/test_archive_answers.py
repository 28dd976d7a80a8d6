"""Articles of several responses out of an archive on the net: an API's answers, and later pages."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus_builder.crawl import archive_of, fetch_archive, index_warcs, remove_archived
from corpus_builder.crawl.archive_options import Archive
from corpus_builder.crawl.choice import by_page
from corpus_builder.errors import SkipPage
from corpus_builder.newspaper.archive import CRAWLS, ArchiveServer
from corpus_builder.newspaper.server import Answer
from corpus_builder.sites import Site
from corpus_builder.sites.rules import SiteRules
from corpus_builder.stages.page_editions import edition_of

from .conftest import OPTIONS, warcio_check

HOME, API = "https://app.example", "https://api.app.example"
PIECES = ["Перше речення новини про міст. Друге речення.", "Третє речення про річку.", "Останнє речення новини."]
OF_ONE = replace(OPTIONS, languages=("uk",), retries=1, backoff=0.01)

WAYS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "links": ({"next": "next"}, ["/v1/uk/8?at=1", "/parts/x2"]),
    "pages": ({"pages": "pages", "next_url": API + "/v1/{language}/{id}/p{page}"}, ["/v1/uk/8/p2", "/v1/uk/8/p3"]),
}


def rules(**more: Any) -> Site:
    of_json = {"name": "app", "match": "div#app", "url": API + "/v1/{language}/{id}", "title": "title", "body": "text"}
    layout = {"name": "page", "match": "article", "title": "h1", "body": "div.text"}
    return Site(
        SiteRules.model_validate(
            {
                "name": "app",
                "title": "App",
                "homepage": HOME,
                "domains": ["app.example", "api.app.example"],
                "editions": {"uk": {"paths": [r"/n/(?P<id>\d+)(?P<page>/\d+)?"]}},
                "from_json": [of_json | more],
                "layouts": [layout],
            }
        )
    )


def page(body: str) -> Answer:
    return Answer(200, body=f"<html><body>{body}</body></html>".encode(), headers={"Content-Type": "text/html"})


def answer(number: int, following: str | None) -> Answer:
    value = {"title": "Міст", "text": [PIECES[number]], "next": following, "pages": 3}
    return Answer(200, body=json.dumps(value).encode(), headers={"Content-Type": "application/json"})


class Pages(ArchiveServer):
    """One article of an app, one of three pages, and what an archive has beside them."""

    paths: tuple[str, ...] = ()

    def found(self, crawl: str) -> dict[str, Answer]:
        if crawl != CRAWLS[0]:
            return {}
        paths = [f"{API}/v1/uk/8", *(API + path for path in self.paths)]
        answers = {
            url: answer(number, following)
            for number, (url, following) in enumerate(zip(paths, [*paths[1:], None], strict=True))
        }
        pages = {
            f"{HOME}/n/9{f'/{number}' if number > 1 else ''}": page(
                f"<article><h1>Річка</h1><div class=text><p>{PIECES[number - 1]}</p>"
                + "".join(f"<a href='/n/9/{other}'>{other}</a>" for other in (2, 3))
                + "</div></article>"
            )
            for number in (1, 2, 3)
        }
        # The answer of another article, before everything else and after it; and one of no article.
        others = {
            f"{API}/v1/uk/77": answer(0, None),
            f"{API}/v1/config": answer(0, None),
            f"{API}/robots.txt": page(""),
        }
        return others | answers | {f"{HOME}/n/8": page("<div id=app></div>")} | pages


@pytest.fixture(params=WAYS)
def case(request: pytest.FixtureRequest) -> Iterator[tuple[Pages, Site]]:
    way, paths = WAYS[request.param]

    class Server(Pages):
        pass

    Server.paths = tuple(paths)
    with Server() as server:
        yield server, rules(**way)


def archive_at(server: ArchiveServer, kind: str) -> Archive:
    found = (
        archive_of(cdx=[f"{server.base_url}/cdx/search/cdx"], wayback=True)
        if kind == "wayback"
        else archive_of(cdx=[f"{server.base_url}/{crawl}-index" for crawl in CRAWLS], records=server.base_url)
    )
    assert found
    return found


def editions(folder: Path, site: Site) -> dict[str, list[str] | str]:
    refs, _ = index_warcs(sorted(folder.glob("warc/*.warc.gz")), site, OF_ONE)
    found: dict[str, list[str] | str] = {}
    for captures in by_page(refs):
        try:
            found[captures[0].article_id] = [block.text for block in edition_of(captures, site).blocks][1:]
        except SkipPage as skipped:
            found[captures[0].article_id] = str(skipped)
    return found


@pytest.mark.parametrize("kind", ["ranges", "wayback"])
def test_articles_come_whole(case: tuple[Pages, Site], tmp_path: Path, kind: str) -> None:
    server, site = case
    fetched = fetch_archive(site, OF_ONE, archive_at(server, kind), tmp_path)
    assert editions(tmp_path, site) == {"8": PIECES, "9": PIECES}
    assert fetched.counts["records_wanted"] == 1 + 3 + 3
    assert not fetched.drops
    warcio_check(tmp_path)
    stored = [path for path, _ in server.requests if "77" in path or "config" in path]
    assert not stored, "answers of other articles are not fetched"
    # A second run has everything, and says the same.
    server.requests.clear()
    again = fetch_archive(site, OF_ONE, archive_at(server, kind), tmp_path)
    assert not server.requests
    assert again.counts["records_wanted"] == fetched.counts["records_wanted"]
    # What is taken down leaves with its answers.
    remove_archived(tmp_path, site, {"8"})
    text = b"".join(gzip.decompress(path.read_bytes()) for path in tmp_path.glob("warc/*"))
    assert not any(json.dumps(piece)[1:-1].encode() in text for piece in PIECES)
    assert editions(tmp_path, site) == {"9": PIECES}
    server.requests.clear()
    fetch_archive(site, OF_ONE, archive_at(server, kind), tmp_path, withdrawn={"8"})
    assert not server.requests


def test_an_answer_that_the_archive_lacks(case: tuple[Pages, Site], tmp_path: Path) -> None:
    server, site = case
    last = API + server.paths[-1]
    lines = server.index[CRAWLS[0]]
    server.index[CRAWLS[0]] = [one for one in lines if one.url != last]
    fetch_archive(site, OF_ONE, archive_at(server, "ranges"), tmp_path)
    assert editions(tmp_path, site) == {"8": f"incomplete: the answer of the API is missing: {last}", "9": PIECES}


def test_an_answer_that_was_an_error_is_counted(case: tuple[Pages, Site], tmp_path: Path) -> None:
    server, site = case
    last = API + server.paths[-1]
    lines = server.index[CRAWLS[0]]
    gone = Answer(503, headers={"Content-Type": "text/html"})
    server.index[CRAWLS[0]] = [replace(one, answer=gone) if one.url == last else one for one in lines]
    fetched = fetch_archive(site, OF_ONE, archive_at(server, "ranges"), tmp_path)
    assert [(drop.item, drop.reason) for drop in fetched.drops] == [(last, "http_503")]
    assert editions(tmp_path, site)["9"] == PIECES
