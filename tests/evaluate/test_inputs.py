"""Files and dataset folders: read right, and refused with what is wrong and what to do."""

from __future__ import annotations

import pytest

from corpus_builder.errors import UsageError
from corpus_builder.evaluate.dataset import read_dataset, read_texts
from corpus_builder.evaluate.lines import check_language, check_output, language_of, read_lines, read_test_set
from corpus_builder.evaluate.testset import Pair

from .conftest import REFERENCES, SOURCES, write_dataset

EN_UK = Pair("en", "uk")


@pytest.mark.parametrize("text", ["", "en", "en-en", "EN-UK", "en_uk", "-uk", "en-"])
def test_malformed_pairs_are_errors(text):
    with pytest.raises(UsageError, match="SOURCE-TARGET"):
        Pair.parse(text)


def test_files_make_a_test_set(lines):
    test = read_test_set(
        lines("a.en", SOURCES), [lines("a.uk", REFERENCES)], EN_UK, lines("documents", ["x", "x", "y", "x"])
    )
    assert test.sources == list(SOURCES)
    assert test.references == [list(REFERENCES)]
    assert test.documents.tolist() == [0, 0, 1, 0]
    assert [row.id for row in test.rows] == ["1", "2", "3", "4"]


def test_line_ends_of_all_platforms_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "a.en"
    path.write_bytes("\ufeffone\r\ntwo\u2028still two\nthree".encode())
    assert read_lines(path, "--source") == ["one", "two\u2028still two", "three"]


def test_an_error_about_lengths_names_both_files(lines):
    with pytest.raises(UsageError, match=r"--reference .*b\.uk has 3 lines, --source .*a\.en has 4"):
        read_test_set(lines("a.en", SOURCES), [lines("b.uk", REFERENCES[:3])], EN_UK)


def test_an_error_about_empty_lines_has_their_numbers(lines):
    with pytest.raises(UsageError, match=r"2 of 4 lines are empty \(line 2, 4\)"):
        read_test_set(lines("a.en", ["x", "", "y", "  "]), [lines("b.uk", REFERENCES)], EN_UK)


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "is empty"), (b"\n\n", "is empty"), ("Привіт".encode("cp1251"), "not UTF-8")]
)
def test_unusable_files(tmp_path, content, message):
    path = tmp_path / "a.en"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=message):
        read_lines(path, "--source")


@pytest.mark.parametrize(("codec", "hint"), [("cp1251", "windows-1251"), ("utf-16", "utf-16"), ("utf-16-be", "utf-16")])
def test_a_file_in_another_encoding_is_told_how_to_convert_it(tmp_path, codec, hint):
    path = tmp_path / "a.en"
    path.write_bytes(("\ufeff" if codec == "utf-16-be" else "").encode(codec) + "Привіт".encode(codec))
    with pytest.raises(UsageError) as caught:
        read_lines(path, "--source")
    assert f"iconv -f {hint} -t utf-8" in caught.value.next_step


