"""Which texts stand at the addresses of several articles, slow and obvious: all notes in memory, sets of articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from corpus_builder.extract.content import GENERIC
from corpus_builder.extract.page_text import PageText


def repeated_texts(known: Sequence[PageText]) -> dict[int, str]:
    """The texts that are no articles, each with the reason in words: of several, the first with the greatest number."""
    counts = _Counts(known)
    repeated: dict[int, str] = {}
    found: dict[int, tuple[int, int]] = {}
    for each in known:
        if not each.long and (why := counts.why(each)):
            rank, number, words = why
            if each.text not in found or (-rank, number) > found[each.text]:
                found[each.text], repeated[each.text] = (-rank, number), words
    return repeated


class _Counts:
    def __init__(self, known: Sequence[PageText]) -> None:
        self.told = {each.layout for each in known if each.said and each.layout != GENERIC}
        self.articles: dict[int, set[int]] = defaultdict(set)
        self.addresses: dict[int, set[int]] = defaultdict(set)
        self.languages: dict[int, set[str]] = defaultdict(set)
        self.loose: dict[int, set[int]] = defaultdict(set)
        self.said: set[int] = set()
        self.in_blocks: dict[int, set[int]] = defaultdict(set)
        for each in known:
            for block in each.blocks:
                self.in_blocks[block].add(each.article)
            if each.long:
                continue
            self.articles[each.text].add(each.article)
            self.addresses[each.text].add(each.address)
            self.languages[each.text].add(each.language)
            if each.said or (each.layout != GENERIC and each.layout not in self.told):
                self.said.add(each.text)
            else:
                self.loose[each.loose].add(each.article)
        self.footers = {block for each in known for block in each.appeals if each.long or self.own(each) > 600}

    def own(self, each: PageText) -> int:
        shares = (len(self.in_blocks[block]) for block in each.blocks)
        return sum(size for size, share in zip(each.sizes, shares, strict=True) if share < 3)

    def why(self, each: PageText) -> tuple[int, int, str] | None:
        same, addresses = len(self.articles[each.text]), len(self.addresses[each.text])
        foreign = len(self.languages[each.text]) > 1
        if same >= (3 if each.text in self.said and not foreign else 2):
            return 0, same, f"the same text at {addresses} addresses, of {same} articles"
        shares = [len(self.in_blocks[block]) for block in each.blocks]
        if shares and min(shares) >= 3:
            least = min(shares)
            return 1, least, f"each of its {len(shares)} paragraphs is in {least} articles or more"
        if each.text not in self.said and (alike := len(self.loose[each.loose])) >= 2:
            return 2, alike, f"the same text but for days and times in {alike} articles"
        asked = [len(self.in_blocks[block]) for block in each.appeals if block not in self.footers]
        if asked and max(asked) >= 3 and self.own(each) <= 600:
            return 3, max(asked), f"its beginning, and an appeal to subscribe that is in {max(asked)} articles"
        return None
