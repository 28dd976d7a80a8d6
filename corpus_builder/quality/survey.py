"""Learning what is usual in a corpus, in one pass over a sample of its rows, and saving it: a Context.

context.json  usual lengths and coverage, typical words of each edition, usual fertility
pieces/       the sentencepiece models (subwords.py)
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from corpus_builder.files import BUILD_AGAIN, json_of, reading
from corpus_builder.quality.batch import Array, Batch, RowTexts
from corpus_builder.quality.context import Context
from corpus_builder.quality.coverage import COVERAGE
from corpus_builder.quality.fertility import pieces_per_word
from corpus_builder.quality.languages import foreign_words
from corpus_builder.quality.length_model import MAD_TO_SD, LengthModel, fit
from corpus_builder.quality.score import ScoreInput
from corpus_builder.quality.subwords import load_pieces, train_pieces
from corpus_builder.quality.word_translations import WordTranslations
from corpus_builder.text.tokens import words

SAMPLE = 100_000
"""Rows of the sample. Chosen: the standard error of their median is 1.25 / √n, 0.4 % of their spread."""
_ENOUGH = 10_000
"""Rows that the median of coverage is taken over at most; by the same formula, 1.3 % of the spread."""
_FEW = 30
"""Rows that a median is taken over at least: the usual rule of thumb for a mean."""
_LIKELY = 0.5
"""Rows that the aligner thinks more likely wrong than right do not count for usual lengths."""
_LEAST_SPREAD = 0.05
"""Chosen, so that a corpus without any variation does not make every other value infinitely odd."""
_FILE = "context.json"


def learn(
    rows: Iterable[RowTexts], languages: Iterable[str], folder: Path, translations: WordTranslations
) -> list[Path]:
    """Learn a context from rows and save it into `folder`; the files written."""
    languages = sorted(languages)
    rows = list(rows)
    texts = {language: _distinct(rows, language) for language in languages}
    files = train_pieces(texts, folder / "pieces")
    pieces = load_pieces(folder / "pieces")
    fertilities = {}
    for language in sorted(set(pieces) & set(languages)):
        batch = Batch([RowTexts("", "", 0, {language: text}) for text in texts[language]], languages)
        counts_of_pieces = pieces_per_word(batch, language, pieces[language])
        if not np.isnan(counts_of_pieces).all():  # a corpus may have no sentence of words
            fertilities[language] = median_and_spread(counts_of_pieces)
    counts = {
        language: Counter(word for text in distinct for word in words(text) if word[0].isalpha())
        for language, distinct in texts.items()
    }
    data = {
        "lengths": {"/".join(key): asdict(model) for key, model in sorted(_lengths(rows, languages).items())},
        "foreign": {language: sorted(foreign) for language, foreign in foreign_words(counts).items()},
        "usual": {"/".join(key): usual for key, usual in sorted(_coverages(rows, languages, translations).items())},
        "fertility": fertilities,
    }
    path = folder / _FILE
    path.write_text(json.dumps(data, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    return [path, *files]


def load(folder: Path) -> Context:
    """The context that `survey` saved. Raises RunError for a damaged file."""
    with reading(folder / _FILE, BUILD_AGAIN):
        data = json_of((folder / _FILE).read_text(encoding="utf-8"))
        return _context(data, folder)


def _context(data: dict[str, Any], folder: Path) -> Context:
    lengths = {}
    for key, model in data["lengths"].items():
        level, pair, of = key.split("/")
        lengths[level, pair, of] = LengthModel(**model)
    return Context(
        lengths,
        {language: frozenset(foreign) for language, foreign in data["foreign"].items()},
        {(key.split("/")[0], key.split("/")[1]): (median, spread) for key, (median, spread) in data["usual"].items()},
        {language: (median, spread) for language, (median, spread) in data["fertility"].items()},
        load_pieces(folder / "pieces"),
    )


def median_and_spread(values: Array) -> tuple[float, float]:
    """The median, and the median absolute deviation scaled to that of a normal distribution; NaN left out.

    There is at least one value that is not NaN.
    """
    median = float(np.nanmedian(values))
    spread = MAD_TO_SD * float(np.nanmedian(np.abs(values - median)))
    return round(median, 4), round(max(spread, _LEAST_SPREAD), 4)


def _coverages(
    rows: list[RowTexts], languages: list[str], translations: WordTranslations
) -> dict[tuple[str, str], tuple[float, float]]:
    """The usual coverage by level and direction."""
    usual = {}
    context = Context(translations=translations)
    for level in sorted({row.level for row in rows}):
        batch = Batch([row for row in rows if row.level == level][:_ENOUGH], languages)
        for a, b in permutations(languages, 2):
            values = COVERAGE.values(ScoreInput(batch, level, context), (a, b))
            if (~np.isnan(values)).sum() >= _FEW:
                usual[level, f"coverage_{a}_{b}"] = median_and_spread(values)
    return usual


def _distinct(rows: Iterable[RowTexts], language: str) -> list[str]:
    """The sentences of a language, each once, so that boilerplate does not count many times."""
    sentences = (row.texts.get(language) for row in rows if row.level == "sentence")
    return list(dict.fromkeys(text for text in sentences if text))


def _lengths(rows: Iterable[RowTexts], languages: list[str]) -> dict[tuple[str, str, str], LengthModel]:
    sizes: dict[tuple[str, str, str], tuple[list[float], list[float]]] = {}
    for row in rows:
        for i, a in enumerate(languages):
            for b in languages[i + 1 :]:
                pair = f"{a}-{b}"
                if a not in row.texts or b not in row.texts or row.alignment.get(pair, 1.0) < _LIKELY:
                    continue
                x, y = row.texts[a], row.texts[b]
                for of, length in (("characters", len), ("words", lambda text: len(words(text)))):
                    first, second = sizes.setdefault((row.level, pair, of), ([], []))
                    first.append(float(length(x) or 1))
                    second.append(float(length(y) or 1))
    return {key: fit(*both) for key, both in sizes.items()}
