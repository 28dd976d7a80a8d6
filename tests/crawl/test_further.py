"""Articles of several responses, by the rules that docs/sites.md shows: the text in an API's answers, later pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus_builder.crawl import CrawlSummary, crawl, crawl_drops, index_crawl, index_pages, index_warcs, remove_records
from corpus_builder.crawl.choice import by_page
from corpus_builder.crawl.options import CaptureRef
from corpus_builder.crawl.warcread import walk
from corpus_builder.errors import SkipPage
from corpus_builder.model import BlockKind, Edition
from corpus_builder.newspaper import load_newspaper
from corpus_builder.newspaper.stories import Story
from corpus_builder.parquet import read_rows
from corpus_builder.resources import shipped
from corpus_builder.sites import Site, load_site
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import RunConfig
from corpus_builder.stages.page_editions import edition_of
from corpus_builder.stages.pipeline import STAGES

from .conftest import OPTIONS, Answer, Newspaper

Truth = dict[tuple[str, str], list[str]]
"""The texts of the paragraphs by language and id."""

LANGUAGES = ("uk", "ru", "en")


def rules(name: str, tmp_path: Path) -> Path:
    """The rules of an example of the docs, as a file."""
    docs = (shipped("configs").parent / "docs/sites.md").read_text(encoding="utf-8")
    [example] = [code for code in re.findall(r"```toml\n(.*?)```", docs, re.DOTALL) if f'name = "{name}"' in code[:30]]
    path = tmp_path / f"{name}.toml"
    path.write_text(example, encoding="utf-8")
    return path


def stories() -> list[Story]:
    """Two stories of the sample newspaper in all three languages."""
    found = [story for story in load_newspaper().stories if set(story.editions) == {"uk", "ru", "en"}]
    return [story for story in found if not story.shows and not story.opt_out][:2]


def paragraphs(story: Story, language: str) -> list[str]:
    blocks = story.blocks(language)
    return [" ".join(unit.texts[language].text for unit in block.units) for block in blocks if block.units]


def serve_app(paper: Newspaper) -> Truth:
    """A newsroom whose pages are shells; the API has the texts as objects, headings and lists among them."""
    truth: Truth = {}
    urls = []
    for number, story in enumerate(stories(), 1):
        for language in LANGUAGES:
            texts = paragraphs(story, language)
            uid = f"{number}-{language}"
            path = f"/{language}/news/{number}"
            paper.put(path, f"<html><head><meta name=uid content='{uid}'></head><body><div id=app></div></body></html>")
            urls.append(path)
            blocks = [{"type": "paragraph", "data": {"text": f"<i>{text[:5]}</i>{text[5:]}"}} for text in texts[1:]]
            blocks[1:1] = [
                {"type": "header", "data": {"text": "§ 1 &amp; 2"}},
                {"type": "embed", "data": {"text": "Watch the video"}},
                {"type": "list", "data": {"items": ["One & the same", "<b>Two</b>"]}},
                {"type": "image", "data": {"text": "A caption"}},
            ]
            article = {
                "title": story.titles[language],
                "summary": texts[0],
                "blocks": blocks,
                "authors": [{"name": "Olha Kovalenko"}],
                "published_at": 1764540000,
                "tags": ["One", "Two"],
                "photos": [{"caption": "Another caption"}, {}],
            }
            api = "ua" if language == "uk" else language
            paper.put(
                f"/v1/{api}/articles/{uid}?fields=all",
                Answer(json.dumps({"article": article}).encode(), headers={"Content-Type": "application/json"}),
            )
            truth[language, str(number)] = [texts[0], texts[1], "§ 1 & 2", "One & the same", "Two", *texts[2:]]
    paper.sitemap("/sitemap.xml", urls)
    return truth


def serve_magazine(paper: Newspaper) -> Truth:
    """A magazine whose articles have two and three pages, with the lead on each and links to the pages in the text."""
    truth: Truth = {}
    urls = []
    for number, story in enumerate(stories(), 2):
        for language in LANGUAGES:
            texts = paragraphs(story, language)
            path = f"{'' if language == 'uk' else '/' + language}/2025/12/01/story-{number}"
            pages = [texts[1:][place::number] for place in range(number)]
            for place, page in enumerate(pages, 1):
                links = "".join(
                    f"<li>{at}</li>"
                    if at == place
                    else f"<li><a href='{path}{f'/page/{at}' if at > 1 else ''}'>{at}</a></li>"
                    for at in range(1, number + 1)
                    if at in (1, place - 1, place, place + 1, number)
                )
                body = "".join(f"<p>{text}</p>" for text in page)
                paper.put(
                    page_path(path, place),
                    f"<html><head><link rel=canonical href='https://magazine.example{path}'></head><body><article>"
                    f"<h1>{story.titles[language]}</h1><p class=lead>{texts[0]}</p><p class=author>Олена Гук</p>"
                    f"<div class=text>{body}<ul class=p>{links}</ul></div></article></body></html>",
                )
            urls.append(path)
            truth[language, f"story-{number}"] = [texts[0], *(text for page in pages for text in page)]
    paper.sitemap("/sitemap.xml", urls)
    return truth


def page_path(path: str, number: int) -> str:
    return f"{path}/page/{number}" if number > 1 else path


SITES: dict[str, Callable[[Newspaper], Truth]] = {"app": serve_app, "magazine": serve_magazine}


@pytest.fixture(params=sorted(SITES))
def served(request: pytest.FixtureRequest, paper: Newspaper, tmp_path: Path) -> tuple[Site, Truth]:
    truth = SITES[request.param](paper)
    return load_site(str(rules(request.param, tmp_path)), paper.base), truth


def crawled(site: Site, folder: Path, **changes: object) -> CrawlSummary:
    return crawl(site, replace(OPTIONS, **changes), folder)


def editions(refs: list[CaptureRef], site: Site) -> dict[tuple[str, str], Edition | str]:
    found: dict[tuple[str, str], Edition | str] = {}
    for page in by_page(refs):
        try:
            edition: Edition | str = edition_of(page, site)
        except SkipPage as skipped:
            edition = str(skipped)
        found[page[0].language, page[0].article_id] = edition
    return found


def texts(found: dict[tuple[str, str], Edition | str]) -> Truth:
    return {
        key: [block.text for block in edition.blocks if block.kind is not BlockKind.TITLE]
        for key, edition in found.items()
        if isinstance(edition, Edition)
    }


def check(found: dict[tuple[str, str], Edition | str], truth: Truth) -> None:
    """The editions have exactly the blocks that were written, in their order."""
    # The labels of the newspaper are blocks of the truth without them, so that none of it depends on labels.
    assert {key: "".join(value).replace(" ", "") for key, value in texts(found).items()} == {
        key: "".join(value).replace(" ", "") for key, value in truth.items()
    }
    assert {key: len(value) for key, value in texts(found).items()} == {key: len(value) for key, value in truth.items()}


def test_a_site_is_crawled_and_read_whole(served: tuple[Site, Truth], tmp_path: Path) -> None:
    site, truth = served
    crawled(site, tmp_path / "crawl")
    refs = index_crawl(tmp_path / "crawl", site, OPTIONS)
    check(editions(refs, site), truth)
    # What was fetched is enough, also as WARC files and without the mirror's name.
    warcs, drops = index_warcs(
        str(tmp_path / "crawl/warc/*.warc.gz"), load_site(str(tmp_path / f"{site.name}.toml")), OPTIONS
    )
    check(editions(warcs, site), truth)
    assert not [drop for drop in drops if drop.reason not in ("off_site", "not_an_article")]
    # A second index over what the workspace has keeps the further responses.
    again, _ = index_warcs(str(tmp_path / "crawl/warc/*.warc.gz"), site, OPTIONS, earlier=refs)
    check(editions(again, site), truth)


@pytest.mark.slow
def test_a_site_is_built_whole(paper: Newspaper, tmp_path: Path) -> None:
    """From robots.txt to the dataset, as the command builds."""
    truth = serve_app(paper)
    run = build_run(RunConfig(site=str(rules("app", tmp_path))), tmp_path / "w", mirror=paper.base, workers=1)
    build(run, STAGES)
    found = {
        (row["language"], row["article_id"]): [block["text"] for block in row["blocks"] if block["kind"] != "title"]
        for path in run.workspace.shards().values()
        for row in read_rows(path)
    }
    assert {key: len(value) for key, value in found.items()} == {key: len(value) for key, value in truth.items()}
    [rows] = (tmp_path / "w/dataset/data/documents").glob("*.parquet")
    assert all(all(row["translation"].values()) for row in read_rows(rows))


def test_what_the_rules_say_of_an_answer(paper: Newspaper, tmp_path: Path) -> None:
    serve_app(paper)
    site = load_site(str(rules("app", tmp_path)), paper.base)
    crawled(site, tmp_path / "crawl", languages=("uk",))
    edition = editions(index_crawl(tmp_path / "crawl", site, OPTIONS), site)["uk", "1"]
    assert isinstance(edition, Edition)
    kinds = [block.kind for block in edition.blocks]
    assert kinds[:2] == [BlockKind.TITLE, BlockKind.LEAD]
    assert kinds.count(BlockKind.HEADING) == 1
    assert kinds.count(BlockKind.LIST_ITEM) >= 2
    assert [caption.text for caption in edition.captions] == ["Another caption", "A caption"]
    assert edition.title == stories()[0].titles["uk"]
    assert edition.authors == ("Olha Kovalenko",)
    assert edition.tags == ("One", "Two")
    assert edition.published is not None
    assert edition.published.isoformat() == "2025-11-30T22:00:00+00:00"
    assert edition.layout == "app"


def part_path(paper: Newspaper, site: Site) -> str:
    """The path of a further response of one article: its last page, or its answer."""
    return max(path for path in paper.answers if re.search(r"/v1/en/articles/1|/en/2025/12/01/story-3/page/3", path))


@pytest.mark.parametrize(
    ("answer", "reason", "detail"),
    [
        (Answer(b"gone", 404), "incomplete", "http_404"),
        (Answer(b"", 200), "incomplete", ""),
        (Answer(b"<html><p>This is neither</p></html>", headers={"X-Robots-Tag": "noindex"}), "opt_out_noindex", ""),
        (Answer(b"", 302, {"Location": "https://elsewhere.example/"}), "incomplete", "off_site"),
        (Answer(b"", 302, {"Location": "/en/2025/12/01/story-3"}), "incomplete", ""),
    ],
)
def test_half_an_article_is_dropped(
    served: tuple[Site, Truth], paper: Newspaper, tmp_path: Path, answer: Answer, reason: str, detail: str
) -> None:
    site, truth = served
    path = part_path(paper, site)
    paper.put(path, answer)
    crawled(site, tmp_path / "crawl", retries=0)
    refs = index_crawl(tmp_path / "crawl", site, OPTIONS)
    lost = ("en", "1" if site.name == "app" else "story-3")
    check(editions(refs, site), {key: value for key, value in truth.items() if key != lost})
    [drop] = [drop for drop in crawl_drops(tmp_path / "crawl") if drop.article_id == lost[1]]
    assert (drop.reason, drop.language) == (reason, "en")
    assert detail in drop.detail
    assert reason != "incomplete" or path.rpartition("/")[2] in drop.detail


def test_a_page_that_loses_a_part_keeps_its_whole_capture(
    served: tuple[Site, Truth], paper: Newspaper, tmp_path: Path
) -> None:
    site, truth = served
    crawled(site, tmp_path / "crawl")
    paper.put(part_path(paper, site), Answer(b"gone", 404))
    crawled(site, tmp_path / "crawl")
    check(editions(index_crawl(tmp_path / "crawl", site, OPTIONS), site), truth)


def test_a_part_that_changes_is_read_again_and_others_are_not_stored_twice(
    served: tuple[Site, Truth], paper: Newspaper, tmp_path: Path
) -> None:
    site, truth = served
    first = crawled(site, tmp_path / "crawl")
    path = part_path(paper, site)
    key = ("en", "1" if site.name == "app" else "story-3")
    old = truth[key][-1]
    paper.answers[path][0].body = paper.answers[path][0].body.replace(
        json.dumps(old[-20:]).strip('"').encode() if site.name == "app" else old[-20:].encode(), b"were changed."
    )
    truth[key][-1] = old[:-20] + "were changed."
    size = (tmp_path / "crawl/warc/crawl-00001.warc.gz").stat().st_size
    second = crawled(site, tmp_path / "crawl")
    check(editions(index_crawl(tmp_path / "crawl", site, OPTIONS), site), truth)
    assert second.counts["pages_same"] + second.counts["pages_not_modified"] == first.counts["pages_fetched"]
    assert second.counts["further_responses"] == first.counts["further_responses"]
    kinds = [re.search(rb"WARC-Type: (\w+)", record.data) for record in records(tmp_path / "crawl", size)]
    assert [kind[1] for kind in kinds if kind].count(b"response") == 1


def records(folder: Path, start: int) -> Iterator[object]:
    [file] = (folder / "warc").glob("*.warc.gz")
    return (record for record in walk(file, 2000) if record.offset >= start)


def test_taking_an_article_down_removes_its_further_responses(
    served: tuple[Site, Truth], paper: Newspaper, tmp_path: Path
) -> None:
    site, truth = served
    crawled(site, tmp_path / "crawl")
    gone = "1" if site.name == "app" else "story-3"
    remove_records(tmp_path / "crawl", load_site(str(tmp_path / f"{site.name}.toml")), [gone])
    text = b"".join(record.data for file in (tmp_path / "crawl/warc").iterdir() for record in walk(file, 10**6))
    for (language, article_id), blocks in truth.items():
        needle = blocks[-1][-20:]
        spelled = json.dumps(needle).strip('"').encode() if site.name == "app" else needle.encode()
        assert (spelled in text) == (article_id != gone), (language, article_id)


def test_saved_pages_of_a_magazine(paper: Newspaper, tmp_path: Path) -> None:
    truth = serve_magazine(paper)
    site = load_site(str(rules("magazine", tmp_path)))
    for path, answers in paper.answers.items():
        if path.startswith(("/2025", "/ru", "/en")):
            file = tmp_path / f"saved/magazine.example{path}/index.html"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(answers[0].body)
    refs, drops = index_pages(tmp_path / "saved", site, OPTIONS)
    check(editions(refs, site), truth)
    assert not drops
    (tmp_path / "saved/magazine.example/en/2025/12/01/story-3/page/2/index.html").unlink()
    (tmp_path / "saved/magazine.example/ru/2025/12/01/story-2/index.html").unlink()
    refs, drops = index_pages(tmp_path / "saved", site, OPTIONS)
    found = editions(refs, site)
    assert (
        found["en", "story-3"] == "incomplete: page 2 is missing: https://magazine.example/en/2025/12/01/story-3/page/2"
    )
    assert [(drop.reason, drop.article_id) for drop in drops] == [("first_page_missing", "story-2")]


def test_saved_answers_of_an_api(paper: Newspaper, tmp_path: Path) -> None:
    truth = serve_app(paper)
    site = load_site(str(rules("app", tmp_path)))
    for path, answers in paper.answers.items():
        if re.match("/(?:uk|ru|en)/|/v1/", path):
            host = "api.news.example" if path.startswith("/v1") else "news.example"
            ending = {"api.news.example": ".json", "news.example": "/index.html"}[host]
            file = tmp_path / f"saved/{host}{path}{ending}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(answers[0].body)
    refs, drops = index_pages(tmp_path / "saved", site, OPTIONS)
    check(editions(refs, site), truth)
    assert not drops
    (tmp_path / "saved/api.news.example/v1/en/articles/1-en?fields=all.json").unlink()
    refs, _ = index_pages(tmp_path / "saved", site, OPTIONS)
    found = editions(refs, site)["en", "1"]
    assert (
        found == "incomplete: the answer of the API is missing: https://api.news.example/v1/en/articles/1-en?fields=all"
    )


def test_editions_that_a_sitemap_names_in_one_entry_are_fetched(paper: Newspaper, tmp_path: Path) -> None:
    """Also by relative addresses, and as the default edition."""
    truth = serve_magazine(paper)
    entries = "".join(
        f"<url><loc>{paper.base}/2025/12/01/{number}</loc>"
        f"<xhtml:link rel='alternate' hreflang='ru-UA' href='/ru/2025/12/01/{number}'/>"
        f"<xhtml:link rel='alternate' hreflang='x-default' href='{paper.base}/en/2025/12/01/{number}'/></url>"
        for number in ("story-2", "story-3")
    )
    paper.put("/sitemap.xml", f"<urlset xmlns:xhtml='http://www.w3.org/1999/xhtml'>{entries}</urlset>")
    site = load_site(str(rules("magazine", tmp_path)), paper.base)
    crawled(site, tmp_path / "crawl")
    check(editions(index_crawl(tmp_path / "crawl", site, OPTIONS), site), truth)
