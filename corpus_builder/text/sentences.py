"""Sentence splitting: one engine, one data file a language (data/*.toml).

    text ─ a regular expression ─► candidates: sentence-ending marks before a gap
         ─ quotation.pair, brackets ─► stretches that must stay whole
         ─ _Language.ends, per candidate ─► boundaries ─► spans

A candidate is refused for what stands before it (abbreviations, initials, list numbers), for what follows (a small
letter), and where it lies in a bracket or in a short quotation after which the sentence goes on:

    "Ми переможемо. Це точно", – сказав він.        one sentence
    "Ми переможемо. Це точно".                      two

A line break always ends a sentence. docs/sentences.md has the rules and the figures.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from corpus_builder.text.quotation import Quotation, pair

# Quotations longer than this are split inside even where an attribution follows; benchmarks/sentences.py --tune.
LONGEST_WHOLE_QUOTATION = 120
# A name or title in marks ("Що? Де? Коли?") has no colon before it and is shorter.
LONGEST_TITLE = 50
LONGEST_BRACKET = 300

_CLOSERS = "\"'»”’“‘)\\]}"
_CANDIDATE = re.compile(
    rf"""
    (?P<mark>[.!?…]+)
    (?P<closers>(?:[{_CLOSERS}]|\[\d+\])*)
    (?P<end>(?=\s|[—–]\s|[«„]))
    (?P<gap>\s*)
    (?P<dash>(?:[—–-]+\s*)?)
    (?P<lead>[\s«„“"‘'(\[¿¡.…]*)
    (?P<next>\w[\w'’ʼ-]*\.?|\S|$)
    | (?P<line>[^\S\n]*\n\s*)
    """,
    re.VERBOSE,
)
_BRACKET = re.compile(r"[(\[{][^()\[\]{}\n]*[)\]}]")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?)+")
_LIST_NUMBER = re.compile(r"(?:\d{1,3}|[^\W\d_]|[IVX]{1,4})(?:\.\d{1,2})*")
_NOT_A_START = frozenset(",;:!?%&)]}»”/|=<>_")
# What may stand after a closing mark where the sentence goes on; a dash does, whatever follows.
_GOES_ON = re.compile(r"[)\]]*(?:\s*[,;:]|\s*[—–-]|\s+[^\W\d_A-ZА-ЯІЇЄҐЁ])")
_TEXT_BEFORE = re.compile(r"[\w%,] ?$")


@dataclass(frozen=True)
class _Language:
    """What a data file says; see data/README.md for the fields."""

    never: frozenset[str]
    may_end: frozenset[str]
    before_number: frozenset[str]
    starters: frozenset[str]
    reporting: re.Pattern[str] | None
    names: dict[str, tuple[tuple[str, str], ...]]
    ordinal_dot: bool
    one_letter_words: frozenset[str] = field(default_factory=frozenset)


def split(text: str, language: str) -> list[tuple[int, int]]:
    """The spans of the sentences of `text`, in order, as (start, end) in code points.

    White space between sentences lies outside the spans; every other character lies in exactly one. `language` is a
    primary subtag ("uk"); one without a data file is split by the rules that hold in every language.

    >>> split("Це вул. Хрещатик. Далі – майдан.", "uk")
    [(0, 17), (18, 32)]
    """
    spans = []
    start = 0
    for end, following in _boundaries(text, _load(language)):
        spans.append((start, end))
        start = following
    spans.append((start, len(text)))
    return [trimmed for span in spans if (trimmed := _trim(text, *span)) is not None]


def sentences(text: str, language: str) -> list[str]:
    """The sentences of `text` as strings, in order."""
    return [text[start:end] for start, end in split(text, language)]


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    bare = piece.lstrip()
    if not bare:
        return None
    return end - len(bare), start + len(piece.rstrip())


def _boundaries(text: str, rules: _Language) -> Iterator[tuple[int, int]]:
    """(end of a sentence, start of the next one), in order."""
    whole = _whole_stretches(text, rules)
    brackets = {m.end(): m.start() for m in _BRACKET.finditer(text)}
    start = 0
    stretch = 0
    position = 0
    while (match := _CANDIDATE.search(text, position)) is not None:
        if match["line"] is not None:
            position = start = match.end()
            yield match.start(), start
            continue
        end = match.end("closers")
        position = end
        while stretch < len(whole) and whole[stretch][1] <= end:
            stretch += 1
        if stretch < len(whole) and whole[stretch][0] < end:
            continue
        if _ends(text, match, start, brackets, rules):
            start = match.end("gap")
            yield end, start


def _ends(text: str, match: re.Match[str], start: int, brackets: dict[int, int], rules: _Language) -> bool:
    """Whether the candidate ends the sentence that began at `start`."""
    mark, closers, following = match["mark"], match["closers"], match["next"]
    if not following or following[0] in _NOT_A_START:
        return False
    if "\n" in match["gap"]:
        return True
    first = following[0]
    if first.islower() and not (len(following) > 2 and (following[1].isupper() or following[2].isupper())):
        return False
    at = match.start()
    if closers:
        if closers[-1] not in ")]" and (match["dash"] or _reports(text, match, rules)):
            return False
        if any(opened > start for opened in _opened(brackets, match)):
            return False
    if mark in (".", "!"):
        return not _belongs_to_word(text, at, mark, following, match, start, rules)
    return True


def _opened(brackets: dict[int, int], match: re.Match[str]) -> Iterator[int]:
    """Where the brackets that the closers close were opened."""
    for at in range(match.start("closers") + 1, match.end("closers") + 1):
        if at in brackets:
            yield brackets[at]


def _reports(text: str, match: re.Match[str], rules: _Language) -> bool:
    """Whether a reporting clause follows a closing mark: `"Really?" Smith asked.`"""
    if rules.reporting is None or match["mark"] == "." or match["lead"].strip():
        return False
    return rules.reporting.match(text, match.start("next")) is not None


def _belongs_to_word(
    text: str, at: int, mark: str, following: str, match: re.Match[str], start: int, rules: _Language
) -> bool:
    """Whether the mark at `at` is part of an abbreviation, an initial, a number or a name, and ends no sentence."""
    word_start = max(text.rfind(" ", start, at), text.rfind("\xa0", start, at), start - 1) + 1
    word = text[word_start:at].lstrip("\"'«„“‘([")
    if not word:
        return False
    for left, right in rules.names.get(word + mark, ()):
        if text.endswith(left, start, at + 1) and (
            text.startswith(right, match.start("next")) if right else following not in rules.starters
        ):
            return True
    if mark != ".":
        return False
    opens_sentence = not text[start:word_start].strip() or text[word_start - 2 : word_start] in (": ", "; ")
    if opens_sentence and not match["closers"] and _LIST_NUMBER.fullmatch(word):
        return True
    starts = following in rules.starters
    number = following[0].isdigit()
    if word[-1].isdigit():
        return rules.ordinal_dot and word.isdigit() and len(word) < 3 and not starts and not number
    if match["closers"] and not number and match["closers"][-1] in "\"»”":
        return False
    key = _two_words(text, start, word_start, word)
    for form in (key, key[:1].lower() + key[1:], word, word[:1].lower() + word[1:]):
        if form in rules.never:
            return True
        if form in rules.may_end:
            return not starts
        if form in rules.before_number:
            return number
    if len(word) == 1 and word.islower():
        return number
    if word in rules.one_letter_words and text[word_start - 2 : word_start - 1].islower():
        return False
    return word[0].isupper() and _INITIALS.fullmatch(word) is not None and not starts and not _run(word)


def _run(word: str) -> bool:
    """Whether letters follow one another without a dot: `США` is no row of initials, `Ж.-П` is."""
    return any(a.isalpha() and b.isalpha() for a, b in zip(word, word[1:], strict=False))


def _two_words(text: str, start: int, word_start: int, word: str) -> str:
    """The word with an abbreviation before it, joined: `т. д` gives `т.д`."""
    if word_start - 2 < start or text[word_start - 2] != ".":
        return word
    previous = max(text.rfind(" ", start, word_start - 1), start - 1, text.rfind("\xa0", start, word_start - 1)) + 1
    return text[previous : word_start - 1].lstrip("\"'«„“‘([") + word


def _whole_stretches(text: str, rules: _Language) -> list[tuple[int, int]]:
    """The outermost stretches in which no sentence ends, in order."""
    stretches = [(q.start, q.end) for q in pair(text).pairs if _stays_whole(text, q, rules)]
    stretches += [m.span() for m in _BRACKET.finditer(text) if m.end() - m.start() <= LONGEST_BRACKET]
    outermost: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if not outermost or end > outermost[-1][1]:
            outermost.append((start, end))
    return outermost


def _stays_whole(text: str, quotation: Quotation, rules: _Language) -> bool:
    length = quotation.end - quotation.start
    if length > LONGEST_WHOLE_QUOTATION:
        return False
    last = text[quotation.end - 2]
    if last == "," or _GOES_ON.match(text, quotation.end):
        return True
    if last in "!?…" and rules.reporting is not None and rules.reporting.match(text, quotation.end + 1):
        return True
    before = text[max(0, quotation.start - 2) : quotation.start]
    return length <= LONGEST_TITLE and _TEXT_BEFORE.search(before) is not None and "," not in before


@cache
def _load(language: str) -> _Language:
    """The rules of a language; those of data/default.toml where it has no file."""
    folder = resources.files("corpus_builder.text") / "data"
    source = folder / f"{language}.toml"
    if not language.isalpha() or not source.is_file():
        source = folder / "default.toml"
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    verbs = data.get("reporting_verbs", [])
    names: dict[str, list[tuple[str, str]]] = {}
    for name in data.get("names", []):
        left, mark, right = re.fullmatch(r"(.*?)([.!])(?: (.+))?", name).groups()  # type: ignore[union-attr]
        names.setdefault(left.split(" ")[-1] + mark, []).append((left + mark, right or ""))
    return _Language(
        never=_keys(data.get("never", [])),
        may_end=_keys(data.get("may_end", [])),
        before_number=_keys(data.get("before_number", [])),
        starters=frozenset(data.get("starters", [])),
        reporting=re.compile(rf"(?:[A-Z][\w.'’-]*\s+){{1,4}}(?:{'|'.join(verbs)})\b") if verbs else None,
        names={key: tuple(entries) for key, entries in names.items()},
        ordinal_dot=data.get("ordinal_dot", False),
        one_letter_words=frozenset(data.get("one_letter_words", [])),
    )


def _keys(abbreviations: list[str]) -> frozenset[str]:
    return frozenset(entry.replace(" ", "").removesuffix(".") for entry in abbreviations)
