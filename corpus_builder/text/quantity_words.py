"""The words of a language for quantities: numbers, scales, months, currencies (from languages/LANGUAGE.toml).

Inflected words are recognised by stems: a word has the value of the stem that it begins with. Small numbers, whose
stems other words have, too, are listed in all forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Generic, TypeVar

from corpus_builder.languages import Language, cached, language

Value = TypeVar("Value")

SPACE = " \u00a0\u202f\u2009"
"""Spaces within a number or between it and its unit, for a set in a regular expression."""
# Word forms cached per language and kind (chosen: a month of news repeats most of these).
_KEPT = 20_000
# Whole numbers from here on are halved by a prefix. Chosen: ten, as in півдесятка.
_LEAST_HALVED = 10
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000, "І": 1, "Х": 10, "С": 100, "М": 1000}


class QuantityWords:
    """What the words of one language say of quantities. Words are lower-cased and `plain`."""

    def __init__(self, known: Language) -> None:
        words, months = known.quantities, known.months
        self.decimal_comma = words.decimal_mark == ","
        self.months_capitalised = months.capitalised
        self.months_also_words = frozenset(months.also_words)
        self.before_month = re.compile(months.before)
        self.joiners = frozenset(words.joiners)
        self.decade_endings = frozenset(words.decade_endings)
        self.perhaps_scales = _by_word(words.perhaps_scales)
        self.afternoon = re.compile(rf"[{SPACE}]?(?:{_any(words.afternoon)})\b", re.IGNORECASE)
        times = _any((*words.morning, *words.afternoon))
        self.time_of_day = re.compile(rf"(\d{{1,2}})\.(\d\d)(?=[{SPACE}]?(?:{times})\b)", re.IGNORECASE)
        self.between = re.compile(rf"[{SPACE}]?(?:[-–—]|\b(?:{_any(words.range_words)})\b)[{SPACE}]?", re.IGNORECASE)
        self.halves = words.numbers.get(0.5, ())
        half, joiner = _any(self.halves), _any(words.joiners)
        self.and_a_half = re.compile(rf"(?:[{SPACE}](?:{joiner})){{1,2}}[{SPACE}](?:{half})\b")
        self._fahrenheit = (*words.fahrenheit, "°")
        measures = [(stem, values) for stems, values in words.measures.items() for stem in stems.split()]
        self._measures = _Stems(dict(measures))
        stems = [*(stem for stem, _ in measures), *words.fahrenheit]
        self.measure = _measure_pattern(stems, words.range_words, words.joiners)
        self.one_and_a_half = re.compile(rf"\b((?:{_any(stems)})\w{{0,3}}){self.and_a_half.pattern}")
        self._multipliers = _by_word(words.multipliers)
        self._numbers, self._scales = {**self._multipliers, **_by_word(words.numbers)}, _Stems(_by_word(words.scales))
        self._number_stems = _Stems({**_by_word(words.number_stems), **_by_word(words.scales)})
        self.fractions = _by_word(words.fractions)
        self._half_prefixes = words.half_prefixes
        self._compound_numbers = {**_by_word(words.number_stems), **_by_word(words.compound_numbers)}
        self._compound = re.compile(rf"(.{{2,}}?)(?:{_any(map(plain, words.compound_units))})\w{{0,4}}")
        self._months = {form: number for number, forms in enumerate(months.names, 1) for form in forms}
        self._month_adjectives = _Stems(
            {stem: number for number, stems in enumerate(months.adjectives, 1) for stem in stems}
        )
        units = {stem: unit for unit, stems in known.units.stems.items() for stem in stems}
        self._units = _Stems[str | None]({**units, **dict.fromkeys(known.units.also_other)})
        self._unit_words = {word: unit for unit, words in known.units.words.items() for word in words}
        self.unit = lru_cache(_KEPT)(self._unit)
        self.number = lru_cache(_KEPT)(self._number)
        self.scale = lru_cache(_KEPT)(self._scale)
        self.may_be_quantity = lru_cache(_KEPT)(self._may_be_quantity)

    def _number(self, word: str) -> float | None:
        """The number that a word says; a scale word says one of it.

        >>> number = quantity_words("uk").number
        >>> number("двадцятирічний"), number("сім"), number("мільйони"), number("тривога")
        (20.0, 7.0, 1000000.0, None)
        """
        value = self._numbers.get(word)
        if value is None:
            value = self._compound_number(word)
        if value is None:
            value = self._number_stems.first(word)
        return self._half(word) if value is None else value

    def _compound_number(self, word: str) -> float | None:
        """The number in a word that has a unit, too.

        >>> words = quantity_words("uk")
        >>> words.number("трирічний"), words.number("сорокап'ятирічна"), words.number("триває")
        (3.0, 45.0, None)
        """
        match = self._compound.fullmatch(word)
        return self._sum_of_numbers(match[1]) if match else None

    def _sum_of_numbers(self, head: str) -> float | None:
        """The sum of the numbers that a beginning of a word is made of, None where it has anything else."""
        for number in sorted(filter(head.startswith, self._compound_numbers), key=len, reverse=True):
            rest = head[len(number) :]
            if len(rest) < 2:  # nothing, or the vowel that joins it to its unit
                return self._compound_numbers[number]
            for joined in (rest, rest[1:]):
                if (more := self._sum_of_numbers(joined)) is not None:
                    return self._compound_numbers[number] + more
        return None

    def _half(self, word: str) -> float | None:
        """Half of the hundred, thousand … that a word names.

        >>> quantity_words("uk").number("півсотні"), quantity_words("ru").number("полмиллиона")
        (50.0, 500000.0)
        """
        for rest in self._halved(word):
            whole = self._numbers.get(rest) or self._number_stems.first(rest)
            if whole is not None and whole >= _LEAST_HALVED:
                return whole / 2
            if self._measures.longest(rest):
                return 0.5
        return None

    def _halved(self, word: str) -> list[str]:
        """What a word begins with half of, by each prefix that it may begin with."""
        return [word[len(prefix) :] for prefix in self._half_prefixes if word.startswith(prefix)]

    def _scale(self, word: str) -> float | None:
        """The number that a word multiplies the one before it by.

        >>> scale = quantity_words("en").scale
        >>> scale("dozen"), scale("millions"), scale("millionaires"), scale("ten")
        (12.0, 1000000.0, None, None)
        """
        by_form = self._multipliers.get(word)
        scale = self._scales.longest(word) if by_form is None else by_form
        return None if scale == 1 else scale

    def half_of_measure(self, word: str) -> tuple[float, ...]:
        """What half of the measure that a word names comes to in others, and half of one.

        >>> quantity_words("uk").half_of_measure("півроку"), quantity_words("en").half_of_measure("halfway")
        ((0.5, 6.0), ())
        """
        found = next(filter(None, map(self._measures.longest, self._halved(word))), None)
        return (0.5, *(round(0.5 * each, 2) for each in found)) if found else ()

    def _may_be_quantity(self, word: str) -> bool:
        """Whether a word, plain or not, may be a number or a month's."""
        word = plain(word)
        return bool(
            word in self.fractions or self.number(word) is not None or self.month(word) or self.month_of_adjective(word)
        )

    def month(self, word: str) -> int | None:
        """The number of a month, by its name."""
        return self._months.get(word)

    def month_of_adjective(self, word: str) -> int | None:
        """The number of the month that an adjective is made of.

        >>> words = quantity_words("uk")
        >>> words.month_of_adjective("грудневих"), words.month_of_adjective("грудня")
        (12, None)
        """
        return self._month_adjectives.first(word)

    def _unit(self, word: str) -> str | None:
        """The currency, or "%", that a word names.

        >>> unit = quantity_words("ru").unit
        >>> unit("руб"), unit("рубль"), unit("рубашка"), unit("долларов"), unit("европа")
        ('RUB', 'RUB', None, 'USD', None)
        """
        return self._unit_words.get(word) or self._units.longest(word)

    def in_other_measures(self, value: float, measure: str) -> tuple[float, ...]:
        """What a measure comes to in those that translations convert it to; `measure` is matched by `self.measure`.

        >>> words = quantity_words("en")
        >>> words.in_other_measures(80, "degrees"), words.in_other_measures(650, "pound")
        ((26.67,), (294.84,))
        """
        if measure.startswith(self._fahrenheit):
            return (round((value - 32) / 1.8, 2),)
        return tuple(round(value * each, 4) for each in self._measures.longest(measure) or ())


