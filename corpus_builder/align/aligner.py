"""Beads by length and shared word beginnings: a dynamic programme over the sentences of each two editions.

The beads of all editions together are joined from those of each two languages; the beads of blocks follow from them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from corpus_builder.model import Alignment, Bead, Document

_SHAPES = {(1, 0): -1.0, (0, 1): -1.0, (1, 1): 1.4, (1, 2): 0.4, (2, 1): 0.4, (2, 2): -0.6, (1, 3): -0.6, (3, 1): -0.6}
_CYRILLIC = dict(zip("абвгґдеєжзиіїйклмнопрстуфхцчшщюяёыэ", "abvhgdeejziiiiklmnoprstufhccssuaeie", strict=True))
_WORD = re.compile(r"\w+|[?!:;()%]")


def _units(text: str) -> set[str]:
    words = _WORD.findall(text.lower())
    return {word if word[0].isdigit() else "".join(_CYRILLIC.get(c, c) for c in word)[:4] for word in words}


class Aligner:
    """The languages that it was trained for and their mean lengths per segment."""

    def __init__(self, languages: Sequence[str], ratios: dict[str, float]) -> None:
        self.languages = tuple(languages)
        self.ratios = ratios

    def align(self, document: Document) -> Alignment:
        """The beads of one document; every segment (block) lies in exactly one of them."""
        languages = list(document.segments)
        links: dict[tuple[tuple[str, int], tuple[str, int]], float] = {}
        for x, y in combinations(languages, 2):
            for left, right, score in self._pair(document, x, y):
                for i in left:
                    for j in right:
                        links[(x, i), (y, j)] = score
        nodes = [(x, i) for x in languages for i in range(len(document.segments[x]))]
        beads = _beads(languages, nodes, links)
        block_of = {(x, i): (x, segment.block) for x in languages for i, segment in enumerate(document.segments[x])}
        blocks = _beads(
            languages,
            list(dict.fromkeys(block_of.values())),
            {(block_of[a], block_of[b]): score for (a, b), score in links.items()},
        )
        matched = sum(len(bead.languages) > 1 for bead in beads)
        return Alignment(document.name, beads, blocks, matched / max(len(beads), 1))

    def _pair(self, document: Document, x: str, y: str) -> list[tuple[list[int], list[int], float]]:
        a, b = document.segments[x], document.segments[y]
        words_a, words_b = [_units(s.text) for s in a], [_units(s.text) for s in b]
        ratio = self.ratios.get(f"{x}-{y}", 1.0)
        best = {(0, 0): (0.0, (0, 0), 0.0)}
        for i in range(len(a) + 1):
            for j in range(len(b) + 1):
                for (m, n), prior in _SHAPES.items():
                    if i < m or j < n:
                        continue
                    score = prior
                    if m and n:
                        left, right = set().union(*words_a[i - m : i]), set().union(*words_b[j - n : j])
                        share = len(left & right) / math.sqrt(len(left) * len(right) or 1)
                        la, lb = sum(len(s.text) for s in a[i - m : i]), sum(len(s.text) for s in b[j - n : j])
                        z2 = (lb - ratio * la) ** 2 / ((lb + ratio * la) / 2 + 1) / 6.8
                        score += 12 * share - 0.7 * min(z2, 16.0) / 2
                        # a bead that crosses the edge of a block on one side only is less likely
                        score -= 0.5 * ((a[i - 1].block != a[i - m].block) + (b[j - 1].block != b[j - n].block))
                    total = best[i - m, j - n][0] + score
                    if (i, j) not in best or total > best[i, j][0]:
                        best[i, j] = (total, (m, n), score)
        beads, i, j = [], len(a), len(b)
        while i or j:
            _, (m, n), score = best[i, j]
            if m and n:
                beads.append((list(range(i - m, i)), list(range(j - n, j)), score))
            i, j = i - m, j - n
        return beads[::-1]

    def save(self, folder: Path) -> None:
        """Write the model into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "aligner.json").write_text(
            json.dumps({"languages": self.languages, "ratios": self.ratios}, sort_keys=True), encoding="utf-8"
        )

    @classmethod
    def load(cls, folder: Path) -> Aligner:
        """The model that `save` wrote."""
        saved = json.loads((folder / "aligner.json").read_text(encoding="utf-8"))
        return cls(saved["languages"], saved["ratios"])


Node = tuple[str, int]


def _beads(languages: Sequence[str], nodes: Sequence[Node], links: dict[tuple[Node, Node], float]) -> tuple[Bead, ...]:
    parent = {node: node for node in nodes}

    def find(node: Node) -> Node:
        while parent[node] != node:
            node = parent[node]
        return node

    for a, b in links:
        parent[find(a)] = find(b)
    groups: dict[Node, list[Node]] = {}
    for node in nodes:
        groups.setdefault(find(node), []).append(node)
    scores: dict[tuple[Node, tuple[str, str]], list[float]] = {}
    for (a, b), score in links.items():
        scores.setdefault((find(a), (a[0], b[0])), []).append(score)
    beads = []
    for root, members in groups.items():
        segments = {x: tuple(sorted({i for y, i in members if y == x})) for x in languages}
        pairs = {p: 1 / (1 + math.exp(-min(max(s), 50.0))) for (r, p), s in scores.items() if r == root}
        mean = sum(max(s) for (r, _), s in scores.items() if r == root) / max(len(pairs), 1)
        beads.append(
            Bead(
                segments,
                round(mean, 4),
                round(min(pairs.values(), default=1.0), 4),
                () if pairs else ("one_sided",),
                pairs,
            )
        )
    return tuple(beads)


def train(
    documents: Iterable[Document],
    languages: Sequence[str],
    *,
    seed_lexicon: Path | None = None,  # noqa: ARG001
    previous: Aligner | None = None,  # noqa: ARG001
    sample: int = 2000,  # noqa: ARG001
    progress: Callable[[str, int, int], Any] | None = None,  # noqa: ARG001
) -> Aligner:
    """Learn the ratio of lengths of each two languages."""
    totals: dict[str, list[int]] = {}
    for document in documents:
        for x, y in combinations([x for x in languages if x in document.segments], 2):
            total = totals.setdefault(f"{x}-{y}", [1, 1])
            total[0] += sum(len(s.text) for s in document.segments[x])
            total[1] += sum(len(s.text) for s in document.segments[y])
    return Aligner(languages, {pair: b / a for pair, (a, b) in sorted(totals.items())})
