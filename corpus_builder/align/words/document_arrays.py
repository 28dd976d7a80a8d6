"""A document as arrays: per language its words in order, its segments' lengths, blocks and labels.

Each document numbers its distinct words ("types") in order of first occurrence, so that the results for a document do
not depend on the documents read before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import ne
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Floats
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.jit import compiled
from corpus_builder.model import BlockKind, Segment
from corpus_builder.ragged import Ints, Ragged

ROLES = ("", "title", "heading", "list_item", "blockquote", "source", "quote", "details", "background", "other")
_ROLE = {name: i for i, name in enumerate(ROLES)}


@dataclass(frozen=True, slots=True)
class EncodedEdition:
    """One edition of a document, its types numbered 0 to V-1.

    words: by segment the types of its words in order; lengths [segments] code points; edges [segments + 1] 1 where a
    block begins or ends, else 0; roles [segments] the label or kind of the block (0: plain, -1: not the first segment
    of its block); units [V] each type's unit in the language's vocabulary; shares [V] the unit's probability;
    skeletons [V, letters], letters [V], kinds [V], bigrams [V], spellings [V, letters] as in the vocabulary.
    """

    words: Ragged
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
        """How many segments it has."""
        return len(self.lengths)


def encode(segments: Sequence[Segment], vocabulary: Vocabulary) -> EncodedEdition:
    """The arrays of one edition. New words are entered into the vocabulary."""
    words = vocabulary.reader.read([segment.text for segment in segments])
    types, entered = _types(words.flat)
    units = vocabulary.unit_of[entered]
    blocks = [segment.block for segment in segments]
    begins = [True, *map(ne, blocks[1:], blocks)][: len(blocks)]
    edges = np.array([*begins, True], np.int32)
    return EncodedEdition(
        words=Ragged(types, words.starts),
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
def _types(words: Any) -> Any:
    """The words numbered by first occurrence, and the vocabulary's number of each type."""
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
