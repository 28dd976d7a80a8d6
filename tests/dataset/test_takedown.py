"""A story that was taken down is nowhere in the workspace, and no rebuild brings it back."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from corpus_builder.errors import UsageError
from corpus_builder.newspaper import NewspaperServer
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.stage import Run, silent
from corpus_builder.stages.takedown import stages_again, take_down
from corpus_builder.workspace.captures import read_capture_refs
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.manifest import Entry, Manifest
from corpus_builder.workspace.tables import read_drops, read_stories


@pytest.fixture(scope="module")
def server() -> Iterator[NewspaperServer]:
    with NewspaperServer() as server:
        yield server


def test_whole_commands_run_again_though_an_earlier_version_had_fewer_stages(tmp_path: Path) -> None:
    entry = Entry("", {}, {}, 0.0)
    manifest = Manifest(
        Workspace(tmp_path), {name: {"all": entry} for name in ("crawl", "extract", "compare", "score")}
    )
    assert [stage.name for stage in stages_again(manifest)] == ["survey", "sketch", "compare", "group", "score"]
    assert stages_again(Manifest(Workspace(tmp_path))) == []


def run_in(folder: Path, server: NewspaperServer) -> Run:
    config = load_config("sample", since="2025-12-01", until="2025-12-31")
    return build_run(config, folder, mirror=server.base_url, workers=1)


@pytest.fixture(scope="module")
def built(server: NewspaperServer, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    run = run_in(tmp_path_factory.mktemp("built") / "w", server)
    build(run)
    return run.workspace


def story(workspace: Workspace) -> tuple[str, str, str]:
    """Of the first story of three editions with a quotation: the id, one URL, and a sentence that is nowhere else."""
    stories = [each for path in workspace.shards().values() for each in read_stories(path)]
    quoted = {row["article_id"] for row in quotes(workspace) if row["url"]["uk"] and any(row["speaker"].values())}
    chosen = next(each for each in stories if len(each.editions) == 3 and each.article_id in quoted)
    edition = chosen.editions["uk"]
    return chosen.article_id, edition.url, max((block.text for block in edition.blocks), key=len)[:60]


def quotes(workspace: Workspace) -> list[dict[str, Any]]:
    return [row for path in workspace.dataset.glob("data/quotes/*") for row in pq.read_table(path).to_pylist()]


def contents(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file as text; Parquet as its rows, gzip unpacked."""
    for path in folder.rglob("*"):
        if path.is_file():
            if path.suffix == ".parquet":
                text = json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str)
            elif path.suffix == ".gz":
                text = gzip.GzipFile(fileobj=io.BytesIO(path.read_bytes())).read().decode(errors="replace")
            else:
                text = path.read_bytes().decode(errors="replace")
            yield path, text


def dataset(workspace: Workspace) -> Mapping[str, bytes]:
    folder = workspace.dataset
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_it_is_gone_from_every_file_and_stays_gone(built: Workspace, server: NewspaperServer, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "w")
    workspace = Workspace(tmp_path / "w")
    article_id, url, sentence = story(workspace)
    quoted = next(row["url"]["uk"] for row in quotes(workspace) if row["article_id"] == article_id)
    assert any(sentence in text for _, text in contents(workspace.root))
    assert any(quoted in text for _, text in contents(workspace.report.parent / "speakers"))
    done = take_down(workspace.root, [url], silent)
    assert set(done.stories) == {article_id}
    assert (done.editions, done.records) == (3, 6)  # a request and a response each
    assert not [path for path, text in contents(workspace.root) if sentence in text]
    assert quotes(workspace)
    assert (workspace.report.parent / "speakers" / "index.html").is_file()
    named = {path.name for path, text in contents(workspace.report.parent) if quoted in text}
    assert named <= {"dropped.html"}, "its address, as taken down"
    named = {path.name for path, text in contents(workspace.root) if f'"{article_id}"' in text}
    assert named <= {"tombstones.json", "crawl.parquet"}
    for warc in (workspace.crawl / "warc").iterdir():
        assert subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(warc)]).returncode == 0

    after = dataset(workspace)
    asked = len(server.requests)
    again = run_in(workspace.root, server)
    funnel = build(again)
    assert funnel.dropped["crawl"]["taken_down"] == 3
    assert dataset(workspace) == after
    assert article_id not in str(server.requests[asked:])
    assert not [path for path, text in contents(workspace.root) if sentence in text]

    # A workspace that begins with nothing but the tombstone and the splits comes to the same.
    fresh = Workspace(tmp_path / "fresh")
    fresh.root.mkdir()
    for path in (workspace.tombstones, workspace.splits):
        shutil.copy(path, fresh.root)
    build(run_in(fresh.root, server))
    assert dataset(fresh) == after
    reasons = [drop.reason for drop in read_drops(fresh.dropped / "crawl.parquet") if drop.article_id == article_id]
    assert reasons == ["taken_down"] * 3


def test_the_pages_that_stay_are_found_in_the_rewritten_files(built: Workspace, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "w")
    workspace = Workspace(tmp_path / "w")
    take_down(workspace.root, [story(workspace)[1]], silent)
    files = {path.name: path.read_bytes() for path in (workspace.crawl / "warc").iterdir()}
    with sqlite3.connect(workspace.crawl / "state.sqlite") as db:
        rows = db.execute("SELECT url, file, offset, length FROM pages WHERE file IS NOT NULL").fetchall()
        assert dict(db.execute("SELECT name, size FROM files")) == {name: len(data) for name, data in files.items()}
    assert rows
    refs = list(read_capture_refs(workspace))
    assert {(ref.url, Path(ref.path).name, ref.offset) for ref in refs} <= {row[:3] for row in rows}
    assert len(refs) > 10
    for url, file, offset, length in rows:
        record = gzip.decompress(files[file][offset : offset + length])
        assert url.split("/", 3)[3].encode() in record.split(b"\r\n\r\n")[0]


def test_doing_it_twice_changes_nothing(built: Workspace, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "w")
    workspace = Workspace(tmp_path / "w")
    url = story(workspace)[1]
    take_down(workspace.root, [url], silent)
    after = dataset(workspace)
    again = take_down(workspace.root, [url], silent)
    assert (again.editions, again.records) == (0, 0)
    assert dataset(workspace) == after


def test_what_is_no_article_or_no_workspace_is_told(built: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither an article"):
        take_down(built.root, ["https://elsewhere.example/7"], silent)
    before = built.tombstones.read_bytes() if built.tombstones.is_file() else None
    article_id, url, _ = story(built)
    unknown = url.replace(article_id, "9" * len(article_id))
    with pytest.raises(UsageError, match=f"the article {'9' * len(article_id)} is not in this workspace"):
        take_down(built.root, [url, unknown], silent)
    assert (built.tombstones.read_bytes() if built.tombstones.is_file() else None) == before
    with pytest.raises(UsageError, match="not a workspace"):
        take_down(tmp_path, ["https://elsewhere.example/7"], silent)
