"""Lone surrogates: half characters, which JSON can escape and no UTF-8 file can hold."""

from __future__ import annotations

import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def without_surrogates(text: str) -> str:
    """The text with U+FFFD for each lone surrogate; two that are a pair become their character.

    >>> without_surrogates("\\ud83d\\ude00 a\\ud83d") == "😀 a\\ufffd"
    True
    """
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
