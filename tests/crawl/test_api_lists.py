"""Lists of articles in the answers of an API: how they follow one another, where they end, what comes of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus_builder.crawl import CrawlSummary, crawl, crawl_drops
from corpus_builder.crawl.plan import plan
from corpus_builder.errors import UsageError
from corpus_builder.sites import Site, SiteRules, load_site

from .conftest import HOME, OPTIONS, Answer, Newspaper

API = "https://api.pravda.com.ua/v1/news"
LISTS = replace(OPTIONS, sources=("apis",), languages=("uk",))


def with_lists(paper: Newspaper, *lists: dict[str, Any], **changes: Any) -> Site:
    """Ukrainska Pravda's rules with lists of an API, served by the newspaper."""
    rules = load_site("pravda").rules.model_dump()
    rules["domains"].append("api.pravda.com.ua")
    rules["crawl"] |= {"apis": lists}
    return Site(SiteRules.model_validate({**rules, **changes}), paper.base)


def items(paper: Newspaper, *numbers: int, day: str = "2025/12/01") -> list[dict[str, Any]]:
    """Put stories; returns them as an API lists them."""
    return [
        {"id": number, "url": paper.story(number, "uk", day=day)[0], "published_at": day.replace("/", "-")}
        for number in numbers
    ]


def put(paper: Newspaper, path: str, value: Any, **headers: str) -> None:
    paper.put(path, Answer(json.dumps(value).encode(), headers={"Content-Type": "application/json", **headers}))


def asked(paper: Newspaper) -> list[str]:
    return [each.path for each in paper.asked if each.path.startswith("/v1/")]


def drops(folder: Path) -> dict[str, str]:
    return {drop.item.removeprefix(HOME): drop.reason for drop in crawl_drops(folder / "crawl")}


Crawl = Callable[..., CrawlSummary]


@pytest.fixture
def read(tmp_path: Path) -> Crawl:
    def crawl_it(site: Site, **changes: Any) -> CrawlSummary:
        return crawl(site, replace(LISTS, **changes), tmp_path / "crawl")

    return crawl_it


BY_PAGE = {"url": f"{API}?lang={{language}}&page=1", "next_url": f"{API}?lang={{language}}&page={{page}}",
           "languages": {"uk": "ua"}, "items": "data.items", "page": "url"}  # fmt: skip


def test_pages_are_asked_for_until_one_is_empty(paper: Newspaper, read: Crawl, tmp_path: Path) -> None:
    put(paper, "/v1/news?lang=ua&page=1", {"data": {"items": items(paper, 6, 5)}})
    put(paper, "/v1/news?lang=ua&page=2", {"data": {"items": [*items(paper, 4), {"id": 3}, {"url": "/tags/x/"}]}})
    put(paper, "/v1/news?lang=ua&page=3", {"data": {"items": []}})
    summary = read(with_lists(paper, BY_PAGE))
    assert asked(paper) == [f"/v1/news?lang=ua&page={n}" for n in (1, 2, 3)]
    assert (summary.counts["pages_fetched"], summary.counts["listings_read"]) == (3, 3)
    assert drops(tmp_path) == {"/tags/x/": "not_an_article", f"{API}?lang=ua&page=2": "broken_xml"}


@pytest.mark.parametrize(
    ("rules", "answers"),
    [
        ({"url": f"{API}?offset=0&n=2", "next_url": f"{API}?offset={{offset}}&n=2", "total": "total"},
         [("/v1/news?offset=0&n=2", {"total": 3}), ("/v1/news?offset=2&n=2", {"total": 3})]),
        ({"url": f"{API}", "next_url": f"{API}?p={{page}}", "first_page": 0, "pages": "pages"},
         [("/v1/news", {"pages": 2}), ("/v1/news?p=1", {"pages": 2})]),
        ({"url": f"{API}", "next_url": f"{API}?p={{page}}", "total": "total"},
         [("/v1/news", {"total": 3}), ("/v1/news?p=2", {"total": 3})]),
        ({"url": f"{API}", "next_url": f"{API}?after={{next}}", "next": "cursor"},
         [("/v1/news", {"cursor": "a/b=="}), ("/v1/news?after=a%2Fb%3D%3D", {"cursor": None})]),
        ({"url": f"{API}", "next": "links.next"},
         [("/v1/news", {"links": {"next": "news?x=2"}}), ("/v1/news?x=2", {"links": {}})]),
        ({"url": f"{API}", "next": "more", "next_url": f"{API}?p={{page}}"},
         [("/v1/news", {"more": True}), ("/v1/news?p=2", {"more": False})]),
    ],
)  # fmt: skip
def test_ways_to_the_next_answer(
    paper: Newspaper, read: Crawl, rules: dict[str, Any], answers: list[tuple[str, dict[str, Any]]]
) -> None:
    for (path, more), numbers in zip(answers, ((9, 8), (7,)), strict=True):
        put(paper, path, {"items": items(paper, *numbers), **more})
    summary = read(with_lists(paper, {**rules, "items": "items", "page": "url"}))
    assert asked(paper) == [path for path, _ in answers]
    assert summary.counts["pages_fetched"] == 3


