from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import lxml.html
import pytest

from corpus_builder.report import (
    FunnelStage,
    Histogram,
    Month,
    QuoteFigures,
    ReportData,
    SampleBead,
    SampleEdition,
    ShownQuotation,
    ShownQuoteSide,
    ShownSegment,
    write_report,
)
from corpus_builder.report.figures import by_month, length_ratios
from corpus_builder.report.page import render
from corpus_builder.report.people import Person

from .report_data import LANGUAGES, bead, full, story

# Texts that would do harm if they stood in the page as they are.
HOSTILE = """</p></td></table><script>alert(1)</script><img src=x onerror="alert(2)">'" --><svg/onload=alert(3)>"""


@pytest.fixture(scope="module")
def page() -> str:
    return render(full())


def text_of(node: lxml.html.HtmlElement) -> str:
    """The words of a node and its children, with single spaces between."""
    return " ".join(" ".join(node.itertext()).split())


def test_the_page_asks_for_nothing_from_outside(page: str) -> None:
    root = lxml.html.fromstring(page)
    for node in root.iter():
        for name, value in node.attrib.items():
            if name.rpartition("}")[2] in ("src", "srcset", "href", "data", "action", "poster") and node.tag != "a":
                assert value.startswith(("#", "data:")), (node.tag, name, value)
    assert all(target.startswith("#") for target in re.findall(r"url\(['\"]?([^)]*)", page))
    assert "@import" not in page
    policy = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none';")
    script = root.xpath("//script/text()")[0]
    assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy


def test_ids_are_unique_and_references_lead_somewhere(page: str) -> None:
    root = lxml.html.fromstring(page)
    ids = Counter(root.xpath("//@id"))
    assert max(ids.values()) == 1
    targets = {node.get("for") for node in root.iter("label")} | set(root.xpath("//@aria-labelledby"))
    targets |= {href[1:] for href in root.xpath("//@href") if href.startswith("#")}
    assert targets <= set(ids)


def test_the_same_data_give_the_same_bytes_in_another_process(page: str, tmp_path: Path) -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); from report.report_data import full; from pathlib import Path;"
    code += "from corpus_builder.report import write_report; write_report(Path(sys.argv[2]), full())"
    out = tmp_path / "index.html"
    subprocess.run([sys.executable, "-c", code, str(Path(__file__).parents[1]), str(out)], check=True)
    assert out.read_text(encoding="utf-8") == page


def test_funnel_counts_and_reasons(page: str) -> None:
    rows = [text_of(row) for row in lxml.html.fromstring(page).xpath("//table[@class='funnel']/tbody/tr")]
    assert rows == [
        "crawl 12,345 URLs seen 90 pages at hand 7 http 404",
        "align 53 sentence beads 4 sentences with no counterpart in another edition",
    ]


def test_tables_add_up(page: str) -> None:
    tables = lxml.html.fromstring(page).xpath("//table[@class='figures-table']")
    rows = [[text_of(cell) for cell in row] for row in tables[0].xpath("tbody/tr")]
    assert rows == [["sentences", "1,040", "9", "1,049"], ["sentences.en-uk", "30", "0", "30"]]
    assert [text_of(cell) for cell in tables[1].xpath("tfoot/tr/*")] == ["all", "8", "6", "6", "2", "5", "7"]


def test_pictures_follow_the_colours_and_fonts_of_the_page(page: str) -> None:
    root = lxml.html.fromstring(page)
    pictures = root.xpath("//figure/svg")
    assert len(pictures) == 4
    for picture in pictures:
        source = lxml.html.tostring(picture, encoding="unicode")
        assert not re.search(r"#[0-9a-f]{6}\b|font-family|<style|<date", source)
        assert "var(--ink)" in source
        assert picture.xpath(".//text")


