"""Runs add up: a second run adds its stories, whatever the source; --replace starts anew; another site is refused."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from corpus_builder.cli.main import app
from corpus_builder.errors import NothingProduced, UsageError
from corpus_builder.newspaper import NewspaperServer
from corpus_builder.resources import shipped
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.pipeline import stages_of
from corpus_builder.stages.stage import Run, Source, silent
from corpus_builder.stages.takedown import take_down
from corpus_builder.workspace.captures import read_capture_refs, write_capture_refs
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.tables import read_drops, read_stories

OLD = {"since": "2022-01-01", "until": "2025-11-30"}
NEW = {"since": "2025-12-01", "until": "2025-12-31"}
BOTH = {"since": "2022-01-01", "until": "2025-12-31"}
GATHER = stages_of("crawl", "extract")


@pytest.fixture(scope="module")
def server() -> Iterator[NewspaperServer]:
    with NewspaperServer() as server:
        yield server


def run_in(
    folder: Path, server: NewspaperServer | None, source: Source | None = None, *, replace: bool = False, **over: Any
) -> Run:
    mirror = server.base_url if server else None
    config = load_config("sample", **over)
    return build_run(config, folder, mirror=mirror, source=source, workers=1, replace=replace)


def stories(workspace: Workspace) -> dict[str, set[str]]:
    found = [each for path in workspace.shards().values() for each in read_stories(path)]
    assert len({each.article_id for each in found}) == len(found)
    return {each.article_id: set(each.editions) for each in found}


def files(workspace: Workspace, *folders: str) -> dict[str, bytes]:
    return {
        path.relative_to(workspace.root).as_posix(): path.read_bytes()
        for folder in folders
        for path in (workspace.root / folder).rglob("*")
        if path.is_file()
    }


def row_ids(workspace: Workspace) -> dict[str, set[str]]:
    """The ids of published rows and of rows that export dropped, by config."""
    return {
        config: {row["id"] for path in (workspace.dataset / "data" / config).iterdir() for row in rows_of(path)}
        for config in ("documents", "paragraphs", "sentences", "quotes")
    }


def rows_of(path: Path) -> list[dict[str, Any]]:
    return list(pq.read_table(path).to_pylist())


@pytest.fixture(scope="module")
def added(server: NewspaperServer, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace that two runs of different dates have built."""
    folder = tmp_path_factory.mktemp("added") / "w"
    build(run_in(folder, server, **OLD))
    build(run_in(folder, server, **NEW))
    return Workspace(folder)


