"""Sentences to clauses, for finding where two translators cut differently.

A cut comes after a comma, semicolon or colon where the piece before it and the piece after it are long enough to be
recognised by their words.
"""

from __future__ import annotations

import re

SHORTEST = 6
"""Words of a piece (4 to 8 tried on Text+Berg dev: within .005 of one another)."""
_CUT = re.compile(r"(?<=[,;:])\s")


def clauses(text: str) -> list[str]:
    """The clauses of a line, in order.

    >>> clauses("he came home late in the evening, and she had already left for the station")
    ['he came home late in the evening,', 'and she had already left for the station']
    """
    out: list[str] = []
    for piece in _CUT.split(text.strip()):
        if out and len(out[-1].split()) >= SHORTEST and len(piece.split()) >= SHORTEST:
            out.append(piece)
        elif out:
            out[-1] = f"{out[-1]} {piece}"
        else:
            out.append(piece)
    return out
