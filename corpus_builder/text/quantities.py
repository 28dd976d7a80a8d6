"""The quantities of a text: numbers, parts of dates and times, months, percentages and currencies, as values.

A quantity that stands in figures, or as the name of a month, is *stated*: the other side has to say it too. One that
stands in words ("двадцять п'ять", "twenty-five", "XXI") is *worded*: it may answer what the other side states in
figures, but nothing follows where it has no counterpart, since "one" and "second" are often no numbers at all. What
can be read in two ways (1,500 in Ukrainian; 8 p.m. and 20:00; the 90s and the 1990s) is a tuple of readings.

Ukrainian, Russian and English words are known (quantity_words.py); of other languages only figures are read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from corpus_builder.text import quantity_words as known

MISSING = float("nan")
"""The value of a score that a row has no ground for; it is stored as null."""

_SPACE = " \u00a0\u202f\u2009"
_FIGURE = re.compile(r"\d")
_FIGURES = re.compile(rf"\d+(?:[.,:/]\d+|[{_SPACE}'’]\d{{3}}(?!\d))*")
_FOLLOWING = re.compile(rf"([^\W\d_]*)[{_SPACE}-]?([^\W\d_]*)")
_IN_GROUPS = re.compile(rf"\d{{1,3}}(?:[{_SPACE}'’]\d{{3}})+(?:[.,]\d+)?")
_BY_COMMAS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_BY_POINTS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_NO_DIGIT = re.compile(r"\D+")
WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_ROMAN = re.compile(r"\b[IVXІХ]{2,7}\b")
_PM = re.compile(rf"[{_SPACE}]?p\.?m\b", re.IGNORECASE)
# What other measures come to in centimetres and millimetres, metres, kilometres, kilograms, hectares and litres.
_TIMES = {
    "inch": (2.54, 25.4), "foot": (0.3048, 30.48), "feet": (0.3048, 30.48), "yard": (0.9144,), "mile": (1.609,),
    "mph": (1.609,), "pound": (0.4536,), "lb": (0.4536,), "ounce": (28.35,), "acre": (0.4047,), "gallon": (3.785,),
    "миля": (1.609,), "милі": (1.609,), "мили": (1.609,), "милю": (1.609,), "миль": (1.609,), "дюйм": (2.54, 25.4),
    "акр": (0.4047,),
}  # fmt: skip
# Perhaps behind the other end of a range: 1 to 4 inches.
_RANGE = rf"(?:[{_SPACE}]?(?:to|and|or|-|–)[{_SPACE}]?\d[\d.,]*)?"
_MEASURE = re.compile(rf"{_RANGE}[{_SPACE}-]?((?:{'|'.join(_TIMES)}|degree)\w{{0,3}})\b", re.IGNORECASE)
_ROUNDING = 0.05
_DECADE = frozenset(("s", "х", "ті", "тих", "е", "ые", "ых", "ми"))
_MILLIONS_OR_METRES = {"m": 1e6, "k": 1e3, "b": 1e9}
SIGNS = {"%": "%", "$": "USD", "€": "EUR", "£": "GBP", "₴": "UAH", "₽": "RUB"}
# English words that are months only beside a number or behind one of these.
_OTHER_WORDS = frozenset(("may", "march", "august", "jan"))
_BEFORE_MONTH = re.compile(
    r"(?:\d(?:st|nd|rd|th)?(?: of)?|\b(?:in|of|since|by|last|this|early|late|mid|until|till|from|to|and|next))[ -]$"
)

Reading = tuple[float, ...]


class _Meanings(dict[str, bool]):
    """Whether a lower-cased word may be a quantity; looked up once a word."""

    def __missing__(self, word: str) -> bool:
        plain = known.plain(word)
        self[word] = found = bool(known.number(plain) is not None or known.month(plain) or known.of_month(plain))
        return found


_MEANING = _Meanings()


class Quantities(NamedTuple):
    """What a text states, what it words, and of what it states in inches, pounds or degrees what that comes to in the
    measures that translators turn it into.
    """

    stated: frozenset[Reading]
    worded: frozenset[float]
    converted: Mapping[Reading, tuple[float, ...]]


class Signs(NamedTuple):
    """Whether a token, or a text, may hold a figure, a month's name, a word or a Roman numeral for a number."""

    figure: int = 1
    month: int = 1
    word: int = 1
    roman: int = 1


