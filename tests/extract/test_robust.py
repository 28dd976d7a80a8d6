"""Broken input gives an edition or a SkipPage with a reason, never anything else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_builder.errors import SkipPage
from corpus_builder.extract import extract_page
from corpus_builder.model import Capture, Edition
from corpus_builder.sites import load_site
from corpus_builder.text.normalise import original

SITE = load_site("pravda")
URL = "https://www.pravda.com.ua/news/2025/12/3/9000005/"
ARTICLE = (
    '<article class="post_news"><h1 class="post_news_title">{title}</h1>'
    '<div class="post_news_text">{body}</div></article>'
)
TEXT = "У місті відкрили новий міст через річку, якого чекали два роки."


def page(body: str, head: str = "") -> bytes:
    article = ARTICLE.replace("{title}", "Місто").replace("{body}", body)
    return f"<html><head>{head}</head><body>{article}</body></html>".encode()


def extract(body: bytes, **headers: str) -> Edition:
    return extract_page(Capture(URL, 200, headers, body, None, "test"), SITE)


def reason(body: bytes, **headers: str) -> str:
    with pytest.raises(SkipPage) as caught:
        extract(body, **headers)
    return caught.value.reason


def test_deep_nesting_that_libxml2_still_reads() -> None:
    edition = extract(page("<div>" * 900 + f"<p>{TEXT}</p>" + "</div>" * 900 + f"<p>{TEXT}</p>"))
    assert [block.text for block in edition.blocks[1:]] == [TEXT, TEXT]


@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "ul><li"])
def test_a_hundred_thousand_nested_tags(tag: str) -> None:
    assert reason(page(f"<p>{TEXT}</p>" + f"<{tag}>" * 100_000 + f"<p>{TEXT}</p>")) == "broken_markup"


def test_fifty_megabytes() -> None:
    assert reason(page("<p>" + "а" * 25_000_000)) == "too_large"


def test_a_paragraph_of_ten_megabytes() -> None:
    long = (TEXT + " ") * 100_000
    assert extract(page(f"<p>{long}</p>")).blocks[1].text == long.strip()


@pytest.mark.parametrize("body", [b"", b"  \n", b"\0\0\0"])
def test_nothing(body: bytes) -> None:
    assert reason(body) in ("empty_body", "not_html")


def test_nul_bytes_inside() -> None:
    body = page(f"<p>{TEXT}</p>").replace("міст ".encode(), "мі\0ст ".encode())
    assert extract(body).blocks[1].text == TEXT


def test_cut_in_the_middle_of_a_character() -> None:
    body = page(f"<p>{TEXT}</p>" * 20)
    cut = body[: body.rfind("р".encode()) + 1]
    assert extract(cut).blocks[1].text == TEXT


@pytest.mark.parametrize("charset", ["utf-16", "utf-8-sig", "windows-1251", "koi8-u"])
def test_charsets(charset: str) -> None:
    head = f'<meta charset="{charset}">' if charset == "koi8-u" else ""
    body = page(f"<p>{TEXT}</p>", head).decode().encode(charset)
    assert extract(body).blocks[1].text == TEXT


def test_a_wrong_declaration_is_seen_through() -> None:
    body = page(f"<p>{TEXT}</p>", '<meta charset="windows-1251">')
    assert extract(body, **{"content-type": "text/html; charset=iso-8859-1"}).blocks[1].text == TEXT


def test_json_ld_that_is_none() -> None:
    head = '<script type="application/ld+json">{"datePublished": </script>'
    assert str(extract(page(f"<p>{TEXT}</p>", head)).published) == "2025-12-03 00:00:00+02:00"  # that of the URL


def test_an_article_tag_in_a_comment_or_a_script_is_none() -> None:
    """The article is parsed apart from the rest of the page, so its start tag must be a tag."""
    fake = ARTICLE.format(title="Ні", body="<p>Стара чернетка новини.</p>")
    for hidden in (f"<!-- {fake} -->", f"<script>let a = '{fake}'</script>"):
        body = page(f"<p>{TEXT}</p>").replace(b"<body>", f"<body>{hidden}".encode())
        edition = extract(body)
        assert edition.title == "Місто"
        assert [block.text for block in edition.blocks[1:]] == [TEXT]


def test_what_lies_outside_the_article_is_still_found() -> None:
    outside = '<div class="post_news_tags"><a>міста</a></div>'
    body = page(f"<p>{TEXT}</p>").replace(b"<body>", f"<body>{outside}".encode())
    assert extract(body).tags == ("міста",)


TAGS = ["p", "/p", "b", "/b", "li", "ul", "/ul", "br", "br", "a href='/x/'", "/a", "blockquote", "/blockquote"]
TAGS += ["/div", "script", "/script", "table", "td", "h2", "/h2", "!--", "--"]
TEXTS = ["&nbsp;", "&#150;", "&shy;", "<", ">", "Джерело", ":", " ", "Уряд ухвалив рішення", "Пряма мова", " міністра"]
TEXTS += ['"так"', "\n\t", "й", "\ufeff", "«", '"']
MARKUP = st.lists(st.sampled_from([f"<{tag}>" for tag in TAGS] + TEXTS), max_size=30)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(MARKUP)
def test_any_markup(pieces: list[str]) -> None:
    try:
        edition = extract(page("".join(pieces)))
    except SkipPage:
        return
    for block in (*edition.blocks, *edition.captions):
        assert any(map(str.isalnum, block.text))
        assert block.text == block.text.strip()
        for link in block.links:
            assert 0 <= link.start < link.end <= len(block.text)
            assert link.url.startswith("https://")
        place = 0
        for edit in block.edits:
            assert place <= edit.start <= edit.end <= len(block.text)
            place = edit.end
        assert len(original(block.text, block.edits)) >= len(block.text) - 2 * len(block.edits)


@given(st.binary(max_size=400))
def test_any_bytes(body: bytes) -> None:
    with pytest.raises(SkipPage):
        extract(body)
