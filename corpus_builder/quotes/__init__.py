"""Who said what in one edition.

    blocks ─ candidates.py ─► candidates: stretches in marks, after dashes, in blocks of a quotation's label
           ─ attribution.py, mentions.py ─► the cue and the speaker of the sentence around each
           ─ form.py ─► direct, labelled, partial; names, titles and scare quotes are mentioned
           ─ indirect.py ─► reported speech, with or without some words in marks
           ─ speaker.py, full_names.py ─► the person behind pronouns, roles and surnames

speech_words.py compiles the words of a language (cue verbs, pronouns, roles, first names) from its file; a language
whose file has no section [quotes] has no quotations. alignment.py and agreement.py compare those of several editions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus_builder.model import Block
from corpus_builder.quotes.attribution import Attribution, attribute
from corpus_builder.quotes.candidates import QuoteCandidate, candidates, insertions
from corpus_builder.quotes.form import form_of
from corpus_builder.quotes.indirect import reported
from corpus_builder.quotes.quote import BlockSpan, Form, Quote
from corpus_builder.quotes.repeated import RepeatedWords
from corpus_builder.quotes.speaker import Speakers
from corpus_builder.quotes.speech_words import speech_words

__all__ = ["BlockSpan", "Form", "Quote", "find_quotes"]


def find_quotes(blocks: Sequence[Block], language: str) -> list[Quote]:
    """The quotations of an edition, in the order of their first words; the headline may be among the blocks."""
    words = speech_words(language)
    if words is None:
        return []
    repeated = RepeatedWords(blocks)
    quotations: list[tuple[QuoteCandidate, Attribution, Form]] = []
    for candidate in candidates(blocks, words):
        attribution = attribute(blocks, candidate, words)
        form = form_of(blocks, candidate, attribution, words, repeated)
        if form is not None:
            quotations.append((candidate, attribution or Attribution(), form))
    in_marks = [(candidate, form) for candidate, _, form in quotations]
    quotations += [(candidate, said_by, Form.INDIRECT) for candidate, said_by in reported(blocks, in_marks, words)]
    quotations.sort(key=lambda quotation: quotation[0].spans)
    speakers = Speakers(blocks, words)
    return [_quote(blocks, candidate, said_by, form, speakers) for candidate, said_by, form in quotations]


def _quote(
    blocks: Sequence[Block], candidate: QuoteCandidate, attribution: Attribution, form: Form, speakers: Speakers
) -> Quote:
    nested, remarks = candidate.within is not None, tuple(insertions(blocks, candidate.spans))
    if form is Form.MENTIONED:
        return Quote(candidate.spans, form, insertions=remarks, nested=nested)
    label = blocks[candidate.first].speaker if form is Form.LABELLED else None
    person = speakers.person(candidate, attribution, form)
    if nested and person is None and not speakers.is_pronoun_or_role(attribution.speaker or ""):
        # within somebody's words, anything may be where a speaker would be: `Wiped it again and said: "…"`
        attribution = replace(attribution, speaker=None, speaker_span=None)
    return Quote(
        spans=candidate.spans,
        form=form,
        speaker=attribution.speaker or label,
        speaker_span=attribution.speaker_span,
        person=person,
        cue=attribution.cue,
        cue_span=attribution.cue_span,
        insertions=remarks,
        nested=nested,
    )
