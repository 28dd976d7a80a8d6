from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from pathlib import Path

import lxml.html
import pytest

from corpus_builder.report import ShownBead, ShownEdition, ShownSegment, ShownStory
from corpus_builder.report.data import DropGroup
from corpus_builder.report.drops import write_drops
from corpus_builder.report.stories import write_stories

from .report_data import LANGUAGES, bead, story
from .test_page import HOSTILE, text_of


def pages(folder: Path, *stories: ShownStory, older: int = 0) -> dict[str, lxml.html.HtmlElement]:
    """The pages of some stories, by their names."""
    write_stories(folder, "A corpus", LANGUAGES, stories, len(stories), older)
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    return {path.name: lxml.html.parse(str(path), parser).getroot() for path in folder.iterdir()}


def test_a_story_shows_its_gaps_flags_and_published_probabilities(tmp_path: Path) -> None:
    beads = (
        bead(0, uk="Один", ru="Один", en="One"),
        bead(1, ("moved",), uk="Два", en="Two"),
        bead(2, ("one_sided",), probability=None, ru="Три"),
        bead(3, probability=0.31, uk="Чотири", ru="Четыре", en="Five"),
        bead(4, probability=0.85, uk="П'ять", ru="Пять", en="Six"),
    )
    table = pages(tmp_path, story(1, *beads))["1.html"].xpath("//table[@class='beads sentences']")[0]
    rows = table.xpath("tbody/tr")
    assert [len(row.xpath("td[@class='gap']")) for row in rows] == [0, 1, 2, 0, 0]
    assert text_of(rows[1].xpath("td[@class='gap']")[0]) == "no counterpart in ru"
    assert ["moved" in row.get("class").split() for row in rows] == [False, True, False, False, False]
    assert ["odd" in row.get("class").split() for row in rows] == [False, True, True, True, True]
    shown = [row.xpath("th/span[starts-with(@class, 'probability')]/text()") for row in rows]
    assert shown == [["0.97"], ["0.97"], [], ["0.31"], ["0.85"]]
    assert text_of(rows[3].xpath("th")[0]) == "0.31 en-uk 0.97 en-ru 0.98 weakest: en-uk names agree"
    assert [text_of(chip) for chip in rows[1].xpath(".//span[contains(@class, 'chip')]")] == ["moved"]


def test_a_story_of_two_editions_has_two_columns(tmp_path: Path) -> None:
    two = story(1, bead(uk="Один", en="One"), languages=("uk", "en"))
    table = pages(tmp_path, two)["1.html"].xpath("//table[@class='beads blocks']")[0]
    assert len(table.xpath("thead/tr/th")) == 3
    assert not table.xpath(".//td[@class='gap']")


def test_what_was_dropped_of_a_story_is_told(tmp_path: Path) -> None:
    dropped = replace(story(1, bead(uk="Один", en="One")), dropped=(("near_test", "sentences uk"),))
    article = pages(tmp_path, dropped)["1.html"].xpath("//article")[0]
    assert text_of(article.xpath(".//details")[0]) == "1 dropped near test sentences uk"


def test_all_stories_are_on_a_page_and_in_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus_builder.report.stories.PAGE", 2)
    found = pages(tmp_path, *(story(i, bead(uk=f"{i}", en=f"{i}")) for i in range(5)), older=3)
    assert sorted(found) == ["1.html", "2.html", "3.html", "index.html"]
    titles = [text_of(h2) for page in ("1.html", "2.html", "3.html") for h2 in found[page].xpath("//article//h2")]
    assert titles == [f"Title {i} uk" for i in range(5)]
    assert found["2.html"].xpath("//*[@id='picker']//a/@href") == ["#story-1", "#story-2"]
    assert found["2.html"].xpath("//nav[@aria-label='Pages']//a/@href") == ["1.html", "3.html"]
    assert text_of(found["2.html"].xpath("//h1")[0]) == "Stories 3 to 4 of 5"
    lines = found["index.html"].xpath("//ol[@id='list']/li")
    assert [line.xpath(".//a/@href")[0] for line in lines] == [
        "1.html#story-1", "1.html#story-2", "2.html#story-1", "2.html#story-2", "3.html#story-1",
    ]  # fmt: skip
    assert "Title 4 en" in text_of(lines[4])
    assert "3 older ones are on no page" in text_of(found["index.html"])


