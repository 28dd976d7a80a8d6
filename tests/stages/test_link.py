"""Sites whose URLs do not say which editions are one story: built from pages, by hreflang links and by content."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from corpus_builder.crawl.frontier import Frontier
from corpus_builder.crawl.links import REDIRECTED
from corpus_builder.errors import NothingProduced
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import DatasetConfig, RunConfig
from corpus_builder.stages.link import link
from corpus_builder.stages.pipeline import stages_of
from corpus_builder.stages.stage import Run, Source
from corpus_builder.workspace.tables import read_drops, read_stories

RULES = """
name = "mine"
title = "Mine"
homepage = "https://n.example"
domains = ["n.example", "en.n.example"]
drop_query = false
[linking]
by = [{by}]
[editions.uk]
with_host = true
paths = ['n\\.example/uk/(?P<year>\\d+)/(?P<month>\\d+)/(?P<day>\\d+)/[\\w-]+']
[editions.ru]
with_host = true
with_query = true
paths = ['n\\.example/(?P<year>\\d+)/(?P<month>\\d+)/(?P<day>\\d+)/[\\w-]+\\?lang=ru']
[editions.en]
with_host = true
paths = ['en\\.n\\.example/(?P<year>\\d+)/(?P<month>\\d+)/(?P<day>\\d+)/[\\w-]+']
[[layouts]]
name = "only"
match = "main"
title = "h1"
body = "main div"
"""
URLS = {
    "uk": "https://n.example/uk/{day}/{slug}",
    "ru": "https://n.example/{day}/{slug}?lang=ru",
    "en": "https://en.n.example/{day}/{slug}",
}
TEXTS = {
    "bridge": {
        "uk": "Міст через Десну в Чернігові закрито 14 березня. Мер Владислав Атрошенко обіцяє 250 млн гривень.",
        "ru": "Мост через Десну в Чернигове закрыли 14 марта. Мэр Владислав Атрошенко обещает 250 млн гривен.",
        "en": "The bridge over the Desna in Chernihiv closed on 14 March. Mayor Vladyslav Atroshenko has 250 million.",
    },
    "bread": {
        "uk": "Хліб у Полтаві подорожчав на 17 відсотків. Про це сказала Олена Кравченко з пекарні «Колос».",
        "ru": "Хлеб в Полтаве подорожал на 17 процентов. Об этом сказала Елена Кравченко из пекарни «Колос».",
        "en": "Bread in Poltava costs 17 percent more. Olena Kravchenko of the Kolos bakery said so on Monday.",
    },
    "match": {
        "uk": "Динамо перемогло Шахтар з рахунком 3:2 у Харкові. Голи забили Циганков і Шапаренко, бачили 12450 людей.",
        "ru": "Динамо победило Шахтёр со счётом 3:2 в Харькове. Голы забили Цыганков и Шапаренко, видели 12450 людей.",
        "en": "Dynamo beat Shakhtar 3:2 in Kharkiv. Tsyhankov and Shaparenko scored, and 12450 people saw it.",
    },
}


def address(language: str, story: str, day: str = "2025/03/14") -> str:
    return URLS[language].format(day=day, slug=f"{story}-{language}")


def page(language: str, story: str, alternates: Sequence[str], day: str = "2025/03/14") -> str:
    links = "".join(
        f'<link rel="alternate" hreflang="{"ua" if other == "uk" else other}" href="{address(other, story, day)}">'
        for other in alternates
    )
    text = TEXTS[story][language]
    return (
        f'<html lang="{language}"><head><meta charset="utf-8">{links}'
        f'<link rel="canonical" href="{address(language, story, day)}"></head>'
        f"<body><main><h1>{text.split('.')[0]}</h1><div><p>{text}</p></div></main></body></html>"
    )


def built(folder: Path, by: str, pages: dict[tuple[str, str], str]) -> Run:
    folder.mkdir(exist_ok=True)
    (folder / "mine.toml").write_text(RULES.format(by=by), encoding="utf-8")
    saved = folder / "pages"
    saved.mkdir(exist_ok=True)
    for (language, story), html in pages.items():
        (saved / f"{story}.{language}.html").write_text(html, encoding="utf-8")
    run = build_run(RunConfig(site=str(folder / "mine.toml")), folder / "w", source=Source(pages=saved), workers=1)
    build(run, stages_of("crawl", "extract"))
    return run


def linked(run: Run) -> set[tuple[str, frozenset[str]]]:
    """The stories as (slug, languages); a story of pages with two slugs fails."""
    found = set()
    for path in run.workspace.shards().values():
        for story in read_stories(path):
            (slug,) = {edition.url.rsplit("/", 1)[1].split("-")[0] for edition in story.editions.values()}
            found.add((slug, frozenset(story.editions)))
    return found


def ids(run: Run) -> dict[str, str]:
    shards = run.workspace.shards().values()
    return {
        edition.url: story.article_id
        for path in shards
        for story in read_stories(path)
        for edition in story.editions.values()
    }


def reasons(run: Run) -> list[str]:
    return sorted(drop.reason for drop in read_drops(run.workspace.dropped / "link.parquet"))


def all_pages(alternates: bool) -> dict[tuple[str, str], str]:
    languages = ("uk", "ru", "en") if alternates else ()
    return {(language, story): page(language, story, languages) for story in TEXTS for language in ("uk", "ru", "en")}


def test_hreflang_links_that_point_back_make_stories(tmp_path: Path) -> None:
    run = built(tmp_path, '"hreflang"', all_pages(alternates=True))
    assert linked(run) == {(story, frozenset(("uk", "ru", "en"))) for story in TEXTS}
    assert reasons(run) == []
    assert run.manifest.counts("link")["stories_of_3"] == 3


def test_a_hreflang_link_that_does_not_point_back_links_nothing_and_is_noted(tmp_path: Path) -> None:
    pages = all_pages(alternates=False)
    pages["uk", "bridge"] = page("uk", "bridge", ["en"])
    run = built(tmp_path, '"hreflang"', pages)
    assert len(linked(run)) == 9
    assert reasons(run) == ["hreflang_not_mutual"]


def test_an_edition_that_is_named_but_was_not_found_is_noted(tmp_path: Path) -> None:
    pages = all_pages(alternates=True)
    del pages["en", "bread"]
    run = built(tmp_path, '"hreflang"', pages)
    assert ("bread", frozenset(("uk", "ru"))) in linked(run)
    assert reasons(run) == ["edition_missing", "edition_missing"]


def test_content_links_what_nothing_else_does_and_leaves_single_what_has_no_counterpart(tmp_path: Path) -> None:
    pages = all_pages(alternates=False)
    del pages["en", "bread"]
    run = built(tmp_path, '"content"', pages)
    assert linked(run) == {
        ("bridge", frozenset(("uk", "ru", "en"))),
        ("match", frozenset(("uk", "ru", "en"))),
        ("bread", frozenset(("uk", "ru"))),
    }


def test_a_story_keeps_its_id_when_a_later_edition_is_added(tmp_path: Path) -> None:
    pages = all_pages(alternates=True)
    del pages["en", "match"]
    before = ids(built(tmp_path, '"hreflang"', pages))
    after = ids(built(tmp_path, '"hreflang"', all_pages(alternates=True)))
    assert after.items() >= before.items()
    assert after[address("en", "match")] == after[address("uk", "match")]


def test_editions_of_two_months_are_one_story_and_nothing_runs_twice(tmp_path: Path) -> None:
    pages = all_pages(alternates=True)
    for language in ("uk", "ru", "en"):
        pages[language, "bread"] = page(language, "bread", ["uk", "ru", "en"], "2025/04/01")
    pages["en", "bread"] = pages["en", "bread"].replace("<p>", "<p><a href='https://x.example/a'>.</a>")
    run = built(tmp_path, '"hreflang"', pages)
    assert set(run.workspace.shards()) == {"2025-03", "2025-04"}
    times = {path: path.stat().st_mtime_ns for path in run.workspace.shards().values()}
    again = built(tmp_path, '"hreflang"', pages)
    assert {path: path.stat().st_mtime_ns for path in again.workspace.shards().values()} == times


def json_ld(language: str, story: str, named: dict[str, list[str]]) -> str:
    """A page that names its translations in JSON-LD and nowhere else."""
    article: dict[str, object] = {"@type": "NewsArticle", "url": address(language, story)}
    for key, others in named.items():
        works: list[object] = [{"@type": "NewsArticle", "@id": address(other, story)} for other in others]
        article[key] = works if key == "workTranslation" else address(others[0], story)
    script = f'<script type="application/ld+json">{json.dumps(article)}</script></head>'
    return page(language, story, ()).replace("</head>", script)


def test_translations_named_in_json_ld_make_stories(tmp_path: Path) -> None:
    pages = all_pages(alternates=False)
    pages["uk", "bridge"] = json_ld("uk", "bridge", {"workTranslation": ["ru", "en"]})
    for language in ("ru", "en"):
        pages[language, "bridge"] = json_ld(language, "bridge", {"translationOfWork": ["uk"]})
    pages["uk", "bread"] = json_ld("uk", "bread", {"workTranslation": ["ru"]})  # not answered
    run = built(tmp_path, '"hreflang"', pages)
    assert ("bridge", frozenset(("uk", "ru", "en"))) in linked(run)
    assert len(linked(run)) == 7
    assert reasons(run) == ["hreflang_not_mutual"]


def crawled(run: Run, links: Sequence[tuple[str, str, str, str]]) -> None:
    """The state of a crawl whose sitemaps have these links between editions: language and story, those named."""
    run.workspace.crawl.mkdir(exist_ok=True)
    frontier = Frontier(run.workspace.crawl / "state.sqlite")
    with frontier.transaction():
        for language, story, other, named in links:
            key = run.site.identify(address(language, story))
            assert key
            frontier.add_links([(f"{language}/{key.article_id}", other, address(other, named), "sitemap")])
    frontier.close()


def test_sitemaps_link_editions_that_name_each_other_there(tmp_path: Path) -> None:
    pages = all_pages(alternates=False)
    pages["uk", "match"] = page("uk", "match", ["en"])
    run = built(tmp_path, '"hreflang"', pages)
    assert len(linked(run)) == 9
    answered = [("uk", "bridge", "ru", "bridge"), ("ru", "bridge", "uk", "bridge"), ("en", "match", "uk", "match")]
    crawled(run, [*answered, ("uk", "bread", "en", "bread")])
    link(run)
    assert {story for story in linked(run) if len(story[1]) > 1} == {
        ("bridge", frozenset(("uk", "ru"))),
        ("match", frozenset(("uk", "en"))),  # named by the page, answered by the sitemap
    }
    assert reasons(run) == []


def test_what_pages_say_of_each_other_comes_before_what_sitemaps_say(tmp_path: Path) -> None:
    run = built(tmp_path, '"hreflang"', all_pages(alternates=True))
    crawled(run, [("uk", "bridge", "en", "match"), ("en", "match", "uk", "bridge")])
    link(run)
    assert linked(run) == {(story, frozenset(("uk", "ru", "en"))) for story in TEXTS}


def test_addresses_that_lead_to_a_page_stand_for_it(tmp_path: Path) -> None:
    """By a redirect that the crawl has followed, by a canonical URL, or but for a query that the page has not."""
    pages = {(language, "bridge"): page(language, "bridge", ["uk", "ru", "en"]) for language in ("uk", "ru", "en")}
    new, old = address("en", "bridge"), address("en", "old")
    pages = {
        key: html.replace(f'hreflang="en" href="{new}"', f'hreflang="en" href="{old}"') for key, html in pages.items()
    }
    run = built(tmp_path / "a", '"hreflang"', pages)
    assert len(linked(run)) == 2
    assert reasons(run) == ["edition_missing"] * 3 + ["hreflang_not_mutual"] * 2
    crawled(run, [])
    with closing(sqlite3.connect(run.workspace.crawl / "state.sqlite")) as state, state:
        values = ("article", "k", old, "failed", REDIRECTED, new)
        state.execute("INSERT INTO pages (kind, key, url, state, reason, detail) VALUES (?, ?, ?, ?, ?, ?)", values)
    link(run)
    assert linked(run) == {("bridge", frozenset(("uk", "ru", "en")))}
    assert reasons(run) == []
    canonical = page("en", "bridge", ()).replace("<head>", f"<head><!-- saved from {old} at x using monolith -->")
    run = built(tmp_path / "b", '"hreflang"', {**pages, ("en", "copy"): canonical})
    assert linked(run) == {("bridge", frozenset(("uk", "ru", "en")))}
    assert reasons(run) == []
    run = built(tmp_path / "c", '"hreflang"', {key: html.replace(old, f"{new}?amp=1") for key, html in pages.items()})
    assert linked(run) == {("bridge", frozenset(("uk", "ru", "en")))}


def test_a_home_page_in_place_of_an_edition_is_noted(tmp_path: Path) -> None:
    html = page("uk", "bridge", ["uk", "en"]).replace(address("en", "bridge"), "https://en.n.example/")
    run = built(tmp_path, '"hreflang"', {("uk", "bridge"): html, ("en", "bridge"): page("en", "bridge", ["en"])})
    assert len(linked(run)) == 2
    assert reasons(run) == ["hreflang_no_article"]


def test_of_two_editions_in_a_language_that_name_one_the_first_counts(tmp_path: Path) -> None:
    links = f'<link rel="alternate" hreflang="uk-UA" href="{address("uk", "bread")}">'
    pages = {
        key: page(*key, ["uk", "en"]).replace("</head>", f"{links}</head>")
        for key in (("uk", "bridge"), ("en", "bridge"))
    }
    named = page("uk", "bread", ()).replace(
        "</head>", f'<link rel="alternate" hreflang="en" href="{address("en", "bridge")}"></head>'
    )
    run = built(tmp_path, '"hreflang"', {**pages, ("uk", "bread"): named})
    stories = [
        frozenset(url.rsplit("/", 1)[1] for url, own in ids(run).items() if own == story)
        for story in set(ids(run).values())
    ]
    assert sorted(map(sorted, stories)) == [["bread-uk", "bridge-en"], ["bridge-uk"]]
    assert reasons(run) == ["hreflang_other_article"]
    assert run.manifest.counts("link")["linked_by_hreflang"] == 1


def test_pages_are_compared_across_months_by_their_days(tmp_path: Path) -> None:
    """What is near in time may be in another shard; nothing runs again."""
    pages = all_pages(alternates=False)
    pages["en", "bread"] = page("en", "bread", (), "2025/04/01")
    pages["uk", "bread"] = page("uk", "bread", (), "2025/03/31")
    pages["ru", "bread"] = page("ru", "bread", (), "2025/05/31")
    run = built(tmp_path, '"content"', pages)
    assert {story for story in linked(run) if story[0] == "bread"} == {
        ("bread", frozenset(("uk", "en"))), ("bread", frozenset(("ru",))),
    }  # fmt: skip
    made = {path: path.stat().st_mtime_ns for path in run.workspace.editions.rglob("*") if path.is_file()}
    assert any(path.parent.name == "2025-04" for path in made)
    again = built(tmp_path, '"content"', pages)
    assert {path: path.stat().st_mtime_ns for path in again.workspace.editions.rglob("*") if path.is_file()} == made


def prepared(folder: Path, pages: Sequence[tuple[str, str]], languages: tuple[str, ...], test: float = 0.1) -> Run:
    (folder / "mine.toml").write_text(RULES.format(by='"hreflang"'), encoding="utf-8")
    saved = folder / "pages"
    saved.mkdir()
    for language, story in pages:
        text = page(language, story, ("uk", "ru", "en")).replace("<p>", "<p>" + "Again. " * 3)
        (saved / f"{story}.{language}.html").write_text(text, encoding="utf-8")
    dataset = DatasetConfig(test=test)
    config = RunConfig(site=str(folder / "mine.toml"), languages=languages, dataset=dataset)
    return build_run(config, folder / "w", source=Source(pages=saved), workers=1)


@pytest.mark.parametrize(
    ("pages", "languages"),
    [
        ([("uk", "bridge"), ("ru", "bread"), ("en", "match")], ("uk", "ru", "en")),
        ([("uk", "bridge"), ("uk", "bread"), ("uk", "match")], ("uk", "ru", "en")),
        ([("uk", "bridge"), ("en", "bread")], ("uk", "en")),
        ([("en", "bridge")], ("uk", "en")),
    ],
)
def test_stories_of_one_edition_alone_are_no_dataset(
    tmp_path: Path, pages: Sequence[tuple[str, str]], languages: tuple[str, ...]
) -> None:
    run = prepared(tmp_path, pages, languages)
    with pytest.raises(NothingProduced, match=rf"no story has two or more editions.*only_edition {len(pages)}"):
        build(run)
    assert list(run.workspace.dataset.rglob("*")) == []
    assert run.manifest.counts("export")["rows_monolingual.uk"] == 0


def test_one_story_of_two_editions_is_a_dataset(tmp_path: Path) -> None:
    run = prepared(tmp_path, [("uk", "bridge"), ("en", "bridge"), ("uk", "match")], ("uk", "en"))
    build(run)
    card = (run.workspace.dataset / "README.md").read_text(encoding="utf-8")
    assert "monolingual.uk" in card
    assert "documents.en-uk" in card
