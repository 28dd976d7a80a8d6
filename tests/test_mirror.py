"""A folder of a store and its working copy: what each of the two has after each of them has changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus_builder.errors import RunError, UsageError
from corpus_builder.files import file_hash
from corpus_builder.mirror import Mirror, copied, scratch_folder
from corpus_builder.remote import expanded


@pytest.fixture
def store() -> Iterator[Any]:
    """fsspec's file system in memory."""
    import fsspec

    store = fsspec.filesystem("memory")
    store.store.clear()
    yield store
    store.store.clear()


def mirror(folder: Path) -> Mirror:
    folder.mkdir(exist_ok=True)
    return Mirror("memory://place/ws", folder)


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def there(store: Any) -> dict[str, str]:
    return {name.removeprefix("/place/ws/"): store.cat_file(name).decode() for name in store.find("/place/ws")}


def here(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()}


def test_what_one_machine_stores_another_gets(store, tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    write(a, "articles/x.parquet", "1")
    write(a, "dropped/.shards/align/x.parquet", "2")
    write(a, "audit/one/sample.jsonl", "3")
    write(a, ".lock", "no")
    write(a, ".dataset.part/x", "no")
    write(a, "articles/.x.parquet.12.part", "no")
    write(a, "crawl/state.sqlite-wal", "no")
    assert len(mirror(a).push()) == 3
    assert there(store) == {
        "articles/x.parquet": "1",
        "dropped/.shards/align/x.parquet": "2",
        "audit/one/sample.jsonl": "3",
    }
    mirror(b).pull()
    assert here(b) == there(store)
    assert mirror(b).pull() == []
    assert mirror(b).push() == []


def test_only_what_changed_travels_and_what_goes_goes(store, tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    for name in ("articles/x", "articles/y", "manifest.json"):
        write(a, name, "old")
    mirror(a).push()
    mirror(b).pull()
    write(b, "articles/x", "newer")
    (b / "articles" / "y").unlink()
    assert sorted(mirror(b).push()) == ["articles/x", "articles/y"]
    assert sorted(mirror(a).pull()) == ["articles/x", "articles/y"]
    assert here(a) == {"articles/x": "newer", "manifest.json": "old"}


def test_what_changed_here_alone_stays(store, tmp_path):
    a = tmp_path / "a"
    write(a, "manifest.json", "1")
    mirror(a).push()
    write(a, "manifest.json", "a run was killed here")
    assert mirror(a).pull() == []
    assert (a / "manifest.json").read_text() == "a run was killed here"


def test_what_people_wrote_is_never_removed_from_a_store(store, tmp_path):
    a = tmp_path / "a"
    for name in ("audit/x", "corrections/1.json", "crawl/warc/x.warc.gz", "people.toml", "scores/x"):
        write(a, name, "1")
    mirror(a).push()
    for name in ("audit/x", "corrections/1.json", "crawl/warc/x.warc.gz", "people.toml", "scores/x"):
        (a / name).unlink()
    mirror(a).push()
    assert set(there(store)) == {"audit/x", "corrections/1.json", "crawl/warc/x.warc.gz", "people.toml"}
    assert len(mirror(a).pull()) == 4


def test_a_copy_that_was_deleted_is_fetched_again(store, tmp_path):
    import shutil

    a = tmp_path / "a"
    write(a, "scores/x", "1")
    mirror(a).push()
    shutil.rmtree(a)
    Mirror("memory://place/ws", a).pull()
    assert here(a) == there(store) == {"scores/x": "1"}


def test_a_crawl_that_went_on_on_two_machines_is_not_overwritten(store, tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    write(a, "crawl/state.sqlite", "1")
    mirror(a).push()
    mirror(b).pull()
    write(a, "crawl/state.sqlite", "went on at a")
    write(b, "crawl/state.sqlite", "and at b")
    mirror(b).push()
    with pytest.raises(UsageError, match="both changed") as caught:
        mirror(a).pull()
    assert str(a) in caught.value.next_step
    assert (a / "crawl" / "state.sqlite").read_text() == "went on at a"


def test_workers_fetch_what_they_need_and_check_it(store, tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    write(a, "articles/x", "1")
    digest = file_hash(a / "articles" / "x")
    mirror(a).push()
    worker = mirror(b)
    worker.fetch({"articles/x": digest})
    assert here(b) == {"articles/x": "1"}
    (b / "articles" / "x").write_text("damaged")
    worker.fetch({"articles/x": digest})
    assert here(b) == {"articles/x": "1"}
    store.pipe_file("/place/ws/articles/x", b"of another run")
    (b / "articles" / "x").unlink()
    with pytest.raises(RunError, match="has changed since this run began"):
        worker.fetch({"articles/x": digest})
    with pytest.raises(RunError, match="articles/y is missing"):
        worker.fetch({"articles/y": digest})


def test_a_manifest_is_stored_after_what_it_speaks_of(store, tmp_path, monkeypatch):
    a, order = tmp_path / "a", []
    for name in ("manifest.json", "dataset/README.md", "dataset/data/x", "zzz"):
        write(a, name, "1")
    one = mirror(a)
    put = one._put
    monkeypatch.setattr(one, "_put", lambda name: (order.append(name), put(name))[1])
    one.push()
    assert set(order[:2]) == {"dataset/data/x", "zzz"}
    assert set(order[2:]) == {"manifest.json", "dataset/README.md"}


def test_a_copy_is_fetched_once(store, tmp_path, monkeypatch):
    monkeypatch.setenv("CORPUS_BUILDER_SCRATCH", str(tmp_path))
    store.pipe_file("/place/in/table.csv", b"one")
    for url, name in (("memory://place/in/table.csv", ""), ("memory://place/in", "table.csv")):
        store.pipe_file("/place/in/table.csv", b"one")
        path = copied(url) / name
        assert path.read_bytes() == b"one"
        before = path.stat().st_mtime_ns
        assert (copied(url) / name).stat().st_mtime_ns == before
        store.pipe_file("/place/in/table.csv", b"another")
        assert (copied(url) / name).read_bytes() == b"another"
    with pytest.raises(UsageError, match="not found"):
        copied("memory://place/none")


def test_two_urls_have_two_copies(tmp_path, monkeypatch):
    monkeypatch.setenv("CORPUS_BUILDER_SCRATCH", str(tmp_path))
    assert scratch_folder("s3://a/b-c") != scratch_folder("s3://a-b/c")
    assert scratch_folder("s3://a/b").parent == tmp_path


@pytest.mark.parametrize("told", [FileNotFoundError("b/place/o"), None])
def test_a_bucket_that_is_not_there_is_told_by_every_store(store, tmp_path, monkeypatch, told):
    """S3 says it in words; Google's store names a path that nobody has asked for, others find nothing."""

    def nothing(*_, **__):
        if told:
            raise told
        return {}

    assert mirror(tmp_path).listing() == {}, "an empty one is none that is missing"
    assert expanded("memory://place/in/*.gz", lambda _: True) == []
    for name in ("find", "glob"):
        monkeypatch.setattr(type(store), name, nothing)
    monkeypatch.setattr(type(store), "exists", lambda *_, **__: False)
    for ask in (
        mirror(tmp_path).listing,
        lambda: expanded("memory://place/in/*.gz", lambda _: True),
        lambda: expanded("memory://place/in", lambda _: True),
    ):
        with pytest.raises(UsageError, match="there is no bucket memory://place"):
            ask()
