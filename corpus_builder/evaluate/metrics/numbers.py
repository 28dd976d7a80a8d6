"""Number accuracy: of the numbers in the reference, how many are in the output.

Numbers written in digits are compared by value, so that 4000 and 4 тис. are one, and 1,500.5 in English is 1 500,5 in
Ukrainian. Dates and times count by their parts. Where the output spells out a number from one to twelve in Ukrainian,
Russian or English, that number is rendered too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from corpus_builder.evaluate.metrics.base import Metric, MetricSettings, percentage
from corpus_builder.evaluate.metrics.names import best_reference
from corpus_builder.evaluate.testset import Array, TestSet

_SPACES = " \u00a0\u202f\u2009"
_NUMERAL = re.compile(rf"\d+(?:[.,{_SPACES}]\d+)*")
_GROUPED_BY_SPACE = re.compile(rf"\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:[.,]\d+)?")
_GROUPED_BY_COMMA = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"\d+[.,]\d+")
_SCALE = re.compile(
    r"\s*(?:(?P<thousand>тис(?:\.|яч)|тыс(?:\.|яч)|thousand)|(?P<million>млн|мільйон|миллион|million)"
    r"|(?P<billion>млрд|мільярд|миллиард|billion)|(?P<trillion>трлн|трильйон|триллион|trillion))",
    re.IGNORECASE,
)
_ZEROS = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)?")
# One to twelve, in the forms of all cases and genders.
_SPELLED = {
    form: value
    for value, forms in {
        "1": "one один одна одно одне одного одной однієї одному одним одною одній одну",
        "2": "two два дві две двох двух двом двум двома двумя",
        "3": "three три трьох трёх трех трьом трём трем трьома тремя",
        "4": "four чотири четыре чотирьох четырёх четырех чотирьом четырём четырем чотирма четырьмя",
        "5": "five п'ять пять п'яти пяти п'ятьох п'ятьма пятью",
        "6": "six шість шесть шести шістьох шістьма шестью",
        "7": "seven сім семь семи сімох сьома семью",
        "8": "eight вісім восемь восьми вісьмох вісьма восемью",
        "9": "nine дев'ять девять дев'яти девяти дев'ятьох дев'ятьма девятью",
        "10": "ten десять десяти десятьох десятьма десятью",
        "11": "eleven одинадцять одиннадцать одинадцяти одиннадцати",
        "12": "twelve дванадцять двенадцать дванадцяти двенадцати",
    }.items()
    for form in forms.split()
}


class NumberAccuracy(Metric):
    """Numbers of the reference that the output has, 0 to 100. Statistics: numbers found, numbers of the reference.

    With several references a segment counts with the one of which the output has the greater part.
    """

    name = "number"
    title = "Numbers"

    def __init__(self, test: TestSet, settings: MetricSettings) -> None:  # noqa: ARG002 - all metrics are made alike
        self._language = test.pair.target
        self._references = [
            [Counter(numbers_in(text, self._language)) for text in reference] for reference in test.references
        ]
        self.signature = f"nrefs:{len(self._references)}|match:value|version:1"

    def statistics(self, outputs: Sequence[str]) -> Array:
        """Additive statistics of a system's outputs, shape (segments, 2)."""
        numerals = [Counter(numbers_in(output, self._language)) for output in outputs]
        spelled = [_spelled_numbers(output) for output in outputs]
        return best_reference(
            [
                [_found(expected, numerals[row], spelled[row]) for row, expected in enumerate(side)]
                for side in self._references
            ]
        )

    def scores(self, totals: Array) -> Array:
        """Numbers found in per cent of the reference's."""
        return percentage(totals[..., 0], totals[..., 1])


def numbers_in(text: str, language: str) -> list[str]:
    """The values of the numerals in a text, in order, as "1500.5", with the thousands and millions that follow.

    A comma before three digits groups thousands in English and starts decimals elsewhere; a space before three digits
    groups thousands everywhere.

    >>> numbers_in("1,500.50 and 12.02.2025", "en"), numbers_in("1 500,5 та 12.02.2025", "uk")
    (['1500.5', '12', '2', '2025'], ['1500.5', '12', '2', '2025'])
    >>> numbers_in("1,5 млн", "uk"), numbers_in("1.5 million", "en")
    (['1500000'], ['1500000'])
    """
    found = []
    for match in _NUMERAL.finditer(text):
        values = _values(match.group(), language)
        scale = _SCALE.match(text, match.end())
        if scale:
            values[-1] = _times_ten_to(values[-1], _ZEROS[str(scale.lastgroup)])
        found += values
    return found


def _values(numeral: str, language: str) -> list[str]:
    if language == "en" and _GROUPED_BY_COMMA.fullmatch(numeral):
        return [_plain(numeral.replace(",", ""))]
    if _GROUPED_BY_SPACE.fullmatch(numeral):
        return [_plain(re.sub(f"[{_SPACES}]", "", numeral).replace(",", "."))]
    if _DECIMAL.fullmatch(numeral):
        return [_plain(numeral.replace(",", "."))]
    parts = re.split(f"[{_SPACES}]", numeral)
    if len(parts) > 1:
        return [value for part in parts for value in _values(part, language)]
    return [_plain(part) for part in re.split(r"[.,]", numeral)]


def _plain(digits: str) -> str:
    whole, _, decimals = digits.partition(".")
    decimals = decimals.rstrip("0")
    return (whole.lstrip("0") or "0") + ("." + decimals if decimals else "")


def _times_ten_to(value: str, power: int) -> str:
    whole, _, decimals = value.partition(".")
    decimals = decimals.ljust(power, "0")
    return _plain(f"{whole}{decimals[:power]}.{decimals[power:]}")


def _spelled_numbers(text: str) -> Counter[str]:
    words = (word.lower().replace("’", "'").replace("ʼ", "'") for word in _WORD.findall(text))
    return Counter(_SPELLED[word] for word in words if word in _SPELLED)


def _found(expected: Counter[str], numerals: Counter[str], spelled: Counter[str]) -> tuple[int, int]:
    missing = expected - numerals
    return (expected & numerals).total() + (missing & spelled).total(), expected.total()
