"""Rules drafted for sites of usual systems: from a page each of three stories in three languages."""

from __future__ import annotations

import json
import re
import sys
from functools import partial
from pathlib import Path

import pytest

from corpus_builder.cli.sites import drafted_site
from corpus_builder.extract import extract_page
from corpus_builder.extract.blocks import raw_blocks
from corpus_builder.extract.draft import draft_rules
from corpus_builder.extract.draft_addresses import address_rules, other_editions
from corpus_builder.extract.generic import by_generic_extractor
from corpus_builder.model import BlockKind, Capture
from corpus_builder.web.head import Head
from corpus_builder.web.html import parse_html

pytest.importorskip("trafilatura")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from sites_draft_fresh import FRESH, FRESH_LATER
from sites_draft_kinds import HELD_OUT, KINDS, MORE, captures_of, later_page, texts

STORIES = {number: story for number, story in texts().items() if number < 4}


OTHERS = {
    **MORE,
    **{name: kind for name, kind in {**FRESH, **FRESH_LATER}.items() if "ru" in kind.languages},
}


@pytest.mark.parametrize(
    "name", ["drupal", "next.js", "bitrix", "hosts", "tables", "live", "between br", "assigned", *OTHERS]
)
def test_other_pages_of_a_kind_are_read(name: str) -> None:
    [kind] = [
        kind
        for each, kind in {**KINDS, **HELD_OUT, **OTHERS}.items()
        if each == name or (name not in OTHERS and each not in OTHERS and name in each and "JSON-LD" not in each)
    ]
    captures = captures_of(kind, STORIES)
    site = drafted_site(draft_rules([captures[0, "uk"], captures[1, "ru"], captures[2, "en"]]).toml)
    editions = [
        extract_page(captures[3, language], site, partial(later_page, kind, STORIES[3], language))
        for language in ("uk", "ru", "en")
    ]
    for edition, language in zip(editions, ("uk", "ru", "en"), strict=True):
        text = STORIES[3][language]
        body = [f"{b.label_text or ''}{b.text}" for b in edition.blocks if b.kind is not BlockKind.TITLE]
        assert ["".join(filter(str.isalnum, each)) for each in body] == [
            "".join(filter(str.isalnum, each)) for each in (text.lead, *text.body)
        ]
        assert edition.title == text.title
        assert edition.language == language
        day = edition.published and (edition.published.year, edition.published.month, edition.published.day)
        assert not kind.has_day or day == text.day
        assert not kind.has_author or edition.authors == (text.author,)
    assert not kind.has_ids or len({edition.article_id for edition in editions}) == 1


def test_text_in_json_ld_alone() -> None:
    captures = captures_of(KINDS["next.js with JSON-LD"], STORIES)
    draft = draft_rules([captures[0, "uk"], captures[1, "ru"]])
    assert 'body_from = "json-ld"' in draft.toml
    assert len(extract_page(captures[3, "en"], drafted_site(draft.toml)).blocks) == len(STORIES[3]["en"].body) + 2


