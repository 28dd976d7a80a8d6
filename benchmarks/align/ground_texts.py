"""Texts with gold for grounds.py, made from ../shared/data: each ground is a list of documents.

Lines are taken from one side to the other as they are; faults are added at a given rate: a line that only one edition
has, two lines of one edition joined.
"""

from __future__ import annotations

import importlib.util
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path

from common import SHARED, site
from textberg import cut

Bead = tuple[tuple[int, ...], tuple[int, ...]]
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class GoldDocument:
    """One document of two editions, and the beads that are right, one-sided ones left out."""

    name: str
    languages: tuple[str, str]
    lines: tuple[Sequence[str], Sequence[str]]
    gold: Sequence[Bead]

    def write(self, folder: Path) -> None:
        """As `align` and the scorer read it."""
        for language, lines in zip(self.languages, self.lines, strict=True):
            (folder / f"{self.name}.{language}.txt").write_text("".join(f"{x}\n" for x in lines), encoding="utf-8")
        linked = [{k for bead in self.gold for k in bead[side]} for side in (0, 1)]
        alone = [[k for k in range(len(self.lines[side])) if k not in linked[side]] for side in (0, 1)]
        beads = [*self.gold, *(((k,), ()) for k in alone[0]), *(((), (k,)) for k in alone[1])]
        gold = "".join(f"{list(left)}:{list(right)}\n" for left, right in beads)
        (folder / f"{self.name}.{'-'.join(self.languages)}.gold").write_text(gold, encoding="utf-8")


@dataclass(frozen=True)
class Ground:
    """Documents that are aligned one by one (`lone`), or as one corpus."""

    name: str
    documents: Sequence[GoldDocument]
    lone: bool
    lexicon: str = "none"


def damaged(name: str, languages: tuple[str, str], pairs: Pairs, rate: float, chance: random.Random) -> GoldDocument:
    """A document of the pairs; at each of them a fault with the probability `rate`."""
    left: list[str] = []
    right: list[str] = []
    gold: list[Bead] = []
    rest = list(pairs)
    while rest:
        x, y = rest.pop(0)
        kind = chance.choice(("left", "right", "joined left", "joined right")) if chance.random() < rate else ""
        if kind == "left":
            left.append(x)
        elif kind == "right":
            right.append(y)
        elif kind and rest:
            after = rest.pop(0)
            xs, ys = (
                ([f"{x} {after[0]}"], [y, after[1]]) if kind == "joined left" else ([x, after[0]], [f"{y} {after[1]}"])
            )
            gold.append((tuple(range(len(left), len(left) + len(xs))), tuple(range(len(right), len(right) + len(ys)))))
            left += xs
            right += ys
        else:
            gold.append(((len(left),), (len(right),)))
            left.append(x)
            right.append(y)
    return GoldDocument(name, languages, (left, right), gold)


@cache
def tatoeba(pair: str) -> Pairs:
    """All pairs of `en-uk`, `ru-uk`, or `en-ru` (through identical Ukrainian sentences)."""
    folder = SHARED / "data/tatoeba"

    def read(name: str) -> list[str]:
        return (folder / name).read_text(encoding="utf-8").splitlines()

    english, russian = (
        list(zip(read("eng-ukr.eng"), read("eng-ukr.ukr"), strict=True)),
        list(zip(read("rus-ukr.rus"), read("rus-ukr.ukr"), strict=True)),
    )
    if pair == "en-ru":
        of_ukrainian = {uk: ru for ru, uk in russian}
        return [(en, of_ukrainian[uk]) for en, uk in english if uk in of_ukrainian]
    return english if pair == "en-uk" else russian


def tables(path: Path, x: str, y: str) -> Iterator[tuple[str, Pairs]]:
    """The documents of a table of units (document, language, …), as pairs."""
    head, *rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    i, j = head.index(x), head.index(y)
    for name, units in groupby(rows, key=lambda row: row[0]):
        pairs = [(unit[i], unit[j]) for unit in units if unit[i].strip() and unit[j].strip()]
        if len(pairs) > 2:
            yield name, pairs


def windows(
    pair: str,
    number: int,
    sizes: tuple[int, int] = (40, 200),
    *,
    turn: Callable[[Pairs, random.Random], Pairs] | None = None,
) -> list[GoldDocument]:
    """Short lines in no particular order, so many of them, with 0, 5 or 10 faults in 100 lines."""
    out = []
    for k in range(number):
        chance = random.Random(f"{pair} {k}")
        pairs: Pairs = chance.sample(tatoeba(pair), chance.randint(*sizes))
        if turn:
            pairs = turn(pairs, chance)
        x, y = pair.split("-")
        out.append(damaged(f"w{k}", (x, y), pairs, (0.0, 0.05, 0.1)[k % 3], chance))
    return out


