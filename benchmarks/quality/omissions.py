"""What one side of a complete row may lack: a sentence, a clause, half a sentence, a stretch of words.

Each is a function of a text; None where the text gives no ground for it. A stretch of punctuation goes with the words.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

_CLAUSE = re.compile(r"(?:^|[,;:(—–])[^,;:()—–]*(?=[,;:)—–]|[.!?…]*$)")
_LEAST = 3
"""Words that an omission has at least, and a text after it. Chosen: fewer are a name or an adverb."""


class Omissions:
    """Takes something away from a text, by chance; the same seed takes the same."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.kinds: Mapping[str, Callable[[str], str | None]] = {
            "clause": self.clause,
            "half": self.half,
            "stretch": self.stretch,
        }

    def clause(self, text: str) -> str | None:
        """Without what is between two commas, dashes or brackets, or before or behind one."""
        count = len(text.split())
        found = [
            match
            for match in _CLAUSE.finditer(text)
            if _LEAST <= len(match[0].split()) <= count * 2 // 3 and count - len(match[0].split()) >= _LEAST
        ]
        if not found:
            return None
        match = self.random.choice(found)
        return (text[: match.start()] + text[match.end() :]).strip(" ,;:—–")

    def half(self, text: str) -> str | None:
        """Only the first or the second half."""
        words = text.split()
        if len(words) < 2 * _LEAST:
            return None
        keep = self.random.randint(len(words) * 4 // 10, len(words) * 6 // 10)
        return " ".join(words[:keep] if self.random.random() < 0.5 else words[keep:])

    def stretch(self, text: str) -> str | None:
        """Without a fifth to two fifths of its words, from any place."""
        words = text.split()
        count = self.random.randint(len(words) // 5, len(words) * 2 // 5)
        if count < _LEAST or len(words) - count < _LEAST:
            return None
        start = self.random.randint(0, len(words) - count)
        return " ".join(words[:start] + words[start + count :])
