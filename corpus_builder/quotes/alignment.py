"""The quotations of a story's editions, aligned by the sentence beads that they lie in, order, lengths and speakers.

pieces of each quotation ─► their shares in each bead ─► links of each two editions (assignment)
─► groups of one piece an edition ─► pieces that lengthen a shorter side (merged) ─► fidelity

Sentence beads already say which words translate each other, and where they moved; what is left to decide is which
quotation is which where a bead holds several. A quotation that an attribution interrupts, or that runs over blocks,
is aligned piece by piece, because another edition may well break it elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, combinations

from corpus_builder.model import Block, PlacedBead, PlacedQuote, QuoteSide, Span
from corpus_builder.quotes import BlockSpan, Form, Quote
from corpus_builder.quotes.agreement import assess, speakers_agree

# Below this share of common beads two quotations are not the same words.
LEAST_OVERLAP = 0.3
# Words in marks that are nobody's are kept from so many words on, or where an edition has them as a quotation.
LEAST_MENTIONED = 4
# A name in marks is no counterpart of a whole sentence: the shorter of a mention and a quotation has this share of
# the longer one's letters.
LEAST_LENGTH = 0.5
# What order, length and speakers add to the overlap of two quotations; they only decide between rivals in one bead, so
# together they stay below what a bead more or less in common changes.
ORDER, LENGTH, SPEAKER = 0.2, 0.2, 0.1
# A reported clause, the words in marks within it and a name beside it are rivals, each with its like in other editions:
# like is linked to like first, and what is left over to what is left over for so much less.
KIND = 0.4
_APART = (Form.INDIRECT, Form.MENTIONED)


@dataclass(frozen=True)
class _Placed:
    """A quotation of one edition: its shares (0 to 1) in sentence beads, its length, its place in its main bead."""

    quote: Quote
    side: QuoteSide
    shares: Mapping[int, float]
    length: int
    rank: float


@dataclass
class _Group:
    """Quotations of one or more editions that are the same words."""

    members: dict[str, list[_Placed]]
    scores: list[float] = field(default_factory=list)


def align_quotes(
    article_id: str,
    quotes: Mapping[str, Sequence[Quote]],
    blocks: Mapping[str, Sequence[Block]],
    beads: Sequence[PlacedBead],
) -> list[PlacedQuote]:
    """The quotations of a story, each with the editions that have it, in the order of the first edition that does.

    `quotes` and `blocks` are by language; `beads` are the story's sentence beads. Every piece of a quotation lies in
    exactly one of the results; short mentions that no edition has as a quotation, names mostly, are left out.
    """
    sentences = [bead for bead in beads if bead.level == "sentence"]
    placed = {language: _place(language, found, blocks[language], sentences) for language, found in quotes.items()}
    groups = _grouped(placed)
    _take_pieces(groups)
    groups = [group for group in groups if not _is_name(group)]
    languages = list(quotes)
    order = {id(one): i for found in placed.values() for i, one in enumerate(found)}
    groups.sort(key=lambda group: min((languages.index(x), order[id(one[0])]) for x, one in group.members.items()))
    probabilities = {bead.position: bead.probability for bead in sentences}
    return [_placed_quote(article_id, i, group, probabilities, languages) for i, group in enumerate(groups)]


def _place(
    language: str, quotes: Sequence[Quote], blocks: Sequence[Block], beads: Sequence[PlacedBead]
) -> list[_Placed]:
    by_block: dict[int, list[tuple[int, Span]]] = {}
    for bead in beads:
        for span in bead.spans:
            if span.language == language:
                by_block.setdefault(span.block, []).append((bead.position, span))
    placed: list[_Placed] = []
    for piece in chain.from_iterable(map(_pieces, quotes)):
        ((block, start, end),) = piece.spans
        shares: dict[int, float] = {}
        for position, span in by_block.get(block, ()):
            common = min(end, span.end) - max(start, span.start)
            if common > 0:
                shares[position] = shares.get(position, 0.0) + common / (end - start)
        placed.append(_Placed(piece, quote_side(language, piece, blocks), shares, end - start, 0.0))
    return [_ranked(one, placed) for one in placed]


def _pieces(quote: Quote) -> Iterator[Quote]:
    """A quotation's stretches of words, each as a quotation of the same speaker."""
    for block, start, end in quote.spans:
        inside = tuple(one for one in quote.insertions if one.block == block and start <= one.start and one.end <= end)
        yield replace(quote, spans=(BlockSpan(block, start, end),), insertions=inside)


