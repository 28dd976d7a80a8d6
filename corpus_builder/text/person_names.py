"""Names of people as texts write them: in whatever script and case, with titles and without."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus_builder.text.transliteration import skeleton

# Letters by which a declined name is longer than its nominative, at most (Трамп, Трампом).
ENDING = 2
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


def cases_of_one(one: str, other: str) -> bool:
    """Whether two full names are cases of one, word by word; a man's and a woman's of one surname are not.

    >>> cases_of_one("Дональд Трамп", "Дональда Трампа"), cases_of_one("Валентин Бондар", "Валентина Бондар")
    (True, False)
    """
    left, right = name_parts(one), name_parts(other)
    if not left or len(left) != len(right):
        return False
    both = list(zip(left, right, strict=True))
    as_a_pair = left[-1] == right[-1] and any(a != b and (a.startswith(b) or b.startswith(a)) for a, b in both)
    return all(same_part(a, b) for a, b in both) and not as_a_pair


def names_alike(one: str, other: str) -> bool:
    """Whether two names may be one person's: a word in common, not the first of both alone, which is a given name.

    >>> names_alike("Дмитро Пєсков", "Peskov"), names_alike("Джон Кеннеді", "John Goldsmith")
    (True, False)
    """
    left, right = name_parts(one), name_parts(other)
    return any(
        same_part(a, b) and not (i == j == 0 and len(left) > 1 and len(right) > 1)
        for i, a in enumerate(left)
        for j, b in enumerate(right)
    )


def same_part(a: str, b: str) -> bool:
    """Whether two parts may be cases of one name: alike, and one longer by an ending at most."""
    return abs(len(a) - len(b)) <= ENDING and parts_alike(a, b)


def two_people(one: str, other: str) -> bool:
    """Whether two full names in one language differ in more than case and titles.

    >>> two_people("Андрій Шевченко", "Тараса Шевченка"), two_people("Тори Найджел Фараж", "Найджел Фараж")
    (True, False)
    """
    left, right = name_parts(one), name_parts(other)
    return sum(any(same_part(a, b) for b in right) for a in left) < 2
