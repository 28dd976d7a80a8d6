"""What makes a stage run again, and what does not: extras, shipped data, code, another version's workspace."""

from __future__ import annotations

import json
import logging
import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus_builder import resources
from corpus_builder.cli.main import app
from corpus_builder.errors import UsageError
from corpus_builder.resources import shipped
from corpus_builder.stages import stage as stage_module
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.pipeline import STAGES, stages_of
from corpus_builder.stages.stage import ALL, Run, Source, Stage
from corpus_builder.workspace import manifest as manifest_module
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.tables import read_drops, read_stories
from tests.saved_pages import HOME, save_month

BY_NAME = {stage.name: stage for stage in STAGES}


def page_of_no_layout() -> str:
    """A page with an article that no layout of the site matches."""
    story = json.loads((shipped("data/newspaper") / "gold.jsonl").read_text(encoding="utf-8").partition("\n")[0])
    paragraphs = "".join(f"<p>{' '.join(block['texts'])}</p>" for block in story["paragraphs"]["uk"])
    title = story["title"]["uk"]
    return f"""<!doctype html><html lang="uk"><head><title>{title}</title></head><body><article class="other">
    <h1>{title}</h1>{paragraphs}</article></body></html>"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Saved pages of two months: those of October 2022 fit a layout of the site, one of December 2025 fits none."""
    folder = tmp_path_factory.mktemp("pages")
    save_month(folder, 2022, 10)
    file = folder / "www.vilna-hazeta.example/news/2025/12/01/99/index.html"
    file.parent.mkdir(parents=True)
    file.write_text(page_of_no_layout(), encoding="utf-8")
    return folder


def run_of(workspace: Path, source: Source | None = None) -> Run:
    return build_run(load_config("sample"), workspace, source=source, workers=1)


def extracted(run: Run) -> dict[str, float]:
    """When each shard of articles/ was written."""
    return {path.stem: path.stat().st_mtime_ns for path in run.workspace.articles.iterdir()}


def test_pages_and_warc_files_are_found_by_one_command_and_extracted_by_the_next(pages: Path, tmp_path: Path) -> None:
    for command in (["crawl", "sample", "--pages", str(pages)], ["extract", "sample"]):
        done = CliRunner().invoke(app, [*command, "--workspace", str(tmp_path / "w")])
        assert done.exit_code == 0, done.output
    whole = run_of(tmp_path / "whole", Source(pages=pages))
    build(whole, stages_of("crawl", "extract"))
    for path in whole.workspace.articles.iterdir():
        assert (tmp_path / "w" / "articles" / path.name).read_bytes() == path.read_bytes()


def test_extracting_with_fewer_languages_than_were_crawled_takes_only_these(pages: Path, tmp_path: Path) -> None:
    build(run_of(tmp_path, Source(pages=pages)), stages_of("crawl"))
    config = load_config("sample", languages=["uk", "en"])
    run = build_run(config, tmp_path, workers=1)
    build(run, stages_of("extract"))
    stories = [story for path in run.workspace.shards().values() for story in read_stories(path)]
    assert {language for story in stories for language in story.editions} == {"uk", "en"}


def test_extracting_before_a_crawl_says_what_to_do(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["extract", "sample", "--workspace", str(tmp_path / "w")])
    assert isinstance(done.exception, UsageError)
    assert "corpus-builder crawl" in done.exception.next_step


def test_installing_or_removing_an_extra_reruns_the_shards_whose_pages_it_can_read(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def installed(version: str | None) -> None:
        monkeypatch.setattr(stage_module, "_version", lambda _: version or "not installed")
        monkeypatch.setitem(sys.modules, "trafilatura", None) if version is None else monkeypatch.delitem(
            sys.modules, "trafilatura", raising=False
        )

    def extract() -> tuple[dict[str, float], list[str]]:
        run = run_of(tmp_path / "w", Source(pages=pages))
        build(run, stages_of("crawl", "extract"))
        reasons = [drop.reason for drop in read_drops(run.workspace.dropped / "extract.parquet")]
        return extracted(run), reasons

    installed(None)
    without, reasons = extract()
    assert "no_layout" in reasons
    installed("2.0")
    with_extra, reasons = extract()
    assert "no_layout" not in reasons
    assert with_extra["2025-12"] > without["2025-12"]
    assert with_extra["2022-10"] == without["2022-10"]
    again, _ = extract()
    assert again == with_extra
    installed(None)
    removed, reasons = extract()
    assert "no_layout" in reasons
    assert removed["2025-12"] > again["2025-12"]
    assert removed["2022-10"] == again["2022-10"]


def keys(workspace: Workspace) -> dict[str, str]:
    return {stage.name: stage.key(workspace, ALL) for stage in STAGES if stage.modules}


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_a_changed_file_of_shipped_data_reruns_the_stages_that_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, original = Workspace(tmp_path / "w"), shipped("data")
    for name in ("lexicon", "quality"):
        shutil.copytree(original / name, tmp_path / "data" / name)
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "package")
    before = keys(workspace)
    with (tmp_path / "data/lexicon/uk-ru.tsv.gz").open("ab") as file:
        file.write(b"\0")
    after = keys(workspace)
    assert changed(before, after) == {"learn", "link"}
    with (tmp_path / "data/quality/calibration.json").open("a") as text:
        text.write(" ")
    assert changed(after, keys(workspace)) == {"score", "export"}


