"""Pages that no rules exist for: made-up layouts, real pages, and what must never cost more than linear time."""

from __future__ import annotations

import importlib.util
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from corpus_builder.errors import SkipPage
from corpus_builder.extract.blocks import raw_blocks
from corpus_builder.extract.content import Content
from corpus_builder.extract.generic import by_generic_extractor
from corpus_builder.model import BlockKind
from corpus_builder.web.page import parse_page

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
URL = "https://news.example/1/"


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


PAGES = module("extraction_layouts")
LAYOUTS: dict[str, tuple[str, list[str]]] = PAGES.layouts()
KINDS = module("extraction_kinds")


def generic(markup: str) -> Content:
    pytest.importorskip("trafilatura")
    page = parse_page({}, markup.encode(), URL)
    return by_generic_extractor(page.markup, URL, page.root, page.head)


def texts(content: Content) -> list[str]:
    return [" ".join(block.text.split()) for block in content.blocks]


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts_block_by_block(name: str) -> None:
    markup, expected = LAYOUTS[name]
    assert texts(generic(markup)) == expected


@pytest.mark.parametrize("name", [*KINDS.kinds(), *KINDS.later_kinds()])
def test_other_kinds_of_layouts(name: str) -> None:
    markup, expected = (KINDS.kinds() | KINDS.later_kinds())[name]
    assert texts(generic(markup)) == expected


@pytest.mark.parametrize("wrapped", ["<div>{card}</div>", "<section><div>{card}</div></section>", "{card}"])
def test_a_card_is_one_by_its_linked_title_and_a_paragraph_with_a_link_is_none(wrapped: str) -> None:
    first, second, last = (f"<p>{text}</p>" for text in (PAGES.FIRST, PAGES.SECOND, PAGES.LAST))
    summary = "<p>Коротко про те, що сталося у сусідньому місті і чому про це говорять.</p>"
    card = wrapped.format(card=f"<div><a href='/n/1'><h3>{PAGES.CARDS[0]}</h3></a>{summary}</div>")
    assert texts(generic(PAGES.page(f"<article>{first}{card}{second}{last}</article>"))) == [
        PAGES.FIRST, PAGES.SECOND, PAGES.LAST,
    ]  # fmt: skip
    linked = f"<div><p>{PAGES.SECOND}</p><p><a href='/n/1'>{PAGES.CARDS[0]}</a></p></div>"
    assert PAGES.SECOND in texts(generic(PAGES.page(f"<article>{first}{linked}{last}</article>")))


def test_captions_are_kept_as_captions_and_leads_as_leads() -> None:
    captions = [" ".join(block.text.split()) for block in generic(LAYOUTS["captions"][0]).captions]
    assert captions == ["Сусіди садять дерева біля школи. Фото: Петро Бондар"] * 2 + ["Фото: Петро Бондар, «Вісник»"]
    assert generic(LAYOUTS["lead above"][0]).blocks[0].kind is BlockKind.LEAD


def test_a_wrapper_named_like_a_box_is_none() -> None:
    markup, expected = LAYOUTS["headings and lists"]
    for name in ("related-posts", "article-with-comments", "share", "sidebar"):
        assert texts(generic(markup.replace("entry-body", name))) == expected


def test_sentences_that_begin_as_buttons_do_are_text() -> None:
    sentence = "Поділитися досвідом до міста приїхали садівники з трьох сусідніх областей, повідомила рада."
    markup, expected = LAYOUTS["shares and counts"]
    assert texts(generic(markup.replace(PAGES.SECOND, sentence))) == [
        sentence if t == PAGES.SECOND else t for t in expected
    ]


def test_rows_of_tables() -> None:
    def rows(table: str) -> list[str]:
        page = parse_page({}, f"<body><div><table>{table}</table><p>кінець</p></div></body>".encode(), URL)
        return [block.text for block in raw_blocks(page.root)][:-1]

    assert rows("<tr><th>Місто</th><th>Садів</th></tr><tr><td>Київ</td><td><p>12</p></td></tr>") == [
        "Місто | Садів",
        "Київ | 12",
    ]
    assert rows("<tr><td><img></td></tr><tr><td>Підпис</td></tr>") == ["Підпис"]
    long = "Довгий текст колонки. " * 30
    assert rows(f"<tr><td>{long}</td><td>збоку</td></tr>") == [long, "збоку"]
    assert rows("<tr><td><table><tr><td>а</td><td>б</td></tr></table></td><td>в</td></tr>") == ["а | б", "в"]
    assert rows("<tr><td><ul><li>а</li></ul></td><td>б</td></tr>") == ["а", "б"]
    linked = "<tr><td>див. <a href='/1'>один</a></td><td><a href='/2'>два</a></td></tr>"
    page = parse_page({}, f"<body><table>{linked}</table></body>".encode(), URL)
    (row,) = raw_blocks(page.root)
    assert [(row.text[start:end], href) for start, end, href in row.links] == [("один", "/1"), ("два", "/2")]


