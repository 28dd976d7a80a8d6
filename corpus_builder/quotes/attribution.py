"""The words around a quotation that say who said it: the cue and the mention of the speaker.

After the words: `", – сказав міністр`, `," Smith said`; before them: `міністр заявив: "`, `За словами міністра, "`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus_builder.model import Block
from corpus_builder.quotes.find import Candidate
from corpus_builder.quotes.lexicon import Gender, Lexicon, Name, names, verb_gender
from corpus_builder.quotes.quote import Span
from corpus_builder.text.sentences import split

# A full stop ends a phrase unless it is that of initials or of an abbreviation: т.в.о. голови.
_NOUN_PHRASE_END = re.compile(
    r"[,;:!?()\[\]«»“”\"–—]|\s[-]\s|(?<!\b[A-ZА-ЯІЇЄҐ])\.(?=\s+[^\Wa-zа-яіїєґ]|\s*$|\s*[\"»”])"
)
# The name of a body or a medium in marks, before a verb and within a mention.
_MARKED_NAME = re.compile(r"(?:\b[\w'’ʼ-]+\s+)?(?:\"[^\"]{2,40}\"|«[^»]{2,40}»|“[^”]{2,40}”)\s*$")
_MARKED_WITHIN = re.compile(r"(?:\"[^\"]{2,40}\"|«[^»]{2,40}»|“[^”]{2,40}”)\s+")
_DATE = re.compile(r"\d[\w.:-]*\s+(?:[a-zа-яіїєґё]+\s+)?")  # 2 вересня, 2019 року
RELATIVE = re.compile(r"\s*(?:який|яка|яке|які|который|которая|которые|who|which)\b")
_LONGEST_CLAUSE = 160
_LONGEST_MENTION = 10  # words


@dataclass(frozen=True, slots=True)
class Attribution:
    """A cue and a speaker as written; `after` tells that they follow the words."""

    speaker: str | None = None
    speaker_span: Span | None = None
    cue: str | None = None
    cue_span: Span | None = None
    after: bool = False


def attribute(blocks: Sequence[Block], candidate: Candidate, words: Lexicon) -> Attribution | None:
    """What the sentence around a candidate says about its speaker, if anything."""
    if candidate.whole:
        return None
    inside = _between(blocks, candidate, words)
    if inside is not None:
        return inside
    first, last = blocks[candidate.first].text, blocks[candidate.last].text
    if candidate.within is not None:
        first = last = last[: candidate.within[1]]
    return _after(last, candidate, words) or _before(first, candidate, words)


def _between(blocks: Sequence[Block], candidate: Candidate, words: Lexicon) -> Attribution | None:
    """The attribution that interrupts the words."""
    for left, right in zip(candidate.spans, candidate.spans[1:], strict=False):
        if left.block == right.block and right.start - left.end > 5:
            found = _clause(blocks[left.block].text, left.block, left.end, right.start, words)
            if found is not None:
                return found
    return None


def _after(text: str, candidate: Candidate, words: Lexicon) -> Attribution | None:
    start = candidate.closing
    last = text[:start].rstrip("\"'”’»")[-1:]
    dash = re.match(r"[,.!?…]*\s*[,]?\s*[–—-]+\s*", text[start:])
    plain = re.match(r"\s+", text[start:]) if last in (",", "?", "!", "…") or candidate.dashed else None
    begin = dash or plain
    if begin is None:
        return None
    clause_start = start + begin.end()
    if dash is None and text[clause_start : clause_start + 1] in '"«“':
        return None
    end = _sentence_end(text, clause_start, words.language)
    return _clause(text, candidate.last, clause_start, min(end, clause_start + _LONGEST_CLAUSE), words)


def _clause(text: str, block: int, start: int, end: int, words: Lexicon) -> Attribution | None:
    """The attribution in `text[start:end]`, which holds nothing else: `сказав він`, `he said`."""
    cue = words.cue.search(text, start, end)
    if cue is None or cue.start() - start > 80:
        return None
    before = text[start : cue.start()].strip(' ,.–—-!?…"»”')
    if before:
        at = text.index(before, start)
        span = mention_before(text, at, cue.start(), words)
        if span is not None:
            return _found(text, block, span, cue.span(), after=True)
    return _found(text, block, phrase_after(text, cue.end(), end, words), cue.span(), after=True)


def _before(text: str, candidate: Candidate, words: Lexicon) -> Attribution | None:
    least = candidate.within[0] if candidate.within is not None else 0
    start, end = least + _sentence_start(text[least:], candidate.opening - least, words.language), candidate.opening
    block = candidate.first
    according = _last(words.according, text, start, end)
    if according is None:
        tail_end = (
            _sentence_end(text, candidate.closing, words.language)
            if candidate.first == candidate.last
            else candidate.closing
        )
        comma = re.match(r",\s+", text[candidate.closing : tail_end])
        according = words.according.match(text, candidate.closing + comma.end()) if comma else None
    if according is not None:
        inner = words.possessive.search(according.group())
        if inner is not None:
            at = according.start() + inner.start()
            return _found(text, block, (at, according.start() + inner.end()), according.span())
        return _found(text, block, phrase_after(text, according.end(), len(text), words), according.span())
    cue = _last(words.cue, text, start, end)
    if cue is None:
        return _announced(text, block, start, end, words)
    subject = mention_before(text, start, cue.start(), words)
    if subject is None:
        subject = phrase_after(text, cue.end(), end, words, names_only=True)
    return _found(text, block, subject, cue.span())


def _announced(text: str, block: int, start: int, end: int, words: Lexicon) -> Attribution | None:
    """The name before a colon that no verb of saying stands by: `Лукашенко піде на вибори: "`."""
    head = text[start:end]
    if not head.rstrip().endswith(":") or words.text_label.match(head):
        return None
    named = [
        name for name in names(head, words) if not governed(head, name.start, words) and not _in_marks(head, name.start)
    ]
    if not named:
        return None
    at = start + named[-1].start
    return Attribution(named[-1].text, Span(block, at, start + named[-1].end))


def mention_before(text: str, start: int, end: int, words: Lexicon) -> tuple[int, int] | None:
    """The subject before a verb: a pronoun next to it, else the last name, else the first words."""
    clause = text[start:end]
    cut = clause.rstrip()
    marked = _MARKED_NAME.search(clause)
    if marked is not None:
        return start + marked.start(), start + len(cut)
    pronoun = _last(words.pronoun, clause, 0, len(clause))
    named = [
        name
        for name in names(clause, words)
        if not governed(clause, name.start, words) and not _in_marks(clause, name.start)
    ]
    if pronoun is not None and (not named or pronoun.start() > named[-1].start):
        return start + pronoun.start(), start + pronoun.end()
    segment = max(clause.rfind(mark) for mark in ",;:") + 1
    if named:
        relative = RELATIVE.match(clause, segment)
        here = [name for name in named if name.start >= segment and not relative]
        if not here and not relative and (role := _role(clause[segment:], words)):
            at = clause.index(role, segment)
            return start + at, start + at + len(role)
        chosen = _whole_name(clause, _subject(clause, here or named, words), named)
        return start + _role_start(clause, chosen.start, words), start + _role_end(clause, chosen, words)
    inside = words.inside.match(clause)
    verb = words.cue.match(text, end)
    if inside is not None and verb is not None and verb_gender(verb.group(), words) is Gender.THEY:
        return start + inside.start("body"), start + inside.end("body")  # у штабі | повідомили
    cut_words = re.split(r"[,;:–—]", cut)[0].split()
    opening = cut_words[0] if len(cut_words) > 1 else ""
    if opening in words.not_names and not words.stop.fullmatch(opening.lower()):  # Однак | судді відповіли
        cut_words = cut_words[1:]
    if not cut_words or len(cut_words) > 8 or words.stop.fullmatch(cut_words[0].lower()):
        return None
    taken = " ".join(cut_words)
    at = clause.find(taken)
    return (start + at, start + at + len(taken)) if at >= 0 and taken else None


def _subject(clause: str, named: list[Name], words: Lexicon) -> Name:
    """The name next to the verb (голова Служби безпеки | Іван Баканов), if it may be a nominative, else a full name."""
    last = named[-1]
    first_name = last.text.split()[0]
    oblique = words.is_first_name(first_name) and first_name not in (*words.male, *words.female)
    if not clause[last.end :].strip() and not oblique and "," not in clause[named[0].end : last.start]:
        return last
    if not clause[: named[0].start].strip():
        return named[0]
    return next((name for name in named if len(name.text.split()) > 1), named[0])


def _role(segment: str, words: Lexicon) -> str | None:
    """The role without a name that a clause begins with (…, керівник МЗС | сказав), None if it begins otherwise."""
    taken = segment.split()
    if not 2 <= len(taken) <= 4 or any(words.stop.fullmatch(word.lower()) for word in taken):
        return None
    return segment.strip() if words.role.match(taken[0]) else None


def _whole_name(clause: str, chosen: Name, named: list[Name]) -> Name:
    """The name after an adjective and a noun that open a sentence: Сепаратистська організація | Комітети."""
    following = next((name for name in named if name.start > chosen.end), None)
    opens = not clause[: chosen.start].strip() and len(chosen.text.split()) == 1
    if (
        opens
        and following is not None
        and re.fullmatch(r"\s+[a-zа-яіїєґё'’-]+\s+", clause[chosen.end : following.start])
    ):
        return following
    return chosen


def _role_end(clause: str, name: Name, words: Lexicon) -> int:
    """Where a mention ends in English: behind the noun that its name goes before (Smith's lawyer, the US president)."""
    tail = re.match(r"\s+([a-z-]+(?:\s+[a-z-]+){0,2})\s*$", clause[name.end :])
    belongs = name.text.endswith(("'s", "’s")) or re.search(r"\b[Tt]he\s+$", clause[: name.start])
    if words.language != "en" or not belongs or tail is None:
        return name.end
    roles = [match for match in words.role.finditer(clause, name.end) if clause[match.start() - 1].isspace()]
    return roles[-1].end() if roles else name.end


def phrase_after(text: str, start: int, end: int, words: Lexicon, names_only: bool = False) -> tuple[int, int] | None:
    """The noun phrase after a verb: `сказав | міністр Іваненко | в ефірі`, `йдеться в | твіті міністра`."""
    while start < end and text[start].isspace():
        start += 1
    stop = words.stop.match(text, start)
    if stop is not None:
        name = next(iter(names(text, words, start, end)), None)
        if name is not None and not _in_marks(text[start:end], name.start - start):
            return start + _role_start(text[start:end], name.start - start, words), name.end
        return None if names_only else phrase_after(text, stop.end(), end, words)
    limit = _NOUN_PHRASE_END.search(text, start, end)
    finish = limit.start() if limit else end
    marked = _MARKED_WITHIN.match(text, finish, end)
    if marked is not None:  # директор "Електротрансу" | Віктор Шульга
        following = next(iter(names(text, words, marked.end(), end)), None)
        if following is not None and following.start == marked.end():
            return start, following.end
    stops = (
        match.start() for match in words.stop.finditer(text, start + 1, finish) if text[match.start() - 1].isspace()
    )
    finish = next(stops, finish)
    phrase = text[start:finish].rstrip()
    if not phrase or len(phrase.split()) > _LONGEST_MENTION:
        return None
    named = names(phrase, words)
    if named:
        last = named[0]
        for name in named[1:]:  # First Deputy Mayor | John Cole
            last = name if not phrase[last.end : name.start].strip() else last
        return start, start + last.end
    pronoun = words.pronoun.match(text, start, finish)
    if pronoun is not None:
        return pronoun.span()
    return None if names_only else (start, start + len(phrase))


def _role_start(clause: str, at: int, words: Lexicon) -> int:
    """Where the role before a name begins: `[голова громади] Степан Зінченко`."""
    head = clause[:at]
    edge = max((m.end() for m in re.finditer(r"[,;:.!?()«»“”\"–—]\s*|\s-\s", head)), default=0)
    for match in words.stop.finditer(head, edge):
        edge = max(edge, match.end())
    for match in words.cue.finditer(head, edge):
        edge = max(edge, match.end())
    for match in _DATE.finditer(head, edge):
        edge = max(edge, match.end())
    piece = clause[edge:at]
    edge += len(piece) - len(piece.lstrip())
    return edge if len(clause[edge:at].split()) <= _LONGEST_MENTION else at


def governed(clause: str, at: int, words: Lexicon) -> bool:
    """Whether a preposition stands right before: then the name is no subject."""
    previous = clause[:at].split()
    return bool(previous) and words.stop.fullmatch(previous[-1].lower()) is not None


def _in_marks(clause: str, at: int) -> bool:
    head = clause[:at]
    return head.count('"') % 2 == 1 or head.count("«") > head.count("»") or head.count("(") > head.count(")")


def _found(
    text: str, block: int, mention: tuple[int, int] | None, cue: tuple[int, int], after: bool = False
) -> Attribution:
    speaker = text[mention[0] : mention[1]] if mention else None
    return Attribution(
        speaker, Span(block, *mention) if mention else None, text[cue[0] : cue[1]], Span(block, *cue), after
    )


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    found = None
    for match in pattern.finditer(text, start, end):
        found = match
    return found


@lru_cache(maxsize=256)
def sentences(text: str, language: str) -> Sequence[tuple[int, int]]:
    """The sentences of a text, kept for the next who asks."""
    return tuple(split(text, language))


def _sentence_start(text: str, at: int, language: str) -> int:
    starts = [start for start, _ in sentences(text, language)]
    place = bisect_right(starts, at) - 1
    return starts[place] if place >= 0 else 0


def _sentence_end(text: str, at: int, language: str) -> int:
    return next((end for start, end in sentences(text, language) if end > at), len(text))