def test_a_hostile_corpus_stays_text() -> None:
    edition = SampleEdition("uk", HOSTILE, "javascript:alert(1)", HOSTILE, HOSTILE)
    side = (ShownSegment(HOSTILE, HOSTILE, HOSTILE),)
    hostile_side = ShownQuoteSide(*[HOSTILE] * 4, url="javascript:alert(1)")
    hostile = replace(
        story(1, SampleBead(0, {"uk": side, "en": side}, 0.5, 1.0, {HOSTILE: 0.5}, (HOSTILE,))),
        article_id=HOSTILE,
        date=HOSTILE,
        section=HOSTILE,
        editions=(edition, SampleEdition("en", "", "https://x.example/?a=\"'<b>", None, "")),
    )
    data = replace(
        full(hostile),
        title=HOSTILE,
        site=HOSTILE,
        homepage="javascript:alert(1)",
        layouts={HOSTILE: 1},
        stages=(FunnelStage("crawl", ((HOSTILE, 1),), {HOSTILE: 1}),),
        quotes=QuoteFigures(
            1, 0, 1, {HOSTILE: {"uk": 1}}, {HOSTILE: 1}, {HOSTILE: 1},
            (Person({"uk": ((HOSTILE, 1),)}, (0,)),),
            (ShownQuotation(HOSTILE, {"uk": hostile_side}, 0.5, (HOSTILE,)),),
        ),
    )  # fmt: skip
    root = lxml.html.fromstring(render(data))
    assert len(root.xpath("//script")) == 1
    assert not root.xpath("//img | //svg[@onload] | //*[@onerror]")
    assert not [name for node in root.iter() for name in node.attrib if name.startswith("on")]
    assert not [href for href in root.xpath("//@href") if href.startswith("javascript")]
    cells = root.xpath("//article//table[contains(@class, 'beads')]//td/p")
    assert text_of(root.xpath("//table[contains(@class, 'quotes')]//td/p")[0]) == " ".join(HOSTILE.split())
    assert {text_of(cell) for cell in cells} == {" ".join(f"{HOSTILE} {HOSTILE}".split())}


def test_quotations_are_told_with_their_speakers() -> None:
    side = ShownQuoteSide("Ні", "direct", "він", "сказав", "https://x.example/uk/1")
    quotes = QuoteFigures(
        1_200, 30, 400, {"direct": {"uk": 900, "en": 40}}, {"uk–en": 1_200}, {"omitted_ru": 300},
        (Person({"uk": (("Степан Гук", 12),)}, tuple(range(12))),),
        (ShownQuotation("2025-12-01", {"uk": side}, None, ("omitted_ru",)),),
    )  # fmt: skip
    section = lxml.html.fromstring(render(replace(full(), quotes=quotes))).xpath("//section[h2/@id='quotes']")[0]
    assert section.xpath("p")[0].text_content() == "1,200 quotations by 400 speakers; 30 without a named speaker."
    rows = [text_of(row) for row in section.xpath(".//table[@class='figures-table']/tbody/tr")]
    assert rows == ["direct 900 0 40", "uk–en 1,200 100.0%", "omitted ru 300 25.0%", "Степан Гук 12"]
    assert section.xpath(".//table[@class='figures-table']//a/@href") == [f"speakers/{quotes.most[0].file}.html"]
    assert [len(section.xpath(f".//details//td[{which}]")) for which in ("@lang", "@class='gap'")] == [1, 2]


def test_a_story_shows_its_gaps_flags_and_probabilities() -> None:
    beads = (
        bead(0, uk="Один", ru="Один", en="One"),
        bead(1, ("moved",), uk="Два", en="Two"),
        bead(2, ("one_sided",), probability=1.0, ru="Три"),
        bead(3, probability=0.31, uk="Чотири", ru="Четыре", en="Five"),
    )
    table = lxml.html.fromstring(render(full(story(1, *beads)))).xpath("//table[@class='beads sentences']")[0]
    rows = table.xpath("tbody/tr")
    assert [len(row.xpath("td[@class='gap']")) for row in rows] == [0, 1, 2, 0]
    assert text_of(rows[1].xpath("td[@class='gap']")[0]) == "no counterpart in ru"
    assert ["moved" in row.get("class").split() for row in rows] == [False, True, False, False]
    assert ["odd" in row.get("class").split() for row in rows] == [False, True, True, True]
    shown = [row.xpath("th/span[starts-with(@class, 'probability')]/text()") for row in rows]
    assert shown == [["0.97"], ["0.97"], [], ["0.31"]]
    assert text_of(rows[3].xpath("th")[0]) == "0.31 en-uk 0.97 en-ru 0.98"
    assert [text_of(chip) for chip in rows[1].xpath(".//span[contains(@class, 'chip')]")] == ["moved"]


