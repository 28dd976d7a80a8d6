"""Labels at the head of a block."""

from __future__ import annotations

import pytest

from corpus_builder.extract.labels import LabelBook
from corpus_builder.languages import known_languages, language

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
