"""Headlines, dates, authors and tags of pages whose metadata is sloppy."""

from __future__ import annotations

import json

import pytest

from corpus_builder.extract import extract_page
from corpus_builder.extract.compiled import compiled_site
from corpus_builder.extract.generic import by_generic_extractor
from corpus_builder.extract.microdata import microdata
from corpus_builder.extract.page_words import author_names, is_date_line
from corpus_builder.model import Capture, Edition
from corpus_builder.sites import Site, SiteRules, load_site
from corpus_builder.web.head import Head
from corpus_builder.web.html import parse_html

URL = "https://www.pravda.com.ua/news/2025/12/01/8009697/"
TEXT = "Перший абзац тексту українською мовою про подію, яка сталася вчора."
MIDNIGHT = "2025-12-01 00:00:00+02:00"


def edition(head: str = "", body: str = f"<p>{TEXT}</p>", above: str = "", title: str = "Місто") -> Edition:
    heading = f'<h1 class="post_news_title">{title}</h1>' if title else ""
    page = (
        f'<html><head>{head}</head><body><article class="post_news">{heading}{above}'
        f'<div class="post_news_text">{body}</div></article></body></html>'
    )
    return extract_page(Capture(URL, 200, {}, page.encode(), None, "test"), load_site("pravda"))


def json_ld(**properties: object) -> str:
    data = json.dumps({"@type": "NewsArticle", **properties}, ensure_ascii=False)
    return f'<script type="application/ld+json">{data}</script>'


@pytest.mark.parametrize(
    "absurd",
    [
        "0001-01-01T00:00:00Z", "1970-01-01T00:00:00+00:00", "1970-01-01T03:00:00+03:00", "1969-12-31T19:00:00-05:00",
        "2099-12-31T23:59:59Z", "2031-05-05", "2016-12-01T10:00:00+02:00", "", "yesterday", "0000-00-00 00:00:00",
    ],
)  # fmt: skip
def test_absurd_dates_lose_against_that_of_the_url(absurd: str) -> None:
    assert str(edition(json_ld(datePublished=absurd)).published) == MIDNIGHT
    assert str(edition(f'<meta property="article:published_time" content="{absurd}">').published) == MIDNIGHT
    good = '<meta property="article:published_time" content="2025-12-01T09:30:00+02:00">'
    assert str(edition(json_ld(datePublished=absurd) + good).published) == "2025-12-01 09:30:00+02:00"
    assert edition(json_ld(dateModified=absurd)).modified is None or absurd == "2031-05-05"


@pytest.mark.parametrize(
    "written",
    [
        "2025-12-01T07:30:00Z", "2025-12-01T09:30:00+0200", "2025-12-01 09:30:00 +02:00", "2025-12-01 09:30:00 +0200",
        "Mon, 01 Dec 2025 09:30:00 +0200", "1 грудня 2025, 09:30", "1 декабря 2025 09:30", "December 1, 2025 09:30",
        "01.12.2025 09:30", "Понеділок, 1 грудня 2025, 09:30",
    ],
)  # fmt: skip
def test_dates_with_zones_and_of_people(written: str) -> None:
    moment = edition(json_ld(datePublished=written)).published
    assert moment is not None
    assert moment.timestamp() == 1764574200
    body = edition(above=f'<div class="post_news_date">{written}</div>').published
    assert body is not None
    assert body.timestamp() == 1764574200


@pytest.mark.parametrize(
    ("og", "title", "expected"),
    [
        ("Місто відкрило міст | Українська правда", "", "Місто відкрило міст"),
        ("Місто відкрило міст — Ukrainska Pravda | 1 грудня 2025", "", "Місто відкрило міст"),
        ("Місто відкрило міст - новини дня", "Місто відкрило міст", "Місто відкрило міст"),
        ("Українська правда :: Місто відкрило міст", "", "Місто відкрило міст"),
        ("Місто відкрило міст » pravda.com.ua", "", "Місто відкрило міст"),
        ("Київ – Львів: поїзд за п'ять годин", "Київ", "Київ – Львів: поїзд за п'ять годин | news"),
        ("Курс — 42 гривні", "", "Курс — 42 гривні"),
    ],
)
def test_titles_without_the_site_and_the_date(og: str, title: str, expected: str) -> None:
    expected = expected.removesuffix(" | news")
    head = f'<meta property="og:site_name" content="Українська правда"><meta property="og:title" content="{og}">'
    head += f'<meta name="twitter:title" content="{title}">' if title and title != "Київ" else ""
    assert edition(head, title="").title == expected
    assert edition(head, title=og).title == expected  # the layout's own title, too


