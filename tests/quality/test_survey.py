"""What is learned of a corpus as a whole, also where it has little, or nothing, of a language."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus_builder.quality import survey
from corpus_builder.quality.batch import RowTexts
from corpus_builder.quality.word_translations import WordTranslations


def rows(
    *languages: str, text: str = "The paragraph number {} has some words, as others have, and a few letters more."
) -> list[RowTexts]:
    return [
        RowTexts(str(number), "sentence", 0, {language: text.format(number) for language in languages})
        for number in range(80)
    ]


def test_models_of_an_earlier_corpus_do_not_stay(tmp_path: Path) -> None:
    survey.learn(rows("en", "uk"), ["en", "uk"], tmp_path, WordTranslations())
    assert set(survey.load(tmp_path).fertility) == {"en", "uk"}
    survey.learn(rows("en"), ["en", "uk"], tmp_path, WordTranslations())
    again = survey.load(tmp_path)
    assert set(again.fertility) == set(again.pieces) == {"en"}


@pytest.mark.parametrize("text", ["", " ", "… —", "1 2 {}"])
@pytest.mark.parametrize("number", [0, 1, 80])
def test_corpora_without_words(text: str, number: int, tmp_path: Path) -> None:
    """Warnings are errors here."""
    survey.learn(rows("en", "uk", text=text)[:number], ["en", "ru", "uk"], tmp_path, WordTranslations())
    survey.load(tmp_path)