def made_up(pairs: Pairs, chance: random.Random) -> Pairs:
    """The second edition in a language that nobody knows: its words are spelt with a permuted alphabet."""
    letters = sorted({x.lower() for _, line in pairs for x in line if x.isalpha()})
    other = dict(zip(letters, chance.sample(letters, len(letters)), strict=True))
    return [(x, "".join(other.get(c, c) for c in y.lower())) for x, y in pairs]


def subtitles(
    pair: str, number: int, sizes: tuple[int, int] = (100, 180), *, split: float = 0.15
) -> list[GoldDocument]:
    """Like subtitles: short lines, many split in one edition, words left out, runs of lines of one edition."""
    return [_subtitles(pair, k, sizes, split) for k in range(number)]


def _subtitles(pair: str, k: int, sizes: tuple[int, int], split: float) -> GoldDocument:
    chance = random.Random(f"subtitles {pair} {k}")
    x, y = pair.split("-")
    pairs = chance.sample(tatoeba(pair), chance.randint(*sizes))
    runs = {chance.choice((0, len(pairs) - 1, chance.randrange(len(pairs)))) for _ in range(3)}
    lines: tuple[list[str], list[str]] = ([], [])
    gold: list[Bead] = []
    for n, both in enumerate(pairs):
        if n in runs:
            side = chance.randrange(2)
            lines[side].extend(extra[side] for extra in chance.sample(tatoeba(pair), chance.randint(2, 8)))
        left, right = ([_without_a_word(text, chance)] for text in both)
        kind = chance.random()
        if kind < 1.5 * split:
            cut = chance.choice((left, right))
            cut[:] = _in_two(cut[0], chance)
        elif kind < 1.7 * split:
            chance.choice((left, right)).clear()
        if left and right:
            begin = len(lines[0]), len(lines[1])
            gold.append((tuple(range(begin[0], begin[0] + len(left))), tuple(range(begin[1], begin[1] + len(right)))))
        lines[0].extend(left)
        lines[1].extend(right)
    return GoldDocument(f"s{k}", (x, y), lines, gold)


def _without_a_word(text: str, chance: random.Random) -> str:
    words = text.split()
    if len(words) > 3 and chance.random() < 0.3:
        del words[chance.randrange(len(words))]
    return " ".join(words)


def _in_two(text: str, chance: random.Random) -> list[str]:
    words = text.split()
    at = chance.randint(1, max(len(words) - 1, 1))
    return [part for part in (" ".join(words[:at]), " ".join(words[at:])) if part]


