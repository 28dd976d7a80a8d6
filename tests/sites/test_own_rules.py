"""Rule files of one's own: read without code, and extending others."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import ValidationError

from corpus_builder.errors import ConfigError
from corpus_builder.sites import load_site
from corpus_builder.sites.rules import Layout

LAYOUT = '[[layouts]]\nname = "{0}"\nmatch = "article.{0}"\ntitle = "h1"\nbody = "div"\n'


def write(folder: Path, name: str, text: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.toml").write_text(f'name = "{name}"\n{text}', encoding="utf-8")
    return str(folder / f"{name}.toml")


def layouts(file: str) -> list[str]:
    return [layout.name for layout in load_site(file).rules.layouts]


def test_extends_reaches_through_several_levels(tmp_path: Path) -> None:
    write(tmp_path / "sub", "middle", 'extends = "epravda"\ntitle = "Middle"\nhomepage = "https://middle.example"')
    file = write(tmp_path, "mine", 'extends = "sub/middle.toml"\ntitle = "Mine"')
    rules, epravda, pravda = load_site(file).rules, load_site("epravda").rules, load_site("pravda").rules
    assert (rules.name, rules.title, rules.homepage) == ("mine", "Mine", "https://middle.example")
    assert rules.editions == epravda.editions
    assert rules.labels == pravda.labels


def test_layouts_come_before_the_inherited_ones(tmp_path: Path) -> None:
    inherited = [layout.name for layout in load_site("pravda").rules.layouts]
    write(tmp_path, "middle", 'extends = "pravda"\n' + LAYOUT.format("middle"))
    file = write(tmp_path, "mine", 'extends = "middle.toml"\n' + LAYOUT.format("a") + LAYOUT.format("b"))
    assert layouts(file) == ["a", "b", "middle", *inherited]


def test_layouts_replace_the_inherited_ones_where_the_file_says_so(tmp_path: Path) -> None:
    write(tmp_path, "middle", 'extends = "pravda"\n' + LAYOUT.format("middle"))
    file = write(tmp_path, "mine", 'extends = "middle.toml"\nreplace_layouts = true\n' + LAYOUT.format("a"))
    assert layouts(file) == ["a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('extends = "mine.toml"', "in a circle: .*mine.toml → .*mine.toml"),
        ('extends = "x/../mine.toml"', "in a circle: .*mine.toml → .*mine.toml"),
        ('extends = "other.toml"', "in a circle: .*mine.toml → .*other.toml → .*mine.toml"),
        ('extends = ["pravda"]', "key extends: not"),
        ('extends = "nosite"', "no site rules 'nosite'"),
        ('extends = "pravda"\nreplace_layouts = "yes"', "key replace_layouts: not"),
        ("replace_layouts = true", "no inherited layouts"),
    ],
)
def test_mistakes_in_extending_are_named(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, "other", 'extends = "mine.toml"')
    (tmp_path / "x").mkdir()
    file = write(tmp_path, "mine", text)
    with pytest.raises(ConfigError, match=message):
        load_site(file)


@pytest.mark.parametrize(
    ("rules", "url", "clean"),
    [
        ("drop_query = true", "https://n.example/uk/1?utm_source=x", "https://n.example/uk/1"),
        ("drop_query = false", "https://n.example/uk/1?page=2", "https://n.example/uk/1?page=2"),
    ],
)
def test_drop_query(tmp_path: Path, rules: str, url: str, clean: str) -> None:
    text = 'title = "N"\nhomepage = "https://n.example"\ndomains = ["n.example"]\n' + rules
    file = write(tmp_path, "mine", text + "\n[editions.uk]\npaths = ['/uk/(?P<id>\\d+)']")
    assert load_site(file).clean(url) == clean


def test_with_host_tells_editions_apart_by_their_hosts(tmp_path: Path) -> None:
    text = 'title = "N"\nhomepage = "https://n.example"\ndomains = ["n.example", "en.n.example"]\n'
    text += "[editions.uk]\nwith_host = true\npaths = ['n\\.example/(?P<id>\\d+)']\n"
    text += "[editions.en]\nwith_host = true\npaths = ['en\\.n\\.example/(?P<id>\\d+)']\n"
    site = load_site(write(tmp_path, "mine", text))
    assert site.identify("https://n.example/7") == ("uk", "7")
    assert site.identify("https://en.n.example/7") == ("en", "7")


def test_a_site_without_code(tmp_path: Path) -> None:
    """A rule file with XPath and CSS, two editions, and its labels."""
    from corpus_builder.extract import extract_page
    from corpus_builder.model import Capture

    file = tmp_path / "mine.toml"
    file.write_text(
        """
name = "mine"
title = "Mine"
homepage = "https://news.example"
domains = ["news.example"]
timezone = "Europe/Warsaw"
boilerplate = ["share this"]
[editions.en]
paths = ['/en/(?P<id>\\d+)']
[editions.uk]
paths = ['/uk/(?P<id>\\d+)']
[[layouts]]
name = "only"
match = "//main[@id='story']"
title = "h1"
body = "section > div.text"
published = "time"
remove = ["p.ad", ".//p[starts-with(., 'Ad:')]"]
[labels.en]
source = ["From"]
""",
        encoding="utf-8",
    )
    body = b"""\
