"""Who said what in one edition.

    blocks ─ find.py ─► candidates: stretches in marks, after dashes, in blocks of a quotation's label
           ─ attribution.py ─► the cue and the speaker of the sentence around each
           ─ form.py ─► direct, labelled, partial; names, titles and scare quotes are mentioned
           ─ indirect.py ─► reported speech, with or without some words in marks
           ─ speaker.py ─► the person behind pronouns, roles and surnames

Lexicons (cue verbs, phrases, pronouns, roles) are data/LANGUAGE.toml; a language without one has no quotes. Aligning
the quotes of several editions is not done here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus_builder.model import Block
from corpus_builder.quotes.attribution import Attribution, attribute
from corpus_builder.quotes.find import Candidate, candidates, insertions
from corpus_builder.quotes.form import form_of
from corpus_builder.quotes.indirect import reported
from corpus_builder.quotes.lexicon import lexicon
from corpus_builder.quotes.quote import Form, Quote, Span
from corpus_builder.quotes.speaker import Speakers

__all__ = ["Form", "Quote", "Span", "find_quotes"]


def find_quotes(blocks: Sequence[Block], language: str) -> list[Quote]:
    """The quotations of an edition, in the order of their first words; the headline may be among the blocks."""
    words = lexicon(language)
    if words is None:
        return []
    found: list[tuple[Candidate, Attribution, Form]] = []
    for candidate in candidates(blocks, words):
        mention = attribute(blocks, candidate, words)
        form = form_of(blocks, candidate, mention, words)
        if form is not None:
            found.append((candidate, mention or Attribution(), form))
    marked = [(candidate, form) for candidate, _, form in found]
    found += [(candidate, mention, Form.INDIRECT) for candidate, mention in reported(blocks, marked, words)]
    found.sort(key=lambda one: one[0].spans)
    speakers = Speakers(blocks, words)
    return [_quote(blocks, candidate, mention, form, speakers) for candidate, mention, form in found]


def _quote(
    blocks: Sequence[Block], candidate: Candidate, mention: Attribution, form: Form, speakers: Speakers
) -> Quote:
    nested, remarks = candidate.within is not None, tuple(insertions(blocks, candidate.spans))
    if form is Form.MENTIONED:
        return Quote(candidate.spans, form, insertions=remarks, nested=nested)
    label = blocks[candidate.first].speaker if form is Form.LABELLED else None
    person = speakers.person(candidate, mention, form)
    if nested and person is None and not speakers.is_pronoun_or_role(mention.speaker or ""):
        # inside somebody's words anything may stand where a speaker would: `Wiped it again and said: "…"`
        mention = replace(mention, speaker=None, speaker_span=None)
    return Quote(
        spans=candidate.spans,
        form=form,
        speaker=mention.speaker or label,
        speaker_span=mention.speaker_span,
        person=person,
        cue=mention.cue,
        cue_span=mention.cue_span,
        insertions=remarks,
        nested=nested,
    )
