"""A workspace in an object store: what is built there is what is built here, whoever else works there or dies."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from corpus_builder.errors import UsageError
from corpus_builder.mirror import scratch_folder
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.stage import Source
from corpus_builder.workspace.layout import Workspace
from tests.object_store import ObjectStore, running
from tests.stages.test_store_inputs import HOME, warc

URL = "s3://bucket/some/ws"
A_DAY = 86_400.0  # the time of a lock is made when tests are collected, long before they run
NOT_COMPARED = ("logs/", "manifest.json", "crawl/", "dropped/crawl", "dropped/extract", "report/dropped.html", ".")
"""Times, and where pages are: in the archive, which has another place."""


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ObjectStore]:
    monkeypatch.setenv("CORPUS_BUILDER_SCRATCH", str(tmp_path / "scratch"))
    with running(monkeypatch) as started:
        started.files.mkdir("bucket")
        started.files.pipe_file("bucket/in/pages.warc.gz", warc())
        yield started


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The files of a build of the same pages here, by one process."""
    folder = tmp_path_factory.mktemp("here")
    (folder / "pages.warc.gz").write_bytes(warc())
    build(build_run(load_config("sample"), folder / "w", source=Source(warc=f"{folder}/*.warc.gz"), workers=1))
    return {
        path.relative_to(folder / "w").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (folder / "w").rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def stored(store: ObjectStore) -> dict[str, str]:
    return {
        path.removeprefix("bucket/some/ws/"): hashlib.sha256(store.files.cat_file(path)).hexdigest()
        for path in store.files.find("bucket/some/ws")
    }


def finished(store: ObjectStore) -> set[str]:
    """The stages of which the store has a result."""
    store.files.invalidate_cache()
    path = "bucket/some/ws/manifest.json"
    return set(json.loads(store.files.cat_file(path))["stages"]) if store.files.exists(path) else set()


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """The files that only one of two builds has, or that are not the same byte for byte."""
    names = sorted(name for name in {*one, *other} if not name.startswith(NOT_COMPARED))
    assert len(names) > 100
    return [name for name in names if one.get(name) != other.get(name)]


def command(*arguments: str, scratch: Path | None = None) -> subprocess.Popen[str]:
    script = "from corpus_builder.cli.start import run; run()"
    environment = {**os.environ, **({"CORPUS_BUILDER_SCRATCH": str(scratch)} if scratch else {})}
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


BUILD = ("build", "sample", "--warc", "s3://bucket/in/*.warc.gz", "-w", URL, "--workers", "1")


@pytest.mark.slow
def test_a_workspace_in_a_bucket_is_that_of_a_folder(store, expected, tmp_path, monkeypatch):
    built = command(*BUILD)
    printed, errors = built.communicate()
    assert built.returncode == 0, errors
    assert f"{URL}/dataset" in printed
    assert str(tmp_path) not in printed, "the working copy is nobody's business"
    assert differing(stored(store), expected) == []
    assert ".lock" not in stored(store)
    manifest = json.loads(store.files.cat_file("bucket/some/ws/manifest.json"))
    files = stored(store)
    assert all(
        files[name] == digest
        for shards in manifest["stages"].values()
        for entry in shards.values()
        for name, digest in entry["outputs"].items()
    )
    # Another machine carries on where this one stopped, and so does one that has lost its copy.
    monkeypatch.setenv("CORPUS_BUILDER_SCRATCH", str(tmp_path / "other"))
    before = stored(store)
    source = Source(warc="s3://bucket/in/*.warc.gz")
    build(build_run(load_config("sample"), URL, source=source, workers=1))
    log = max((scratch_folder(URL) / "logs").glob("*.log")).read_text(encoding="utf-8")
    for stage in ("extract", "learn", "align", "quotes", "survey", "sketch", "compare", "group", "score"):
        assert re.search(rf"{stage}: (\d+) of \1 shards are up to date", log), stage
    assert differing(stored(store), before) == []
    _commands_on_it(store, tmp_path)


def _commands_on_it(store: ObjectStore, tmp_path: Path) -> None:
    """What other commands make of a workspace in a store."""
    for arguments, status, said in (
        (("quality", URL, "--filter", "probability >= 0.9"), 0, "rows pass all filters"),
        (("diff", f"{URL}/dataset", f"{URL}/dataset"), 0, ""),
        (("convert", f"{URL}/dataset", "--to", "tmx", "--pair", "en-uk", "--out", str(tmp_path / "out.tmx")), 0, ""),
        (("evaluate", "--dataset", f"{URL}/dataset", "--pair", "en-uk", "--system", "copy=cmd:cat"), 0, "BLEU"),
        (("look", URL), 2, "aws s3 sync"),
        (("audit", "report", "-w", URL), 2, "aws s3 sync"),
        (("quality", "s3://bucket/nothing"), 2, "no workspace at s3://bucket/nothing"),
        (("diff", "s3://bucket/nothing", f"{URL}/dataset"), 2, "not found: s3://bucket/nothing"),
    ):
        ran = command(*arguments)
        printed, errors = ran.communicate()
        assert ran.returncode == status, (arguments, printed, errors)
        assert said in printed + errors, (arguments, printed, errors)
        assert "Traceback" not in errors
    before = stored(store)
    [url] = {row["url"] for row in _captures()} & {f"{HOME}/news/2025/12/1/8011301/"} or {
        next(iter(_captures()))["url"]
    }
    ran = command("takedown", URL, url)
    printed, errors = ran.communicate()
    assert ran.returncode == 0, errors
    after = stored(store)
    assert "tombstones.json" in after
    assert {name for name in before if name.startswith("dataset/data/")}
    assert before["articles/2025-12.parquet"] != after["articles/2025-12.parquet"]
    article_id = next(iter(json.loads(store.files.cat_file("bucket/some/ws/tombstones.json"))))
    for name in after:
        if name.startswith("dataset/"):  # dropped/ and the report on it say that it was taken down
            assert url.encode() not in store.files.cat_file(f"bucket/some/ws/{name}"), (name, article_id)


def _captures() -> list[Mapping[str, str]]:
    from corpus_builder.parquet import read_rows

    rows = read_rows(Workspace.opened(URL).captures)
    return [row for row in rows if "/2025/12/" in row["url"]]


@pytest.mark.slow
def test_a_run_that_is_killed_carries_on_here_and_elsewhere(store, expected, tmp_path):
    for number, stage in enumerate(("extract", "align", "score")):
        killed = command(*BUILD, scratch=tmp_path / f"machine-{number % 2}")
        patience = time.monotonic() + 120
        while stage not in finished(store) and killed.poll() is None and time.monotonic() < patience:
            time.sleep(0.05)
        os.killpg(killed.pid, signal.SIGKILL)
        assert killed.wait() == -signal.SIGKILL, "killed before it ended"
        assert "export" not in finished(store)
        killed.communicate()
        if store.files.exists("bucket/some/ws/.lock"):  # the machine is the same one, so nobody has to wait
            assert json.loads(store.files.cat_file("bucket/some/ws/.lock"))["process"] == killed.pid
    done = command(*BUILD, scratch=tmp_path / "machine-1")
    _, errors = done.communicate()
    assert done.returncode == 0, errors
    assert differing(stored(store), expected) == []


def test_one_run_at_a_time_uses_it(store):
    workspace = Workspace.at(URL)
    with workspace.locked():
        held = json.loads(store.files.cat_file("bucket/some/ws/.lock"))
        assert held["process"] == os.getpid()
        ran = command("build", "sample", "--warc", "s3://bucket/in/*", "-w", URL)
        _, errors = ran.communicate()
        assert ran.returncode == 2
        assert "another run is using" in errors
    assert not store.files.exists("bucket/some/ws/.lock")


@pytest.mark.parametrize(
    ("holder", "lives"),
    [
        ({"machine": "elsewhere", "process": 1, "time": time.time() + A_DAY}, True),
        ({"machine": "elsewhere", "process": 1, "time": 0}, False),
        ({"machine": os.uname().nodename, "process": 2**22 + 1, "time": time.time() + A_DAY}, False),
        ("damaged", False),
    ],
)
def test_a_lock_counts_while_its_run_lives(store, holder, lives):
    store.files.pipe_file("bucket/some/ws/.lock", json.dumps(holder).encode())
    workspace = Workspace.at(URL)
    if lives:
        with (
            pytest.raises(UsageError, match="another run is using s3://bucket/some/ws: process 1 on elsewhere"),
            workspace.locked(),
        ):
            pass
        return
    with workspace.locked():
        assert json.loads(store.files.cat_file("bucket/some/ws/.lock"))["process"] == os.getpid()


def test_a_workspace_in_no_bucket_is_a_users_mistake(store):
    with pytest.raises(UsageError, match="no bucket s3://no-such-bucket"):
        build_run(load_config("sample"), "s3://no-such-bucket/ws", source=Source(warc="s3://bucket/in/*"))
    with pytest.raises(UsageError, match="names no bucket"):
        build_run(load_config("sample"), "s3:///ws", source=Source(warc="s3://bucket/in/*"))