def test_a_title_or_a_time_never_becomes_a_block() -> None:
    body = f"<h1>Місто</h1><p>Понеділок, 1 грудня 2025, 09:30</p><p>{TEXT}</p><p>10:15</p><p>{TEXT}</p><p>Місто</p>"
    blocks = [block.text for block in edition(body=body + "<p>Оновлено: 02.12.2025 11:00</p>").blocks]
    assert blocks == ["Місто", TEXT, "10:15", TEXT, "Місто"]  # a time within a chronicle stays
    assert edition(body=f"<time>01.12.2025</time><h2>МІСТО</h2><p>{TEXT}</p>").blocks[1].text == TEXT


@pytest.mark.parametrize(
    "line", ["14:55", "29 вересня 2014, 14:55", "Thursday, 13 February 2025, 12:58", "01.12.2025", "Today at 10:15"]
)
def test_lines_that_are_dates(line: str) -> None:
    assert is_date_line(line)


@pytest.mark.parametrize("line", ["29 вересня 2014 року він", "42", "5:0 переміг", "1,5 млн", "Травень", "Разом: 39.2"])
def test_lines_that_are_none(line: str) -> None:
    assert not is_date_line(line)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Анна Коваль", ("Анна Коваль",)),
        ("Автор: Анна Коваль, фото: Петро Бондар", ("Анна Коваль",)),
        ("Фото: Петро Бондар", ()),
        ("Photo by Peter Bond", ()),
        ("Анна Коваль, Ольга Ткач — 1 грудня, 00:08", ("Анна Коваль", "Ольга Ткач — 1 грудня")),
        ("By Ann Smith; Photographs by Peter Bond", ("Ann Smith",)),
        ("https://www.facebook.com/anna", ()),
        ("01.12.2025", ()),
    ],
)
def test_bylines(byline: str, names: tuple[str, ...]) -> None:
    assert author_names([byline])[:1] == names[:1]
    assert not any("Бондар" in name or "Bond" in name for name in author_names([byline]))


def test_a_photographer_is_no_author() -> None:
    image = {"@type": "ImageObject", "author": {"@type": "Person", "name": "Петро Бондар"}}
    assert edition(json_ld(image=image)).authors == ()
    assert edition(json_ld(author="Анна Коваль, фото: Петро Бондар", image=image)).authors == ("Анна Коваль",)
    assert edition('<meta name="author" content="Фото: Петро Бондар">').authors == ()


@pytest.mark.parametrize(
    "head",
    [
        json_ld(keywords="міст, річка"),
        json_ld(keywords=["міст, річка"]),
        json_ld(keywords=["#міст", "річка (12)", "міст"]),
        json_ld(keywords=[{"@type": "DefinedTerm", "name": "міст"}, "річка"]),
        '<meta property="article:tag" content="міст"><meta property="article:tag" content="річка">',
        '<meta name="news_keywords" content="міст; річка">',
    ],
)
def test_tags_are_split(head: str) -> None:
    assert edition(head).tags == ("міст", "річка")


def test_words_of_the_text_for_search_engines_are_no_tags() -> None:
    words = ",".join(f"слово{i}" for i in range(40))
    assert edition(f'<meta name="keywords" content="{words}">').tags == ()


BOILERPLATE = [
    "Support Ukrainska Pravda or become our patron!", "Support UP – become a patron", "Support us!",
    "Journalists fight on their own frontline.", "Our journalists have their own front line. Support us!",
    "Ukrainska Pravda is the place where you will find news", "Follow us on Twitter, support us!", "Become our patron",
    "If you notice a spelling error, select it", "Підтримайте УП", "Поддержите Украинскую правду",
    "Join us on Telegram",
]  # fmt: skip
TEXTS = [
    "Support us with weapons, the president told the leaders, and this war will be over sooner than you think.",
    "Journalists worked on the front line near Bakhmut.", "Follow the instructions of the army, the mayor said.",
    "Ukrainska Pravda reported this on Monday.", "If you find a mine, call 101.", "Підтримка армії зросла.",
]  # fmt: skip


def test_appeals_of_the_newspaper_are_boilerplate_and_the_like_in_texts_is_not() -> None:
    rules = compiled_site(load_site("pravda"))
    assert [text for text in BOILERPLATE if not rules.is_boilerplate(text)] == []
    assert [text for text in TEXTS if rules.is_boilerplate(text)] == []


