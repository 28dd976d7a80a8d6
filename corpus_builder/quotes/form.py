"""Tell quotations from names, titles and scare quotes, and say how the words are given.

The text around the words decides, in this order: labels and blocks that say what they are (`_announced`), an
attribution or a colon beside them (`_is_direct`), a sentence of their own (`_is_sentence`). Words in a sentence that
begin with a capital (`_capitalised`) and those that do not (`_within_sentence`) may be names, titles and terms, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus_builder.model import Block, BlockKind
from corpus_builder.quotes.attribution import Attribution
from corpus_builder.quotes.candidates import QUOTE_LABELS, QuoteCandidate, surroundings
from corpus_builder.quotes.quote import Form
from corpus_builder.quotes.repeated import RepeatedWords
from corpus_builder.quotes.speech_words import SpeechWords
from corpus_builder.text.letters import CAPITALS

# The numbers were chosen by hand; benchmarks/quotes.py --part dev shows the effect of other ones.
# Words in marks that make a clause of their own are rarely fewer; names and titles rarely more.
_CLAUSE = 4
# With a capital and nothing else that distinguishes them from the name of a body, words in marks must be this many.
_SENTENCE = 8
# Letters that inflected forms of a word share at least.
_STEM = 5
_ENDS_SENTENCE = re.compile(rf"[.!?…»”\"]*\s*(?:$|[{CAPITALS}«\"“])")
_COMMA_AND_DASH = re.compile(r"\s*,\s*[–—-]\s")  # …", – такий коментар вона залишила


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A candidate with what decides its form.

    `said` are its words, `length` their number; `before` and `after` the text of the block around it.
    """

    blocks: Sequence[Block]
    candidate: QuoteCandidate
    attribution: Attribution | None
    words: SpeechWords
    said: str
    length: int
    before: str
    after: str
    repeated: RepeatedWords

    @property
    def block(self) -> Block:
        """The block that it begins in."""
        return self.blocks[self.candidate.first]

    @property
    def attributed(self) -> bool:
        """Whether the text says who said it, or by a verb that somebody did."""
        return self.attribution is not None

    @property
    def is_clause(self) -> bool:
        """Whether it has as many words as a clause of its own."""
        return self.length >= _CLAUSE

    @property
    def opens_sentence(self) -> bool:
        """Whether a sentence, or the block, begins with it."""
        before = self.before.rstrip()
        return not before or before[-1] in ".!?…"

    @property
    def capital(self) -> bool:
        """Whether its first word has a capital or is a number."""
        return self.said.lstrip("….([ ")[:1].isupper() or self.said[:1].isdigit()

    @property
    def introduced(self) -> bool:
        """Whether it follows a colon, or is an attributed clause that follows a comma."""
        before = self.before.rstrip()
        return before.endswith(":") or (before.endswith(",") and self.attributed and self.is_clause)

    @property
    def ends_sentence(self) -> bool:
        """Whether the sentence ends with it, or goes on after a comma and a dash."""
        return bool(_ENDS_SENTENCE.match(self.after) or _COMMA_AND_DASH.match(self.after))

    @property
    def follows_kind_of_name(self) -> bool:
        """Whether it follows a word that introduces names in marks: партія "…"."""
        return self.words.name_before.search(self.before) is not None


def form_of(
    blocks: Sequence[Block],
    candidate: QuoteCandidate,
    attribution: Attribution | None,
    words: SpeechWords,
    repeated: RepeatedWords,
) -> Form | None:
    """The form of a candidate; None where it is a single word, or no words in marks and no quotation either."""
    said = " ".join(blocks[block].text[start:end] for block, start, end in candidate.spans)
    length = len(re.findall(r"\w+", said))
    if not length:
        return None
    before, after = surroundings(blocks, candidate)
    stretch = _Stretch(blocks, candidate, attribution, words, said, length, before, after, repeated)
    form = _speech(stretch)
    return Form.MENTIONED if form is None and candidate.paired and length > 1 else form


def _speech(stretch: _Stretch) -> Form | None:
    """The form of a quotation; None where the words are not said to be anybody's."""
    announced = _announced(stretch)
    if announced is not None:
        return announced
    if _is_direct(stretch):
        return Form.DIRECT
    if _is_sentence(stretch):
        return Form.DIRECT if stretch.attributed or not _is_link(stretch) else None
    return _capitalised(stretch) if stretch.capital else _within_sentence(stretch)


