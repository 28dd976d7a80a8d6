"""The report of workspaces written by hand."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.quotes import QuoteRow
from corpus_builder.dataset.write import DatasetWriter
from corpus_builder.model import Block, BlockKind, Edition, PlacedBead, Span
from corpus_builder.parquet import write_rows
from corpus_builder.report import Period
from corpus_builder.report.data import PairVerdict
from corpus_builder.sites import load_site
from corpus_builder.stages.config import RunConfig
from corpus_builder.stages.funnel import Funnel, Step
from corpus_builder.stages.report import collect
from corpus_builder.stages.report import write as write_report
from corpus_builder.stages.report_editions import count_editions
from corpus_builder.stages.report_quotes import read_quoted
from corpus_builder.stages.stage import Run
from corpus_builder.stages.verdict import verdict
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.manifest import Manifest
from corpus_builder.workspace.tables import BEADS, DROPS, EDITIONS, bead_row, edition_row

FUNNEL = Funnel(
    (Step("extract", "editions", 5), Step("align", "sentence beads", 4)),
    {"crawl": {}, "extract": {f"reason_{i:02}": i + 1 for i in range(20)}, "link": {"hreflang_silent": 1}, "align": {}},
)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    workspace = Workspace(tmp_path)
    return Run(RunConfig(site="sample"), load_site("sample"), workspace, Manifest(workspace))


def edition(article_id: str, language: str, *texts: str) -> Edition:
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in texts)
    return Edition(
        "sample", article_id, language, f"https://x.example/{language}/{article_id}", blocks,
        published=datetime(2025, 12, 1), layout="post-2020",
    )  # fmt: skip


def bead(
    article_id: str, position: int, *spans: Span, level: str = "sentence", flags: tuple[str, ...] = ()
) -> PlacedBead:
    pairs = {"en-uk": 0.9} if len({span.language for span in spans}) > 1 else {}
    return PlacedBead(article_id, level, position, spans, 3.0, 0.9, pairs, flags, 0.95)


def write(run: Run, shard: str, editions: list[Edition], beads: list[PlacedBead] | None) -> None:
    write_rows(run.workspace.articles / f"{shard}.parquet", EDITIONS, map(edition_row, editions))
    if beads is not None:
        write_rows(run.workspace.aligned / f"{shard}.parquet", BEADS, map(bead_row, beads))


def two_stories(run: Run) -> None:
    uk, en = ("Перше речення. Друге.", "Лише тут."), ("First one. Second.",)
    editions = [edition("1", "en", *en), edition("1", "uk", *uk), edition("2", "uk", "Одна")]
    beads = [
        bead("1", 0, Span("uk", 0, 0, 21), Span("en", 0, 0, 18), level="block"),
        bead("1", 1, Span("uk", 1, 0, 9), level="block"),
        bead("1", 0, Span("uk", 0, 0, 14), Span("en", 0, 0, 10)),
        bead("1", 1, Span("uk", 0, 15, 21), Span("en", 0, 11, 18), flags=("moved",)),
        bead("1", 2, Span("uk", 1, 0, 9)),
    ]
    write(run, "2025-12.0of2", editions, beads)
    write(run, "2025-12.1of2", [edition("3", x, "Слово") for x in ("en", "ru", "uk")], None)


def test_figures_are_read_from_the_workspace(run: Run) -> None:
    two_stories(run)
    folder = run.workspace.dataset / "data" / "sentences"
    folder.mkdir(parents=True)
    for split, rows in (("train", 7), ("test", 2)):
        pq.write_table(pa.table({"id": ["x"] * rows}), folder / f"{split}-00000-of-00001.parquet")
    data = collect(run, FUNNEL, count_editions(run.workspace))
    assert data.months == {"2025-12": Period({"en": 2, "uk": 3, "ru": 1}, {2: 1, 1: 1, 3: 1})}
    assert data.layouts == {"post-2020": 6}
    assert data.rows == {"sentences": {"train": 7, "test": 2}}
    sentences = data.beads["sentence"]
    assert (sentences.count, sentences.one_sided) == (3, 1)
    assert sentences.shapes == {"1–0–1": 2, "1–0–0": 1}
    assert sentences.flags == {"moved": 1}
    assert sentences.coverage == {"uk": (20, 29), "ru": (0, 0), "en": (17, 17)}
    assert data.beads["block"].coverage["uk"] == (21, 30)
    assert sum(data.ratios["en-uk"].counts.values()) == 2


def test_the_funnel_is_told_by_stage_and_rare_reasons_together(run: Run) -> None:
    stages = {stage.name: stage for stage in collect(run, FUNNEL, count_editions(run.workspace)).stages}
    assert list(stages) == ["extract", "link", "align"]
    assert stages["extract"].steps == (("editions", 5),)
    reasons = stages["extract"].dropped
    assert next(iter(reasons.items())) == ("reason_19", 20)
    assert reasons["other reasons"] == sum(range(1, 6))
    assert sum(reasons.values()) == sum(range(1, 21))
    assert stages["link"].note


def of_months(run: Run, months: int, each: int) -> None:
    for number in range(months):
        shard = f"{2019 + number // 12}-{number % 12 + 1:02}"
        editions, beads = [], []
        for i in range(each):
            article_id = f"{number:03}{i}"
            editions += [edition(article_id, language, "Слово") for language in ("en", "uk")]
            spans = [Span(language, 0, 0, 5) for language in ("en", "uk")]
            beads += [bead(article_id, 0, *spans, level=level) for level in ("block", "sentence")]
        write(run, shard, editions, beads)


def test_all_stories_have_a_page_the_oldest_first(run: Run) -> None:
    of_months(run, 3, 2)
    write_report(run, FUNNEL)
    page = (run.workspace.report.parent / "stories" / "1.html").read_text(encoding="utf-8")
    places = [page.index(f"article {number:03}{i}") for number in range(3) for i in range(2)]
    assert places == sorted(places)
    assert "stories/1.html" in run.workspace.report.read_text(encoding="utf-8")


def test_of_too_many_stories_the_newest_are_shown_and_the_others_counted(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus_builder.stages.report_stories.STORIES", 3)
    of_months(run, 3, 2)
    write_report(run, FUNNEL)
    page = (run.workspace.report.parent / "stories" / "1.html").read_text(encoding="utf-8")
    shown = [f"{number:03}{i}" for number in range(3) for i in range(2) if f"article {number:03}{i}" in page]
    assert shown == ["0011", "0020", "0021"]
    assert "3 older stories are on no page" in run.workspace.report.read_text(encoding="utf-8")


def test_drops_are_on_their_page_and_with_their_story(run: Run) -> None:
    two_stories(run)
    rows = [
        {"stage": "export", "item": "row", "reason": "near_test", "detail": "x", "language": None, "article_id": "1"},
        {"stage": "export", "item": "row", "reason": "near_test", "detail": "y", "language": None, "article_id": "9"},
    ]
    write_rows(run.workspace.dropped / "export.parquet", DROPS, rows)
    write_report(run, FUNNEL)
    home = run.workspace.report.parent
    assert "1 dropped" in (home / "stories" / "1.html").read_text(encoding="utf-8")
    assert "near test <b>2</b>" in (home / "dropped.html").read_text(encoding="utf-8")


def test_the_verdict_is_on_published_rows(run: Run) -> None:
    two_stories(run)
    folder = run.workspace.dataset / "data" / "sentences"
    folder.mkdir(parents=True)
    score = {
        "probability_en_uk": 0.95,
        "complete_en_uk": 0.4,
        "weakest_pair": "en-uk",
        "weakest_reason": "pair: copied",
    }
    none = dict.fromkeys(score)
    rows = [
        {
            "article_id": "1",
            "probability": p,
            "quality": quality,
            "flags": [],
            "translation": {"uk": "Так", "en": "Yes"},
        }
        for p, quality in ((0.95, score), (0.02, {**score, "probability_en_uk": 0.02}), (None, none))
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "train-00000-of-00001.parquet")
    found = verdict(DatasetFolder(run.workspace.dataset), run.languages, {"1": "stories/1.html#story-1"})
    assert found is not None
    assert found.pairs == {"en-uk": PairVerdict(2, 1, 0)}
    assert {language: covered.rows for language, covered in found.covered.items()} == {"uk": 9, "ru": 0, "en": 9}
    assert [(row.probability, row.place, row.reason) for row in found.worst] == [
        (0.02, "stories/1.html#story-1", "en-uk copied"), (0.95, "stories/1.html#story-1", "en-uk copied"),
    ]  # fmt: skip


def test_a_chart_of_days_only_where_they_fit(run: Run) -> None:
    two_stories(run)
    assert set(count_editions(run.workspace).days()) == {"2025-12-01"}
    old = replace(edition("8", "uk", "Старе"), published=datetime(2025, 9, 1))
    write(run, "2025-09", [old], None)
    assert count_editions(run.workspace).days() == {}


@pytest.mark.parametrize("part", ["nothing", "articles", "aligned"])
def test_a_workspace_may_lack_anything(run: Run, part: str) -> None:
    if part != "nothing":
        two_stories(run)
    if part == "articles":
        for path in run.workspace.aligned.glob("*.parquet"):
            path.unlink()
    write_report(run, FUNNEL)
    page = run.workspace.report.read_text(encoding="utf-8")
    assert ("Editions by" in page, "Stories side by side" in page) == (part != "nothing", part == "aligned")
    assert not list(run.workspace.report.parent.glob(".*"))


def test_languages_that_the_run_does_not_ask_for_are_left_aside(run: Run) -> None:
    two_stories(run)
    two = replace(run, config=RunConfig(site="sample", languages=("en", "ru")))
    data = collect(two, FUNNEL, count_editions(run.workspace))
    assert data.beads["sentence"].coverage == {"en": (0, 17), "ru": (0, 0)}


def quote(number: int, date: str, **sides: tuple[str, str]) -> QuoteRow:
    """A row; a side is a speaker and words."""
    languages = ("uk", "ru", "en")
    own = {language: sides.get(language, (None, None)) for language in languages}
    facts = {language: "direct" if language in sides else None for language in languages}
    speakers = {language: speaker for language, (speaker, _) in own.items()}
    return QuoteRow(
        id=f"q{number}", article_id=str(number), date=date, section="news",
        url={language: f"https://x.example/{language}/{number}" for language in languages}, position=0,
        kind="paragraph", label=None, translation={language: words for language, (_, words) in own.items()},
        quality={"probability": 0.9}, flags=() if len(sides) == 3 else ("omitted_en",),
        speaker=speakers, mention=speakers, cue=dict.fromkeys(languages), form=facts, paragraph_id=None,
    )  # fmt: skip


def write_quotes(run: Run, *rows: QuoteRow) -> None:
    with DatasetWriter(run.workspace.dataset, run.languages) as writer:
        for i, row in enumerate(rows):
            writer.write("quotes", ("train", "test")[i % 2], row)


def speaker_pages(run: Run) -> dict[str, str]:
    folder = run.workspace.report.parent / "speakers"
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_quotations_are_counted_and_stand_on_their_speakers_page_newest_first(run: Run) -> None:
    write_quotes(
        run,
        quote(1, "2025-12-01", uk=("Степан Гук", "Перше"), ru=("Степан Гук", "Первое"), en=("Stepan Huk", "First")),
        quote(2, "2025-12-03", uk=("Гук", "Третє"), ru=("Степан Гук", "Третье")),
        quote(3, "2025-12-02", ru=("Степана Гука", "Второе"), en=("Stepan Huk", "Second")),
        quote(4, "2025-12-04", uk=("Ірина Довбуш", "Ні"), ru=("Ирина Довбуш", "Нет")),
        quote(5, "2025-12-05", uk=("речник", "Ніхто")),
    )
    write_report(run, FUNNEL)
    pages = speaker_pages(run)
    assert sorted(name.rpartition("-")[0] for name in pages) == ["", "iryna-dovbush", "stepan-huk"]
    page = next(text for name, text in pages.items() if name.startswith("stepan"))
    assert page.index("Третє") < page.index("Второе") < page.index("Перше")
    assert 'href="https://x.example/ru/3"' in page
    index = run.workspace.report.read_text(encoding="utf-8")
    assert '5 quotations by <a href="speakers/index.html">2 speakers</a>; 1 without a named speaker' in index
    assert "Ніхто" not in str(pages)


def test_of_many_quotations_the_newest_are_shown_and_all_are_counted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus_builder.stages.report_quotes.SHOWN", 2)
    write_quotes(
        run,
        *(
            quote(number, f"2025-12-{day:02}", uk=(f"Степан {name}", f"Слова {number}"), en=(None, "Words"))
            for number, day, name in ((1, 3, "Гук"), (2, 1, "Давній"), (3, 2, "Лис"), (4, 1, "Старий"))
        ),
    )
    write_report(run, FUNNEL)
    pages = speaker_pages(run)
    assert sorted(name.rpartition("-")[0] for name in pages) == ["", "stepan-huk", "stepan-lys"]
    assert "4 quotations, the newest 2 by" in run.workspace.report.read_text(encoding="utf-8")
    quoted = read_quoted(run.workspace, run.languages)
    assert quoted
    assert (quoted.figures.forms, quoted.figures.sides) == ({"direct": {"uk": 4, "en": 4}}, {"uk–en": 4})
    assert [each.sides["uk"].text for each in quoted.read([0, 1])] == ["Слова 1", "Слова 3"]


def test_a_page_that_no_quotation_leads_to_any_more_is_gone(run: Run) -> None:
    write_quotes(run, quote(1, "2025-12-01", uk=("Степан Гук", "Перше"), en=("Stepan Huk", "First")))
    write_report(run, FUNNEL)
    assert len(speaker_pages(run)) == 2
    (run.workspace.report.parent / ".speakers.part").mkdir()  # as a run that was killed leaves it
    write_quotes(run, quote(1, "2025-12-01", uk=("Ірина Довбуш", "Ні"), en=("Iryna Dovbush", "No")))
    write_report(run, FUNNEL)
    assert sorted(name.rpartition("-")[0] for name in speaker_pages(run)) == ["", "iryna-dovbush"]
    shutil.rmtree(run.workspace.dataset)
    write_report(run, FUNNEL)
    assert not (run.workspace.report.parent / "speakers").exists()
    assert sorted(path.name for path in run.workspace.report.parent.iterdir()) == ["dropped.html", "index.html"]
