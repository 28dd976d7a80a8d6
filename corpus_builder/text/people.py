"""Names of people as texts write them: in whatever script and case, with titles and without."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus_builder.text.transliteration import skeleton

_WORD = re.compile(r"\b[^\W\d_]+\b")


def is_name(speaker: str) -> bool:
    """Whether a mention may be a name: a role or a pronoun has no capital.

    >>> is_name("Рі"), is_name("міністр")
    (True, False)
    """
    return any(word[0].isupper() for word in _WORD.findall(speaker))


@lru_cache(maxsize=100_000)
def name_parts(speaker: str | None) -> tuple[str, ...]:
    """The words of a mention that may be a name's, in the spelling that scripts share; those of two letters
    (Mr) are left out.

    >>> name_parts("речник Дмитро Пєсков"), name_parts("Ms Honchar"), name_parts("Гончар")
    (('dmitro', 'peskov'), ('gonqar',), ('gonqar',))
    """
    words = (word for word in _WORD.findall(speaker or "") if word[0].isupper() and len(word) > 2)
    # Ukrainian г is h in Latin letters, Russian г is g.
    return tuple(skeleton(word.lower()).replace("h", "g") for word in words)


def parts_alike(a: str, b: str) -> bool:
    """Whether two parts differ in their endings only: all but two letters of the shorter, and at least three, agree.

    >>> parts_alike("peskov", "peskovim"), parts_alike("peskov", "putin")
    (True, False)
    """
    length = min(len(a), len(b))
    return a[: max(3, length - 2)] == b[: max(3, length - 2)] and length >= 3
