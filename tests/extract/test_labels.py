"""Labels at the head of a block."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus_builder.extract.compiled import compiled_site
from corpus_builder.extract.labels import LabelBook
from corpus_builder.languages import known_languages, language
from corpus_builder.sites import load_site

LABELS = {code: LabelBook(language(code).labels) for code in known_languages()}


@pytest.mark.parametrize(
    ("language", "text", "bold", "role", "label", "speaker", "rest"),
    [
        ("en", "Source: TASS", 6, "source", "Source", None, "TASS"),
        ("en", "Source: TASS", 0, "source", "Source", None, "TASS"),
        ("en", 'Quote from Peskov: "We will"', 0, "quote", "Quote from Peskov", "Peskov", '"We will"'),
        ("en", 'Quote: "We will"', 5, "quote", "Quote", None, '"We will"'),
        ("uk", "Пряма мова Трампа: так", 10, "quote", "Пряма мова Трампа", "Трампа", "так"),
        ("uk", "ДЕТАЛІ : так", 6, "details", "ДЕТАЛІ", None, "так"),
        ("uk", "Деталі Уряд ухвалив", 6, "details", "Деталі", None, "Уряд ухвалив"),
        ("uk", "Передісторія:", 12, "background", "Передісторія", None, ""),
        ("uk", "Передісторія", 12, "background", "Передісторія", None, ""),
        ("ru", "Что было раньше: да", 0, "previously", "Что было раньше", None, "да"),
    ],
)
def test_found(language: str, text: str, bold: int, role: str, label: str, speaker: str | None, rest: str) -> None:
    found = LABELS[language].find(text, bold)
    assert found is not None
    assert (found.role, found.text, found.speaker, text[found.end :]) == (role, label, speaker, rest)


@pytest.mark.parametrize(
    ("language", "text", "bold"),
    [
        ("en", "Source code: an open question", 0),
        ("en", "Details of the plan are known", 0),
        ("en", "Quote marks in the text were lost, and nobody noticed for a long while: here they are", 0),
        ("uk", "Нагадаємо, раніше уряд ухвалив рішення", 9),
        ("uk", "Джерелом новини є міськрада: так сказали", 0),
        ("uk", "Деталі", 0),
        ("uk", "Уряд. Деталі: так", 0),
    ],
)
def test_not_found(language: str, text: str, bold: int) -> None:
    assert LABELS[language].find(text, bold) is None


def test_no_labels_no_label() -> None:
    assert LabelBook({}).find("Source: TASS") is None


def test_a_site_has_the_labels_of_its_languages_but_for_the_roles_that_it_sets(tmp_path: Path) -> None:
    rules = """
name = "mine"
title = "Mine"
homepage = "https://mine.example"
domains = ["mine.example"]
[editions.en]
paths = ['/en/(?P<id>\\d+)/']
[labels.en]
source = ["Seen in"]
quote = []
"""
    (tmp_path / "mine.toml").write_text(rules, encoding="utf-8")
    book = compiled_site(load_site(str(tmp_path / "mine.toml"))).labels["en"]
    roles = {text: (label.role if (label := book.find(text)) else None) for text in (
        "Seen in: Reuters", "Source: Reuters", "Quote: we will see", "Background: it rains",
    )}  # fmt: skip
    assert list(roles.values()) == ["source", None, None, "background"]
