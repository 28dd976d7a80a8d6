"""How faithfully the editions give one another's quotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from corpus_builder.model import QuoteSide
from corpus_builder.text.person_names import name_parts, parts_alike

_KINDS = {
    "direct": "said",
    "labelled": "said",
    "partial": "reported",
    "indirect": "reported",
    "mentioned": "mentioned",
}


def assess(
    sides: Mapping[str, Sequence[QuoteSide]], languages: Sequence[str]
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Scores (0 or 1, absent where unknown) and flags of a quotation.

    `sides` are its pieces by language, `languages` those of the editions that the story has.

    Scores: `forms_agree`, whether all editions give it as said or all as reported; `speakers_agree`, whether the names
    of its speakers match in all editions that name one. Flags: `one_sided`; `omitted_LANGUAGE`, an edition of the story
    that does not have it; `merged`, an edition has it in several pieces; `not_a_quote`, all editions have the words in
    marks as nobody's, and `said_and_mentioned`, some do; `direct_and_reported`; `speakers_disagree`;
    `insertion_one_sided`, an editor's words within it in some editions only.
    """
    scores: dict[str, float] = {}
    flags: list[str] = []
    if len(sides) == 1:
        flags.append("one_sided")
    flags += [f"omitted_{language}" for language in languages if language not in sides]
    if any(len(pieces) > 1 for pieces in sides.values()):
        flags.append("merged")
    if all(piece.form == "mentioned" for pieces in sides.values() for piece in pieces):
        flags.append("not_a_quote")
    elif len(sides) > 1:
        kinds = {_KINDS[pieces[0].form] for pieces in sides.values()}
        scores["forms_agree"] = float(len(kinds) == 1)
        if {"said", "reported"} <= kinds:
            flags.append("direct_and_reported")
        if "mentioned" in kinds:
            flags.append("said_and_mentioned")
        known = [
            agree
            for one, other in combinations(sides.values(), 2)
            if (agree := speakers_agree(one[0], other[0])) is not None
        ]
        if known:
            scores["speakers_agree"] = float(all(known))
            if not all(known):
                flags.append("speakers_disagree")
        inserted = {any(piece.insertions for piece in pieces) for pieces in sides.values()}
        if len(inserted) > 1:
            flags.append("insertion_one_sided")
    return scores, tuple(flags)


def speakers_agree(one: QuoteSide, other: QuoteSide) -> bool | None:
    """Whether two speakers have a name in common, in whatever script and case; None where that cannot be told.

    A pronoun's or a role's person is a guess: a name in common counts, but guesses alone cannot disagree.

    >>> side = lambda name: QuoteSide("", "", "direct", name, name, None, 0, ())
    >>> speakers_agree(side("Дмитро Пєсков"), side("Dmitry Peskov")), speakers_agree(side("Пєскова"), side("Putin"))
    (True, False)
    """
    left, right = (name_parts(side.mention) + name_parts(side.speaker) for side in (one, other))
    if any(parts_alike(a, b) for a in left for b in right):
        return True
    return False if name_parts(one.mention) and name_parts(other.mention) else None
