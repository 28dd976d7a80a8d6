"""The stage "score" in a build of the sample newspaper's articles, its filters, and the command that shows them."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from corpus_builder.cli.main import app
from corpus_builder.dataset.schema import TOP
from corpus_builder.errors import ConfigError, UsageError
from corpus_builder.quality.columns import columns
from corpus_builder.quality.filters import Filter
from corpus_builder.resources import shipped
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import FilterConfig, load_config
from corpus_builder.stages.filter_preview import configured, preview
from corpus_builder.stages.pipeline import stages_of
from corpus_builder.stages.stage import Run, Source
from corpus_builder.workspace.duplicates import clusters_file, read_groups

STORIES = 12
LANGUAGES = ("uk", "ru", "en")


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some stories of the sample newspaper, one of them printed twice."""
    path = tmp_path_factory.mktemp("articles") / "articles.jsonl"
    records = [json.loads(line) for line in (shipped("data/newspaper") / "gold.jsonl").open(encoding="utf-8")][:STORIES]
    lines = []
    for article_id, record in [(r["article"], r) for r in records] + [("999", records[0])]:
        for language, paragraphs in record["paragraphs"].items():
            lines.append(
                {
                    "id": article_id,
                    "language": language,
                    "url": f"https://example.org/{language}/{article_id}",
                    "date": record["date"],
                    "title": record["title"][language],
                    "text": "\n".join(" ".join(p["texts"]) for p in paragraphs),
                }
            )
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


def run_of(workspace: Path, articles: Path, *filters: FilterConfig, least: float = 0.0) -> Run:
    config = load_config("sample", dataset={"min_probability": least})
    config = config.model_copy(update={"filters": filters})
    return build_run(config, workspace, source=Source(articles=articles), workers=1)


@pytest.fixture(scope="module")
def workspace(articles: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    build(run_of(folder, articles))
    return folder


def sentences(workspace: Path, config: str = "sentences") -> list[dict[str, object]]:
    files = sorted((workspace / "dataset/data" / config).glob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def test_every_row_carries_every_score(workspace: Path) -> None:
    rows = sentences(workspace)
    assert len(rows) > 50
    for row in rows:
        quality = row["quality"]
        assert isinstance(quality, dict)
        assert sorted(quality) == sorted(set(columns(LANGUAGES)) - set(TOP))
        assert 0 <= row["probability"] <= 1  # type: ignore[operator]
    pair = sentences(workspace, "sentences.en-uk")[0]["quality"]
    assert sorted(pair) == sorted(set(columns(("en", "uk"))) - set(TOP))  # type: ignore[call-overload]


def test_a_story_printed_twice_is_a_cluster_and_its_rows_are_flagged(workspace: Path, articles: Path) -> None:
    run = run_of(workspace, articles)
    groups = (read_groups(clusters_file(run.workspace, shard)) for shard in run.workspace.shards())
    group_of = {story: int(group) for ids, own in groups for story, group in zip(ids.to_pylist(), own, strict=True)}
    cluster = [story for story, group in group_of.items() if group == group_of["999"]]
    assert len(cluster) == 2
    flags = [flag for row in sentences(workspace) if row["article_id"] in cluster for flag in row["flags"]]  # type: ignore[attr-defined]
    assert flags.count("near_duplicate") >= 3
    splits = json.loads((workspace / "splits.json").read_text(encoding="utf-8"))
    assert len({splits[story] for story in cluster}) == 1


def test_thresholds_change_without_scoring_anew(articles: Path, workspace: Path) -> None:
    run = run_of(workspace, articles)
    before, all_rows = dict(run.manifest.stages["score"]), len(sentences(workspace))
    build(run_of(workspace, articles, FilterConfig(score="duplicate_rank", max=0)))
    rows, dropped = sentences(workspace), pq.read_table(workspace / "dropped/export.parquet").to_pylist()
    try:
        gone = [drop for drop in dropped if drop["reason"] == "duplicate_rank <= 0"]
        trilingual = [drop for drop in gone if drop["detail"].startswith("sentences ")]
        assert len(rows) == all_rows - len(trilingual) < all_rows
        assert all("uk: " in drop["detail"] for drop in gone)
        assert dict(run_of(workspace, articles).manifest.stages["score"]) == before
    finally:
        build(run_of(workspace, articles))
    assert len(sentences(workspace)) == all_rows


def test_a_filter_by_an_unknown_score_names_the_near_ones(articles: Path, workspace: Path) -> None:
    with pytest.raises(ConfigError, match="numbers_agree"):
        build(run_of(workspace, articles, FilterConfig(score="number_agree", min=0.5)), stages_of("export"))
    build(run_of(workspace, articles))  # saves the config without that filter
    with pytest.raises(ValueError, match="min or max"):
        FilterConfig(score="coverage")


def test_a_preview_counts_alone_and_first(workspace: Path, articles: Path) -> None:
    place = run_of(workspace, articles).workspace
    (paragraphs, sentences_preview) = preview(
        place, [Filter("probability", least=2), Filter("coverage", least=2)], samples=2
    )
    assert (paragraphs.config, sentences_preview.config) == ("paragraphs", "sentences")
    every, second = sentences_preview.filters
    assert every.alone == every.first == sentences_preview.rows
    assert second.first == 0 < second.alone
    assert sentences_preview.passing == 0
    assert len(every.samples) == 2
    assert configured(place)
    with pytest.raises(ConfigError, match="unknown score"):
        preview(place, [Filter("beauty", least=1)], 0)


def test_the_command(workspace: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["quality", str(workspace), "-f", "probability >= 0.5", "-f", "|length_ratio| <= 2"])
    assert done.exit_code == 0
    assert "rows pass all filters" in done.output
    assert "|length_ratio| <= 2" in done.output
    as_json = CliRunner().invoke(app, ["quality", str(workspace), "--json"])
    assert as_json.exit_code == 0, as_json.exception
    assert json.loads(as_json.output)["sentences"]["rows"] > 50
    wrong = CliRunner().invoke(app, ["quality", str(workspace), "-f", "nonsense"])
    assert isinstance(wrong.exception, UsageError)
    empty = CliRunner().invoke(app, ["quality", str(tmp_path)])
    assert isinstance(empty.exception, UsageError)
