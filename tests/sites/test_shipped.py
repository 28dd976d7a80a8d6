"""The shipped rules: every file holds, and knows the addresses of its site."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus_builder.errors import ConfigError
from corpus_builder.sites import load_site, site_names


@pytest.mark.parametrize("name", site_names())
def test_every_shipped_site_loads(name: str) -> None:
    site = load_site(name)
    assert site.name == name
    assert site.owns(site.rules.homepage)
    assert site.rules.layouts


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
