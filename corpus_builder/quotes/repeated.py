"""Words that an edition has more than once: in marks, and within a longer quotation."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from corpus_builder.model import Block
from corpus_builder.quotes.paired_marks import paired_marks
from corpus_builder.text.quote_marks import Quotation

# A quotation that others take words from is so many times as long at least.
_LONGER = 2
# Code points that are searched for all words of an edition together; then words count as met once. Chosen: the longest
# article with thousands of quotations stays below, and text made to be slow takes a second.
_MOST_SEARCHED = 50_000_000


class RepeatedWords:
    """The blocks of an edition, asked for words that occur elsewhere in it; each words are searched once."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._length = sum(len(block.text) for block in blocks)
        self._left = _MOST_SEARCHED
        self._in_marks: dict[str, bool] = {}
        self._longer: dict[str, bool] = {}
        self._outermost: list[Sequence[Quotation]] | None = None

    def in_marks(self, stems: str) -> bool:
        """Whether words, as a pattern of their stems, are in marks more than once."""
        if stems not in self._in_marks:
            pattern = re.compile(r"[\"«“„]" + stems, re.IGNORECASE)
            self._in_marks[stems] = (
                self._searches() and sum(len(pattern.findall(block.text)) for block in self._blocks) > 1
            )
        return self._in_marks[stems]

    def in_longer_quotation(self, stems: str) -> bool:
        """Whether a quotation that is longer by far has words, as a pattern of their stems."""
        if stems not in self._longer:
            self._longer[stems] = self._searches() and self._found_longer(stems)
        return self._longer[stems]

    def _searches(self) -> bool:
        """Whether the edition is searched once more."""
        self._left -= self._length
        return self._left > 0

    def _found_longer(self, stems: str) -> bool:
        pattern = re.compile(r"\b" + stems, re.IGNORECASE)
        if self._outermost is None:
            self._outermost = [[q for q in paired_marks(block.text).pairs if q.depth == 0] for block in self._blocks]
        for block, quotations in zip(self._blocks, self._outermost, strict=True):
            for match in pattern.finditer(block.text):
                # Of the pairs around a place the outermost is the longest; the outermost do not overlap.
                place = bisect_left(quotations, match.start() - 1, key=_start) - 1
                if place < 0 or quotations[place].end <= match.start():
                    continue
                if quotations[place].end - quotations[place].start > _LONGER * (match.end() - match.start()):
                    return True
        return False


def _start(quotation: Quotation) -> int:
    return quotation.start
