"""Splits are by cluster and time, of the sizes asked for, and for good."""

from __future__ import annotations

import tracemalloc
from collections.abc import Collection, Iterable, Mapping

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_builder.dataset import splits as splits_module
from corpus_builder.dataset.splits import SPLITS
from corpus_builder.dataset.story_table import StoryTable
from tests.dataset import split_reference
from tests.dataset.split_reference import Assignment

DATES = st.dictionaries(
    st.text("0123456789", min_size=1, max_size=6),
    st.one_of(st.none(), st.dates().map(lambda day: day.isoformat())),
    max_size=40,
)
SHARES = st.floats(0, 0.5)


def days(first: int, last: int) -> dict[str, str | None]:
    return {f"{i:02d}": f"2025-01-{i:02d}" for i in range(first, last + 1)}


def assign(
    dates: Mapping[str, str | None],
    clusters: Iterable[Collection[str]] = (),
    companions: Iterable[Collection[str]] = (),
    *,
    validation: float,
    test: float,
    earlier: Mapping[str, str] | None = None,
    pairs: Mapping[str, Collection[str]] | None = None,
    least: int = 0,
    shards: int = 3,
) -> Assignment:
    """The splits by article id, of stories in so many shards; stories that this build lacks keep theirs."""
    pairs, earlier, table = pairs or {}, earlier or {}, StoryTable(("uk", "ru", "en"))
    members = [[(x, number) for number, group in enumerate(own) for x in group] for own in (clusters, companions)]
    for shard in range(shards):
        ids = list(dates)[shard::shards]
        own = [[(story, number) for story, number in each if story in ids] for each in members]
        written = [(pa.array([x for x, _ in each], pa.string()), np.array([n for _, n in each], int)) for each in own]
        table.add({x: dict.fromkeys(languages(pairs.get(x, ())), dates[x]) for x in ids}, *written)
    in_order = list(table.in_order())
    known = np.array([SPLITS.index(earlier[x]) if x in earlier else -1 for x in in_order], np.int8)
    found = splits_module.assign(table.stories(known), validation=validation, test=test, least=least)
    new = {x: SPLITS[number] for x, number in zip(in_order, found.splits.tolist(), strict=True) if number >= 0}
    return Assignment(dict(sorted({**earlier, **new}.items())), frozenset(in_order) - new.keys(), found.pairs)


def languages(pairs: Collection[str]) -> list[str]:
    """The languages of an edition each that make these pairs; without any, two that the build does not want."""
    return sorted({code for pair in pairs for code in pair.split("-")}) or ["de", "fr"]


def cut(stories: dict[str, str | None], draw: st.DataObject) -> list[list[str]]:
    """Some of the stories in disjoint clusters."""
    places = draw.draw(st.lists(st.integers(0, 8), min_size=len(stories), max_size=len(stories)))
    groups: dict[int, list[str]] = {}
    for story, place in zip(sorted(stories), places, strict=True):
        groups.setdefault(place, []).append(story)
    return [group for group in groups.values() if len(group) > 1]


def test_the_newest_stories_are_the_test_split() -> None:
    splits = assign(days(1, 10), validation=0.2, test=0.1).splits
    assert [splits[story] for story in days(1, 10)] == ["train"] * 7 + ["validation"] * 2 + ["test"]


def test_one_story_is_for_training() -> None:
    assert assign({"1": None}, validation=0.5, test=0.5).splits == {"1": "train"}


def test_a_reprint_goes_where_the_oldest_of_its_cluster_goes() -> None:
    splits = assign(days(1, 10), [{"10", "02"}, {"09", "08"}], validation=0, test=0.2).splits
    assert [story for story, split in splits.items() if split == "test"] == ["08", "09"]


def test_newer_stories_fill_up_the_held_out_splits_and_none_moves() -> None:
    first = assign(days(1, 10), validation=0.1, test=0.1).splits
    second = assign(days(1, 20), validation=0.1, test=0.1, earlier=first).splits
    assert {story: second[story] for story in first} == first
    assert [story for story, split in second.items() if split == "test"] == ["10", "20"]
    assert [story for story, split in second.items() if split == "validation"] == ["09", "19"]


