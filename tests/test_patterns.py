"""No regular expression of the package takes more than time in proportion, whatever text it meets.

All patterns are collected: those in the globals of every module, and those that the languages' files compile to. For
each, texts are made of its parts: repetitions of the literals, classes and groups in it, with an end that does
not match. docs/development.md says how to write patterns so that they pass.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import corpus_builder
from corpus_builder.errors import CorpusBuilderError
from corpus_builder.languages import known_languages
from corpus_builder.web.time_limit import TimeIsUp, time_limit

SOURCES = "\n".join(path.read_text() for path in Path(corpus_builder.__file__).parent.rglob("*.py"))
OF_BLOCKS = tuple(f"corpus_builder.{name}." for name in ("quotes", "quality", "align", "report", "dataset"))
"""Packages that see the texts of blocks, which text/normalise.py has left without runs of white space."""

parser: Any = importlib.import_module("re._parser")

SIZE = 900
TIMES = 5
"""Texts of SIZE and of TIMES * SIZE pieces are compared."""
ALLOWED = 12
"""How many times as long the larger text may take. Chosen: between 5 (in proportion) and 25 (quadratic)."""
NOTHING = 0.03
"""Seconds for the larger text that are not worth a comparison: some machines count processor time in steps of 0.01."""
LONGEST = 0.3
"""Seconds after which a search is given up; a text for which both sizes take as long is a fault."""
PACKAGE = "corpus_builder"
BOUNDED = (
    f"{PACKAGE}.crawl.robots._SIGNAL",  # one match a line
    f"{PACKAGE}.dataset.publish.plan._TAG",  # one match of a whole option
    f"{PACKAGE}.extract.draft_selectors._CAMEL_PART",  # names of classes
    f"{PACKAGE}.extract.page_words._words()",  # one match of a text of at most 300 characters
    f"{PACKAGE}.look.query._TOKEN",  # a query that a person types
    f"{PACKAGE}.quality.copying._PLAIN",  # one match a word
    f"{PACKAGE}.quotes.mentions._DATE",  # within the clause around a quotation
    f"{PACKAGE}.quotes.speech_words.speech_words",  # within a sentence, at most 40 characters
    f"{PACKAGE}.text.quantities._FOLLOWING",  # one match behind a number
)
"""Patterns whose texts are short where they are used, with the reason."""
CATEGORIES = {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "а"}
OTHERS = {"CATEGORY_NOT_DIGIT": "а", "CATEGORY_NOT_SPACE": "а", "CATEGORY_NOT_WORD": "-"}


def modules() -> Iterator[Any]:
    for info in pkgutil.walk_packages(corpus_builder.__path__, f"{PACKAGE}."):
        if not info.name.endswith("__main__"):
            try:
                yield importlib.import_module(info.name)
            except (ImportError, CorpusBuilderError):  # an extra that is not installed
                continue


def within(value: Any, name: str, depth: int = 0) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """The patterns in a value: itself, or those in its fields and items."""
    if isinstance(value, re.Pattern):
        yield name, value
    elif depth < 3:
        if isinstance(value, dict):
            items = [(str(key), item) for key, item in value.items()]
        elif isinstance(value, tuple) and hasattr(value, "_fields"):
            items = list(zip(value._fields, value, strict=True))
        elif isinstance(value, list | tuple | frozenset | set):
            items = [(str(number), item) for number, item in enumerate(value)]
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            items = [(field.name, getattr(value, field.name, None)) for field in dataclasses.fields(value)]
        else:
            items = []
        for key, item in items:
            yield from within(item, f"{name}.{key}", depth + 1)


def compiled_by(module: Any, name: str, function: Callable[..., Any]) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """The patterns that a cached function compiles: one without arguments, or one of a language."""
    if not hasattr(function, "cache_info") or function.__module__ != module.__name__:
        return
    for arguments in ((), *((code,) for code in known_languages())):
        try:
            value = function(*arguments)
        except (TypeError, AttributeError, KeyError, ValueError, OSError, CorpusBuilderError):
            continue  # it takes something else
        yield from within(value, f"{module.__name__}.{name}({','.join(arguments)})")


def patterns() -> dict[str, re.Pattern[Any]]:
    """Every pattern once, by where it is."""
    found: dict[tuple[Any, int], tuple[str, re.Pattern[Any]]] = {}
    for module in modules():
        for name, value in list(vars(module).items()):
            for where, pattern in (
                *within(value, f"{module.__name__}.{name}"),
                *(compiled_by(module, name, value) if callable(value) else ()),
            ):
                found.setdefault((pattern.pattern, pattern.flags), (where, pattern))
    return dict(found.values())


def character(members: list[Any]) -> str:
    """A character of a class."""
    negated = bool(members) and str(members[0][0]) == "NEGATE"
    sample, excluded = "", set()
    for operation, argument in members:
        match str(operation):
            case "LITERAL":
                sample = sample or chr(argument)
                excluded.add(chr(argument))
            case "RANGE":
                sample = sample or chr(argument[0])
                excluded |= {chr(code) for code in range(argument[0], min(argument[1], argument[0] + 300) + 1)}
            case "CATEGORY":
                sample = sample or {**CATEGORIES, **OTHERS}.get(str(argument), "а")
                excluded |= {"CATEGORY_DIGIT": {"1"}, "CATEGORY_SPACE": {" "}, "CATEGORY_WORD": {"а", "1", "z"}}.get(
                    str(argument), set()
                )
    if negated:
        return next(each for each in "аz1 -.<=§" if each not in excluded) if {*"аz1 -.<=§"} - excluded else "€"
    return sample or "а"


def example(tree: Any) -> str:
    """A text that a part of a pattern matches, or nearly."""
    out = ""
    for operation, argument in tree:
        match str(operation):
            case "LITERAL":
                out += chr(argument)
            case "NOT_LITERAL" | "ANY":
                out += "а"
            case "IN":
                out += character(argument)
            case "BRANCH":
                out += example(argument[1][0])
            case "SUBPATTERN":
                out += example(argument[3])
            case "ATOMIC_GROUP":
                out += example(argument)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                out += example(argument[2]) * max(1, min(argument[0], 5))
    return out


def pieces(tree: Any) -> Iterator[str]:
    """What may be repeated: the examples of every part, and of what stands before each repetition with it."""
    before = ""
    for operation, argument in tree:
        part = example([(operation, argument)])
        match str(operation):
            case "BRANCH":
                for branch in argument[1][:12]:
                    yield example(branch)
                    yield from pieces(branch)
            case "SUBPATTERN":
                yield from pieces(argument[3])
            case "ATOMIC_GROUP":
                yield from pieces(argument)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                yield part
                yield before + part
                yield from pieces(argument[2])
        before = (before + part)[-60:]
    yield before


def seconds(pattern: re.Pattern[Any], text: Any, searches: bool) -> float:
    """Processor seconds to find all matches, or that at the beginning and of the whole; at most LONGEST."""
    begun = time.process_time()
    try:
        with time_limit(LONGEST):
            if searches:
                for _ in pattern.finditer(text):
                    pass
            else:
                pattern.match(text)
                pattern.fullmatch(text)
    except TimeIsUp:
        return LONGEST
    return time.process_time() - begun


def only_matches(where: str) -> bool:
    """Whether a pattern in a global is only used at one place of a text, by `match` and `fullmatch`."""
    name = where.rpartition(".")[2]
    uses = set(re.findall(rf"\b{name}\.(\w+)", SOURCES)) if name.isidentifier() else set()
    return bool(uses) and uses <= {"match", "fullmatch", "pattern"} and not re.search(rf"[(, ]{name}[,)\]]", SOURCES)


def slow(pattern: re.Pattern[Any], searches: bool = True, normalised: bool = False, shortest: int = SIZE) -> str:
    """A text that the pattern takes long for; "" where there is none. `normalised` text has no two spaces in a row."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    wholes = example(tree)
    for piece in sorted({piece for piece in (*pieces(tree), wholes, " ", "а", "1") if piece and len(piece) < 80}):
        for start in ("", wholes[:20]):
            for end in ("", "\x00"):
                texts = [start + piece * (size // (1 + len(piece) // 4)) + end for size in (shortest, TIMES * shortest)]
                texts = [re.sub(r"\s+", " ", text) if normalised else text for text in texts]
                small, large = (text.encode() if isinstance(pattern.pattern, bytes) else text for text in texts)
                larger = seconds(pattern, large, searches)
                if larger > NOTHING and (larger >= LONGEST or larger > ALLOWED * seconds(pattern, small, searches)):
                    larger = min(larger, seconds(pattern, large, searches))
                    smaller = min(seconds(pattern, small, searches) for _ in range(3))
                    if larger >= LONGEST or (larger > NOTHING and larger > ALLOWED * smaller):
                        return f"{start!r} + {piece!r} * n + {end!r}: {smaller:.4f} s, {larger:.4f} s"
    return ""


def test_the_check_finds_slow_patterns() -> None:
    for fault in (r"(?:a+)+b", r"\s*,", r"<a[^>]*>", r"\w+@\w+", r"a.*b.*c"):
        assert slow(re.compile(fault), shortest=2 * SIZE)
    for right in (r"(?<!\s)\s*+,", r"<a[^<>]*>", r"(?<!\w)\w++@\w+", r"\s{0,5},"):
        assert not slow(re.compile(right), shortest=2 * SIZE)


@pytest.mark.slow
def test_no_pattern_is_slow() -> None:
    found = patterns()
    assert len(found) > 150
    faults = {}
    for where, pattern in found.items():
        if text := slow(pattern, not only_matches(where), where.startswith(OF_BLOCKS)):
            faults[where] = text
    faults = {where: text for where, text in faults.items() if not where.startswith(BOUNDED)}
    assert not faults, "\n".join(
        f"{where}  {found[where].pattern!r:.200}\n    {text}" for where, text in faults.items()
    )
