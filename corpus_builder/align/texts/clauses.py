"""Lines to parts, to find where two translators split a passage differently.

A clause ends after a comma, semicolon or colon if the pieces before and after it are long enough; a chunk is a number
of words, whatever they are.
"""

from __future__ import annotations

import re
from itertools import pairwise

SHORTEST = 6
"""Fewest words of a clause that the aligner is trained on. Chosen: so many are enough to recognise its counterpart."""
FEWEST = 2
"""Fewest words of a clause in the finer one of several segmentations (pooling.py). Chosen."""
CHUNK = 6
"""Words of a chunk (5 to 8 tried on Text+Berg dev: mean F1 .935, .935 and .919 over several ways to divide it into
documents)."""
_CUT = re.compile(r"(?<=[,;:])\s")


def clauses(text: str, shortest: int = SHORTEST) -> list[str]:
    """The clauses of a line, in order, each of at least `shortest` words if the line has them.

    >>> clauses("he came home late in the evening, and she had already left for the station")
    ['he came home late in the evening,', 'and she had already left for the station']
    """
    out: list[str] = []
    for piece in _CUT.split(text.strip()):
        if out and len(out[-1].split()) >= shortest and len(piece.split()) >= shortest:
            out.append(piece)
        elif out:
            out[-1] = f"{out[-1]} {piece}"
        else:
            out.append(piece)
    return out


def chunks(text: str) -> list[str]:
    """A line in pieces of about `CHUNK` words, of lengths as equal as possible.

    >>> chunks("he came home late in the evening, and she had already left")
    ['he came home late in the', 'evening, and she had already left']
    """
    words = text.strip().split(" ")  # no other space: one within a number would be lost
    number = max(round(len(words) / CHUNK), 1)
    ends = [round(len(words) * k / number) for k in range(number + 1)]
    return [" ".join(words[begin:end]) for begin, end in pairwise(ends)]