def test_the_header_link_names_the_next_answer(paper: Newspaper, read: Crawl) -> None:
    put(paper, "/v1/news", items(paper, 2), Link=f'<{paper.base}/v1/news?page=2>; rel="next"')
    put(paper, "/v1/news?page=2", items(paper, 1))
    summary = read(with_lists(paper, {"url": API, "items": "@", "page": "url", "next_link": True}))
    assert summary.counts["pages_fetched"] == 2


def test_addresses_are_made_from_what_an_item_has(paper: Newspaper, read: Crawl) -> None:
    items(paper, 77)
    put(paper, "/v1/news?l=uk", {"items": [{"id": 77, "path": "2025/12/01"}, {"id": None, "path": "2025/12/01"}]})
    rules = {"url": f"{API}?l={{language}}", "items": "items", "page_url": f"{HOME}/news/{{day_path}}/{{id}}/",
             "values": {"id": "id", "day_path": "path"}}  # fmt: skip
    read(with_lists(paper, rules))
    assert paper.pages_asked() == ["/news/2025/12/01/77/"]


def test_several_editions_in_an_item(paper: Newspaper, read: Crawl) -> None:
    paths = paper.story(5)
    put(paper, "/v1/news", {"items": [{"urls": dict(zip(("uk", "ru", "en"), paths, strict=True))}]})
    rules = {"url": API, "items": "items", "page": "[urls.uk, urls.ru, urls.en]"}
    assert read(with_lists(paper, rules), languages=("uk", "ru", "en")).counts["pages_fetched"] == 3


def test_a_list_ends_before_the_first_day_and_goes_on_for_an_earlier_one(paper: Newspaper, read: Crawl) -> None:
    for page, day in enumerate(("2025/12/09", "2025/12/05", "2025/12/01", "2025/11/20"), 1):
        put(paper, f"/v1/news?lang=ua&page={page}", {"data": {"items": items(paper, page, day=day)}})
    put(paper, "/v1/news?lang=ua&page=5", {"data": {"items": []}})
    site = with_lists(paper, {**BY_PAGE, "published": "published_at"})
    assert read(site, since=date(2025, 12, 4)).counts["pages_fetched"] == 2
    assert asked(paper)[-1] == "/v1/news?lang=ua&page=3"
    paper.forget()
    summary = read(site, since=date(2025, 11, 1))
    assert asked(paper)[-1] == "/v1/news?lang=ua&page=5"
    assert summary.counts["pages_fetched"] == 2


def test_a_feed_that_is_unchanged_goes_on_for_an_earlier_first_day(paper: Newspaper, tmp_path: Path) -> None:
    for page, day in enumerate(("2025/12/09", "2025/12/01", "2025/11/20"), 1):
        path = items(paper, page, day=day)[0]["url"]
        following = f'<link rel="next" href="{paper.base}/rss?page={page + 1}"/>' if page < 3 else ""
        entry = f'<entry><link href="{paper.base}{path}"/></entry>'
        paper.put(f"/rss?page={page}" if page > 1 else "/rss/", f"<feed>{following}{entry}</feed>")
    rules = load_site("pravda").rules.model_dump()
    rules["crawl"] |= {"feeds": {"uk": [f"{HOME}/rss/"]}}
    site = Site(SiteRules.model_validate(rules), paper.base)
    options = replace(LISTS, sources=("feeds",))
    crawl(site, replace(options, since=date(2025, 12, 5)), tmp_path / "crawl")
    assert paper.pages_asked() == ["/news/2025/12/09/1/"]
    for _ in range(2):
        paper.forget()
        crawl(site, replace(options, since=date(2025, 12, 5)), tmp_path / "crawl")
        assert [each.path for each in paper.asked if "rss" in each.path] == ["/rss/", "/rss?page=2"]
    paper.forget()
    crawl(site, replace(options, since=date(2025, 11, 1)), tmp_path / "crawl")
    assert "/news/2025/11/20/3/" in paper.pages_asked()


@pytest.mark.parametrize("status", [400, 404])
def test_an_answer_behind_the_last_is_no_fault(paper: Newspaper, read: Crawl, tmp_path: Path, status: int) -> None:
    put(paper, "/v1/news?lang=ua&page=1", {"data": {"items": items(paper, 6, 5)}})
    paper.put("/v1/news?lang=ua&page=2", Answer(b'{"code": "invalid_page_number"}', status))
    summary = read(with_lists(paper, BY_PAGE))
    assert (summary.counts["pages_fetched"], drops(tmp_path)) == (2, {})


def test_an_api_that_gives_the_same_again_is_not_followed_for_ever(
    paper: Newspaper, read: Crawl, tmp_path: Path
) -> None:
    same = items(paper, 2, 1)
    for page in range(1, 9):
        put(paper, f"/v1/news?lang=ua&page={page}", {"data": {"items": same}, "at": page})
    assert read(with_lists(paper, BY_PAGE)).counts["pages_fetched"] == 2
    assert len(asked(paper)) == 2
    assert drops(tmp_path) == {f"{API}?lang=ua&page=2": "endless_index"}