def _ranked(one: _Placed, others: Sequence[_Placed]) -> _Placed:
    """A quotation with its place among those of its main bead, 0 (the first) to 1 (the last).

    One within another has the place of the outer one, for another edition may have either; words in marks are counted
    without the reported speech that they may stand in.
    """
    main, reported = _main_bead(one), one.quote.form is Form.INDIRECT
    rivals = [
        other
        for other in others
        if _main_bead(other) == main and not other.quote.nested and (other.quote.form is Form.INDIRECT) == reported
    ]
    before = sum(other.quote.spans[0][:2] <= one.quote.spans[0][:2] for other in rivals)
    rank = max(0, before - 1) / (len(rivals) - 1) if len(rivals) > 1 else 0.0
    return _Placed(one.quote, one.side, one.shares, one.length, rank)


def _main_bead(one: _Placed) -> int | None:
    return max(one.shares, key=one.shares.__getitem__, default=None)


def _grouped(placed: Mapping[str, Sequence[_Placed]]) -> list[_Group]:
    """Groups with at most one quotation an edition, the surest links first."""
    links = sorted(
        ((score, x, y, i, j) for x, y in combinations(placed, 2) for score, i, j in _links(placed[x], placed[y])),
        key=lambda link: (-link[0], link[1:]),
    )
    group_of = {
        (language, i): _Group({language: [one]}) for language, found in placed.items() for i, one in enumerate(found)
    }
    for score, x, y, i, j in links:
        one, other = group_of[x, i], group_of[y, j]
        if one is other:
            one.scores.append(score)
        elif not one.members.keys() & other.members.keys():
            one.members.update(other.members)
            one.scores += [*other.scores, score]
            for key, group in group_of.items():
                if group is other:
                    group_of[key] = one
    return list({id(group): group for group in group_of.values()}.values())


def _links(left: Sequence[_Placed], right: Sequence[_Placed]) -> list[tuple[float, int, int]]:
    """The best one-to-one links between the quotations of two editions, with their scores."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    if not left or not right:
        return []
    scores = np.array([[_score(one, other) for other in right] for one in left])
    alike = np.array([[not _apart(one, other) for other in right] for one in left])
    links: list[tuple[float, int, int]] = []
    for allowed in (alike, ~alike):
        scored = np.where(allowed, scores, 0.0)
        for i, j in zip(*linear_sum_assignment(scored, maximize=True), strict=True):
            if scored[i, j] > 0:
                links.append((float(scored[i, j]), int(i), int(j)))
                scores[i, :] = scores[:, j] = 0.0
    return links


def _apart(one: _Placed, other: _Placed) -> bool:
    """Whether one is a clause without marks and the other is not, or nobody's words and the other somebody's."""
    return any((one.quote.form is form) != (other.quote.form is form) for form in _APART)


def _score(one: _Placed, other: _Placed) -> float:
    overlap = sum(min(share, other.shares.get(bead, 0.0)) for bead, share in one.shares.items())
    if overlap < LEAST_OVERLAP:
        return 0.0
    likeness = min(one.length, other.length) / max(one.length, other.length)
    if likeness < LEAST_LENGTH and Form.MENTIONED in (one.quote.form, other.quote.form):
        return 0.0
    agree = speakers_agree(one.side, other.side)
    return (
        overlap
        + ORDER * (1 - abs(one.rank - other.rank))
        + LENGTH * likeness
        + (0.0 if agree is None else SPEAKER if agree else -SPEAKER)
        - (KIND if _apart(one, other) else 0.0)
    )


def _is_name(group: _Group) -> bool:
    """Whether words in marks are too few, and in no edition anybody's, to be more than a name."""
    sides = [one for found in group.members.values() for one in found]
    return all(one.quote.form is Form.MENTIONED and len(one.side.text.split()) < LEAST_MENTIONED for one in sides)


