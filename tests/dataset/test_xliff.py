"""XLIFF 2.0: rows with their scores, in the order that the specification asks for, kept by a translation program."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from corpus_builder.dataset.exporters import FORMATS
from corpus_builder.dataset.exporters.selection import select
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.errors import UsageError

NAMES = {"x": "urn:oasis:names:tc:xliff:document:2.0", "m": "urn:oasis:names:tc:xliff:metadata:2.0"}


@pytest.fixture
def exported(dataset: Path, tmp_path: Path) -> Path:
    out = tmp_path / "x.xlf"
    assert FORMATS["xliff"].write(select(DatasetFolder(dataset), pair="uk-en"), out).rows == 3
    return out


def test_units_have_the_order_of_the_specification(exported: Path) -> None:
    root = etree.parse(str(exported)).getroot()
    assert dict(root.attrib) == {"version": "2.0", "srcLang": "uk", "trgLang": "en"}
    assert [file.get("id") for file in root] == ["train", "test"]
    units = root.findall(".//x:unit", NAMES)
    assert [unit.get("id") for unit in units] == ["r1", "r2", "r4"]
    for unit in units:
        assert [etree.QName(part).localname for part in unit] == ["metadata", "segment"]
        assert [etree.QName(part).localname for part in unit[1]] == ["source", "target"]
        assert all(len(group) for group in unit.iterfind(".//m:metaGroup", NAMES))


def scores(path: Path) -> list[str | None]:
    return [each.text for each in etree.parse(str(path)).iterfind(".//m:meta[@type='probability']", NAMES)]


def test_a_translation_program_keeps_the_scores(exported: Path, tmp_path: Path) -> None:
    xliff = pytest.importorskip("translate.storage.xliff2")
    read = xliff.Xliff2File.parsefile(str(exported))
    assert [unit.getid() for unit in read.units] == ["r1", "r2", "r4"]
    assert str(read.units[0].source) == "Так & ні.\nДруге <речення>."
    read.units[1].target = "Three."
    read.savefile(str(tmp_path / "saved.xlf"))
    assert scores(tmp_path / "saved.xlf") == scores(exported) == ["0.75"] * 3
    assert b"Three." in (tmp_path / "saved.xlf").read_bytes()


def test_it_needs_a_direction(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a source and a target"):
        FORMATS["xliff"].write(select(DatasetFolder(dataset)), tmp_path / "x.xlf")