def signs(token: str) -> Signs:
    """What there is to read in a token; a text has what its tokens have.

    >>> signs("12-те"), signs("лютого")
    (Signs(figure=True, month=False, word=False, roman=False), Signs(figure=False, month=True, word=True, roman=False))
    """
    words = [known.plain(word) for word in WORD.findall(token.lower())]
    month = any(map(known.month, words))
    word = month or any(known.number(word) is not None or known.of_month(word) for word in words)
    return Signs(bool(_FIGURE.search(token)), month, word, bool(_ROMAN.search(token)))


ANY = Signs()


def quantities(text: str, language: str, there: Signs = ANY) -> Quantities:
    """The quantities of a text; `there` says what it may hold.

    >>> sorted(quantities("1,5 млн грн на 12.02.2025", "uk").stated)
    [(2.0,), (12.0,), (2025.0,), (1500000.0,)]
    """
    stated: set[Reading] = set()
    worded: set[float] = set()
    converted: dict[Reading, tuple[float, ...]] = {}
    if there.figure:
        for match in _FIGURES.finditer(text):
            values = _stated(match, text, language)
            stated.update(values)
            if measure := _MEASURE.match(text, match.end()):
                converted[values[-1]] = _in_other_measures(values[-1][0], measure[1].lower())
    if there.word:
        _read_words(text, language, stated, worded)
    if there.roman:
        worded.update(float(known.roman(roman)) for roman in _ROMAN.findall(text))
    return Quantities(frozenset(stated), frozenset(worded), converted)


def units(text: str) -> frozenset[str]:
    """The units (currencies, "%") that a text names.

    >>> sorted(units("5 гривень, або 2 %"))
    ['%', 'UAH']
    """
    words = map(known.plain, WORD.findall(text.lower()))
    found = {unit for word in words if known.number(word) is None and (unit := known.unit(word))}
    return frozenset(found.union(unit for sign, unit in SIGNS.items() if sign in text))


class Agreement(NamedTuple):
    """Of `stated` quantities, those of one text and those of the other, the other text has `agreeing`."""

    agreeing: int
    stated: int


def compare(a: Quantities, b: Quantities) -> Agreement:
    """Count on how many quantities two texts agree, of all that either states; both texts are asked alike.

    >>> compare(quantities("12 лютого, 5 осіб", "uk"), quantities("on 12 February", "en"))
    Agreement(agreeing=4, stated=5)
    """
    return Agreement(_answered(a, b) + _answered(b, a), len(a.stated) + len(b.stated))


def numbers_agree(a: Quantities, b: Quantities) -> float:
    """Of the quantities that either side states, the share that the other has; NaN where neither states one.

    >>> numbers_agree(quantities("12 лютого", "uk"), quantities("on 12 February", "en"))
    1.0
    >>> numbers_agree(quantities("двадцять п'ять осіб", "uk"), quantities("25 people", "en"))
    1.0
    """
    agreement = compare(a, b)
    return agreement.agreeing / agreement.stated if agreement.stated else MISSING


def _answered(asking: Quantities, answering: Quantities) -> int:
    if not asking.stated:
        return 0
    values = answering.worded.union(*answering.stated)
    count = sum(any(value in values for value in readings) for readings in asking.stated)
    if asking.converted or answering.converted:
        others = {value for own in answering.converted.values() for value in own}
        for readings in asking.stated:
            if values.isdisjoint(readings):
                own = asking.converted.get(readings, ())
                # 45 miles (72 km): where the other side has no miles, who says either has said it.
                twice = not others and _near(own, frozenset().union(*(asking.stated - {readings})))
                count += twice or _near(own, values) or _near(readings, others)
    return count


def _near(some: Collection[float], others: Iterable[float]) -> bool:
    """Whether any two are the same but for rounding."""
    return any(abs(one - other) <= _ROUNDING * abs(other) for other in others for one in some)


