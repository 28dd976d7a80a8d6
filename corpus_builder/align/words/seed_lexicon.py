"""Seed lexicons: statistics of two languages that are known before the first document.

A seed lexicon is a gzipped TSV, A-B.tsv.gz: comment lines with its source and licence, then the units of both languages
with their counts (`a unit count`, `b unit count`) and the links between them (`link unit unit count`). No sentences.
"""

from __future__ import annotations

import gzip
import io
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from corpus_builder.align.arcs import Floats
from corpus_builder.align.words.translation_table import TranslationTable
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.errors import ConfigError
from corpus_builder.resources import shipped

SeedSource = Path | None | bool
"""A folder of seed lexicons; True for the shipped ones, None or False for none."""
LINK_WEIGHT = 0.3
UNIT_WEIGHT = 0.01
"""The weight of a seed lexicon's counts relative to the corpus' counts: at full weight its everyday vocabulary would
dominate the news of a small corpus. For links .1, .2, .3, .4 and 1 were tried, for units .003 to .1 (newsroom seeds 1
to 5, whole sites, 40 stories and lone stories)."""


@dataclass(frozen=True, slots=True)
class SeedLexicon:
    """The units of two languages with their counts, and the links with theirs: (unit, unit, count)."""

    units_a: Mapping[str, float]
    units_b: Mapping[str, float]
    links: tuple[tuple[str, str, float], ...]
    about: tuple[str, ...] = ()

    def turned(self) -> SeedLexicon:
        """The same with the two languages exchanged."""
        links = tuple((y, x, count) for x, y, count in self.links)
        return SeedLexicon(self.units_b, self.units_a, links, self.about)


def folder_of(source: SeedSource) -> Path | None:
    """The folder that `source` names, or None."""
    if source is True:
        return shipped("data/lexicon")
    return source or None


def find(source: SeedSource, a: str, b: str) -> SeedLexicon | None:
    """The seed lexicon of two languages, from A-B.tsv.gz or B-A.tsv.gz."""
    folder = folder_of(source)
    if folder is None:
        return None
    if (folder / f"{a}-{b}.tsv.gz").exists():
        return read(folder / f"{a}-{b}.tsv.gz")
    if (folder / f"{b}-{a}.tsv.gz").exists():
        return read(folder / f"{b}-{a}.tsv.gz").turned()
    return None


@lru_cache(maxsize=8)
def read(path: Path) -> SeedLexicon:
    """A seed lexicon from its file. Raises ConfigError for a damaged file."""
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
                count = float(rest.pop())
                if not 0 <= count < math.inf:
                    raise ValueError(f"a count of {count}")
                if kind == "link":
                    first, second = rest
                    links.append((first, second, count))
                else:
                    (unit,) = rest
                    units["ab".index(kind)][unit] = count
    except (OSError, EOFError, ValueError, IndexError, zlib.error) as why:
        raise ConfigError(f"{path} is not a seed lexicon: {why}",
                          next_step="make it with `corpus-builder lexicon train`") from why  # fmt: skip
    return SeedLexicon(units[0], units[1], tuple(links), tuple(about))


def write(lexicon: SeedLexicon, path: Path) -> None:
    """Write a file; the same lexicon gives the same bytes."""
    text = io.StringIO()
    for line in lexicon.about:
        text.write(f"# {line}\n")
    for kind, units in (("a", lexicon.units_a), ("b", lexicon.units_b)):
        for name, count in sorted(units.items()):
            text.write(f"{kind}\t{name}\t{count:g}\n")
    for x, y, count in sorted(lexicon.links):
        text.write(f"link\t{x}\t{y}\t{count:g}\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.getvalue().encode("utf-8"), 9, mtime=0))


def first_units(source: SeedSource, language: str, languages: Sequence[str]) -> tuple[list[str], Floats]:
    """The units and counts that a vocabulary starts with.

    Those of all seed lexicons of the language with the others, each unit with its greatest count.
    """
    counts: dict[str, float] = {}
    for other in languages:
        lexicon = find(source, language, other) if other != language else None
        if lexicon:
            for name, count in lexicon.units_a.items():
                counts[name] = max(counts.get(name, 0.0), count)
    names = sorted(counts)
    return names, UNIT_WEIGHT * np.array([counts[name] for name in names])


def first_table(
    source: SeedSource, a: str, b: str, vocabulary_a: Vocabulary, vocabulary_b: Vocabulary
) -> TranslationTable:
    """The seed lexicon's links as a table over the vocabularies' units."""
    lexicon = find(source, a, b)
    if lexicon is None:
        return TranslationTable.empty()
    links = [(vocabulary_a.units[x], vocabulary_b.units[y], count) for x, y, count in lexicon.links
             if x in vocabulary_a.units and y in vocabulary_b.units]  # fmt: skip
    x, y = np.array([link[0] for link in links], np.int32), np.array([link[1] for link in links], np.int32)
    counts = LINK_WEIGHT * np.array([link[2] for link in links])
    sums_x = np.bincount(x, counts, len(vocabulary_a.units)).astype(np.float64)
    sums_y = np.bincount(y, counts, len(vocabulary_b.units)).astype(np.float64)
    return TranslationTable.of(x, y, counts, sums_x, sums_y)
