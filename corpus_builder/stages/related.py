"""How likely two editions of a story are translations of one another, and which edition is of another article.

What many stories have (calls to subscribe, the address of the editors) fits in any two editions, whatever else they
say. So a pair is as likely as the aligner says without these sentences, where that is less.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import blake2b

from corpus_builder.align.aligner import Aligner
from corpus_builder.model import LIKELY, Alignment, Document

MISPAIRED = "mispaired_edition"
"""The reason of the note about an edition that is probably of another article than all others of its story."""

_MANY = 4
"""Stories of a shard that a sentence is in at most, else it is nobody's own. Chosen: as for companions (group.py)."""
_LETTERS = 25
"""Letters and digits of the shortest of such sentences. Chosen: as for companions (companions.py)."""


_EDGE = 1e-4
"""Probabilities count as no closer to 0 and 1. Chosen: they have four digits."""


class Repeated:
    """The sentences that many of some stories have, by a hash of 8 bytes each."""

    def __init__(self, stories: Iterable[Document] = ()) -> None:
        counts: Counter[int] = Counter()
        for story in stories:
            counts.update({_hash(x, segment.text) for x, own in story.segments.items() for segment in own})
        self._hashes = frozenset(number for number, count in counts.items() if number and count > _MANY)

    def without(self, whole: Document) -> Document:
        """A document without these sentences; the same one where it has none of them."""
        if not self._hashes:
            return whole
        segments = {
            x: tuple(segment for segment in own if _hash(x, segment.text) not in self._hashes)
            for x, own in whole.segments.items()
        }
        return whole if segments == whole.segments else replace(whole, segments=segments)


def related_editions(whole: Document, alignment: Alignment, aligner: Aligner, repeated: Repeated) -> dict[str, float]:
    """The probability of each pair ("en-uk") that its editions are translations of one another, with four digits."""
    related = dict(alignment.related)
    own = whole if whole.known else repeated.without(whole)  # what a person aligned is related
    if own is not whole:
        lattices = aligner.lattices(own)
        for (a, b), probability in related.items():
            pair, lattice = lattices[a, b]
            says = own.segments[a] and own.segments[b]
            related[a, b] = min(probability, aligner.footing(a, b, pair, lattice).related if says else 0.0)
    return {"-".join(sorted(pair)): round(probability, 4) for pair, probability in related.items()}


def mispaired(related: Mapping[str, float]) -> dict[str, str]:
    """The editions that are probably no translation of the others of their story, with their pairs in words.

    That an edition fits one and not the other of two that fit each other says the less the surer both are, so the log
    odds of its pairs are added up.
    """
    of_language: dict[str, list[tuple[str, float]]] = {}
    for pair, probability in sorted(related.items()):
        for language in pair.split("-"):
            of_language.setdefault(language, []).append((pair, probability))
    return {
        language: ", ".join(f"{pair} {probability:.2f}" for pair, probability in pairs)
        for language, pairs in sorted(of_language.items())
        if sum(_log_odds(probability) for _, probability in pairs) < _log_odds(LIKELY)
    }


def _log_odds(probability: float) -> float:
    inside = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(inside / (1 - inside))


def _hash(language: str, text: str) -> int:
    """A hash of a sentence's letters and digits, 0 for a short one."""
    plain = "".join(letter for letter in text.casefold() if letter.isalnum())
    if len(plain) < _LETTERS:
        return 0
    return int.from_bytes(
        blake2b(f"{language} {plain}".encode(errors="surrogatepass"), digest_size=8).digest(), "little"
    )
