"""A document as arrays: per language its words in order, its segments' lengths, blocks and labels.

Words are numbered anew in each document, in order of first sight, so that what is computed from a document does not
depend on what was read before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.compiled import compiled
from corpus_builder.align.vocabulary import Vocabulary
from corpus_builder.model import BlockKind, Segment
from corpus_builder.text.tokens import pieces

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
    vocabulary; shares [V] the unit's probability; skeletons [V, letters], letters [V], kinds [V], bigrams [V] as in the
    vocabulary.
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

    @property
    def size(self) -> int:
        """Segments."""
        return len(self.lengths)


def encode(segments: Sequence[Segment], vocabulary: Vocabulary) -> Encoded:
    """The arrays of one edition; its new words are entered into the vocabulary."""
    number = vocabulary.pieces.__getitem__
    tokens: list[int] = []
    starts = [0]
    for segment in segments:
        tokens += map(number, pieces(segment.text))
        starts.append(len(tokens))
    numbers, entered = _local(np.array(tokens, np.int32), len(vocabulary))
    units = vocabulary.unit_of[entered]
    blocks = np.array([segment.block for segment in segments], np.int32)
    roles = np.array([_role(segment) for segment in segments], np.int32)
    edges = np.ones(len(segments) + 1, np.int32)
    edges[1:-1] = blocks[1:] != blocks[:-1]
    roles[edges[:-1] == 0] = -1
    return Encoded(
        words=numbers,
        starts=np.array(starts, np.int32),
        lengths=np.array([len(segment.text) for segment in segments], np.float64),
        edges=edges,
        roles=roles,
        units=units,
        shares=vocabulary.shares(units),
        skeletons=vocabulary.skeletons[entered],
        letters=vocabulary.lengths[entered],
        kinds=vocabulary.kinds[entered],
        bigrams=vocabulary.bigrams[entered],
    )


@compiled
def _local(words: Any, size: int) -> Any:
    """The words numbered anew by first sight, and the vocabulary's numbers of these."""
    place = np.full(size, -1, np.int32)
    numbers, entered = np.empty(len(words), np.int32), np.empty(len(words), np.int32)
    n = 0
    for k in range(len(words)):
        at = place[words[k]]
        if at < 0:
            at = place[words[k]] = n
            entered[n] = words[k]
            n += 1
        numbers[k] = at
    return numbers, entered[:n].copy()


def _role(segment: Segment) -> int:
    if segment.label is not None:
        return _ROLE.get(segment.label, _ROLE["other"])
    return 0 if segment.kind in (BlockKind.PARAGRAPH, BlockKind.LEAD) else _ROLE.get(segment.kind.value, 0)
