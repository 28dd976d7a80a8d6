"""Systems to run, as --system names them: cmd:COMMAND, http:URL, hf:MODEL, ct2:FOLDER, and copy:.

Their options come from a TOML file with one table per system. A new kind is one module and one line in
_BUILT_IN, or an entry point of another package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from corpus_builder.errors import ConfigError, UsageError
from corpus_builder.evaluate.testset import Pair
from corpus_builder.evaluate.translators.base import Translator, translate_all
from corpus_builder.evaluate.translators.chat import ChatOptions, ChatTranslator
from corpus_builder.evaluate.translators.command import CommandOptions, CommandTranslator
from corpus_builder.evaluate.translators.ctranslate2 import CTranslate2Options, CTranslate2Translator
from corpus_builder.evaluate.translators.huggingface import HuggingFaceOptions, HuggingFaceTranslator
from corpus_builder.plugins import Extensible
from corpus_builder.toml import read_toml, validated

__all__ = [
    "KINDS",
    "KindOf",
    "Translator",
    "make_translator",
    "read_options",
    "translate_all",
]


class CopyOptions(BaseModel):
    """A copy: system has no options."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CopyTranslator:
    """`copy:`, the baseline that returns the source."""

    takes_documents: ClassVar[bool] = True

    def __init__(self, rest: str, pair: Pair, options: CopyOptions) -> None:  # noqa: ARG002 - all kinds take these
        if rest:
            raise UsageError(f"copy: takes no argument, got {rest!r}")
        self.identity: Mapping[str, object] = {"kind": "copy"}

    def translate(self, segments: Sequence[str]) -> Iterator[Mapping[str, str]]:
        """Yield all segments unchanged."""
        yield {segment: segment for segment in segments}


OptionsOfKind = TypeVar("OptionsOfKind", bound=BaseModel)


@dataclass(frozen=True)
class KindOf(Generic[OptionsOfKind]):
    """A kind of translator: its options, and how to make one of what follows the colon, the pair and the options."""

    options: type[OptionsOfKind]
    make: Callable[[str, Pair, OptionsOfKind], Translator]

    def open(self, name: str, kind: str, rest: str, pair: Pair, table: Mapping[str, object]) -> Translator:
        """A translator with the options of its table."""
        choices = ", ".join(self.options.model_fields) or "none"
        next_step = f"set options under [{name}] in the file of --systems-config; available: {choices}"
        options = validated(self.options, dict(table), f"options of system {name!r} ({kind}:)", next_step)
        return self.make(rest, pair, options)


class Kind(Protocol):
    """A kind of translator with any options."""

    def open(self, name: str, kind: str, rest: str, pair: Pair, table: Mapping[str, object]) -> Translator:
        """A translator with the options of its table."""


_BUILT_IN: dict[str, Kind] = {
    "cmd": KindOf(CommandOptions, CommandTranslator),
    "http": KindOf(ChatOptions, ChatTranslator),
    "hf": KindOf(HuggingFaceOptions, HuggingFaceTranslator),
    "ct2": KindOf(CTranslate2Options, CTranslate2Translator),
    "copy": KindOf(CopyOptions, CopyTranslator),
}


def _accept(name: str, made: object) -> Kind:
    """What an installed package has for a kind of system."""
    if not isinstance(made, KindOf):
        raise TypeError("it must be a corpus_builder.evaluate.translators.KindOf(options, make)")
    if not name.isidentifier():
        raise ValueError(f"the name {name!r} cannot stand before a colon; letters, digits and _ can")
    return made


KINDS: Mapping[str, Kind] = Extensible("corpus_builder.translators", "kind of system", _BUILT_IN, _accept)
"""All kinds by the name before the colon: those of this package, and those that installed packages add."""


def make_translator(
    name: str, system: str, pair: Pair, configs: Mapping[str, Mapping[str, object]]
) -> Translator | None:
    """The translator that a --system option names, or None if it names a file.

    >>> make_translator("baseline", "outputs.uk", Pair("en", "uk"), {}) is None
    True
    >>> make_translator("baseline", "copy:", Pair("en", "uk"), {}).identity
    {'kind': 'copy'}

    Raises:
        ConfigError: an option of this system is wrong or missing.
        UsageError: the part after the colon cannot be used.
    """
    kind, colon, rest = system.partition(":")
    if system.startswith(("http://", "https://")):
        kind, rest = "http", system
    if not colon or kind not in KINDS:
        return None
    return KINDS[kind].open(name, kind, rest, pair, configs.get(name, {}))


def read_options(
    path: Path | None, names: Sequence[str], option: str = "--systems-config", what: str = "system"
) -> dict[str, dict[str, object]]:
    """The options of systems (or whatever `what` says), by name, from the file of a command-line option.

    Raises:
        ConfigError: the file cannot be read, or has a table for a name that is not among `names`.
    """
    if path is None:
        return {}
    tables = read_toml(path)
    for name, table in tables.items():
        if name not in names or not isinstance(table, dict):
            raise ConfigError(
                f"{option} {path}: no {what} is named {name!r}",
                next_step=f"the {what}s are {', '.join(names) or 'none'}",
            )
    return tables
