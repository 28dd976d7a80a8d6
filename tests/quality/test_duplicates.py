"""Near-duplicates of rows and stories: reprints, updates, boilerplate, and what only looks like them."""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path

import pytest

from corpus_builder.quality.duplicates import (
    ROWS,
    Duplicate,
    companions,
    near_duplicates,
    row_duplicates,
    story_clusters,
)

SYLLABLES = (("ка", "ме", "ти", "ро", "лю", "за"), ("рад", "мін", "буд", "нос"), ("а", "ів", "ою"))
WORDS = ["".join(syllables) for syllables in product(*SYLLABLES)]


def text(words: int, seed: int) -> str:
    chosen = random.Random(seed)
    return " ".join(chosen.choice(WORDS) for _ in range(words))


def test_rows_that_say_nearly_the_same_are_one_group(tmp_path: Path) -> None:
    base = text(20, 1)
    rows = [
        {"uk": base, "en": text(20, 2)},
        {"uk": text(20, 3)},
        {"uk": base.replace(base.split()[4], "інше", 1), "en": text(20, 4)},
        {"uk": text(20, 5), "en": text(20, 2).upper() + "!"},
        {"uk": "Так."}, {"uk": "Так."},
    ]  # fmt: skip
    (group,) = near_duplicates(rows, ROWS, tmp_path)
    assert group.members == (0, 2, 3)  # 3 by its English side; two words are left alone
    assert list(tmp_path.iterdir()) == []


def test_counts_are_of_other_stories() -> None:
    stories = ["a", "a", "b", "c"]
    (group,) = near_duplicates([{"uk": text(9, 1)}] * 4, ROWS)
    found = row_duplicates(stories, [group])
    assert found == {0: Duplicate(2, 0), 1: Duplicate(2, 0), 2: Duplicate(2, 1), 3: Duplicate(2, 2)}
    (group,) = near_duplicates([{"uk": text(9, 1)}] * 2, ROWS)
    assert row_duplicates(["a", "a"], [group]) == {}


def test_reprints_and_updates_are_clusters_and_other_stories_are_not() -> None:
    story, other = text(120, 10), text(150, 11)
    update = f"{story} {text(100, 12)}"
    reprint = story.replace("а", "a", 0) + " " + text(10, 13)
    stories = [
        ("1", {"uk": story, "ru": text(110, 20)}),
        ("2", {"uk": other, "ru": text(140, 21)}),
        ("3", {"uk": update, "ru": text(200, 22)}),
        ("4", {"uk": text(120, 14), "ru": f"{text(140, 21)} {text(9, 23)}"}),
        ("5", {"uk": reprint}),
    ]
    assert sorted(map(sorted, story_clusters(stories))) == [["1", "3", "5"], ["2", "4"]]


def test_many_rows_of_boilerplate_among_many_others() -> None:
    rows = [{"uk": "Підписуйтеся на наш канал новин"} if i % 50 == 0 else {"uk": text(15, i)} for i in range(5000)]
    groups = near_duplicates(rows, ROWS)
    assert max(groups, key=lambda group: len(group.members)).members == tuple(range(0, 5000, 50))
    assert sum(len(group.members) for group in groups) < 110


def test_groups_are_the_same_however_many_links_memory_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"uk": text(9, i % 40), "en": text(9, 100 + i % 60)} for i in range(400)]
    groups = near_duplicates(rows, ROWS)
    assert [group.members for group in groups] == [tuple(range(start, 400, 20)) for start in range(20)]
    monkeypatch.setattr("corpus_builder.quality.duplicates._LINKS", 10)
    assert near_duplicates(rows, ROWS) == groups


def test_rows_without_a_near_duplicate_make_no_group() -> None:
    assert near_duplicates([], ROWS) == []
    assert near_duplicates([{"uk": text(9, i)} for i in range(5)], ROWS) == []


def test_companions_share_a_sentence_in_one_language() -> None:
    background = "У вересні місто вже закуповувало двадцять нових тролейбусів"
    stories = [
        ("1", {"uk": f"Перше речення про щось зовсім інше. {background}.", "en": "One."}),
        ("2", {"uk": f"{background}!\nТретє речення про ще щось інше."}),
        ("3", {"ru": f"{background}. И ещё одно предложение."}),
        ("4", {"uk": "Деталі. Деталі. Деталі."}),
        ("5", {"uk": "Деталі. Деталі."}),
    ]
    assert companions(stories, 4) == [("1", "2")]
    assert companions([*stories, *[(f"{n}", stories[0][1]) for n in range(6, 12)]], 4) == []
    assert companions([], 4) == []
