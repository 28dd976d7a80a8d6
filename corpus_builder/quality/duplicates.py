"""Near-duplicates of rows and of stories, across languages: reprints, updates of a story, boilerplate.

A text is sketched as the MinHash signature (Broder 1997; rensa's R-MinHash) of its runs of words. Signatures that agree
in a band of their places are candidates (locality-sensitive hashing), and are duplicates if enough of all places agree.
Texts are compared within a language. Rows (stories) with a duplicate text in any language are linked, and the connected
components of the links are the groups: what is the same in one edition is the same in all that are aligned with it.

Signatures lie in a file while they are compared, a band in memory at a time: 12 bytes per text. scipy finds the
components.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

_WORD = re.compile(r"[^\W_]+")
_FULL_STOP = re.compile(r"(?<![.!?…])[.!?…]++\s+|\n")
_SEED = 42  # any number; fixed, so that the same texts give the same groups
_BATCH = 4_096
"""Texts sketched at a time. Chosen: rensa hashes a batch in one call, and this many sentences are a few MB."""
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / the golden ratio: multiplicative hashing (Knuth 1998, 6.4)
_PAIRS = 50_000
"""Pairs of signatures compared at a time: 26 to 50 MB of them."""
_LINKS = 2_000_000
"""Links in memory at a time, 32 MB of them; a text of boilerplate is linked in every band."""

Items = npt.NDArray[np.int64]


class Duplicate(NamedTuple):
    """For a row: how many other stories have a near-duplicate of it, and how many of them come before its story."""

    others: int
    rank: int


ALONE = Duplicate(0, 0)


@dataclass(frozen=True, slots=True)
class Measure:
    """What counts as a near-duplicate. Texts of fewer than `least` words are not compared.

    `runs` are the lengths of the runs of words that are compared; `bands` of `width` places make candidates; duplicates
    share `jaccard` of all runs, and `contained` of the shorter one's.
    """

    runs: tuple[int, ...]
    least: int
    bands: int
    width: int
    jaccard: float
    contained: float

    @property
    def places(self) -> int:
        """Places of a signature."""
        return self.bands * self.width


ROWS = Measure(runs=(1, 2), least=4, bands=16, width=4, jaccard=0.7, contained=0.8)
"""Sentences and paragraphs. A pair with Jaccard s is a candidate with probability 1 - (1 - s^width)^bands: 0.99 at 0.7,
0.12 at 0.3. The thresholds are chosen: they allow one changed word in a short sentence."""
STORIES = Measure(runs=(3,), least=3, bands=42, width=3, jaccard=0.3, contained=0.5)
"""Stories: an update that doubles a text leaves a Jaccard of 0.5 and contains it wholly. At 0.5 a pair is a candidate
with probability 0.996, at 0.3 with 0.68; two different stories on one subject have less than 0.02."""
SHORT = 20
"""Words of a short text. Chosen: a notice has fewer, the lead of a story alone has more. In a longer story an edition
of fewer words is a stub ("Subscribe to read on"), which says nothing of the story."""

LETTERS = 25
"""Letters and digits of the shortest sentence that makes two stories companions. Chosen: four or five words, as in
dataset/overlap.py."""


class Group(NamedTuple):
    """Numbers of items that are near-duplicates, in rising order."""

    members: tuple[int, ...]


@dataclass
class _Sketches:
    """The signatures of one language in a file, with the item of each and the number of its runs."""

    path: Path
    measure: Measure
    items: array[int] = field(default_factory=lambda: array("L"))
    sizes: array[int] = field(default_factory=lambda: array("L"))
    _waiting: list[list[str]] = field(default_factory=list)

    def add(self, item: int, text: str) -> None:
        words = _WORD.findall(text.casefold())
        if len(words) < self.measure.least:
            return
        runs = {" ".join(words[i : i + n]) for n in self.measure.runs for i in range(len(words) - n + 1)}
        self.items.append(item)
        self.sizes.append(len(runs))
        self._waiting.append(sorted(runs))
        if len(self._waiting) == _BATCH:
            self.flush()

    def flush(self) -> None:
        from rensa import RMinHash

        if self._waiting:
            matrix = RMinHash.digest_matrix_from_token_sets(self._waiting, num_perm=self.measure.places, seed=_SEED)
            with self.path.open("ab") as file:
                file.write(np.array(matrix.to_rows(), np.uint32).tobytes())
            self._waiting = []

    def pairs(self) -> Iterator[tuple[Items, Items]]:
        """Items that are near-duplicates of an earlier one: (the earlier ones, the later ones), band by band."""
        self.flush()
        if len(self.items) < 2:
            return
        count, measure = len(self.items), self.measure
        signatures: Any = np.memmap(self.path, np.uint32, "r", shape=(count, measure.places))
        items, sizes = np.array(self.items, np.int64), np.array(self.sizes, np.int64)
        for band in range(measure.bands):
            key = np.zeros(count, np.uint64)
            for place in range(band * measure.width, (band + 1) * measure.width):
                key = key * _GOLDEN + signatures[:, place]
                key ^= key >> np.uint64(29)
            order = np.argsort(key, kind="stable")
            same = key[order][1:] == key[order][:-1]
            first = np.concatenate(([0], np.where(same, 0, np.arange(1, count))))
            first = np.maximum.accumulate(first)  # the first with the same key
            at = np.flatnonzero(np.concatenate(([False], same)))
            for part in range(0, len(at), _PAIRS):
                later, earlier = order[at[part : part + _PAIRS]], order[first[at[part : part + _PAIRS]]]
                jaccard = (signatures[later] == signatures[earlier]).mean(axis=1)
                shared = jaccard * (sizes[later] + sizes[earlier]) / (1 + jaccard)
                contained = shared / np.minimum(sizes[later], sizes[earlier])
                alike = (jaccard >= measure.jaccard) & (contained >= measure.contained)
                yield items[earlier[alike]], items[later[alike]]


def near_duplicates(texts: Iterable[Mapping[str, str]], measure: Measure, folder: Path | None = None) -> list[Group]:
    """Group items (rows or stories, each its texts by language) that are near-duplicates of one another.

    `folder` holds the signatures meanwhile (4 bytes per place and text; None: the system's). Groups have two members
    or more, numbered as the items come, and the groups are in the order of their first members.
    """
    with TemporaryDirectory(dir=folder, prefix=".sketches") as place:
        by_language: dict[str, _Sketches] = {}
        count = 0
        for count, item in enumerate(texts, 1):
            for language, text in item.items():
                if language not in by_language:
                    by_language[language] = _Sketches(Path(place) / language, measure)
                by_language[language].add(count - 1, text)
        links: list[tuple[Items, Items]] = []
        for _, sketches in sorted(by_language.items()):
            for pairs in sketches.pairs():
                links.append(pairs)
                if sum(len(earlier) for earlier, _ in links) > _LINKS:
                    links = [_to_first(*_connected(links, count))]
    members, starts = _connected(links, count)
    groups = [Group(tuple(group.tolist())) for group in np.split(members, starts[1:]) if len(group)]
    return sorted(groups, key=lambda group: group.members[0])


def _connected(links: Sequence[tuple[Items, Items]], count: int) -> tuple[Items, Items]:
    """The connected components of links among `count` items, each link an (earlier item, later item): all linked items,
    component after component, in rising order within each, and where each component starts.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not links:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    earlier, later = (np.concatenate(ends) for ends in zip(*links, strict=True))
    graph = coo_array((np.ones(len(earlier), np.bool_), (earlier, later)), shape=(count, count))
    component = connected_components(graph, directed=False)[1]
    linked = np.unique(np.concatenate((earlier, later)))
    linked = linked[np.argsort(component[linked], kind="stable")]
    return linked, np.flatnonzero(np.diff(component[linked], prepend=-1))


def _to_first(members: Items, starts: Items) -> tuple[Items, Items]:
    """The fewest links that keep the components: each member to the first of its component."""
    return np.repeat(members[starts], np.diff(starts, append=len(members))), members


def story_clusters(stories: Iterable[tuple[str, Mapping[str, str]]], folder: Path | None = None
                   ) -> list[frozenset[str]]:  # fmt: skip
    """Clusters of two or more stories that are near-duplicates: reprints and updates.

    `stories` are article ids with the whole text of each edition. Short texts count only in stories that are short in
    every language: repeated notices are a cluster, stories whose English editions are the same stub are not.
    """
    ids: list[str] = []

    def texts() -> Iterator[Mapping[str, str]]:
        for article_id, editions in stories:
            ids.append(article_id)
            long = {language: text for language, text in editions.items() if len(_WORD.findall(text)) >= SHORT}
            yield long or editions

    return [frozenset(ids[i] for i in group.members) for group in near_duplicates(texts(), STORIES, folder)]


def companions(stories: Iterable[tuple[str, Mapping[str, str]]], most: int) -> list[tuple[str, ...]]:
    """Groups of two to `most` stories that have the same sentence in one of their editions, each sorted, each once.

    `stories` are article ids with the whole text of each edition. A sentence is what lies between full stops; those of
    fewer than `LETTERS` letters and digits do not count. 16 bytes of memory for each.
    """
    ids: list[str] = []
    hashes, owners = array("Q"), array("Q")
    for number, (article_id, editions) in enumerate(stories):
        ids.append(article_id)
        for language, text in editions.items():
            for sentence in _FULL_STOP.split(text.casefold()):
                plain = "".join(_WORD.findall(sentence))
                if len(plain) >= LETTERS:
                    digest = blake2b(f"{language} {plain}".encode(errors="surrogatepass"), digest_size=8).digest()
                    hashes.append(int.from_bytes(digest, "little"))
                    owners.append(number)
    pairs = np.unique(np.array([hashes, owners], np.uint64).reshape(2, -1).T, axis=0)
    starts = np.flatnonzero(np.diff(pairs[:, 0], prepend=np.uint64(0)))
    groups = (group[:, 1] for group in np.split(pairs, starts))
    shared = {tuple(sorted(ids[int(owner)] for owner in group)) for group in groups if 1 < len(group) <= most}
    return sorted(shared)


def row_duplicates(stories: Sequence[Hashable], groups: Iterable[Group]) -> dict[int, Duplicate]:
    """The duplicates of rows that another story has too, by number of the row; `stories` has the story of each row."""
    by_row = {}
    for group in groups:
        order = {story: rank for rank, story in enumerate(dict.fromkeys(stories[i] for i in group.members))}
        if len(order) > 1:
            by_row.update({i: Duplicate(len(order) - 1, order[stories[i]]) for i in group.members})
    return by_row
