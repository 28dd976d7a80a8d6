"""Heads of pages, whatever their markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.errors import SkipPage
from corpus_builder.web.head import Head
from corpus_builder.web.links import is_url, page_links
from corpus_builder.web.page import parse_page


def head_of(markup: str | bytes, url: str = "https://x.org/a") -> Head:
    return parse_page({}, markup if isinstance(markup, bytes) else markup.encode(), url).head


@given(st.binary(max_size=400))
def test_heads_of_anything(body):
    try:
        head = head_of(b"<html>" + body)
    except SkipPage:
        return
    assert all(is_url(url) for _, url in head.alternates)


def test_a_head_is_read_past_scripts_that_name_the_body_tag():
    page = (
        b"<html><head><base href='/eng/'><script>var x = '<body >'</script><noscript><img src=x></noscript>"
        b"<link rel=alternate hreflang=EN href=' news/1/ '><link rel=alternate hreflang=ru href='http://[x'>"
        b"<meta name=Robots content=noai><!-- <meta name=robots content=noindex> --></head><body class=x>text"
    )
    head = head_of(page)
    assert head.alternates == (("en", "https://x.org/eng/news/1/"),)
    assert head.metas == (("robots", "noai"),)


def test_an_opt_out_behind_an_element_that_ends_the_head_is_read():
    head = head_of("<html><head><noscript><img src=x></noscript><meta name=robots content=noai></head><body><p>")
    assert ("robots", "noai") in head.metas


def test_a_head_in_another_charset_is_read():
    page = '<html><head><meta name="robots" content="noai"><title>Новини</title></head><body>'
    assert head_of("\ufeff".encode("utf-16-le") + page.encode("utf-16-le")).metas == (("robots", "noai"),)


@pytest.mark.parametrize(
    ("links", "canonical"),
    [
        ('<link rel="canonical" href="/a/">', "https://x.org/a/"),
        ('<base href="https://y.org/"><link rel="shortlink canonical" href="b">', "https://y.org/b"),
        ('<link rel="canonical" href=""><meta property="og:url" content="//x.org/c">', "https://x.org/c"),
        ('<meta name="title" property="og:url" content="https://x.org/d">', "https://x.org/d"),
        ('<link rel="canonical" href="javascript:void(0)">', None),
    ],
)
def test_the_address_that_a_page_gives(links, canonical):
    assert head_of(f"<html><head>{links}</head><body>").canonical == canonical


@pytest.mark.parametrize(
    "data",
    [
        '[{"@type": {"a": 1}}, {"@type": ["Thing", "NewsArticle"], "datePublished": "2025-12-01"}]',
        '{"@graph": [{"@type": "Person"}, {"@type": "Article", "datePublished": "2025-12-01"}]}',
    ],
)
def test_json_ld_of_an_article(data):
    head = head_of(f'<html><script type="application/ld+json">{data}</script>')
    assert head.article.text("datePublished") == "2025-12-01"


def test_links_of_a_listing():
    page = '<html><base href="/news/"><a href="1/">1</a><a href="1/#x">x</a><a href="mailto:a@b.c">m</a><a>n</a>'
    assert page_links(page.encode(), {}, "https://x.org/") == ["https://x.org/news/1/", "https://x.org/news/1/#x"]
    assert page_links(b"", {}, "https://x.org/") == []


def test_links_of_a_hostile_page_take_little_memory() -> None:
    """A base of 20,000 characters before 100,000 links to editions would be 2 GB of addresses."""
    links = "<link rel=alternate hreflang=uk href=b>"
    head = head_of(f"<html><base href='http://y.org/{'a/' * 10_000}'>{links * 2_000}<p>a</p>")
    assert set(head.alternates) == {("uk", "https://x.org/b")}, "a base that is no address is none"
    assert len(head.alternates) == 1_000
    assert not is_url(f"https://y.org/{'a' * 8_000}")
