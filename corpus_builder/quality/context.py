"""What the scores know of the corpus; survey.py learns it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from corpus_builder.quality.length_model import LengthModel
from corpus_builder.quality.token_vocabulary import TokenVocabulary
from corpus_builder.quality.word_translations import WordTranslations


@dataclass(frozen=True)
class Context:
    """What is known of a corpus.

    `lengths` by (level, "en-uk", "characters" or "words"), the usual ratio and its spread. `foreign` by language the
    words that are typical of another edition. `usual` by (level, column of coverage) the median and the spread.
    `fertility` by language the median pieces per word and the spread, `pieces` the sentencepiece processors.
    `translations` are the aligner's; whoever loads a context adds them. `vocabulary` holds the words of the corpus that
    were read so far; batches that are scored with this context share it.
    """

    lengths: Mapping[tuple[str, str, str], LengthModel] = field(default_factory=dict)
    foreign: Mapping[str, frozenset[str]] = field(default_factory=dict)
    usual: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    fertility: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    pieces: Mapping[str, Any] = field(default_factory=dict)
    translations: WordTranslations = field(default_factory=WordTranslations)
    vocabulary: TokenVocabulary = field(default_factory=TokenVocabulary, compare=False)

    def with_translations(self, translations: WordTranslations) -> Context:
        """The same with the translations of words, and an empty vocabulary."""
        return replace(self, translations=translations, vocabulary=TokenVocabulary())
