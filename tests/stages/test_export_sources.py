"""Where the pages of a dataset came from, as its card has it."""

from __future__ import annotations

from pathlib import Path

from corpus_builder.crawl.options import CaptureRef
from corpus_builder.dataset.about import Making, PageSource
from corpus_builder.stages.export_sources import page_sources
from corpus_builder.workspace.captures import write_capture_refs
from corpus_builder.workspace.layout import Workspace


def test_pages_are_counted_by_their_source_with_the_days_of_the_responses(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    assert page_sources(workspace) == ()
    places = [
        ("crawl/warc/crawl-00001.warc.gz", "2025-12-31T23:59:00+00:00"),
        ("crawl/warc/crawl-00002.warc.gz", "2026-01-02T00:00:00+00:00"),
        ("crawl/archive/warc/a.warc.gz", "2019-05-01T10:00:00+00:00"),
        ("../elsewhere/b.warc.gz", "2020-02-03T10:00:00+00:00"),
        ("../elsewhere/saved.html", ""),
    ]
    write_capture_refs(
        workspace,
        (
            CaptureRef(f"https://x.example/{n}", "uk", str(n), "2025-12", str(workspace.root / path), 0, 1, fetched, "")
            for n, (path, fetched) in enumerate(places)
        ),
    )
    found = page_sources(workspace)
    assert found == (
        PageSource("crawl of the site", 2, "2025-12-31", "2026-01-02"),
        PageSource("archives on the net", 1, "2019-05-01", "2019-05-01"),
        PageSource("saved pages and WARC files", 2, "2020-02-03", "2020-02-03", 1),
    )
    assert Making(sources=found).fetched == ("2019-05-01", "2026-01-02")
    assert Making(sources=(PageSource("tables of articles", 3, undated=3),)).fetched is None


def test_pages_are_counted_some_at_a_time(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    write_capture_refs(
        workspace,
        (
            CaptureRef(f"https://x.example/{n}", "uk", str(n), "2025-12", f"{workspace.crawl}/warc/a.gz", n, 1, day, "")
            for n in range(1_201)
            for day in ["" if n % 3 else f"2025-{12 - n // 200:02}-01T00:00:00+00:00"]
        ),
    )
    assert page_sources(workspace) == (PageSource("crawl of the site", 1_201, "2025-06-01", "2025-12-01", 800),)
