"""What was crawled from a mirror is the site's, also for runs that do not name the mirror."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus_builder.newspaper import NewspaperServer
from corpus_builder.parquet import read_rows
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.pipeline import stages_of
from corpus_builder.stages.stage import Source
from corpus_builder.workspace.layout import Workspace

pytestmark = pytest.mark.slow


def editions(workspace: Path) -> dict[str, object]:
    """The editions of a workspace by URL, without the place of their capture."""
    rows = [row for path in Workspace(workspace).shards().values() for row in read_rows(path)]
    return {row["url"]: {name: value for name, value in row.items() if name != "capture"} for row in rows}


def test_a_crawl_of_a_mirror_is_read_without_naming_it(tmp_path: Path) -> None:
    config = load_config("sample")
    with NewspaperServer() as server:
        crawled = build_run(config, tmp_path / "crawled", mirror=server.base_url, workers=1)
        build(crawled, stages_of("crawl", "extract"))
        with_mirror = editions(tmp_path / "crawled")
    assert len(with_mirror) > 40
    assert all(url.startswith("https://www.vilna-hazeta.example/") for url in with_mirror)

    (tmp_path / "crawled" / "manifest.json").unlink()  # so that extraction is not up to date
    for path in Workspace(tmp_path / "crawled").shards().values():
        path.unlink()
    build(build_run(config, tmp_path / "crawled", workers=1), stages_of("extract"))
    assert editions(tmp_path / "crawled") == with_mirror

    warcs = str(tmp_path / "crawled" / "crawl" / "warc" / "*.warc.gz")
    read_back = build_run(config, tmp_path / "read", source=Source(warc=warcs), workers=1)
    build(read_back, stages_of("crawl", "extract"))
    assert editions(tmp_path / "read") == with_mirror
