"""What the words around an article say: a line that is nothing but a date, who wrote and who took the pictures.

The words of all known languages count, since the frame of a page may be in another language than its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from corpus_builder.languages import cached, known_languages, language
from corpus_builder.text.normalise import normalise

_MAX_DATE = 60
"""Most characters of a line that is a date: a weekday, a long month, a time and a word before them are shorter."""

_MAX_NAME = 80
"""Most characters of an author. Chosen: three names and a newspaper; what is longer is a sentence about them."""

_MAX_NAME_WORDS = 4
"""Most words of a name on one side of an "and". Chosen: two first names and two surnames."""

_MAX_APPEAL = 300
"""Most characters of an appeal, a button or the heading of a box. Chosen: two sentences; more is text."""

_MAX_BUTTON = 40
"""Most characters of a button that ends as a sentence does. Chosen: five words."""

_SENTENCES = re.compile(r"(?<=[.!?…])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:[.'’][^\W\d_]+)*", re.UNICODE)
_DAY_OR_TIME = re.compile(
    r"\b\d{1,2}[:.]\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d)\b|\b\d{4}[./-]\d\d?[./-]\d\d?\b|\b(?:19|20)\d\d\b"
)
_NOT_IN_DATES = re.compile(r"[^\w\s:.,;/|()+·•–—’'-]|\d{5}|\d[.,]\d{3}\b")
_SEPARATORS = re.compile(r"(?:(?<!\s)\s++)?[,;|•·/]\s*")
_OCCUPATION = re.compile(r"\s[—–-]\s(?=[a-zа-яіїєґё]).*")
_ADDRESS = re.compile(r"(?<!\S)\S*(?:https?:|www\.|@)\S*", re.IGNORECASE)
_NUMBER = re.compile(r"\d{3}")


class _Words(NamedTuple):
    dates: frozenset[str]
    author: re.Pattern[str]
    pictures: re.Pattern[str]
    picture_credit: re.Pattern[str]
    buttons: re.Pattern[str]
    appeals: re.Pattern[str]
    related: re.Pattern[str]
    paywall: re.Pattern[str]
    access: re.Pattern[str]
    channels: re.Pattern[str]
    missing: re.Pattern[str]
    consent: re.Pattern[str]
    barred: re.Pattern[str]
    conjunctions: re.Pattern[str]


@cached
def _words() -> _Words:
    facts = [language(code) for code in known_languages()]
    dates = {
        word.casefold().rstrip(".")
        for fact in facts
        for group in (*fact.months.names, *fact.months.in_dates, fact.page.weekdays, fact.page.in_dates)
        for word in group
    }
    authors = _alternatives(word for fact in facts for word in fact.page.authors)
    pictures = _alternatives(word for fact in facts for word in fact.page.pictures)
    return _Words(
        frozenset(dates),
        re.compile(rf"(?:(?<!\s)\s++)?(?:{authors})(?:\s*:\s*|\s+(?=\w))", re.IGNORECASE),
        re.compile(rf"(?:^|(?<=[\s,;|/(]))(?:{pictures})\s*(?::|[—–-]\s|(?<=by)\s)", re.IGNORECASE),
        re.compile(rf"\s*(?:{pictures})(?!\w)", re.IGNORECASE),
        _any_of(pattern for fact in facts for pattern in (*fact.page.sharing, *fact.page.comments)),
        _any_of(pattern for fact in facts for pattern in fact.page.support),
        _any_of(pattern for fact in facts for pattern in fact.page.related),
        _any_of(pattern for fact in facts for pattern in fact.page.paywall),
        _any_of(pattern for fact in facts for pattern in fact.page.access),
        _any_of(pattern for fact in facts for pattern in fact.page.channels),
        _any_of(pattern for fact in facts for pattern in fact.page.missing),
        _any_of(pattern for fact in facts for pattern in fact.page.consent),
        _any_of(pattern for fact in facts for pattern in fact.page.barred),
        re.compile(rf"\s+(?:{_alternatives(word for fact in facts for word in fact.page.conjunctions)})\s+"),
    )


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in dict.fromkeys(patterns)) or r"(?!)", re.IGNORECASE)


def _alternatives(phrases: Iterable[str]) -> str:
    ordered = sorted(set(phrases), key=len, reverse=True)
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in ordered) or r"(?!)"


def is_date_line(text: str) -> bool:
    """Whether a text is nothing but a date or a time.

    >>> is_date_line("Понеділок, 29 вересня 2014, 14:55"), is_date_line("29 вересня 2014 року він заявив")
    (True, False)
    """
    if len(text) > _MAX_DATE or not any(map(str.isdigit, text)) or _NOT_IN_DATES.search(text):
        return False
    words, known = [word.casefold() for word in _WORD.findall(text)], _words().dates
    return all(word in known or word.rstrip(".") in known for word in words) and bool(
        words or _DAY_OR_TIME.search(text)
    )


def is_picture_credit(text: str) -> bool:
    """Whether a short text says who made a picture, or what made it: "Фото: УНІАН"."""
    return len(text) <= _MAX_NAME and _words().picture_credit.match(text) is not None


def is_byline(text: str) -> bool:
    """Whether a short text says who wrote the article: "Автор: Анна Коваль", "By Ann Smith"."""
    words = _words()
    if len(text) > _MAX_NAME or not (byline := words.author.match(text)):
        return False
    names = text[byline.end() :].strip(" .")
    return ":" in byline[0] or (names == names.title() and not text.endswith("."))


def is_chrome(text: str) -> bool:
    """Whether a block is a button, a counter, or an appeal of the site: "Share", "12 comments", "Subscribe to …"."""
    if len(text) > _MAX_APPEAL:
        return False
    return bool(_words().appeals.match(text) or (not _is_sentence(text) and _words().buttons.match(text)))


def is_heading_of_links(text: str) -> bool:
    """Whether a short block introduces links to other articles: "Read also:", "Останні новини"."""
    return len(text) <= _MAX_APPEAL and not _is_sentence(text) and _words().related.match(text) is not None


def _is_sentence(text: str) -> bool:
    """Whether a text is a sentence, which may begin as a button does: "Related losses were smaller, he said."."""
    return len(text) > _MAX_BUTTON and text.endswith((".", "!", "?", "…"))


def is_paywall(text: str) -> bool:
    """Whether a block says that the rest of the article is for subscribers."""
    return len(text) <= _MAX_APPEAL and _words().paywall.match(text) is not None


def asks_for_access(text: str) -> bool:
    """Whether a block speaks of a subscription or an account, and not of a channel that anybody may follow.

    >>> asks_for_access("To read on, become a subscriber."), asks_for_access("Subscribe to our Telegram channel")
    (True, False)
    """
    words = _words()
    return len(text) <= _MAX_APPEAL and bool(words.access.search(text)) and not words.channels.search(text)


def says_missing(title: str) -> bool:
    """Whether a headline is that of a page that is not there: "Сторінку не знайдено"."""
    return _words().missing.fullmatch(title.strip(" .!?…")) is not None


def share_about_consent(text: str) -> float:
    """The share of a text that is in sentences about cookies and personal data, 0 to 1, by characters."""
    return _share_of_sentences(text, _words().consent)


def share_that_bars(text: str) -> float:
    """The share of a text in sentences that check for robots, refuse access or say that a site is closed, 0 to 1."""
    return _share_of_sentences(text, _words().barred)


def _share_of_sentences(text: str, words: re.Pattern[str]) -> float:
    sentences = _SENTENCES.split(text)
    about = sum(len(sentence) for sentence in sentences if words.search(sentence))
    return about / max(sum(map(len, sentences)), 1)


def author_names(texts: Iterable[str]) -> tuple[str, ...]:
    """The names in bylines, each once: without the words before them, without those who took the pictures.

    >>> author_names(["By Anna Kovalenko, photo: Petro Bondar", "https://x.example/anna"])
    ('Anna Kovalenko',)
    """
    return tuple(dict.fromkeys(name for text in texts for name in _names(normalise(text).text)))


def _parts(byline: str) -> Iterator[str]:
    """The parts of a byline: between separators, and on both sides of an "and" between two names of several words."""
    for part in _SEPARATORS.split(byline):
        names = _words().conjunctions.split(part)
        yield from names if all(2 <= len(name.split()) <= _MAX_NAME_WORDS for name in names) else [part]


def _names(byline: str) -> Iterator[str]:
    words = _words()
    byline = words.pictures.split(_ADDRESS.sub(",", byline), maxsplit=1)[0]
    if words.picture_credit.match(byline):
        return
    for part in _parts(byline):
        name = _OCCUPATION.sub("", words.author.sub("", part, count=1)).strip(" ,.:;—–-()")
        if name and len(name) <= _MAX_NAME and not _NUMBER.search(name) and not is_date_line(name):
            yield name
