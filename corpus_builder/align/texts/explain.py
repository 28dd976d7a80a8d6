"""The word pairs that contributed most to a bead's score."""

from __future__ import annotations

import math
from itertools import combinations

from corpus_builder.align.aligner import Aligner
from corpus_builder.align.two.edition_pair import EditionPair, matches_of
from corpus_builder.align.two.word_scores import MIX
from corpus_builder.align.words.document_arrays import encode
from corpus_builder.model import Document
from corpus_builder.text.tokens import words

WordPair = tuple[str, str, float]
"""(word, word of the other language, what the match adds to the score in nats)"""


class Explainer:
    """The matches of one document's words; `explain` reads them for a bead."""

    def __init__(self, aligner: Aligner, document: Document) -> None:
        self._document = document
        editions = {x: encode(s, aligner.vocabulary(x)) for x, s in document.segments.items()}
        types = {x: list(dict.fromkeys(w for s in segments for w in words(s.text)))
                 for x, segments in document.segments.items()}  # fmt: skip
        self._shares = {x: dict(zip(types[x], edition.shares.tolist(), strict=True)) for x, edition in editions.items()}
        self._matches: dict[tuple[str, str], dict[tuple[str, str], tuple[float, float]]] = {}
        for a, b in combinations(aligner.ordered(document), 2):
            table, trained_on = aligner.pair_state(a, b).table, aligner.trained_on(document, a, b)
            matches = matches_of(EditionPair.of(editions[a], editions[b]), table, trained_on).links
            entries = zip(
                matches.row_numbers().tolist(), matches.columns.tolist(), matches.values.tolist(), strict=True
            )
            self._matches[a, b] = {(types[a][x], types[b][y]): (there, back) for x, y, (there, back) in entries}

    def explain(self, segments: dict[str, tuple[int, ...]], top: int = 5) -> list[WordPair]:
        """The strongest word links of a bead (by language the numbers of its segments), over all its language pairs."""
        out: list[WordPair] = []
        for (a, b), matches in self._matches.items():
            left, right = self._words(a, segments.get(a, ())), self._words(b, segments.get(b, ()))
            for x in dict.fromkeys(left):
                for y in dict.fromkeys(right):
                    there, back = matches.get((x, y), (0.0, 0.0))
                    if there or back:
                        gain = math.log1p(MIX * there / len(left) / ((1 - MIX) * self._shares[b][y]))
                        gain += math.log1p(MIX * back / len(right) / ((1 - MIX) * self._shares[a][x]))
                        out.append((x, y, round(gain / 2, 2)))
        return sorted(out, key=lambda link: (-link[2], link[0], link[1]))[:top]

    def _words(self, language: str, numbers: tuple[int, ...]) -> list[str]:
        return [w for i in numbers for w in words(self._document.segments[language][i].text)]