<html><body><main id="story"><h1>Title</h1><time>2 May 2024, 10:00</time><section>
<div class="text"><p>The first paragraph.</p><p class="ad">x</p><p>Ad: y</p><p>From: the town</p>
<p>Share this!</p></div></section></main>"""
    edition = extract_page(Capture("https://news.example/en/7", 200, {}, body, None, ""), load_site(str(file)))
    assert [block.text for block in edition.blocks] == ["Title", "The first paragraph.", "the town"]
    assert edition.blocks[2].label == "source"
    assert str(edition.published) == "2024-05-02 10:00:00+02:00"


SITE = 'title = "N"\nhomepage = "https://n.example"\ndomains = ["n.example"]\n'


@pytest.mark.parametrize(
    "path",
    [
        r"/uk/(?P<id>\d+)?",
        r"/uk/(?P<id>\d*)",
        r"/uk/(?:a(?P<id>\d+)|b)",
        r"/uk(?:/(?P<id>\d+))?",
        r"/uk/(?:(?P<id>\d)){0,3}",
    ],
)
def test_an_id_that_may_be_empty_is_an_error_at_load(tmp_path: Path, path: str) -> None:
    file = write(tmp_path, "mine", SITE + f"[editions.uk]\npaths = ['{path}']")
    with pytest.raises(ConfigError, match="may be empty"):
        load_site(file)


@pytest.mark.parametrize(
    "path", [r"/uk/(?:x-)?(?P<id>\d+)", r"/(?:(?:uk/(?P<id>[a-z]+\d*)))(?:-x)?", r"/u+k/((?P<id>.)y?)"]
)
def test_an_id_that_is_always_there_may_be_anywhere(tmp_path: Path, path: str) -> None:
    load_site(write(tmp_path, "mine", SITE + f"[editions.uk]\npaths = ['{path}']"))


def test_without_ids_a_site_says_how_it_is_linked(tmp_path: Path) -> None:
    editions = "[editions.uk]\npaths = ['/uk/[a-z-]+']"
    with pytest.raises(ConfigError, match=r"has no group \(\?P<id>…\)"):
        load_site(write(tmp_path, "mine", SITE + editions))
    site = load_site(write(tmp_path, "mine", SITE + '[linking]\nby = ["hreflang"]\n' + editions))
    one, other = site.identify("https://n.example/uk/a"), site.identify("https://n.example/uk/b?x=1")
    assert one
    assert other
    assert one != other
    assert site.identify("http://n.example/uk/a#top") == one


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://n.example/news?id=7&lang=uk", ("uk", "7")),
        ("https://n.example/news?id=7&lang=en", ("en", "7")),
        ("https://n.example/news?lang=en", None),
        ("https://n.example/news", None),
    ],
)
def test_id_and_language_in_the_query(tmp_path: Path, url: str, key: tuple[str, str] | None) -> None:
    text = SITE + "drop_query = false\n"
    for language in ("uk", "en"):
        text += f"[editions.{language}]\nwith_query = true\npaths = ['/news\\?id=(?P<id>\\d+)&lang={language}']\n"
    assert load_site(write(tmp_path, "mine", text)).identify(url) == key


def test_a_query_that_is_dropped_cannot_be_matched(tmp_path: Path) -> None:
    text = SITE + "[editions.uk]\nwith_query = true\npaths = ['/news\\?id=(?P<id>\\d+)']\n"
    with pytest.raises(ConfigError, match="drop_query = false"):
        load_site(write(tmp_path, "mine", text))


def test_an_edition_with_a_homepage_of_its_own_has_the_paths_of_that_host(tmp_path: Path) -> None:
    text = 'title = "N"\nhomepage = "https://www.n.example"\ndomains = ["n.example", "www.n.example", "ru.n.example"]\n'
    text += "[editions.uk]\nhomepage = \"https://n.example/\"\npaths = ['/(?P<id>\\d+)']\n"
    text += "[editions.ru]\nhomepage = \"https://ru.n.example/\"\npaths = ['/(?P<id>\\d+)']\n"
    site = load_site(write(tmp_path, "mine", text))
    assert site.identify("https://www.n.example/7") == site.identify("http://n.example/7") == ("uk", "7")
    assert site.identify("https://ru.n.example/7?x=1") == ("ru", "7")
    assert site.homepages == ["https://www.n.example", "https://n.example", "https://ru.n.example"]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ('homepage = "https://other.example"\n', "add its host other.example to `domains`"),
        ('homepage = "n.example"\n', "not the URL of a web page"),
        ('homepage = "https://n.example"\nwith_host = true\n', "leave one out"),
    ],
)
def test_faults_in_the_homepage_of_an_edition_are_named(tmp_path: Path, rules: str, message: str) -> None:
    file = write(tmp_path, "mine", SITE + "[editions.uk]\n" + rules + "paths = ['/(?P<id>\\d+)']\n")
    with pytest.raises(ConfigError, match=message):
        load_site(file)


@pytest.mark.parametrize(
    "selector", ["a" + ".b" * 5000, ":not(" * 3000 + "a" + ")" * 3000, "(" * 9000, "a > " * 3000 + "a"]
)
def test_selectors_of_thousands_of_parts(selector: str) -> None:
    layout = {"name": "a", "match": selector, "title": "h1", "body": "p"}
    with suppress(ValidationError):
        Layout.model_validate(layout)
