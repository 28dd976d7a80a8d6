"""How faithfully the editions give one another's quotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from corpus_builder.model import QuoteSide
from corpus_builder.quotes.speaker_names import one_person, speaker_name

_MENTIONED = "mentioned"
_KINDS = {
    "direct": "said",
    "labelled": "said",
    "partial": "reported",
    "indirect": "reported",
    _MENTIONED: _MENTIONED,
}

Sides = Mapping[str, Sequence[QuoteSide]]
"""The pieces of a quotation by language."""


@dataclass(slots=True)
class Fidelity:
    """Scores (0 or 1, absent where unknown) and flags of a quotation."""

    scores: dict[str, float] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)


def assess(sides: Sides, languages: Sequence[str]) -> Fidelity:
    """How well the sides of a quotation agree; `languages` are those of the editions that the story has.

    Scores: `forms_agree`, whether all editions give it as said or all as reported; `speakers_agree`, whether the names
    of its speakers match in all editions that name one. Flags: `one_sided`; `omitted_LANGUAGE`, an edition of the story
    that does not have it; `merged`, an edition has it in several pieces; `not_a_quote`, all editions have the words in
    marks as nobody's, and `said_and_mentioned`, some do; `direct_and_reported`; `speakers_disagree`;
    `insertion_one_sided`, an editor's words within it in some editions only.
    """
    fidelity = Fidelity()
    if len(sides) == 1:
        fidelity.flags.append("one_sided")
    fidelity.flags += [f"omitted_{language}" for language in languages if language not in sides]
    if any(len(pieces) > 1 for pieces in sides.values()):
        fidelity.flags.append("merged")
    if all(piece.form == _MENTIONED for pieces in sides.values() for piece in pieces):
        fidelity.flags.append("not_a_quote")
    elif len(sides) > 1:
        _assess_forms(sides, fidelity)
        _assess_speakers(sides, fidelity)
        if len({any(piece.insertions for piece in pieces) for pieces in sides.values()}) > 1:
            fidelity.flags.append("insertion_one_sided")
    return fidelity


def speakers_agree(left: QuoteSide, right: QuoteSide) -> bool | None:
    """Whether two speakers are one person by their names, in whatever script and case; None where that is unknown, as
    where a side names a body or nobody.

    The person behind a pronoun or a role is a guess: a name in common counts, but guesses alone cannot disagree.

    >>> side = lambda name, language: QuoteSide(language, "", "direct", name, name, None, 0, ())
    >>> speakers_agree(side("Дмитро Пєсков", "uk"), side("Dmitry Peskov", "en"))
    True
    >>> speakers_agree(side("Пєскова", "uk"), side("Putin", "en"))
    False
    >>> speakers_agree(side("Міністерство оборони", "uk"), side("Ministry of Health", "en"))
    """
    sides = [
        [name for said in (side.mention, side.speaker) if (name := speaker_name(said, side.language))]
        for side in (left, right)
    ]
    if any(one_person(a, b) for a in sides[0] for b in sides[1]):
        return True
    named = (speaker_name(side.mention, side.language) for side in (left, right))
    return False if all(named) else None


def _assess_forms(sides: Sides, fidelity: Fidelity) -> None:
    kinds = {_KINDS[pieces[0].form] for pieces in sides.values()}
    fidelity.scores["forms_agree"] = float(len(kinds) == 1)
    if {"said", "reported"} <= kinds:
        fidelity.flags.append("direct_and_reported")
    if _MENTIONED in kinds:
        fidelity.flags.append("said_and_mentioned")


def _assess_speakers(sides: Sides, fidelity: Fidelity) -> None:
    pairs = combinations([pieces[0] for pieces in sides.values()], 2)
    agreements = [agree for left, right in pairs if (agree := speakers_agree(left, right)) is not None]
    if agreements:
        fidelity.scores["speakers_agree"] = float(all(agreements))
        if not all(agreements):
            fidelity.flags.append("speakers_disagree")
