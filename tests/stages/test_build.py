"""The whole pipeline on the sample newspaper: nothing lost, nothing invented, every drop on file."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corpus_builder.align import training
from corpus_builder.align.encoder import open as encoder
from corpus_builder.errors import NothingProduced, RunError, UsageError
from corpus_builder.model import BlockKind
from corpus_builder.newspaper import NewspaperServer
from corpus_builder.resources import shipped
from corpus_builder.stages import learn
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.documents import lesson
from corpus_builder.stages.export_card import tokenizer_models
from corpus_builder.stages.funnel import Funnel
from corpus_builder.stages.pipeline import STAGES, stages_of
from corpus_builder.stages.stage import Run, Source
from corpus_builder.workspace.tables import read_drops, read_stories

GOLD = [json.loads(line) for line in (shipped("data/newspaper") / "gold.jsonl").open(encoding="utf-8")]


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


@pytest.fixture(scope="module")
def server() -> Iterator[NewspaperServer]:
    with NewspaperServer() as server:
        yield server


def sample_run(folder: Path, server: NewspaperServer | None, source: Source | None = None, **over: object) -> Run:
    config = load_config("sample", **over)
    return build_run(config, folder, mirror=server.base_url if server else None, source=source, workers=1)


@pytest.fixture(scope="module")
def built(server: NewspaperServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Funnel]:
    run = sample_run(tmp_path_factory.mktemp("built") / "workspace", server)
    return run, build(run)


def rows(run: Run, config: str) -> list[dict[str, object]]:
    files = sorted((run.workspace.dataset / "data" / config).glob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def dataset_bytes(run: Run) -> Mapping[str, bytes]:
    folder = run.workspace.dataset
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_edition_is_found_with_exactly_its_text(built: tuple[Run, Funnel]) -> None:
    run, _ = built
    stories = {s.article_id: s for path in run.workspace.shards().values() for s in read_stories(path)}
    gold = {story["article"]: story for story in GOLD if any(story["paragraphs"].values())}
    assert stories.keys() == gold.keys()
    for article_id, story in gold.items():
        editions = stories[article_id].editions
        assert set(editions) == {language for language, blocks in story["paragraphs"].items() if blocks}
        for language, edition in editions.items():
            found = [letters(block.text) for block in edition.blocks if block.kind is not BlockKind.TITLE]
            assert found == [letters("".join(block["texts"])) for block in story["paragraphs"][language]]
            assert edition.title == story["title"][language]


def test_rows_hold_the_newspaper_and_nothing_else(built: tuple[Run, Funnel]) -> None:
    run, funnel = built
    text = {
        (story["article"], language): letters(story["title"][language])
        + "".join(letters(unit) for block in blocks for unit in block["texts"])
        for story in GOLD
        for language, blocks in story["paragraphs"].items()
    }
    for config in ("paragraphs", "sentences"):
        found = rows(run, config)
        assert len(found) == next(step.count for step in funnel.steps if step.name == f"{config[:-1]} rows") > 100
        for row in found:
            sides = {language: side for language, side in row["translation"].items() if side}
            assert len(sides) >= 2
            for language, side in sides.items():
                assert all(letters(line) in text[row["article_id"], language] for line in side.split("\n"))


def test_the_tokenizers_of_the_scores_are_published_unless_they_are_not_wanted(built: tuple[Run, Funnel]) -> None:
    run, _ = built
    models = sorted((run.workspace.quality / "pieces").iterdir())
    published = run.workspace.dataset / "tokenizers"
    assert {path.name: path.read_bytes() for path in published.iterdir()} == {
        path.name: path.read_bytes() for path in models
    }
    assert [path.stem for path in models] == ["en", "joint", "ru", "uk"]
    assert sorted(tokenizer_models(run)) == models
    settings = run.config.dataset.model_copy(update={"tokenizers": False})
    assert tokenizer_models(replace(run, config=run.config.model_copy(update={"dataset": settings}))) == []


def test_the_sample_to_learn_from_is_that_of_all_stories_though_only_ids_are_read(
    built: tuple[Run, Funnel], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = built
    monkeypatch.setattr(learn, "SAMPLE", 5)
    stories = [story for path in run.workspace.shards().values() for story in read_stories(path)]
    lessons = [lesson(story, run.languages, ()) for story in stories if len(story.editions) > 1]
    task = learn.LearnTask("all", "", run.workspace, run.languages)
    counts = Counter[str]()
    assert learn.chosen(task, counts).keys() == {document.name for document in training.choose(lessons, 5)}
    assert counts["documents"] == len(lessons) == run.manifest.counts("learn")["documents"] > 5


def test_what_was_left_out_is_on_file_with_its_reason(built: tuple[Run, Funnel], server: NewspaperServer) -> None:
    run, funnel = built
    assert set(funnel.dropped["crawl"]) == {"opt_out_noai", "http_404", "off_site"}
    assert set(funnel.dropped["extract"]) == {"empty_body", "wrong_language"}
    for stage, reasons in funnel.dropped.items():
        drops = list(read_drops(run.workspace.dropped / f"{stage}.parquet"))
        assert len(drops) == sum(reasons.values())
        assert all(drop.item and drop.reason for drop in drops)
    listed = next(step.count for step in funnel.steps if step.name == "article URLs listed")
    assert listed == sum(funnel.dropped["crawl"].values()) + run.manifest.counts("crawl")["captures"]


def test_a_second_build_changes_nothing_and_runs_no_shard_again(
    built: tuple[Run, Funnel], server: NewspaperServer
) -> None:
    run, funnel = built
    before = dataset_bytes(run)
    entries = {stage: dict(run.manifest.stages[stage]) for stage in ("extract", "learn", "align", "export")}
    again = sample_run(run.workspace.root, server)
    assert build(again) == funnel
    assert dataset_bytes(again) == before
    assert {stage: dict(again.manifest.stages[stage]) for stage in entries} == entries


def test_stage_by_stage_is_the_same_as_all_at_once(
    built: tuple[Run, Funnel], server: NewspaperServer, tmp_path: Path
) -> None:
    for stage in STAGES:
        build(sample_run(tmp_path, server), [stage])
    assert dataset_bytes(sample_run(tmp_path, server)) == dataset_bytes(built[0])


def log_of(run: Run) -> str:
    (log,) = run.workspace.logs.iterdir()
    return log.read_text(encoding="utf-8")


def test_two_processes_give_the_same_bytes_as_one_and_log_to_the_same_file(
    built: tuple[Run, Funnel], server: NewspaperServer, tmp_path: Path
) -> None:
    run = build_run(load_config("sample"), tmp_path, mirror=server.base_url, workers=2)
    build(run)
    assert dataset_bytes(run) == dataset_bytes(built[0])
    dropped = re.findall(r"dropped https://\S+: empty_body", log_of(run))
    assert len(dropped) == built[1].dropped["extract"]["empty_body"]


def test_a_build_leaves_a_log_with_its_stages_seconds_and_drops(server: NewspaperServer, tmp_path: Path) -> None:
    run = sample_run(tmp_path, server, since="2025-12-01", until="2025-12-31")
    build(run)
    log = log_of(run)
    for stage in STAGES:
        assert re.search(rf"Z INFO .*: stage {stage.name} ends: \d+\.\d s; ", log), stage.name
    assert '"since":"2025-12-01"' in log
    assert re.search(r"extract 2025-12: \d+\.\d s; pages \d+", log)
    for reason in ("empty_body", "wrong_language"):
        assert re.search(rf"dropped https://\S+: {reason} ", log)
    assert "dropped/crawl.parquet: " in log
    assert re.search(r"Z INFO corpus_builder\.crawl", log)


def test_the_crawls_own_warc_files_build_the_same_dataset_but_for_where_the_pages_are_from(
    built: tuple[Run, Funnel], server: NewspaperServer, tmp_path: Path
) -> None:
    warcs = Source(warc=str(built[0].workspace.crawl / "warc" / "*.warc.gz"))
    config = load_config("sample")
    run = build_run(config, tmp_path, mirror=server.base_url, source=warcs, workers=1)
    build(run)
    own, crawled = dataset_bytes(run), dataset_bytes(built[0])
    told = {"README.md", "croissant.json", "manifest.json"}
    assert {name: own[name] for name in own if name not in told} == {
        name: crawled[name] for name in crawled if name not in told
    }
    for files, source in ((own, "saved pages and WARC files"), (crawled, "crawl of the site")):
        assert re.search(rf"\| {source} \| 56 \|", files["README.md"].decode())


def test_the_log_of_a_crawl_has_its_retries_and_redirects(tmp_path: Path) -> None:
    with NewspaperServer() as fresh_server:  # its busy page is busy once
        run = sample_run(tmp_path, fresh_server)
        build(run, stages_of("crawl"))
    log = log_of(run)
    assert re.search(r"Z INFO corpus_builder\.crawl\.\w+: retry https?://\S+ in \d", log)
    assert re.search(r"Z INFO corpus_builder\.crawl\.\w+: https?://\S+ redirects \(30\d\) to ", log)
    assert re.search(r"Z INFO corpus_builder\.crawl\.\w+: dropped https?://\S+: off_site", log)


def test_dates_and_languages_narrow_a_run(server: NewspaperServer, tmp_path: Path) -> None:
    run = sample_run(tmp_path, server, languages=["uk", "en"], since="2025-12-01", until="2025-12-31")
    build(run)
    stories = [s for path in run.workspace.shards().values() for s in read_stories(path)]
    wanted = {
        story["article"] for story in GOLD if story["date"].startswith("2025-12") and any(story["paragraphs"].values())
    }
    assert {story.article_id for story in stories} <= wanted
    assert {language for story in stories for language in story.editions} == {"uk", "en"}
    assert {path.name for path in (run.workspace.dataset / "data").iterdir()} == {
        "documents",
        "documents.en-uk",
        "monolingual.en",
        "monolingual.uk",
        "paragraphs",
        "paragraphs.en-uk",
        "quotes",
        "quotes.en-uk",
        "sentences",
        "sentences.en-uk",
    }


def test_a_table_of_articles_builds_without_any_page(tmp_path: Path) -> None:
    table = tmp_path / "articles.jsonl"
    with table.open("w", encoding="utf-8") as out:
        for story in GOLD:
            for language, blocks in story["paragraphs"].items():
                row = {
                    "id": story["article"],
                    "language": language,
                    "url": f"https://news.example/{language}/{story['article']}",
                    "date": story["date"],
                    "title": story["title"][language],
                    "text": "\n\n".join(" ".join(block["texts"]) for block in blocks),
                }
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        out.write('{"id": "1", "language": "uk", "text": ""}\n')
    run = sample_run(tmp_path / "workspace", None, Source(articles=table))
    funnel = build(run)
    assert funnel.dropped["extract"]
    assert {row["article_id"] for row in rows(run, "documents")} == {
        story["article"] for story in GOLD if sum(map(bool, story["paragraphs"].values())) > 1
    }


def test_an_encoder_is_a_part_of_what_rows_were_made_from(
    built: tuple[Run, Funnel], server: NewspaperServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Letters:
        """Texts by their letters."""

        def encode(self, texts: list[str]) -> list[list[int]]:
            return [[text.count(c) for c in "aeioutаеіоиу0123456789«»"] for text in texts]

    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "model.onnx").write_bytes(b"a model")
    monkeypatch.setattr(encoder, "EXTRAS", {"onnx": ()})
    monkeypatch.setattr(encoder, "_onnx", lambda folder: Letters())
    run = sample_run(tmp_path / "workspace", server, align={"encoder": str(tmp_path / "tiny")})
    build(run)
    config = json.loads((run.workspace.dataset / "manifest.json").read_text(encoding="utf-8"))["made_by"]["config"]
    assert config["align"]["encoder"].startswith("tiny:")
    assert "tiny:" in (run.workspace.lexicon / "aligner.json").read_text(encoding="utf-8")
    assert not list(run.workspace.embeddings.rglob("*.sqlite")), "words explain enough here: nothing is encoded"
    for stage in ("learn", "align"):
        keys = [{s: e.key for s, e in r.manifest.stages[stage].items()} for r in (built[0], run)]
        assert keys[0].keys() == keys[1].keys()
        assert not set(keys[0].values()) & set(keys[1].values())
    plain = json.loads((built[0].workspace.dataset / "manifest.json").read_text(encoding="utf-8"))["made_by"]["config"]
    assert "align" not in plain
    with pytest.raises(UsageError, match="no folder"):
        sample_run(tmp_path / "other", server, align={"encoder": "./nowhere"})


def test_nothing_coming_through_says_where_and_why(server: NewspaperServer, tmp_path: Path) -> None:
    message = r"lists no article between 1999-01-01 and 1999-01-02 \(dropped: .*outside_dates \d"
    with pytest.raises(NothingProduced, match=message) as caught:
        build(sample_run(tmp_path, server, since="1999-01-01", until="1999-01-02"))
    assert caught.value.exit_status == 3


def test_a_site_that_cannot_be_reached_is_an_error_of_the_network(tmp_path: Path) -> None:
    crawl = {"retries": 0, "timeout": 5.0}
    run = build_run(load_config("sample", crawl=crawl), tmp_path, mirror="http://127.0.0.1:9", workers=1)
    with pytest.raises(RunError, match=r"nothing could be crawled: .*ConnectError") as caught:
        build(run)
    assert caught.value.exit_status == 1


def test_an_empty_folder_of_pages_is_told_apart_from_an_absent_one(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    with pytest.raises(UsageError, match="no saved page"):
        build(sample_run(tmp_path / "w", None, Source(pages=tmp_path / "pages")))
    with pytest.raises(UsageError, match="folder not found"):
        sample_run(tmp_path / "w", None, Source(pages=tmp_path / "absent"))
