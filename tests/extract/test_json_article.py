"""Articles whose text is in JSON: the shapes that bodies have, and where the JSON is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corpus_builder.cli.main import app
from corpus_builder.errors import SkipPage
from corpus_builder.extract import extract_page, inspect_layouts
from corpus_builder.extract.json_article import json_content
from corpus_builder.model import Capture
from corpus_builder.sites import Site
from corpus_builder.sites.further import Further
from corpus_builder.sites.rules import SiteRules

URL = "https://n.example/en/7"
FIRST, SECOND, THIRD = (
    "The bridge over the river is open again.",
    "It took the builders nine months of work.",
    "The mayor said that it was worth it.",
)


def site(**rules: Any) -> Site:
    given = {"name": "n", "title": "N", "homepage": "https://n.example", "domains": ["n.example"]}
    editions = {"en": {"paths": ["/en/(?P<id>\\d+)(?P<page>/\\d+)?"]}}
    return Site(SiteRules.model_validate({**given, "editions": editions, **rules}))


def api(**rules: Any) -> Site:
    return site(from_json=[{"url": "https://n.example/api/{id}", **rules}])


def read(rules: Site, value: Any, page: str = "<html><body><div id=app></div></body></html>") -> list[tuple[str, str]]:
    def answer(wanted: Further) -> Capture:
        return Capture(wanted.url, 200, {}, json.dumps(value).encode(), None, "")

    edition = extract_page(Capture(URL, 200, {}, page.encode(), None, ""), rules, answer)
    return [(block.kind.value, block.text) for block in edition.blocks]


PLAIN = [("paragraph", FIRST), ("paragraph", SECOND), ("paragraph", THIRD)]
NESTED = [
    {"nodeType": "paragraph", "content": [{"text": FIRST[:9]}, {"marks": ["b"], "content": [{"text": FIRST[9:]}]}]},
    {"nodeType": "paragraph", "content": [{"text": SECOND}]},
    {"nodeType": "paragraph", "content": [{"text": THIRD}]},
]


@pytest.mark.parametrize(
    ("rules", "value"),
    [
        ({"body": "text"}, {"text": f"{FIRST}\n\n{SECOND}\n{THIRD}"}),
        ({"body": "content.rendered"}, {"content": {"rendered": f"<p>{FIRST}</p>\n<p>{SECOND}</p><p>{THIRD}</p>"}}),
        ({"body": "paragraphs"}, {"paragraphs": [FIRST, f"<p>{SECOND}</p>", THIRD]}),
        (
            {"body": "blocks", "text": "text"},
            {"blocks": [{"text": FIRST}, {"text": SECOND}, {"n": 1}, {"text": THIRD}]},
        ),
        (
            {"body": "blocks[?t=='p'].c"},
            {"blocks": [{"t": "p", "c": FIRST}, {"t": "p", "c": [SECOND, THIRD]}, {"t": "x"}]},
        ),
        ({"body": "doc.content", "leaves": "text"}, {"doc": {"content": NESTED}}),
        ({"body": "[0].rows", "text": "v"}, [{"rows": [[{"v": FIRST}], [{"v": SECOND}, {"v": THIRD}]]}]),
    ],
)
def test_the_shapes_of_bodies(rules: dict[str, Any], value: Any) -> None:
    assert read(api(**rules), value) == PLAIN


@pytest.mark.parametrize(
    "script",
    [
        "<script id='__NEXT_DATA__' type='application/json'>{}</script>",
        "<script id='__NEXT_DATA__'>window.__STATE__ = {}; other();</script>",
        "<script id='__NEXT_DATA__'>\n  self.state=JSON = {}</script>",
    ],
)
def test_json_in_a_script_of_the_page(script: str) -> None:
    value = {
        "props": {"article": {"headline": "Bridge &amp; river", "body": f"<p>{FIRST}</p><h2>Work</h2><p>{SECOND}</p>"}}
    }
    rules = {"script": "script#__NEXT_DATA__", "body": "props.article.body", "title": "props.article.headline"}
    page = f"<html><body><div id=app></div>{script.format(json.dumps(value))}</body></html>".replace("{}", "")
    found = read(site(from_json=[rules]), None, page)
    assert found == [("title", "Bridge & river"), ("paragraph", FIRST), ("heading", "Work"), ("paragraph", SECOND)]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"error": "not found"}, "empty_body: the JSON .* has nothing at body"),
        ({"body": ""}, "empty_body"),
        ({"body": {"text": "an object without rules"}}, "empty_body"),
        ({"body": 7}, "empty_body"),
        ([], "empty_body"),
    ],
)
def test_an_answer_without_a_text_is_no_article(value: Any, message: str) -> None:
    with pytest.raises(SkipPage, match=message):
        read(api(body="body"), value)


@pytest.mark.parametrize(
    ("time", "published"),
    [
        (1764540000, "2025-11-30T22:00:00+00:00"),
        (1764540000000.0, "2025-11-30T22:00:00+00:00"),
        (1764540000000000, "2025-11-30T22:00:00+00:00"),
        (0, None),
        (10**400, None),
        (float("nan"), None),
    ],
    ids=["seconds", "milliseconds", "microseconds", "zero", "huge", "nan"],
)
def test_times_that_are_numbers(time: float, published: str | None) -> None:
    _, described = json_content(api(body="body", published="at").rules.from_json[0], {"body": FIRST, "at": time})
    assert described.text("datePublished") == (published or "")


def test_what_is_no_json_is_said() -> None:
    broken = Capture("", 200, {}, b"<html>Maintenance</html>", None, "")
    page = Capture(URL, 200, {}, b"<html><body></body></html>", None, "")
    with pytest.raises(SkipPage, match="not_json"):
        extract_page(page, api(body="body"), lambda _: broken)
    with pytest.raises(SkipPage, match="not_json: the page has no script"):
        extract_page(page, site(from_json=[{"script": "#data", "body": "body"}]))
    with pytest.raises(SkipPage, match="incomplete: the answer of the API is missing: https://n"):
        extract_page(page, api(body="body"))


def test_a_check_counts_the_blocks_of_each_kind_and_those_without_text() -> None:
    blocks = [{"t": "p", "text": FIRST}, {"t": "quote", "cite": "x"}, {"t": "quote", "text": SECOND}, {"t": "ad"}]
    rules = api(body="blocks", text="text", kind="t", kinds={"quote": "blockquote", "ad": "remove"}, title="nothing")
    answer = Capture("", 200, {}, json.dumps({"blocks": blocks}).encode(), None, "")
    page = Capture(URL, 200, {}, b"<html><body></body></html>", None, "")
    [report] = inspect_layouts(page, rules, lambda _: answer)
    assert [(each.part, each.selector, each.count, each.sample) for each in report.selected if "kind" in each.part] == [
        ("kind p", "paragraph", 1, FIRST),
        ("kind quote", "blockquote", 2, "1 without text"),
        ("kind ad", "remove", 1, ""),
    ]
    assert [each.count for each in report.selected if each.part == "title"] == [0]


RULES = """
name = "n"
title = "N"
homepage = "https://n.example"
domains = ["n.example"]
[editions.en]
paths = ['/en/(?P<id>\\d+)(?P<page>/\\d+)?']
[[from_json]]
match = "#app"
url = "https://n.example/api/{id}"
body = "body"
[[layouts]]
name = "pages"
match = "article"
title = "h1"
body = "article"
"""


def test_links_between_pages_are_no_text_whatever_is_around_them() -> None:
    layouts = [{"name": "l", "match": "main", "title": "h1", "body": "div.text"}]

    def read_with(pager: str) -> list[str]:
        def page(number: int) -> Capture:
            body = (
                f"<p>{(FIRST, SECOND)[number - 1]} See <a href='/en/7/2'>page two</a> of this long article.</p>{pager}"
            )
            markup = f"<html><body><main><h1>T</h1><div class=text>{body}</div></main></body></html>"
            return Capture(f"{URL}/{number}" if number > 1 else URL, 200, {}, markup.encode(), None, "")

        edition = extract_page(page(1), site(layouts=layouts), lambda wanted: page(wanted.page))
        return [block.text for block in edition.blocks[1:]]

    expected = [f"{text} See page two of this long article." for text in (FIRST, SECOND)]
    for pager in (
        "",
        "<a href='/en/7/2'>2</a>",
        "<p>Pages: <a href='/en/7'>1</a> <b>2</b> <a href='/en/7/2'>Next</a></p>",
        "<ul><li><a href='/en/7'>1</a></li><li>2</li><li><span><a href='/en/7/2'>»</a></span></li></ul>",
        "<div><div>" + "<a href='/en/7/2'></a>" * 3000 + "</div></div>",
    ):
        assert read_with(pager) == expected


def test_commands_take_saved_parts(tmp_path: Path) -> None:
    (tmp_path / "n.toml").write_text(RULES, encoding="utf-8")
    (tmp_path / "shell.html").write_text(f"<html><link rel=canonical href={URL}><body><div id=app>")
    (tmp_path / "answer.json").write_text(json.dumps({"body": FIRST}))
    link = "<a href='/en/7/2'>2</a>"
    for number, text in ((1, SECOND), (2, THIRD)):
        (tmp_path / f"{number}.html").write_text(
            f"<html><link rel=canonical href={URL}><body><article><h1>T</h1><p>{text}</p>{link}</article>"
        )

    def said(*arguments: str) -> str:
        paths = [str(tmp_path / each) if each.endswith((".html", ".json", ".toml")) else each for each in arguments]
        return CliRunner().invoke(app, paths).output

    assert FIRST in said("extract-page", "shell.html", "--site", "n.toml", "--part", "answer.json")
    both = said("extract-page", "1.html", "--site", "n.toml", "--part", "2.html")
    assert both.index(SECOND) < both.index(THIRD)
    assert "edition with 1 blocks" in said("sites", "check", "n.toml", "shell.html", "--part", "answer.json")
    assert "dropped: incomplete" in said("sites", "check", "n.toml", "1.html")
