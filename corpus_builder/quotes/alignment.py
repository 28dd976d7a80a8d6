"""The quotations of a story's editions, aligned by the sentence beads that they lie in, order, lengths and speakers.

pieces of each quotation ─► their shares in each bead ─► links of each two editions (assignment)
─► groups of one piece an edition ─► pieces that lengthen a shorter side (merged) ─► fidelity

Sentence beads already say which words translate each other, and where they moved; they do not say which quotation is
which where a bead has several. A quotation that an attribution interrupts, or that runs over blocks,
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

# The numbers were chosen by hand; benchmarks/quotes_newsroom.py shows the effect of other ones.
# Below this share of common beads two quotations are not the same words.
LEAST_OVERLAP = 0.3
# Mentions are kept from so many words on, or where an edition has them as a quotation.
LEAST_MENTIONED = 4
# A name in marks is no counterpart of a whole sentence: the shorter of a mention and a quotation has this share of
# the longer one's letters.
LEAST_LENGTH = 0.5
# What order, length and speakers add to the overlap of two quotations; they only decide between rivals in one bead, so
# together they stay below what a bead more or less in common changes.
ORDER, LENGTH, SPEAKER = 0.2, 0.2, 0.1
# A reported clause, the words in marks within it and a name beside it are rivals, each with its counterpart in other
# editions: those of one kind are linked first, and the rest across kinds for so much less.
OTHER_KIND = 0.4
_KINDS_APART = (Form.INDIRECT, Form.MENTIONED)


@dataclass(frozen=True)
class _Piece:
    """A stretch of a quotation: its shares (0 to 1) in sentence beads, its length, its place in its main bead."""

    quote: Quote
    side: QuoteSide
    shares: Mapping[int, float]
    length: int
    rank: float

    @property
    def form(self) -> Form:
        """How its quotation is given."""
        return self.quote.form

    @property
    def main_bead(self) -> int | None:
        """The bead that has most of it, None where none has any."""
        return max(self.shares, key=self.shares.__getitem__, default=None)

    @property
    def start(self) -> tuple[int, int]:
        """The block and the offset that it begins at."""
        block, start, _ = self.quote.spans[0]
        return block, start


@dataclass
class _Group:
    """Quotations of one or more editions that are the same words."""

    members: dict[str, list[_Piece]]
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
    pieces = {language: _pieces(language, own, blocks[language], sentences) for language, own in quotes.items()}
    groups = _grouped(pieces)
    _take_pieces(groups)
    groups = [group for group in groups if not _is_name(group)]
    languages = list(quotes)
    order = {id(piece): place for own in pieces.values() for place, piece in enumerate(own)}
    groups.sort(key=lambda group: min((languages.index(x), order[id(own[0])]) for x, own in group.members.items()))
    probabilities = {bead.position: bead.probability for bead in sentences}
    return [_placed_quote(article_id, i, group, probabilities, languages) for i, group in enumerate(groups)]


def _pieces(
    language: str, quotes: Sequence[Quote], blocks: Sequence[Block], beads: Sequence[PlacedBead]
) -> list[_Piece]:
    """The pieces of an edition's quotations, in order."""
    by_block: dict[int, list[tuple[int, Span]]] = {}
    for bead in beads:
        for span in bead.spans:
            if span.language == language:
                by_block.setdefault(span.block, []).append((bead.position, span))
    pieces: list[_Piece] = []
    for quote in chain.from_iterable(map(_stretches, quotes)):
        ((block, start, end),) = quote.spans
        shares: dict[int, float] = {}
        for position, span in by_block.get(block, ()):
            common = min(end, span.end) - max(start, span.start)
            if common > 0:
                shares[position] = shares.get(position, 0.0) + common / (end - start)
        pieces.append(_Piece(quote, quote_side(language, quote, blocks), shares, end - start, 0.0))
    return [_ranked(piece, pieces) for piece in pieces]


def _stretches(quote: Quote) -> Iterator[Quote]:
    """A quotation's stretches of words, each as a quotation of the same speaker."""
    for block, start, end in quote.spans:
        inside = tuple(
            span for span in quote.insertions if span.block == block and start <= span.start < span.end <= end
        )
        yield replace(quote, spans=(BlockSpan(block, start, end),), insertions=tuple(inside))


def _ranked(piece: _Piece, pieces: Sequence[_Piece]) -> _Piece:
    """A piece with its place among those of its main bead, 0 (the first) to 1 (the last).

    One within another has the place of the outer one, for another edition may have either; words in marks are counted
    without the reported speech that they may be part of.
    """
    reported = piece.form is Form.INDIRECT
    rivals = [
        other
        for other in pieces
        if other.main_bead == piece.main_bead and not other.quote.nested and (other.form is Form.INDIRECT) == reported
    ]
    before = sum(other.start <= piece.start for other in rivals)
    rank = max(0, before - 1) / (len(rivals) - 1) if len(rivals) > 1 else 0.0
    return replace(piece, rank=rank)


def _grouped(pieces: Mapping[str, Sequence[_Piece]]) -> list[_Group]:
    """Groups with at most one piece an edition, the surest links first."""
    links = sorted(
        ((score, x, y, i, j) for x, y in combinations(pieces, 2) for score, i, j in _links(pieces[x], pieces[y])),
        key=lambda link: (-link[0], link[1:]),
    )
    group_of = {
        (language, place): _Group({language: [piece]})
        for language, own in pieces.items()
        for place, piece in enumerate(own)
    }
    for score, x, y, i, j in links:
        left, right = group_of[x, i], group_of[y, j]
        if left is right:
            left.scores.append(score)
        elif not left.members.keys() & right.members.keys():
            left.members.update(right.members)
            left.scores += [*right.scores, score]
            for key, group in group_of.items():
                if group is right:
                    group_of[key] = left
    return list({id(group): group for group in group_of.values()}.values())


