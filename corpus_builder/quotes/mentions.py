"""The words that a verb of saying goes with: the subject before it, or the noun phrase after it.

`міністр Іваненко | заявив`, `сказав | речник Путіна`, `the US president | said`. Offsets are those of the text.
"""

from __future__ import annotations

import re
from collections import deque

from corpus_builder.quotes.name_mentions import NameMention, each_name, name_mentions
from corpus_builder.quotes.sentence_spans import FARTHEST
from corpus_builder.quotes.speech_words import Gender, SpeechWords, verb_gender
from corpus_builder.text.letters import CAPITALS, SMALL

Stretch = tuple[int, int]
"""Where a mention begins and ends."""

# A full stop ends a phrase unless it is that of initials or of an abbreviation: т.в.о. голови.
_NOUN_PHRASE_END = re.compile(rf"[,;:!?()\[\]«»“”\"–—]|\s[-]\s|(?<!\b[{CAPITALS}])\.(?=\s+[^\W{SMALL}]|\s*$|\s*[\"»”])")
# The name of a body or a medium in marks, before a verb and within a mention.
_MARKED_NAME = re.compile(r"(?:\b[\w'’ʼ-]+\s+)?(?:\"[^\"]{2,40}\"|«[^»]{2,40}»|“[^”]{2,40}”)\s*$")
_MARKED_WITHIN = re.compile(r"(?:\"[^\"]{2,40}\"|«[^»]{2,40}»|“[^”]{2,40}”)\s+")
_DATE = re.compile(rf"\d[\w.:-]*\s+(?:[{SMALL}]+\s+)?")  # 2 вересня, 2019 року
_BREAK = re.compile(r"[,;:.!?()«»“”\"–—]\s*|\s-\s")
_NOUN = re.compile(rf"\s+[{SMALL}'’-]+\s+")
_NOUNS_BEHIND = re.compile(rf"\s+([{SMALL}-]+(?:\s+[{SMALL}-]+){{0,2}})\s*$")
# Words; longer phrases are clauses, no mentions. All numbers here were chosen by hand; benchmarks/quotes.py --part dev
# shows the effect of other ones.
_LONGEST_MENTION = 10
_LONGEST_FIRST_WORDS = 8
_ROLE_WORDS = range(2, 5)
# More code points than a match of a verb of saying, a pronoun or "according to" has (chosen: they are a few words).
_LONGEST_MATCH = 300


def mention_before(text: str, start: int, end: int, words: SpeechWords) -> Stretch | None:
    """The subject in `text[start:end]`, before a verb: a pronoun next to it, else the last name, else the first words.

    A name in marks right before the verb comes before all of these.
    """
    start = max(start, end - FARTHEST)
    clause = text[start:end]
    marked = _MARKED_NAME.search(clause)
    if marked is not None:
        return start + marked.start(), start + len(clause.rstrip())
    names = [
        name
        for name in name_mentions(clause, words)
        if not governed(clause, name.start, words) and not in_marks(clause, name.start)
    ]
    pronoun = last_match(words.pronoun, clause, 0, len(clause))
    if pronoun is not None and (not names or pronoun.start() > names[-1].start):
        found: Stretch | None = pronoun.span()
    elif names:
        found = _named_subject(clause, names, words)
    else:
        found = _body_within(text, end, clause, words) or _first_words(clause, words)
    return (start + found[0], start + found[1]) if found is not None else None


def phrase_after(text: str, start: int, end: int, words: SpeechWords, names_only: bool = False) -> Stretch | None:
    """The noun phrase after a verb: `сказав | міністр Іваненко | в ефірі`, `йдеться в | твіті міністра`."""
    end = min(end, start + FARTHEST)
    start = _not_space(text, start, end)
    while (stop := words.stop.match(text, start)) is not None:
        name = next(each_name(text, words, start, end), None)
        if name is not None and not in_marks(text[start:end], name.start - start):
            return start + _role_start(text[start:end], name.start - start, words), name.end
        if names_only:
            return None
        start = _not_space(text, stop.end(), end)
    limit = _NOUN_PHRASE_END.search(text, start, end)
    finish = limit.start() if limit else end
    marked = _MARKED_WITHIN.match(text, finish, end)
    if marked is not None:  # директор "Електротрансу" | Віктор Шульга
        following = next(each_name(text, words, marked.end(), end), None)
        if following is not None and following.start == marked.end():
            return start, following.end
    return _phrase(text, start, _before_stop(text, start, finish, words), words, names_only)


def _not_space(text: str, start: int, end: int) -> int:
    """Where the first character of `text[start:end]` is that is no white space."""
    while start < end and text[start].isspace():
        start += 1
    return start


def governed(clause: str, at: int, words: SpeechWords) -> bool:
    """Whether a preposition comes right before: then the name is no subject."""
    previous = clause[max(0, at - _LONGEST_MATCH) : at].split()
    return bool(previous) and words.stop.fullmatch(previous[-1].lower()) is not None


def in_marks(clause: str, at: int) -> bool:
    """Whether an offset lies within marks or brackets that are opened in the clause."""
    head = clause[:at]
    return head.count('"') % 2 == 1 or head.count("«") > head.count("»") or head.count("(") > head.count(")")


