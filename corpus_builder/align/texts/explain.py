"""The words that carried a bead."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING

from corpus_builder.align.two.edition_pair import Pair, matches
from corpus_builder.align.two.word_scores import MIX
from corpus_builder.align.words.document_arrays import encode
from corpus_builder.model import Document
from corpus_builder.text.tokens import words

if TYPE_CHECKING:
    from corpus_builder.align.aligner import Aligner

Link = tuple[str, str, float]
"""(word, word of the other language, what the match adds to the score)"""


class Explainer:
    """The matches of one document's words; `explain` reads them for a bead."""

    def __init__(self, aligner: Aligner, document: Document) -> None:
        self._matches: dict[tuple[str, str], dict[tuple[str, str], tuple[float, float]]] = {}
        self._document = document
        editions = {x: encode(s, aligner.vocabulary(x)) for x, s in document.segments.items()}
        names = {x: list(dict.fromkeys(w for s in segments for w in words(s.text)))
                 for x, segments in document.segments.items()}  # fmt: skip
        self._shares = {x: dict(zip(names[x], edition.shares.tolist(), strict=True)) for x, edition in editions.items()}
        for a, b in combinations(aligner.ordered(document), 2):
            lexicon, own = aligner.pair_state(a, b).lexicon, aligner.taught(document, a, b)
            starts, columns, values = matches(Pair.of(editions[a], editions[b]), lexicon, own)
            found = {}
            for x in range(len(starts) - 1):
                for e in range(starts[x], starts[x + 1]):
                    found[names[a][x], names[b][columns[e]]] = (float(values[e, 0]), float(values[e, 1]))
            self._matches[a, b] = found

    def explain(self, segments: dict[str, tuple[int, ...]], top: int = 5) -> list[Link]:
        """The strongest word links of a bead (sentences' numbers by language), over all pairs of its languages."""
        out: list[Link] = []
        for (a, b), found in self._matches.items():
            left, right = self._words(a, segments.get(a, ())), self._words(b, segments.get(b, ()))
            for x in dict.fromkeys(left):
                for y in dict.fromkeys(right):
                    there, back = found.get((x, y), (0.0, 0.0))
                    if there or back:
                        gain = math.log1p(MIX * there / len(left) / ((1 - MIX) * self._shares[b][y]))
                        gain += math.log1p(MIX * back / len(right) / ((1 - MIX) * self._shares[a][x]))
                        out.append((x, y, round(gain / 2, 2)))
        return sorted(out, key=lambda link: (-link[2], link[0], link[1]))[:top]

    def _words(self, language: str, numbers: tuple[int, ...]) -> list[str]:
        return [w for i in numbers for w in words(self._document.segments[language][i].text)]
