"""From a mention to a person: surnames, roles and pronouns, by what the edition has said before.

A surname is resolved to the fullest name that shares it, a role to the name that it stands before, a pronoun (or no
mention at all) to whoever was last said to say something; a labelled quotation without a name, to its *Source*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus_builder.model import Block
from corpus_builder.text.quotation import pair
from corpus_builder.text.quotes.attribution import Attribution, governed
from corpus_builder.text.quotes.find import Candidate
from corpus_builder.text.quotes.lexicon import Lexicon, names
from corpus_builder.text.quotes.quote import Form

_SOURCE_LABEL = "source"
_ROLE_WINDOW = 60  # characters after a role in which the full name must begin
_AFTER_CUE = 60  # … and after a verb, in which its subject must
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class Speakers:
    """The people of one edition; `person` must be asked for its quotations in order."""

    def __init__(self, blocks: Sequence[Block], words: Lexicon) -> None:
        self._blocks = blocks
        self._words = words
        self._texts = [_without_quotations(block.text) for block in blocks]
        self._proper = _proper_words(self._texts)
        self._names = _full_names(blocks, words, self._proper)
        self._mentions = [
            (index, at, name) for index, text in enumerate(self._texts) for at, name in self._subjects(text)
        ]

    def person(self, candidate: Candidate, mention: Attribution, form: Form) -> str | None:
        """The fullest name of the speaker of a quotation, None where nobody is named."""
        label = self._blocks[candidate.first].speaker
        written = mention.speaker or (label if form is Form.LABELLED else None)
        if written is None:
            person = self._source(candidate.first) if form is Form.LABELLED and mention.cue is None else None
            person = person or self._latest(candidate)
        else:
            person = self._resolved(written, candidate, certain=mention.after or mention.speaker is None)
        if person is not None:
            self._mentions.append((candidate.last, candidate.closing, person))
        return person

    def _resolved(self, written: str, candidate: Candidate, certain: bool) -> str | None:
        """The person that a mention means; `certain` where a capital in it can only be that of a name."""
        found = [name.text for name in names(written, self._words)]
        acronym = bool(found) and found[-1].isupper() and len(found[-1]) > 1
        if found and not (acronym and written[0].islower()) and (certain or self._is_name(found[-1])):
            return self._fullest(found[-1])
        if any(self._words.pronoun.fullmatch(word) for word in written.split()):
            return self._latest(candidate)
        return self._by_role(written) or self._latest(candidate) or written

    def _is_name(self, name: str) -> bool:
        """Whether the words are capitalised for being a name, not for opening a sentence."""
        return len(name.split()) > 1 or name.split()[-1] in self._proper or self._known(name)

    def _known(self, name: str) -> bool:
        return any(_same_word(name.split()[-1], full.split()[-1]) for full in self._names)

    def _fullest(self, name: str) -> str:
        """The full name that shares its last word with `name`: in the same case if possible, then the most frequent."""
        last = name.split()[-1]
        matching = [full for full in self._names if _same_word(last, full.split()[-1])]
        exact = [full for full in matching if full.split()[-1] == last]
        return max(exact or matching, key=lambda full: self._names[full], default=name)

    def _by_role(self, role: str) -> str | None:
        """The person whose name the role stands before: `міністр` after `міністр оборони Андрій Загороднюк`."""
        parts = [word.lower()[: max(4, len(word) - 2)] for word in role.split() if len(word) > 3]
        if not parts:
            return None
        for block in self._blocks:
            for match in re.finditer(rf"\b{re.escape(parts[0])}", block.text, re.IGNORECASE):
                window = _SENTENCE_END.split(block.text[match.end() : match.end() + _ROLE_WINDOW + 40])[0]
                full = next((name for name in names(window, self._words) if len(name.text.split()) > 1), None)
                if full is not None and full.start <= _ROLE_WINDOW and self._known(full.text):
                    return self._fullest(full.text)
        return None

    def _latest(self, candidate: Candidate) -> str | None:
        """Whoever was last said to say something before the quotation, else the last full name that is a subject."""
        here = (candidate.first, candidate.opening)
        said = [mention for mention in self._mentions if mention[:2] < here]
        if said:
            return max(said, key=lambda mention: mention[:2])[2]
        for index in range(candidate.first, -1, -1):
            text = self._texts[index][: candidate.opening] if index == candidate.first else self._texts[index]
            full = [
                name.text
                for name in names(text, self._words)
                if len(name.text.split()) > 1 and not governed(text, name.start, self._words) and self._known(name.text)
            ]
            if full:
                return self._fullest(full[-1])
        return None

    def _subjects(self, text: str) -> Iterator[tuple[int, str]]:
        """(offset, person) of each subject of a verb of saying in a text."""
        for cue in self._words.cue.finditer(text):
            start = max((m.end() for m in _SENTENCE_END.finditer(text, 0, cue.start())), default=0)
            head = text[start : cue.start()]
            before = [
                name
                for name in names(head, self._words)
                if self._is_name(name.text) and not governed(head, name.start, self._words)
            ]
            if before:
                yield cue.start(), self._fullest(before[0].text)
                continue
            if any(self._words.pronoun.finditer(head)):
                continue
            tail = _SENTENCE_END.split(text[cue.end() : cue.end() + _AFTER_CUE])[0]
            after = [
                name
                for name in names(tail, self._words)
                if self._known(name.text) and not governed(tail, name.start, self._words)
            ]
            if after:
                yield cue.start(), self._fullest(after[0].text)

    def _source(self, index: int) -> str | None:
        """The speaker that the nearest *Source* before a labelled quotation names; a medium is none."""
        for place in range(index, -1, -1):
            block = self._blocks[place]
            if block.label != _SOURCE_LABEL:
                continue
            for name in names(self._texts[place], self._words):
                if len(name.text.split()) > 1 and self._known(name.text):
                    return self._fullest(name.text)
            for name in names(self._texts[place], self._words):
                if self._known(name.text):
                    return self._fullest(name.text)
            if self._words.medium.search(block.text):
                return None
            body = self._words.source_head.sub("", block.text)
            return re.split(r",\s|\s(?:у|в|на|in|on|із посиланням|со ссылкой)\s", body)[0].strip(' ."«»') or None
        return None


def same_person(one: str, other: str) -> bool:
    """Whether two names are forms of one: every word of the shorter has its like in the longer.

    >>> same_person("Дмитра Пєскова", "Пєсков")
    True
    """
    shorter, longer = sorted((one.split(), other.split()), key=len)
    return bool(shorter) and all(any(_same_word(a, b) for b in longer) for a in shorter)


def _without_quotations(text: str) -> str:
    """The text with spaces for what stands in marks, so that names in there are nobody's."""
    for quotation in pair(text).pairs:
        if quotation.depth == 0:
            length = quotation.end - quotation.start
            text = text[: quotation.start] + " " * length + text[quotation.end :]
    return text