def last_match(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    """The last place of `text[start:end]` that a pattern matches."""
    return next(iter(deque(pattern.finditer(text, start, end), maxlen=1)), None)


def _named_subject(clause: str, names: list[NameMention], words: SpeechWords) -> Stretch:
    """The subject of a clause with names: one of them with its role, or a role that begins the last part."""
    segment = max(clause.rfind(mark) for mark in ",;:") + 1
    relative = words.relative.match(clause, segment)
    here = [name for name in names if name.start >= segment and not relative]
    if not here and not relative and (role := _role(clause[segment:], words)):
        at = clause.index(role, segment)
        return at, at + len(role)
    chosen = _whole_name(clause, _subject(clause, here or names, words), names)
    return _role_start(clause, chosen.start, words), _role_end(clause, chosen, words)


def _body_within(text: str, verb_at: int, clause: str, words: SpeechWords) -> Stretch | None:
    """The body that a verb in the plural speaks for: у | штабі | повідомили."""
    inside = words.inside.match(clause)
    verb = words.cue.match(text, verb_at)
    if inside is None or verb is None or verb_gender(verb.group(), words) is not Gender.THEY:
        return None
    return inside.span("body")


def _first_words(clause: str, words: SpeechWords) -> Stretch | None:
    """The first words of a clause, without a conjunction that opens it: Однак | судді | відповіли."""
    first = re.split(r"[,;:–—]", clause.rstrip())[0].split()
    opening = first[0] if len(first) > 1 else ""
    if opening in words.not_names and not words.stop.fullmatch(opening.lower()):
        first = first[1:]
    if not first or len(first) > _LONGEST_FIRST_WORDS or words.stop.fullmatch(first[0].lower()):
        return None
    mention = " ".join(first)
    at = clause.find(mention)
    return (at, at + len(mention)) if at >= 0 else None


def _subject(clause: str, names: list[NameMention], words: SpeechWords) -> NameMention:
    """The name next to the verb (голова Служби безпеки | Іван Баканов), if it may be a nominative, else a full name."""
    last = names[-1]
    first_name = last.text.split()[0]
    oblique = words.is_first_name(first_name) and first_name not in (*words.male, *words.female)
    if not clause[last.end :].strip() and not oblique and "," not in clause[names[0].end : last.start]:
        return last
    if not clause[: names[0].start].strip():
        return names[0]
    return next((name for name in names if len(name.text.split()) > 1), names[0])


def _role(segment: str, words: SpeechWords) -> str | None:
    """The role without a name that a clause begins with (…, керівник МЗС | сказав), None if it begins otherwise."""
    parts = segment.split()
    if len(parts) not in _ROLE_WORDS or any(words.stop.fullmatch(part.lower()) for part in parts):
        return None
    return segment.strip() if words.role.match(parts[0]) else None


def _whole_name(clause: str, chosen: NameMention, names: list[NameMention]) -> NameMention:
    """The name after an adjective and a noun that open a sentence: Сепаратистська організація | Комітети."""
    following = next((name for name in names if name.start > chosen.end), None)
    opens = not clause[: chosen.start].strip() and len(chosen.text.split()) == 1
    if opens and following is not None and _NOUN.fullmatch(clause[chosen.end : following.start]):
        return following
    return chosen


def _role_end(clause: str, name: NameMention, words: SpeechWords) -> int:
    """Where a mention ends: behind the noun that its name goes before (Smith's lawyer, the US president)."""
    tail = _NOUNS_BEHIND.match(clause[name.end :])
    belongs = words.possessive_ending.search(name.text) or words.article_before.search(clause[: name.start])
    if not belongs or tail is None:
        return name.end
    roles = [match for match in words.role.finditer(clause, name.end) if clause[match.start() - 1].isspace()]
    return roles[-1].end() if roles else name.end


def _role_start(clause: str, at: int, words: SpeechWords) -> int:
    """Where the role before a name begins: `[голова громади] Степан Зінченко`."""
    head = clause[:at]
    edge = max((match.end() for match in _BREAK.finditer(head)), default=0)
    for pattern in (words.stop, words.cue, _DATE):
        edge = max([edge, *(match.end() for match in pattern.finditer(head, edge))])
    piece = clause[edge:at]
    edge += len(piece) - len(piece.lstrip())
    return edge if len(clause[edge:at].split()) <= _LONGEST_MENTION else at


def _before_stop(text: str, start: int, finish: int, words: SpeechWords) -> int:
    """Where the first word that belongs to no mention begins, behind the first word; `finish` where none does."""
    stops = words.stop.finditer(text, start + 1, finish)
    return next((match.start() for match in stops if text[match.start() - 1].isspace()), finish)


def _phrase(text: str, start: int, finish: int, words: SpeechWords, names_only: bool) -> Stretch | None:
    """The mention in a noun phrase: up to the last of its adjacent names, a pronoun, or all of it."""
    phrase = text[start:finish].rstrip()
    if not phrase or len(phrase.split()) > _LONGEST_MENTION:
        return None
    names = name_mentions(phrase, words)
    if names:
        last = names[0]
        for name in names[1:]:  # First Deputy Mayor | John Cole
            last = name if not phrase[last.end : name.start].strip() else last
        return start, start + last.end
    pronoun = words.pronoun.match(text, start, finish)
    if pronoun is not None:
        return pronoun.span()
    return None if names_only else (start, start + len(phrase))
