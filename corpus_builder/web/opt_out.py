"""Who does not want to be in a corpus: opt-outs by page, header and site, each with its reason to count by.

Honoured are `noindex`, `none`, `noai` and `noimageai` in <meta name="robots"> and X-Robots-Tag, for all robots or for
this one by name, and TDM reservation (W3C TDMRep, 2024) as a header, a meta or /.well-known/tdmrep.json. A reservation
in any of the three counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from corpus_builder.web.head import Head

PRODUCT_TOKEN = "corpus-builder"

_REFUSALS = {
    "noai": "opt_out_noai",
    "noimageai": "opt_out_noai",
    "noindex": "opt_out_noindex",
    "none": "opt_out_noindex",
}
TDM = "opt_out_tdm"
REASONS = frozenset({*_REFUSALS.values(), TDM})

# Directives with a value of their own: the colon in them names no robot.
_WITH_VALUE = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")


def opt_out(headers: Mapping[str, str], head: Head) -> str | None:
    """The reason why a page may not be used, None where nothing forbids it. Header names are lower case."""
    directives = _header_directives(headers.get("x-robots-tag", ""))
    for name, content in head.metas:
        if name in ("robots", PRODUCT_TOKEN):
            directives |= _words(content)
        elif name == "x-robots-tag":
            directives |= _header_directives(content)
    found = {_REFUSALS[word] for word in directives if word in _REFUSALS}
    if found:
        return min(found)
    metas = dict(head.metas)
    if "1" in (headers.get("tdm-reservation", "").strip(), metas.get("tdm-reservation")):
        return TDM
    return None


def _words(content: str) -> set[str]:
    return {word.strip().lower() for word in content.split(",")}


def _header_directives(value: str) -> set[str]:
    """The words of X-Robots-Tag that are for this robot: "noai, otherbot: noindex" gives {"noai"}."""
    words = set()
    for line in value.lower().splitlines():
        for_us = True
        for part in line.split(","):
            name, colon, rest = part.strip().partition(":")
            if colon and name.strip() not in _WITH_VALUE:
                for_us = name.strip() in ("*", PRODUCT_TOKEN)
                word = rest.strip()
            else:
                word = name.strip()
            if for_us:
                words.add(word)
    return words


class TdmRules:
    """The reservations of a site's tdmrep.json: path patterns with * and a final $, as in robots.txt."""

    def __init__(self, reserved: tuple[tuple[re.Pattern[str], bool], ...] = ()) -> None:
        self._rules = reserved

    @classmethod
    def parse(cls, body: bytes) -> TdmRules:
        """The rules of a tdmrep.json. What breaks the protocol counts as unset, as the protocol wants it."""
        try:
            entries = json.loads(body)
        except (ValueError, RecursionError):
            return cls()
        rules = []
        for entry in entries if isinstance(entries, list) else []:
            location = entry.get("location") if isinstance(entry, dict) else None
            if isinstance(location, str) and location:
                rules.append((_pattern(location), str(entry.get("tdm-reservation")) == "1"))
        return cls(tuple(rules))

    def reserve(self, path: str) -> bool:
        """Whether the first rule that fits a URL's path reserves it."""
        return next((reserved for pattern, reserved in self._rules if pattern.match(path)), False)


def _pattern(location: str) -> re.Pattern[str]:
    end = "$" if location.endswith("$") else ""
    # Runs of stars mean one star; without that a hostile pattern takes exponential time.
    pieces = re.sub(r"\*+", "*", location.removesuffix("$")).split("*")
    return re.compile(".*?".join(map(re.escape, pieces)) + end)