def test_pages_of_long_stories_have_fewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus_builder.report.stories.BYTES", 2_000)
    long = story(1, *(bead(uk="щ" * 900, ru="щ" * 900) for _ in range(3)))
    found = pages(tmp_path, long, long, long)
    assert [len(found[f"{i}.html"].xpath("//article")) for i in (1, 2, 3)] == [1, 1, 1]


def test_one_language_at_a_time_on_a_narrow_screen(tmp_path: Path) -> None:
    page = pages(tmp_path, story(1, bead(uk="Один", ru="Один", en="One")))["1.html"]
    assert page.xpath("//input[@name='language']/@id") == ["only-uk", "only-ru", "only-en"]
    assert page.xpath("//input[@name='language' and @checked]/@id") == ["only-uk"]
    cells = page.xpath("//table[@class='beads blocks']//*[self::td or self::th][not(contains(@class, 'measure'))]")
    assert [cell.get("data-language") for cell in cells] == ["uk", "ru", "en"] * 2
    style = page.xpath("//style/text()")[0]
    assert '#only-ru:checked ~ .desk [data-language]:not([data-language="ru"]) { display: none; }' in style


def test_the_script_is_the_one_that_the_policy_allows(tmp_path: Path) -> None:
    for page in pages(tmp_path, story(1, bead(uk="Один", en="One"))).values():
        script = page.xpath("//script/text()")[0]
        policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy


def test_a_hostile_story_stays_text(tmp_path: Path) -> None:
    side = (ShownSegment(HOSTILE, HOSTILE, HOSTILE),)
    hostile = replace(
        story(1, ShownBead(0, {"uk": side, "en": side}, 0.5, 0.5, HOSTILE, {HOSTILE: 0.5}, (HOSTILE,))),
        article_id=HOSTILE,
        date=HOSTILE,
        section=HOSTILE,
        editions=(
            ShownEdition("uk", HOSTILE, "javascript:alert(1)", HOSTILE, HOSTILE),
            ShownEdition("en", "", "https://x.example/?a=\"'<b>", None, ""),
        ),
        dropped=((HOSTILE, HOSTILE),),
    )
    found = pages(tmp_path, hostile)
    write_drops(tmp_path / "dropped.html", HOSTILE, [DropGroup(HOSTILE, HOSTILE, 1, ((HOSTILE, HOSTILE, HOSTILE),))])
    found["dropped.html"] = lxml.html.parse(str(tmp_path / "dropped.html")).getroot()
    for root in found.values():
        assert len(root.xpath("//script")) == 1
        assert not root.xpath("//img | //svg[@onload] | //*[@onerror]")
        assert not [name for node in root.iter() for name in node.attrib if name.startswith("on")]
        assert not [href for href in root.xpath("//@href") if href.startswith("javascript")]
    cells = found["1.html"].xpath("//article//table[contains(@class, 'beads')]//td/p")
    assert {text_of(cell) for cell in cells} == {" ".join(f"{HOSTILE} {HOSTILE}".split())}


def test_drops_are_listed_by_reason_and_the_rest_is_counted(tmp_path: Path) -> None:
    groups = [DropGroup("crawl", "http_404", 12, (("https://x.example/1", "uk", "Not Found"), ("file:///x", "", "")))]
    write_drops(tmp_path / "dropped.html", "A corpus", groups)
    root = lxml.html.parse(str(tmp_path / "dropped.html")).getroot()
    assert text_of(root.xpath("//summary")[0]) == "crawl: http 404 12 (2 shown)"
    assert [text_of(line) for line in root.xpath("//li")] == ["https://x.example/1 uk Not Found", "file:///x"]
    assert root.xpath("//li//a/@href") == ["https://x.example/1"]
