"""Layouts whose text is in JSON-LD, and live blogs, on the page and in JSON-LD."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from corpus_builder.errors import SkipPage
from corpus_builder.extract import extract_page
from corpus_builder.model import BlockKind, Capture
from corpus_builder.sites import Site
from corpus_builder.sites.rules import SiteRules

URL = "https://n.example/en/7"
FIRST, SECOND = "The bridge over the river is open again.", "It took the builders nine months of work."


def site(**layout: Any) -> Site:
    rules = {
        "name": "mine",
        "title": "Mine",
        "homepage": "https://n.example",
        "domains": ["n.example"],
        "editions": {"en": {"paths": ["/en/(?P<id>\\d+)"]}},
        "layouts": [{"name": "only", "match": "main", "title": "h1", **layout}],
        "boilerplate": ["read also"],
    }
    return Site(SiteRules.model_validate(rules))


def page(article: dict[str, Any], body: str = "") -> Capture:
    script = json.dumps({"@type": "NewsArticle", "url": URL, "headline": "Bridge opens", **article})
    markup = f"<html><head><script type='application/ld+json'>{script}</script></head>"
    markup += f"<body><main><h1>Bridge opens</h1><div id='app'>Loading</div>{body}</main></body></html>"
    return Capture(URL, 200, {}, markup.encode(), None, "")


def texts(capture: Capture, rules: Site) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in extract_page(capture, rules).blocks[1:]]


@pytest.mark.parametrize(
    "body",
    [
        f"{FIRST}\n\n{SECOND}\nRead also: something",
        f"<p>{FIRST}</p><p>{SECOND}</p><p>Read also: <a href='/x'>something</a></p>",
        f"&lt;p&gt;{FIRST}&lt;/p&gt;&lt;p&gt;{SECOND}&lt;/p&gt;",
        [FIRST, SECOND],
    ],
)
def test_the_text_is_read_from_json_ld(body: Any) -> None:
    assert texts(page({"articleBody": body}), site(body_from="json-ld")) == [
        ("paragraph", FIRST),
        ("paragraph", SECOND),
    ]


def test_entities_are_text() -> None:
    made = texts(
        page({"articleBody": "Tom &amp; Ann said: 1 < 2 &mdash; and they were right."}), site(body_from="json-ld")
    )
    assert made == [("paragraph", "Tom & Ann said: 1 < 2 — and they were right.")]


def test_entries_of_a_live_blog_are_blocks_in_the_order_of_time() -> None:
    entries = [
        {
            "@type": "BlogPosting",
            "headline": "Later",
            "articleBody": SECOND,
            "datePublished": "2025-01-01T08:00:00-05:00",
        },
        {"@type": "BlogPosting", "headline": FIRST, "articleBody": FIRST, "datePublished": "2025-01-01T09:00:00Z"},
        "https://n.example/en/8",
    ]
    capture = page({"@type": "LiveBlogPosting", "liveBlogUpdate": entries})
    assert texts(capture, site(body_from="json-ld")) == [
        ("paragraph", FIRST),
        ("heading", "Later"),
        ("paragraph", SECOND),
    ]


def test_entries_of_a_live_blog_on_the_page_are_what_body_selects() -> None:
    entries = "".join(f"<section class='entry'><h2>{hour}:00 news</h2><p>{text}</p></section>" for hour, text in ((12, FIRST), (10, SECOND)))  # fmt: skip  # noqa: E501
    made = texts(page({}, f"<div>{entries}<aside>Vote!</aside></div>"), site(body="section.entry"))
    assert made == [("heading", "12:00 news"), ("paragraph", FIRST), ("heading", "10:00 news"), ("paragraph", SECOND)]


@pytest.mark.parametrize("body", [None, "", 7, {"text": "x"}, [], "  \n "])
def test_a_page_without_text_in_json_ld_is_dropped(body: Any) -> None:
    with pytest.raises(SkipPage, match="has no text in its body"):
        extract_page(page({"articleBody": body, "liveBlogUpdate": body}), site(body_from="json-ld"))


@pytest.mark.parametrize("layout", [{}, {"body": "div", "body_from": "json-ld"}, {"body_from": "api"}])
def test_a_layout_says_once_where_its_text_is(layout: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        site(**layout)


def test_headings_are_headings() -> None:
    capture = page({"articleBody": f"<p>{FIRST}</p><h2>What now</h2><p>{SECOND}</p>"})
    kinds = [block.kind for block in extract_page(capture, site(body_from="json-ld")).blocks]
    assert kinds == [BlockKind.TITLE, BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.PARAGRAPH]
