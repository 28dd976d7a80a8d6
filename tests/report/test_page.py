from __future__ import annotations

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
    Period,
    QuoteFigures,
    ReportData,
    ShownQuotation,
    ShownQuoteSide,
)
from corpus_builder.report.data import Covered, PairVerdict, Verdict, WorstRow
from corpus_builder.report.figures import by_period, length_ratios
from corpus_builder.report.page import render
from corpus_builder.report.people import Person

from .report_data import LANGUAGES, full

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
    assert "script-src" not in policy
    assert not root.xpath("//script")


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


def test_the_verdict_stands_first(page: str) -> None:
    section = lxml.html.fromstring(page).xpath("//section")[0]
    assert text_of(section.xpath("h2")[0]) == "Verdict"
    rows = [text_of(row) for row in section.xpath(".//table[@class='figures-table']/tbody/tr")]
    assert rows == [
        "en-uk 1,000 900 850 85.0%",
        "uk 90.0% 45.0%",
        "http 404 crawl 7",
        "sentences with no counterpart in another edition align 4",
    ]
    worst = section.xpath(".//details//tbody/tr")[0]
    assert text_of(worst) == "0.02 weakest: en-uk names agree moved story Ні no counterpart in ru No"
    assert worst.xpath(".//a/@href") == ["stories/1.html#story-3"]


def test_every_page_of_stories_is_linked_and_older_ones_are_counted(page: str) -> None:
    section = lxml.html.fromstring(page).xpath("//section[h2/@id='stories']")[0]
    assert section.xpath(".//li/a/@href") == ["stories/1.html", "stories/2.html"]
    assert [text_of(line) for line in section.xpath(".//li")] == [
        "2025-10-01 – 2025-11-30 200 stories",
        "2025-12-01 1 story",
    ]
    assert "7 older stories are on no page" in text_of(section)


def test_a_short_window_has_a_chart_of_days() -> None:
    days = {"2025-11-30": Period({"uk": 2}, {1: 2}), "2025-12-03": Period({"uk": 1}, {1: 1}), "undated": Period({}, {})}
    root = lxml.html.fromstring(render(replace(full(), days=days)))
    assert text_of(root.xpath("//h2[@id='months']")[0]) == "Editions by day"
    labels = re.findall(r"<text[^>]*>(\d{4}-\d\d-\d\d)</text>", by_period(days, ("uk",)))
    assert labels == ["2025-11-30", "2025-12-01", "2025-12-02", "2025-12-03"]


def test_tables_add_up(page: str) -> None:
    tables = lxml.html.fromstring(page).xpath("//section[not(h2/@id='verdict')]//table[@class='figures-table']")
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
    hostile_side = ShownQuoteSide(*[HOSTILE] * 4, url="javascript:alert(1)")
    data = replace(
        full(),
        title=HOSTILE,
        site=HOSTILE,
        homepage="javascript:alert(1)",
        verdict=Verdict(
            {HOSTILE: PairVerdict(1, 1, 1)}, {HOSTILE: Covered(1, 1, 1)},
            (WorstRow(HOSTILE, "", 0.1, HOSTILE, (HOSTILE,), {"uk": HOSTILE}),),
        ),
        layouts={HOSTILE: 1},
        stages=(FunnelStage("crawl", ((HOSTILE, 1),), {HOSTILE: 1}),),
        quotes=QuoteFigures(
            1, 0, 0, 1, {HOSTILE: {"uk": 1}}, {HOSTILE: 1}, {HOSTILE: 1},
            (Person({"uk": ((HOSTILE, 1),)}, (0,)),),
            (ShownQuotation(HOSTILE, {"uk": hostile_side}, 0.5, (HOSTILE,)),),
        ),
    )  # fmt: skip
    root = lxml.html.fromstring(render(data))
    assert not root.xpath("//script")
    assert not root.xpath("//img | //svg[@onload] | //*[@onerror]")
    assert not [name for node in root.iter() for name in node.attrib if name.startswith("on")]
    assert not [href for href in root.xpath("//@href") if href.startswith("javascript")]
    cells = root.xpath("//table[contains(@class, 'quotes')]//td/p[not(@class)]")
    assert {text_of(cell) for cell in cells} == {" ".join(HOSTILE.split())}


def test_quotations_are_told_with_their_speakers() -> None:
    side = ShownQuoteSide("Ні", "direct", "він", "сказав", "https://x.example/uk/1")
    quotes = QuoteFigures(
        1_200, 0, 30, 400, {"direct": {"uk": 900, "en": 40}}, {"uk–en": 1_200}, {"omitted_ru": 300},
        (Person({"uk": (("Степан Гук", 12),)}, tuple(range(12))),),
        (ShownQuotation("2025-12-01", {"uk": side}, None, ("omitted_ru",)),),
    )  # fmt: skip
    section = lxml.html.fromstring(render(replace(full(), quotes=quotes))).xpath("//section[h2/@id='quotes']")[0]
    assert section.xpath("p")[0].text_content() == "1,200 quotations by 400 speakers; 30 without a named speaker."
    some = lxml.html.fromstring(render(replace(full(), quotes=replace(quotes, older=200)))).xpath(
        "//section[h2/@id='quotes']"
    )[0]
    told = "1,200 quotations, the newest 1,000 by 400 speakers; 30 without a named speaker."
    assert some.xpath("p")[0].text_content() == told
    rows = [text_of(row) for row in section.xpath(".//table[@class='figures-table']/tbody/tr")]
    assert rows == ["direct 900 0 40", "uk–en 1,200 100.0%", "omitted ru 300 25.0%", "Степан Гук 12"]
    assert section.xpath(".//table[@class='figures-table']//a/@href") == [f"speakers/{quotes.most[0].file}.html"]
    assert [len(section.xpath(f".//details//td[{which}]")) for which in ("@lang", "@class='gap'")] == [1, 2]


def test_an_empty_workspace_makes_a_page_without_sections() -> None:
    root = lxml.html.fromstring(render(ReportData("T", "S", "https://x.example", LANGUAGES)))
    assert text_of(root.xpath("//h1")[0]) == "T"
    assert not root.xpath("//section | //figure | //table")


def test_many_languages_and_an_absurd_date_make_a_small_picture() -> None:
    languages = tuple("abcdefgh")
    months = {"0001-01": Period({"a": 1}, {1: 1}), "2025-12": Period(dict.fromkeys(languages, 2), {8: 2})}
    assert len(by_period(months, languages)) < 400_000
    pairs = [f"{x}-{y}" for x in languages for y in languages if x < y]
    picture = length_ratios({pair: Histogram(1 / 8, {0: 1 + i}) for i, pair in enumerate(pairs)})
    assert re.findall(r">(\w : \w)<", picture) == [" : ".join(reversed(pair.split("-"))) for pair in pairs[-6:]]


@pytest.mark.parametrize("count", [1, 20, 300])
def test_any_number_of_months_makes_a_picture(count: int) -> None:
    names = [f"{2000 + i // 12}-{i % 12 + 1:02}" for i in range(count)]
    picture = by_period(
        {name: Period({"uk": i + 1, "en": 1}, {2: i + 1}) for i, name in enumerate(names)}, ("uk", "en")
    )
    labels = re.findall(r"<text[^>]*>(\d{4}(?:-\d\d)?)</text>", picture)
    assert labels[0][:4] == "2000"
    assert len(labels) <= 25
    assert len(picture) < 200_000