# ---------------------------------------------------------------------------------------- what sloppy programs write
@pytest.mark.parametrize("written", ["1764574200", "1764574200000", "2025-12-01T09:30:00 EET", "2025-12-01 07:30 UTC"])
def test_seconds_since_1970_and_names_of_zones(written: str) -> None:
    moment = edition(f'<meta property="article:published_time" content="{written}">').published
    assert moment is not None
    assert moment.timestamp() == 1764574200


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "Місто "над річкою" чекає", "author": {"name": "Анна Коваль"}}',
        '{"@type": "NewsArticle", "author": [{"name": "Анна Коваль",},],}',
        '//<![CDATA[\n{"@type": "NewsArticle", "author": "Анна Коваль"}\n//]]>',
        '/*<![CDATA[*/{"@type": "NewsArticle", "author": "Анна Коваль"};/*]]>*/',
        '<!-- {"@type": "NewsArticle",\n"author": "Анна Коваль"\n} -->',
    ],
)
def test_json_ld_with_common_mistakes(script: str) -> None:
    assert edition(f'<script type="application/ld+json">{script}</script>').authors == ("Анна Коваль",)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By ANNA KOVAL and PETRO BONDAR", ("ANNA KOVAL", "PETRO BONDAR")),
        ("Анна Коваль та Петро Бондар", ("Анна Коваль", "Петро Бондар")),
        ("Автор: Анна Коваль — кореспондентка, Київ", ("Анна Коваль", "Київ")),
        ("Reuters and agencies", ("Reuters and agencies",)),
        ("Салтиков-Щедрін і син", ("Салтиков-Щедрін і син",)),
    ],
)
def test_two_authors_and_what_they_are(byline: str, names: tuple[str, ...]) -> None:
    assert author_names([byline]) == names


SITE = '<meta property="og:site_name" content="Українська правда">'


@pytest.mark.parametrize(
    "written",
    ["Бюджет ухвалено | Новини | Українська правда", "«Українська правда»: Бюджет ухвалено"],
)
def test_sections_between_headline_and_site(written: str) -> None:
    assert edition(SITE, title=written).title == "Бюджет ухвалено"


def test_a_headline_with_a_bar_stays() -> None:
    for title in ("Бюджет | Закон про пенсії", "Бюджет | Що змінилося за рік | Українська правда"):
        assert edition(SITE, title=title).title == title.removesuffix(" | Українська правда")


def test_a_tag_in_two_spellings_is_one() -> None:
    assert edition('<meta name="keywords" content="бюджет, Бюджет; рада,,бюджет">').tags == ("бюджет", "рада")


MICRODATA = (
    '<div itemscope itemtype="http://schema.org/NewsArticle"><meta itemprop="datePublished" '
    'content="2025-12-01T09:30:00+02:00"><span itemprop="author" itemscope itemtype="http://schema.org/Person">'
    '<img alt="" itemprop="image"><b itemprop="name">Анна Коваль</b></span></div>'
)


def test_microdata_of_the_one_article() -> None:
    root = parse_html(MICRODATA.encode())
    assert list(microdata(root, "datePublished")) == ["2025-12-01T09:30:00+02:00"]
    assert list(microdata(root, "author")) == ["Анна Коваль"]
    assert not list(microdata(parse_html((MICRODATA * 2).encode()), "author"))


def test_the_year_of_a_copyright_notice_is_no_date() -> None:
    pytest.importorskip("trafilatura")
    body = "".join(f"<p>{TEXT} Це речення номер {number}, і воно теж про місто.</p>" for number in range(5))
    page = f"<html><body><article><h1>Місто</h1>{body}</article><footer>© 2025 Газета</footer></body></html>"
    content = by_generic_extractor(page.encode(), "https://news.example/a", parse_html(page.encode()), Head())
    assert not any(content.published)


@pytest.mark.parametrize(
    ("written", "section"),
    [
        ("Новини\n\n## Citation\n", "Новини ## Citation"),
        ("Місто\x1b[31m \x07і світ", "Місто[31m і світ"),
        ("\n \t", None),
        ("а" * 5_000, "а" * 200),
    ],
)
def test_the_section_of_json_ld_is_a_short_text_on_one_line(written: str, section: str | None) -> None:
    layout = {"name": "a", "match": "article", "title": "h1", "body": "div"}
    rules = {"name": "n", "title": "N", "homepage": "https://n.example", "domains": ["n.example"], "layouts": [layout]}
    site = Site(SiteRules.model_validate({**rules, "editions": {"uk": {"paths": [r"/(?P<id>\d+)"]}}}))
    page = f"{json_ld(articleSection=written)}<article><h1>Місто</h1><div><p>{TEXT}</p></div></article>"
    assert extract_page(Capture("https://n.example/7", 200, {}, page.encode(), None, "test"), site).section == section