@pytest.mark.parametrize(
    ("file", "stages"),
    [
        ("dataset/exporters/tmx.py", set()),
        ("crawl/crawler.py", set()),
        ("look/anything.py", set()),
        ("dataset/card.py", {"export"}),
        ("stages/export.py", {"export"}),
        ("align/two/lattice.py", {"learn", "align", "survey", "score"}),
        ("extract/page.py", {"extract"}),
        ("stages/rows.py", {"rows"}),
        ("dataset/level.py", {"rows", "export"}),
        ("languages/uk.toml", {stage.name for stage in STAGES} - {"crawl", "compare", "group", "report"}),
    ],
)
def test_changed_code_reruns_the_stages_that_use_it(
    file: str, stages: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "corpus_builder"
    shutil.copytree(manifest_module._PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(manifest_module, "_PACKAGE", package)

    def fresh_keys() -> dict[str, str]:
        manifest_module.code_version.cache_clear()  # type: ignore[attr-defined]
        return keys(Workspace(tmp_path / "w"))

    try:
        before = fresh_keys()
        (package / file).parent.mkdir(exist_ok=True)
        with (package / file).open("a") as text:
            text.write("\n# changed\n")
        assert changed(before, fresh_keys()) == stages
    finally:
        manifest_module.code_version.cache_clear()  # type: ignore[attr-defined]


def test_changed_inputs_change_the_keys_of_their_readers(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    align: Stage = BY_NAME["align"]
    workspace.articles.mkdir()
    (workspace.articles / "2025-11.parquet").write_bytes(b"a")
    before = align.key(workspace, "2025-11"), align.key(workspace, "2025-12")
    (workspace.articles / "2025-12.parquet").write_bytes(b"b")
    after = align.key(workspace, "2025-11"), align.key(workspace, "2025-12")
    assert after[0] == before[0]
    assert after[1] != before[1]


@pytest.fixture
def old_workspace(tmp_path: Path) -> Path:
    """A workspace as version 0.1.0 wrote it before manifests had a layout."""
    folder = tmp_path / "old"
    for name in ("articles/2025-10.parquet", "lexicon/aligner.json", "crawl/warc/crawl-00001.warc.gz", "splits.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")
    entry = {"key": "k", "outputs": {"articles/2025-10.parquet": "x"}, "counts": {"editions": 1}, "seconds": 1.0}
    old = {"version": "0.1.0", "config": {"site": "sample"}, "stages": {"extract": {"2025-10": entry}}}
    (folder / "manifest.json").write_text(json.dumps(old))
    return folder


def test_a_workspace_of_another_version_is_rebuilt_and_says_so(
    old_workspace: Path, pages: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        build(run_of(old_workspace, Source(pages=pages)), stages_of("crawl", "extract"))
    assert "written by another version of corpus-builder (0.1.0)" in caplog.text
    assert "The crawl (WARC files and state) is kept, everything after it is made again" in caplog.text
    assert (old_workspace / "crawl/warc/crawl-00001.warc.gz").is_file()
    assert (old_workspace / "splits.json").is_file()
    assert not (old_workspace / "lexicon").exists()
    assert {path.stem for path in (old_workspace / "articles").iterdir()} == {"2022-10", "2025-12"}
    assert not run_of(old_workspace).manifest.outdated


@pytest.mark.parametrize(
    "command",
    [
        ["score", "sample", "--workspace"],
        ["align-articles", "sample", "--workspace"],
        ["quality"],
        ["takedown", "{}", HOME],
    ],
)
def test_commands_that_need_its_files_say_how_to_rebuild_it(command: list[str], old_workspace: Path) -> None:
    arguments = [part.format(old_workspace) for part in command]
    done = CliRunner().invoke(app, arguments if "{}" in command else [*command, str(old_workspace)])
    assert isinstance(done.exception, UsageError)
    assert "another version" in str(done.exception)
    assert "corpus-builder build" in done.exception.next_step
    assert (old_workspace / "articles/2025-10.parquet").is_file()
