"""A fourth language from its file alone: Polish, read as texts, and a Ukrainian–Polish–English site through a build."""

from __future__ import annotations

import html
import os
import shutil
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corpus_builder.languages import FOLDERS, add_folder, forget, known_languages
from corpus_builder.model import Block, BlockKind
from corpus_builder.quotes import Form, find_quotes
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import DatasetConfig, RunConfig
from corpus_builder.stages.stage import Run, Source
from corpus_builder.text.language import identify
from corpus_builder.text.quantities import numbers_agree, quantities, units
from corpus_builder.text.sentences import sentences
from corpus_builder.web.dates import written_datetime
from corpus_builder.workspace.tables import read_stories

HERE = Path(__file__).parent
STORIES = tomllib.loads((HERE / "stories.toml").read_text(encoding="utf-8"))["stories"]
LANGUAGES = ("uk", "pl", "en")


@pytest.fixture(scope="module")
def polish(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with pl.toml, added to the known languages for the tests of this file."""
    folder = tmp_path_factory.mktemp("languages")
    shutil.copy(HERE / "pl.toml", folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDERS, "")
        add_folder(folder)
        yield folder
    forget()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The saved pages of the site."""
    folder = tmp_path_factory.mktemp("pages")
    for number, story in enumerate(STORIES, 101):
        for language in LANGUAGES:
            title, *paragraphs = story[language]
            path = folder / "www.kurier.example" / language / story["day"] / str(number) / "index.html"
            path.parent.mkdir(parents=True)
            text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
            path.write_text(
                f'<html lang="{language}"><head><meta charset="utf-8"></head><body><article class="story">'
                f'<h1>{html.escape(title)}</h1><div class="date">{story["date"][language]}</div>'
                f'<div class="text">{text}</div></article></body></html>',
                encoding="utf-8",
            )
    return folder


@pytest.fixture(scope="module")
def built(polish: Path, pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    forget_added_languages()
    config = RunConfig(
        site=str(HERE / "kurier.toml"),
        languages_folder=str(polish),
        dataset=DatasetConfig(validation=0, test=0, tokenizers=False),
    )
    run = build_run(config, tmp_path_factory.mktemp("built") / "workspace", source=Source(pages=pages), workers=1)
    build(run)
    return run


def forget_added_languages() -> None:
    os.environ[FOLDERS] = ""
    forget()


def rows(run: Run, config: str) -> list[dict]:
    files = sorted((run.workspace.dataset / "data" / config).glob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def test_it_is_one_more_file(polish: Path) -> None:
    assert known_languages() == ("en", "pl", "ru", "uk")


def test_abbreviations_end_no_sentence(polish: Path) -> None:
    text = "Mieszka przy ul. Długiej z prof. Nowakiem. Urodził się we Lwowie w 1926 r. Potem uczył m.in. fizyki."
    assert sentences(text, "pl") == [
        "Mieszka przy ul. Długiej z prof. Nowakiem.",
        "Urodził się we Lwowie w 1926 r.",
        "Potem uczył m.in. fizyki.",
    ]


@pytest.mark.parametrize(
    ("text", "language", "other"),
    [
        ("dwudziestu pięciu robotników", "en", "25 workers"),
        ("25 robotników", "uk", "двадцять п'ять робітників"),
        ("12 maja", "en", "on 12 May"),
        ("w grudniowych wyborach", "en", "in the December elections"),
        ("1,5 mln złotych", "en", "1.5 million zlotys"),
        ("1 500 osób", "en", "1,500 people"),
        ("2 tys. pasażerów", "uk", "2000 пасажирів"),
    ],
)
def test_quantities(polish: Path, text: str, language: str, other: str) -> None:
    assert numbers_agree(quantities(text, "pl"), quantities(other, language)) == 1.0


def test_units(polish: Path) -> None:
    assert units("120 złotych albo 30 euro, w Europie", "pl") == {"PLN", "EUR"}


def test_a_text_is_told_from_other_languages(polish: Path) -> None:
    for story in STORIES:
        for language in LANGUAGES:
            assert identify(" ".join(story[language])).language == language
            assert identify(" ".join(story[language]), LANGUAGES).language == language
    assert identify("Most i park", LANGUAGES).probability < 0.9  # nothing tells Polish from English


def test_dates_of_pages(polish: Path) -> None:
    assert written_datetime("6 października 2025, 08:15", UTC) == datetime(2025, 10, 6, 8, 15, tzinfo=UTC)


def test_quotations(polish: Path) -> None:
    blocks = [
        Block(BlockKind.PARAGRAPH, "Dyrektorką służby jest Anna Kowalska."),
        Block(BlockKind.PARAGRAPH, "„Czekaliśmy na ten most siedem lat” – powiedziała Kowalska."),
        Block(BlockKind.PARAGRAPH, "Rolnik Piotr Zieliński powiedział, że zbiory są w tym roku dobre."),
    ]
    direct, indirect = find_quotes(blocks, "pl")
    assert (direct.form, direct.person, direct.cue) == (Form.DIRECT, "Anna Kowalska", "powiedziała")
    assert (indirect.form, indirect.person) == (Form.INDIRECT, "Piotr Zieliński")


def test_every_edition_is_extracted_in_its_language(built: Run) -> None:
    stories = [story for path in built.workspace.shards().values() for story in read_stories(path)]
    assert len(stories) == len(STORIES)
    for story in stories:
        assert {code: edition.detected_language for code, edition in story.editions.items()} == {
            code: code for code in LANGUAGES
        }
        assert all(edition.published is not None for edition in story.editions.values())
    (library,) = (story for story in stories if story.article_id == "102")
    assert {edition.blocks[-1].label for edition in library.editions.values()} == {"source"}


def test_sentences_are_aligned_across_all_three(built: Run) -> None:
    sides = [row["translation"] for row in rows(built, "sentences")]
    complete = [side for side in sides if all(side[code] for code in LANGUAGES)]
    assert len(complete) >= 0.8 * len(sides)
    assert {
        "uk": "Новий міст біля вул. Довгої відкриють 12 травня 2026 р.",
        "pl": "Nowy most przy ul. Długiej zostanie otwarty 12 maja 2026 r.",
        "en": "The new bridge near Dovha St. will open on 12 May 2026.",
    } in complete


def test_scores_read_the_language(built: Run) -> None:
    quality = [row["quality"] for row in rows(built, "sentences.pl-uk")]
    agree = [scores["numbers_agree"] for scores in quality if scores["numbers_agree"] is not None]
    assert len(agree) > 10
    assert sum(agree) / len(agree) > 0.95
    sure = [scores["language_pl"] for scores in quality if scores["language_pl"] is not None]
    assert sum(sure) / len(sure) > 0.95
    assert "machine_translation" in quality[0]


def test_quotations_are_aligned(built: Run) -> None:
    speakers = [row["speaker"] for row in rows(built, "quotes")]
    assert {"uk": "Анна Ковальська", "pl": "Anna Kowalska", "en": "Anna Kowalska"} in speakers
