"""Shards keep stories whole, whatever the number of pages, and each has its rows of captures.parquet together."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_builder.crawl.options import CaptureRef
from corpus_builder.errors import RunError, UsageError
from corpus_builder.parquet import write_rows
from corpus_builder.workspace import captures as captures_file
from corpus_builder.workspace import shards
from corpus_builder.workspace.capture_shards import capture_shards, refs_of
from corpus_builder.workspace.captures import CAPTURES, read_capture_refs, write_capture_refs
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.shards import share_name, shares_for


def capture(month: str, article_id: str, language: str, number: int = 0) -> CaptureRef:
    url = f"https://a.example/{language}/{article_id}"
    return CaptureRef(url, language, article_id, month, f"/a/{number}.warc.gz", number, 9, "", f"sha1:{article_id}")


def months_of(articles: dict[str, str], pages: list[tuple[str, str]]) -> list[CaptureRef]:
    """Captures in the order of the index: by month, article and language; of a page in their own."""
    refs = [capture(articles[article_id], article_id, language, n) for n, (article_id, language) in enumerate(pages)]
    return sorted(refs, key=lambda ref: (ref.month, ref.article_id, ref.language))


ARTICLES = st.fixed_dictionaries({str(n): st.sampled_from(["2025-01", "2025-02", "undated"]) for n in range(40)})
PAGES = st.lists(st.tuples(st.integers(0, 39).map(str), st.sampled_from("abc")), max_size=80)


@settings(max_examples=25)
@given(ARTICLES, PAGES, st.sets(st.integers(0, 79), max_size=5), st.integers(1, 50), st.integers(1, 40))
def test_a_story_lies_in_one_shard_with_all_its_pages_together(
    articles: dict[str, str], pages: list[tuple[str, str]], gone: set[int], size: int, group: int
) -> None:
    refs = months_of(articles, pages)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "SHARD_PAGES", size)
        patch.setattr(captures_file, "_ROWS", group)
        workspace = Workspace(Path(folder))
        write_capture_refs(workspace, refs)
        stored = list(read_capture_refs(workspace))
        made = capture_shards(workspace, ("a", "b"), gone)
        groups = {shard.name: refs_of(workspace, shard) for shard in made}
        keys = {shard.name: shard.inputs for shard in capture_shards(workspace, ("a", "b"), gone)}
    assert keys == {shard.name: shard.inputs for shard in made}
    assert sorted(stored) == sorted(refs)
    wanted = [ref for number, ref in enumerate(stored) if ref.language != "c" and number not in gone]
    by_month = {month: sum(ref.month == month for ref in wanted) for month in articles.values()}
    expected: dict[str, list[CaptureRef]] = {}
    for ref in refs:  # the order of the index stays within a shard
        if ref in wanted:
            shares = shares_for_size(by_month[ref.month], size)
            expected.setdefault(share_name(ref.month, ref.article_id, shares), []).append(ref)
    assert groups == expected
    assert list(groups) == sorted(groups)


def shares_for_size(pages: int, size: int) -> int:
    shares = 1
    while pages > shares * size:
        shares *= 2
    return shares


def test_a_large_month_is_shared_out_by_powers_of_two() -> None:
    assert [shares_for(pages) for pages in (0, 3_000, 3_001, 6_001, 12_001)] == [1, 1, 2, 4, 8]
    names = {share_name("2025-12", str(i), 4) for i in range(100)}
    assert names == {f"2025-12.{i}of4" for i in range(4)}


def test_captures_in_another_order_or_not_there_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(tmp_path)
    with pytest.raises(UsageError, match="no pages in"):
        capture_shards(workspace, ("a",))
    monkeypatch.setattr(shards, "SHARD_PAGES", 4)
    write_rows(workspace.captures, CAPTURES, (capture("2025-01", f"{n:02}", "a")._asdict() for n in range(20)))
    with pytest.raises(RunError, match="is not in order"):
        capture_shards(workspace, ("a",))
    write_rows(workspace.captures, CAPTURES, [{**capture("2025-01", "1", "a")._asdict(), "article_id": None}])
    with pytest.raises(RunError, match="a capture is not whole"):
        capture_shards(workspace, ("a",))


def test_of_all_captures_a_process_has_those_of_a_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD_PAGES", 100)
    monkeypatch.setattr(captures_file, "_ROWS", 100)

    def peak(count: int) -> int:
        workspace = Workspace(tmp_path / str(count))
        write_capture_refs(workspace, [capture("2025-01", str(n), "a") for n in range(count)])
        tracemalloc.start()
        try:
            made = capture_shards(workspace, ("a",))
            assert sum(len(refs_of(workspace, shard)) for shard in made) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few = peak(400)  # 4 shards, and 16; the lists of captures would be of 0.2 and 0.8 MB
    many = min(peak(1_600), peak(1_600))  # a table that all of Python shares may grow by chance, but once
    assert many - few < 50 * 1_200
