"""The folder that is written opens offline with `datasets.load_dataset`, config by config, and tells what it holds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from corpus_builder.dataset.about import About, Making, PageSource, bibtex, sections
from corpus_builder.dataset.card import Meaning, write_card
from corpus_builder.dataset.croissant import write_croissant
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.manifest import check_manifest, write_manifest
from corpus_builder.dataset.schema import config_names
from corpus_builder.dataset.statistics import count
from corpus_builder.dataset.write import DatasetWriter
from corpus_builder.errors import RunError, UsageError
from corpus_builder.install import install_command
from corpus_builder.model import LIKELY, RIGHT

from . import small_dataset
from .small_dataset import LANGUAGES

ABOUT = About(
    'A "name": with marks', "1.0.0", "cc-by-4.0", "The Site", "https://site.example", ("A. Author",), "a@b.example"
)
ROW = replace(
    small_dataset.ROW,
    id="a1",
    position=3,
    label=None,
    translation={"uk": "Так.\nНі.", "ru": None, "en": "Yes. No."},
    flags=("merged",),
)


def write(folder: Path) -> DatasetWriter:
    with DatasetWriter(folder, LANGUAGES) as writer:
        writer.write("documents", "train", replace(ROW, kind="document", quality={"probability": 1.0}))
        for config in ("paragraphs", "sentences"):
            for split in ("train", "train", "test"):
                writer.write(config, split, ROW)
    written = DatasetFolder(folder)
    write_card(written, ABOUT)
    write_croissant(written, ABOUT)
    write_manifest(written, ABOUT, {"site": "site"}, "code")
    return writer


def test_a_large_split_is_in_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus_builder.dataset.write.FILE_ROWS", 2)
    rows = [replace(small_dataset.ROW, id=f"r{number}") for number in range(5)]
    folder = small_dataset.write_rows(tmp_path, {"train": rows, "test": rows[:2]})
    names = [f"train-{number:05}-of-00003.parquet" for number in range(3)]
    for config in ("sentences", "sentences.en-uk"):
        assert sorted(path.name for path in (folder / "data" / config).iterdir()) == [
            "test-00000-of-00001.parquet",
            *names,
        ]
    read = DatasetFolder(folder)
    assert read.splits("sentences") == {"train": 5, "test": 2}
    assert [row["id"] for _, row in read.rows("sentences", "train")] == [row.id for row in rows]


def test_every_config_opens_with_its_splits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    folder = tmp_path / "dataset"
    write(folder)
    opened = datasets.get_dataset_config_names(str(folder))
    assert sorted(opened) == [
        "documents",
        "documents.en-uk",
        "paragraphs",
        "paragraphs.en-uk",
        "sentences",
        "sentences.en-uk",
    ]
    cache = str(tmp_path / "cache")
    sentences = datasets.load_dataset(str(folder), "sentences", cache_dir=cache)
    assert {split: len(rows) for split, rows in sentences.items()} == {"train": 2, "test": 1}
    assert sentences["test"][0]["translation"] == {"en": "Yes. No.", "ru": None, "uk": "Так.\nНі."}
    assert sentences["test"].features["translation"].languages == ["en", "ru", "uk"]
    pair = datasets.load_dataset(str(folder), "sentences.en-uk", split="test", cache_dir=cache)[0]
    assert pair["translation"] == {"en": "Yes. No.", "uk": "Так.\nНі."}
    assert pair["probability"] == 0.75
    assert "quality" not in pair
    assert pair["date"] == date(2025, 12, 1)
    assert pair["id"] == "a1"


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    files = []
    for name in ("a", "b"):
        write(tmp_path / name)
        files.append(
            {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*") if p.is_file()}
        )
    assert files[0] == files[1]
    assert (
        len(files[0]) == 6 + 2 + 4 * 2
    )  # card, scores, croissant, manifest, two plots; two configs of documents, four others


def test_two_languages_have_the_configs_of_their_one_pair() -> None:
    levels = ["documents", "paragraphs", "sentences", "quotes"]
    assert config_names(("uk", "en")) == [
        *(name for level in levels for name in (level, f"{level}.en-uk")), "monolingual.en", "monolingual.uk"
    ]  # fmt: skip


def test_the_card_says_what_the_rows_are(tmp_path: Path) -> None:
    write(tmp_path)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    for line in (
        "| `sentences` | 2 | 0 | 1 |",
        "| `sentences.en-uk` | 2 | 0 | 1 |",
        "| 2025-12 | 2 | 0 | 1 |",
        "| news | 2 | 0 | 1 |",
        "| en-uk | 3 |",
        "| en | 6 | 24 |",
        'license: "cc-by-4.0"',
    ):
        assert f"{line}\n" in card
    assert "write to a\\@b.example" in card
    assert "author = {A. Author}" in card
    scores = (tmp_path / "docs" / "scores.md").read_text(encoding="utf-8")
    for line in ("| `probability` | 3 | 0.750 | 0.750 | 0.750 | 0.750 |", "| `merged` | 3 |"):
        assert f"{line}\n" in scores
        assert line not in card
    for picture in ("plots/months.png", "plots/probability.png"):
        assert f"]({picture})" in card
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")


def test_the_card_has_no_minus_before_zero_and_installs_this_program(tmp_path: Path) -> None:
    with DatasetWriter(tmp_path, LANGUAGES) as writer:
        for probability in (-0.0, -0.0001):
            row = replace(ROW, quality={"probability": 0.5, "probability_en_uk": probability})
            writer.write("sentences", "train", row)
    write_card(DatasetFolder(tmp_path), ABOUT)
    scores = (tmp_path / "docs" / "scores.md").read_text(encoding="utf-8")
    assert "| `probability_en_uk` | 2 | 0.000 | 0.000 | 0.000 | 0.000 |\n" in scores
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert f"{install_command()}\n" in card


@pytest.mark.filterwarnings("ignore")
def test_croissant_is_valid_and_every_record_set_can_be_read(tmp_path: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    write(tmp_path)
    described = mlcroissant.Dataset(jsonld=str(tmp_path / "croissant.json"))
    assert not described.metadata.ctx.issues.errors
    folder = DatasetFolder(tmp_path)
    assert {each.id for each in described.metadata.record_sets} == {f"{p.config}/{p.split}" for p in folder.parts}
    records = list(described.records("sentences/train"))
    assert records[0]["sentences/train/translation"]["sentences/train/translation/uk"].decode() == "Так.\nНі."
    assert records[0]["sentences/train/translation"]["sentences/train/translation/ru"] is None
    assert records[0]["sentences/train/probability"] == 0.75
    for part in folder.parts:
        assert len(list(described.records(f"{part.config}/{part.split}"))) == part.rows


def test_the_manifest_tells_what_has_changed(tmp_path: Path) -> None:
    write(tmp_path)
    files = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert files["data/sentences/train-00000-of-00001.parquet"]["rows"] == 2
    assert check_manifest(tmp_path) == []
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "croissant.json").unlink()
    (tmp_path / "note.txt").write_text("new")
    assert check_manifest(tmp_path) == [
        "croissant.json is missing", "note.txt is not in the manifest", "README.md has changed"
    ]  # fmt: skip
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(RunError, match=r"manifest\.json"):
        check_manifest(tmp_path)


def test_what_is_no_dataset_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a dataset folder"):
        DatasetFolder(tmp_path)
    write(tmp_path)
    with pytest.raises(UsageError) as caught:
        DatasetFolder(tmp_path).choose(["sentence"], [])
    assert "sentences.en-uk" in caught.value.next_step


def test_the_card_tells_on_what_the_probability_was_measured_or_that_people_checked_it(tmp_path: Path) -> None:
    measured = {
        "here": {
            "on": "forty stories of another site",
            "rows": 5108,
            "ece": 0.0128,
            "brier": 0.0217,
            "bins": [{"from": 0.9, "rows": 4900, "mean": 0.98, "right": 0.985}],
        }
    }
    write(tmp_path / "dataset")
    folder = DatasetFolder(tmp_path / "dataset")
    write_card(folder, ABOUT, measured)
    card = (folder.path / "README.md").read_text(encoding="utf-8")
    assert "This is not known: nobody has audited this dataset." in card
    assert "5,108" not in card  # a figure of another corpus is none of this one
    scores = (folder.path / "docs" / "scores.md").read_text(encoding="utf-8")
    assert "Measured on 5,108 sentence rows with gold alignments, not on this dataset" in scores
    assert "| 0.9 | 4,900 | 0.980 | 0.985 |" in scores
    write_card(folder, ABOUT, measured, audit="97 of 100 rows are right.")
    card = (folder.path / "README.md").read_text(encoding="utf-8")
    assert "### Human audit\n\n97 of 100 rows are right.\n" in card
    assert "forty stories" not in card


def test_the_card_says_where_the_pages_are_from_and_what_is_missing(tmp_path: Path) -> None:
    write(tmp_path)
    folder = DatasetFolder(tmp_path)
    write_card(folder, ABOUT)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "When and from where the pages were fetched is not recorded." in card
    assert "Pages fetched" not in card
    sources = (PageSource("crawl of the site", 323, "2026-01-30", "2026-02-01", 3), PageSource("tables", 7, undated=7))
    about = replace(ABOUT, making=Making(sources=sources, linked_by="the id in their URLs"))
    figures = write_card(folder, about)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "- **Pages fetched:** 2026-01-30 to 2026-02-01\n" in card
    assert "| crawl of the site | 323 | 2026-01-30 | 2026-02-01 |\n| tables | 7 | not known | not known |" in card
    assert "- Of 3 pages from crawl of the site it is not known when they were fetched." in card
    assert "year = {2026}," in card
    rows = [row for _, row in folder.rows("sentences")]
    assert figures.below == {bound: sum(row["probability"] < bound for row in rows) for bound in (LIKELY, RIGHT)}


def test_the_card_measures_what_of_the_stories_is_in_no_row(tmp_path: Path) -> None:
    texts = {"uk": "Перше речення. Друге\nречення.", "ru": "Первое.", "en": None}
    with DatasetWriter(tmp_path, LANGUAGES) as writer:
        writer.write("documents", "train", replace(ROW, kind="document", translation=texts))
        writer.write(
            "sentences", "train", replace(ROW, translation={"uk": "Перше речення.", "ru": "Первое.", "en": None})
        )
    figures = count(DatasetFolder(tmp_path))
    assert figures.missing == {"uk": pytest.approx(1 - 13 / 26), "ru": 0.0}


def test_the_card_says_what_the_scores_are_that_the_rows_have(tmp_path: Path) -> None:
    write(tmp_path)
    meanings = [
        Meaning("probability", None, "row", "", "how likely"),
        Meaning("score", 3, "pair", "least", "what it is"),
        Meaning("elsewhere", 1, "side", "least", "no row has it"),
    ]
    write_card(DatasetFolder(tmp_path), ABOUT, meanings=meanings)
    scores = (tmp_path / "docs" / "scores.md").read_text(encoding="utf-8")
    assert "| `probability` |  | row |  | how likely |\n| `score` | 3 | pair | least | what it is |\n\n" in scores
    assert "elsewhere" not in scores


def test_the_builders_own_text_is_in_the_sections_of_the_card_or_in_new_ones(tmp_path: Path) -> None:
    text = (
        "Opening words.\n\n# Motivation\nOurs.\n```\n# a comment\n```\n\n## Ethics\n\nReviewed.\n### By whom\nA board."
    )
    write(tmp_path)
    write_card(DatasetFolder(tmp_path), replace(ABOUT, prose=sections(text)))
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert '\n# A "name": with marks\n\nOpening words.\n\n' in card
    assert "## Motivation\n\nOurs.\n```\n# a comment\n```\n\n" in card
    assert "## Ethics\n\nReviewed.\n### By whom\nA board.\n\n## Citation" in card


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("A & B_C", r"{A \& B\_C}"),
        ("50 % {x}", r"{50 \% \textbraceleft{}x\textbraceright{}}"),
        ("a\\b ~ #1", r"{a\textbackslash{}b \textasciitilde{} \#1}"),
    ],
)
def test_the_citation_can_be_compiled(name: str, written: str) -> None:
    entry = bibtex(replace(ABOUT, name=name), "2025", "key", "https://hub.example/a_b", "from x_y")
    assert f"title = {{{written}}}," in entry
    assert "year = {2025}," in entry
    assert "url = {https://hub.example/a_b}," in entry
    assert bibtex(replace(ABOUT, citation="@misc{own}\n"), "2025", "key", "u", "n") == "@misc{own}"


def test_the_card_has_the_features_and_sizes_of_every_config(tmp_path: Path) -> None:
    from datasets import Features

    write(tmp_path)
    header = yaml.safe_load((tmp_path / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    folder = DatasetFolder(tmp_path)
    assert [entry["config_name"] for entry in header["dataset_info"]] == folder.configs
    for entry in header["dataset_info"]:
        config = entry["config_name"]
        assert {split["name"]: split["num_examples"] for split in entry["splits"]} == folder.splits(config)
        assert Features._from_yaml_list(entry["features"]).arrow_schema.equals(folder.schema(config))
        assert entry["download_size"] == sum(part.path.stat().st_size for part in folder.parts if part.config == config)
    assert header["multilinguality"][0] == "translation"
    assert header["language_creators"] == ["found"]


@pytest.mark.parametrize(
    ("licence", "name", "said"),
    [
        ("other", "", ("- **Licence:** not one that has a name", "names no licence (`other`)")),
        ("other", "News Terms", ("- **Licence:** News Terms", "dataset: `News Terms`")),
        ("cc-by-4.0", "", ("- **Licence:** [cc-by-4.0](https://", "dataset: `cc-by-4.0`")),
    ],
)
def test_the_card_does_not_call_other_a_licence(tmp_path: Path, licence: str, name: str, said: tuple[str, ...]) -> None:
    write(tmp_path)
    write_card(DatasetFolder(tmp_path), replace(ABOUT, licence=licence, license_name=name))
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    for words in said:
        assert words in card
    assert "The editions in English, Russian and Ukrainian of" in card
    assert "Every row has" not in card  # those of `monolingual` have no probability
