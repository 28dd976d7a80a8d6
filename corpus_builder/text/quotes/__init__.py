"""Who said what in one edition.

    blocks ─ find.py ─► candidates: stretches in marks, after dashes, in blocks of a quotation's label
           ─ attribution.py ─► the cue and the speaker of the sentence around each
           ─ form.py ─► direct, labelled, partial; names, titles and scare quotes are left out
           ─ speaker.py ─► the person behind pronouns, roles and surnames

Lexicons (cue verbs, phrases, pronouns, roles) are data/LANGUAGE.toml; a language without one has no quotes. Aligning
the quotes of several editions is not done here.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus_builder.model import Block
from corpus_builder.text.quotes.attribution import Attribution, attribute
from corpus_builder.text.quotes.find import candidates, insertions
from corpus_builder.text.quotes.form import form_of
from corpus_builder.text.quotes.lexicon import lexicon
from corpus_builder.text.quotes.quote import Form, Quote, Span
from corpus_builder.text.quotes.speaker import Speakers

__all__ = ["Form", "Quote", "Span", "find_quotes"]


def find_quotes(blocks: Sequence[Block], language: str) -> list[Quote]:
    """The quotations of an edition, in the order of their first words; the headline may be among the blocks."""
    words = lexicon(language)
    if words is None:
        return []
    speakers = Speakers(blocks, words)
    quotes: list[Quote] = []
    for candidate in candidates(blocks, words):
        found = attribute(blocks, candidate, words)
        form = form_of(blocks, candidate, found, words)
        if form is None:
            continue
        mention = found or Attribution()
        person = speakers.person(candidate, mention, form)
        label = blocks[candidate.spans[0].block].speaker if form is Form.LABELLED else None
        quotes.append(
            Quote(
                spans=candidate.spans,
                form=form,
                speaker=mention.speaker or label,
                speaker_span=mention.speaker_span,
                person=person,
                cue=mention.cue,
                cue_span=mention.cue_span,
                insertions=tuple(insertions(blocks, candidate.spans)),
            )
        )
    return quotes
