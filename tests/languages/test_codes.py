"""Language tags to codes."""

import doctest

import pytest

from corpus_builder.languages import codes


def test_examples_in_docstrings():
    assert doctest.testmod(codes).failed == 0


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("uk", "uk"), ("UKR", "uk"), ("ger", "de"), ("deu", "de"), ("zh-Hant-TW", "zh"), ("chi", "zh"), ("yue", "yue")],
)
def test_codes(tag, expected):
    assert codes.is_tag(tag)
    assert codes.code(tag) == expected


@pytest.mark.parametrize("text", ["", "x", "1234", "some notes", "a-b-c-d-e", "ein-ziemlichlanger"])
def test_what_is_no_tag(text):
    assert not codes.is_tag(text)


def test_all_codes_of_two_letters_are_different_from_those_of_three():
    assert {len(code) for code in codes._THREE_LETTERS.values()} == {2}
    assert {len(tag) for tag in codes._THREE_LETTERS} == {3}
