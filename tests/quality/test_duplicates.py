"""Near-duplicates of rows and stories: reprints, updates, boilerplate, and what only looks like them."""

from __future__ import annotations

import random
import resource
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise, product
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from corpus_builder.quality.companions import companions, sentence_hashes, write_sentences
from corpus_builder.quality.components import Components
from corpus_builder.quality.duplicates import Duplicate, Repeats, compared_texts
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
    groups = Components(len(items))
    for name in sorted({path.name for path in folder.glob("*/*")}):
        having = [shard for shard in range(shards) if (folder / str(shard) / name).exists()]
        paths = [folder / str(shard) / name for shard in having]
        for earlier, later in near_pairs(paths, [first[shard] for shard in having], measure, folder):
            groups.link(earlier, later)
    assert {path.name for path in folder.iterdir()} == set(map(str, range(shards))), "nothing is left behind"
    return groups_in(groups)


class Group(NamedTuple):
    members: tuple[int, ...]


def groups_in(components: Components) -> list[Group]:
    """The groups of two or more, in the order of their first members."""
    members = defaultdict(list)
    for items, first in components.parts():
        for item, group in zip(items.tolist(), first.tolist(), strict=True):
            members[group].append(item)
    return [Group(tuple(own)) for own in members.values() if len(own) > 1]


def repeated(parts: Sequence[Sequence[int]], *links: tuple[int, int]) -> dict[int, Duplicate]:
    """The rows that other stories have: of rows whose stories are in parts, and that are linked so."""
    firsts = list(accumulate(map(len, parts), initial=0))
    groups, found = Components(firsts[-1]), {}
    for one, other in links:
        groups.link(np.array([one]), np.array([other]))
    with TemporaryFile() as ranks:
        repeats = Repeats(groups, ranks)
        for stories in parts:
            repeats.add(np.array(stories))
        for ends in pairwise(firsts):
            for row, others, rank in zip(*(column.tolist() for column in repeats.read(*ends)), strict=True):
                found[row] = Duplicate(others, rank)
    return found


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


def test_counts_are_of_other_stories() -> None:
    found = repeated([[7, 7, 8, 9]], (0, 1), (1, 2), (0, 3))
    assert found == {0: Duplicate(2, 0), 1: Duplicate(2, 0), 2: Duplicate(2, 1), 3: Duplicate(2, 2)}
    assert repeated([[7, 7]], (0, 1)) == {}


def test_counts_go_on_from_one_part_to_the_next() -> None:
    found = repeated([[0, 0, 1], [], [2, 3, 3, 4]], (0, 4), (2, 5), (2, 4), (3, 6))
    assert found == {
        0: Duplicate(2, 0), 2: Duplicate(2, 1), 4: Duplicate(2, 2), 5: Duplicate(2, 2), 3: Duplicate(1, 0),
        6: Duplicate(1, 1),
    }  # fmt: skip


@given(st.integers(1, 60), st.data())
def test_components_are_those_that_scipy_finds(count: int, data: st.DataObject) -> None:
    ends = st.integers(0, count - 1)
    links = np.array(data.draw(st.lists(st.tuples(ends, ends), max_size=80)), np.int64).reshape(-1, 2)
    components = Components(count)
    for part in np.array_split(links, data.draw(st.integers(1, 4))):
        components.link(part[:, 0], part[:, 1])
    graph = coo_array((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(count, count))
    labels = connected_components(graph, directed=False)[1]
    assert components.first(np.arange(count)).tolist() == [int(np.flatnonzero(labels == x)[0]) for x in labels]


@pytest.mark.parametrize("order", ["rising", "falling", "star", "mixed"])
def test_long_chains_are_joined_in_time(order: str) -> None:
    count = 200_000
    one = np.arange(count - 1)
    if order == "mixed":
        one = np.random.default_rng(1).permutation(one)
    other = np.full(count - 1, count - 1) if order == "star" else one + 1
    components = Components(count)
    started = time.process_time()
    components.link(*((other[::-1], one[::-1]) if order == "falling" else (one, other)))
    assert not components.first(np.arange(count)).any()
    assert time.process_time() - started < 5, "a chain of n links takes n steps"


def test_memory_holds_numbers_of_a_row_and_no_objects() -> None:
    def peak(rows: int) -> int:
        tracemalloc.start()
        groups = Components(rows)
        for first in range(0, rows, 1_000):
            groups.link(np.arange(first, first + 1_000) % 97, np.arange(first, first + 1_000))
        with TemporaryFile() as ranks:
            repeats = Repeats(groups, ranks)
            for first in range(0, rows, 1_000):
                repeats.add(np.arange(first, first + 1_000) // 5)
            for first in range(0, rows, 1_000):
                repeats.read(first, first + 1_000)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(1_000)  # imports
    assert (peak(100_000) - peak(20_000)) / 80_000 < 10, "bytes a row"


def test_more_shards_than_files_that_may_be_open(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    items = [{"uk": text(9, i % 50)} for i in range(100)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) + 20, limits[1]))
    try:
        groups = near_duplicates(items, tmp_path, shards=100)
        found = shared([(str(i), item) for i, item in enumerate(items)], tmp_path, 100)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert [group.members for group in groups] == [(i, i + 50) for i in range(50)]
    assert sorted(found) == sorted([str(i), str(i + 50)] for i in range(50))


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
    monkeypatch.setattr("corpus_builder.quality.components._AT_A_TIME", 10)
    assert near_duplicates(rows, tmp_path, shards=3) == groups
    monkeypatch.setattr("corpus_builder.quality.sketches.KEYS", 30)
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
    groups = companions(paths, first[:-1], 4, folder).tolist()
    return [[stories[number][0] for number in group if number >= 0] for group in groups]


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
    monkeypatch.setattr("corpus_builder.quality.companions.KEYS", 3)
    assert shared(series, tmp_path, 3) == groups
    monkeypatch.setattr("corpus_builder.quality.companions._WAITING", 2)
    assert shared(series, tmp_path, 3) == groups


def test_a_corpus_without_a_story_of_several_editions_has_no_companions(tmp_path: Path) -> None:
    assert companions([], [], 4, tmp_path).tolist() == []
