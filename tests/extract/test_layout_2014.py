"""Ukrainska Pravda of 2014 to 2016: news, long reads and columns, whatever kind is in the names of their elements."""

from __future__ import annotations

import pytest

from corpus_builder.extract import extract_page
from corpus_builder.model import BlockKind, Capture
from corpus_builder.sites import load_site

TEXTS = ["Перший абзац колонки про місто, у якому восени посадили сад.", "Другий абзац про те, хто його поливатиме."]


@pytest.mark.parametrize(
    ("wrapper", "prefix", "more"),
    [
        ("post post_news", "post_news", ""),
        ("post post_article", "post_news", ""),
        ("post_article", "post_news", ""),
        ("post post_column", "post_column", ""),
        ("post post_news", "post_news", " dummy"),
        ("post_column post_column_wide", "post_column", " clearfix"),
    ],
)
@pytest.mark.parametrize("section", ["articles", "columns", "news"])
def test_names_of_elements(wrapper: str, prefix: str, more: str, section: str) -> None:
    body = "".join(f"<p>{text}</p>" for text in TEXTS)
    page = (
        '<html><head><meta charset="windows-1251"></head><body>'
        f'<div class="{wrapper}"><h1 class="{prefix}__title{more}">Сад на місці стоянки</h1>'
        f'<div class="{prefix}__date">Понеділок, 29 вересня 2014, 14:55</div>'
        f'<div class="{prefix}__author"><a href="/a/">Анна Коваль</a></div>'
        f'<div class="{prefix}__text{more}">{body}</div></div></body></html>'
    )
    url = f"https://www.pravda.com.ua/{section}/2014/09/29/7039242/"
    edition = extract_page(Capture(url, 200, {}, page.encode("cp1251"), None, "t"), load_site("pravda"))
    assert edition.layout == "post-2014"
    assert [block.text for block in edition.blocks if block.kind is not BlockKind.TITLE] == TEXTS
    assert edition.title == "Сад на місці стоянки"
    assert edition.authors == ("Анна Коваль",)
    assert edition.published is not None
    assert edition.published.isoformat() == "2014-09-29T14:55:00+03:00"
