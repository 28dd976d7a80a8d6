"""Language and script of one side.

`own_language` is how surely the text is in its edition's language (text/language.py); `clean_letters` the share of its
words that are written with the letters of one script and of its language (not with a Latin "i" in a Ukrainian word, or
"ы" in Ukrainian); `own_words` the share of its words that this corpus does not rather write in another edition of the
same script, which shows surzhyk and sentences left in the other language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.languages import known_languages
from corpus_builder.languages import language as language_facts
from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.coverage import plain_words
from corpus_builder.quality.score import ScoreInput, SideScore, Worst
from corpus_builder.text.language import (
    SURELY_ANOTHER,
    Detection,
    LetterCounts,
    another_language,
    by_letters,
    identifiable_languages,
    identify,
    letter_counts,
)

_LEAST_LETTERS = 12
"""Below, a text is a name or a number, and in any language."""
_LETTERS = re.compile(r"[^\W\d_]+")
_MIXED = re.compile("[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]", re.IGNORECASE)

FOREIGN_TIMES = 20.0
"""A word counts as another edition's where it is so many times as frequent there. Names that both editions write alike
stay below; a Russian word in quoted speech of the Ukrainian edition does not."""
_LEAST_COUNT = 3


class Letters(NamedTuple):
    """The letters of a token, or of a text, which has the sums of its tokens.

    `in_words` are the letters of its words, `words` the number of these, `mixed` the words with letters of two scripts,
    `wrong` by known language these and the words with a letter that the language lacks.
    """

    in_words: int
    words: int
    mixed: int
    wrong: tuple[int, ...]
    counts: LetterCounts

    @classmethod
    def of(cls, token: str) -> Letters:
        """The letters of a token."""
        found = _LETTERS.findall(token)
        mixed = [not token.isascii() and bool(_MIXED.search(word)) for word in found]
        lowered = [word.lower() for word in found]
        wrong = []
        for code in known_languages():
            facts = language_facts(code).letters
            foreign = facts.foreign if facts else ""
            wrong.append(
                sum(two or any(letter in word for letter in foreign) for two, word in zip(mixed, lowered, strict=True))
            )
        return cls(sum(map(len, found)), len(found), sum(mixed), tuple(wrong), letter_counts(token))

    def flat(self) -> tuple[int, ...]:
        """All numbers in one row."""
        counts = self.counts
        return (
            self.in_words, self.words, self.mixed, *self.wrong, counts.cyrillic, counts.latin, counts.plain_latin,
            counts.words, *counts.common, *counts.distinctive, *counts.distinctive_lowered, *counts.patterns,
        )  # fmt: skip


def letters(batch: Batch, language: str) -> npt.NDArray[np.int32]:
    """[rows, numbers] the letters of each text: `Letters`, flat."""
    width = 7 + 5 * len(known_languages())
    own = batch.vocabulary.tokens.array(
        "letters", lambda new: (Letters.of(token).flat() for token in new), np.int32, width
    )
    return batch.tokens(language).totals(own)


def _counts(flat: Sequence[int]) -> LetterCounts:
    """The counts of a row of `letters`."""
    known = len(known_languages())
    cyrillic, latin, plain, words, *by_language = flat[3 + known :]
    common, distinctive, lowered, patterns = (tuple(by_language[at : at + known]) for at in range(0, 4 * known, known))
    return LetterCounts(cyrillic, latin, plain, words, common, distinctive, lowered, patterns)


def own_language(rows: ScoreInput, language: str) -> Array:
    """[rows] how surely each text is in `language`, 0 to 1; NaN where it is too short to tell, has no word but names in
    another script, or where the language's file does not say what tells it.
    """
    batch = rows.batch
    out = np.full(len(batch), np.nan)
    if language not in identifiable_languages():
        return out
    texts, sums = batch.texts(language), batch.read(language, letters)
    counts = {
        row: own
        for row in np.flatnonzero(sums[:, 0] >= _LEAST_LETTERS).tolist()
        if not only_names(own := _counts(sums[row].tolist()), language)
    }
    found = {row: detected(texts[row] or "", own, language) for row, own in counts.items()}
    for row, own in counts.items():
        out[row] = probability_of(language, found[row], texts[row] or "", own)
        near = [
            found[other]
            for other in (row - 1, row + 1)
            if other in found and batch.rows[other].article_id == batch.rows[row].article_id
        ]
        foreign = [other for other in near if other.language != language and other.probability >= SURELY_ANOTHER]
        if foreign and found[row].language == language:
            # Beside a sentence in another language, the edition's own is no likelier than that one.
            expected = foreign[0].language if len(foreign) == len(near) else None
            again = detected(texts[row] or "", own, expected)
            out[row] = min(out[row], probability_of(language, again, texts[row] or "", own))
    return out


def only_names(counts: LetterCounts, language: str) -> bool:
    """Whether a text in a language of Cyrillic script has nothing but Latin names and commands: any language's."""
    facts = language_facts(language).letters
    cyrillic = facts is not None and facts.script == "Cyrillic"
    return cyrillic and counts.cyrillic == 0 and counts.plain_latin == 0