def test_days_of_publication_decide_where_addresses_have_none(paper: Newspaper, read: Crawl, tmp_path: Path) -> None:
    listed = items(paper, 1, 2, 3)
    for item, when in zip(listed, ("2025-12-03T01:30:00+02:00", 1764633600, "30.11.2025 23:59"), strict=True):
        path = f"/a/{item['id']}"
        paper.put(path, paper.answers[item["url"]][0])
        item |= {"url": path, "published_at": when}
    put(paper, "/v1/news", {"items": listed})
    editions = {"uk": {"paths": [r"/a/(?P<id>\d+)"]}}
    rules = {"url": API, "items": "items", "page": "url", "published": "published_at"}
    site = with_lists(paper, rules, editions=editions, trailing_slash=False)
    summary = read(site, since=date(2025, 12, 1), until=date(2025, 12, 2))
    assert summary.counts["pages_fetched"] == 1
    assert [each.path for each in paper.asked if each.path.startswith("/a/")] == ["/a/2"]


def test_lists_by_day(paper: Newspaper, read: Crawl) -> None:
    put(paper, "/v1/news/2025-12-01/uk", items(paper, 1))
    put(paper, "/v1/news/2025-12-02/uk", items(paper, 2, day="2025/12/02"))
    rules = {"url": f"{API}/{{year}}-{{month}}-{{day}}/{{language}}", "items": "@", "page": "url"}
    site = with_lists(paper, rules)
    assert read(site, since=date(2025, 12, 1), until=date(2025, 12, 2)).counts["pages_fetched"] == 2
    assert asked(paper) == ["/v1/news/2025-12-02/uk", "/v1/news/2025-12-01/uk"]
    with pytest.raises(UsageError, match="by day") as caught:
        read(site)
    assert "--since" in str(caught.value.next_step)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(b"<html>"), "not_json"),
        (Answer(b'{"items": {"a": 1}}'), "not_a_listing"),
        (Answer(b"{}", 404), "http_404"),
        (Answer(b'{"items": [], "next": {"a": 1}}'), None),
        (Answer(b'{"items": [{"url": "/news/2025/12/01/1/"}], "next": {"a": 1}}'), "incomplete"),
        (Answer(b'{"items": [{"url": "/news/2025/12/01/1/"}], "next": "https://other.example/2"}'), "incomplete"),
    ],
)
def test_what_is_no_list_is_said(
    paper: Newspaper, read: Crawl, tmp_path: Path, answer: Answer, reason: str | None
) -> None:
    paper.story(1, "uk")
    paper.put("/v1/news", answer)
    read(with_lists(paper, {"url": API, "items": "items", "page": "url", "next": "next"}))
    assert drops(tmp_path).get(API) == reason


def test_robots_txt_speaks_for_the_api_too(paper: Newspaper, read: Crawl, tmp_path: Path) -> None:
    paper.answers["/robots.txt"][0].body += b"Disallow: /v1/\n"
    put(paper, "/v1/news", items(paper, 1))
    read(with_lists(paper, {"url": API, "items": "@", "page": "url"}))
    assert (asked(paper), drops(tmp_path)) == ([], {API: "robots"})


def test_a_plan_counts_what_lists_name(paper: Newspaper) -> None:
    put(paper, "/v1/news?lang=ua&page=1", {"data": {"items": items(paper, 6, 5)}})
    put(paper, "/v1/news?lang=ua&page=2", {"data": {"items": []}})
    made = plan(with_lists(paper, BY_PAGE), LISTS)
    assert (made.pages, made.stories, made.listings, dict(made.days)) == (2, 2, 2, {"2025-12-01": 2})
    assert not paper.pages_asked()


GOOD = {"url": API, "items": "items", "page": "url"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"page": None}, "need either `page`"),
        ({"page_url": f"{HOME}/{{id}}/"}, "need either `page`"),
        ({"values": {"id": "id"}}, "no `page_url` for them"),
        ({"page": None, "page_url": f"{HOME}/{{id}}/"}, r"has \{id\}, but there is only day, language, month, year"),
        ({"next": "a", "total": "b"}, "both `next` and `total`"),
        ({"total": "b"}, r"need `next_url` with \{page\} or \{offset\}"),
        ({"next_url": f"{API}?after={{next}}"}, r"needs \{page\} or \{offset\}"),
        ({"next_url": f"{API}?l={{language}}&p={{page}}"}, "but not in its `url`"),
        ({"url": f"{API}/{{month}}"}, r"need all of \{year\}, \{month\} and \{day\}"),
        ({"url": "https://api.other.example/news"}, "add the host api.other.example"),
        ({"url": "api/news"}, "not the address of an API"),
        ({"items": "items[["}, "not a path into JSON"),
        ({"languages": {"de": "d"}}, "which is no edition"),
        ({"pages_count": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_wrong_rules_are_errors(paper: Newspaper, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        with_lists(paper, {key: value for key, value in {**GOOD, **changes}.items() if value is not None})
