"""Language files: what ships is valid, mistakes name the file and the key, an added folder is read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from corpus_builder.errors import ConfigError
from corpus_builder.languages import FOLDERS, add_folder, forget, known_languages, language


@pytest.mark.parametrize("code", known_languages())
def test_shipped_files_are_valid_and_have_every_section(code: str) -> None:
    facts = language(code)
    assert facts.name
    assert facts.letters is not None
    assert facts.quotes is not None
    assert facts.labels
    assert all(facts.months.names)
    assert facts.quantities.numbers
    assert set(facts.units.stems) == {"%", "EUR", "GBP", "RUB", "UAH", "USD"}


def test_the_same_names_have_aliases_in_every_language() -> None:
    keys = [set(language(code).names.aliases) for code in known_languages()]
    assert all(own == keys[0] for own in keys)


def test_a_language_without_a_file_has_the_defaults() -> None:
    facts = language("eo")
    assert facts.letters is None
    assert facts.quotes is None
    assert facts.sentences.ordinal_dot


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name = "X"\n[sentences]\nnewer = []', r"xx\.toml.*sentences\.newer.*never"),
        ('name = "X"\n[sentences]\nnever = ["Mr"]', r"xx\.toml.*sentences\.never.*with its dot"),
        ('name = "X"\n[months]\nnames = ["a"]', r"xx\.toml.*months\.names.*12 months"),
        ('name = "X"\n[quotes]\ncues = ["("]', r"xx\.toml.*quotes\.cues.*regular expression"),
        ('name = "X"\n[quotes]\nroles = "minister"', r"xx\.toml.*quotes\.roles.*a list is expected"),
        ("[letters]", r"xx\.toml"),
        ("name = ", r"xx\.toml.*TOML"),
    ],
)
def test_a_mistake_names_the_file_and_the_key(folder: Path, text: str, message: str) -> None:
    (folder / "xx.toml").write_text(text, encoding="utf-8")
    add_folder(folder)
    with pytest.raises(ConfigError, match=rf"(?s){message}"):
        language("xx")


def test_an_added_file_is_a_language_or_replaces_one(folder: Path) -> None:
    assert "xx" not in known_languages()
    assert language("xx").name == ""
    (folder / "xx.toml").write_text('name = "Xish"', encoding="utf-8")
    (folder / "en.toml").write_text('name = "Other English"', encoding="utf-8")
    add_folder(folder)
    assert "xx" in known_languages()
    assert (language("xx").name, language("en").name) == ("Xish", "Other English")


def test_other_processes_know_added_languages(folder: Path) -> None:
    (folder / "xx.toml").write_text('name = "Xish"', encoding="utf-8")
    add_folder(folder)
    code = "from corpus_builder.languages import language; print(language('xx').name)"
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert answer == "Xish\n"


def test_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        add_folder(tmp_path / "nowhere")


def test_a_variable_that_names_no_folder_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDERS, str(folder / "nowhere"))
    forget()
    with pytest.raises(ConfigError, match=rf"{FOLDERS}.*nowhere"):
        known_languages()
