"""How well beads agree with a gold alignment: strict and lax precision, recall and F1 as Vecalign defines them.

A bead counts strictly if it is a bead of the gold, laxly if it shares a link with one (Thompson and Koehn 2019, and
score.py of their program). Precision is over all beads found, recall over the two-sided beads of the gold; a one-sided
bead is found right only if the gold has it. Gold is a folder of NAME.X-Y.gold with lines `[0, 1]:[0]`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from corpus_builder.errors import NothingProduced, UsageError
from corpus_builder.files import json_of

Sides = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Measures:
    """Precision, recall and F1, 0 to 1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A language pair's measures, the beads found and those of the gold, and the documents."""

    strict: Measures
    lax: Measures
    beads: int
    gold: int
    documents: int


def score(found: Path, gold: Path) -> dict[str, Scored]:
    """The measures of each pair ("de-fr") of the gold in a folder, of the beads in a file of JSON lines.

    A document that the gold has and the file lacks counts as not found. Raises UsageError for files that cannot be
    read, naming the line.
    """
    files = sorted(gold.glob("*.gold"))
    if not files:
        raise UsageError(f"no gold in {gold}", next_step="name a folder of files such as NAME.en-uk.gold")
    beads = _found(found)
    counts: dict[str, Tally] = {}
    for file in files:
        name, pair = _named(file)
        a, b = pair.split("-")
        own = tally(beads[name, a, b], set(_gold(file)))
        counts[pair] = counts[pair] + own if pair in counts else own
    if not any(each.found for each in counts.values()):
        raise NothingProduced(f"{found} has no bead of a document in {gold}", next_step="align the texts of the gold")
    return {pair: each.scored() for pair, each in counts.items()}


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of beads that add up over documents: those found, and how many of them are strictly and laxly right;
    the two-sided ones of the gold, and how many of them were strictly and laxly found; documents."""

    strict: int
    lax: int
    found: int
    recalled: int
    recalled_lax: int
    gold: int
    documents: int = 1

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(x + y for x, y in zip(astuple(self), astuple(other), strict=True)))

    def scored(self) -> Scored:
        """The measures."""
        return Scored(
            _measures(self.strict / (self.found or 1), self.recalled / (self.gold or 1)),
            _measures(self.lax / (self.found or 1), self.recalled_lax / (self.gold or 1)),
            self.found, self.gold, self.documents,
        )  # fmt: skip


def tally(found: set[Sides], gold: set[Sides]) -> Tally:
    """Compare the beads of one document and language pair, by the numbers of their segments."""
    return Tally(*_hits(gold, found), *_hits(_two_sided(found), _two_sided(gold)))


def _found(path: Path) -> dict[tuple[str, str, str], set[Sides]]:
    beads: dict[tuple[str, str, str], set[Sides]] = defaultdict(set)
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", next_step="name what `align` wrote as jsonl") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json_of(line)
            sides = {str(x): _indices(indices) for x, indices in row["segments"].items()}
            document = str(row["document"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{path}, line {number} is no bead: {error}", next_step="use a file of `align --format jsonl`"
            ) from error
        for a in sides:
            for b in sides:
                if a != b and (sides[a] or sides[b]):
                    beads[document, a, b].add((sides[a], sides[b]))
    return beads


def _named(file: Path) -> tuple[str, str]:
    name, _, pair = file.name.removesuffix(".gold").rpartition(".")
    if not name or pair.count("-") != 1 or not all(pair.split("-")):
        raise UsageError(f"{file}: the name says no document and pair", next_step="call it NAME.en-uk.gold")
    return name, pair


def _gold(file: Path) -> Iterator[Sides]:
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            try:
                left, right = (json_of(side.strip() or "[]") for side in line.split(":")[:2])
                yield _indices(left), _indices(right)
            except (ValueError, TypeError) as error:
                raise UsageError(
                    f"{file}, line {number} is no bead: {line}", next_step="write it as [0, 1]:[0]"
                ) from error


def _indices(value: object) -> tuple[int, ...]:
    if value is not None and not isinstance(value, list):
        raise TypeError("a side is a list of numbers")
    return tuple(sorted(int(index) for index in value or ()))


def _two_sided(beads: set[Sides]) -> set[Sides]:
    return {bead for bead in beads if bead[0] and bead[1]}


def _hits(right: set[Sides], tested: set[Sides]) -> tuple[int, int, int]:
    """How many of `tested` are strictly and laxly in `right`, and how many there are."""
    links: dict[int, set[int]] = defaultdict(set)
    for left, other in right:
        for index in left:
            links[index].update(other)
    strict = len(tested & right)
    lax = sum(bead in right or any(links[i] & set(bead[1]) for i in bead[0] if i in links) for bead in tested)
    return strict, lax, len(tested)


def _measures(precision: float, recall: float) -> Measures:
    total = precision + recall
    return Measures(precision, recall, 2 * precision * recall / total if total else 0.0)
