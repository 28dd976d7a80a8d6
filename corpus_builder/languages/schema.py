"""What a language file may say. Unknown keys are errors at every level; every section may be left out.

Lists of single words may be written as one string with spaces between them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from corpus_builder.toml import Pattern, Strict


def _split(value: Any) -> Any:
    return tuple(value.split()) if isinstance(value, str) else value


def _list(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError(f'a list is expected, as ["{value[:20]}"]: an entry may contain spaces')
    return value


def _abbreviation(entry: str) -> str:
    if not entry.endswith("."):
        raise ValueError(f"an abbreviation is written with its dot: {entry!r}")
    return entry


Words = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""Words, as a list or as one string with spaces."""
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(_list)]
"""Regular expressions, as a list."""
Phrases = Annotated[tuple[str, ...], BeforeValidator(_list)]
"""Texts of one or more words, as a list."""
Abbreviations = Annotated[tuple[Annotated[str, AfterValidator(_abbreviation)], ...], BeforeValidator(_list)]
"""Abbreviations with their dots, as a list."""
Letters = Annotated[str, Field(pattern=r"^[^\W\d_A-Z]*$")]


class LetterFacts(Strict):
    """The script, and what distinguishes the language from others of its script (text/language.py).

    `distinctive` are small letters that no other language of the script has, `distinctive_share` their share of a
    text's letters. `common` are frequent words that neighbouring languages do not write, whether identified here or
    not, `endings` ends of longer words of the same kind, `common_share` the share of both of a text's words.
    `distinctive_pattern` decides where no letter does. `foreign` are
    letters of the script that the language lacks.
    """

    script: Literal["Latin", "Cyrillic"]
    distinctive: Letters = ""
    distinctive_share: float = Field(default=0.0, ge=0, lt=1)
    common: Words = ()
    endings: Words = ()
    common_share: float = Field(default=0.0, ge=0, lt=1)
    distinctive_pattern: Pattern | None = None
    foreign: Letters = ""


class SentenceRules(Strict):
    """Abbreviations and words at the ends of sentences (text/sentences.py, docs/sentences.md)."""

    never: Abbreviations = ()
    seldom: Abbreviations = ()
    times: Abbreviations = ()
    units: Abbreviations = ()
    before_number: Abbreviations = ()
    numbered: Words = ()
    openers: Words = ()
    prepositions: Words = ()
    one_letter_words: Words = ()
    names: tuple[Annotated[str, Field(pattern=r"^.*?[.!](?: .+)?$")], ...] = ()
    reporting_verbs: Words = ()
    never_last: Words = ()
    ordinal_dot: bool = False


class QuantityWords(Strict):
    """Words for numbers and measures (text/quantities.py).

    `numbers` are words as they are, `number_stems` their beginnings, by value. `multipliers` are words multiplying the
    number before them, `scales` beginnings of such words; a scale of 1 is of words that begin like one of the others.
    `measures` give by beginnings of words what one is in the measures that translations convert it to. `fractions` are
    words for parts of one by value; `half_prefixes` before a number or a measure halve it (півсотні, півроку).
    `compound_numbers` are numbers before the unit in a word, `compound_units` beginnings of their units (трирічний).
    """

    decimal_mark: Literal[",", "."] = ","
    decade_endings: Words = ()
    morning: Words = ()
    afternoon: Words = ()
    joiners: Words = ()
    range_words: Words = ()
    fahrenheit: Words = ()
    numbers: dict[float, Words] = {}
    number_stems: dict[float, Words] = {}
    scales: dict[float, Words] = {}
    multipliers: dict[float, Words] = {}
    perhaps_scales: dict[float, Words] = {}
    measures: dict[str, tuple[float, ...]] = {}
    fractions: dict[float, Words] = {}
    half_prefixes: Words = ()
    compound_numbers: dict[float, Words] = {}
    compound_units: Words = ()


class MonthNames(Strict):
    """Names of the twelve months from January to December (text/quantities.py, web/dates.py).

    `names` are all forms, `adjectives` beginnings of adjectives, `in_dates` abbreviations that are read beside a day
    only. `also_words` are names that are other words too: months beside a number or after what `before` matches.
    """

    names: tuple[Words, ...] = ((),) * 12
    adjectives: tuple[Words, ...] = ((),) * 12
    in_dates: tuple[Words, ...] = ((),) * 12
    capitalised: bool = False
    also_words: Words = ()
    before: Pattern = r"\d[ -]$"

    @field_validator("names", "adjectives", "in_dates")
    @classmethod
    def _twelve(cls, months: tuple[Words, ...]) -> tuple[Words, ...]:
        if len(months) != 12:
            raise ValueError(f"a year has 12 months, not {len(months)}")
        return months


class UnitNames(Strict):
    """Names of currencies and per cent, by ISO 4217 code or "%" (text/quantities.py).

    `words` are whole words, `stems` beginnings: of those that a word begins with the longest counts; `also_other` are
    beginnings of other words.
    """

    words: dict[str, Words] = {}
    stems: dict[str, Words] = {}
    also_other: Words = ()


class Declension(Strict):
    """How names change by case, as far as letters show it.

    `dropped` are last letters of a nominative that other cases replace, `added` the letters that endings of cases begin
    with. Of forms of one name that are equally long, one that ends in a letter of `oblique` is the least likely to be
    the nominative, then one that ends in a letter of `unlikely`.
    """

    dropped: Letters = ""
    added: Letters = ""
    unlikely: Letters = ""
    oblique: Letters = ""


