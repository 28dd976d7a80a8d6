"""Finding and reading language files: those that ship with the package, then those of added folders.

A file of an added folder replaces a shipped one of the same name. Added folders are kept in the environment variable
CORPUS_BUILDER_LANGUAGES, so worker processes, which inherit it, know the same languages.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar, cast

from corpus_builder.errors import ConfigError
from corpus_builder.languages.schema import Language
from corpus_builder.toml import read_toml, validated

FOLDERS = "CORPUS_BUILDER_LANGUAGES"
"""The environment variable with the folders of additional languages, separated as in PATH."""

_SHIPPED = Path(__file__).resolve().parent
_DEFAULT = "default"

P = ParamSpec("P")
Value = TypeVar("Value")
Kept = TypeVar("Kept", bound="_Cached")


class _Cached(Protocol):
    def cache_clear(self) -> None:
        """Forget all results."""


_caches: list[_Cached] = []


def read_from_languages(kept: Kept) -> Kept:
    """Let `add_folder` empty a cache of what was made from language files."""
    _caches.append(kept)
    return kept


def cached(function: Callable[P, Value]) -> Callable[P, Value]:
    """As functools.cache, for what is made from language files: `add_folder` empties the cache."""
    return cast("Callable[P, Value]", read_from_languages(cache(function)))


def add_folder(folder: Path) -> None:
    """Read languages from `folder` too: each LANGUAGE.toml in it is a language, and replaces a shipped one.

    Holds for this process and those that it starts from now on.

    Raises:
        ConfigError: `folder` is no folder.
    """
    if not folder.is_dir():
        raise ConfigError(f"languages: folder not found: {folder}", next_step="see docs/languages.md")
    path = str(folder.resolve())
    added = _added()
    if path not in added:
        os.environ[FOLDERS] = os.pathsep.join([*added, path])
    forget()


def forget() -> None:
    """Empty all caches of what was made from language files: they are read again when next asked for."""
    for kept in _caches:
        kept.cache_clear()


def language_files() -> dict[str, Path]:
    """The file of each language that has one, by code, in alphabetical order; without the defaults.

    Raises ConfigError if the environment variable names a folder that does not exist.
    """
    files: dict[str, Path] = {}
    for folder in (_SHIPPED, *map(Path, _added())):
        if not folder.is_dir():
            raise ConfigError(f"{FOLDERS}: folder not found: {folder}", next_step="correct the environment variable")
        files.update({path.stem: path for path in folder.glob("*.toml")})
    files.pop(_DEFAULT, None)
    return dict(sorted(files.items()))


def all_language_files() -> list[Path]:
    """The files of all languages and the defaults, in a fixed order."""
    return [*language_files().values(), _SHIPPED / f"{_DEFAULT}.toml"]


@cached
def known_languages() -> tuple[str, ...]:
    """The codes of the languages that have a file, in alphabetical order.

    >>> known_languages()
    ('en', 'ru', 'uk')
    """
    return tuple(language_files())


@cached
def language(code: str) -> Language:
    """What is known of a language; for one without a file, what default.toml says of all of them.

    >>> language("uk").name, language("fr").name
    ('Ukrainian', '')

    Raises:
        ConfigError: the language's file cannot be read or is not valid; the message names the file and the keys.
    """
    path = language_files().get(code) or _SHIPPED / f"{_DEFAULT}.toml"
    return validated(Language, read_toml(path), str(path), next_step="docs/languages.md explains every key")


def _added() -> list[str]:
    return [folder for folder in os.environ.get(FOLDERS, "").split(os.pathsep) if folder]
