"""Shards keep stories whole, whatever the number of pages."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.workspace import shards
from corpus_builder.workspace.shards import into_shards, share_name, shares_for


class Page(NamedTuple):
    month: str
    article_id: str
    language: str


PAGES = st.lists(
    st.builds(
        Page, st.sampled_from(["2025-01", "2025-02", "undated"]), st.integers(1, 60).map(str), st.sampled_from("abc")
    ),
    max_size=80,
)


@given(PAGES, st.integers(1, 50))
def test_a_story_lies_in_one_shard_with_all_its_pages_together(pages: list[Page], size: int) -> None:
    before, shards.SHARD_PAGES = shards.SHARD_PAGES, size
    try:
        made = into_shards(pages, lambda page: page.month, lambda page: page.article_id)
    finally:
        shards.SHARD_PAGES = before
    assert sorted(page for group in made.values() for page in group) == sorted(pages)
    home: dict[str, str] = {}
    for name, group in made.items():
        ids = [page.article_id for page in group]
        assert ids == sorted(ids)
        assert all(home.setdefault(article_id, name) == name for article_id in ids)


def test_a_large_month_is_shared_out_by_powers_of_two() -> None:
    assert [shares_for(pages) for pages in (0, 3_000, 3_001, 6_001, 12_001)] == [1, 1, 2, 4, 8]
    names = {share_name("2025-12", str(i), 4) for i in range(100)}
    assert names == {f"2025-12.{i}of4" for i in range(4)}


def test_an_article_dated_differently_by_its_editions_goes_to_the_earlier_month() -> None:
    pages = [Page("2025-02", "1", "a"), Page("2025-01", "1", "b")]
    assert into_shards(pages, lambda p: p.month, lambda p: p.article_id) == {"2025-01": pages}
