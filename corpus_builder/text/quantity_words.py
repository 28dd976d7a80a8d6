"""Words for quantities in Ukrainian, Russian and English: numbers, their scales, months, currencies.

Inflected languages are met by stems: a word has the value of the stem that it begins with. Small numbers, whose stems
are those of other words too, are listed in their forms.
"""

from __future__ import annotations

from functools import lru_cache

_FORMS = {
    0: "zero нуль ноль",
    0.5: "half пів пол половина половину половини половины",
    1: "one one's first once single один одна одно одне одну одного одної однієї одному одній одной одним одною одни "
    "перший перша перше першу першого першої першому першій першим першою перші перших "
    "первый первая первое первую первого первой первому первым первые первых",
    2: "two second twice both couple pair два дві две двох двух двом двум двома двумя двоє двое двічі дважды "
    "обидва обидві обох оба обе обоих пара пару кілька другий друга друге другу другого другої другому другій "
    "другим другою другі других второй вторая второе вторую второго второму вторым вторые вторых",
    3: "three third thrice три трьох трёх трех трьом трём трем трьома тремя троє трое тричі трижды третій третя третє "
    "третю третього третьої третьому третьою третім третий третья третье третью третьего третьей третьим треть третина",
    4: "four fourth quarter чотири чотирьох чотирьом чотирма четверо четвертий четверта четверте четверту четвертого "
    "четвертої четверть чверть четыре четырех четырёх четырем четырём четырьмя четвертый четвертая четвертое",
    5: "five fifth п'ять п'яти п'ятьох п'ятьма п'ятеро п'ятий п'ята п'яте п'яту п'ятого п'ятої пять пяти пятью пятеро "
    "пятый пятая пятое пятую пятого пятой",
    6: "six sixth шість шести шістьох шістьма шестеро шостий шоста шосте шосту шостого шостої шесть шестью шестой "
    "шестая шестое шестую шестого",
    7: "seven seventh сім семи сімох сьома семеро сьомий сьоме сьому сьомого сьомої семь семью седьмой седьмая "
    "седьмое седьмую седьмого",
    8: "eight eighth вісім восьми вісьмох вісьма восьмеро восьмий восьма восьме восьму восьмого восьмої восемь "
    "восемью восьмой восьмая восьмое восьмую",
    9: "nine ninth дев'ять дев'яти дев'ятьох дев'ятьма дев'ятий дев'ята дев'яте дев'яту дев'ятого дев'ятої девять "
    "девяти девятью девятый девятая девятое девятую девятого",
    10: "ten tenth десять десяти десятьох десятьма десятий десята десяте десяту десятого десятої десятью десяток "
    "десятка десятый десятая десятое десятую",
    11: "eleven eleventh",
    12: "twelve twelfth dozen дюжина дюжину",
    13: "thirteen thirteenth",
    14: "fourteen fourteenth",
    15: "fifteen fifteenth",
    16: "sixteen sixteenth",
    17: "seventeen seventeenth",
    18: "eighteen eighteenth",
    19: "nineteen nineteenth",
    20: "twenty twentieth twenties",
    30: "thirty thirtieth thirties",
    40: "forty fortieth сорок сорока сороковий сороковой",
    50: "fifty fiftieth fifties",
    60: "sixty sixtieth sixties",
    70: "seventy seventieth seventies",
    80: "eighty eightieth eighties",
    90: "ninety ninetieth nineties",
    100: "hundred hundredth century сто ста сотня сотню сотні сотни",
    1000: "thousand",
    1e6: "million",
    1e9: "billion",
    1e12: "trillion",
}
_STEMS = {
    "одинадцят": 11, "одиннадцат": 11, "дванадцят": 12, "двенадцат": 12, "тринадцят": 13, "тринадцат": 13,
    "чотирнадцят": 14, "четырнадцат": 14, "п'ятнадцят": 15, "пятнадцат": 15, "шістнадцят": 16, "шестнадцат": 16,
    "сімнадцят": 17, "семнадцат": 17, "вісімнадцят": 18, "восемнадцат": 18, "дев'ятнадцят": 19, "девятнадцат": 19,
    "двадцят": 20, "двадцат": 20, "тридцят": 30, "тридцат": 30, "п'ятдесят": 50, "п'ятидесят": 50, "пятьдесят": 50,
    "пятидесят": 50, "шістдесят": 60, "шестидесят": 60, "шестьдесят": 60, "сімдесят": 70, "семидесят": 70,
    "семьдесят": 70, "вісімдесят": 80, "восьмидесят": 80, "восемьдесят": 80, "дев'яност": 90, "девяност": 90,
    "двісті": 200, "двохсот": 200, "двести": 200, "двухсот": 200, "триста": 300, "трьохсот": 300, "трехсот": 300,
    "чотириста": 400, "четыреста": 400, "п'ятсот": 500, "пятьсот": 500, "пятисот": 500, "шістсот": 600,
    "шестьсот": 600, "сімсот": 700, "семьсот": 700, "вісімсот": 800, "восемьсот": 800, "дев'ятсот": 900,
    "девятьсот": 900,
}  # fmt: skip
_SCALES = {
    "тис": 1e3, "тыс": 1e3, "thousand": 1e3, "млн": 1e6, "мільйон": 1e6, "миллион": 1e6, "million": 1e6, "mln": 1e6,
    "млрд": 1e9, "мільярд": 1e9, "миллиард": 1e9, "billion": 1e9, "bn": 1e9, "bln": 1e9, "трлн": 1e12,
    "трильйон": 1e12, "триллион": 1e12, "trillion": 1e12, "tn": 1e12,
}  # fmt: skip
_MONTHS = (
    "січень січня січні січнем январь января январе январем january jan",
    "лютий лютого лютому лютим февраль февраля феврале февралем february feb",
    "березень березня березні березнем март марта марте мартом march",
    "квітень квітня квітні квітнем апрель апреля апреле апрелем april",
    "травень травня травні травнем май мая мае маем may",
    "червень червня червні червнем июнь июня июне июнем june",
    "липень липня липні липнем июль июля июле июлем july",
    "серпень серпня серпні серпнем август августа августе августом august aug",
    "вересень вересня вересні вереснем сентябрь сентября сентябре сентябрем september sept sep",
    "жовтень жовтня жовтні жовтнем октябрь октября октябре октябрем october oct",
    "листопад листопада листопаді листопадом ноябрь ноября ноябре ноябрем november nov",
    "грудень грудня грудні груднем декабрь декабря декабре декабрем december dec",
)
_OF_MONTHS = (
    "січнев январск", "лютнев февральск", "березнев мартовск", "квітнев апрельск", "травнев майск", "червнев июньск",
    "липнев июльск", "серпнев августовск", "вереснев сентябрьск", "жовтнев октябрьск", "листопадов ноябрьск",
    "груднев декабрьск",
)  # fmt: skip
_UNITS = {
    "%": "percent per_cent відсот процент percentage",
    "USD": "dollar долар доллар usd",
    "EUR": "euro євро евро eur",
    "UAH": "hryvnia гривен гривн гривень uah грн",
    "RUB": "rouble ruble рубл руб",
    "GBP": "pound фунт sterling стерлінг стерлинг",
}
_NUMBERS = {form: float(value) for value, forms in _FORMS.items() for form in forms.split()}
_MONTH_OF = {form: number for number, forms in enumerate(_MONTHS, 1) for form in forms.split()}
_OF_MONTH = {stem: number for number, stems in enumerate(_OF_MONTHS, 1) for stem in stems.split()}
_ALL_OF_MONTH = tuple(_OF_MONTH)
_ALL_STEMS = (*_STEMS, *_SCALES)
_UNIT_STEMS = [(stem, unit) for unit, stems in _UNITS.items() for stem in stems.split()]
_ALL_UNIT_STEMS = tuple(stem for stem, _ in _UNIT_STEMS)
_NOT_UNITS = ("європ", "европ", "eurov", "europ", "євром", "евром", "eurom", "poundi", "рубіж", "рубеж", "рубл")
_ROMAN = {"I": 1, "V": 5, "X": 10, "І": 1, "Х": 10}


