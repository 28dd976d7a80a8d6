"""What an edition says, as counts that can be compared across languages.

Sounds: the first letter and the consonants of a word, cut to five, so that Зеленський, Зеленського and Zelenskyy (and
the cognates of related languages) meet. Numbers as they are after folding. Addresses that it links to, outside its own
site. Units: the beginnings of its words, as the lexicons count them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from corpus_builder.model import BlockKind, Edition
from corpus_builder.text.names import frame
from corpus_builder.text.tokens import unit, words

SOUND = 5
"""Letters of a sound that are kept. Chosen: a stem of five consonants; longer ones take in inflections."""
_SHORTEST = 3  # letters of a sound; shorter ones are shared by hundreds of words
_TITLE = 2.0
"""The weight of a headline's words; those of the body have 1. Chosen: a headline names what the story is about."""


@dataclass(frozen=True, slots=True)
class Page:
    """One edition as the linker sees it. `name` identifies it, `day` is that of publication, if known.

    `sounds` are the keys for names and cognates, with numbers ("#2025") and links ("@example.org/a") among them;
    `units` the beginnings of words.
    """

    name: str
    language: str
    day: date | None
    sounds: Mapping[str, float]
    units: Mapping[str, float]


def page_of(edition: Edition, own_hosts: Collection[str] = ()) -> Page:
    """The features of an edition; links to `own_hosts` do not count, since every page has them."""
    sounds: defaultdict[str, float] = defaultdict(float)
    units: defaultdict[str, float] = defaultdict(float)
    for block in edition.blocks:
        weight = _TITLE if block.kind is BlockKind.TITLE else 1.0
        for word in words(block.text):
            if word[0].isdigit():
                sounds[f"#{word}"] += weight
            elif word[0].isalpha():
                units[unit(word)] += weight
                sound = frame(word)[:SOUND]
                if len(sound) >= _SHORTEST:
                    sounds[sound] += weight
        for link in block.links:
            parts = urlsplit(link.url)
            host = (parts.hostname or "").removeprefix("www.")
            if host and host not in own_hosts and parts.path.strip("/"):
                sounds[f"@{host}{parts.path}"] += weight
    day = edition.published.date() if edition.published else None
    return Page(edition.url, edition.language, day, sounds, units)
