"""Which further responses an article needs: the walk through its pages, addresses of answers, mistakes in rules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from corpus_builder.errors import SkipPage
from corpus_builder.sites import Site
from corpus_builder.sites.answer_parts import INCOMPLETE, Asked, next_answer, told_by
from corpus_builder.sites.further import MOST_PAGES, answer_url_of, further_responses, needs_of
from corpus_builder.sites.rules import SiteRules
from corpus_builder.web.html import parse_html

HOME = "https://n.example"
PATH = r"/news/(?P<id>\d+)(?P<page>/\d+)?"
NEXT = "https://api.n.example/more"
API = {"body": "body", "url": "https://api.n.example/{language}/{id}"}


def site(mirror: str | None = None, **changes: Any) -> Site:
    rules = {
        "name": "n",
        "title": "N",
        "homepage": HOME,
        "domains": ["n.example", "api.n.example"],
        "editions": {"uk": {"paths": [PATH]}},
        **changes,
    }
    return Site(SiteRules.model_validate(rules), mirror)


def walked(rules: Site, pages: dict[str, list[str]], first: str = "/news/7") -> list[str]:
    """The paths that are asked for, where each page has the links of `pages`."""

    def tree(path: str) -> Any:
        links = "".join(f"<a href='{link}'>next</a>" for link in pages.get(path, ()))
        return parse_html(f"<html><body>{links}</body></html>".encode())

    walk = further_responses(rules, needs_of(rules, HOME + first, tree(first)))
    asked: list[str] = []
    try:
        wanted = next(walk)
        while True:
            asked.append(wanted.url.removeprefix(HOME))
            wanted = walk.send(needs_of(rules, wanted.url, tree(asked[-1])))
    except StopIteration:
        return asked


@pytest.mark.parametrize(
    ("pages", "asked"),
    [
        ({}, []),
        ({"/news/7": ["/news/7/2"], "/news/7/2": ["/news/7", "3"]}, ["/news/7/2", "/news/7/3"]),  # relative
        ({"/news/7": ["/news/7/2"], "/news/7/2": ["/news/7/3"]}, ["/news/7/2", "/news/7/3"]),
        # The last page leads back to the first; links to other articles and other pages of them are not followed.
        ({"/news/7": ["/news/7/2", "/news/8/3"], "/news/7/2": ["/news/7", "/news/7/1", "/news/8/2"]}, ["/news/7/2"]),
        ({"/news/7": ["/news/7/2", "/news/7/3"]}, ["/news/7/2", "/news/7/3"]),
        ({"/news/7": ["/news/7/4", "/news/7/2"], "/news/7/2": ["/news/7/3"]}, [f"/news/7/{n}" for n in (2, 3, 4)]),
        ({"/news/7": ["/news/7/2?from=pager"]}, ["/news/7/2"]),
    ],
)
def test_pages_are_followed_in_their_order(pages: dict[str, list[str]], asked: list[str]) -> None:
    assert walked(site(), pages) == asked


@pytest.mark.parametrize(
    ("pages", "message"),
    [
        ({"/news/7": ["/news/7/3"]}, "page 2 of 3 is linked nowhere"),
        ({"/news/7": ["/news/7/2"], "/news/7/2": ["/news/7/9"]}, "page 3 of 9 is linked nowhere"),
        ({f"/news/7/{n}": [f"/news/7/{n + 1}"] for n in range(2, 500)} | {"/news/7": ["/news/7/2"]}, "more than 100"),
    ],
)
def test_pages_that_cannot_be_whole_are_incomplete(pages: dict[str, list[str]], message: str) -> None:
    with pytest.raises(SkipPage, match=f"incomplete: {message}"):
        walked(site(), pages)
    assert MOST_PAGES == 100


def test_a_homepage_with_a_port_keeps_it() -> None:
    home = "http://127.0.0.1:8080"
    rules = site(homepage=home, domains=["127.0.0.1:8080"])
    for url in (f"{home}/news/7", f"{home}/news/7/2"):
        assert rules.page_url(url) == url
    assert rules.clean(f"{home}/news/7/2") == f"{home}/news/7"
    assert rules.address("http://127.0.0.1:8081/news/7") is None


@pytest.mark.parametrize("by", ["id", "hreflang"])
def test_the_url_of_a_later_page_is_that_of_its_article(by: str) -> None:
    rules = site(linking={"by": [by]})
    first, later = rules.address(f"{HOME}/news/7"), rules.address("https://www.n.example//news/7/12#text")
    assert first
    assert later
    assert (first.key, first.page, later.page) == (later.key, 0, 12)
    assert rules.clean(f"{HOME}/news/7/12") == f"{HOME}/news/7"
    assert rules.clean(f"{HOME}/news/7/1") == f"{HOME}/news/7"
    assert rules.page_url(f"{HOME}/news/7/12") == f"{HOME}/news/7/12"


def test_pages_in_the_query_from_zero() -> None:
    paths = [r"n\.example/(?P<id>\d+)(?P<page>\?page=\d+)?"]
    edition = {"paths": paths, "with_query": True, "with_host": True}
    rules = site(editions={"uk": edition}, drop_query=False, first_page=0)
    assert walked(rules, {"/7": ["?page=0", "?page=1"], "/7?page=1": ["/7?page=2"]}, "/7") == ["/7?page=1", "/7?page=2"]
    assert rules.clean(f"{HOME}/7?page=3") == f"{HOME}/7"
    assert rules.clean(f"{HOME}/7?page=0") == f"{HOME}/7"


def test_answers_are_told_by_their_addresses() -> None:
    rules = site("http://127.0.0.1:8000", from_json=[{**API, "url": "https://api.n.example/v1/{id}?lang={language}"}])
    url = "https://api.n.example/v1/7?lang=uk"
    assert answer_url_of(rules, url) == url
    assert answer_url_of(rules, "http://127.0.0.1:8000/v1/7?lang=uk") == url
    assert answer_url_of(rules, "http://API.n.example/v1/7?lang=uk") == url
    for other in ("https://n.example/v1/7?lang=uk", "https://api.n.example/v1/7/8?lang=uk", "ftp://api.n.example/v1/7"):
        assert answer_url_of(rules, other) is None


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({**API, "script": "script"}, "either `url`, an API's address, or `script`"),
        ({"body": "body"}, "either `url`, an API's address, or `script`"),
        ({"body": "body", "script": "script", "values": {"id": "h1"}}, "no `url` for `values`"),
        ({**API, "url": "https://other.example/{id}"}, "add the API's host other.example to `domains`"),
        ({**API, "url": "https://n.example/{slug}"}, r"the URL has {slug}, but there is only id, language"),
        ({**API, "url": "https://n.example/{id!r}"}, "not a name in braces"),
        ({**API, "url": "https://n.example/{}"}, "not a name in braces"),
        ({**API, "url": "https://n.example/{id"}, "not a template of a URL"),
        ({**API, "url": "https://{id}/"}, "begin it with https:// and its host"),
        ({**API, "body": "a[?"}, "not a path into JSON"),
        ({**API, "text": "a", "leaves": "b"}, "both `text` and `leaves`"),
        ({**API, "kinds": {"a": "heading"}}, "no `kind`"),
        ({**API, "kind": "a", "kinds": {"a": "headline"}}, "Input should be 'paragraph'"),
    ],
)
def test_mistakes_in_rules_for_json_are_named(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        site(from_json=[wrong])


def test_rules_for_json_have_names_of_their_own() -> None:
    with pytest.raises(ValidationError, match="several rules have the same name"):
        site(from_json=[API, API])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("/n") | st.just(NEXT),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["body", "next"]), inner, max_size=2),
    max_leaves=6,
)


@pytest.mark.parametrize(
    "way",
    [
        {"next": "next"},
        {"next": "next", "next_url": f"{NEXT}?c={{next}}&p={{page}}"},
        {"pages": "next", "next_url": f"{NEXT}?p={{page}}"},
        {"total": "next", "next_url": f"{NEXT}?o={{offset}}"},
        {"next_link": True},
    ],
)
@settings(max_examples=20)
@given(value=JSON, link=st.text(max_size=40))
def test_whatever_an_answer_says_is_followed_or_incomplete(way: dict[str, Any], value: Any, link: str) -> None:
    rules = site(from_json=[{**API, **way}])
    [own] = rules.rules.from_json
    headers = {"link": f'<{link}>; rel="next"'}
    told = told_by(
        own, json.loads(json.dumps(value)), headers, "https://api.n.example/uk/7", "https://api.n.example/uk/7"
    )
    try:
        following = next_answer(rules, own, {"id": "7", "language": "uk"}, Asked("https://api.n.example/uk/7"), told)
    except SkipPage as skipped:
        assert skipped.reason == INCOMPLETE  # noqa: PT017
        return
    assert following is None or (rules.owns(following.url) and following.number == 2)


def test_a_token_without_end_is_no_address() -> None:
    rules = site(from_json=[{**API, "next": "next", "next_url": f"{NEXT}?c={{next}}"}])
    told = told_by(rules.rules.from_json[0], {"next": "x" * 10_000}, {}, NEXT, NEXT)
    with pytest.raises(SkipPage, match="incomplete"):
        next_answer(rules, rules.rules.from_json[0], {}, Asked(NEXT), told)
