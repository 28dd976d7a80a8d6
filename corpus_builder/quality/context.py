"""What the scores know of the corpus: learned in one pass over a sample of its rows, and saved.

lengths      by level and pair, in characters and in words: the usual ratio and its spread
foreign      by language the words that are another edition's
usual        by level and column of coverage the median over the corpus, and the spread
fertility    by language the median pieces a word, and the spread
pieces/      the sentencepiece models
The lexicon is the aligner's; whoever loads a context hands it over. The vocabulary holds what was read of the corpus'
words so far; batches that are scored with this context share it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from corpus_builder.quality.batch import Array, Batch, Candidate
from corpus_builder.quality.coverage import covered
from corpus_builder.quality.languages import foreign_words
from corpus_builder.quality.length import LengthModel, fit
from corpus_builder.quality.lexicon import Lexicon
from corpus_builder.quality.subwords import fertility, load_pieces, train_pieces
from corpus_builder.quality.vocabulary import Vocabulary
from corpus_builder.text.tokens import words

SAMPLE = 100_000
"""Rows that are looked at; more change no figure of the context in its third digit."""
_ENOUGH, _FEW = 10_000, 30
"""Rows that a median is taken over at most, and at least."""
_SURE = 0.5
"""Rows below this probability of the aligner's tell nothing of usual lengths."""
_FILE = "context.json"


@dataclass(frozen=True)
class Context:
    """What is known of a corpus. `lengths` is keyed (level, "en-uk", "characters" or "words")."""

    lengths: Mapping[tuple[str, str, str], LengthModel] = field(default_factory=dict)
    foreign: Mapping[str, frozenset[str]] = field(default_factory=dict)
    usual: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    fertility: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    pieces: Mapping[str, Any] = field(default_factory=dict)
    lexicon: Lexicon = field(default_factory=Lexicon)
    vocabulary: Vocabulary = field(default_factory=Vocabulary, compare=False)

    def with_lexicon(self, lexicon: Lexicon) -> Context:
        """The same with a lexicon."""
        return replace(self, lexicon=lexicon, vocabulary=Vocabulary())


def learn(rows: Iterable[Candidate], languages: Iterable[str], folder: Path, lexicon: Lexicon) -> list[Path]:
    """Learn a context from rows and save it into `folder`; the files written."""
    languages = sorted(languages)
    rows = list(rows)
    texts = {language: _distinct(rows, language) for language in languages}
    files = train_pieces(texts, folder / "pieces")
    pieces = load_pieces(folder / "pieces")
    fertilities = {}
    for language in sorted(set(pieces) & set(languages)):
        own = Batch([Candidate("", "", 0, {language: text}) for text in texts[language]], languages)
        values = fertility(own, language, pieces[language])
        fertilities[language] = middle_and_spread(values)
    counts = {
        language: Counter(word for text in own for word in words(text) if word[0].isalpha())
        for language, own in texts.items()
    }
    data = {
        "lengths": {"/".join(key): asdict(model) for key, model in sorted(_lengths(rows, languages).items())},
        "foreign": {language: sorted(found) for language, found in foreign_words(counts).items()},
        "usual": {"/".join(key): both for key, both in sorted(_coverages(rows, languages, lexicon).items())},
        "fertility": fertilities,
    }
    path = folder / _FILE
    path.write_text(json.dumps(data, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    return [path, *files]


def load(folder: Path) -> Context:
    """The context that `learn` saved."""
    data = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    lengths = {}
    for key, model in data["lengths"].items():
        level, pair, of = key.split("/")
        lengths[level, pair, of] = LengthModel(**model)
    return Context(
        lengths,
        {language: frozenset(found) for language, found in data["foreign"].items()},
        {(key.split("/")[0], key.split("/")[1]): (middle, spread) for key, (middle, spread) in data["usual"].items()},
        {language: (middle, spread) for language, (middle, spread) in data["fertility"].items()},
        load_pieces(folder / "pieces"),
    )


def middle_and_spread(values: Array) -> tuple[float, float]:
    """The median, and the median absolute deviation as that of a normal distribution; missing values left out."""
    middle = float(np.nanmedian(values))
    return round(middle, 4), round(max(1.4826 * float(np.nanmedian(np.abs(values - middle))), 0.05), 4)


def _coverages(
    rows: list[Candidate], languages: list[str], lexicon: Lexicon
) -> dict[tuple[str, str], tuple[float, float]]:
    """The usual coverage by level and direction."""
    found = {}
    for level in sorted({row.level for row in rows}):
        batch = Batch([row for row in rows if row.level == level][:_ENOUGH], languages)
        for a, b in permutations(languages, 2):
            values = np.where(batch.present(a) & batch.present(b), covered(batch, a, b, lexicon), np.nan)
            if (~np.isnan(values)).sum() >= _FEW:
                found[level, f"coverage_{a}_{b}"] = middle_and_spread(values)
    return found


def _distinct(rows: Iterable[Candidate], language: str) -> list[str]:
    """The sentences of a language, each once: boilerplate would teach itself."""
    own = (row.texts.get(language) for row in rows if row.level == "sentence")
    return list(dict.fromkeys(text for text in own if text))


def _lengths(rows: Iterable[Candidate], languages: list[str]) -> dict[tuple[str, str, str], LengthModel]:
    sizes: dict[tuple[str, str, str], tuple[list[float], list[float]]] = {}
    for row in rows:
        for i, a in enumerate(languages):
            for b in languages[i + 1 :]:
                pair = f"{a}-{b}"
                if a not in row.texts or b not in row.texts or row.alignment.get(pair, 1.0) < _SURE:
                    continue
                x, y = row.texts[a], row.texts[b]
                for of, length in (("characters", len), ("words", lambda text: len(words(text)))):
                    first, second = sizes.setdefault((row.level, pair, of), ([], []))
                    first.append(float(length(x) or 1))
                    second.append(float(length(y) or 1))
    return {key: fit(*both) for key, both in sizes.items()}
