"""MinHash signatures of texts in files, and the pairs of them that are near-duplicates.

A text is sketched as the MinHash signature (Broder 1997; rensa's R-MinHash) of its runs of words. Signatures that agree
in a band of their places are candidates (locality-sensitive hashing), and are duplicates if enough of all places agree.
Texts are compared within a language.

A file has the sketches of one language, a row of unsigned 32-bit integers for each text: the number of its item, the
number of its runs, the signature. Any number of files, one of each shard, are compared as if they were one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

from corpus_builder.quality.components import Items

WORD = re.compile(r"[^\W_]+")
_SEED = 42  # any number; fixed, so that the same texts give the same groups
_BATCH = 4_096
"""Texts sketched at a time. Chosen: rensa hashes a batch in one call, and this many sentences are a few MB."""
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / the golden ratio: multiplicative hashing (Knuth 1998, 6.4)
_PAIRS = 50_000
"""Pairs of signatures compared at a time: 26 to 50 MB of them."""
KEYS = 1_000_000
"""Keys in memory at a time, more or less. Chosen: 16 bytes each, and some 40 more while they are sorted, so 55 MB."""
_MOST_BITS = 9
"""Chosen: 512 files, of the 1,024 that a process may usually have open."""
_HEAD = 2
"""Columns of a row before the signature: item and number of runs."""

Rows = npt.NDArray[np.uint32]
Keyed = npt.NDArray[np.void]
_KEYED = np.dtype([("key", np.uint64), ("number", np.int64)])


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
    """The rows of `width` unsigned 32-bit integers in several files, one file after the other.

    A file is mapped from disk while it is looked at and no longer: there may be more of them than a process can have
    open, and what is mapped counts as its memory.
    """

    def __init__(self, paths: Sequence[Path], width: int) -> None:
        self._paths, self._width = paths, width
        sizes = [path.stat().st_size // (width * 4) for path in paths]
        self.starts = np.cumsum([0, *sizes])
        """[files + 1] the number of the first row of each file, and how many there are."""

    def __len__(self) -> int:
        return int(self.starts[-1])

    def file_of(self, numbers: Items) -> Items:
        """The file of each row."""
        return np.searchsorted(self.starts, numbers, "right") - 1

    def columns(self, chosen: slice) -> Iterator[Rows]:
        """Some columns of each file."""
        for path, size in zip(self._paths, np.diff(self.starts), strict=True):
            yield _mapped(path, self._width)[:, chosen].copy() if size else np.zeros((0, self._width), np.uint32)

    def take(self, numbers: Items) -> Rows:
        """Rows by number."""
        rows, files = np.empty((len(numbers), self._width), np.uint32), self.file_of(numbers)
        order = np.argsort(files, kind="stable")
        present, begins = np.unique(files[order], return_index=True)
        for file, own in zip(present, np.split(order, begins[1:]), strict=True):
            rows[own] = _mapped(self._paths[file], self._width)[numbers[own] - self.starts[file]]
        return rows


def _mapped(path: Path, width: int) -> Rows:
    with path.open("rb") as file:  # np.memmap takes twice as long, and there are many files to look at
        return np.frombuffer(mmap(file.fileno(), 0, access=ACCESS_READ), np.uint32).reshape(-1, width)


def near_pairs(
    paths: Sequence[Path], first_items: Sequence[int], measure: Measure, scratch: Path
) -> Iterator[tuple[Items, Items]]:
    """Items that are near-duplicates of an earlier one: (the earlier ones, the later ones), band by band.

    `first_items` has for each file what is added to the numbers of its items. `scratch` is a folder for what memory
    does not hold.
    """
    sketches, first = Stacked(paths, _HEAD + measure.places), np.array(first_items, np.int64)
    for band in range(measure.bands):
        columns = slice(_HEAD + band * measure.width, _HEAD + (band + 1) * measure.width)
        for keyed in by_first_bits(_keyed(sketches, columns), "key", len(sketches) // KEYS, scratch):
            for ends in _same_key(keyed):
                rows = [sketches.take(end) for end in ends]
                alike = _alike(rows[0], rows[1], measure)
                earlier, later = (first[sketches.file_of(end)] + own[:, 0] for end, own in zip(ends, rows, strict=True))
                yield earlier[alike], later[alike]


def _same_key(keyed: Keyed) -> Iterator[tuple[Items, Items]]:
    """Pairs of rows with the same key, some at a time: the first that has it, and each later one."""
    keyed = keyed[np.argsort(keyed["key"], kind="stable")]
    same = keyed["key"][1:] == keyed["key"][:-1]
    begins = np.flatnonzero(np.concatenate(([True], ~same)))
    later = np.flatnonzero(same) + 1
    for at in range(0, len(later), _PAIRS):
        chosen = later[at : at + _PAIRS]
        earlier = begins[np.searchsorted(begins, chosen, "right") - 1]
        yield keyed["number"][earlier], keyed["number"][chosen]


def _alike(earlier: Rows, later: Rows, measure: Measure) -> npt.NDArray[np.bool_]:
    """[pairs] whether the sketches are those of near-duplicates."""
    jaccard = (later[:, _HEAD:] == earlier[:, _HEAD:]).mean(axis=1)
    sizes = earlier[:, 1].astype(np.int64), later[:, 1].astype(np.int64)
    shared = jaccard * (sizes[0] + sizes[1]) / (1 + jaccard)
    contained = shared / np.minimum(*sizes)
    near: npt.NDArray[np.bool_] = (jaccard >= measure.jaccard) & (contained >= measure.contained)
    return near


def _keyed(sketches: Stacked, band: slice) -> Iterator[Keyed]:
    """The keys of a band with the numbers of their rows, file by file."""
    for start, places in zip(sketches.starts, sketches.columns(band), strict=False):
        keyed = np.empty(len(places), _KEYED)
        keyed["key"], keyed["number"] = _keys(places), np.arange(start, start + len(places))
        yield keyed


def by_first_bits(parts: Iterable[Keyed], field: str, times: int, scratch: Path) -> Iterator[Keyed]:
    """The records of all parts in their order, those together of which `field`, 64 bits of a hash, has the same first
    bits. `times` is how many times as many as memory should hold there are: then they are distributed over files.
    """
    if not (bits := min(times.bit_length(), _MOST_BITS)):
        if (kept := list(parts)) and sum(map(len, kept)):
            yield np.concatenate(kept)
        return
    with ExitStack() as stack:
        files = [stack.enter_context(TemporaryFile(dir=scratch)) for _ in range(1 << bits)]
        kind: np.dtype[np.void] | None = None
        for part in parts:
            kind, place = part.dtype, (part[field] >> np.uint64(64 - bits)).astype(np.int64)
            ends = np.cumsum(np.bincount(place, minlength=1 << bits))
            for file, own in zip(files, np.split(part[np.argsort(place, kind="stable")], ends[:-1]), strict=True):
                file.write(own.tobytes())
        for file in files:
            file.seek(0)
            if data := file.read():
                yield np.frombuffer(data, kind)


def _keys(places: Rows) -> npt.NDArray[np.uint64]:
    """[texts] a hash of the places of a band."""
    keys = np.zeros(len(places), np.uint64)
    for column in range(places.shape[1]):
        keys = keys * _GOLDEN + places[:, column]
        keys ^= keys >> np.uint64(29)
    return keys