def test_real_pages_of_other_sites(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Better than each of the extractors that it is compared with."""
    pytest.importorskip("trafilatura")
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    benchmark = module("extraction")
    monkeypatch.setattr(benchmark, "GENERIC", {"ours": benchmark.GENERIC["ours"]})
    figures: dict[str, Any] = benchmark.other_sites(shared)
    assert figures["real pages: ours"]["precision"] >= 0.99
    assert figures["real pages: ours"]["recall"] >= 0.98


@pytest.mark.parametrize(
    "unit",
    ["<div class='related share'><table><tr><td>а</td><td>б</td></tr>", "<table><tr><td>", "<p class='a b-c'>Текст. ",
     "<div><p><a href='/x'>Текст речення.</a> Кінець.</p></div>", "<article class='ArticleShareAd'>"],
)  # fmt: skip
def test_time_grows_with_the_page_and_not_with_its_square(unit: str) -> None:
    def seconds(count: int) -> float:
        markup = PAGES.page(f"<article>{PAGES.p(PAGES.FIRST, PAGES.SECOND, PAGES.LAST)}</article>{unit * count}")
        best = float("inf")
        for _ in range(3):
            started = time.perf_counter()
            with suppress(SkipPage):  # broken_markup: nested too deeply
                found_in(parse_page({}, markup.encode(), URL))
            best = min(best, time.perf_counter() - started)
        return best

    assert seconds(1600) < 8 * seconds(400) + 0.2


def found_in(page: Any) -> None:
    from corpus_builder.extract.article_element import Frame, article_element

    blocks = raw_blocks(page.root)
    Frame(article_element(page.root, blocks, [True] * len(blocks)), blocks, lambda _: True)


@pytest.mark.parametrize(
    "reference", ["&#11;", "&#x1F;", "&#27;", "&#xFFFE;", "&#8;", "&#0;", "&#xD800;", "&#1114112;"]
)
def test_a_reference_to_no_character_costs_nothing(reference: str) -> None:
    """In a heading it made trafilatura give the page up."""
    markup, expected = LAYOUTS[next(iter(LAYOUTS))]
    assert texts(generic(markup.replace("<h1>", f"<h1>{reference}").replace("<p>", f"<p>{reference}"))) == expected


def test_a_teaser_above_the_hidden_whole_is_said_once() -> None:
    whole = "".join(f"<p>{text}</p>" for text in (PAGES.FIRST, PAGES.SECOND, PAGES.LAST))
    for start in (PAGES.FIRST, PAGES.FIRST[:60] + "…"):
        for name in ("teaser", "preview", "x1"):
            markup = PAGES.page(
                f"<article><h1>{PAGES.TITLE}</h1><div class='{name}'><p>{start}</p></div>"
                f"<div class='whole' style='display:none'>{whole}</div></article>"
            )
            assert texts(generic(markup)) == [PAGES.FIRST, PAGES.SECOND, PAGES.LAST]


@pytest.mark.parametrize(
    "name", ["fb-post", "instagram-media", "twitter-tweet", "tiktok-embed", "vk_post", "tweetEmbed"]
)
def test_posts_of_other_networks_are_no_text(name: str) -> None:
    post = "<p>Приходьте подивитися на наш новий сад у неділю, будемо раді сусідам!</p>Опубліковано <a>нами</a>"
    markup = PAGES.page(
        f"<article><h1>{PAGES.TITLE}</h1><p>{PAGES.FIRST}</p><blockquote class='{name}'>{post}</blockquote>"
        f"<p>{PAGES.SECOND}</p><div class='{name}'><div>{post}</div></div><p>{PAGES.LAST}</p></article>"
    )
    assert texts(generic(markup)) == [PAGES.FIRST, PAGES.SECOND, PAGES.LAST]
