"""A correction in the next build: its beads as they are, what depends on it again and nothing else."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus_builder.cli.main import app
from corpus_builder.corrections.beads import CorrectedBead
from corpus_builder.corrections.folder import change, read_corrections
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.errors import ConfigError, NothingProduced
from corpus_builder.model import PlacedBead, Span, Story
from corpus_builder.newspaper import load_newspaper
from corpus_builder.newspaper.server import answers
from corpus_builder.sites import load_site
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.pipeline import stages_of
from corpus_builder.stages.stage import Run, Source, silent
from corpus_builder.stages.takedown import take_down
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.tables import read_beads, read_drops, read_stories

HOME = "https://www.vilna-hazeta.example"
MONTHS = {(2022, 10), (2022, 11)}
ALIGNING = stages_of("crawl", "extract", "align-articles")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Saved pages of two months, which are two shards."""
    folder, site = tmp_path_factory.mktemp("pages"), load_site("sample")
    for path, answer in answers(load_newspaper(), HOME).items():
        address = site.address(HOME + path)
        if answer.status == 200 and address and address.date and (address.date.year, address.date.month) in MONTHS:
            file = folder / f"www.vilna-hazeta.example{path}index.html"
            file.parent.mkdir(parents=True)
            file.write_bytes(answer.body)
    return folder


@pytest.fixture(scope="module")
def built(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    build(run_of(folder, pages, held_out=0.0))
    return folder


@pytest.fixture
def workspace(built: Path, tmp_path: Path) -> Workspace:
    """A copy of a workspace that was built without corrections."""
    shutil.copytree(built, tmp_path / "w")
    return Workspace(tmp_path / "w")


def run_of(folder: Path, pages: Path, held_out: float, **over: object) -> Run:
    config = load_config("sample", corrections={"held_out": held_out}, **over)
    return build_run(config, folder, source=Source(pages=pages), workers=1)


def stories(workspace: Workspace) -> dict[str, tuple[str, Story]]:
    return {
        story.article_id: (shard, story)
        for shard, path in workspace.shards().items()
        for story in read_stories(path)
        if len(story.editions) > 2
    }


def beads(workspace: Workspace, level: str = "sentence") -> dict[str, list[PlacedBead]]:
    return {
        article_id: [bead for bead in own if bead.level == level]
        for shard in workspace.shards()
        for article_id, own in read_beads(workspace.aligned / f"{shard}.parquet")
    }


def when(workspace: Workspace, folder: str) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in sorted((workspace.root / folder).glob("*.parquet"))}


def exchanged(own: Sequence[PlacedBead]) -> tuple[list[Span], list[Span]]:
    """Two beads of a story with their Ukrainian sides exchanged and without a Russian one."""
    first, second = [bead for bead in own if {s.language for s in bead.spans} >= {"uk", "en"}][2:4]
    sides = [[s for s in bead.spans if s.language == language] for bead, language in
             ((first, "en"), (second, "uk"), (second, "en"), (first, "uk"))]  # fmt: skip
    return [*sides[0], *sides[1]], [*sides[2], *sides[3]]


def correct(workspace: Workspace, number: int = 0) -> tuple[str, str, tuple[list[Span], list[Span]]]:
    """Exchange two sides in one story: (its shard, its id, the places of the two beads)."""
    article_id, (shard, story) = sorted(stories(workspace).items())[number]
    wanted = exchanged(beads(workspace)[article_id])
    change(workspace.corrections, article_id, [], [CorrectedBead.of(story, spans) for spans in wanted])
    return shard, article_id, wanted


def test_a_correction_is_in_the_next_dataset_with_probability_1(workspace: Workspace, pages: Path) -> None:
    ids = {row["id"] for _, row in DatasetFolder(workspace.dataset).rows("sentences")}
    _, article_id, wanted = correct(workspace)
    build(run_of(workspace.root, pages, held_out=0.0))
    after = beads(workspace)[article_id]
    human = {frozenset(bead.spans): bead for bead in after if bead.origin == "human"}
    assert set(human) == {frozenset(spans) for spans in wanted}
    assert all(bead.probability == 1.0 and set(bead.pairs.values()) == {1.0} for bead in human.values())
    rows = [row for _, row in DatasetFolder(workspace.dataset).rows("sentences") if row["origin"] == "human"]
    story = stories(workspace)[article_id][1]
    words = [{s.language: story.editions[s.language].blocks[s.block].text[s.start : s.end] for s in spans}
             for spans in wanted]  # fmt: skip
    found = [{x: text for x, text in row["translation"].items() if text} for row in rows]
    assert sorted(found, key=str) == sorted(words, key=str)
    assert all(row["probability"] == 1.0 and row["id"] not in ids for row in rows)
    pair = [row for _, row in DatasetFolder(workspace.dataset).rows("sentences.en-uk") if row["origin"] == "human"]
    assert [row["probability"] for row in pair] == [1.0, 1.0]
    for config in ("documents", "documents.en-uk", "paragraphs"):
        published = [row for _, row in DatasetFolder(workspace.dataset).rows(config)]
        assert {row["article_id"] for row in published if row["origin"] == "mixed"} == {article_id}
    assert "corrected or confirmed 2 rows of `sentences`" in (workspace.dataset / "README.md").read_text("utf-8")
    counts = run_of(workspace.root, pages, held_out=0.0).manifest.counts
    assert counts("learn")["corrected_beads"]
    assert counts("align")["corrected_sentence"] == 2


