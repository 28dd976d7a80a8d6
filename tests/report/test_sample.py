from __future__ import annotations

import doctest

from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.model import Block, BlockKind, Edition, PlacedBead, Span, Story
from corpus_builder.report import sample
from corpus_builder.report.sample import choose, sample_story, spread

SIZES = st.dictionaries(st.integers(0, 400).map(lambda n: f"{2000 + n // 12}-{n % 12 + 1:02}"), st.integers(0, 90))


def test_examples() -> None:
    assert doctest.testmod(sample).failed == 0


@given(SIZES, st.integers(0, 80))
def test_every_shard_gives_the_same_as_far_as_it_goes(sizes: dict[str, int], total: int) -> None:
    quota = spread(sizes, total)
    assert sum(quota.values()) == min(total, sum(sizes.values()))
    assert all(quota[name] <= size for name, size in sizes.items())
    short = [quota[name] for name, size in sizes.items() if quota[name] < size]
    assert not short or max(quota.values()) - min(short) <= 1


@given(st.dictionaries(st.text(max_size=3), st.integers(1, 3), max_size=40), st.integers(0, 30), st.integers(0, 50))
def test_chosen_stories_can_be_aligned_and_are_as_many_as_there_are(
    editions: dict[str, int], count: int, before: int
) -> None:
    chosen = choose(editions, count, before)
    aligned = [article_id for article_id, n in editions.items() if n > 1]
    assert len(chosen) == len(set(chosen)) == min(count, len(aligned))
    assert set(chosen) <= set(aligned)


def test_every_fourth_story_has_fewer_editions() -> None:
    editions = {f"{i}": 3 if i % 2 else 2 for i in range(100)}
    assert sum(editions[article_id] == 2 for article_id in choose(editions, 40)) == 10
    singles = [choose(editions, 1, before)[0] for before in range(40)]
    assert sum(editions[article_id] == 2 for article_id in singles) == 10


def test_a_story_is_shown_with_labels_at_the_head_of_blocks_and_long_ones_cut() -> None:
    blocks = (
        Block(BlockKind.TITLE, "Заголовок"),
        Block(BlockKind.PARAGRAPH, "Перше. Друге.", label="source", label_text="Джерело"),
        Block(BlockKind.PARAGRAPH, "ж" * 10_000),
    )
    editions = {x: Edition("s", "7", x, f"https://x.example/{x}", blocks) for x in ("en", "uk")}
    places = [(0, 0, 9), (1, 0, 6), (1, 7, 13), (2, 0, 10_000)]
    beads = [
        PlacedBead("7", "sentence", i, (Span("uk", *place), Span("en", *place)), 1.0, 0.9, {"en-uk": 0.9}, (), 0.8)
        for i, place in enumerate(places)
    ]
    more = [PlacedBead("7", "sentence", i, (Span("uk", 0, 0, 9),), 0.0, 1.0, {}, (), 0.8) for i in range(4, 160)]
    shown = sample_story(Story("s", "7", editions), [*beads, *more], ("uk", "ru", "en"))
    assert [edition.language for edition in shown.editions] == ["uk", "en"]
    assert shown.editions[0].title == "Заголовок"
    assert shown.probability == 0.8
    pieces = [bead.sides["uk"][0] for bead in shown.beads["sentence"]]
    assert [(p.text, p.label, p.opens_block) for p in pieces[:3]] == [
        ("Заголовок", None, True), ("Перше.", "Джерело", True), ("Друге.", None, False),
    ]  # fmt: skip
    assert len(pieces[3].text) == sample.CHARACTERS + 2
    assert len(pieces) == sample.BEADS
    assert shown.cut == {"block": 0, "sentence": 10}
