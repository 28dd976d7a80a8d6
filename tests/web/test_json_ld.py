"""Which of the articles in a page's JSON-LD is the page's own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from corpus_builder.web.json_ld import find_article

URL = "https://news.example/uk/2025/12/01/8009697/"
TITLES = ["Місто відкрило новий міст через річку | Газета", "Місто відкрило новий міст через річку"]
OTHER_URL = "https://news.example/uk/2024/01/02/8001111/"
DATE = "2025-12-01T10:00:00+02:00"


def article(**properties: Any) -> dict[str, Any]:
    return {"@type": "NewsArticle", "datePublished": DATE, **properties}


RELATED = article(url=OTHER_URL, headline="Школа отримала бібліотеку", datePublished="2024-01-02", keywords="школа")


def date_in(*data: Any) -> str:
    return find_article([json.dumps(item) for item in data], [URL], TITLES).text("datePublished")


@pytest.mark.parametrize(
    "own",
    [
        article(url=URL),
        article(url=URL.replace("https://", "http://www.") + "?utm=1#top"),
        article(mainEntityOfPage=URL.removesuffix("/")),
        article(mainEntityOfPage={"@type": "WebPage", "@id": URL}),
        article(**{"@id": URL + "#article"}),
        article(url="https://news.example/uk/2025/12/01/8009697/index.amp"),
        article(url="https://news.example/?p=17", headline=TITLES[1]),  # another form of the address, its headline
        article(headline="Новий міст через річку відкрило місто"),
        article(),
    ],
)
def test_a_related_article_does_not_speak_for_the_page(own: dict[str, Any]) -> None:
    assert date_in(RELATED) == ""
    assert date_in(RELATED, own) == date_in(own, RELATED) == DATE
    assert date_in([RELATED, own]) == date_in({"@graph": [RELATED, {"@type": "WebSite"}, own]}) == DATE
    assert date_in({"@type": "WebPage", "mainEntity": own}, RELATED) == DATE


@pytest.mark.parametrize(
    "related",
    [
        article(url=OTHER_URL),
        article(mainEntityOfPage={"@id": OTHER_URL}),
        article(headline="Школа отримала бібліотеку"),
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": article(headline=TITLES[1])}]},
    ],
)
def test_a_page_with_nothing_but_a_related_article_has_none(related: dict[str, Any]) -> None:
    assert date_in(related) == ""


def test_several_descriptions_of_the_page_are_joined() -> None:
    teaser = {"@type": "Article", "url": URL, "keywords": ["міст"]}
    whole = article(url=URL, author=[{"@id": "#p"}, {"@type": "Organization", "name": "Газета"}])
    graph = {"@graph": [teaser, whole, {"@id": "#p", "@type": "Person", "name": "Анна Коваль"}]}
    found = find_article([json.dumps(graph)], [URL], TITLES)
    assert (found.text("datePublished"), list(found.authors()), list(found.keywords())) == (
        DATE,
        ["Анна Коваль"],
        ["міст"],
    )


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ({"@type": "Person", "name": "А"}, ["А"]),
        ({"@type": ["Person"], "name": ["А", "Б"]}, ["А", "Б"]),
        (["А", {"name": "Б"}], ["А", "Б"]),
        ("Газета", []),  # the publisher
        ({"@type": "NewsMediaOrganization", "name": "Г"}, []),
        ({"@id": "#nobody"}, []),
        (7, []),
    ],
)
def test_authors(author: Any, names: list[str]) -> None:
    data = article(author=author, publisher={"@type": "Organization", "name": "Газета"})
    assert list(find_article([json.dumps(data)]).authors()) == names


def test_deep_and_wide_json_is_bounded() -> None:
    deep: Any = article(url=URL)
    for _ in range(200):
        deep = {"@graph": [deep]}
    assert date_in(deep) == ""
    assert date_in([{}] * 5000 + [article(url=URL)]) == ""
    assert find_article(["[" * 100_000]).properties == {}