class NameFacts(Strict):
    """Names of people and bodies (quotes/, quality/names.py, evaluate/metrics/names.py).

    `declension`: names change by case; without it they do not. `endings` are endings of cases. `articles` before a name
    make it no person's, `possessives` are endings after which a noun belongs to the name. `particles` are between a
    first name and a surname; `patronymics`, `male_surnames` and `female_surnames` are endings. `capitalised` are words
    that spelling capitalises and that are no names. `male` and `female` are first names, `bodies` words of
    institutions' names, `body_nouns` patterns of whole words for their nouns in any case, in small letters, which make
    the capitalised words before them no person's; `not_names` are capitalised words that are no names in sentences.
    `aliases` are words for a name that languages spell unlike each other, by a key that is the same in all files.
    """

    declension: Declension | None = None
    endings: Words = ()
    articles: Words = ()
    possessives: Words = ()
    particles: Words = ()
    patronymics: Words = ()
    male_surnames: Words = ()
    female_surnames: Words = ()
    capitalised: Words = ()
    male: Words = ()
    female: Words = ()
    bodies: Words = ()
    body_nouns: Patterns = ()
    not_names: Words = ()
    aliases: dict[str, Words] = {}


class QuoteWords(Strict):
    """Words around quotations (quotes/speech_words.py, docs/quotes.md). Entries are regular expressions.

    `subject_first`: in a clause after reported words the speaker stands before the verb (Smith said), not after it
    (сказав Петренко). `head_last`: the head of a noun phrase is its last word (defence minister), not its first
    (міністр оборони).
    """

    subject_first: bool = False
    head_last: bool = False
    cue_stems: Patterns = ()
    cue_endings: Patterns = ()
    cues: Patterns = ()
    according: Patterns = ()
    he: Words = ()
    she: Words = ()
    they: Words = ()
    of_him: Words = ()
    of_her: Words = ()
    of_them: Words = ()
    masculine: Words = ()
    feminine: Words = ()
    plural: Words = ()
    roles: Patterns = ()
    stops: Patterns = ()
    text_labels: Patterns = ()
    name_before: Patterns = ()
    source_heads: Patterns = ()
    media: Patterns = ()
    terms: Patterns = ()
    that: Patterns = ()
    titles: Patterns = ()
    inside: Patterns = ()
    relative: Words = ()
    source_tails: Patterns = ()
    editors: Patterns = ()
    editors_notes: Patterns = ()


class LabelWords(Strict):
    """The labels of one role: `words` as they stand at the head of a block, before the colon (extract/labels.py).

    Where `speaker` is true, what follows the words in the label is a speaker ("Quote from Peskov"). A list of words
    stands for a table with these alone: `source = ["Source"]`.
    """

    words: tuple[str, ...] = ()
    speaker: bool = False

    @model_validator(mode="before")
    @classmethod
    def _list_of_words(cls, data: Any) -> Any:
        return {"words": data} if isinstance(data, list) else data


class PageWords(Strict):
    """Words that pages of news put around an article (extract/). Entries are as at the beginning of a text.

    `weekdays` and `in_dates` are the words of a line that is nothing but a date. `authors` introduce the author,
    `conjunctions` stand between two of them, `pictures` introduce who made the pictures. `related` introduce links to
    other articles, `sharing` and `comments` are buttons
    and counters, `support` asks for money, a subscription or a follower, `paywall` ends the free part of an article.
    `access` are words about subscriptions and accounts, `channels` about what anybody may follow.
    `missing` are whole titles of pages that stand in for one, `consent` words of sentences about cookies and personal
    data, `barred` those of sentences that check for robots, refuse access or say that a site is closed.
    """

    weekdays: Words = ()
    in_dates: Words = ()
    authors: Phrases = ()
    conjunctions: Words = ()
    pictures: Phrases = ()
    related: Patterns = ()
    sharing: Patterns = ()
    comments: Patterns = ()
    support: Patterns = ()
    paywall: Patterns = ()
    access: Patterns = ()
    channels: Patterns = ()
    missing: Patterns = ()
    consent: Patterns = ()
    barred: Patterns = ()


class Romanisation(Strict):
    """Latin letters for small letters of another script; `initial` where a word begins (text/transliteration.py)."""

    letters: dict[str, str] = {}
    initial: dict[str, str] = {}


class MachineTranslation(Strict):
    """Signs of machine translation from the languages `of`: calques (quality/machine_translation.py).

    A calque is a regular expression; its key is a string that it contains and few other texts do.
    """

    of: Words = ()
    calques: dict[str, Pattern] = {}


class Language(Strict):
    """One language file. `name` is the language's English name; "" in default.toml.

    `also_called` is what people call it in the names of columns (extract/table_columns.py).
    """

    name: str
    also_called: Words = ()
    letters: LetterFacts | None = None
    sentences: SentenceRules = SentenceRules()
    quantities: QuantityWords = QuantityWords()
    months: MonthNames = MonthNames()
    units: UnitNames = UnitNames()
    names: NameFacts = NameFacts()
    quotes: QuoteWords | None = None
    labels: dict[str, LabelWords] = {}
    page: PageWords = PageWords()
    romanisation: Romanisation = Romanisation()
    machine_translation: MachineTranslation = MachineTranslation()
