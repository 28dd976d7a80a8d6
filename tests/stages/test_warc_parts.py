"""The index of WARC files that workers read: that of one process, byte for byte."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from corpus_builder.crawl import CaptureRef, CrawlOptions, warc_index
from corpus_builder.crawl.warcread import walk
from corpus_builder.errors import UsageError
from corpus_builder.sites import load_site
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.executor import Workers
from corpus_builder.stages.pipeline import stages_of
from corpus_builder.stages.stage import Source
from corpus_builder.workspace.captures import earlier_capture_refs
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.tables import read_drops
from tests.stages.test_store_inputs import store, warc  # noqa: F401 - a fixture

MADE = ("crawl/captures.parquet", "dropped/crawl.parquet")


@dataclass(frozen=True)
class Machine(Workers):
    """A cluster of one worker with a scratch folder and a current folder of its own, which does the last task first."""

    scratch: str = ""

    def map(self, function: Any, tasks: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
        for task in reversed(tasks):
            here, folder = os.environ.get("CORPUS_BUILDER_SCRATCH", ""), Path.cwd()
            os.environ["CORPUS_BUILDER_SCRATCH"] = self.scratch
            os.chdir(self.scratch)
            try:
                result = function(pickle.loads(pickle.dumps(task)))
            finally:
                os.environ["CORPUS_BUILDER_SCRATCH"] = here
                os.chdir(folder)
            yield task, result


def files(folder: Path) -> None:
    """Three WARC files: one ends within a record, and one has pages of the others again."""
    folder.mkdir()
    (folder / "whole").write_bytes(data := warc())
    ends = [record.offset + record.length for record in walk(folder / "whole", 2**20)]
    (folder / "whole").unlink()
    middle, last = ends[len(ends) // 2], ends[-5]
    (folder / "b.warc.gz").write_bytes(data[: middle - 100])
    (folder / "a.warc.gz").write_bytes(data[middle:])
    (folder / "c.warc.gz").write_bytes(data[last:] + data[: ends[3]])


def made(workspace: Workspace) -> Mapping[str, bytes]:
    return {name: (workspace.root / name).read_bytes() for name in MADE}


def crawled(workspace: Path | str, warc: str, workers: Workers, **settings: Any) -> Workspace:
    run = build_run(load_config("sample", **settings), workspace, source=Source(warc=warc), workers=1)
    build(replace(run, workers=workers), stages_of("crawl"))
    return run.workspace


def pages(refs: Sequence[CaptureRef]) -> set[tuple[str, str]]:
    return {(ref.language, ref.article_id) for ref in refs}


def test_workers_index_what_one_process_does_also_in_a_later_run(tmp_path, monkeypatch):
    files(tmp_path / "in")
    (tmp_path / "scratch").mkdir()
    monkeypatch.chdir(tmp_path)  # the names are relative to where the command runs
    elsewhere = Machine(cluster="local:1", scratch=str(tmp_path / "scratch"))
    earlier = set[tuple[str, str]]()
    for window in ({"since": "2025-12-10", "limit": 3}, {"until": "2025-12-05"}):
        alone = crawled(tmp_path / "alone", "in/*.warc.gz", Workers(1), **window)
        spread = crawled(tmp_path / "spread", "in/*.warc.gz", elsewhere, **window)
        assert made(spread) == made(alone)
        assert not spread.captures_parts.exists()
        assert earlier < (earlier := pages(earlier_capture_refs(spread))), "pages of other dates stay"
    reasons = {drop.reason: drop.item for drop in read_drops(spread.dropped / "crawl.parquet")}
    assert reasons["damaged_record"].startswith("in/b.warc.gz:")
    assert "earlier_capture" in reasons


def test_workers_that_share_a_store_alone_index_the_same(store, tmp_path):  # noqa: F811
    files(tmp_path / "in")
    for path in (tmp_path / "in").iterdir():
        store.files.pipe_file(f"bucket/in/{path.name}", path.read_bytes())
    (tmp_path / "worker").mkdir()
    elsewhere = Machine(cluster="tcp://10.0.0.5:8786", scratch=str(tmp_path / "worker"))
    for window in ({"since": "2025-12-10"}, {}):
        alone = crawled(tmp_path / "alone", "s3://bucket/in/*.warc.gz", Workers(1), **window)
        spread = crawled("s3://bucket/w", "s3://bucket/in/*.warc.gz", elsewhere, **window)
        assert made(spread) == made(alone)
        store.files.invalidate_cache()
        assert not [name for name in store.files.find("bucket/w") if "parts" in name], "of no use any more"
        [parts] = (tmp_path / "worker").rglob("captures.parts")
        assert not list(parts.iterdir()), "read there, and not kept"


def test_a_file_that_a_worker_does_not_see_is_no_damaged_file(tmp_path):
    class Blind(Machine):
        def map(self, function: Any, tasks: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
            for path in (tmp_path / "in").iterdir():
                path.unlink()
            yield from super().map(function, tasks)

    files(tmp_path / "in")
    with pytest.raises(UsageError, match=r"does not see .*in/c\.warc\.gz"):
        crawled(tmp_path / "w", f"{tmp_path}/in", Blind(cluster="tcp://10.0.0.5:8786", scratch=str(tmp_path)))


def test_what_is_no_page_of_the_run_takes_no_memory_and_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(warc_index, "_LISTED", 5)
    files(tmp_path / "in")
    sizes = []

    def elsewhere(reader: warc_index.FileReader, paths: Sequence[Path | str]) -> Iterator[Any]:
        for path in paths:
            sizes.append(len(part := pickle.dumps(reader(path, path))))
            yield pickle.loads(part)

    site, german = load_site("sample"), CrawlOptions(languages=("de",))
    refs, alone = warc_index.index_warcs(tmp_path / "in", site, german)
    assert refs == []
    assert warc_index.index_warcs(tmp_path / "in", site, german, elsewhere=elsewhere) == ([], alone)
    others = [drop for drop in alone if drop.reason == "other_language"]
    assert [drop.detail == "…" for drop in others] == [False] * 5 + [True] * (len(others) - 5)
    assert {drop.item for drop in others[5:]} == {str(tmp_path / "in" / f"{name}.warc.gz") for name in "abc"}
    (tmp_path / "in" / "b.warc.gz").write_bytes((tmp_path / "in" / "a.warc.gz").read_bytes() * 3)
    warc_index.index_warcs(tmp_path / "in", site, german, elsewhere=elsewhere)
    assert sizes[-2] - sizes[-3] < 100, "three times as many"
