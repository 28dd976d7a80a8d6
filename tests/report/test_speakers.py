"""The pages of the speakers: what stands on them, and that nothing of a corpus gets out of its cell or folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import lxml.html
import pytest

from corpus_builder.report import ShownQuotation, ShownQuoteSide, write_speakers
from corpus_builder.report.people import find_people
from corpus_builder.report.speakers import PAGE, PAGES

LANGUAGES = ("uk", "ru", "en")
HOSTILE = """../../A</p></td><script>alert(1)</script><img src=x onerror="alert(2)">'" --><svg/onload=alert(3)>"""


def quotation(
    text: str, *languages: str, url: str = "https://x.example/1", flags: tuple[str, ...] = ()
) -> ShownQuotation:
    side = ShownQuoteSide(text, "direct", "Пєсков", "сказав", url)
    return ShownQuotation("2025-12-01", dict.fromkeys(languages or LANGUAGES, side), 0.9, flags)


def write(folder: Path, speakers: Sequence[str], quotations: Sequence[ShownQuotation] = ()) -> list[str]:
    folder.mkdir(exist_ok=True)
    people = find_people([str(i) for i in range(len(speakers))], [{"uk": name} for name in speakers])

    def read(numbers: Sequence[int]) -> Iterator[ShownQuotation]:
        return (quotations[number] if quotations else quotation(f"Слова {number}") for number in numbers)

    write_speakers(folder, "A corpus", LANGUAGES, people, read)
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def page(path: Path) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(path.read_text(encoding="utf-8"))


def test_a_page_has_the_sides_of_each_quotation(tmp_path: Path) -> None:
    (file,) = set(write(tmp_path, ["Дмитро Пєсков"], [quotation("Ні", "uk", "en", flags=("omitted_ru",))])) - {
        "index.html"
    }
    root = page(tmp_path / file)
    assert root.xpath("//h1/text()") == ["Дмитро Пєсков"]
    cells = root.xpath("//table//td")
    assert [cell.get("lang") for cell in cells] == ["uk", None, "en"]
    assert cells[1].get("class") == "gap"
    assert [" ".join(cells[0].xpath("p")[1].text_content().split())] == ["direct · сказав · Пєсков · article"]
    assert cells[0].xpath(".//a/@href") == ["https://x.example/1"]
    assert root.xpath("//span[contains(@class, 'chip')]/text()") == ["omitted ru"]


def test_the_index_leads_to_every_page_without_a_script(tmp_path: Path) -> None:
    files = write(tmp_path, ["Степан Гук", "Ірина Довбуш", "Степан Гук"])
    links = page(tmp_path / "index.html").xpath("//ol//a")
    assert [link.text for link in links] == ["Степан Гук", "Ірина Довбуш"]
    assert {link.get("href") for link in links} | {"index.html"} == set(files)
    assert page(tmp_path / "index.html").xpath("//input/@hidden")  # the search shows itself where scripts run


def test_many_quotations_are_cut_into_pages_and_the_rest_is_counted(tmp_path: Path) -> None:
    count = PAGE * PAGES + 5
    files = [file for file in write(tmp_path, ["Степан Гук"] * count) if file != "index.html"]
    assert len(files) == PAGES
    first = page(tmp_path / min(files, key=len))
    assert "1,005 quotations; the newest 1,000 are listed" in first.text_content()
    assert set(first.xpath("//nav//a/@href")) == set(files)
    texts = [page(tmp_path / file).xpath("//td[@lang='uk']/p[1]/text()") for file in first.xpath("//nav[1]//a/@href")]
    assert [text for own in texts[:PAGES] for text in own] == [f"Слова {i}" for i in range(PAGE * PAGES)]


@pytest.mark.parametrize(
    "name", [HOSTILE, "../../etc/Passwd", "C:\\Windows\\CON", "N" * 5_000, "Ім\0я\nДруге", "🙂 Аж"]
)
def test_a_hostile_name_stays_a_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "a" / "b" / "speakers"
    folder.parent.mkdir(parents=True)
    files = write(folder, [name], [quotation(HOSTILE, url="javascript:alert(1)", flags=(HOSTILE,))])
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {folder / file for file in files}
    assert all(re.fullmatch(r"[a-z0-9-]{1,60}\.html", file) for file in files)
    assert len(files) == 2
    for file in files:
        root = page(folder / file)
        assert len(root.xpath("//script")) == (file == "index.html")
        assert not root.xpath("//img | //svg")
        assert not [key for node in root.iter() for key in node.attrib if key.startswith("on")]
        assert not [href for href in root.xpath("//@href") if href.startswith("javascript")]
        assert (folder / file).stat().st_size < 60_000


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        write(tmp_path / name, ["Степан Гук", "Ірина Довбуш"])
    assert {p.name: p.read_bytes() for p in (tmp_path / "a").iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "b").iterdir()
    }
