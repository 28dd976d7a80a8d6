"""The translations of words that the aligner learned, looked up by the numbers of a vocabulary's units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from corpus_builder.quality.token_vocabulary import TokenVocabulary
from corpus_builder.ragged import Ints, Ragged
from corpus_builder.text.tokens import unit

Translations = Mapping[str, frozenset[str]]
"""The units (text/tokens.py) of one language, each with its likely translations into another."""


@dataclass(frozen=True)
class WordTranslations:
    """By (language, other language) the likely translations of its units, and by language the weight of each unit: -log
    of its share in the corpus.
    """

    translations: Mapping[tuple[str, str], Translations] = field(default_factory=dict)
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def of(self, a: str, b: str) -> Translations:
        """The translations from a to b; empty where none were learned."""
        return self.translations.get((a, b), {})

    def numbered(self, a: str, b: str, vocabulary: TokenVocabulary) -> Ragged:
        """By unit of a vocabulary its translations from a to b, as numbers of units."""
        units, translations = vocabulary.units, self.of(a, b)
        return units.lists(
            ("translations", a, b), lambda source: (units[target] for target in sorted(translations.get(source, ())))
        )


def units_of_words(vocabulary: TokenVocabulary) -> Ints:
    """[words] the number of each word's unit."""
    units: Ints = vocabulary.words.array("unit", lambda new: (vocabulary.units[unit(word)] for word in new))
    return units
