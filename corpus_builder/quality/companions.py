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

from corpus_builder.quality.sketches import KEYS, WORD, by_first_bits

LETTERS = 25
"""Letters and digits of the shortest sentence that makes two stories companions. Chosen: four or five words, as in
dataset/overlap.py."""
_WAITING = 250_000
"""Groups that wait to be compared with those found before. Chosen: 8 MB."""
_FULL_STOP = re.compile(r"(?<![.!?…])[.!?…]++\s+|\n")
SENTENCE = np.dtype([("hash", "<u8"), ("story", "<u4")])
_SAID = np.dtype([("hash", np.uint64), ("story", np.int64)])
Groups = npt.NDArray[np.int64]
"""[groups, most] numbers of stories in rising order; -1 where a group has fewer."""


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


def companions(paths: Sequence[Path], first_stories: Sequence[int], most: int, scratch: Path) -> Groups:
    """Groups of two to `most` stories that have the same sentence, each once, in the order of their numbers.

    `first_stories` has for each file what is added to the numbers of its stories. `scratch` is a folder for what memory
    does not hold.
    """
    found, waiting = np.zeros((0, most), np.int64), list[Groups]()
    times = sum(path.stat().st_size for path in paths) // SENTENCE.itemsize // KEYS
    for said in by_first_bits(_numbered(paths, first_stories), "hash", times, scratch):
        waiting.append(_shared(said, most))
        if sum(map(len, waiting)) > len(found) + _WAITING:  # so what was found is sorted again only when it has doubled
            found, waiting = _each_once([found, *waiting]), []
    return _each_once([found, *waiting])


def _numbered(paths: Sequence[Path], first_stories: Sequence[int]) -> Iterator[npt.NDArray[np.void]]:
    """The sentences of each file, with the numbers of their stories in the whole corpus."""
    for path, first in zip(paths, first_stories, strict=True):
        own = np.fromfile(path, SENTENCE)
        numbered = np.empty(len(own), _SAID)
        numbered["hash"], numbered["story"] = own["hash"], own["story"].astype(np.int64) + first
        yield numbered


def _shared(said: npt.NDArray[np.void], most: int) -> Groups:
    """The stories of each hash that two to `most` have; pairs of a hash and a story come once, stories in order."""
    said = said[np.argsort(said["hash"], kind="stable")]
    starts = np.flatnonzero(np.concatenate(([True], said["hash"][1:] != said["hash"][:-1])))
    sizes = np.diff(starts, append=len(said))
    shared = (sizes > 1) & (sizes <= most)
    starts, sizes = starts[shared], sizes[shared]
    groups = np.full((len(starts), most), -1, np.int64)
    for place in range(most):
        there = sizes > place
        groups[there, place] = said["story"][starts[there] + place]
    return groups


def _each_once(groups: Sequence[Groups]) -> Groups:
    """The groups, sorted, each once."""
    every = np.concatenate(groups)
    every = every[np.lexsort(every.T[::-1])]
    return every[np.concatenate(([True], (every[1:] != every[:-1]).any(axis=1)))[: len(every)]]
