"""The shipped rules: every file holds, and knows the addresses of its site."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus_builder.errors import ConfigError
from corpus_builder.resources import shipped
from corpus_builder.sites import load_site, site_names
from corpus_builder.sites.listing_rules import listed_items
from corpus_builder.stages.config import load_config


@pytest.mark.parametrize("name", site_names())
def test_every_shipped_site_loads(name: str) -> None:
    site = load_site(name)
    assert site.name == name
    assert site.owns(site.rules.homepage)
    assert site.rules.layouts
    assert site.rules.checked, "say in [checked] on which pages the rules were tried, or that it was on none"


@pytest.mark.parametrize("name", site_names())
def test_every_shipped_site_has_a_run_config(name: str) -> None:
    config = load_config(str(shipped("configs") / f"{name}.toml"))
    site = load_site(config.site)
    assert site.name == name
    assert set(config.languages) == set(site.languages)


def test_what_a_site_was_checked_on_is_not_inherited(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('extends = "pravda"\nname = "mine"\n', encoding="utf-8")
    assert load_site(str(tmp_path / "mine.toml")).rules.checked is None


@pytest.mark.parametrize(
    ("name", "url", "language"),
    [
        ("babel", "https://babel.ua/en/news/122971-turkey-confirms-20-soldiers-killed", "en"),
        ("censor", "https://censor.net/biz/resonance/3589375/skilky-ukrayina-vytratyla", "uk"),
        ("censor", "https://censor.net/ru/news/3589375/skolko", "ru"),
        ("censor", "https://censor.net/ru/forum", None),
        ("hromadske", "https://hromadske.ua/ru/mir/255883-v-universitete", "ru"),
        ("slovoidilo", "https://ru.slovoidilo.ua/2025/11/25/novost/politika/komande-trampa", "ru"),
        ("slovoidilo", "https://www.slovoidilo.ua/2025/11/25/novyna/polityka/komandi-trampa", "uk"),
        ("euronews", "https://ru.euronews.com/culture/2026/01/06/sportivnyj-kostyum", "ru"),
        ("euronews", "https://www.euronews.com/2026/01/06/as-trump-pitches", "en"),
        ("unian", "https://www.unian.net/politics/dbr-provodit-obyski-11689753.html", "ru"),
        ("unian", "http://www.unian.ua/politics/991464-pare-zaklikala.html", "uk"),
        ("ukrinform", "https://www.ukrinform.net/rubric-polytics/3630823-zelensky.html", "en"),
        ("rbc-ukraine", "https://www.rbc.ua/rus/news/zelenskiy-1700000000.html", "ru"),
        ("nv", "https://nv.ua/ukr/ukraine/events/yak-biyci-sso-50320017.html", "uk"),
        ("nv", "https://english.nv.ua/nation/how-50320017.html", "en"),
        ("nv", "https://nv.ua/ukraine/events/kak-boycy-50320017.html", "ru"),
        ("interfax-ukraine", "https://en.interfax.com.ua/news/general/562562.html", "en"),
        ("president", "https://www.president.gov.ua/news/promova-v-parlamenti-76369", "uk"),
        ("president", "https://president.gov.ua/ru/news/promova-v-parlamenti-76369", "ru"),
        ("president", "https://www.president.gov.ua/en/news/promova-v-parlamenti-76369", "en"),
        ("president", "https://www.president.gov.ua/en/news/all?date-from=24-10-2021", None),
        ("radiosvoboda", "https://www.radiosvoboda.org/a/news-rosia-ataka-droniv/33629716.html", "uk"),
        ("dw", "https://www.dw.com/uk/novyny/a-68117411", "uk"),
        ("liga", "https://news.liga.net/ua/politics/news/slug", "uk"),
        ("liga", "https://news.liga.net/politics/news/slug", "ru"),
        ("debian", "https://www.debian.org/News/2025/20250809.uk.html", "uk"),
        ("gazeta", "https://gazeta.ua/articles/life/_tretya-prechista/1123470", "uk"),
        ("gazeta", "https://gazeta.ua/ru/articles/np/_flag-ukrainy/1120869", "ru"),
        ("gazeta", "https://gazeta.ua/ru/articles/np", None),
        ("meduza", "https://meduza.io/news/2026/04/15/slug", "ru"),
        ("meduza", "https://meduza.io/en/news/2026/04/15/slug", "en"),
        ("suspilne", "https://suspilne.media/1164200-kudrickij-pro-korupcijnu-spravu/", "uk"),
    ],
)
def test_languages_of_addresses(name: str, url: str, language: str | None) -> None:
    key = load_site(name).identify(url)
    assert (key.language if key else None) == language


@pytest.mark.parametrize(
    ("name", "url", "language", "article", "section"),
    [
        ("pravda", "https://www.pravda.com.ua/news/2025/12/01/8009697/", "uk", "8009697", "news"),
        ("pravda", "http://pravda.com.ua/rus/articles/2023/05/9/8015225", "ru", "8015225", "articles"),
        (
            "pravda",
            "https://www.pravda.com.ua/eng/columns/2023/05/9/7/index.amp?utm_source=x#top",
            "en",
            "7",
            "columns",
        ),
        ("epravda", "https://epravda.com.ua/tehnologiji/yak-limiti-813313/", "uk", "813313", "tehnologiji"),
        ("epravda", "https://epravda.com.ua/rus/tehnologiji/kak-limity-813313", "ru", "813313", "tehnologiji"),
        ("epravda", "https://www.epravda.com.ua/rus/news/2023/05/9/699999/", "ru", "699999", "news"),
        (
            "eurointegration",
            "https://www.eurointegration.com.ua/rus/articles/2026/01/7/7228590/",
            "ru",
            "7228590",
            "articles",
        ),
        ("eurointegration", "https://www.eurointegration.com.ua/news/2025/11/25/7225709/", "uk", "7225709", "news"),
    ],
)
def test_addresses(name: str, url: str, language: str, article: str, section: str) -> None:
    address = load_site(name).address(url)
    assert address is not None
    assert (address.key.language, address.key.article_id, address.section) == (language, article, section)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("pravda", "https://www.pravda.com.ua/tags/trump/"),
        ("pravda", "https://epravda.com.ua/news/2025/12/01/8009697/"),
        ("epravda", "https://epravda.com.ua/tags/gralnij-biznes/"),
        ("epravda", "https://epravda.com.ua/rus/authors-813313/"),
    ],
)
def test_other_pages_are_no_articles(name: str, url: str) -> None:
    assert load_site(name).address(url) is None


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        ('[[layouts]]\nname = "a"\nmatch = "div..x"\ntitle = "h1"\nbody = "p"\n', "not a CSS or XPath selector"),
        ('boilerplate = ["(unclosed"]\n', "not a regular expression"),
        ('[labels.uk]\nsource = { word = ["Джерело"] }\n', "words"),
        ('[editions.uk]\npaths = ["/news/"]\n', "no group"),
        ('colour = "red"\n', "colour"),
    ],
)
def test_faults_are_named(tmp_path: Path, rules: str, fault: str) -> None:
    file = tmp_path / "mine.toml"
    head = 'extends = "pravda"\nname = "mine"\n' if "layouts" not in rules else 'extends = "pravda"\n'
    file.write_text(head + rules, encoding="utf-8")
    with pytest.raises(ConfigError, match=fault):
        load_site(str(file))


def test_meduza_is_listed_by_its_api() -> None:
    """The list as other programs read it: paths of documents, newest first."""
    site = load_site("meduza")
    [rules] = site.rules.crawl.apis
    answer = {"collection": ["en/news/2026/04/15/story", "en/cards/what-is-it"], "documents": {}}
    listed = [item.urls[0] for item in listed_items(rules, answer, rules.names("en", None))]
    urls = [f"{site.rules.homepage}/{path}" for path in listed]
    assert [key and key.language for key in map(site.identify, urls)] == ["en", None]
    assert rules.url.format(language="en").startswith("https://meduza.io/api/w5/search?chrono=news&locale=en&page=0")