def test_an_absent_file(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_lines(tmp_path / "no", "--source")


def test_outputs_are_checked():
    with pytest.raises(UsageError, match="is empty: 2 lines without text"):
        check_output(["", " "], 2, "system 'a'")
    with pytest.raises(UsageError, match="has 1 lines, the test set has 2"):
        check_output(["x"], 2, "system 'a'")
    with pytest.raises(UsageError, match="1 of 2 lines are empty") as error:
        check_output(["x", ""], 2, "system 'a'")
    assert "--allow-empty" in error.value.next_step
    check_output(["x", ""], 2, "system 'a'", allow_empty=True)


def test_the_wrong_language_is_noticed():
    check_language(REFERENCES, "uk", "the reference side")
    check_language(["2024", "10:30"], "uk", "numbers alone")
    check_language(SOURCES, "de", "a language that is not checked")
    with pytest.raises(UsageError, match="should be in 'en' but is in 'uk'"):
        check_language(REFERENCES, "en", "the source side")
    with pytest.raises(UsageError, match="should be in 'ru' but is in 'uk'"):
        check_language(REFERENCES, "ru", "the source side")


def test_languages_by_file_names(tmp_path):
    assert [language_of(tmp_path / name) for name in ("a.test.uk", "a.txt", "a", "a.UK", "a.1b")] == [
        "uk", None, None, None, None,
    ]  # fmt: skip


@pytest.fixture
def dataset(tmp_path):
    both = [{"translation": {"en": en, "uk": uk}} for en, uk in zip(SOURCES, REFERENCES, strict=True)]
    both[3]["label"] = "quote"
    three = [
        {"translation": {"uk": "Так.\nСаме так.", "ru": "Да. Именно так.", "en": None}},
        {"translation": {"uk": "Ні.", "ru": "Нет.", "en": "No."}},
        {"translation": {"uk": None, "ru": "Может быть.", "en": "Maybe."}},
    ]
    quotes = [{"translation": {"uk": "Ні", "ru": "Нет", "en": "No"}}]
    configs = {
        "sentences.en-uk": {"test": both, "train": both[:1]},
        "sentences": {"test": three},
        "quotes": {"test": quotes},
    }
    return str(write_dataset(tmp_path / "dataset", configs))


def test_the_direction_is_the_users_whatever_the_config_is_called(dataset):
    there, back = (read_dataset(dataset, ["sentences"], "test", Pair.parse(pair)) for pair in ("en-uk", "uk-en"))
    assert there.sources == back.references[0] == list(SOURCES)
    assert there.references[0] == back.sources == list(REFERENCES)
    assert there.documents.tolist() == [0, 0, 1, 1]
    row = there.rows[3]
    assert (row.config, row.label, row.probability, row.date) == ("sentences", "quote", 0.95, "2025-02-13")


def test_without_a_config_of_the_pair_rows_of_the_trilingual_one_with_both_sides(dataset):
    test = read_dataset(dataset, ["sentences", "quotes"], "test", Pair.parse("uk-ru"))
    assert test.sources == ["Так. Саме так.", "Ні.", "Ні"]  # joined sentences are one line
    assert [row.config for row in test.rows] == ["sentences", "sentences", "quotes"]
    assert test.dropped == {"no_source": 1}


@pytest.mark.parametrize(
    ("config", "split", "pair", "message", "choices"),
    [
        ("words", "test", "en-uk", "no config 'words'", "quotes, sentences"),
        ("sentences", "dev", "en-uk", "no split 'dev'", "test, train"),
        ("sentences", "test", "de-uk", "no language 'de'", "en-ru, en-uk"),
        ("sentences.en-uk", "test", "en-ru", "no language 'ru'", "en-uk, uk-en"),
    ],
)
def test_an_error_lists_what_the_dataset_has(dataset, config, split, pair, message, choices):
    with pytest.raises(UsageError, match=message) as error:
        read_dataset(dataset, [config], split, Pair.parse(pair))
    assert choices in error.value.next_step


def test_an_error_lists_the_pairs_that_have_configs(tmp_path):
    folder = write_dataset(tmp_path, {"sentences.en-uk": {"test": [{"translation": {"en": "a", "uk": "б"}}]}})
    with pytest.raises(UsageError, match="no pair ru-uk") as error:
        read_dataset(str(folder), ["sentences"], "test", Pair("ru", "uk"))
    assert "en-uk" in error.value.next_step


def test_a_dataset_without_translations(tmp_path):
    folder = write_dataset(tmp_path, {"sentences": {"test": [{"text": "a"}]}})
    with pytest.raises(UsageError, match="no column `translation`"):
        read_dataset(str(folder), ["sentences"], "test", EN_UK)


def test_no_folder_and_no_dataset(tmp_path):
    with pytest.raises(UsageError, match="folder not found"):
        read_dataset(str(tmp_path / "absent"), ["sentences"], "test", EN_UK)
    with pytest.raises(UsageError, match="not a dataset folder"):
        read_dataset(str(tmp_path), ["sentences"], "test", EN_UK)


def test_the_texts_of_training_splits(dataset):
    assert sorted(read_texts(dataset)) == sorted([SOURCES[0], REFERENCES[0]])


def test_a_folder_that_load_dataset_opens_gives_the_same_rows(dataset):
    from datasets import load_dataset

    theirs = load_dataset(
        "parquet", data_files=f"{dataset}/data/sentences.en-uk/test-*.parquet", split="train", streaming=True
    )
    ours = read_dataset(dataset, ["sentences"], "test", EN_UK)
    assert [row["translation"]["uk"] for row in theirs] == ours.references[0]
