"""Names in running text, and words that are one name."""

from __future__ import annotations

import doctest

import pytest

from corpus_builder.text import names, quantities, quote_marks
from corpus_builder.text.names import read_names, same_name, sounds_alike


@pytest.mark.parametrize("module", [names, quantities, quote_marks])
def test_examples(module: object) -> None:
    tested = doctest.testmod(module)  # type: ignore[arg-type]
    assert tested.attempted > 0
    assert tested.failed == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Учора Мерц говорив із Туском.", ["мерц", "туском"]),
        ("Старий міст закрили. Новий відкрили.", []),
        ("Він сказав: «Німеччина допоможе Україні».", ["україні"]),
        ("Дощ у\nКиєві й Одесі", ["одесі"]),
        ("On Monday, I saw Mr Smith in the USA.", ["smith"]),
        ("Old Bridge Over Desna Closed", []),
        ("Про Івано-Франківськ", ["івано", "франківськ"]),
        ("Про місто Київ і знову про Київ", ["київ"]),
    ],
)
def test_names_of_a_text(text: str, expected: list[str]) -> None:
    assert list(read_names(text).names) == expected


ONE_NAME = [
    ("десну", "десною"),
    ("чернігові", "чернігова"),
    ("олена", "олени"),
    ("шевченко", "шевченка"),
    ("андрій", "андрія"),
    ("зеленський", "зеленського"),
    ("львів", "львова"),
    ("київ", "києва"),
    ("арізони", "аризони"),
    ("трамп", "трампом"),
    ("путин", "путина"),
    ("kyiv", "kyiv's"),
    ("kyiv", "kiev"),
    ("zelenskyy", "zelensky"),
    ("odesa", "odessa"),
    ("mykola", "nikolai"),
]


@pytest.mark.parametrize(("one", "other"), ONE_NAME)
def test_cases_and_spellings_are_one_name(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)
    assert sounds_alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("марк", "марія"), ("мерц", "меркель"), ("львів", "луцьк"), ("харків", "херсон"), ("putin", "path"),
     ("десна", "desna"), ("сара", "це")],
)  # fmt: skip
def test_other_names_of_one_language(one: str, other: str) -> None:
    assert not same_name(one, other)
    assert not same_name(other, one)