def test_a_story_of_two_editions_has_two_columns() -> None:
    two = story(1, bead(uk="Один", en="One"), languages=("uk", "en"))
    table = lxml.html.fromstring(render(full(two))).xpath("//table[@class='beads blocks']")[0]
    assert len(table.xpath("thead/tr/th")) == 3
    assert not table.xpath(".//td[@class='gap']")


def test_the_first_story_and_the_links_to_all_need_no_script() -> None:
    root = lxml.html.fromstring(render(full(*(story(i, bead(uk=f"{i}", en=f"{i}")) for i in range(3)))))
    assert root.xpath("//*[@id='picker']//a/@href") == ["#story-1", "#story-2", "#story-3"]
    assert [text_of(article.xpath(".//h3")[0]) for article in root.xpath("//article")] == [
        "Title 0 uk", "Title 1 uk", "Title 2 uk",
    ]  # fmt: skip


def test_the_page_stays_below_three_megabytes_and_says_what_it_left_out(tmp_path: Path) -> None:
    long = [story(i, *(bead(uk="<" * 2_000, ru="щ" * 2_000, en="&" * 2_000) for _ in range(50))) for i in range(5)]
    short = [story(100 + i, bead(uk="Один", en="One")) for i in range(3)]
    path = tmp_path / "index.html"
    write_report(path, full(*long, *short))
    assert path.stat().st_size < 3_000_000
    root = lxml.html.parse(str(path), lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)).getroot()
    titles = [text_of(link) for link in root.xpath("//*[@id='picker']//a")]
    assert [title.split()[1] for title in titles][-3:] == ["100", "101", "102"]
    assert f"{8 - len(titles)} more were too long for this page" in text_of(root)


def test_an_empty_workspace_makes_a_page_without_sections() -> None:
    root = lxml.html.fromstring(render(ReportData("T", "S", "https://x.example", LANGUAGES)))
    assert text_of(root.xpath("//h1")[0]) == "T"
    assert not root.xpath("//section | //figure | //table")


def test_many_languages_and_an_absurd_date_make_a_small_picture() -> None:
    languages = tuple("abcdefgh")
    months = {"0001-01": Month({"a": 1}, {1: 1}), "2025-12": Month(dict.fromkeys(languages, 2), {8: 2})}
    assert len(by_month(months, languages)) < 400_000
    pairs = [f"{x}-{y}" for x in languages for y in languages if x < y]
    picture = length_ratios({pair: Histogram(1 / 8, {0: 1 + i}) for i, pair in enumerate(pairs)})
    assert re.findall(r">(\w : \w)<", picture) == [" : ".join(reversed(pair.split("-"))) for pair in pairs[-6:]]


@pytest.mark.parametrize("count", [1, 20, 300])
def test_any_number_of_months_makes_a_picture(count: int) -> None:
    names = [f"{2000 + i // 12}-{i % 12 + 1:02}" for i in range(count)]
    picture = by_month({name: Month({"uk": i + 1, "en": 1}, {2: i + 1}) for i, name in enumerate(names)}, ("uk", "en"))
    labels = re.findall(r"<text[^>]*>(\d{4}(?:-\d\d)?)</text>", picture)
    assert labels[0][:4] == "2000"
    assert len(labels) <= 25
    assert len(picture) < 200_000
