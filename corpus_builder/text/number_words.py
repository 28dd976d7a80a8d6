"""A number that is said in several words, added up word by word: two million three hundred and five thousand."""

from __future__ import annotations

import math

# Numbers below are numerators of the fraction after them. Chosen: nineteen twentieths.
_LEAST_WHOLE = 20
# A scale from here on closes what it multiplies: three hundred and five | thousand.
_LEAST_SCALE = 1000


class SpokenNumber:
    """A number as it is read; `value` is that of the words so far. `before` is the number before it in a range, which
    may share its scale: three to five thousand.

    >>> number = SpokenNumber()
    >>> [number.take(2, False), number.take(1000, True), number.take(22, False), number.value]
    [[2.0], [2000.0], [2022.0], 2022.0]
    """

    def __init__(self, value: float = 0.0, before: float | None = None) -> None:
        self._done = 0.0  # what a scale has closed: two million
        self._group = value  # what the next scale multiplies
        self._below = math.inf if not value else 0.0  # the next word goes on with the number if it is less
        self._before = before
        self._whole = 0.0  # the number right before: two | and three (quarters)

    @property
    def value(self) -> float:
        """The number that the words so far say."""
        return self._done + self._group

    def take(self, value: float, multiplies: bool) -> list[float]:
        """Read a word's value; `multiplies` if it may be a scale (hundred, dozen, million). The numbers that the words
        up to it may mean.
        """
        if multiplies and 0 < self._group < value:
            self._multiply(value)
            shared = [] if self._before is None or self._before >= value else [self._before * value]
            return [self.value, *shared, *_if_part(self.value)]
        if value < self._below:
            if multiplies and value >= _LEAST_SCALE:
                self._group += 1.0  # a thousand
                self._multiply(value)
            else:
                self._group += value
                self._below = _place(value)
            return [self.value, *_if_part(self.value)]
        # Years: nineteen | ninety-one. Else the word begins another number.
        century = self._group * 100 if not self._done and 10 <= self._group < 100 and 10 <= value < 100 else 0.0
        self._whole, self._done, self._before = self._group, century, None
        self._group, self._below = value, _place(value)
        return [self.value, value] if century else [value]

    def fraction(self, part: float) -> list[float]:
        """What the fraction after the number comes to, alone and with the whole number before it: two and three |
        quarters; nothing where the number counts no parts.
        """
        counted = self._group * part
        return [counted, round(self._whole + counted, 6)] if 0 < self._group < _LEAST_WHOLE else []

    def _multiply(self, scale: float) -> None:
        if scale < _LEAST_SCALE:  # three | hundred (and forty)
            self._group *= scale
            self._below = _place(scale)
        else:
            self._done, self._group = self._done + self._group * scale, 0.0
            self._below = scale


def parts_of_one(part: float) -> tuple[float, ...]:
    """What may stand for a part of one: itself, per cent (67 or 66 % for two thirds), and the number of its parts.

    >>> parts_of_one(0.25), parts_of_one(2 / 3)[1:]
    ((0.25, 25.0, 25.0, 25.0, 4.0), (66.7, 67.0, 66.0, 2.0))
    """
    percent = round(100 * part, 1)
    return round(part, 6), percent, float(round(percent)), float(int(percent)), float(round(1 / part))


def _if_part(value: float) -> tuple[float, ...]:
    return parts_of_one(value) if 0 < value < 1 else ()


def _place(value: float) -> float:
    """What has to be below it to be added to a number that ends in `value`: 100 for 300, 10 for 20, 1 for 5 and 15."""
    if value < 1:
        return 0.0
    if value >= 100:
        return 100.0 if value % 100 == 0 else 1.0
    return 10.0 if value >= 20 and value % 10 == 0 else 1.0