def test_a_held_out_story_does_not_teach_and_only_its_shard_is_aligned_again(workspace: Workspace, pages: Path) -> None:
    shard, article_id, wanted = correct(workspace)
    before = when(workspace, "aligned")
    learned = {path: path.read_bytes() for path in workspace.lexicon.rglob("*") if path.is_file()}
    build(run_of(workspace.root, pages, held_out=1.0), ALIGNING)
    after = when(workspace, "aligned")
    assert {name for name in before if before[name] != after[name]} == {f"{shard}.parquet"}
    assert learned == {path: path.read_bytes() for path in workspace.lexicon.rglob("*") if path.is_file()}
    assert {frozenset(bead.spans) for bead in beads(workspace)[article_id] if bead.origin == "human"} == {
        frozenset(spans) for spans in wanted
    }


def test_nothing_runs_again_without_a_new_correction(workspace: Workspace, pages: Path) -> None:
    before = {folder: when(workspace, folder) for folder in ("aligned", "articles")}
    build(run_of(workspace.root, pages, held_out=0.0), ALIGNING)
    assert before == {folder: when(workspace, folder) for folder in before}
    correct(workspace)
    build(run_of(workspace.root, pages, held_out=0.0), ALIGNING)
    once = {folder: when(workspace, folder) for folder in before}
    assert once["aligned"] != before["aligned"]
    file = next(workspace.corrections.glob("*.json"))
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8"))), encoding="utf-8")  # only its form
    build(run_of(workspace.root, pages, held_out=0.0), ALIGNING)
    assert once == {folder: when(workspace, folder) for folder in before}


def test_taking_a_correction_back_gives_the_first_dataset_again(workspace: Workspace, pages: Path) -> None:
    before = {path.name: path.read_bytes() for path in workspace.aligned.iterdir()}
    _, article_id, _ = correct(workspace)
    build(run_of(workspace.root, pages, held_out=0.0), ALIGNING)
    assert before != {path.name: path.read_bytes() for path in workspace.aligned.iterdir()}
    change(workspace.corrections, article_id, read_corrections(workspace.corrections)[article_id].beads, [])
    build(run_of(workspace.root, pages, held_out=0.0), ALIGNING)
    assert before == {path.name: path.read_bytes() for path in workspace.aligned.iterdir()}


def test_a_confirmed_story_has_human_paragraphs(workspace: Workspace, pages: Path) -> None:
    article_id, (_, story) = sorted(stories(workspace).items())[0]
    own = beads(workspace)[article_id]
    change(workspace.corrections, article_id, [], [CorrectedBead.of(story, bead.spans) for bead in own])
    before = [frozenset(bead.spans) for bead in beads(workspace, "block")[article_id]]
    build(run_of(workspace.root, pages, held_out=1.0), ALIGNING)
    assert [bead.spans for bead in beads(workspace)[article_id]] == [bead.spans for bead in own]
    blocks = beads(workspace, "block")[article_id]
    assert {bead.origin for bead in blocks} == {"human"}
    assert [frozenset(bead.spans) for bead in blocks] == before