def _in_other_measures(value: float, measure: str) -> tuple[float, ...]:
    """
    >>> _in_other_measures(80, "degrees"), _in_other_measures(650, "pound")
    ((26.67,), (294.84,))
    """
    if measure.startswith("degree"):
        return (round((value - 32) / 1.8, 2),)
    return next(tuple(round(value * x, 2) for x in times) for stem, times in _TIMES.items() if measure.startswith(stem))


def _stated(match: re.Match[str], text: str, language: str) -> list[Reading]:
    values = _values(match[0], language)
    following = _FOLLOWING.match(text, match.end())
    assert following is not None  # it may match nothing, but it matches
    tail, word = following[1].lower(), following[2].lower()
    last = values[-1]
    if scale := known.scale(tail or word):
        values[-1] = tuple(round(value * scale, 6) for value in last)
    elif tail in _MILLIONS_OR_METRES:
        values[-1] = (*last, round(last[0] * _MILLIONS_OR_METRES[tail], 6))
    elif tail in _DECADE or (not tail and word in _DECADE):
        values[-1] = (*last, last[0] % 100)
    elif values[0][0] < 12 and _PM.match(text, match.end()):
        values[0] = (values[0][0], values[0][0] + 12)
    if len(values) == 2 and match[0].endswith(":00"):
        del values[1]  # 20:00 is "8 p.m." elsewhere
    return values


def _values(figures: str, language: str) -> list[Reading]:
    """The numbers that a run of figures holds: one, or the parts of a date, a time or a result."""
    if figures.isdecimal():
        return [(float(figures),)]
    if _IN_GROUPS.fullmatch(figures):
        return [(float(re.sub(rf"[{_SPACE}'’]", "", figures).replace(",", ".")),)]
    if _BY_COMMAS.fullmatch(figures):
        whole = float(figures.replace(",", ""))
        decimal = figures.count(",") == 1 and "." not in figures and language != "en"
        return [(float(figures.replace(",", ".")), whole) if decimal else (whole,)]
    if _BY_POINTS.fullmatch(figures) and language != "en":
        whole = float(figures.replace(".", "").replace(",", "."))
        decimal = figures.count(".") == 1 and "," not in figures
        return [(float(figures), whole) if decimal else (whole,)]
    parts = [float(part) for part in _NO_DIGIT.split(figures) if part.isdecimal()]
    if len(parts) != 2 or ":" in figures or "/" in figures:
        return [(part,) for part in parts]
    decimal_value = float(_NO_DIGIT.sub(".", figures))
    day_and_month = "." in figures and len(figures.partition(".")[2]) == 2 and parts[0] <= 31 and 1 <= parts[1] <= 12
    return [(decimal_value, parts[0]), (decimal_value, parts[1])] if day_and_month else [(decimal_value,)]


def _read_words(text: str, language: str, stated: set[Reading], worded: set[float]) -> None:
    lower = text.lower()
    if len(lower) != len(text):  # "İ" becomes two letters; places have to stay
        text = lower = "".join(letter if len(letter.lower()) > 1 else letter.lower() for letter in text)
    total, end = 0.0, -1  # the value of the number words so far, and where the last one ended
    for match in WORD.finditer(lower):
        word = match[0]
        if not _MEANING[word]:
            end = match.end() if word == "and" and end >= 0 else -1
            continue
        word = known.plain(word)
        value = known.number(word)
        if value is not None:
            going_on = end >= 0 and text[end : match.start()] in (" ", "-", "\u00a0")
            total = (total * value if value >= 100 and 0 < total < value else total + value) if going_on else value
            worded.update((value, total))
            end = match.end()
        else:
            end = -1
            if month := known.of_month(word):
                worded.add(float(month))
            elif (month := known.month(word)) and _is_month(word, match, text, language):
                stated.add((float(month),))


def _is_month(word: str, match: re.Match[str], text: str, language: str) -> bool:
    if language == "en" and not text[match.start()].isupper():
        return False
    if word not in _OTHER_WORDS:
        return True
    before = text[max(0, match.start() - 12) : match.start()]
    return bool(_BEFORE_MONTH.search(before)) or text[match.end() : match.end() + 2].strip().isdigit()
