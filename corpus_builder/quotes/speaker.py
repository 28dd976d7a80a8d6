"""From a mention to a person: surnames, roles and pronouns, by what the edition has said before.

A surname is resolved to the fullest name that shares it, a role to the name that it stands by, a pronoun to the last
person who was said to say something and whose gender agrees; a labelled quotation without a name, to whoever the
block before it lets speak, or to its *Source*. Who is not found stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from corpus_builder.model import Block
from corpus_builder.quotes.attribution import RELATIVE, Attribution, governed, mention_before
from corpus_builder.quotes.find import SOURCE_LABEL, Candidate, marks
from corpus_builder.quotes.full_names import People
from corpus_builder.quotes.lexicon import Gender, Lexicon, names, verb_gender
from corpus_builder.quotes.quote import Form

_ROLE_WINDOW = 60  # characters between a role and the full name that it goes with
_AFTER_CUE = 60  # … and after a verb, in which its subject must begin
_LONGEST_ROLE = 3  # words of a role that may stand for somebody named before: міністр, the US president
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_CLAUSE_END = re.compile(r"[,;:.!?–—]")
_MARKED = re.compile(r"[\"«“][^\"«»“”]+[\"»”]$")
_POSSESSOR = re.compile(r"['’]s$")


_Place = tuple[int, int]
"""A block and an offset in it."""


class _Said(NamedTuple):
    """Somebody who says something at an offset of a block."""

    block: int
    at: int
    who: str


class Speakers:
    """The people of one edition; `person` must be asked for its quotations in order."""

    def __init__(self, blocks: Sequence[Block], words: Lexicon) -> None:
        self._blocks = blocks
        self._words = words
        self._texts = [_without_quotations(block.text) for block in blocks]
        self._people = People([block.text for block in blocks], self._texts, words)
        self._said = [
            _Said(index, at, name) for index, text in enumerate(self._texts) for at, name in self._subjects(text)
        ]

    def person(self, candidate: Candidate, mention: Attribution, form: Form) -> str | None:
        """The fullest name of the speaker of a quotation, None where nobody is named or a pronoun may be anybody's."""
        label = self._blocks[candidate.first].speaker
        written = mention.speaker or (label if form is Form.LABELLED else None)
        if candidate.within is not None:  # the speaker of the words around it is who quotes, not who is quoted
            return self._named(written, False) if written is not None else None
        gender = verb_gender(mention.cue, self._words)
        here = (candidate.first, candidate.opening)
        if mention.cue_span is not None:  # what its own verb of saying has been taken for is no help
            here = min(here, mention.cue_span[:2])
        if written is not None:
            certain = mention.after or mention.speaker is None
            person = self._resolved(written, mention, here, gender, certain)
        elif form is Form.LABELLED and mention.cue is None:
            person = self._announced(candidate) or self._source(candidate.first) or self._latest(here)
        else:
            person = self._latest(here, gender)
        if person is not None:
            self._said.append(_Said(candidate.last, candidate.closing, person))
        return person

    def is_pronoun_or_role(self, written: str) -> bool:
        """Whether a mention is one that names nobody: she, the minister."""
        return written.lower() in self._words.genders or self._words.role.match(written) is not None

    def _resolved(
        self, written: str, mention: Attribution, here: _Place, gender: Gender | None, certain: bool
    ) -> str | None:
        """The person that a mention means; `certain` where a capital in it can only be that of a name."""
        pronouns = [self._words.genders[word] for word in written.lower().split() if word in self._words.genders]
        named = self._named(written, certain, subject=self._words.according.match(mention.cue or "") is None)
        if named is not None:
            return named
        if pronouns:
            gender = pronouns[0]
            return self._subject(mention, gender) or self._person_before(here, gender)
        if gender is Gender.THEY:  # депутати, у міністерстві
            return written
        person = self._by_role(written)
        body = not self._words.role.match(written) and any(word.isupper() and len(word) > 1 for word in written.split())
        if person is None and not body and len(written.split()) <= _LONGEST_ROLE:
            person = self._person_before(here, gender) or self._latest(here)
        return person or written

    def _named(self, written: str, certain: bool, subject: bool = True) -> str | None:
        """The full name of whoever a mention names, which a name within a role does not: Smith's lawyer, глава МЗС."""
        marked = _MARKED.search(written)
        if marked is not None:
            return written[marked.start() + 1 : marked.end() - 1]
        found = names(written, self._words)
        if not found:
            return None
        last = found[-1].text
        acronym = last.isupper() and len(last) > 1
        in_role = bool(written[: found[-1].start].strip())
        if subject and in_role and self._people.is_oblique(last):  # речник | Путіна
            return None
        if _POSSESSOR.search(last) or (acronym and written[0].islower()) or written[found[-1].end :].strip():
            return None
        return self._people.fullest(last) if certain or self._people.is_name(last) else None

    def _by_role(self, role: str) -> str | None:
        """The person whose name a role stands by: `міністр` after `міністр оборони Андрій Загороднюк`."""
        stems = [
            re.escape(word.lower()[: max(4, len(word) - 2)]) for word in re.findall(r"[\w-]+", role) if len(word) > 3
        ]
        if not stems:
            return None
        bodies = [word.lower() for word in re.findall(r"\w+", role) if word.isupper() and len(word) > 1]
        best: tuple[int, str] | None = None
        head = re.compile(rf"\b{stems[-1] if self._words.language == 'en' else stems[0]}\w*", re.IGNORECASE)
        for text in self._texts:
            for match in head.finditer(text):
                for name, begin, end in self._beside(text, match):
                    around = text[begin:end].lower()
                    if not all(body in around for body in bodies):
                        continue
                    score = sum(re.search(rf"\b{stem}", around) is not None for stem in stems)
                    if best is None or score > best[0]:
                        best = score, self._people.fullest(name)
        return best[1] if best is not None else None

    def _beside(self, text: str, role: re.Match[str]) -> Iterator[tuple[str, int, int]]:
        """Full names that a role goes with, with the stretch of text that tells so: before it, or as an apposition."""
        behind = _SENTENCE_END.split(text[role.end() : role.end() + _ROLE_WINDOW + 40])[0]
        name = next((name for name in names(behind, self._words) if len(name.text.split()) > 1), None)
        if name is not None and name.start <= _ROLE_WINDOW and self._people.known(name.text):
            broken = self._words.language == "en" and re.search(r",\s+[a-z]", behind[: name.start])
            if not broken:
                yield name.text, max(0, role.start() - _ROLE_WINDOW), role.end() + name.start
        start = max(0, role.start() - _ROLE_WINDOW)
        named = [name for name in names(text[start : role.start()], self._words) if len(name.text.split()) > 1]
        if named and re.fullmatch(r",[^,.;:!?]*", text[start + named[-1].end : role.start()]):
            yield named[-1].text, start + named[-1].end, role.end()

    def _person_before(self, here: _Place, gender: Gender | None) -> str | None:
        """The last person who spoke before a place and may be of a gender; else the last one who is a subject."""
        if gender is Gender.THEY:
            return None
        near = [one for one in self._beginnings(here) if self._may_be(one.who, gender)]
        said = [one for one in self._said if one[:2] < here and self._may_be(one.who, gender)]
        if near or said:
            return max(near + said, key=lambda one: one[:2]).who
        for index in range(here[0], -1, -1):
            text = self._texts[index][: here[1]] if index == here[0] else self._texts[index]
            for name in reversed(names(text, self._words)):
                who = self._people.fullest(name.text)
                if not governed(text, name.start, self._words) and self._may_be(who, gender):
                    return who
        return None

    def _beginnings(self, here: _Place) -> Iterator[_Said]:
        """The people that sentences of the block before a place begin with."""
        text, start = self._texts[here[0]][: here[1]], 0
        for end in [*(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]:
            name = next(iter(names(text, self._words, start, end)), None)
            opens = name is not None and len(text[start : name.start].split()) <= _LONGEST_ROLE
            if name is not None and opens and not governed(text[start:end], name.start - start, self._words):
                yield _Said(here[0], name.start, self._people.fullest(name.text))
            start = end

    def _subject(self, mention: Attribution, gender: Gender | None) -> str | None:
        """The person that a sentence begins with which goes on with a pronoun: Smith met Reed, after which he said."""
        if mention.speaker_span is None:
            return None
        text = self._texts[mention.speaker_span.block][: mention.speaker_span.start]
        text = text[max((match.end() for match in _SENTENCE_END.finditer(text)), default=0) :]
        for name in names(text, self._words):
            who = self._people.fullest(name.text)
            if not governed(text, name.start, self._words) and self._people.is_person(who):
                return who if self._may_be(who, gender) else None
        return None

    def _may_be(self, name: str, gender: Gender | None) -> bool:
        if not self._people.is_person(name):
            return False
        known = self._people.gender(name)
        return gender is None or known is None or known is gender

    def _latest(self, here: _Place, gender: Gender | None = None) -> str | None:
        """Whoever was last said to say something before a place, a person or not, for words that name nobody."""
        if gender in (Gender.HE, Gender.SHE):
            return self._person_before(here, gender)
        said = [one for one in self._said if one[:2] < here]
        return max(said, key=lambda one: one[:2]).who if said else self._person_before(here, None)

    def _announced(self, candidate: Candidate) -> str | None:
        """Whoever the block before a labelled quotation says to have said something, unless that is its *Source*."""
        before = candidate.first - 1
        if before < 1 or self._blocks[before].label == SOURCE_LABEL:
            return None
        said = [one for one in self._said if one.block == before]
        return max(said, key=lambda one: one.at).who if said else None

    def _subjects(self, text: str) -> Iterator[tuple[int, str]]:
        """(offset, person) of each subject of a verb of saying in a text."""
        for cue in self._words.cue.finditer(text):
            start = max((m.end() for m in _SENTENCE_END.finditer(text, 0, cue.start())), default=0)
            if RELATIVE.match(text, max(start, text.rfind(",", start, cue.start()) + 1)):
                continue  # of somebody in another clause
            span = mention_before(text, start, cue.start(), self._words)
            written = text[slice(*span)] if span is not None else ""
            if any(word in self._words.genders for word in written.lower().split()):
                continue
            who = self._named(written, False)
            if who is None:
                tail = _CLAUSE_END.split(text[cue.end() : cue.end() + _AFTER_CUE])[0]
                stop = self._words.stop.search(tail)
                within = names(tail[: stop.start()] if stop else tail, self._words)
                who = next((self._people.fullest(name.text) for name in within if self._people.known(name.text)), None)
            if who is not None and self._people.is_subject(who, verb_gender(cue.group(), self._words)):
                yield cue.start(), who

    def _source(self, index: int) -> str | None:
        """The speaker that the nearest *Source* before a labelled quotation names; a medium is none."""
        for place in range(index, -1, -1):
            block = self._blocks[place]
            if block.label != SOURCE_LABEL:
                continue
            found = [name.text for name in names(self._texts[place], self._words) if self._people.known(name.text)]
            for name in sorted(found, key=lambda name: len(name.split()) < 2):
                return self._people.fullest(name)
            if self._words.medium.search(block.text):
                return None
            body = self._words.source_head.sub("", block.text)
            return re.split(r",\s|\s(?:у|в|на|in|on|із посиланням|со ссылкой)\s", body)[0].strip(' ."«»') or None
        return None


def _without_quotations(text: str) -> str:
    """The text with spaces for what stands in marks, so that names in there are nobody's."""
    for quotation in marks(text).pairs:
        if quotation.depth == 0:
            length = quotation.end - quotation.start
            text = text[: quotation.start] + " " * length + text[quotation.end :]
    return text
