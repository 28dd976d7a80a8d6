"""Which language a text is in, and how honest the probability is."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

from corpus_builder.text import language
from corpus_builder.text.language import identify


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Уряд ухвалив рішення, яке чекали давно.", "uk"),
        ("Правительство приняло решение, которого давно ждали.", "ru"),
        ("The government made a decision that was long awaited.", "en"),
        ("Компанія Meta відкрила офіс Facebook Reality Labs", "uk"),
        ("УКРАЇНА", "uk"),
        ("Об'єкт", "uk"),
        ("Объект", "ru"),
    ],
)
def test_texts(text: str, expected: str) -> None:
    found = identify(text)
    assert found.language == expected
    assert 0.5 < found.probability <= 1


@pytest.mark.parametrize("text", ["", "2019 — 2022", "***", "№ 12/3"])
def test_no_letters_no_language(text: str) -> None:
    assert identify(text) == ("und", 0.0)


def test_a_word_that_both_have_is_left_open() -> None:
    assert identify("Москва").probability < 0.7
    assert identify("CNN").probability < 0.95


def test_the_page_decides_where_letters_do_not() -> None:
    assert identify("За словами Трампа", expected="uk").language == "uk"
    assert identify("Москва", expected="ru").language == "ru"
    assert identify("Уряд ухвалив рішення, яке чекали давно.", expected="ru").language == "uk"


def test_letters_decide_without_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_model(*_: object) -> object:
        raise AssertionError("the model was asked")

    monkeypatch.setattr(language, "_by_model", no_model)
    assert identify("Уряд ухвалив рішення, яке чекали давно.").language == "uk"
    assert identify("The government made a decision.").language == "en"


def test_the_model_is_not_imported_with_the_module() -> None:
    import subprocess

    code = "import sys, corpus_builder.text.language; sys.exit('py3langid' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_other_languages_go_to_the_model() -> None:
    assert (
        identify(
            "Über allen Gipfeln ist Ruh, in allen Wipfeln spürest du kaum einen Hauch", ("de", "en", "uk")
        ).language
        == "de"
    )
    with pytest.raises(ValueError, match="xx"):
        identify("text", ("xx", "en"))


def test_news_sentences(shared: Path) -> None:
    """Each of NTREX's 1,997 lines in three languages; a few lines are quotations in French, or names."""
    total = wrong = surely_wrong = wrong_on_page = 0
    with (shared / "data/ntrex/ntrex.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            for expected in ("uk", "ru", "en"):
                found = identify(row[expected])
                total += 1
                wrong += found.language != expected
                surely_wrong += found.language != expected and found.probability >= 0.95
                wrong_on_page += identify(row[expected], expected=expected).language != expected
    assert wrong / total < 0.006
    assert surely_wrong <= 2
    assert wrong_on_page <= 2
