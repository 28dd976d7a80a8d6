"""Companions: stories that have the same sentence in one of their editions.

A file has the sentences of a shard's stories, sorted: the hash of each, and the number of its story there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus_builder.quality.sketches import WORD

LETTERS = 25
"""Letters and digits of the shortest sentence that makes two stories companions. Chosen: four or five words, as in
dataset/overlap.py."""
_AT_A_TIME = 4_000_000
"""Sentences in memory at a time, more or less. Chosen: 64 MB of them, and as much again while they are sorted."""
_FULL_STOP = re.compile(r"(?<![.!?…])[.!?…]++\s+|\n")
SENTENCE = np.dtype([("hash", "<u8"), ("story", "<u4")])
Sentences = npt.NDArray[np.void]


def sentence_hashes(editions: Mapping[str, str]) -> Iterator[int]:
    """The hashes of the sentences of a story, which is given as the whole text of each edition.

    A sentence is what lies between full stops; those of fewer than `LETTERS` letters and digits do not count.
    """
    for language, text in editions.items():
        for sentence in _FULL_STOP.split(text.casefold()):
            plain = "".join(WORD.findall(sentence))
            if len(plain) >= LETTERS:
                digest = blake2b(f"{language} {plain}".encode(errors="surrogatepass"), digest_size=8).digest()
                yield int.from_bytes(digest, "little")


def write_sentences(path: Path, stories: Iterable[tuple[int, int]]) -> None:
    """Write the sentences of a shard: pairs of a hash and the number of a story."""
    path.write_bytes(np.unique(np.array(list(stories), SENTENCE)).tobytes())


def companions(paths: Sequence[Path], first_stories: Sequence[int], most: int) -> list[tuple[int, ...]]:
    """Groups of two to `most` stories that have the same sentence, by their numbers, each sorted, each once.

    `first_stories` has for each file what is added to the numbers of its stories.
    """
    parts = [np.memmap(path, SENTENCE, "r") if path.stat().st_size else np.zeros(0, SENTENCE) for path in paths]
    ranges = 1 << (sum(map(len, parts)) // _AT_A_TIME).bit_length()
    groups: set[tuple[int, ...]] = set()
    for number in range(ranges if parts else 0):
        hashes, stories = [], []
        for part, first in zip(parts, first_stories, strict=True):
            begin, end = (_place(part, at, ranges) for at in (number, number + 1))
            hashes.append(part["hash"][begin:end])
            stories.append(part["story"][begin:end].astype(np.int64) + first)
        groups.update(_shared(np.concatenate(hashes), np.concatenate(stories), most))
    return sorted(groups)


def _place(part: Sentences, at: int, ranges: int) -> int:
    """Where the hashes of a range begin in a file."""
    if at == ranges:
        return len(part)
    return int(np.searchsorted(part["hash"], np.uint64(at * (2**64 // ranges))))


def _shared(hashes: npt.NDArray[np.uint64], stories: npt.NDArray[np.int64], most: int) -> Iterator[tuple[int, ...]]:
    """The stories of each hash that two to `most` have; pairs of a hash and a story come once."""
    order = np.lexsort((stories, hashes))
    hashes, stories = hashes[order], stories[order]
    starts = np.flatnonzero(np.diff(hashes, prepend=~hashes[:1]))
    sizes = np.diff(starts, append=len(hashes))
    for start, size in zip(starts, sizes, strict=True):
        if 1 < size <= most:
            yield tuple(stories[start : start + size].tolist())
