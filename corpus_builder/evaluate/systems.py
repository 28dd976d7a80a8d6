"""The systems of an evaluation, files of translations or translators that are run, and their outputs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus_builder.errors import UsageError
from corpus_builder.evaluate.cache import AnswerCache
from corpus_builder.evaluate.lines import check_language, check_length, check_output, read_lines
from corpus_builder.evaluate.testset import Pair, TestSet
from corpus_builder.evaluate.translators import KINDS, Translator, make_translator, translate_all
from corpus_builder.files import shown

_NAME = re.compile(r"[^=/\\\s][^=/\\]*")


@dataclass(frozen=True)
class Systems:
    """The systems by name; `names` has all, in the order given."""

    files: Mapping[str, Path]
    translators: Mapping[str, Translator]
    names: tuple[str, ...]


def parse_names(options: Sequence[str]) -> dict[str, str]:
    """The values of NAME=… options, by name.

    >>> parse_names(["google=out.uk", "mine=cmd:./mt --beam=4"])
    {'google': 'out.uk', 'mine': 'cmd:./mt --beam=4'}

    Raises:
        UsageError: a name is missing, comes twice, or cannot be a file name.
    """
    named: dict[str, str] = {}
    for option in options:
        name, _, rest = option.partition("=")
        if not rest or not _NAME.fullmatch(name) or name.startswith(tuple(f"{kind}:" for kind in KINDS)):
            kinds = ", ".join(f"{kind}:" for kind in KINDS)
            raise UsageError(
                f"--system {option!r} is not NAME=FILE or NAME=KIND:…",
                next_step=f"give it a name without = or /, e.g. --system baseline={option}; the kinds are {kinds}",
            )
        if name in named:
            raise UsageError(f"two systems are named {name!r}", next_step="give each --system a different name")
        named[name] = rest
    return named


def open_systems(named: Mapping[str, str], pair: Pair, configs: Mapping[str, Mapping[str, object]]) -> Systems:
    """Files and translators by name; nothing is run.

    Raises:
        UsageError: a system is neither a file nor a kind of translator, or its options are wrong.
    """
    files: dict[str, Path] = {}
    translators: dict[str, Translator] = {}
    for name, system in named.items():
        translator = make_translator(name, system, pair, configs)
        if translator is not None:
            translators[name] = translator
        elif Path(system).is_file():
            files[name] = Path(system)
        else:
            kinds = ", ".join(f"{kind}:" for kind in KINDS)
            raise UsageError(
                f"system {name!r}: file not found: {system}",
                next_step=f"give a file of translations, or a system to run with {kinds}",
            )
    return Systems(files, translators, tuple(named))


def read_outputs(
    systems: Systems,
    test: TestSet,
    whole: int,
    *,
    segments: TestSet | None = None,
    allow_empty: bool = False,
    check_languages: bool = True,
) -> dict[str, list[str]]:
    """The outputs of the systems that are files.

    Args:
        systems: the systems.
        test: the test set, or its first rows only.
        whole: rows of the whole test set; a file may have outputs for all of them or for the rows of `test`.
        segments: where rows are documents, the segments that they were joined from; a file may have outputs for these.
        allow_empty: whether lines may be empty.
        check_languages: whether to check that files are in the target language.

    Raises:
        UsageError: a file does not fit the test set.
    """
    outputs = {}
    for name, path in systems.files.items():
        what = f"system {name!r} ({path})"
        lines = read_lines(path, f"system {name!r}")
        if segments is not None and len(lines) == len(segments):
            lines = segments.join(lines)
        if len(lines) != len(test):
            check_length(lines, whole, what, "the test set")
        lines = lines[: len(test)]
        check_output(lines, len(test), what, allow_empty)
        if check_languages:
            check_language(lines, test.pair.target, what)
        outputs[name] = lines
    return outputs


def run_translators(
    systems: Systems,
    test: TestSet,
    cache: AnswerCache,
    progress: Callable[[str, int, int], None] = lambda _name, _done, _all: None,
    *,
    allow_empty: bool = False,
) -> dict[str, list[str]]:
    """The outputs of the systems that are run; segments in the cache are not translated again.

    Raises:
        RunError: a translator failed; what it had finished is in the cache.
        UsageError: it wrote empty lines.
    """
    outputs = {}
    for name, translator in systems.translators.items():
        lines = translate_all(
            translator,
            test.inputs,
            cache,
            lambda done, total, name=name: progress(name, done, total),  # type: ignore[misc]
        )
        lines = [" ".join(line.split("\n")) for line in lines]
        check_output(lines, len(test), f"system {name!r}", allow_empty)
        outputs[name] = lines
    return outputs


def describe(systems: Systems) -> dict[str, Mapping[str, object]]:
    """What identifies each system: the name and hash of a file, or the identity of a translator."""
    described: dict[str, Mapping[str, object]] = {}
    for name in systems.names:
        if name in systems.files:
            path = systems.files[name]
            described[name] = {
                "kind": "file",
                "name": shown(path.name),
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
        else:
            described[name] = dict(systems.translators[name].identity)
    return described
