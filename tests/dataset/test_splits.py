"""Splits are by story and time, and of the sizes asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.dataset.splits import SPLITS, split_stories

DATES = st.dictionaries(
    st.text("0123456789", min_size=1, max_size=6),
    st.one_of(st.none(), st.dates().map(lambda day: day.isoformat())),
    max_size=40,
)
SHARES = st.floats(0, 0.5)


def test_the_newest_stories_are_the_test_split() -> None:
    dates = {str(i): f"2025-01-{i:02d}" for i in range(1, 11)}
    splits = split_stories(dates, validation=0.2, test=0.1)
    assert [splits[str(i)] for i in range(1, 11)] == ["train"] * 7 + ["validation"] * 2 + ["test"]


def test_one_story_is_for_training() -> None:
    assert split_stories({"1": None}, 0.5, 0.5) == {"1": "train"}


@given(DATES, SHARES, SHARES)
def test_every_story_has_a_split_and_time_runs_from_train_to_test(
    dates: dict[str, str | None], validation: float, test: float
) -> None:
    splits = split_stories(dates, validation, test)
    assert splits.keys() == dates.keys()
    in_time = sorted(dates, key=lambda story: (dates[story] or "", story))
    order = [SPLITS.index(splits[story]) for story in in_time]
    assert order == sorted(order)
    assert not dates or "train" in splits.values()