def plain(word: str) -> str:
    """A word with the apostrophe that the lists below are written with."""
    return word.replace("’", "'").replace("ʼ", "'")


@lru_cache(maxsize=20_000)
def number(word: str) -> float | None:
    """The number that a lower-cased word says; a scale word says one of it.

    >>> number("двадцятирічний"), number("seven"), number("мільйони"), number("тривога")
    (20.0, 7.0, 1000000.0, None)
    """
    value = _NUMBERS.get(word)
    if value is not None:
        return value
    if not word.startswith(_ALL_STEMS):
        return None
    found = next((value for stem, value in _STEMS.items() if word.startswith(stem)), None)
    return float(found) if found is not None else scale(word)


@lru_cache(maxsize=10_000)
def scale(word: str) -> float | None:
    """The power of ten that a lower-cased word or abbreviation after a number stands for."""
    return next((value for stem, value in _SCALES.items() if word.startswith(stem)), None)


def month(word: str) -> int | None:
    """The number of a month, by its lower-cased name."""
    return _MONTH_OF.get(word)


def of_month(word: str) -> int | None:
    """The number of the month that an adjective is made of.

    >>> of_month("грудневих"), of_month("грудня")
    (12, None)
    """
    if not word.startswith(_ALL_OF_MONTH):
        return None
    return next(number for stem, number in _OF_MONTH.items() if word.startswith(stem))


@lru_cache(maxsize=20_000)
def unit(word: str) -> str | None:
    """The currency, or "%", that a lower-cased word names.

    >>> unit("гривень"), unit("європа"), unit("dollars")
    ('UAH', None, 'USD')
    """
    if word.startswith(_NOT_UNITS) and not word.startswith(("рублі", "рублей", "рублів", "рубля", "рублю")):
        return None
    if not word.startswith(_ALL_UNIT_STEMS):
        return None
    return next(unit for stem, unit in _UNIT_STEMS if word.startswith(stem))


def roman(numeral: str) -> int:
    """The value of a Roman numeral below 40; Cyrillic look-alikes are read too.

    >>> roman("XXI"), roman("XIX")
    (21, 19)
    """
    values = [_ROMAN[letter] for letter in numeral]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))
