"""The newspaper's server plays the site, faults included."""

import gzip
from collections.abc import Iterator
from xml.etree import ElementTree

import httpx
import pytest
from lxml import html

from corpus_builder.newspaper import NewspaperServer

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
BODIES = {
    "2019": "//div[@class='post__text']",
    "2022": "//article[@class='post']//div[@class='post_text']",
    "2025": "//div[@class='post_news_text' or @class='post_article_text']",
}


@pytest.fixture(scope="module")
def server() -> Iterator[NewspaperServer]:
    with NewspaperServer() as running:
        yield running


@pytest.fixture
def client(server: NewspaperServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.base_url) as client:
        yield client


def squash(text: str) -> str:
    return " ".join(text.split())


def test_every_edition_is_served_with_all_its_text(server: NewspaperServer, client: httpx.Client) -> None:
    paper = server.newspaper
    for story in paper.stories:
        for language in story.editions:
            path = paper.path(story, language)
            response = client.get(path)
            if response.status_code == 503:
                response = client.get(path)
            assert response.status_code == 200, path
            shown = story.shows.get(language, language)
            page = html.fromstring(response.text)
            (body,) = page.xpath(BODIES[story.era])
            text = squash(body.text_content())
            for block in story.blocks(shown):
                written = " ".join(unit.texts[shown].text for unit in block.units)
                assert squash(written) in text, f"{path}: {written}"
                if block.label:
                    assert squash(f"{block.label_text}:") in text, path
            hreflang = {link.get("hreflang"): link.get("href") for link in page.xpath("//link[@hreflang]")}
            expected = {other: server.base_url + paper.path(story, other) for other in story.editions}
            assert {k: v for k, v in hreflang.items() if k != "x-default"} == expected
            assert "x-default" in hreflang


def test_robots_allow_the_articles(client: httpx.Client, server: NewspaperServer) -> None:
    from protego import Protego

    rules = Protego.parse(client.get("/robots.txt").text)
    assert rules.crawl_delay("corpus-builder") == 0
    assert list(rules.sitemaps) == [f"{server.base_url}/sitemap/sitemap.xml"]
    assert rules.can_fetch("/news/2025/12/01/8010112/", "corpus-builder")
    assert not rules.can_fetch("/search/?q=a", "corpus-builder")


def test_sitemaps_promise_every_page_and_more(client: httpx.Client, server: NewspaperServer) -> None:
    index = ElementTree.fromstring(client.get("/sitemap/sitemap.xml").content)
    children = [loc.text or "" for loc in index.iter(f"{SITEMAP}loc")]
    assert len(children) >= 3
    listed, packed, alternates = set(), [], 0
    for child in children:
        assert child.endswith(".xml.gz")
        body = client.get(child).content
        packed.append(body.startswith(b"\x1f\x8b"))
        tree = ElementTree.fromstring(gzip.decompress(body) if packed[-1] else body)
        listed |= {loc.text for loc in tree.iter(f"{SITEMAP}loc")}
        alternates += len(list(tree.iter(f"{XHTML}link")))
    assert set(packed) == {True, False}
    assert alternates > 0
    paper = server.newspaper
    exist = {server.base_url + paper.path(story, language) for story in paper.stories for language in story.editions}
    missing = {server.base_url + paper.path(story, language) for story in paper.stories for language in story.promised}
    moved = {server.base_url + path for path in paper.offsite}
    assert listed == exist | missing | moved
    assert missing
    assert moved
    assert all(client.get(url).status_code == 404 for url in missing)
    for url in moved:
        answer = client.get(url)
        assert answer.status_code == 301
        assert not answer.headers["Location"].startswith(server.base_url)


def test_an_unchanged_page_answers_304(client: httpx.Client) -> None:
    first = client.get("/news/2025/12/01/8010112/")
    for condition in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = client.get("/news/2025/12/01/8010112/", headers=condition)
        assert again.status_code == 304
        assert again.content == b""
    assert client.get("/news/2025/12/01/8010112/", headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get("/news/2025/12/01/8010112/", headers={"If-Modified-Since": "yesterday"}).status_code == 200


def test_a_busy_page_asks_to_wait_once() -> None:
    with NewspaperServer() as server, httpx.Client(base_url=server.base_url) as client:
        (path,) = server.newspaper.busy_once
        first, second = client.get(path), client.get(path)
        assert (first.status_code, first.headers["Retry-After"]) == (503, "1")
        assert second.status_code == 200
        assert [request.status for request in server.requests] == [503, 200]


@pytest.mark.parametrize("variant", ["/news/2025/12/01/8010112", "/news/2025/12/1/8010112/", "/news/2025/12/1/8010112"])
def test_variants_lead_to_the_page(client: httpx.Client, server: NewspaperServer, variant: str) -> None:
    answer = client.get(variant)
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{server.base_url}/news/2025/12/01/8010112/"


def test_the_amp_page_is_the_page(client: httpx.Client) -> None:
    assert client.get("/news/2025/12/01/8010112/index.amp").content == client.get("/news/2025/12/01/8010112/").content


def test_head_has_no_body(client: httpx.Client) -> None:
    answer = client.head("/news/2025/12/01/8010112/")
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) > 1000
    assert answer.content == b""


@pytest.mark.parametrize(
    ("path", "encoding"), [("/rss/", "utf-8"), ("/rus/rss/", "windows-1251"), ("/eng/rss/", "utf-8")]
)
def test_feeds_list_the_newest_stories(client: httpx.Client, path: str, encoding: str) -> None:
    body = client.get(path).content
    assert f'encoding="{encoding}"'.encode() in body
    links = [link.text or "" for link in ElementTree.fromstring(body).iter("link")][1:]
    assert links
    assert all(client.get(link).status_code in (200, 503) for link in links)


def test_a_day_archive_lists_its_stories(client: httpx.Client, server: NewspaperServer) -> None:
    links = html.fromstring(client.get("/archives/date_01122025/").text).xpath("//div[@class='article_title']/a/@href")
    assert f"{server.base_url}/news/2025/12/01/8010112/" in links


def test_the_site_rules_know_every_page(server: NewspaperServer) -> None:
    from corpus_builder.sites import load_site

    site = load_site("sample", mirror=server.base_url)
    paper = server.newspaper
    for story in paper.stories:
        for language in story.editions:
            address = site.address(server.base_url + paper.path(story, language))
            assert address is not None
            assert address.key == (language, story.id)
            assert address.date == story.published.date()
            assert address.section == story.section
