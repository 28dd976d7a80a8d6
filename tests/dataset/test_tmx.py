"""TMX holds against its DTD and its specification, and another reader finds in it what went in."""

from __future__ import annotations

import csv
import re
from dataclasses import fields
from pathlib import Path

import pytest
from lxml import etree

from corpus_builder import __version__
from corpus_builder.dataset.exporters import FORMATS
from corpus_builder.dataset.exporters.selection import select
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.quotes import QuoteRow
from corpus_builder.dataset.write import DatasetWriter

from .small_dataset import LANGUAGES, ROW

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture(scope="module")
def dtd() -> etree.DTD:
    with (Path(__file__).parent / "tmx14.dtd").open("rb") as file:
        return etree.DTD(file)


def export(dataset: Path, out: Path, config: str | None = None, pair: str | None = None) -> etree._ElementTree:
    FORMATS["tmx"].write(select(DatasetFolder(dataset), config, pair=pair), out)
    return etree.parse(str(out))


def texts(dataset: Path, config: str) -> dict[str, dict[str, str]]:
    """The sides of each row, without the character that XML does not allow."""
    return {
        row["id"]: {language: text.replace("\x0b", "") for language, text in row["translation"].items() if text}
        for _, row in DatasetFolder(dataset).rows(config)
    }


@pytest.mark.parametrize(
    ("config", "pair"), [("sentences", None), ("sentences.en-uk", "uk-en"), ("sentences", "en-uk")]
)
def test_it_holds_against_the_dtd(dataset: Path, tmp_path: Path, dtd: etree.DTD, config: str, pair: str | None) -> None:
    tree = export(dataset, tmp_path / "x.tmx", config, pair)
    assert tree.docinfo.internalDTD.validate(tree)
    assert (tree.docinfo.encoding or "").lower() == "utf-8"
    assert dtd.validate(tree), dtd.error_log.filter_from_errors()
    found = {
        unit.get("tuid"): {variant.get(LANG): variant.findtext("seg") for variant in unit.iter("tuv")}
        for unit in tree.iter("tu")
    }
    assert found == texts(dataset, "sentences.en-uk" if pair else config)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('version="1.4"', 'version="1.3"'),
        ('segtype="sentence"', 'segtype="row"'),
        (' srclang="*all*"', ""),
        (' xml:lang="uk"', ""),
        ("<prop type=", "<prop name="),
        ("</header>|/>", '/><prop type="x-late">after the header</prop>'),
        ("<seg>", "<seg><b/>"),
    ],
)
def test_the_dtd_refuses_what_is_no_tmx(dataset: Path, tmp_path: Path, dtd: etree.DTD, before: str, after: str) -> None:
    export(dataset, tmp_path / "x.tmx")
    source = (tmp_path / "x.tmx").read_text(encoding="utf-8")
    pattern = before if "|" in before else re.escape(before)
    changed, count = re.subn(pattern, after, source, count=1)
    assert count == 1
    assert not dtd.validate(etree.fromstring(changed.encode()))


def test_the_header_says_what_the_specification_asks_for(dataset: Path, tmp_path: Path) -> None:
    header = export(dataset, tmp_path / "x.tmx").find("header")
    assert dict(header.attrib) == {
        "creationtool": "corpus-builder",
        "creationtoolversion": __version__,
        "segtype": "sentence",
        "o-tmf": "corpus-builder",
        "adminlang": "en",
        "srclang": "*all*",  # any variant may be the source
        "datatype": "plaintext",
    }
    # Of a pair, the source is the one named first, and every unit has a variant in it.
    tree = export(dataset, tmp_path / "y.tmx", pair="uk-en")
    assert tree.find("header").get("srclang") == "uk"
    assert all([variant.get(LANG) for variant in unit.iter("tuv")] == ["uk", "en"] for unit in tree.iter("tu"))


@pytest.mark.parametrize(("config", "segtype"), [("sentences", "sentence"), ("paragraphs", "paragraph")])
def test_what_a_unit_is_stands_in_the_header(tmp_path: Path, config: str, segtype: str) -> None:
    with DatasetWriter(tmp_path / "dataset", LANGUAGES) as writer:
        writer.write(config, "train", ROW)
    assert export(tmp_path / "dataset", tmp_path / "x.tmx", config).find("header").get("segtype") == segtype


def test_a_quotation_has_its_speakers(tmp_path: Path, dtd: etree.DTD) -> None:
    none = dict.fromkeys(LANGUAGES)
    facts = {name: {**none, "en": "Ann\x0b & Co"} for name in ("speaker", "mention")}
    columns = {each.name: getattr(ROW, each.name) for each in fields(ROW)}
    with DatasetWriter(tmp_path / "dataset", LANGUAGES) as writer:
        writer.write("quotes", "train", QuoteRow(**columns, **facts, cue=none, form=none, paragraph_id=None))
    tree = export(tmp_path / "dataset", tmp_path / "x.tmx", "quotes")
    assert tree.find("header").get("segtype") == "block"
    assert dtd.validate(tree), dtd.error_log.filter_from_errors()
    (variant,) = tree.xpath("//tuv[@xml:lang='en']")
    assert [(prop.get("type"), prop.text) for prop in variant.iter("prop")][1:] == [
        ("x-speaker", "Ann & Co"), ("x-mention", "Ann & Co")
    ]  # fmt: skip
    FORMATS["tsv"].write(select(DatasetFolder(tmp_path / "dataset"), "quotes"), tmp_path / "x.tsv")
    with (tmp_path / "x.tsv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file, delimiter="\t"))
    assert (row["speaker_en"], row["speaker_uk"], row["url_uk"]) == ("Ann & Co", "", ROW.url["uk"])


@pytest.mark.filterwarnings("ignore")
def test_another_reader_finds_the_same(dataset: Path, tmp_path: Path) -> None:
    tmx = pytest.importorskip("translate.storage.tmx", reason="the translate-toolkit is not installed")
    export(dataset, tmp_path / "x.tmx", pair="en-uk")
    with (tmp_path / "x.tmx").open("rb") as file:
        read = tmx.tmxfile(file, "en", "uk")
    assert [(unit.source, unit.target) for unit in read.units] == [
        (sides["en"], sides["uk"]) for sides in texts(dataset, "sentences.en-uk").values()
    ]
