"""Test sets and outputs of systems from plain files, one segment per line, with checks."""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from pathlib import Path

from corpus_builder.errors import UsageError
from corpus_builder.evaluate.testset import Pair, Row, TestSet
from corpus_builder.files import require_file, shown
from corpus_builder.text.language import identifiable_languages, identify

# Characters that the language of a side is identified from. Chosen: some 150 sentences; more would only take time.
_LANGUAGE_SAMPLE = 20_000
# Probability from which another language is an error. Chosen high: a wrong alarm stops the evaluation.
_SURE = 0.9
_SHOWN = 5  # line numbers in a message


def _encoding(content: bytes) -> str:
    """The likely encoding of a text that is not UTF-8: UTF-16 where it begins with its mark, else Windows' Cyrillic."""
    return "utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "windows-1251"


def read_lines(path: Path, what: str) -> list[str]:
    """The lines of a UTF-8 file, without line ends; only line feeds end a line. `what` names the file in messages.

    Raises:
        UsageError: the file does not exist, is not UTF-8, or has no text.
    """
    require_file(path)
    content = b""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{what} {path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{what} {path}: not UTF-8 at byte {error.start}",
            next_step=f"convert it, e.g. with iconv -f {_encoding(content)} -t utf-8 {path}",
        ) from error
    if not text.strip():
        raise UsageError(f"{what} {path} is empty")
    lines = text.split("\n")
    if lines[-1] == "":
        del lines[-1]
    return [line.removesuffix("\r") for line in lines]


def read_test_set(source: Path, references: Sequence[Path], pair: Pair, documents: Path | None = None) -> TestSet:
    """A test set from files with equal numbers of lines; the id of a row is its line number, from 1.

    Raises:
        UsageError: a file cannot be read, the lengths differ, or a line of the source or of a reference is empty.
    """
    sources = read_lines(source, "--source")
    _refuse_empty_lines(sources, f"--source {source}")
    sides = []
    for path in references:
        side = read_lines(path, "--reference")
        check_length(side, len(sources), f"--reference {path}", f"--source {source}")
        _refuse_empty_lines(side, f"--reference {path}")
        sides.append(side)
    names: Sequence[str | None] = [None] * len(sources)
    if documents is not None:
        known = read_lines(documents, "--documents")
        check_length(known, len(sources), f"--documents {documents}", f"--source {source}")
        _refuse_empty_lines(known, f"--documents {documents}", ", or give every segment the name of a document")
        names = known
    rows = tuple(
        Row(str(number), text, tuple(translations), document)
        for number, (text, document, *translations) in enumerate(zip(sources, names, *sides, strict=True), 1)
    )
    return TestSet(
        pair, rows, origin={"source": shown(source.name), "references": [shown(path.name) for path in references]}
    )


def language_of(path: Path) -> str | None:
    """The language in the extension of a file, as in news.test.uk, or None."""
    suffix = path.suffix[1:]
    return suffix if len(suffix) == 2 and suffix.isalpha() and suffix.islower() else None


def check_length(lines: Sequence[object], expected: int, what: str, beside: str) -> None:
    """Refuse a side with more or fewer lines than another."""
    if len(lines) != expected:
        raise UsageError(
            f"{what} has {len(lines)} lines, {beside} has {expected}",
            next_step="both need one line per segment, in the same order; look for line breaks inside segments",
        )


def check_output(lines: Sequence[str], expected: int, what: str, allow_empty: bool = False) -> None:
    """Refuse an output that has the wrong length, no text at all, or empty lines."""
    if lines and not any(line.strip() for line in lines):
        raise UsageError(f"{what} is empty: {len(lines)} lines without text")
    check_length(lines, expected, what, "the test set")
    if not allow_empty:
        _refuse_empty_lines(lines, what, ", or give --allow-empty to accept them")


def check_language(texts: Sequence[str], language: str, what: str) -> None:
    """Refuse a side that is clearly in another language than expected.

    Only languages with a language file are checked, which can be told apart reliably.
    """
    if language not in identifiable_languages():
        return
    sample: list[str] = []
    size = 0
    for text in texts:
        sample.append(text)
        size += len(text)
        if size > _LANGUAGE_SAMPLE:
            break
    detected = identify("\n".join(sample))
    if detected.language not in (language, "und") and detected.probability >= _SURE:
        raise UsageError(
            f"{what} should be in {language!r} but is in {detected.language!r} "
            f"(probability {detected.probability:.2f})",
            next_step="check --pair (SOURCE-TARGET) and the order of the files, or give --no-language-check",
        )


def _refuse_empty_lines(lines: Sequence[str], what: str, otherwise: str = "") -> None:
    empty = [number for number, line in enumerate(lines, 1) if not line.strip()]
    if empty:
        shown = ", ".join(map(str, empty[:_SHOWN])) + (", …" if len(empty) > _SHOWN else "")
        raise UsageError(
            f"{what}: {len(empty)} of {len(lines)} lines are empty (line {shown})",
            next_step=f"remove these segments from all files{otherwise}",
        )
