"""The scores as they are defined, a text at a time and without speed in mind: what the compiled ones must come to."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping

from corpus_builder.quality.copying import _PLAIN
from corpus_builder.quality.languages import only_names, probability_of
from corpus_builder.text.language import identify, letter_counts
from corpus_builder.text.names import _CAPITAL, _WORD, _facts, frame, sounds_alike
from corpus_builder.text.quote_marks import pair
from corpus_builder.text.tokens import unit, words

STARTS = re.compile(r"(?:^|[.!?…:;•]|\n)[ \t\u00a0\u202f\"'«»“”„‘’(\[–—-]*$|[\"«“„(\[]$")
LETTERS = re.compile(r"[^\W\d_]+")
MIXED = re.compile("[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]", re.IGNORECASE)
FOREIGN = {"uk": re.compile("[ыэъё]", re.IGNORECASE), "ru": re.compile("[іїєґ]", re.IGNORECASE)}
Translations = Mapping[str, frozenset[str]]


def names(text: str) -> tuple[list[str], list[str]]:
    every = list(dict.fromkeys(_WORD.findall(text.lower())))
    capitals = list(_CAPITAL.finditer(text))
    if len(every) > 3 and len(capitals) * 3 > len(every) * 2:
        return [], every
    found = [
        match[0].lower()
        for match in capitals
        if len(match[0]) >= 3 and not match[0].isupper() and not STARTS.search(text[: match.start()])
    ]
    return [name for name in dict.fromkeys(found) if name not in _facts().no_names], every


def names_agree(a: str, b: str, there: Translations, back: Translations) -> float:
    (x, x_words), (y, y_words) = names(a), names(b)

    def answered(asking: list[str], answering: list[str], translations: Translations) -> int:
        left, count = list(answering), 0
        for name in asking:
            known = translations.get(unit(name), frozenset())
            match = next((word for word in left if sounds_alike(name, word) or unit(word) in known), None)
            if match is not None:
                left.remove(match)
                count += 1
        return count

    total = len(x) + len(y)
    return (answered(x, y_words, there) + answered(y, x_words, back)) / total if total else math.nan


def content(text: str) -> tuple[list[str], dict[str, str]]:
    found = [word for word in words(text) if word[0].isalnum()]
    sounds = {unit(word): frame(word)[:4] for word in found if len(word) >= 4 and word[0].isalpha()}
    return [unit(word) for word in found], {key: sound for key, sound in sounds.items() if len(sound) > 2}


def covered(a: str, b: str, there: Translations, weights: Mapping[str, float]) -> float:
    (x, x_sounds), (y, y_sounds) = content(a), content(b)
    if min(len(x), len(y)) < 2:
        return math.nan
    known = {other for one in x for other in there.get(one, ())}
    heard = set(x_sounds.values())
    found = [
        other for other in y if other in known or (other[0].isdigit() and other in x) or y_sounds.get(other) in heard
    ]
    return sum(weights.get(other, 10.0) for other in found) / sum(weights.get(other, 10.0) for other in y)


def surplus(a: str, b: str, there: Translations, weights: Mapping[str, float], usual: float) -> float:
    (x, x_sounds), (y, y_sounds) = content(a), content(b)
    if min(len(x), len(y)) < 2:
        return math.nan
    known = {other for one in x for other in there.get(one, ())}
    heard = set(x_sounds.values())
    values = []
    for other in y:
        found = other in known or (other[0].isdigit() and other in x) or y_sounds.get(other) in heard
        ratio = 0.15 / usual if found else 0.85 / (1 - usual)
        values.append(math.log(ratio) * weights.get(other, 10.0) / 10.0)
    stretches = (values[i:j] for i in range(len(values)) for j in range(i + 1, len(values) + 1))
    return max(0.0, *map(sum, stretches))


def literal(a: str, b: str, there: Translations) -> float:
    (x, x_sounds), (y, y_sounds) = content(a), content(b)
    if min(len(x), len(y)) < 8:
        return math.nan
    ends: list[int] = []
    for i, one in enumerate(x):
        sound = x_sounds.get(one)
        places = [
            j
            for j, other in enumerate(y)
            if other == one or other in there.get(one, ()) or (sound and y_sounds.get(other) == sound)
        ]
        if places:
            nearest = min(places, key=lambda j: (abs(j - i * (len(y) / len(x))), j))
            at = bisect_left(ends, nearest)
            ends[at : at + 1] = [nearest]
    return len(ends) / max(len(x), len(y))


def runs(text: str) -> Counter[tuple[str, ...]]:
    found = [word for word in text.lower().split() if any(map(str.isalpha, word))]
    if len(found) < 3:
        return Counter([tuple(found)]) if found else Counter()
    return Counter(zip(found, found[1:], found[2:], strict=False))


def copied(a: str, b: str, one_script: bool) -> float:
    x, y = runs(a), runs(b)
    plain = [[t for t in text.split() if _PLAIN.fullmatch(t)] for text in (a, b)]
    short = one_script and min(len([t for t in u.split() if any(map(str.isalpha, t))]) for u in (a, b)) < 3
    if not all(plain) or short:
        return math.nan
    fewer, other = (x, y) if len(x) <= len(y) else (y, x)
    return sum(run in other for run in fewer) / len(fewer)


def repeated(text: str) -> float:
    own = runs(text)
    return 1 - len(own) / own.total() if own else math.nan


def clean_letters(text: str, language: str) -> float:
    found, foreign = LETTERS.findall(text), FOREIGN.get(language, MIXED)
    return 1 - sum(bool(MIXED.search(w) or foreign.search(w)) for w in found) / len(found) if found else math.nan


def own_language(text: str, language: str) -> float:
    if sum(map(len, LETTERS.findall(text))) < 12:
        return math.nan
    counts = letter_counts(text)
    if only_names(counts, language):
        return math.nan
    return probability_of(language, identify(text, ("uk", "ru", "en"), language), text, counts)


def own_words(text: str, foreign: frozenset[str]) -> float:
    longer = [word for word in words(text) if len(word) > 2 and word[0].isalpha()]
    return 1 - sum(word in foreign for word in longer) / len(longer) if len(longer) > 2 else math.nan


def punctuation(a: str, b: str) -> float:
    def marks(text: str) -> tuple[str, list[int], bool]:
        bare, pairing = text.rstrip("\"'»”“’)]}… "), pair(text)
        end = bare[-1:] if bare[-1:] in tuple(".?!:;") else ""
        return end, [*map(text.count, "?!(:"), len(pairing.pairs)], bool(pairing.unclosed or pairing.unopened)

    (end, counts, unpaired), (other_end, others, other_unpaired) = marks(a), marks(b)
    shares = [min(x, y) / max(x, y) if x or y else 1.0 for x, y in zip(counts, others, strict=True)]
    return (2 * (end == other_end) + sum(shares) + (unpaired == other_unpaired)) / 8