def _announced(stretch: _Stretch) -> Form | None:
    """The form of what a label or the kind of its block calls a quotation."""
    block, candidate = stretch.block, stretch.candidate
    if block.label in QUOTE_LABELS and candidate.within is None:
        before = stretch.before.rstrip()
        if candidate.whole or stretch.opens_sentence or before.endswith(":"):
            return Form.LABELLED
    if candidate.whole:
        return Form.DIRECT if block.kind is BlockKind.BLOCKQUOTE else Form.LABELLED
    # A label opens the block, or the words around a nested quotation; `before` may be cut off.
    begins = candidate.opening - len(stretch.before) == (candidate.within or (0,))[0]
    return Form.LABELLED if begins and stretch.words.text_label.match(stretch.before) else None


def _is_direct(stretch: _Stretch) -> bool:
    """Whether an attribution behind it, a dash or a colon before it makes a quotation direct speech."""
    if stretch.candidate.dashed:
        return True
    if stretch.length < 2:
        return False
    if stretch.attribution is not None and stretch.attribution.after:
        return stretch.capital or stretch.opens_sentence or stretch.introduced
    return stretch.introduced and stretch.capital and (stretch.is_clause or stretch.attributed)


def _is_sentence(stretch: _Stretch) -> bool:
    """Whether the words are a sentence of their own, with nothing before them and nothing behind."""
    whole = stretch.ends_sentence or len(stretch.candidate.spans) > 1
    return stretch.opens_sentence and stretch.capital and stretch.is_clause and whole


def _capitalised(stretch: _Stretch) -> Form | None:
    """The form of words within a sentence that begin with a capital: most are names and titles."""
    ended = stretch.said[-1] in ".!?…,"
    joined = stretch.words.that_before.search(stretch.before) is not None  # he said that "We …"
    long_enough = stretch.length >= _SENTENCE or (stretch.is_clause and (ended or joined))
    if not long_enough or stretch.follows_kind_of_name or _is_title(stretch) or _is_term(stretch):
        return None
    return Form.PARTIAL if stretch.attributed else Form.DIRECT


def _within_sentence(stretch: _Stretch) -> Form | None:
    """The form of words that go on within a sentence: parts of what somebody said, or terms."""
    if stretch.words.term.match(stretch.said):
        return None
    if stretch.is_clause and stretch.attributed:
        return Form.PARTIAL
    if stretch.follows_kind_of_name or stretch.length < (2 if stretch.attributed else _CLAUSE):
        return None
    may_be_term = stretch.block.kind is BlockKind.TITLE or _is_term(stretch)
    return Form.PARTIAL if not may_be_term or (stretch.attributed and _is_echo(stretch)) else None


def _is_title(stretch: _Stretch) -> bool:
    """Whether the words look like the title of a law or, in English, of a work."""
    if stretch.words.title.match(stretch.said):
        return True
    long = [word for word in re.findall(r"\w+", stretch.said) if len(word) > 3]
    return len(long) > 1 and sum(word[0].isupper() for word in long) * 2 > len(long)


def _is_link(stretch: _Stretch) -> bool:
    """Whether the words are a link by themselves: the headline of another article."""
    start, end = stretch.candidate.opening + 1, stretch.candidate.closing - 1
    return any(link.start <= start and link.end >= end for link in stretch.block.links)


def _is_term(stretch: _Stretch) -> bool:
    """Whether the words are in marks elsewhere, too, in any case: then they are a name or a term."""
    return stretch.repeated.in_marks(_stems(stretch))


def _is_echo(stretch: _Stretch) -> bool:
    """Whether a longer quotation of the edition has the words: then titles and leads that repeat them quote it."""
    return stretch.repeated.in_longer_quotation(_stems(stretch))


def _stems(stretch: _Stretch) -> str:
    """A pattern of the beginnings of the words, up to the first interruption."""
    block, start, end = stretch.candidate.spans[0]
    stretch_words = re.findall(r"\w+", stretch.blocks[block].text[start:end])
    return r"\w*\W+".join(re.escape(word[:_STEM]) for word in stretch_words)