def test_what_no_longer_fits_the_text_is_counted_and_kept(
    workspace: Workspace, pages: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _, article_id, _ = correct(workspace)
    file = next(workspace.corrections.glob("*.json"))
    data = json.loads(file.read_text(encoding="utf-8"))
    for place in data["beads"][0]["places"]:
        place["hash"] = "0" * 16
    file.write_text(json.dumps(data), encoding="utf-8")
    (workspace.corrections / "gone.json").write_text(json.dumps({**data, "article_id": "gone"}), encoding="utf-8")
    kept = {path.name: path.read_bytes() for path in workspace.corrections.glob("*.json")}
    with caplog.at_level(logging.WARNING):
        build(run_of(workspace.root, pages, held_out=0.0), ALIGNING)
    assert "3 corrected groups no longer fit the text and are not used: story_gone 2, text_changed 1" in caplog.text
    drops = [d for d in read_drops(workspace.dropped / "align.parquet") if d.reason == "correction_text_changed"]
    assert [(drop.article_id, "block" in drop.detail) for drop in drops] == [(article_id, True)]
    assert sum(bead.origin == "human" for bead in beads(workspace)[article_id]) == 1
    assert kept == {path.name: path.read_bytes() for path in workspace.corrections.glob("*.json")}


def test_a_new_start_keeps_corrections_and_a_takedown_removes_those_of_its_story(
    workspace: Workspace, pages: Path
) -> None:
    _, first, _ = correct(workspace)
    _, second, _ = correct(workspace, 1)
    run = build_run(load_config("sample"), workspace.root, source=Source(pages=pages), workers=1, replace=True)
    build(run)
    assert read_corrections(workspace.corrections).keys() == {first, second}
    url = next(iter(stories(workspace)[first][1].editions.values())).url
    take_down(workspace.root, [url], silent)
    assert read_corrections(workspace.corrections).keys() == {second}
    assert any(bead.origin == "human" for bead in beads(workspace)[second])


def test_a_build_does_not_go_on_without_a_damaged_file(workspace: Workspace, pages: Path) -> None:
    workspace.corrections.mkdir()
    (workspace.corrections / "1.json").write_text("{", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"1\.json cannot be read"):
        build(run_of(workspace.root, pages, held_out=0.0), ALIGNING)


def run_command(*words: str) -> str:
    done = CliRunner().invoke(app, ["correct", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_lists_measures_and_exports(workspace: Workspace, pages: Path, tmp_path: Path) -> None:
    nobody = run_command("list", "-w", str(workspace.root))
    assert "nobody has corrected" in nobody
    whole, partly = sorted(stories(workspace).items())[:2]
    change(workspace.corrections, whole[0], [],
           [CorrectedBead.of(whole[1][1], bead.spans) for bead in beads(workspace)[whole[0]]])  # fmt: skip
    correct(workspace, 1)
    build(run_of(workspace.root, pages, held_out=1.0), ALIGNING)
    listed = json.loads(run_command("list", "--json", "-w", str(workspace.root)))
    assert [(each["article_id"], each["complete"], each["held_out"], each["void"]) for each in listed] == [
        (whole[0], True, True, {}), (partly[0], False, True, {}),
    ]  # fmt: skip
    found = json.loads(run_command("report", "--json", "-w", str(workspace.root)))
    assert (found["stories"], found["held_out"], found["measured"]) == (2, 2, 1)
    assert {pair: each["scored"]["strict"]["f1"] for pair, each in found["pairs"].items()} == {
        "en-ru": 1.0, "en-uk": 1.0, "ru-uk": 1.0,
    }  # fmt: skip
    assert "stories: 1, " in run_command("export", "-o", str(tmp_path / "gold"), "-w", str(workspace.root))
    assert (tmp_path / "gold" / f"{whole[0]}.en-uk.gold").is_file()
    nothing = CliRunner().invoke(app, ["correct", "export", "-o", str(tmp_path / "g"), "--stories", "teaching",
                                       "-w", str(workspace.root)])  # fmt: skip
    assert isinstance(nothing.exception, NothingProduced)


def test_the_report_measures_what_the_aligner_would_do_without_the_person(workspace: Workspace, pages: Path) -> None:
    """The whole story but two exchanged sides: the aligner's own beads are wrong by these."""
    article_id, (_, story) = sorted(stories(workspace).items())[0]
    own, wanted = beads(workspace)[article_id], exchanged(beads(workspace)[article_id])
    taken = {span for spans in wanted for span in spans}
    rest = [bead.spans for bead in own if taken.isdisjoint(bead.spans)]
    left = [[span] for bead in own if not taken.isdisjoint(bead.spans) for span in bead.spans if span not in taken]
    change(workspace.corrections, article_id, [],
           [CorrectedBead.of(story, spans) for spans in (*wanted, *rest, *left)])  # fmt: skip
    build(run_of(workspace.root, pages, held_out=1.0), ALIGNING)
    found = json.loads(run_command("report", "--json", "-w", str(workspace.root)))
    scored = found["pairs"]["en-uk"]["scored"]
    assert scored["strict"]["recall"] == 1 - 2 / scored["gold"]