def test_blocks_of_a_state_have_their_kinds() -> None:
    paragraphs = [f"Речення номер {n}, у якому є кілька слів про відкриття мосту через річку." for n in range(8)]
    blocks = [{"kind": "p", "t": each} for each in paragraphs]
    blocks[3:3] = [
        {"kind": "heading", "t": "Далі буде"},
        {"kind": "video", "t": "Відео"},
        {"kind": "quote", "t": "Так."},
    ]

    def page(number: int) -> Capture:
        own = [{**block, "t": f"{block['t']} {number}"} for block in blocks]
        script = json.dumps({"other-things": [], "a b": {"story": {"name": "Міст через річку відкрили", "body": own}}})
        head = "<title>Міст через річку відкрили - Сайт</title>"
        text = f"<html><head>{head}</head><body><div id=x></div><script>window.__DATA = {script}</script></body></html>"
        return Capture(f"https://n.example/news/{number}", 200, {}, text.encode(), None, "")

    draft = draft_rules([page(1001), page(1002)])
    assert "body = '\"a b\".story.body'" in draft.toml or 'body = "\\"a b\\".story.body"' in draft.toml
    edition = extract_page(page(1003), drafted_site(draft.toml))
    assert [block.kind.value for block in edition.blocks] == [
        "title", *["paragraph"] * 3, "heading", "blockquote", *["paragraph"] * 5,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "paths"),
    [
        (
            {
                "uk": "https://n.example/n/detail.php?lang=ua&ID=77",
                "en": "https://n.example/n/detail.php?lang=en&ID=77",
            },
            {"uk": "https://n.example/n/detail.php?lang=ua&ID=8", "en": "https://n.example/n/detail.php?lang=en&ID=8"},
            {"uk": [r"/(?P<section>[a-z][a-z0-9_-]*)/[^/]+\.php\?lang=ua&ID=(?P<id>\d+)"]},
        ),
        (
            {
                "uk": "https://n.example/index.php/uk/a/612345-slovo",
                "ru": "https://n.example/index.php/ru/a/612345-slovo2",
            },
            {"uk": "https://n.example/index.php/uk/a/7123-inshe", "ru": "https://n.example/index.php/ru/a/7123-inoe"},
            {"uk": [r"/index\.php/uk/(?P<section>[a-z][a-z0-9_-]*)/(?P<id>\d+)-[^/]+"]},
        ),
        (
            {"uk": "https://n.example/news/slovo_n20480", "ru": "https://n.example/ru/news/slovo_n20480"},
            {"uk": "https://n.example/news/inshe_n20481", "ru": "https://n.example/ru/news/inoe_n20481"},
            {"ru": [r"/ru/(?P<section>[a-z][a-z0-9_-]*)/[^/]*n(?P<id>\d+)"]},
        ),
        (
            {"uk": "https://n.example/2025/12/01/61.html", "ru": "https://ru.n.example/2025/12/01/61.html"},
            {"uk": "https://n.example/2025/12/02/7.html", "ru": "https://ru.n.example/2025/12/02/7.html"},
            {"ru": [r"/(?P<year>\d{4})/(?P<month>\d\d?)/(?P<day>\d\d?)/(?P<id>\d+)\.html"]},
        ),
    ],
)
def test_patterns_of_queries_prefixes_and_short_ids(
    first: dict[str, str], second: dict[str, str], paths: dict[str, list[str]]
) -> None:
    made = address_rules([first, second])
    assert made.has_id
    assert {language: made.paths[language] for language in paths} == paths


def test_links_to_other_editions_differ_in_the_code_alone() -> None:
    links = [
        "https://n.example/ru/news/7", "https://n.example/en/news/8", "https://n.example/en/news/7", "https://en.n.example/",
    ]  # fmt: skip
    assert other_editions("https://n.example/news/7", links) == {
        "ru": "https://n.example/ru/news/7",
        "en": "https://n.example/en/news/7",
    }
    query = ["https://n.example/?id=7&lang=ru", "https://n.example/?lang=en&id=7", "https://n.example/?id=8&lang=en"]
    assert other_editions("https://n.example/?lang=ua&id=7", query) == {"ru": query[0], "en": query[1]}


def test_a_removed_box_does_not_join_the_lines_around_it() -> None:
    root = parse_html(b"<html><body><main>One.<br><br>Two.<div class=ad>x</div>Three.</main></body></html>")
    [main], [box] = root.iter("main"), root.iter("div")
    assert [block.text.strip() for block in raw_blocks(main, {box})] == ["One.", "Two.", "Three."]


@pytest.mark.parametrize(
    ("urls", "others"),
    [
        (
            {"uk": "/polityka/a-b", "ru": "/politika/c-d", "en": "/politics/e-f"},
            {"uk": "/polityka/x", "ru": "/politika/x", "en": "/politics/x"},
        ),
        ({"uk": "/n/a.html", "ru": "/n/b_ru.html", "en": "/n/c_en.html"}, {"uk": "/n/x.html", "en": "/n/x_en.html"}),
        ({"uk": "/n/a.ua.php", "ru": "/n/b.ru.php"}, {"uk": "/n/x.ua.php", "ru": "/n/x.ru.php"}),
        ({"uk": "/n/a-ukr/", "ru": "/n/b-rus/", "en": "/n/c/"}, {"uk": "/n/x-ukr/", "en": "/n/x-y/"}),
        ({"uk": "/n/4711", "ru": "/n/4711_ru"}, {"uk": "/n/4712", "ru": "/n/4712_ru"}),
    ],
)
def test_sections_and_ends_of_addresses_tell_the_languages_apart(urls: dict[str, str], others: dict[str, str]) -> None:
    made = address_rules([{language: f"https://n.example{path}" for language, path in urls.items()}])
    assert not made.alike
    for language, path in {**urls, **others}.items():
        own = [each for each, patterns in made.paths.items() if any(re.fullmatch(one, path) for one in patterns)]
        assert own == [language], path