def _proper_words(texts: Sequence[str]) -> frozenset[str]:
    """The capitalised words that are met within a sentence."""
    return frozenset(
        match[1]
        for text in texts
        for match in re.finditer(r"(?<![.!?–—])\s([A-ZА-ЯІЇЄҐЁ][\w'’ʼ-]+)", text)
        if match.start()
    )


def _full_names(blocks: Sequence[Block], words: Lexicon, proper: frozenset[str]) -> dict[str, int]:
    """Rows of two or three capitalised words, and how often each is met, in any case.

    A row that opens a sentence weighs less if its first word is never capitalised elsewhere (Рішення Разумкова).
    """
    seen: dict[str, int] = {}
    for block in blocks:
        for found in names(block.text, words):
            parts = found.text.split()
            if len(parts) > 3:
                parts = parts[-2:]
            if len(parts) < 2 or parts[-1] in words.not_names:
                continue
            name = " ".join(parts)
            seen[name] = seen.get(name, 0) + (3 if parts[0] in proper else 1)
    return {
        name: sum(
            count
            for other, count in seen.items()
            if len(other.split()) == len(name.split()) and same_person(name, other)
        )
        for name in seen
    }


def _same_word(one: str, other: str) -> bool:
    """Whether two words are forms of one name: they agree but for an ending of up to three letters."""
    one, other = one.lower(), other.lower()
    if one == other:
        return True
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared >= 3 and max(len(one), len(other)) - shared <= 3
