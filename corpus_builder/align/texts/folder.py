"""A folder of plain texts, NAME.LANG.txt with one segment a line. Files are read when a document is asked for."""

from __future__ import annotations

import codecs
import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus_builder.errors import NothingProduced, RunError, UsageError
from corpus_builder.files import shown
from corpus_builder.languages.codes import code, is_tag

logger = logging.getLogger(__name__)

NULS = 0.05
"""Share of zero bytes from which a file without a byte order mark is UTF-16. Chosen: each space, digit and Latin letter
has one there; in UTF-8 they are stray."""


@dataclass(frozen=True, slots=True)
class Text:
    """One document's editions: by language the lines of the file, blank ones too."""

    name: str
    lines: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class TextFiles:
    """One document's files by language."""

    name: str
    files: Mapping[str, Path]

    def read(self) -> Text:
        """What they say. Raises UsageError for a file that is not UTF-8, RunError for one that cannot be read."""
        return Text(self.name, {language: _lines(path) for language, path in self.files.items()})


def find(folder: Path, languages: Sequence[str] = ()) -> list[TextFiles]:
    """All documents of a folder, by name, in the given languages and order (default: all, sorted).

    Languages have their usual codes (languages/codes.py), however the files and `languages` spell them. Raises
    UsageError or NothingProduced for a folder that cannot be aligned, and for a file that is not UTF-8.
    """
    if not folder.is_dir():
        raise UsageError(f"folder not found: {folder}", next_step="name a folder with files NAME.LANG.txt")
    files = _files(folder)
    available = sorted({language for editions in files.values() for language in editions})
    if not files:
        raise NothingProduced(f"no files NAME.LANG.txt in {folder}", next_step="name them as story1.uk.txt")
    languages = as_available(languages, available)
    unknown = [language for language in languages if language not in available]
    if unknown:
        raise UsageError(f"no texts in {', '.join(unknown)}: {folder} has {', '.join(available)}",
                         next_step="choose --languages from these")  # fmt: skip
    wanted = languages or available
    if len(wanted) < 2:
        raise UsageError(f"an alignment needs two languages or more; {folder} has {', '.join(available)}",
                         next_step="add the files of another language")  # fmt: skip
    texts = []
    for name, editions in files.items():
        chosen = {language: editions[language] for language in wanted if language in editions}
        for path in chosen.values():  # before hours of work, not after
            _decoded(path)
        if chosen:
            texts.append(TextFiles(name, chosen))
    return texts


def as_available(languages: Sequence[str], available: Collection[str]) -> list[str]:
    """Languages as a folder has them: EN as en."""
    return list(dict.fromkeys(language if language in available else code(language) for language in languages))


def _files(folder: Path) -> dict[str, dict[str, Path]]:
    """The files of a folder by name and language; a warning names those that have no language in their names.

    Where a document has two files of one language (sr-Latn and sr-Cyrl), its languages keep their tags as they are.
    """
    tagged: dict[str, dict[str, Path]] = {}
    ignored = []
    for path in sorted(folder.glob("*.txt")):
        name, _, tag = shown(path.name).removesuffix(".txt").rpartition(".")
        if name and is_tag(tag):
            tagged.setdefault(name, {})[tag] = path
        else:
            ignored.append(path.name)
    if ignored and tagged:
        logger.warning("%s: ignored, not named NAME.LANG.txt: %s", folder, ", ".join(ignored))
    several = {
        language
        for editions in tagged.values()
        for language, number in Counter(map(code, editions)).items()
        if number > 1
    }
    return {
        name: {tag if code(tag) in several else code(tag): path for tag, path in editions.items()}
        for name, editions in tagged.items()
    }


def _lines(path: Path) -> tuple[str, ...]:
    """The lines of a file. A lone carriage return ends a line only if no line feed does (old Mac files)."""
    text = _decoded(path)
    lines = text.replace("\r\n", "\n").split("\n") if "\n" in text else text.split("\r")
    return tuple(lines[:-1] if lines and not lines[-1] else lines)


def _decoded(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RunError(f"cannot read {path}: {error.strerror or error}") from error
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or data.count(b"\0") > NULS * len(data):
        raise UsageError(f"{path} is UTF-16, not UTF-8",
                         next_step=f"convert it, e.g. with `iconv -f UTF-16 -t UTF-8 {path.name}`")  # fmt: skip
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        hint = f"convert it, e.g. with `iconv -f CP1251 -t UTF-8 {path.name}`"
        raise UsageError(f"{path} is not UTF-8: invalid byte at {why.start}", next_step=hint) from why
