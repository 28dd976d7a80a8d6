"""Near-duplicates of rows and stories: reprints, updates, boilerplate, and what only looks like them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from tempfile import mkdtemp

import pytest

from corpus_builder.quality.companions import companions, sentence_hashes, write_sentences
from corpus_builder.quality.duplicates import (
    Duplicate,
    Group,
    compared_texts,
    fewest_links,
    groups_of,
    row_duplicates,
)
from corpus_builder.quality.sketches import ROWS, STORIES, Measure, SketchWriter, near_pairs

SYLLABLES = (("ка", "ме", "ти", "ро", "лю", "за"), ("рад", "мін", "буд", "нос"), ("а", "ів", "ою"))
WORDS = ["".join(syllables) for syllables in product(*SYLLABLES)]


def text(words: int, seed: int) -> str:
    chosen = random.Random(seed)
    return " ".join(chosen.choice(WORDS) for _ in range(words))


def near_duplicates(
    items: Sequence[Mapping[str, str]], folder: Path, measure: Measure = ROWS, shards: int = 1
) -> list[Group]:
    """The groups of items that lie in so many shards."""
    folder = Path(mkdtemp(dir=folder))
    first = [len(items) * shard // shards for shard in range(shards + 1)]
    for shard in range(shards):
        (folder / str(shard)).mkdir()
        writer = SketchWriter(folder / str(shard), "row", measure)
        for number, item in enumerate(items[first[shard] : first[shard + 1]]):
            writer.add(number, item)
        writer.close()
    links = []
    for name in sorted({path.name for path in folder.glob("*/*")}):
        having = [shard for shard in range(shards) if (folder / str(shard) / name).exists()]
        paths = [folder / str(shard) / name for shard in having]
        links.append(fewest_links(near_pairs(paths, [first[shard] for shard in having], measure, folder)))
    assert {path.name for path in folder.iterdir()} == set(map(str, range(shards))), "nothing is left behind"
    return groups_of(links)


def test_rows_that_say_nearly_the_same_are_one_group(tmp_path: Path) -> None:
    base = text(20, 1)
    rows = [
        {"uk": base, "en": text(20, 2)},
        {"uk": text(20, 3)},
        {"uk": base.replace(base.split()[4], "інше", 1), "en": text(20, 4)},
        {"uk": text(20, 5), "en": text(20, 2).upper() + "!"},
        {"uk": "Так."}, {"uk": "Так."},
    ]  # fmt: skip
    (group,) = near_duplicates(rows, tmp_path)
    assert group.members == (0, 2, 3)  # 3 by its English side; two words are left alone


def test_counts_are_of_other_stories(tmp_path: Path) -> None:
    stories = {0: "a", 1: "a", 2: "b", 3: "c"}
    (group,) = near_duplicates([{"uk": text(9, 1)}] * 4, tmp_path)
    found = row_duplicates(stories, [group])
    assert found == {0: Duplicate(2, 0), 1: Duplicate(2, 0), 2: Duplicate(2, 1), 3: Duplicate(2, 2)}
    (group,) = near_duplicates([{"uk": text(9, 1)}] * 2, tmp_path)
    assert row_duplicates({0: "a", 1: "a"}, [group]) == {}


def test_reprints_and_updates_are_clusters_and_other_stories_are_not(tmp_path: Path) -> None:
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
    texts = [compared_texts(editions) for _, editions in stories]
    clusters = [[stories[i][0] for i in group.members] for group in near_duplicates(texts, tmp_path, STORIES)]
    assert clusters == [["1", "3", "5"], ["2", "4"]]


def test_a_short_edition_says_nothing_of_a_long_story() -> None:
    stub, long = text(5, 1), text(30, 2)
    assert compared_texts({"en": stub, "uk": long}) == {"uk": long}
    assert compared_texts({"en": stub}) == {"en": stub}


def test_many_rows_of_boilerplate_among_many_others(tmp_path: Path) -> None:
    rows = [{"uk": "Підписуйтеся на наш канал новин"} if i % 50 == 0 else {"uk": text(15, i)} for i in range(5000)]
    groups = near_duplicates(rows, tmp_path)
    assert max(groups, key=lambda group: len(group.members)).members == tuple(range(0, 5000, 50))
    assert sum(len(group.members) for group in groups) < 110


def test_groups_are_the_same_however_many_shards_there_are_and_however_little_memory_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"uk": text(9, i % 40), "en": text(9, 100 + i % 60)} for i in range(400)]
    rows[:100] = [{"en": row["en"]} for row in rows[:100]]  # the first shard has no Ukrainian
    groups = near_duplicates(rows, tmp_path)
    assert [group.members for group in groups] == [tuple(range(start, 400, 20)) for start in range(20)]
    assert near_duplicates(rows, tmp_path, shards=4) == groups
    monkeypatch.setattr("corpus_builder.quality.duplicates._LINKS", 10)
    assert near_duplicates(rows, tmp_path, shards=3) == groups
    monkeypatch.setattr("corpus_builder.quality.sketches._KEYS", 30)
    monkeypatch.setattr("corpus_builder.quality.sketches._PAIRS", 7)
    assert near_duplicates(rows, tmp_path, shards=4) == groups


def test_rows_without_a_near_duplicate_make_no_group(tmp_path: Path) -> None:
    assert near_duplicates([], tmp_path) == []
    assert near_duplicates([{"uk": text(9, i)} for i in range(5)], tmp_path) == []


def shared(stories: Sequence[tuple[str, Mapping[str, str]]], folder: Path, shards: int = 1) -> list[list[str]]:
    first = [len(stories) * shard // shards for shard in range(shards + 1)]
    paths = [folder / f"{shard}.u96" for shard in range(shards)]
    for shard, path in enumerate(paths):
        own = stories[first[shard] : first[shard + 1]]
        write_sentences(path, ((digest, i) for i, (_, texts) in enumerate(own) for digest in sentence_hashes(texts)))
    return [[stories[number][0] for number in group] for group in companions(paths, first[:-1], 4)]


def test_companions_share_a_sentence_in_one_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    background = "У вересні місто вже закуповувало двадцять нових тролейбусів"
    stories = [
        ("1", {"uk": f"Перше речення про щось зовсім інше. {background}.", "en": "One."}),
        ("2", {"uk": f"{background}!\nТретє речення про ще щось інше."}),
        ("3", {"ru": f"{background}. И ещё одно предложение."}),
        ("4", {"uk": "Деталі. Деталі. Деталі."}),
        ("5", {"uk": "Деталі. Деталі."}),
    ]
    assert shared(stories, tmp_path) == [["1", "2"]]
    assert shared(stories, tmp_path, 5) == [["1", "2"]]
    assert shared([*stories, *[(f"{n}", stories[0][1]) for n in range(6, 12)]], tmp_path) == []
    assert shared([], tmp_path) == []
    series = [(f"{n}", {"en": " ".join(f"{text(8, n // k + 100 * k)}." for k in (2, 3, 4))}) for n in range(40)]
    groups = shared(series, tmp_path)
    assert len(groups) > 20
    monkeypatch.setattr("corpus_builder.quality.companions._AT_A_TIME", 3)
    assert shared(series, tmp_path, 3) == groups


def test_a_corpus_without_a_story_of_several_editions_has_no_companions() -> None:
    assert companions([], [], 4) == []
