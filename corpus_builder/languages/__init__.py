"""What the program knows about a language, one TOML file each: letters, sentences, numbers, months, names, cue words.

    uk.toml ru.toml en.toml     the languages that ship; default.toml is for every other language
    schema.py                   what a file may say, checked when it is read
    load.py                     `language("uk")` reads a file once; `add_folder` adds files of your own

The modules that use a section build their tables from it (text/, quotes/, extract/, quality/, evaluate/).
docs/languages.md explains every section and how to add a language.
"""

from __future__ import annotations

from corpus_builder.languages.load import (
    FOLDERS,
    add_folder,
    all_language_files,
    cached,
    forget,
    known_languages,
    language,
    read_from_languages,
)
from corpus_builder.languages.schema import Language

__all__ = [
    "FOLDERS",
    "Language",
    "add_folder",
    "all_language_files",
    "cached",
    "forget",
    "known_languages",
    "language",
    "read_from_languages",
]
