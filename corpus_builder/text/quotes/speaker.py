"""From a mention to a person: surnames, roles and pronouns, by what the edition has said before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus_builder.model import Block
from corpus_builder.text.quotes.attribution import Attribution, governed
from corpus_builder.text.quotes.find import Candidate
from corpus_builder.text.quotes.lexicon import NAME, Lexicon
from corpus_builder.text.quotes.quote import Form

_SOURCE_LABEL = "source"
_ROLE_WINDOW = 60  # characters before a full name in which its role may stand


class Speakers:
    """The people of one edition; `person` must be asked for its quotations in order."""

    def __init__(self, blocks: Sequence[Block], words: Lexicon) -> None:
        self._blocks = blocks
        self._words = words
        self._names = _full_names(blocks, words)
        self._last: str | None = None

    def person(self, candidate: Candidate, mention: Attribution, form: Form) -> str | None:
        """The fullest name of the speaker of a quotation, None where nobody is named."""
        label = self._blocks[candidate.first].speaker
        written = mention.speaker or (label if form is Form.LABELLED else None)
        if written is None:
            person = self._source(candidate.first) if form is Form.LABELLED else self._last
            person = person or self._subject_before(candidate)
        elif self._words.pronoun.fullmatch(written):
            person = self._subject_before(candidate) or self._last
        else:
            person = self._resolved(written, candidate)
        self._last = person or self._last
        return person

    def _resolved(self, written: str, candidate: Candidate) -> str | None:
        name = _last_name(written, self._words)
        if name is not None and not (name.isupper() and len(name) > 1 and written[0].islower()):
            return self._fullest(name)
        return self._by_role(written) or self._last or self._subject_before(candidate) or written

    def _fullest(self, name: str) -> str:
        """The longest name that shares its last word with `name`; the one in the same case where there is a choice."""
        last = name.split()[-1]
        matching = [full for full in self._names if _same_word(last, full.split()[-1])]
        if len(name.split()) > 1 and not matching:
            return name
        if not matching:
            return name
        exact = [full for full in matching if full.split()[-1] == last]
        return max(exact or matching, key=lambda full: self._names[full])

    def _by_role(self, role: str) -> str | None:
        """The person whose name some role stands before: `міністр` after `міністр оборони Андрій Загороднюк`."""
        head = role.split()[0].lower()
        if len(head) < 4:
            return None
        stem = head[: max(4, len(head) - 2)]
        for block in self._blocks:
            for match in NAME.finditer(block.text):
                if len(match.group().split()) < 2:
                    continue
                window = block.text[max(0, match.start() - _ROLE_WINDOW) : match.start()].lower()
                window = re.split(r"[.!?;]", window)[-1]
                if re.search(rf"\b{re.escape(stem)}", window):
                    return self._fullest(match.group())
        return None

    def _subject_before(self, candidate: Candidate) -> str | None:
        """The last person named as saying something before the sentence of the quotation."""
        for index in range(candidate.first, -1, -1):
            text = self._blocks[index].text
            end = candidate.opening if index == candidate.first else len(text)
            for cue in reversed(list(self._words.cue.finditer(text, 0, end))):
                head = re.split(r"(?<=[.!?])\s", text[: cue.start()])[-1]
                names = [
                    m.group()
                    for m in NAME.finditer(head)
                    if m.group() not in self._words.not_names and not governed(head, m.start(), self._words)
                ]
                known = [name for name in names if self._known(name)] or names[:1]
                if known:
                    return self._fullest(known[0])
            if index < candidate.first - 4:
                break
        return None

    def _known(self, name: str) -> bool:
        last = name.split()[-1]
        return any(_same_word(last, full.split()[-1]) for full in self._names)

    def _source(self, index: int) -> str | None:
        """The speaker that the nearest *Source* before a labelled quotation names."""
        for place in range(index, -1, -1):
            block = self._blocks[place]
            if block.label == _SOURCE_LABEL:
                text = re.split(r",\s|\s(?:у|в|на|with|із посиланням)\s", self._words.source_head.sub("", block.text))[
                    0
                ]
                for match in NAME.finditer(block.text):
                    if self._known(match.group()) and not re.search(r"[\"«“]$", block.text[: match.start()]):
                        return self._fullest(match.group())
                return text.strip(" .") or None
        return None


def _full_names(blocks: Sequence[Block], words: Lexicon) -> dict[str, int]:
    """Rows of two or three capitalised words, in order, and how often each is met in any case within a sentence.

    A row at the beginning of a sentence counts less: its first word may be capitalised for that (Рішення Разумкова).
    """
    seen: dict[str, int] = {}
    for block in blocks:
        for match in NAME.finditer(block.text):
            parts = match.group().split()
            while parts and parts[0] in words.not_names:
                parts = parts[1:]
            if 2 <= len(parts) <= 3 and not any(part.isupper() and len(part) > 2 for part in parts):
                opens = not block.text[: match.start()].rstrip() or block.text[: match.start()].rstrip()[-1] in ".!?"
                name = " ".join(parts)
                seen[name] = seen.get(name, 0) + (1 if opens else 3)
    return {name: sum(count for other, count in seen.items() if _same_name(name, other)) for name in seen}


def _same_name(one: str, other: str) -> bool:
    return len(one.split()) == len(other.split()) and same_person(one, other)


def _last_name(written: str, words: Lexicon) -> str | None:
    names = [m.group() for m in NAME.finditer(written) if m.group() not in words.not_names]
    return names[-1] if names else None


def _same_word(one: str, other: str) -> bool:
    """Whether two words are forms of one name: they agree but for an ending of up to three letters."""
    one, other = one.lower(), other.lower()
    if one == other:
        return True
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared >= 3 and max(len(one), len(other)) - shared <= 3


def same_person(one: str, other: str) -> bool:
    """Whether two names are forms of one: every word of the shorter has its like in the longer.

    >>> same_person("Дмитра Пєскова", "Пєсков")
    True
    """
    shorter, longer = sorted((one.split(), other.split()), key=len)
    return bool(shorter) and all(any(_same_word(a, b) for b in longer) for a in shorter)
