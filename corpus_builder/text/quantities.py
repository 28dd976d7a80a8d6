"""The quantities of a text: numbers, parts of dates and times, months, percentages and currencies, as values.

A quantity in figures, or a month by its name, is *stated*: a translation has to have it too. A quantity in words
("двадцять п'ять", "twenty-five", "XXI") is *worded*: it may match one that the other text states, but the other text
need not have it, since "one" and "second" are often not numbers. What can be read in two ways (1,500 in Ukrainian;
8 p.m. and 20:00; the 90s and the 1990s) is a tuple of readings.

`compare` is the one comparison of two texts: the score `numbers_agree` (quality/numbers.py) compares the sides of a row
with it, and the metric `number` (evaluate/metrics/numbers.py) outputs with references.

Words are those of the text's language (quantity_words.py); where it has no language file, only figures are read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from corpus_builder.languages import cached, known_languages
from corpus_builder.languages import language as language_facts
from corpus_builder.text.number_words import SpokenNumber, parts_of_one
from corpus_builder.text.quantity_words import SPACE, QuantityWords, plain, quantity_words, roman

MISSING = float("nan")
"""The value of a score that does not apply to a row; it is stored as null."""

_FIGURE = re.compile(r"\d")
_FIGURES = re.compile(rf"\d+(?:[.,:/]\d+|[{SPACE}'’]\d{{3}}(?!\d))*")
_FOLLOWING = re.compile(rf"([^\W\d_]*)[{SPACE}-]?([^\W\d_]*)")
_IN_GROUPS = re.compile(rf"\d{{1,3}}(?:[{SPACE}'’]\d{{3}})+(?:[.,]\d+)?")
_BY_COMMAS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_BY_POINTS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_NO_DIGIT = re.compile(r"\D+")
_YEARS = re.compile(r"[12]\d{3}[-–—/]\d\d")  # 2022/23
WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
# Roman numerals below 4000, in Latin letters or Cyrillic ones that look the same; a lone I is a word too often.
_ROMAN = re.compile(
    r"\b(?=[VX]\b|[IVXLCDMІХСМ]{2})"
    r"[MМ]{0,3}(?:[CС][MМ]|[CС]D|D?[CС]{0,3})(?:[XХ][CС]|[XХ]L|L?[XХ]{0,3})(?:[IІ][XХ]|[IІ]V|V?[IІ]{0,3})\b"
)
# A telephone number: behind a plus, with its area in brackets, or as ten figures of the usual groups.
_TELEPHONE = re.compile(
    r"(?<![\w+])(?:\+\d(?:[ ()\u00a0-]{0,2}\d){9,13}|\(\d{3,5}\)(?:[ \u00a0-]?\d){5,7}|0\d\d([ -])\d{3}\1\d\d\1\d\d"
    r"|[018]-\d{3}(?:-\d{2,4}){2,3})(?!\d)"
)
# The figures of a telephone number that do not depend on where one calls from. Chosen: the longest national numbers
# without the 0 before them that Ukraine and its neighbours have.
_NATIONAL = 9
_ALWAYS = "24/7"  # day and night
# Share of its value by which a converted measure may differ. Chosen: translators round 295 kg to 300 kg.
_ROUNDING = 0.05
SIGNS = {"%": "%", "$": "USD", "€": "EUR", "£": "GBP", "₴": "UAH", "₽": "RUB"}
"""Signs of units in all languages. Names of units are in the language files."""

Reading = tuple[float, ...]


class Quantities(NamedTuple):
    """The stated and the worded quantities of a text. `converted` has, for stated measures such as inches, pounds or
    degrees, their values in the measures that translators may use instead.
    """

    stated: frozenset[Reading]
    worded: frozenset[float]
    converted: Mapping[Reading, tuple[float, ...]]


class Signs(NamedTuple):
    """Whether a token or a text may contain figures, names of months, number words or Roman numerals."""

    figure: int = True
    month: int = True
    word: int = True
    roman: int = True


def signs(token: str, language: str) -> Signs:
    """The signs of a token; those of a text are the signs of its tokens together.

    >>> signs("12-те", "uk"), signs("лютого", "uk")
    (Signs(figure=True, month=False, word=False, roman=False), Signs(figure=False, month=True, word=True, roman=False))
    """
    known = quantity_words(language)
    words = [plain(word) for word in WORD.findall(token.lower())]
    month = any(map(known.month, words))
    word = month or any(map(known.may_be_quantity, words))
    return Signs(bool(_FIGURE.search(token)), month, word, bool(_ROMAN.search(token)))


ANY = Signs()


def quantities(text: str, language: str, present: Signs = ANY) -> Quantities:
    """The quantities of a text. `present` has its signs, if they are known: what it does not contain is not searched.

    >>> sorted(quantities("1,5 млн грн на 12.02.2025", "uk").stated)
    [(2.0,), (12.0,), (2025.0,), (1500000.0,)]
    """
    known = quantity_words(language)
    stated: set[Reading] = set()
    worded: set[float] = set()
    converted: dict[Reading, tuple[float, ...]] = {}
    if present.figure:
        for match, values in _in_figures(text, known, worded):
            stated.update(values)
            if measure := known.measure.match(text, match.end()):
                converted[values[-1]] = known.in_other_measures(values[-1][0], measure[1].lower())
    if present.word:
        _read_words(text, known, stated, worded)
    if present.roman:
        worded.update(float(roman(numeral)) for numeral in _ROMAN.findall(text))
    return Quantities(frozenset(stated), frozenset(worded), converted)


def units(text: str, language: str) -> frozenset[str]:
    """The units (currencies, "%") in a text.

    >>> sorted(units("5 гривень, або 2 %", "uk"))
    ['%', 'UAH']
    """
    known = quantity_words(language)
    words = map(plain, WORD.findall(text.lower()))
    named = {unit for word in words if known.number(word) is None and (unit := known.unit(word))}
    return frozenset(named.union(unit for sign, unit in SIGNS.items() if sign in text))


@cached
def unit_names() -> tuple[str, ...]:
    """All units that `units` may return, for any language."""
    files = [language_facts(code).units for code in known_languages()]
    named = {unit for units in files for unit in (*units.words, *units.stems)}
    return tuple(sorted(named.union(SIGNS.values())))


class Agreement(NamedTuple):
    """The number of stated quantities, of both texts together, and how many of them the other text has too."""

    agreeing: int
    stated: int


def compare(a: Quantities, b: Quantities) -> Agreement:
    """Count the quantities that either text states, and how many of them the other text has; order does not matter.

    >>> compare(quantities("12 лютого, 5 осіб", "uk"), quantities("on 12 February", "en"))
    Agreement(agreeing=4, stated=5)
    """
    return Agreement(_matched(a, b) + _matched(b, a), len(a.stated) + len(b.stated))


def numbers_agree(a: Quantities, b: Quantities) -> float:
    """The share of the quantities that either text states which the other has; NaN if neither states one.

    >>> numbers_agree(quantities("12 лютого", "uk"), quantities("on 12 February", "en"))
    1.0
    >>> numbers_agree(quantities("двадцять п'ять осіб", "uk"), quantities("25 people", "en"))
    1.0
    """
    agreement = compare(a, b)
    return agreement.agreeing / agreement.stated if agreement.stated else MISSING


def _matched(text: Quantities, other: Quantities) -> int:
    """How many of the quantities that a text states another text has."""
    if not text.stated:
        return 0
    values = other.worded.union(*other.stated)
    count = sum(any(value in values for value in readings) for readings in text.stated)
    if text.converted or other.converted:
        other_converted = {value for converted in other.converted.values() for value in converted}
        for readings in text.stated:
            if values.isdisjoint(readings):
                converted = text.converted.get(readings, ())
                # 45 miles (72 km): where the other text has no miles, either of the two is enough.
                given_twice = not other_converted and _near(converted, frozenset().union(*(text.stated - {readings})))
                count += given_twice or _near(converted, values) or _near(readings, other_converted)
    return count


def _near(values: Collection[float], others: Iterable[float]) -> bool:
    """Whether a value is equal to one of the others up to rounding."""
    return any(abs(value - other) <= _ROUNDING * abs(other) for other in others for value in values)


def _in_figures(text: str, known: QuantityWords, worded: set[float]) -> Iterator[tuple[re.Match[str], list[Reading]]]:
    """The runs of figures and what they state; what need not be in a translation is added to `worded`."""
    if "+" in text or "(" in text or "-" in text:
        for telephone in _TELEPHONE.finditer(text):
            yield telephone, [(float(_NO_DIGIT.sub("", telephone[0])[-_NATIONAL:]),)]
        text = _TELEPHONE.sub(lambda telephone: " " * len(telephone[0]), text)
    held: tuple[re.Match[str], list[Reading]] | None = None  # its scale may be that of the number after it
    for match in _FIGURES.finditer(text):
        if match[0] == _ALWAYS:
            worded.update((24.0, 7.0))
            continue
        values, scale = _stated(match, text, known)
        if held is not None:
            if scale and len(held[1]) == 1 and known.between.fullmatch(text, held[0].end(), match.start()):
                held[1][0] = (*held[1][0], round(held[1][0][0] * scale, 6))
            if _YEARS.fullmatch(text, held[0].start(), match.end()):
                values = [(values[0][0], held[1][0][0] // 100 * 100 + values[0][0])]
            yield held
        held = (match, values) if scale is None else None
        if held is None:
            yield match, values
    if held is not None:
        yield held


def _stated(match: re.Match[str], text: str, known: QuantityWords) -> tuple[list[Reading], float | None]:
    """The quantities of a run of figures, with the scale, the ending of a decade or the p.m. that follows it; and that
    scale.
    """
    time = known.time_of_day.match(text, match.start())
    values: list[Reading] = [(float(time[1]),), (float(time[2]),)] if time else _values(match[0], known)
    end = match.end()
    half = known.and_a_half.match(text, end)
    if half:
        values[-1], end = tuple(value + 0.5 for value in values[-1]), half.end()
    following = _FOLLOWING.match(text, end)
    assert following is not None  # it matches the empty string, too
    tail, word = plain(following[1].lower()), plain(following[2].lower())
    scale = known.scale(tail or word)
    if (scale is not None or half) and len(values) == 2 and values[0][0] == values[1][0] and len(values[0]) == 2:
        values = [values[0][:1]]  # 1.12 million is no date
    last = values[-1]
    if scale is not None:
        values[-1] = tuple(round(value * scale, 6) for value in last)
    elif tail in known.perhaps_scales:
        scale = known.perhaps_scales[tail]
        values[-1] = (*last, round(last[0] * scale, 6))
    elif tail in known.decade_endings or (not tail and word in known.decade_endings):
        values[-1] = (*last, last[0] % 100)
    elif values[0][0] < 12 and known.afternoon.match(text, match.end()):
        values[0] = (values[0][0], values[0][0] + 12)
    if len(values) == 2 and match[0].endswith(":00"):
        del values[1]  # 20:00 may be "8 p.m." in a translation
    return values, scale


def _values(figures: str, known: QuantityWords) -> list[Reading]:
    """The numbers in a run of figures: one, or the parts of a date, a time or a result."""
    if figures.isdecimal():
        return [(float(figures),)]
    if _IN_GROUPS.fullmatch(figures):
        return [(float(re.sub(rf"[{SPACE}'’]", "", figures).replace(",", ".")),)]
    if _BY_COMMAS.fullmatch(figures):
        return [_grouped(figures, ",", ".", may_be_decimal=known.decimal_comma)]
    if _BY_POINTS.fullmatch(figures) and known.decimal_comma:
        return [_grouped(figures, ".", ",", may_be_decimal=True)]
    if ":" in figures:  # 20:30, 16,5:10,5
        return [value for part in figures.split(":") if part for value in _values(part, known)]
    parts = [float(part) for part in _NO_DIGIT.split(figures) if part.isdecimal()]
    if _YEARS.fullmatch(figures):
        return [(parts[0],), (parts[1], parts[0] // 100 * 100 + parts[1])]
    if len(parts) != 2 or "/" in figures:
        return [(part,) for part in parts]
    decimal_value = float(_NO_DIGIT.sub(".", figures))
    day_and_month = parts[0] <= 31 and 1 <= parts[1] <= 12
    time = known.decimal_comma and parts[0] < 24 and parts[1] < 60  # at 20.30
    if "." in figures and len(figures.partition(".")[2]) == 2 and (day_and_month or time):
        return [(decimal_value, parts[0]), (decimal_value, parts[1])]
    return [(decimal_value,)]


def _grouped(figures: str, separator: str, decimal_mark: str, may_be_decimal: bool) -> Reading:
    """A number with separators of thousands; a single one may also be a decimal mark: 1.500 is 1500 or 1.5."""
    whole = float(figures.replace(separator, "").replace(decimal_mark, "."))
    if may_be_decimal and figures.count(separator) == 1 and decimal_mark not in figures:
        return float(figures.replace(separator, ".")), whole
    return (whole,)


def _read_words(text: str, known: QuantityWords, stated: set[Reading], worded: set[float]) -> None:
    """Add the numbers in words to `worded`, each word alone and with those before it, and months to `stated`."""
    lower = text.lower()
    if len(lower) != len(text):  # "İ" becomes two letters, but offsets must stay
        text = lower = "".join(letter if len(letter.lower()) > 1 else letter.lower() for letter in text)
    if any(half in lower for half in known.halves):
        for match in known.one_and_a_half.finditer(lower):  # a year and a half
            worded.update((1.5, *known.in_other_measures(1.5, match[1])))
    spoken, end, last_end = SpokenNumber(), -1, -1  # the number so far, where it may go on, and where it ended
    for match in WORD.finditer(lower):
        word = match[0]
        if not known.may_be_quantity(word):
            end = match.end() if word in known.joiners and end >= 0 else -1
            continue
        word = plain(word)
        value, continued = known.number(word), end >= 0 and text[end : match.start()] in (" ", "-", "\u00a0")
        if part := known.fractions.get(word):
            worded.update(parts_of_one(part))
            counted = spoken.fraction(part) if continued else []
            if counted or value is None:
                spoken = SpokenNumber(counted[0] if counted else part)
                worded.update((*parts_of_one(spoken.value), *counted))
                end = last_end = match.end()
                continue
        if value is not None:
            if not continued:
                in_range = last_end >= 0 and known.between.fullmatch(lower, last_end, match.start())
                spoken = SpokenNumber(before=spoken.value if in_range else None)
            worded.add(value)
            worded.update(spoken.take(value, multiplies=known.scale(word) is not None))
            worded.update(known.half_of_measure(word))
            end = last_end = match.end()
            if measure := known.measure.match(text, end):
                worded.update(known.in_other_measures(spoken.value, measure[1].lower()))
        else:
            end = -1
            if month := known.month_of_adjective(word):
                worded.add(float(month))
            elif (month := known.month(word)) and _is_month(word, match, text, known):
                stated.add((float(month),))


def _is_month(word: str, match: re.Match[str], text: str, known: QuantityWords) -> bool:
    """Whether the name of a month means the month, not another word: May, but not "may"."""
    if known.months_capitalised and not text[match.start()].isupper():
        return False
    if word not in known.months_also_words:
        return True
    # The longest that may precede is an ordinal: "second of ", "21st of ".
    before = text[max(0, match.start() - 12) : match.start()]
    return bool(known.before_month.search(before)) or text[match.end() : match.end() + 2].strip().isdigit()
