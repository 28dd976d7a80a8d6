"""The aligner's lexicon in the workspace, as the scores use it: likely translations of words, and their weights."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from corpus_builder.align.model_files import load as load_aligner
from corpus_builder.errors import UsageError
from corpus_builder.quality.word_translations import WordTranslations

LIKELY = 0.05
"""A unit is a translation of another from this probability on (benchmarks/quality/noise.py)."""
ONCE = 1.0
"""Subtracted from each count of the lexicon: a row must not be the only witness of its own words."""
SMOOTHING = 0.5
"""Added to the count of a word for its weight, so that no weight is infinite. Chosen: half a count."""


def read_lexicon(folder: Path) -> WordTranslations:
    """The lexicon that the aligner saved in a folder; empty where it learned nothing.

    Raises UsageError where there is none.
    """
    if not (folder / "aligner.json").is_file():
        raise UsageError(
            f"nothing was aligned in {folder.parent} yet",
            next_step="run `corpus-builder align-articles CONFIG` there first, or `corpus-builder build CONFIG`",
        )
    state = load_aligner(folder)
    names = {language: list(vocabulary.units) for language, vocabulary in state.vocabularies.items()}
    translations: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
    for (a, b), pair in state.pairs.items():
        x, y, counts = pair.table.entries()
        kept = np.maximum(counts - ONCE, 0)
        for pair_name, sources, targets, totals in (
            ((a, b), x, y, pair.table.sums_x),
            ((b, a), y, x, pair.table.sums_y),
        ):
            likely = kept / (totals[sources] + ONCE) >= LIKELY
            source_names, target_names = names[pair_name[0]], names[pair_name[1]]
            by_source: dict[str, set[str]] = defaultdict(set)
            for source, target in zip(sources[likely].tolist(), targets[likely].tolist(), strict=True):
                by_source[source_names[source]].add(target_names[target])
            translations[pair_name] = {source: frozenset(words) for source, words in by_source.items()}
    weights = {}
    for language, vocabulary in state.vocabularies.items():
        surprise = -np.log((vocabulary.counts + SMOOTHING) / (float(vocabulary.counts.sum()) + 1.0))
        weights[language] = dict(zip(names[language], surprise.tolist(), strict=False))
    return WordTranslations(translations, weights)