@pytest.fixture(scope="module")
def at_once(server: NewspaperServer, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace that one run of all dates has built."""
    folder = tmp_path_factory.mktemp("once") / "w"
    build(run_in(folder, server, **BOTH))
    return Workspace(folder)


@pytest.mark.slow
def test_a_second_window_adds_its_stories_and_both_are_one_corpus(added: Workspace, at_once: Workspace) -> None:
    months = {path.stem for path in (added.articles).iterdir()}
    assert {"2022-10", "2025-12"} <= months
    made = ("articles", "lexicon", "aligned", "quotes", "quality", "scores")
    assert files(added, *made) == files(at_once, *made)
    one, two = row_ids(added), row_ids(at_once)
    for workspace, ids in ((added, one), (at_once, two)):
        dropped = {drop.item for drop in read_drops(workspace.dropped / "export.parquet")}
        ids["sentences"] |= dropped
        ids["paragraphs"] |= dropped
    assert one["documents"] == two["documents"]
    assert one["sentences"] | one["paragraphs"] == two["sentences"] | two["paragraphs"]


@pytest.mark.slow
def test_the_same_window_again_changes_no_byte(added: Workspace, server: NewspaperServer, tmp_path: Path) -> None:
    shutil.copytree(added.root, tmp_path / "w")
    before = files(Workspace(tmp_path / "w"), "dataset", "articles", "scores")
    for window in (NEW, OLD):
        run = run_in(tmp_path / "w", server, **window)
        build(run)
        assert files(run.workspace, "dataset", "articles", "scores") == before


@pytest.mark.slow
def test_stories_keep_their_splits_when_others_are_added(server: NewspaperServer, tmp_path: Path) -> None:
    run = run_in(tmp_path, server, **OLD)
    build(run)
    before = json.loads(run.workspace.splits.read_text("utf-8"))
    build(run_in(tmp_path, server, **NEW))
    after = json.loads(run.workspace.splits.read_text("utf-8"))
    assert after.keys() > before.keys()
    assert before.items() <= after.items()


def test_replace_starts_anew_and_says_so(
    server: NewspaperServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    build(run_in(tmp_path, server, **OLD), GATHER)
    before = stories(Workspace(tmp_path))
    with caplog.at_level(logging.WARNING, "corpus_builder"):
        build(run_in(tmp_path, server, replace=True, **NEW), GATHER)
    assert f"--replace: the dataset is started anew; {len(before)} stories" in caplog.text
    after = stories(Workspace(tmp_path))
    assert after
    assert not before.keys() & after.keys()
    build(run_in(tmp_path, server, **OLD), GATHER)  # fetched before, and added again
    assert stories(Workspace(tmp_path)).keys() == before.keys() | after.keys()


@pytest.mark.parametrize("window", [{"since": "2031-01-01"}, {"until": "1999-01-01"}])
def test_replacing_by_nothing_replaces_nothing(server: NewspaperServer, tmp_path: Path, window: dict[str, str]) -> None:
    build(run_in(tmp_path, server, **OLD), GATHER)
    before = stories(Workspace(tmp_path))
    with pytest.raises(NothingProduced, match="earlier runs stay"):
        build(run_in(tmp_path, server, replace=True, **window), GATHER)
    build(run_in(tmp_path, server, **NEW), GATHER)
    assert before.keys() < stories(Workspace(tmp_path)).keys()


def test_pages_may_be_added_where_all_captures_are_gone(server: NewspaperServer, tmp_path: Path) -> None:
    build(run_in(tmp_path, server, **OLD), GATHER)
    write_capture_refs(Workspace(tmp_path), [])
    build(run_in(tmp_path, server, **NEW), GATHER)
    assert stories(Workspace(tmp_path))


def test_a_limit_is_of_one_run_and_takes_nothing_away(server: NewspaperServer, tmp_path: Path) -> None:
    build(run_in(tmp_path, server, **OLD, limit=3), GATHER)
    old = stories(Workspace(tmp_path))
    build(run_in(tmp_path, server, **NEW, limit=5), GATHER)
    both = stories(Workspace(tmp_path))
    assert len(old) <= 3
    assert len(old) < len(both) <= 8
    build(run_in(tmp_path, server, **NEW, limit=2), GATHER)
    assert stories(Workspace(tmp_path)) == both


def test_dates_without_articles_add_nothing_and_say_so(
    server: NewspaperServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    build(run_in(tmp_path, server, **NEW), GATHER)
    before = stories(Workspace(tmp_path))
    with caplog.at_level(logging.WARNING, "corpus_builder"):
        build(run_in(tmp_path, server, since="1999-01-01", until="1999-01-02"), GATHER)
    assert "lists no article between 1999-01-01 and 1999-01-02" in caplog.text
    assert stories(Workspace(tmp_path)) == before


def test_a_story_that_was_taken_down_stays_away_when_others_are_added(server: NewspaperServer, tmp_path: Path) -> None:
    build(run_in(tmp_path, server, **OLD), GATHER)
    build(run_in(tmp_path, server, **NEW), GATHER)
    before = stories(Workspace(tmp_path))
    ref = next(ref for ref in read_capture_refs(Workspace(tmp_path)) if ref.month < "2025-12")
    take_down(tmp_path, [ref.url], silent)
    assert stories(Workspace(tmp_path)).keys() == before.keys() - {ref.article_id}
    for window in (NEW, OLD, BOTH):
        build(run_in(tmp_path, server, **window), GATHER)
        assert stories(Workspace(tmp_path)).keys() == before.keys() - {ref.article_id}


def test_an_earlier_page_that_robots_txt_refuses_now_leaves(tmp_path: Path) -> None:
    with NewspaperServer() as server:
        build(run_in(tmp_path, server, **OLD), GATHER)
        ref = next(iter(read_capture_refs(Workspace(tmp_path))))
        path = ref.url.partition("://")[2].partition("/")[2]
        original = server.answer

        def answer(asked: str) -> Any:
            given = original(asked)
            if asked == "/robots.txt":
                return type(given)(200, given.body + f"\nUser-agent: *\nDisallow: /{path}\n".encode(), given.headers)
            return given

        server.answer = answer  # type: ignore[method-assign]
        build(run_in(tmp_path, server, **NEW), GATHER)
    urls = {each.url for each in read_capture_refs(Workspace(tmp_path))}
    assert len(urls) > 1
    assert ref.url not in urls


def test_other_sources_of_pages_add_up_too(server: NewspaperServer, tmp_path: Path) -> None:
    once = tmp_path / "once"
    build(run_in(once, server, **BOTH), GATHER)
    warc = Source(warc=str(once / "crawl" / "warc" / "*.warc.gz"))
    mixed = tmp_path / "mixed"
    build(run_in(mixed, server, **OLD), GATHER)
    build(run_in(mixed, server, warc, **NEW), GATHER)
    assert files(Workspace(mixed), "articles") == files(Workspace(once), "articles")
    build(run_in(mixed, server, **OLD), GATHER)
    assert files(Workspace(mixed), "articles") == files(Workspace(once), "articles")
    warcs = tmp_path / "warcs"
    for window in (NEW, OLD, NEW):
        build(run_in(warcs, server, warc, **window), GATHER)
    assert files(Workspace(warcs), "articles") == files(Workspace(once), "articles")


def saved_page(folder: Path, ref_url: str, body: bytes) -> None:
    path = folder / ref_url.partition("://")[2] / "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def test_saved_pages_add_up_and_an_opt_out_among_them_counts_for_earlier_ones(
    server: NewspaperServer, tmp_path: Path
) -> None:
    from corpus_builder.crawl import read_captures
    from corpus_builder.model import Capture

    build(run_in(tmp_path / "crawled", server, **BOTH), GATHER)
    pages = {}
    for ref, capture in read_captures(read_capture_refs(Workspace(tmp_path / "crawled"))):
        assert isinstance(capture, Capture)
        pages[ref] = capture.body
    for number, (ref, body) in enumerate(pages.items()):
        saved_page(tmp_path / f"pages{number % 2}", ref.url, body)
    folder = tmp_path / "w"
    build(run_in(folder, server, Source(pages=tmp_path / "pages0"), **BOTH), GATHER)
    build(run_in(folder, server, Source(pages=tmp_path / "pages1"), **BOTH), GATHER)
    everything = stories(Workspace(tmp_path / "crawled"))
    assert stories(Workspace(folder)) == everything
    refused = next(iter(pages))
    marked = pages[refused].replace(b"<head>", b'<head><meta name="robots" content="noai">', 1)
    assert marked != pages[refused]
    saved_page(tmp_path / "later", refused.url, marked)
    build(run_in(folder, server, Source(pages=tmp_path / "later"), **BOTH), GATHER)
    assert refused.language not in stories(Workspace(folder)).get(refused.article_id, set())
    assert sum(map(len, stories(Workspace(folder)).values())) == sum(map(len, everything.values())) - 1


@pytest.fixture
def table(tmp_path: Path) -> Path:
    gold = [json.loads(line) for line in (shipped("data/newspaper") / "gold.jsonl").open(encoding="utf-8")]
    path = tmp_path / "articles.jsonl"
    rows = [
        {
            "id": story["article"],
            "language": language,
            "date": story["date"],
            "title": story["title"][language],
            "text": "\n".join(" ".join(block["texts"]) for block in blocks),
        }
        for story in gold
        for language, blocks in story["paragraphs"].items()
        if blocks
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def test_tables_of_articles_add_up(table: Path, tmp_path: Path) -> None:
    source = Source(articles=table)
    build(run_in(tmp_path / "once", None, source, **BOTH), GATHER)
    for window in (NEW, OLD, NEW):
        build(run_in(tmp_path / "w", None, source, **window), GATHER)
    once, added = Workspace(tmp_path / "once"), Workspace(tmp_path / "w")
    assert files(added, "articles") == files(once, "articles")
    known = stories(once)
    lines = [line for line in table.read_text("utf-8").splitlines() if json.loads(line)["id"] in known]
    other = tmp_path / "other.jsonl"
    changed = json.loads(lines[0]) | {"title": "Новий заголовок, якого раніше не було"}
    other.write_text(json.dumps(changed, ensure_ascii=False) + "\n", "utf-8")
    build(run_in(tmp_path / "w", None, Source(articles=other), **BOTH), GATHER)
    assert stories(added) == known
    found = next(s for path in added.shards().values() for s in read_stories(path, [changed["id"]]))
    assert found.editions[changed["language"]].title == changed["title"]
    build(run_in(tmp_path / "w", None, Source(articles=other), replace=True, **BOTH), GATHER)
    assert stories(added) == {changed["id"]: {changed["language"]}}


def test_another_site_is_refused_with_both_names(server: NewspaperServer, tmp_path: Path) -> None:
    build(run_in(tmp_path / "w", server, **NEW), GATHER)
    before = files(Workspace(tmp_path / "w"), "articles", "crawl")
    for option in ([], ["--replace"]):
        done = CliRunner().invoke(
            app, ["build", "pravda", "-w", str(tmp_path / "w"), "--contact", "mailto:a@example.org", *option]
        )
        error = done.exception
        assert isinstance(error, UsageError)
        assert error.exit_status == 2
        assert "sample (" in str(error)
        assert "pravda (" in str(error)
        assert "--workspace" in error.next_step
    assert files(Workspace(tmp_path / "w"), "articles", "crawl") == before


def test_a_copy_of_the_sites_rules_is_the_same_site(server: NewspaperServer, tmp_path: Path) -> None:
    build(run_in(tmp_path / "w", server, **OLD), GATHER)
    rules = tmp_path / "mine.toml"
    shutil.copy(shipped("configs") / "sites" / "sample.toml", rules)
    build(run_in(tmp_path / "w", server, site=str(rules), **NEW), GATHER)
    assert {shard[:4] for shard in Workspace(tmp_path / "w").shards()} == {"2022", "2025"}


def test_a_language_fewer_and_another_kind_of_source_are_refused(
    server: NewspaperServer, table: Path, tmp_path: Path
) -> None:
    build(run_in(tmp_path / "w", server, **NEW, languages=["uk", "en"]), GATHER)
    build(run_in(tmp_path / "w", server, **NEW), GATHER)  # one more is no loss
    with pytest.raises(UsageError, match="this run lacks ru") as caught:
        build(run_in(tmp_path / "w", server, **NEW, languages=["uk", "en"]), GATHER)
    assert "--replace" in caught.value.next_step
    with pytest.raises(UsageError, match="come from pages"):
        build(run_in(tmp_path / "w", None, Source(articles=table), **NEW), GATHER)
    build(run_in(tmp_path / "w", None, Source(articles=table), replace=True, **NEW), GATHER)
    with pytest.raises(UsageError, match="come from a table of articles"):
        build(run_in(tmp_path / "w", server, **NEW), GATHER)
    build(run_in(tmp_path / "w", server, replace=True, **NEW), GATHER)
