"""Sentence splitting: one engine; the words of a language are the section [sentences] of its file (languages/).

    text ─ a regular expression ─► candidates: sentence-ending marks before a gap
         ─ quote_marks.pair, brackets ─► stretches that must stay whole
         ─ _ends, per candidate ─► boundaries ─► spans

A candidate is no boundary after abbreviations, initials and list numbers, before a small letter, in a bracket, and in a
short quotation after which the sentence goes on:

    "Ми переможемо. Це точно", – сказав він.        one sentence
    "Ми переможемо. Це точно".                      two

A line break always ends a sentence. docs/sentences.md has the rules and the figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus_builder.languages import cached
from corpus_builder.languages import language as language_facts
from corpus_builder.text.letters import CAPITALS
from corpus_builder.text.quote_marks import Quotation, pair

# In code points. A quotation longer than this is split inside even where its attribution follows: in NTREX each of its
# sentences is a line. Of 0 to 1000, 60 and 80 lose the fewest (benchmarks/sentences.py --part dev --longest N).
LONGEST_WHOLE_QUOTATION = 80
# A name or title in marks (гра «Що? Де? Коли?») stands right after a word and is shorter than most quotations (chosen).
LONGEST_TITLE = 50
# A longer bracket is more likely one that was never closed where it should have been (chosen: two or three sentences).
LONGEST_BRACKET = 300
# How far back the words before a mark are looked at (chosen: longer than an abbreviation with its clause). It bounds
# the work on a text in which no sentence ends.
_LOOK_BACK = 200

_CLOSERS = "\"'»”’“‘)\\]}"
_WIDE_CLOSERS = "\"'”’)」』）》】"  # “ opens there
# Marks of other scripts: Arabic and Urdu, the dandas of Indic scripts, Armenian, Ethiopic, Burmese, Khmer; the Greek
# question mark is a semicolon after a Greek letter. Those of Chinese and Japanese end a sentence without a gap, but for
# a quotation that Japanese particles (hiragana) follow.
_WIDE = "。！？｡"
_MARKS = f".!?…؟۔।॥։።။។{_WIDE}"
_GREEK = r"\u0370-\u03ff\u1f00-\u1fff"
_LINE = re.compile(r"[^\n]+")
# It begins with a set of characters, so that the search runs in C; what follows the marks is only looked at.
_CANDIDATE = re.compile(
    rf"""
    (?P<mark>[{_MARKS};\u037e](?<![.!?…]{{2}})(?<![^{_GREEK}];)[{_MARKS}]*+)
    (?:(?<=[{_WIDE}])(?P<wide>)|)
    (?P<closers>(?(wide)[{_WIDE_CLOSERS}]*+|(?:[{_CLOSERS}]|\[\d+\])*+))
    (?(wide)(?![ぁ-ん])|(?=\s|[—–]\s|[«„]))
    (?=
        (?P<gap>\s*+)
        (?P<dash>(?:[—–-]+\s*)?+)
        (?P<lead>(?:[(\[](?:…|\.\.\.)[)\]]\s*)?[«„“"‘'(\[¿¡.…]*\s?)
        (?P<next>\w[\w'’ʼ-]*\.?|\S)
    )
    """,
    re.VERBOSE,
)
_BRACKET = re.compile(rf"[(\[{{][^()\[\]{{}}\n]{{0,{LONGEST_BRACKET}}}+[)\]}}]")
# What is put in between dashes, up to its last word: a small letter after the dash, no other mark.
_INSERTED = re.compile(rf"\s[–—]\s[^\W\d_{CAPITALS}][^–—.!?:;]*$")
# Code points, dash included. Chosen: five or six words.
_LONGEST_INSERTION = 40
_OPENERS = "\"'«„“‘(["
_INITIALS = re.compile(r"[^\W\d_](?:[.-]+[^\W\d_])*")
_LIST_NUMBER = re.compile(r"(?:\d{1,3}|[^\W\d_]|[IVX]{1,4})(?:\.\d{1,2})*")
_NUMERAL = re.compile(r"\d|^[IVXLCІХ]+$")
# What stands for a number: прил. Б, Sec. IV, розд. III.
_DESIGNATION = re.compile(rf"(?:[{CAPITALS}]|[IVXLCІХ]+)\.?")
_DAY_AND_MONTH = re.compile(r"(?:^|\D)\d{1,2}\.$")  # of a date with spaces: 12. 02. 2025
_MONTH_AND_YEAR = re.compile(r"[01]\d\.\s\d{4}\b")
_CLAUSE_MARK = re.compile(r"[,;:(–—]")
_NOT_A_START = frozenset(",;:!?%&)]}»”/|=<>_，、；：）」』")
# What may follow a closing mark where the sentence goes on; a dash does, whatever follows.
_GOES_ON = re.compile(rf"[)\]]*(?:\s*[,;:]|\s*[—–-]|\s+[^\W\d_{CAPITALS}])")
_WORD = re.compile(r"\w+")
_WORD_BEFORE = re.compile(r"[\w%] ?$")


@dataclass(frozen=True)
class _Rules:
    """What a language's file says; docs/sentences.md explains the fields."""

    never: frozenset[str]
    seldom: frozenset[str]
    times: frozenset[str]
    units: frozenset[str]
    before_number: frozenset[str]
    numbered: frozenset[str]
    openers: frozenset[str]
    prepositions: frozenset[str]
    one_letter_words: frozenset[str]
    listed: frozenset[str]
    names: dict[str, tuple[tuple[str, str], ...]]
    reporting: re.Pattern[str] | None
    ordinal_dot: bool


def split(text: str, language: str) -> list[tuple[int, int]]:
    """The spans of the sentences of `text`, in order, as (start, end) in code points.

    White space between sentences lies outside the spans; every other character lies in exactly one. `language` is a
    primary subtag ("uk"); one without a file is split by languages/default.toml.

    >>> split("Це вул. Хрещатик. Далі – майдан.", "uk")
    [(0, 17), (18, 32)]
    """
    rules = _rules(language)
    spans = []
    for line in _LINE.finditer(text):
        offset, content = line.start(), line.group()
        start = 0
        for end, following in (*_boundaries(content, rules), (len(content), len(content))):
            piece = content[start:end]
            bare = piece.strip()
            if bare:
                begin = offset + start + piece.index(bare)
                spans.append((begin, begin + len(bare)))
            start = following
    return spans


def sentences(text: str, language: str) -> list[str]:
    """The sentences of `text` as strings, in order."""
    return [text[start:end] for start, end in split(text, language)]


def _boundaries(text: str, rules: _Rules) -> Iterator[tuple[int, int]]:
    """(end of a sentence, start of the next one) within a line, in order."""
    candidates = list(_CANDIDATE.finditer(text))
    if not candidates:  # most lines of one sentence: the rest takes ten times as long
        return
    whole = _whole_stretches(text, rules)
    brackets = {m.end(): m.start() for m in _BRACKET.finditer(text)}
    start = 0
    stretch = 0
    for match in candidates:
        end = match.end()
        while stretch < len(whole) and whole[stretch][1] <= end:
            stretch += 1
        if stretch < len(whole) and whole[stretch][0] < end:
            continue
        if _ends(text, match, start, brackets, rules):
            start = match.end("gap")
            yield end, start


def _ends(text: str, match: re.Match[str], start: int, brackets: dict[int, int], rules: _Rules) -> bool:
    """Whether the candidate ends the sentence that began at `start`."""
    following = match["next"]
    if following[0] in _NOT_A_START or not _may_begin(match, following):
        return False
    closers = match["closers"]
    if match["dash"] and match["mark"][-1] in "?!" and not closers and _within_dashes(text, match, start, rules):
        return False
    if closers:
        if closers[-1] not in ")]" and (match["dash"] or _reporting_follows(match, rules)):
            return False
        ends = range(match.start("closers") + 1, match.end("closers") + 1)
        if any(start < brackets.get(end, 0) < match.start() for end in ends):
            return False
        if closers[0] in ")]" and text[match.start() - 1 : match.start()] in ("(", "["):  # […]: words left out
            return False
    return match["mark"] not in (".", "!") or not _belongs_to_word(text, match, start, rules)


def _may_begin(match: re.Match[str], following: str) -> bool:
    """Whether a sentence may begin with what follows: no small letter, but `iPhone`, and `б)` in a list."""
    if not following[0].islower():
        return True
    if len(following) < 3:
        return match.string.startswith(")", match.end("next"))
    return following[1].isupper() or following[2].isupper()


def _within_dashes(text: str, match: re.Match[str], start: int, rules: _Rules) -> bool:
    """Whether a question or exclamation is put in between dashes: `Вона – ти уявляєш? – Марія.` A dash that opens the
    sentence is that of a dialogue.
    """
    if match["lead"] or match["next"].removesuffix(".") in rules.openers:
        return False
    opened = _INSERTED.search(text, max(start, match.start() - _LONGEST_INSERTION), match.start())
    return opened is not None and bool(text[start : opened.start()].strip()) and not text[start].isspace()


def _reporting_follows(match: re.Match[str], rules: _Rules) -> bool:
    """Whether a reporting clause follows a closing mark: `"Really?" Smith asked.`"""
    if match["mark"] == "." or match["lead"].strip():
        return False
    return _reports(match.string, match.start("next"), rules)


def _reports(text: str, at: int, rules: _Rules) -> bool:
    """Whether a name and a reporting verb begin at `at`."""
    word = _WORD.match(text, at)
    if rules.reporting is None or word is None or word[0] in rules.openers:
        return False
    return rules.reporting.match(text, at) is not None


def _belongs_to_word(text: str, match: re.Match[str], start: int, rules: _Rules) -> bool:
    """Whether the mark is part of an abbreviation, an initial, a number or a name, and so ends no sentence."""
    at, following = match.start(), match["next"]
    word_start = _word_start(text, start, at)
    word = text[word_start:at].lstrip(_OPENERS)
    if not word:
        return False
    if _ends_part_of_name(text, match, start, word, rules):
        return True
    if match["mark"] != ".":
        return False
    before = text[max(start, at - _LOOK_BACK) : word_start].strip()
    if _LIST_NUMBER.fullmatch(word) and not match["closers"] and _opens_item(before, rules):
        return True
    if word[-1].isdigit():
        return _belongs_to_number(text, match, word, before, rules)
    if match["closers"] and not following[0].isdigit() and match["closers"][-1] in '"»”':
        return False
    return _is_abbreviation(word, before, following, rules)


def _ends_part_of_name(text: str, match: re.Match[str], start: int, word: str, rules: _Rules) -> bool:
    """Whether a name has the mark: `Yahoo! Inc.`, `УП. Життя`; one that ends with it may end a sentence, too."""
    for left, right in rules.names.get(word + match["mark"], ()):
        if text.endswith(left, start, match.start() + 1):
            goes_on = text.startswith(right, match.start("next")) if right else match["next"] not in rules.openers
            if goes_on:
                return True
    return False


def _belongs_to_number(text: str, match: re.Match[str], word: str, before: str, rules: _Rules) -> bool:
    """Whether the dot behind a number is that of a date with spaces, or of an ordinal."""
    if match["next"][0].isdigit():
        return bool(_DAY_AND_MONTH.search(before) or _MONTH_AND_YEAR.match(text, match.start("next")))
    return rules.ordinal_dot and word.isdigit() and len(word) < 3 and match["next"] not in rules.openers


def _opens_item(before: str, rules: _Rules) -> bool:
    """Whether a number after `before` opens an item of a list: `1. …`, `Розділ 2. …`, `Order: 1. …`"""
    return not before or before[-1] in ":;" or before.rstrip(".").lower() in rules.numbered


def _is_abbreviation(word: str, before: str, following: str, rules: _Rules) -> bool:
    """Whether `word` with its dot goes on to `following`; `before` is the sentence up to the word."""
    opener, number = following in rules.openers, _is_number(following)
    previous = before.rsplit(None, 1)[-1].lstrip(_OPENERS) if before else ""
    joined = previous + word if previous.endswith(".") else word  # т. д. -> т.д
    forms = [joined, _small(joined), word, _small(word)]
    if "-" in word and not word[0].isdigit() and len(last := word.rpartition("-")[2]) > 1:  # прес-секр., not 17-м.
        forms.append(last)
    if previous[-1:].isdigit() and not rules.units.isdisjoint(forms):
        return number
    listed = next((form for form in forms if form in rules.listed), None)
    if listed is not None:
        return _listed_goes_on(listed, before, previous, following, rules)
    if len(word) == 1 and word.islower():
        return number
    if word in rules.one_letter_words and previous.islower():
        return False
    same_script = word[-1].isascii() == following[0].isascii()
    return word[0].isupper() and same_script and not opener and _INITIALS.fullmatch(word) is not None


def _is_number(following: str) -> bool:
    return following[0].isdigit() or following == "№"


def _listed_goes_on(form: str, before: str, previous: str, following: str, rules: _Rules) -> bool:
    """Whether an abbreviation of the language's lists goes on to what follows; `previous` is the word before it."""
    opener, number = following in rules.openers, _is_number(following)
    if form in rules.never:
        return True
    if form in rules.times:
        return not opener and (number or not (_NUMERAL.search(previous) and _has_predicate(before, rules)))
    if form in rules.seldom:
        return not opener
    return number or (not opener and bool(_DESIGNATION.fullmatch(following)))


def _has_predicate(before: str, rules: _Rules) -> bool:
    """Whether the clause so far is likely complete, so that a date at its end may end the sentence.

    `У 2021 р. Рада …` begins with its date; in `Завод закрили у 2021 р.` three words come first.
    """
    words = _CLAUSE_MARK.split(before)[-1].split()
    told = [word for word in words if not word.endswith(".")]  # Перша пол. ХХ
    return len(told) >= 3 and not words[0][0].isdigit() and words[0].lower() not in rules.prepositions


def _word_start(text: str, start: int, at: int) -> int:
    start = max(start, at - _LOOK_BACK)
    return max(text.rfind(" ", start, at), text.rfind("\xa0", start, at), start - 1) + 1


def _small(word: str) -> str:
    """The word with a small first letter; a lone capital is an initial and stays one."""
    return word[0].lower() + word[1:] if len(word) > 1 else word


def _whole_stretches(text: str, rules: _Rules) -> list[tuple[int, int]]:
    """The outermost stretches in which no sentence ends, in order."""
    stretches = [(q.start, q.end) for q in pair(text).pairs if _stays_whole(text, q, rules)]
    stretches += [m.span() for m in _BRACKET.finditer(text)]
    outermost: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if not outermost or end > outermost[-1][1]:
            outermost.append((start, end))
    return outermost


def _stays_whole(text: str, quotation: Quotation, rules: _Rules) -> bool:
    length = quotation.end - quotation.start
    if length > LONGEST_WHOLE_QUOTATION:
        return False
    if text[quotation.end - 2] == "," or _GOES_ON.match(text, quotation.end):
        return True
    if length <= LONGEST_TITLE and _WORD_BEFORE.search(text, max(0, quotation.start - 2), quotation.start):
        return True
    return text[quotation.end - 2] in "!?…" and _reports(text, quotation.end + 1, rules)


@cached
def _rules(language: str) -> _Rules:
    """The rules of a language."""
    facts = language_facts(language).sentences
    names: dict[str, list[tuple[str, str]]] = {}
    for name in facts.names:
        left, mark, right = re.fullmatch(r"(.*?)([.!])(?: (.+))?", name).groups()  # type: ignore[union-attr]
        names.setdefault(left.split(" ")[-1] + mark, []).append((left + mark, right or ""))
    verbs = "|".join(facts.reporting_verbs)
    never, seldom, times, before_number = map(_keys, (facts.never, facts.seldom, facts.times, facts.before_number))
    return _Rules(
        never=never,
        seldom=seldom,
        times=times,
        units=_keys(facts.units),
        before_number=before_number,
        listed=never | seldom | times | before_number,
        numbered=frozenset(facts.numbered),
        openers=frozenset(facts.openers),
        prepositions=frozenset(facts.prepositions),
        one_letter_words=frozenset(facts.one_letter_words),
        names={key: tuple(entries) for key, entries in names.items()},
        reporting=re.compile(rf"(?:[{CAPITALS}][\w.'’-]*\s+){{1,4}}(?:{verbs})\b") if verbs else None,
        ordinal_dot=facts.ordinal_dot,
    )


def _keys(abbreviations: Iterable[str]) -> frozenset[str]:
    """Abbreviations as the engine compares them: without spaces and the last dot."""
    return frozenset(entry.replace(" ", "").removesuffix(".") for entry in abbreviations)