def detected(text: str, counts: LetterCounts, expected: str | None) -> Detection:
    """The likeliest of the identifiable languages; the text is only read where its counts do not decide."""
    identifiable = identifiable_languages()
    return by_letters(counts, identifiable, expected) or identify(text, identifiable, expected)


def probability_of(language: str, found: Detection, text: str, counts: LetterCounts) -> float:
    """How likely a text is in a language, all languages considered."""
    if found.language != language:
        return 0.0 if found.language == "und" else 1 - found.probability
    return found.probability * (1 - another_language(text, counts, language))


def clean_letters(rows: ScoreInput, language: str) -> Array:
    """[rows] the share of words without a letter of another script or language; NaN where there is no word."""
    sums, known = rows.batch.read(language, letters), known_languages()
    wrong = sums[:, 3 + known.index(language)] if language in known else sums[:, 2]
    return np.where(sums[:, 1] > 0, 1 - wrong / np.maximum(sums[:, 1], 1), np.nan)


def foreign_words(counts: Mapping[str, Mapping[str, int]]) -> dict[str, frozenset[str]]:
    """By language the words that another edition of the same script writes far more often; `counts` by language."""
    totals = {language: sum(words.values()) or 1 for language, words in counts.items()}
    foreign: dict[str, frozenset[str]] = {}
    for language, words in counts.items():
        typical: set[str] = set()
        for other, other_words in counts.items():
            if other == language or _script(words) != _script(other_words):
                continue
            scale = totals[language] / totals[other]
            typical.update(
                word
                for word, count in other_words.items()
                if count >= _LEAST_COUNT and count * scale >= FOREIGN_TIMES * (words.get(word, 0) + 0.1)
            )
        foreign[language] = frozenset(typical)
    return foreign


def own_words(rows: ScoreInput, language: str) -> Array:
    """[rows] the share of words of three letters or more that are not foreign; NaN where there are fewer than three."""
    foreign = rows.context.foreign.get(language, frozenset())
    words, text_words = rows.batch.vocabulary.words, rows.batch.read(language, plain_words)
    longer = words.array("longer", lambda new: (len(word) > 2 and word[0].isalpha() for word in new))
    bad = words.array(
        ("foreign", language), lambda new: (len(word) > 2 and word[0].isalpha() and word in foreign for word in new)
    )
    total = text_words.totals(longer)
    return np.where(total >= 3, 1 - text_words.totals(bad) / np.maximum(total, 1), np.nan)


def _script(words: Mapping[str, int]) -> str:
    """Of which script the most frequent words are, by a letter that tells."""
    frequent = sorted(words, key=lambda word: -words[word])[:100]
    cyrillic = sum("\u0400" <= word[0] <= "\u04ff" for word in frequent)
    return "cyrillic" if cyrillic * 2 > len(frequent) else "other"


LANGUAGE = SideScore(
    name="language",
    version=3,
    worst=Worst.LEAST,
    about="how certain it is that the side is in its language",
    bound=0.5,
    flag="wrong_language",
    flag_from=0.1,  # chosen: nine in ten that it is another language
    compute=own_language,
)
LETTERS = SideScore(
    name="letters",
    version=1,
    worst=Worst.LEAST,
    about="share of words without letters of another script or language",
    bound=0.9,
    compute=clean_letters,
)
OWN_WORDS = SideScore(
    name="own_words",
    version=1,
    worst=Worst.LEAST,
    about="share of words that are not typical of another edition",
    bound=0.8,
    compute=own_words,
)
