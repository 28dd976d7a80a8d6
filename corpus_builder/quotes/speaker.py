"""From a mention to a person: surnames, roles and pronouns, by what the edition has said before.

A surname is resolved to the fullest name that shares it, a role to the name beside it, a pronoun to the last speaker
whose gender agrees; a labelled quotation without a name, to the last speaker of the block before it, or to its
*Source*. A speaker that cannot be found stays unknown.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

from corpus_builder.model import Block
from corpus_builder.quotes.attribution import Attribution
from corpus_builder.quotes.candidates import SOURCE_LABEL, QuoteCandidate
from corpus_builder.quotes.full_names import FullNames
from corpus_builder.quotes.mentions import governed, mention_before
from corpus_builder.quotes.name_mentions import NameMention, each_name, name_mentions
from corpus_builder.quotes.paired_marks import paired_marks
from corpus_builder.quotes.quote import Form
from corpus_builder.quotes.sentence_spans import FARTHEST
from corpus_builder.quotes.speech_words import Gender, SpeechWords, verb_gender
from corpus_builder.text.letters import SMALL

# Chosen by hand; benchmarks/quotes.py --part dev shows the effect of other ones.
_ROLE_WINDOW = 60  # code points between a role and the full name that it goes with
_LONGEST_NAME = 40  # … and those after them in which the name itself stands
_AFTER_CUE = 60  # … and those after a verb, in which its subject must begin
_LONGEST_ROLE = 3  # words of a role that may refer to somebody named before: міністр, the US president
_ROLE_STEM = 4  # letters of a role's words that are compared, at least; but for the last two, which decline
_FARTHEST_BACK = 300  # speeches, sentences or names that are looked back over (more than an article has)
_MOST_ROLES = 100  # different roles that are looked for in one edition (an article has a few)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_CLAUSE_BEGINS = re.compile(rf",\s+[{SMALL}]")
_CLAUSE_END = re.compile(r"[,;:.!?–—]")
_MARKED = re.compile(r"[\"«“][^\"«»“”]+[\"»”]$")


_Place = tuple[int, int]
"""A block and an offset in it."""


class _Speech(NamedTuple):
    """Somebody who says something at an offset of a block."""

    block: int
    at: int
    person: str

    @property
    def place(self) -> _Place:
        """Where they say it."""
        return self.block, self.at


def _place(speech: _Speech) -> _Place:
    return speech.place


def _start(name: NameMention) -> int:
    return name.start


class Speakers:
    """The people of one edition; `person` must be asked for its quotations in order."""

    def __init__(self, blocks: Sequence[Block], words: SpeechWords) -> None:
        self._blocks = blocks
        self._words = words
        self._texts = [_without_quotations(block.text) for block in blocks]
        self._names = FullNames([block.text for block in blocks], self._texts, words)
        self._named_in: dict[int, list[NameMention]] = {}
        self._begun: dict[int, list[_Speech]] = {}
        self._gaps = [[match.span() for match in _SENTENCE_END.finditer(text)] for text in self._texts]
        self._roles: dict[str, str | None] = {}
        self._speeches = [  # by where they are
            _Speech(index, at, name) for index in range(len(blocks)) for at, name in self._subjects(index)
        ]

    def person(self, candidate: QuoteCandidate, mention: Attribution, form: Form) -> str | None:
        """The fullest name of the speaker of a quotation, None if no person is named or a pronoun fits none."""
        label = self._blocks[candidate.first].speaker
        written = mention.speaker or (label if form is Form.LABELLED else None)
        if candidate.within is not None:  # the speaker of the words around it quotes somebody else
            return self._named(written, False) if written is not None else None
        gender = verb_gender(mention.cue, self._words)
        here = (candidate.first, candidate.opening)
        if mention.cue_span is not None:  # the subject of its own verb of saying does not count
            here = min(here, mention.cue_span[:2])
        if written is not None:
            certain = mention.after or mention.speaker is None
            person = self._resolved(written, mention, here, gender, certain)
        elif form is Form.LABELLED and mention.cue is None:
            person = self._announced(candidate) or self._source(candidate.first) or self._latest(here)
        else:
            person = self._latest(here, gender)
        if person is not None:
            insort(self._speeches, _Speech(candidate.last, candidate.closing, person), key=_place)
        return person

    def is_pronoun_or_role(self, written: str) -> bool:
        """Whether a mention is without a name: she, the minister."""
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
        """The full name in a mention; a name within a role is not the speaker's: Smith's lawyer, глава МЗС."""
        marked = _MARKED.search(written)
        if marked is not None:
            return written[marked.start() + 1 : marked.end() - 1]
        mentioned = name_mentions(written, self._words)
        if not mentioned:
            return None
        _, end, last = mentioned[-1]
        acronym = last.isupper() and len(last) > 1
        in_role = bool(written[: mentioned[-1].start].strip())
        if subject and in_role and self._names.is_oblique(last):  # речник | Путіна
            return None
        possessor = self._words.possessive_ending.search(last) is not None
        if possessor or (acronym and written[0].islower()) or written[end:].strip():
            return None
        return self._names.fullest(last) if certain or self._names.is_name(last) else None

    def _by_role(self, role: str) -> str | None:
        """The person whose name is beside a role: `міністр` after `міністр оборони Андрій Загороднюк`."""
        if role not in self._roles:
            self._roles[role] = self._beside_role(role) if len(self._roles) < _MOST_ROLES else None
        return self._roles[role]

    def _beside_role(self, role: str) -> str | None:
        long = [word.lower() for word in re.findall(r"[\w-]+", role) if len(word) >= _ROLE_STEM]
        stems = [re.escape(word[: max(_ROLE_STEM, len(word) - 2)]) for word in long]
        if not stems:
            return None
        bodies = [word.lower() for word in re.findall(r"\w+", role) if word.isupper() and len(word) > 1]
        head = re.compile(rf"\b{stems[-1] if self._words.head_last else stems[0]}\w*", re.IGNORECASE)
        scored = [
            (sum(re.search(rf"\b{stem}", around) is not None for stem in stems), name)
            for name, around in self._names_beside(head)
            if all(body in around for body in bodies)
        ]
        best = max(scored, key=lambda each: each[0], default=None)  # the first of the best
        return self._names.fullest(best[1]) if best is not None else None

    def _names_beside(self, head: re.Pattern[str]) -> Iterator[tuple[str, str]]:
        """Full names that a role goes with anywhere, each with the text around it, lower-cased."""
        for text in self._texts:
            for match in head.finditer(text):
                for name, begin, end in self._beside(text, match):
                    yield name, text[begin:end].lower()

    def _beside(self, text: str, role: re.Match[str]) -> Iterator[tuple[str, int, int]]:
        """Full names that a role goes with, with the stretch of text that shows it: before it, or as an apposition."""
        behind = _SENTENCE_END.split(text[role.end() : role.end() + _ROLE_WINDOW + _LONGEST_NAME])[0]
        name = next((name for name in name_mentions(behind, self._words) if len(name.text.split()) > 1), None)
        if name is not None and name.start <= _ROLE_WINDOW and self._names.known(name.text):
            # where the subject comes first, a small letter behind a comma begins a clause about somebody else
            broken = self._words.subject_first and _CLAUSE_BEGINS.search(behind[: name.start])
            if not broken:
                yield name.text, max(0, role.start() - _ROLE_WINDOW), role.end() + name.start
        start = max(0, role.start() - _ROLE_WINDOW)
        before = name_mentions(text[start : role.start()], self._words)
        full = next((name for name in reversed(before) if len(name.text.split()) > 1), None)
        if full is not None and re.fullmatch(r",[^,.;:!?]*", text[start + full.end : role.start()]):
            yield full.text, start + full.end, role.end()

    def _person_before(self, here: _Place, gender: Gender | None) -> str | None:
        """The last person who spoke before a place and may be of a gender; else the last one who is a subject."""
        if gender is Gender.THEY:
            return None
        near = next((each for each in self._beginnings(here) if self._may_be(each.person, gender)), None)
        earlier = next((each for each in self._earlier(here) if self._may_be(each.person, gender)), None)
        if near is not None or earlier is not None:
            return max(filter(None, (near, earlier)), key=_place).person
        for name, text in self._names_before(here):
            person = self._names.fullest(name.text)
            if not governed(text, name.start, self._words) and self._may_be(person, gender):
                return person
        return None

    def _names_before(self, here: _Place) -> Iterator[tuple[NameMention, str]]:
        """The names before a place, the last first, each with the text of its block; at most _FARTHEST_BACK."""
        index, left = here[0], _FARTHEST_BACK
        names = self._names_until(index, here[1])
        while left > 0:
            for name in reversed(names[-left:]):
                yield name, self._texts[index]
            left -= len(names) + 1
            if index == 0:
                return
            index -= 1
            names = self._names_in(index)

    def _names_until(self, index: int, at: int) -> list[NameMention]:
        """The names of a block as if it ended at an offset."""
        names = self._names_in(index)
        names = names[: bisect_left(names, at, key=_start)]
        if names and names[-1].end > at:
            cut = names.pop()
            names += name_mentions(self._texts[index], self._words, cut.start, at)
        return names

    def _names_in(self, index: int) -> list[NameMention]:
        if index not in self._named_in:
            self._named_in[index] = name_mentions(self._texts[index], self._words)
        return self._named_in[index]

    def _earlier(self, here: _Place) -> Iterator[_Speech]:
        """What was said before a place, the latest first, of one place the first first; at most _FARTHEST_BACK."""
        end = bisect_left(self._speeches, here, key=_place)
        latest = reversed(self._speeches[max(0, end - _FARTHEST_BACK) : end])
        for _, of_one_place in groupby(latest, key=_place):
            yield from reversed(list(of_one_place))

    def _beginnings(self, here: _Place) -> Iterator[_Speech]:
        """The people that sentences of the block before a place begin with, the last first; at most _FARTHEST_BACK."""
        index, at = here
        last = self._sentence_start(index, at)
        yield from self._beginning(index, last, at)
        if index not in self._begun:
            sentences = pairwise([0, *(end for _, end in self._gaps[index])])
            self._begun[index] = [each for start, end in sentences for each in self._beginning(index, start, end)]
        begun = self._begun[index]
        before = bisect_left(begun, (index, last), key=_place)
        yield from reversed(begun[max(0, before - _FARTHEST_BACK) : before])

    def _beginning(self, index: int, start: int, end: int) -> Iterator[_Speech]:
        """The person that a sentence begins with, if any."""
        text, end = self._texts[index], min(end, start + FARTHEST)
        name = next(each_name(text, self._words, start, end), None)
        opens = name is not None and len(text[start : name.start].split()) <= _LONGEST_ROLE
        if name is not None and opens and not governed(text[start:end], name.start - start, self._words):
            yield _Speech(index, name.start, self._names.fullest(name.text))

    def _sentence_start(self, index: int, at: int) -> int:
        """Where the sentence begins that an offset of a block lies in; between two, the offset itself."""
        gaps = self._gaps[index]
        place = bisect_left(gaps, at, key=itemgetter(0)) - 1
        return min(gaps[place][1], at) if place >= 0 else 0

    def _subject(self, mention: Attribution, gender: Gender | None) -> str | None:
        """The person that a sentence begins with which goes on with a pronoun: Smith met Reed, after which he said."""
        if mention.speaker_span is None:
            return None
        index, at, _ = mention.speaker_span
        text = self._texts[index][max(at - FARTHEST, self._sentence_start(index, at)) : at]
        for name in each_name(text, self._words):
            person = self._names.fullest(name.text)
            if not governed(text, name.start, self._words) and self._names.is_person(person):
                return person if self._may_be(person, gender) else None
        return None

    def _may_be(self, name: str, gender: Gender | None) -> bool:
        if not self._names.is_person(name):
            return False
        of_name = self._names.gender(name)
        return gender is None or of_name is None or of_name is gender

    def _latest(self, here: _Place, gender: Gender | None = None) -> str | None:
        """The last speaker before a place, a person or not, for words without a name."""
        if gender in (Gender.HE, Gender.SHE):
            return self._person_before(here, gender)
        latest = next(self._earlier(here), None)
        return latest.person if latest is not None else self._person_before(here, None)

    def _announced(self, candidate: QuoteCandidate) -> str | None:
        """The last speaker of the block before a labelled quotation, unless that is its *Source*."""
        before = candidate.first - 1
        if before < 1 or self._blocks[before].label == SOURCE_LABEL:
            return None
        latest = next(self._earlier((candidate.first, 0)), None)
        return latest.person if latest is not None and latest.block == before else None

    def _subjects(self, index: int) -> Iterator[tuple[int, str]]:
        """(offset, person) of each subject of a verb of saying in a block."""
        text = self._texts[index]
        for cue in self._words.cue.finditer(text):
            start = self._sentence_start(index, cue.start())
            start = max(start, cue.start() - FARTHEST)
            if self._words.relative.match(text, max(start, text.rfind(",", start, cue.start()) + 1)):
                continue  # of somebody in another clause
            span = mention_before(text, start, cue.start(), self._words)
            written = text[slice(*span)] if span is not None else ""
            if any(word in self._words.genders for word in written.lower().split()):
                continue
            person = self._named(written, False) or self._subject_behind(text, cue.end())
            if person is not None and self._names.is_subject(person, verb_gender(cue.group(), self._words)):
                yield cue.start(), person

    def _subject_behind(self, text: str, at: int) -> str | None:
        """The first known name in the clause behind a verb: сказав | Петренко."""
        tail = _CLAUSE_END.split(text[at : at + _AFTER_CUE])[0]
        stop = self._words.stop.search(tail)
        within = name_mentions(tail[: stop.start()] if stop else tail, self._words)
        return next((self._names.fullest(name.text) for name in within if self._names.known(name.text)), None)

    def _source(self, index: int) -> str | None:
        """The speaker that the nearest *Source* before a labelled quotation names; a medium is none."""
        for place in range(index, -1, -1):
            block = self._blocks[place]
            if block.label != SOURCE_LABEL:
                continue
            mentioned = [name.text for name in name_mentions(self._texts[place], self._words)]
            full_first = sorted(filter(self._names.known, mentioned), key=lambda name: len(name.split()) < 2)
            if full_first:
                return self._names.fullest(full_first[0])
            if self._words.medium.search(block.text):
                return None
            body = self._words.source_head.sub("", block.text)
            return self._words.source_tail.split(body)[0].strip(' ."«»') or None
        return None


def _without_quotations(text: str) -> str:
    """The text with spaces instead of the words in marks, so that names in there do not count."""
    pieces, end = [], 0
    for quotation in paired_marks(text).pairs:
        if quotation.depth == 0:
            pieces += [text[end : quotation.start], " " * (quotation.end - quotation.start)]
            end = quotation.end
    return "".join([*pieces, text[end:]])