def _links(left: Sequence[_Piece], right: Sequence[_Piece]) -> list[tuple[float, int, int]]:
    """The best one-to-one links between the pieces of two editions, with their scores."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    if not left or not right:
        return []
    scores = np.array([[_score(a, b) for b in right] for a in left])
    of_one_kind = np.array([[not _apart(a, b) for b in right] for a in left])
    links: list[tuple[float, int, int]] = []
    for allowed in (of_one_kind, ~of_one_kind):
        scored = np.where(allowed, scores, 0.0)
        for i, j in zip(*linear_sum_assignment(scored, maximize=True), strict=True):
            if scored[i, j] > 0:
                links.append((float(scored[i, j]), int(i), int(j)))
                scores[i, :] = scores[:, j] = 0.0
    return links


def _apart(left: _Piece, right: _Piece) -> bool:
    """Whether one is a clause without marks and the other is not, or one is a mention and the other is not."""
    return any((left.form is form) != (right.form is form) for form in _KINDS_APART)


def _score(left: _Piece, right: _Piece) -> float:
    """How well two pieces match; 0 where they cannot be the same words."""
    overlap = sum(min(share, right.shares.get(bead, 0.0)) for bead, share in left.shares.items())
    if overlap < LEAST_OVERLAP:
        return 0.0
    likeness = min(left.length, right.length) / max(left.length, right.length)
    if likeness < LEAST_LENGTH and Form.MENTIONED in (left.form, right.form):
        return 0.0
    agree = speakers_agree(left.side, right.side)
    return (
        overlap
        + ORDER * (1 - abs(left.rank - right.rank))
        + LENGTH * likeness
        + (0.0 if agree is None else SPEAKER if agree else -SPEAKER)
        - (OTHER_KIND if _apart(left, right) else 0.0)
    )


def _is_name(group: _Group) -> bool:
    """Whether words in marks are too few, and in no edition anybody's, to be more than a name."""
    pieces = chain.from_iterable(group.members.values())
    return all(piece.form is Form.MENTIONED and len(piece.side.text.split()) < LEAST_MENTIONED for piece in pieces)


def _take_pieces(groups: list[_Group]) -> None:
    """Give a lone piece to the group whose shorter side it lengthens: one edition broke the quotation in two."""
    for lone in [group for group in groups if len(group.members) == 1]:
        ((language, [piece]),) = lone.members.items()
        taker = next((group for group in groups if group is not lone and _lengthens(piece, language, group)), None)
        if taker is not None:
            taker.members[language].append(piece)
            taker.members[language].sort(key=lambda member: member.quote.spans)
            groups.remove(lone)


def _lengthens(piece: _Piece, language: str, group: _Group) -> bool:
    """Whether a piece lies where the others of a group do, and brings its edition's side closer to their length."""
    side = group.members.get(language)
    if not side or len(group.members) < 2:
        return False
    others = [member for x, members in group.members.items() if x != language for member in members]
    if max(_inside(piece, other) for other in others) < 0.5:
        return False
    wanted = sum(other.length for other in others) / (len(group.members) - 1)
    length = sum(member.length for member in side)
    return abs(math.log((length + piece.length) / wanted)) < abs(math.log(length / wanted))


def _inside(piece: _Piece, other: _Piece) -> float:
    """The share of a piece that lies in beads of another."""
    return sum(share for bead, share in piece.shares.items() if bead in other.shares)


def _placed_quote(
    article_id: str, position: int, group: _Group, probabilities: Mapping[int, float], languages: Sequence[str]
) -> PlacedQuote:
    members = {language: group.members[language] for language in languages if language in group.members}
    covered = {
        f"covered_{x}_{y}": round(_covered(members[x], members[y]), 4) for x in members for y in members if x != y
    }
    sides = {language: [piece.side for piece in pieces] for language, pieces in members.items()}
    fidelity = assess(sides, languages)
    probability = _probability(members, covered, probabilities) if len(members) > 1 else None
    nested = any(piece.quote.nested for pieces in members.values() for piece in pieces)
    return PlacedQuote(
        article_id,
        position,
        tuple(chain.from_iterable(sides.values())),
        None if probability is None else round(probability, 4),
        {**covered, **fidelity.scores},
        (*fidelity.flags, *(["nested"] if nested else [])),
    )


def _probability(
    members: Mapping[str, Sequence[_Piece]], covered: Mapping[str, float], probabilities: Mapping[int, float]
) -> float:
    """How likely the sides are the same words: as the beads that hold them, as far as both sides lie in them."""
    weights = [
        (share, probabilities[bead])
        for pieces in members.values()
        for piece in pieces
        for bead, share in piece.shares.items()
    ]
    total = sum(share for share, _ in weights)
    return sum(share * p for share, p in weights) / total * min(covered.values()) if total else 0.0


def _covered(pieces: Sequence[_Piece], others: Sequence[_Piece]) -> float:
    """The share of one edition's words that lie in beads of the other's."""
    beads = {bead for other in others for bead in other.shares}
    length = sum(piece.length for piece in pieces)
    inside = (share * piece.length for piece in pieces for bead, share in piece.shares.items() if bead in beads)
    return sum(inside) / length


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