@cached
def quantity_words(code: str) -> QuantityWords:
    """The words of a language; none for a language without a file."""
    return QuantityWords(language(code))


def plain(word: str) -> str:
    """A word with one apostrophe for all of them, and without the dots of ё, which most texts leave out."""
    return word.replace("’", "'").replace("ʼ", "'").replace("ё", "е")


def roman(numeral: str) -> int:
    """The value of a Roman numeral; Cyrillic look-alikes are read too.

    >>> roman("XXI"), roman("XIX")
    (21, 19)
    """
    values = [_ROMAN[letter] for letter in numeral]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


def _by_word(words: Mapping[float, Iterable[str]]) -> dict[str, float]:
    return {plain(form): float(value) for value, forms in words.items() for form in forms}


class _Stems(Generic[Value]):
    """Values by the beginnings of words."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values
        self._all = tuple(values)

    def first(self, word: str) -> Value | None:
        """The value of the first stem, in the order of the language's file, that a word begins with."""
        if not word.startswith(self._all):  # most words
            return None
        return next(value for stem, value in self._values.items() if word.startswith(stem))

    def longest(self, word: str) -> Value | None:
        """The value of the longest stem that a word begins with.

        >>> stems = _Stems({"євро": "EUR", "європ": None})
        >>> stems.longest("євро"), stems.longest("європа")
        ('EUR', None)
        """
        if not word.startswith(self._all):
            return None
        return self._values[max((stem for stem in self._values if word.startswith(stem)), key=len)]


def _measure_pattern(stems: Iterable[str], range_words: Iterable[str], joiners: Iterable[str]) -> re.Pattern[str]:
    """A measure behind a number, or behind the other end of a range: 1 to 4 inches; half a mile."""
    between = "|".join([*map(re.escape, range_words), "-", "–"])
    end = rf"(?:[{SPACE}]?(?:{between})[{SPACE}]?\d[\d.,]*)?"
    end += rf"(?:[{SPACE}](?:{_any(joiners)})(?=[{SPACE}]))?"
    return re.compile(rf"{end}[{SPACE}-]?((?:{_any(stems)})\w{{0,3}}\b|°[{SPACE}]?F\b)", re.IGNORECASE)


def _any(words: Iterable[str]) -> str:
    """A pattern of any of the words; one that matches nothing where there are none."""
    return "|".join(map(re.escape, words)) or "(?!)"
