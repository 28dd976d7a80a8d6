"""Editions that name each other in all the ways in which sites spell the address of one page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from corpus_builder.errors import SkipPage
from corpus_builder.extract import extract_page
from corpus_builder.link.joins import Addresses, Components, Links, address_hash
from corpus_builder.model import Capture, Edition
from corpus_builder.sites import Site
from corpus_builder.sites.rules import SiteRules
from corpus_builder.web.links import header_links

PATHS = {language: f"https://n.example/{language}/слово-{language}" for language in ("uk", "ru", "en")}
CODES = {"uk": "uk-UA", "ru": "ru", "en": "en-GB"}
TEXTS = {
    "uk": "Міст через річку знову відкрили для всіх, хто їде до міста з правого берега.",
    "ru": "Мост через реку снова открыли для всех, кто едет в город с правого берега.",
    "en": "The bridge over the river is open again for all who come to the town from the right bank.",
}


def site(**changes: Any) -> Site:
    editions = {language: {"paths": [rf"/{language}/[^/?]+"]} for language in PATHS}
    rules = {
        "name": "n", "title": "N", "homepage": "https://n.example", "domains": ["n.example"], "editions": editions,
        "linking": {"by": ["hreflang"]}, "layouts": [{"name": "l", "match": "main", "title": "h1", "body": "main"}],
    }  # fmt: skip
    return Site(SiteRules.model_validate({**rules, **changes}))


def read(rules: Site, url: str, language: str, links: dict[str, str], header: bool = False) -> Edition:
    tags = "".join(f"<link rel=alternate hreflang={code} href='{href}'>" for code, href in links.items())
    value = ", ".join(f'<{href}>; rel="alternate"; hreflang="{code}"' for code, href in links.items())
    markup = f"<html><meta charset=utf-8>{'' if header else tags}<body><main><h1>T</h1><p>{TEXTS[language]}</p></main>"
    return extract_page(Capture(url, 200, {"link": value} if header else {}, markup.encode(), None, ""), rules)


def linked(rules: Site, pages: dict[str, tuple[str, dict[str, str]]], header: bool = False) -> list[list[str]]:
    editions = [read(rules, url, language, links, header) for language, (url, links) in pages.items()]
    languages = np.array([rules.languages.index(edition.language) for edition in editions], np.int8)
    hashes = np.array([address_hash(edition.url) for edition in editions], np.uint64)
    named = [(i, address_hash(url)) for i, edition in enumerate(editions) for _, url in edition.alternates]
    source, target = np.array([i for i, _ in named], np.int64), np.array([to for _, to in named], np.uint64)
    pairs = Links.between(source, Addresses(hashes).find(target), languages).mutual(len(editions))
    label = Components.of(pairs, languages).label.tolist()
    return sorted(
        sorted(e.language for e, own in zip(editions, label, strict=True) if own == each) for each in {*label}
    )


def relative(url: str) -> str:
    return url.removeprefix("https://n.example")


def encoded(url: str) -> str:
    return url.replace("слово", "%d1%81%D0%BB%D0%BE%d0%b2%D0%BE")


@pytest.mark.parametrize(
    "spelled",
    [
        relative,
        encoded,
        lambda url: f"//n.example{relative(url)}",
        lambda url: url.replace("https://", "http://www."),
        lambda url: f"{url}/",
        lambda url: f"{url}?utm_source=x&utm_medium=y&fbclid=1",
        lambda url: f" {url}#main ",
        lambda url: url.replace("n.example", "N.Example:443"),
    ],
)
@pytest.mark.parametrize("header", [False, True])
@pytest.mark.parametrize("drop_query", [False, True])
def test_the_spelling_of_a_link_does_not_matter(spelled: Callable[[str], str], header: bool, drop_query: bool) -> None:
    pages = {
        language: (url, {CODES[other]: spelled(there) for other, there in PATHS.items()})
        for language, url in PATHS.items()
    }
    assert linked(site(drop_query=drop_query), pages, header) == [["en", "ru", "uk"]]


def test_the_default_edition_is_that_of_its_url() -> None:
    links = {"x-default": PATHS["uk"], "ru": PATHS["ru"], "en": PATHS["en"]}
    assert linked(site(), {language: (url, links) for language, url in PATHS.items()}) == [["en", "ru", "uk"]]
    edition = read(site(), PATHS["ru"], "ru", {"x-default": "https://n.example/", "uk": PATHS["uk"]})
    assert dict(edition.alternates).keys() == {"uk"}


def test_two_editions_that_name_a_third_are_one_story_with_it() -> None:
    pages = {
        "uk": (PATHS["uk"], {"en": PATHS["en"]}),
        "ru": (PATHS["ru"], {"en": PATHS["en"]}),
        "en": (PATHS["en"], {"uk": PATHS["uk"], "ru": PATHS["ru"]}),
    }
    assert linked(site(), pages) == [["en", "ru", "uk"]]
    pages["en"] = (PATHS["en"], {"uk": PATHS["uk"]})  # a link that is not answered
    assert linked(site(), pages) == [["en", "uk"], ["ru"]]


def test_links_count_by_their_urls_whatever_their_codes() -> None:
    """Codes of regions whose first is no article of the site, a wrong code, a home page besides the article."""
    for links in (
        {"en-US": "https://n.example/us/x", "en-GB": PATHS["en"], "uk": PATHS["uk"], "ru": PATHS["ru"]},
        {"en-US": "https://n.example/en", "en": PATHS["en"], "ua": PATHS["uk"], "ru-UA": PATHS["ru"]},
        {"uk": PATHS["ru"], "uk-UA": PATHS["uk"], "ru": PATHS["ru"], "en": PATHS["en"]},
    ):
        pages = {language: (url, links) for language, url in PATHS.items()}
        assert linked(site(), pages) == [["en", "ru", "uk"]]


def test_a_canonical_url_of_another_edition_is_no_copy_of_it() -> None:
    def page(canonical: str) -> Capture:
        head = f"<meta charset=utf-8><link rel=canonical href='{canonical}'>"
        markup = f"<html>{head}<body><main><h1>T</h1><p>{TEXTS['ru']}</p></main>"
        return Capture(PATHS["ru"], 200, {}, markup.encode(), None, "")

    assert extract_page(page(PATHS["uk"]), site()).language == "ru"
    with pytest.raises(SkipPage, match="not_canonical"):
        extract_page(page(PATHS["ru"] + "-2"), site())


def test_the_order_of_a_query_does_not_matter() -> None:
    editions = {
        language: {"with_query": True, "paths": [rf"/item\?id=\d+&lang={language}(?P<page>&p=\d+)?"]}
        for language in PATHS
    }
    rules = site(editions=editions, drop_query=False)
    one, other = "https://n.example/item?id=7&lang=ru", "https://n.example/item?lang=ru&utm_campaign=a&id=7"
    assert rules.clean(other) == one
    assert rules.identify(other) == rules.identify(one)
    assert rules.clean("https://n.example/item?p=2&lang=ru&id=7") == one
    assert rules.page_url("https://n.example/item?p=2&lang=ru&id=7") == f"{one}&p=2"
    assert rules.identify("https://n.example/item?lang=ru&id=7&print=1") is None


def test_a_form_that_the_rules_have_is_left() -> None:
    rules = site(editions={"uk": {"paths": [r"/uk/[^/]+/", r"/uk/[^/]+\.html"]}})
    assert rules.clean("https://n.example/uk/a") == "https://n.example/uk/a/"
    assert rules.clean("https://n.example/uk/a.html") == "https://n.example/uk/a.html"
    assert rules.clean("https://n.example/about") == "https://n.example/about"


@pytest.mark.parametrize(
    ("value", "links"),
    [
        ("", []),
        ("<a>; rel=alternate; hreflang=ru", [("alternate", "ru", "https://n.example/a")]),
        ('<https://n.example/a,b;c>; hreflang="RU";rel="Alternate"', [("alternate", "ru", "https://n.example/a,b;c")]),
        ("<a>; rel=preload; as=style, <b>; rel=canonical", [("preload", "", "https://n.example/a"), ("canonical", "", "https://n.example/b")]),
        ("<javascript:x>; rel=alternate, <", []),
    ],
)  # fmt: skip
def test_links_of_a_header(value: str, links: list[tuple[str, str, str]]) -> None:
    assert header_links(value, "https://n.example/") == links
