"""MinHash signatures of texts in files, and the pairs of them that are near-duplicates.

A text is sketched as the MinHash signature (Broder 1997; rensa's R-MinHash) of its runs of words. Signatures that agree
in a band of their places are candidates (locality-sensitive hashing), and are duplicates if enough of all places agree.
Texts are compared within a language.

A file has the sketches of one language, a row of unsigned 32-bit integers for each text: the number of its item, the
number of its runs, the signature. Any number of files, one of each shard, are compared as if they were one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

WORD = re.compile(r"[^\W_]+")
_SEED = 42  # any number; fixed, so that the same texts give the same groups
_BATCH = 4_096
"""Texts sketched at a time. Chosen: rensa hashes a batch in one call, and this many sentences are a few MB."""
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / the golden ratio: multiplicative hashing (Knuth 1998, 6.4)
_PAIRS = 50_000
"""Pairs of signatures compared at a time: 26 to 50 MB of them."""
_KEYS = 8_000_000
"""Keys of a band in memory at a time, more or less: 32 bytes each while they are sorted, so 256 MB."""
_HEAD = 2
"""Columns of a row before the signature: item and number of runs."""

Items = npt.NDArray[np.int64]
Rows = npt.NDArray[np.uint32]
Keys = npt.NDArray[np.uint64]


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


class SketchWriter:
    """Writes the sketches of items into `folder`, a file NAME.LANGUAGE.u32 for each language that an item has."""

    def __init__(self, folder: Path, name: str, measure: Measure) -> None:
        self._folder, self._name, self._measure = folder, name, measure
        self._waiting: dict[str, list[tuple[int, list[str]]]] = {}

    def add(self, item: int, texts: Mapping[str, str]) -> None:
        """Add the texts of an item by language."""
        for language, text in texts.items():
            words = WORD.findall(text.casefold())
            if len(words) >= self._measure.least:
                runs = {" ".join(words[i : i + n]) for n in self._measure.runs for i in range(len(words) - n + 1)}
                waiting = self._waiting.setdefault(language, [])
                waiting.append((item, sorted(runs)))
                if len(waiting) == _BATCH:
                    self._flush(language)

    def close(self) -> None:
        """Write what waits."""
        for language in list(self._waiting):
            self._flush(language)

    def _flush(self, language: str) -> None:
        from rensa import RMinHash

        if waiting := self._waiting.pop(language, []):
            runs = [own for _, own in waiting]
            matrix = RMinHash.digest_matrix_from_token_sets(runs, num_perm=self._measure.places, seed=_SEED)
            head = [(item, len(own)) for item, own in waiting]
            with (self._folder / f"{self._name}.{language}.u32").open("ab") as file:
                file.write(
                    np.concatenate((head, matrix.to_rows()), axis=1, dtype=np.uint32, casting="unsafe").tobytes()
                )


class Stacked:
    """The rows of `width` unsigned 32-bit integers in several files, one file after the other, mapped from disk."""

    def __init__(self, paths: Sequence[Path], width: int) -> None:
        self.width = width
        self.parts: list[Rows] = [
            np.memmap(path, np.uint32, "r").reshape(-1, width)
            if path.stat().st_size
            else np.zeros((0, width), np.uint32)
            for path in paths
        ]
        self.starts = np.cumsum([0, *map(len, self.parts)])
        """[files + 1] the number of the first row of each file, and how many there are."""

    def __len__(self) -> int:
        return int(self.starts[-1])

    def file_of(self, numbers: Items) -> Items:
        """The file of each row."""
        return np.searchsorted(self.starts, numbers, "right") - 1

    def take(self, numbers: Items) -> Rows:
        """Rows by number."""
        rows, files = np.empty((len(numbers), self.width), np.uint32), self.file_of(numbers)
        for file in np.unique(files):
            own = files == file
            rows[own] = self.parts[file][numbers[own] - self.starts[file]]
        return rows


def near_pairs(
    paths: Sequence[Path], first_items: Sequence[int], measure: Measure, scratch: Path
) -> Iterator[tuple[Items, Items]]:
    """Items that are near-duplicates of an earlier one: (the earlier ones, the later ones), band by band.

    `first_items` has for each file what is added to the numbers of its items. `scratch` is a folder for what memory
    does not hold.
    """
    sketches, first = Stacked(paths, _HEAD + measure.places), np.array(first_items, np.int64)
    for band in range(measure.bands):
        for keys, numbers in _by_key(sketches, slice(_HEAD + band * measure.width, _HEAD + (band + 1) * measure.width),
                                     scratch):  # fmt: skip
            order = np.argsort(keys, kind="stable")
            same = keys[order][1:] == keys[order][:-1]
            group = np.maximum.accumulate(np.concatenate(([0], np.where(same, 0, np.arange(1, len(keys))))))
            at = np.flatnonzero(np.concatenate(([False], same)))
            for part in range(0, len(at), _PAIRS):
                chosen = at[part : part + _PAIRS]
                # the first with the same key, and the later one
                ends = numbers[order[group[chosen]]], numbers[order[chosen]]
                alike = _alike(sketches.take(ends[0]), sketches.take(ends[1]), measure)
                earlier, later = (first[sketches.file_of(end)] + sketches.take(end)[:, 0] for end in ends)
                yield earlier[alike], later[alike]


def _alike(earlier: Rows, later: Rows, measure: Measure) -> npt.NDArray[np.bool_]:
    """[pairs] whether the sketches are those of near-duplicates."""
    jaccard = (later[:, _HEAD:] == earlier[:, _HEAD:]).mean(axis=1)
    sizes = earlier[:, 1].astype(np.int64), later[:, 1].astype(np.int64)
    shared = jaccard * (sizes[0] + sizes[1]) / (1 + jaccard)
    contained = shared / np.minimum(*sizes)
    near: npt.NDArray[np.bool_] = (jaccard >= measure.jaccard) & (contained >= measure.contained)
    return near


def _by_key(sketches: Stacked, band: slice, scratch: Path) -> Iterator[tuple[Keys, Items]]:
    """The keys of a band with the numbers of their rows; equal keys come together, rows in rising order.

    More than `_KEYS` are distributed over files by their first bits.
    """
    bits = (len(sketches) // _KEYS).bit_length()
    if not len(sketches):
        return
    if not bits:
        yield np.concatenate([_keys(part[:, band]) for part in sketches.parts]), np.arange(len(sketches))
        return
    kind = np.dtype([("key", np.uint64), ("number", np.int64)])
    with ExitStack() as stack:
        files = [stack.enter_context(TemporaryFile(dir=scratch)) for _ in range(1 << bits)]
        for start, part in zip(sketches.starts, sketches.parts, strict=False):
            pairs = np.empty(len(part), kind)
            pairs["key"], pairs["number"] = _keys(part[:, band]), np.arange(start, start + len(part))
            place = (pairs["key"] >> np.uint64(64 - bits)).astype(np.int64)
            ends = np.cumsum(np.bincount(place, minlength=1 << bits))
            for file, own in zip(files, np.split(pairs[np.argsort(place, kind="stable")], ends[:-1]), strict=True):
                file.write(own.tobytes())
        for file in files:
            file.seek(0)
            pairs = np.frombuffer(file.read(), kind)
            if len(pairs):
                yield pairs["key"], pairs["number"]


def _keys(places: Rows) -> Keys:
    """[texts] a hash of the places of a band."""
    keys = np.zeros(len(places), np.uint64)
    for column in range(places.shape[1]):
        keys = keys * _GOLDEN + places[:, column]
        keys ^= keys >> np.uint64(29)
    return keys
