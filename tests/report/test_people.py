"""Which names are one person's: the links that hold, and the ones that must not."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.report.people import Person, find_people
from corpus_builder.text.person_names import cases_of_one, names_alike

Row = tuple[str, dict[str, str | None]]


def said(article: str, uk: str | None = None, ru: str | None = None, en: str | None = None) -> Row:
    return article, {"uk": uk, "ru": ru, "en": en}


def people(*rows: Row) -> list[Person]:
    return find_people([article for article, _ in rows], [sides for _, sides in rows])


def names(person: Person) -> dict[str, set[str]]:
    return {language: {name for name, _ in own} for language, own in person.names.items()}


def test_one_speaker_in_three_languages_is_one_person() -> None:
    (person,) = people(
        said("1", "Пєсков", "Песков", "Peskov"),
        said("2", "Дмитро Пєсков", "Песков", "Dmitry Peskov"),
        said("3", "Пєскова", "Песков"),
        said("4", None, "Дмитрий Песков", "Peskov"),
    )
    assert names(person) == {
        "uk": {"Пєсков", "Пєскова", "Дмитро Пєсков"},
        "ru": {"Песков", "Дмитрий Песков"},
        "en": {"Peskov", "Dmitry Peskov"},
    }
    assert person.quotes == (0, 1, 2, 3)


def test_names_that_are_not_alike_need_two_stories_and_most_of_them() -> None:
    same = [said(str(i), "МЗС", "МИД", "Foreign Ministry") for i in range(2)]
    assert len(people(*same)) == 1
    # Two quotations of one story are one witness; theirs is whom the first edition names.
    (one,) = people(said("1", "Бондар", "Иванов"), said("1", "Бондар", "Иванов"))
    assert names(one) == {"uk": {"Бондар"}}
    # What links one name to many is no link.
    scattered = [said(str(i), "Сирський", other) for i, other in enumerate(["Иванов", "Иванов", "Орлов", "Белых"])]
    assert [names(person) for person in people(*scattered)] == [{"uk": {"Сирський"}}]


def test_a_surname_does_not_make_one_of_two_people() -> None:
    rows = [said(str(i), "Шевченко", None, "Andriy Shevchenko") for i in range(3)]
    rows += [said(f"t{i}", "Шевченко", None, "Taras Shevchenko") for i in range(2)]
    first, second = people(*rows)
    assert names(first)["en"] == {"Andriy Shevchenko"}
    assert (len(first.quotes), len(second.quotes)) == (3, 2)  # the bare surname goes with the full name beside it


def test_a_wrong_link_among_many_changes_nothing() -> None:
    rng = random.Random(1)
    pairs = {"Олег Мартинюк": "Oleh Martyniuk", "Ірина Довбуш": "Iryna Dovbush", "Степан Гук": "Stepan Huk"}
    rows = []
    for i in range(300):
        uk, en = rng.choice(list(pairs.items()))
        rows.append(said(str(i), uk, None, rng.choice(list(pairs.values())) if rng.random() < 0.2 else en))
    found = people(*rows)
    assert {(p.names["uk"][0][0], p.names["en"][0][0]) for p in found if "uk" in p.names} == set(pairs.items())
    assert len(found) == 3


def test_cases_of_a_full_name_are_one_and_a_couple_is_not() -> None:
    assert len(people(said("1", "Дональд Трамп"), said("2", "Дональда Трампа"), said("3", "Дональдом Трампом"))) == 1
    assert len(people(said("1", "Валентин Бондар"), said("2", "Валентина Бондар"))) == 2
    assert not cases_of_one("Іван Гончар", "Іван Гончаренко")


def test_a_bare_surname_is_that_of_the_one_person_who_bears_it() -> None:
    (one,) = people(said("1", "Марія Кучеренко", None, "Mariia Kucherenko"), said("2", "Кучеренко"))
    assert one.quotes == (0, 1)
    two = [said("1", "Марія Кучеренко"), said("2", "Остап Кучеренко"), said("3", "Кучеренко")]
    assert [len(person.quotes) for person in people(*two)] == [1, 1, 1]
    # Where another edition says who it is, that is not asked.
    known = [said("1", "Марія Кучеренко"), said("2", "Кучеренко", None, "Ostap Kucherenko")]
    assert len(people(*known)) == 2


def test_whoever_has_no_name_is_nobody() -> None:
    assert people(said("1", "міністр", "он", "he"), said("2")) == []


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Дмитро Пєсков", "Peskov", True),
        ("Кличка", "Vitali Klitschko", True),
        ("Олесь Гончар", "Oles Honchar", True),
        ("Джон Кеннеді", "John Goldsmith", False),
        ("Іван", "Іваненко", False),
        ("he", "він", False),
    ],
)
def test_alike(one: str, other: str, alike: bool) -> None:
    assert names_alike(one, other) is names_alike(other, one) is alike


_name = st.one_of(st.none(), st.sampled_from(["Пєсков", "Песков", "Peskov", "Іван Пєсков", "Ivan Petrov", "він", ""]),
                  st.text(max_size=12))  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from("123"), _name, _name, _name), max_size=12), st.randoms())
def test_every_named_quotation_has_one_person_whatever_the_order(
    rows: list[tuple[str, str | None, str | None, str | None]], rng: random.Random
) -> None:
    found = people(*(said(*row) for row in rows))
    numbers = [number for person in found for number in person.quotes]
    assert len(numbers) == len(set(numbers))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{8}", person.file) for person in found)
    assert len({person.file for person in found}) == len(found)
    order = list(range(len(rows)))
    rng.shuffle(order)
    again = people(*(said(*rows[i]) for i in order))
    assert {frozenset(order[n] for n in person.quotes) for person in again} == {
        frozenset(person.quotes) for person in found
    }
    assert [person.file for person in again] == [person.file for person in found]