def test_a_new_near_duplicate_joins_its_cluster_and_one_of_two_splits_is_left_out() -> None:
    first = assign(days(1, 10), validation=0, test=0.1).splits
    later = assign(days(1, 12), [{"11", "10"}, {"12", "01"}], validation=0, test=0.1, earlier=first)
    assert (later.splits["11"], later.splits["12"]) == ("test", "train")
    between = assign(days(1, 11), [{"11", "10", "01"}], validation=0, test=0.1, earlier=first)
    assert between.left_out == {"11"}
    assert "11" not in between.splits


def test_stories_that_a_narrower_build_lacks_are_remembered() -> None:
    first = assign(days(1, 10), validation=0.1, test=0.1).splits
    assert assign(days(1, 3), validation=0.1, test=0.1, earlier=first).splits == first


@given(DATES, SHARES, SHARES)
def test_every_story_has_a_split_and_time_runs_from_train_to_test(
    dates: dict[str, str | None], validation: float, test: float
) -> None:
    splits = assign(dates, validation=validation, test=test).splits
    assert splits.keys() == dates.keys()
    in_time = sorted(dates, key=lambda story: (dates[story] or "", story))
    order = [SPLITS.index(splits[story]) for story in in_time]
    assert order == sorted(order)
    assert not dates or "train" in splits.values()


@given(DATES, SHARES, SHARES, st.data())
def test_clusters_hold_together_over_builds_and_nothing_moves(
    dates: dict[str, str | None], validation: float, test: float, data: st.DataObject
) -> None:
    clusters = cut(dates, data)
    known = (
        {story: dates[story] for story in data.draw(st.sets(st.sampled_from(sorted(dates)))) if dates} if dates else {}
    )
    first = assign(known, [own for c in clusters if len(own := [s for s in c if s in known]) > 1],
                   validation=validation, test=test)  # fmt: skip
    second = assign(dates, clusters, validation=validation, test=test, earlier=first.splits)
    assert {story: second.splits[story] for story in first.splits} == first.splits
    assert second.splits.keys() | second.left_out == dates.keys()
    assert not first.left_out
    for cluster in clusters:
        before = {first.splits[story] for story in cluster if story in known}
        after = {second.splits[story] for story in cluster if story in second.splits}
        assert len(before) > 1 or len(after) == 1
    assert assign(dates, clusters, validation=validation, test=test, earlier=second.splits) == second


@pytest.mark.parametrize(("pair_stories", "expected"), [(24, 6), (40, 10), (8, 2), (100, 10)])
def test_each_pair_has_enough_stories_in_test_though_its_own_are_old(pair_stories: int, expected: int) -> None:
    stories = {f"{i:03d}": f"2025-{1 + i // 28:02d}-{1 + i % 28:02d}" for i in range(100)}
    pairs = {story: ["ru-uk", "en-uk"] if int(story) < pair_stories else ["ru-uk"] for story in stories}
    assigned = assign(stories, validation=0.1, test=0.1, pairs=pairs, least=30)
    assert assigned.pairs["en-uk"]["test"] == expected
    assert assigned.pairs["en-uk"]["train"] >= pair_stories / 2
    newest = [story for story in sorted(stories, reverse=True) if story in list(stories)[-10:]]
    assert {assigned.splits[story] for story in newest} == {"test"}
    added = [story for story, split in assigned.splits.items() if split == "test" and int(story) < 90]
    assert added == sorted(list(stories)[:pair_stories])[-len(added) :] if added else True
    again = assign(stories, validation=0.1, test=0.1, pairs=pairs, least=30, earlier=assigned.splits)
    assert again == assigned


