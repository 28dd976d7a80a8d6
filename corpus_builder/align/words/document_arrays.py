"""A document as arrays: per language its words in order, its segments' lengths, blocks and labels.

Words are numbered anew in each document, in order of first sight, so that what is computed from a document does not
depend on what was read before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import ne
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.jit import compiled
from corpus_builder.model import BlockKind, Segment

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
ROLES = ("", "title", "heading", "list_item", "blockquote", "source", "quote", "details", "background", "other")
_ROLE = {name: i for i, name in enumerate(ROLES)}


@dataclass(frozen=True, slots=True)
class Encoded:
    """One edition. `words` number the document's own words ("types"), 0 to V-1.

    words [tokens] types in order; starts [segments + 1] where each segment's words begin; lengths [segments] letters
    and signs; edges [segments + 1] 1 where a block begins or ended, else 0; roles [segments] what label or kind of
    block each lies in (0: plain, -1: not the first of its block); units [V] each type's unit in the language's
    vocabulary; shares [V] the unit's probability; skeletons [V, letters], letters [V], kinds [V], bigrams [V],
    spellings [V, letters] as in the vocabulary.
    """

    words: Ints
    starts: Ints
    lengths: Floats
    edges: Ints
    roles: Ints
    units: Ints
    shares: Floats
    skeletons: npt.NDArray[np.uint8]
    letters: Ints
    kinds: npt.NDArray[np.uint8]
    bigrams: npt.NDArray[np.uint64]
    spellings: npt.NDArray[np.uint16]

    @property
    def size(self) -> int:
        """Segments."""
        return len(self.lengths)


def encode(segments: Sequence[Segment], vocabulary: Vocabulary) -> Encoded:
    """The arrays of one edition; its new words are entered into the vocabulary."""
    words, starts = vocabulary.reader.read([segment.text for segment in segments])
    numbers, entered = _local(words)
    units = vocabulary.unit_of[entered]
    blocks = [segment.block for segment in segments]
    begins = [True, *map(ne, blocks[1:], blocks)][: len(blocks)]
    edges = np.array([*begins, True], np.int32)
    return Encoded(
        words=numbers,
        starts=starts,
        lengths=np.array([len(segment.text) for segment in segments], np.float64),
        edges=edges,
        roles=np.array([_role(s) if begin else -1 for s, begin in zip(segments, begins, strict=True)], np.int32),
        units=units,
        shares=vocabulary.shares(units),
        skeletons=vocabulary.skeletons[entered],
        letters=vocabulary.lengths[entered],
        kinds=vocabulary.kinds[entered],
        bigrams=vocabulary.bigrams[entered],
        spellings=vocabulary.spellings[entered],
    )


@compiled
def _local(words: Any) -> Any:
    """The words numbered anew by first sight, and the vocabulary's numbers of these."""
    room = 16
    while room < 2 * len(words):
        room *= 2
    place = np.full(room, -1, np.int32)  # a hash table: the vocabulary may be far larger than the document
    numbers, entered = np.empty(len(words), np.int32), np.empty(len(words), np.int32)
    n = 0
    for k in range(len(words)):
        slot = (words[k] * 40503) & (room - 1)
        while place[slot] >= 0 and entered[place[slot]] != words[k]:
            slot = (slot + 1) & (room - 1)
        if place[slot] < 0:
            place[slot] = n
            entered[n] = words[k]
            n += 1
        numbers[k] = place[slot]
    return numbers, entered[:n].copy()


def _role(segment: Segment) -> int:
    if segment.label is not None:
        return _ROLE.get(segment.label, _ROLE["other"])
    return 0 if segment.kind in (BlockKind.PARAGRAPH, BlockKind.LEAD) else _ROLE.get(segment.kind.value, 0)