def _take_pieces(groups: list[_Group]) -> None:
    """Give a lone quotation to the group whose shorter side it lengthens: one edition broke the quotation in two."""
    for lone in [group for group in groups if len(group.members) == 1]:
        ((language, [piece]),) = lone.members.items()
        for group in groups:
            own = group.members.get(language)
            if group is lone or not own or len(group.members) < 2:
                continue
            others = [one for x, found in group.members.items() if x != language for one in found]
            if max(_inside(piece, other) for other in others) < 0.5:
                continue
            wanted = sum(other.length for other in others) / (len(group.members) - 1)
            have = sum(one.length for one in own)
            if abs(math.log((have + piece.length) / wanted)) < abs(math.log(have / wanted)):
                own.append(piece)
                own.sort(key=lambda one: one.quote.spans)
                groups.remove(lone)
                break


def _inside(piece: _Placed, other: _Placed) -> float:
    """The share of a quotation that lies in beads of another."""
    return sum(share for bead, share in piece.shares.items() if bead in other.shares)


def _placed_quote(
    article_id: str, position: int, group: _Group, probabilities: Mapping[int, float], languages: Sequence[str]
) -> PlacedQuote:
    members = {language: group.members[language] for language in languages if language in group.members}
    covered = {
        f"covered_{x}_{y}": round(_covered(members[x], members[y]), 4) for x in members for y in members if x != y
    }
    # As likely as the beads that hold it, as far as both sides lie in them.
    if len(members) > 1:
        weights = [
            (share, probabilities[bead])
            for found in members.values()
            for one in found
            for bead, share in one.shares.items()
        ]
        total = sum(share for share, _ in weights)
        likely = sum(share * p for share, p in weights) / total * min(covered.values()) if total else 0.0
    else:
        likely = 1.0
    sides = {language: [one.side for one in found] for language, found in members.items()}
    fidelity, flags = assess(sides, languages)
    if any(one.quote.nested for found in members.values() for one in found):
        flags = (*flags, "nested")
    return PlacedQuote(
        article_id,
        position,
        tuple(side for found in sides.values() for side in found),
        round(likely, 4),
        {**covered, **fidelity},
        flags,
    )


def _covered(ones: Sequence[_Placed], others: Sequence[_Placed]) -> float:
    """The share of one edition's words that lie in beads of the other's."""
    beads = {bead for other in others for bead in other.shares}
    length = sum(one.length for one in ones)
    return sum(share * one.length for one in ones for bead, share in one.shares.items() if bead in beads) / length


def quote_side(language: str, quote: Quote, blocks: Sequence[Block]) -> QuoteSide:
    """A quotation as it is published: its words without insertions, all white space single spaces, and their places."""
    pieces = []
    for block, start, end in quote.spans:
        position = start
        for at, begin, stop in quote.insertions:
            if at == block and start <= begin and stop <= end:
                pieces.append(blocks[block].text[position:begin])
                position = stop
        pieces.append(blocks[block].text[position:end] + " ")
    return QuoteSide(
        language,
        " ".join("".join(pieces).split()),
        str(quote.form),
        quote.person or quote.speaker,
        quote.speaker,
        quote.cue,
        len(quote.insertions),
        tuple(Span(language, block, start, end) for block, start, end in quote.spans),
    )
