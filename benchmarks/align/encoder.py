"""How a sentence encoder helps, with one that is made from the gold: `python benchmarks/align/encoder.py`.

No model is loaded. The oracle's vector of a sentence is the sum of the vectors of its translation units, plus `--noise`
times a random vector; with noise only (`useless`) it has no information. Development sites of `--stories` stories,
whole pipeline, without a seed lexicon: as they are (site), each story by itself (lone), and with `--free` of all words
of the Russian and English editions replaced by other words of the same edition (free). Prints the mean F1 over pairs
and seeds.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from common import LANGUAGES, aligned, site, stories, whole_pipeline

from corpus_builder.align.aligner import train
from corpus_builder.align.encoder.cache import Embedder
from corpus_builder.model import Document, Segment


class Oracle:
    """`units` holds for each text what it says; without them there is noise alone."""

    def __init__(self, units: dict[str, list[str]], noise: float) -> None:
        self.units, self.noise = units, noise

    def encode(self, texts: Sequence[str]) -> Any:
        """[texts, 128]."""
        return np.stack(
            [self.noise * vector(text) + sum(vector(u) for u in self.units.get(text, ())) for text in texts]
        )


def vector(text: str) -> Any:
    seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
    return np.random.default_rng(seed).normal(size=128)


def meanings(gold: list[dict[str, Any]], documents: Sequence[Document]) -> dict[tuple[str, str, int], list[str]]:
    """The units of each segment, by (story, language, segment): those whose texts it shares letters with."""
    out = {}
    for story, document in zip(gold, documents, strict=True):
        for language, segments in document.segments.items():
            at, block = 0, 0
            for number, segment in enumerate(segments):
                if segment.block != block:
                    at, block = 0, segment.block
                if block == 0:
                    out[document.name, language, number] = [f"{document.name} title"]
                    continue
                paragraph = story["paragraphs"][language][block - 1]
                whole = " ".join(paragraph["texts"])
                begin = whole.index(segment.text, at)
                at = begin + len(segment.text)
                says, start = [], 0
                for unit, text in zip(paragraph["units"], paragraph["texts"], strict=True):
                    if start < at and begin < start + len(text):
                        says.append(f"{document.name} {unit}" if unit >= 0 else text)
                    start += len(text) + 1
                out[document.name, language, number] = says
    return out


def freer(documents: Sequence[Document], share: float) -> list[Document]:
    """The same with a share of the Russian and English words replaced by others of these editions."""
    rnd = random.Random(0)
    words = {x: [w for d in documents for s in d.segments.get(x, ()) for w in s.text.split()] for x in LANGUAGES}
    out = []
    for document in documents:
        segments = dict(document.segments)
        for language in (x for x in LANGUAGES[1:] if x in segments):
            segments[language] = tuple(
                Segment(" ".join(w if rnd.random() >= share else rnd.choice(words[language]) for w in s.text.split()),
                        s.block, s.kind, s.label)
                for s in segments[language]
            )  # fmt: skip
        out.append(Document(document.name, segments))
    return out


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="1,2")
    options.add_argument("--stories", type=int, default=40)
    options.add_argument("--free", type=float, default=0.8)
    options.add_argument("--noise", default="1,2,4")
    a = options.parse_args()
    table: dict[tuple[str, str], list[dict[str, float]]] = {}
    for seed in map(int, a.seeds.split(",")):
        gold, documents = stories(site(seed), a.stories)
        units = meanings(gold, documents)
        for condition, shown in (("site", documents), ("free", freer(documents, a.free)), ("lone", documents)):
            said = {s.text: units[d.name, x, n] for d in shown for x in d.segments for n, s in enumerate(d.segments[x])}
            encoders: dict[str, Embedder | None] = {
                "none": None,
                "useless": Embedder(lambda: Oracle({}, 1.0), "useless"),
            }
            for noise in map(float, a.noise.split(",")):
                encoders[f"noise {noise:g}"] = Embedder(lambda n=noise, m=said: Oracle(m, n), f"oracle {noise}")  # type: ignore[misc]
            for name, encoder in encoders.items():
                if condition == "lone":
                    found = [
                        f
                        for d in shown
                        for f in aligned(train([d], LANGUAGES, seed_lexicon=None, encoder=encoder), [d])
                    ]
                else:
                    found = aligned(train(shown, LANGUAGES, seed_lexicon=None, encoder=encoder), shown)
                table.setdefault((condition, name), []).append(whole_pipeline(gold, found))
    for (condition, name), scores in table.items():
        for level in ("paragraphs", "sentences"):
            values = [v for score in scores for key, v in score.items() if key.startswith(level)]
            print(f"{condition:6s}{name:12s}{level:12s}{sum(values) / len(values):.4f}")


if __name__ == "__main__":
    main()
