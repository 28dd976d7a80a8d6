"""Errors in the rows of sentences, by cause: `python benchmarks/align/census.py --seeds 1,2,3,4,5`.

Newsroom sites, whole pipeline (newsroom_sites.py). A unit pair in no row is missed, a row of anything but one unit pair
is wrong; 1 - F1 = (missed + wrong) / (rows + unit pairs), so that each cause has a share of the loss.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from common import LANGUAGES, PAIRS, aligned, newsroom, site, stories

from corpus_builder.align.aligner import train
from corpus_builder.model import Alignment, Bead, Document, Segment

Units = frozenset[int]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="1,2,3,4,5")
    a = options.parse_args()
    lost: dict[tuple[str, str], Counter[str]] = {pair: Counter() for pair in PAIRS}
    size: Counter[tuple[str, str]] = Counter()
    for seed in a.seeds.split(","):
        gold, documents = stories(site(int(seed)))
        for story, (document, alignment) in zip(gold, aligned(train(documents, LANGUAGES), documents), strict=True):
            one = Story(story, document, alignment)
            for x, y in PAIRS:
                if x in document.segments and y in document.segments:
                    size[x, y] += one.count(x, y, lost[x, y])
    print(f"{'':56s}" + "".join(f"{x}-{y}".rjust(14) for x, y in PAIRS))
    for cause in sorted(set().union(*lost.values()), key=lambda c: -sum(lost[p][c] for p in PAIRS)):
        print(f"{cause:56s}" + "".join(f"{lost[p][cause]:7d} {lost[p][cause] / size[p]:.4f}" for p in PAIRS))
    print(f"{'all':56s}" + "".join(f"{sum(lost[p].values()):7d} {sum(lost[p].values()) / size[p]:.4f}" for p in PAIRS))


class Story:
    """A story's gold and its rows."""

    def __init__(self, gold: dict[str, Any], document: Document, alignment: Alignment) -> None:
        self.gold, self.document, self.beads = gold, document, alignment.beads
        self.texts = {x: newsroom().Text(paragraphs) for x, paragraphs in gold["paragraphs"].items()}
        self.units = {x: self._units(x, segments) for x, segments in document.segments.items()}
        self.order = {x: [u for p in paragraphs for u in p["units"]] for x, paragraphs in gold["paragraphs"].items()}

    def _units(self, language: str, segments: Iterable[Segment]) -> list[Units]:
        """The units of which each segment has letters; none for the headline."""
        text, at, out = self.texts[language], 0, []
        for segment in segments:
            squashed = newsroom().squash(segment.text)
            begin = text.s.find(squashed, at) if segment.block and squashed else -1
            end = begin + len(squashed)
            out.append(frozenset(u for b, e, u, _ in text.units if begin >= 0 and max(b, begin) < min(e, end)))
            at = end if begin >= 0 else at
        return out

    def count(self, x: str, y: str, lost: Counter[str]) -> int:
        """Add the errors of two editions to `lost`; returns the number of rows and unit pairs."""
        gold = set(self.order[x]) & set(self.order[y])
        rows, seen = 0, set()
        for bead, right in self.judged(x, y, lost):
            rows += 1
            if right:
                seen |= self._held(x, bead.segments[x]) or frozenset()
        for unit in gold - seen:
            lost["missed pair: " + self._missed(x, y, unit, gold)] += 1
        return rows + len(gold)

    def judged(self, x: str, y: str, lost: Counter[str]) -> Iterator[tuple[Bead, bool]]:
        """The beads of two editions that newsroom.py judges, and whether each holds one unit pair and nothing else.

        Wrong ones are added to `lost` by cause.
        """
        gold = set(self.order[x]) & set(self.order[y])
        for bead in self.beads:
            left, right = bead.segments[x], bead.segments[y]
            held = [self._held(z, numbers) for z, numbers in ((x, left), (y, right))]
            if held[0] is None or held[1] is None:
                continue
            is_right = len(held[0]) == 1 and held[0] == held[1] and held[0] <= gold
            if not is_right:
                lost["wrong row: " + self._wrong(x, y, left, right, *held, gold)] += 1
            yield bead, is_right

    def _held(self, language: str, numbers: Sequence[int]) -> Units | None:
        """The units that a row's side holds, as newsroom.py sees it; None for a side that it does not judge."""
        text = "\n".join(self.document.segments[language][i].text for i in numbers)
        if not numbers or newsroom().squash(text) == newsroom().squash(self.gold["title"][language]):
            return None
        spans = self.texts[language].find(text)
        return self.texts[language].covered(spans, 2) if spans else None

    def _wrong(self, x: str, y: str, left: Sequence[int], right: Sequence[int], one: Units, other: Units,
               gold: set[int]) -> str:  # fmt: skip
        run_on = [any(len(self.units[z][i]) > 1 for i in numbers) for z, numbers in ((x, left), (y, right))]
        if any(run_on):
            return _run_on(run_on)
        shared = one & other & gold
        if shared:
            return "two pairs as one" if len(shared) > 1 else "one pair and more"
        return "other units" if one & gold and other & gold else "a unit without a counterpart"

    def _missed(self, x: str, y: str, unit: int, gold: set[int]) -> str:
        run_on = [any(unit in s and len(s) > 1 for s in self.units[z]) for z in (x, y)]
        if any(run_on):
            return _run_on(run_on)
        of = [{k for k, bead in enumerate(self.beads) for i in bead.segments[z] if unit in self.units[z][i]}
              for z in (x, y)]  # fmt: skip
        if of[0] & of[1]:
            bead = self.beads[min(of[0] & of[1])]
            held = [set().union(*(self.units[z][i] for i in bead.segments[z])) for z in (x, y)]
            return "two pairs as one" if len(held[0] & held[1] & gold) > 1 else "one pair and more"
        linked = [any(self.beads[k].segments[z] for k in ks) for ks, z in zip(of, (y, x), strict=True)]
        return "linked elsewhere" if any(linked) else "not linked"


def _run_on(sides: Sequence[bool]) -> str:
    return f"a sentence of two units, in {'both editions' if all(sides) else 'one edition'}"


if __name__ == "__main__":
    main()
