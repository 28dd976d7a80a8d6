"""The grounds that probabilities are fitted on (`fitted`), and others that they never are (`held_out`).

Both have the kinds of grounds.py: the first ones are its own, and documents by other seeds, sizes and language pairs.
The second ones have other seeds again, language pairs that the first ones lack, and WMT22 (news, conversations,
reviews), of which the first ones have nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from common import SHARED
from ground_texts import (
    GoldDocument,
    Ground,
    abridged,
    damaged,
    grounds,
    lone_units,
    made_up,
    messages,
    newsroom_texts,
    rearranged,
    subtitles,
    textberg,
    unrelated,
    windows,
    with_preface,
)

PAIRS = ("en-uk", "ru-uk", "en-ru")
NTREX, DEBIAN = SHARED / "data/ntrex/ntrex.tsv", SHARED / "data/debian/debian-dev.tsv"
SPLITS = 0.05, 0.15, 0.25
MORE_MESSAGES = (("en", "ko"), ("en", "el"), ("fr", "es"), ("en", "tr"), ("de", "hu"), ("ru", "bg"), ("en", "fa"))
OTHER_MESSAGES = (("en", "pl"), ("en", "hy"), ("en", "zh_Hant"), ("it", "pt"), ("fr", "ja"), ("en", "mr"),
                  ("vi", "en"), ("en", "km"), ("sv", "ga"), ("es", "he"), ("en", "ml"), ("ko", "th"))  # fmt: skip
"""Languages of messages, as Django names them."""


def fitted() -> Iterator[Ground]:
    """The grounds of grounds.py, then others of their kinds."""
    yield from grounds(quick=True)
    yield from _short_lines(slice(6, 12))
    for seed, (x, y) in zip((2, 3, 2), (("uk", "ru"), ("uk", "en"), ("ru", "en")), strict=True):
        yield from _newsroom(x, y, seed)
    for x, y in (("en", "uk"), ("uk", "ru"), ("en", "ru")):
        units = lone_units(NTREX, x, y, 40)
        yield Ground(f"news units {x}-{y}, more", units[6:14], True)
        yield Ground(f"news units {x}-{y}, lexicon", units[14:22], True, "shipped")
        yield Ground(f"news units {x}-{y}, together", units[:22], False)
        yield Ground(f"unrelated news units {x}-{y}", unrelated(units[:10]), True)
        yield Ground(f"Debian pages {x}-{y}, more", lone_units(DEBIAN, x, y, 30)[6:], True)
    for parts in (3, 12):
        yield Ground(f"Text+Berg, {parts} parts", textberg(parts), True)
    for x, y in MORE_MESSAGES:
        yield from _messages(x, y)


def held_out() -> Iterator[Ground]:
    """Grounds that nothing is fitted on."""
    yield from _short_lines(slice(18, 24))
    for seed, (x, y) in zip((6, 7, 8), (("uk", "ru"), ("uk", "en"), ("ru", "en")), strict=True):
        yield from _newsroom(x, y, seed)
    for x, y in (("ru", "en"), ("ru", "uk")):
        units = lone_units(NTREX, x, y, 60)[40:]
        yield Ground(f"news units {x}-{y}", units, True)
        yield Ground(f"news units {x}-{y}, halves", rearranged(units, "halves"), True)
        yield Ground(f"unrelated news units {x}-{y}", unrelated(units), True)
    for x, y in OTHER_MESSAGES:
        yield from _messages(x, y)
    documents = wmt22()
    yield Ground("WMT22 en-uk", documents, True)
    yield Ground("WMT22 en-uk, lexicon", documents, True, "shipped")
    yield Ground("WMT22 en-uk, together", documents, False)
    yield Ground("WMT22 en-uk, chapters", rearranged(documents, "chapters"), True)
    yield Ground("WMT22 en-uk, preface", with_preface(documents, "en-uk"), True)
    yield Ground("unrelated WMT22 en-uk", unrelated(documents), True)
    yield Ground("unrelated WMT22 en-uk, lexicon", unrelated(documents), True, "shipped")


def _short_lines(which: slice) -> Iterator[Ground]:
    """Short lines and their faults, of documents by other seeds than those of grounds.py."""
    end = which.stop
    for pair, split in zip(PAIRS, SPLITS, strict=True):
        lines = windows(pair, end)[which]
        cut = subtitles(pair, end, split=split)[which]
        yield Ground(f"short lines {pair}, {end}", lines, True)
        yield Ground(f"short lines {pair}, lexicon, {end}", lines, True, "shipped")
        unknown = windows(pair, end, turn=made_up)[which]
        yield Ground(f"short lines {pair}, made-up, {end}", unknown, True)
        yield Ground(f"short lines {pair}, made-up, reversed, {end}", rearranged(unknown, "reversed"), True)
        yield Ground(f"unrelated short lines {pair}, made-up, {end}", unrelated(unknown), True)
        yield Ground(f"short lines {pair}, together, {end}", lines, False)
        yield Ground(f"few short lines {pair}, {end}", windows(pair, 2 * end, (15, 40))[2 * which.start :], True)
        yield Ground(f"few short lines {pair}, lexicon, {end}", windows(pair, 2 * end, (10, 30))[-12:], True, "shipped")
        yield Ground(f"many short lines {pair}, {end}", windows(pair, end, (300, 600))[which][:2], True)
        yield Ground(f"like subtitles {pair}, {end}", cut, True)
        yield Ground(f"like subtitles {pair}, lexicon, {end}", cut, True, "shipped")
        yield Ground(f"like subtitles {pair}, together, {end}", cut, False)
        yield Ground(f"short lines {pair}, preface, {end}", with_preface(lines, pair), True)
        yield Ground(f"short lines {pair}, abridged, {end}", abridged(lines), True)
        yield Ground(f"short lines {pair}, abridged, lexicon, {end}", abridged(lines), True, "shipped")
        for how in ("chapters", "halves", "reversed"):
            yield Ground(f"short lines {pair}, {how}, {end}", rearranged(lines, how), True)
        yield Ground(f"unrelated short lines {pair}, {end}", unrelated(lines), True)
        yield Ground(f"unrelated short lines {pair}, lexicon, {end}", unrelated(lines), True, "shipped")


def _newsroom(x: str, y: str, seed: int) -> Iterator[Ground]:
    """Stories of a newsroom site: lone, some of them, and all."""
    stories = newsroom_texts(x, y, seed)
    yield Ground(f"newsroom stories {x}-{y}, {seed}", stories[:20], True)
    yield Ground(f"newsroom stories {x}-{y}, lexicon, {seed}", stories[20:40], True, "shipped")
    for number in (8, 25):
        yield Ground(f"newsroom {x}-{y}, {number} stories, {seed}", stories[-number:], False)
    yield Ground(f"newsroom {x}-{y}, 8 stories, lexicon, {seed}", stories[40:48], False, "shipped")
    yield Ground(f"newsroom site {x}-{y}, {seed}", stories, False)
    yield Ground(f"newsroom site {x}-{y}, lexicon, {seed}", stories, False, "shipped")


def _messages(x: str, y: str) -> Iterator[Ground]:
    """Messages of a program, if it is installed: lone, together, and with those of another place."""
    if documents := messages(x, y, 3, (40, 80, 160)):
        yield Ground(f"messages {x}-{y}", documents, True)
        yield Ground(f"messages {x}-{y}, together", documents, False)
        if strangers := _strangers(documents):
            yield Ground(f"unrelated messages {x}-{y}", strangers, True)


def _strangers(documents: Sequence[GoldDocument]) -> list[GoldDocument]:
    """First editions, each with the second edition of another document that shares no line with its own."""
    out = []
    for one in documents:
        own = set(one.lines[1])
        others = [x for x in documents if not own & set(x.lines[1])]
        out += [replace(one, lines=(one.lines[0], x.lines[1]), gold=()) for x in others[:1]]
    return out


def wmt22() -> list[GoldDocument]:
    """Lines of WMT22's general test in their order, 30 to 90 at a time, with 0, 5 or 10 faults in 100."""
    folder = SHARED / "data/wmt22"
    left, right = (
        (folder / f"generaltest2022.en-uk.{name}").read_text(encoding="utf-8").splitlines()
        for name in ("src.en", "ref.A.uk")
    )
    pairs = list(zip(left, right, strict=True))
    out, at = [], 0
    while at < len(pairs) - 30:
        chance = random.Random(f"wmt22 {at}")
        size = chance.randint(30, 90)
        out.append(damaged(f"t{at}", ("en", "uk"), pairs[at : at + size], (0.0, 0.05, 0.1)[len(out) % 3], chance))
        at += size
    return out
