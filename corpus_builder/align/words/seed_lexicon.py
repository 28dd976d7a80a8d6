"""Seed lexicons: what is known of two languages before the first document.

A seed is a gzipped TSV, A-B.tsv.gz: comment lines with its source and licence, then the units of either language with
their counts (`A unit count`, `B unit count`) and the links between them (`unit unit count`). Statistics only.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from corpus_builder.align.words.document_arrays import Floats
from corpus_builder.align.words.translation_table import Lexicon
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.errors import ConfigError
from corpus_builder.resources import shipped

Folder = Path | None | bool
LINK_WEIGHT = 0.3
UNIT_WEIGHT = 0.01
"""What a seed's counts are worth beside the corpus' own: at full weight its talk of everyday things drowns the news of
a small corpus. Of links .1, .2, .3, .4 and 1 were tried, of units .003 to .1 (newsroom seeds 1 to 5, whole sites, lone
stories and 40 of them)."""


@dataclass(frozen=True, slots=True)
class Seed:
    """Two languages' units with their counts, and the links' counts."""

    units_a: Mapping[str, float]
    units_b: Mapping[str, float]
    links: tuple[tuple[str, str, float], ...]
    about: tuple[str, ...] = ()


def folder_of(seed: Folder) -> Path | None:
    """The folder that is meant, or None."""
    if seed is True:
        return shipped("data/lexicon")
    return seed or None


def find(seed: Folder, a: str, b: str) -> Seed | None:
    """The seed of two languages, whichever way it is kept."""
    folder = folder_of(seed)
    if folder is None:
        return None
    if (folder / f"{a}-{b}.tsv.gz").exists():
        return read(folder / f"{a}-{b}.tsv.gz")
    if (folder / f"{b}-{a}.tsv.gz").exists():
        return turned(read(folder / f"{b}-{a}.tsv.gz"), True)
    return None


def turned(seed: Seed, really: bool) -> Seed:
    """The same with its languages changed about, if `really`."""
    if not really:
        return seed
    return Seed(seed.units_b, seed.units_a, tuple((y, x, c) for x, y, c in seed.links), seed.about)


@lru_cache(maxsize=8)
def read(path: Path) -> Seed:
    """A seed from its file; a ConfigError where it is damaged."""
    about: list[str] = []
    units: tuple[dict[str, float], dict[str, float]] = ({}, {})
    links = []
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("#"):
                    about.append(line[1:].strip())
                    continue
                kind, *rest = line.rstrip("\n").split("\t")
                if kind == "link":
                    links.append((rest[0], rest[1], float(rest[2])))
                else:
                    units["ab".index(kind)][rest[0]] = float(rest[1])
    except (OSError, EOFError, ValueError, IndexError) as why:
        raise ConfigError(f"{path} is not a seed lexicon: {why}",
                          next_step="make it with `corpus-builder lexicon train`") from why  # fmt: skip
    return Seed(units[0], units[1], tuple(links), tuple(about))


def write(seed: Seed, path: Path) -> None:
    """The same seed gives the same bytes."""
    text = io.StringIO()
    for line in seed.about:
        text.write(f"# {line}\n")
    for kind, units in (("a", seed.units_a), ("b", seed.units_b)):
        for name, count in sorted(units.items()):
            text.write(f"{kind}\t{name}\t{count:g}\n")
    for x, y, count in sorted(seed.links):
        text.write(f"link\t{x}\t{y}\t{count:g}\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.getvalue().encode("utf-8"), 9, mtime=0))


def units(seed: Folder, language: str, languages: Sequence[str]) -> tuple[list[str], Floats]:
    """A vocabulary's first units and counts: those of all seeds of the language with the others, the greatest count."""
    counts: dict[str, float] = {}
    for other in languages:
        found = find(seed, language, other) if other != language else None
        if found:
            for name, count in found.units_a.items():
                counts[name] = max(counts.get(name, 0.0), count)
    names = sorted(counts)
    return names, UNIT_WEIGHT * np.array([counts[name] for name in names])


def lexicon(seed: Folder, a: str, b: str, vocabulary_a: Vocabulary, vocabulary_b: Vocabulary) -> Lexicon:
    """The seed's links as a lexicon over the vocabularies' units."""
    found = find(seed, a, b)
    if found is None:
        return Lexicon.empty()
    links = [(vocabulary_a.units[x], vocabulary_b.units[y], c) for x, y, c in found.links
             if x in vocabulary_a.units and y in vocabulary_b.units]  # fmt: skip
    x, y = np.array([e[0] for e in links], np.int32), np.array([e[1] for e in links], np.int32)
    counts = LINK_WEIGHT * np.array([e[2] for e in links])
    sums_x = np.bincount(x, counts, len(vocabulary_a.units)).astype(np.float64)
    sums_y = np.bincount(y, counts, len(vocabulary_b.units)).astype(np.float64)
    return Lexicon.of(x, y, counts, sums_x, sums_y)
