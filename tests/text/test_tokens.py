"""Words and their rough common spelling."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.text import tokens, transliteration
from corpus_builder.text.tokens import unit, words
from corpus_builder.text.transliteration import skeleton


def test_examples_in_docstrings():
    for module in (tokens, transliteration):
        assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("«П’ять» ʼ", ['"', "п'ять", '"']),
        ("1,997 and 1\u00a0997, 1.997; 3,5 %", ["1997", "and", "1997", "1997", ";", "3.5", "%"]),
        ("l’homme d'État", ["l", "homme", "d", "état"]),
        ("вице-президент ещё", ["вице", "президент", "еще"]),
        ("2025-11-22", ["2025", "11", "22"]),
        ("東京は3", ["東", "京", "は", "3"]),
        ("หนังสือที่ดี", ["ห", "นั", "ง", "สื", "อ", "ที่", "ดี"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("বাংলা தமிழ்", ["বাংলা", "தமிழ்"]),
        ("كَتَبَ می‌خواهم שָׁלוֹם", ["كَتَبَ", "می‌خواهم", "שָׁלוֹם"]),
        ("cafe\u0301 и\u0306 за\u0301мок", ["café", "й", "замок"]),
        ("「東」？ هل؟", ['"', "東", '"', "?", "هل", "?"]),
        ("", []),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize("apostrophe", "'’ʼ‘ʹ`´′‛＇")
def test_the_ukrainian_apostrophe_is_one_letter_in_all_its_spellings(apostrophe):
    assert words(f"п{apostrophe}ять `об{apostrophe}єкт`") == ["п'ять", "об'єкт"]


@given(st.text())
def test_words_of_any_text_have_a_unit_and_a_skeleton(text):
    for word in words(text):
        assert word
        assert word == word.lower() or not word.islower()
        assert unit(word) == (word if word[0].isdigit() else word[: tokens.PREFIX])
        assert skeleton(word)


@given(st.text(alphabet="абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", min_size=1))
def test_cyrillic_is_written_in_latin_letters(word):
    assert skeleton(word).isascii() or skeleton(word) == word