def test_a_large_cluster_is_not_taken_for_a_pair() -> None:
    stories = {f"{i:03d}": f"2025-{1 + i // 28:02d}-{1 + i % 28:02d}" for i in range(100)}
    pairs = {story: ["en-uk"] for story in list(stories)[:30]}
    assigned = assign(stories, [set(list(stories)[2:30])], validation=0, test=0.1, pairs=pairs, least=5)
    assert assigned.pairs["en-uk"]["test"] <= 5


def test_new_stories_that_share_a_text_stay_together() -> None:
    stories = {f"{i:03d}": f"2025-{1 + i // 28:02d}-{1 + i % 28:02d}" for i in range(100)}
    splits = assign(stories, (), [("005", "099"), ("098", "099"), ("050", "051")], validation=0.1, test=0.1).splits
    assert splits["005"] == splits["098"] == splits["099"] == "train"
    assert sum(split == "test" for split in splits.values()) == 10


def test_a_series_of_companions_does_not_take_a_whole_split() -> None:
    stories = {f"{i:03d}": f"2025-{1 + i // 28:02d}-{1 + i % 28:02d}" for i in range(100)}
    chain = [(f"{i:03d}", f"{i + 1:03d}") for i in range(99)]
    splits = assign(stories, (), chain, validation=0.1, test=0.1).splits
    assert sum(split == "test" for split in splits.values()) in range(8, 13)
    assert sum(split == "validation" for split in splits.values()) in range(8, 13)


def test_companions_of_earlier_stories_move_and_drop_nothing() -> None:
    earlier = {"01": "train", "02": "test"}
    assigned = assign(
        days(1, 20), (), [("01", "20"), ("02", "20"), ("02", "03")], validation=0.1, test=0.1, earlier=earlier
    )
    assert not assigned.left_out
    assert assigned.splits["01"] == "train"
    assert assigned.splits["20"] == assigned.splits["02"] == "test"
    assert assigned.splits["03"] == "train"


@settings(max_examples=25)
@given(DATES, SHARES, SHARES, st.integers(0, 12), st.data())
def test_it_is_what_the_slow_and_obvious_way_gives(
    dates: dict[str, str | None], validation: float, test: float, least: int, data: st.DataObject
) -> None:
    clusters = sorted(map(sorted, cut(dates, data))) if data.draw(st.booleans()) else []
    companions: list[tuple[str, ...]] = []
    pairs: dict[str, list[str]] = {}
    if dates:
        story = st.sampled_from(sorted(dates))
        groups = data.draw(st.lists(st.sets(story, min_size=min(2, len(dates)), max_size=4), max_size=20))
        companions = sorted({tuple(sorted(group)) for group in groups})
        pairs = {x: data.draw(st.sampled_from([["ru-uk"], ["en-uk"], ["en-ru", "en-uk", "ru-uk"], []])) for x in dates}
    earlier = {x: data.draw(st.sampled_from(SPLITS)) for x in dates if data.draw(st.integers(0, 3)) == 0}
    given = {"validation": validation, "test": test, "earlier": earlier, "pairs": pairs, "least": least}
    shares = data.draw(st.sampled_from([0.04, 0.3, 1.0]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splits_module, "TOGETHER", shares)
        patch.setattr(split_reference, "TOGETHER", shares)
        expected = split_reference.assign(dates, clusters, companions, **given)
        assert assign(dates, clusters, companions, **given) == expected


def test_memory_holds_numbers_of_a_story_and_no_objects() -> None:
    def peak(count: int) -> int:
        table, none = StoryTable(("uk", "en")), (pa.array([], pa.string()), np.zeros(0, np.int64))
        tracemalloc.start()
        for first in range(0, count, 500):
            ids = range(first, first + 500)
            table.add({f"{n:07}": dict.fromkeys(("uk", "en"), f"2025-01-{n % 28 + 1:02}") for n in ids}, none, none)
        stories = table.stories(np.full(len(table), splits_module.NONE, np.int8))
        splits_module.assign(stories, validation=0.1, test=0.1, least=30)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(500)  # imports
    assert (peak(20_000) - peak(5_000)) / 15_000 < 120, "bytes a story"