def test_addresses_that_nothing_tells_apart_are_told() -> None:
    made = address_rules([{"uk": "https://n.example/a/slovo", "ru": "https://n.example/a/drugoe"}])
    assert made.alike == ["ru", "uk"]


@pytest.mark.parametrize(
    ("links", "group"),
    [
        ("<a href='/uk/n/47110/2'>2</a><a href='/uk/n/47110/3'>3</a>", r"(?P<page>/\d+)?"),
        ("<a rel=next href='/uk/n/47110/page/2/'>Далі</a>", r"(?P<page>/page/\d+/)?"),
        ("<link rel=next href='?page=2'>", r"(?P<page>\?page=\d+)?"),
        ("<div class=comments><a href='?page=2'>2</a></div>", ""),
        ("<a href='/uk/n/47111/2'>2</a><a href='/uk/n/47110/photo'>2</a><a href='/uk/n/47110/2025'>2</a>", ""),
        ("<a href='/uk/n/47110/2'>Про що йшлося у другій частині нашого матеріалу</a>", ""),
    ],
)
def test_later_pages_of_an_article_get_a_group(links: str, group: str) -> None:
    text = "".join(f"<p>Речення {n}, у якому є кілька слів про відкриття мосту через річку.</p>" for n in range(9))
    page = f"<html><body><article class=a><h1>Міст</h1><div class=t>{text}</div>{links}</article></body></html>"
    draft = draft_rules([Capture("https://n.example/uk/n/47110", 200, {}, page.encode(), None, "")])
    [paths] = [line for line in draft.toml.splitlines() if line.startswith("paths")]
    assert (group in paths) if group else ("page" not in paths)
    drafted_site(draft.toml)


def test_a_pull_quote_is_no_text() -> None:
    texts = [f"Речення {n}, у якому є кілька слів про відкриття мосту через річку." for n in range(9)]
    body = "".join(f"<p>{each} І ще одне речення про неї.</p>" for each in texts)
    for quote, said in (
        (f"<blockquote class=pull><p>{texts[3]}</p></blockquote>", 0),
        (f"<div class='pull-quote'>{texts[3]}</div>", 0),
        ("<blockquote><p>Слова мешканки, яких більше ніде в тексті немає, бо їх сказано лише тут.</p></blockquote>", 1),
    ):
        end = f"<p>{texts[0]} І кінець цієї новини.</p>"
        markup = f"<html><body><article>{body}{quote}{end}</article></body></html>".encode()
        content = by_generic_extractor(markup, "https://n.example/1", parse_html(markup), Head())
        assert len(content.blocks) == 10 + said, quote


@pytest.mark.parametrize(
    ("path", "groups"),
    [
        ("/uk/2025-03-31-mist.html", {"year": "2025", "month": "03", "day": "31"}),
        ("/uk/news/20250331/4567", {"year": "2025", "month": "03", "day": "31", "id": "4567"}),
        ("/uk/31.03.2025/mist-4567", {"year": "2025", "month": "03", "day": "31", "id": "4567"}),
        ("/uk/news/4567_2025_03_31", {"year": "2025", "month": "03", "day": "31", "id": "4567"}),
        ("/uk/2025/03/31/4567", {"year": "2025", "month": "03", "day": "31", "id": "4567"}),
        ("/uk/news/2031", {"id": "2031"}),
    ],
)
def test_days_within_addresses(path: str, groups: dict[str, str]) -> None:
    story = {"uk": f"https://n.example{path}", "ru": f"https://n.example{path.replace('/uk/', '/ru/')}"}
    [pattern] = address_rules([story]).paths["uk"]
    match = re.fullmatch(pattern, path)
    assert match
    assert {name: text for name, text in match.groupdict().items() if name != "section"} == groups
