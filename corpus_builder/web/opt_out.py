"""Publishers who do not want a page in a corpus: opt-outs by page, header and site, each with a reason to count by.

Honoured are `noindex`, `none`, `noai` and `noimageai` in <meta name="robots"> and X-Robots-Tag (also as a meta's
http-equiv), for all robots or for this one by name; TDM reservation (W3C TDMRep, 2024) as a header, a meta or
/.well-known/tdmrep.json; and content signals (contentsignals.org) as a header, a meta or in robots.txt. A reservation
in any of these places counts. What is addressed to another robot does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from corpus_builder.errors import SkipPage
from corpus_builder.files import json_of
from corpus_builder.web.charset import to_utf8
from corpus_builder.web.head import Head

PRODUCT_TOKEN = "corpus-builder"

_REFUSALS = {
    "noai": "opt_out_noai",
    "noimageai": "opt_out_noai",
    "noindex": "opt_out_noindex",
    "none": "opt_out_noindex",
}
TDM = "opt_out_tdm"
CONTENT_SIGNAL = "opt_out_content_signal"
REASONS = frozenset({*_REFUSALS.values(), TDM, CONTENT_SIGNAL})

SIGNAL_FIELDS = ("content-signal", "content-usage")
"""Fields with content signals, as headers and in robots.txt: contentsignals.org, and draft-ietf-aipref-attach."""

# ai-train and ai-input are signals of contentsignals.org, train-ai is a category of draft-ietf-aipref-vocab.
_SIGNAL = re.compile(r"(?<![\w-])(?:ai-train|ai-input|train-ai)\s*=\s*\"?(?:no?|false)\b", re.IGNORECASE)

# Directives with a value, in which "none" is no directive and a colon names no robot
# (developers.google.com/search/docs/crawling-indexing/robots-meta-tag).
_WITH_VALUE = re.compile(
    r"\bmax-(?:snippet|image-preview|video-preview)\s*:\s*[^\s,;]*|\bunavailable_after\s*:[^,;]*(?:,\s*\d[^,;]*)?"
)
_ROBOT = re.compile(r"\s*([a-z*][\w.*-]*)(?:/[\w.]+)?\s*:")


def opt_out(headers: Mapping[str, str], head: Head) -> str | None:
    """The reason why a page may not be used, None where nothing forbids it. Header names are lower case."""
    directives = _header_directives(headers.get("x-robots-tag", ""))
    reservations = headers.get("tdm-reservation", "").split(",")
    signals = [headers.get(field, "") for field in SIGNAL_FIELDS]
    for name, content in head.metas:
        if name in ("robots", PRODUCT_TOKEN):
            directives |= _directives(content)
        elif name == "x-robots-tag":
            directives |= _header_directives(content)
        elif name == "tdm-reservation":
            reservations.append(content)
        elif name in SIGNAL_FIELDS:
            signals.append(content)
    reasons = {_REFUSALS[directive] for directive in directives if directive in _REFUSALS}
    if reasons:
        return min(reasons)
    if "1" in map(str.strip, reservations):
        return TDM
    return CONTENT_SIGNAL if any(map(signals_refusal, signals)) else None


def signals_refusal(signals: str) -> bool:
    """Whether content signals refuse the use for training or as input of language models.

    >>> signals_refusal("search=yes, ai-train=no"), signals_refusal("search=no, ai-train=yes")
    (True, False)
    """
    return bool(_SIGNAL.search(signals))


def _directives(content: str) -> set[str]:
    """The directives of a robots meta, in lower case, without those with a value.

    >>> sorted(_directives("Index, follow, max-image-preview:none"))
    ['follow', 'index']
    """
    return set(filter(None, re.split(r"[\s,;]+", _WITH_VALUE.sub(" ", content.lower()))))


def _header_directives(value: str) -> set[str]:
    """The directives of X-Robots-Tag that apply to this robot.

    >>> _header_directives("noai, otherbot: noindex, nofollow")
    {'noai'}
    """
    directives: set[str] = set()
    for line in value.lower().splitlines():
        applies = True
        for part in _WITH_VALUE.sub(" ", line).split(","):
            if robot := _ROBOT.match(part):
                applies = robot[1] in ("*", PRODUCT_TOKEN)
                part = part[robot.end() :]
            if applies:
                directives |= _directives(part)
    return directives


class TdmRules:
    """The reservations of a site's tdmrep.json: path patterns with * and a final $, as in robots.txt."""

    def __init__(self, reserved: tuple[tuple[_Pattern, bool], ...] = ()) -> None:
        self._rules = reserved

    @classmethod
    def parse(cls, body: bytes) -> TdmRules:
        """The rules of a tdmrep.json. What breaks the protocol counts as unset, as the protocol wants it."""
        try:
            entries = json_of(to_utf8(body, {}))
        except (SkipPage, ValueError):
            return cls()
        rules = []
        for entry in entries if isinstance(entries, list) else []:
            location = entry.get("location") if isinstance(entry, dict) else None
            if isinstance(location, str) and location:
                rules.append((_Pattern(location), str(entry.get("tdm-reservation")) == "1"))
        return cls(tuple(rules))

    def reserve(self, path: str) -> bool:
        """Whether the first rule that matches a URL's path reserves it."""
        return next((reserved for pattern, reserved in self._rules if pattern.match(path)), False)


class _Pattern:
    """A path pattern with * and a final $. Each piece is found as early as possible, so that time is in proportion."""

    def __init__(self, location: str) -> None:
        self._to_end = location.endswith("$")
        self._first, *self._others = re.sub(r"\*+", "*", location.removesuffix("$")).split("*")

    def match(self, path: str) -> bool:
        """Whether a path begins with what the pattern says, or is that with $.

        >>> _Pattern("/a*b$").match("/a/b/b"), _Pattern("/a*b").match("/b")
        (True, False)
        """
        if not path.startswith(self._first):
            return False
        place = len(self._first)
        if not self._others:
            return not self._to_end or place == len(path)
        *middle, last = self._others
        for piece in middle:
            place = path.find(piece, place)
            if place < 0:
                return False
            place += len(piece)
        if self._to_end:
            return len(path) - len(last) >= place and path.endswith(last)
        return path.find(last, place) >= 0
