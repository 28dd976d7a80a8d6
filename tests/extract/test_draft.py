"""Rules drafted from pages: they read the pages that they were made from, and others of the same layout."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from lxml import etree
from typer.testing import CliRunner

from corpus_builder.cli.main import app
from corpus_builder.cli.sites import drafted_site
from corpus_builder.errors import NothingProduced, SkipPage, UsageError
from corpus_builder.extract import extract_page
from corpus_builder.extract.draft import draft_rules
from corpus_builder.extract.draft_addresses import address_rules
from corpus_builder.extract.draft_read import is_homepage
from corpus_builder.extract.draft_selectors import simple_names
from corpus_builder.model import BlockKind, Capture
from corpus_builder.newspaper.markup import Renderer
from corpus_builder.newspaper.stories import load_newspaper
from corpus_builder.sites import load_site

pytest.importorskip("trafilatura")


def pages() -> list[Capture]:
    """The editions of all stories of the sample newspaper."""
    paper = load_newspaper()
    home = load_site("sample").rules.homepage
    renderer = Renderer(paper, home)
    return [
        Capture(home + paper.path(story, language), 200, {}, renderer.page(story, language).encode(), None, "")
        for story in paper.stories
        if not story.opt_out and not story.shows and story.era and len(story.units) > 3
        for language in story.editions
    ]


def texts(capture: Capture, name: str) -> list[str]:
    rules = drafted_site(name) if "\n" in name else load_site(name)
    return [block.text for block in extract_page(capture, rules).blocks if block.kind is not BlockKind.TITLE]


@pytest.mark.parametrize(
    ("stories", "urls"),
    [
        (
            [
                {
                    "uk": "https://n.example/news/2025/12/01/8009697/",
                    "en": "https://n.example/eng/news/2025/12/1/8009697/",
                }
            ],
            {
                "uk": "https://n.example/articles/2024/1/31/70000/",
                "en": "https://n.example/eng/columns/2024/1/31/70000/",
            },
        ),
        (
            [{"uk": "https://n.example/news/1229-slovo", "ru": "https://n.example/ru/news/1229-drugoe-slovo"}],
            {"uk": "https://n.example/texts/5-nove", "ru": "https://n.example/ru/texts/5-novoe"},
        ),
        (
            [{"uk": "https://www.n.example/slovo-50320017.html", "en": "https://en.n.example/word-50320017.html"}],
            {"uk": "https://www.n.example/inshe-77.html", "en": "https://en.n.example/another-one-77.html"},
        ),
    ],
)
def test_patterns_with_an_id_hold_for_other_articles(stories: list[dict[str, str]], urls: dict[str, str]) -> None:
    made = address_rules(stories)
    assert made.has_id
    lines = ['name = "n"', 'title = "N"', 'homepage = "https://n.example"']
    lines.append(f"domains = {json.dumps(list(made.hosts))}")
    for language, paths in made.paths.items():
        lines += [f"[editions.{language}]", f"paths = {json.dumps(list(paths))}"]
        lines += [f'homepage = "{made.homepages[language]}"'] if made.homepages else []
    site = drafted_site("\n".join(lines))
    keys = {language: site.identify(url) for language, url in urls.items()}
    assert {key.article_id for key in keys.values() if key} == {next(iter(keys.values())).article_id}  # type: ignore[union-attr]
    assert {language: key.language for language, key in keys.items() if key} == {each: each for each in urls}


def test_addresses_that_share_no_number_are_linked_otherwise() -> None:
    story = {"uk": "https://n.example/uk/2025/11/25/slovo", "en": "https://n.example/en/2025/11/25/word"}
    made = address_rules([story])
    assert not made.has_id
    assert made.paths["en"] == [r"/en/(?P<year>\d{4})/(?P<month>\d\d?)/(?P<day>\d\d?)/[^/]+"]


@pytest.mark.parametrize(
    "urls",
    [
        ("https://n.example/2025-review", "https://n.example/en/2025-review"),
        ("https://n.example/2025/12/01/slovo", "https://n.example/en/2025/12/01/word"),
        ("https://n.example/articles/4455/slovo", "https://n.example/en/news/5544/word"),
    ],
)
def test_years_and_numbers_that_differ_are_no_ids(urls: tuple[str, str]) -> None:
    made = address_rules([{"uk": urls[0], "en": urls[1]}])
    assert not made.has_id
    assert not any("(?P<id>" in path for own in made.paths.values() for path in own)


@pytest.mark.parametrize("canonical", ["https://www.vilna-hazeta.example/", "https://www.vilna-hazeta.example", "#"])
def test_a_canonical_address_that_is_the_homepage_is_not_the_articles(canonical: str) -> None:
    first = pages()[0]
    body = re.sub(rb'(rel="canonical"[^>]*href=")[^"]*', rb"\g<1>" + canonical.encode(), first.body)
    site = drafted_site(draft_rules([Capture(first.url, 200, {}, body, None, "")]).toml)
    assert site.identify(first.url)


def test_a_page_of_another_site_with_quotes_in_its_address_makes_a_valid_file(tmp_path: Path) -> None:
    capture = pages()[0]
    odd = Capture(
        capture.url.replace("/news/", "/n'ew\"s/"), 200, {}, capture.body.replace(b"canonical", b"x"), None, ""
    )
    drafted_site(draft_rules([odd, pages()[3]]).toml)


def test_a_draft_reads_pages_that_it_was_not_made_from(tmp_path: Path) -> None:
    every = pages()
    drafted = draft_rules(every[::4])
    right = found = expected = 0
    for place, capture in enumerate(every):
        if place % 4 == 0:
            continue
        want, have = texts(capture, "sample"), texts(capture, drafted.toml)
        right += sum(text in want for text in have)
        found, expected = found + len(have), expected + len(want)
    assert expected > 300
    assert 2 * right / (found + expected) >= 0.97


def test_the_command_writes_a_file_and_says_what_it_makes_of_each_page(tmp_path: Path) -> None:
    files = []
    for number, capture in enumerate(pages()[:4]):
        files.append(str(tmp_path / f"{number}.html"))
        Path(files[-1]).write_bytes(capture.body)
    out = tmp_path / "mine.toml"
    result = CliRunner().invoke(app, ["sites", "draft", *files, "-o", str(out)])
    assert result.exit_code == 0, result.output
    assert result.output.count("read by drafted-") == 4
    assert load_site(str(out)).rules.layouts


def test_the_addresses_of_pages_are_given_for_all_or_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="1 --url for 2 pages"):
        CliRunner().invoke(
            app,
            ["sites", "draft", "a", "b", "--url", "https://n.example/1"],
            catch_exceptions=False,
            standalone_mode=False,
        )


@pytest.mark.parametrize("name", ["cmjZrf", "CzlrX", "fQqUuT", "sc-1a2b3c", "css-9x8y7z", "post12345", "row"])
def test_names_that_tools_make_are_no_selectors(name: str) -> None:
    element = etree.fromstring(f"<div class='{name}'/>")
    assert list(simple_names(element)) == []


@pytest.mark.parametrize("name", ["newsText", "article-body", "post_text", "content", "articleBody"])
def test_names_that_people_give_are(name: str) -> None:
    element = etree.fromstring(f"<div class='{name}'/>")
    assert list(simple_names(element)) == [f"div.{name}"]


def test_pages_that_scripts_fill_from_an_api_are_told(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("<html lang=uk><title>Міст</title><div id=root></div><script src=/app.js></script></html>")
    with pytest.raises(NothingProduced, match="empty_body") as caught:
        CliRunner().invoke(
            app,
            ["sites", "draft", str(page), "--url", "https://n.example/uk/1"],
            catch_exceptions=False,
            standalone_mode=False,
        )
    assert "from_json" in str(caught.value.next_step)


def test_a_homepage_is_no_article() -> None:
    first = pages()[0]
    with pytest.raises(SkipPage, match="is a homepage"):
        draft_rules([Capture("https://n.example/", 200, {}, first.body, None, "")])


@pytest.mark.parametrize("hosts", [("a.example", "b.example"), ("mfa.gov.ua", "kmu.gov.ua"), ("n.org", "en.n.com")])
def test_pages_of_several_sites_are_refused(hosts: tuple[str, str]) -> None:
    made = pages()
    alone = [
        Capture(f"https://{host}/news/1/", 200, {}, re.sub(b"hreflang|canonical|og:url", b"x", page.body), None, "")
        for host, page in zip(hosts, (made[0], made[6]), strict=True)
    ]
    with pytest.raises(SkipPage, match="of 2 sites, none of which names another") as caught:
        draft_rules(alone)
    assert caught.value.reason == "several_sites"


@pytest.mark.parametrize(
    "hosts", [("ua.n.example", "en.n.example"), ("www.n.com.ua", "eng.n.com.ua"), ("nv.ua", "en.nv.ua")]
)
def test_hosts_of_one_domain_are_one_site(hosts: tuple[str, str]) -> None:
    made = pages()
    alone = [
        Capture(f"https://{host}/news/1/", 200, {}, re.sub(b"hreflang|canonical|og:url", b"x", page.body), None, "")
        for host, page in zip(hosts, (made[0], made[6]), strict=True)
    ]
    assert all(host in draft_rules(alone).toml for host in hosts)


@pytest.mark.parametrize("path", ["", "/", "/ru/", "/eng", "/index.php", "/index.php?lang=en", "/ua/?lang=uk"])
def test_homepages_of_editions_are_known(path: str) -> None:
    assert is_homepage(f"https://n.example{path}")


@pytest.mark.parametrize(
    "path", ["/123", "/ru/1", "/index.php?id=5", "/index.php?ELEMENT_ID=7&lang=ru", "/?p=12", "/nato"]
)
def test_other_addresses_are_no_homepages(path: str) -> None:
    assert not is_homepage(f"https://n.example{path}")


def test_a_page_with_files_alone_says_so() -> None:
    links = "".join(f"<li><a href='/f/{n}.PDF?v=1'>Прес-реліз</a></li>" for n in range(5))
    page = f"<html lang=uk><title>Міст</title><body><h1>Міст відкрили</h1><ul>{links}</ul></body></html>"
    with pytest.raises(SkipPage, match=r"links to files: 0\.PDF, 1\.PDF, 2\.PDF$") as caught:
        draft_rules([Capture("https://n.example/r/1", 200, {}, page.encode(), None, "")])
    assert caught.value.reason == "files_alone"


@pytest.mark.parametrize("columns", ["<div class=col>{}</div>", "<td>{}</td>", "<section class=tab-pane>{}</section>"])
def test_languages_side_by_side_are_told(columns: str) -> None:
    texts = {
        "uk": "Міський голова пояснив, що міст уже відкрили для всіх, хто їде на правий берег щоранку.",
        "en": "The mayor has explained that the bridge is open to everybody who goes to the right bank.",
    }
    body = "".join(columns.format(f"<h2>{text[:20]}</h2>" + f"<p>{text}</p>" * 4) for text in texts.values())
    page = f"<html lang=uk><title>Міст</title><body><table><tr>{body}</table></body></html>"
    untold = draft_rules([Capture("https://n.example/r/1", 200, {}, page.encode(), None, "")]).untold
    assert any("the text in en that" in each or "the text in uk that" in each for each in untold)


@pytest.mark.parametrize("label", ["Джерело", "Деталі", "Пряма мова"])
def test_labels_are_no_boilerplate(label: str) -> None:
    """Short blocks with a link look like notices ("Read also: …"); those with a label are text of the article."""
    made = []
    for number in (1, 2):
        text = f"Міський голова номер {number} пояснив, що міст відкрили для всіх, хто їде на правий берег щоранку. "
        also = f"<p>Читайте також: <a href='/c'>Новина {number}</a></p>"
        body = f"<p>{label}: <a href='/b'>Рада {number}</a></p><p>{text * 3}</p>{also}<p>{text * 2}</p>"
        page = (
            f"<html lang=uk><title>Міст {number}</title><body><h1>Міст {number}</h1><div class=news-body>{body}</div>"
        )
        made.append(Capture(f"https://n.example/news/{number}00/", 200, {}, page.encode(), None, ""))
    drafted = draft_rules(made).toml
    assert f'"{label}' not in drafted
    blocks = extract_page(made[0], drafted_site(drafted)).blocks
    assert any(block.label_text == label and block.text == "Рада 1" for block in blocks)
    assert not any("Читайте" in block.text for block in blocks)
