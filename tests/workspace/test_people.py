"""people.toml: what is written is read again, and what is wrong in it is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.errors import ConfigError
from corpus_builder.report.people import find_people
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.people import SamePerson, read_people, write_people


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, unique=True))
def test_any_name_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    workspace = Workspace(tmp_path_factory.mktemp("people"))
    people = (SamePerson.of({"uk": names, "en": ["Ann"]}), SamePerson.of({"pt-br": names[:1]}))
    write_people(workspace, people)
    assert read_people(workspace) == people


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("person = 1", "key person: not a list of tables"),
        ("[[person]]\nuk = 'Ann'", "person 1, key uk: not a list of names"),
        ("[[person]]\nuk = ['']", "person 1, key uk"),
        ("[[people]]\nuk = ['Ann']", "key people: unknown key"),
        ("[[person]", "not valid TOML"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, message: str) -> None:
    workspace = Workspace(tmp_path)
    workspace.people.write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_people(workspace)


def test_names_that_are_one_person_are_joined_whatever_they_look_like() -> None:
    speakers = [{"uk": "Іван Петренко"}, {"uk": "Олена Коваль"}, {"uk": "Марія Шевченко"}]
    stories = ["1", "2", "3"]
    assert len(find_people(stories, speakers)) == 3
    same = [[("uk", "Іван Петренко"), ("uk", "Олена Коваль"), ("en", "nobody here")]]
    assert sorted(len(person.quotes) for person in find_people(stories, speakers, same)) == [1, 2]