def rearranged(documents: Sequence[GoldDocument], how: str) -> list[GoldDocument]:
    """The second editions in another order: `chapters` (the second and third quarter swapped), `halves`, `reversed`."""
    out = []
    for document in documents:
        size = len(document.lines[1])
        ends = {right[-1] for _, right in document.gold}  # a cut never parts a bead
        quarter, half, last = (next(k for k in range(size * n // 4, size) if k - 1 in ends) for n in (1, 2, 3))
        order = list(range(size))
        if how == "chapters":
            order = order[:quarter] + order[half:last] + order[quarter:half] + order[last:]
        elif how == "halves":
            order = order[half:] + order[:half]
        else:
            order.reverse()
        place = {old: new for new, old in enumerate(order)}
        gold = [(left, tuple(sorted(place[k] for k in right))) for left, right in document.gold]
        right = [document.lines[1][k] for k in order]
        out.append(replace(document, lines=(document.lines[0], right), gold=gold))
    return out


def with_preface(documents: Sequence[GoldDocument], pair: str) -> list[GoldDocument]:
    """15 to 40 other lines before one of the editions, by turns."""
    out = []
    for k, document in enumerate(documents):
        chance, side = random.Random(f"preface {k}"), k % 2
        preface = [both[side] for both in chance.sample(tatoeba(pair), chance.randint(15, 40))]
        lines = [list(edition) for edition in document.lines]
        lines[side] = preface + lines[side]
        later = (len(preface) * (side == 0), len(preface) * (side == 1))
        gold = [(tuple(i + later[0] for i in left), tuple(j + later[1] for j in right))
                for left, right in document.gold]  # fmt: skip
        out.append(replace(document, lines=(lines[0], lines[1]), gold=gold))
    return out


def abridged(documents: Sequence[GoldDocument]) -> list[GoldDocument]:
    """The second editions without about three fifths of their lines, in runs of two to eight beads."""
    out = []
    for k, document in enumerate(documents):
        chance, rest = random.Random(f"abridged {k}"), list(document.gold)
        right: list[str] = []
        gold: list[Bead] = []
        while rest:
            run = [rest.pop(0) for _ in range(min(chance.randint(2, 8), len(rest)))]
            for left, numbers in run if chance.random() < 0.4 else ():
                gold.append((left, tuple(range(len(right), len(right) + len(numbers)))))
                right += [document.lines[1][j] for j in numbers]
        if gold:
            out.append(replace(document, lines=(document.lines[0], right), gold=gold))
    return out


MESSAGES = (("en", "ar"), ("en", "hi"), ("en", "bn"), ("en", "ta"), ("en", "zh_Hans"), ("en", "ja"), ("en", "th"),
            ("en", "he"), ("en", "ka"), ("en", "fi"), ("en", "uk"), ("ar", "hi"), ("ja", "ko"),
            ("de", "cs"))  # fmt: skip
"""Languages of messages, as Django names them: scripts with and without letters, spaces or vowels."""


@cache
def _catalog(language: str) -> dict[str, str]:
    """Django's messages in a language, by the English ones, without placeholders and tags; empty without it."""
    from babel.messages.pofile import read_po

    def plain(text: str) -> str:
        return " ".join(re.sub(r"%\(\w+\)[sd]|%[sd]|\{[^{}]*\}|<[^<>]*>|&\w+;", " ", text).split())

    out: dict[str, str] = {}
    found = importlib.util.find_spec("django")
    folders = found.submodule_search_locations if found else None
    for folder in folders or ():
        for path in sorted(Path(folder).glob(f"**/locale/{language}/LC_MESSAGES/*.po")):
            with path.open("rb") as file:
                for message in read_po(file):
                    if isinstance(message.id, str) and isinstance(message.string, str) and not message.fuzzy:
                        english, other = plain(message.id), plain(message.string)
                        if len(english) >= 8 and any(map(str.isalpha, other)):
                            out.setdefault(english, other)
    return out


def messages(x: str, y: str, number: int, sizes: Sequence[int]) -> list[GoldDocument]:
    """Messages of a program and their translations, so many documents of each size, with 0, 5 or 10 faults in 100."""
    first, second = ({english: english for english in _catalog(y)} if x == "en" else _catalog(x)), _catalog(y)
    pairs = [(first[english], second[english]) for english in second if english in first]
    out = []
    for size in sizes:
        for k in range(number if len(pairs) > size else 0):
            chance = random.Random(f"messages {x} {y} {size} {k}")
            at = chance.randrange(len(pairs) - size)
            languages = (x.partition("_")[0], y.partition("_")[0])
            out.append(damaged(f"m{size}x{k}", languages, pairs[at : at + size], (0.0, 0.05, 0.1)[k % 3], chance))
    return out


def unrelated(documents: Sequence[GoldDocument]) -> list[GoldDocument]:
    """The first editions with the second editions of other documents: nothing is right."""
    turned = [*documents[1:], documents[0]]
    return [replace(x, lines=(x.lines[0], y.lines[1]), gold=()) for x, y in zip(documents, turned, strict=True)]


def cases() -> list[GoldDocument]:
    """The texts of ../shared/cases/align-* that have gold."""
    out = []
    for path in sorted((SHARED / "cases").glob("align-*/gold.json")):
        files = sorted((path.parent / "in").glob("t.*.txt"))
        x, y = (file.name.split(".")[1] for file in files)
        lines = [file.read_text(encoding="utf-8").splitlines() for file in files]
        gold = [(tuple(left), tuple(right)) for left, right in json.loads(path.read_text()) if left and right]
        if any(left[-1] >= len(lines[0]) or right[-1] >= len(lines[1]) for left, right in gold):
            gold = [(right, left) for left, right in gold]  # written for the editions the other way round
        if gold:
            out.append(GoldDocument(path.parent.name.removeprefix("align-"), (x, y), (lines[0], lines[1]), gold))
    return out


def newsroom_texts(x: str, y: str, seed: int = 1, *options: str) -> list[GoldDocument]:
    """The texts of a newsroom site, one paragraph a line."""
    folder = site(seed, *options) / "texts"
    out = []
    for path in sorted(folder.glob(f"*.{x}-{y}.gold")):
        name = path.name.split(".")[0]
        rows = [line.split(":")[:2] for line in path.read_text().splitlines()]
        gold = [(tuple(json.loads(left or "[]")), tuple(json.loads(right or "[]"))) for left, right in rows]
        lines = [(folder / f"{name}.{z}.txt").read_text(encoding="utf-8").splitlines() for z in (x, y)]
        out.append(GoldDocument(name, (x, y), (lines[0], lines[1]), [bead for bead in gold if all(bead)]))
    return out


def textberg(parts: int) -> list[GoldDocument]:
    return [
        GoldDocument(f"d{k}", ("de", "fr"), (german, french), [(tuple(x), tuple(y)) for x, y in gold if x and y])
        for k, (german, french, gold) in enumerate(cut(parts))
    ]


def lone_units(path: Path, x: str, y: str, number: int) -> list[GoldDocument]:
    """The first documents of a table, one unit a line, with 0, 5 or 10 faults in 100 lines."""
    documents = list(tables(path, x, y))[:number]
    return [
        damaged(name.replace(".", "_"), (x, y), pairs, (0.0, 0.05, 0.1)[k % 3], random.Random(name))
        for k, (name, pairs) in enumerate(documents)
    ]


def book(pair: str, size: int) -> GoldDocument:
    chance = random.Random(pair)
    x, y = pair.split("-")
    pairs = chance.sample(tatoeba(pair), min(size, len(tatoeba(pair))))
    return damaged("book", (x, y), pairs, 0.05, chance)


def grounds(quick: bool) -> Iterator[Ground]:
    """All grounds; `quick`: with fewer documents, and without the book."""
    few = 6 if quick else 12
    data = SHARED / "data"
    for pair in ("en-uk", "ru-uk", "en-ru"):
        yield Ground(f"short lines {pair}", windows(pair, few), True)
        yield Ground(f"few short lines {pair}", windows(pair, 2 * few, (15, 40)), True)
        yield Ground(f"like subtitles {pair}", subtitles(pair, few), True)
    yield Ground("short lines en-uk, made-up", windows("en-uk", few, turn=made_up), True)
    yield Ground("short lines en-uk, lexicon", windows("en-uk", few), True, "shipped")
    yield Ground("short lines en-ru, 12 together", windows("en-ru", 12), False)
    for x, y in (("en", "uk"), ("uk", "ru"), ("en", "ru")):
        yield Ground(f"Debian pages {x}-{y}", lone_units(data / "debian/debian-dev.tsv", x, y, few), True)
    yield Ground("Debian pages en-ru together", lone_units(data / "debian/debian-dev.tsv", "en", "ru", 99), False)
    yield Ground("news units en-ru", lone_units(data / "ntrex/ntrex.tsv", "en", "ru", few), True)
    yield Ground("Text+Berg, 6 parts", textberg(6), True)
    yield Ground("Text+Berg", textberg(1), True)
    yield Ground("cases hi-en, en-zh", cases(), True)
    yield Ground("newsroom stories uk-ru", newsroom_texts("uk", "ru")[: 2 * few], True)
    yield Ground("newsroom stories uk-en, lexicon", newsroom_texts("uk", "en")[: 2 * few], True, "shipped")
    for x, y in MESSAGES:
        if documents := messages(x, y, few // 2, (40, 120)):
            yield Ground(f"messages {x}-{y}", documents, True)
    if not quick:
        yield Ground("newsroom site uk-en, lexicon", newsroom_texts("uk", "en"), False, "shipped")
    yield Ground("newsroom site ru-en", newsroom_texts("ru", "en"), False)
    for pair in ("ru-uk", "en-uk"):
        yield Ground(f"short lines {pair}, preface", with_preface(windows(pair, few), pair), True)
        yield Ground(f"short lines {pair}, abridged", abridged(windows(pair, few)), True)
    yield Ground("short lines en-uk, chapters", rearranged(windows("en-uk", few), "chapters"), True)
    for how in ("chapters", "halves", "reversed"):
        yield Ground(f"short lines ru-uk, {how}", rearranged(windows("ru-uk", few), how), True)
    yield Ground(
        "news units en-ru, halves", rearranged(lone_units(data / "ntrex/ntrex.tsv", "en", "ru", few), "halves"), True
    )
    yield Ground("unrelated short lines en-uk", unrelated(windows("en-uk", few)), True)
    if not quick:
        for pair in ("ru-uk", "en-uk"):
            for how in ("chapters", "halves", "reversed"):
                yield Ground(f"2,500 lines {pair}, {how}", rearranged(windows(pair, 1, (2500, 2500)), how), True)
        yield Ground("book en-uk", [book("en-uk", 20_000)], True)
